//! What every adapter promises, by subject.

pub(crate) mod answers;
mod attacks;
pub(crate) mod cases;
mod diff;
mod failures;
mod limits;
mod listing;
mod page;
mod persons;
mod privacy;
mod staff;
mod wire;

use crate::promise::Promise;
use crate::subject::About;

/// Every promise of a source that answers about this, in reading order.
pub(crate) fn of(about: About) -> impl Iterator<Item = &'static Promise> {
    let rooms = [
        answers::PROMISES,
        cases::PROMISES,
        listing::PROMISES,
        persons::PROMISES,
        staff::PROMISES,
        failures::PROMISES,
        limits::PROMISES,
        attacks::PROMISES,
        privacy::PROMISES,
        wire::PROMISES,
    ];
    rooms.into_iter().flatten().filter(move |promise| promise.of.contains(&about))
}
