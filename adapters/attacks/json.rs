//! JSON that no parser should take, or that no memory should hold.

use super::{Attack, filled, numbered};

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new("lists in lists", |bytes| filled("", "[", "", bytes)),
    Attack::new("lists in lists that end", |bytes| {
        ["[".repeat(bytes / 2), "]".repeat(bytes / 2)].concat().into_bytes()
    }),
    Attack::new("objects in objects", |bytes| filled("", "{\"a\":", "", bytes)),
    Attack::new("one level too many", |_| ["[".repeat(65), "]".repeat(65)].concat().into_bytes()),
    Attack::new("numbers", |bytes| filled("[", "0,", "0]", bytes)),
    Attack::new("numbers in an answer's list", |bytes| filled("{\"value\":[", "0,", "0],\"Results\":[]}", bytes)),
    Attack::new("empty objects", |bytes| filled("[", "{},", "{}]", bytes)),
    Attack::new("empty lists with spaces between", |bytes| filled("[", "[],          \n", "[]]", bytes)),
    Attack::new("keys", |bytes| numbered("{", "\"#\":0,", "\"\":0}", bytes)),
    Attack::new("keys in many objects that are open", |bytes| {
        let level = String::from_utf8(numbered("{", "\"k#\":0,", "\"next\":", bytes / 60)).unwrap_or_default();
        [level.repeat(60).as_str(), "0", &"}".repeat(60)].concat().into_bytes()
    }),
    Attack::new("a key twice", |_| b"{\"value\":[],\"value\":[]}".to_vec()),
    Attack::new("a key twice by an escape", |_| b"{\"value\":[],\"\\u0076alue\":[]}".to_vec()),
    Attack::new("a key twice where nobody looks", |_| b"{\"value\":[],\"x\":[{\"y\":{\"a\":1,\"a\":2}}]}".to_vec()),
    Attack::new("one number", |bytes| filled("", "9", "", bytes)),
    Attack::new("one fraction", |bytes| filled("0.", "1", "", bytes)),
    Attack::new("an exponent", |_| b"[1e99999]".to_vec()),
    Attack::new("one string", |bytes| filled("\"", "x", "\"", bytes)),
    Attack::new("one string of escapes", |bytes| filled("\"", "\\u00e6", "\"", bytes)),
    Attack::new("one string of quotes", |bytes| filled("[\"", "\\\"", "\"]", bytes)),
    Attack::new("a string that does not end", |bytes| filled("[\"", "x", "", bytes)),
    Attack::new("one key", |bytes| filled("{\"", "x", "\":0}", bytes)),
    Attack::new("keys of escapes", |bytes| numbered("{", "\"\\u0061#\":0,", "\"\":0}", bytes)),
    Attack::new("a lone surrogate", |_| br#"["\ud83d"]"#.to_vec()),
    Attack::new("a raw 0 in a string", |_| b"[\"\0\"]".to_vec()),
    Attack::new("an escaped 0 in a string", |_| br#"["\u0000"]"#.to_vec()),
    Attack::new("not a number", |_| b"[NaN]".to_vec()),
    Attack::new("infinity", |_| b"{\"value\":[-Infinity]}".to_vec()),
    Attack::new("garbage behind", |_| b"{\"value\":[]}garbage".to_vec()),
    Attack::new("two texts", |_| b"{\"value\":[]}\n{\"value\":[]}".to_vec()),
    Attack::new("a comma too many", |_| b"{\"value\":[],}".to_vec()),
    Attack::new("a comment", |_| b"/* */{\"value\":[]}".to_vec()),
    Attack::new("other quotes", |_| b"{'value':[]}".to_vec()),
    Attack::new("a call", |_| b"callback({\"value\":[]})".to_vec()),
    Attack::new("two byte order marks before JSON", |_| "\u{feff}\u{feff}{\"value\":[]}".as_bytes().to_vec()),
    Attack::new("JSON in UTF-16", |_| "\u{feff}{\"value\":[]}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    Attack::new("JSON in Latin-1", |_| b"{\"value\":[\"\xe6\"]}".to_vec())
        .claiming("application/json; charset=iso-8859-1"),
    Attack::new("overlong UTF-8 in JSON", |_| b"{\"value\":[\"\xc0\xaf\"]}".to_vec()),
    Attack::new("JSON of blanks", |bytes| filled("[", " ", "", bytes)),
    Attack::new("JSON that claims to be a page", |_| b"{\"value\":[],\"Results\":[]}".to_vec()).claiming("text/html"),
];
