//! Which characters stand where: XML 1.0, fifth edition, productions 2, 4, 4a, 66 and 68.

/// White space of production 3.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Production 2.
fn is_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Where the first character stands that no document may hold, in any part of it. Bytes, for speed: of what UTF-8 can say
/// only control characters, U+FFFE and U+FFFF are no characters of XML.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch, and the fold no vector instructions")]
pub(super) fn first_forbidden(text: &str) -> Option<usize> {
    const BLOCK: usize = 4096;
    let is_forbidden = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    let bytes = text.as_bytes();
    let mut suspect = None;
    for (number, block) in bytes.chunks(BLOCK).enumerate() {
        // No early end inside a block, so that it becomes vector instructions.
        if block.iter().fold(false, |found, &byte| found | is_forbidden(byte) | (byte == 0xef)) {
            suspect = Some(number * BLOCK);
            break;
        }
    }
    let start = text.floor_char_boundary(suspect?);
    text[start..].char_indices().find(|(_, character)| !is_char(*character)).map(|(at, _)| start + at)
}

/// A name without colons: `NCName` of Namespaces in XML, over productions 4 and 4a.
pub(super) fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_part)
}

fn is_name_start(character: char) -> bool {
    matches!(character,
        'a'..='z' | 'A'..='Z' | '_'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
        | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
        | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn is_name_part(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '0'..='9' | '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// What a reference (without `&` and `;`) stands for: one of the five entities or a character by its number.
pub(super) fn referenced(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, base) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
            // The standard library also reads a sign.
            let is_number = digits.chars().all(|digit| digit.is_digit(base));
            let number = u32::from_str_radix(digits, base).ok().filter(|_| is_number)?;
            char::from_u32(number).filter(|character| is_char(*character))
        }
    }
}

/// Every `&` in an attribute's value begins a reference that stands for something.
pub(super) fn are_references_known(value: &str) -> bool {
    value.split('&').skip(1).all(|part| part.split_once(';').is_some_and(|(name, _)| referenced(name).is_some()))
}
