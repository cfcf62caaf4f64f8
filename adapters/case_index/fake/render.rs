//! One row of the population as a `SagFiltreretOejebliksbillede`, with what the filter lets through.

use jiff::Timestamp;

use super::moments::{Moments, midnight, stored};
use super::relations::{RelationRow, relations};
use super::systems::master_system_uuid;
use super::tree::{Space, Tag};
use crate::fake::World;
use crate::fake::population::{CaseRow, Progress, StatusStep};

/// `SagFiltreretOejebliksbillede`.
pub(super) fn snapshot(row: &CaseRow, world: &World, views: &[String]) -> Tag {
    let id = Tag::text(Space::Oio, "UUIDIdentifikator", row.id.to_string());
    let mut registrations = Vec::new();
    match row.quirks.get("registrations").and_then(serde_json::Value::as_u64) {
        Some(0) => {}
        Some(2) => {
            let hour_before = stored(row) - jiff::SignedDuration::from_hours(1);
            let title = Some("Den forrige registrering".to_owned());
            let older = CaseRow { changed: Some(hour_before), title, secret_title: None, ..row.clone() };
            registrations.push(registration(row, world, views));
            registrations.push(registration(&older, world, views));
        }
        _ => registrations.push(registration(row, world, views)),
    }
    Tag::new(Space::Index, "SagFiltreretOejebliksbillede")
        .add(Tag::new(Space::Case, "ObjektType").add(id))
        .with(registrations)
}

fn registration(row: &CaseRow, world: &World, views: &[String]) -> Tag {
    let moments = Moments::of(row);
    let at = moments.text(stored(row));
    let sender = row.quirks.get("sender").and_then(|name| name.as_str()).or(row.master.as_deref());
    let by = sender.map(|name| {
        let urn = format!("urn:oio:it-system-uuid:{}", master_system_uuid(name));
        Tag::new(Space::Oio, "BrugerRef").add(Tag::text(Space::Oio, "URNIdentifikator", urn))
    });
    let sees = |view: &str| views.iter().any(|wanted| wanted == view);
    let lifecycle = row.quirks.get("lifecycle").and_then(|code| code.as_str()).unwrap_or("Importeret");
    let (mut attributes, mut states) = (Tag::new(Space::Case, "AttributListe"), Tag::new(Space::Case, "TilstandListe"));
    if sees("egenskaber") {
        attributes = attributes.with(properties(row)).add(index_properties(row, &at));
    }
    if sees("fremdrift") {
        states = states.with(progress(row));
    }
    Tag::new(Space::Case, "Registrering")
        .add(Tag::text(Space::Oio, "Tidspunkt", at.clone()))
        .add(Tag::text(Space::Oio, "LivscyklusKode", lifecycle))
        .with(by)
        .add(Tag::text(Space::Common, "StsTidspunkt", at))
        .add(attributes)
        .add(states)
        .add(relation_list(row, world, sees))
}

fn properties(row: &CaseRow) -> Vec<Tag> {
    let field = |name, text: Option<&String>| text.map(|text| Tag::text(Space::Case, name, text.as_str()));
    let moments = Moments::of(row);
    let secret = row.secret_title.as_deref().map(|title| {
        let law = "L om offentlighed i forvaltningen (offentlighedsloven) § 30";
        Tag::new(Space::Case, "OffentlighedUndtaget")
            .add(Tag::text(Space::Oio, "TitelAlternativTekst", title))
            .add(Tag::text(Space::Oio, "OffentlighedUndtagetHjemmelTekst", law))
    });
    let opened = row.opened.and_then(midnight);
    let current = Tag::new(Space::Case, "Egenskaber")
        .add(moments.effect(Space::Case, opened, None))
        .with(field("BrugervendtNoegle", row.user_key.as_ref().or(row.number.as_ref())))
        .with(field("HjemmelSpecifikation", row.law.as_ref()))
        .with(secret)
        .with(field("Sagsnummer", row.number.as_ref()))
        .with(field("Titel", row.title.as_ref()));
    let former = row.quirks.get("former_title").and_then(|title| title.as_str()).map(|title| {
        Tag::new(Space::Case, "Egenskaber").add(moments.effect(Space::Case, None, opened)).add(Tag::text(
            Space::Case,
            "Titel",
            title,
        ))
    });
    std::iter::once(current).chain(former).collect()
}

fn index_properties(row: &CaseRow, at: &str) -> Tag {
    const LEVELS: [&str; 4] =
        ["IKKE_FORTROLIGE_DATA", "FORTROLIGE_PERSONOPLYSNINGER", "FOELSOMME_PERSONOPLYSNINGER", "VIP_SAGER"];
    let text = |name, text: &str| Tag::text(Space::Extension, name, text);
    let (moments, opened) = (Moments::of(row), row.opened.and_then(midnight));
    let level = row.level.map(|level| LEVELS[usize::from(level).min(3)]);
    let void = (row.progress == Progress::Void).then_some("Annulleret");
    let own = Tag::new(Space::Extension, "SagIndeksEgenskaber")
        .add(moments.effect(Space::Common, opened, None))
        .with(row.status_text.as_deref().or(void).map(|status| text("Sagsstatus", status)))
        .with(level.map(|level| text("Foelsomhed", level)))
        .with(opened.map(|opened| text("OprettetTidspunkt", &moments.text(opened))));
    let foreign = row.quirks.contains_key("foreign").then(|| Tag::text(Space::Foreign, "Ukendt", "Spring over"));
    Tag::new(Space::Common, "LokalUdvidelseListe").with(foreign).add(own).add(Tag::text(
        Space::Common,
        "SenestAendretTidspunkt",
        at,
    ))
}

fn progress(row: &CaseRow) -> Vec<Tag> {
    let moments = Moments::of(row);
    let state =
        |step: &StatusStep| {
            Tag::new(Space::Case, "Fremdrift")
                .add(moments.effect(Space::Case, Some(step.from), step.to))
                .add(Tag::text(Space::Case, "FremdriftStatusKode", code(row, step)))
        };
    let mut history = history(row);
    // The list has no promised order.
    if history.len() > 1 {
        history.rotate_left(1);
    }
    history.iter().map(state).collect()
}

/// The row's history, or the shortest one that says the same: one state, and a closed one where there is a last day.
fn history(row: &CaseRow) -> Vec<StatusStep> {
    if !row.history.is_empty() {
        return row.history.clone();
    }
    let is_closed = matches!(row.progress, Progress::Closed | Progress::Void);
    let (opened, closed) = (row.opened.and_then(midnight), row.closed.and_then(midnight));
    let from = opened.or(closed).unwrap_or_else(|| stored(row));
    let Some(closed) = closed else { return vec![StatusStep { progress: row.progress, from, to: None }] };
    let before = if is_closed { Progress::Opened } else { row.progress };
    let after = if is_closed { row.progress } else { Progress::Closed };
    let first = StatusStep { progress: before, from, to: Some(closed) };
    let last = StatusStep { progress: after, from: closed, to: None };
    if closed <= from { vec![last] } else { vec![first, last] }
}

/// The index has four states. Active is told as its nearest, Oplyst; performed as Afgjort; void as Afsluttet, with the
/// local text beside it.
fn code<'a>(row: &'a CaseRow, step: &StatusStep) -> &'a str {
    match (&row.raw_status, step.progress) {
        (Some(raw), progress) if progress == row.progress => raw,
        (_, Progress::Opened) => "Opstaaet",
        (_, Progress::Informed | Progress::Active) => "Oplyst",
        (_, Progress::Decided | Progress::Performed) => "Afgjort",
        (_, Progress::Closed | Progress::Void) => "Afsluttet",
    }
}

/// The code of the state that holds at `now`, for searching by it.
pub(super) fn code_now(row: &CaseRow, now: Timestamp) -> Option<String> {
    let history = history(row);
    let holds = |step: &&StatusStep| step.from <= now && step.to.is_none_or(|to| now < to);
    history.iter().find(holds).map(|step| code(row, step).to_owned())
}

fn relation_list(row: &CaseRow, world: &World, is_seen: impl Fn(&str) -> bool) -> Tag {
    let view = |relation: &RelationRow| match relation.element {
        "Sagsaktoer" => "sagsaktoer",
        "Sagsklasse" => "sagsklasse",
        "Sagspart" => "sagspart",
        "Sagsrelation" => "sagsrelation",
        "Journalpost" => "journalpost",
        "Sikkerhedsprofil" => "sikkerhedsprofil",
        _ => "itsystem",
    };
    let seen = relations(row, world).into_iter().filter(|relation| is_seen(view(relation)));
    let (extended, plain): (Vec<_>, Vec<_>) =
        seen.partition(|relation| matches!(relation.element, "Sikkerhedsprofil" | "SagsitsystemRelation"));
    let list = Tag::new(Space::Case, "RelationListe").with(plain.iter().map(|relation| relation.tag(row)));
    let extended = extended.iter().map(|relation| relation.tag(row));
    let extension = Tag::new(Space::Common, "LokalUdvidelseListe").with(extended);
    list.with(Some(extension).filter(|extension| !extension.is_empty()))
}
