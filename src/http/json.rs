//! A JSON body, or a problem that says what to change without repeating what was sent.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::Problem;
use super::caller::Door;

/// The body as `T`.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned + Fields, D: Door> FromRequest<D> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &D) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body must be JSON",
                "Send `Content-Type: application/json`.",
            ));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| unread(&rejection, state))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| unfit::<T>(&error))
    }
}

/// A body's fields, for the sentence that says what to change.
pub(super) trait Fields {
    /// The fields in words.
    const FIELDS: &'static str;
}

fn unread(rejection: &BytesRejection, door: &impl Door) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-long",
            "The body is too long",
            format!("Send at most {} bytes.", door.body_bytes_max()),
        );
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "body-unreadable",
        "The body could not be read",
        "Send the whole body that `Content-Length` announces.",
    )
}

/// Of the parser's words only the place is kept, and the name of a missing field: that is ours. A value, or an unknown
/// field's name, is not repeated.
fn unfit<T: Fields>(error: &serde_json::Error) -> Problem {
    let place = format!("line {} column {}", error.line(), error.column());
    if !error.is_data() {
        return Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid-json",
            "The body is not JSON",
            format!("The text breaks off or is not JSON at {place}."),
        );
    }
    let text = error.to_string();
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let what = match missing {
        Some(field) => format!("The field `{field}` is missing."),
        None if text.starts_with("unknown field") => format!("There is an unknown field at {place}."),
        None if text.starts_with("duplicate field") => format!("A field stands twice, at {place}."),
        None => format!("A field has the wrong type, at {place}."),
    };
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid-body",
        "The body does not fit",
        format!("{what} The fields are: {}.", T::FIELDS),
    )
}
