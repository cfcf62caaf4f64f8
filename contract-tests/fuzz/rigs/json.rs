//! The strict layer over `serde_json`: what it takes, the parser alone takes as well; and written anew, it is the same.

use glasplade_adapters::transport::json::{self, JsonError};
use serde_json::Value;

const CONTENT_TYPES: [&str; 3] =
    ["application/json", "application/json; charset=utf-8", "text/html; charset=iso-8859-1"];

/// The first byte chooses what HTTP says of the rest. Tells whether it is taken.
pub(crate) fn try_one(bytes: &[u8]) -> bool {
    let Some((choice, text)) = bytes.split_first() else { return false };
    let content_type = CONTENT_TYPES[usize::from(*choice) % CONTENT_TYPES.len()];
    let Ok(value) = json::parse::<Value>(text, content_type) else { return false };
    let alone = serde_json::from_slice::<Value>(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
    assert!(alone.is_ok(), "the layer takes what the parser refuses");
    // Letters that are escaped one by one are composed when they are no longer, so that the second writing settles it.
    if let Some(once) = written(&value)
        && let Some(twice) = written(&once)
    {
        assert!(is_same(&once, &twice), "written anew, it is another value");
    }
    true
}

/// The same, but for the last digits of long numbers, which the parser does not promise to keep.
fn is_same(one: &Value, another: &Value) -> bool {
    match (one, another) {
        (Value::Number(one), Value::Number(another)) => match (one.as_f64(), another.as_f64()) {
            (Some(one), Some(another)) => (one - another).abs() <= one.abs() * 1e-12,
            (one, another) => one == another,
        },
        (Value::Array(one), Value::Array(another)) => {
            one.len() == another.len() && one.iter().zip(another).all(|(one, another)| is_same(one, another))
        }
        (Value::Object(one), Value::Object(another)) => {
            one.len() == another.len()
                && one.iter().zip(another).all(|((key, one), (other, another))| key == other && is_same(one, another))
        }
        _ => one == another,
    }
}

fn written(value: &Value) -> Option<Value> {
    let text = serde_json::to_vec(value).ok()?;
    match json::parse(&text, "application/json") {
        Ok(again) => Some(again),
        // Without its blanks a text has less room; and two keys may be one when their letters are composed.
        Err(error) => {
            assert!(matches!(error, JsonError::OverLimit(..) | JsonError::DoubleKey(..)), "written anew: {error}");
            None
        }
    }
}
