//! A strict, bounded XML tree over quick-xml, which alone accepts much that is not well-formed.
//!
//! Document types are refused (and with them every entity but the five), depth, attributes and elements are limited,
//! prefixes must be declared, names match by namespace. The tree is small: one look-up's answer, not a bulk file.

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 64;
/// Most attributes (namespace declarations counted) on one element.
pub const ATTRIBUTES_MAX: usize = 256;
/// Most elements in one document.
pub const ELEMENTS_MAX: usize = 400_000;

/// Why a text is not taken as XML. Says where, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Neither UTF-8, UTF-16 nor Latin-1.
    #[error("read XML: the encoding is not one we take")]
    Encoding,
    /// Not well-formed.
    #[error("read XML: not well-formed at byte {0}")]
    NotWellFormed(u64),
    /// A document type declaration.
    #[error("read XML: a document type declaration is refused")]
    DocumentType,
    /// Deeper, wider or longer than the limits.
    #[error("read XML: over the limit at byte {0}")]
    OverLimit(u64),
}

/// One element with its namespace resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Namespace URI; empty when it has none.
    pub namespace: Arc<str>,
    /// Local name.
    pub name: Box<str>,
    /// Attributes without a namespace, and `xsi:nil`-like ones by local name.
    pub attributes: Vec<(Box<str>, Box<str>)>,
    /// Child elements in order.
    pub children: Vec<Element>,
    /// Character data directly inside, joined.
    pub text: String,
}

impl Element {
    /// The element has this namespace and name. A namespace counts, a prefix never.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        &*self.name == name && &*self.namespace == namespace
    }

    /// The first child with this namespace and name.
    pub fn child(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, name))
    }

    /// All children with this namespace and name, in order.
    pub fn children<'a>(&'a self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.is(namespace, name))
    }

    /// Own text, trimmed; `None` when there is none.
    pub fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// Text of the first child with this namespace and name.
    pub fn child_text(&self, namespace: &str, name: &str) -> Option<&str> {
        self.child(namespace, name).and_then(Self::text)
    }
}

/// Reads a document. `content_type` may name the encoding, as HTTP has it; a byte order mark counts more.
///
/// # Errors
/// [`XmlError`], after reading at most the whole of `bytes` once.
pub fn parse(bytes: &[u8], content_type: &str) -> Result<Element, XmlError> {
    let text = decode(bytes, content_type)?;
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().enable_all_checks(true);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut elements = 0_usize;
    let mut namespaces: Vec<Arc<str>> = vec![Arc::from("")];
    loop {
        let place = reader.buffer_position();
        let malformed = XmlError::NotWellFormed(place);
        let event = reader.read_event().map_err(|_| malformed)?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                elements += 1;
                if open.len() >= DEPTH_MAX || elements > ELEMENTS_MAX {
                    return Err(XmlError::OverLimit(place));
                }
                if root.is_some() {
                    return Err(malformed);
                }
                let element = read_start(&reader, start, &mut namespaces, place)?;
                if matches!(event, Event::Empty(_)) {
                    close(&mut open, &mut root, element);
                } else {
                    open.push(element);
                }
            }
            Event::End(_) => {
                let element = open.pop().ok_or(malformed)?;
                close(&mut open, &mut root, element);
            }
            Event::Text(ref part) => add_text(&mut open, &part.xml10_content(), malformed)?,
            Event::CData(ref part) => {
                let element = open.last_mut().ok_or(malformed)?;
                push_checked(&mut element.text, &part.xml10_content(), malformed)?;
            }
            Event::GeneralRef(ref reference) => {
                let element = open.last_mut().ok_or(malformed)?;
                let character = match reference.resolve_char_ref().map_err(|_| malformed)? {
                    Some(character) if is_xml_char(character) => character,
                    Some(_) => return Err(malformed),
                    None => predefined(&reference.xml10_content()).ok_or(malformed)?,
                };
                element.text.push(character);
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Decl(_) if place == 0 => {}
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof if open.is_empty() => return root.ok_or(malformed),
            // A declaration that is not the very first thing, or an end inside an element.
            Event::Decl(_) | Event::Eof => return Err(malformed),
        }
    }
}

fn read_start(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    namespaces: &mut Vec<Arc<str>>,
    place: u64,
) -> Result<Element, XmlError> {
    let malformed = XmlError::NotWellFormed(place);
    let (resolved, local) = reader.resolver().resolve_element(start.name());
    let namespace = match resolved {
        ResolveResult::Unbound => intern(namespaces, ""),
        ResolveResult::Bound(namespace) => intern(namespaces, namespace.0),
        ResolveResult::Unknown(_) => return Err(malformed),
    };
    if !is_name(local.into_inner()) {
        return Err(malformed);
    }
    let mut attributes = Vec::new();
    for (count, attribute) in start.attributes().enumerate() {
        if count >= ATTRIBUTES_MAX {
            return Err(XmlError::OverLimit(place));
        }
        let attribute = attribute.map_err(|_| malformed)?;
        if attribute.value.contains('<') {
            return Err(malformed);
        }
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (resolved, name) = reader.resolver().resolve_attribute(attribute.key);
        if matches!(resolved, ResolveResult::Unknown(_)) || !is_name(name.into_inner()) {
            return Err(malformed);
        }
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| malformed)?;
        if !value.chars().all(is_xml_char) {
            return Err(malformed);
        }
        attributes.push((Box::from(name.into_inner()), Box::from(&*value)));
    }
    Ok(Element {
        namespace,
        name: Box::from(local.into_inner()),
        attributes,
        children: Vec::new(),
        text: String::new(),
    })
}

fn close(open: &mut [Element], root: &mut Option<Element>, element: Element) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

fn add_text(open: &mut [Element], text: &str, malformed: XmlError) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(element) if text.contains("]]>") => {
            let _ = element;
            Err(malformed)
        }
        Some(element) => push_checked(&mut element.text, text, malformed),
        None if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => Ok(()),
        None => Err(malformed),
    }
}

fn push_checked(into: &mut String, text: &str, malformed: XmlError) -> Result<(), XmlError> {
    if !text.chars().all(is_xml_char) {
        return Err(malformed);
    }
    into.push_str(text);
    Ok(())
}

/// One shared copy per namespace: an answer names a handful, thousands of times.
fn intern(known: &mut Vec<Arc<str>>, namespace: &str) -> Arc<str> {
    if let Some(found) = known.iter().rev().find(|known| &***known == namespace) {
        return Arc::clone(found);
    }
    let shared: Arc<str> = Arc::from(namespace);
    if known.len() < ATTRIBUTES_MAX {
        known.push(Arc::clone(&shared));
    }
    shared
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || matches!(next, '_' | '-' | '.' | '\u{b7}'))
}

fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// UTF-8 as it is, UTF-16 and Latin-1 transcoded, everything else refused.
fn decode<'a>(bytes: &'a [u8], content_type: &str) -> Result<Cow<'a, str>, XmlError> {
    let encoding = match bytes {
        [0xef, 0xbb, 0xbf, ..] => encoding_rs::UTF_8,
        [0xff, 0xfe, ..] | [b'<', 0, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] | [0, b'<', ..] => encoding_rs::UTF_16BE,
        _ => named_encoding(bytes, content_type)?,
    };
    let (text, _, had_errors) = encoding.decode(bytes);
    if had_errors { Err(XmlError::Encoding) } else { Ok(text) }
}

fn named_encoding(bytes: &[u8], content_type: &str) -> Result<&'static encoding_rs::Encoding, XmlError> {
    let from_header = content_type.to_ascii_lowercase().split("charset=").nth(1).map(str::to_owned);
    let from_declaration = || {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        let declaration = head.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next().map(str::to_owned))?;
        declaration.split("encoding").nth(1).map(str::to_owned)
    };
    let Some(named) = from_header.or_else(from_declaration) else { return Ok(encoding_rs::UTF_8) };
    let label: String = named
        .trim_start_matches(['=', ' ', '"', '\''])
        .chars()
        .take_while(|next| next.is_ascii_alphanumeric() || *next == '-' || *next == '_')
        .collect();
    match encoding_rs::Encoding::for_label(label.as_bytes()) {
        Some(found) if found == encoding_rs::UTF_8 || found == encoding_rs::WINDOWS_1252 => Ok(found),
        _ => Err(XmlError::Encoding),
    }
}

/// A text's tree without the blanks between its elements, to compare what is written with a published sample.
#[cfg(test)]
pub(crate) fn tree(text: &str) -> Element {
    fn without_blanks(mut element: Element) -> Element {
        element.text = element.text.trim().to_owned();
        element.children = element.children.into_iter().map(without_blanks).collect();
        element
    }
    without_blanks(parse(text.as_bytes(), "text/xml; charset=utf-8").expect("well-formed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Element, XmlError> {
        parse(text.as_bytes(), "text/xml; charset=utf-8")
    }

    #[test]
    fn names_match_by_namespace_whatever_the_prefix() {
        for text in [
            r#"<a:r xmlns:a="urn:x"><a:c>1</a:c></a:r>"#,
            r#"<r xmlns="urn:x"><c>1</c></r>"#,
            r#"<q:r xmlns:q="urn:x"><c xmlns="urn:x">1</c></q:r>"#,
        ] {
            let root = read(text).expect("well-formed");
            assert!(root.is("urn:x", "r"));
            assert_eq!(root.child_text("urn:x", "c"), Some("1"));
        }
    }

    #[test]
    fn the_five_entities_and_character_references_are_text() {
        let root = read("<r>&lt;&amp;&#230;&#xF8;<![CDATA[<å>]]></r>").expect("well-formed");
        assert_eq!(root.text(), Some("<&æø<å>"));
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&unknown;</a>",
            "<p:a/>",
            "<a b='1' b='2'/>",
            "<a>&#0;</a>",
            "<a>]]></a>",
            "<a b='<'/>",
            "<a/>after",
            "<!DOCTYPE a><a/>",
            "<a>\u{1}</a>",
            "<1a/>",
            "<a b=1/>",
            "<a><?xml version='1.0'?></a>",
        ] {
            assert!(read(text).is_err(), "accepted: {text:?}");
        }
    }

    #[test]
    fn a_billion_laughs_is_refused_at_the_document_type() {
        let bomb = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>";
        assert_eq!(read(bomb), Err(XmlError::DocumentType));
    }

    #[test]
    fn depth_and_attributes_are_limited() {
        let deep = format!("{}{}", "<a>".repeat(DEPTH_MAX + 1), "</a>".repeat(DEPTH_MAX + 1));
        assert!(matches!(read(&deep), Err(XmlError::OverLimit(_))));
        let wide: String =
            (0..=ATTRIBUTES_MAX).flat_map(|at| [" a".to_owned(), at.to_string(), "='1'".to_owned()]).collect();
        assert!(matches!(read(&format!("<a{wide}/>")), Err(XmlError::OverLimit(_))));
    }

    #[test]
    fn other_encodings_are_transcoded_or_refused() {
        let utf16: Vec<u8> =
            std::iter::once(0xfeff_u16).chain("<a>æ</a>".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(parse(&utf16, "text/xml").expect("UTF-16").text(), Some("æ"));
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe6</a>";
        assert_eq!(parse(latin, "text/xml").expect("Latin-1").text(), Some("æ"));
        assert_eq!(parse(b"<a>\xe6</a>", "text/xml"), Err(XmlError::Encoding));
        assert_eq!(parse(b"<?xml version='1.0' encoding='UTF-7'?><a/>", "text/xml"), Err(XmlError::Encoding));
    }
}
