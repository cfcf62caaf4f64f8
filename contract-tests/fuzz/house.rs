//! The whole service over its fakes, without a socket of its own.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use glasplade::app::{App, Lent};
use glasplade::audit::Hand;
use glasplade::config::environment;
use glasplade::demo::issuer::DemoIssuer;
use glasplade::demo::{configuration, prepare, unhurried};
use glasplade::http::Listener;
use glasplade::random::SystemRandom;
use glasplade_adapters::contract::{Clock, ManualClock};
use glasplade_adapters::fake::population::NAMED;
use glasplade_adapters::fake::{Town, TownSettings, World};
use http::{Request, header};
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt as _;

use crate::folder::Folder;

/// The service, and those who sign for its callers.
pub(crate) struct House {
    pub(crate) app: App,
    router: Router,
    auditors: Router,
    issuer: DemoIssuer,
    now: Timestamp,
    _town: Town,
    folder: Folder,
}

impl House {
    pub(crate) async fn open(name: &str) -> Self {
        let folder = Folder::new(name);
        let now: Timestamp = "2026-11-24T09:00:00+01:00".parse().expect("a moment");
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now));
        let world = Arc::new(World::invent(1, 20, now));
        let town = Town::start(Arc::clone(&world), Arc::clone(&clock), TownSettings::FREE).await.expect("a town");
        let issuer = prepare(&folder.0, now, &world).expect("an issuer");
        let mut config = configuration(&folder.0, &town, &[]).expect("the demo's configuration");
        unhurried(&mut config, 60_000);
        let lent =
            Lent { clock: Arc::clone(&clock), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
        let app = App::build(&config, &environment(), &lent).expect("the service");
        let (router, auditors) = (app.router(), app.audit_router().expect("the auditors' listener"));
        Self { app, router, auditors, issuer, now, _town: town, folder }
    }

    /// The demo's state, the audit among it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder.0
    }

    /// A token of the caller with this name.
    pub(crate) fn token(&self, handle: &str) -> String {
        self.issuer.token(handle, self.now, SignedDuration::from_hours(1)).expect("a handle of the demo")
    }

    /// What this listener says to this body.
    pub(crate) async fn post(&self, listener: Listener, path: &str, token: &str, body: Vec<u8>) -> Response {
        let router = match listener {
            Listener::Service => &self.router,
            Listener::Audit => &self.auditors,
        };
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .expect("a request");
        let Ok(answer) = router.clone().oneshot(request).await;
        answer
    }
}

/// A citizen of the demo.
pub(crate) fn citizen() -> &'static str {
    NAMED.iter().find(|(name, ..)| *name == "kirsten").expect("a citizen of the demo").1
}
