//! The room's own tests: the shipped files, planted mistakes, and the schema beside them.

mod all_at_once;
mod dates;
mod mistakes;
mod schema;
mod shipped;
mod target_groups;

use std::path::PathBuf;

use super::{ConfigFiles, FILE_NAMES};

/// The folder of the shipped configuration.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config")
}

/// The demo's files, in memory, with one of them changed.
fn demo_with(file: &str, change: impl Fn(String) -> String) -> ConfigFiles {
    ConfigFiles::from_texts(FILE_NAMES.map(|name| {
        let of_demo = std::fs::read_to_string(root().join("demo").join(name));
        let text = of_demo.or_else(|_| std::fs::read_to_string(root().join(name))).expect("a shipped file");
        (name, if name == file { change(text) } else { text })
    }))
}

/// The files that ship, without the demo's.
fn shipped() -> ConfigFiles {
    ConfigFiles::read(&root(), None).expect("every file is there")
}
