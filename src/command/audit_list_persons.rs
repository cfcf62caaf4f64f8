//! `audit list-persons`: the persons whose look-ups are looked at, from numbers to pseudonyms. [DK] VIP-liste.

use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::Args;
use glasplade_adapters::contract::CprNumber;

use super::{Failure, load_with_key, say};
use crate::audit::write_listed;

/// More is no such list; nothing is written.
const LIST_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Writes the list of persons whose every look-up raises an alarm anew, from CPR numbers on standard input, one a line.
///
/// The file is the one that the setting `audit.listed_persons` names. It holds pseudonyms; no input is an empty list. A line
/// that is no number stops it, and nothing is written. A running service takes the new list over by itself.
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Folder of the configuration.
    #[arg(long, default_value = "config")]
    config: PathBuf,
}

pub(super) fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let (config, key) = load_with_key(&arguments.config)?;
    let path = config.service.audit.listed_persons;
    let path = path.ok_or("find the list of persons: name it with the setting `audit.listed_persons`")?;
    let mut text = String::new();
    let read = io::stdin().lock().take(LIST_BYTES_MAX).read_to_string(&mut text);
    read.map_err(|error| format!("read standard input: {}", error.kind()))?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let people = lines.map(|(number, line)| {
        let cpr = CprNumber::parse(line.trim());
        cpr.map(|cpr| key.of(&cpr)).map_err(|_| format!("read line {number}: it is no CPR number; nothing was written"))
    });
    let people = people.collect::<Result<Vec<_>, _>>()?;
    write_listed(&people, &key, &path).map_err(|error| error.to_string())?;
    say(&format!("{} persons are listed", people.len()))
}
