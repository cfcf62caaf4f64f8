//! Bytes out of lower-case hexadecimal text, in exactly one spelling, so that no flipped bit hides in upper case.

/// The `N` bytes behind `2 × N` lower-case characters; `None` for every other text.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0_u8; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_one_spelling() {
        assert_eq!(crate::hex(&[0x00, 0x9f, 0xff]), "009fff");
        assert_eq!(decode::<3>(b"009fff"), Some([0x00, 0x9f, 0xff]));
        for other in [&b"009FFF"[..], b"009ff", b"009fff0", b"009ffg", b""] {
            assert_eq!(decode::<3>(other), None);
        }
    }
}
