//! What the fakes of the support systems share: sequences and times, checked as the services' own schemas would.

use jiff::Timestamp;

use super::{OIO, time};
use crate::transport::xml::Element;

/// What is wrong with a question. For the fault text; it repeats nothing of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invalid(pub(crate) &'static str);

/// One step of an xs:sequence: namespace, name, how often.
pub(crate) type Step = (&'static str, &'static str, Times);

/// How often an element may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// Exactly once.
    Once,
    /// Once or not at all.
    Maybe,
    /// Any number.
    Any,
}
use Times::{Any, Once};

/// [DK] virkning: from when until when a fact holds, and by whom.
pub(crate) const EFFECT: &[Step] = &[
    (OIO, "FraTidspunkt", Times::Maybe),
    (OIO, "TilTidspunkt", Times::Maybe),
    (OIO, "AktoerRef", Times::Maybe),
    (OIO, "AktoerTypeKode", Times::Maybe),
    (OIO, "NoteTekst", Times::Maybe),
];

/// `SoegRegistrering`.
pub(crate) const REGISTRATION: &[Step] = &[
    (OIO, "FraTidspunkt", Times::Maybe),
    (OIO, "TilTidspunkt", Times::Maybe),
    (OIO, "LivscyklusKode", Times::Maybe),
    (OIO, "BrugerRef", Times::Maybe),
];

/// Checks an element against a sequence; a foreign attribute is as wrong as a foreign element.
///
/// # Errors
/// [`Invalid`], in words without wire content.
pub(crate) fn sequence(element: Element<'_>, steps: &[Step]) -> Result<(), Invalid> {
    no_attributes(element)?;
    let mut at = 0;
    let mut times = 0;
    for child in element.elements() {
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
pub(crate) fn no_attributes(element: Element<'_>) -> Result<(), Invalid> {
    if element.has_attributes() { Err(Invalid("et element har en attribut; operation er et element")) } else { Ok(()) }
}

/// Reads a `TidspunktType`; infinity is `None`.
///
/// # Errors
/// [`Invalid`] for a bare time, for `GraenseIndikator` `false`, for a time that is no xs:dateTime.
pub(crate) fn moment(element: Element<'_>) -> Result<Option<Timestamp>, Invalid> {
    const WRONG: Invalid = Invalid("et tidspunkt er enten TidsstempelDatoTid eller GraenseIndikator true");
    let Some(choice) = element.only_element() else { return Err(WRONG) };
    if choice.is(OIO, "GraenseIndikator") {
        return if matches!(choice.text(), None | Some("true" | "1")) { Ok(None) } else { Err(WRONG) };
    }
    let text = choice.text().filter(|text| choice.is(OIO, "TidsstempelDatoTid") && is_date_time(text));
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
