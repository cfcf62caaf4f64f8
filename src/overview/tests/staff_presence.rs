//! Who has left, whom the directory does not know, and of whom it has not spoken: three answers, never one for another.

use std::sync::Arc;

use glasplade_adapters::contract::{Actor, SourceId, StaffKey};
use serde_json::{Value, json};
use uuid::Uuid;

use super::staff::{actors, answer, by_id, case, former, member, named, read_at, says};
use crate::staff::{Entry, Known};
use crate::testing::Vary as _;

#[test]
fn whom_the_directory_does_not_know_has_not_left_and_keeps_what_the_source_gives() {
    let (phone, email) = ("+45 00 00 55 01", "ulrik@nabo.example");
    let external = Actor {
        phone: Some(phone.to_owned()),
        mobile: Some("+45 00 00 55 02".to_owned()),
        email: Some(email.to_owned()),
        ..named("xx90038", "Ulrik Test")
    };
    let known = says("xx90038", Entry::NotInDirectory);
    let found = answer(vec![case("sbsys", "1", vec![external])], &known);
    let actor = &found["actors"][0];
    assert_eq!((&actor["left"], &actor["left_text"]), (&json!(false), &Value::Null));
    assert_eq!(actor["not_in_directory_text"], "Står ikke i medarbejderkataloget.");
    assert_eq!(actor["call"], json!({ "number": phone, "kind": "direct" }));
    assert_eq!((&actor["email"], &actor["mobile"]), (&json!(email), &json!("+45 00 00 55 02")));
    let first = &found["call_first"];
    assert_eq!(
        (&first["left"], &first["text"]),
        (&json!(false), &"Sagsbehandler: Ulrik Test, +45 00 00 55 01.".into())
    );
    // Without any number of the person's own it is the unit's, with the reason.
    let numberless = actors(vec![case("sbsys", "1", vec![named("xx90038", "Ulrik Test")])], &known);
    let of_unit = json!({ "number": "+45 00 00 07 00", "kind": "unit",
        "reason": "Det er enhedens nummer. Står ikke i medarbejderkataloget." });
    assert_eq!(numberless[0]["call"], of_unit);
}

#[test]
fn gone_or_unknown_under_one_key_and_unread_under_the_other_is_not_yet_either() {
    let mut actor = named("az10015", "Torben Test");
    actor.native_id = Some(Uuid::from_u128(10015).to_string());
    let row = || case("case_index", "1", vec![actor.clone()]).master("nexus");
    let user = StaffKey::User(Uuid::from_u128(10015));
    let entry = |member| Entry::Member { member: Arc::new(member), read_at: read_at(), aged: false };
    let there = || entry(member("az10015", "Torben Test"));
    let gone = || entry(former("az10015", "Torben Test"));
    let said = |of_id: Entry, of_user: Entry| {
        let known = Known::told(SourceId::new("staff"), [(by_id("az10015"), of_id), (user.clone(), of_user)]);
        let actor = actors(vec![row()], &known)[0].clone();
        (actor["left"] == true, actor["not_in_directory_text"].is_string())
    };
    let (left, unknown, neither) = ((true, false), (false, true), (false, false));
    for (one, other, expected) in [
        (gone(), Entry::Pending, neither),
        (gone(), Entry::Unavailable, neither),
        (gone(), there(), neither),
        (gone(), gone(), left),
        (gone(), Entry::NotInDirectory, left),
        (Entry::NotInDirectory, Entry::Pending, neither),
        (Entry::NotInDirectory, Entry::Unavailable, neither),
        (Entry::NotInDirectory, there(), neither),
        (Entry::NotInDirectory, Entry::NotInDirectory, unknown),
    ] {
        assert_eq!(said(one.clone(), other.clone()), expected, "{one:?} and {other:?}");
        assert_eq!(said(other.clone(), one.clone()), expected, "{other:?} and {one:?}");
    }
}
