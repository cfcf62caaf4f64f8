//! Strict, bounded XML over quick-xml, which alone accepts much that is not well-formed.
//!
//! What the reader takes is well-formed (XML 1.0, fifth edition) and namespace-well-formed, or it is refused with a place
//! and never with a value. Document types are refused, and with them every entity but the five. Depth, attributes, names,
//! texts and prefixes are limited, and so is what the tree weighs: no more than the text it was read from, and a little.

mod attributes;
mod characters;
mod encoding;
mod reader;
mod scope;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use bytes::Bytes;

pub use tree::{Document, Element};

/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 64;
/// Most attributes (namespace declarations counted) on one element.
pub const ATTRIBUTES_MAX: usize = 256;
/// Longest name, prefix included, in bytes.
pub const NAME_BYTES_MAX: usize = 1_000;
/// Longest text of one element, in bytes. A case has titles and notes, not books.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Most prefixes (and default namespaces) in force at once, and most namespaces in one document.
pub const NAMESPACES_MAX: usize = 128;
/// What the tree may weigh beyond the bytes that it was read from. A document of any length may so have elements of at
/// least 24 bytes on average, tags counted, and a short one may have much smaller ones.
pub const TREE_BYTES_SPARE: usize = 256 * 1024;

/// Why a text is not taken as XML. Says where (in bytes of the text as UTF-8), never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Neither UTF-8, UTF-16 nor Latin-1, or not the one that it says it is.
    #[error("read XML: the encoding is not one we take, or not the one it is said to be")]
    Encoding,
    /// Not well-formed, or its namespaces are not.
    #[error("read XML: not well-formed at byte {0}")]
    NotWellFormed(u64),
    /// A document type declaration.
    #[error("read XML: a document type declaration is refused")]
    DocumentType,
    /// Deeper, wider or heavier than the limits.
    #[error("read XML: over the limit at byte {0}")]
    OverLimit(u64),
}

/// Reads a document. `content_type` may name the encoding, as HTTP has it; what is named there, in the declaration and by
/// the first bytes must agree.
///
/// # Errors
/// [`XmlError`], after reading at most the whole of `bytes` a few times.
pub fn parse(bytes: Bytes, content_type: &str) -> Result<Document, XmlError> {
    let budget = bytes.len() + TREE_BYTES_SPARE;
    reader::read(encoding::decode(bytes, content_type)?, budget)
}

/// A text's tree, to compare what is written with a published sample.
#[cfg(test)]
pub(crate) fn tree(text: &str) -> Document {
    parse(Bytes::copy_from_slice(text.as_bytes()), "text/xml; charset=utf-8").expect("well-formed")
}

/// The one element of the body of an envelope.
#[cfg(test)]
pub(crate) fn body(text: &str) -> Document {
    let content = tree(text).part(|root| root.elements().find(|part| part.name() == "Body")?.only_element());
    content.expect("a body with one element")
}
