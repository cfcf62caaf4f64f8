//! Namespaces in force: which prefix stands for which, at each depth.

use super::{NAMESPACES_MAX, XmlError};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// XML Schema's attributes (`xsi:nil`), which any element may have.
pub(super) const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The declarations in force, outermost first.
pub(super) struct Scope<'t> {
    /// Prefix (empty: the default namespace) and number of the namespace.
    bindings: Vec<(&'t str, u16)>,
    namespaces: Vec<Box<str>>,
}

impl<'t> Scope<'t> {
    pub(super) fn new() -> Self {
        Self { bindings: vec![("", 0), ("xml", 1)], namespaces: vec!["".into(), XML.into()] }
    }

    /// How many declarations are in force, to come back to with [`Self::leave`].
    pub(super) fn depth(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn leave(&mut self, depth: usize) {
        self.bindings.truncate(depth);
    }

    /// Puts `prefix` in force.
    ///
    /// # Errors
    /// What Namespaces in XML 1.0 refuses: `xmlns` declared, `xml` bound to anything else or by another name, a prefix
    /// bound to nothing. Over the limit: too many.
    pub(super) fn declare(&mut self, prefix: &'t str, uri: &str, place: u64) -> Result<(), XmlError> {
        let is_wrong = match (prefix, uri) {
            ("xml", XML) => return Ok(()),
            ("xml" | "xmlns", _) | (_, XML | XMLNS) => true,
            ("", _) => false,
            (_, uri) => uri.is_empty(),
        };
        if is_wrong {
            return Err(XmlError::NotWellFormed(place));
        }
        if self.bindings.len() >= NAMESPACES_MAX {
            return Err(XmlError::OverLimit(place));
        }
        let number = self.number(uri, place)?;
        self.bindings.push((prefix, number));
        Ok(())
    }

    fn number(&mut self, uri: &str, place: u64) -> Result<u16, XmlError> {
        let number = self.namespaces.iter().position(|known| **known == *uri).unwrap_or(self.namespaces.len());
        if number == self.namespaces.len() {
            if number >= NAMESPACES_MAX {
                return Err(XmlError::OverLimit(place));
            }
            self.namespaces.push(uri.into());
        }
        u16::try_from(number).map_err(|_| XmlError::OverLimit(place))
    }

    /// The number of the namespace that `prefix` stands for; `None` when it stands for nothing.
    pub(super) fn resolve(&self, prefix: &str) -> Option<u16> {
        self.bindings.iter().rev().find(|(known, _)| *known == prefix).map(|(_, number)| *number)
    }

    /// The namespace of this number.
    pub(super) fn namespace(&self, number: u16) -> &str {
        &self.namespaces[usize::from(number)]
    }

    pub(super) fn into_namespaces(self) -> Vec<Box<str>> {
        self.namespaces
    }
}
