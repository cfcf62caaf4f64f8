//! `glasplade.toml`: the service itself. Every setting has a default, a unit and a sentence.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::ConsentSettings;
use crate::access::token::TokenSettings;
use crate::audit::retention::Retention;
use crate::audit::{IndexSettings, Norms, OfficeHours, PseudonymKey};

/// `glasplade.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// The HTTP service.
    #[serde(default)]
    pub service: ServiceSettings,
    /// The overview.
    #[serde(default)]
    pub overview: OverviewSettings,
    /// The cache of what sources said.
    #[serde(default)]
    pub cache: CacheSettings,
    /// Pseudonyms.
    pub privacy: PrivacySettings,
    /// [DK] samtykke: where it is kept.
    #[serde(default)]
    pub consents: ConsentSettings,
    /// The audit.
    pub audit: AuditSettings,
    /// Emergency access.
    #[serde(default)]
    pub emergency: super::EmergencySettings,
    /// [DK] målgrupper, udsøgning: the index, how sources are read into it, and what a list may hold.
    #[serde(default)]
    pub target_groups: super::TargetGroupSettings,
    /// Telemetry besides the lines on stderr.
    #[serde(default)]
    pub telemetry: super::TelemetrySettings,
    /// Whose tokens are believed.
    pub token: TokenSettings,
}

/// The HTTP service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceSettings {
    /// Where it listens. TLS ends in front of it or on this machine.
    pub listen: SocketAddr,
    /// Longest request body, in bytes.
    pub body_bytes_max: usize,
    /// Time for one overview unless the caller says otherwise, in milliseconds.
    pub deadline_default_ms: u64,
    /// Longest time that a caller may ask for, in milliseconds.
    pub deadline_max_ms: u64,
    /// Requests for overviews under way at once; one more gets 503 with `Retry-After`.
    pub requests_max: usize,
    /// How long a stop waits for requests under way, in milliseconds.
    pub drain_ms: u64,
    /// How often the folder `access/` is looked at for changed policies, in seconds; 0 never looks.
    pub policies_check_s: u32,
    /// How often `sources.toml` is looked at for changed limits (`limits` and `guard` of each system), in seconds; 0 never looks.
    pub limits_check_s: u32,
    /// Filter of the telemetry lines on stderr, as `tracing` writes it.
    pub log_filter: String,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            body_bytes_max: 64 * 1024,
            deadline_default_ms: 1_000,
            deadline_max_ms: 2_500,
            requests_max: 512,
            drain_ms: 10_000,
            policies_check_s: 5,
            limits_check_s: 5,
            log_filter: "info".to_owned(),
        }
    }
}

/// The overview.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OverviewSettings {
    /// How long a look-up may be repeated by its handle, in seconds.
    pub handle_valid_s: u32,
    /// Handles held at once; the oldest goes first.
    pub handles_max: usize,
    /// An overview in which nothing may be shown is not sent before this, counted from the request, in milliseconds; when
    /// the sources took longer, not before the deadline. So "unknown", "denied" and "empty" take the same time. 0 sends it
    /// at once, and how long it took tells something.
    pub empty_answer_ms: u64,
    /// Days for which a caseworker counts as new.
    pub new_caseworker_days: u16,
    /// Relatives in one family view at most; the answer says when the register names more.
    pub household_max: usize,
    /// Authority code of the departments whose cases fill the groups "authority" and "provider"; all others are "other
    /// public".
    pub home_authority: String,
    /// Tells callers of a unit which of the unit's target groups' lists the citizen stands on.
    pub on_lists: bool,
    /// Parts of the group "other public" that no source fills, named in the answer: `region`.
    pub not_connected: Vec<String>,
}

impl Default for OverviewSettings {
    fn default() -> Self {
        Self {
            handle_valid_s: 900,
            handles_max: 100_000,
            empty_answer_ms: 400,
            new_caseworker_days: 30,
            household_max: 12,
            home_authority: "MSB".to_owned(),
            on_lists: false,
            not_connected: Vec::new(),
        }
    }
}

/// What one source said about one citizen, in memory only.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CacheSettings {
    /// Most memory, in bytes (estimated).
    pub bytes_max: u64,
    /// Most memory of answers that are kept for a minute, for repeats of the same look-up by the same caller, in bytes (estimated);
    /// 0 keeps none.
    pub answers_bytes_max: u64,
    /// `Cache-Control: no-cache` is ignored when the last fetch is younger than this, in seconds.
    pub no_cache_min_s: u32,
    /// Ages of answers whose highest level is 0 or 1.
    pub confidential: CacheAges,
    /// Ages of answers whose highest level is 2. Level 3 is never stored.
    pub sensitive: CacheAges,
}

/// How long an answer is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheAges {
    /// Used without asking again, in seconds.
    pub fresh_s: u32,
    /// Shown, marked as stale, while the source does not answer, in seconds since it was fetched.
    pub stale_s: u32,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            bytes_max: 256 * 1024 * 1024,
            answers_bytes_max: 64 * 1024 * 1024,
            no_cache_min_s: 5,
            confidential: CacheAges { fresh_s: 600, stale_s: 14_400 },
            sensitive: CacheAges { fresh_s: 300, stale_s: 1_800 },
        }
    }
}

/// Pseudonyms.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacySettings {
    /// `file:` or `env:` reference to the key of the pseudonyms, at least 32 characters. Losing it loses the way from a
    /// citizen to the audit's entries.
    pub pseudonym_key: String,
    /// File in which former numbers of citizens are remembered, sealed under a key derived from `pseudonym_key`; each
    /// process needs its own. Without it they are asked for again after a restart.
    #[serde(default)]
    pub alias_file: Option<PathBuf>,
    /// Former numbers held at once; the oldest goes first. The file grows to four lines of 115 bytes for each at most.
    #[serde(default = "aliases_max")]
    pub aliases_max: usize,
    /// File that says which employee is which citizen (pseudonyms, written by `glasplade staff import`). Without it nobody
    /// is known to be an employee, and neither oneself nor a colleague is barred.
    #[serde(default)]
    pub staff_register: Option<PathBuf>,
}

fn aliases_max() -> usize {
    100_000
}

/// The audit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditSettings {
    /// Folder of the segments, the tree and the search index. One process at a time.
    pub dir: PathBuf,
    /// A segment is closed at this size, in bytes.
    #[serde(default = "segment_bytes_max")]
    pub segment_bytes_max: u64,
    /// Folder of the keys under which entries are sealed; without it the folder `keys` in `dir`. It belongs outside the
    /// backups of everything else: a key that lies in a backup is not destroyed on its day.
    #[serde(default)]
    pub keys_dir: Option<PathBuf>,
    /// `file:` or `env:` reference to the master secret under which the keys are wrapped, at least 32 characters. Losing it
    /// loses every entry; the proof that nothing was changed stays.
    pub master_key: String,
    /// `file:` or `env:` reference to the Ed25519 key that signs checkpoints: PKCS#8 (PEM), or 64 hexadecimal characters.
    pub checkpoint_key: String,
    /// The public keys (`name+id+key`, as the service prints them) that signed before the present one, after a change of
    /// `checkpoint_key`: a log whose last checkpoint is signed by nobody who is named is not gone on with.
    #[serde(default)]
    pub previous_public_keys: Vec<String>,
    /// The name of the log in its checkpoints, such as `glasplade.aarhus.example/audit`; it never changes.
    pub origin: String,
    /// How long entries are kept.
    #[serde(default)]
    pub retention: Retention,
    /// Look-ups of one citizen by one employee within so many days count as repeats.
    #[serde(default = "repeats_within_days")]
    pub repeats_within_days: u16,
    /// File of the persons whose look-ups are looked at (pseudonyms, written by `glasplade audit list-persons`).
    #[serde(default)]
    pub listed_persons: Option<PathBuf>,
    /// The hours of a working day; every other look-up is outside hours.
    #[serde(default)]
    pub office_hours: OfficeHoursSettings,
    /// When somebody must hear of how often something is done.
    #[serde(default)]
    pub alarms: AlarmSettings,
    /// What an extract for a citizen says besides the look-ups.
    #[serde(default)]
    pub extract: ExtractSettings,
    /// Where auditors ask. Without it nobody can ask over HTTP.
    #[serde(default)]
    pub listener: Option<AuditListenerSettings>,
}

fn segment_bytes_max() -> u64 {
    64 * 1024 * 1024
}

fn repeats_within_days() -> u16 {
    30
}

/// The auditors' own listener.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditListenerSettings {
    /// Where it listens; another address than the service's. TLS ends in front of it or on this machine.
    pub listen: SocketAddr,
    /// What it is called in the `aud` of a token; another name than the service's, so that a token for the one does not open
    /// the other.
    pub audience: String,
}

/// What an extract for a citizen says besides the look-ups.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExtractSettings {
    /// [DK] dataansvarlig: the municipality, as a citizen knows it.
    pub controller: String,
}

impl Default for ExtractSettings {
    fn default() -> Self {
        Self { controller: "Kommunen".to_owned() }
    }
}

/// Working hours, Danish time, Monday to Friday but for holidays, 5 June and 24 December.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfficeHoursSettings {
    /// The first hour, 0–23.
    pub from_hour: u8,
    /// The first hour after them, 1–24.
    pub to_hour: u8,
}

impl Default for OfficeHoursSettings {
    fn default() -> Self {
        Self { from_hour: 8, to_hour: 16 }
    }
}

/// Norms; more is an alarm.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlarmSettings {
    /// Distinct citizens that one employee looks up within an hour, by the code of their unit; `default` for the others.
    pub distinct_citizens_per_hour: BTreeMap<String, u32>,
    /// Emergencies that one employee opens within `emergencies_within_days`.
    pub emergencies_max: u32,
    /// See `emergencies_max`.
    pub emergencies_within_days: u16,
}

impl Default for AlarmSettings {
    fn default() -> Self {
        Self {
            distinct_citizens_per_hour: BTreeMap::from([("default".to_owned(), 40)]),
            emergencies_max: 3,
            emergencies_within_days: 30,
        }
    }
}

impl AuditSettings {
    /// What the index must know, under this key.
    pub fn index(&self, key: Arc<PseudonymKey>) -> IndexSettings {
        let days = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
        let hour = |hour: u8| i8::try_from(hour.min(24)).unwrap_or(24);
        let mut norms = self.alarms.distinct_citizens_per_hour.clone();
        let usual = Norms::default();
        IndexSettings {
            key,
            office_hours: OfficeHours { from: hour(self.office_hours.from_hour), to: hour(self.office_hours.to_hour) },
            repeats_within: days(self.repeats_within_days),
            norms: Norms {
                distinct_citizens: norms.remove("default").unwrap_or(usual.distinct_citizens),
                distinct_citizens_of_unit: norms,
                emergencies: self.alarms.emergencies_max,
                emergencies_within: days(self.alarms.emergencies_within_days),
            },
            listed_persons: self.listed_persons.clone(),
        }
    }
}
