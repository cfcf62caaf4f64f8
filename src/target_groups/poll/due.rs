//! When a source is read next: pure, by its state, its settings and the time.

use glasplade_adapters::contract::{Listing, Since};
use jiff::{SignedDuration, Timestamp};

use super::{SourceReading, Trouble, Wish};
use crate::config::PollSettings;

/// The wait after a first failure; it doubles with each further one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);

/// The longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// The wait after what only somebody's work can mend.
const OPERATOR_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// A reading that began longer ago is not gone on with: what its first pages told is too old.
const OLDEST_READING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When a source that failed is asked again.
pub(super) fn after_failure(failures: u32, trouble: Trouble, now: Timestamp) -> Timestamp {
    let doubled = FIRST_WAIT.saturating_mul(1_i32.checked_shl(failures.saturating_sub(1).min(20)).unwrap_or(i32::MAX));
    let wait = if trouble.may_pass() { doubled.min(LONGEST_WAIT) } else { doubled.clamp(OPERATOR_WAIT, LONGEST_WAIT) };
    later(now, wait)
}

/// A reading that is too old to go on.
pub(super) fn is_too_old(begun: Timestamp, now: Timestamp) -> bool {
    now.duration_since(begun) > OLDEST_READING
}

/// What is to be read now, or when it is worth looking again.
pub(super) fn due(
    state: &SourceReading,
    listing: Listing,
    settings: PollSettings,
    wish: Wish,
    now: Timestamp,
) -> Result<Since, Timestamp> {
    let is_wanted = |done: Option<Timestamp>| wish.newer_than.is_some_and(|than| done.is_none_or(|done| done < than));
    let whole_at = state.whole_tried.map_or(now, |tried| later(tried, hours(settings.whole_hours)));
    let is_whole_due = state.whole_tried.is_none() || whole_at <= now;
    let changes = state.whole.filter(|_| listing == Listing::Changes);
    if is_whole_due || (is_wanted(state.whole_ended) && (wish.whole || changes.is_none())) {
        return Ok(Since::Beginning);
    }
    let Some(whole) = changes else { return Err(whole_at) };
    let last = state.changes_until.map_or(whole, |until| until.max(whole));
    let window = || Since::Registered { from: later(last, -minutes(settings.overlap_minutes)), until: now };
    if is_wanted(state.ended) {
        return Ok(window());
    }
    if settings.changes_minutes == 0 {
        return Err(whole_at);
    }
    let changes_at = later(last, minutes(settings.changes_minutes));
    if changes_at <= now { Ok(window()) } else { Err(changes_at.min(whole_at)) }
}

fn hours(hours: u16) -> SignedDuration {
    SignedDuration::from_hours(hours.into())
}

fn minutes(minutes: u16) -> SignedDuration {
    SignedDuration::from_mins(minutes.into())
}

/// Moments outside the calendar do not occur; the end of it is as good as never.
pub(super) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64, minute: i64) -> Timestamp {
        let start: Timestamp = "2026-11-20T00:00:00Z".parse().expect("a moment");
        start + SignedDuration::from_mins(hour * 60 + minute)
    }

    const DUE: Wish = Wish::DUE;

    fn read(whole: Timestamp) -> SourceReading {
        let ended = Some(whole + SignedDuration::from_mins(20));
        SourceReading {
            whole: Some(whole),
            whole_tried: Some(whole),
            whole_ended: ended,
            ended,
            ..SourceReading::default()
        }
    }

    #[test]
    fn what_was_never_read_is_read_whole() {
        let settings = PollSettings::default();
        for listing in [Listing::Sweep, Listing::Changes] {
            assert_eq!(due(&SourceReading::default(), listing, settings, DUE, at(1, 0)), Ok(Since::Beginning));
        }
    }

    #[test]
    fn a_sweep_comes_back_a_day_later_and_changes_every_hour() {
        let (settings, state) = (PollSettings::default(), read(at(0, 0)));
        assert_eq!(due(&state, Listing::Sweep, settings, DUE, at(23, 59)), Err(at(24, 0)));
        assert_eq!(due(&state, Listing::Sweep, settings, DUE, at(24, 0)), Ok(Since::Beginning));
        assert_eq!(due(&state, Listing::Changes, settings, DUE, at(0, 59)), Err(at(1, 0)));
        let window = Since::Registered { from: at(0, -10), until: at(1, 0) };
        assert_eq!(due(&state, Listing::Changes, settings, DUE, at(1, 0)), Ok(window));
        let state = SourceReading { changes_until: Some(at(23, 30)), ..state };
        assert_eq!(due(&state, Listing::Changes, settings, DUE, at(23, 45)), Err(at(24, 0)), "the whole comes first");
        assert_eq!(due(&state, Listing::Changes, settings, DUE, at(24, 31)), Ok(Since::Beginning));
        let never = PollSettings { changes_minutes: 0, ..settings };
        assert_eq!(due(&state, Listing::Changes, never, DUE, at(23, 45)), Err(at(24, 0)));
    }

    #[test]
    fn a_listing_that_shrank_is_tried_again_a_day_later_and_not_at_once() {
        let state = SourceReading { whole_tried: Some(at(24, 0)), ..read(at(0, 0)) };
        let settings = PollSettings::default();
        assert_eq!(due(&state, Listing::Sweep, settings, DUE, at(25, 0)), Err(at(48, 0)));
        let window = Since::Registered { from: at(0, -10), until: at(25, 0) };
        assert_eq!(
            due(&state, Listing::Changes, settings, DUE, at(25, 0)),
            Ok(window),
            "changes go on from the last whole one"
        );
    }

    #[test]
    fn an_operator_s_wish_is_done_once() {
        let (settings, state) = (PollSettings::default(), read(at(0, 0)));
        let wish = |whole| Wish { newer_than: Some(at(0, 30)), whole };
        assert_eq!(due(&state, Listing::Sweep, settings, wish(false), at(0, 31)), Ok(Since::Beginning));
        let changes = Ok(Since::Registered { from: at(0, -10), until: at(0, 31) });
        assert_eq!(due(&state, Listing::Changes, settings, wish(false), at(0, 31)), changes);
        assert_eq!(due(&state, Listing::Changes, settings, wish(true), at(0, 31)), Ok(Since::Beginning));
        let state = SourceReading { ended: Some(at(0, 33)), whole_ended: Some(at(0, 33)), ..state };
        for (listing, whole) in
            [(Listing::Sweep, true), (Listing::Sweep, false), (Listing::Changes, true), (Listing::Changes, false)]
        {
            assert!(due(&state, listing, settings, wish(whole), at(0, 34)).is_err(), "{listing:?} {whole}");
        }
    }

    #[test]
    fn waits_double_to_an_hour_and_what_needs_somebody_waits_a_quarter_at_least() {
        let wait = |failures, trouble| after_failure(failures, trouble, at(0, 0)).duration_since(at(0, 0)).as_secs();
        let waits: Vec<i64> =
            [0, 1, 2, 3, 7, 8, 9, 500, u32::MAX].map(|times| wait(times, Trouble::Unavailable)).to_vec();
        assert_eq!(waits, [30, 30, 60, 120, 1_920, 3_600, 3_600, 3_600, 3_600]);
        assert_eq!([1, 2, 8].map(|times| wait(times, Trouble::Unauthorized)), [900, 900, 3_600]);
    }
}
