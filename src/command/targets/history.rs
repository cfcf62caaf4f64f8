//! `targets history`: how many were on a rule's list, run by run.

use clap::Args;

use super::{House, Place};
use crate::audit::Request;
use crate::command::Failure;
use crate::command::audit_questions::print;

/// Prints the counts of a rule's runs as JSON: rounded to five, none below five.
#[derive(Debug, Args)]
pub(in crate::command) struct HistoryArguments {
    /// Code of the rule: the name of its file.
    rule: String,
    #[command(flatten)]
    place: Place,
    /// The receiving unit, where the rule is approved for several.
    #[arg(long, value_name = "UNIT")]
    receiver: Option<String>,
}

pub(super) fn history(arguments: &HistoryArguments) -> Result<(), Failure> {
    let house = House::open(&arguments.place.config, "GET /v1/target-groups/RULE/history")?;
    let found = house.app.targets().history(&arguments.rule, arguments.receiver.as_deref());
    let request = Request { route: "glasplade targets history", trace_id: std::sync::Arc::from("") };
    let event = crate::audit::AuditedEvent { what: "target_history_read".to_owned(), ..Default::default() };
    let recorded = house.runtime.block_on(house.app.audit().record_by(&request, None, None, event));
    house.close();
    recorded.map_err(|error| error.to_string())?;
    print(&[found.map_err(|error| error.to_string())?])
}
