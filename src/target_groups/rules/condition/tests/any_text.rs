//! No text makes the check panic, and each refusal stands inside the text.

use proptest::prelude::*;

use super::compile;
use super::draw::Draw;

const WORDS: [&str; 54] = [
    "citizen",
    "household",
    "as_of",
    "facts",
    "f",
    "m",
    ".",
    ".",
    ".",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ",",
    "exists",
    "filter",
    "all",
    "exists_one",
    "map",
    "has",
    "size",
    "size()",
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "?",
    ":",
    "+",
    "-",
    "*",
    "/",
    "%",
    "1",
    "0x7fffffffffffffff",
    "2.5",
    "3u",
    "true",
    "null",
    "\"child\"",
    "'2024-02-29'",
    "b\"x\"",
    "`x`",
    "departments >= 2",
    "is_active",
];

const VALID: [&str; 6] = [
    "citizen.departments >= 2",
    "citizen.facts.exists(f, f.is_active && f.category in [\"child\", 'benefit'] && f.opened < \"2024-02-29\")",
    "household.exists(m, m.kinship == \"child\" && m.facts.exists(g, g.is_active && g.category == \"child\"))",
    "size(citizen.facts.filter(f, !f.is_active || f.closed >= as_of)) >= 2 || citizen.categories > 1",
    "(citizen.age_years == 16 || citizen.age_months >= 210) && citizen.facts.exists(f, f.active_days > 3)",
    "citizen.benefit_months >= 12 && citizen.facts.exists(a, citizen.facts.exists(b, a.category != b.category))",
];

fn check(text: &str) -> Result<(), TestCaseError> {
    if let Err(refusal) = compile(text) {
        prop_assert!(!refusal.what.is_empty() && refusal.offset <= text.len(), "{:?}: {}", text, refusal);
        prop_assert!(refusal.line <= text.matches('\n').count() + 1, "{:?}: {}", text, refusal);
        // What the parser stumbles over is refused as well, and should not come to that.
        prop_assert!(!refusal.what.contains("cannot be read"), "the parser panics: {:?}", text);
    }
    Ok(())
}

#[test]
fn the_valid_ones_are() {
    for text in VALID {
        super::whole(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_at_all(text in "\\PC{0,60}|[ -~\n]{0,120}|(?s).{0,30}") {
        check(&text)?;
    }

    #[test]
    fn any_row_of_words(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..40), gap in "[ \n]?") {
        check(&words.join(&gap))?;
    }

    #[test]
    fn any_change_of_what_is_valid(seed in any::<u64>(), at in 0..VALID.len(), changes in 1..6_usize) {
        let (mut draw, mut text) = (Draw(seed), VALID[at].to_owned());
        for _ in 0..changes {
            let place = draw.below(text.len() + 1);
            let end = (place + draw.below(6)).min(text.len());
            match draw.below(4) {
                0 => text.replace_range(place..end, ""),
                1 => text.insert_str(place, WORDS[draw.below(WORDS.len())]),
                2 => text.replace_range(place..end, WORDS[draw.below(WORDS.len())]),
                _ => {
                    let piece = text[place..end].to_owned();
                    let to = draw.below(text.len() + 1);
                    text.insert_str(to, &piece);
                }
            }
        }
        check(&text)?;
    }
}
