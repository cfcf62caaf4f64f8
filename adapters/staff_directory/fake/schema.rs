//! The questions' schema, checked as the directory's own XSD would: order, number and namespace of every element.

use crate::staff_directory::wire::{Service, ns};
use crate::sts::fake::Times::{self, Any, Maybe, Once};
use crate::sts::fake::{EFFECT, REGISTRATION};
pub(super) use crate::sts::fake::{Invalid, Step, moment, sequence};
use crate::transport::xml::Element;

const TIMES: [Step; 4] = [
    (ns::OIO, "VirkningFraFilter", Maybe),
    (ns::OIO, "VirkningTilFilter", Maybe),
    (ns::OIO, "RegistreringFraFilter", Maybe),
    (ns::OIO, "RegistreringTilFilter", Maybe),
];
const STATE: &[Step] = &[(ns::OIO, "Virkning", Maybe), (ns::ORGANISATION, "GyldighedStatusKode", Once)];
const RELATION: &[Step] = &[(ns::OIO, "Virkning", Maybe), (ns::OIO, "ReferenceID", Maybe)];
const DYNAMIC: &[Step] = &[
    (ns::OIO, "Virkning", Maybe),
    (ns::OIO, "ReferenceID", Maybe),
    (ns::OIO, "Rolle", Once),
    (ns::OIO, "Type", Once),
    (ns::OIO, "Indeks", Once),
];

/// What stands behind `Adresser` and the relations of one's own, in the order of bruger.
const OF_USER: &[(&str, Times)] = &[
    ("Adresser", Any),
    ("BrugerTyper", Any),
    ("TilknyttedeOpgaver", Any),
    ("Tilhoerer", Maybe),
    ("TilknyttedeEnheder", Any),
    ("TilknyttedeFunktioner", Any),
    ("TilknyttedeInteressefaellesskaber", Any),
    ("TilknyttedeOrganisationer", Any),
    ("TilknyttedePersoner", Any),
    ("TilknyttedeItSystemer", Any),
    ("LokalUdvidelse", Maybe),
];
const OF_FUNCTION: &[(&str, Times)] = &[
    ("Adresser", Any),
    ("Funktionstype", Maybe),
    ("TilknyttedeOpgaver", Any),
    ("TilknyttedeBrugere", Any),
    ("TilknyttedeEnheder", Any),
    ("TilknyttedeInteressefaellesskaber", Any),
    ("TilknyttedeOrganisationer", Any),
    ("TilknyttedePersoner", Any),
    ("TilknyttedeItSystemer", Any),
    ("LokalUdvidelse", Maybe),
];
const OF_UNIT: &[(&str, Times)] = &[
    ("Adresser", Any),
    ("Ansatte", Any),
    ("Branche", Maybe),
    ("Enhedstype", Maybe),
    ("Opgaver", Any),
    ("Overordnet", Maybe),
    ("Produktionsenhed", Maybe),
    ("Skatteenhed", Maybe),
    ("Tilhoerer", Maybe),
    ("TilknyttedeBrugere", Any),
    ("TilknyttedeEnheder", Any),
    ("TilknyttedeFunktioner", Any),
    ("TilknyttedeInteressefaellesskaber", Any),
    ("TilknyttedeOrganisationer", Any),
    ("TilknyttedePersoner", Any),
    ("TilknyttedeItSystemer", Any),
    ("LokalUdvidelse", Maybe),
];

fn relations(service: Service) -> &'static [(&'static str, Times)] {
    match service {
        Service::User => OF_USER,
        Service::Function => OF_FUNCTION,
        Service::Unit => OF_UNIT,
        Service::Person | Service::Address => &[],
    }
}

/// Where a relation stands among its service's; what is unknown comes last.
pub(super) fn place(service: Service, relation: &str) -> usize {
    let known = relations(service);
    known.iter().position(|(name, _)| *name == relation).unwrap_or(known.len())
}

fn properties(service: Service) -> &'static [(&'static str, &'static str)] {
    match service {
        Service::User => &[(ns::OIO, "BrugerNavn"), (ns::OIO, "BrugerTypeTekst")],
        Service::Person => const { &[(ns::TEXTS, "CPR-NummerTekst"), (Service::Person.namespace(), "NavnTekst")] },
        Service::Address => &[(ns::TEXTS, "AdresseTekst")],
        Service::Function => &[(ns::OIO, "FunktionNavn")],
        Service::Unit => &[(ns::OIO, "EnhedNavn")],
    }
}

/// Checks `LaesInput` (one UUID) or `ListInput` (at least one).
///
/// # Errors
/// [`Invalid`].
pub(super) fn listed(input: Element<'_>, is_one: bool) -> Result<(), Invalid> {
    let ids = (ns::OIO, "UUIDIdentifikator", if is_one { Once } else { Any });
    sequence(input, &[[ids].as_slice(), &TIMES].concat())?;
    // The XSD wants one at least.
    if input.child(ns::OIO, "UUIDIdentifikator").is_none() {
        return Err(Invalid("et obligatorisk element mangler"));
    }
    input.children(ns::OIO, "UUIDIdentifikator").try_for_each(uuid)?;
    let ends = TIMES.iter().filter_map(|(space, name, _)| input.child(space, name));
    ends.map(moment).try_for_each(|end| end.map(drop))
}

/// Checks `SoegInput`.
///
/// # Errors
/// [`Invalid`].
pub(super) fn searched(input: Element<'_>, service: Service) -> Result<(), Invalid> {
    let space = service.namespace();
    let steps = [
        (ns::OIO, "FoersteResultatReference", Maybe),
        (ns::OIO, "MaksimalAntalKvantitet", Maybe),
        (ns::OIO, "SoegRegistrering", Maybe),
        (ns::OIO, "SoegVirkning", Maybe),
        (space, "AttributListe", Once),
        (space, "TilstandListe", Once),
        (space, "RelationListe", Once),
    ];
    sequence(input, &steps)?;
    for (name, steps) in [("SoegRegistrering", REGISTRATION), ("SoegVirkning", EFFECT)] {
        input.children(ns::OIO, name).try_for_each(|one| sequence(one, steps))?;
    }
    let has_states = !relations(service).is_empty();
    let extension = (ns::OIO, "LokalUdvidelse", Maybe);
    for list in input.children(space, "AttributListe") {
        let steps = [(space, "Egenskab", Any), extension];
        sequence(list, if has_states { &steps } else { &steps[..1] })?;
        let own = properties(service).iter().map(|(space, name)| (*space, *name, Maybe));
        let before = [(ns::OIO, "Virkning", Maybe), (ns::OIO, "BrugervendtNoegleTekst", Maybe)];
        let steps: Vec<Step> = before.into_iter().chain(own).collect();
        list.children(space, "Egenskab").try_for_each(|one| sequence(one, &steps))?;
    }
    for list in input.children(space, "TilstandListe") {
        let steps = [(ns::ORGANISATION, "Gyldighed", Any), extension];
        sequence(list, if has_states { &steps } else { &[] })?;
        list.children(ns::ORGANISATION, "Gyldighed").try_for_each(|one| sequence(one, STATE))?;
        let codes = list.children(ns::ORGANISATION, "Gyldighed");
        let mut codes = codes.filter_map(|state| state.child_text(ns::ORGANISATION, "GyldighedStatusKode"));
        if !codes.all(|code| matches!(code, "Aktiv" | "Inaktiv")) {
            return Err(Invalid("GyldighedStatusKode er Aktiv eller Inaktiv"));
        }
    }
    for list in input.children(space, "RelationListe") {
        let steps: Vec<Step> = relations(service).iter().map(|(name, times)| (ns::OIO, *name, *times)).collect();
        sequence(list, &steps)?;
        list.elements().filter(|one| one.name() != "LokalUdvidelse").try_for_each(relation)?;
    }
    Ok(())
}

fn relation(relation: Element<'_>) -> Result<(), Invalid> {
    let is_dynamic = matches!(relation.name(), "Adresser" | "Opgaver");
    sequence(relation, if is_dynamic { DYNAMIC } else { RELATION })?;
    let Some(reference) = relation.child(ns::OIO, "ReferenceID") else { return Ok(()) };
    match reference.only_element() {
        Some(choice) if choice.is(ns::OIO, "UUIDIdentifikator") => uuid(choice),
        Some(choice) if choice.is(ns::OIO, "URNIdentifikator") => Ok(()),
        _ => Err(Invalid("en reference er enten UUIDIdentifikator eller URNIdentifikator")),
    }
}

fn uuid(element: Element<'_>) -> Result<(), Invalid> {
    let text = element.text().unwrap_or_default();
    let is_one = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
    if is_one { Ok(()) } else { Err(Invalid("en UUIDIdentifikator er ikke en UUID")) }
}

/// The root of a writing operation.
pub(super) fn writes(root: &str) -> bool {
    ["OpretInput", "ImportInput", "RetInput", "PassiverInput", "SletInput"].contains(&root)
}

/// The action of a writing operation.
pub(super) fn is_write_action(action: &str) -> bool {
    let verb = action.rsplit('/').next().unwrap_or_default();
    ["opret", "importer", "ret", "passiver", "slet"].contains(&verb)
}
