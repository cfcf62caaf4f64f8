//! What is not an honest token: other algorithms, other keys, other claims, other times, and noise.

use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::{AUDIENCE, KeyFile, TestKey, base64url, claims, clock, key_set, served, sign};
use crate::access::token::{SigningAlgorithm, TokenRefused, TokenVerifier};

/// What the verifier says to a token, with one key known to it.
pub(super) async fn answer_to(key: &TestKey, token: &str) -> Result<String, TokenRefused> {
    let file = KeyFile::new(&key_set(&[key]));
    let caller = file.verifier(&clock(), |_| {}).verify(token).await?;
    Ok(caller.employee().as_str().to_owned())
}

pub(super) async fn refusal_of(key: &TestKey, token: &str) -> TokenRefused {
    answer_to(key, token).await.expect_err("a refusal")
}

#[test]
fn the_start_up_test_passes() {
    assert_eq!(TokenVerifier::self_test(), Ok(()));
}

#[tokio::test]
async fn an_honest_token_of_each_default_algorithm_is_taken() {
    let keys = [
        TestKey::es256("ec"),
        TestKey::rsa("pss", Algorithm::PS256),
        TestKey::rsa("rsa", Algorithm::RS256),
        TestKey::ed25519("ed"),
    ];
    let file = KeyFile::new(&key_set(&keys.iter().collect::<Vec<_>>()));
    let verifier = file.verifier(&clock(), |_| {});
    for key in &keys {
        let caller = verifier.verify(&key.token()).await.expect(&key.kid);
        assert_eq!((caller.employee().as_str(), caller.unit()), ("az10002", Some("JVS-JOB")));
        assert!(caller.covers_kle("15.20.05") && caller.sensitivity_max() == Some(2));
    }
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let key = TestKey::es256("k");
    let honest = key.token();
    let (message, _) = honest.rsplit_once('.').expect("three parts");
    assert_eq!(refusal_of(&key, &format!("{message}.")).await, TokenRefused::BadSignature);
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": "k"}).to_string();
        let token = format!("{}.{}.", base64url(&header), base64url(&claims().to_string()));
        assert_eq!(refusal_of(&key, &token).await, TokenRefused::Malformed, "{algorithm}");
    }
}

#[tokio::test]
async fn the_public_key_is_not_a_secret_to_sign_with() {
    let key = TestKey::rsa("k", Algorithm::RS256);
    let as_json = key.jwk().to_string().into_bytes();
    for secret in [key.public.clone(), as_json, Vec::new()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": "k"});
            let token = sign(&header, &claims(), &EncodingKey::from_secret(&secret), algorithm);
            assert_eq!(refusal_of(&key, &token).await, TokenRefused::BadSignature);
        }
    }
}

#[tokio::test]
async fn a_key_is_not_used_with_another_algorithm_than_its_own() {
    let (ec, rsa) = (TestKey::es256("ec"), TestKey::rsa("rsa", Algorithm::RS256));
    let file = KeyFile::new(&key_set(&[&ec, &rsa]));
    let verifier = file.verifier(&clock(), |_| {});
    // The RSA key says RS256: the same key with PS256 is refused, though the signature is right.
    let pss = json!({"alg": "PS256", "typ": "at+jwt", "kid": "rsa"});
    let crossed = [
        sign(&pss, &claims(), &rsa.private, Algorithm::PS256),
        rsa.sign(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "ec"}), &claims()),
        ec.sign(&json!({"alg": "ES256", "typ": "at+jwt", "kid": "rsa"}), &claims()),
        ec.sign(&json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "ec"}), &claims()),
        ec.sign(&json!({"alg": "ES384", "typ": "at+jwt", "kid": "ec"}), &claims()),
    ];
    for token in crossed {
        assert_eq!(verifier.verify(&token).await, Err(TokenRefused::BadSignature));
    }
}

#[tokio::test]
async fn an_algorithm_that_is_switched_off_is_refused() {
    let (key, other) = (TestKey::es256("k"), TestKey::ed25519("e"));
    let file = KeyFile::new(&key_set(&[&key, &other]));
    let verifier = file.verifier(&clock(), |settings| settings.algorithms = vec![SigningAlgorithm::EdDsa]);
    assert_eq!(verifier.verify(&key.token()).await, Err(TokenRefused::BadSignature));
    assert!(verifier.verify(&other.token()).await.is_ok());
}

#[tokio::test]
async fn somebody_elses_key_under_a_known_name_is_refused() {
    let (key, thief) = (TestKey::es256("k"), TestKey::es256("k"));
    assert_eq!(refusal_of(&key, &thief.token()).await, TokenRefused::BadSignature);
}

#[tokio::test]
async fn a_token_may_not_bring_its_own_key() {
    let (key, thief) = (TestKey::es256("k"), TestKey::es256("thief"));
    let (_, thiefs_server, _) = served(&[&thief], &clock()).await;
    let address = format!("{}/keys", thiefs_server.base_url());
    for kid in ["k", "thief"] {
        let header = json!({
            "alg": "ES256", "typ": "at+jwt", "kid": kid, "jwk": thief.jwk(), "jku": address, "x5u": address,
            "x5c": ["AAAA"],
        });
        let expected = if kid == "k" { TokenRefused::BadSignature } else { TokenRefused::UnknownKey };
        assert_eq!(refusal_of(&key, &thief.sign(&header, &claims())).await, expected);
    }
    assert!(thiefs_server.take_recorded().is_empty(), "the token's addresses are not asked");
}

#[tokio::test]
async fn a_key_id_is_a_name_and_nothing_else() {
    let key = TestKey::es256("k");
    for kid in ["../../../../dev/null", "k' OR '1'='1", "k\u{0}", "K", "", "https://thief.example/", &"k".repeat(4_000)]
    {
        let token = key.sign(&json!({"alg": "ES256", "typ": "at+jwt", "kid": kid}), &claims());
        assert_eq!(refusal_of(&key, &token).await, TokenRefused::UnknownKey, "{kid}");
    }
    let without = key.sign(&json!({"alg": "ES256", "typ": "at+jwt"}), &claims());
    assert_eq!(answer_to(&key, &without).await, Ok("az10002".to_owned()), "there is one key only");
    let file = KeyFile::new(&key_set(&[&key, &TestKey::es256("other")]));
    assert_eq!(file.verifier(&clock(), |_| {}).verify(&without).await, Err(TokenRefused::UnknownKey));
}

#[tokio::test]
async fn a_critical_extension_is_refused_because_we_know_none() {
    let key = TestKey::es256("k");
    for crit in [json!(["b64"]), json!(["exp"]), json!([])] {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "k", "crit": crit, "b64": false});
        assert_eq!(refusal_of(&key, &key.sign(&header, &claims())).await, TokenRefused::Malformed);
    }
}

#[tokio::test]
async fn only_access_tokens_are_taken() {
    let key = TestKey::es256("k");
    let of_type = |typ: Value| key.sign(&json!({"alg": "ES256", "typ": typ, "kid": "k"}), &claims());
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        assert!(answer_to(&key, &of_type(json!(typ))).await.is_ok(), "{typ}");
    }
    for typ in [json!("JWT"), json!("id+jwt"), json!(""), Value::Null] {
        assert_eq!(refusal_of(&key, &of_type(typ)).await, TokenRefused::WrongType);
    }
    let file = KeyFile::new(&key_set(&[&key]));
    let lenient = file.verifier(&clock(), |settings| settings.accept_typ_jwt = true);
    assert!(lenient.verify(&of_type(json!("JWT"))).await.is_ok());
    assert_eq!(lenient.verify(&of_type(json!("id+jwt"))).await, Err(TokenRefused::WrongType));
}

#[tokio::test]
async fn issuer_audience_and_time_must_be_right() {
    let key = TestKey::es256("k");
    let now = super::now().as_second();
    let wrong = [
        ("iss", json!("https://other.example"), TokenRefused::WrongIssuer),
        ("aud", json!("other"), TokenRefused::WrongAudience),
        ("exp", json!(now - 30), TokenRefused::Expired),
        ("nbf", json!(now + 31), TokenRefused::NotYetValid),
        ("iat", json!(now + 31), TokenRefused::NotYetValid),
        ("exp", Value::Null, TokenRefused::MissingClaim("exp")),
        ("exp", json!(now + 86_401), TokenRefused::TooLongLived),
        ("exp", json!(i64::from(u32::MAX) * 40), TokenRefused::TooLongLived),
        ("exp", json!(u64::MAX), TokenRefused::Malformed),
        ("iat", json!(now - 86_400), TokenRefused::TooLongLived),
        ("aud", json!(["other", "glasplad", "GLASPLADE"]), TokenRefused::WrongAudience),
        ("aud", json!([[AUDIENCE]]), TokenRefused::WrongAudience),
        ("roles", Value::Null, TokenRefused::MissingClaim("roles")),
    ];
    for (claim, value, expected) in wrong {
        let token = key.token_with(|claims| claims[claim] = value);
        assert_eq!(refusal_of(&key, &token).await, expected, "{claim}");
    }
    for audience in [json!(AUDIENCE), json!(["other", AUDIENCE])] {
        assert!(answer_to(&key, &key.token_with(|claims| claims["aud"] = audience)).await.is_ok());
    }
    let in_leeway = key.token_with(|claims| (claims["exp"], claims["nbf"]) = (json!(now - 29), json!(now + 30)));
    assert!(answer_to(&key, &in_leeway).await.is_ok());
}

#[tokio::test]
async fn a_remembered_token_still_ends() {
    let (key, clock) = (TestKey::es256("k"), clock());
    let file = KeyFile::new(&key_set(&[&key]));
    let verifier = file.verifier(&clock, |_| {});
    let token = key.token_with(|claims| claims["exp"] = json!(super::now().as_second() + 5));
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance(SignedDuration::from_secs(34));
    assert!(verifier.verify(&token).await.is_ok(), "within the leeway");
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(verifier.verify(&token).await, Err(TokenRefused::Expired));
}

#[tokio::test]
async fn noise_is_refused_and_costs_nothing() {
    let key = TestKey::es256("k");
    assert_eq!(refusal_of(&key, "").await, TokenRefused::Missing);
    let honest = key.token();
    let too_long = key.token_with(|claims| claims["padding"] = json!("x".repeat(8_192)));
    let deep = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
    let noise = [
        "Bearer",
        ".",
        "..",
        "...",
        "a.b.c",
        "🦀.🦀.🦀",
        "\u{0}",
        "null",
        &too_long,
        &honest.replace('.', ""),
        &format!("{honest}."),
        &format!(" {honest}"),
        &format!("{honest}="),
        &format!("{}.{}.AA", base64url(&deep), base64url(&deep)),
        &format!("{}.{}.AA", base64url("{}"), base64url("{}")),
        &format!("{}.{}.AA", base64url(r#"{"alg":"ES256","alg":"none","typ":"at+jwt"}"#), base64url("{}")),
    ];
    for text in noise {
        let refused = refusal_of(&key, text).await;
        assert!(matches!(refused, TokenRefused::Malformed | TokenRefused::BadSignature), "{refused:?}");
    }
}

#[tokio::test]
async fn no_letter_of_a_token_can_be_changed() {
    let key = TestKey::es256("k");
    let file = KeyFile::new(&key_set(&[&key]));
    let verifier = file.verifier(&clock(), |settings| settings.jwks_refetch_min_s = u32::MAX);
    let honest = key.token();
    for at in 0..honest.len() {
        let mut forged = honest.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).expect("still ASCII");
        assert!(verifier.verify(&forged).await.is_err(), "letter {at}");
    }
    assert!(verifier.verify(&honest).await.is_ok());
}

#[tokio::test]
async fn a_refusal_and_the_verifier_say_nothing_of_the_token() {
    let key = TestKey::es256("k");
    let file = KeyFile::new(&key_set(&[&key]));
    let verifier = file.verifier(&clock(), |_| {});
    let token = key.token_with(|claims| claims["aud"] = json!("very-secret-audience"));
    let refused = verifier.verify(&token).await.expect_err("a refusal");
    let caller = verifier.verify(&key.token()).await.expect("a caller");
    let said = format!("{refused} {refused:?} {} {verifier:?} {caller:?}", refused.code());
    assert!(token.split('.').all(|part| !said.contains(part)) && !said.contains("very-secret"));
}
