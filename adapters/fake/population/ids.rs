//! Stable UUIDs of the invented population: the same room and number give the same UUID in every run and on every machine.

use uuid::Uuid;

/// What a stable UUID names; it stands in the UUID's second group, so that a reader of a trace recognises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// A unit.
    Unit = 1,
    /// A member of staff.
    Staff = 2,
    /// A case or effort of a named situation.
    Named = 3,
    /// A case or effort of an invented citizen.
    Invented = 4,
    /// What a source calls a kind of case.
    Kind = 5,
    /// An address.
    Address = 6,
    /// A case that is not there, for relations that lead nowhere.
    Nowhere = 7,
    /// A unit above the units: a driftsområde, a magistratsafdeling.
    Above = 8,
    /// A consent that a case system holds.
    Consent = 9,
    /// A case or effort that began after the town was invented.
    Later = 10,
}

/// The UUID of thing `number` in `room`.
pub(super) const fn stable(room: Room, number: u64) -> Uuid {
    Uuid::from_u128(
        (0x6a5b_0000_u128 << 96) | ((room as u128) << 80) | (0x4000_u128 << 64) | (0x8000_u128 << 48) | number as u128,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stable_uuid_is_a_well_formed_one_and_tells_its_room() {
        let id = stable(Room::Staff, 0x2a);
        assert_eq!(id.to_string(), "6a5b0000-0002-4000-8000-00000000002a");
        assert_ne!(id, stable(Room::Unit, 0x2a));
    }
}
