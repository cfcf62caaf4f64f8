//! `staff import`: the personnel system's list becomes the staff register, and the numbers go no further.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, load_with_key, say};
use crate::staff_register;

/// More is no list of staff; the import refuses it.
const LIST_BYTES_MAX: u64 = 64 * 1024 * 1024 + 1;

/// Writes the staff register anew from a list; exit code 1 when nothing was written.
///
/// Reads a list of `ident;cpr` (semicolons, one employee a line, a header and further columns are let through) and writes the
/// file that `privacy.staff_register` names, whole: who is not on the list is no longer known as an employee. The register
/// holds pseudonyms, made with the key of the configuration; remove the list afterwards, nothing reads it again. Run it as the
/// user of the service, or it cannot read what was written. A running service takes the new register over by itself.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// Folder of the configuration.
    #[arg(long, default_value = "config")]
    config: PathBuf,
    /// The list.
    input: PathBuf,
}

pub(super) fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let (config, key) = load_with_key(&arguments.config)?;
    let path = config.service.privacy.staff_register;
    let path = path.ok_or("find the staff register: name it with the setting `privacy.staff_register`")?;
    let mut list = Vec::new();
    let read = File::open(&arguments.input).and_then(|file| file.take(LIST_BYTES_MAX).read_to_end(&mut list));
    read.map_err(|error| format!("read the list: {}", error.kind()))?;
    let imported = staff_register::import(&list, &key, &path).map_err(|error| error.to_string())?;
    say(&format!("the staff register holds {} employees", imported.employees))?;
    if imported.bad_lines.is_empty() {
        return Ok(());
    }
    let numbers = imported.bad_lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    say(&format!("lines left out, because they are not `ident;cpr` or contradict another: {numbers}"))
}
