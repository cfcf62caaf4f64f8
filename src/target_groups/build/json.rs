//! The JSON of one line, read strictly from its first byte to its last: one flat object of texts, `true`, `false`, `null` and lists
//! of texts. What it reads it borrows from the line.

use std::borrow::Cow;

use super::scan::plain_bytes;
use super::trouble::{LineTrouble, NUMBERS_MAX};

/// A value, as far as a row can have it.
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Bool(bool),
    Null,
}

/// Where reading is within a line.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Calls `each` with every key and its value.
    pub(super) fn object(
        &mut self,
        mut each: impl FnMut(&str, Value<'a>) -> Result<(), LineTrouble>,
    ) -> Result<(), LineTrouble> {
        self.wants(b'{')?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return self.end();
        }
        loop {
            self.wants(b'"')?;
            let key = self.rest_of_text()?;
            self.wants(b':')?;
            let value = self.value()?;
            each(&key, value)?;
            match self.next() {
                Some(b',') => {}
                Some(b'}') => return self.end(),
                _ => return Err(LineTrouble::NotJson),
            }
        }
    }

    fn value(&mut self) -> Result<Value<'a>, LineTrouble> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Ok(Value::Text(self.rest_of_text()?))
            }
            Some(b'[') => {
                self.at += 1;
                self.rest_of_list().map(Value::List)
            }
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'{' | b'-' | b'0'..=b'9') => Err(LineTrouble::WrongType),
            _ => Err(LineTrouble::NotJson),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, LineTrouble> {
        let bytes = self.text.as_bytes().get(self.at..self.at + word.len());
        if bytes != Some(word.as_bytes()) {
            return Err(LineTrouble::NotJson);
        }
        self.at += word.len();
        Ok(value)
    }

    fn rest_of_list(&mut self) -> Result<Vec<Cow<'a, str>>, LineTrouble> {
        let mut list = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(list);
        }
        loop {
            match self.next() {
                Some(b'"') if list.len() == NUMBERS_MAX => return Err(LineTrouble::TooMany),
                Some(b'"') => list.push(self.rest_of_text()?),
                Some(_) => return Err(LineTrouble::WrongType),
                None => return Err(LineTrouble::NotJson),
            }
            match self.next() {
                Some(b',') => {}
                Some(b']') => return Ok(list),
                _ => return Err(LineTrouble::NotJson),
            }
        }
    }

    /// A text whose first quotation mark has been read.
    fn rest_of_text(&mut self) -> Result<Cow<'a, str>, LineTrouble> {
        let begin = self.at;
        let bytes = self.text.as_bytes();
        let mut at = begin + plain_bytes(&bytes[begin..]);
        match bytes.get(at) {
            Some(b'"') => {
                self.at = at + 1;
                return Ok(Cow::Borrowed(&self.text[begin..at]));
            }
            Some(b'\\') => {}
            _ => return Err(LineTrouble::NotJson),
        }
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                Some(_) => at += 1,
                None => return Err(LineTrouble::NotJson),
            }
        }
        // What the escapes mean, and whether they mean anything, the library knows.
        let quoted = self.text.get(begin - 1..=at).ok_or(LineTrouble::NotJson)?;
        let text: String = serde_json::from_str(quoted).map_err(|_| LineTrouble::NotJson)?;
        self.at = at + 1;
        Ok(Cow::Owned(text))
    }

    fn end(&mut self) -> Result<(), LineTrouble> {
        if self.peek().is_none() { Ok(()) } else { Err(LineTrouble::NotJson) }
    }

    fn wants(&mut self, wanted: u8) -> Result<(), LineTrouble> {
        if self.next() == Some(wanted) { Ok(()) } else { Err(LineTrouble::NotJson) }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }
}
