//! Markup that no parser should take: entities, encodings, and what is just not well-formed.

use super::{Attack, filled};

fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

/// Well-formed markup that is no answer.
const SMALL: &str = "<a>\u{e6}</a>";

pub(super) const ATTACKS: &[Attack] = &[
    // Entities.
    Attack::new("a billion laughs", |_| {
        let line = |name: char, of: char| format!("<!ENTITY {name} \"{}\">", format!("&{of};").repeat(10));
        let lines: String = ('b'..='j').zip('a'..).map(|(name, of)| line(name, of)).collect();
        format!("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\">{lines}]><l>&j;</l>").into_bytes()
    }),
    Attack::new("quadratic blow-up", |bytes| {
        let entity = "x".repeat(bytes / 2);
        filled(&format!("<!DOCTYPE l [<!ENTITY x \"{entity}\">]><l>"), "&x;", "</l>", bytes / 2)
    }),
    Attack::new("a file as an entity", |_| {
        b"<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>".to_vec()
    }),
    Attack::new("an address as an entity", |_| {
        b"<!DOCTYPE a [<!ENTITY e SYSTEM \"http://127.0.0.1:1/\">]><a>&e;</a>".to_vec()
    }),
    Attack::new("a parameter entity", |_| {
        b"<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/p.dtd\"> %p;]><a/>".to_vec()
    }),
    Attack::new("an outside document type", |_| b"<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a/>".to_vec()),
    Attack::new("a document type that does not end", |bytes| filled("<!DOCTYPE a [", "<!ENTITY a 'a'>", "", bytes)),
    Attack::new("an entity without a document type", |_| b"<a>&nbsp;</a>".to_vec()),
    Attack::new("default attributes", |_| b"<!DOCTYPE a [<!ATTLIST a xmlns CDATA \"urn:x\">]><a/>".to_vec()),
    // Encodings.
    Attack::new("UTF-16LE with a mark", |_| wide("\u{feff}<a>\u{e6}</a>", u16::to_le_bytes)),
    Attack::new("UTF-16BE with a mark", |_| wide("\u{feff}<a>\u{e6}</a>", u16::to_be_bytes)),
    Attack::new("UTF-16LE without a mark", |_| wide(SMALL, u16::to_le_bytes)),
    Attack::new("UTF-16BE without a mark", |_| wide(SMALL, u16::to_be_bytes)),
    Attack::new("UTF-16 with a lone surrogate", |_| {
        [wide("\u{feff}<a>", u16::to_le_bytes), vec![0, 0xd8], wide("</a>", u16::to_le_bytes)].concat()
    }),
    Attack::new("UTF-16 of letters that take three bytes in UTF-8", |bytes| {
        wide(&["\u{feff}<a>", &"\u{4e00}".repeat(bytes / 2), "</a>"].concat(), u16::to_le_bytes)
    }),
    Attack::new("UTF-32", |_| {
        SMALL.chars().chain(['\u{feff}']).rev().flat_map(|one| u32::from(one).to_le_bytes()).collect()
    }),
    Attack::new("Latin-1 that does not say so", |_| b"<a>\xe6\xf8\xe5</a>".to_vec()),
    Attack::new("Latin-1 of nothing but letters beyond ASCII", |bytes| {
        [&b"<?xml version='1.0' encoding='ISO-8859-1'?><a>"[..], &vec![0xe6; bytes], b"</a>"].concat()
    }),
    Attack::new("UTF-7", |_| b"<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-a+AD4APA-/a+AD4-".to_vec()),
    Attack::new("UTF-7 by its header", |_| b"+ADw-a/+AD4-".to_vec()).claiming("text/xml; charset=utf-7"),
    Attack::new("EBCDIC", |_| b"\x4c\xa7\x94\x93\x40".to_vec()).claiming("text/xml; charset=ebcdic-cp-us"),
    Attack::new("overlong UTF-8", |_| b"<a>\xc0\xbc/a\xc0\xbe</a>".to_vec()),
    Attack::new("surrogates in UTF-8", |_| b"<a>\xed\xa0\xbd\xed\xb8\x80</a>".to_vec()),
    Attack::new("UTF-8 cut in a letter", |_| b"<a>\xc3".to_vec()),
    Attack::new("the character of number 0", |_| b"<a>\0</a>".to_vec()),
    Attack::new("another encoding than declared", |_| {
        b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>".to_vec()
    }),
    Attack::new("two byte order marks", |_| "\u{feff}\u{feff}<a/>".as_bytes().to_vec()),
    // Not well-formed.
    Attack::new("an end that is not there", |_| b"<a><b></b>".to_vec()),
    Attack::new("crossed ends", |_| b"<a><b></a></b>".to_vec()),
    Attack::new("an attribute twice", |_| b"<a b=\"1\" b=\"2\"/>".to_vec()),
    Attack::new("an attribute twice by its namespace", |_| {
        b"<a xmlns:p=\"urn:p\" xmlns:q=\"urn:p\" p:b=\"1\" q:b=\"2\"/>".to_vec()
    }),
    Attack::new("a prefix that is not declared", |_| b"<p:a/>".to_vec()),
    Attack::new("a prefix that is reserved", |_| b"<a xmlns:xml=\"urn:other\"/>".to_vec()),
    Attack::new("a forbidden character by its number", |_| b"<a>&#0;</a>".to_vec()),
    Attack::new("text behind the root", |_| b"<a/>garbage".to_vec()),
    Attack::new("a late declaration", |_| b"<a/><?xml version=\"1.0\"?>".to_vec()),
    Attack::new("two hyphens in a comment", |_| b"<a><!-- a -- b --></a>".to_vec()),
    Attack::new("the end of CDATA in text", |_| b"<a>]]></a>".to_vec()),
    // Claims.
    Attack::new("a web page", |_| b"<!DOCTYPE html><html><body><h1>Service nede</h1></body></html>".to_vec())
        .claiming("text/html"),
    Attack::new("a web page that claims nothing", |_| b"\n<HTML><body>Service nede</body></HTML>".to_vec()),
    Attack::new("a picture", |_| b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()).claiming("image/png"),
    Attack::new("plain text", |_| b"No healthy upstream".to_vec()).claiming("text/plain"),
    Attack::new("ten million packed zeroes", |_| include_bytes!("zeroes.gz").to_vec()).packed("gzip"),
    Attack::new("ten million packed zeroes that claim nothing", |_| include_bytes!("zeroes.gz").to_vec()),
    Attack::new("a packed body by another name", |_| b"\x5b\xff\xff\x00\x80\xaa".to_vec()).packed("br"),
    Attack::new("markup that claims to be packed", |_| SMALL.as_bytes().to_vec()).packed("deflate, gzip"),
];
