//! SF1500 Organisation v6: the municipality's staff directory, over SOAP 1.2. It searches and lists; it creates, changes
//! and removes nothing.

mod book;
mod chain;
mod choose;
mod reads;
mod request;
mod settings;
mod texts;
mod translate;
mod wire;

#[cfg(feature = "fakes")]
pub(crate) mod fake;
#[cfg(all(test, feature = "fakes"))]
mod lost_tests;
#[cfg(all(test, feature = "fakes"))]
mod tests;
#[cfg(test)]
mod translate_tests;

use std::sync::Arc;

use reads::READS;
use settings::Settings;

use crate::contract::{CallContext, SourceError, SourceInfo, StaffAnswer, StaffDirectory, StaffKey};
use crate::register::{self, Build, BuildError, Kind, SourceConfig};
use crate::sts;
use crate::transport::xml::Element;
use crate::transport::{Answer, Connection};

/// This kind of source.
pub(crate) const KIND: Kind = Kind {
    name: "staff_directory",
    reads: READS,
    build: Build::Staff(|config| build(config).map(|directory| Arc::new(directory) as _)),
    #[cfg(feature = "fakes")]
    fake: |context| Arc::new(fake::StaffDirectoryFake::new(context)),
    settings_schema: || schemars::schema_for!(Settings),
    warnings: settings::warnings,
};

/// Reads one staff directory.
#[derive(Debug)]
struct StaffDirectorySource {
    info: SourceInfo,
    connection: Connection,
    settings: Settings,
}

fn build(config: SourceConfig<'_>) -> Result<StaffDirectorySource, BuildError> {
    let settings = register::settings::<Settings>(config.settings)?.check()?;
    let connection = Connection::new(&config.connection, READS)?;
    Ok(StaffDirectorySource { info: KIND.info(config.id), connection, settings })
}

impl StaffDirectory for StaffDirectorySource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    async fn resolve(&self, ctx: &CallContext, keys: &[StaffKey]) -> Result<StaffAnswer, SourceError> {
        self.look_up(ctx, keys).await
    }

    async fn probe(&self, ctx: &CallContext) -> Result<(), SourceError> {
        self.ask_for_nobody(ctx).await
    }
}

/// The status code and what `read` makes of an answer.
async fn output<A>(answer: Answer, read: impl Fn(Element<'_>) -> Option<(i64, A)>) -> Result<(i64, A), SourceError> {
    let operation = answer.operation.name;
    read(sts::body(answer).await?.root())
        .ok_or_else(|| SourceError::malformed(operation, "not the answer to this question"))
}
