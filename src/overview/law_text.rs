//! Law texts as Danish systems write them, compared by whole words.

use memchr::memmem::Finder;

/// A row's text in lower case, one space between words, one space behind each paragraph sign and before a paragraph's letter
/// (`§ 101a`).
#[derive(Debug)]
pub(super) struct LawText(String);

/// What a rule looks for in such a text: made when the rules are read, and so is what finds it.
#[derive(Debug)]
pub(super) struct LawWords {
    words: String,
    finder: Finder<'static>,
}

impl LawWords {
    pub(super) fn new(words: &str) -> Self {
        let LawText(words) = LawText::new(words);
        Self { finder: Finder::new(&words).into_owned(), words }
    }
}

impl LawText {
    pub(super) fn new(text: &str) -> Self {
        let text = text.to_lowercase().replace('§', "§ ");
        let words: Vec<String> = text.split_whitespace().map(letter_apart).collect();
        Self(words.join(" "))
    }

    /// `words` stand in it as whole words: `§ 10` is not in `§ 101`, nor `§ 101` in `§ 101 a`.
    pub(super) fn names(&self, LawWords { words, finder }: &LawWords) -> bool {
        let text = &self.0;
        let mut found = finder.find_iter(text.as_bytes()).filter(|at| text.is_char_boundary(*at));
        found.any(|at| {
            let before = text[..at].chars().next_back();
            let mut after = text[at + words.len()..].chars();
            let next = after.next();
            let is_letter_paragraph = next == Some(' ')
                && words.ends_with(|last: char| last.is_ascii_digit())
                // "§ 8 i lov …" has a preposition there, not a letter.
                && after.next().is_some_and(|letter| letter.is_alphabetic() && letter != 'i')
                && after.next().is_none_or(|third| !third.is_alphanumeric());
            before.is_none_or(|before| !before.is_alphanumeric())
                && next.is_none_or(|next| !next.is_alphanumeric())
                && !is_letter_paragraph
        })
    }
}

/// `101a,` becomes `101 a,`; every other word stays.
fn letter_apart(word: &str) -> String {
    let (digits, rest) = word.split_at(word.bytes().take_while(u8::is_ascii_digit).count());
    let mut letters = rest.chars();
    let is_letter = letters.next().is_some_and(|letter| letter.is_alphabetic() && letter != 'i');
    let is_alone = letters.next().is_none_or(|next| !next.is_alphanumeric());
    if !digits.is_empty() && is_letter && is_alone { format!("{digits} {rest}") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains_words(text: &str, words: &str) -> bool {
        LawText::new(text).names(&LawWords::new(words))
    }

    #[test]
    fn law_texts_match_whole_paragraphs_only() {
        assert!(contains_words("LBK om social service (serviceloven) § 101, Stk. 1", "§ 101"));
        assert!(contains_words("SEL §101", "sel § 101"));
        assert!(!contains_words("SEL § 101 a", "SEL § 101"));
        assert!(contains_words("SEL § 101 a, stk. 2", "§ 101 a"));
        assert!(contains_words("SEL § 101a, stk. 2", "§ 101 a") && contains_words("§101A", "§ 101 a"));
        assert!(!contains_words("SEL § 1010", "§ 101"));
        assert!(!contains_words("SEL § 85i", "§ 85"));
        assert!(contains_words("§ 85 i serviceloven", "§ 85"), "the preposition is no paragraph letter by itself");
        assert!(contains_words("§", "") && !contains_words("åæ", ""), "no words stand where no letter does");
    }
}
