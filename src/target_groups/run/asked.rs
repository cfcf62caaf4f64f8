//! What a run is asked for, by whom, and why it is not made.

use jiff::civil::Date;

use super::ledger::NotTaken;
use crate::access::{Caller, EmployeeId, Refusal};
use crate::audit::AuditedCaller;
use crate::store::LedgerError;
use crate::target_groups::index::IndexError;
use crate::target_groups::lists::{Format, Unwritten};
use crate::target_groups::rules::Off;

/// One run, as it is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Code of the rule.
    pub rule: String,
    /// Code of the receiving unit; may be left out where one is approved.
    pub receiver: Option<String>,
    /// [DK] formål. It must be the one of lists.
    pub purpose: String,
    /// Id of the legal basis. It must be the rule's.
    pub legal_basis: String,
    /// Why, in the caller's words.
    pub reason: Option<String>,
    /// The day for which ages and periods are computed; today.
    pub as_of: Option<Date>,
    /// Counts alone.
    pub dry_run: bool,
    /// The CPR numbers, too.
    pub with_numbers: bool,
    /// The form of the list.
    pub format: Format,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Somebody with a token.
    Caller(&'a Caller),
    /// Somebody at the machine itself, who may have said who.
    Machine(Option<&'a EmployeeId>),
    /// Nobody: it is the day.
    Schedule(Date),
}

impl By<'_> {
    pub(super) fn audited(&self) -> Option<AuditedCaller> {
        match self {
            Self::Caller(caller) => Some((*caller).into()),
            Self::Machine(employee) => employee.map(Into::into),
            Self::Schedule(_) => None,
        }
    }

    pub(super) fn slot(&self) -> Option<Date> {
        if let Self::Schedule(day) = self { Some(*day) } else { None }
    }
}

/// Why a run is not made. Never about a citizen.
#[derive(Debug, thiserror::Error)]
pub enum NotRun {
    /// There is no index, or no file of runs.
    #[error("make a list: name the settings `target_groups.index` and `target_groups.lists.file`")]
    NotConfigured,
    /// No rule has this code.
    #[error("find the rule: no file of target-groups/ has this name")]
    UnknownRule,
    /// The rule is off.
    #[error("run the rule: {0}")]
    Off(Off),
    /// It is approved for several units.
    #[error("run the rule: it is approved for several units; name one of them (`receiver`)")]
    ManyReceivers,
    /// The caller has none of the rule's roles.
    #[error("run the rule: it is not for the caller's roles")]
    NotForRole,
    /// The list is for another unit than the caller's.
    #[error("run the rule: its list goes to another unit; only the counts can be had (`dry_run`)")]
    NotForUnit,
    /// The purpose is another one.
    #[error("run the rule: `purpose` must be `target_group`")]
    OtherPurpose,
    /// The legal basis is another one than the rule's.
    #[error("run the rule: `legal_basis` is not the one that the rule names")]
    OtherBasis,
    /// Numbers are not for the caller.
    #[error(
        "tell numbers: none of the caller's roles stands in `target_groups.lists.numbers_by`, or nobody says who asks"
    )]
    NumbersNotForRole,
    /// The permit is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Another process makes this very list.
    #[error("make the list: another process is at work on it, or has died at it within the last quarter of an hour")]
    Busy,
    /// The index cannot be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The file of runs cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The list does not fit its form.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
    /// The work broke.
    #[error("make the list: the work broke")]
    Broken,
}

impl From<NotTaken> for NotRun {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::Busy => Self::Busy,
            NotTaken::Ledger(error) => Self::Ledger(error),
        }
    }
}

impl NotRun {
    /// The audit's word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "target-groups-off",
            Self::UnknownRule => "rule-unknown",
            Self::Off(_) => "rule-off",
            Self::ManyReceivers => "receiver-missing",
            Self::NotForRole => "not-for-role",
            Self::NotForUnit => "not-for-unit",
            Self::OtherPurpose => "purpose-disagrees",
            Self::OtherBasis => "legal-basis-disagrees",
            Self::NumbersNotForRole => "numbers-not-for-role",
            Self::Refused(refusal) => refusal.code(),
            Self::Busy => "list-busy",
            Self::Index(_) => "index-unreadable",
            Self::Ledger(_) => "runs-unavailable",
            Self::Unwritten(_) => "list-unwritten",
            Self::Broken => "list-broken",
        }
    }
}
