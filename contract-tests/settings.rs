//! `settings/<kind>.toml`: the one file that a new adapter brings to the suite.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use glasplade_adapters::contract::SourceErrorKind;
use glasplade_adapters::fake::{DUBU_DEMO_COOKIE, fasit_demo_token, sbsys_credentials};
use serde::Deserialize;

use crate::marks;

/// What is particular about one kind on the bench.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Own {
    /// Facts that every row of this source tells, by the names in `promises/cases.rs`; of a person register those about
    /// the marked citizen (`promises/persons.rs`), of a staff directory about the marked employee (`promises/staff.rs`).
    pub(crate) facts: Vec<String>,
    /// The source tells efforts beside cases.
    #[serde(default)]
    pub(crate) interventions: bool,
    /// A staff directory's reads, by name, that serve all employees of one look-up at once.
    #[serde(default)]
    pub(crate) batched: Vec<String>,
    /// The element that stands once for each object in a staff directory's answer, with its prefix.
    #[serde(default)]
    pub(crate) object: Option<String>,
    /// Which error kinds are right where vendors differ.
    pub(crate) errors: Errors,
    /// Files written into `{secrets}`, by name.
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, String>,
    /// The adapter's own settings, as an operator would write them.
    #[serde(default)]
    pub(crate) settings: serde_json::Map<String, serde_json::Value>,
}

/// Error kinds as the contract writes them: `unavailable`, `unauthorized` …
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    /// The vendor's own fault message.
    pub(crate) vendor_fault: String,
    /// A login page with status 200.
    #[serde(default = "malformed")]
    pub(crate) login_page: String,
    /// A refused token or cookie; absent when the source has none.
    #[serde(default)]
    pub(crate) refused_token: Option<String>,
}

fn malformed() -> String {
    "malformed".to_owned()
}

/// This is the error kind that goes by `name`.
pub(crate) fn is_kind(kind: SourceErrorKind, name: &str) -> bool {
    serde_json::to_value(kind).is_ok_and(|value| value == name)
}

/// The suite's folder, which is also around the packages inside it.
pub(crate) fn package() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().find(|folder| folder.join("settings").is_dir()).unwrap_or(own)
}

impl Own {
    /// Reads the file of `kind`, with secrets below `folder`.
    ///
    /// # Errors
    /// A sentence that names the kind and the file.
    pub(crate) fn read(kind: &str, folder: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(package().join("settings").join(format!("{kind}.toml")))
            .map_err(|_| format!("no settings for kind {kind}: add contract-tests/settings/{kind}.toml"))?;
        let text = placeholders(folder).iter().fold(text, |text, (name, value)| text.replace(name, value));
        toml::from_str(&text).map_err(|error| format!("read contract-tests/settings/{kind}.toml: {error}"))
    }
}

/// What may stand in a settings file instead of a value. A new fake's secret may as well stand there itself.
fn placeholders(folder: &Path) -> [(&'static str, String); 5] {
    [
        ("{secrets}", folder.display().to_string()),
        ("{sbsys_client_secret}", sbsys_credentials::CLIENT_SECRET.to_owned()),
        ("{sbsys_password}", sbsys_credentials::PASSWORD.to_owned()),
        ("{fasit_token}", fasit_demo_token(marks::now())),
        ("{dubu_cookie}", DUBU_DEMO_COOKIE.to_owned()),
    ]
}

/// A folder of secrets for one bench; it goes away with the value.
#[derive(Debug)]
pub(crate) struct SecretsFolder(pub(crate) PathBuf);

impl SecretsFolder {
    /// An empty folder of its own below the machine's temporary one.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn new(kind: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("glasplade-contract-{}-{kind}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| format!("make a folder for secrets: {error}"))?;
        Ok(Self(path))
    }

    /// Writes each secret into its file.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(crate) fn fill(&self, secrets: &BTreeMap<String, String>) -> Result<(), String> {
        let mut writes = secrets.iter().map(|(name, secret)| std::fs::write(self.0.join(name), secret));
        writes.try_for_each(|written| written.map_err(|error| format!("write a secret: {error}")))
    }
}

impl Drop for SecretsFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
