//! One form for letters: `å` is one character, also where a source writes it as an `a` with a ring behind it.
//!
//! Words from sources are compared with words in configuration, and the same word must be the same bytes (Unicode
//! Standard Annex 15, normalization form C). What a source escapes letter by letter stays as it is.

use std::borrow::Cow;
use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Longest text that is changed, in bytes. It costs a copy, and a longer one, a page of a listing at most, would take more
/// memory than an answer may.
const COMPOSED_BYTES_MAX: usize = 768 * 1024;
/// How much longer it may become: some rare characters do, and a text of nothing else is no text of ours.
const GROWTH_BYTES_MAX: usize = 16 * 1024;
/// The first byte of U+0300. No character before it changes, alone or with others of its kind.
const FIRST_COMBINING: u8 = 0xcc;

/// `text` in normalization form C; borrowed where it is in that form already, or too long to be looked at.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    let normalizer = const { ComposingNormalizerBorrowed::new_nfc() };
    let highest_byte = || text.bytes().fold(0, u8::max);
    if text.len() > COMPOSED_BYTES_MAX || highest_byte() < FIRST_COMBINING || normalizer.is_normalized(text) {
        return Cow::Borrowed(text);
    }
    let mut sink = Bounded { text: String::with_capacity(text.len()), bytes_max: text.len() + GROWTH_BYTES_MAX };
    match normalizer.normalize_to(text, &mut sink) {
        Ok(()) => Cow::Owned(sink.text),
        Err(fmt::Error) => Cow::Borrowed(text),
    }
}

/// A text that grows no further than it may.
struct Bounded {
    text: String,
    bytes_max: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.text.len() + part.len() > self.bytes_max {
            return Err(fmt::Error);
        }
        self.text.push_str(part);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_composed_and_the_rest_stays() {
        for (text, wanted) in [
            ("", ""),
            ("på æblerød ø", "på æblerød ø"),
            ("pa\u{30a} A\u{30a}rhus", "på Århus"),
            // The sign of a length that looks like the letter.
            ("\u{212b}", "Å"),
            ("e\u{301}", "é"),
            ("æ\u{301}ø", "ǽø"),
            ("\u{30a}", "\u{30a}"),
            ("Ω 漢字 👩‍👧", "Ω 漢字 👩‍👧"),
        ] {
            assert_eq!(composed(text), wanted);
            assert_eq!(composed(&composed(text)), wanted);
        }
        assert!(matches!(composed("Ω 漢字"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_text_that_would_grow_or_is_long_stays_as_it_is() {
        let growing = "\u{1d160}".repeat(GROWTH_BYTES_MAX);
        assert!(matches!(composed(&growing), Cow::Borrowed(_)));
        assert_eq!(composed("\u{1d160}").chars().count(), 3);
        let long = "a\u{30a}".repeat(COMPOSED_BYTES_MAX);
        assert!(matches!(composed(&long), Cow::Borrowed(_)));
    }
}
