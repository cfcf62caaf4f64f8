//! The twelve named situations of the demo, each as the people around the citizen see it: situation, caller, what is
//! expected, and why. Readable by a lawyer. What rests on lists comes with them.

mod adults;
mod archive;
pub(super) mod callers;
mod colleagues;
mod consents;
mod emergencies;
mod families;
mod family_views;
mod kirsten;
mod numbers;
mod protected;
mod shared;
mod table;
mod youth;

use serde_json::Value;

/// The neutral name of a case that may be told of and not about.
const MSB: &str = "Magistratsafdelingen for Sociale Forhold og Beskæftigelse";

/// The sources that say a fact.
fn sources(fact: &Value) -> Vec<&str> {
    fact["sources"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The sources that have an item.
fn provenance(item: &Value) -> Vec<&str> {
    item["provenance"].as_array().into_iter().flatten().filter_map(|row| row["source"].as_str()).collect()
}
