//! Situations 3, 8, 9, 10 and 11: adults whose sources agree too little or too much.

use jiff::Timestamp;
use jiff::civil::date;

use super::numbers::{BENT, JENS_A, JENS_B, KIRSTEN, TOM, YUSUF, YUSUF_FORMER};
use crate::fake::population::draft::{Draft, by, called, closed, granted};
use crate::fake::population::ids::{Room, stable};
use crate::fake::population::{CaseRow, Progress};

/// Situation 3.
pub(super) fn bent(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 3_000, now);

    // Three of the four criteria of the 50+ rule: substance use, homelessness, mental difficulties …
    let alcohol = draft.row("oio", "alcohol_141", BENT, date(2026, 4, 13));
    let alcohol = CaseRow { caseworker: by("az10004"), ..alcohol };
    let first_stay = draft.row("oio", "shelter_110", BENT, date(2024, 12, 3));
    let first_stay = closed(CaseRow { caseworker: by("az10026"), ..first_stay }, date(2025, 3, 2));
    let second_stay = draft.row("oio", "shelter_110", BENT, draft.ago(33));
    let second_stay = CaseRow { caseworker: by("az10027"), ..second_stay };
    let support = draft.row("oio", "support_contact_99", BENT, date(2023, 5, 8));
    let support = CaseRow { caseworker: by("az10028"), ..support };

    // … and the fourth: eleven years without work. He said no to sharing with employment.
    let plan = draft.row("fasit", "job_plan", BENT, date(2015, 10, 5));
    let plan = CaseRow { caseworker: by("az10002"), ..plan };
    let cash = draft.row("case_index", "cash_benefit", BENT, date(2015, 10, 1));
    let cash = CaseRow { caseworker: by("az10021"), ..cash };
    vec![alcohol, first_stay, second_stay, support, plan, cash]
}

/// Situation 8.
pub(super) fn yusuf(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 8_000, now);

    // Filed under the replacement number, and never moved.
    let integration = draft.row("fasit", "integration_contract", YUSUF_FORMER, date(2019, 9, 2));
    let integration = closed(CaseRow { caseworker: by("az10014"), ..integration }, date(2024, 8, 31));

    // Filed under the number in force, with its leading zero.
    let plan = draft.row("fasit", "job_plan", YUSUF, date(2024, 9, 2));
    let plan = CaseRow { caseworker: by("az10002"), ..called(plan, "job_plan", "6.2") };
    vec![integration, plan]
}

/// Situation 9: each has a row in the same sources, so that one source can answer with the other.
pub(super) fn look_alikes(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 9_000, now);
    let plan_a = draft.row("fasit", "job_plan", JENS_A, date(2025, 2, 3));
    let plan_a = CaseRow { caseworker: by("az10002"), ..plan_a };
    let payment_a = draft.row("sbsys", "single_payment", JENS_A, date(2025, 4, 28));
    let payment_a = CaseRow { caseworker: by("az10021"), ..payment_a };
    let cash_a = draft.row("case_index", "cash_benefit", JENS_A, date(2025, 2, 1));
    let cash_a = CaseRow { caseworker: by("az10003"), ..cash_a };

    // The other one's cases: same name, same birthday, nothing else.
    let flex_b = draft.row("fasit", "flex_job", JENS_B, date(2022, 6, 13));
    let flex_b = CaseRow { caseworker: by("az10014"), ..flex_b };
    let extra_b = draft.row("sbsys", "adult_disability_extra", JENS_B, date(2021, 1, 11));
    let extra_b = CaseRow { caseworker: by("az10033"), ..extra_b };
    let allowance_b = draft.row("case_index", "unemployment_allowance", JENS_B, date(2022, 3, 1));
    let allowance_b = closed(CaseRow { caseworker: by("az10022"), ..allowance_b }, date(2022, 6, 12));
    vec![plan_a, payment_a, cash_a, flex_b, extra_b, allowance_b]
}

/// Situation 10.
pub(super) fn kirsten(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 10_000, now);

    // A new caseworker since last Monday; the index still names the one who has left.
    let plan = draft.row("fasit", "job_plan", KIRSTEN, date(2024, 8, 19));
    let plan = CaseRow { caseworker: by("az10014"), caseworker_since: Some(draft.last_monday()), ..plan };
    let plan_indexed = CaseRow { caseworker: by("az10015"), ..draft.indexed(&plan) };

    // The same colleague in two more systems, each with a spelling of its own: one actor with three cases.
    let payment = draft.row("sbsys", "single_payment", KIRSTEN, date(2026, 5, 4));
    let payment = CaseRow { unit: Some("JVS-JOB".to_owned()), caseworker: by("az10014"), ..payment };
    let cash = draft.row("case_index", "cash_benefit", KIRSTEN, date(2025, 7, 1));
    let cash = CaseRow { caseworker: by("az10014"), others: vec!["az10003".to_owned()], ..cash };

    // An effort whose granting case is gone.
    let mentor = draft.row("oio", "mentor", KIRSTEN, date(2025, 11, 3));
    let mentor = CaseRow { caseworker: by("az10018"), granted_by: Some(stable(Room::Nowhere, 10)), ..mentor };

    // No primary caseworker: unit and switchboard are all there is.
    let sickness = draft.row("case_index", "sickness_benefit", KIRSTEN, draft.ago(20));

    // SBSYS says open, the index says closed: both are shown.
    let companion = draft.row("sbsys", "companion_97", KIRSTEN, date(2023, 2, 6));
    let companion = CaseRow { caseworker: by("az10033"), ..companion };
    let companion_indexed = closed(CaseRow { level: Some(2), ..draft.indexed(&companion) }, draft.ago(14));
    vec![plan, plan_indexed, payment, cash, mentor, sickness, companion, companion_indexed]
}

/// Situation 11.
pub(super) fn tom(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 11_000, now);

    // Aarhus is the acting municipality although he lives elsewhere.
    let assessment = draft.row("sbsys", "adult_assessment", TOM, date(2025, 10, 6));
    let assessment = CaseRow {
        title: Some("Voksenudredning, handlekommune Aarhus".to_owned()),
        progress: Progress::Informed,
        caseworker: by("az10005"),
        ..assessment
    };
    let assessment_indexed = CaseRow { level: Some(2), ..draft.indexed(&assessment) };

    // Adult support: the authority's case, and the support it grants.
    let support = draft.row("sbsys", "support_85", TOM, date(2026, 1, 12));
    let support = CaseRow { caseworker: by("az10032"), ..support };
    let delivered = draft.row("oio", "support_85", TOM, date(2026, 2, 9));
    let delivered = CaseRow { caseworker: by("az10007"), granted_by: granted(&support), ..delivered };

    // The support and contact person: mental health, of which nobody without access may see even the existence.
    let contact = draft.row("oio", "support_contact_99", TOM, date(2026, 6, 1));
    let contact = CaseRow { caseworker: by("az10028"), ..contact };
    vec![assessment, assessment_indexed, support, delivered, contact]
}
