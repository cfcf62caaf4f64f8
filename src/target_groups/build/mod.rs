//! [DK] udtræk: the index is built from files that a source system writes by night, where no list of it can be asked for.
//!
//! # The files
//!
//! Newline-delimited JSON in UTF-8, in one folder, each name ending in `.ndjson`. A source writes one file, or several parts.
//!
//! * The first line says what it is: `{"extract":{"source":"sbsys","as_of":"2026-11-22T00:15:00Z","part":1,"parts":2}}`. `source` is
//!   an id of `sources.toml` that has `listing.extract = true`; `as_of` is the moment whose state the file tells, the same in all
//!   parts; `part` and `parts` may be left out where there is one file.
//! * Then a line for each case of each citizen. Closed ones may be left out. Rows of one citizen may stand anywhere.
//! * The last line says how many those were: `{"end":{"rows":2}}`. It is written last, so that a file that was cut off shows.
//!
//! A row has these keys, no others, each once. What is not known is left out, or `null`; no text is empty.
//!
//! | key | |
//! | --- | --- |
//! | `citizen` | ten characters, leading zeros kept; must be there |
//! | `id` | the case's own id in the source, the same every night; must be there |
//! | `kind` | `case` or `planned_intervention`; must be there |
//! | `status` | `opened`, `informed`, `decided`, `running`, `performed`, `closed`, `void` or `other`; must be there |
//! | `opened`, `closed` | days, `2026-11-22` |
//! | `last_changed` | a moment, RFC 3339 with its offset |
//! | `uuid` | the case's UUID, as 36 characters |
//! | `numbers` | list of case numbers, at most 16 |
//! | `type_code`, `type_name`, `template` | what the source calls this kind of case |
//! | `law` | the legal basis as the source writes it |
//! | `kle` | KLE subject, `27.24.03` |
//! | `unit` | id of the responsible unit in the source |
//! | `master_id`, `master_name` | the system that owns the case, where the source is a joint index; `master_id` is a UUID |
//! | `sensitivity` | `not_confidential`, `confidential`, `sensitive` or `screened` |
//! | `is_screened` | `true` where only named staff may see the case |
//!
//! A line that is not that is counted by its trouble and never repeated. An extract that is cut off, lacks a part, tells another
//! number of rows than it has, cannot be read in one line of five, is older than what stands, or tells far less than before replaces
//! nothing: what was known of that source stays, and lists say so. Of a case that stands twice for one citizen, the later line counts.
//!
//! # Reading order
//!
//! [`Builder`] (the whole of it), `folder` and `ends` (which files, and whether they are whole), `line` over `json`, `moment` and `scan` (one line), `remember`
//! (few combinations stand in many rows), `row` and `spill` (rows by the first byte of the pseudonym, encrypted on disk), `read` (all
//! threads read), `join` (a part is sorted and joined with the index in use), `write` (the fresh index).
//!
//! # Memory
//!
//! Bounded by the number of threads and, for a part, by one 256th of all rows: see [`Builder`].

mod builder;
mod ends;
mod error;
mod folder;
mod join;
mod json;
mod line;
mod moment;
mod progress;
mod read;
mod remember;
mod report;
mod row;
mod scan;
mod spill;
#[cfg(test)]
mod tests;
mod trouble;
mod write;

pub use builder::Builder;
pub use error::BuildError;
pub use progress::{BuildProgress, BuildStep};
pub use report::{BuildReport, Left, SourceBuilt};
pub use trouble::LineTrouble;
