//! A law text, parsed only when certain: one known law, one paragraph.

use super::super::view::ParsedLaw;

/// Laws by the words that mean them and nothing else.
const LAWS: &[(&str, &[&str])] = &[
    ("serviceloven", &["serviceloven", "lov om social service", "sel"]),
    ("barnets lov", &["barnets lov"]),
    ("sundhedsloven", &["sundhedsloven"]),
    ("sygedagpengeloven", &["sygedagpengeloven"]),
    ("integrationsloven", &["integrationsloven"]),
    ("aktivloven", &["lov om aktiv socialpolitik", "aktivloven"]),
    ("lov om en aktiv beskæftigelsesindsats", &["lov om en aktiv beskæftigelsesindsats", "lab"]),
];

/// `{law, paragraph}` when the text names exactly one known law and exactly one paragraph.
pub(super) fn parse(text: &str) -> Option<ParsedLaw> {
    let lower = text.to_lowercase();
    let has_word = |word: &&str| {
        lower.match_indices(*word).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let after = lower[at + word.len()..].chars().next();
            before.is_none_or(|letter| !letter.is_alphanumeric())
                && after.is_none_or(|letter| !letter.is_alphanumeric())
        })
    };
    let mut laws = LAWS.iter().filter(|(_, words)| words.iter().any(has_word));
    let (law, _) = laws.next()?;
    if laws.next().is_some() || lower.matches('§').count() != 1 {
        return None;
    }
    let rest = lower.split('§').nth(1)?.trim_start();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return None;
    }
    let behind = &rest[digits.len()..];
    let mut letters = behind.trim_start().chars();
    let letter = letters.next().filter(char::is_ascii_lowercase);
    let stands_alone = letters.next().is_none_or(|next| !next.is_alphanumeric());
    // "§ 8 i lov …" has a preposition there, not a letter.
    let paragraph = match letter {
        Some('i') if behind.starts_with(' ') => digits,
        Some(letter) if stands_alone => format!("{digits} {letter}"),
        _ => digits,
    };
    Some(ParsedLaw { law, paragraph })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_parsed_only_when_certain() {
        let read = |text| parse(text).map(|parsed| (parsed.law, parsed.paragraph));
        assert_eq!(read("LBK om social service (serviceloven) § 85, Stk. 1"), Some(("serviceloven", "85".to_owned())));
        assert_eq!(read("SEL § 85 a"), Some(("serviceloven", "85 a".to_owned())));
        assert_eq!(read("SEL §101"), Some(("serviceloven", "101".to_owned())));
        assert_eq!(read("§ 85 i serviceloven"), Some(("serviceloven", "85".to_owned())));
        assert_eq!(read("Lov om aktiv socialpolitik, § 46"), Some(("aktivloven", "46".to_owned())));
        for unsure in ["§ 85", "serviceloven", "SEL §§ 85 og 97", "SEL § 85, sundhedsloven § 141", "6.6", "SEL § x", ""]
        {
            assert_eq!(read(unsure), None, "{unsure}");
        }
    }
}
