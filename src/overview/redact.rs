//! The cut: what this caller may see of what the sources told. Everything counted, ordered or related is computed after it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::digest;
use glasplade_adapters::contract::{
    About, ActorRole, CprNumber, PersonId, Record, RelationKind, Sensitivity, SourceId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::actors::{may_be_named, unit_of_item};
use super::citizen;
use super::classify::Classified;
use super::redacted::{Notice, Redacted, RedactedItem, RedactedRelation};
use super::{Classifier, Merged, MergedItem, Owner, Phase};
use crate::access::{
    AccessGrant, Basis, Decided, Fields, Grounds, ItemAttributes, ItemPolicy, OwnRole, Shown, Standing,
};
use crate::audit::Pseudonym;
use crate::config::{FieldClass, GroupCode, KindRole};
use crate::people::Identity;
use crate::staff::Known;

/// What the cut rests on besides the grant.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Matchers.
    pub classifier: &'a Classifier,
    /// Today in Denmark.
    pub today: Date,
    /// Authority code of the home departments.
    pub home_authority: &'a str,
    /// Days for which a caseworker counts as new.
    pub new_caseworker_days: u16,
    /// Days for which closed cases stay, by source.
    pub windows: &'a HashMap<SourceId, u16>,
    /// The configured order of sources.
    pub sources: &'a [SourceId],
    /// Where the caller stands to the citizen.
    pub standing: &'a Standing,
    /// Who the citizen is.
    pub identity: &'a Identity,
    /// The moment of the decision.
    pub now: Timestamp,
    /// On what something may be shown beside own cases.
    pub grounds: &'a Grounds,
    /// Sources that were asked and did not answer usably: not at all, or not all of it.
    pub silent: &'a [SourceId],
    /// The number is the caller's own.
    pub is_caller: &'a (dyn Fn(&CprNumber) -> bool + Sync),
}

impl std::fmt::Debug for Setting<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Setting").field("today", &self.today).finish_non_exhaustive()
    }
}

struct Candidate<'a> {
    item: &'a MergedItem,
    classified: Classified<'a>,
    owner: Owner<'a>,
    level: u8,
    phase: Phase,
    decided: Option<Decided>,
    shown: Shown,
    screened: bool,
    categories: Vec<&'a str>,
    grants_own_effort: bool,
    strictness_unknown: bool,
}

/// Cuts what the sources told to what the grant's caller may see.
pub fn redact(grant: &AccessGrant, merged: &Merged, setting: Setting<'_>) -> Redacted {
    let mut policy = grant.item_policy(setting.standing, setting.grounds, setting.now);
    let mut candidates: Vec<Candidate<'_>> = merged.items.iter().map(|item| candidate(item, setting)).collect();
    for candidate in &mut candidates {
        open(candidate, &mut policy, grant, setting);
    }
    for at in granting_cases(&candidates, setting) {
        candidates[at].grants_own_effort = true;
        open(&mut candidates[at], &mut policy, grant, setting);
    }
    // Whoever is shown an item of the citizen's has to do with them; what the window hides is no relation.
    let is_shown = |candidate: &Candidate<'_>| matches!(candidate.shown, Shown::Fields(_));
    policy.relate(candidates.iter().any(|one| is_shown(one) && !is_past_window(one, setting)));
    for candidate in candidates.iter_mut().filter(|candidate| candidate.shown == Shown::Nothing) {
        candidate.shown = candidate.decided.map_or(Shown::Nothing, |decided| policy.told(decided));
    }
    let mut redacted = Redacted::default();
    for candidate in &candidates {
        match &candidate.shown {
            Shown::Fields(_) if is_past_window(candidate, setting) => {
                // Only own cases are counted: how many others there are is nobody's business.
                if is_own(candidate) { redacted.hidden_by_window += 1 } else { redacted.withheld += 1 }
            }
            Shown::Fields(fields) => redacted.items.extend(redacted_item(candidate, fields, setting)),
            Shown::Contact | Shown::Existence => push_notice(&mut redacted.notices, candidate, setting),
            Shown::Nothing => redacted.withheld += 1,
        }
    }
    resolve_relations(&mut redacted.items);
    redacted.items.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    redacted.notices.sort_by(|a, b| notice_key(a).cmp(&notice_key(b)));
    let relation = relation_now(&candidates, &policy, setting);
    redacted.citizen = citizen::redact(grant, &mut policy, relation, setting);
    // The sources' own words, until somebody who may wait has asked the staff directory.
    redacted.name_actors(&Known::unconfigured(), &HashMap::new(), setting);
    redacted.decided = policy.into_record().into();
    redacted
}

/// Asks the policies what the item opens.
fn open(candidate: &mut Candidate<'_>, policy: &mut ItemPolicy<'_>, grant: &AccessGrant, setting: Setting<'_>) {
    let decided = policy.decide(&attributes(candidate, grant, setting));
    let fields = policy.fields(decided);
    candidate.decided = Some(decided);
    candidate.shown = if fields.basis().is_some() { Shown::Fields(fields) } else { Shown::Nothing };
}

fn candidate<'a>(item: &'a MergedItem, setting: Setting<'a>) -> Candidate<'a> {
    let classifier = setting.classifier;
    let all: Vec<Classified<'a>> = item.rows.iter().map(|row| classifier.classify(row)).collect();
    let first_known = all.iter().find(|one| one.kind.is_some()).copied().unwrap_or(all[0]);
    let mut categories: Vec<&str> =
        all.iter().filter(|one| one.kind.is_some()).map(|one| one.category.code.as_str()).collect();
    if categories.is_empty() {
        categories.push(&first_known.category.code);
    }
    categories.sort_unstable();
    categories.dedup();
    let level = level(item, &all);
    Candidate {
        item,
        classified: first_known,
        owner: classifier.owner(item.deciding()),
        level,
        phase: item.phase(setting.today),
        decided: None,
        shown: Shown::Nothing,
        screened: item.rows.iter().any(|row| !row.screened_to.is_empty()),
        categories,
        grants_own_effort: false,
        strictness_unknown: is_strictness_unknown(item, setting),
    }
}

/// A source that could make the item stricter was asked, did not answer usably, and has told nothing of this item: a joint
/// index of a case that it may hold, or the system that owns a case of which only an index tells.
fn is_strictness_unknown(item: &MergedItem, setting: Setting<'_>) -> bool {
    let classifier = setting.classifier;
    let is_missing =
        |source: &SourceId| setting.silent.contains(source) && item.rows.iter().all(|row| row.source != *source);
    item.rows.iter().any(|row| {
        if classifier.is_index(&row.source) {
            classifier.master_of(row).is_some_and(is_missing)
        } else {
            classifier.could_be_raised(row) && classifier.indexes().iter().any(is_missing)
        }
    })
}

/// The strictest of what the provenances state and of the categories that they name; a provenance that no rule can place
/// raises nothing where another one can.
fn level(item: &MergedItem, classified: &[Classified<'_>]) -> u8 {
    let stated = item.rows.iter().filter_map(|row| row.sensitivity).map(Sensitivity::level).max();
    let named = classified.iter().filter(|one| one.kind.is_some()).map(|one| one.category.level).max();
    let unnamed = classified.first().map_or(3, |one| one.category.level);
    named.unwrap_or(unnamed).max(stated.unwrap_or(0))
}

fn attributes<'a>(candidate: &Candidate<'a>, grant: &AccessGrant, setting: Setting<'_>) -> ItemAttributes<'a> {
    let deciding = candidate.item.deciding();
    ItemAttributes {
        categories: candidate.categories.clone(),
        level: candidate.level,
        kind_role: candidate.classified.role,
        kle: deciding.kle.as_ref().map(|kle| kle.subject.as_str()),
        owner_unit: candidate.owner.unit.map(|unit| unit.code.as_str()),
        owner_department: candidate.owner.department.map(|department| department.code.as_str()),
        is_screened: candidate.screened,
        screened_to: screened_to(candidate.item),
        caller_is_actor: is_actor(deciding, grant.caller().employee().as_str(), setting.today),
        caller_is_party: candidate.item.rows.iter().any(|row| names_caller(row, setting)),
        owner_row_decides: candidate.item.owner_row_decides,
        is_active: candidate.phase.is_active(),
        grants_own_effort: candidate.grants_own_effort,
        strictness_unknown: candidate.strictness_unknown,
    }
}

/// The row names the caller among the people whom it is about.
fn names_caller(row: &Record, setting: Setting<'_>) -> bool {
    match &row.about {
        About::Stated(people) => {
            people.iter().any(|person| matches!(person, PersonId::Cpr(number) if (setting.is_caller)(number)))
        }
        About::Unstated => false,
    }
}

/// The strictest counts: only who stands on every screened provenance's list. Lists that have nobody in common are open to
/// nobody.
fn screened_to(item: &MergedItem) -> Vec<Uuid> {
    let mut lists = item
        .rows
        .iter()
        .filter(|row| !row.screened_to.is_empty())
        .map(|row| row.screened_to.iter().copied().collect::<BTreeSet<Uuid>>());
    let Some(first) = lists.next() else { return Vec::new() };
    lists.fold(first, |common, list| common.intersection(&list).copied().collect()).into_iter().collect()
}

fn is_actor(row: &Record, employee: &str, today: Date) -> bool {
    row.actors.iter().any(|actor| {
        actor.role != ActorRole::Responsible
            && actor.employee_id.as_deref() == Some(employee)
            && actor.since.is_none_or(|since| since <= today)
            && actor.until.is_none_or(|until| until > today)
    })
}

/// What the caller has to do with the citizen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Relation {
    /// The roles by which cases with the citizen are the caller's own now, and by which of them in person. A case that is
    /// over is shown for a while, and opens nothing of the citizen.
    pub(super) own: BTreeSet<OwnRole>,
    /// Role and ground on which a running item is shown that is not the caller's own.
    pub(super) shown_on: BTreeSet<(usize, usize)>,
}

fn relation_now(candidates: &[Candidate<'_>], policy: &ItemPolicy<'_>, setting: Setting<'_>) -> Relation {
    let decided = |is_wanted: &dyn Fn(&Candidate<'_>) -> bool| -> Vec<Decided> {
        candidates.iter().filter(|candidate| is_wanted(candidate)).filter_map(|candidate| candidate.decided).collect()
    };
    let running = decided(&|candidate| is_own(candidate) && candidate.phase.is_active());
    let shown = decided(&|candidate| !is_past_window(candidate, setting));
    Relation {
        own: running.into_iter().flat_map(|decided| policy.own_roles(decided)).collect(),
        shown_on: shown.into_iter().flat_map(|decided| policy.other_grounds(decided)).collect(),
    }
}

fn is_own(candidate: &Candidate<'_>) -> bool {
    matches!(&candidate.shown, Shown::Fields(fields) if fields.basis().is_some_and(Basis::is_own))
}

/// Positions of the cases that granted an own effort that is shown, and that are not shown themselves.
fn granting_cases(candidates: &[Candidate<'_>], setting: Setting<'_>) -> Vec<usize> {
    let wanted: Vec<(Option<Uuid>, Option<String>, SourceId)> = candidates
        .iter()
        .filter(|candidate| is_own(candidate) && candidate.classified.role == KindRole::Provider)
        .filter(|candidate| !is_past_window(candidate, setting))
        .flat_map(|candidate| granting(candidate.item))
        .collect();
    let is_granting = |candidate: &Candidate<'_>| {
        wanted.iter().any(|(uuid, number, source)| points_at(candidate.item, *uuid, number.as_deref(), source))
    };
    let positions = candidates.iter().enumerate().filter(|(_, candidate)| is_granting(candidate) && !is_own(candidate));
    positions.map(|(at, _)| at).collect()
}

fn granting(item: &MergedItem) -> impl Iterator<Item = (Option<Uuid>, Option<String>, SourceId)> {
    item.rows.iter().flat_map(|row| {
        let relations = row.relations.iter().filter(|relation| relation.kind == RelationKind::GrantedBy);
        relations.map(|relation| (relation.uuid, relation.number.clone(), row.source.clone()))
    })
}

fn points_at(item: &MergedItem, uuid: Option<Uuid>, number: Option<&str>, source: &SourceId) -> bool {
    item.rows.iter().any(|row| {
        (uuid.is_some() && row.keys.uuid == uuid)
            || number.is_some_and(|number| {
                row.source == *source && row.keys.numbers.iter().any(|known| known.trim() == number.trim())
            })
    })
}

/// A closed case stays visible for a window set per source.
fn is_past_window(candidate: &Candidate<'_>, setting: Setting<'_>) -> bool {
    if candidate.phase.is_active() {
        return false;
    }
    let row = candidate.item.deciding();
    let latest = row.latest_day().unwrap_or(Date::MIN);
    let window = setting.windows.get(&row.source).copied().unwrap_or(0);
    let oldest = setting.today.saturating_sub(jiff::Span::new().days(window));
    latest < oldest
}

fn redacted_item(candidate: &Candidate<'_>, fields: &Fields, setting: Setting<'_>) -> Option<RedactedItem> {
    let (basis, classes) = (fields.basis()?.clone(), fields.classes());
    let category = candidate.classified.category;
    let (unit, department) = (candidate.owner.unit, candidate.owner.department);
    let names_unit = may_be_named(candidate.level, classes, &basis);
    Some(RedactedItem {
        id: item_id(setting.identity.in_force(), candidate.item.deciding()),
        item: candidate.item.clone(),
        fields: fields.clone(),
        classes,
        basis,
        phase: candidate.phase,
        group: group(candidate, setting.home_authority),
        kind: candidate.classified.kind.cloned(),
        role: candidate.classified.role,
        category: (category.code.clone(), category.name.clone(), category.name_en.clone()),
        level: candidate.level,
        shown_unit: unit_of_item(unit, department, names_unit, setting),
        unit: unit.cloned(),
        department: department.cloned(),
        relations: Vec::new(),
    })
}

/// An id that stays the same from answer to answer, whichever of the citizen's numbers was asked for, and tells nothing:
/// the pseudonym in it is keyed.
fn item_id(citizen: &Pseudonym, row: &Record) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    let pseudonym = citizen.to_string();
    for part in [pseudonym.as_str(), row.source.as_str(), &row.native_id] {
        context.update(part.as_bytes());
        context.update(&[0]);
    }
    crate::hex(&context.finish().as_ref()[..12])
}

fn group(candidate: &Candidate<'_>, home_authority: &str) -> GroupCode {
    let is_home = candidate.owner.department.is_none_or(|department| department.authority == home_authority);
    match (is_home, candidate.classified.role) {
        (false, _) => GroupCode::OtherPublic,
        (true, KindRole::Provider) => GroupCode::Provider,
        (true, KindRole::Authority | KindRole::Benefit | KindRole::Unclassified) => GroupCode::Authority,
    }
}

fn push_notice(notices: &mut Vec<Notice>, candidate: &Candidate<'_>, setting: Setting<'_>) {
    let with_contact = candidate.shown == Shown::Contact;
    let neutral = candidate.level >= 2 || !with_contact;
    let own = candidate.owner.department;
    let authority = own.and_then(|department| setting.classifier.department(&department.authority));
    let department = if neutral { authority.or(own) } else { own }.cloned();
    let is_home = own.is_none_or(|department| department.authority == setting.home_authority);
    // The finer group would tell whether it is an effort: what may not be seen stands with its authority.
    let group = if is_home { GroupCode::Authority } else { GroupCode::OtherPublic };
    let notice = Notice { group, with_contact, neutral, department };
    if !notices.iter().any(|known| notice_key(known) == notice_key(&notice)) {
        notices.push(notice);
    }
}

fn notice_key(notice: &Notice) -> (GroupCode, bool, bool, Option<&str>) {
    let code = notice.department.as_ref().map(|department| department.code.as_str());
    (notice.group, notice.with_contact, notice.neutral, code)
}

/// A relation names an item only when the caller sees that item; a hidden and a missing one look the same.
fn resolve_relations(items: &mut [RedactedItem]) {
    let all: Vec<Vec<RedactedRelation>> = items
        .iter()
        .map(|from| {
            let mut relations: Vec<RedactedRelation> = Vec::new();
            for row in &from.item.rows {
                for relation in &row.relations {
                    let to = items.iter().find(|to| {
                        !std::ptr::eq(*to, from)
                            && points_at(&to.item, relation.uuid, relation.number.as_deref(), &row.source)
                    });
                    // What a relation to a hidden case is called would tell of the case; only the effort's own is kept.
                    let item = to.filter(|to| to.classes.contains(FieldClass::Existence)).map(|to| to.id.clone());
                    let entry = RedactedRelation { kind: relation.kind, item };
                    let is_worth_telling = entry.item.is_some() || entry.kind == RelationKind::GrantedBy;
                    if is_worth_telling && !relations.contains(&entry) {
                        relations.push(entry);
                    }
                }
            }
            // One case told by UUID in one row and by number in another is one relation, not a missing one beside it.
            let resolved: Vec<RelationKind> =
                relations.iter().filter(|relation| relation.item.is_some()).map(|relation| relation.kind).collect();
            relations.retain(|relation| relation.item.is_some() || !resolved.contains(&relation.kind));
            relations
        })
        .collect();
    for (item, relations) in items.iter_mut().zip(all) {
        item.relations = relations;
    }
}

fn sort_key(item: &RedactedItem) -> (GroupCode, Phase, Reverse<Option<Date>>, &str) {
    (item.group, item.phase, Reverse(item.item.deciding().opened), &item.id)
}
