//! Turn after turn, of all sources at once: as long as the service runs, or until a wish is done.

use std::time::Duration;

use futures_util::future::{BoxFuture, join, join_all};
use jiff::SignedDuration;

use super::turn::{Rest, Turn, Why, Wish};
use super::{Poller, SourceHealth, SourceReading};
use crate::target_groups::index::IndexError;

/// A source that rests is looked at again after this at the latest: an operator may have said something.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// The wait after the index could not be used.
const AFTER_INDEX_ERROR: Duration = Duration::from_secs(30);

/// Whoever is asked by hand gives up on a source after so many failures one after another.
const FAILURES_MAX: u32 = 3;

/// Lets time pass. The house owns the only clocks that wait.
pub trait Pause: Sync {
    /// Resolves after so long.
    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

/// What a reading by hand came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Sources that were read to the end.
    pub read: Vec<String>,
    /// Sources that were not, each with why.
    pub left: Vec<(String, &'static str)>,
}

/// What takes turns.
#[derive(Debug, Clone, Copy)]
enum Whose<'a> {
    Source(&'a str),
    Register,
}

impl Poller {
    /// Reads what is due, for as long as the service runs; never ends.
    pub async fn keep_reading(&self, pause: &dyn Pause) {
        while let Err(error) = self.drop_unread_sources().await {
            tracing::error!(%error, "the target groups' index cannot be used");
            pause.pause(AFTER_INDEX_ERROR).await;
        }
        let ids = self.source_ids();
        let sources = join_all(ids.iter().map(|id| self.keep_turning(Whose::Source(id.as_str()), pause)));
        let register = self.keep_turning(Whose::Register, pause);
        join(sources, register).await;
    }

    async fn keep_turning(&self, whose: Whose<'_>, pause: &dyn Pause) {
        loop {
            match self.one_turn(whose, Wish::DUE).await {
                Ok(Turn::Went) => tokio::task::yield_now().await,
                Ok(Turn::Rest(rest)) => pause.pause(self.time_until(rest).min(LOOK_AGAIN)).await,
                Err(IndexError::Busy) => pause.pause(Duration::from_secs(1)).await,
                Err(error) => {
                    tracing::error!(%error, "the target groups' index cannot be used");
                    pause.pause(AFTER_INDEX_ERROR).await;
                }
            }
        }
    }

    /// Reads these sources (all, where none is named) until `wish` is done; the person register after them, where it is named or
    /// none is. `once` waits for nothing but the pace: what cannot be read now is left.
    ///
    /// # Errors
    /// [`IndexError`]; a source that fails is in the summary.
    pub async fn read_now(
        &self,
        only: Option<&str>,
        wish: Wish,
        once: bool,
        pause: &dyn Pause,
    ) -> Result<Summary, IndexError> {
        self.drop_unread_sources().await?;
        let mut summary = Summary::default();
        let ids: Vec<String> = self.source_ids().iter().map(ToString::to_string).collect();
        let wanted = ids.iter().filter(|id| only.is_none_or(|only| only == *id));
        let reads =
            wanted.map(|id| async move { (id, self.turn_until_done(Whose::Source(id), wish, once, pause).await) });
        for (id, done) in join_all(reads).await {
            match self.outcome(id, done?)? {
                None => summary.read.push(id.clone()),
                Some(why) => summary.left.push((id.clone(), why)),
            }
        }
        if let Some(id) = self.register_id().filter(|id| only.is_none_or(|only| only == id.as_str())) {
            match self.turn_until_done(Whose::Register, wish, once, pause).await? {
                Why::Done => summary.read.push(id.to_string()),
                why => summary.left.push((id.to_string(), words(why))),
            }
        }
        Ok(summary)
    }

    async fn turn_until_done(
        &self,
        whose: Whose<'_>,
        wish: Wish,
        once: bool,
        pause: &dyn Pause,
    ) -> Result<Why, IndexError> {
        loop {
            let rest = match self.one_turn(whose, wish).await {
                Ok(Turn::Went) => {
                    tokio::task::yield_now().await;
                    continue;
                }
                Ok(Turn::Rest(rest)) => rest,
                Err(IndexError::Busy) => {
                    pause.pause(Duration::from_secs(1)).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let waits = match rest.why {
                Why::Done | Why::NotTaken => false,
                Why::Pace => true,
                Why::Window => !once,
                Why::Held => !once || self.time_until(rest).is_zero(),
                Why::Failed => !once && self.failures(whose)? < FAILURES_MAX,
            };
            if !waits {
                return Ok(rest.why);
            }
            pause.pause(self.time_until(rest).min(LOOK_AGAIN)).await;
        }
    }

    async fn one_turn(&self, whose: Whose<'_>, wish: Wish) -> Result<Turn, IndexError> {
        match whose {
            Whose::Source(id) => self.turn(id, wish).await,
            Whose::Register => self.turn_register().await,
        }
    }

    fn failures(&self, whose: Whose<'_>) -> Result<u32, IndexError> {
        match whose {
            Whose::Source(id) => Ok(self.read(|reading| SourceReading::of(reading, id))?.failures),
            Whose::Register => Ok(self.register_reading()?.failures),
        }
    }

    /// Why a source was left; `None` when it was read.
    fn outcome(&self, id: &str, why: Why) -> Result<Option<&'static str>, IndexError> {
        let progress = self.progress()?;
        let health = progress.iter().find(|one| one.source == id).map(|one| one.health);
        Ok(match (why, health) {
            (Why::Done, Some(SourceHealth::Shrank)) => Some("its listing told far less than before"),
            (Why::Done, _) => None,
            (why, _) => Some(words(why)),
        })
    }

    fn time_until(&self, rest: Rest) -> Duration {
        let time = rest.until.duration_since(self.clock.now()).max(SignedDuration::ZERO);
        time.unsigned_abs()
    }
}

fn words(why: Why) -> &'static str {
    match why {
        Why::Done => "it has been read",
        Why::Window => "this is not its time of day",
        Why::Pace => "enough questions have been asked",
        Why::Failed => "it fails",
        Why::Held => "another process reads it",
        Why::NotTaken => "no approved rule asks for it",
    }
}
