//! How keys come and go: rotation, withdrawal, an issuer that is down, and strangers who try to make us ask.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use glasplade_adapters::fake::Fault;
use jiff::SignedDuration;

use super::{KeyFile, TestKey, clock, key_set, served};
use crate::access::token::{TokenRefused, TokenVerifier};

const PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// Asks until the answer is as wanted; the fetch behind it is a task of its own.
async fn eventually(verifier: &TokenVerifier, token: &str, wanted: Result<(), TokenRefused>) {
    let asked = async {
        while verifier.verify(token).await.map(drop) != wanted {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("the wanted answer");
}

#[tokio::test]
async fn the_key_set_is_fetched_once_for_many_callers() {
    let key = TestKey::es256("k");
    let (_, server, verifier) = served(&[&key], &clock()).await;
    let token = key.token();
    let answers = join_all((0..50).map(|_| verifier.verify(&token))).await;
    assert!(answers.iter().all(Result::is_ok));
    let asked = server.take_recorded();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].method.as_str(), asked[0].target.as_str()), ("GET", "/keys"));
    assert!(asked[0].headers.contains_key("traceparent") && !asked[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_storm_of_unknown_keys_is_one_fetch_in_thirty_seconds() {
    let (key, clock) = (TestKey::es256("k"), clock());
    let (_, server, verifier) = served(&[&key], &clock).await;
    assert_eq!(verifier.load_keys().await, Ok(1));
    server.take_recorded();
    let strangers: Vec<String> = (0..200).map(|at| TestKey::es256(&format!("stranger-{at}")).token()).collect();
    let storm = || join_all(strangers.iter().map(|token| verifier.verify(token)));
    assert!(storm().await.iter().all(|answer| *answer == Err(TokenRefused::UnknownKey)));
    assert_eq!(server.take_recorded().len(), 1);
    clock.advance(PAUSE - SignedDuration::from_secs(1));
    storm().await;
    assert_eq!(server.take_recorded().len(), 0);
    clock.advance(SignedDuration::from_secs(1));
    storm().await;
    assert_eq!(server.take_recorded().len(), 1);
    assert!(verifier.verify(&key.token()).await.is_ok(), "who has an honest token notices nothing");
}

#[tokio::test]
async fn rotation_refuses_nobody() {
    let (old, new) = (TestKey::es256("old"), TestKey::ed25519("new"));
    let (issuer, server, verifier) = served(&[&old], &clock()).await;
    assert!(verifier.verify(&old.token()).await.is_ok());
    issuer.publish(key_set(&[&old, &new]));
    let tokens: Vec<String> = (0..40).map(|at| if at % 2 == 0 { old.token() } else { new.token() }).collect();
    let answers = join_all(tokens.iter().map(|token| verifier.verify(token))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(server.take_recorded().len(), 2, "one fetch at start, one for the new key");
}

/// Portals that ask without a pause, one with the key of the day, one with that of tomorrow, and strangers among them.
#[expect(clippy::disallowed_methods, reason = "portals of their own, at the same time, on two threads")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotation_under_load_fails_no_request_and_asks_once_in_thirty_seconds() {
    const ROUNDS: usize = 8;
    let keys: Vec<TestKey> = (0..=ROUNDS).map(|at| TestKey::es256(&format!("k{at}"))).collect();
    let clock = clock();
    let (issuer, server, verifier) = served(&[&keys[0]], &clock).await;
    assert_eq!(verifier.load_keys().await, Ok(1));
    server.take_recorded();
    for round in 0..ROUNDS {
        clock.advance(PAUSE);
        // Published before it is used, and the old one stays for as long as its tokens live.
        issuer.publish(key_set(&keys.iter().take(round + 2).collect::<Vec<_>>()));
        let honest: Vec<String> = (0..60).map(|at| keys[round + at % 2].token()).collect();
        let strangers: Vec<String> = (0..20).map(|at| TestKey::es256(&format!("s{round}-{at}")).token()).collect();
        let asked = honest.iter().map(|token| (true, token)).chain(strangers.iter().map(|token| (false, token)));
        let asked: Vec<_> = asked
            .map(|(is_honest, token)| {
                let (verifier, token) = (Arc::clone(&verifier), token.clone());
                tokio::task::spawn(async move { (is_honest, verifier.verify(&token).await.map(drop)) })
            })
            .collect();
        for answer in join_all(asked).await {
            let (is_honest, answer) = answer.expect("no task panics");
            let wanted = if is_honest { Ok(()) } else { Err(TokenRefused::UnknownKey) };
            assert_eq!(answer, wanted, "round {round}");
        }
        assert_eq!(server.take_recorded().len(), 1, "round {round}: one fetch, whoever asked for it");
    }
}

#[tokio::test]
async fn a_withdrawn_key_is_gone_when_the_set_is_old() {
    let (old, new, clock) = (TestKey::es256("old"), TestKey::es256("new"), clock());
    let (issuer, _server, verifier) = served(&[&old], &clock).await;
    let token = old.token();
    assert!(verifier.verify(&token).await.is_ok());
    issuer.publish(key_set(&[&new]));
    clock.advance(SignedDuration::from_secs(900));
    assert!(verifier.verify(&token).await.is_ok(), "not old yet");
    clock.advance(SignedDuration::from_secs(1));
    eventually(&verifier, &token, Err(TokenRefused::UnknownKey)).await;
    assert!(verifier.verify(&new.token()).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_fails_changes_nothing() {
    let (key, clock) = (TestKey::es256("k"), clock());
    let (_, server, verifier) = served(&[&key], &clock).await;
    assert!(verifier.verify(&key.token()).await.is_ok());
    for fault in [Fault::Status(503), Fault::Html, Fault::Truncated, Fault::Endless, Fault::Tls] {
        server.faults().set(None, fault);
        clock.advance(PAUSE);
        assert_eq!(verifier.verify(&TestKey::es256("x").token()).await, Err(TokenRefused::UnknownKey));
        assert!(verifier.verify(&key.token()).await.is_ok(), "{fault}");
    }
}

#[tokio::test]
async fn an_empty_key_set_is_a_failure_not_a_withdrawal() {
    let (key, clock) = (TestKey::es256("k"), clock());
    let (issuer, _server, verifier) = served(&[&key], &clock).await;
    assert!(verifier.verify(&key.token()).await.is_ok());
    issuer.publish("{\"keys\":[]}".to_owned());
    assert_eq!(verifier.verify(&TestKey::es256("x").token()).await, Err(TokenRefused::UnknownKey));
    assert!(verifier.verify(&key.token()).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_is_down_at_start_is_asked_again_after_the_pause() {
    let (key, clock) = (TestKey::es256("k"), clock());
    let (_, server, verifier) = served(&[&key], &clock).await;
    server.faults().set(None, Fault::Status(503));
    assert_eq!(verifier.load_keys().await, Err(TokenRefused::KeysUnavailable));
    server.faults().clear_all();
    assert_eq!(verifier.verify(&key.token()).await, Err(TokenRefused::KeysUnavailable), "too soon");
    assert_eq!(server.take_recorded().len(), 1);
    clock.advance(PAUSE);
    assert!(verifier.verify(&key.token()).await.is_ok());
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_the_fetch_it_began() {
    let (old, new) = (TestKey::es256("old"), TestKey::es256("new"));
    let (issuer, server, verifier) = served(&[&old], &clock()).await;
    assert!(verifier.verify(&old.token()).await.is_ok());
    issuer.publish(key_set(&[&old, &new]));
    let stranger = TestKey::es256("stranger").token();
    assert!(verifier.verify(&stranger).now_or_never().is_none(), "it waits for the fetch, and is dropped here");
    eventually(&verifier, &new.token(), Ok(())).await;
    assert_eq!(server.take_recorded().len(), 2);
}

#[tokio::test]
async fn a_changed_file_is_read_at_the_next_token() {
    let (old, new) = (TestKey::es256("old"), TestKey::ed25519("new"));
    let file = KeyFile::new(&key_set(&[&old]));
    let verifier = file.verifier(&clock(), |_| {});
    assert!(verifier.verify(&old.token()).await.is_ok());
    std::fs::write(&file.0, key_set(&[&new])).expect("a file");
    assert_eq!(verifier.verify(&old.token()).await, Err(TokenRefused::UnknownKey), "though it was remembered");
    assert!(verifier.verify(&new.token()).await.is_ok());
}

#[tokio::test]
async fn a_file_that_breaks_or_goes_away_keeps_the_old_keys() {
    let key = TestKey::es256("k");
    let file = KeyFile::new(&key_set(&[&key]));
    let verifier = file.verifier(&clock(), |_| {});
    assert!(verifier.verify(&key.token()).await.is_ok());
    std::fs::write(&file.0, "{\"keys\":").expect("a file");
    assert!(verifier.verify(&key.token()).await.is_ok());
    std::fs::remove_file(&file.0).expect("a file to remove");
    assert!(verifier.verify(&key.token()).await.is_ok());
    let late = KeyFile::new(&key_set(&[&key]));
    std::fs::remove_file(&late.0).expect("a file to remove");
    let verifier = Arc::new(late.verifier(&clock(), |_| {}));
    assert_eq!(verifier.verify(&key.token()).await, Err(TokenRefused::KeysUnavailable));
    std::fs::write(&late.0, key_set(&[&key])).expect("a file");
    assert!(verifier.verify(&key.token()).await.is_ok(), "a file that appears needs no pause");
}
