//! The answer as a tree of elements in namespaces, and two ways to write it: our prefixes, or none at all.

use std::fmt::Write as _;

use crate::case_index::wire::ns;
use crate::transport::soap::SoapVersion;

/// A namespace that the index writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// The envelope's.
    Envelope(SoapVersion),
    /// No namespace: the children of a SOAP 1.1 fault.
    None,
    /// `h`.
    Header,
    /// `i`.
    Index,
    /// `a`.
    Case,
    /// `g`.
    Common,
    /// `k`.
    Extension,
    /// `d`.
    Oio,
    /// Somebody else's, for the quirk `foreign`.
    Foreign,
}

impl Space {
    const fn uri(self) -> &'static str {
        match self {
            Self::Envelope(version) => version.namespace(),
            Self::None => "",
            Self::Header => ns::HEADER,
            Self::Index => ns::INDEX,
            Self::Case => ns::CASE,
            Self::Common => ns::COMMON,
            Self::Extension => ns::EXTENSION,
            Self::Oio => ns::OIO,
            Self::Foreign => "urn:example:fremmed",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Envelope(_) => "s",
            Self::None => "",
            Self::Header => "h",
            Self::Index => "i",
            Self::Case => "a",
            Self::Common => "g",
            Self::Extension => "k",
            Self::Oio => "d",
            Self::Foreign => "x",
        }
    }
}

/// How namespaces are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// The prefixes of the published samples, each declared where it is first needed.
    Prefixed,
    /// Default namespaces, declared anew wherever they change.
    Unprefixed,
}

/// An element of an answer.
#[derive(Clone)]
pub(super) struct Tag {
    space: Space,
    name: &'static str,
    text: Option<String>,
    children: Vec<Tag>,
    is_danish: bool,
}

impl Tag {
    /// An empty element.
    pub(super) fn new(space: Space, name: &'static str) -> Self {
        Self { space, name, text: None, children: Vec::new(), is_danish: false }
    }

    /// An element with text.
    pub(super) fn text(space: Space, name: &'static str, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::new(space, name) }
    }

    /// Adds what there is: a tag, an option of one, or many.
    pub(super) fn with(mut self, children: impl IntoIterator<Item = Tag>) -> Self {
        self.children.extend(children);
        self
    }

    /// Adds one child.
    pub(super) fn add(self, child: Tag) -> Self {
        self.with([child])
    }

    /// Marks the language, which SOAP 1.2 wants of a reason.
    pub(super) fn in_danish(self) -> Self {
        Self { is_danish: true, ..self }
    }

    /// Nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.children.is_empty() && self.text.is_none()
    }

    /// The whole document.
    pub(super) fn document(&self, style: Style) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        match style {
            Style::Prefixed => self.prefixed(&mut out, &mut Vec::new()),
            Style::Unprefixed => self.unprefixed(&mut out, Space::None),
        }
        out
    }

    fn prefixed(&self, out: &mut String, declared: &mut Vec<Space>) {
        let before = declared.len();
        let name = match self.space {
            Space::None => self.name.to_owned(),
            space => format!("{}:{}", space.prefix(), self.name),
        };
        let _ = write!(out, "<{name}");
        for space in self.declares() {
            if !declared.contains(&space) {
                declared.push(space);
                let _ = write!(out, " xmlns:{}=\"{}\"", space.prefix(), space.uri());
            }
        }
        self.inside(out, &name, |child, out| child.prefixed(out, declared));
        declared.truncate(before);
    }

    /// The roots of header and body declare what their subtree needs, as the samples do.
    fn declares(&self) -> Vec<Space> {
        const OF_BODY: [Space; 5] = [Space::Index, Space::Case, Space::Extension, Space::Common, Space::Oio];
        match self.space {
            Space::None => Vec::new(),
            Space::Index => OF_BODY.to_vec(),
            space => vec![space],
        }
    }

    fn unprefixed(&self, out: &mut String, around: Space) {
        let _ = write!(out, "<{}", self.name);
        if self.space != around {
            let _ = write!(out, " xmlns=\"{}\"", self.space.uri());
        }
        self.inside(out, self.name, |child, out| child.unprefixed(out, self.space));
    }

    fn inside(&self, out: &mut String, name: &str, mut child: impl FnMut(&Tag, &mut String)) {
        if self.is_danish {
            out.push_str(" xml:lang=\"da\"");
        }
        if self.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        if let Some(text) = &self.text {
            out.push_str(&quick_xml::escape::escape(text.as_str()));
        }
        self.children.iter().for_each(|one| child(one, out));
        let _ = write!(out, "</{name}>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::xml;

    #[test]
    fn both_styles_are_one_tree() {
        let tree = Tag::new(Space::Index, "Antal")
            .add(Tag::text(Space::Oio, "StatusKode", "<20>"))
            .add(Tag::new(Space::Case, "Sagspart").add(Tag::new(Space::Common, "Rolle")))
            .add(Tag::new(Space::Foreign, "Ukendt"));
        let read = |style| xml::tree(&tree.document(style));
        assert_eq!(read(Style::Prefixed), read(Style::Unprefixed));
    }
}
