//! The marked employee, the colleagues of one unit, and employees about whom the directory has something odd.

use std::collections::BTreeMap;

use glasplade_adapters::contract::StaffKey;
use glasplade_adapters::fake::FakeRequest;
use glasplade_adapters::fake::population::{Line, Staff, UnitAbove, UnitRow};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{MARK, PHONE, id};

/// The marked employee's user name.
pub(crate) const EMPLOYEE: &str = "az99001";
/// The marked employee's leader.
pub(crate) const LEADER: &str = "az99002";
/// The marked employee's stand-in.
pub(crate) const STAND_IN: &str = "az99003";
/// Colleagues of the marked employee, who differ in name and numbers only.
pub(crate) const COLLEAGUES: [&str; 6] = ["az99011", "az99012", "az99013", "az99014", "az99015", "az99016"];
/// A user name that nobody has.
pub(crate) const STRANGER: &str = "az99099";
/// Whoever is searched by this name makes the directory refuse the search.
pub(crate) const REFUSED: &str = "az99021";
/// Found by a search, and lost when listed.
pub(crate) const LOST: &str = "az99022";
/// Two users have this name.
pub(crate) const TWIN: &str = "az99023";
/// Never entered.
pub(crate) const MISSING: &str = "az99024";
/// Typed their own number where the phone number belongs.
pub(crate) const NUMBERED: &str = "az99025";
/// Whose user name is their own number; only the id can be asked for.
pub(crate) const NAMED_BY_NUMBER: &str = NUMBERS[2];
/// Has left.
pub(crate) const LEFT: &str = "az99026";
/// Where they all work.
pub(super) const UNIT: &str = "KENDE";

/// The own numbers of the marked employee, of [`NUMBERED`] and of [`NAMED_BY_NUMBER`].
pub(crate) const NUMBERS: [&str; 3] = ["1402796798", "1503806798", "1604816799"];

/// The marked employee's id in the directory.
pub(crate) fn uuid() -> Uuid {
    id(2)
}

/// The id of [`NAMED_BY_NUMBER`].
pub(crate) fn uuid_of_named_by_number() -> Uuid {
    id(9_030)
}

/// By user name.
pub(crate) fn key(name: &str) -> StaffKey {
    StaffKey::Employee(name.into())
}

/// The marked employee, when a request names them.
pub(crate) fn named_in(request: &FakeRequest) -> Option<String> {
    let text = String::from_utf8_lossy(&request.body).to_lowercase();
    let is_named = text.contains(EMPLOYEE) || text.contains(&uuid().to_string());
    is_named.then(|| EMPLOYEE.to_owned())
}

/// The lines of a population.
pub(super) fn lines() -> Vec<Line> {
    let colleagues = COLLEAGUES.into_iter().zip(9_011..);
    let colleagues = colleagues.map(|(name, number)| Staff {
        phone: Some(format!("+45 00 00 99 {}", number % 100)),
        ..like_the_marked(name, number)
    });
    let odd = [
        with(REFUSED, 9_021, &json!({"refused": true})),
        with(LOST, 9_022, &json!({"not_listed": true})),
        member(TWIN, 9_023),
        member(TWIN, 9_033),
        with(MISSING, 9_024, &json!({"not_in_directory": true})),
        Staff { cpr: Some(NUMBERS[1].to_owned()), ..with(NUMBERED, 9_025, &json!({"phone_text": NUMBERS[1]})) },
        Staff { uuid: uuid_of_named_by_number(), ..member(NAMED_BY_NUMBER, 9_030) },
        Staff { left: true, ..like_the_marked(LEFT, 9_026) },
    ];
    let staff = [marked(), member(LEADER, 9_903), member(STAND_IN, 9_904)].into_iter().chain(colleagues).chain(odd);
    [Line::Unit(unit())].into_iter().chain(staff.map(Line::Staff)).collect()
}

fn unit() -> UnitRow {
    let above = |number, name: &str| UnitAbove { uuid: id(number), name: format!("{MARK}-{name}") };
    UnitRow {
        code: UNIT.to_owned(),
        name: format!("{MARK}-enhed"),
        department: "JVS".to_owned(),
        uuid: id(1),
        number: 9_901,
        phone: Some("+45 00 00 99 00".to_owned()),
        mailbox: Some(format!("{MARK}-enhed@example.dk").to_lowercase()),
        above: vec![above(5, "center"), above(6, "forvaltning")],
    }
}

/// With every fact that a directory can tell.
fn marked() -> Staff {
    let cpr = Some(NUMBERS[0].to_owned());
    let email = Some(format!("{MARK}.test@example.dk"));
    Staff { uuid: uuid(), cpr, email, phone: Some(PHONE.to_owned()), ..like_the_marked(EMPLOYEE, 9_902) }
}

fn like_the_marked(name: &str, number: u32) -> Staff {
    Staff {
        title: Some(format!("{MARK}-stilling")),
        email: Some(format!("{MARK}.{name}@example.dk")),
        phone: Some("+45 00 00 99 98".to_owned()),
        mobile: Some("+45 00 00 99 99".to_owned()),
        stand_in: Some(STAND_IN.to_owned()),
        leader: Some(LEADER.to_owned()),
        ..member(name, number)
    }
}

fn with(name: &str, number: u32, quirks: &Value) -> Staff {
    let quirks: BTreeMap<String, Value> = quirks.as_object().cloned().unwrap_or_default().into_iter().collect();
    Staff { quirks, ..member(name, number) }
}

fn member(name: &str, number: u32) -> Staff {
    Staff {
        id: name.to_owned(),
        uuid: id(u128::from(number)),
        number,
        name: format!("{MARK}-{number} Test"),
        spellings: [].into(),
        unit: UNIT.to_owned(),
        title: None,
        email: None,
        phone: None,
        mobile: None,
        left: false,
        cpr: None,
        stand_in: None,
        leader: None,
        quirks: [].into(),
    }
}
