//! Wire oddities that every reader must survive, strewn over the rows. Their names are those of each fake's README.

use super::dice::Dice;
use crate::fake::population::CaseRow;

/// Source, quirk, value as JSON. Only such as leave the row readable and say whom it is about.
const QUIRKS: &[(&str, &str, &str)] = &[
    ("case_index", "times", "\"z\""),
    ("case_index", "times", "\"none\""),
    ("case_index", "fractions", "0"),
    ("case_index", "fractions", "7"),
    ("case_index", "empty_infinity", "true"),
    ("case_index", "foreign", "true"),
    ("case_index", "no_extension", "true"),
    ("case_index", "registrations", "2"),
    ("case_index", "former_title", "\"Tidligere titel\""),
    ("case_index", "former_caseworker", "\"az10015\""),
    ("case_index", "sender", "\"fordeler\""),
    ("case_index", "system_uri", "\"https://fagsystem.example/sag\""),
    ("case_index", "journal_empty", "true"),
    ("case_index", "company_party", "\"12345678\""),
    ("sbsys", "titel", "true"),
    ("sbsys", "no_offset", "true"),
    ("sbsys", "fraction_digits", "0"),
    ("sbsys", "fraction_digits", "7"),
    ("sbsys", "sags_type", "\"BUSag\""),
    ("fasit", "context", "\"formatted\""),
    ("fasit", "phone", "true"),
    ("fasit", "caseworker_missing", "true"),
    ("dubu", "type_as_text", "true"),
    ("dubu", "deadline_as_instant", "true"),
    ("oio", "registrations", "2"),
    ("oio", "publication", "\"IkkePubliceret\""),
];

/// Gives a row one oddity of its source, now and then.
pub(super) fn strew(row: &mut CaseRow, dice: &mut Dice) {
    if !dice.permille(40) {
        return;
    }
    let own: Vec<_> = QUIRKS.iter().filter(|(source, ..)| *source == row.source).collect();
    let Some((_, name, value)) = dice.one(&own) else { return };
    if let Ok(value) = serde_json::from_str(value) {
        row.quirks.insert((*name).to_owned(), value);
    }
}
