//! SF1520 CPR, `PersonBaseDataExtended` v5 (or v4), over SOAP 1.1: who one citizen is. It only looks up, one number a call.

mod fault;
mod fields;
mod request;
mod settings;
mod time;
mod translate;
mod wire;

#[cfg(feature = "fakes")]
pub(crate) mod fake;
#[cfg(all(test, feature = "fakes"))]
mod tests;
#[cfg(test)]
mod translate_tests;

use std::sync::Arc;

use fault::Verdict;
use settings::Settings;
use wire::{Response, Version};

use crate::contract::{
    CallContext, CprNumber, PersonFacts, PersonRegister, ReadOperation, SourceError, SourceInfo, danish_day,
};
use crate::register::{self, Build, BuildError, Kind, SourceConfig};
use crate::transport::soap::{self, Content, SoapVersion};
use crate::transport::xml::Document;
use crate::transport::{Answer, Connection};

/// This kind of source.
pub(crate) const KIND: Kind = Kind {
    name: "persons",
    reads: READS,
    build: Build::Persons(|config| build(config).map(|adapter| Arc::new(adapter) as _)),
    #[cfg(feature = "fakes")]
    fake: |context| Arc::new(fake::PersonsFake::new(context)),
    settings_schema: || schemars::schema_for!(Settings),
    warnings: settings::warnings,
};

const LOOK_UP: &str = "look_up";

/// Every call that the adapter can make; one of the two, by the configured version.
const READS: &[ReadOperation] = &[
    ReadOperation::soap(LOOK_UP, Version::Five.path(), Version::Five.action()),
    ReadOperation::soap(LOOK_UP, Version::Four.path(), Version::Four.action()),
];

/// Reads one person register.
#[derive(Debug)]
struct Persons {
    info: SourceInfo,
    connection: Connection,
    settings: Settings,
    version: Version,
    look_up: &'static ReadOperation,
}

fn build(config: SourceConfig<'_>) -> Result<Persons, BuildError> {
    let settings = register::settings::<Settings>(config.settings)?.check()?;
    let version = settings.version()?;
    let reads = reads(version, settings.path.as_deref());
    let connection = Connection::new(&config.connection, reads)?;
    let info = SourceInfo { reads, ..KIND.info(config.id) };
    Ok(Persons { info, connection, settings, version, look_up: &reads[0] })
}

/// The one look-up of this version, at the configured path. A list of another path lives as long as the program, as
/// every list of reads does.
fn reads(version: Version, path: Option<&str>) -> &'static [ReadOperation] {
    match (path, version) {
        (None, Version::Five) => &READS[..1],
        (None, Version::Four) => &READS[1..],
        (Some(path), version) => {
            let path: &'static str = Box::leak(Box::<str>::from(path));
            Box::leak(Box::new([ReadOperation::soap(LOOK_UP, path, version.action())]))
        }
    }
}

impl PersonRegister for Persons {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    async fn look_up(&self, ctx: &CallContext, person: &CprNumber) -> Result<Option<PersonFacts>, SourceError> {
        let Some(body) = self.ask(ctx, person.expose()).await? else { return Ok(None) };
        let today = danish_day(ctx.clock.now());
        Response::read(body.root(), self.version)
            .and_then(|response| translate::person(response, today, self.settings.absent_protection))
            .map_err(|misfit| SourceError::malformed(LOOK_UP, misfit.0))
    }

    /// Looks up ten zeros, a number that nobody can have: "not found" is the answer of a register that knows us.
    async fn probe(&self, ctx: &CallContext) -> Result<(), SourceError> {
        self.ask(ctx, request::NOBODY).await.map(drop)
    }
}

impl Persons {
    /// One exchange; `None` when the register says that nobody has this number.
    async fn ask(&self, ctx: &CallContext, number: &str) -> Result<Option<Document>, SourceError> {
        let question = request::look_up(&self.settings, self.version, ctx.transaction, number);
        let call = soap::call(SoapVersion::V11, self.look_up, question);
        let answer = self.connection.exchange(ctx, self.look_up, call).await?;
        content(answer).await
    }
}

async fn content(mut answer: Answer) -> Result<Option<Document>, SourceError> {
    // A fault tells more than its status 500, so the envelope is read first; anything else that failed is its status.
    match soap::read(&mut answer).await {
        Ok(Content::Fault(fault)) if answer.status == http::StatusCode::INTERNAL_SERVER_ERROR => {
            match fault::of(LOOK_UP, &fault) {
                Verdict::Nobody => Ok(None),
                Verdict::Refused(error) => Err(error),
            }
        }
        Ok(Content::Fault(_)) => {
            answer.success().and(Err(SourceError::malformed(LOOK_UP, "a fault without status 500")))
        }
        Ok(Content::Body(body)) => answer.success().map(|_| Some(body)),
        Err(error) => answer.success().and(Err(error)),
    }
}
