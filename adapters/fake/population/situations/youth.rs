//! Situation 1: Claus, around whom the whole product was thought out.

use jiff::Timestamp;
use jiff::civil::date;

use super::numbers::CLAUS;
use crate::fake::population::CaseRow;
use crate::fake::population::draft::{Draft, by, called, closed, granted};
use crate::fake::population::ids::{Room, stable};

pub(super) fn claus(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 1_000, now);

    // The benefit that the law of 1 July 2025 ended.
    let education = draft.row("case_index", "education_benefit", CLAUS, date(2022, 8, 1));
    let education = closed(CaseRow { caseworker: by("az10021"), ..education }, date(2025, 6, 30));

    // Cash benefit since: `benefit-officer` is its caseworker.
    let cash = draft.row("case_index", "cash_benefit", CLAUS, date(2025, 7, 1));
    let cash = CaseRow { caseworker: by("az10003"), ..cash };

    // The job plan, where `coordinator-youth` stands as coordinator: first among the actors.
    let plan = draft.row("fasit", "job_plan", CLAUS, date(2025, 7, 14));
    let plan = CaseRow {
        caseworker: by("az10017"),
        coordinator: by("az10001"),
        deadline: Some(draft.ago(-12)),
        ..called(plan, "job_plan", "6.5")
    };

    // Youth guidance, the coordinator's own case; the index knows it under the same UUID: shown once.
    let youth = draft.row("sbsys", "youth_guidance", CLAUS, date(2022, 9, 5));
    let youth = CaseRow {
        title: Some("Ungeindsats: koordinering".to_owned()),
        caseworker: by("az10001"),
        others: vec!["az10017".to_owned()],
        caseworker_since: Some(date(2024, 2, 1)),
        ..youth
    };
    let youth_indexed = draft.indexed(&youth);

    // The authority's substance case; the index has it under another UUID, so number and master system join them.
    let substance = draft.row("sbsys", "substance_101", CLAUS, date(2026, 1, 19));
    let substance = CaseRow { unit: Some("UUJ-SOC".to_owned()), caseworker: by("az10019"), ..substance };
    let substance_indexed = CaseRow { level: Some(2), ..draft.indexed_apart(&substance) };

    // The treatment itself, with its granting case: `benefit-officer` in the same department sees no trace of it.
    let treatment = draft.row("oio", "substance_101", CLAUS, date(2026, 2, 2));
    // A consent to it is filed where it is delivered: read, not recorded again.
    let consents = vec![stable(Room::Consent, 1)];
    let treatment = CaseRow { caseworker: by("az10004"), granted_by: granted(&substance), consents, ..treatment };

    // A place at the shelter that begins in the future.
    let shelter = draft.row("oio", "shelter_110", CLAUS, draft.ago(-21));
    let shelter = CaseRow { caseworker: by("az10026"), ..shelter };

    vec![education, cash, plan, youth, youth_indexed, substance, substance_indexed, treatment, shelter]
}
