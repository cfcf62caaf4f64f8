use std::collections::BTreeSet;

use super::*;
use crate::transport::{json, xml};

#[test]
fn there_are_many_and_each_has_its_name() {
    let names: BTreeSet<&str> = all().map(|attack| attack.name).collect();
    assert_eq!(names.len(), all().count());
    assert!(names.len() >= 60, "{}", names.len());
}

#[test]
fn bodies_are_as_long_as_is_wanted() {
    for attack in all() {
        let (small, large) = ((attack.body)(20_000).len(), (attack.body)(40_000).len());
        assert!(small < 600_000, "{}: {small}", attack.name);
        assert!(large >= small && large <= small.max(20_000) * 3, "{}: {small}, {large}", attack.name);
    }
}

/// What the one reader takes is the other's garbage: only an answer's shape tells that it is none.
#[test]
fn nothing_is_taken_by_both_readers() {
    for attack in all() {
        let body = (attack.body)(20_000);
        let content_type = attack.content_type.unwrap_or_default();
        let is_json = json::parse::<serde_json::Value>(&body, content_type).is_ok();
        let is_xml = xml::parse(body.into(), content_type).is_ok();
        assert!(!(is_json && is_xml), "{}", attack.name);
    }
}
