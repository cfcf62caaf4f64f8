//! The strict layer over quick-xml: what it takes once, it takes again when it is written from the tree, and as the same.

use std::fmt::Write as _;

use bytes::Bytes;
use glasplade_adapters::transport::xml::{self, Element, XmlError};

const CONTENT_TYPES: [&str; 4] =
    ["text/xml; charset=utf-8", "application/soap+xml", "text/xml; charset=iso-8859-1", ""];
/// The only prefix that a document has without declaring it; what is in it cannot be written with a default namespace.
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// The first byte chooses what HTTP says of the rest. Tells whether it is taken.
pub(crate) fn try_one(bytes: &[u8]) -> bool {
    let Some((choice, text)) = bytes.split_first() else { return false };
    let content_type = CONTENT_TYPES[usize::from(*choice) % CONTENT_TYPES.len()];
    let Ok(document) = xml::parse(Bytes::copy_from_slice(text), content_type) else { return false };
    let mut written = String::new();
    if !write(document.root(), &mut written) {
        return true;
    }
    match xml::parse(written.into(), "text/xml; charset=utf-8") {
        Ok(again) => assert!(again == document, "written from its tree, the document is another"),
        // A character by its number takes more room than itself.
        Err(error) => assert!(matches!(error, XmlError::OverLimit(_)), "written from its tree, it is refused: {error}"),
    }
    true
}

/// False where it cannot be written.
fn write(element: Element<'_>, output: &mut String) -> bool {
    if element.namespace() == XML_NAMESPACE {
        return false;
    }
    let name = element.name();
    let _ = write!(output, "<{name} xmlns=\"");
    escape(element.namespace(), output);
    output.push_str(if element.has_attributes() { "\" a=\"\">" } else { "\">" });
    escape(element.text().unwrap_or_default(), output);
    let is_written = element.elements().all(|child| write(child, output));
    let _ = write!(output, "</{name}>");
    is_written
}

/// All but letters and digits by their numbers, so that nothing is taken for markup, trimmed, or composed.
fn escape(text: &str, output: &mut String) {
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            output.push(character);
        } else {
            let _ = write!(output, "&#{};", u32::from(character));
        }
    }
}
