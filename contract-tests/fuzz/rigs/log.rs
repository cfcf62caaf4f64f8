//! The audit's readers: whatever the log's files hold, reading them ends with what is wrong, or with the log that was written.

use std::cell::LazyCell;
use std::fs;
use std::path::{Path, PathBuf};

use glasplade::audit::tlog::{Checkpoint, Note, Verifier};
use glasplade::audit::{Leaf, Trust, Verified, verify};
use glasplade::http::Listener;
use tokio::runtime::Runtime;

use crate::house::{House, citizen};

struct Rig {
    folder: PathBuf,
    /// Every file of a whole log.
    files: Vec<(PathBuf, Vec<u8>)>,
    whole: Verified,
    _house: House,
    _runtime: Runtime,
}

thread_local! {
    static RIG: LazyCell<Rig> = LazyCell::new(Rig::open);
}

impl Rig {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let house = runtime.block_on(async {
            let house = House::open("log").await;
            let token = house.token("caseworker-jobcenter");
            let body = format!(r#"{{"cpr":"{}","purpose":"own_case","case_ref":"2026-1"}}"#, citizen());
            for _ in 0..3 {
                let answer = house.post(Listener::Service, "/v1/overviews", &token, body.clone().into_bytes()).await;
                assert!(answer.status().is_success(), "{}", answer.status());
                // What is not read to its end is not over.
                drop(http_body_util::BodyExt::collect(answer.into_body()).await);
            }
            house.app.audit().log().close().await;
            house
        });
        // A copy: the original is open, and may have an end that nobody has signed.
        let folder = house.folder().join("copy");
        copy(&house.folder().join("audit"), &folder);
        let whole = verify(&folder, &Trust::default()).expect("a whole log");
        assert!(whole.signed == whole.records && whole.records >= 6, "{} of {}", whole.signed, whole.records);
        let mut files = Vec::new();
        read(&folder, &mut files);
        Self { folder, files, whole, _house: house, _runtime: runtime }
    }
}

/// What the verifier reads, and no more.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            if entry.file_name() == "tlog" || path.components().any(|part| part.as_os_str() == "tlog") {
                copy(&path, &target);
            }
        } else if path.extension().is_some_and(|extension| extension == "seg")
            || path.components().any(|part| part.as_os_str() == "tlog")
        {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

fn read(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    entries.sort_unstable();
    for path in entries {
        if path.is_dir() {
            read(&path, files);
        } else {
            files.push((path.clone(), fs::read(&path).expect("a file")));
        }
    }
}

/// The first byte chooses the file, the second what is done to it: the rest in its place, behind it, or as edits of three
/// bytes (where, where, what). Tells whether a log is found.
pub(crate) fn try_one(bytes: &[u8]) -> bool {
    let [file, change, rest @ ..] = bytes else { return false };
    if let Some(note) = Note::parse(rest) {
        drop(Checkpoint::parse(&note));
    }
    if let Ok(text) = std::str::from_utf8(rest) {
        drop(Verifier::parse(text));
    }
    if let Some(leaf) = rest.first_chunk().and_then(Leaf::parse) {
        assert!(rest.starts_with(&leaf.to_bytes()), "a leaf is written as it was read");
    }
    RIG.with(|rig| {
        let (path, right) = &rig.files[usize::from(*file) % rig.files.len()];
        let mut changed = right.clone();
        match change % 3 {
            0 => changed = rest.to_vec(),
            1 => changed.extend_from_slice(rest),
            _ => {
                for edit in rest.chunks_exact(3).filter(|_| !right.is_empty()) {
                    let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % right.len();
                    changed[at] = edit[2];
                }
            }
        }
        fs::write(path, &changed).expect("the file can be written");
        let told = verify(&rig.folder, &Trust::default());
        fs::write(path, right).expect("the file can be written");
        // Without a kept checkpoint and a key nobody knows who signed: a shorter log may be a whole one.
        let Ok(found) = told else { return false };
        let is_same = found.root == rig.whole.root && found.signed == rig.whole.signed;
        assert!(is_same || found.signed < rig.whole.signed, "another log is taken for whole");
        true
    })
}
