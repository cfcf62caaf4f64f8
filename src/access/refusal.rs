//! No answer at all: what the caller, or we, must change. Never about the citizen.

/// Why a request gets no overview. An unknown, barred or empty citizen is never one of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No purpose has this code.
    #[error("find the purpose: no purpose has this code")]
    PurposeUnknown,
    /// The purpose is not switched on.
    #[error("use the purpose: it is not switched on")]
    PurposeOff,
    /// None of the caller's roles may state this purpose.
    #[error("use the purpose: it is not for the caller's roles")]
    PurposeNotForRole,
    /// Neither a case reference nor a reason.
    #[error("record why: a case reference, or a reason of at least 20 characters, is wanted")]
    CaseReferenceMissing,
    /// The reason is too short.
    #[error("record why: a reason has at least 20 characters")]
    ReasonTooShort,
    /// A free text holds what looks like a personal number.
    #[error("record why: the field `{0}` holds what looks like a personal number")]
    PersonalNumberInText(&'static str),
    /// The purpose `emergency` without `emergency`, or the other way round.
    #[error("give emergency access: the purpose `emergency` and `emergency` with code and reason go together")]
    EmergencyIncomplete,
    /// An emergency is about one citizen, never a family.
    #[error("give emergency access: it is about one citizen")]
    EmergencyOneCitizen,
    /// None of the caller's roles opens emergencies.
    #[error("give emergency access: none of the caller's roles opens emergencies")]
    EmergencyNotForRole,
    /// A handle is used after its emergency ended.
    #[error("go on with the emergency: it is over")]
    EmergencyOver,
    /// The ledger of emergencies is not configured, or cannot be written: what cannot be followed up is not given.
    #[error("write the ledger of emergencies")]
    EmergencyUnavailable,
    /// The audit cannot be written: no answer.
    #[error("write the audit")]
    AuditUnavailable,
    /// Too many requests under way.
    #[error("take one more request now")]
    Overloaded,
}

impl Refusal {
    /// The audit's word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PurposeUnknown => "purpose-unknown",
            Self::PurposeOff => "purpose-off",
            Self::PurposeNotForRole => "purpose-not-for-role",
            Self::CaseReferenceMissing => "case-reference-missing",
            Self::ReasonTooShort => "reason-too-short",
            Self::PersonalNumberInText(_) => "personal-number-in-text",
            Self::EmergencyIncomplete => "emergency-incomplete",
            Self::EmergencyOneCitizen => "emergency-one-citizen",
            Self::EmergencyNotForRole => "emergency-not-for-role",
            Self::EmergencyOver => "emergency-over",
            Self::EmergencyUnavailable => "emergency-unavailable",
            Self::AuditUnavailable => "audit-unavailable",
            Self::Overloaded => "overloaded",
        }
    }
}
