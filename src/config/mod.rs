//! Configuration: a folder of TOML files, read whole, every mistake told at once with file, line and cause.
//!
//! Nothing outside this room reads a file or an environment variable for a setting.

mod access;
mod checks;
mod consents;
mod dated;
mod dates;
mod deciding;
mod departments;
mod emergency;
mod environment;
mod guard;
mod kinds;
mod load;
mod mended;
mod named;
mod polling;
mod reach;
mod schema;
mod service;
mod sources;
mod target_group_check;
mod target_group_settings;
mod target_groups;
mod telemetry;
#[cfg(test)]
mod tests;
mod texts;
mod visibility;

pub use access::{
    AccessFile, AddressRight, CaseReference, CategoryRow, ExistenceMode, OwnCase, PurposeRow, RoleRow, Serves,
};
pub use checks::check_sources;
pub use consents::{AgeRuleRow, ConsentRules, ConsentSettings};
pub(crate) use dated::holds_on;
pub use dated::{Confirmation, LegalBasisRow, Mark, StatuteRow};
pub use deciding::{DECIDING_FILES, Deciding, EXAMPLES, POLICIES, SCHEMA};
pub use departments::{DepartmentRow, DepartmentsFile, MatchRow, UnitRow};
pub use emergency::EmergencySettings;
pub use environment::environment;
pub use guard::{BreakerSettings, GuardSettings};
pub use kinds::{KindRole, KindRow, KindsFile, RuleRow};
pub use load::{Config, ConfigFiles, ConfigProblem, ConfigProblems, Place};
pub use polling::{ListingRow, NightWindow, PollSettings};
pub use schema::schema;
pub use service::{
    AlarmSettings, AuditListenerSettings, AuditSettings, CacheAges, CacheSettings, ExtractSettings,
    OfficeHoursSettings, OverviewSettings, PrivacySettings, ServiceFile, ServiceSettings,
};
pub use sources::{GroupCode, PersonRegisterRow, SourceRow, SourcesFile, StaffDirectoryRow};
pub use target_group_settings::{ListSettings, TargetGroupSettings};
pub use target_groups::{
    APPROVALS, ApprovalRow, ApprovalsFile, BenefitTable, Every, Reveal, ScheduleRow, TARGET_GROUP_PURPOSE,
    TARGET_GROUPS, TargetGroupFile, TargetGroups,
};
pub use telemetry::{MetricsListenerSettings, OtlpSettings, TelemetrySettings};
pub use texts::{Language, Text, Texts};
pub use visibility::{FieldClass, VisibilityFile};

/// The file names of a configuration folder, in the order in which they are read.
pub const FILE_NAMES: [&str; 9] = [
    "glasplade.toml",
    "sources.toml",
    "departments.toml",
    "kinds.toml",
    "access.toml",
    "visibility.toml",
    "texts.toml",
    "access/schema.cedarschema",
    "access/policies.cedar",
];
