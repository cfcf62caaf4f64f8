use super::*;
use crate::audit::testing::{self, Scratch};
use crate::audit::{AuditIndex, AuditLog, IndexSettings, Kind, PseudonymKey, Query};
use crate::random::SystemRandom;

fn asked(number: u128) -> AskedHere {
    AskedHere {
        id: Uuid::from_u128(number),
        at: "2026-11-20T09:00:00Z".parse().expect("a moment"),
        by: AuditedCaller { employee: "os:auditor".to_owned(), ..AuditedCaller::default() },
        what: "audit_searched".to_owned(),
        citizen: None,
        facts: BTreeMap::from([("criteria".to_owned(), "citizen".to_owned())]),
    }
}

fn audit(scratch: &Scratch) -> Arc<Audit> {
    let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens");
    let key = Arc::new(PseudonymKey::new(&[7; 32]).expect("32 bytes"));
    let index = AuditIndex::open(&scratch.index(), &log, IndexSettings::new(key)).expect("the index opens");
    Audit::new(log, index, testing::clock(), Arc::new(SystemRandom))
}

#[tokio::test]
async fn what_was_asked_on_the_machine_is_on_record_once_and_then_gone() {
    let scratch = Scratch::new();
    let audit = audit(&scratch);
    let keys = scratch.keys();
    for number in [1, 2] {
        asked(number).leave(&keys).expect("the folder takes it");
    }
    assert_eq!(audit.record_asked().await.expect("recorded"), 2);
    assert_eq!(audit.record_asked().await.expect("nothing left"), 0);
    assert!(audit.index().caught_up());
    let found =
        audit.index().search(&Query { kind: Some(Kind::Use), limit: 10, ..Query::default() }).expect("a search");
    assert_eq!(found.len(), 2);
    let auditor = PseudonymKey::new(&[7; 32]).expect("32 bytes").of_employee("os:auditor");
    assert!(found.iter().all(|one| one.employee == Some(auditor)), "by whom the machine names");
    assert!(AskedHere::left(&keys).expect("readable").0.is_empty());
}

#[tokio::test]
async fn what_does_not_open_stays_and_stops_nothing() {
    let scratch = Scratch::new();
    let audit = audit(&scratch);
    let keys = scratch.keys();
    fs::write(keys.folder().join("asked-00000000-0000-0000-0000-000000000009"), b"changed").expect("a file");
    // One that was renamed: it says another name inside.
    asked(3).leave(&keys).expect("the folder takes it");
    let renamed = keys.folder().join("asked-00000000-0000-0000-0000-000000000004");
    fs::rename(keys.folder().join(asked(3).name()), &renamed).expect("renamed");
    asked(5).leave(&keys).expect("the folder takes it");
    assert_eq!(audit.record_asked().await.expect("recorded"), 1);
    let (left, foreign) = AskedHere::left(&keys).expect("readable");
    assert!(left.is_empty());
    assert_eq!(foreign.len(), 2);
    assert!(renamed.exists());
}

#[test]
fn nothing_personal_is_readable_in_the_folder() {
    let scratch = Scratch::new();
    let keys = scratch.keys();
    asked(1).leave(&keys).expect("the folder takes it");
    let bytes = fs::read(keys.folder().join(asked(1).name())).expect("a file");
    assert!(!bytes.windows(7).any(|window| window == b"auditor"));
    assert!(!format!("{:?}", asked(1)).contains("os:auditor"));
}

/// Whoever may write there is the folder's owner or root; run as root, the folder is somebody else's here.
#[test]
fn what_root_leaves_belongs_to_whom_the_folder_belongs_to() {
    use std::os::unix::fs::{MetadataExt as _, chown};

    let scratch = Scratch::new();
    let keys = scratch.keys();
    let is_root = chown(keys.folder(), Some(65_534), Some(65_534)).is_ok();
    asked(1).leave(&keys).expect("the folder takes it");
    let file = fs::metadata(keys.folder().join(asked(1).name())).expect("a file");
    let folder = fs::metadata(keys.folder()).expect("a folder");
    assert_eq!((file.uid(), file.uid() == 65_534), (folder.uid(), is_root));
}
