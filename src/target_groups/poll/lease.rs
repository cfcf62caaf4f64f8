//! Who reads a source: of several replicas one, until its time is over. It lies in the index, so that all see the same.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::due::later;
use crate::target_groups::index::{Changing, IndexError};

const KIND: &str = "lease";

/// A source is this one's, until then. Whoever dies takes it no longer than that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lease {
    holder: String,
    until: Timestamp,
}

/// Until when another one has the source.
pub(super) fn of_another(
    change: &Changing<'_>,
    source: &str,
    me: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, IndexError> {
    let lease: Option<Lease> = change.state(KIND, source)?;
    Ok(lease.filter(|lease| lease.holder != me && lease.until > now).map(|lease| lease.until))
}

/// Takes the source for `me`, or keeps it for longer. Nobody else has it.
pub(super) fn take(
    change: &Changing<'_>,
    source: &str,
    me: &str,
    now: Timestamp,
    length: SignedDuration,
) -> Result<(), IndexError> {
    let lease: Option<Lease> = change.state(KIND, source)?;
    // Half of it is enough for whatever is done next.
    if lease.is_some_and(|lease| lease.holder == me && lease.until.duration_since(now) > length / 2) {
        return Ok(());
    }
    let lease = Lease { holder: me.to_owned(), until: later(now, length) };
    change.put_state(KIND, source, &lease)
}

/// Whether the source is still `me`'s: what was read under a lease that somebody else has taken since is not kept.
pub(super) fn is_mine(change: &Changing<'_>, source: &str, me: &str) -> Result<bool, IndexError> {
    Ok(change.state::<Lease>(KIND, source)?.is_some_and(|lease| lease.holder == me))
}

/// Lets go of it.
pub(super) fn drop(change: &Changing<'_>, source: &str, me: &str) -> Result<(), IndexError> {
    if is_mine(change, source, me)? {
        change.drop_state(KIND, source)?;
    }
    Ok(())
}
