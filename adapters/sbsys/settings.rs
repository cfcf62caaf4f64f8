//! The adapter's own settings, as an operator writes them.

use serde::Deserialize;

use super::reads::TOKEN;
use crate::register::BuildError;

/// How SBSYS is asked. Secrets are references (`file:…` or `env:…`), never the secret itself.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// How the token is asked for; installations differ.
    #[serde(default)]
    pub grant: Grant,
    /// The client's id in the realm.
    pub client_id: String,
    /// Reference to the client's secret; a public client has none.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// The user as whom SBSYS is read (`password` grant). SBSYS shows only what this user may see.
    #[serde(default)]
    pub username: Option<String>,
    /// Reference to that user's password (`password` grant).
    #[serde(default)]
    pub password: Option<String>,
    /// Base address of the token service, where it is not the one of SBSYS itself.
    #[serde(default)]
    pub token_base_url: Option<String>,
    /// Path of the token service below its base address.
    #[serde(default = "usual_token_path")]
    pub token_path: String,
    /// Which words the installation has for paging.
    #[serde(default)]
    pub paging: Paging,
    /// Rows asked for at a time, 1 to 5000. The pages after the first are asked for side by side.
    #[serde(default = "usual_page_size")]
    #[schemars(range(min = 1, max = 5000))]
    pub page_size: u32,
    /// Search cases in which the citizen is any party, not only the primary one.
    #[serde(default)]
    pub all_parties: bool,
    /// Read each caseworker's phone and e-mail: one more call per caseworker and look-up.
    #[serde(default = "yes")]
    pub contacts: bool,
    /// Read each open case's next deadline: one more call per open case.
    #[serde(default)]
    pub reminders: bool,
    /// Cases closed for more than this many days are told from their search row, without a call each (days). A citizen may
    /// have hundreds of them; only the KLE title and the parties of the case itself are missing then.
    #[serde(default = "usual_settled_days")]
    pub settled_days: u16,
    /// In a listing of all citizens, only cases from these templates (`SagSkabelon.Id`). Without any, from all.
    #[serde(default)]
    pub list_templates: Vec<u32>,
    /// In a listing of all citizens, only cases of these types (`SagsTyper.Id`). Without any, of all.
    #[serde(default)]
    pub list_types: Vec<u32>,
    /// Link to a case for the reader's browser, with `{id}` where the case's row number goes.
    #[serde(default)]
    pub case_link: Option<String>,
}

/// The `OAuth2` grants in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Grant {
    /// As a user, with the user's password.
    #[default]
    Password,
    /// As the client itself.
    ClientCredentials,
}

/// The paging dialects in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Paging {
    /// `Limit` and `Skip`.
    #[default]
    LimitSkip,
    /// `PageNumber` (from 1) and `PageSize`.
    PageNumber,
    /// Neither: the installation's own page is all there is.
    None,
}

/// Most rows that one call is known to give.
pub(super) const PAGE_SIZE_MAX: u32 = 5_000;

fn usual_token_path() -> String {
    TOKEN.path.to_owned()
}

fn usual_page_size() -> u32 {
    200
}

fn usual_settled_days() -> u16 {
    180
}

fn yes() -> bool {
    true
}

impl Settings {
    /// What serde cannot see: settings that need each other.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let wrong = |text: &str| Err(BuildError::Settings(text.to_owned()));
        match self.grant {
            Grant::Password if self.username.is_none() => wrong("`username` is missing for the grant `password`"),
            Grant::Password if self.password.is_none() => wrong("`password` is missing for the grant `password`"),
            Grant::ClientCredentials if self.client_secret.is_none() => {
                wrong("`client_secret` is missing for the grant `client_credentials`")
            }
            _ if !(1..=PAGE_SIZE_MAX).contains(&self.page_size) => wrong("`page_size` must be 1 to 5000"),
            _ if !self.token_path.starts_with('/') => wrong("`token_path` must begin with `/`"),
            _ if self.case_link.as_ref().is_some_and(|link| !link.contains("{id}")) => {
                wrong("`case_link` must have `{id}` where the case's row number goes")
            }
            _ => Ok(()),
        }
    }
}

/// What is known not to work well with these settings.
pub(super) fn warnings(value: &serde_json::Value) -> Vec<String> {
    let Ok(settings) = Settings::deserialize(value) else { return Vec::new() };
    let mut warnings = Vec::new();
    if settings.paging == Paging::None {
        warnings
            .push("without paging, a citizen with more cases than the installation's own page is cut short".to_owned());
        warnings.push("without paging, the cases of all citizens cannot be listed".to_owned());
    }
    if settings.grant == Grant::ClientCredentials && (settings.username.is_some() || settings.password.is_some()) {
        warnings.push("`username` and `password` are not used with the grant `client_credentials`".to_owned());
    }
    if settings.all_parties {
        warnings.push(
            "`all_parties` also reads cases in which the citizen is a relative of whom the case is about".to_owned(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: serde_json::Value) -> Result<Settings, BuildError> {
        let settings: Settings = crate::register::settings(value)?;
        settings.check().map(|()| settings)
    }

    #[test]
    fn the_usual_settings_are_few() {
        let settings = read(json!({"client_id": "a", "username": "b", "password": "env:C"})).expect("enough");
        assert_eq!((settings.grant, settings.paging, settings.page_size), (Grant::Password, Paging::LimitSkip, 200));
        assert_eq!(settings.token_path, "/auth/realms/sbsip/protocol/openid-connect/token");
    }

    #[test]
    fn what_a_grant_needs_is_asked_for_by_name() {
        let missing = |value| read(value).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(missing(json!({"client_id": "a"})).contains("`username`"));
        assert!(missing(json!({"client_id": "a", "username": "b"})).contains("`password`"));
        assert!(missing(json!({"client_id": "a", "grant": "client_credentials"})).contains("`client_secret`"));
        assert!(missing(json!({"client_id": "a", "unknown": 1})).contains("unknown"));
    }

    #[test]
    fn settings_that_cut_answers_short_are_warned_about() {
        let value = json!({"client_id": "a", "username": "b", "password": "env:C", "paging": "none"});
        assert_eq!(warnings(&value).len(), 2);
    }
}
