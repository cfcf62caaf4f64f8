//! What an auditor is not answered: never an echo, always a problem, and in the log.

use http::StatusCode;
use serde_json::json;

use super::super::house::{House, get, post_to};
use super::auditor;
use crate::audit::Phase;
use crate::demo::handles::HANDLES;

const MARK: &str = "0101019998";

#[tokio::test]
async fn a_body_that_does_not_fit_is_told_what_to_change_and_is_in_the_log() {
    let house = House::open().await;
    let bodies = [
        ("search", json!({"find": {"cpr": "01010199"}})),
        ("search", json!({"find": {"employee": MARK}})),
        ("search", json!({"find": {"flags": [MARK]}})),
        ("search", json!({"cpr": MARK})),
        ("search", json!({"limit": 0})),
        ("search", json!({"limit": 1001})),
        ("search", json!({"after": MARK})),
        ("search", json!({"find": {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}})),
        ("sample", json!({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "count": 1, "seed": "kort"})),
        ("sample", json!({"count": 1})),
        ("export", json!({"format": MARK})),
        ("alarms/search", json!({"kind": MARK})),
        ("alarms/search", json!({"after": MARK})),
    ];
    for (path, body) in bodies {
        let before = house.entries().len();
        let answer = house.asks(auditor(), path, &body).await;
        assert_eq!((answer.status, &*answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-body"), "{body}");
        assert!(!answer.text().contains(MARK), "{}", answer.text());
        let entries = house.entries();
        let entry = entries.last().expect("an entry");
        assert_eq!((entries.len(), entry.phase), (before + 1, Phase::Refused), "{body}");
    }
}

#[tokio::test]
async fn whoever_may_not_ask_learns_nothing_of_how_to() {
    let house = House::open().await;
    let benefit = HANDLES.iter().find(|handle| handle.name == "benefit-officer").expect("a caller of the demo");
    for path in ["search", "sample", "export", "extract", "alarms/search", "alarms/x/follow-up"] {
        let answer = house.asks(benefit, path, &json!({"cpr": MARK})).await;
        assert_eq!((answer.status, &*answer.problem()), (StatusCode::FORBIDDEN, "not-for-role"), "{path}");
    }
    let answer = house.asks(auditor(), "extract", &json!({})).await;
    assert_eq!(answer.problem(), "not-for-role", "who audits does not release, and the other way round");
}

#[tokio::test]
async fn a_question_that_cannot_be_put_on_record_is_not_answered() {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await;
    house.app.audit().log().close().await;
    for (path, body) in [("search", json!({})), ("export", json!({"format": "csv"})), ("alarms/search", json!({}))] {
        let answer = house.asks(auditor(), path, &body).await;
        assert_eq!((answer.status, &*answer.problem()), (StatusCode::SERVICE_UNAVAILABLE, "audit-unavailable"));
        assert!(!answer.text().contains("az10003"));
    }
}

#[tokio::test]
async fn the_tree_answers_with_proofs_and_tiles_and_says_what_it_does_not_have() {
    let house = House::open().await;
    let token = house.audit_token(auditor());
    let ask = async |path: &str| house.ask(get(&format!("/v1/audit/{path}"), Some(&token), &[])).await;
    assert!(ask("checkpoint").await.text().starts_with("glasplade.demo.example/audit\n9\n"));
    let proof = ask("proofs?from=3&to=9").await.overview();
    assert_eq!((&proof["kind"], proof["hashes"][0].as_str().map(str::len)), (&json!("consistency"), Some(64)));
    assert_eq!(ask("tiles/0/000.p/9").await.body.len(), 288);
    for (path, code) in [
        ("proofs", "invalid-query"),
        ("proofs?seq=0&size=9", "invalid-query"),
        ("proofs?seq=1&size=9&from=1", "invalid-query"),
        ("proofs?seq=1&size=10", "not-in-the-tree"),
        ("tiles/0/001", "not-in-the-tree"),
        ("tiles/..%2F..%2Fkeys", "not-in-the-tree"),
    ] {
        assert_eq!(ask(path).await.problem(), code, "{path}");
    }
    let without = post_to("/v1/audit/checkpoint", Some(&token), &json!({}));
    assert_eq!(house.ask(without).await.status, StatusCode::METHOD_NOT_ALLOWED);
}
