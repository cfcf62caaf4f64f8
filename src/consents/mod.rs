//! [DK] samtykke: what a citizen has said yes and no to, from the first question to its withdrawal.
//!
//! A safeguard of administrative law beside the authority's task (forvaltningsloven §§ 28, 29, retssikkerhedsloven § 11 a),
//! never the ground of the GDPR. Reading order: [`Event`] (what is kept), [`Citizen`] (whose answer counts), [`History`] (where
//! a consent stands), [`InForce`] (what an answer may rest on), [`Consents`] (the room).
//!
//! **Invariants:** nothing is changed, only added; a consent that was taken back never comes back; nothing is open outside the
//! time for which it was given; no citizen is named, by number or otherwise.

mod asked;
mod codes;
mod commit;
mod event;
mod in_force;
mod ledger;
mod not_recorded;
mod proved;
mod refuser;
mod room;
#[cfg(feature = "fakes")]
mod seed;
mod sight;
mod standing;
#[cfg(test)]
mod tests;
mod then;
mod view;
mod whose;

pub use asked::{Answer, Asked, GiverAsked, NamedBy, SignatureAsked};
pub use codes::Codes;
pub use event::{AtRecording, Event, Form, Giver, Recorder, Signature, Terms, What, Who, Withdrawal};
pub use in_force::{InForce, Refused};
pub use not_recorded::{NotRecorded, Unfit};
pub use proved::{LedgerFinding, LoggedConsents};
pub use room::{Act, ConsentKey, Consents, Lent, Recorded, Search, Subject};
#[cfg(feature = "fakes")]
pub use seed::seed;
pub use standing::{History, Standing, State, WhyNot};
pub use then::ConsentsOfThen;
pub use view::{BriefConsentView, ConsentView, HistoryView, JournalText, RefusalView, WantedView, WholeConsentView};
pub use whose::{Citizen, Holding, Party, Wanted};
