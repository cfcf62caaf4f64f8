//! The shipped examples against the shipped policies, from both sides; and the policies' own form.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Effect, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};

use super::format::Expected;
use super::{EXAMPLES_BYTES_MAX, Failure, failures, read};

const SCHEMA: &str = include_str!("../../../config/access/schema.cedarschema");
const POLICIES: &str = include_str!("../../../config/access/policies.cedar");
const CEILING: &str = include_str!("../../../config/access/ceiling.cedar");
const EXAMPLES: &str = include_str!("../../../config/access/examples.toml");

fn schema() -> Schema {
    let (schema, warnings) = Schema::from_cedarschema_str(SCHEMA).expect("the shipped schema");
    assert_eq!(warnings.count(), 0);
    schema
}

/// The policies of a file, each under its annotated name.
fn named(text: &str) -> PolicySet {
    let parsed: PolicySet = text.parse().expect("well written policies");
    let id = |policy: &Policy| PolicyId::new(policy.annotation("id").expect("every policy has an @id"));
    PolicySet::from_policies(parsed.policies().map(|policy| policy.new_id(id(policy)))).expect("and one of its own")
}

/// The shipped policies with one piece of text replaced.
fn changed(from: &str, to: &str) -> PolicySet {
    assert!(POLICIES.contains(from), "no policy says {from}");
    named(&POLICIES.replace(from, to))
}

#[test]
fn every_shipped_example_holds() {
    let failed: Vec<String> = failures(&named(POLICIES), &schema(), EXAMPLES).iter().map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_policy_has_an_example_from_both_sides() {
    let examples = read(EXAMPLES).expect("the shipped examples");
    assert!(examples.example.len() >= 40);
    let mut sides: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for example in &examples.example {
        sides.entry(&example.policy).or_default().insert(example.expect == Expected::Allow);
    }
    for policy in named(POLICIES).policies() {
        let sides = sides.get(policy.id().to_string().as_str()).map_or(0, BTreeSet::len);
        assert_eq!(sides, 2, "{} lacks an example from one side", policy.id());
    }
}

#[test]
fn no_two_examples_tell_the_same_situation() {
    let examples = read(EXAMPLES).expect("the shipped examples");
    let situations: BTreeSet<&str> = examples.example.iter().map(|example| example.situation.as_str()).collect();
    assert_eq!(situations.len(), examples.example.len());
}

#[test]
fn a_policy_that_is_opened_or_closed_too_far_fails_its_examples() {
    let answers = |policies: &PolicySet| {
        let failed = failures(policies, &schema(), EXAMPLES);
        failed.into_iter().filter(|failure| matches!(failure, Failure::Answer { .. })).count()
    };
    for (from, to) in [
        ("context.now < context.consent.valid_to", "context.now <= context.consent.valid_to"),
        (
            "resource.level <= 2 && resource.level <= principal.consent_level_max",
            "resource.level <= principal.consent_level_max",
        ),
        ("resource.subjects_covered.containsAll(resource.categories) &&", ""),
        ("context.consent.to.contains(principal.unit)", "context.consent.from.contains(principal.unit)"),
        ("when { resource.caller_is_party }", "when { resource.caller_is_party && resource.is_screened }"),
        ("context.has_protected_reason &&", ""),
        ("when { resource.is_screened && ", "when { "),
    ] {
        assert!(answers(&changed(from, to)) > 0, "nobody noticed: {to}");
    }
}

#[test]
fn a_policy_that_is_gone_is_missed() {
    let without: Vec<Policy> =
        named(POLICIES).policies().filter(|policy| policy.id().to_string() != "consent").cloned().collect();
    let failed = failures(&PolicySet::from_policies(without).expect("fewer policies"), &schema(), EXAMPLES);
    assert!(failed.iter().any(|failure| failure.to_string().contains("there is no policy `consent`")), "{failed:#?}");
}

#[test]
fn a_file_that_cannot_be_asked_is_a_failure_and_says_why() {
    let (policies, schema) = (named(POLICIES), schema());
    let told = |text: &str| failures(&policies, &schema, text).first().map(ToString::to_string).unwrap_or_default();
    assert!(told("").contains("cannot be read"));
    let bare = EXAMPLES.split("\n[[example]]").next().expect("the bases").to_owned();
    assert_eq!(failures(&policies, &schema, &format!("example = []\n{bare}")), [Failure::Size]);
    assert_eq!(failures(&policies, &schema, &"#".repeat(EXAMPLES_BYTES_MAX + 1)), [Failure::Size]);
    let one = |change: &str| {
        let example = "situation = \"S.\"\npolicy = \"own_case\"\ncaller = \"caseworker\"\nitem = \"support\"\n\
            context = \"own_case\"\nexpect = \"allow\"\nclasses = [\"core\"]\n";
        let (from, to) = change.split_once(" -> ").expect("a change");
        assert!(example.contains(from));
        told(&format!("{bare}\n[[example]]\n{}", example.replace(from, to)))
    };
    assert_eq!(one("\"S.\" -> \"T.\""), "");
    for (change, why) in [
        ("caller = \"caseworker\" -> caller = \"mayor\"", "no caller `mayor`"),
        ("item = \"support\" -> ", "one `item` or one `citizen`"),
        ("item = \"support\" -> item = \"support\"\nitem_with = { level = \"high\" }", "level"),
        ("item = \"support\" -> item = \"support\"\nitem_with = { title = \"x\" }", "title"),
        ("item = \"support\" -> item = \"support\"\nwithout = [\"context.mood\"]", "no `mood`"),
        ("item = \"support\" -> item = \"support\"\nwithout = [\"unit\"]", "`without` takes"),
        ("[\"core\"] -> []", "no field class"),
        ("policy = \"own_case\" -> policy = \"mine\"", "no policy `mine`"),
        ("expect = \"allow\" -> expect = \"maybe\"", "cannot be read"),
        ("expect = \"allow\" -> expect = \"allow\"\nbecause = 1", "cannot be read"),
    ] {
        assert!(one(change).contains(why), "{change}: {}", one(change));
    }
}

#[test]
fn policies_and_ceiling_fit_the_schema_strictly() {
    for text in [POLICIES, CEILING] {
        let result = Validator::new(schema()).validate(&named(text), ValidationMode::Strict);
        let errors: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
        assert_eq!(errors, [""; 0]);
    }
}

#[test]
fn every_policy_says_in_danish_why_it_is_there() {
    for (policies, text) in [(named(POLICIES), POLICIES), (named(CEILING), CEILING)] {
        for policy in policies.policies() {
            let id = policy.id().to_string();
            let above = text.split(&format!("@id(\"{id}\")")).next().expect("the text before it");
            let comment: Vec<&str> =
                above.trim_end().lines().rev().take_while(|line| line.starts_with("// ")).collect();
            let is_shipped = text == POLICIES;
            // The ceiling's policies say it in their own sentence; two of one kind may share the comment above them.
            assert!(!comment.is_empty() || !is_shipped, "{id} has no comment above it");
            assert_eq!(policy.annotation("says").is_some(), !is_shipped, "{id}");
            if is_shipped && policy.effect() == Effect::Permit {
                assert!(comment.iter().any(|line| line.starts_with("// Grundlag: ")), "{id} names no basis");
            }
        }
    }
}

#[test]
fn the_ceiling_repeats_no_policy_s_words() {
    let conditions = |text: &str| -> BTreeSet<String> {
        let body =
            |policy: &Policy| policy.to_cedar().unwrap_or_default().split_once("when").map(|(_, body)| body.to_owned());
        let composed = |body: &String| body.contains("&&") || body.contains("||");
        let bodies = named(text).policies().filter_map(body).filter(composed).collect::<Vec<_>>();
        bodies.iter().map(|body| body.split_whitespace().collect()).collect()
    };
    let (policies, ceiling) = (conditions(POLICIES), conditions(CEILING));
    // A bar of one word cannot be said otherwise; whatever is composed can.
    let copied: Vec<&String> = policies.intersection(&ceiling).collect();
    assert!(copied.is_empty() && policies.len() > 10, "{copied:?}");
}
