//! The situations' own words: who looks at whom, what they see, what they must not, and why.

mod family;
mod people;
mod seen;
mod situation;
mod traces;

pub(super) use family::member_in_words;
pub(super) use seen::Seen;
