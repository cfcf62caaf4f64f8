//! Situations 2, 4 and 5: families, custody, and children who grow up.

use jiff::Timestamp;
use jiff::civil::date;

use super::numbers::{AMINA, FREJA, KARIM, MIKKEL, SARA, SIGNE, YASIN};
use crate::fake::population::CaseRow;
use crate::fake::population::draft::{Draft, by, closed, granted};
use crate::fake::population::ids::{Room, stable};

/// Situation 2.
pub(super) fn amina(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 2_000, now);

    // More than eight years of benefits, but only when the three names are counted as one row of years.
    let education = draft.row("case_index", "education_benefit", AMINA, date(2016, 8, 1));
    let education = closed(CaseRow { caseworker: by("az10022"), ..education }, date(2018, 3, 31));
    let transition = draft.row("case_index", "transition_benefit", AMINA, date(2018, 4, 1));
    let transition = closed(CaseRow { caseworker: by("az10022"), ..transition }, date(2025, 6, 30));
    let cash = draft.row("case_index", "cash_benefit", AMINA, date(2025, 7, 1));
    let cash = CaseRow { caseworker: by("az10003"), ..cash };

    // Her employment case: `caseworker-jobcenter` is its caseworker, and must see nothing about Sara.
    let plan = draft.row("fasit", "job_plan", AMINA, date(2018, 5, 7));
    let plan = CaseRow { caseworker: by("az10002"), deadline: Some(draft.ago(-30)), ..plan };
    let plan_indexed = draft.indexed(&plan);

    // Work practice, granted by the job plan.
    let practice = draft.row("oio", "work_practice", AMINA, draft.ago(45));
    let practice =
        CaseRow { closed: Some(draft.ago(-46)), caseworker: by("az10014"), granted_by: granted(&plan), ..practice };

    // Sara's children's case and the family treatment it grants: what makes the family rule match.
    let assessment = draft.row("dubu", "child_assessment", SARA, date(2025, 1, 15));
    let assessment = closed(CaseRow { caseworker: by("az10006"), ..assessment }, date(2025, 5, 14));
    let support = draft.row("dubu", "child_support", SARA, date(2025, 5, 20));
    let support = CaseRow {
        caseworker: by("az10006"),
        others: vec!["az10029".to_owned()],
        deadline: Some(draft.ago(-18)),
        related: Some(assessment.id),
        ..support
    };
    let support_indexed = CaseRow { level: Some(2), ..draft.indexed(&support) };
    let treatment = draft.row("oio", "child_support", SARA, date(2025, 6, 10));
    let treatment = CaseRow { caseworker: by("az10030"), granted_by: granted(&support), ..treatment };

    // Yasin is known to his school only: another authority, never "own".
    let school = CaseRow {
        title: Some("Elevsag".to_owned()),
        unit: Some("MBU-SKOLE".to_owned()),
        master: Some("elevregister".to_owned()),
        number: Some("ELEV-2017-0815".to_owned()),
        level: Some(1),
        caseworker: by("az10039"),
        ..draft.row("case_index", "", YASIN, date(2017, 8, 9))
    };

    // The father has an old employment case of his own.
    let father = draft.row("fasit", "job_plan", KARIM, date(2019, 3, 4));
    let father = closed(CaseRow { caseworker: by("az10014"), ..father }, date(2021, 11, 30));

    vec![
        education,
        transition,
        cash,
        plan,
        plan_indexed,
        practice,
        assessment,
        support,
        support_indexed,
        treatment,
        school,
        father,
    ]
}

/// Situation 4.
pub(super) fn signe(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 4_000, now);

    // The children's case from before 2024, with the servicelov paragraph it was opened under.
    let disability = draft.row("dubu", "child_disability", SIGNE, date(2019, 10, 21));
    let disability = CaseRow {
        law: Some("LBK om social service (serviceloven) § 41".to_owned()),
        kle: Some("27.24.01".to_owned()),
        kle_title: Some("Børn med handicap (udgået)".to_owned()),
        kle_retired: true,
        caseworker: by("az10029"),
        deadline: Some(draft.ago(-40)),
        ..disability
    };
    let disability_indexed = CaseRow { level: Some(2), ..draft.indexed(&disability) };

    // The authority on its way from BFF to UUJ: a new case beside the old one, part of it.
    let transfer = draft.row("dubu", "aftercare", SIGNE, draft.ago(30));
    let transfer = CaseRow {
        title: Some("Overgang til voksen".to_owned()),
        caseworker: by("az10019"),
        caseworker_since: Some(draft.ago(30)),
        others: vec!["az10029".to_owned()],
        part_of: Some(disability.id),
        ..transfer
    };
    vec![disability, disability_indexed, transfer]
}

/// Situation 5.
pub(super) fn siblings(now: Timestamp) -> Vec<CaseRow> {
    let mut draft = Draft::new(Room::Named, 5_000, now);

    // One support case each; with one custodian's no, a consent is not valid.
    let mikkel = draft.row("dubu", "child_support", MIKKEL, date(2025, 9, 1));
    let mikkel = CaseRow { caseworker: by("az10006"), ..mikkel };
    let freja = draft.row("dubu", "child_assessment", FREJA, date(2026, 3, 16));
    let freja = CaseRow { caseworker: by("az10006"), related: Some(mikkel.id), ..freja };
    let freja_indexed = CaseRow { level: Some(2), ..draft.indexed(&freja) };

    // The child report names the father's household: the highest level, never visible; its secret title must not get out.
    let report = draft.row("dubu", "child_report", MIKKEL, draft.ago(65));
    let report = CaseRow { level: Some(3), caseworker: by("az10006"), related: Some(mikkel.id), ..report };
    let report_indexed = CaseRow {
        secret_title: Some("Underretning om forhold i fars hjem".to_owned()),
        screened_to: vec![stable(Room::Unit, 10), stable(Room::Staff, 6)],
        ..draft.indexed(&report)
    };
    vec![mikkel, freja, freja_indexed, report, report_indexed]
}
