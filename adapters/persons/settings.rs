//! What configuration says about one person register beyond its address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::wire::Version;
use crate::register::BuildError;

/// Settings of `kind = "persons"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Version of the service: 5, or 4 while an old agreement runs.
    pub(super) version: u8,
    /// Path of the service below `base_url`; without it the published one of the version.
    pub(super) path: Option<String>,
    /// How we say who we are.
    pub(super) security: Security,
    /// [DK] kommunens CVR-nummer, eight digits: on whose authority we ask. Without it no authority context is sent.
    pub(super) municipality_cvr: Option<String>,
    /// [DK] serviceaftale: UUID of the agreement. Needed with `security = "context"`.
    #[schemars(with = "Option<String>")]
    pub(super) service_agreement: Option<Uuid>,
    /// [DK] anvendersystem: UUID of our system. Needed with `security = "context"`.
    #[schemars(with = "Option<String>")]
    pub(super) user_system: Option<Uuid>,
    /// [DK] anvender: UUID of the municipality as a user. Needed with `security = "context"`.
    #[schemars(with = "Option<String>")]
    pub(super) user: Option<Uuid>,
    /// UUID of the service; without it the published one of the version.
    #[schemars(with = "Option<String>")]
    pub(super) service: Option<Uuid>,
    /// What it means when an answer has no word about name and address protection.
    pub(super) absent_protection: AbsentProtection,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 5,
            path: None,
            security: Security::default(),
            municipality_cvr: None,
            service_agreement: None,
            user_system: None,
            user: None,
            service: None,
            absent_protection: AbsentProtection::default(),
        }
    }
}

/// How we say who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Security {
    /// By the invocation context in the body. The client certificate that goes with it is a gateway's.
    #[default]
    Context,
    /// Not at all: for a gateway that signs in our place. The body holds only the number.
    None,
    /// A signed SAML token. Not built yet.
    Token,
}

/// What an answer without `adressebeskyttelse` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AbsentProtection {
    /// The register does not say, so the person counts as protected.
    #[default]
    Unknown,
    /// The person is not protected: only when the register's owner has confirmed that it leaves the element out then.
    Open,
}

impl Settings {
    /// What parsing alone does not see.
    ///
    /// # Errors
    /// [`BuildError::Settings`], naming the field.
    pub(super) fn check(self) -> Result<Self, BuildError> {
        let wrong = |what: &str| Err(BuildError::Settings(what.to_owned()));
        self.version()?;
        if self.security == Security::Token {
            return wrong("`security` = \"token\" is not built yet; use \"none\" behind a gateway that signs");
        }
        let contexts = [self.service_agreement, self.user_system, self.user];
        if self.security == Security::Context && contexts.iter().any(Option::is_none) {
            return wrong("`service_agreement`, `user_system` and `user` are needed with `security` = \"context\"");
        }
        let is_cvr = |text: &String| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        if self.municipality_cvr.as_ref().is_some_and(|cvr| !is_cvr(cvr)) {
            return wrong("`municipality_cvr` is eight digits");
        }
        let is_path = |path: &String| path.starts_with('/') && !path.contains(['?', '#', '{', '}', ' ']);
        if self.path.as_ref().is_some_and(|path| !is_path(path)) {
            return wrong("`path` begins with / and holds neither a query nor a placeholder");
        }
        Ok(self)
    }

    /// The version of the service.
    ///
    /// # Errors
    /// [`BuildError::Settings`] for any but 4 and 5.
    pub(super) fn version(&self) -> Result<Version, BuildError> {
        match self.version {
            5 => Ok(Version::Five),
            4 => Ok(Version::Four),
            _ => Err(BuildError::Settings("`version` is 4 or 5".to_owned())),
        }
    }
}

/// What is known not to work, one sentence each.
pub(super) fn warnings(settings: &serde_json::Value) -> Vec<String> {
    let Ok(settings) = Settings::deserialize(settings) else { return Vec::new() };
    let security = match settings.security {
        Security::Context => {
            "Calls to the person register carry no client certificate (`security` = \"context\" sends the contexts alone): right for the fake and behind a gateway that holds the certificate, refused by the register itself."
        }
        Security::None => {
            "Calls to the person register are not signed (`security` = \"none\"): right only behind a gateway that signs."
        }
        Security::Token => "`security` = \"token\" is not built yet: the person register will not start.",
    };
    let absent = (settings.absent_protection == AbsentProtection::Open).then_some(
        "A person about whose protection the register says nothing is shown as not protected (`absent_protection` = \"open\"): only when the register's owner has confirmed it.",
    );
    [Some(security), absent].into_iter().flatten().map(str::to_owned).collect()
}
