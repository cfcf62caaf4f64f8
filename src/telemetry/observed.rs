//! Figures that are looked up when somebody asks: how the sources, the audit, the credentials and telemetry itself do.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use opentelemetry::KeyValue;

use super::credentials::Credentials;
use super::diagnosis::Turn;
use super::expiry::Expiry;
use super::figures::{
    AUDIT_DURABLE, AUDIT_LAG, AUDIT_UNSIGNED, CREDENTIAL_ENDS, CREDENTIAL_STATE, FROM_MEMORY, Figure, SOURCE_ANSWERS,
    SOURCE_BREAKER, SOURCE_HEDGES, SOURCE_RECEIVED, SOURCE_RETRIES, SOURCE_ROWS, SOURCE_SPARED, SOURCE_STATE,
    SOURCE_TURN, TELEMETRY_DROPPED, TELEMETRY_SENT, UNDER_WAY, UNDER_WAY_MAX,
};
use super::meters::Meters;
use super::setup::Fates;
use crate::audit::Audit;
use crate::config::Language;
use crate::http::Admission;
use crate::pipeline::{Pipeline, SystemHealth};
use crate::sources::{BreakerState, LastState};

/// One value and its labels.
type Point = (u64, Vec<KeyValue>);

impl Meters {
    fn gauge(&self, figure: &'static Figure, look: impl Fn() -> Vec<Point> + Send + Sync + 'static) {
        let meter = self.meter();
        let gauge = meter.u64_observable_gauge(figure.name);
        let gauge = gauge.with_unit(figure.unit).with_description(figure.what);
        let _ = gauge.with_callback(move |told| look().iter().for_each(|(value, at)| told.observe(*value, at))).build();
    }

    fn counter(&self, figure: &'static Figure, look: impl Fn() -> Vec<Point> + Send + Sync + 'static) {
        let meter = self.meter();
        let counter = meter.u64_observable_counter(figure.name);
        let counter = counter.with_unit(figure.unit).with_description(figure.what);
        let _ =
            counter.with_callback(move |told| look().iter().for_each(|(value, at)| told.observe(*value, at))).build();
    }
}

/// Registers what is looked up. Nothing is held by it: when the service is gone, there is nothing to tell.
pub(crate) fn observe(
    meters: &Meters,
    pipeline: &Arc<Pipeline>,
    credentials: &Arc<Credentials>,
    admission: &Arc<Admission>,
    fates: Option<Fates>,
) {
    let (room, max) = (Arc::downgrade(admission), admission.max() as u64);
    meters.gauge(&UNDER_WAY, move || {
        room.upgrade().map(|room| (room.under_way() as u64, Vec::new())).into_iter().collect()
    });
    meters.gauge(&UNDER_WAY_MAX, move || vec![(max, Vec::new())]);
    let answers = Arc::downgrade(pipeline);
    meters.counter(&FROM_MEMORY, move || {
        let Some((made, repeated)) = answers.upgrade().map(|pipeline| pipeline.answers.counts()) else {
            return Vec::new();
        };
        let how = |code: &'static str| vec![KeyValue::new("how", code)];
        vec![(made, how("made")), (repeated, how("repeated"))]
    });
    sources(meters, pipeline, credentials);
    audit(meters, &pipeline.audit);
    endings(meters, credentials);
    if let Some(fates) = fates {
        of_telemetry(meters, &fates);
    }
}

fn sources(meters: &Meters, pipeline: &Arc<Pipeline>, credentials: &Arc<Credentials>) {
    type Points = fn(&SystemHealth) -> Vec<(&'static str, &'static str, u64)>;
    let each = |points: Points| {
        let pipeline: Weak<Pipeline> = Arc::downgrade(pipeline);
        move || {
            let Some(pipeline) = pipeline.upgrade() else { return Vec::new() };
            let mut all = Vec::new();
            for system in pipeline.systems() {
                let id = KeyValue::new("source.id", system.id.to_string());
                for (label, code, value) in points(&system) {
                    let labels = std::iter::once(id.clone());
                    let own = (!label.is_empty()).then(|| KeyValue::new(label, code));
                    all.push((value, labels.chain(own).collect()));
                }
            }
            all
        }
    };
    meters.gauge(
        &SOURCE_STATE,
        each(|system| {
            let states =
                [(LastState::Unknown, "unknown"), (LastState::Answering, "answering"), (LastState::Failing, "failing")];
            states.map(|(state, code)| ("state", code, u64::from(system.health.last == state))).into()
        }),
    );
    meters.counter(
        &SOURCE_ANSWERS,
        each(|system| {
            let told = &system.health.told;
            let all =
                [("fresh", told.fresh), ("cached", told.cached), ("stale", told.stale), ("nothing", told.nothing)];
            all.map(|(code, count)| ("state", code, count)).into()
        }),
    );
    meters.counter(&SOURCE_RETRIES, each(|system| vec![("", "", system.health.retried)]));
    meters.counter(&SOURCE_HEDGES, each(|system| vec![("", "", system.health.hedged)]));
    meters.counter(&SOURCE_SPARED, each(|system| vec![("", "", system.health.spared)]));
    meters.gauge(
        &SOURCE_BREAKER,
        each(|system| {
            BreakerState::ALL.map(|state| ("state", state.code(), u64::from(system.health.breaker == state))).into()
        }),
    );
    meters.counter(&SOURCE_RECEIVED, each(|system| vec![("", "", system.health.received_bytes)]));
    meters.counter(
        &SOURCE_ROWS,
        each(|system| {
            let health = &system.health;
            let all = [
                ("unreadable", health.unreadable_rows),
                ("wrong_citizen", health.wrong_citizen_rows),
                ("unclassified", health.unclassified_rows),
                ("unassigned", health.unassigned_rows),
            ];
            all.map(|(code, count)| ("oddity", code, count)).into()
        }),
    );
    let (pipeline, credentials) = (Arc::downgrade(pipeline), Arc::clone(credentials));
    meters.gauge(&SOURCE_TURN, move || {
        let Some(pipeline) = pipeline.upgrade() else { return Vec::new() };
        let credentials = credentials.now();
        let mut all = Vec::new();
        for system in pipeline.systems() {
            let whose = system.diagnosed(&credentials, Language::Da).turn;
            all.extend(Turn::ALL.map(|turn| {
                let labels = [("source.id", system.id.to_string()), ("turn", turn.code().to_owned())];
                (u64::from(turn == whose), labels.map(|(name, value)| KeyValue::new(name, value)).to_vec())
            }));
        }
        all
    });
}

fn audit(meters: &Meters, audit: &Arc<Audit>) {
    let look = |figure: fn(&Audit) -> u64| {
        let audit = Arc::downgrade(audit);
        move || audit.upgrade().map(|audit| (figure(&audit), Vec::new())).into_iter().collect()
    };
    meters.gauge(&AUDIT_DURABLE, look(|audit| audit.log().durable_seq()));
    meters.gauge(
        &AUDIT_UNSIGNED,
        // The signed end first: read the other way round, it could be past the durable one.
        look(|audit| {
            let signed = audit.log().signed_seq();
            audit.log().durable_seq().saturating_sub(signed)
        }),
    );
    meters.gauge(&AUDIT_LAG, look(|audit| audit.index().lag()));
}

fn endings(meters: &Meters, credentials: &Arc<Credentials>) {
    let labels = |name: &Arc<str>, kind: &'static str| {
        vec![KeyValue::new("credential", name.to_string()), KeyValue::new("kind", kind)]
    };
    let watched = Arc::clone(credentials);
    meters.gauge(&CREDENTIAL_STATE, move || {
        let each = watched.now().into_iter().flat_map(|one| {
            Expiry::ALL.map(|state| {
                let mut labels = labels(&one.name, one.kind);
                labels.push(KeyValue::new("state", state.code()));
                (u64::from(one.state == state), labels)
            })
        });
        each.collect()
    });
    let watched = Arc::clone(credentials);
    meters.gauge(&CREDENTIAL_ENDS, move || {
        let each = watched.now().into_iter().filter_map(|one| {
            let ends = u64::try_from(one.ends?.as_second()).ok()?;
            Some((ends, labels(&one.name, one.kind)))
        });
        each.collect()
    });
}

fn of_telemetry(meters: &Meters, fates: &Fates) {
    let all = [("traces", &fates.spans), ("logs", &fates.lines), ("metrics", &fates.figures)];
    let all = all.map(|(signal, fate)| (signal, Arc::clone(fate)));
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let sent = all.clone();
    meters.counter(&TELEMETRY_SENT, move || {
        sent.iter().map(|(signal, fate)| (count(&fate.sent), vec![KeyValue::new("signal", *signal)])).collect()
    });
    meters.counter(&TELEMETRY_DROPPED, move || {
        let each = all.iter().flat_map(|(signal, fate)| {
            let reasons = [("queue_full", &fate.queue_full), ("not_taken", &fate.not_taken)];
            reasons.map(|(reason, counter)| {
                (count(counter), vec![KeyValue::new("signal", *signal), KeyValue::new("reason", reason)])
            })
        });
        each.collect()
    });
}
