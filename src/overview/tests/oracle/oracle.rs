//! What product.md §3 says that this caller is shown, read top to bottom: plain code, no policies, nothing of `access`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::consent_state::{self, State as ConsentState};
use super::tables::{Mode, Purpose, Role, authority, category, class};
use super::world::{
    Bar, Consent, Emergency, Item, Kind, Owner, Protection, Screen, Side, State, Statute, ToldBy, Town, World,
};

/// Days for which a closed case stays visible in every source of the demo.
const WINDOW_DAYS: i64 = 180;

/// On what an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    InPerson,
    ByUnit,
    Granting,
    Law(&'static str),
    Consent(u8),
    Emergency,
}

/// What becomes of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Shown, with the classes that each ground alone opens.
    Shown(BTreeMap<Ground, u16>),
    /// It would be shown, but its window is over: counted when it is an own case, otherwise no trace.
    PastWindow { counted: bool },
    Contact,
    Existence,
    Nothing,
}

/// [DK] fortalt: of an item that is not shown, once for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Notice {
    pub(super) with_contact: bool,
    pub(super) is_neutral: bool,
    pub(super) is_home: bool,
    pub(super) department: &'static str,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) items: Vec<Told>,
    pub(super) notices: BTreeSet<Notice>,
    /// The citizen's block: no class is no block.
    pub(super) citizen: u16,
    /// A name stands in the block.
    pub(super) has_name: bool,
}

/// The answer, or none at all; and by which sentences.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) answer: Option<Answer>,
    pub(super) why: BTreeSet<&'static str>,
}

/// What is known of one item once its provenances are laid together.
struct Sight {
    categories: BTreeSet<&'static str>,
    level: u8,
    side: Side,
    unit: Option<&'static str>,
    department: Option<&'static str>,
    owner_row_decides: bool,
    is_screened: bool,
    is_screened_to_caller: bool,
    in_person: bool,
    by_unit: bool,
    is_running: bool,
    is_coming: bool,
    is_past_window: bool,
}

struct Judge<'a> {
    world: &'a World,
    /// The caller's roles that the purpose is for.
    roles: Vec<Role>,
    in_force: Vec<&'a Consent>,
    why: BTreeSet<&'static str>,
}

/// What the caller must be shown.
pub(super) fn expected(world: &World) -> Expected {
    let mut judge = Judge { world, roles: Vec::new(), in_force: Vec::new(), why: BTreeSet::new() };
    let answer = judge.answer();
    Expected { answer, why: judge.why }
}

impl<'a> Judge<'a> {
    fn because(&mut self, sentence: &'static str) {
        self.why.insert(sentence);
    }

    fn answer(&mut self) -> Option<Answer> {
        let world = self.world;
        // "Closed until named"; "Unconfirmed means off".
        if !is_on(world.purpose, world.town) {
            self.because("refused: the purpose is off");
            return None;
        }
        // "a route or purpose the caller's role never has" is no answer at all. Roles are judged one by one.
        self.roles = world.caller.roles.iter().copied().filter(|role| world.purpose.is_stated_by(*role)).collect();
        if self.roles.is_empty() {
            self.because("refused: no role has the purpose");
            return None;
        }
        // "Every request states a purpose and the caller's own case, or, where none exists yet, a reason".
        let has_case = world.purpose.takes_a_case() && world.case_ref.is_some();
        if !has_case && !world.has_reason {
            self.because("refused: neither case nor reason");
            return None;
        }
        for consent in &world.consents {
            let state = consent_state::state(consent, &world.citizen, world.now, world.today);
            self.because(state.name());
            if state == ConsentState::Given {
                self.in_force.push(consent);
            }
        }
        let sights: Vec<Sight> = world.items.iter().map(|item| self.sight(item)).collect();
        let mut told = self.shown(&sights);
        // "only where the caller is shown at least one item of this citizen inside its window (on any ground)"
        let has_relation = told.iter().any(|one| matches!(one, Told::Shown(_)));
        let is_told = has_relation || world.purpose.tells_without_relation();
        for (at, sight) in sights.iter().enumerate() {
            if told[at] == Told::Nothing {
                told[at] = self.told_of(&world.items[at], sight, is_told, has_relation);
            }
        }
        let notices = sights.iter().zip(&told).filter_map(|(sight, told)| notice(sight, told)).collect();
        let (citizen, has_name) = self.citizen(&sights, &told);
        Some(Answer { items: told, notices, citizen, has_name })
    }

    /// Steps 1 to 5, and the window.
    fn shown(&mut self, sights: &[Sight]) -> Vec<Told> {
        let items = &self.world.items;
        let mut grounds: Vec<BTreeMap<Ground, u16>> = Vec::new();
        for (item, sight) in items.iter().zip(sights) {
            let opened = if self.is_never(item, sight) { BTreeMap::new() } else { self.grounds(sight) };
            grounds.push(opened);
        }
        // "own efforts + the granting case's `existence`, `people`"
        if self.roles.contains(&Role::ProviderWorker) {
            for (from, item) in items.iter().enumerate() {
                let is_own = grounds[from].keys().any(|one| matches!(one, Ground::InPerson | Ground::ByUnit));
                let grants = is_own && sights[from].side == Side::Provider && !sights[from].is_past_window;
                let Some(at) = item.granted_by.filter(|_| grants) else { continue };
                self.grant(at, &items[at], &sights[at], &mut grounds[at]);
            }
        }
        let mut told = Vec::new();
        for (sight, opened) in sights.iter().zip(grounds) {
            told.push(match opened.is_empty() {
                true => Told::Nothing,
                // "a closed case stays visible for a window set per source, and the answer says how many rows the
                // window hid (only of rows the caller may see)"
                false if sight.is_past_window => {
                    self.because("past its window");
                    Told::PastWindow { counted: opened.keys().any(|one| is_own_case(*one)) }
                }
                false => {
                    if opened.len() > 1 {
                        self.because("several grounds at once");
                    }
                    Told::Shown(opened)
                }
            });
        }
        told
    }

    /// Step 1, **never**: "oneself or one's own household (where that is known); an item screened to named staff"; "a case
    /// where the caller is a party"; where the owner's row is missing "access is never widened".
    fn is_never(&mut self, item: &Item, sight: &Sight) -> bool {
        match self.world.bar {
            Bar::Oneself | Bar::FormerNumber => self.because("never: oneself"),
            Bar::Household | Bar::ColleagueAtHome => self.because("never: the household"),
            Bar::SilentAndHasty => self.because("never: silent and hasty"),
            _ if item.names_caller_as_party => self.because("never: a party of the case"),
            _ if sight.is_screened && !sight.is_screened_to_caller => self.because("never: screened to others"),
            _ if !sight.owner_row_decides => self.because("never: the owner's row is missing"),
            _ => return false,
        }
        true
    }

    /// Steps 2 to 5: every ground and what it opens.
    fn grounds(&mut self, sight: &Sight) -> BTreeMap<Ground, u16> {
        let mut opened = BTreeMap::new();
        // Step 2, **own case**: "the caller, or the caller's unit, is an actor now, and the role covers its subject and
        // sensitivity". All that the item has.
        let roles = self.roles.clone();
        let in_person = roles.iter().any(|role| self.is_own(*role, sight, sight.in_person));
        let by_unit = roles.iter().any(|role| role.owns_by_unit() && self.is_own(*role, sight, sight.by_unit));
        // "a colleague's case without a direct actor relation" is never shown, nor anybody's while the register is silent.
        let is_narrowed = matches!(self.world.bar, Bar::Colleague | Bar::RegisterSilent);
        match (in_person, by_unit) {
            (true, _) => {
                self.because("own case: in person");
                opened.insert(Ground::InPerson, class::OF_ITEM);
            }
            (false, true) if !is_narrowed => {
                self.because("own case: by unit");
                opened.insert(Ground::ByUnit, class::OF_ITEM);
            }
            (false, _) => {}
        }
        if is_narrowed {
            self.because(if self.world.bar == Bar::Colleague { "never: a colleague" } else { "never: register silent" });
            return opened;
        }
        // "no `substance_use` …, also by consent": closed to that role on every ground.
        let may = |role: &Role| !sight.categories.iter().any(|code| role.never_sees(code));
        let roles: Vec<Role> = roles.into_iter().filter(may).collect();
        // Step 3, **law**.
        if self.world.purpose.opens_by_law() && !roles.is_empty() {
            for statute in &self.world.statutes {
                if self.is_permitted_by(statute, sight) {
                    self.because("law");
                    opened.insert(Ground::Law(statute.id), statute.classes & class::OF_ITEM);
                }
            }
        }
        // Step 4, **consent**.
        if self.world.purpose.opens_by_consent() {
            for consent in self.in_force.clone() {
                if roles.iter().any(|role| self.is_consented(*role, consent, sight)) {
                    self.because("consent");
                    opened.insert(Ground::Consent(consent.id), consent.classes & class::OF_ITEM);
                }
            }
        }
        // Step 5, **emergency**.
        if self.world.purpose == Purpose::Emergency
            && self.is_running_emergency()
            && roles.iter().any(|role| self.is_emergency_of(*role, sight))
        {
            self.because("emergency");
            opened.insert(Ground::Emergency, class::OF_ITEM);
        }
        opened.retain(|_, classes| *classes != 0);
        opened
    }

    fn is_own(&mut self, role: Role, sight: &Sight, is_actor: bool) -> bool {
        if !is_actor {
            return false;
        }
        // "sees by `own_case` up to level": every category of the item must allow its level, and the token's limit.
        let levels: Option<Vec<u8>> = sight.categories.iter().map(|code| role.own_level(code)).collect();
        let Some(level_max) = levels.and_then(|levels| levels.into_iter().min()) else { return false };
        if sight.level > level_max {
            self.because("not own: above the role's level");
            return false;
        }
        if sight.level > self.world.caller.sensitivity_max {
            self.because("not own: above the token's level");
            return false;
        }
        if sight.categories.iter().any(|code| role.never_sees(code)) {
            self.because("not own: a category that the role never sees");
            return false;
        }
        // "own efforts"
        if role == Role::ProviderWorker && sight.side != Side::Provider {
            self.because("not own: no effort");
            return false;
        }
        true
    }

    /// "a statute that permits named categories between named units without consent. Only statutes that the municipality has
    /// confirmed are on"; the decision: its own level and the token's.
    fn is_permitted_by(&mut self, statute: &Statute, sight: &Sight) -> bool {
        if statute.purpose != self.world.purpose {
            return false;
        }
        if !statute.is_enabled || !statute.is_confirmed {
            self.because("no law: not confirmed, or switched off");
            return false;
        }
        let today = self.world.today;
        if statute.valid_from.is_some_and(|from| today < from) || statute.valid_to.is_some_and(|to| today > to) {
            self.because("no law: not its day");
            return false;
        }
        if !self.names(&statute.categories, &statute.from, &statute.to, sight) {
            self.because("no law: other categories or units");
            return false;
        }
        let fits = sight.level <= statute.level_max && sight.level <= self.world.caller.sensitivity_max;
        if !fits {
            self.because("no law: above its level or the token's");
        }
        fits
    }

    /// "for a named case and purpose, from named units, to named units, for named categories"; "level 3 never by consent; also
    /// capped by the role and by the token".
    fn is_consented(&mut self, role: Role, consent: &Consent, sight: &Sight) -> bool {
        if consent.purpose != self.world.purpose {
            self.because("no consent: another purpose");
            return false;
        }
        if self.world.case_ref != Some(consent.case_ref) {
            self.because("no consent: another case, or none");
            return false;
        }
        if !self.names(&consent.categories, &consent.from, &consent.to, sight) {
            self.because("no consent: other categories or units");
            return false;
        }
        let Some(level_max) = role.consent_level() else {
            self.because("no consent: not for this role");
            return false;
        };
        if sight.level > level_max.min(2) || sight.level > self.world.caller.sensitivity_max {
            self.because("no consent: above its level or the token's");
            return false;
        }
        true
    }

    /// All of the item's categories are named, and both ends, as a unit or as a department.
    fn names(&self, categories: &[&str], from: &[&str], to: &[&str], sight: &Sight) -> bool {
        let names = |list: &[&str], code: Option<&str>| code.is_some_and(|code| list.contains(&code));
        let unit = self.world.caller.unit;
        sight.categories.iter().all(|code| categories.contains(code))
            && (names(from, sight.unit) || names(from, sight.department))
            && (names(to, unit.map(|unit| unit.code)) || names(to, unit.map(|unit| unit.department)))
    }

    /// "one citizen, 60 minutes"
    fn is_running_emergency(&mut self) -> bool {
        let world = self.world;
        match world.emergency {
            None => self.because("no emergency: none opened"),
            Some(Emergency { is_for_this_citizen: false, .. }) => self.because("no emergency: another citizen's"),
            Some(Emergency { since, .. }) => {
                let seconds = world.now.as_second() - since.as_second();
                if (0..3600).contains(&seconds) {
                    return true;
                }
                self.because("no emergency: over");
            }
        }
        false
    }

    /// "levels up to 2; level 3 stays closed (`violence` items open only to `on_call`)"
    fn is_emergency_of(&mut self, role: Role, sight: &Sight) -> bool {
        if !role.has_emergency() {
            return false;
        }
        let beyond = role == Role::OnCall && sight.categories.iter().all(|code| *code == "violence");
        if sight.level > 2 && beyond {
            self.because("emergency: violence");
        } else if sight.level > 2 {
            self.because("no emergency: the highest level");
        }
        sight.level <= 2 || beyond
    }

    /// "that it exists and the people on it": of the case that granted an own shown effort, below level 3, not screened.
    fn grant(&mut self, _at: usize, item: &Item, sight: &Sight, opened: &mut BTreeMap<Ground, u16>) {
        let is_own = opened.keys().any(|one| matches!(one, Ground::InPerson | Ground::ByUnit));
        let is_closed = sight.level >= 3 || sight.is_screened;
        let is_narrowed = matches!(self.world.bar, Bar::Colleague | Bar::RegisterSilent);
        if is_own || is_narrowed || self.is_never(item, sight) {
            return;
        }
        if is_closed {
            self.because("not granting: highest level or screened");
            return;
        }
        self.because("granting case");
        opened.insert(Ground::Granting, class::EXISTENCE | class::PEOPLE);
    }

    /// Step 6: "otherwise what the item's category allows".
    fn told_of(&mut self, item: &Item, sight: &Sight, is_told: bool, has_relation: bool) -> Told {
        // Under a bar there are no notices.
        if !matches!(self.world.bar, Bar::Nobody | Bar::CallerUnknown | Bar::SilentAndUnknown) {
            return Told::Nothing;
        }
        let is_closed = item.names_caller_as_party || sight.is_screened;
        let is_open = sight.is_running || sight.is_coming;
        if is_closed || !is_open {
            return Told::Nothing;
        }
        // "never applies to level 3"
        if sight.level >= 3 {
            self.because("not told: the highest level");
            return Told::Nothing;
        }
        // A case that nobody's matcher knows has no department to name.
        let Some(department) = sight.department else {
            self.because("not told: nobody's");
            return Told::Nothing;
        };
        let roles = self.roles.clone();
        let is_for = |role: &Role| role.is_told() && !sight.categories.iter().any(|code| role.never_sees(code));
        if !roles.iter().any(is_for) {
            self.because("not told: not this role");
            return Told::Nothing;
        }
        // With several categories the strictest counts.
        let modes = sight.categories.iter().map(|code| self.mode(code, department));
        let mode = modes.min().unwrap_or(Mode::Nothing);
        if mode == Mode::Nothing {
            self.because("not told: the category allows nothing");
            return Told::Nothing;
        }
        if !is_told {
            self.because("not told: no relation");
            return Told::Nothing;
        }
        if !has_relation {
            self.because("told without relation");
        }
        if sight.categories.contains("child") {
            self.because("told: a child's case to who works with children");
        }
        match mode {
            Mode::Contact => Told::Contact,
            Mode::Existence | Mode::Nothing => Told::Existence,
        }
    }

    /// "The mode belongs to the category, may be narrowed by the owning department".
    fn mode(&self, code: &str, owner: &str) -> Mode {
        // The decision: MSO narrows health and care, MBU school and day care.
        if matches!((code, owner), ("health_care", "MSO") | ("school_day_care", "MBU")) {
            return Mode::Nothing;
        }
        let unit = self.world.caller.unit;
        // "nothing; existence to `BFF`, `UUJ-SOC`"
        if code == "child" && unit.is_some_and(|unit| unit.department == "BFF" || unit.code == "UUJ-SOC") {
            return Mode::Existence;
        }
        category(code).mode
    }

    /// The citizen's own block.
    fn citizen(&mut self, sights: &[Sight], told: &[Told]) -> (u16, bool) {
        let world = self.world;
        let mut classes = 0;
        let mut opens_address = false;
        let is_protected = world.citizen.protection != Protection::Open || !world.citizen.is_known;
        for (sight, told) in sights.iter().zip(told) {
            let Told::Shown(grounds) = told else { continue };
            let is_own = grounds.keys().any(|one| matches!(one, Ground::InPerson | Ground::ByUnit));
            // "own running case and the role's classes"
            if is_own && sight.is_running {
                for role in self.roles.clone() {
                    let in_person = self.is_own(role, sight, sight.in_person);
                    let by_unit = grounds.contains_key(&Ground::ByUnit)
                        || !matches!(world.bar, Bar::Colleague | Bar::RegisterSilent);
                    let by_unit = by_unit && role.owns_by_unit() && self.is_own(role, sight, sight.by_unit);
                    if in_person || by_unit {
                        classes |= role.citizen_classes();
                        // "Address only by own case, with a written reason: coordinator, benefit officer if unprotected;
                        // caseworkers if unprotected or in person on a running case."
                        opens_address |= match role {
                            Role::Coordinator | Role::BenefitOfficer => !is_protected,
                            Role::Caseworker | Role::ChildCaseworker => !is_protected || in_person,
                            _ => false,
                        };
                    }
                }
            }
            for ground in grounds.keys() {
                // "an item shown by consent or statute whose classes name it"
                classes |= match ground {
                    Ground::Consent(id) => {
                        let consent = world.consents.iter().find(|consent| consent.id == *id);
                        consent.map_or(0, |consent| consent.classes) & (class::PERSON | class::HOUSEHOLD)
                    }
                    Ground::Law(id) => {
                        let statute = world.statutes.iter().find(|statute| statute.id == *id);
                        statute.map_or(0, |statute| statute.classes) & (class::PERSON | class::HOUSEHOLD)
                    }
                    // "or emergency (person only)"
                    Ground::Emergency => class::PERSON,
                    Ground::InPerson | Ground::ByUnit | Ground::Granting => 0,
                };
            }
        }
        if classes & class::PERSON == 0 {
            self.because("citizen: nothing");
            return (0, false);
        }
        let shows_address = opens_address && world.asks_address && world.citizen.is_known;
        let has_name = world.citizen.is_known && (!is_protected || (opens_address && world.asks_address));
        self.because(match (shows_address, is_protected) {
            (true, true) => "citizen: a protected address, asked for",
            (true, false) => "citizen: an address, asked for",
            (false, true) => "citizen: a protected name and address stay hidden",
            (false, false) => "citizen: without address",
        });
        (classes | if shows_address { class::ADDRESS } else { 0 }, has_name)
    }

    /// "With several provenances the master system's row decides; an index row never widens access"; "the strictest secrecy
    /// counts".
    fn sight(&mut self, item: &Item) -> Sight {
        let world = self.world;
        let has_owner_row = matches!(item.told_by, ToldBy::OwnerRow | ToldBy::OwnerAndIndex);
        let index_kind = item.index_kind.filter(|_| item.told_by == ToldBy::OwnerAndIndex);
        let kinds: Vec<Kind> = std::iter::once(item.kind).chain(index_kind).collect();
        let first = kinds.iter().find(|kind| kind.is_known).copied().unwrap_or(kinds[0]);
        // A provenance that no rule knows says nothing where another one does.
        let mut categories: BTreeSet<&'static str> =
            kinds.iter().filter(|kind| kind.is_known).map(|kind| kind.category).collect();
        if categories.is_empty() {
            categories.insert("unclassified");
        }
        let stated = match item.told_by {
            ToldBy::OwnerAndIndex => item.sensitivity.max(item.index_sensitivity),
            _ => item.sensitivity,
        };
        // "A source may raise an item's level, never lower it."
        let level = categories.iter().map(|code| category(code).level).chain(stated).max().unwrap_or(3);
        let (unit, department) = match item.owner {
            Owner::Unit(unit) => (Some(unit.code), Some(unit.department)),
            Owner::Department(department) => (None, Some(department)),
            Owner::Nobody => (None, None),
        };
        let lists = [
            item.screened.as_ref(),
            item.index_screened.as_ref().filter(|_| item.told_by == ToldBy::OwnerAndIndex),
        ];
        let lists: Vec<&Vec<Screen>> = lists.into_iter().flatten().collect();
        // Only who stands on every list; the unit on one and the user on the other is nobody in common.
        let common = |who: Screen| lists.iter().all(|list| list.contains(&who));
        let has_unit = world.caller.unit.is_some();
        let (is_running, is_coming, is_past_window) = match item.state {
            State::Active => (true, false, false),
            State::Future(_) => (false, true, false),
            State::Closed(day) | State::Void(day) => (false, false, days_between(day, world.today) > WINDOW_DAYS),
        };
        // "is an actor on this citizen's case *now*", by the row that decides; the responsible post is nobody in person.
        let is_now = |since: Option<Date>, until: Option<Date>| {
            since.is_none_or(|since| since <= world.today) && until.is_none_or(|until| world.today < until)
        };
        let is_actor =
            item.actors.iter().any(|one| one.is_caller && !one.is_responsible && is_now(one.since, one.until));
        if !is_actor && item.actors.iter().any(|one| one.is_caller) {
            self.because("not own: no longer, not yet, or a post");
        }
        let is_of_unit = has_unit && unit == world.caller.unit.map(|unit| unit.code);
        // "own KLE ranges"
        let covers = is_subject_of(&world.caller.kle, item.kle, &categories);
        if (is_actor || is_of_unit) && !covers {
            self.because("not own: another subject");
        }
        if lists.len() > 1 {
            self.because("screened twice");
        }
        Sight {
            side: if item.is_effort && index_kind.is_none() { first.effort_is } else { side_of(item, first) },
            categories,
            level,
            unit,
            department,
            // Decision: owner not configured: the index row decides.
            owner_row_decides: has_owner_row || item.told_by == ToldBy::IndexOfUnread,
            is_screened: !lists.is_empty(),
            is_screened_to_caller: (has_unit && common(Screen::CallersUnit)) || common(Screen::CallersUser),
            in_person: is_actor && covers,
            by_unit: is_of_unit && covers,
            is_running,
            is_coming,
            is_past_window,
        }
    }
}

/// The first provenance that a rule knows says whose it is, and that one's own word on case or effort.
fn side_of(item: &Item, first: Kind) -> Side {
    let is_owners = item.kind.is_known || item.index_kind.is_none_or(|kind| !kind.is_known);
    // The index tells cases only.
    if item.is_effort && is_owners { first.effort_is } else { first.case_is }
}

fn is_own_case(ground: Ground) -> bool {
    matches!(ground, Ground::InPerson | Ground::ByUnit | Ground::Granting)
}

fn is_on(purpose: Purpose, town: Town) -> bool {
    purpose.ships_on() || town == Town::Confirmed
}

/// The caller's ranges cover the item's subject; where the source gives none, a main group of each of its categories.
fn is_subject_of(ranges: &[&str], subject: Option<&str>, categories: &BTreeSet<&'static str>) -> bool {
    let covers = |subject: &str| {
        ranges.iter().any(|range| {
            *range == "*" || subject == *range || (subject.starts_with(range) && subject[range.len()..].starts_with('.'))
        })
    };
    match subject {
        Some(subject) => covers(subject),
        None if ranges.contains(&"*") => true,
        None => categories.iter().all(|code| category(code).kle.iter().any(|group| covers(group))),
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    let span = from.until(to).expect("two days of our time");
    i64::from(span.get_days())
}

fn notice(sight: &Sight, told: &Told) -> Option<Notice> {
    let with_contact = match told {
        Told::Contact => true,
        Told::Existence => false,
        _ => return None,
    };
    // "In level 2 and 3, `contact` uses the neutral name"; `existence` names the magistratsafdeling alone.
    let is_neutral = sight.level >= 2 || !with_contact;
    let own = sight.department?;
    let department = if is_neutral { authority(own) } else { own };
    Some(Notice { with_contact, is_neutral, is_home: authority(own) == "MSB", department })
}
