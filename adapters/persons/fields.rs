//! Strict reading of one element: its known children in the order of the schema, each of its type. Says which element did
//! not fit, never what stood there.

use jiff::civil::Date;

use super::time;
use crate::contract::{CprNumber, RegisterDate};
use crate::transport::xml::Element;

/// The answer is not what the contract says. Our own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Misfit(pub(super) &'static str);

/// One element and the namespace of its children.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    namespace: &'a str,
    element: Element<'a>,
}

impl<'a> Fields<'a> {
    /// Looks at `element`, whose known children are `sequence` in this order; a name that ends in `*` may come again.
    ///
    /// A child that the schema of today does not have is passed over: a register grows, and what is new is nothing that
    /// we show.
    ///
    /// # Errors
    /// When a known child stands twice or out of order: then nobody can say which of two values counts.
    pub(super) fn of(element: Element<'a>, namespace: &'a str, sequence: &[&str]) -> Result<Self, Misfit> {
        let mut reached = 0;
        for child in element.elements().filter(|child| child.namespace() == namespace) {
            let place = sequence.iter().position(|name| name.trim_end_matches('*') == child.name());
            let Some(place) = place else { continue };
            if place < reached {
                return Err(Misfit("an element stands twice or out of order"));
            }
            reached = if sequence[place].ends_with('*') { place } else { place + 1 };
        }
        Ok(Self { namespace, element })
    }

    /// A child, whether it holds anything or not.
    pub(super) fn child(&self, name: &str) -> Option<Element<'a>> {
        self.element.child(self.namespace, name)
    }

    /// A child with the order of its own children.
    pub(super) fn inside(&self, name: &str, sequence: &[&str]) -> Result<Option<Self>, Misfit> {
        self.child(name).map(|child| Self::of(child, self.namespace, sequence)).transpose()
    }

    /// All children of a name that may come again.
    pub(super) fn each(&self, name: &'a str, sequence: &'a [&str]) -> impl Iterator<Item = Result<Self, Misfit>> {
        let Self { namespace, element } = *self;
        element.children(namespace, name).map(move |child| Self::of(child, namespace, sequence))
    }

    /// Text; an empty element is as good as none.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.element.child_text(self.namespace, name).map(str::to_owned)
    }

    /// A whole number of at most five digits, with or without leading zeros; zero means none.
    pub(super) fn number(&self, name: &str) -> Result<Option<u16>, Misfit> {
        let Some(text) = self.element.child_text(self.namespace, name) else { return Ok(None) };
        let number: u16 = text.parse().map_err(|_| Misfit("a number is not one"))?;
        Ok((number != 0).then_some(number))
    }

    /// A code; one that is no number is a code that we do not know.
    pub(super) fn code(&self, name: &str) -> Option<u16> {
        self.element.child_text(self.namespace, name).and_then(|text| text.parse().ok())
    }

    /// xs:boolean.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Misfit> {
        match self.element.child_text(self.namespace, name) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Misfit("a flag is neither true nor false")),
        }
    }

    /// A personal number; ten zeros mean none.
    pub(super) fn person(&self, name: &str) -> Result<Option<CprNumber>, Misfit> {
        match self.element.child_text(self.namespace, name) {
            None | Some("0000000000") => Ok(None),
            Some(text) if text.len() == 10 => {
                CprNumber::parse(text).map(Some).map_err(|_| Misfit("a personal number is not one"))
            }
            Some(_) => Err(Misfit("a personal number is not one")),
        }
    }

    /// xs:date.
    pub(super) fn day(&self, name: &str) -> Result<Option<Date>, Misfit> {
        Self::read_day(self.element.child_text(self.namespace, name), time::day)
    }

    /// `dato` and `usikkerhedsmarkering`, a date.
    pub(super) fn uncertain_day(&self, name: &str) -> Result<Option<RegisterDate>, Misfit> {
        let Some(fields) = self.inside(name, DATED)? else { return Ok(None) };
        let uncertain = fields.text("usikkerhedsmarkering").is_some();
        Ok(fields.day("dato")?.map(|day| RegisterDate { day, uncertain }))
    }

    /// `dato` and `usikkerhedsmarkering`, a moment: the Danish day of it.
    pub(super) fn day_of_moment(&self, name: &str) -> Result<Option<Date>, Misfit> {
        let Some(fields) = self.inside(name, DATED)? else { return Ok(None) };
        Self::read_day(fields.element.child_text(fields.namespace, "dato"), time::day_of_moment)
    }

    fn read_day(text: Option<&str>, read: fn(&str) -> Option<Date>) -> Result<Option<Date>, Misfit> {
        let Some(text) = text else { return Ok(None) };
        let day = read(text).ok_or(Misfit("a date is not one"))?;
        Ok((!time::is_no_day(day)).then_some(day))
    }
}

const DATED: &[&str] = &["dato", "usikkerhedsmarkering"];
