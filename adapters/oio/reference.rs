//! Whom or what a relation points to: `LoRa` has a UUID or a URN, perhaps with the type of the object.

use uuid::Uuid;

use super::wire;
use crate::contract::CprNumber;

/// Somebody who works on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// [DK] enhed, organisation: its id.
    Unit(String),
    /// A person by employee id, lower case.
    Employee(String),
    /// A person by another id.
    Person(String),
}

/// Which kind a relation is for where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usually {
    /// Units.
    Units,
    /// People.
    People,
}

impl Reference {
    /// Reads a relation. None when it points nowhere or to a citizen: a personal number is nobody's staff id.
    pub(super) fn read(relation: &wire::Relation, employee_prefix: &str, unless_said: Usually) -> Option<Self> {
        let urn = relation.urn.as_deref().map(str::trim);
        if let Some(employee) = urn.and_then(|urn| without_prefix(urn, employee_prefix)) {
            let employee = employee.trim().to_lowercase();
            return (!employee.is_empty()).then_some(Self::Employee(employee));
        }
        let id = id(relation)?;
        let object_type = relation.object_type.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
        let is_unit = match object_type.as_str() {
            "organisationenhed" | "organisation" | "interessefaellesskab" | "virksomhed" => true,
            "bruger" | "person" => false,
            _ => unless_said == Usually::Units,
        };
        Some(if is_unit { Self::Unit(id) } else { Self::Person(id) })
    }
}

/// The UUID in lower case, else the URN as it stands, unless that is a personal number.
pub(super) fn id(relation: &wire::Relation) -> Option<String> {
    let uuid = relation.uuid.as_deref().and_then(|text| Uuid::try_parse(text.trim()).ok()).map(|uuid| uuid.to_string());
    let urn = relation.urn.as_deref().map(str::trim).filter(|urn| !urn.is_empty());
    let urn = urn.filter(|urn| without_prefix(urn, CprNumber::URN_PREFIX).is_none());
    uuid.or_else(|| urn.map(str::to_owned))
}

/// It points to somebody by a personal number, readable or not.
pub(super) fn is_citizen(relation: &wire::Relation) -> bool {
    relation.urn.as_deref().is_some_and(|urn| without_prefix(urn.trim(), CprNumber::URN_PREFIX).is_some())
}

/// [DK] virksomhed, produktionsenhed, organisation: it has a number of the business register, or says what it is.
pub(super) fn is_company(relation: &wire::Relation) -> bool {
    let urn = relation.urn.as_deref().unwrap_or_default().trim();
    let is_registered = ["urn:oio:cvr-nr:", "urn:oio:pnr:"].iter().any(|prefix| without_prefix(urn, prefix).is_some());
    let object_type = relation.object_type.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
    is_registered || matches!(object_type.as_str(), "virksomhed" | "organisation" | "organisationenhed")
}

/// The namespace of a URN is written in any case.
fn without_prefix<'a>(urn: &'a str, prefix: &str) -> Option<&'a str> {
    let head = urn.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &urn[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(uuid: Option<&str>, urn: Option<&str>, object_type: Option<&str>) -> wire::Relation {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        wire::Relation { uuid: owned(uuid), urn: owned(urn), object_type: owned(object_type), effect: None }
    }

    fn read(urn: &str) -> Option<Reference> {
        Reference::read(&relation(None, Some(urn), None), "urn:oio:medarbejder:", Usually::People)
    }

    #[test]
    fn an_employee_is_lower_case_without_the_prefix() {
        assert_eq!(read("URN:OIO:Medarbejder: AZ10001 "), Some(Reference::Employee("az10001".to_owned())));
        assert_eq!(read("urn:oio:medarbejder:"), None);
        assert_eq!(read("urn:andet:7"), Some(Reference::Person("urn:andet:7".to_owned())));
    }

    #[test]
    fn a_personal_number_is_never_an_id() {
        assert_eq!(read("urn:oio:cpr-nr:0101019999"), None);
        assert_eq!(id(&relation(None, Some("URN:OIO:CPR-NR:0101019999"), None)), None);
    }

    #[test]
    fn the_type_decides_and_without_it_the_relation() {
        let uuid = "DDC99ABD-C1B0-48C2-AEF7-74FEA841ADAE";
        let lower = uuid.to_lowercase();
        let read = |kind, unless| Reference::read(&relation(Some(uuid), None, kind), "urn:oio:medarbejder:", unless);
        assert_eq!(read(Some("OrganisationEnhed"), Usually::People), Some(Reference::Unit(lower.clone())));
        assert_eq!(read(Some("Bruger"), Usually::Units), Some(Reference::Person(lower.clone())));
        assert_eq!(read(None, Usually::Units), Some(Reference::Unit(lower.clone())));
        assert_eq!(read(None, Usually::People), Some(Reference::Person(lower)));
    }
}
