//! Reading one JSON object by names that only the vocabulary knows. A value of a wrong type is a [`Misfit`], never a guess.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::Coded;
use crate::contract::PersonId;

/// A value had another type than the vocabulary says: the row is counted as unreadable. It carries nothing of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misfit;

/// The fields of one object.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The fields of `value`, which must be an object.
    pub(crate) fn of(value: &'a Value) -> Result<Self, Misfit> {
        value.as_object().map(Self).ok_or(Misfit)
    }

    fn present(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text or a number as trimmed text; an empty one is none.
    pub(crate) fn text(self, name: &str) -> Result<Option<String>, Misfit> {
        self.present(name).map_or(Ok(None), as_text)
    }

    /// Yes or no.
    pub(crate) fn flag(self, name: &str) -> Result<Option<bool>, Misfit> {
        self.present(name).map(|value| value.as_bool().ok_or(Misfit)).transpose()
    }

    /// An object inside this one.
    pub(crate) fn fields(self, name: &str) -> Result<Option<Self>, Misfit> {
        self.present(name).map(Self::of).transpose()
    }

    /// A code with its title, see [`Coded::read`].
    pub(crate) fn coded(self, name: &str, coded: &Coded) -> Result<(Option<String>, Option<String>), Misfit> {
        self.present(name).map_or(Ok((None, None)), |value| coded.read(value))
    }

    /// A personal number or an eCPR; a number that was written as a JSON number gets its leading zero back.
    pub(crate) fn personal_number(self, name: &str) -> Result<Option<PersonId>, Misfit> {
        let text = match self.present(name) {
            Some(Value::Number(number)) => number.as_u64().map(|number| format!("{number:010}")),
            _ => self.text(name)?,
        };
        text.map(|text| PersonId::parse(&text).map_err(|_| Misfit)).transpose()
    }
}

impl Coded {
    /// Key and title of a code; a plain text is both.
    pub(crate) fn read(&self, value: &Value) -> Result<(Option<String>, Option<String>), Misfit> {
        if let Value::Object(fields) = value {
            let fields = Fields(fields);
            return Ok((fields.text(self.key)?, fields.text(self.title)?));
        }
        as_text(value).map(|text| (text.clone(), text))
    }
}

fn as_text(value: &Value) -> Result<Option<String>, Misfit> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(Misfit),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// For `#[serde(deserialize_with)]`: a field that some answers write as a number and others as a text.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => as_text(&value).map_err(|Misfit| serde::de::Error::custom("neither text nor number")),
    }
}
