//! What the service's figures are looked up in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use glasplade_adapters::register::Environment;
use glasplade_adapters::transport::Secret;

use super::Lent;
use crate::config::Config;
use crate::http::Admission;
use crate::pipeline::Pipeline;
use crate::telemetry::{self, Credentials, Meters};

/// What figures are looked up in. Its `Debug` shows nothing: behind it lies everything that is remembered of citizens.
pub(super) struct Observed {
    pub(super) meters: Arc<Meters>,
    pipeline: Arc<Pipeline>,
    pub(super) credentials: Arc<Credentials>,
    pub(super) admission: Arc<Admission>,
}

impl Observed {
    pub(super) fn new(config: &Config, environment: &Environment, lent: &Lent, pipeline: &Arc<Pipeline>) -> Self {
        let meters = Meters::new(lent.random.as_ref());
        pipeline.sources.measured_by(&meters);
        pipeline.people.measured_by(&meters);
        pipeline.staff.measured_by(&meters);
        // Certificates and secrets end in the real world.
        let credentials = Credentials::new(config, environment, Arc::clone(&lent.token_clock));
        let service = &config.service.service;
        let longest = Duration::from_millis(service.deadline_max_ms);
        Self {
            meters,
            pipeline: Arc::clone(pipeline),
            credentials: Arc::new(credentials),
            admission: Admission::new(service.requests_max, longest),
        }
    }

    pub(super) fn router(&self, secret: Option<Secret>) -> Router {
        telemetry::metrics_router(Arc::clone(&self.meters), secret)
    }

    pub(super) fn begin(&self, fates: Option<telemetry::Fates>) {
        telemetry::observe(&self.meters, &self.pipeline, &self.credentials, &self.admission, fates);
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Observed")
    }
}
