//! The events of quick-xml, checked one by one and put into a tree.

use bytes::Bytes;
use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesPI, BytesStart, Event};

use super::attributes::{self, each};
use super::characters::{BLANKS, first_forbidden, is_name, referenced};
use super::scope::Scope;
use super::text::{Budget, Pending};
use super::tree::{Document, NODE_BYTES, Node, Text, Tree};
use super::{DEPTH_MAX, NAME_BYTES_MAX, XmlError};

/// What an attribute costs of the budget. It is not kept; but a document must not be made of them either.
const ATTRIBUTE_BYTES: usize = 32;
/// What a comment or a processing instruction costs of the budget, for the same reason.
const ASIDE_BYTES: usize = 32;

/// Reads the whole of `source`, which is UTF-8 without carriage returns, into a tree of at most `budget` bytes.
pub(super) fn read(source: Bytes, budget: usize) -> Result<Document, XmlError> {
    let held = source.clone();
    let text = std::str::from_utf8(&held).map_err(|_| XmlError::Encoding)?;
    if let Some(at) = first_forbidden(text) {
        return Err(XmlError::NotWellFormed(at as u64));
    }
    // Positions are four bytes, and quick-xml passes over a byte order mark, of which there has been one already.
    if u32::try_from(text.len()).is_err() {
        return Err(XmlError::OverLimit(u64::from(u32::MAX)));
    }
    if text.starts_with('\u{feff}') {
        return Err(XmlError::NotWellFormed(0));
    }
    let mut budget = Budget::new(budget);
    let elements = start_tags(text.as_bytes()).min(budget.room(NODE_BYTES));
    budget.take(elements * NODE_BYTES, 0)?;
    let nodes = Vec::with_capacity(elements);
    let tree = Tree { source, nodes, texts: Vec::new(), namespaces: Vec::new() };
    let mut builder = Builder { text, tree, open: Vec::with_capacity(DEPTH_MAX), scope: Scope::new(), budget };
    builder.read_all()?;
    builder.tree.namespaces = builder.scope.into_namespaces();
    Ok(Document::new(builder.tree))
}

/// At most so many elements: the room for them is taken once, since a list that grows takes thrice what it holds.
fn start_tags(text: &[u8]) -> usize {
    let is_start = |byte: u8, next: u8| byte == b'<' && !matches!(next, b'/' | b'!' | b'?');
    text.iter().zip(text.iter().skip(1)).filter(|&(&byte, &next)| is_start(byte, next)).count()
}

struct Builder<'t> {
    text: &'t str,
    tree: Tree,
    open: Vec<Open>,
    scope: Scope<'t>,
    budget: Budget,
}

/// An element whose end has not come.
struct Open {
    node: usize,
    text: Pending,
    /// Declarations in force around it.
    scope: usize,
}

impl<'t> Builder<'t> {
    fn read_all(&mut self) -> Result<(), XmlError> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().enable_all_checks(true);
        loop {
            let place = reader.buffer_position();
            let malformed = XmlError::NotWellFormed(place);
            let event = reader.read_event().map_err(|_| self.told(&reader, malformed))?;
            match event {
                Event::Start(start) => self.start(&start, place)?,
                Event::Empty(start) => {
                    self.start(&start, place)?;
                    self.end(malformed)?;
                }
                Event::End(_) => self.end(malformed)?,
                Event::Text(part) if part.contains("]]>") => return Err(malformed),
                Event::Text(part) => self.add(&part, place, place)?,
                Event::CData(part) => {
                    if self.open.is_empty() {
                        return Err(malformed);
                    }
                    self.add(&part, place + "<![CDATA[".len() as u64, place)?;
                }
                Event::GeneralRef(reference) => {
                    let character = referenced(&reference).ok_or(malformed)?;
                    let open = self.open.last_mut().ok_or(malformed)?;
                    let mut buffer = [0; 4];
                    let piece = character.encode_utf8(&mut buffer);
                    // A blank by its number is still no text, in a text that is trimmed.
                    open.text.add(piece, None, self.text, &mut self.budget, place)?;
                }
                Event::DocType(_) => return Err(XmlError::DocumentType),
                Event::Decl(declaration) if place == 0 => self::declaration(&declaration).ok_or(malformed)?,
                Event::PI(instruction) => {
                    self.budget.take(ASIDE_BYTES, place)?;
                    self::instruction(&instruction).ok_or(malformed)?;
                }
                Event::Comment(_) => self.budget.take(ASIDE_BYTES, place)?,
                Event::Eof if self.open.is_empty() && !self.tree.nodes.is_empty() => return Ok(()),
                // A declaration that is not the very first thing, or an end inside an element or before there is one.
                Event::Decl(_) | Event::Eof => return Err(malformed),
            }
        }
    }

    /// quick-xml reads a document type whole before it tells of it, and one that does not end is an error; its beginning
    /// is enough for us.
    fn told(&self, reader: &Reader<&[u8]>, malformed: XmlError) -> XmlError {
        let at = usize::try_from(reader.error_position()).unwrap_or(0);
        let is_type = self.text.get(at..).is_some_and(|rest| rest.starts_with("<!DOCTYPE"));
        if is_type { XmlError::DocumentType } else { malformed }
    }

    fn start(&mut self, start: &BytesStart<'t>, place: u64) -> Result<(), XmlError> {
        let malformed = XmlError::NotWellFormed(place);
        if self.open.is_empty() && !self.tree.nodes.is_empty() {
            return Err(malformed);
        }
        let name = start.name().0;
        if self.open.len() >= DEPTH_MAX || name.len() > NAME_BYTES_MAX {
            return Err(XmlError::OverLimit(place));
        }
        // There are no more start tags than were counted, so that only those over the limit have no room.
        if self.tree.nodes.len() == self.tree.nodes.capacity() {
            return Err(XmlError::OverLimit(place));
        }
        let scope = self.scope.depth();
        let attributes = attributes::read(self.text, start, &mut self.scope, place)?;
        self.budget.take(ATTRIBUTE_BYTES * attributes.count, place)?;
        let (prefix, local) = attributes::split(name).ok_or(malformed)?;
        let namespace = self.scope.resolve(prefix).ok_or(malformed)?;
        let at = place + 1 + (name.len() - local.len()) as u64;
        self.open.push(Open { node: self.tree.nodes.len(), text: Pending::default(), scope });
        self.tree.nodes.push(Node {
            name: u32::try_from(at).map_err(|_| malformed)?,
            name_bytes: u16::try_from(local.len()).map_err(|_| malformed)?,
            namespace: if attributes.own { namespace | Node::HAS_ATTRIBUTES } else { namespace },
            end: 0,
            text: Text::NONE,
        });
        Ok(())
    }

    fn end(&mut self, malformed: XmlError) -> Result<(), XmlError> {
        let Open { node, text, scope } = self.open.pop().ok_or(malformed)?;
        self.scope.leave(scope);
        let text = text.close(self.text, &mut self.tree, &mut self.budget)?;
        let end = u32::try_from(self.tree.nodes.len()).map_err(|_| malformed)?;
        let node = &mut self.tree.nodes[node];
        (node.text, node.end) = (text, end);
        Ok(())
    }

    /// Adds text, which stands at `at` of the source. Around the root there are only blanks.
    fn add(&mut self, piece: &str, at: u64, place: u64) -> Result<(), XmlError> {
        let malformed = XmlError::NotWellFormed(place);
        match self.open.last_mut() {
            Some(open) => {
                let start = usize::try_from(at).ok();
                open.text.add(piece, start, self.text, &mut self.budget, place)
            }
            None if piece.trim_matches(BLANKS).is_empty() => Ok(()),
            None => Err(malformed),
        }
    }
}

/// `<?xml …?>`: version, then perhaps encoding, then perhaps standalone. That the encoding is true has been looked at.
fn declaration(declaration: &BytesDecl<'_>) -> Option<()> {
    let mut attributes = each(declaration, "xml".len()).peekable();
    let version = attributes.next()??;
    let number = version.value.strip_prefix("1.")?;
    let is_number = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    if version.key.0 != "version" || !is_number {
        return None;
    }
    let mut next_named = |name: &str| attributes.next_if(|next| next.as_ref().is_some_and(|next| next.key.0 == name));
    if let Some(encoding) = next_named("encoding").flatten() {
        let mut letters = encoding.value.bytes();
        let is_name = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|next| next.is_ascii_alphanumeric() || b"._-".contains(&next));
        is_name.then_some(())?;
    }
    if let Some(standalone) = next_named("standalone").flatten() {
        matches!(&*standalone.value, "yes" | "no").then_some(())?;
    }
    attributes.next().is_none().then_some(())
}

/// A processing instruction does nothing here, but its target must be a name, and not `xml` in any case.
fn instruction(instruction: &BytesPI<'_>) -> Option<()> {
    let target = instruction.target();
    (is_name(target) && !target.eq_ignore_ascii_case("xml")).then_some(())
}
