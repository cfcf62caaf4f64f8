//! `texts.toml`: every text that a caseworker sees, Danish with English beside it.

use schemars::JsonSchema;
use serde::Deserialize;

/// The language of an answer's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Danish.
    #[default]
    Da,
    /// English.
    En,
}

impl Language {
    /// The language's tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Da => "da",
            Self::En => "en",
        }
    }
}

/// One text in both languages. Words in braces are filled in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Da => &self.da,
            Language::En => &self.en,
        }
    }

    /// The text with its braces filled.
    pub fn fill(&self, language: Language, values: &[(&str, &str)]) -> String {
        values
            .iter()
            .fold(self.get(language).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// `texts.toml`. The field names say where a text stands.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the texts themselves are the documentation")]
pub struct Texts {
    pub closing: Text,
    pub no_cases: Text,
    pub group_authority: Text,
    pub group_provider: Text,
    pub group_other_public: Text,
    pub group_private_network: Text,
    pub group_not_connected: Text,
    pub existence: Text,
    pub contact: Text,
    pub neutral_department: Text,
    pub granting_case_not_visible: Text,
    pub coordinator: Text,
    pub coordinator_without_number: Text,
    pub new_caseworker: Text,
    pub primary_caseworker: Text,
    pub primary_caseworker_without_number: Text,
    pub coordinator_has_left: Text,
    pub caseworker_has_left: Text,
    pub has_left_without_number: Text,
    pub no_caseworker: Text,
    pub nobody_to_call: Text,
    pub number_of_stand_in: Text,
    pub number_of_unit: Text,
    pub number_of_department: Text,
    pub no_direct_number: Text,
    pub number_unknown: Text,
    pub number_pending: Text,
    pub directory_silent: Text,
    pub has_left: Text,
    pub not_in_directory: Text,
    pub disagreement: Text,
    pub basis_own_person: Text,
    pub basis_own_unit: Text,
    pub basis_granting_case: Text,
    pub basis_law: Text,
    pub basis_consent: Text,
    pub basis_emergency: Text,
    pub basis_category: Text,
    pub source_fresh: Text,
    pub source_cached: Text,
    pub source_stale: Text,
    pub source_unavailable: Text,
    pub source_resting: Text,
    pub source_unauthorized: Text,
    pub source_config: Text,
    pub source_timed_out: Text,
    pub source_malformed: Text,
    pub source_wrong_citizen: Text,
    pub source_unreadable_rows: Text,
    pub source_cut_short: Text,
    pub directory_not_consulted: Text,
    pub source_not_consulted: Text,
    pub status_opened: Text,
    pub status_informed: Text,
    pub status_decided: Text,
    pub status_running: Text,
    pub status_performed: Text,
    pub status_closed: Text,
    pub status_void: Text,
    pub status_other: Text,
    pub phase_active: Text,
    pub phase_future: Text,
    pub phase_closed: Text,
    pub phase_void: Text,
    pub hidden_by_window: Text,
    pub person_not_known: Text,
    pub name_protected: Text,
    pub name_missing: Text,
    pub address_closed: Text,
    pub address_protected: Text,
    pub address_missing: Text,
    pub protection_protected: Text,
    pub protection_open: Text,
    pub protection_unknown: Text,
    pub person_resident: Text,
    pub person_resident_greenland: Text,
    pub person_no_residence: Text,
    pub person_replaced: Text,
    pub person_disappeared: Text,
    pub person_emigrated: Text,
    pub person_dead: Text,
    pub person_status_unknown: Text,
    pub household_text: Text,
    pub relation_spouse: Text,
    pub relation_child: Text,
    pub relation_parent: Text,
    pub custody_mother: Text,
    pub custody_father: Text,
    pub custody_other: Text,
    pub guardian: Text,
    pub guardian_full: Text,
    pub guardian_partial: Text,
    pub register_silent: Text,
    pub consent_refusal: Text,
    pub consent_waits: Text,
    pub consent_filed: Text,
    pub consent_by_citizen: Text,
    pub consent_by_mother: Text,
    pub consent_by_father: Text,
    pub consent_by_custodian: Text,
    pub consent_by_guardian: Text,
    pub consent_by_representative: Text,
    pub consent_form_written: Text,
    pub consent_form_oral: Text,
    pub consent_form_digital: Text,
    pub consent_journal_requested: Text,
    pub consent_journal_given: Text,
    pub consent_journal_refused: Text,
    pub consent_journal_withdrawn: Text,
    pub consent_journal_case_ended: Text,
    pub consent_journal_superseded: Text,
    pub emergency: Text,
    pub emergency_life: Text,
    pub emergency_child_danger: Text,
    pub emergency_violence: Text,
    pub emergency_other: Text,
    pub emergency_notice: Text,
}
