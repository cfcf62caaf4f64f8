//! The check digit that invented numbers must *not* have. Nothing outside the fakes may look at it.

/// Years between 1960 and 1995 whose 1 January is on the CPR office's list of dates with numbers that fail modulus 11
/// (26 dates, read in 2023; not exhaustive).
pub const LISTED_YEARS: &[i16] = &[
    1960, 1962, 1964, 1965, 1966, 1967, 1969, 1970, 1974, 1975, 1978, 1980, 1981, 1982, 1983, 1984, 1985, 1986, 1987,
    1988, 1989, 1990, 1991, 1992, 1994, 1995,
];

/// Whether ten digits satisfy modulus 11. A number that does, or whose date is listed, may belong to a living person.
pub(super) fn fits_modulus_11(cpr: &str) -> bool {
    const WEIGHTS: [u32; 10] = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let sum: u32 = cpr.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
    sum.is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_made_to_fit_fits_and_its_neighbour_does_not() {
        assert!(fits_modulus_11("0707614285"));
        assert!(!fits_modulus_11("0707614286"));
        assert_eq!(LISTED_YEARS.len(), 26);
    }
}
