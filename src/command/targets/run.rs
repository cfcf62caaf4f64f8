//! `targets run`: one rule, once; the list on standard output, or in a file.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::civil::Date;

use super::{House, Place, employee};
use crate::audit::Request;
use crate::command::Failure;
use crate::config::TARGET_GROUP_PURPOSE;
use crate::target_groups::lists::Format;
use crate::target_groups::run::{Asked, By};

/// Runs a rule and writes its list: who is on it by what the receiving unit may be told, and how that stands against the run before.
///
/// The list is for the unit that the rule's approval names, and for nobody else: hand it to them and keep no copy. Every citizen on it
/// has an entry in the audit before it is written, which only one process may do: while the service runs, use
/// POST /v1/target-groups/RULE/runs. The next run compares itself with this one once all of it was written.
#[derive(Debug, Args)]
pub(in crate::command) struct RunArguments {
    /// Code of the rule: the name of its file.
    rule: String,
    #[command(flatten)]
    place: Place,
    /// The receiving unit, where the rule is approved for several.
    #[arg(long, value_name = "UNIT")]
    receiver: Option<String>,
    /// Counts alone, rounded, and no citizen.
    #[arg(long)]
    dry_run: bool,
    /// The form of the list.
    #[arg(long, default_value = "json", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::as_str)))]
    format: String,
    /// The CPR numbers, too, where the setting `target_groups.lists.numbers_by` lets somebody have them; needs --as.
    #[arg(long, requires = "by")]
    with_numbers: bool,
    /// The day for which ages and periods are computed; today.
    #[arg(long, value_name = "DAY")]
    as_of: Option<Date>,
    /// The employee who runs it, put on record as such.
    #[arg(long = "as", id = "by", value_name = "EMPLOYEE")]
    by: Option<String>,
    /// Why, in at least 20 characters; put on record.
    #[arg(long)]
    reason: Option<String>,
    /// The legal basis, which must be the one that the rule names.
    #[arg(long, value_name = "ID")]
    legal_basis: Option<String>,
    /// File for the list, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let by = arguments.by.as_deref().map(employee).transpose()?;
    let house = House::open(&arguments.place.config, "POST /v1/target-groups/RULE/runs")?;
    let written = made(&house, arguments, By::Machine(by.as_ref()));
    house.close();
    written
}

fn made(house: &House, arguments: &RunArguments, by: By<'_>) -> Result<(), Failure> {
    let rule = house.config.target_groups.rule(&arguments.rule);
    let basis = rule.map(|rule| rule.file().legal_basis.clone()).unwrap_or_default();
    let asked = Asked {
        rule: arguments.rule.clone(),
        receiver: arguments.receiver.clone(),
        purpose: TARGET_GROUP_PURPOSE.to_owned(),
        legal_basis: arguments.legal_basis.clone().unwrap_or(basis),
        reason: arguments.reason.clone(),
        as_of: arguments.as_of,
        dry_run: arguments.dry_run,
        with_numbers: arguments.with_numbers,
        format: Format::parse(&arguments.format).unwrap_or(Format::Json),
    };
    let request = Request { route: "glasplade targets run", trace_id: Arc::from("") };
    let ran = house.runtime.block_on(house.app.targets().run(&request, by, &asked));
    let ran = ran.map_err(|error| error.to_string())?;
    let (bytes, _, _) = ran.disclosure.into_parts();
    let written = match &arguments.output {
        Some(path) => to_file(path, &bytes),
        None => to_output(&bytes),
    };
    written.map_err(|error| format!("write the list: {}", error.kind()))?;
    ran.keeping.map_or(Ok(()), |keeping| keeping.keep().map_err(|error| error.to_string()))
}

fn to_output(bytes: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(bytes)?;
    output.flush()
}

fn to_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::command::Command;

    #[test]
    fn nobody_gets_numbers_without_a_name_on_record() {
        let line = ["glasplade", "targets", "run", "cross_department", "--with-numbers"];
        assert!(Command::try_parse_from(line).is_err());
        assert!(Command::try_parse_from(line.into_iter().chain(["--as", "az10011"])).is_ok());
        assert!(Command::try_parse_from(["glasplade", "targets", "run"]).is_err(), "no rule");
        let as_of = ["glasplade", "targets", "run", "x", "--as-of", "2026-11-31"];
        assert!(Command::try_parse_from(as_of).is_err(), "no such day");
    }
}
