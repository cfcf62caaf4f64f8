//! The demo's folder: secrets that open nothing but the fakes, made at first use, readable by their owner only.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use glasplade_adapters::contract::CprNumber;
use glasplade_adapters::fake::{DUBU_DEMO_COOKIE, World, fasit_demo_token, sbsys_credentials};
use jiff::Timestamp;

use super::consents;
use crate::access::EmployeeId;
use crate::audit::PseudonymKey;
use crate::random::Random;
use crate::staff_register;

/// Writes what the demo's configuration refers to.
pub(super) fn prepare(dir: &Path, now: Timestamp, world: &World, random: &dyn Random) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let key = dir.join("pseudonym.key");
    for secret in [&key, &dir.join("audit-master.key"), &dir.join("checkpoint.key")] {
        if !secret.exists() {
            let text = format!("{}{}", crate::hex(&random.bytes16()), crate::hex(&random.bytes16()));
            write(secret, &text)?;
        }
    }
    write_staff(dir, world, &key)?;
    write_consents(dir, now, world, &key, random)?;
    write(&dir.join("sbsys-client-secret"), sbsys_credentials::CLIENT_SECRET)?;
    write(&dir.join("sbsys-password"), sbsys_credentials::PASSWORD)?;
    write(&dir.join("fasit-token"), &fasit_demo_token(now))?;
    write(&dir.join("dubu-cookie"), DUBU_DEMO_COOKIE)
}

/// The employees who are citizens of the town, too. Written with every start: the town may be another one.
fn write_staff(dir: &Path, world: &World, key: &Path) -> io::Result<()> {
    let key = pseudonym_key(key)?;
    let citizens = world.staff().iter().filter_map(|staff| {
        let number = CprNumber::parse(staff.cpr.as_deref()?).ok()?;
        Some((EmployeeId::parse(&staff.id)?, number))
    });
    staff_register::write(citizens, &key, &dir.join("staff.ndjson"))
}

/// What the named citizens have said yes and no to. Once: what was recorded since is not touched.
fn write_consents(dir: &Path, now: Timestamp, world: &World, key: &Path, random: &dyn Random) -> io::Result<()> {
    let key = pseudonym_key(key)?;
    let events = consents::events(world, &key, now, random);
    crate::consents::seed(&dir.join("consents.db"), &events).map(drop).map_err(io::Error::other)
}

fn pseudonym_key(path: &Path) -> io::Result<PseudonymKey> {
    let invalid = |_| io::Error::from(io::ErrorKind::InvalidData);
    PseudonymKey::new(std::fs::read_to_string(path)?.trim().as_bytes()).map_err(invalid)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use glasplade_adapters::contract::{Clock, ManualClock};

    use super::*;
    use crate::audit::testing::Scratch;
    use crate::random::CountingRandom;
    use crate::staff_register::StaffRegister;

    #[test]
    fn the_employees_who_are_citizens_are_known_and_nobody_else_is_invented() {
        let (scratch, now) = (Scratch::new(), Timestamp::UNIX_EPOCH);
        let world = World::invent(1, 30, "2026-11-24T08:00:00Z".parse().expect("a moment"));
        prepare(scratch.path(), now, &world, &CountingRandom::default()).expect("a folder of our own");
        let secret = std::fs::read_to_string(scratch.path().join("pseudonym.key")).expect("a key");
        let key = PseudonymKey::new(secret.trim().as_bytes()).expect("long enough");
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now));
        let staff = StaffRegister::open(&scratch.path().join("staff.ndjson"), &key, clock).expect("a register").list();
        let with_number: Vec<_> = world.staff().iter().filter(|staff| staff.cpr.is_some()).collect();
        assert!(with_number.len() >= 2, "Henrik and Lone's former husband work here");
        assert_eq!(staff.len(), with_number.len());
        for employee in with_number {
            let number = CprNumber::parse(employee.cpr.as_deref().expect("filtered")).expect("ten digits");
            assert_eq!(staff.employee_of(&key.of(&number)).map(EmployeeId::as_str), Some(employee.id.as_str()));
        }
    }
}
