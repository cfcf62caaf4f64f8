//! The JSON of one line, read strictly from its first byte to its last: one flat object of texts, `true`, `false`, `null` and lists
//! of texts. What it reads it borrows from the line.
//!
//! Rows are written by programs, all alike: what stands where it stood in the row before, without a space and without an escape, is
//! compared and taken as it is ([`Cursor::takes`], [`Cursor::plain`], [`Cursor::plain_of`]). These take nothing that is not the whole
//! of a key or a value; everything else is read by byte.

use std::borrow::Cow;

use super::scan::plain_bytes;
use super::trouble::{LineTrouble, NUMBERS_MAX};

/// A value, as far as a row can have it.
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    /// What is in it was appended to the list that was lent.
    List,
    Bool(bool),
    Null,
}

/// A key as programs write it: in quotation marks and with its colon, as the first bytes of a word.
pub(super) struct Written {
    word: u128,
    mask: u128,
    length: usize,
}

impl Written {
    /// The key has at most thirteen characters, none of which is escaped.
    pub(super) const fn new(key: &str) -> Self {
        let (key, mut word, mut mask) = (key.as_bytes(), [0; 16], [0; 16]);
        let length = key.len() + 3;
        let mut at = 0;
        while at < length {
            word[at] = match at {
                0 => b'"',
                at if at <= key.len() => key[at - 1],
                at if at == key.len() + 1 => b'"',
                _ => b':',
            };
            mask[at] = u8::MAX;
            at += 1;
        }
        Self { word: u128::from_le_bytes(word), mask: u128::from_le_bytes(mask), length }
    }
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

    /// Begins the object. Tells whether a key follows.
    pub(super) fn begin(&mut self) -> Result<bool, LineTrouble> {
        self.wants(b'{')?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return self.end().map(|()| false);
        }
        Ok(true)
    }

    /// Goes on behind a value. Tells whether a key follows.
    #[inline]
    pub(super) fn goes_on(&mut self) -> Result<bool, LineTrouble> {
        match self.next() {
            Some(b',') => Ok(true),
            Some(b'}') => self.end().map(|()| false),
            _ => Err(LineTrouble::NotJson),
        }
    }

    /// Takes the key and its colon if they stand here as programs write them.
    #[inline]
    pub(super) fn takes(&mut self, key: &Written) -> bool {
        let rest = self.text.as_bytes().get(self.at..);
        let is_it = rest.and_then(|rest| rest.first_chunk()).is_some_and(|next| {
            // Sixteen bytes in one step; those behind the colon do not matter.
            u128::from_le_bytes(*next) & key.mask == key.word
        });
        if is_it {
            self.at += key.length;
        }
        is_it
    }

    /// Takes whatever key stands here, and its colon.
    pub(super) fn key(&mut self) -> Result<Cow<'a, str>, LineTrouble> {
        self.wants(b'"')?;
        let key = self.rest_of_text()?;
        self.wants(b':')?;
        Ok(key)
    }

    /// Takes a text without escapes, if one stands here.
    #[inline]
    pub(super) fn plain(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        let begin = self.at + 1;
        let end = begin + plain_bytes(&bytes[begin..]);
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        Some(&self.text[begin..end])
    }

    /// Takes what `read` makes of the `length` bytes between two quotation marks, if so many stand here and it makes something of
    /// them. What it takes has no quotation mark, no escape and no control character in it.
    #[inline]
    pub(super) fn plain_of<T>(&mut self, length: usize, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let bytes = self.text.as_bytes();
        let (begin, end) = (self.at + 1, self.at + 1 + length);
        if bytes.get(self.at) != Some(&b'"') || bytes.get(end) != Some(&b'"') {
            return None;
        }
        let value = self.text.get(begin..end).and_then(read)?;
        self.at = end + 1;
        Some(value)
    }

    /// Takes whatever value stands here. The texts of a list are appended to `list`.
    pub(super) fn value(&mut self, list: &mut Vec<Cow<'a, str>>) -> Result<Value<'a>, LineTrouble> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Ok(Value::Text(self.rest_of_text()?))
            }
            Some(b'[') => {
                self.at += 1;
                self.rest_of_list(list).map(|()| Value::List)
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

    fn rest_of_list(&mut self, list: &mut Vec<Cow<'a, str>>) -> Result<(), LineTrouble> {
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
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
                Some(b']') => return Ok(()),
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

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// The next byte that is no space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }
}
