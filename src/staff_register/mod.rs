//! Which employee is which citizen, so that "oneself" and "colleague" can be told. [DK] medarbejderregister.
//!
//! The register holds no number: it maps an employee id to the pseudonym of the employee's own CPR number. It is a file of
//! one JSON line per employee, written by `glasplade staff import` and read by every replica.

mod import;
mod list;
mod register;

use std::io;
use std::path::Path;

use glasplade_adapters::contract::CprNumber;

use crate::access::EmployeeId;
use crate::audit::PseudonymKey;

pub use import::{Imported, NotImported, import};
pub use list::{Flaw, StaffList};
pub use register::{StaffRegister, StaffRegisterError};

/// Writes a register of these employees at `path`, also of none: for a demo, whose staff is not a list from elsewhere.
///
/// # Errors
/// When the file cannot be written.
pub fn write(
    staff: impl IntoIterator<Item = (EmployeeId, CprNumber)>,
    key: &PseudonymKey,
    path: &Path,
) -> io::Result<()> {
    let mut list = StaffList::default();
    for (employee, number) in staff {
        list.add(employee, key.of(&number));
    }
    import::write(&list, key, path)
}
