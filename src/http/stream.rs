//! The answer in parts, as server-sent events.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderValue, header};
use tokio::sync::mpsc;

use super::Problem;
use super::admission::Admitted;
use super::overviews::private;
use crate::pipeline::StreamEvent;

/// A response whose body is the events; the room is held until the last one.
pub(super) fn response(events: mpsc::Receiver<StreamEvent>, room: Admitted) -> Response {
    let body = stream::unfold((events, room), |(mut events, room)| async move {
        let event = events.recv().await?;
        Some((Ok::<Bytes, Infallible>(write(event)), (events, room)))
    });
    let mut response = Body::from_stream(body).into_response();
    private(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

/// `event:` and `data:`. JSON written by us has no line breaks, so one data line is enough.
fn write(event: StreamEvent) -> Bytes {
    let (name, data, etag) = match event {
        StreamEvent::Partial(disclosure) => {
            let (body, _, _) = disclosure.into_parts();
            ("items", body, None)
        }
        StreamEvent::Overview(disclosure) => {
            let (body, etag, _) = disclosure.into_parts();
            ("overview", body, Some(etag))
        }
        StreamEvent::Refused(refusal) => {
            ("problem", Bytes::from(serde_json::to_vec(&Problem::from(refusal)).unwrap_or_default()), None)
        }
    };
    let mut text = Vec::with_capacity(data.len() + 128);
    text.extend_from_slice(b"event: ");
    text.extend_from_slice(name.as_bytes());
    if let Some(etag) = etag {
        text.extend_from_slice(b"\nid: ");
        text.extend_from_slice(etag.trim_matches('"').as_bytes());
    }
    text.extend_from_slice(b"\ndata: ");
    text.extend_from_slice(&data);
    text.extend_from_slice(b"\n\n");
    Bytes::from(text)
}
