//! SOAP 1.1 and 1.2 envelopes: written from a small tree, read by namespace, a fault told apart from an answer.

use std::fmt::Write as _;

use super::xml::{self, Document};
use super::{Answer, Body, Call, fence};
use crate::contract::{ReadOperation, SourceError};

/// Which SOAP a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoapVersion {
    /// SOAP 1.1: `text/xml` and a `SOAPAction` header.
    V11,
    /// SOAP 1.2: `application/soap+xml` with the action as parameter.
    V12,
}

impl SoapVersion {
    /// The envelope's namespace.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }
}

/// An element to be written. Prefixes are declared where they are first needed, by whoever builds the tree.
#[derive(Debug, Clone)]
pub struct Node {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
    text: Option<String>,
}

impl Node {
    /// An empty element with a prefixed name: `i:Filter`.
    pub fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new(), text: None }
    }

    /// An element with text.
    pub fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::new(name) }
    }

    /// Adds an attribute, `xmlns:i` among others.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Adds a child.
    #[must_use]
    pub fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Adds children in order.
    #[must_use]
    pub fn with_all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Writes the element; text and attribute values are escaped.
    pub fn write(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", quick_xml::escape::escape(value.as_str()));
        }
        if self.children.is_empty() && self.text.is_none() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        if let Some(text) = &self.text {
            out.push_str(&quick_xml::escape::escape(text.as_str()));
        }
        for child in &self.children {
            child.write(out);
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

/// How calls to a service are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// Unsigned, for the fakes and for a gateway that signs in our place.
    #[default]
    None,
    /// OIO IDWS: a signed SAML token from the security token service. Not built yet; `config check` says so.
    Idws,
}

/// Puts `header` blocks and `body` into an envelope with the prefix `s`.
pub fn envelope(version: SoapVersion, header: &[Node], body: &Node) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let _ = write!(out, "<s:Envelope xmlns:s=\"{}\">", version.namespace());
    if !header.is_empty() {
        out.push_str("<s:Header>");
        for block in header {
            block.write(&mut out);
        }
        out.push_str("</s:Header>");
    }
    out.push_str("<s:Body>");
    body.write(&mut out);
    out.push_str("</s:Body></s:Envelope>");
    out
}

/// The HTTP call that carries `envelope`.
pub fn call(version: SoapVersion, operation: &'static ReadOperation, envelope: String) -> Call {
    let action = operation.soap_action.unwrap_or_default();
    match version {
        SoapVersion::V11 => Call::default()
            .header(http::HeaderName::from_static("soapaction"), &format!("\"{action}\""))
            .body(Body::Text("text/xml; charset=utf-8".into(), envelope)),
        SoapVersion::V12 => Call::default()
            .header(http::header::ACCEPT, "application/soap+xml")
            .body(Body::Text(format!("application/soap+xml; charset=utf-8; action=\"{action}\"").into(), envelope)),
    }
}

/// A fault as the service tells it. The texts may repeat what we asked for: for classification only, never for a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    /// The local part of the fault code: `Client`, `Server`, `Sender`, `Receiver`.
    pub code: String,
    /// The fault text, in lower case, for matching.
    pub text: String,
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Fault").field("code", &self.code).finish_non_exhaustive()
    }
}

/// What stood in an envelope's body.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// The one element of the body.
    Body(Document),
    /// A fault.
    Fault(Fault),
}

/// Reads an answer's envelope, of either version and whatever its status. The answer's body is gone afterwards: what is
/// read points into it, or, where it had to be transcoded, replaces it.
///
/// # Errors
/// `Malformed` when it is a web page, not XML, not an envelope, or has two bodies or two elements in the body.
pub async fn read(answer: &mut Answer) -> Result<Content, SourceError> {
    let operation = answer.operation.name;
    if answer.is_html() {
        return Err(SourceError::malformed(operation, "a web page where SOAP was wanted"));
    }
    let content_type = answer.content_type().to_owned();
    let body = std::mem::take(&mut answer.body);
    let document = fence::parse(body.len(), move || xml::parse(body, &content_type)).await;
    let document = document.map_err(|error| SourceError::malformed(operation, error.to_string()))?;
    content(document).map_err(|detail| SourceError::malformed(operation, detail))
}

fn content(document: Document) -> Result<Content, &'static str> {
    let root = document.root();
    let version = [SoapVersion::V11, SoapVersion::V12]
        .into_iter()
        .find(|version| root.is(version.namespace(), "Envelope"))
        .ok_or("no SOAP envelope")?;
    let namespace = version.namespace();
    // A signature may be of one part while another is read: in an envelope each part stands once, in its place.
    let parts: Vec<bool> = root.elements().map(|part| part.is(namespace, "Body")).collect();
    let headers = root.children(namespace, "Header").count();
    match parts.iter().filter(|is_body| **is_body).count() {
        0 => return Err("no body in the envelope"),
        1 if headers > 1 => return Err("two headers in one envelope"),
        1 if parts.len() > 1 + headers => return Err("more than a header and a body in the envelope"),
        1 if parts.last() == Some(&false) => return Err("a header behind the body"),
        1 => {}
        _ => return Err("two bodies in one envelope"),
    }
    let body = root.child(namespace, "Body").ok_or("no body in the envelope")?;
    let Some(content) = body.only_element() else {
        return Err(if body.elements().next().is_some() { "two elements in the body" } else { "the body is empty" });
    };
    if !content.is(namespace, "Fault") {
        let part = document.part(|root| root.child(namespace, "Body")?.only_element());
        return part.map(Content::Body).ok_or("the body is empty");
    }
    let (code, text) = match version {
        SoapVersion::V11 => (content.child_text("", "faultcode"), content.child_text("", "faultstring")),
        SoapVersion::V12 => (
            content.child(namespace, "Code").and_then(|code| code.child_text(namespace, "Value")),
            content.child(namespace, "Reason").and_then(|reason| reason.child_text(namespace, "Text")),
        ),
    };
    let code = code.unwrap_or_default();
    Ok(Content::Fault(Fault {
        code: code.rsplit(':').next().unwrap_or_default().to_owned(),
        text: text.unwrap_or_default().to_lowercase(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut out = String::new();
        Node::text("a:b", "<&>").attribute("xmlns:a", "urn:\"x\"").write(&mut out);
        assert_eq!(out, "<a:b xmlns:a=\"urn:&quot;x&quot;\">&lt;&amp;&gt;</a:b>");
    }

    #[test]
    fn an_envelope_that_we_write_we_can_read() {
        let text = envelope(SoapVersion::V11, &[], &Node::new("x:Q").attribute("xmlns:x", "urn:x"));
        let document = xml::tree(&text);
        let body = document.root().child(SoapVersion::V11.namespace(), "Body").expect("a body");
        assert!(body.only_element().expect("one element").is("urn:x", "Q"));
    }
}
