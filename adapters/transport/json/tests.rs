use serde_json::Value;

use super::*;

fn read(text: &str) -> Result<Value, JsonError> {
    parse(text.as_bytes(), "application/json")
}

#[test]
fn what_is_json_is_read() {
    for text in [
        "null",
        " [] ",
        "\u{feff}{\"a\": 1}",
        r#"{"a": {"a": [{"a": 1}, {"a": 2}]}, "b": "\ud83d\ude00 \n", "æ": -1.5e3}"#,
        "[true, false, 0, \"\"]",
    ] {
        assert!(read(text).is_ok(), "refused: {text}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[1",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "[1] 2",
        "[1][2]",
        "{}garbage",
        "NaN",
        "[Infinity]",
        "[-]",
        "[01]",
        "[1.]",
        "[.5]",
        "[0x1]",
        "[1e999]",
        "\"\u{1}\"",
        "\"\t\"",
        r#""\x""#,
        r#""\ud800""#,
        r#""\udc00a""#,
        r#"{"\ud800": 1}"#,
        r#""\u0000""#,
        r#"{"a\u0000": 1}"#,
        "\0[]",
        "[]\0",
        "\u{feff}\u{feff}[]",
        "tru",
        "// a\n[]",
        "<html></html>",
        "nul",
    ] {
        assert!(read(text).is_err(), "accepted: {text:?}");
    }
}

/// Takes the place of what nobody looks at.
#[derive(serde::Deserialize)]
struct Passed {}

#[test]
fn a_key_stands_once_in_its_object_wherever_that_is() {
    let many = (0..40).map(|at| format!("\"k{at}\": 1, ")).collect::<Vec<_>>().concat();
    for text in [
        r#"{"a": 1, "a": 1}"#.to_owned(),
        r#"{"a": 1, "\u0061": 2}"#.to_owned(),
        r#"{"x": [[{"y": {"a": 1, "b": 2, "a": null}}]]}"#.to_owned(),
        format!("{{{many}\"k7\": 2}}"),
        format!("[{{{many}\"\\u006b7\": 2}}]"),
    ] {
        assert!(matches!(read(&text), Err(JsonError::DoubleKey(..))), "{text}");
    }
    assert!(read(&format!("{{{many}\"k40\": {{{many}\"k40\": 1}}}}")).is_ok());
    // What is passed over is no less strict: a reader must not see another value than the next one does.
    let passed = parse::<Passed>(br#"{"a": {"b": 1, "b": 2}}"#, "");
    assert!(matches!(passed.map(drop), Err(JsonError::DoubleKey(1, _))));
}

#[test]
fn depth_keys_and_parts_are_limited() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(DEPTH_MAX)).is_ok());
    assert!(matches!(read(&nested(DEPTH_MAX + 1)), Err(JsonError::OverLimit(..))));
    assert!(matches!(read(&nested(100_000)), Err(JsonError::OverLimit(..))));
    let keys = |count: usize| {
        let keys: Vec<String> = (0..count).map(|at| format!("\"{at}\":0")).collect();
        format!("{{{}}}", keys.join(","))
    };
    assert!(read(&keys(KEYS_MAX)).is_ok());
    assert!(matches!(read(&keys(KEYS_MAX + 1)), Err(JsonError::OverLimit(..))));
    let list = |part: &str, count: usize| format!("[{}]", vec![part; count].join(","));
    assert!(read(&list("0", VALUES_SPARE)).is_ok());
    assert!(matches!(read(&list("0", 2 * VALUES_SPARE)), Err(JsonError::OverLimit(..))));
    assert!(matches!(read(&list("{}", 2 * GROUPS_SPARE)), Err(JsonError::OverLimit(..))));
    assert!(read(&list("[\"a text as long as in life\",\"and another\"]", 2 * GROUPS_SPARE)).is_ok());
}

#[test]
fn only_utf_8_is_taken() {
    let utf16: Vec<u8> = "[\"æ\"]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, content_type) in [
        (utf16.as_slice(), "application/json"),
        (b"\xff\xfe[\0]\0", "application/json; charset=utf-16"),
        (b"[\"\xe6\"]", "application/json; charset=iso-8859-1"),
        (b"[\"\xe6\"]", "application/json"),
        ("[\"æ\"]".as_bytes(), "application/json; charset=iso-8859-1"),
        (b"[\"\xc0\xaf\"]", "application/json"),
        (b"[\"\xed\xa0\x80\"]", "application/json"),
    ] {
        let refused = parse::<Value>(bytes, content_type).expect_err("refused");
        assert!(matches!(refused, JsonError::Encoding | JsonError::Syntax(..)), "{refused}");
    }
    for content_type in ["application/json; charset=UTF-8", "application/json;charset=\"utf-8\"", ""] {
        assert!(parse::<Value>("[\"æ\"]".as_bytes(), content_type).is_ok());
    }
    // Of ASCII it does not matter what is said.
    assert!(parse::<Value>(b"[1]", "application/json; charset=iso-8859-1").is_ok());
}

#[test]
fn an_error_says_where_and_never_what() {
    let error = parse::<Vec<u8>>(b"[1,\n\"0101019999\"]", "").expect_err("no number");
    assert_eq!(error, JsonError::Data(2, 12));
    assert_eq!(error.to_string(), "data at line 2 column 12");
}
