//! When certificates and secrets end, read from themselves; unknown is not ok.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::telemetry::Expiry;
use crate::telemetry::expiry::{of_certificates, of_secret};

const CERTIFICATE: &str = include_str!("ends_2026_11_27.pem");

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

#[test]
fn a_certificate_goes_through_four_states() {
    let ends = of_certificates(CERTIFICATE.as_bytes()).expect("a certificate");
    assert!(ends.to_string().starts_with("2026-11-27T"), "{ends}");
    for (now, state) in [
        ("2026-10-01T00:00:00Z", Expiry::Ok),
        ("2026-10-29T00:00:00Z", Expiry::ExpiringSoon),
        ("2026-11-26T00:00:00Z", Expiry::ExpiringSoon),
        ("2026-11-28T00:00:00Z", Expiry::Expired),
    ] {
        assert_eq!(Expiry::of(Some(ends), at(now)), state, "{now}");
    }
    assert_eq!(Expiry::of(Some(ends), ends), Expiry::Expired, "to the second");
    assert_eq!(Expiry::of(None, ends), Expiry::Unknown);
    assert!(Expiry::Unknown > Expiry::Ok, "unknown is worse than ok");
}

#[test]
fn what_is_no_certificate_has_no_end() {
    let twice = format!("{CERTIFICATE}{CERTIFICATE}");
    assert_eq!(of_certificates(twice.as_bytes()), of_certificates(CERTIFICATE.as_bytes()));
    let broken = CERTIFICATE.replacen("MI", "mI", 1);
    for text in ["", "not PEM", &broken, &format!("{CERTIFICATE}{broken}"), &CERTIFICATE[..CERTIFICATE.len() / 2]] {
        assert_eq!(of_certificates(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_token_says_its_end_and_a_password_does_not() {
    let token = |claims: &str| format!("eyJhbGciOiJub25lIn0.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
    assert_eq!(of_secret(&token(r#"{"exp":1796083200}"#)), Some(at("2026-12-01T00:00:00Z")));
    assert_eq!(
        of_secret(&format!("{}\n", token(r#"{"sub":"x","exp":1796083200.5}"#))).map(Timestamp::as_second),
        Some(1_796_083_200)
    );
    assert_eq!(of_secret(CERTIFICATE), of_certificates(CERTIFICATE.as_bytes()));
    for text in [
        "",
        "hemmelig",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        &token("{}"),
        &token(r#"{"exp":"x"}"#),
        &token(r#"{"exp":1e300}"#),
        &token(r#"{"exp":-1}"#),
    ] {
        assert_eq!(of_secret(text), None, "{text}");
    }
}
