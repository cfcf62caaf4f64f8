//! Why a service cannot start, with what to mend.

use glasplade_adapters::contract::SourceId;
use glasplade_adapters::register::BuildError;
use glasplade_adapters::transport::SecretError;

use crate::access::token::{SelfTestFailed, TokenSettingsError};
use crate::audit;
use crate::audit::keys::MasterTooShort;
use crate::audit::tlog::KeyRefused;
use crate::emergencies::BookError;
use crate::people::AliasFileError;
use crate::staff_register::StaffRegisterError;
use crate::target_groups::poll::StartPollError;

/// The service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A source cannot be built.
    #[error("build the source `{0}`: failed to {1}")]
    Source(SourceId, BuildError),
    /// The person register cannot be built.
    #[error("build the person register `{0}`: failed to {1}")]
    PersonRegister(SourceId, BuildError),
    /// The staff directory cannot be built.
    #[error("build the staff directory `{0}`: failed to {1}")]
    StaffDirectory(SourceId, BuildError),
    /// The staff register cannot be read.
    #[error(transparent)]
    StaffRegister(#[from] StaffRegisterError),
    /// The alias file cannot be used.
    #[error(transparent)]
    Aliases(#[from] AliasFileError),
    /// The pseudonym key's reference is wrong.
    #[error("read `privacy.pseudonym_key`: failed to {0}")]
    PseudonymKey(#[from] SecretError),
    /// The pseudonym key is too short.
    #[error("use `privacy.pseudonym_key`: {0}")]
    ShortKey(#[from] audit::KeyTooShort),
    /// A secret of the audit cannot be read.
    #[error("read `{0}`: failed to {1}")]
    AuditSecret(&'static str, SecretError),
    /// The master secret is too short.
    #[error("use `audit.master_key`: failed to {0}")]
    ShortMaster(#[from] MasterTooShort),
    /// The checkpoint key, or the log's name, cannot be used.
    #[error("use `audit.checkpoint_key` and `audit.origin`: failed to {0}")]
    Signer(#[from] KeyRefused),
    /// The audit cannot be opened.
    #[error("open the audit: {0}")]
    Audit(#[from] audit::AuditError),
    /// The ledger of consents cannot be opened.
    #[error("open the ledger of consents: {0}")]
    Consents(#[from] crate::store::LedgerError),
    /// The audit's index cannot be opened.
    #[error("open the audit's index: {0}")]
    Index(#[from] audit::IndexError),
    /// The policies cannot be kept.
    #[error(transparent)]
    Policies(#[from] audit::ArchiveError),
    /// The index of target groups cannot be used, or what reads sources into it cannot be made.
    #[error(transparent)]
    TargetGroups(#[from] StartPollError),
    /// The file of runs cannot be opened.
    #[error("use `target_groups.lists.file`: failed to {0}")]
    TargetRuns(crate::store::LedgerError),
    /// The ledger of emergencies cannot be opened.
    #[error("use `emergency.file`: failed to {0}")]
    Emergencies(#[from] BookError),
    /// The token settings are wrong.
    #[error("use the settings under `token`: {0}")]
    Token(#[from] TokenSettingsError),
    /// The crypto library does not work.
    #[error(transparent)]
    Crypto(#[from] SelfTestFailed),
    /// The secret of whoever reads figures cannot be read.
    #[error("read `telemetry.listener.secret`: failed to {0}")]
    MetricsSecret(SecretError),
    /// The secret of whoever reads figures is too short.
    #[error("use `telemetry.listener.secret`: it must have at least 32 characters")]
    ShortMetricsSecret,
    /// The first audit entry cannot be written.
    #[error("write the first audit entry")]
    FirstEntry,
    /// The server failed.
    #[error("serve: {0}")]
    Serve(std::io::Error),
}
