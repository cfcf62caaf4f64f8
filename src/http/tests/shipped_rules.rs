//! The rules that ship, in the demo: somebody in each receiving unit may run each of them, and it finds somebody of the invented town.

use http::StatusCode;
use serde_json::{Value, json};

use super::house::House;
use crate::app::Waiting;
use crate::audit::AuditEntry;
use crate::target_groups::index::{IndexError, TargetIndex};
use crate::target_groups::poll::Wish;

/// Each rule, who receives its list, and its legal basis.
const SHIPPED: [(&str, &str, &str); 5] = [
    ("cross_department", "list-owner", "gdpr-6-1-e"),
    ("family_job_child", "list-owner-youth", "gdpr-6-1-e"),
    ("transition", "list-owner-youth", "gdpr-6-1-e"),
    ("long_cash_benefit", "list-owner-jobcenter", "gdpr-6-1-e"),
    ("fifty_plus", "list-owner-adult", "gdpr-9"),
];

/// No source tells it, so its rule finds nobody and says so.
const WITHOUT_SOURCE: &str = "long_cash_benefit";

async fn polled() -> House {
    let house = House::open().await;
    let poller = house.app.poller().expect("the demo has an index");
    let wish = Wish { newer_than: None, whole: true };
    let summary = poller.read_now(None, wish, true, &Waiting).await.expect("an index");
    assert!(summary.left.is_empty(), "{:?}", summary.left);
    house
}

fn run_of(basis: &str) -> Value {
    json!({"purpose": "target_group", "legal_basis": basis, "reason": "Mandagens liste til enheden her"})
}

#[tokio::test]
async fn each_shipped_rule_has_an_owner_in_the_demo_and_finds_somebody_with_a_reason_in_danish() {
    let house = polled().await;
    for (rule, owner, basis) in SHIPPED {
        let answer = house.post_to(owner, &format!("/v1/target-groups/{rule}/runs"), &run_of(basis)).await;
        assert_eq!(answer.status, StatusCode::OK, "{rule}: {}", answer.text());
        let list = answer.json();
        let gaps: Vec<&Value> = list["gaps"].as_array().expect("gaps").iter().map(|gap| &gap["kind"]).collect();
        let reasons: Vec<&str> = list["citizens"].as_array().expect("citizens").iter().map(reason).collect();
        if rule == WITHOUT_SOURCE {
            assert_eq!((gaps.as_slice(), reasons.len()), ([&json!("fact_without_source")].as_slice(), 0), "{rule}");
            continue;
        }
        assert!(gaps.is_empty() && !reasons.is_empty(), "{rule}: {gaps:?} {}", reasons.len());
        for reason in reasons {
            let is_sentence = reason.ends_with('.') && !reason.contains('_') && !reason.contains("  ");
            let says = ["Aktiv sag i ", " år; aktiv sag.", "Opfylder kriterierne."];
            assert!(is_sentence && says.iter().any(|words| reason.contains(words)), "{rule}: {reason}");
        }
    }
}

fn reason(row: &Value) -> &str {
    row["reason"].as_str().expect("a sentence")
}

#[tokio::test]
async fn what_an_operator_accepted_of_a_source_is_on_record_before_the_next_list_and_an_auditor_finds_it() {
    const ID: &str = "7d9a1c1e-3f5b-4f0e-9a6d-0f6e5a4b3c2d";
    let house = polled().await;
    let mut index = TargetIndex::open(&house.state().join("target-groups.sqlite")).expect("a file");
    let accepted = json!({"source": "sbsys", "at": "2026-11-24T07:30:00Z", "by": "az10013", "shrank": {"facts": 106, "untold": 33}});
    let put = index.change::<(), IndexError>(|change| change.put_state("accepted_shrinking", ID, &accepted));
    put.expect("writable");
    for _ in 0..2 {
        house.post_to("list-owner", "/v1/target-groups/cross_department/runs", &run_of("gdpr-6-1-e")).await;
    }
    let entries = house.entries();
    let is_word = |entry: &&AuditEntry| entry.event.as_ref().is_some_and(|event| event.what == "shrinking_accepted");
    let words: Vec<_> = entries.iter().filter(is_word).collect();
    assert_eq!(words.len(), 1, "once");
    assert_eq!(words[0].caller.as_ref().map(|caller| caller.employee.as_str()), Some("az10013"));
    let event = words[0].event.as_ref().expect("an event");
    let facts = ["source", "facts", "untold", "accepted_at"].map(|name| event.facts[name].as_str());
    assert_eq!(facts, ["sbsys", "106", "33", "2026-11-24T07:30:00Z"]);
    assert_eq!(event.id.map(|id| id.to_string()).as_deref(), Some(ID));
    let place = |is: &dyn Fn(&&AuditEntry) -> bool| entries.iter().position(|entry| is(&entry));
    let listed = place(&|entry| entry.route.starts_with("POST /v1/target-groups"));
    assert!(place(&is_word) < listed, "before the list");
    let found = house.look_ups_found(json!({"employee": "az10013", "kind": "record"})).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["event"]["what"], "shrinking_accepted");
}
