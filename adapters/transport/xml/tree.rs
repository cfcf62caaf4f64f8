//! The tree: small nodes in document order that point into the text they were read from.

use bytes::Bytes;

/// What one element weighs, in bytes.
pub(super) const NODE_BYTES: usize = size_of::<Node>();

/// A document, or a part of one. `Debug` shows nothing of it.
pub struct Document {
    tree: Tree,
    /// The element that this is about; the root, unless it is a part.
    top: u32,
}

/// What the reader builds.
pub(super) struct Tree {
    /// UTF-8, with nothing before the first character of the document.
    pub(super) source: Bytes,
    /// Every element, in document order.
    pub(super) nodes: Vec<Node>,
    /// Texts that do not stand in the source as one piece: with references, CDATA, or children between.
    pub(super) texts: Vec<Box<str>>,
    /// Namespaces by number; 0 is none.
    pub(super) namespaces: Vec<Box<str>>,
}

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// Where its local name begins in the source.
    pub(super) name: u32,
    /// How long its local name is.
    pub(super) name_bytes: u16,
    /// Number of its namespace; the highest bit says that it has attributes.
    pub(super) namespace: u16,
    /// The node after its last descendant.
    pub(super) end: u32,
    /// Its text.
    pub(super) text: Text,
}

/// Where a text is: trimmed, in the source or among the texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    pub(super) start: u32,
    pub(super) bytes: u32,
}

impl Text {
    /// No text.
    pub(super) const NONE: Self = Self { start: 0, bytes: 0 };
    /// In the place of a length: `start` is the number of an own text. Longer than any text may be.
    pub(super) const OWN: u32 = u32::MAX;
}

impl Node {
    /// In `namespace`: the element has attributes that are neither a namespace declaration nor XML Schema's.
    pub(super) const HAS_ATTRIBUTES: u16 = 1 << 15;
}

impl Document {
    pub(super) fn new(tree: Tree) -> Self {
        Self { tree, top: 0 }
    }

    /// The element that this is about.
    pub fn root(&self) -> Element<'_> {
        Element { tree: &self.tree, at: self.top }
    }

    /// The part that `choose` finds below the root, without its surroundings but with all their memory.
    pub fn part(mut self, choose: impl FnOnce(Element<'_>) -> Option<Element<'_>>) -> Option<Self> {
        self.top = choose(self.root())?.at;
        Some(self)
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Document").field("elements", &self.tree.nodes.len()).finish_non_exhaustive()
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl Eq for Document {}

/// One element with its namespace resolved. `Debug` shows neither its name nor what stands in it.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    tree: &'d Tree,
    at: u32,
}

impl<'d> Element<'d> {
    fn node(self) -> &'d Node {
        &self.tree.nodes[self.at as usize]
    }

    /// Local name.
    pub fn name(self) -> &'d str {
        let node = self.node();
        self.tree.slice(node.name, u32::from(node.name_bytes))
    }

    /// Namespace URI; empty when it has none.
    pub fn namespace(self) -> &'d str {
        &self.tree.namespaces[usize::from(self.node().namespace & !Node::HAS_ATTRIBUTES)]
    }

    /// It has attributes of its own: more than namespace declarations and those of XML Schema (`xsi:nil`).
    pub fn has_attributes(self) -> bool {
        self.node().namespace & Node::HAS_ATTRIBUTES != 0
    }

    /// The element has this namespace and name. A namespace counts, a prefix never.
    pub fn is(self, namespace: &str, name: &str) -> bool {
        let node = self.node();
        let start = node.name as usize;
        self.tree.source[start..start + usize::from(node.name_bytes)] == *name.as_bytes()
            && self.namespace() == namespace
    }

    /// All child elements, in order.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        let end = self.node().end;
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            let child = Self { at, ..self };
            (at < end).then(|| {
                at = child.node().end;
                child
            })
        })
    }

    /// The only child element; `None` when there is none, or more than one.
    pub fn only_element(self) -> Option<Self> {
        let mut elements = self.elements();
        elements.next().filter(|_| elements.next().is_none())
    }

    /// The first child with this namespace and name.
    pub fn child(self, namespace: &str, name: &str) -> Option<Self> {
        self.elements().find(|child| child.is(namespace, name))
    }

    /// All children with this namespace and name, in order.
    pub fn children<'n>(self, namespace: &'n str, name: &'n str) -> impl Iterator<Item = Self> + use<'d, 'n> {
        self.elements().filter(move |child| child.is(namespace, name))
    }

    /// Character data directly inside, joined and trimmed; `None` when there is none.
    pub fn text(self) -> Option<&'d str> {
        let Text { start, bytes } = self.node().text;
        match bytes {
            0 => None,
            Text::OWN => Some(&self.tree.texts[start as usize]),
            bytes => Some(self.tree.slice(start, bytes)),
        }
    }

    /// Text of the first child with this namespace and name.
    pub fn child_text(self, namespace: &str, name: &str) -> Option<&'d str> {
        self.child(namespace, name).and_then(Self::text)
    }
}

impl Tree {
    fn slice(&self, start: u32, bytes: u32) -> &str {
        let slice = &self.source[start as usize..(start + bytes) as usize];
        std::str::from_utf8(slice).expect("the source is UTF-8, and the reader cut it between characters")
    }
}

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Element(…)")
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is(other.namespace(), other.name())
            && self.has_attributes() == other.has_attributes()
            && self.text() == other.text()
            && self.elements().eq(other.elements())
    }
}

impl Eq for Element<'_> {}
