//! What an operator sets for a DUBU.

use serde::{Deserialize, Serialize};

/// Settings of one DUBU source.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Reference to the session's cookie, `file:<path>`. The file holds what a browser sends after login:
    /// `oiosamlSession=…; oiosamlCookie=…`. A new content is used from the next call on.
    pub(super) cookie: String,
    /// Link to a case in DUBU, with `{id}` where the case's id belongs. Without it rows have no link.
    #[serde(default)]
    pub(super) case_link: Option<String>,
    /// Read each case's details (opened, closed, changed, department, subject): one more call for each case.
    #[serde(default = "yes")]
    pub(super) details: bool,
    /// Read the caseworkers' numbers: one more call for each look-up.
    #[serde(default = "yes")]
    pub(super) contacts: bool,
    /// Leave out cases in a state that is known to be over, already at the source. By default they are read too.
    #[serde(default)]
    pub(super) active_only: bool,
    /// Rows in one page of the case list.
    #[serde(default = "screen_rows")]
    pub(super) page_rows: std::num::NonZeroU16,
    /// In a listing of all citizens, the departments whose active cases are listed one after another (`orgEnhedId`). Without
    /// any, all active cases are listed at once.
    #[serde(default)]
    pub(super) list_departments: Vec<u64>,
    /// Most rows in one page of such a listing.
    #[serde(default = "list_rows")]
    pub(super) list_rows_max: std::num::NonZeroU16,
}

fn yes() -> bool {
    true
}

/// As DUBU's own screen asks.
fn screen_rows() -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(20).unwrap_or(std::num::NonZeroU16::MIN)
}

/// Nothing public says what DUBU gives at most; its own lists by department ask for all at once.
fn list_rows() -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(250).unwrap_or(std::num::NonZeroU16::MIN)
}

/// What is known not to work with these settings.
pub(super) fn warnings(settings: &serde_json::Value) -> Vec<String> {
    let text = |name: &str| settings.get(name).and_then(serde_json::Value::as_str);
    let mut warnings = Vec::new();
    if text("cookie").is_some_and(|reference| !reference.starts_with("file:")) {
        warnings.push("`cookie` is not a `file:` reference: a new session needs a restart".to_owned());
    }
    if text("case_link").is_some_and(|link| !link.contains("{id}")) {
        warnings.push("`case_link` has no `{id}`: every case gets the same link".to_owned());
    }
    warnings
}
