//! What a spreadsheet takes for something else than the text that it is.

use std::borrow::Cow;

/// A text that begins like a formula is told as a text: with an apostrophe before it. Spaces before the sign hide nothing.
/// Doing it twice changes nothing.
pub(crate) fn defused(text: Cow<'_, str>) -> Cow<'_, str> {
    let begins =
        |letter: char| matches!(letter, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    let is_formula = text.starts_with(begins) || text.trim_start().starts_with(begins);
    if is_formula { Cow::Owned(format!("'{text}")) } else { text }
}

/// A code that a spreadsheet reads as a number and gives back as another text: a leading zero goes, the sixteenth digit and
/// those after it become zeros, and `12e4` becomes 120000. Of all pseudonyms, one in a million is such a code.
pub(crate) fn is_misread_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once(['e', 'E']) {
        Some((figure, power)) => digits(figure) && digits(power),
        None => digits(text) && (text.len() > 15 || (text.len() > 1 && text.starts_with('0'))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_a_text() {
        for text in ["=1+1", "+45", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "\r\n=1", "＝1"] {
            assert_eq!(defused(text.into()), format!("'{text}"));
            assert_eq!(defused(defused(text.into())), format!("'{text}"));
        }
        for text in ["", "Samtale i dag", "a=b", "2026-17", "'=1"] {
            assert_eq!(defused(text.into()), text);
        }
    }

    #[test]
    fn a_code_that_would_come_back_as_another_is_known() {
        for code in ["0101019999", "00", "1234567890123456", "12345678901234567890123456789012", "12e4", "7E1"] {
            assert!(is_misread_number(code), "{code}");
        }
        for code in ["", "0", "7", "123456789012345", "010101-9999", "e4", "12e", "JSY", "12f4", "1e2e3", "5b6e1"] {
            assert!(!is_misread_number(code), "{code}");
        }
    }
}
