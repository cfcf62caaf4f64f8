//! The files that decide who sees what, as texts under one hash: what the audit names beside each decision and keeps as long
//! as an entry names it.

use std::sync::Arc;

use aws_lc_rs::digest;

/// The files that decide, in the order of the hash.
pub const DECIDING_FILES: [&str; 6] =
    [SCHEMA, POLICIES, "access.toml", "kinds.toml", "departments.toml", "visibility.toml"];

/// What the policies may rest on.
pub const SCHEMA: &str = "access/schema.cedarschema";
/// What the policies must decide, so that a changed file can be checked. It decides nothing itself.
pub const EXAMPLES: &str = "access/examples.toml";
/// The policies.
pub const POLICIES: &str = "access/policies.cedar";

/// The texts that decide. Two with the same hash decide alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    texts: Arc<[String; DECIDING_FILES.len()]>,
    hash: Arc<str>,
}

impl Deciding {
    /// The texts by file name; a file that `text` does not have is empty.
    pub fn new(text: impl Fn(&str) -> String) -> Self {
        let texts = DECIDING_FILES.map(text);
        let mut context = digest::Context::new(&digest::SHA256);
        for (name, text) in DECIDING_FILES.iter().zip(&texts) {
            // The lengths stand before the texts, so that no text can pose as two.
            for part in [name.as_bytes(), text.as_bytes()] {
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part);
            }
        }
        Self { texts: Arc::new(texts), hash: Arc::from(crate::hex(context.finish().as_ref())) }
    }

    /// SHA-256 over names and texts, in hexadecimal.
    pub fn hash(&self) -> &Arc<str> {
        &self.hash
    }

    /// The text of a file; empty for one that does not decide.
    pub fn text(&self, name: &str) -> &str {
        self.iter().find(|(file, _)| *file == name).map_or("", |(_, text)| text)
    }

    /// Every file with its text.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        DECIDING_FILES.into_iter().zip(self.texts.iter().map(String::as_str))
    }

    /// The same with these policies and this schema.
    #[must_use]
    pub fn with_policies(&self, schema: &str, policies: &str) -> Self {
        Self::new(|name| match name {
            SCHEMA => schema.to_owned(),
            POLICIES => policies.to_owned(),
            other => self.text(other).to_owned(),
        })
    }
}
