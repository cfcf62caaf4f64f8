//! The question's schema, checked as the index' own XSD would: order, number and namespace of every element.

use jiff::Timestamp;

use crate::case_index::time;
use crate::case_index::wire::ns;
use crate::transport::xml::Element;

/// What is wrong with a question. For the fault text; it repeats nothing of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Invalid(pub(super) &'static str);

/// One step of an xs:sequence: namespace, name, how often.
pub(super) type Step = (&'static str, &'static str, Times);

/// How often an element may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    /// Exactly once.
    Once,
    /// Once or not at all.
    Maybe,
    /// Any number.
    Any,
}
use Times::{Any, Maybe, Once};

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

const REGISTRATION: &[Step] = &[
    (ns::OIO, "FraTidspunkt", Maybe),
    (ns::OIO, "TilTidspunkt", Maybe),
    (ns::OIO, "LivscyklusKode", Maybe),
    (ns::OIO, "BrugerRef", Maybe),
];
const EFFECT: &[Step] = &[
    (ns::OIO, "FraTidspunkt", Maybe),
    (ns::OIO, "TilTidspunkt", Maybe),
    (ns::OIO, "AktoerRef", Maybe),
    (ns::OIO, "AktoerTypeKode", Maybe),
    (ns::OIO, "NoteTekst", Maybe),
];
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

/// Checks an element against a sequence; a foreign attribute is as wrong as a foreign element.
///
/// # Errors
/// [`Invalid`], in words without wire content.
pub(super) fn sequence(element: &Element, steps: &[Step]) -> Result<(), Invalid> {
    no_attributes(element)?;
    let mut at = 0;
    let mut times = 0;
    for child in &element.children {
        while !steps.get(at).is_some_and(|(namespace, name, _)| child.is(namespace, name)) {
            match steps.get(at) {
                None => {
                    return Err(Invalid(
                        "et element er ukendt, gentaget, i forkert raekkefoelge eller i forkert navnerum",
                    ));
                }
                Some((_, _, Once)) if times == 0 => return Err(Invalid("et obligatorisk element mangler")),
                Some(_) => (at, times) = (at + 1, 0),
            }
        }
        times += 1;
        if times > 1 && steps[at].2 != Any {
            return Err(Invalid("et element er gentaget"));
        }
    }
    let missing =
        steps.iter().enumerate().any(|(step, (_, _, need))| *need == Once && (step > at || (step == at && times == 0)));
    if missing { Err(Invalid("et obligatorisk element mangler")) } else { Ok(()) }
}

/// The question's types know no attribute of their own.
///
/// # Errors
/// [`Invalid`] for an `operation` that is one.
pub(super) fn no_attributes(element: &Element) -> Result<(), Invalid> {
    const OF_XSI: [&str; 4] = ["type", "nil", "schemaLocation", "noNamespaceSchemaLocation"];
    let own = element.attributes.iter().any(|(name, _)| !OF_XSI.contains(&&**name));
    if own { Err(Invalid("et element har en attribut; operation er et element")) } else { Ok(()) }
}

/// Checks a `SoegSag` with everything in it.
///
/// # Errors
/// [`Invalid`].
pub(super) fn searched_case(case: &Element) -> Result<(), Invalid> {
    sequence(case, SEARCHED_CASE)?;
    let part = |namespace, name| case.child(namespace, name).into_iter();
    for (name, steps) in [("SoegRegistrering", REGISTRATION), ("SoegVirkning", EFFECT)] {
        for search in part(ns::OIO, name) {
            sequence(search, steps)?;
            ends(search)?;
        }
    }
    for attributes in part(ns::CASE, "AttributListe") {
        sequence(attributes, ATTRIBUTES)?;
        attributes.children(ns::CASE, "Egenskaber").try_for_each(|one| sequence(one, PROPERTIES))?;
    }
    for states in part(ns::CASE, "TilstandListe") {
        sequence(states, STATES)?;
        states.children(ns::CASE, "Fremdrift").try_for_each(|one| sequence(one, STATE))?;
    }
    for relations in part(ns::CASE, "RelationListe") {
        sequence(relations, RELATIONS)?;
        relations.children.iter().filter(|one| &*one.namespace == ns::CASE).try_for_each(relation)?;
    }
    Ok(())
}

/// Checks one relation of a query by example.
///
/// # Errors
/// [`Invalid`].
pub(super) fn relation(relation: &Element) -> Result<(), Invalid> {
    sequence(relation, RELATION)?;
    for name in ["Rolle", "Type", "ReferenceID"] {
        if let Some(reference) = relation.child(ns::COMMON, name) {
            let [choice] = reference.children.as_slice() else {
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

fn ends(effect: &Element) -> Result<(), Invalid> {
    ["FraTidspunkt", "TilTidspunkt"]
        .into_iter()
        .filter_map(|name| effect.child(ns::OIO, name))
        .try_for_each(|end| moment(end).map(drop))
}

/// Reads a `TidspunktType`; infinity is `None`.
///
/// # Errors
/// [`Invalid`] for a bare time, for `GraenseIndikator` `false`, for a time that is no xs:dateTime.
pub(super) fn moment(element: &Element) -> Result<Option<Timestamp>, Invalid> {
    const WRONG: Invalid = Invalid("et tidspunkt er enten TidsstempelDatoTid eller GraenseIndikator true");
    let [choice] = element.children.as_slice() else { return Err(WRONG) };
    if choice.is(ns::OIO, "GraenseIndikator") {
        return if matches!(choice.text(), None | Some("true" | "1")) { Ok(None) } else { Err(WRONG) };
    }
    let text = choice.text().filter(|text| choice.is(ns::OIO, "TidsstempelDatoTid") && is_date_time(text));
    text.and_then(time::parse).map(Some).ok_or(WRONG)
}

/// `YYYY-MM-DDThh:mm:ss`, then any fraction, then nothing, `Z` or `±hh:mm`.
fn is_date_time(text: &str) -> bool {
    let like = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'+' => byte == b'+' || byte == b'-',
                _ => byte == wanted,
            })
    };
    let Some((head, tail)) = text.split_at_checked(19) else { return false };
    let zone = match tail.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => tail,
    };
    like(head, "0000-00-00T00:00:00") && (zone.is_empty() || zone == "Z" || like(zone, "+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_schemas_own_times_are_times() {
        for text in ["2025-03-30T03:00:00", "2025-03-30T03:00:00Z", "2025-03-30T03:00:00.1234567+02:00"] {
            assert!(is_date_time(text), "{text}");
        }
        for text in [
            "2025-03-30",
            "2025-03-30T03:00:00+0100",
            "2025-03-30T03:00:00+01.00",
            "2025-03-30 03:00:00",
            "2025-03-30T03:00:00.",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }
}
