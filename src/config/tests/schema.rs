//! `config/schema.json` is generated: `UPDATE=1 cargo test` writes it, and the difference is reviewed like code.

use std::path::Path;

use super::root;
use crate::config::{FILE_NAMES, environment, schema};

#[test]
fn the_schema_beside_the_files_is_the_one_of_the_types() {
    let (path, generated) = (root().join("schema.json"), format!("{}\n", schema()));
    if environment().0("UPDATE").is_some() {
        std::fs::write(&path, &generated).expect("the schema is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "config/schema.json is stale: UPDATE=1 cargo test schema");
}

#[test]
fn every_file_and_every_adapter_has_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).expect("a schema is JSON");
    for name in FILE_NAMES.into_iter().filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "toml")) {
        assert!(schema["files"][name]["properties"].is_object(), "{name}");
    }
    for kind in glasplade_adapters::register::KINDS {
        assert!(schema["source_settings"][kind.name].is_object(), "{}", kind.name);
    }
}
