//! Who sees what: every named citizen as each of the demo's callers, in one text that is read like a law.
//!
//! A change of who sees what is a change of `who_sees_what.txt`: `UPDATE=1 cargo test` writes it, and the difference is
//! reviewed like code, against the rules and not against what the service happens to do.

use std::fmt::Write as _;

use glasplade_adapters::fake::population::NAMED;
use serde_json::{Value, json};

use crate::config::environment;
use crate::demo::handles::{HANDLES, Handle};
use crate::http::tests::house::{Answer, House, items, notices, post};
use crate::http::tests::told::member_in_words;

const TABLE: &str = include_str!("who_sees_what.txt");

const HEAD: &str = "\
Who sees what: every named citizen of the demo as each of its callers, nine o'clock on 24 November 2026.

A caller's line: what is shown, as kind (basis: person = works on it, unit = the unit does, granting = granted the caller's
own effort); what is told of without being shown; rows that the window hides; what is told of the citizen's person, first
without and then with a written reason; the family by the register, each under their own access; the bars in the audit.
`nothing` is the answer that a number gets which nobody has. `refused` is no answer at all, whoever the citizen is.
";

/// What a caller of this role asks for: the purpose that the role is for.
fn question(handle: &Handle) -> Value {
    let purpose = match handle.roles[0] {
        "coordinator" | "consent_registrar" => "coordination",
        "reception" => "new_contact",
        "on_call" => "emergency",
        "leader" => "management",
        "list_owner" => "target_group",
        "auditor" => "oversight",
        "operator" => "selftest",
        "insight_officer" => "insight",
        _ => "own_case",
    };
    let mut body = json!({"purpose": purpose, "case_ref": "2026-001234", "household": true});
    body["reason"] = json!("Et opslag for at se, hvem der ser hvad");
    if purpose == "emergency" {
        body["emergency"] = json!({"code": "life", "reason": "Et opslag for at se, hvem der ser hvad"});
        body["household"] = json!(false);
    }
    body
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn joined(mut parts: Vec<String>) -> String {
    parts.sort();
    // Ole has several of a kind.
    let mut counted: Vec<(String, usize)> = Vec::new();
    for part in parts {
        match counted.last_mut() {
            Some((last, times)) if *last == part => *times += 1,
            _ => counted.push((part, 1)),
        }
    }
    let times = |(part, times): (String, usize)| if times > 1 { format!("{times} × {part}") } else { part };
    counted.into_iter().map(times).collect::<Vec<_>>().join(", ")
}

fn shown(overview: &Value) -> String {
    let word = |item: &Value| {
        let basis = item["basis"]["own"].as_str().unwrap_or(text(&item["basis"], "code")).to_owned();
        let kind = item["kind"]["code"].as_str().unwrap_or("that there is a case");
        format!("{kind} ({basis})")
    };
    joined(items(overview).iter().map(word).collect())
}

fn told(overview: &Value) -> String {
    joined(notices(overview).iter().map(|one| format!("{} {}", text(one, "mode"), text(one, "department"))).collect())
}

fn citizen(overview: &Value) -> String {
    let citizen = &overview["citizen"];
    if citizen.is_null() {
        return "no word".to_owned();
    }
    let has = |field: &str| if citizen[field].is_null() { "no " } else { "" };
    format!("{}name, {}address, {}", has("name"), has("address"), text(&citizen["protection"], "code"))
}

/// Rows that the window hides: only those that the caller could see are counted.
fn hidden(overview: &Value) -> Option<String> {
    let count = overview["hidden_by_window"].as_u64().expect("a number");
    (count > 0).then(|| format!("hides    {count} older"))
}

/// One line each: what this caller sees of this citizen.
fn in_words(plain: &Answer, with_reason: &Answer, bars: &[String]) -> Vec<String> {
    if !plain.status.is_success() {
        return vec![format!("refused, {}", plain.problem())];
    }
    let overview = plain.overview();
    let bars = (!bars.is_empty()).then(|| format!("bars     {}", bars.join(", ")));
    if overview["empty_text"].is_string() {
        for empty in [&overview, &with_reason.overview()] {
            assert!(items(empty).is_empty() && notices(empty).is_empty() && empty["citizen"].is_null(), "{empty:#}");
            // An emergency is about one citizen: no family is asked for.
            let members = &empty["household"]["members"];
            assert!(*members == json!([]) || !empty["emergency"].is_null(), "{empty:#}");
            assert_eq!((&empty["call_first"], &empty["actors"]), (&Value::Null, &json!([])), "{empty:#}");
        }
        return [Some("nothing".to_owned()), hidden(&overview), bars].into_iter().flatten().collect();
    }
    let members = overview["household"]["members"].as_array();
    assert!(members.is_some() || !overview["emergency"].is_null(), "asked for");
    let mut family: Vec<String> = members.into_iter().flatten().map(member_in_words).collect();
    family.sort();
    let line = |head: &str, text: String| (!text.is_empty()).then(|| format!("{head:<9}{text}"));
    let lines = [
        line("shows", shown(&overview)),
        line("tells", told(&overview)),
        hidden(&overview),
        line("citizen", format!("{}; with a reason: {}", citizen(&overview), citizen(&with_reason.overview()))),
        line("family", family.join("; ")),
        bars,
    ];
    lines.into_iter().flatten().collect()
}

impl House {
    async fn seen_in_words(&self, handle: &Handle, cpr: &str) -> Vec<String> {
        let mut body = question(handle);
        body["cpr"] = json!(cpr);
        let token = self.token_of(handle);
        let plain = self.send(post(Some(&token), &body)).await;
        body["protected"] = json!({"reason": "Et brev skal frem til borgeren selv"});
        let with_reason = self.send(post(Some(&token), &body)).await;
        assert_eq!(plain.status, with_reason.status);
        let bars = if plain.status.is_success() { self.bars_of_last_answer() } else { Vec::new() };
        in_words(&plain, &with_reason, &bars)
    }
}

async fn table(house: &House) -> String {
    let mut table = HEAD.to_owned();
    for (name, cpr, sentence) in NAMED {
        let _ = writeln!(table, "\n{name}: {sentence}");
        // Callers who see the same stand on one line, in the order of the first.
        let mut rows: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
        for handle in HANDLES {
            let lines = house.seen_in_words(handle, cpr).await;
            match rows.iter_mut().find(|(_, known)| *known == lines) {
                Some((callers, _)) => callers.push(handle.name),
                None => rows.push((vec![handle.name], lines)),
            }
        }
        for (callers, lines) in rows {
            // One line stands beside the callers, several stand below.
            let (between, lines) = (if lines.len() == 1 { ": " } else { "\n      " }, lines.join("\n      "));
            let _ = writeln!(table, "  {}{between}{lines}", callers.join(", "));
        }
    }
    table
}

#[tokio::test]
async fn every_named_citizen_as_each_caller_of_the_demo() {
    let house = House::open().await;
    let table = table(&house).await;
    if environment().0("UPDATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/tests/situations/who_sees_what.txt");
        return std::fs::write(path, table).expect("the table is written");
    }
    for (at, (now, then)) in table.lines().zip(TABLE.lines()).enumerate() {
        assert_eq!(now, then, "line {} of who_sees_what.txt: {table}", at + 1);
    }
    assert_eq!(table, TABLE, "who sees what has changed; run with UPDATE=1 and review the difference");
}
