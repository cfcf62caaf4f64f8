//! Tokens that are signed well and written oddly: twice the same name, too deep, too long, other letters, something behind.

use serde_json::json;

use super::forgeries::{answer_to, refusal_of};
use super::{TestKey, base64url, claims, sign_text};
use crate::access::token::TokenRefused;

/// Signs texts with the key, whatever they are.
fn signed(key: &TestKey, header: &str, claims: &str) -> String {
    sign_text(header, claims, &key.private, key.algorithm)
}

#[tokio::test]
async fn a_name_that_stands_twice_is_refused_though_the_signature_is_right() {
    let key = TestKey::es256("k");
    let (header, honest) = (key.header().to_string(), claims().to_string());
    assert!(answer_to(&key, &signed(&key, &header, &honest)).await.is_ok());
    let again = |claim: &str| format!("{},{claim}}}", honest.strip_suffix('}').expect("an object"));
    for claim in [
        r#""sub":"az10005""#,
        r#""roles":["leader"]"#,
        r#""aud":"glasplade""#,
        r#""exp":1"#,
        r#""s\u0075b":"az10005""#,
        r#""unknown":1,"unknown":1"#,
    ] {
        assert_eq!(refusal_of(&key, &signed(&key, &header, &again(claim))).await, TokenRefused::Malformed, "{claim}");
    }
    for header in [
        r#"{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"k"}"#,
        r#"{"alg":"ES256","alg":"ES256","typ":"at+jwt","kid":"k"}"#,
        r#"{"alg":"ES256","typ":"JWT","typ":"at+jwt","kid":"k"}"#,
        r#"{"alg":"ES256","typ":"at+jwt","kid":"k","kid":"other"}"#,
        r#"{"alg":"ES256","typ":"at+jwt","kid":"k","unknown":1,"unknown":1}"#,
    ] {
        assert_eq!(refusal_of(&key, &signed(&key, header, &honest)).await, TokenRefused::Malformed, "{header}");
    }
}

#[tokio::test]
async fn an_algorithm_has_one_spelling() {
    let key = TestKey::es256("k");
    for alg in
        ["es256", "Es256", "ES256 ", " ES256", "ES256\u{0}", "ES-256", "ECDSA", "hs256", "HS256K", "RSA1_5", "dir"]
    {
        let header = json!({"alg": alg, "typ": "at+jwt", "kid": "k"}).to_string();
        let token = signed(&key, &header, &claims().to_string());
        assert_eq!(refusal_of(&key, &token).await, TokenRefused::Malformed, "{alg}");
    }
    for alg in [json!(["ES256"]), json!({"ES256": null}), json!(256), json!(null), json!(true)] {
        let header = json!({"alg": alg, "typ": "at+jwt", "kid": "k"}).to_string();
        assert_eq!(refusal_of(&key, &signed(&key, &header, "{}")).await, TokenRefused::Malformed, "{alg}");
    }
    let without = r#"{"typ":"at+jwt","kid":"k"}"#;
    assert_eq!(refusal_of(&key, &signed(&key, without, &claims().to_string())).await, TokenRefused::Malformed);
}

#[tokio::test]
async fn a_token_that_nests_deep_is_refused_in_bounded_time() {
    let key = TestKey::es256("k");
    let (header, honest) = (key.header().to_string(), claims().to_string());
    let deep = |open: &str, close: &str, times: usize| format!("{}1{}", open.repeat(times), close.repeat(times));
    for nested in [deep("[", "]", 300), deep("{\"a\":", "}", 300), deep("[", "]", 2_500)] {
        let with = |text: &str| format!("{},\"x\":{nested}}}", text.strip_suffix('}').expect("an object"));
        assert_eq!(refusal_of(&key, &signed(&key, &header, &with(&honest))).await, TokenRefused::Malformed);
        assert_eq!(refusal_of(&key, &signed(&key, &with(&header), &honest)).await, TokenRefused::Malformed);
        assert_eq!(refusal_of(&key, &signed(&key, &header, &nested)).await, TokenRefused::Malformed);
    }
}

#[tokio::test]
async fn a_token_has_a_longest_length_and_is_not_looked_at_beyond_it() {
    let key = TestKey::es256("k");
    let of_length = |length: usize| {
        let base = key.token_with(|claims| claims["padding"] = json!("")).len();
        key.token_with(|claims| claims["padding"] = json!("x".repeat((length - base) * 3 / 4)))
    };
    let just_right = of_length(8_190);
    assert!((8_180..=8_192).contains(&just_right.len()), "{}", just_right.len());
    assert!(answer_to(&key, &just_right).await.is_ok());
    for length in [8_300, 100_000, 4_000_000] {
        assert_eq!(refusal_of(&key, &of_length(length)).await, TokenRefused::Malformed);
    }
}

#[tokio::test]
async fn what_stands_behind_or_before_a_token_makes_it_none() {
    let key = TestKey::es256("k");
    let honest = key.token();
    let (message, signature) = honest.rsplit_once('.').expect("three parts");
    let (header, claims) = message.split_once('.').expect("three parts");
    for odd in [
        format!("{honest}A"),
        format!("{honest}AAAA"),
        format!("{honest}\n"),
        format!("{honest}\u{0}"),
        format!("{honest} {honest}"),
        format!("{honest}.{honest}"),
        format!("{honest}.AA.AA"),
        format!("{honest},{honest}"),
        format!("\n{honest}"),
        format!(".{honest}"),
        format!("{header}.{claims}"),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{header}.{claims}.{signature}.AA.AA"),
    ] {
        let refused = refusal_of(&key, &odd).await;
        assert!(matches!(refused, TokenRefused::Malformed | TokenRefused::BadSignature), "{refused:?}: {}", odd.len());
    }
    let behind = |text: &str| signed(&key, &format!("{}{text}", key.header()), &super::claims().to_string());
    assert_eq!(refusal_of(&key, &behind("{}")).await, TokenRefused::Malformed);
    let behind = |text: &str| signed(&key, &key.header().to_string(), &format!("{}{text}", super::claims()));
    assert_eq!(refusal_of(&key, &behind("{\"sub\":\"az10005\"}")).await, TokenRefused::Malformed);
}

#[tokio::test]
async fn base64_is_taken_in_one_spelling_only() {
    let key = TestKey::es256("k");
    let honest = key.token();
    let parts: Vec<&str> = honest.split('.').collect();
    let with = |at: usize, part: &str| {
        let mut parts = parts.clone();
        parts[at] = part;
        parts.join(".")
    };
    for (at, part) in parts.iter().enumerate() {
        for padding in ["=", "=="] {
            let refused = refusal_of(&key, &with(at, &format!("{part}{padding}"))).await;
            assert!(matches!(refused, TokenRefused::Malformed | TokenRefused::BadSignature), "{at} {padding}");
        }
        let spaced = format!("{} {}", &part[..4], &part[4..]);
        assert!(answer_to(&key, &with(at, &spaced)).await.is_err(), "{at}");
    }
    // The last letter of a signature of 64 bytes holds four bits that mean nothing: they must be zero.
    let (kept, _) = parts[2].split_at(parts[2].len() - 1);
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut taken = 0;
    for letter in letters.chars() {
        taken += usize::from(answer_to(&key, &with(2, &format!("{kept}{letter}"))).await.is_ok());
    }
    assert_eq!(taken, 1, "one signature has one spelling");
    // The other alphabet of base64 is not ours.
    let other = base64url("\u{3ff}\u{3ff}>>>???").replace('-', "+").replace('_', "/");
    assert!(other.contains('+') || other.contains('/'), "{other}");
    assert_eq!(refusal_of(&key, &with(0, &other)).await, TokenRefused::Malformed);
}
