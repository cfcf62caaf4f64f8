//! What the register promises: nobody is guessed, a broken file says where, and a new one comes into force by itself.

use glasplade_adapters::contract::{CprNumber, ManualClock};

use super::*;
use crate::access::EmployeeId;
use crate::audit::Pseudonym;
use crate::audit::testing::Scratch;
use crate::staff_register::import;

fn key(byte: u8) -> PseudonymKey {
    PseudonymKey::new(&[byte; 32]).expect("32 bytes")
}

fn person(serial: u16) -> Pseudonym {
    key(7).of(&CprNumber::parse(&format!("010170{serial:04}")).expect("ten digits"))
}

fn employee(id: &str) -> EmployeeId {
    EmployeeId::parse(id).expect("an id")
}

fn file(scratch: &Scratch) -> PathBuf {
    scratch.path().join("staff.ndjson")
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH))
}

fn open(scratch: &Scratch, clock: &Arc<ManualClock>) -> Result<StaffRegister, StaffRegisterError> {
    StaffRegister::open(&file(scratch), &key(7), Arc::clone(clock) as Arc<dyn Clock>)
}

fn put(scratch: &Scratch, text: &str) {
    fs::write(file(scratch), text).expect("writable");
}

fn line(id: &str, person: Pseudonym) -> String {
    format!("{{\"employee\":\"{id}\",\"person\":\"{person}\"}}\n")
}

#[test]
fn an_employee_is_found_by_id_and_by_number_whatever_the_case_of_the_id() {
    let scratch = Scratch::new();
    put(&scratch, &[line("AZ10003", person(1)), line("az10001", person(1)), line("az10002", person(2))].concat());
    let list = open(&scratch, &clock()).expect("a register").list();
    assert_eq!(list.person_of(&employee("az10003")), Some(&person(1)));
    assert_eq!(list.employee_of(&person(1)), Some(&employee("az10001")), "the first id of two");
    assert_eq!((list.employee_of(&person(9)), list.person_of(&employee("az9"))), (None, None));
    assert_eq!((list.len(), format!("{list:?}").as_str()), (3, "StaffList { employees: 3, .. }"));
}

#[test]
fn without_a_register_nobody_is_known_and_it_says_so() {
    let register = StaffRegister::nobody();
    assert!(register.list().is_empty() && !register.is_connected());
}

#[test]
fn a_file_that_cannot_be_used_stops_the_start_with_its_line_and_without_what_stands_there() {
    let scratch = Scratch::new();
    assert_eq!(open(&scratch, &clock()).err(), Some(StaffRegisterError::Disk(io::ErrorKind::NotFound)));
    let good = line("az1", person(1));
    for (bad, flaw) in [
        ("az10003;0101709999".to_owned(), Flaw::NotALine),
        ("{\"employee\":\"az2\",\"person\":\"0101709999\"}".to_owned(), Flaw::NotALine),
        ("{\"employee\":\"az2\"}".to_owned(), Flaw::NotALine),
        (line("az2", person(2)).replace("\"employee\"", "\"cpr\":\"0101709999\",\"employee\""), Flaw::NotALine),
        (line("0101709999", person(2)), Flaw::NotAnEmployee),
        (line("az 2", person(2)), Flaw::NotAnEmployee),
        (line("AZ1", person(2)), Flaw::TwoPeople),
    ] {
        put(&scratch, &format!("{good}\n{bad}"));
        let error = open(&scratch, &clock()).expect_err("a flawed file");
        assert_eq!(error, StaffRegisterError::Line(3, flaw));
        assert!(!format!("{error} {error:?}").contains("0101709999"));
    }
}

#[test]
fn a_register_of_another_key_is_refused_because_it_would_bar_nobody() {
    let scratch = Scratch::new();
    let _ = import(b"az1;0101709999", &key(8), &file(&scratch)).expect("written");
    assert_eq!(open(&scratch, &clock()).err(), Some(StaffRegisterError::Line(1, Flaw::AnotherKey)));
}

#[test]
fn a_new_file_comes_into_force_and_a_broken_or_missing_one_does_not() {
    let scratch = Scratch::new();
    let clock = clock();
    let later = |seconds| clock.advance(SignedDuration::from_secs(seconds));
    put(&scratch, &line("az1", person(1)));
    let register = open(&scratch, &clock).expect("a register");
    let knows = |serial| register.list().employee_of(&person(serial)).is_some();
    put(&scratch, &[line("az1", person(1)), line("az2", person(2))].concat());
    assert!(!knows(2), "not looked at yet");
    later(10);
    assert!(knows(1) && knows(2));
    assert_eq!(register.revision(), 1);
    put(&scratch, "half a li");
    later(10);
    assert!(knows(2), "the one before stands");
    fs::remove_file(file(&scratch)).expect("removed");
    later(10);
    assert!(knows(2), "the one before stands");
    let _ = import(b"az3;0101700003", &key(7), &file(&scratch)).expect("written");
    later(10);
    assert!(!knows(2) && knows(3));
    assert_eq!(register.revision(), 2);
}
