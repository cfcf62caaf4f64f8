//! [DK] nødadgang, as the caller is told of it: the same for a citizen who is known, barred or unknown.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::EmergencyGround;
use crate::config::{Language, Texts};

/// The emergency under which this answer was given.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmergencyView {
    /// The emergency, as the leader sees it.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// First moment after it; a look-up after that needs a new one.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// What the caller must know.
    pub text: String,
}

impl EmergencyView {
    /// A running emergency in words.
    pub fn new(ground: &EmergencyGround, texts: &Texts, language: Language) -> Self {
        Self { id: ground.id, ends_at: ground.ends_at, text: texts.emergency.get(language).to_owned() }
    }
}
