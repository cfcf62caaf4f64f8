//! What the import promises: nothing is guessed, nothing of the list stays, and a wrong file changes nothing.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;

use super::*;
use crate::audit::testing::Scratch;

fn key() -> PseudonymKey {
    PseudonymKey::new(&[7; 32]).expect("32 bytes")
}

fn into(scratch: &Scratch, list: &[u8]) -> Result<Imported, NotImported> {
    import(list, &key(), &scratch.path().join("staff.ndjson"))
}

fn written(scratch: &Scratch) -> StaffList {
    let text = fs::read(scratch.path().join("staff.ndjson")).expect("written");
    StaffList::parse(&text, &KeyMark::of(&key())).expect("our own text")
}

fn id(text: &str) -> EmployeeId {
    EmployeeId::parse(text).expect("an id")
}

fn number(text: &str) -> CprNumber {
    CprNumber::parse(text).expect("ten digits")
}

#[test]
fn what_danish_excel_writes_is_read() {
    let scratch = Scratch::new();
    let list = "\u{feff}Ident;CPR-nr.;Navn\r\nAZ1;010170-9999;Ærø Prøve\r\n\"az2\";\"0202709999\"\r\n\r\n az3 ; 6101709999 \r\n";
    assert_eq!(into(&scratch, list.as_bytes()), Ok(Imported { employees: 3, bad_lines: vec![] }));
    let staff = written(&scratch);
    assert_eq!(staff.person_of(&id("az1")), Some(&key().of(&number("0101709999"))));
    assert_eq!(staff.employee_of(&key().of(&number("0202709999"))), Some(&id("az2")));
    assert!(staff.person_of(&id("az3")).is_some(), "a replacement number is a number");
}

#[test]
fn a_list_without_a_header_keeps_its_first_line() {
    let scratch = Scratch::new();
    assert_eq!(into(&scratch, b"az1;0101709999\naz2;0202709999").map(|done| done.employees), Ok(2));
}

#[test]
fn bad_lines_are_named_by_number_and_two_numbers_of_one_employee_are_both_bad() {
    let scratch = Scratch::new();
    let list = b"ident;cpr\naz1;0101709999\naz2;101709999\naz3;0303709999\naz3;0404709999\naz4;0505709999\naz4;050570-9999\naz5;0606709999\n";
    assert_eq!(into(&scratch, list), Ok(Imported { employees: 3, bad_lines: vec![3, 4, 5] }));
    assert_eq!(written(&scratch).person_of(&id("az3")), None);
}

#[test]
fn a_wrong_file_changes_nothing() {
    let scratch = Scratch::new();
    let _ = into(&scratch, b"az1;0101709999").expect("written");
    let wrong: [(&[u8], NotImported); 5] = [
        (b"", NotImported::Empty),
        (b"ident;cpr\n\n", NotImported::Empty),
        (b"0101709999;az1\n0202709999;az2\naz3;0303709999\n", NotImported::MostlyBad { bad: 2, lines: 3 }),
        (b"az1,0101709999", NotImported::MostlyBad { bad: 1, lines: 1 }),
        (b"\xff\xfea\0z\x001\0", NotImported::MostlyBad { bad: 1, lines: 1 }),
    ];
    for (list, refusal) in wrong {
        let error = into(&scratch, list).expect_err("refused");
        assert!(!error.to_string().contains("709999"));
        assert_eq!(error, refusal);
        assert_eq!(written(&scratch).len(), 1, "the one before stands");
    }
    assert_eq!(into(&scratch, b"az1;x\naz2;0202709999").map(|done| done.bad_lines), Ok(vec![1]), "half is not more");
}

#[test]
fn no_number_and_no_half_file_stays() {
    let scratch = Scratch::new();
    let _ = into(&scratch, b"az1;010170-9999").expect("written");
    for entry in fs::read_dir(scratch.path()).expect("the folder") {
        let text = fs::read_to_string(entry.expect("a file").path()).expect("text");
        assert!(!text.contains("0101709999") && !text.contains("010170-9999"));
    }
    assert_eq!(fs::read_dir(scratch.path()).expect("the folder").count(), 1);
    let nowhere = import(b"az1;0101709999", &key(), &scratch.path().join("no/folder"));
    assert_eq!(nowhere, Err(NotImported::Disk(io::ErrorKind::NotFound)));
}

proptest! {
    #[test]
    fn what_was_imported_is_what_is_found(
        list in prop::collection::btree_map("[a-z]{2}[0-9]{5}", 0_u16..=9999, 1..30),
    ) {
        let scratch = Scratch::new();
        let lines: Vec<String> = list.iter().map(|(id, serial)| format!("{id};010170{serial:04}")).collect();
        let text = lines.join("\n");
        prop_assert_eq!(into(&scratch, text.as_bytes()).map(|done| done.employees), Ok(list.len()));
        let staff = written(&scratch);
        let mut first: BTreeMap<u16, &str> = BTreeMap::new();
        for (employee, serial) in &list {
            let person = key().of(&number(&format!("010170{serial:04}")));
            prop_assert_eq!(staff.person_of(&id(employee)), Some(&person));
            first.entry(*serial).or_insert(employee);
            prop_assert_eq!(staff.employee_of(&person), Some(&id(first[serial])));
        }
    }

    #[test]
    fn any_bytes_are_imported_or_refused(list in prop::collection::vec(any::<u8>(), 0..200)) {
        let scratch = Scratch::new();
        let _ = into(&scratch, &list);
    }
}
