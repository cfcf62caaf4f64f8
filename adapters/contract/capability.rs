//! What a source can answer, so that the house and the tests can choose by it.

use serde::Serialize;

use super::Listing;

/// The kinds of facts that an adapter reads. What is `false` is never asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a table of independent abilities, read by name")]
pub struct Capability {
    /// [DK] sager.
    pub cases: bool,
    /// [DK] indsatser, the provider's side.
    pub interventions: bool,
    /// The answer names the citizen it is about in every row, so a wrong person is seen at once.
    pub states_citizen: bool,
    /// A direct phone number comes with the caseworker.
    pub phone: bool,
    /// How the cases of the whole population can be listed.
    pub listing: Listing,
}
