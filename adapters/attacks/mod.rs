//! Answers that a broken or hostile source might give: one or more of each class in the threat model's list, made here, so
//! that each can be as large as whoever tries it has time for.
//!
//! None is an answer to anything: every adapter, whatever its own language, must end each as `Malformed`, fast and in
//! little memory. What is *almost* a right answer is made by the contract tests, which have the right ones.

#[cfg(test)]
mod drawn_out;
mod json;
mod markup;
mod soap;
mod storms;
#[cfg(test)]
mod tests;

use crate::fake::FakeAnswer;

/// One answer.
#[derive(Debug, Clone, Copy)]
pub struct Attack {
    /// A name, unlike every other.
    pub name: &'static str,
    /// The content type that it claims; without one, whatever a right answer would claim.
    pub content_type: Option<&'static str>,
    /// The content encoding that it claims.
    pub packed: Option<&'static str>,
    /// Makes the body, of about so many bytes where that matters and of much fewer where it does not.
    pub body: fn(usize) -> Vec<u8>,
}

impl Attack {
    const fn new(name: &'static str, body: fn(usize) -> Vec<u8>) -> Self {
        Self { name, content_type: None, packed: None, body }
    }

    const fn claiming(self, content_type: &'static str) -> Self {
        Self { content_type: Some(content_type), ..self }
    }

    const fn packed(self, encoding: &'static str) -> Self {
        Self { packed: Some(encoding), ..self }
    }

    /// The attack in the place of `right`, of about so many bytes.
    #[must_use]
    pub fn instead_of(&self, right: FakeAnswer, bytes: usize) -> FakeAnswer {
        let right = FakeAnswer { body: (self.body)(bytes).into(), ..right };
        let right = self.content_type.iter().fold(right, |answer, claimed| answer.with_header("content-type", claimed));
        self.packed.iter().fold(right, |answer, claimed| answer.with_header("content-encoding", claimed))
    }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Attack> {
    [markup::ATTACKS, soap::ATTACKS, storms::ATTACKS, json::ATTACKS].into_iter().flatten()
}

/// `part` as often as fits between `before` and `after`.
fn filled(before: &str, part: &str, after: &str, bytes: usize) -> Vec<u8> {
    [before, &part.repeat(bytes / part.len() + 1), after].concat().into_bytes()
}

/// As [`filled`], with a number in each part where it has a `#`.
fn numbered(before: &str, part: &str, after: &str, bytes: usize) -> Vec<u8> {
    let mut text = before.to_owned();
    for number in 0.. {
        if text.len() >= bytes.max(before.len() + 1) {
            break;
        }
        text.push_str(&part.replace('#', &number.to_string()));
    }
    text.push_str(after);
    text.into_bytes()
}
