//! Markup by the megabyte: more of everything than any answer has.

use super::{Attack, filled, numbered};

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new("attributes on one element", |bytes| numbered("<a", " a#=''", "/>", bytes)),
    Attack::new("attributes on many elements", |bytes| {
        let wide = String::from_utf8(numbered("<b", " a#=''", "/>", 1_800)).unwrap_or_default();
        filled("<a>", &wide, "</a>", bytes)
    }),
    Attack::new("one attribute's value", |bytes| filled("<a b='", "x", "'/>", bytes)),
    Attack::new("references in one attribute's value", |bytes| filled("<a b='", "&amp;", "'/>", bytes)),
    Attack::new("an attribute that does not end", |bytes| filled("<a b='", "<c d=\"\">", "", bytes)),
    Attack::new("nesting", |bytes| filled("", "<a>", "", bytes)),
    Attack::new("nesting that ends", |bytes| {
        let levels = bytes / 7;
        ["<a>".repeat(levels), "</a>".repeat(levels)].concat().into_bytes()
    }),
    Attack::new("ends without beginnings", |bytes| filled("<a>", "</a>", "", bytes)),
    Attack::new("prefixes on one element", |bytes| numbered("<a", " xmlns:a#='urn:a'", "/>", bytes)),
    Attack::new("a namespace for each element", |bytes| numbered("<a>", "<b xmlns='urn:#'/>", "</a>", bytes)),
    Attack::new("prefixes looked up from the bottom", |bytes| {
        let outer =
            String::from_utf8(numbered("<p:a xmlns:p='urn:p'", " xmlns:a#='urn:#'", ">", 1_600)).unwrap_or_default();
        filled(&outer, "<p:b p:c=''>x</p:b>", "</p:a>", bytes)
    }),
    Attack::new("one text", |bytes| filled("<a>", "x", "</a>", bytes)),
    Attack::new("one text of blanks", |bytes| filled("<a>", " ", "</a>", bytes)),
    Attack::new("texts as long as is allowed", |bytes| {
        let one = ["<b>", &"x".repeat(256 * 1024), "</b>"].concat();
        filled("<a>", &one, "</a>", bytes.saturating_sub(one.len()))
    }),
    Attack::new("texts with a reference as long as is allowed", |bytes| {
        let one = ["<b>&lt;", &"x".repeat(256 * 1024 - 1), "</b>"].concat();
        filled("<a>", &one, "</a>", bytes.saturating_sub(one.len()))
    }),
    Attack::new("a text in each of many levels", |bytes| {
        let level = ["<a>&lt;", &"x".repeat(bytes / 64)].concat();
        [level.repeat(63), "</a>".repeat(63)].concat().into_bytes()
    }),
    Attack::new("empty elements", |bytes| filled("<a>", "<b/>", "</a>", bytes)),
    Attack::new("empty elements with spaces between", |bytes| {
        filled("<a>", "<b/>                    \n", "</a>", bytes)
    }),
    Attack::new("short texts with references", |bytes| filled("<a>", "<b>&lt;</b>", "</a>", bytes)),
    Attack::new("short texts with references and spaces between", |bytes| {
        filled("<a>", "<b>&lt;</b>                                        \n", "</a>", bytes)
    }),
    Attack::new("references", |bytes| filled("<a>", "&amp;", "</a>", bytes)),
    Attack::new("character references", |bytes| filled("<a>", "&#x1F600;", "</a>", bytes)),
    Attack::new("one long reference", |bytes| filled("<a>&#", "0", "65;</a>", bytes)),
    Attack::new("CDATA sections", |bytes| filled("<a>", "<![CDATA[]]>", "</a>", bytes)),
    Attack::new("CDATA sections with text", |bytes| filled("<a>", "<![CDATA[x]]>", "</a>", bytes)),
    Attack::new("one CDATA section", |bytes| filled("<a><![CDATA[", "]]<", "]]></a>", bytes)),
    Attack::new("a CDATA section that does not end", |bytes| filled("<a><![CDATA[", "]]", "", bytes)),
    Attack::new("comments", |bytes| filled("<a>", "<!---->", "</a>", bytes)),
    Attack::new("comments between letters", |bytes| filled("<a>", "x<!---->", "</a>", bytes)),
    Attack::new("one comment", |bytes| filled("<a><!--", "- ", "--></a>", bytes)),
    Attack::new("a comment that does not end", |bytes| filled("<a><!--", " -", "", bytes)),
    Attack::new("processing instructions", |bytes| filled("<a>", "<?p?>", "</a>", bytes)),
    Attack::new("one processing instruction", |bytes| filled("<a><?p ", "?", "?></a>", bytes)),
    Attack::new("a name", |bytes| filled("<", "a", "/>", bytes)),
    Attack::new("names as long as is allowed", |bytes| {
        let name = "a".repeat(1_000);
        filled("<a>", &format!("<{name}></{name}>"), "</a>", bytes)
    }),
    Attack::new("opening brackets", |bytes| filled("<a>", "<", "", bytes)),
    Attack::new("closing brackets", |bytes| filled("<a>", ">", "</a>", bytes)),
    Attack::new("ampersands", |bytes| filled("<a>", "&", "</a>", bytes)),
    Attack::new("quotes", |bytes| filled("<a ", "'\"", "/>", bytes)),
    Attack::new("blanks", |bytes| filled("", " \n", "", bytes)),
    Attack::new("line ends of an old machine", |bytes| filled("<a>", "\r\n<b>\r</b>          ", "</a>", bytes)),
    Attack::new("zeroes", |bytes| vec![0; bytes]),
];
