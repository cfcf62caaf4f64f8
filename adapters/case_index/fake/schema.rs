//! The question's schema, checked as the index' own XSD would: order, number and namespace of every element.

use crate::case_index::wire::ns;
use crate::sts::fake::Times::{Any, Maybe, Once};
use crate::sts::fake::{EFFECT, REGISTRATION};
pub(super) use crate::sts::fake::{Invalid, Step, moment, no_attributes, sequence};
use crate::transport::xml::Element;

/// `SoegSag`.
pub(super) const SEARCHED_CASE: &[Step] = &[
    (ns::OIO, "FoersteResultatReference", Maybe),
    (ns::OIO, "MaksimalAntalKvantitet", Maybe),
    (ns::OIO, "SoegRegistrering", Maybe),
    (ns::OIO, "SoegVirkning", Maybe),
    (ns::OPERATIONS, "SoegStsFraTidspunkt", Maybe),
    (ns::OPERATIONS, "SoegStsTilTidspunkt", Maybe),
    (ns::CASE, "AttributListe", Once),
    (ns::CASE, "TilstandListe", Once),
    (ns::CASE, "RelationListe", Once),
];

/// The root.
pub(super) const INPUT: &[Step] = &[
    (ns::INDEX, "SagUuid", Any),
    (ns::INDEX, "DokumentUuid", Any),
    (ns::INDEX, "SoegUdtryk", Maybe),
    (ns::INDEX, "Filter", Maybe),
    (ns::INDEX, "Sortering", Maybe),
];

/// `SagSortering`.
pub(super) const SORTING: &[Step] =
    &[(ns::INDEX, "Element", Once), (ns::INDEX, "Retning", Once), (ns::INDEX, "Prioritet", Once)];

/// `SagVis` and `DokumentVis`.
pub(super) const VIEW: &[Step] = &[(ns::INDEX, "Vis", Once)];

const ATTRIBUTES: &[Step] = &[(ns::CASE, "Egenskaber", Any), (ns::COMMON, "LokalUdvidelseListe", Maybe)];
const PROPERTIES: &[Step] = &[
    (ns::CASE, "Virkning", Maybe),
    (ns::CASE, "BrugervendtNoegle", Maybe),
    (ns::CASE, "AfleveretIndikator", Maybe),
    (ns::CASE, "Beskrivelse", Maybe),
    (ns::CASE, "HjemmelSpecifikation", Maybe),
    (ns::CASE, "Kassationskode", Maybe),
    (ns::CASE, "OffentlighedUndtaget", Maybe),
    (ns::CASE, "PrincipielIndikator", Maybe),
    (ns::CASE, "Sagsnummer", Maybe),
    (ns::CASE, "Titel", Maybe),
];
const STATES: &[Step] = &[(ns::CASE, "Fremdrift", Any), (ns::COMMON, "LokalUdvidelseListe", Maybe)];
const STATE: &[Step] = &[(ns::CASE, "Virkning", Maybe), (ns::CASE, "FremdriftStatusKode", Maybe)];
const RELATIONS: &[Step] = &[
    (ns::CASE, "Sagsaktoer", Any),
    (ns::CASE, "Sagsklasse", Any),
    (ns::CASE, "Sagspart", Any),
    (ns::CASE, "Sagsrelation", Any),
    (ns::CASE, "Sagsgenstande", Any),
    (ns::CASE, "Journalpost", Any),
    (ns::COMMON, "LokalUdvidelseListe", Maybe),
];
const RELATION: &[Step] = &[
    (ns::COMMON, "Virkning", Maybe),
    (ns::COMMON, "Rolle", Maybe),
    (ns::COMMON, "Type", Maybe),
    (ns::COMMON, "Indeks", Maybe),
    (ns::COMMON, "ReferenceID", Maybe),
    (ns::COMMON, "LokalUdvidelseListe", Maybe),
    (ns::CASE, "JournalpostEgenskaber", Maybe),
    (ns::EXTENSION, "SystemNavn", Maybe),
    (ns::EXTENSION, "SystemURI", Maybe),
];

/// Checks a `SoegSag` with everything in it.
///
/// # Errors
/// [`Invalid`].
pub(super) fn searched_case(case: Element<'_>) -> Result<(), Invalid> {
    sequence(case, SEARCHED_CASE)?;
    for (name, steps) in [("SoegRegistrering", REGISTRATION), ("SoegVirkning", EFFECT)] {
        if let Some(search) = case.child(ns::OIO, name) {
            sequence(search, steps)?;
            ends(search)?;
        }
    }
    lists(case)
}

/// Checks the three lists of a `SoegSag`, which those of a `Registrering` are too.
///
/// # Errors
/// [`Invalid`].
pub(super) fn lists(case: Element<'_>) -> Result<(), Invalid> {
    let part = |name| case.child(ns::CASE, name).into_iter();
    for attributes in part("AttributListe") {
        sequence(attributes, ATTRIBUTES)?;
        attributes.children(ns::CASE, "Egenskaber").try_for_each(|one| sequence(one, PROPERTIES))?;
    }
    for states in part("TilstandListe") {
        sequence(states, STATES)?;
        states.children(ns::CASE, "Fremdrift").try_for_each(|one| sequence(one, STATE))?;
    }
    for relations in part("RelationListe") {
        sequence(relations, RELATIONS)?;
        relations.elements().filter(|one| one.namespace() == ns::CASE).try_for_each(relation)?;
    }
    Ok(())
}

/// Checks one relation of a query by example.
///
/// # Errors
/// [`Invalid`].
pub(super) fn relation(relation: Element<'_>) -> Result<(), Invalid> {
    sequence(relation, RELATION)?;
    for name in ["Rolle", "Type", "ReferenceID"] {
        if let Some(reference) = relation.child(ns::COMMON, name) {
            let Some(choice) = reference.only_element() else {
                return Err(Invalid("en reference er enten UUIDIdentifikator eller URNIdentifikator"));
            };
            let is_choice = choice.is(ns::OIO, "UUIDIdentifikator") || choice.is(ns::OIO, "URNIdentifikator");
            if !is_choice {
                return Err(Invalid("en reference er enten UUIDIdentifikator eller URNIdentifikator"));
            }
        }
    }
    Ok(())
}

fn ends(effect: Element<'_>) -> Result<(), Invalid> {
    ["FraTidspunkt", "TilTidspunkt"]
        .into_iter()
        .filter_map(|name| effect.child(ns::OIO, name))
        .try_for_each(|end| moment(end).map(drop))
}
