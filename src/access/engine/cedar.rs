//! Our inputs in Cedar's words.

use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{Context, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression as Expression};
use jiff::Timestamp;

use super::super::{ClassSet, ConsentGround, EmergencyGround, StatuteGround};
use super::input::{AskedInput, CitizenInput, Codes, GroundInput, ItemInput, PrincipalInput};
use crate::config::FieldClass;

/// The three names that every question holds.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) view: EntityUid,
    pub(super) item: EntityUid,
    pub(super) citizen: EntityUid,
    caller: EntityTypeName,
}

impl Names {
    pub(super) fn new() -> Self {
        let name = |kind: &str, id: &str| EntityUid::from_type_name_and_id(kind_name(kind), EntityId::new(id));
        Self {
            view: name("Action", "view"),
            item: name("Item", "asked"),
            citizen: name("Citizen", "asked"),
            caller: kind_name("Caller"),
        }
    }

    pub(super) fn caller(&self, role: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.caller.clone(), EntityId::new(role))
    }
}

fn kind_name(kind: &str) -> EntityTypeName {
    kind.parse().expect("the names of our kinds are identifiers")
}

fn text(text: &str) -> Expression {
    Expression::new_string(text.to_owned())
}

fn set<'a>(codes: impl IntoIterator<Item = &'a str>) -> Expression {
    Expression::new_set(codes.into_iter().map(text))
}

fn codes(codes: &Codes) -> Expression {
    set(codes.iter().map(String::as_str))
}

fn list(codes: &[String]) -> Expression {
    set(codes.iter().map(String::as_str))
}

fn classes(classes: ClassSet) -> Expression {
    set(classes.iter().map(FieldClass::code))
}

fn flag(flag: bool) -> Expression {
    Expression::new_bool(flag)
}

fn level(level: impl Into<i64>) -> Expression {
    Expression::new_long(level.into())
}

fn moment(moment: Timestamp) -> Expression {
    Expression::new_long(moment.as_second())
}

type Fields = Vec<(&'static str, Expression)>;

fn entity(name: EntityUid, fields: Fields) -> Entity {
    let fields: HashMap<String, Expression> = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Entity::new(name, fields, HashSet::new()).expect("codes, numbers and flags evaluate to themselves")
}

fn record(fields: Fields) -> Expression {
    let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value));
    Expression::new_record(fields).expect("each field is named once")
}

fn optional(fields: &mut Fields, key: &'static str, value: Option<&String>) {
    fields.extend(value.map(|value| (key, text(value))));
}

impl PrincipalInput {
    pub(super) fn entity(&self, name: EntityUid) -> Entity {
        let [zero, one, two, three] = &self.own_at_level;
        let mut fields = vec![
            ("sensitivity_max", level(self.sensitivity_max)),
            ("screened_ids", codes(&self.screened_ids)),
            ("role", text(&self.role)),
            ("own_by_person", flag(self.own_by_person)),
            ("own_by_unit", flag(self.own_by_unit)),
            ("own_at_level_0", codes(zero)),
            ("own_at_level_1", codes(one)),
            ("own_at_level_2", codes(two)),
            ("own_at_level_3", codes(three)),
            ("own_kind_roles", codes(&self.own_kind_roles)),
            ("never", codes(&self.never)),
            ("sees_granting_case", flag(self.sees_granting_case)),
            ("told_of_existence", flag(self.told_of_existence)),
            ("relation_required", flag(self.relation_required)),
            ("consent_level_max", level(self.consent_level_max)),
            ("opens_emergencies", flag(self.opens_emergencies)),
            ("emergency_beyond", codes(&self.emergency_beyond)),
            ("citizen", codes(&self.citizen)),
            ("address", text(&self.address)),
        ];
        optional(&mut fields, "unit", self.unit.as_ref());
        optional(&mut fields, "department", self.department.as_ref());
        entity(name, fields)
    }
}

impl ItemInput {
    pub(super) fn entity(&self, name: EntityUid) -> Entity {
        let screened_to: BTreeSet<String> = self.screened_to.iter().map(ToString::to_string).collect();
        let mut fields = vec![
            ("categories", codes(&self.categories)),
            ("level", level(self.level)),
            ("kind_role", text(&self.kind_role)),
            ("subjects_covered", codes(&self.subjects_covered)),
            ("is_screened", flag(self.is_screened)),
            ("screened_to", codes(&screened_to)),
            ("owner_row_decides", flag(self.owner_row_decides)),
            ("caller_is_actor", flag(self.caller_is_actor)),
            ("caller_is_party", flag(self.caller_is_party)),
            ("is_active", flag(self.is_active)),
            ("grants_own_effort", flag(self.grants_own_effort)),
            ("told_existence", flag(self.told_existence)),
            ("told_contact", flag(self.told_contact)),
            ("strictness_unknown", flag(self.strictness_unknown)),
        ];
        optional(&mut fields, "owner_unit", self.owner_unit.as_ref());
        optional(&mut fields, "owner_department", self.owner_department.as_ref());
        entity(name, fields)
    }
}

impl CitizenInput {
    pub(super) fn entity(&self, name: EntityUid) -> Entity {
        let fields = vec![
            ("has_own_case", flag(self.has_own_case)),
            ("works_in_person", flag(self.works_in_person)),
            ("has_item", flag(self.has_item)),
            ("is_protected", flag(self.is_protected)),
        ];
        entity(name, fields)
    }
}

/// The surroundings of one question.
pub(super) fn context(asked: &AskedInput, has_relation: bool, ground: &GroundInput, class: FieldClass) -> Context {
    let mut fields = vec![
        ("class", text(class.code())),
        ("ground", text(ground.code())),
        ("now", level(asked.now)),
        ("purpose", text(&asked.purpose)),
        ("opens", codes(&asked.opens)),
        ("bars", codes(&asked.bars)),
        ("has_relation", flag(has_relation)),
        ("has_protected_reason", flag(asked.has_protected_reason)),
    ];
    optional(&mut fields, "case_ref", asked.case_ref.as_ref());
    match ground {
        GroundInput::Law(law) => fields.push(("statute", statute(law))),
        GroundInput::Consent(given) => fields.push(("consent", consent(given))),
        GroundInput::Emergency(opened) => fields.push(("emergency", emergency(opened))),
        GroundInput::OwnCase | GroundInput::GrantingCase | GroundInput::Category => {}
    }
    let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value));
    Context::from_pairs(fields).expect("each field is named once and evaluates to itself")
}

fn consent(given: &ConsentGround) -> Expression {
    record(vec![
        ("purpose", text(&given.purpose)),
        ("case_ref", text(&given.case_ref)),
        ("from", list(&given.from)),
        ("to", list(&given.to)),
        ("categories", list(&given.categories)),
        ("classes", classes(given.classes)),
        ("valid_from", moment(given.valid_from)),
        ("valid_to", moment(given.valid_to)),
    ])
}

fn statute(law: &StatuteGround) -> Expression {
    record(vec![
        ("purposes", list(&law.purposes)),
        ("from", list(&law.from)),
        ("to", list(&law.to)),
        ("categories", list(&law.categories)),
        ("classes", classes(law.classes)),
        ("level_max", level(law.level_max)),
        ("valid_from", moment(law.valid_from)),
        ("valid_to", moment(law.valid_to)),
    ])
}

fn emergency(opened: &EmergencyGround) -> Expression {
    record(vec![("opened_at", moment(opened.opened_at)), ("ends_at", moment(opened.ends_at))])
}
