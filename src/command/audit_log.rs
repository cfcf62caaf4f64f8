//! Which log a verb reads, and the keys to its entries.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use glasplade_adapters::transport::Secret;
use secrecy::ExposeSecret as _;

use super::{Failure, load, told};
use crate::app::audit_settings;
use crate::audit::Entries;
use crate::audit::keys::{Keys, MasterKey};
use crate::config::{Config, environment};

/// The log and its keys: by the configuration, or by folder and master secret (a copy on another machine).
#[derive(Debug, Args)]
pub(super) struct LogArguments {
    /// Folder of the configuration: where the audit lies, and its secrets.
    #[arg(long, required_unless_present = "master_key")]
    config: Option<PathBuf>,
    /// Folder of the audit, instead of the configured one.
    #[arg(long, required_unless_present = "config")]
    dir: Option<PathBuf>,
    /// `file:` or `env:` reference to the master secret of the keys, where there is no configuration.
    #[arg(long, requires = "dir")]
    master_key: Option<String>,
    /// Folder of the keys, where it is not `keys` in the folder of the audit.
    #[arg(long)]
    keys: Option<PathBuf>,
}

/// An opened log.
#[derive(Debug)]
pub(super) struct OpenLog {
    pub(super) dir: PathBuf,
    pub(super) keys: Arc<Keys>,
    pub(super) config: Option<Config>,
}

impl LogArguments {
    pub(super) fn open(&self) -> Result<OpenLog, Failure> {
        let config = match &self.config {
            Some(dir) => {
                let loaded = load(dir).map_err(|problems| format!("read the configuration:\n{}", told(&problems)))?;
                Some(loaded.0)
            }
            None => None,
        };
        let configured = match &config {
            Some(config) => {
                Some(audit_settings(&config.service.audit, &environment()).map_err(|error| error.to_string())?)
            }
            None => None,
        };
        let dir = self.dir.clone().or_else(|| configured.as_ref().map(|settings| settings.directory.clone()));
        let dir = dir.ok_or("find the log: name --dir or --config")?;
        let master = match (&self.master_key, &configured) {
            (Some(reference), _) => Arc::new(master(reference)?),
            (None, Some(settings)) => Arc::clone(&settings.master),
            (None, None) => return Err("open the keys: name --master-key or --config".to_owned()),
        };
        let of_folder = || configured.filter(|_| self.dir.is_none()).map(|settings| settings.keys);
        let keys = self.keys.clone().or_else(of_folder).unwrap_or_else(|| dir.join("keys"));
        let keys = Keys::open(keys, master).map_err(|error| format!("open the keys: failed to {error}"))?;
        Ok(OpenLog { dir, keys: Arc::new(keys), config })
    }
}

fn master(reference: &str) -> Result<MasterKey, Failure> {
    let told = |error: &dyn std::fmt::Display| format!("read --master-key: failed to {error}");
    let secret = Secret::from_reference(reference, &*environment().0).and_then(|secret| secret.read());
    let secret = secret.map_err(|error| told(&error))?;
    MasterKey::new(secret.expose_secret().as_bytes()).map_err(|error| told(&error))
}

impl OpenLog {
    pub(super) fn entries(&self) -> Result<Entries, Failure> {
        Entries::of(&self.dir, Arc::clone(&self.keys)).map_err(|broken| format!("read the audit: failed to {broken}"))
    }
}
