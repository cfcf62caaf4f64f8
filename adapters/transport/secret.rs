//! Secrets as references: `file:/path` is read each time it is used, `env:NAME` was read at start. Neither prints.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

/// A secret that a source wants from us.
#[derive(Debug, Clone)]
pub enum Secret {
    /// Read anew at each use, so that a renewed secret needs no restart.
    File(PathBuf),
    /// Held since start (from the environment).
    Held(SecretString),
}

/// The secret could not be read. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The file is missing or cannot be read.
    #[error("read the secret's file")]
    Unreadable,
    /// There is nothing in it.
    #[error("use the secret: it is empty")]
    Empty,
    /// The reference is neither `file:` nor `env:`.
    #[error("use the secret: write `file:<path>` or `env:<NAME>`, never the secret itself")]
    NotAReference,
    /// The environment has no such variable.
    #[error("read the secret's environment variable")]
    Unset,
}

impl Secret {
    /// Reads a reference from configuration; `environment` is lent by the configuration room, which alone reads it.
    ///
    /// # Errors
    /// [`SecretError`] when the reference has another form or the variable is not set.
    pub fn from_reference(reference: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, SecretError> {
        if let Some(path) = reference.strip_prefix("file:") {
            Ok(Self::File(PathBuf::from(path)))
        } else if let Some(name) = reference.strip_prefix("env:") {
            environment(name).map(|value| Self::Held(SecretString::from(value))).ok_or(SecretError::Unset)
        } else {
            Err(SecretError::NotAReference)
        }
    }

    /// The secret itself, trimmed of the line end that editors leave.
    ///
    /// # Errors
    /// [`SecretError`] when it is not there or empty.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        let text = match self {
            Self::File(path) => SecretString::from(std::fs::read_to_string(path).map_err(|_| SecretError::Unreadable)?),
            Self::Held(secret) => secret.clone(),
        };
        let trimmed = text.expose_secret().trim();
        if trimmed.is_empty() { Err(SecretError::Empty) } else { Ok(SecretString::from(trimmed.to_owned())) }
    }
}
