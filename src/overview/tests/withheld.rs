//! What is told of cases that may not be seen: as little as their categories allow, and nothing that can be counted.

use glasplade_adapters::contract::{CaseStatus, Record, Status};
use jiff::civil::date;
use serde_json::json;

use super::{Desk, items, notices};
use crate::access::Caller;
use crate::testing::{Vary as _, job_caseworker, row};

fn own() -> Record {
    row("sbsys", "own").in_unit("301").kle("15.20.00").law("LAB")
}

/// A case of another unit.
fn foreign(id: &str, unit: &str, law: &str) -> Record {
    row("sbsys", id).in_unit(unit).law(law)
}

/// The demo's town where a caller needs no case of their own to be told of others.
fn without_relation() -> Desk {
    Desk::with(|config| config.access.role.iter_mut().for_each(|role| role.relation_required = false))
}

#[test]
fn a_category_with_contact_names_the_department_and_its_number() {
    let answer = Desk::new().sees(&job_caseworker(), vec![own(), foreign("1", "102", "ungeindsatsloven")]);
    let expected = json!({
        "mode": "contact", "department": "Unge, Uddannelse og Job", "contact": "+45 00 00 90 01",
        "text": "Der er en sag i Unge, Uddannelse og Job. Ring til +45 00 00 90 01.",
    });
    assert_eq!(notices(&answer), [expected]);
}

#[test]
fn a_sensitive_category_speaks_under_the_neutral_name() {
    let answer = Desk::new().sees(&job_caseworker(), vec![own(), foreign("1", "601", "SEL § 97")]);
    let notice = &notices(&answer)[0];
    assert_eq!((&notice["mode"], notices(&answer).len()), (&json!("contact"), 1));
    for word in ["Handicap", "VJH", "Voksenmyndighed"] {
        assert!(!notice.to_string().contains(word), "{notice}");
    }
}

#[test]
fn existence_alone_names_no_number() {
    let answer = Desk::new().sees(&job_caseworker(), vec![own(), foreign("1", "401", "SEL § 110")]);
    let notice = &notices(&answer)[0];
    assert_eq!((&notice["mode"], notice.get("contact")), (&json!("existence"), None));
    assert_eq!(notice["text"], "Der er en sag, du ikke har adgang til. Bed borgeren om samtykke.");
}

#[test]
fn a_category_that_tells_nothing_leaves_no_trace() {
    let desk = Desk::new();
    let plain = desk.sees(&job_caseworker(), vec![own()]);
    for law in ["SEL § 101", "barnets lov § 32", "barnets lov § 133", "SEL § 109", "en ukendt lov"] {
        assert_eq!(desk.sees(&job_caseworker(), vec![own(), foreign("1", "601", law)]), plain, "{law}");
    }
}

#[test]
fn the_audit_counts_what_the_answer_does_not() {
    let rows = vec![own(), foreign("1", "203", "SEL § 101"), foreign("2", "102", "ungeindsatsloven")];
    assert_eq!(Desk::new().redact(&job_caseworker(), rows).withheld(), (1, 1));
}

#[test]
fn a_child_s_case_is_told_of_to_those_who_work_with_children() {
    let young = Caller::invented("az10019", &["caseworker"]).in_unit("UUJ", "UUJ-SOC").with_kle(&["*"]);
    let answer = Desk::new().sees(&young, vec![own().in_unit("103"), foreign("1", "501", "barnets lov § 32")]);
    assert_eq!(notices(&answer)[0]["mode"], "existence");
    let report = Desk::new().sees(&young, vec![own().in_unit("103"), foreign("1", "501", "barnets lov § 133")]);
    assert_eq!(notices(&report).len(), 0, "never at the highest level");
}

#[test]
fn notices_of_one_kind_are_one_and_cannot_be_counted() {
    let desk = Desk::new();
    let one = desk.sees(&job_caseworker(), vec![own(), foreign("1", "102", "ungeindsatsloven")]);
    let many = (1..9).map(|id| foreign(&id.to_string(), "102", "ungeindsatsloven"));
    assert_eq!(desk.sees(&job_caseworker(), std::iter::once(own()).chain(many).collect()), one);
    let other_units = vec![own(), foreign("1", "102", "ungeindsatsloven"), foreign("2", "101", "ungeindsatsloven")];
    assert_eq!(desk.sees(&job_caseworker(), other_units), one);
}

#[test]
fn what_is_closed_cancelled_or_nobody_s_is_not_told_of() {
    let desk = Desk::new();
    let plain = desk.sees(&job_caseworker(), vec![own()]);
    let there = || foreign("1", "102", "ungeindsatsloven");
    let void = there().with(|row| row.status = Status::new(CaseStatus::Void, "Fejl"));
    for row in [there().closed(date(2026, 11, 1)), void, there().in_unit("999")] {
        assert_eq!(desk.sees(&job_caseworker(), vec![own(), row]), plain);
    }
    let later = there().with(|row| row.opened = Some(date(2026, 12, 1)));
    assert_eq!(notices(&desk.sees(&job_caseworker(), vec![own(), later])).len(), 1);
}

#[test]
fn a_department_may_narrow_its_category_to_nothing() {
    let health =
        |unit: &str| foreign("1", unit, "en ukendt lov").with(|row| row.case_type.template = Some("Pleje".into()));
    let with_kind = |config: &mut crate::config::Config| {
        config.kinds.kind[0].category = "health_care".to_owned();
        let rule = &mut config.kinds.rule[0];
        (rule.source_kind, rule.type_code, rule.template) = (None, Vec::new(), vec!["Pleje".to_owned()]);
    };
    let desk = Desk::with(with_kind);
    let told = |unit: &str| {
        let mine = own().law("SEL § 85").kle("27.03.00");
        notices(&desk.sees(&job_caseworker(), vec![mine, health(unit)])).len()
    };
    assert_eq!(told("801"), 0, "MSO has narrowed it");
    assert_eq!(told("601"), 1, "VJH has not");
}

#[test]
fn without_a_case_of_their_own_a_caller_sees_exactly_what_they_see_of_an_unknown_citizen() {
    let desk = Desk::new();
    let known =
        desk.redact(&job_caseworker(), vec![foreign("1", "102", "ungeindsatsloven"), foreign("2", "203", "LAB")]);
    let unknown = desk.redact(&job_caseworker(), Vec::new());
    assert!(known.is_empty() && unknown.is_empty());
    assert_eq!(desk.answer(&known), desk.answer(&unknown));
    assert_eq!(desk.answer(&unknown)["empty_text"], "Vi fandt ingen sager, du kan se.");
    let open = without_relation();
    assert_eq!(notices(&open.sees(&job_caseworker(), vec![foreign("1", "102", "ungeindsatsloven")])).len(), 1);
}

#[test]
fn an_own_case_that_closed_long_ago_is_no_relation() {
    let desk = Desk::new();
    let rows = vec![own().closed(date(2024, 1, 1)), foreign("1", "102", "ungeindsatsloven")];
    let answer = desk.sees(&job_caseworker(), rows);
    assert_eq!((items(&answer).len(), notices(&answer).len()), (0, 0));
    assert_eq!(answer["hidden_by_window"], 1);
}

#[test]
fn the_window_hides_and_counts_own_rows_only() {
    let desk = Desk::new();
    let old = |id: &str| own().closed(date(2026, 5, 24)).with(|row| row.native_id = id.into());
    let rows = vec![
        own(),
        old("a"),
        own().closed(date(2026, 5, 25)).with(|row| row.native_id = "b".into()),
        old("c").with(|row| row.status = Status::new(CaseStatus::Void, "Fejl")),
        old("d").in_unit("102"),
        old("e").in_unit("203").law("SEL § 101"),
    ];
    let answer = desk.sees(&job_caseworker(), rows);
    assert_eq!(items(&answer).len(), 2, "180 days before 21 November is 25 May");
    assert_eq!(answer["hidden_by_window"], 2);
    assert_eq!(answer["hidden_by_window_text"], "Ældre afsluttede eller annullerede sager, der ikke er vist: 2.");
}

#[test]
fn the_closing_sentence_is_the_same_whatever_was_withheld() {
    let desk = Desk::new();
    let rows = [vec![], vec![own()], vec![own(), foreign("1", "203", "SEL § 101")]];
    for rows in rows {
        let notice = desk.sees(&job_caseworker(), rows)["notice"].clone();
        assert_eq!(notice, "Overblikket viser det, du må se. Der kan være mere, end du kan se.");
    }
}
