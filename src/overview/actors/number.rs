//! A number, who says so, and who says otherwise.

use glasplade_adapters::contract::SourceId;
use jiff::Timestamp;

/// A number. Nothing is resolved silently: what others say instead is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::overview) struct Number {
    /// The number to call.
    pub(in crate::overview) value: String,
    /// Numbers that sources or the directory give instead, each with who gives it.
    pub(in crate::overview) others: Vec<(String, Vec<SourceId>)>,
}

/// A number that somebody gives.
#[derive(Debug, Clone)]
pub(super) struct Told<'a> {
    pub(super) value: &'a str,
    pub(super) by: &'a SourceId,
    /// When it was read, where that is known.
    pub(super) read_at: Option<Timestamp>,
}

/// The number that counts: a source's own where it was read later than the directory's entry, else the directory's, else
/// any source's. `sources` stand in the configured order.
pub(super) fn choose(sources: &[Told<'_>], directory: Option<&Told<'_>>) -> Option<Number> {
    let is_newer = |told: &&Told<'_>| match directory {
        Some(directory) => told.read_at > directory.read_at,
        None => true,
    };
    let chosen = sources.iter().find(is_newer).or(directory)?;
    let mut others: Vec<(String, Vec<SourceId>)> = Vec::new();
    for told in sources.iter().chain(directory).filter(|told| !is_same(told.value, chosen.value)) {
        match others.iter_mut().find(|(value, _)| is_same(value, told.value)) {
            Some((_, by)) if by.contains(told.by) => {}
            Some((_, by)) => by.push(told.by.clone()),
            None => others.push((told.value.to_owned(), vec![told.by.clone()])),
        }
    }
    Some(Number { value: chosen.value.to_owned(), others })
}

/// The same number in two spellings: `+45 00 00 00 01` and `00000001`.
fn is_same(one: &str, other: &str) -> bool {
    digits(one) == digits(other)
}

/// The digits; a Danish country code counts as left out. A number in words only is the same as itself.
fn digits(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let without_country = digits.strip_prefix("00").unwrap_or(&digits).strip_prefix("45");
    match without_country {
        Some(rest) if rest.len() == 8 => rest.to_owned(),
        _ if digits.is_empty() => number.trim().to_owned(),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn spellings_of_one_number_are_one_number() {
        for same in ["+45 00 00 00 01", "00000001", "00 00 00 01", "004500000001", " +4500000001"] {
            assert!(is_same(same, "+45 00 00 00 01"), "{same}");
        }
        assert!(!is_same("+46 00 00 00 01", "00000001") && !is_same("45000001", "00000001"));
        assert!(is_same("lokal", " lokal ") && !is_same("lokal", "omstilling"));
    }

    #[test]
    fn a_source_s_own_number_counts_when_it_was_read_later_and_the_other_is_kept() {
        let (sbsys, dubu, catalogue) = (SourceId::new("sbsys"), SourceId::new("dubu"), SourceId::new("catalogue"));
        let told = |value, by, read_at| Told { value, by, read_at };
        let directory = told("2", &catalogue, at(100));
        let value = |read_at| choose(&[told("1", &sbsys, read_at)], Some(&directory)).expect("a number");
        assert_eq!(value(at(101)), Number { value: "1".into(), others: vec![("2".into(), vec![catalogue.clone()])] });
        for not_newer in [at(100), at(99), None] {
            let others = vec![("1".to_owned(), vec![sbsys.clone()])];
            assert_eq!(value(not_newer), Number { value: "2".into(), others });
        }
        let alone = choose(&[told("1", &sbsys, None), told("3", &dubu, at(9))], None).expect("a number");
        assert_eq!(alone, Number { value: "1".into(), others: vec![("3".into(), vec![dubu.clone()])] });
        let agreed = choose(&[told("1", &sbsys, at(101)), told("+45 1", &dubu, at(101))], None);
        assert_eq!(agreed.expect("a number").others.len(), 1, "not eight digits: two spellings stay two");
        assert_eq!(choose(&[], None), None);
    }
}
