//! The adapters that exist: two lines for each. A test compares the list with the folders.

use std::sync::Arc;

use crate::contract::{Adapter, Directory, ReadOperation, Register, SourceError, SourceId, SourceInfo};
use crate::transport::{ConnectionSettings, SecretError};
use crate::{case_index, dubu, fasit, oio, persons, sbsys, staff_directory};

/// Everything that configuration says about one source, already parsed by the house but for the adapter's own settings.
#[derive(Debug)]
pub struct SourceConfig<'a> {
    /// The configured instance.
    pub id: SourceId,
    /// Address and limits.
    pub connection: ConnectionSettings,
    /// The adapter's own settings.
    pub settings: serde_json::Value,
    /// The environment, for `env:` secrets; the configuration room lends it.
    pub environment: &'a Environment,
}

/// Reads one environment variable by its name.
pub type ReadVariable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The environment, as the configuration room lends it.
pub struct Environment(pub Box<ReadVariable>);

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Environment")
    }
}

/// A configured source could not be made into an adapter: the operator's to mend.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No adapter has this kind.
    #[error("find an adapter for this kind; known kinds are {0}")]
    UnknownKind(String),
    /// The kind exists, and answers about something else than this part of the configuration is for.
    #[error("use this kind here: {0}")]
    WrongPlace(&'static str),
    /// The adapter's own settings are not right. The text names fields, not values.
    #[error("read the adapter's settings: {0}")]
    Settings(String),
    /// A secret reference is wrong.
    #[error("{0} (setting `{1}`)")]
    Secret(SecretError, &'static str),
    /// The address or certificate file is wrong.
    #[error(transparent)]
    Connection(#[from] SourceError),
}

/// One kind of source system.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The name in configuration and the folder's name.
    pub name: &'static str,
    /// Every call that its adapter can make.
    pub reads: &'static [ReadOperation],
    /// Makes an adapter, and says what it reads.
    pub build: Build,
    /// Makes its wire fake.
    #[cfg(feature = "fakes")]
    pub fake: fn(crate::fake::FakeContext) -> Arc<dyn crate::fake::FakeSystem>,
    /// JSON Schema of its own settings.
    pub settings_schema: fn() -> schemars::Schema,
    /// What is known not to work with these settings, one sentence each, for `config check`.
    pub warnings: fn(&serde_json::Value) -> Vec<String>,
}

/// What a kind of source answers about, with the function that makes its adapter.
#[derive(Debug, Clone, Copy)]
pub enum Build {
    /// Cases and efforts of one citizen: one `[[source]]` each.
    Cases(fn(SourceConfig<'_>) -> Result<Adapter, BuildError>),
    /// Who a citizen is: `[person_register]`, one at most.
    Persons(fn(SourceConfig<'_>) -> Result<Register, BuildError>),
    /// Who an employee is: `[staff_directory]`, one at most.
    Staff(fn(SourceConfig<'_>) -> Result<Directory, BuildError>),
}

impl Build {
    /// The table of `sources.toml` that a source of this kind stands in.
    pub fn table(self) -> &'static str {
        match self {
            Self::Cases(_) => "source",
            Self::Persons(_) => "person_register",
            Self::Staff(_) => "staff_directory",
        }
    }
}

/// All kinds, in alphabetical order.
pub const KINDS: &[Kind] =
    &[case_index::KIND, dubu::KIND, fasit::KIND, oio::KIND, persons::KIND, sbsys::KIND, staff_directory::KIND];

/// The kind with this name.
///
/// # Errors
/// [`BuildError::UnknownKind`], with the names that exist.
pub fn kind(name: &str) -> Result<&'static Kind, BuildError> {
    KINDS
        .iter()
        .find(|kind| kind.name == name)
        .ok_or_else(|| BuildError::UnknownKind(KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")))
}

impl Kind {
    /// Makes an adapter that reads cases.
    ///
    /// # Errors
    /// What is wrong with the settings, or [`BuildError::WrongPlace`].
    pub fn cases(&self, config: SourceConfig<'_>) -> Result<Adapter, BuildError> {
        match self.build {
            Build::Cases(build) => build(config),
            Build::Persons(_) | Build::Staff(_) => Err(BuildError::WrongPlace("a [[source]] has cases")),
        }
    }

    /// Makes an adapter that reads the person register.
    ///
    /// # Errors
    /// As [`Kind::cases`].
    pub fn persons(&self, config: SourceConfig<'_>) -> Result<Register, BuildError> {
        match self.build {
            Build::Persons(build) => build(config),
            Build::Cases(_) | Build::Staff(_) => Err(BuildError::WrongPlace("[person_register] has persons")),
        }
    }

    /// Makes an adapter that reads the staff directory.
    ///
    /// # Errors
    /// As [`Kind::cases`].
    pub fn staff(&self, config: SourceConfig<'_>) -> Result<Directory, BuildError> {
        match self.build {
            Build::Staff(build) => build(config),
            Build::Cases(_) | Build::Persons(_) => Err(BuildError::WrongPlace("[staff_directory] has employees")),
        }
    }

    /// Who a source of this kind is.
    pub fn info(&self, id: SourceId) -> SourceInfo {
        SourceInfo { id, kind: self.name, reads: self.reads }
    }
}

/// Shares an adapter.
pub(crate) fn share(adapter: impl crate::contract::SourceAdapter) -> Adapter {
    Arc::new(adapter)
}

/// Reads an adapter's own settings; the error names the field and never the value.
pub(crate) fn settings<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, BuildError> {
    T::deserialize(value).map_err(|error| BuildError::Settings(without_values(&error.to_string())))
}

/// A parser's text without the values that it quotes: what stands in double quotes, and the numbers, truth values and
/// variants that serde puts in backticks. Field names in backticks are kept.
pub fn without_values(text: &str) -> String {
    const BEFORE_VALUES: [&str; 6] =
        ["integer `", "floating point `", "boolean `", "character `", "unknown variant `", "found `"];
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        kept.push(letter);
        let is_value = letter == '"' || BEFORE_VALUES.iter().any(|before| kept.ends_with(before));
        if is_value {
            if letter == '"' {
                kept.pop();
            }
            kept.push('…');
            skip_past(&mut letters, letter, &mut kept);
        }
    }
    kept
}

/// Skips to the closing mark; a backslash takes the next letter along. A backtick that closes is kept.
fn skip_past(letters: &mut std::str::Chars<'_>, mark: char, kept: &mut String) {
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if mark == '"' => {
                letters.next();
            }
            '`' if mark == '`' => return kept.push('`'),
            _ if letter == mark => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_with_an_adapter_is_registered() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders: Vec<String> = std::fs::read_dir(root)
            .expect("the package's folder")
            .filter_map(Result::ok)
            .filter(|entry| ["mod.rs", "wire.rs", "README.md"].iter().all(|file| entry.path().join(file).exists()))
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        let registered: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(folders, registered);
    }

    #[test]
    fn settings_errors_name_fields_not_values() {
        assert_eq!(
            without_values("invalid type: string \"secret\", expected u64"),
            "invalid type: string …, expected u64"
        );
        for (text, kept) in [
            (r#"invalid type: string "a\"b secret", expected u64"#, "invalid type: string …, expected u64"),
            ("invalid type: integer `4711`, expected a string", "invalid type: integer `…`, expected a string"),
            ("unknown variant `secret`, expected `on` or `off`", "unknown variant `…`, expected `on` or `off`"),
            ("unknown field `pasword`, expected `password`", "unknown field `pasword`, expected `password`"),
            ("the end is \"missing", "the end is …"),
        ] {
            assert_eq!(without_values(text), kept);
        }
    }
}
