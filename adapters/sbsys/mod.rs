//! Placeholder until the folder is filled.
use crate::register::{BuildError, Kind, SourceConfig};
use std::sync::Arc;
pub const KIND: Kind = Kind {
    name: "sbsys",
    reads: &[],
    build: |_config: SourceConfig<'_>| Err(BuildError::Settings("not built".to_owned())),
    #[cfg(feature = "fakes")]
    fake: |_context| Arc::new(crate::fake::control::Control::new(Vec::new())),
    settings_schema: || schemars::schema_for!(()),
    warnings: |_| Vec::new(),
};
