//! Promises of case systems: what is known comes whole, and every row says where it is from and whom it is about.

use std::collections::HashSet;

use glasplade_adapters::contract::{
    About, ActorKind, CaseStatus, Fetched, PartyRole, Record, RecordKind, SourceErrorKind,
};
use glasplade_adapters::fake::Fault;
use glasplade_adapters::fake::population::{CaseRow, Progress};

use crate::bench::{Bench, Struck};
use crate::marks;
use crate::promise::{CASES, Outcome, Promise, Verdict, hold, promises};
use crate::subject::{Answer, Subject};

/// Tried on the bench; some of the functions below are tried live, too.
pub(crate) const PROMISES: &[Promise] = promises!["cases":
    CASES =>
        a_known_citizen_has_records,
        every_row_names_its_source,
        capabilities_are_true,
        the_required_facts_are_told,
        a_closed_case_is_closed_and_an_active_one_active,
        a_leading_zero_stays,
        rows_over_the_limit_are_cut_short,
        another_citizens_rows_say_so,
        a_secret_title_is_not_read;
];

async fn a_known_citizen_has_records(bench: &Bench) -> Outcome {
    known(&bench.subject).await?;
    let fetched = bench.subject.fetched().await?;
    hold!(fetched.records.len() == marks::ROWS, "{} rows of {}", fetched.records.len(), marks::ROWS);
    hold!(fetched.unreadable == 0, "{} rows of the fake cannot be read", fetched.unreadable);
    hold!(!fetched.cut_short, "a whole answer is marked as cut short");
    Ok(Verdict::Kept)
}

async fn every_row_names_its_source(bench: &Bench) -> Outcome {
    named(&bench.subject).await
}

async fn capabilities_are_true(bench: &Bench) -> Outcome {
    capable(&bench.subject).await?;
    let able = bench.subject.adapter()?.capability();
    hold!(able.interventions == bench.own.interventions, "the capability and the settings file disagree on efforts");
    let fetched = bench.subject.fetched().await?;
    let has = |kind| fetched.records.iter().any(|record| record.kind == kind);
    hold!(has(RecordKind::Case) == able.cases, "cases: {} is told, {} is claimed", !able.cases, able.cases);
    let claims = able.interventions;
    hold!(has(RecordKind::PlannedIntervention) == claims, "efforts: {} is told, {claims} is claimed", !claims);
    hold!(has_phone(&fetched) == able.phone, "phone numbers: {} is told, {} is claimed", !able.phone, able.phone);
    Ok(Verdict::Kept)
}

/// The source knows the citizen, and every row has what a row cannot be without.
pub(crate) async fn known(subject: &Subject) -> Outcome {
    let fetched = subject.fetched().await?;
    hold!(!fetched.records.is_empty(), "a known citizen has no records");
    let mut ids = HashSet::new();
    for record in &fetched.records {
        hold!(!record.native_id.trim().is_empty(), "a row has no id");
        hold!(ids.insert(record.native_id.clone()), "two rows have one id");
        hold!(!record.status.raw.is_empty(), "a row has no status in the source's words");
        hold!(texts(record).all(|text| !text.trim().is_empty()), "a row has an empty text instead of none");
    }
    Ok(Verdict::Kept)
}

/// Rows carry the id of the configured source, not the kind's name or anything of the vendor's.
pub(crate) async fn named(subject: &Subject) -> Outcome {
    let id = &subject.source.info().id;
    let fetched = subject.fetched().await?;
    let other = fetched.records.iter().find(|record| record.source != *id);
    hold!(other.is_none(), "a row says that it is from {:?}, not {id}", other.map(|record| &record.source));
    Ok(Verdict::Kept)
}

/// Nothing is told that the adapter says it cannot tell, and rows name the citizen if it says they do.
pub(crate) async fn capable(subject: &Subject) -> Outcome {
    let able = subject.adapter()?.capability();
    hold!(able.cases || able.interventions, "an adapter that can tell nothing");
    let (fetched, citizen) = (subject.fetched().await?, subject.citizen()?);
    for record in &fetched.records {
        let is_able = match record.kind {
            RecordKind::Case => able.cases,
            RecordKind::PlannedIntervention => able.interventions,
        };
        hold!(is_able, "a row of a kind that is not claimed: {:?}", record.kind);
        let is_stated = record.about != About::Unstated && record.about.may_be(citizen);
        hold!(is_stated || !able.states_citizen, "a row does not name the citizen asked for");
    }
    hold!(able.phone || !has_phone(&fetched), "phone numbers are told and not claimed");
    Ok(Verdict::Kept)
}

async fn the_required_facts_are_told(bench: &Bench) -> Outcome {
    let fetched = bench.subject.fetched().await?;
    for record in &fetched.records {
        let row = row_of(bench, record)?;
        for fact in &bench.own.facts {
            hold!(is_told(fact, record, row, bench)?, "`{fact}` is missing or wrong in row {}", record.native_id);
        }
    }
    Ok(Verdict::Kept)
}

async fn a_closed_case_is_closed_and_an_active_one_active(bench: &Bench) -> Outcome {
    let fetched = bench.subject.fetched().await?;
    for record in &fetched.records {
        let is_right = match row_of(bench, record)?.progress {
            Progress::Closed => record.status.normal == CaseStatus::Closed,
            _ => record.status.normal.is_active() && record.status.normal != CaseStatus::Other,
        };
        hold!(is_right, "row {} is told as {:?}", record.native_id, record.status.normal);
    }
    Ok(Verdict::Kept)
}

async fn a_leading_zero_stays(bench: &Bench) -> Outcome {
    let fetched = bench.subject.fetched().await?;
    let citizen = bench.subject.citizen()?;
    let about = About::numbers([*citizen]);
    hold!(fetched.records.iter().all(|record| record.about == about), "a row is not about the ten digits asked for");
    let sent = bench.server.take_recorded();
    let hyphenated = citizen.expose_hyphenated();
    let has_digits = sent.iter().any(|request| {
        let text = format!("{} {}", request.target, String::from_utf8_lossy(&request.body));
        text.contains(marks::CITIZEN) || text.contains(&hyphenated)
    });
    hold!(has_digits, "no request has all ten digits");
    Ok(Verdict::Kept)
}

async fn rows_over_the_limit_are_cut_short(bench: &Bench) -> Outcome {
    let crowded = marks::number(marks::CROWDED)?;
    let adapter = bench.subject.adapter()?;
    let fetched = adapter.fetch(&bench.subject.context(), &crowded).await.map_err(|error| error.to_string())?;
    let most = crate::bench::LIMITS.rows_max;
    hold!(fetched.cut_short, "more rows than the limit, and it is not said");
    hold!(fetched.records.len() <= most, "{} rows, {most} are allowed", fetched.records.len());
    hold!(!fetched.records.is_empty(), "the rows within the limit are not told");
    Ok(Verdict::Kept)
}

async fn another_citizens_rows_say_so(bench: &Bench) -> Outcome {
    bench.switch(Fault::AnotherCitizen, Struck::TheMarked);
    let fetched = match bench.subject.look_up().await {
        Err(error) if error.kind == SourceErrorKind::WrongCitizen => return Ok(Verdict::Kept),
        Err(error) => return Err(format!("rows about another citizen became {:?}", error.kind)),
        Ok(Answer::Cases(fetched)) => fetched,
        Ok(Answer::Person(_) | Answer::Staff(_)) => return Err("an answer without rows".to_owned()),
    };
    hold!(!fetched.records.is_empty(), "no rows: the house cannot raise the alarm");
    let citizen = bench.subject.citizen()?;
    for record in &fetched.records {
        match &record.about {
            About::Stated(people) => {
                hold!(!record.about.may_be(citizen), "a row about another citizen claims the one asked for");
                hold!(!people.is_empty(), "a row states nobody");
            }
            About::Unstated => return Err("a row about another citizen does not say whom it is about".to_owned()),
        }
    }
    Ok(Verdict::Kept)
}

async fn a_secret_title_is_not_read(bench: &Bench) -> Outcome {
    let text = format!("{:?}", bench.subject.fetched().await?);
    hold!(!text.contains(marks::SECRET_MARK), "a title that the public may not see is in a record");
    Ok(Verdict::Kept)
}

/// The record tells this row of the population.
pub(super) fn tells(record: &Record, row: &CaseRow) -> bool {
    *record.native_id == row.id.to_string()
        || *record.native_id == row.serial.to_string()
        || (record.number.is_some() && record.number == row.number)
}

/// The row of the population that a record tells.
fn row_of<'a>(bench: &'a Bench, record: &Record) -> Result<&'a CaseRow, String> {
    let found = bench.world.cases_of(bench.kind.name, marks::CITIZEN).find(|row| tells(record, row));
    found.ok_or_else(|| format!("row {} is not one of the citizen's", record.native_id))
}

fn has_phone(fetched: &Fetched) -> bool {
    let mut actors = fetched.records.iter().flat_map(|record| &record.actors);
    actors.any(|actor| actor.kind == ActorKind::Person && (actor.phone.is_some() || actor.mobile.is_some()))
}

fn texts(record: &Record) -> impl Iterator<Item = &String> {
    let actors = record.actors.iter().flat_map(|actor| {
        [&actor.native_id, &actor.employee_id, &actor.name, &actor.email, &actor.phone, &actor.mobile]
    });
    let case = &record.case_type;
    let own = [&record.number, &record.title, &record.law, &record.link, &case.code, &case.name, &case.template];
    actors.chain(own).flatten().chain(&record.keys.numbers)
}

/// The record tells this fact as the population has it.
fn is_told(fact: &str, record: &Record, row: &CaseRow, bench: &Bench) -> Result<bool, String> {
    let unit = row.unit.as_deref().and_then(|code| bench.world.unit(code));
    let staff = row.caseworker.as_deref().and_then(|id| bench.world.staff_member(id));
    let (Some(unit), Some(staff)) = (unit, staff) else { return Err("the marked rows have no unit".to_owned()) };
    let told_unit = record.unit.as_ref();
    let mut workers = record.actors.iter().filter(|actor| actor.kind == ActorKind::Person);
    let email = staff.email.as_deref().map(str::to_lowercase);
    Ok(match fact {
        "number" => record.number == row.number && record.number.is_some(),
        "title" => record.title == row.title,
        "opened" => record.opened == row.opened,
        "closed" => record.closed == row.closed,
        "deadline" => record.deadline == row.deadline,
        "last_changed" => record.last_changed == row.changed,
        "party_role" => record.party_role == PartyRole::Primary,
        "uuid" => record.keys.uuid == Some(row.id),
        "unit" => told_unit.is_some_and(|told| told.name.as_deref() == Some(&*unit.name)),
        "unit_id" => {
            let ids = [unit.uuid.to_string(), unit.number.to_string()];
            told_unit.and_then(|told| told.id.as_ref()).is_some_and(|told| ids.contains(told))
        }
        "caseworker" => {
            let name = bench.world.spelled(staff, bench.kind.name);
            workers.any(|actor| actor.name.as_deref() == Some(name))
        }
        "caseworker_id" => workers.any(|actor| actor.employee_id.as_deref() == Some(&*staff.id)),
        "caseworker_uuid" => workers.any(|actor| actor.native_id.as_deref() == Some(&*staff.uuid.to_string())),
        "email" => workers.any(|actor| actor.email == email),
        "phone" => workers.any(|actor| actor.phone == staff.phone),
        "kle" => record.kle.as_ref().map(|kle| &kle.subject) == row.kle.as_ref(),
        "law" => record.law == row.law,
        "type_code" => record.case_type.code == row.type_code,
        "type_name" => record.case_type.name == row.type_name,
        "template" => record.case_type.template == row.type_name,
        "sensitivity" => record.sensitivity.map(glasplade_adapters::contract::Sensitivity::level) == row.level,
        other => return Err(format!("the settings file names a fact that nobody knows: {other}")),
    })
}
