//! Faults that a fake shows on demand: for everybody or for one citizen, switched while it runs.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::contract::Clock;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The right answer, this many milliseconds late.
    Latency(u64),
    /// No answer, ever; the connection stays open.
    Hang,
    /// An empty-handed status: 500, 503 or 429.
    Status(u16),
    /// The vendor's own fault message (a SOAP fault, a problem document).
    VendorFault,
    /// A web page with status 200.
    Html,
    /// Half of the right answer, then the connection breaks.
    Truncated,
    /// An answer that never ends.
    Endless,
    /// The right shape about another citizen.
    AnotherCitizen,
    /// The plain port speaks TLS all of a sudden.
    Tls,
    /// Every token and cookie is refused.
    RefusedToken,
    /// Nobody listens: connections are refused, and those that were open end.
    Down,
    /// A reset (RST) instead of an answer.
    Reset,
    /// The right answer, a byte every tenth of a second.
    Drip,
    /// The system's clock is wrong by so many seconds, and so is the `Date` of its answers.
    Skew(i64),
}

/// The names that `--fault` and the control endpoint take.
pub const FAULT_NAMES: &str = "latency:<ms>, hang, 500, 503, 429, soap-fault, html, truncated, endless, another-citizen, tls, refused-token, down, reset, drip, skew:<seconds>";

/// The name is not one of [`FAULT_NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read the fault: write one of {FAULT_NAMES}")]
pub struct UnknownFault;

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        Ok(match text {
            "hang" => Self::Hang,
            "500" => Self::Status(500),
            "503" => Self::Status(503),
            "429" => Self::Status(429),
            "soap-fault" | "vendor-fault" => Self::VendorFault,
            "html" => Self::Html,
            "truncated" => Self::Truncated,
            "endless" => Self::Endless,
            "another-citizen" => Self::AnotherCitizen,
            "tls" => Self::Tls,
            "refused-token" => Self::RefusedToken,
            "down" => Self::Down,
            "reset" => Self::Reset,
            "drip" => Self::Drip,
            _ => match text.split_once(':') {
                Some(("latency", milliseconds)) => Self::Latency(milliseconds.parse().map_err(|_| UnknownFault)?),
                Some(("skew", seconds)) => Self::Skew(seconds.parse().map_err(|_| UnknownFault)?),
                _ => return Err(UnknownFault),
            },
        })
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Latency(milliseconds) => write!(formatter, "latency:{milliseconds}"),
            Self::Hang => formatter.write_str("hang"),
            Self::Status(status) => write!(formatter, "{status}"),
            Self::VendorFault => formatter.write_str("soap-fault"),
            Self::Html => formatter.write_str("html"),
            Self::Truncated => formatter.write_str("truncated"),
            Self::Endless => formatter.write_str("endless"),
            Self::AnotherCitizen => formatter.write_str("another-citizen"),
            Self::Tls => formatter.write_str("tls"),
            Self::RefusedToken => formatter.write_str("refused-token"),
            Self::Down => formatter.write_str("down"),
            Self::Reset => formatter.write_str("reset"),
            Self::Drip => formatter.write_str("drip"),
            Self::Skew(seconds) => write!(formatter, "skew:{seconds}"),
        }
    }
}

/// The switches of one fake.
#[derive(Debug, Default)]
pub struct Faults {
    switched: RwLock<BTreeMap<Option<String>, Fault>>,
    /// [`Fault::Down`] is on for everybody.
    down: watch::Sender<bool>,
}

impl Faults {
    /// Switches a fault on for one citizen (ten digits) or for everybody.
    pub fn set(&self, citizen: Option<&str>, fault: Fault) {
        self.write().insert(citizen.map(str::to_owned), fault);
        self.tell();
    }

    /// Switches off what is on for one citizen, or for everybody (but not single citizens' own).
    pub fn clear(&self, citizen: Option<&str>) {
        self.write().remove(&citizen.map(str::to_owned));
        self.tell();
    }

    /// Switches everything off.
    pub fn clear_all(&self) {
        self.write().clear();
        self.tell();
    }

    /// What is on for a request about `citizen`: the citizen's own switch before everybody's.
    pub fn active(&self, citizen: Option<&str>) -> Option<Fault> {
        let switched = self.switched.read().unwrap_or_else(PoisonError::into_inner);
        let own = citizen.and_then(|citizen| switched.get(&Some(citizen.to_owned())));
        own.or_else(|| switched.get(&None)).copied()
    }

    /// Some switch depends on who is asked for.
    pub fn any_for_one_citizen(&self) -> bool {
        self.switched.read().unwrap_or_else(PoisonError::into_inner).keys().any(Option::is_some)
    }

    /// All switches.
    pub fn all(&self) -> Vec<(Option<String>, Fault)> {
        let switched = self.switched.read().unwrap_or_else(PoisonError::into_inner);
        switched.iter().map(|(citizen, fault)| (citizen.clone(), *fault)).collect()
    }

    /// Resolves once [`Fault::Down`] is on for everybody, or off.
    pub(super) async fn until_down(&self, is_down: bool) {
        // The sender lives as long as `self`.
        let _ = self.down.subscribe().wait_for(|down| *down == is_down).await.map(drop);
    }

    /// By how much the system's clock is wrong for everybody.
    pub(super) fn skew(&self) -> SignedDuration {
        match self.active(None) {
            Some(Fault::Skew(seconds)) => SignedDuration::from_secs(seconds),
            _ => SignedDuration::ZERO,
        }
    }

    fn tell(&self) {
        self.down.send_replace(self.active(None) == Some(Fault::Down));
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<Option<String>, Fault>> {
        self.switched.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The clock of one system: the world's, but for [`Fault::Skew`].
#[derive(Debug)]
pub(super) struct SourceClock {
    pub(super) lent: Arc<dyn Clock>,
    pub(super) faults: Arc<Faults>,
}

impl Clock for SourceClock {
    fn now(&self) -> Timestamp {
        let right = self.lent.now();
        right.saturating_add(self.faults.skew()).unwrap_or(right)
    }
}
