//! From bytes to UTF-8: UTF-8 as it is, UTF-16 and Latin-1 transcoded, everything else refused, and so is a text whose
//! encoding is not the one that it, or HTTP, says. Line ends become one character, as XML 1.0 §2.11 has it, and letters are
//! composed.

use std::borrow::Cow;

use bytes::{Buf as _, Bytes, BytesMut};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::super::letters;
use super::{TREE_BYTES_SPARE, XmlError};

/// How far the end of the declaration is looked for, in bytes.
const DECLARATION_BYTES_MAX: usize = 256;

/// The text as UTF-8 with composed letters, without a byte order mark and without a carriage return.
pub(super) fn decode(bytes: Bytes, content_type: &str) -> Result<Bytes, XmlError> {
    let text = with_one_line_end(transcoded(bytes, content_type)?);
    let composed = match letters::composed(std::str::from_utf8(&text).map_err(|_| XmlError::Encoding)?) {
        Cow::Borrowed(_) => None,
        Cow::Owned(composed) => Some(composed),
    };
    Ok(composed.map_or(text, Bytes::from))
}

/// The text as UTF-8, without a byte order mark.
fn transcoded(bytes: Bytes, content_type: &str) -> Result<Bytes, XmlError> {
    let (found, mark) = match &*bytes {
        [0xef, 0xbb, 0xbf, ..] => (Some(UTF_8), 3),
        [0xff, 0xfe, ..] => (Some(UTF_16LE), 2),
        [0xfe, 0xff, ..] => (Some(UTF_16BE), 2),
        [b'<', 0, ..] => (Some(UTF_16LE), 0),
        [0, b'<', ..] => (Some(UTF_16BE), 0),
        _ => (None, 0),
    };
    let from_header = charset(content_type).map(named).transpose()?;
    // Of a text in two-byte units the declaration is looked at once it is transcoded.
    let declared = declaration(&bytes[mark..]).map(named).transpose()?;
    let encoding = found.or(from_header).or(declared).unwrap_or(UTF_8);
    // Two-byte units show: a document begins with a mark or with `<`.
    let is_seen = found.is_some() || !is_wide(encoding);
    if !is_seen || [from_header, declared].into_iter().flatten().any(|named| !agrees(named, encoding)) {
        return Err(XmlError::Encoding);
    }
    let mut body = bytes;
    body.advance(mark);
    if encoding == UTF_8 {
        return if std::str::from_utf8(&body).is_ok() { Ok(body) } else { Err(XmlError::Encoding) };
    }
    let text = transcode(&body, encoding)?;
    // The bytes go as soon as their text is there.
    drop(body);
    match declaration(&text).map(named).transpose()? {
        Some(declared) if !agrees(declared, encoding) => Err(XmlError::Encoding),
        _ => Ok(text),
    }
}

/// Line feeds in the place of carriage returns, alone or with a line feed behind. At once, and where the text stands: a
/// document whose every piece of text differs from the source would be kept piece by piece.
fn with_one_line_end(text: Bytes) -> Bytes {
    let Some(first) = text.iter().position(|byte| *byte == b'\r') else {
        return text;
    };
    let mut text = text.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&*shared));
    let mut kept = first;
    let mut is_after_return = false;
    for at in first..text.len() {
        let byte = text[at];
        let is_second_half = is_after_return && byte == b'\n';
        is_after_return = byte == b'\r';
        if !is_second_half {
            text[kept] = if is_after_return { b'\n' } else { byte };
            kept += 1;
        }
    }
    text.truncate(kept);
    text.freeze()
}

/// Memory is what `Bytes` of the same length takes, and a little: a Latin-1 text that is mostly letters beyond ASCII is
/// no text of ours, and UTF-16 becomes shorter.
fn transcode(bytes: &[u8], encoding: &'static Encoding) -> Result<Bytes, XmlError> {
    let mut text = String::with_capacity(bytes.len() + TREE_BYTES_SPARE);
    let (result, read) =
        encoding.new_decoder_without_bom_handling().decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => {}
        DecoderResult::OutputFull => return Err(XmlError::OverLimit(read as u64)),
        DecoderResult::Malformed(..) => return Err(XmlError::Encoding),
    }
    text.shrink_to_fit();
    Ok(text.into())
}

/// `charset` of a content type.
fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

/// `encoding` of the declaration; whether the declaration is a good one is looked at later.
fn declaration(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let head = head.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let text = std::str::from_utf8(&head[..end]).ok()?;
    let value = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next()
}

fn named(label: &str) -> Result<&'static Encoding, XmlError> {
    // What calls itself ASCII is read as UTF-8: the same if it tells the truth, and if not, mostly an error.
    if label.eq_ignore_ascii_case("us-ascii") || label.eq_ignore_ascii_case("ascii") {
        return Ok(UTF_8);
    }
    // Not `for_label` alone: it takes many names for Windows-1252, and `utf-16` for one byte order.
    let known = Encoding::for_label(label.as_bytes()).ok_or(XmlError::Encoding)?;
    let is_taken = [UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1252].contains(&known);
    if is_taken { Ok(known) } else { Err(XmlError::Encoding) }
}

/// `utf-16` says nothing of the byte order, and no more do we ask.
fn agrees(named: &'static Encoding, found: &'static Encoding) -> bool {
    named == found || (is_wide(named) && is_wide(found))
}

fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}
