//! No answer begins after the deadline that was asked for.

use std::time::Duration;

use crate::caller::Told;
use crate::plan::Plan;
use crate::world::TICK;

/// What shows nothing leaves at this moment, whatever deadline was asked for: the time must tell nothing, either.
const NOTHING_SHOWN: Duration = Duration::from_millis(400);

/// Beyond the deadline, the answer has its way and the record of it: there and back through the network, and the disk.
const RECORDED: Duration = Duration::from_millis(20);

const EMPTY: &[u8] = br#""empty_text":""#;

pub(super) fn late(told: &Told, plan: &Plan) -> Option<String> {
    let took = told.first.saturating_sub(told.asked);
    let margin = 2 * (plan.latency_max + 2 * TICK) + RECORDED + plan.slowest_disk();
    let shows_nothing = told.body.windows(EMPTY.len()).any(|bytes| bytes == EMPTY);
    let limit = if shows_nothing { told.ask.within.max(NOTHING_SHOWN) } else { told.ask.within };
    (took > limit + margin).then(|| {
        format!("{}: {:?} after a deadline of {:?}", told.name(), took.saturating_sub(told.ask.within), told.ask.within)
    })
}
