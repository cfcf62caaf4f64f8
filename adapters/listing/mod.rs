//! [DK] gennemlæsning: what adapters share that list a whole population by row numbers, without a "changed since".

mod details;
#[cfg(all(test, feature = "fakes"))]
pub(crate) mod sweep;
mod window;

pub(crate) use details::read_details;
pub(crate) use window::{Paging, mark};

use crate::contract::{Since, SourceError, SourceErrorKind};

/// Refuses every question but the whole listing.
///
/// # Errors
/// `Unsupported` for a listing of changes.
pub(crate) fn only_whole(operation: &'static str, since: Since) -> Result<(), SourceError> {
    match since {
        Since::Beginning => Ok(()),
        Since::Registered { .. } => {
            let kind = SourceErrorKind::Unsupported;
            Err(SourceError::new(kind, operation, "the source does not tell what has changed since a time"))
        }
    }
}
