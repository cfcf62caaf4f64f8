//! The document itself: what, when, for what purpose, by whom as units, from which systems, kept for how long. No employee,
//! no case, no title. Pure: the same look-ups give the same bytes.

use glasplade_adapters::contract::danish_day;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Office;
use super::recipe::Recipe;
use crate::audit::{LISTED, State};
use crate::auditor::{LookUp, Names};

/// What the citizen is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Document {
    /// [DK] overskrift.
    pub title: &'static str,
    /// [DK] dataansvarlig.
    pub controller: String,
    /// First day, when the extract does not go back to the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// One line for each day, unit and purpose.
    pub lines: Vec<Line>,
    /// What the citizen should know besides: retention, staff, exceptions, rights. The same in every extract, so that it
    /// tells nothing of what was left out.
    pub notes: Vec<String>,
}

/// The look-ups of one day by one unit for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Line {
    /// The Danish day.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// How many look-ups.
    pub times: u32,
    /// [DK] formål.
    pub purpose: String,
    /// [DK] modtager: the unit and its department, by name.
    pub recipient: String,
    /// What was shown, in words.
    pub what: Vec<String>,
    /// The systems that were asked.
    pub sources: Vec<String>,
}

const TITLE: &str = "Opslag om dig i kommunens samlede overblik (glasplade)";
const NOTHING: &str = "Opslaget viste ingen oplysninger om dig.";
const ON_LIST: &str = "at du står på listen";
const WAS_ON_LIST: &str = "at du har stået på listen";
const EXPIRED: &str =
    "En del af det, loggen vidste om opslaget, er slettet efter fristen; hvad det viste, kan ikke siges fuldt ud.";
const REFUSED: &str = "Opslaget blev afvist; intet blev vist.";
const UNKNOWN_PURPOSE: &str = "Formålet kan ikke læses";
const UNKNOWN_UNIT: &str = "Enheden er ikke angivet";

/// The field classes in words. A class without words is told as it is.
const CLASSES: [(&str, &str); 13] = [
    ("existence", "at der er en sag"),
    ("contact", "hvem man kan ringe til"),
    ("core", "sagens titel, nummer, status og datoer"),
    ("people", "hvem der arbejder på sagen"),
    ("subject", "sagens emne og lovgrundlag"),
    ("deadline", "næste frist"),
    ("amount", "beløb og udbetalinger"),
    ("provider", "hvem der udfører indsatsen"),
    ("relation", "hvilken sag der har bevilget indsatsen"),
    ("link", "henvisning til fagsystemet"),
    ("person", "dit navn og din alder"),
    ("household", "din familie"),
    ("address", "din adresse"),
];

/// The document of these look-ups, oldest first.
pub(super) fn of(look_ups: &[LookUp], recipe: &Recipe, office: &Office, names: &Names) -> Document {
    let mut lines: Vec<Line> = Vec::new();
    for look_up in look_ups.iter().filter(|one| recipe.exclusion(&one.attempt).is_none()) {
        let line = line(look_up, names);
        let same = |known: &&mut Line| {
            (known.day, &known.purpose, &known.recipient) == (line.day, &line.purpose, &line.recipient)
        };
        match lines.iter_mut().find(same) {
            Some(known) => {
                known.times += 1;
                join(&mut known.what, line.what);
                join(&mut known.sources, line.sources);
            }
            None => lines.push(line),
        }
    }
    Document {
        title: TITLE,
        controller: office.controller.clone(),
        from: recipe.from.map(danish_day),
        to: danish_day(recipe.to),
        lines,
        notes: vec![
            format!("Opslag gemmes i {} måneder og slettes derefter.", office.retention_months),
            "Medarbejdernes navne er udeladt; modtagerne er angivet som enheder.".to_owned(),
            "Oplysninger kan være undtaget af hensyn til andre eller til en igangværende sag \
             (databeskyttelseslovens § 22)."
                .to_owned(),
            "Oplysningerne vises direkte fra fagsystemerne og gemmes ikke i overblikket.".to_owned(),
            "Du kan bede om at få rettet forkerte oplysninger, gøre indsigelse og klage til Datatilsynet.".to_owned(),
        ],
    }
}

/// Both, each once, in one order.
fn join(known: &mut Vec<String>, more: Vec<String>) {
    known.extend(more);
    known.sort();
    known.dedup();
}

fn line(look_up: &LookUp, names: &Names) -> Line {
    let purpose = look_up.purpose.as_deref().map_or(UNKNOWN_PURPOSE, |code| names.purpose(code));
    let unit = look_up.unit.as_deref().map(|code| names.unit(code));
    let department = look_up.department.as_deref().map(|code| names.department(code));
    let recipient = match (unit, department) {
        (Some(unit), Some(department)) => format!("{unit}, {department}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => UNKNOWN_UNIT.to_owned(),
    };
    let (purpose, recipient) = match on_list(look_up, names) {
        Some((list, receiver)) => (format!("{purpose}: {list}"), receiver),
        None => (purpose.to_owned(), recipient),
    };
    let mut sources: Vec<String> = look_up.sources.iter().map(|source| names.source(&source.id).to_owned()).collect();
    sources.sort();
    sources.dedup();
    Line { day: danish_day(look_up.at), times: 1, purpose, recipient, what: what(look_up), sources }
}

/// Of a place on a list: which list and by which law, and who got it, whoever made it.
fn on_list(look_up: &LookUp, names: &Names) -> Option<(String, String)> {
    let event = look_up.event.as_ref().filter(|event| event.what == LISTED)?;
    let fact = |name: &str| event.facts.get(name).map(String::as_str);
    let rule = names.rule(fact("rule")?);
    let list = match fact("legal_basis") {
        Some(basis) => format!("{rule} (hjemmel: {})", names.basis(basis)),
        None => rule.to_owned(),
    };
    let unit = fact("receiver").map_or(UNKNOWN_UNIT, |code| names.unit(code));
    let recipient = match fact("receiver_department") {
        Some(code) => format!("{unit}, {}", names.department(code)),
        None => unit.to_owned(),
    };
    Some((list, recipient))
}

fn what(look_up: &LookUp) -> Vec<String> {
    let shown = |code: &str| look_up.shown.iter().any(|item| item.classes.iter().any(|class| class == code));
    let mut what: Vec<String> =
        CLASSES.iter().filter(|(code, _)| shown(code)).map(|(_, text)| (*text).to_owned()).collect();
    let others = look_up.shown.iter().flat_map(|item| &item.classes);
    what.extend(others.filter(|class| CLASSES.iter().all(|(code, _)| code != class)).cloned());
    // What is gone may have shown more: silence about it would say that nothing was.
    if look_up.expired {
        what.push(EXPIRED.to_owned());
    }
    // Whose case stands behind another's place on a list is not on it.
    let listed = look_up.event.as_ref().filter(|event| event.what == LISTED && look_up.relation.is_none());
    let change = listed.and_then(|event| event.facts.get("change")).map(String::as_str);
    what.extend(
        change.map(|change| if matches!(change, "ended" | "unverified") { WAS_ON_LIST } else { ON_LIST }.to_owned()),
    );
    what.sort();
    what.dedup();
    if what.is_empty() {
        what.push(if look_up.state == State::Refused { REFUSED } else { NOTHING }.to_owned());
    }
    what
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Phase;
    use crate::auditor::look_up::tests::{folded, of};

    #[tokio::test]
    async fn a_look_up_of_which_something_is_deleted_is_never_told_to_have_shown_nothing() {
        let mut look_up = folded(vec![of(Phase::Intended, Vec::new()), of(Phase::Completed, Vec::new())]).await;
        assert_eq!(what(&look_up), [NOTHING]);
        look_up.expired = true;
        assert_eq!(what(&look_up), [EXPIRED]);
    }
}
