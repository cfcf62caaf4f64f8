//! The bearer token: asked for with the configured grant, held until a minute before its end, renewed once when refused.

use std::sync::Arc;

use http::header::{ACCEPT, AUTHORIZATION};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};

use super::reads::{READS, TOKEN, TOKEN_ELSEWHERE, TOKEN_READS};
use super::settings::{Grant, Settings};
use super::{fault, wire};
use crate::contract::{CallContext, ReadOperation, SourceError, SourceErrorKind};
use crate::register::{BuildError, SourceConfig};
use crate::transport::session::RENEW_BEFORE_END;
use crate::transport::{Answer, Body, Call, Connection, ConnectionSettings, Held, Secret, Session};

/// SBSYS behind its token.
#[derive(Debug)]
pub(super) struct Door {
    api: Connection,
    /// The same connection, unless the token service is configured to be elsewhere.
    tokens: Connection,
    token_operation: &'static ReadOperation,
    credentials: Credentials,
    session: Session<SecretString>,
}

#[derive(Debug)]
struct Credentials {
    grant: Grant,
    client_id: String,
    client_secret: Option<Secret>,
    username: Option<String>,
    password: Option<Secret>,
}

impl Door {
    /// Opens nothing yet: the first call asks for the token.
    pub(super) fn new(config: &SourceConfig<'_>, settings: &Settings) -> Result<Self, BuildError> {
        let secret = |reference: &Option<String>, name| {
            let environment = &*config.environment.0;
            let read = |reference: &String| Secret::from_reference(reference, environment);
            reference.as_ref().map(read).transpose().map_err(|error| BuildError::Secret(error, name))
        };
        let api = Connection::new(&config.connection, READS)?;
        let is_usual = settings.token_path == TOKEN.path;
        let tokens = if is_usual && settings.token_base_url.is_none() {
            api.clone()
        } else {
            let base = settings.token_base_url.as_ref().unwrap_or(&config.connection.base_url).trim_end_matches('/');
            let path = if is_usual { "" } else { &settings.token_path };
            let base_url = format!("{base}{path}");
            Connection::new(&ConnectionSettings { base_url, ..config.connection.clone() }, TOKEN_READS)?
        };
        Ok(Self {
            api,
            tokens,
            token_operation: if is_usual { &TOKEN } else { &TOKEN_ELSEWHERE },
            credentials: Credentials {
                grant: settings.grant,
                client_id: settings.client_id.clone(),
                client_secret: secret(&settings.client_secret, "client_secret")?,
                username: settings.username.clone(),
                password: secret(&settings.password, "password")?,
            },
            session: Session::default(),
        })
    }

    /// How many calls may be under way at once.
    pub(super) fn concurrency(&self) -> usize {
        self.api.limits().concurrency_max.max(1)
    }

    /// Most rows of one look-up.
    pub(super) fn rows_max(&self) -> usize {
        self.api.limits().rows_max
    }

    /// Makes one call, and makes it again with a new token when SBSYS refuses the one we held. Any other status is the
    /// caller's to judge.
    ///
    /// # Errors
    /// Of the transport and the token service; `Unauthorized` when a new token is refused as well.
    pub(super) async fn exchange(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        call: impl Fn() -> Call,
    ) -> Result<Answer, SourceError> {
        let held = self.token(ctx).await?;
        match self.send(ctx, operation, call(), &held.value).await {
            Err(error) if error.kind == SourceErrorKind::Unauthorized => {
                self.session.forget(&held).await;
                let renewed = self.token(ctx).await?;
                self.send(ctx, operation, call(), &renewed.value).await
            }
            answer => answer,
        }
    }

    /// As [`Door::exchange`] without the second try, for calls that a look-up can do without.
    pub(super) async fn exchange_once(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        call: Call,
    ) -> Result<Answer, SourceError> {
        let held = self.token(ctx).await?;
        self.send(ctx, operation, call, &held.value).await
    }

    async fn token(&self, ctx: &CallContext) -> Result<Arc<Held<SecretString>>, SourceError> {
        self.session.current(ctx, async || self.open(ctx).await).await
    }

    async fn send(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        call: Call,
        token: &SecretString,
    ) -> Result<Answer, SourceError> {
        let bearer = SecretString::from(format!("Bearer {}", token.expose_secret()));
        let call = call.secret_header(AUTHORIZATION, bearer.expose_secret()).header(ACCEPT, "application/json");
        let answer = self.api.exchange(ctx, operation, call).await?;
        if answer.status.as_u16() == 401 {
            return Err(SourceError::unauthorized(operation.name, "status 401"));
        }
        Ok(answer)
    }

    async fn open(&self, ctx: &CallContext) -> Result<Held<SecretString>, SourceError> {
        let operation = self.token_operation;
        let form = self.credentials.form(operation)?;
        let call = Call::default().body(Body::Form(form)).header(ACCEPT, "application/json");
        let answer = fault::checked_token(self.tokens.exchange(ctx, operation, call).await?)?;
        let token: wire::Token = answer.json().await?;
        if token.access_token.is_empty() {
            return Err(SourceError::malformed(operation.name, "the token is empty"));
        }
        let expires = token.expires_in.map(|seconds| {
            let lifetime = SignedDuration::from_secs(seconds.max(0));
            // A token that lives two minutes or less is used for half its life, or every call would ask for a new one.
            let lifetime = lifetime.max(RENEW_BEFORE_END + lifetime / 2);
            ctx.clock.now().saturating_add(lifetime).unwrap_or(jiff::Timestamp::MAX)
        });
        Ok(Held { value: SecretString::from(token.access_token), expires })
    }
}

impl Credentials {
    /// The token service's form. Secrets are read anew, so that a renewed file needs no restart.
    fn form(&self, operation: &'static ReadOperation) -> Result<Vec<(&'static str, String)>, SourceError> {
        let read = |secret: &Secret| {
            let secret = secret.read().map_err(|_| {
                SourceError::config_invalid(operation.name, "a secret's file is missing or the secret is empty")
            })?;
            Ok::<_, SourceError>(secret.expose_secret().to_owned())
        };
        let grant = match self.grant {
            Grant::Password => "password",
            Grant::ClientCredentials => "client_credentials",
        };
        let mut form = vec![("grant_type", grant.to_owned()), ("client_id", self.client_id.clone())];
        if let Some(secret) = &self.client_secret {
            form.push(("client_secret", read(secret)?));
        }
        if self.grant == Grant::Password {
            form.push(("username", self.username.clone().unwrap_or_default()));
            form.push(("password", self.password.as_ref().map(read).transpose()?.unwrap_or_default()));
        }
        Ok(form)
    }
}
