//! Free text as people have typed it, made presentable: names, phone numbers, mailboxes. A text with a civil
//! registration number in it is no text of ours.

use crate::contract::CprNumber;

/// Longest name or title that is kept, in characters: the schema's own limit.
const NAME_MAX: usize = 200;
/// Longest phone text, in characters.
const PHONE_MAX: usize = 40;
/// Fewest digits of a phone number; local numbers have four.
const PHONE_DIGITS_MIN: usize = 4;
/// Longest mailbox, in characters.
const EMAIL_MAX: usize = 254;
/// Words before a number, longest first where one begins another.
const PHONE_WORDS: [&str; 9] =
    ["telefonnummer", "telefon", "tlf.nr", "tlf. nr", "tlf", "mobiltelefon", "mobilnummer", "mobil", "mob"];

/// A name or title: blanks made single, nothing unprintable, cut at its limit.
pub(super) fn name(text: &str) -> Option<String> {
    let text = tidy(text);
    if text.is_empty() || holds_civil_number(&text) {
        return None;
    }
    Some(text.chars().take(NAME_MAX).collect())
}

/// A phone number as readable text: of several the first, without "tlf." before it. What has hardly a digit is none.
pub(super) fn phone(text: &str) -> Option<String> {
    if holds_civil_number(text) {
        return None;
    }
    let text = text.replace(" og ", ";").replace(" eller ", ";");
    let is_number = |piece: &String| piece.bytes().filter(u8::is_ascii_digit).count() >= PHONE_DIGITS_MIN;
    let found = text.split([';', '/', '|', ',', '\n']).map(|piece| tidy(without_word(piece))).find(is_number)?;
    (found.chars().count() <= PHONE_MAX).then_some(found)
}

/// A mailbox in lower case; of several the first.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix("mailto:").unwrap_or(&text);
    let mut pieces = text.split(|letter: char| letter.is_whitespace() || matches!(letter, ';' | ','));
    let found = pieces.find(|piece| is_mailbox(piece))?;
    (found.len() <= EMAIL_MAX && !holds_civil_number(found)).then(|| found.to_owned())
}

fn is_mailbox(piece: &str) -> bool {
    let printable = piece.chars().all(|letter| !letter.is_control() && !matches!(letter, '<' | '>' | '"'));
    let parts = piece.split_once('@');
    printable && parts.is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@'))
}

fn without_word(piece: &str) -> &str {
    let piece = piece.trim();
    for word in PHONE_WORDS {
        let Some((head, tail)) = piece.split_at_checked(word.len()) else { continue };
        let ends = !tail.starts_with(|letter: char| letter.is_alphabetic());
        if ends && head.eq_ignore_ascii_case(word) {
            return tail.trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '.' | ':'));
        }
    }
    piece
}

fn tidy(text: &str) -> String {
    let printable: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    printable.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Ten digits of a birthday and a number stand in it, alone or with one mark after the sixth.
pub(super) fn holds_civil_number(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    (0..letters.len()).filter(|at| is_digit(*at) && (*at == 0 || !is_digit(at - 1))).any(|start| {
        let marks = usize::from(letters.get(start + 6).is_some_and(|letter| matches!(letter, '-' | ' ' | '–')));
        let (day, number) = (start..start + 6, start + 6 + marks..start + 10 + marks);
        if is_digit(number.end) || !day.clone().chain(number.clone()).all(is_digit) {
            return false;
        }
        let digits: String = day.chain(number).map(|at| letters[at]).collect();
        CprNumber::parse(&digits).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_the_first_one_without_the_word_before_it() {
        for (text, wanted) in [
            ("+45 00 00 00 01", Some("+45 00 00 00 01")),
            (" Tlf.: 00 00 00 01 ", Some("00 00 00 01")),
            ("TELEFON 00000001", Some("00000001")),
            ("mobil:\t00 00\u{a0}00 01", Some("00 00 00 01")),
            ("00 00 00 01 / 00 00 00 02", Some("00 00 00 01")),
            ("tlf. 00 00 00 01 eller 00 00 00 02", Some("00 00 00 01")),
            ("Bedst om formiddagen; 00 00 00 01", Some("00 00 00 01")),
            ("lokal 1234", Some("lokal 1234")),
            ("4500000001", Some("4500000001")),
            ("Se hjemmesiden", None),
            ("", None),
            ("0101019999", None),
            ("010101-9999", None),
        ] {
            assert_eq!(phone(text).as_deref(), wanted, "{text:?}");
        }
        assert_eq!(phone(&"1".repeat(500)), None);
    }

    #[test]
    fn a_mailbox_is_lower_case_or_none() {
        for (text, wanted) in [
            ("AZ00001@Aarhus.Example", Some("az00001@aarhus.example")),
            ("mailto:team@aarhus.example", Some("team@aarhus.example")),
            ("a@aarhus.example; b@aarhus.example", Some("a@aarhus.example")),
            ("ingen", None),
            ("@aarhus.example", None),
            ("0101019999@aarhus.example", None),
            ("<b>@aarhus.example", None),
        ] {
            assert_eq!(email(text).as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_printable_and_short_and_no_number() {
        assert_eq!(name("  Karen\u{7}  Prøve\n").as_deref(), Some("Karen Prøve"));
        assert_eq!(name(" \n"), None);
        assert_eq!(name("Karen Prøve 010101-9999"), None);
        assert_eq!(name("Karen Prøve (0101019999)"), None);
        assert_eq!(name("Team 1234567890123").as_deref(), Some("Team 1234567890123"));
        assert_eq!(name(&"å".repeat(900)).map(|text| text.chars().count()), Some(NAME_MAX));
    }
}
