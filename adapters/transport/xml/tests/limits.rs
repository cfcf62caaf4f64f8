use super::*;

fn is_over(text: &str) -> bool {
    matches!(read(text), Err(XmlError::OverLimit(_)))
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(read(&nested(DEPTH_MAX)).is_ok());
    assert!(is_over(&nested(DEPTH_MAX + 1)) && is_over(&"<a>".repeat(1_000_000)));
}

#[test]
fn attributes_and_prefixes_are_limited() {
    let wide = |count: usize, name: &str, value: &str| {
        let attributes = (0..count).map(|at| format!(" {name}{at}='{value}'")).collect::<Vec<_>>().concat();
        format!("<a{attributes}/>")
    };
    assert!(read(&wide(ATTRIBUTES_MAX, "a", "")).is_ok());
    assert!(is_over(&wide(ATTRIBUTES_MAX + 1, "a", "")) && is_over(&wide(100_000, "a", "")));
    assert!(read(&wide(NAMESPACES_MAX - 2, "xmlns:a", "urn:a")).is_ok());
    assert!(is_over(&wide(NAMESPACES_MAX, "xmlns:a", "urn:a")));
    // One after the other, never many in force at once, but each another.
    let many = (0..NAMESPACES_MAX).map(|at| format!("<b xmlns='urn:{at}'/>")).collect::<Vec<_>>().concat();
    assert!(is_over(&format!("<a>{many}</a>")));
}

#[test]
fn names_and_texts_are_limited() {
    assert!(read(&format!("<{}/>", "a".repeat(NAME_BYTES_MAX))).is_ok());
    assert!(is_over(&format!("<{}/>", "a".repeat(NAME_BYTES_MAX + 1))));
    assert!(is_over(&format!("<a {}=''/>", "a".repeat(NAME_BYTES_MAX + 1))));
    assert!(read(&format!("<a>{}</a>", "a".repeat(TEXT_BYTES_MAX))).is_ok());
    assert!(is_over(&format!("<a>{}</a>", "a".repeat(TEXT_BYTES_MAX + 1))));
    assert!(is_over(&format!("<a>{}</a>", "<![CDATA[a]]>".repeat(TEXT_BYTES_MAX + 1))));
    assert!(is_over(&format!("<a>{}</a>", "a<!-- -->".repeat(TEXT_BYTES_MAX + 1))));
}

#[test]
fn the_tree_weighs_no_more_than_its_text_and_a_little() {
    const { assert!(tree::NODE_BYTES <= 24) };
    let many = |element: &str, count: usize| format!("<a>{}</a>", element.repeat(count));
    assert!(read(&many("<b/>", 5_000)).is_ok());
    assert!(is_over(&many("<b/>", 400_000)));
    assert!(is_over(&many("<b c='' d=''/>", 100_000)));
    // What is no part of the tree takes time.
    assert!(read(&many("<!-- of one -->", 5_000)).is_ok());
    assert!(is_over(&many("<!---->", 400_000)) && is_over(&many("<?p?>", 400_000)));
    // As in life: an element's tags, a text or half an indentation.
    assert!(read(&many("<n:Rolle>bf1f93ed</n:Rolle>\n", 200_000).replacen("<a>", "<a xmlns:n='urn:n'>", 1)).is_ok());
    // Texts that are not pieces of the source weigh more than those that are.
    assert!(read(&many("<b>a title with more</b>", 50_000)).is_ok());
    assert!(is_over(&many("<b>&lt;</b>", 50_000)));
}
