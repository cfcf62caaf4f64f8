//! `adresse`: where the person lives, or to where they left.

use super::answer::{STUB, Told, uncertain_moment};
use crate::fake::population::Household;
use crate::persons::wire::Version;
use crate::transport::soap::Node;

/// Road codes from here on stand for no fixed address.
const NO_FIXED_ADDRESS: u16 = 9_900;

/// `adresse`; nothing for somebody of whom no home is known. The dead have an empty one, the gone none.
pub(super) fn addresses(told: &Told<'_>) -> Option<Node> {
    let person = told.person;
    let current = match (person.status, told.world.household_of(&person.cpr)) {
        (90, _) => Some(Node::new("aktuelAdresse")),
        (70 | 80, _) | (_, None) => None,
        (_, Some(home)) => Some(current_address(told, home)),
    };
    let emigrated = (person.status == 80).then(|| {
        Node::new("udrejseoplysninger")
            .with(Node::text("udrejselandekodeMyndighedsnavn", STUB))
            .with_all(person.register.status_since.map(|day| uncertain_moment("udrejsedato", day)))
            .with(Node::text("udlandsadresse1", "Prøvegatan 1"))
    });
    let parts: Vec<Node> = current.into_iter().chain(emigrated).collect();
    (!parts.is_empty()).then(|| Node::new("adresse").with_all(parts))
}

/// Codes, house number, floor and door come in the register's own style (leading zeros, capitals) for some addresses and
/// plain for others; people of one home have the same.
fn current_address(told: &Told<'_>, home: &Household) -> Node {
    let road_code = home.road_code.unwrap_or_else(|| made_road_code(home));
    let is_fixed = road_code < NO_FIXED_ADDRESS;
    let is_padded = road_code.is_multiple_of(2);
    let code = |code: u16| if is_padded { format!("{code:04}") } else { code.to_string() };
    let told_text = |name, text: String| (!text.is_empty()).then(|| Node::text(name, text));
    let (floor, door) = (home.floor.clone().unwrap_or_default(), home.door.clone().unwrap_or_default());
    let (house_number, floor, door) = if is_padded {
        (padded(&home.house_number, 3), padded(&floor, 2), door.to_uppercase())
    } else {
        (home.house_number.clone(), floor, door)
    };
    let districts = Node::new("distrikter")
        .with_all(home.postal_code.parse::<u32>().ok().map(|code| Node::text("postnummer", code.to_string())))
        .with(Node::text("postdistrikt", home.town.as_str()));
    let has_uuid = told.version == Version::Five && is_fixed;
    Node::new("aktuelAdresse")
        .with(Node::text("kommunekode", code(told.person.municipality)))
        .with(Node::text("vejkode", code(road_code)))
        .with_all(told_text("husnummer", house_number))
        .with_all(told_text("etage", floor))
        .with_all(told_text("sidedoer", door))
        .with(Node::text("postnummer", home.postal_code.as_str()))
        .with(Node::text("postdistrikt", home.town.as_str()))
        .with(Node::text("vejnavn", home.road.as_str()))
        .with(Node::text("standardadresse", line(home)))
        .with(Node::text("adresseringsnavn", told.person.full_name()))
        .with_all(home.since.map(|day| uncertain_moment("tilflytningsdato", day.max(told.person.born))))
        .with(districts)
        .with_all(has_uuid.then(|| Node::text("AdresseUUID", home.address_uuid.to_string())))
}

fn line(home: &Household) -> String {
    let street = format!("{} {}", home.road, home.house_number);
    let flat = match (&home.floor, &home.door) {
        (Some(floor), Some(door)) => format!(", {floor}. {door}"),
        (Some(floor), None) => format!(", {floor}."),
        (None, _) => String::new(),
    };
    format!("{}{flat}", street.trim_end())
}

/// `12B` as `012B`: the digits filled up from the left.
fn padded(text: &str, width: usize) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 { text.to_uppercase() } else { format!("{}{text}", "0".repeat(width.saturating_sub(digits))) }
}

/// A code that one road in one postal district always has, below those without fixed address.
fn made_road_code(home: &Household) -> u16 {
    let bytes = home.road.bytes().chain(home.postal_code.bytes());
    let sum = bytes.fold(7_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 9_800);
    u16::try_from(sum + 1).unwrap_or(1)
}
