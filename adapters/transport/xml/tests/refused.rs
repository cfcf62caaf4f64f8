use super::*;

/// Each is refused as not well-formed; most of them quick-xml alone would take.
fn all_refused(texts: &[&str]) {
    for text in texts {
        assert!(matches!(read(text), Err(XmlError::NotWellFormed(_))), "{:?}: {text:?}", read(text));
    }
}

#[test]
fn a_document_is_one_element_with_nothing_but_comments_around_it() {
    all_refused(&[
        "",
        " ",
        "text",
        "<!-- a -->",
        "<a>",
        "<a",
        "<",
        "<a></b>",
        "<a></A>",
        "</a>",
        "<a/></a>",
        "<a/><b/>",
        "<a/>after",
        "before<a/>",
        "<a/>&amp;",
        "&#32;<a/>",
        "<![CDATA[ ]]><a/>",
        "<a/><![CDATA[]]>",
        "<a><b></a></b>",
        "\u{feff}\u{feff}<a/>",
        "<a/>\u{feff}",
        "\u{a0}<a/>",
        "<a><b/>",
        "<a></a",
        "<>",
        "<></>",
        "< a/>",
        "<a></ a>",
        "<a></a b=''>",
    ]);
}

#[test]
fn markup_ends_where_it_should() {
    all_refused(&[
        "<a><!-- </a>",
        "<a><!-- -- --></a>",
        "<a><!-- a ---></a>",
        "<a><!--></a>",
        "<a><!---></a>",
        "<a><!- a --></a>",
        "<a><![CDATA[</a>",
        "<a><![cdata[]]></a>",
        "<a><![CDATA []]></a>",
        "<a>]]></a>",
        "<a>a]]>b</a>",
        "<a><?p</a>",
        "<a><?p ?</a>",
        "<a><? p?></a>",
        "<a><??></a>",
        "<a><?1?></a>",
        "<a><?p:q?></a>",
        "<a><?p?q?></a>",
        "<a><!b></a>",
        "<a><!ELEMENT b ANY></a>",
        "<a><?XML a?></a>",
        "<a><?xMl?></a>",
    ]);
}

#[test]
fn the_declaration_is_first_and_in_order() {
    all_refused(&[
        " <?xml version='1.0'?><a/>",
        "<!-- a --><?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<?xml?><a/>",
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
        "<?xml ?><a/>",
        "<?xml encoding='utf-8'?><a/>",
        "<?xml encoding='utf-8' version='1.0'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='utf-8'?><a/>",
        "<?xml version='2.0'?><a/>",
        "<?xml version='1.'?><a/>",
        "<?xml version='1.0a'?><a/>",
        "<?xml version=''?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0' other='1'?><a/>",
        "<?xml version=1.0?><a/>",
        "<?xml version='1.0'encoding='utf-8'?><a/>",
        "<?xml version='1.0' version='1.0'?><a/>",
        "<?xml version='1.0'><a/>",
        "<?xml version='1.0' standalone='yes' standalone='yes'?><a/>",
        "<?XML version='1.0'?><a/>",
    ]);
}

#[test]
fn attributes_are_quoted_apart_and_different() {
    all_refused(&[
        "<a b/>",
        "<a b=/>",
        "<a b=1/>",
        "<a b='1/>",
        "<a b='1\"/>",
        "<a ='1'/>",
        "<a 'b'='1'/>",
        "<a b='1'c='2'/>",
        "<a b='1'/ >",
        "<a / b='1'/>",
        "<a/b='1'/>",
        "<a b='<'/>",
        "<a b='&'/>",
        "<a b='&lt'/>",
        "<a b='&unknown;'/>",
        "<a b='&#0;'/>",
        "<a b='a & b'/>",
        "<a b='1' b='2'/>",
        "<a b='1' c='2' b='1'/>",
        "<a b==''/>",
        "<a b='1','c'='2'/>",
        "<a b1='' b2='' b3='' b4='' b5='' b6='' b7='' b8='' b9='' b4=''/>",
        "<a b = '1' = '2'/>",
        "<a b='1''/>",
    ]);
}

#[test]
fn names_are_names() {
    all_refused(&[
        "<1a/>",
        "<-a/>",
        "<.a/>",
        "<a!/>",
        "<a,b/>",
        "<a$/>",
        "<\u{d7}/>",
        "<\u{b7}a/>",
        "<a\u{37e}/>",
        "<\u{2460}/>",
        "<\u{b2}/>",
        "<a \u{300}='1'/>",
        "<a 1='1'/>",
        "<a b/c='1'/>",
        "<a b?='1'/>",
        "<\u{aa}/>",
        "<\u{a0}a/>",
        "<\u{1f600}\u{f0000}/>",
        "<a\u{2028}/>",
    ]);
    // Letters to Rust, and to the fourth edition, but no name characters of the fifth; and the other way round.
    assert!(read("<\u{10400}/>").is_ok() && read("<a\u{203f}\u{300}/>").is_ok() && read("<\u{2070}/>").is_ok());
}

#[test]
fn namespaces_are_declared_once_and_rightly() {
    let taken = [
        "<p:a/>",
        "<a p:b='1'/>",
        "<a:b:c xmlns:a='urn:a'/>",
        "<:a/>",
        "<a:/>",
        "<a xmlns:p=''/>",
        "<a :b='1'/>",
        "<a b:='1'/>",
        "<a xmlns:='urn:x'/>",
        "<a xmlns:p='urn:a' xmlns:p='urn:b'/>",
        "<a xmlns='urn:a' xmlns='urn:a'/>",
        "<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='' q:b=''/>",
        "<a xmlns:xml='urn:x'/>",
        "<a xmlns:xmlns='urn:x'/>",
        "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<xmlns:a/>",
        "<a xmlns:p='urn:p'></a><p:b/>",
        "<a><b xmlns:p='urn:p'/><p:c/></a>",
        "<a xmlns:1='urn:x'/>",
        "<xml:a xmlns:xml='urn:x'/>",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:p='urn:&#97;' xmlns:q='urn:a'><b p:c='' q:c=''/></a>",
    ];
    all_refused(&taken);
}

#[test]
fn forbidden_characters_stand_nowhere() {
    for character in ['\0', '\u{1}', '\u{8}', '\u{b}', '\u{c}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        for (before, after) in [
            ("<a>", "</a>"),
            ("<a b='", "'/>"),
            ("<a><!--", "--></a>"),
            ("<a><?p ", "?></a>"),
            ("<a><![CDATA[", "]]></a>"),
            ("<a", "/>"),
        ] {
            let text = format!("{before}{character}{after}");
            assert_eq!(read(&text).map(drop), Err(XmlError::NotWellFormed(before.len() as u64)), "{text:?}");
        }
        // Far from the beginning, with letters before it that take more bytes than one.
        let far = format!("<a>{}{character}</a>", "æ\u{ff20}".repeat(5_000));
        assert_eq!(read(&far).map(drop), Err(XmlError::NotWellFormed(3 + 5 * 5_000)));
    }
    all_refused(&[
        "<a>&#1;</a>",
        "<a>&#xFFFF;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#+65;</a>",
        "<a>&#x+41;</a>",
        "<a>&#-1;</a>",
        "<a>&# 65;</a>",
        "<a>&#X41;</a>",
        "<a>&#99999999999999999999;</a>",
        "<a>&;</a>",
        "<a>& </a>",
        "<a>&amp</a>",
        "<a>&AMP;</a>",
        "<a>&nbsp;</a>",
        "<a>&lt ;</a>",
        "<a>a&</a>",
        "<a>&a<b/></a>",
    ]);
}

#[test]
fn a_document_type_is_refused_whatever_is_in_it() {
    for text in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<?xml version='1.0'?><!-- a --><!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1/'> %p;]><a/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE",
    ] {
        assert_eq!(read(text).map(drop), Err(XmlError::DocumentType), "{text}");
    }
}
