//! What a condition's text may hold before a parser sees it. Codes, names and days are ASCII, and nobody needs an escape: what
//! is refused here is refused at its place, and a text of any kind costs the parser little.

use super::fault::Fault;

/// Longest text, bytes.
pub(super) const TEXT_BYTES_MAX: usize = 4096;
/// Deepest brackets.
const DEPTH_MAX: usize = 12;
/// Most dots, brackets and operators between two of `&&`, `||` and commas: the parser goes one call deeper for each.
const LINKS_MAX: usize = 12;
/// Most names, numbers, texts and signs.
const TOKENS_MAX: usize = 800;

/// One bracket that is open.
struct Open {
    at: usize,
    closed_by: u8,
    links: usize,
}

/// Takes the text, or says what to change first.
pub(super) fn scan(text: &str) -> Result<(), Fault> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Fault::new(TEXT_BYTES_MAX, format!("shorten the condition to {TEXT_BYTES_MAX} bytes")));
    }
    if text.trim().is_empty() {
        return Err(Fault::new(0, "write a condition, such as `citizen.departments >= 2`"));
    }
    let bytes = text.as_bytes();
    if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_graphic() && !b" \t\r\n".contains(byte)) {
        return Err(Fault::new(at, "write the condition in plain letters: codes and fields have no other signs"));
    }
    walk(bytes)
}

fn walk(bytes: &[u8]) -> Result<(), Fault> {
    let mut open = vec![Open { at: 0, closed_by: 0, links: 0 }];
    let (mut at, mut tokens) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        let two = |sign: u8| byte == sign && bytes.get(at + 1) == Some(&sign);
        let mut next = at + 1;
        let level = open.last_mut().expect("the text's own level is never closed");
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => tokens -= 1,
            b'\'' | b'"' => next = text_end(bytes, at)?,
            b'/' if two(b'/') => {
                return Err(Fault::new(at, "move this remark out of the condition, behind a `#` of the file"));
            }
            b'&' | b'|' if two(byte) => {
                (level.links, next) = (0, at + 2);
            }
            b',' => level.links = 0,
            b'(' | b'[' | b'{' => {
                level.links += 1;
                if open.len() > DEPTH_MAX {
                    return Err(Fault::new(at, format!("open no more than {DEPTH_MAX} brackets inside each other")));
                }
                let closed_by = if byte == b'(' { b')' } else { byte + 2 };
                open.push(Open { at, closed_by, links: 0 });
            }
            b')' | b']' | b'}' => {
                if level.closed_by != byte {
                    return Err(Fault::new(at, "take this bracket away, or open it: it closes nothing"));
                }
                open.pop();
            }
            byte if is_word(byte) => next = at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => level.links += 1,
        }
        tokens += 1;
        if tokens > i32::try_from(TOKENS_MAX).unwrap_or(i32::MAX) {
            return Err(Fault::new(at, "make the condition shorter, or two rules of it"));
        }
        if open.iter().any(|level| level.links > LINKS_MAX) {
            return Err(Fault::new(at, "make this expression shorter: split it with `&&` or `||`"));
        }
        at = next;
    }
    let unclosed = open.pop().filter(|level| level.closed_by != 0);
    unclosed.map_or(Ok(()), |level| Err(Fault::new(level.at, "close this bracket")))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The place behind a text in quotes that begins at `at`.
fn text_end(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let quote = bytes[at];
    if at > 0 && is_word(bytes[at - 1]) {
        return Err(Fault::new(at - 1, "take the letter before the quotes away: a code is a plain text"));
    }
    for (behind, byte) in bytes[at + 1..].iter().enumerate() {
        let place = at + 1 + behind;
        match *byte {
            byte if byte == quote && bytes.get(place + 1) == Some(&quote) => {
                return Err(Fault::new(place + 1, "write each text in one pair of quotes"));
            }
            byte if byte == quote => return Ok(place + 1),
            b'\\' => return Err(Fault::new(place, "take the backslash away: codes and days have none")),
            b'\n' | b'\r' => break,
            _ => {}
        }
    }
    Err(Fault::new(at, "close this text with the same quotes, on the same line"))
}

/// The text as it is compared: white space is one space, and none at the ends. Two texts that differ in nothing else mean the
/// same, since texts in quotes stand on one line; their own spaces stay.
pub(super) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut quote = None;
    for sign in text.trim().chars() {
        match quote {
            Some(open) if sign == open => quote = None,
            None if sign == '\'' || sign == '"' => quote = Some(sign),
            None if sign.is_ascii_whitespace() => {
                if !normal.ends_with(' ') {
                    normal.push(' ');
                }
                continue;
            }
            _ => {}
        }
        normal.push(sign);
    }
    normal
}
