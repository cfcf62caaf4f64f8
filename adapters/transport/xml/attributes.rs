//! Attributes of one element: their form, their namespaces, none twice. Their values are checked and not kept.

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use quick_xml::events::attributes::{Attribute, Attributes};

use super::characters::{BLANKS, are_references_known, is_name};
use super::scope::{SCHEMA, Scope};
use super::{ATTRIBUTES_MAX, NAME_BYTES_MAX, XmlError};

/// Above this many, looking for a double by sorting is cheaper than by comparing each with each.
const FEW: usize = 8;

/// What the attributes of an element say to the tree.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Read {
    /// How many there are, declarations counted.
    pub(super) count: usize,
    /// Some are neither declarations nor XML Schema's.
    pub(super) own: bool,
}

/// Checks the attributes of `start`, found at `place` in `text`, and puts its declarations in force.
pub(super) fn read<'t>(
    text: &'t str,
    start: &BytesStart<'t>,
    scope: &mut Scope<'t>,
    place: u64,
) -> Result<Read, XmlError> {
    let malformed = XmlError::NotWellFormed(place);
    // The tag as it stands in the document: what the event lends does not live as long as the prefixes must.
    let from = usize::try_from(place).map_err(|_| malformed)? + 1;
    let tag = text.get(from..from + start.len()).ok_or(malformed)?;
    let name_bytes = start.name().0.len();
    if tag[name_bytes..].trim_matches(BLANKS).is_empty() {
        return Ok(Read::default());
    }
    let mut read = Read::default();
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut declared: Vec<&str> = Vec::new();
    for attribute in each(tag, name_bytes) {
        read.count += 1;
        if read.count > ATTRIBUTES_MAX {
            return Err(XmlError::OverLimit(place));
        }
        let attribute = attribute.ok_or(malformed)?;
        if attribute.key.0.len() > NAME_BYTES_MAX {
            return Err(XmlError::OverLimit(place));
        }
        if attribute.value.contains('<') || !are_references_known(&attribute.value) {
            return Err(malformed);
        }
        let (prefix, local) = split(attribute.key.0).ok_or(malformed)?;
        match (prefix, local) {
            ("", "xmlns") => declared.push(declare(scope, "", &attribute, place)?),
            ("xmlns", prefix) => declared.push(declare(scope, prefix, &attribute, place)?),
            name => names.push(name),
        }
    }
    // Only now every prefix is known, also one that is declared behind its first use.
    let mut expanded = Vec::with_capacity(names.len());
    for (prefix, local) in names {
        // An attribute without a prefix has no namespace, whatever the default is.
        let namespace = if prefix.is_empty() { 0 } else { scope.resolve(prefix).ok_or(malformed)? };
        read.own |= scope.namespace(namespace) != SCHEMA;
        expanded.push((namespace, local));
    }
    if has_double(&mut expanded) || has_double(&mut declared) { Err(malformed) } else { Ok(read) }
}

/// The attributes of a tag (`name` bytes of it are its name), or `None` for what is no attribute. Each must have a blank
/// before it, which quick-xml does not ask for.
pub(super) fn each(tag: &str, name: usize) -> impl Iterator<Item = Option<Attribute<'_>>> {
    let mut attributes = Attributes::new(tag, name);
    // Doubles are looked for by expanded name, which finds these too.
    attributes.with_checks(false);
    attributes.map(move |attribute| {
        let attribute = attribute.ok()?;
        let at = attribute.key.0.as_ptr().addr().checked_sub(tag.as_ptr().addr())?;
        tag[..at].ends_with(BLANKS).then_some(attribute)
    })
}

/// Prefix (empty without one) and local name, when both are names.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    match name.split_once(':') {
        None => is_name(name).then_some(("", name)),
        Some((prefix, local)) => (is_name(prefix) && is_name(local)).then_some((prefix, local)),
    }
}

fn declare<'t>(
    scope: &mut Scope<'t>,
    prefix: &'t str,
    attribute: &Attribute<'t>,
    place: u64,
) -> Result<&'t str, XmlError> {
    let uri = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| XmlError::NotWellFormed(place))?;
    scope.declare(prefix, &uri, place)?;
    Ok(prefix)
}

fn has_double<T: Ord + Copy>(names: &mut [T]) -> bool {
    if names.len() <= FEW {
        return (1..names.len()).any(|at| names[..at].contains(&names[at]));
    }
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}
