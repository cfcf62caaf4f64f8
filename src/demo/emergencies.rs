//! What the leader of the duty office finds on the demo's first day: two look-ups of Tom by night, one judged not justified, one
//! that nobody has judged in time. Nothing when the ledger holds something already.

use std::sync::Arc;

use glasplade_adapters::contract::CprNumber;
use glasplade_adapters::fake::population::NAMED;
use glasplade_adapters::transport::Secret;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;

use crate::access::EmergencyCode;
use crate::app::App;
use crate::audit::{Pseudonym, PseudonymKey, entry_id};
use crate::command::Failure;
use crate::config::{Config, environment};
use crate::emergencies::{Emergency, Event, Judgement, What};
use crate::random::{Random as _, SystemRandom};

/// Puts them on record, in audit and ledger.
///
/// The consents that the ledger starts with are put on record in the same first start.
pub(super) async fn seed(app: &App, config: &Config, now: Timestamp) -> Result<(), Failure> {
    let citizen = tom(config)?;
    let days_ago = |days: i64| now.saturating_sub(SignedDuration::from_hours(24 * days + 10)).unwrap_or(now);
    let by = ("az10009", EmergencyCode::Other, "Jeg ville se, om borgeren havde fået svar på sin ansøgning");
    let mut judged = drafted(app, citizen, days_ago(12), by);
    let judgement = What::Judged {
        judgement: Judgement::NotJustified,
        note: "Der var ingen akut fare. Vi har talt om, hvad nødadgang er til.".to_owned(),
        judge_by: None,
    };
    let at = judged.opened_at.saturating_add(SignedDuration::from_hours(34)).unwrap_or(now);
    judged.events = vec![Event { at, by: Some("az10045".to_owned()), what: judgement }];
    let by = ("az10036", EmergencyCode::Life, "Borgeren ringede og truede med at tage sit liv");
    let overdue = drafted(app, citizen, days_ago(7), by);
    let trace_id: Arc<str> = Arc::from(crate::hex(&SystemRandom.bytes16()));
    let seeded = app.emergencies().seed(&[judged, overdue], &trace_id).await;
    if seeded.map_err(|refusal| format!("put the demo's emergencies on record: failed to {refusal}"))? {
        let put = app.consents().put_seed_on_record(&trace_id).await;
        put.map_err(|error| format!("put the demo's consents on record: failed to {error}"))?;
    }
    Ok(())
}

fn tom(config: &Config) -> Result<Pseudonym, Failure> {
    let number = NAMED.iter().find(|(name, ..)| *name == "tom").map(|(_, cpr, _)| CprNumber::parse(cpr));
    let number = number.and_then(Result::ok).ok_or("find Tom among the named citizens")?;
    let secret = Secret::from_reference(&config.service.privacy.pseudonym_key, &*environment().0);
    let secret = secret.and_then(|secret| secret.read()).map_err(|error| format!("read the demo's key: {error}"))?;
    let key = PseudonymKey::new(secret.expose_secret().as_bytes()).map_err(|error| error.to_string())?;
    Ok(key.of(&number))
}

/// Opened by this employee, with this code and reason.
fn drafted(
    app: &App,
    citizen: Pseudonym,
    opened_at: Timestamp,
    (employee, code, reason): (&str, EmergencyCode, &str),
) -> Emergency {
    let (ends_at, judge_by, tell_by) = app.emergencies().times(opened_at);
    let mut random = [0_u8; 10];
    SystemRandom.fill(&mut random);
    Emergency {
        id: entry_id(opened_at, random),
        citizen: vec![citizen],
        employee: employee.to_owned(),
        department: Some("MSB".to_owned()),
        unit: Some("VAGT".to_owned()),
        leader: None,
        code,
        reason: reason.to_owned(),
        after_refusal: false,
        opened_at,
        ends_at,
        judge_by,
        tell_by,
        events: Vec::new(),
    }
}
