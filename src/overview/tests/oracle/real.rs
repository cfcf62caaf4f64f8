//! The real side: a world put through the product's own configuration, permit, policies, merge and cut.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use glasplade_adapters::contract::{Protection as Flag, RegisterDate, SourceId, danish_time_zone};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

use super::consents_told;
use super::rows;
use super::tables::{Purpose, UNITS, class};
use super::verdict::{Ground, Notice};
use super::world::{Protection, Relative, Statute, TOWNS, Town, World};
use crate::access::{
    Access, Basis, Caller, CallerFacts, ClassSet, ConsentGround, EmergencyAsked, EmergencyCode, EmergencyGround,
    Grounds, Question, StatuteGround,
};
use crate::config::{Config, Confirmation, FieldClass, GroupCode, KindRole, StatuteRow};
use crate::overview::{Classifier, Redacted, Setting, merge, redact};
use crate::people::{Identity, Kin};
use crate::testing;

const REASON: &str = "En opdigtet grund til opslaget";

/// What the product answered, in the oracle's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// By item: each ground with what it opens beyond the stronger ones; `None` for an item that is not shown.
    pub(super) items: Vec<Option<BTreeMap<Ground, u16>>>,
    pub(super) notices: BTreeSet<Notice>,
    pub(super) hidden: usize,
    /// Neither shown, told of, nor counted.
    pub(super) withheld: usize,
    pub(super) citizen: u16,
    pub(super) has_name: bool,
    /// The consents that the room of consents holds to be in force.
    pub(super) in_force: BTreeSet<u8>,
}

/// The four towns, ready to be asked.
pub(super) struct Towns(Vec<(Town, Ready)>);

struct Ready {
    config: Config,
    access: Arc<Access>,
    classifier: Classifier,
    windows: HashMap<SourceId, u16>,
    order: Vec<SourceId>,
}

impl Towns {
    /// With the policies that ship.
    pub(super) fn shipped() -> Self {
        Self::with(|_| {})
    }

    /// With something wrong.
    pub(super) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = testing::config();
        change(&mut config);
        Self(TOWNS.into_iter().map(|town| (town, Ready::new(&switched(&config, town)))).collect())
    }

    /// What the product answers in this world; `None` for a refusal.
    pub(super) fn answer(&self, world: &World) -> Option<Seen> {
        let (_, ready) = self.0.iter().find(|(town, _)| *town == world.town).expect("all towns are ready");
        ready.answer(world)
    }
}

/// The demo with everything that the town has switched, and an invented law for each category that no kind has.
fn switched(shipped: &Config, town: Town) -> Config {
    let mut config = shipped.clone();
    for row in config.access.purpose.iter_mut().filter(|row| row.needs_confirmation) {
        let confirmed = || {
            let on = date(2026, 1, 2);
            Some(Confirmation { by: "Prøvekontoret".to_owned(), on, document: "2026-1".to_owned() })
        };
        match town {
            Town::Shipped => {}
            Town::Confirmed => (row.enabled, row.confirmation) = (true, confirmed()),
            Town::SwitchedOff => (row.enabled, row.confirmation) = (false, confirmed()),
            Town::Unconfirmed => (row.enabled, row.confirmation) = (true, None),
        }
    }
    let invented = ["health_care", "school_day_care", "housing", "offence", "control", "private_network", "employer"];
    for (at, category) in invented.into_iter().enumerate() {
        let mut kind = config.kinds.kind[0].clone();
        (kind.code, kind.category) = (format!("invented_{category}"), category.to_owned());
        kind.role = KindRole::Authority;
        let by_law = config.kinds.rule.iter().find(|rule| rule.law == ["integrationsloven"]);
        let mut rule = by_law.expect("a rule by law alone").clone();
        (rule.kind, rule.law) = (kind.code.clone(), vec![format!("prøvelov § {}", at + 1)]);
        config.kinds.kind.push(kind);
        config.kinds.rule.push(rule);
    }
    config
}

impl Ready {
    fn new(config: &Config) -> Self {
        let sources = &config.sources.source;
        Self {
            access: Access::new(config),
            config: config.clone(),
            classifier: Classifier::new(config),
            windows: sources.iter().map(|row| (row.id.clone(), row.closed_window_days)).collect(),
            order: sources.iter().map(|row| row.id.clone()).collect(),
        }
    }

    /// The rules, with the world's own statutes as rows where the world wants it so.
    fn access(&self, world: &World) -> Arc<Access> {
        if world.statutes.is_empty() || !is_by_rows(world) {
            return Arc::clone(&self.access);
        }
        let mut config = self.config.clone();
        config.access.statute = world.statutes.iter().map(statute_row).collect();
        Access::new(&config)
    }

    fn answer(&self, world: &World) -> Option<Seen> {
        let is_emergency = world.purpose == Purpose::Emergency;
        let question = Question {
            purpose: world.purpose.code().to_owned(),
            case_ref: world.case_ref.map(str::to_owned),
            reason: (world.has_reason && !is_emergency).then(|| REASON.to_owned()),
            emergency: is_emergency.then(|| EmergencyAsked {
                code: EmergencyCode::Life,
                reason: if world.has_reason { REASON } else { "haster" }.to_owned(),
            }),
            protected_reason: world.asks_address.then(|| "Et brev skal sendes til borgeren".to_owned()),
            ..testing::question()
        };
        let pseudonyms = testing::pseudonyms();
        let citizen = pseudonyms.of(&testing::citizen());
        let access = self.access(world);
        let grant = access.authorize(&caller(world), &question, citizen, world.today).outcome.ok()?;
        let person = world.kin.is_caller_known.then(|| match world.kin.caller_is {
            Relative::Oneself => citizen,
            Relative::Nobody | Relative::FormerNumber | Relative::Household => pseudonyms.of(&testing::stranger()),
        });
        let facts = CallerFacts { person, user: Some(rows::USER), is_hasty: world.kin.is_hasty };
        let other = pseudonyms.of(&testing::stranger());
        let mut kin = Kin { own: vec![citizen], relatives: (!world.kin.is_silent).then(Vec::new) };
        match (world.kin.caller_is, &mut kin.relatives) {
            (Relative::Household, Some(relatives)) => relatives.push(other),
            (Relative::FormerNumber, Some(_)) => kin.own.push(other),
            _ => {}
        }
        let standing = grant.standing(facts, &kin, world.kin.is_colleague);
        let identity = identity(world);
        let rules = &self.config.access.consents;
        let judged: Vec<(u8, (bool, Option<ConsentGround>))> = world
            .consents
            .iter()
            .map(|consent| (consent.id, consents_told::ground(world, consent, identity.facts(), rules)))
            .collect();
        let in_force = judged.iter().filter(|(_, (is_in_force, _))| *is_in_force).map(|(id, _)| *id).collect();
        let mut grounds = grounds(world, judged.into_iter().filter_map(|(_, (_, ground))| ground).collect());
        if is_by_rows(world) {
            grounds.statutes = grant.statutes(world.today);
        }
        let is_known = world.kin.is_caller_known;
        let is_caller = |number: &glasplade_adapters::contract::CprNumber| is_known && *number == testing::stranger();
        let silent = [(world.silent.index, "case_index"), (world.silent.master, rows::MASTER)];
        let silent: Vec<SourceId> =
            silent.into_iter().filter(|(is_silent, _)| *is_silent).map(|(_, id)| SourceId::new(id)).collect();
        let setting = Setting {
            classifier: &self.classifier,
            today: world.today,
            home_authority: "MSB",
            new_caseworker_days: 30,
            windows: &self.windows,
            sources: &self.order,
            standing: &standing,
            identity: &identity,
            now: world.now,
            grounds: &grounds,
            silent: &silent,
            is_caller: &is_caller,
        };
        let told = rows::rows(world).into_iter().map(Arc::new).collect();
        let merged = merge(&[testing::citizen()], told, &self.classifier, &self.order);
        let mut redacted = redact(&grant, &merged, setting);
        if redacted.asks_for_address() {
            redacted.open_address(&grant, flag(world.citizen.at_home), setting);
        }
        Some(seen(world, &redacted, in_force))
    }
}

fn caller(world: &World) -> Caller {
    let roles: Vec<&str> = world.caller.roles.iter().map(|role| role.code()).collect();
    let mut caller = Caller::invented(rows::EMPLOYEE, &roles).with_kle(&world.caller.kle);
    if let Some(unit) = world.caller.unit {
        caller = caller.in_unit(unit.department, unit.code);
    }
    match world.caller.sensitivity_max {
        Some(level) => caller.with_sensitivity_max(level),
        None => caller,
    }
}

fn flag(protection: Protection) -> Flag {
    match protection {
        Protection::Open => Flag::Open,
        Protection::Protected => Flag::Protected,
        Protection::Unknown => Flag::Unknown,
    }
}

fn identity(world: &World) -> Identity {
    let number = testing::citizen();
    if !world.citizen.is_known {
        return testing::nobody_known();
    }
    let mut facts = testing::person(number);
    facts.protection = flag(world.citizen.protection);
    facts.born = Some(RegisterDate { day: world.citizen.born, uncertain: false });
    facts.address = Some(testing::address("1"));
    consents_told::speak_for(&mut facts, &world.citizen);
    Identity::of_facts(facts, testing::pseudonyms().of(&number))
}

/// Half of the worlds write their statutes as rows of the configuration, which closes what is not of today; the other half hand
/// them to the policies as they are, so that the policies must look at the clock themselves.
fn is_by_rows(world: &World) -> bool {
    world.seed.is_multiple_of(2)
}

fn statute_row(statute: &Statute) -> StatuteRow {
    let on = date(2026, 1, 2);
    let confirmation = Confirmation { by: "Prøvekontoret".to_owned(), on, document: "2026-1".to_owned() };
    StatuteRow {
        id: statute.id.to_owned(),
        name: statute.id.to_owned(),
        name_en: statute.id.to_owned(),
        basis: statute.has_basis.then(|| "rsl-11c".to_owned()),
        purposes: vec![statute.purpose.code().to_owned()],
        from: texts(&statute.from),
        to: texts(&statute.to),
        categories: texts(&statute.categories),
        field_classes: classes(statute.classes).iter().collect(),
        level_max: statute.level_max,
        valid_from: statute.valid_from,
        valid_to: statute.valid_to,
        succeeded_by: None,
        confirmation: statute.is_confirmed.then_some(confirmation),
    }
}

/// What the rooms of statutes and emergencies would hand over. What only the clock says no to is handed over all the same, so
/// that the policies must look at the clock.
fn grounds(world: &World, consents: Vec<ConsentGround>) -> Grounds {
    let running = world.emergency.filter(|emergency| emergency.is_for_this_citizen);
    Grounds {
        consents_at: 0,
        statutes: world.statutes.iter().filter(|one| one.has_basis && one.is_confirmed).map(statute).collect(),
        consents,
        emergency: running.map(|emergency| EmergencyGround {
            id: Uuid::from_u128(1),
            reason: "life".to_owned(),
            opened_at: emergency.since,
            ends_at: emergency.since.checked_add(1.hour()).expect("our time"),
        }),
    }
}

fn statute(statute: &Statute) -> StatuteGround {
    let midnight = |day: Date| day.to_zoned(danish_time_zone().clone()).expect("a day of our time").timestamp();
    StatuteGround {
        id: Arc::from(statute.id),
        purposes: vec![statute.purpose.code().to_owned()],
        from: texts(&statute.from),
        to: texts(&statute.to),
        categories: texts(&statute.categories),
        classes: classes(statute.classes),
        level_max: statute.level_max,
        valid_from: statute.valid_from.map_or(Timestamp::MIN, midnight),
        valid_to: statute.valid_to.map_or(Timestamp::MAX, |last| midnight(last.tomorrow().expect("our time"))),
    }
}

pub(super) fn texts(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

pub(super) fn classes(bits: u16) -> ClassSet {
    let named = FieldClass::ALL.into_iter().filter(|class| bits & bit(*class) != 0);
    named.fold(ClassSet::default(), ClassSet::with)
}

fn bit(field_class: FieldClass) -> u16 {
    let at = class::NAMES.iter().position(|name| *name == field_class.code());
    1 << at.expect("a class of defaults §6")
}

fn bits(classes: ClassSet) -> u16 {
    classes.iter().fold(0, |all, class| all | bit(class))
}

fn seen(world: &World, redacted: &Redacted, in_force: BTreeSet<u8>) -> Seen {
    let mut items: Vec<Option<BTreeMap<Ground, u16>>> = vec![None; world.items.len()];
    for item in &redacted.items {
        let grounds: BTreeMap<Ground, u16> =
            item.fields.opened().iter().map(|(basis, classes)| (ground(world, basis), bits(*classes))).collect();
        assert_eq!(item.classes, item.fields.classes(), "an item shows what its bases open, nothing else");
        items[rows::place(&item.item.deciding().native_id)] = Some(grounds);
    }
    let notices = redacted.notices.iter().map(|notice| {
        let code = notice.department.as_ref().map_or("?", |department| department.code.as_str());
        let departments = UNITS.iter().map(|unit| unit.department);
        Notice {
            with_contact: notice.with_contact,
            is_neutral: notice.neutral,
            is_home: notice.group == GroupCode::Authority,
            department: departments.chain(["?"]).find(|known| *known == code).unwrap_or("another"),
        }
    });
    let citizen = redacted.citizen.as_ref();
    Seen {
        items,
        notices: notices.collect(),
        hidden: redacted.hidden_by_window,
        withheld: redacted.withheld,
        citizen: citizen.map_or(0, |citizen| bits(citizen.classes)),
        has_name: citizen.is_some_and(|citizen| citizen.name.is_some()),
        in_force,
    }
}

fn ground(world: &World, basis: &Basis) -> Ground {
    match basis {
        Basis::OwnPerson => Ground::InPerson,
        Basis::OwnUnit => Ground::ByUnit,
        Basis::GrantingCase => Ground::Granting,
        Basis::Law(id) => {
            let known = world.statutes.iter().find(|statute| *statute.id == **id);
            Ground::Law(known.expect("a statute of this world").id)
        }
        Basis::Consent(id) => Ground::Consent(u8::try_from(id.as_u128()).expect("a consent of this world")),
        Basis::Emergency(_) => Ground::Emergency,
        Basis::Category => panic!("what a category tells is never shown as an item's basis"),
    }
}
