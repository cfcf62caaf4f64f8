//! What `LoRa` means when it does not answer with objects.

use super::wire;
use crate::contract::SourceError;
use crate::transport::Answer;

/// What came back.
#[derive(Debug)]
pub(super) enum Told {
    /// An answer.
    Answer(Answer),
    /// The object is not there (any more): deleted (410) or unknown (404), in `LoRa`'s own words.
    Gone,
}

/// Sorts an answer. A 404 is an object that is gone only when `LoRa` itself says so; without its message the path is wrong.
///
/// # Errors
/// `ConfigInvalid` for an argument that this `LoRa` does not know, `Malformed` for another 400, else as
/// [`Answer::success`].
pub(super) fn sort(answer: Answer) -> Result<Told, SourceError> {
    let operation = answer.operation.name;
    match (answer.status.as_u16(), message(&answer)) {
        (404 | 410, Some(_)) => Ok(Told::Gone),
        (400, Some(text)) if text.starts_with("Unsupported argument") => {
            Err(SourceError::config_invalid(operation, "the source does not know an argument of ours (status 400)"))
        }
        (400, _) => Err(SourceError::malformed(operation, "the source does not understand the question (status 400)")),
        _ => answer.success().map(Told::Answer),
    }
}

fn message(answer: &Answer) -> Option<String> {
    answer.told::<wire::Message>().map(|fault| fault.message)
}
