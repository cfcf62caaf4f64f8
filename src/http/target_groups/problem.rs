//! Why there is no list, as a problem that says what to change.

use http::{StatusCode, header};

use crate::http::Problem;
use crate::target_groups::lists::Unwritten;
use crate::target_groups::run::NotRun;

pub(super) fn of(error: NotRun) -> Problem {
    use StatusCode as Status;
    let code = error.code();
    let problem = |status, title, detail: &str| Problem::new(status, code, title, detail);
    match error {
        NotRun::UnknownRule => unknown_rule(),
        NotRun::Refused(refusal) => refusal.into(),
        NotRun::NotForRole => Problem::not_for_role(),
        NotRun::Broken => broken(),
        NotRun::NotConfigured => problem(
            Status::SERVICE_UNAVAILABLE,
            "There are no target groups here",
            "The operator has named no file of the index and of runs (`target_groups.index`, `target_groups.lists.file`).",
        ),
        NotRun::Off(off) => Problem::new(
            Status::FORBIDDEN,
            code,
            "The rule is off",
            format!("A rule runs once somebody has approved it as it stands: {off}."),
        ),
        NotRun::ManyReceivers => problem(
            Status::UNPROCESSABLE_ENTITY,
            "The rule is approved for several units",
            "Name one of them in `receiver`.",
        ),
        NotRun::NotForUnit => problem(
            Status::FORBIDDEN,
            "The list goes to another unit",
            "Only somebody of the receiving unit gets it. The counts can be had with `dry_run`.",
        ),
        NotRun::OtherPurpose => problem(
            Status::UNPROCESSABLE_ENTITY,
            "The purpose is not that of lists",
            "`purpose` must be `target_group`.",
        ),
        NotRun::OtherBasis => problem(
            Status::UNPROCESSABLE_ENTITY,
            "The legal basis is not the rule's",
            "`legal_basis` must be the one that GET /v1/target-groups tells of the rule.",
        ),
        NotRun::NumbersNotForRole => problem(
            Status::FORBIDDEN,
            "The numbers are not for the caller's roles",
            "Leave `with_numbers` out: each citizen stands on the list under the same pseudonym in every run.",
        ),
        NotRun::Busy => problem(
            Status::CONFLICT,
            "The list is being made",
            "Another process makes this very list. Try again in a moment.",
        ),
        NotRun::Unwritten(Unwritten::TooManyRows | Unwritten::TextTooLong) => problem(
            Status::UNPROCESSABLE_ENTITY,
            "The list does not fit a workbook",
            "Ask for another `format`: `csv` or `parquet` have no such limit.",
        ),
        NotRun::Index(error) => unavailable(code, &error),
        NotRun::Ledger(error) => unavailable(code, &error),
        NotRun::Unwritten(error) => unavailable(code, &error),
    }
}

fn unavailable(code: &str, error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "a list could not be made");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        code,
        "The list cannot be made now",
        "The index or the file of runs cannot be used. Try again; tell the operator if it lasts.",
    )
    .with_header(header::RETRY_AFTER, "5")
}

pub(super) fn broken() -> Problem {
    unavailable("list-broken", &"the work broke")
}

pub(super) fn unknown_rule() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "rule-unknown",
        "There is no such rule",
        "The rules are told by GET /v1/target-groups.",
    )
}
