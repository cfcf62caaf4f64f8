//! `[emergency]` in `glasplade.toml`: how long an emergency lasts, and who must hear of it by when. [DK] nødadgang.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// Emergency access. Every change holds for what is opened from then on: an emergency keeps the times of its day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EmergencySettings {
    /// File of the ledger; replicas share it. Without one, emergency access is refused: it could not be followed up.
    pub file: Option<PathBuf>,
    /// How long one emergency lasts, in minutes from its opening.
    pub minutes: u16,
    /// Working days within which the leader judges, the day of the opening not counted.
    pub judge_working_days: u16,
    /// Days within which the citizen is told, the day of the opening not counted.
    pub tell_days: u16,
    /// Longest time for which a reason may stand against telling, in days from when it is given.
    pub held_back_days_max: u16,
    /// More emergencies than so many by one person within `alarm_days` raise an alarm.
    pub alarm_above: u16,
    /// Days over which one person's emergencies are counted.
    pub alarm_days: u16,
    /// [DK] databeskyttelsesrådgiver: the role that judges where there is no leader.
    pub escalation_role: String,
    /// The unit that such a caller must sit in; any when it is left out.
    pub escalation_unit: Option<String>,
}

impl Default for EmergencySettings {
    fn default() -> Self {
        Self {
            file: None,
            minutes: 60,
            judge_working_days: 2,
            tell_days: 14,
            held_back_days_max: 365,
            alarm_above: 3,
            alarm_days: 30,
            escalation_role: "auditor".to_owned(),
            escalation_unit: None,
        }
    }
}
