//! Numbers of people, as text and as URN: what is read is what was written, and what was written is what is read.

use glasplade_adapters::contract::{CprNumber, PersonId};

/// The whole is text. Tells whether it is a number.
pub(crate) fn try_one(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut is_number = false;
    if let Ok(number) = CprNumber::parse(text) {
        assert!(number.expose().bytes().all(|byte| byte.is_ascii_digit()) && number.expose().len() == 10);
        for written in [number.expose().to_owned(), number.expose_hyphenated()] {
            assert!(CprNumber::parse(&written) == Ok(number), "a number that is written is another");
        }
        assert!(CprNumber::from_urn(&number.expose_urn()) == Some(number));
        assert!(!format!("{number:?}").contains(number.expose()), "a number is shown");
        is_number = true;
    }
    if let Some(number) = CprNumber::from_urn(text) {
        let digits = text.bytes().filter(u8::is_ascii_digit);
        assert!(digits.eq(number.expose().bytes()), "an address of another number");
    }
    for person in PersonId::parse(text).into_iter().chain(PersonId::from_urn(text)) {
        assert!(person.joins(&person) || person.as_cpr().is_none(), "nobody is somebody else");
        let shown = format!("{person:?}");
        assert!(person.as_cpr().is_none_or(|number| !shown.contains(number.expose())), "a number is shown");
        is_number = true;
    }
    is_number
}
