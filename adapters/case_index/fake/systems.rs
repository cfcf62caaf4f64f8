//! UUIDs that this fake gives to what has no public one: IT systems, classes, the roles that KOMBIT does not publish.

use uuid::{Builder, Uuid, uuid};

/// Role [DK] Sekundær part.
pub(super) const SECONDARY_PARTY: Uuid = uuid!("cccccccc-0000-4000-8000-000000000010");
/// Role [DK] Ydelsesmodtager.
pub(super) const BENEFIT_RECIPIENT: Uuid = uuid!("cccccccc-0000-4000-8000-000000000011");
/// Role [DK] Andre behandlere.
pub(super) const OTHER_CASEWORKER: Uuid = uuid!("cccccccc-0000-4000-8000-000000000004");
/// Role [DK] Oversag.
pub(super) const PART_OF: Uuid = uuid!("cccccccc-0000-4000-8000-000000000001");
/// A local role: [DK] bevilget i.
pub(super) const GRANTED_BY: Uuid = uuid!("cccccccc-0000-4000-8000-000000000005");
/// A local role: [DK] relateret sag.
pub(super) const RELATED: Uuid = uuid!("cccccccc-0000-4000-8000-000000000006");
/// Role [DK] Adgang.
pub(super) const ACCESS: Uuid = uuid!("cccccccc-0000-4000-8000-000000000003");
/// Type [DK] Sag.
pub(super) const TYPE_CASE: Uuid = uuid!("cccccccc-0000-4000-8000-000000000002");
/// The municipality.
pub(super) const MUNICIPALITY: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000751");

/// The UUID under which the index knows a system: a source's name or a system of its own such as `ky`. DUBU's is the
/// real one; unknown names get one that is made from the name.
pub fn master_system_uuid(name: &str) -> Uuid {
    match name {
        "sbsys" => uuid!("5b5b0001-0000-4000-8000-000000000001"),
        "fasit" => uuid!("5b5b0002-0000-4000-8000-000000000002"),
        "dubu" => uuid!("38e166c7-f465-48b7-bf6e-46e4ae40fea7"),
        "ky" => uuid!("5b5b0003-0000-4000-8000-000000000003"),
        "oio" => uuid!("5b5b0004-0000-4000-8000-000000000004"),
        other => from_name(other),
    }
}

/// How the index spells a system's name.
pub(super) fn system_name(name: &str) -> String {
    match name {
        "ky" => "Kommunernes Ydelsessystem".to_owned(),
        "fasit" => "Fasit".to_owned(),
        other => other.to_uppercase(),
    }
}

/// A class' UUID from its number.
pub(super) fn class_uuid(number: &str) -> Uuid {
    from_name(&format!("kle {number}"))
}

/// The same name gives the same UUID (version 8): FNV-1a over the bytes, twice with different beginnings.
fn from_name(name: &str) -> Uuid {
    let hash = |start: u64| {
        name.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    };
    let (high, low) = (hash(0xcbf2_9ce4_8422_2325), hash(0x9ae1_6a3b_2f90_404f));
    let mut bytes = [0_u8; 16];
    bytes[..8].copy_from_slice(&high.to_be_bytes());
    bytes[8..].copy_from_slice(&low.to_be_bytes());
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_systems_uuid_is_stable_and_its_own() {
        assert_eq!(master_system_uuid("dubu").to_string(), "38e166c7-f465-48b7-bf6e-46e4ae40fea7");
        assert_eq!(master_system_uuid("nexus"), master_system_uuid("nexus"));
        assert_ne!(master_system_uuid("nexus"), master_system_uuid("momentum"));
        assert_eq!(master_system_uuid("nexus").get_version_num(), 8);
    }
}
