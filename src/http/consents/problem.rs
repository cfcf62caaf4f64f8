//! Why a request about consents came to nothing, as problems.

use http::{StatusCode, header};

use crate::consents::{NotRecorded, Unfit};
use crate::http::Problem;

/// The problem of this error.
pub(super) fn of(error: NotRecorded) -> Problem {
    match error {
        NotRecorded::Unfit(Unfit::PersonalNumber(field)) => crate::access::Refusal::PersonalNumberInText(field).into(),
        NotRecorded::Unfit(unfit) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            unfit.code(),
            "This is no consent that can be recorded",
            unfit.sentence(),
        ),
        NotRecorded::KeyUsedOtherwise => Problem::new(
            StatusCode::CONFLICT,
            "key-used-otherwise",
            "The key was used for another request",
            "Send a new `Idempotency-Key` with a new request.",
        ),
        NotRecorded::Unknown => unknown(),
        NotRecorded::NotOpen(_) => Problem::new(
            StatusCode::CONFLICT,
            "consent-not-open",
            "The consent takes no answer any more",
            "It was refused, taken back, replaced, or has run out. Record a new one.",
        ),
        NotRecorded::NotConfigured => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "consents-not-configured",
            "No ledger of consents is configured",
            "This service keeps no consents: `consents.file` is not set.",
        ),
        NotRecorded::Ledger(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "consents-unavailable",
            "The ledger of consents cannot be used",
            "Nothing was recorded. Try again; tell the operator if it lasts.",
        )
        .with_header(header::RETRY_AFTER, "5"),
        NotRecorded::Refused(refusal) => refusal.into(),
    }
}

/// 409: where the consent is filed. The registrar may see the case that holds it.
pub(super) fn already_held(where_it_is: &str) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "already-held",
        "A case system holds a consent of this case",
        format!("{where_it_is} Use that one. If this is another consent, send `is_another`: true."),
    )
}

/// 404, also for a consent of another unit, of another citizen, or of the caller in person.
pub(super) fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "consent-unknown",
        "No such consent",
        "The consent is not known, or is not one of the caller's unit. Search with POST /v1/consents/search.",
    )
}

/// 403: the same words whoever the citizen is to the caller, and while nobody knows.
pub(super) fn barred() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "barred",
        "Somebody else must record this",
        "Nobody records a consent of their own or their household's, or while the civil register cannot say whether it is.",
    )
}

/// 400: a key that is none.
pub(super) fn key() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid-header",
        "A header cannot be read",
        "`Idempotency-Key` must be 1 to 128 printable characters.",
    )
}

/// 422: neither or several of the ways to search.
pub(super) fn one_of() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid-body",
        "The body does not fit",
        "Send exactly one of `cpr`, `handle` and `case_ref`.",
    )
}
