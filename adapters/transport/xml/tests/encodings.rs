use super::*;

const ENCODING: XmlError = XmlError::Encoding;

fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn text(bytes: impl Into<Vec<u8>>, content_type: &str) -> Result<String, XmlError> {
    parse(Bytes::from(bytes.into()), content_type).map(|read| read.root().text().unwrap_or_default().to_owned())
}

#[test]
fn utf_16_is_transcoded_with_and_without_a_mark() {
    for (marked, wanted) in [("\u{feff}<a>æ\u{1f600}</a>", "æ\u{1f600}"), ("<a>æ</a>", "æ")] {
        assert_eq!(text(wide(marked, u16::to_le_bytes), "text/xml").as_deref(), Ok(wanted));
        assert_eq!(text(wide(marked, u16::to_be_bytes), "text/xml; charset=UTF-16").as_deref(), Ok(wanted));
    }
    let declared = "\u{feff}<?xml version='1.0' encoding='utf-16'?><a>æ</a>";
    assert_eq!(text(wide(declared, u16::to_be_bytes), "").as_deref(), Ok("æ"));
}

#[test]
fn latin_1_is_transcoded_when_it_says_so() {
    let declared = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe6\xf8\xe5</a>";
    assert_eq!(text(declared, "text/xml").as_deref(), Ok("æøå"));
    assert_eq!(text(b"<a>\xe6</a>", "text/xml; charset=\"iso-8859-1\"").as_deref(), Ok("æ"));
    assert_eq!(text(b"<a>\xe6</a>", "text/xml"), Err(ENCODING));
}

#[test]
fn utf_8_is_strict() {
    assert_eq!(text("\u{feff}<a>æ</a>", "text/xml; charset=utf-8").as_deref(), Ok("æ"));
    for bytes in [
        &b"<a>\xc0\xaf</a>"[..],
        b"<a>\xe0\x80\xaf</a>",
        b"<a>\xed\xa0\x80</a>",
        b"<a>\xf4\x90\x80\x80</a>",
        b"<a>\xc3</a>",
    ] {
        assert_eq!(text(bytes, ""), Err(ENCODING), "overlong, a surrogate, beyond the end, cut short");
    }
    assert_eq!(text(b"<a>\0</a>", ""), Err(XmlError::NotWellFormed(3)));
}

#[test]
fn lone_surrogates_and_half_units_are_refused() {
    let mut bytes = wide("\u{feff}<a>", u16::to_le_bytes);
    bytes.extend([0x00, 0xd8]);
    bytes.extend(wide("</a>", u16::to_le_bytes));
    assert_eq!(text(bytes, ""), Err(ENCODING));
    let mut odd = wide("\u{feff}<a/>", u16::to_le_bytes);
    odd.push(b' ');
    assert_eq!(text(odd, ""), Err(ENCODING));
}

#[test]
fn what_is_said_and_what_is_there_agree() {
    for (bytes, content_type) in [
        (b"<?xml version='1.0' encoding='UTF-16'?><a/>".to_vec(), ""),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>".to_vec(), "text/xml; charset=utf-8"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>".to_vec(), ""),
        (b"\xef\xbb\xbf<a/>".to_vec(), "text/xml; charset=iso-8859-1"),
        (b"<a/>".to_vec(), "text/xml; charset=utf-16"),
        (wide("\u{feff}<?xml version='1.0' encoding='utf-8'?><a/>", u16::to_le_bytes), ""),
        (wide("\u{feff}<a/>", u16::to_le_bytes), "text/xml; charset=utf-8"),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>".to_vec(), ""),
        (b"+ADw-a/+AD4-".to_vec(), "text/xml; charset=utf-7"),
        (b"<?xml version='1.0' encoding='shift_jis'?><a/>".to_vec(), ""),
        (b"<?xml version='1.0' encoding='made-up'?><a/>".to_vec(), ""),
        (b"<a/>".to_vec(), "text/xml; charset=ebcdic-dk-no"),
    ] {
        assert_eq!(text(bytes, content_type), Err(ENCODING), "{content_type}");
    }
    // Four-byte units begin as two-byte ones do.
    let utf_32 = [&b"\xff\xfe\0\0"[..], b"<\0\0\0", b"a\0\0\0", b"/\0\0\0", b">\0\0\0"].concat();
    assert!(text(utf_32, "").is_err());
}
