//! Which log a verb reads, and the keys to its entries.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use glasplade_adapters::transport::Secret;
use secrecy::ExposeSecret as _;

use super::at_machine::{Facts, leave};
use super::{Failure, load, told};
use crate::app::audit_settings;
use crate::audit::Entries;
use crate::audit::keys::{Keys, MasterKey};
use crate::audit::retention::Retention;
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
    /// Folder of the keys, where it is neither the configured one nor `keys` in the folder of the audit.
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
        let keys = Keys::read(self.keys_folder(config.as_ref(), &dir), master)
            .map_err(|error| format!("open the keys: failed to {error}"))?;
        Ok(OpenLog { dir, keys: Arc::new(keys), config })
    }

    /// As every other verb has it: the keys that the configuration names belong to the log, wherever that lies.
    fn keys_folder(&self, config: Option<&Config>, dir: &Path) -> PathBuf {
        let of_config = config.and_then(|config| config.service.audit.keys_dir.clone());
        self.keys.clone().or(of_config).unwrap_or_else(|| dir.join("keys"))
    }
}

fn master(reference: &str) -> Result<MasterKey, Failure> {
    let told = |error: &dyn std::fmt::Display| format!("read --master-key: failed to {error}");
    let secret = Secret::from_reference(reference, &*environment().0).and_then(|secret| secret.read());
    let secret = secret.map_err(|error| told(&error))?;
    MasterKey::new(secret.expose_secret().as_bytes()).map_err(|error| told(&error))
}

/// A log of which not one entry opens tells nothing, least of all that all is well.
pub(super) fn nothing_opened(records: u64) -> Failure {
    match records {
        0 => "read the audit: there are no records in this folder; name the folder of the segments".to_owned(),
        _ => {
            format!("open the audit: none of the {records} records opened; name the folder of this log's keys (--keys)")
        }
    }
}

impl OpenLog {
    /// How long entries are kept, as far as is known.
    pub(super) fn retention(&self) -> Retention {
        self.config.as_ref().map_or_else(Retention::default, |config| config.service.audit.retention)
    }

    /// Leaves it for the log that all of it is read. A copy, opened by its secret alone, has no service that would write it.
    pub(super) fn on_record(&self, what: &str) -> Result<(), Failure> {
        if self.config.is_some() { leave(&self.keys, what, None, Facts::new()) } else { Ok(()) }
    }

    pub(super) fn entries(&self) -> Result<Entries, Failure> {
        Entries::of(&self.dir, Arc::clone(&self.keys)).map_err(|broken| format!("read the audit: failed to {broken}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_the_named_ones_else_the_configured_ones_else_those_beside_the_log() {
        let mut config = crate::testing::config();
        config.service.audit.keys_dir = Some("/configured".into());
        let given = |keys: Option<&str>| LogArguments {
            config: Some("config".into()),
            dir: Some("/copy".into()),
            master_key: None,
            keys: keys.map(PathBuf::from),
        };
        let dir = Path::new("/copy");
        assert_eq!(given(Some("/named")).keys_folder(Some(&config), dir), Path::new("/named"));
        assert_eq!(given(None).keys_folder(Some(&config), dir), Path::new("/configured"), "also of a copy");
        config.service.audit.keys_dir = None;
        assert_eq!(given(None).keys_folder(Some(&config), dir), Path::new("/copy/keys"));
        assert_eq!(given(None).keys_folder(None, dir), Path::new("/copy/keys"));
    }
}
