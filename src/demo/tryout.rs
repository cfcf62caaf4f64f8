//! What the demo prints: where everything listens, and `curl` lines that work when pasted.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use glasplade_adapters::contract::{Clock as _, SystemClock};
use glasplade_adapters::fake::population::NAMED;
use glasplade_adapters::fake::{DUBU_DEMO_COOKIE, Town, World, fasit_demo_token, sbsys_credentials};
use jiff::{SignedDuration, Timestamp};

use super::issuer::{DemoIssuer, names};
use crate::audit::AuditLog;
use crate::command::Failure;

/// A number that no citizen of the demo has.
const NOBODY: &str = "0101019999";

/// What a registrar records of a citizen's answer.
const YES: &str = r#"{"cpr":"NUMBER","answer":"given","by":[{"who":"citizen"}],"case_ref":"DEMO-1","purpose":"coordination","from":["JVS-JOB"],"to":["UUJ-KOORD"],"categories":["employment"],"field_classes":["existence","core","people"],"form":"oral","evidence":"NOTAT-7","text_version":"samtykke-2026-1","given_at":"2026-11-20T10:00:00+01:00"}"#;

/// Tokens in the printed lines are valid this long.
const VALID: SignedDuration = SignedDuration::from_hours(12);

fn number(handle: &str) -> &'static str {
    NAMED.iter().find(|(name, _, _)| *name == handle).map_or(NOBODY, |(_, cpr, _)| cpr)
}

/// Everything that a newcomer needs for the first five minutes.
pub(super) fn text(
    (address, audit_address, figures): (SocketAddr, SocketAddr, Option<SocketAddr>),
    town: &Town,
    world: &World,
    (issuer, world_time): (&DemoIssuer, Timestamp),
    state: &Path,
    log: &AuditLog,
) -> Result<String, Failure> {
    let now = SystemClock::default().now();
    let token = |caller: &str| issuer.token(caller, now, VALID).map_err(|error| error.to_string());
    let ask = |caller: &str, handle: &str, purpose: &str, more: &str| -> Result<String, Failure> {
        Ok(format!(
            "curl -sS http://{address}/v1/overviews -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' \
             -d '{{\"cpr\":\"{}\",\"purpose\":\"{purpose}\",\"case_ref\":\"DEMO-1\"{more}}}'",
            token(caller)?,
            number(handle)
        ))
    };
    let look_up = |caller: &str, handle: &str, purpose: &str| ask(caller, handle, purpose, "");
    let follow = |caller: &str| -> Result<String, Failure> {
        Ok(format!(
            "curl -sS http://{address}/v1/emergencies/search -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' -d '{{}}'",
            token(caller)?
        ))
    };
    let emergency = ",\"emergency\":{\"code\":\"life\",\"reason\":\"En anmelder frygter for borgerens liv i nat\"}";
    let control = town.control.base_url();
    let mut out = listening(town, world, world_time);
    let _ = writeln!(out, "The service      http://{address}   documentation http://{address}/docs");
    let _ = writeln!(out, "For auditors     http://{audit_address}   documentation http://{audit_address}/docs");
    if let Some(figures) = figures {
        let _ = writeln!(out, "For operators    http://{figures}/metrics");
    }
    out.push('\n');
    let _ =
        writeln!(out, "TRY: Claus, as his coordinator\n{}\n", look_up("coordinator-youth", "claus", "coordination")?);
    let _ = writeln!(
        out,
        "TRY: Claus, as the benefit officer (no trace of the treatment, which sits in the same department)\n{}\n",
        look_up("benefit-officer", "claus", "own_case")?
    );
    let _ = writeln!(
        out,
        "TRY: Sara and her family, as her caseworker: each under their own access\n{}\n",
        ask("caseworker-child", "sara", "own_case", ",\"household\":true")?
    );
    let _ = writeln!(
        out,
        "TRY: Henrik, as Henrik (nobody sees themselves; the answer is that of a stranger, and the audit knows)\n{}\n",
        look_up("benefit-officer", "henrik", "own_case")?
    );
    let _ = writeln!(
        out,
        "TRY: Kirsten while Fasit is down for her: switch the fault on, look her up, switch it off\n\
         curl -sS -X PUT {control}/faults -d '{{\"source\":\"fasit\",\"fault\":\"503\",\"cpr\":\"{}\"}}'\n{}\n\
         curl -sS -X DELETE {control}/faults\n",
        number("kirsten"),
        look_up("caseworker-jobcenter", "kirsten", "own_case")?
    );
    let _ =
        writeln!(out, "TRY: somebody whom nobody knows\n{}\n", look_up("caseworker-jobcenter", "nobody", "own_case")?);
    let _ = writeln!(
        out,
        "TRY: Tom at night, in an emergency; then what the leader of the duty office has to judge (one of them is overdue)\n{}\n{}\n",
        ask("on-call", "tom", "emergency", emergency)?,
        follow("leader-duty")?
    );
    let _ = writeln!(
        out,
        "TRY: Kirsten says yes to employment's share in her plan; the answer says by whom what may be seen, until when, and has a text for the journal\n\
         curl -sS http://{address}/v1/consents -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' \
         -H 'Idempotency-Key: 1' -d '{}'\n",
        token("coordinator-youth")?,
        YES.replace("NUMBER", number("kirsten"))
    );
    let _ = writeln!(
        out,
        "TRY: who looked at Claus, why, and on what ground? As the auditor, at the door for auditors\n\
         curl -sS http://{audit_address}/v1/audit/search -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' \
         -d '{{\"find\":{{\"cpr\":\"{}\"}}}}'\n",
        token("auditor")?,
        number("claus")
    );
    let _ = writeln!(
        out,
        "TRY: is the audit whole? (works while this runs, and knows no secret)\n\
         cargo run --release --features fakes -- audit verify --dir {} --public-key '{}'\n",
        log.directory().display(),
        log.verifier()
    );
    let _ = writeln!(out, "The named citizens:");
    for (handle, cpr, what) in NAMED {
        let _ = writeln!(out, "  {cpr}  {handle:<12} {what}");
    }
    let _ = writeln!(
        out,
        "\nTokens for the other callers: cargo run --release --features fakes -- token --state {} --as CALLER\n  {}\n\
         Faults: PUT, GET, DELETE {control}/faults   The audit: {}/audit (glasplade audit verify --dir …)\nCtrl-C stops it.",
        state.display(),
        names(),
        state.display()
    );
    Ok(out)
}

/// What `fakes` prints.
pub(super) fn fakes(town: &Town, world: &World, now: Timestamp) -> String {
    let mut out = listening(town, world, now);
    let _ = writeln!(
        out,
        "\nWhat they take   sbsys: client {} / {}, user {} / {}\n                 \
         fasit: X-Tenant aarhus, bearer {}\n                 \
         dubu: Cookie: {}\n                 \
         case_index, oio, persons, staff_directory: nothing (persons: an InvocationContext, see its README)",
        sbsys_credentials::CLIENT_ID,
        sbsys_credentials::CLIENT_SECRET,
        sbsys_credentials::USERNAME,
        sbsys_credentials::PASSWORD,
        fasit_demo_token(now),
        DUBU_DEMO_COOKIE,
    );
    let _ = write!(out, "Faults           PUT, GET, DELETE {}/faults\nCtrl-C stops them.", town.control.base_url());
    out
}

fn listening(town: &Town, world: &World, now: Timestamp) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "An invented town: {} citizens, {} cases and efforts, at {now:.0}",
        world.persons().len(),
        world.cases().len()
    );
    for server in &town.servers {
        let (plain, twin) = (server.base_url(), server.tls_base_url());
        let _ = writeln!(out, "{:<16} {plain}   (certificate that does not verify: {twin})", server.name());
    }
    out
}
