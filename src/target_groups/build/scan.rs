//! Where lines and texts end, many bytes at a time: texts are too short for a vector's, lines are not.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The highest bit of every byte that is `byte`, up to the first; what a borrow makes of those behind it does not matter.
fn same(word: u64, byte: u8) -> u64 {
    let word = word ^ (ONES * u64::from(byte));
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Where the line ends; `None` where it does not.
pub(super) fn line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', bytes)
}

/// How many bytes stand before the first that is no plain one of a text: a quotation mark, a backslash or a control character. Eight
/// are looked at in one step.
pub(super) fn plain_bytes(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        // What a borrow makes of bytes behind the first does not matter: the first is right.
        let found = (same(word, b'"') | same(word, b'\\') | control) & HIGHS;
        if found != 0 {
            return at * 8 + (found.trailing_zeros() / 8) as usize;
        }
    }
    let from = words.len() * 8;
    let rest = bytes[from..].iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    rest.map_or(bytes.len(), |rest| from + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_at_a_time_find_what_one_at_a_time_finds() {
        let slow = |bytes: &[u8]| bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
        for length in 0..40 {
            for at in 0..=length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![0xc3; length];
                    bytes.iter_mut().enumerate().for_each(|(at, one)| *one = b" !#[]a\x7f\x80\xff"[at % 9]);
                    bytes.insert(at, byte);
                    bytes.push(b'"');
                    assert_eq!(Some(plain_bytes(&bytes)), slow(&bytes), "{byte} at {at} of {length}");
                }
            }
        }
        assert_eq!(plain_bytes(b"no end at all"), 13);
        assert_eq!(
            [line_end(b"0123456789\n\n"), line_end(b"01\n"), line_end(b"0123456789")],
            [Some(10), Some(2), None]
        );
    }
}
