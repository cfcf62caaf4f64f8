//! The arguments of a call to `LoRa`: which are allowed, when it is a search, what a search finds.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::contract::CprNumber;
use crate::fake::population::{CaseRow, RowKind};
use crate::oio::effect::Moment;

use super::{PARTIES, render};

/// Arguments of every search.
const GENERAL: [&str; 9] = [
    "brugerref",
    "foersteresultat",
    "livscykluskode",
    "maximalantalresultater",
    "notetekst",
    "uuid",
    "vilkaarligattr",
    "vilkaarligrel",
    "list",
];

/// Arguments of a search that leave its hits as they are.
const PAGING: [&str; 3] = ["list", "foersteresultat", "maximalantalresultater"];

/// Arguments about time.
const TEMPORAL: [&str; 7] = [
    "registreretfra",
    "registrerettil",
    "registreringstid",
    "virkningfra",
    "virkningtil",
    "virkningstid",
    "konsolider",
];

const CASE_ATTRIBUTES: [&str; 10] = [
    "brugervendtnoegle",
    "afleveret",
    "beskrivelse",
    "hjemmel",
    "kassationskode",
    "offentlighedundtaget",
    "principiel",
    "sagsnummer",
    "titel",
    "integrationsdata",
];

const CASE_RELATIONS: [&str; 27] = [
    "behandlingarkiv",
    "afleveringsarkiv",
    "primaerklasse",
    "opgaveklasse",
    "handlingsklasse",
    "kontoklasse",
    "sikkerhedsklasse",
    "foelsomhedsklasse",
    "indsatsklasse",
    "ydelsesklasse",
    "ejer",
    "ansvarlig",
    "primaerbehandler",
    "udlaanttil",
    "primaerpart",
    "ydelsesmodtager",
    "oversag",
    "praecedens",
    "afgiftsobjekt",
    "ejendomsskat",
    "andetarkiv",
    "andrebehandlere",
    "sekundaerpart",
    "andresager",
    "byggeri",
    "fredning",
    "journalpost",
];

const INTERVENTION_ATTRIBUTES: [&str; 5] =
    ["brugervendtnoegle", "beskrivelse", "starttidspunkt", "sluttidspunkt", "integrationsdata"];

const INTERVENTION_RELATIONS: [&str; 7] =
    ["indsatsmodtager", "indsatstype", "indsatskvalitet", "indsatsaktoer", "samtykke", "indsatssag", "indsatsdokument"];

/// A span of time; an effect that touches it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    from: Moment,
    to: Moment,
}

impl Window {
    fn touches(&self, fact: &Value) -> bool {
        let side = |name: &str| fact["virkning"][name].as_str().and_then(Moment::read);
        side("from").is_none_or(|from| from < self.to) && side("to").is_none_or(|to| self.from < to)
    }
}

/// One call's arguments.
#[derive(Debug)]
pub(super) struct Query {
    /// Only times and UUIDs were given: whole objects are wanted.
    list: bool,
    /// The UUIDs.
    pub(super) uuids: Vec<String>,
    /// The span of effect.
    pub(super) window: Window,
    registered: Window,
    /// How many hits to leave out.
    pub(super) first_result: usize,
    /// How many to give.
    pub(super) max_results: usize,
    filters: Vec<(String, String)>,
}

impl Query {
    /// Reads the arguments; their names are taken in any case.
    ///
    /// # Errors
    /// `LoRa`'s own refusal.
    pub(super) fn read(
        kind: RowKind,
        is_one: bool,
        pairs: &[(String, String)],
        now: Timestamp,
    ) -> Result<Self, String> {
        let alias = |name: &str| if name == "bvn" { "brugervendtnoegle".to_owned() } else { name.to_owned() };
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| (alias(&lower(name)), value.clone())).collect();
        let unsupported: BTreeSet<&str> =
            pairs.iter().map(|(name, _)| name.as_str()).filter(|name| !is_supported(kind, is_one, name)).collect();
        if !unsupported.is_empty() {
            let names: Vec<&str> = unsupported.into_iter().collect();
            return Err(format!("Unsupported argument(s): {}", names.join(", ")));
        }
        let values = |wanted: &str| {
            pairs.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let list = pairs.iter().all(|(name, _)| name == "uuid" || TEMPORAL.contains(&name.as_str()));
        let uuids = values("uuid");
        if !list && uuids.len() > 1 {
            let refusal = "Multiple uuid parameters passed to search operation. Only one uuid parameter is supported.";
            return Err(refusal.to_owned());
        }
        let number = |name: &str, default: usize| match values(name).first() {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("invalid literal for int() with base 10: '{text}'")),
        };
        let everything = Window { from: Moment::Beginning, to: Moment::End };
        Ok(Self {
            list,
            window: window(&values, "virkning", "virkningstid")?.unwrap_or_else(|| at(now)),
            registered: window(&values, "registreret", "registreringstid")?.unwrap_or(everything),
            first_result: number("foersteresultat", 0)?,
            max_results: number("maximalantalresultater", usize::MAX)?,
            uuids,
            filters: pairs.into_iter().filter(|(name, _)| !TEMPORAL.contains(&name.as_str())).collect(),
        })
    }

    /// Whole objects are wanted, not a search.
    pub(super) fn is_list(&self) -> bool {
        self.list
    }

    /// The citizen whom a search names as a party.
    pub(super) fn person(&self) -> Option<String> {
        let named = self.filters.iter().find_map(|(name, value)| {
            let relation = name.split(':').next().unwrap_or_default();
            PARTIES.contains(&relation).then(|| CprNumber::from_urn(value)).flatten()
        });
        named.map(|person| person.expose().to_owned())
    }

    /// It only pages.
    pub(super) fn has_no_filter(&self) -> bool {
        self.filters.iter().all(|(name, _)| PAGING.contains(&name.as_str()))
    }

    /// One of the row's registrations was in force within the span; the newest one is in force for ever.
    pub(super) fn was_in_force(&self, row: &CaseRow) -> bool {
        Moment::At(render::first_registered(row)) < self.registered.to
    }

    /// The row fits the filters. `person` stands in for the citizen who was named: it differs while the fake answers wrongly.
    pub(super) fn matches(&self, row: &CaseRow, registration: &Value, person: Option<&str>) -> bool {
        self.filters.iter().all(|(name, value)| self.matches_one(row, registration, name, value, person))
    }

    fn matches_one(&self, row: &CaseRow, registration: &Value, name: &str, value: &str, person: Option<&str>) -> bool {
        let (name, object_type) = name.split_once(':').map_or((name, None), |(name, kind)| (name, Some(kind)));
        let facts = |part: &str| {
            let groups = registration[part].as_object().into_iter().flatten();
            groups.filter_map(|(group, facts)| Some((group.as_str(), facts.as_array()?))).collect::<Vec<_>>()
        };
        let holds = |fact: &Value| self.window.touches(fact);
        match name {
            "uuid" => row.id.to_string().eq_ignore_ascii_case(value),
            "livscykluskode" => registration["livscykluskode"] == value,
            "brugerref" => registration["brugerref"] == value,
            "notetekst" => registration["note"].as_str().is_some_and(|note| like(value, note)),
            name if PAGING.contains(&name) => true,
            "vilkaarligattr" => facts("attributter").iter().flat_map(|(_, facts)| *facts).any(|fact| {
                let fields = fact.as_object().into_iter().flatten();
                holds(fact) && fields.filter_map(|(_, field)| field.as_str()).any(|field| like(value, field))
            }),
            "vilkaarligrel" => {
                let mut related = facts("relationer").into_iter().flat_map(|(_, facts)| facts);
                related.any(|fact| holds(fact) && points_to(fact, value))
            }
            "fremdrift" | "publiceret" => {
                facts("tilstande").iter().flat_map(|(_, facts)| *facts).any(|fact| holds(fact) && fact[name] == value)
            }
            _ if CASE_RELATIONS.contains(&name) || INTERVENTION_RELATIONS.contains(&name) => {
                let asked = CprNumber::from_urn(value).filter(|_| PARTIES.contains(&name));
                let instead = person.filter(|_| asked.is_some());
                let value = instead.map_or(value.to_owned(), |person| format!("{}{person}", CprNumber::URN_PREFIX));
                let is_kind = |fact: &Value| {
                    object_type.is_none_or(|kind| {
                        fact["objekttype"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(kind))
                    })
                };
                let mut related = registration["relationer"][name].as_array().into_iter().flatten();
                related.any(|fact| holds(fact) && is_kind(fact) && points_to(fact, &value))
            }
            _ => facts("attributter")
                .iter()
                .flat_map(|(_, facts)| *facts)
                .any(|fact| holds(fact) && fact[name].as_str().is_some_and(|field| like(value, field))),
        }
    }
}

/// Leaves out the facts whose effect does not touch the span, and the groups that become empty.
pub(super) fn trim(registration: &mut Value, window: &Window) {
    for part in ["attributter", "tilstande", "relationer"] {
        let Some(groups) = registration.get_mut(part).and_then(Value::as_object_mut) else { continue };
        for facts in groups.values_mut().filter_map(Value::as_array_mut) {
            facts.retain(|fact| window.touches(fact));
        }
        groups.retain(|_, facts| facts.as_array().is_some_and(|facts| !facts.is_empty()));
        if groups.is_empty()
            && let Some(whole) = registration.as_object_mut()
        {
            whole.remove(part);
        }
    }
}

/// The name of an argument in lower case; the type behind a colon (`andrebehandlere:Bruger`) as it stands.
fn lower(name: &str) -> String {
    match name.split_once(':') {
        Some((name, kind)) => format!("{}:{kind}", name.to_lowercase()),
        None => name.to_lowercase(),
    }
}

fn is_supported(kind: RowKind, is_one: bool, name: &str) -> bool {
    if is_one {
        return TEMPORAL.contains(&name);
    }
    let relation = name.split(':').next().unwrap_or_default();
    let own = match kind {
        RowKind::Case => CASE_ATTRIBUTES.contains(&name) || CASE_RELATIONS.contains(&relation) || name == "fremdrift",
        RowKind::Intervention => {
            INTERVENTION_ATTRIBUTES.contains(&name)
                || INTERVENTION_RELATIONS.contains(&relation)
                || matches!(name, "fremdrift" | "publiceret")
        }
    };
    own || GENERAL.contains(&name) || TEMPORAL.contains(&name)
}

fn window(values: &dyn Fn(&str) -> Vec<String>, prefix: &str, instant: &str) -> Result<Option<Window>, String> {
    let (from_name, to_name) = (format!("{prefix}fra"), format!("{prefix}til"));
    let read = |name: &str| match values(name).first() {
        None => Ok(None),
        Some(text) => Moment::read(text).map(Some).ok_or_else(|| format!("Unknown string format: {text}")),
    };
    let (from, to, instant_at) = (read(&from_name)?, read(&to_name)?, read(instant)?);
    match (from, to, instant_at.and_then(Moment::timestamp)) {
        (None, None, None) => Ok(None),
        (None, None, Some(moment)) => Ok(Some(at(moment))),
        (_, _, Some(_)) => Err(format!("'{from_name}'/'{to_name}' conflict with '{instant}'")),
        (from, to, None) => Ok(Some(Window { from: from.unwrap_or(Moment::Beginning), to: to.unwrap_or(Moment::End) })),
    }
}

/// A span of one microsecond.
fn at(moment: Timestamp) -> Window {
    let end = moment.saturating_add(SignedDuration::from_micros(1)).unwrap_or(Timestamp::MAX);
    Window { from: Moment::At(moment), to: Moment::At(end) }
}

fn points_to(relation: &Value, value: &str) -> bool {
    ["uuid", "urn"].iter().any(|name| relation[name].as_str().is_some_and(|own| own.eq_ignore_ascii_case(value)))
}

/// `ILIKE` of the database: `%` is anything, `_` one character, letters match in any case.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.to_lowercase().chars().collect(), text.to_lowercase().chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('%') => {
                back = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '_' || *wanted == text[read] => {
                at += 1;
                read += 1;
            }
            _ => match back {
                Some((percent, from)) => {
                    back = Some((percent, from + 1));
                    at = percent + 1;
                    read = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_is_anything_and_letters_match_in_any_case() {
        for (pattern, text) in
            [("%", ""), ("a%", "Abc"), ("%c", "abc"), ("a%b%c", "axxbyybc"), ("_b_", "aBc"), ("ÆØ%", "æøå")]
        {
            assert!(like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a", "ab"), ("b%", "ab"), ("%a", "ab"), ("_", "")] {
            assert!(!like(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_call_with_only_uuids_and_times_is_a_list() {
        let read = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Query::read(RowKind::Case, false, &pairs, Timestamp::UNIX_EPOCH)
        };
        assert!(read(&[("uuid", "a"), ("uuid", "b"), ("virkningFra", "-infinity")]).expect("supported").is_list());
        assert!(!read(&[("uuid", "a"), ("bvn", "%")]).expect("supported").is_list());
        assert!(read(&[("uuid", "a"), ("uuid", "b"), ("bvn", "%")]).is_err());
        let refusal = read(&[("foo", "1"), ("bar", "2"), ("indsatsmodtager", "x")]).expect_err("unsupported");
        assert_eq!(refusal, "Unsupported argument(s): bar, foo, indsatsmodtager");
        assert!(read(&[("andrebehandlere:Bruger", "a")]).is_ok());
        assert!(read(&[("virkningstid", "2025-01-01"), ("virkningfra", "2025-01-01")]).is_err());
    }
}
