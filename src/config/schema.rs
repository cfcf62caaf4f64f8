//! JSON Schema of the configuration files, generated from the types that read them.

use schemars::schema_for;
use serde_json::{Map, Value, json};

use super::{
    APPROVALS, AccessFile, ApprovalsFile, DepartmentsFile, KindsFile, ServiceFile, SourcesFile, TargetGroupFile, Texts,
    VisibilityFile,
};

/// One document: a schema per file, and one per adapter's own settings.
pub fn schema() -> String {
    let files = [
        ("glasplade.toml", schema_for!(ServiceFile)),
        ("sources.toml", schema_for!(SourcesFile)),
        ("departments.toml", schema_for!(DepartmentsFile)),
        ("kinds.toml", schema_for!(KindsFile)),
        ("access.toml", schema_for!(AccessFile)),
        ("visibility.toml", schema_for!(VisibilityFile)),
        ("texts.toml", schema_for!(Texts)),
        ("target-groups/*.toml", schema_for!(TargetGroupFile)),
        (APPROVALS, schema_for!(ApprovalsFile)),
    ];
    let files: Map<String, Value> =
        files.into_iter().map(|(name, schema)| (name.to_owned(), schema.to_value())).collect();
    let settings: Map<String, Value> = glasplade_adapters::register::KINDS
        .iter()
        .map(|kind| (kind.name.to_owned(), (kind.settings_schema)().to_value()))
        .collect();
    let document = json!({ "files": files, "source_settings": settings });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}
