use super::*;

#[test]
fn names_match_by_namespace_whatever_the_prefix() {
    for text in [
        r#"<a:r xmlns:a="urn:x"><a:c>1</a:c></a:r>"#,
        r#"<r xmlns="urn:x"><c>1</c></r>"#,
        r#"<q:r xmlns:q="urn:x"><c xmlns="urn:x">1</c></q:r>"#,
        r#"<r xmlns="urn:&#x78;"><p:c xmlns:p=" urn:x " xmlns:q="urn:x"/><q:c xmlns:q='urn:x'>1</q:c></r>"#,
    ] {
        let document = read(text).expect("well-formed");
        assert!(document.root().is("urn:x", "r"));
        assert_eq!(document.root().child_text("urn:x", "c"), Some("1"), "{text}");
    }
}

#[test]
fn a_namespace_ends_with_its_element() {
    let document = read(r#"<r><a xmlns="urn:a"><b xmlns=""/><b/></a><b/></r>"#).expect("well-formed");
    let root = document.root();
    let a = root.child("urn:a", "a").expect("a");
    let names: Vec<(&str, &str)> = a.elements().map(|b| (b.namespace(), b.name())).collect();
    assert_eq!(names, [("", "b"), ("urn:a", "b")]);
    assert!(root.child("", "b").is_some() && root.child("urn:a", "b").is_none());
}

#[test]
fn the_five_entities_and_character_references_are_text() {
    let document = read("<r>&lt;&amp;&#230;&#xF8;<![CDATA[<å>]]>&quot;&apos;&gt;</r>").expect("well-formed");
    assert_eq!(document.root().text(), Some("<&æø<å>\"'>"));
}

#[test]
fn text_is_joined_and_trimmed_and_its_line_ends_are_one() {
    for (text, wanted) in [
        ("<r/>", None),
        ("<r></r>", None),
        ("<r> \n\t </r>", None),
        ("<r> \n<a/> \n<b>no</b> </r>", None),
        ("<r>\n one two </r>", Some("one two")),
        ("<r> one<a>no</a> two </r>", Some("one two")),
        ("<r> <a/>one</r>", Some("one")),
        ("<r>one<!-- no -->two<?no no?>three</r>", Some("onetwothree")),
        ("<r>a\r\nb\rc</r>", Some("a\nb\nc")),
        ("<r>æ\r\r\n\n\rø</r>\r\n", Some("æ\n\n\n\nø")),
        ("\r\n<r><![CDATA[a\r\nb]]></r>", Some("a\nb")),
        ("<r>a&#13;b</r>", Some("a\rb")),
        ("<r><![CDATA[ a ]]></r>", Some("a")),
        ("<r><![CDATA[]]></r>", None),
        ("<r>a&#10;</r>", Some("a")),
        ("<r>]] ></r>", Some("]] >")),
    ] {
        assert_eq!(read(text).expect("well-formed").root().text(), wanted, "{text:?}");
    }
}

#[test]
fn what_is_well_formed_is_read() {
    for text in [
        "<?xml version=\"1.0\"?><a/>",
        "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<!-- a --><?p q?><a/>\n<!-- b --><?p?>\n",
        "<?xml version = \"1.1\"?><a/>",
        "<a b = '1'\n\tc=\"'>\"/>",
        "<a></a\n>",
        "<æøå.1-·/>",
        "<a b='&lt;&#9;&amp;'/>",
        "<a><!----></a>",
        "<a><!-- - - --></a>",
        "<a xml:lang='da' xml:space='preserve'/>",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:p='urn:p' p:b='1' b='1'/>",
        "<p:a p:b='1' xmlns:p='urn:p'/>",
        "<a>\u{10000}\u{fffd}\u{85}</a>",
        "<a>></a>",
    ] {
        assert!(read(text).is_ok(), "refused: {text:?}");
    }
}

#[test]
fn only_attributes_of_ones_own_are_told() {
    let schema = "xmlns:i='http://www.w3.org/2001/XMLSchema-instance'";
    for (attributes, wanted) in [("", false), (schema, false), ("b='1'", true), ("xml:lang='da'", true)] {
        assert_eq!(read(&format!("<a {attributes}/>")).expect("well-formed").root().has_attributes(), wanted);
    }
    assert!(!read(&format!("<a {schema} i:nil='true'/>")).expect("well-formed").root().has_attributes());
}

#[test]
fn a_part_is_a_document_of_its_own_and_neither_shows_what_stands_in_it() {
    let document = read("<r><a><b>secret</b></a><c/></r>").expect("well-formed");
    assert_eq!(format!("{document:?} {:?}", document.root()), "Document { elements: 4, .. } Element(…)");
    let part = document.part(|root| root.only_element().or(root.child("", "a"))).expect("a part");
    assert_eq!(part.root().child_text("", "b"), Some("secret"));
    assert_eq!(part, tree("<a> <b>secret</b>\n</a>"));
    assert_ne!(part, tree("<a><b>secret</b><b/></a>"));
    assert!(part.part(|root| root.child("", "x")).is_none());
}
