//! [DK] gennemlæsning: the sources are read into the index, page by page, within what each allows.
//!
//! One page is one change of the index, with the place from which reading goes on. Nothing goes because a source was silent: after a
//! whole reading, what it did not tell is asked for singly, and a reading that tells far too little takes nothing away.
//!
//! Reading order: [`Taking`] (what is kept), [`SourceReading`] (where a source stands), [`Poller`] (one turn of one source), `page`,
//! `settle` (what was not told), `register` (what the civil register says), `drive` (turn after turn).

mod citizens;
mod counts;
mod drive;
mod due;
mod kin;
mod lease;
mod made;
mod page;
mod poller;
mod progress;
mod reading;
mod register;
mod settle;
mod shrinking;
mod take;
mod taking;
#[cfg(all(test, feature = "fakes"))]
mod tests;
mod tidy;
mod turn;
mod window;

pub use counts::{RowCounts, RowTrouble};
pub use drive::{Pause, Summary};
pub use poller::{Poller, PollerLent, StartPollError};
pub use progress::{SourceHealth, SourceProgress};
pub use reading::{Shrank, SourceReading, Trouble};
pub use register::RegisterReading;
pub use shrinking::Accepts;
pub use taking::Taking;
pub use turn::{Rest, Turn, Why, Wish};

pub(in crate::target_groups) use made::{Belonging, Nature, Own};
pub(in crate::target_groups) use poller::check_key;
pub(in crate::target_groups) use reading::KIND as SOURCE_STATE;
pub(in crate::target_groups) use shrinking::{ACCEPTED, Accepted};
pub(in crate::target_groups) use taking::Times;
