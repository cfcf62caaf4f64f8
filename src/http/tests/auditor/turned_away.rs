//! What an auditor is not answered: never an echo, always a problem, and in the log.

use http::StatusCode;
use serde_json::json;

use super::super::house::{House, INSIGHT_OFFICER, get, post_to};
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

/// The segments of the audit, oldest first.
fn segments(house: &House) -> Vec<std::path::PathBuf> {
    let files = house.app.audit().log().directory().read_dir().expect("a folder");
    let paths = files.map(|file| file.expect("a file").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|kind| kind == "seg")).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn while_the_index_does_not_have_all_of_the_log_a_part_is_never_told_for_the_whole() {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await;
    assert!(house.app.audit().index().caught_up());
    // The log goes on in the file that it has open; the index, which opens it anew, stands still.
    for path in segments(&house) {
        std::fs::remove_file(path).expect("there");
    }
    let extract = json!({"prepare": {"cpr": MARK, "requested_by": "citizen"}});
    let range =
        json!({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "count": 1, "seed": "a good seed"});
    let asked = [
        (auditor(), "search", json!({})),
        (auditor(), "export", json!({"format": "csv"})),
        (auditor(), "sample", range),
        (auditor(), "alarms/search", json!({})),
        (&INSIGHT_OFFICER, "extract", extract),
    ];
    // So that the first question, whose own record comes later, has something that is missing, too.
    house.look_up("benefit-officer", "claus").await;
    for (who, path, body) in asked {
        let answer = house.asks(who, path, &body).await;
        assert_eq!(
            (answer.status, &*answer.problem()),
            (StatusCode::SERVICE_UNAVAILABLE, "audit-index-behind"),
            "{path}"
        );
        assert!(answer.text().contains("behind by"), "{}", answer.text());
    }
}

#[tokio::test]
async fn an_entry_that_was_changed_is_told_as_a_flaw_and_never_as_one_that_has_expired() {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await;
    assert!(house.app.audit().index().caught_up() && house.app.audit().log().signed_up());
    let path = segments(&house).remove(0);
    let places = house.app.audit().index().reader().places_after(0).expect("a search");
    // Byte by byte in place: the log has the file open.
    let bytes = std::fs::read(&path).expect("there");
    let last = places.len() as u64;
    let mut at = 0;
    for _ in 1..last {
        at += 4 + usize::try_from(u32::from_be_bytes(bytes[at..at + 4].try_into().expect("a length"))).expect("small");
    }
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("there");
    // The day of its key, which makes it look like one whose key is gone.
    let day = at + 4 + 5;
    std::os::unix::fs::FileExt::write_all_at(&file, &[bytes[day] ^ 1], day as u64).expect("writable");
    for (path, body) in [("search", json!({})), ("search", json!({"find": {"employee": "az10003"}}))] {
        let answer = house.asks(auditor(), path, &body).await;
        assert_eq!((answer.status, &*answer.problem()), (StatusCode::SERVICE_UNAVAILABLE, "audit-flawed"), "{path}");
        assert!(answer.text().contains("glasplade audit verify"), "{}", answer.text());
    }
}
