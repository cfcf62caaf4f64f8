//! What the audit keeps of facts that a reason opens, and of the family: asked for, opened, and not.

use glasplade_adapters::contract::{ActorRole, PersonFacts, Protection, Record, SourceErrorKind};

use jiff::civil::date;

use super::{LONG, plan};
use crate::access::{Caller, Refusal};
use crate::audit::AuditEntry;
use crate::pipeline::Errand;
use crate::testing::house::House;
use crate::testing::{Vary as _, address, citizen, job_caseworker, number, person};

const REASON: &str = "Skal sende et brev i dag";

/// A protected citizen with this case and a child at home.
fn house(case: Record) -> House {
    let house = House::new();
    house.scripted.answers("sbsys", vec![case]);
    let lone = PersonFacts {
        protection: Protection::Protected,
        address: Some(address("12")),
        children: vec![number(1)],
        ..person(citizen())
    };
    house.scripted.register.answers(citizen(), lone);
    house.scripted.register.answers(number(1), person(number(1)));
    house
}

fn own_case() -> Record {
    plan("sbsys", "1").by(ActorRole::Primary, "az10002")
}

async fn ask(house: &House, caller: Caller, change: impl FnOnce(&mut Errand)) -> Vec<AuditEntry> {
    let mut errand = house.errand(caller, LONG);
    change(&mut errand);
    let before = house.entries().len();
    let _ = house.pipeline.overview(&errand).await.expect("an answer");
    house.entries().split_off(before)
}

fn with_reason(errand: &mut Errand) {
    errand.question.protected_reason = Some(REASON.to_owned());
}

/// Phase, reason, and the row of the citizen's own block: classes and basis.
type Told<'a> = (&'static str, Option<&'a str>, Option<(Vec<&'a str>, &'a str)>);

fn told(entries: &[AuditEntry]) -> Vec<Told<'_>> {
    entries.iter().map(|entry| (entry.phase.as_str(), entry.protected_reason.as_deref(), row(entry))).collect()
}

fn row(entry: &AuditEntry) -> Option<(Vec<&str>, &str)> {
    let mut rows = entry.shown.iter().filter(|row| row.item == "citizen");
    let row = rows.next()?;
    assert!(rows.next().is_none(), "one row a person");
    Some((row.classes.iter().map(String::as_str).collect(), row.own.as_deref().unwrap_or(&row.basis)))
}

#[tokio::test]
async fn a_protected_citizen_opened_by_a_reason_is_recorded_with_the_reason_and_the_classes() {
    let house = house(own_case());
    let entries = ask(&house, job_caseworker(), with_reason).await;
    let opened = (vec!["person", "household", "address"], "person");
    assert_eq!(told(&entries), [("intended", Some(REASON), None), ("completed", Some(REASON), Some(opened))]);
    let closed = (vec!["person", "household"], "person");
    let entries = ask(&house, job_caseworker(), |_| {}).await;
    assert_eq!(told(&entries), [("intended", None, None), ("completed", None, Some(closed))]);
}

#[tokio::test]
async fn a_reason_that_opens_nothing_is_recorded_without_the_class() {
    let by_unit = house(plan("sbsys", "1"));
    let entries = ask(&by_unit, job_caseworker(), with_reason).await;
    let closed = (vec!["person", "household"], "unit");
    assert_eq!(told(&entries), [("intended", Some(REASON), None), ("completed", Some(REASON), Some(closed))]);
    let stranger = Caller::invented("az10005", &["caseworker"]).in_unit("VJH", "VJH-MYND").with_kle(&["*"]);
    let entries = ask(&house(own_case()), stranger, with_reason).await;
    assert_eq!(told(&entries), [("intended", Some(REASON), None), ("completed", Some(REASON), None)], "denied: no row");
    let silent = house(own_case());
    silent.scripted.register.is_down(SourceErrorKind::Unavailable);
    let entries = ask(&silent, job_caseworker(), with_reason).await;
    assert_eq!(told(&entries)[1], ("completed", Some(REASON), None), "nothing is known that could be shown");
    assert_eq!(entries[1].shown.len(), 1, "the case still comes");
}

#[tokio::test]
async fn the_basis_is_that_of_a_running_case() {
    let house = house(plan("sbsys", "1"));
    let over = plan("sbsys", "2").by(ActorRole::Primary, "az10002").closed(date(2026, 11, 1));
    house.scripted.answers("sbsys", vec![plan("sbsys", "1"), over]);
    let entries = ask(&house, job_caseworker(), with_reason).await;
    assert_eq!(entries[1].shown.len(), 3, "both cases are shown, and the citizen");
    assert_eq!(told(&entries)[1].2.as_ref().map(|(_, basis)| *basis), Some("unit"), "a case that is over opens nobody");
}

#[tokio::test]
async fn a_look_up_of_the_family_is_recorded_as_one_and_the_relatives_carry_neither_reason_nor_wish() {
    let house = house(own_case());
    let row = own_case().with(|row| {
        row.native_id = "2".into();
        row.about = glasplade_adapters::contract::About::numbers([number(1)]);
    });
    house.scripted.adapter("sbsys").answers(number(1), vec![row]);
    let family = |errand: &mut Errand| {
        with_reason(errand);
        errand.question.household = true;
    };
    let entries = ask(&house, job_caseworker(), family).await;
    let (own, relatives): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.relation.is_none());
    assert_eq!((own.len(), relatives.len()), (2, 2));
    assert!(own.iter().all(|entry| entry.household && entry.protected_reason.as_deref() == Some(REASON)));
    assert!(relatives.iter().all(|entry| !entry.household));
    let closed = (vec!["person", "household"], "person");
    assert_eq!(told(&relatives), [("intended", None, None), ("completed", None, Some(closed))], "a row of their own");
}

#[tokio::test]
async fn a_reason_is_kept_with_a_refusal_unless_a_personal_number_stands_in_a_text() {
    let refused = async |change: fn(&mut Errand)| {
        let house = House::new();
        let mut errand = house.errand(job_caseworker(), LONG);
        with_reason(&mut errand);
        change(&mut errand);
        let refusal = Box::pin(house.pipeline.overview(&errand)).await.expect_err("no answer");
        (refusal, house.entries().pop().expect("an entry").protected_reason)
    };
    let (refusal, kept) = refused(|errand| errand.question.purpose = "find_colleague".to_owned()).await;
    assert_eq!((refusal, kept.as_deref()), (Refusal::PurposeOff, Some(REASON)));
    let in_it = |errand: &mut Errand| errand.question.protected_reason = Some(format!("{REASON} til 010101-9999"));
    assert_eq!(refused(in_it).await, (Refusal::PersonalNumberInText("protected.reason"), None));
    let beside_it = |errand: &mut Errand| errand.question.case_ref = Some("0101019999".to_owned());
    assert_eq!(refused(beside_it).await, (Refusal::PersonalNumberInText("case_ref"), None));
}

#[tokio::test]
async fn a_look_at_the_consents_of_a_case_keeps_everything_that_was_decided() {
    let case = own_case().with(|row| {
        row.number = Some("2026-4711".to_owned());
        row.consents = vec![glasplade_adapters::contract::ConsentRef { reference: "urn:samtykke:1".to_owned() }];
    });
    let house = house(case.clone());
    let hidden = plan("sbsys", "9").in_unit("203").law("SEL § 101");
    house.scripted.answers("sbsys", vec![case, hidden]);
    let errand = house.errand(job_caseworker(), LONG);
    let wish = errand.wish();
    let (caller, question) = (&errand.caller, &errand.question);
    let told = house.pipeline.filed_consents(&errand.request, caller, question, &wish, errand.language).await;
    assert_eq!(told.expect("an answer").map(|filed| filed.len()), Some(1));
    let completed = house.entries().pop().expect("an entry");
    let decided = completed.decided.expect("what was decided");
    assert_eq!((decided.items.len(), completed.withheld.values().sum::<u64>()), (2, 1));
    assert_eq!(decided.replay(house.pipeline.access.now().engine()), []);
}
