//! How long a bearer token lives, read from the token itself. Nothing is verified here: that is the source's business.

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::transport::Held;

/// The lifetime of a token that does not tell its end, as the vendor's own screen assumes.
const LIFETIME_ASSUMED: SignedDuration = SignedDuration::from_mins(15);

/// Holds a token that was read `now`, until the end that it tells.
pub(super) fn hold(token: SecretString, now: Timestamp) -> Held<SecretString> {
    let assumed = || now.saturating_add(LIFETIME_ASSUMED).unwrap_or(Timestamp::MAX);
    let expires = Some(expiry(token.expose_secret()).unwrap_or_else(assumed));
    Held { value: token, expires }
}

/// The `exp` of a JWT's payload, if it is a JWT and has one.
pub(super) fn expiry(token: &str) -> Option<Timestamp> {
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims: Value = serde_json::from_slice(&base64url(payload)?).ok()?;
    let exp = claims.get("exp")?;
    if let Some(seconds) = exp.as_i64() {
        return Timestamp::from_second(seconds).ok();
    }
    let whole = SignedDuration::try_from_secs_f64(exp.as_f64()?).ok()?;
    Timestamp::from_second(whole.as_secs()).ok()
}

/// Undoes base64url, with or without padding.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(six)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Payloads: {"exp":1764000000}, {"exp":1764000000.5}, {"sub":"x"}
    const WHOLE: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjQwMDAwMDB9.";
    const BROKEN_SECOND: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjQwMDAwMDAuNX0=.c2ln";
    const WITHOUT: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln";

    #[test]
    fn a_token_lives_until_its_exp() {
        let end = Timestamp::from_second(1_764_000_000).expect("a moment");
        assert_eq!(expiry(WHOLE), Some(end));
        assert_eq!(expiry(BROKEN_SECOND), Some(end));
    }

    #[test]
    fn what_tells_no_end_is_held_for_fifteen_minutes() {
        let now = Timestamp::from_second(1_764_000_000).expect("a moment");
        for token in [WITHOUT, "opaque", "a.b", "a.b.c", "a.æ.c", "", "..", "a.b.c.d"] {
            let held = hold(SecretString::from(token), now);
            assert_eq!(held.expires.map(|end| end.duration_since(now)), Some(LIFETIME_ASSUMED), "{token}");
        }
    }

    #[test]
    fn base64url_is_undone_whatever_the_rest() {
        for (text, bytes) in [("", &b""[..]), ("Zg", b"f"), ("Zm8=", b"fo"), ("Zm9v", b"foo"), ("-_8", b"\xfb\xff")] {
            assert_eq!(base64url(text).as_deref(), Some(bytes));
        }
        assert_eq!(base64url("Zm+v"), None);
    }
}
