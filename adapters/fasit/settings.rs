//! Fasit's own settings. Nothing here is secret: the token is a reference.

use std::collections::BTreeMap;

use http::HeaderValue;
use serde::Deserialize;
use url::Url;

use crate::register::BuildError;

/// Settings of one Fasit installation, beside its address and limits.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The municipality's tenant, as `X-Tenant` wants it: `aarhus`.
    pub(super) tenant: String,
    /// The municipality's own Fasit site, sent as `Origin` and `Referer`: `https://aarhus.schultzfasit.dk`.
    pub(super) site: String,
    /// Where the bearer token is: `file:<path>` (read anew at each renewal) or `env:<NAME>`.
    pub(super) token: String,
    /// Status codes of cases that are running.
    #[serde(default = "active")]
    pub(super) active_status_codes: Vec<String>,
    /// Status codes of cases that are over. Only 1 and 3 are publicly known, so ask the vendor before trusting these.
    #[serde(default = "closed")]
    pub(super) closed_status_codes: Vec<String>,
    /// [DK] målgruppe → hjemmel: `"6.3" = "LAB § 6, nr. 3"`. A target group that is not here gives no law.
    #[serde(default)]
    pub(super) law_by_target_group: BTreeMap<String, String>,
    /// [DK] bekræft sager: believe a case only when the search by rules, asked beside the other calls, names its citizen too.
    /// The answer with a citizen's cases names nobody. One more call for each look-up. Ask the vendor whether the search takes
    /// the number: where it does not, every look-up fails as `Malformed`.
    #[serde(default)]
    pub(super) confirm_cases: bool,
    /// In a listing of all citizens, read the cases of each page's citizens: one more call for each citizen. Without it a
    /// listing knows neither number, unit nor target group.
    #[serde(default = "yes")]
    pub(super) list_details: bool,
    /// Link to a case in Fasit; `{id}` becomes the case's id. Without it there are no links.
    #[serde(default)]
    pub(super) case_link: Option<String>,
}

fn active() -> Vec<String> {
    ["1", "3"].map(str::to_owned).into()
}

fn closed() -> Vec<String> {
    ["2", "4", "5"].map(str::to_owned).into()
}

fn yes() -> bool {
    true
}

impl Settings {
    /// The site as browsers write it in `Origin`: scheme and host, nothing behind.
    ///
    /// # Errors
    /// [`BuildError::Settings`] when the site is not a web address or the tenant cannot stand in a header.
    pub(super) fn origin(&self) -> Result<String, BuildError> {
        if self.tenant.trim().is_empty() || HeaderValue::from_str(&self.tenant).is_err() {
            return Err(BuildError::Settings("`tenant` must be a name that can stand in a header".to_owned()));
        }
        let site = Url::parse(&self.site).ok().filter(|site| matches!(site.scheme(), "http" | "https"));
        let site = site.ok_or_else(|| BuildError::Settings("`site` must be an address, https://…".to_owned()))?;
        Ok(site.origin().ascii_serialization())
    }

    /// The link to one case, percent-encoded.
    pub(super) fn link(&self, case_id: &str) -> Option<String> {
        // A form writes a space as `+`, which means itself in a path; a real plus is `%2B` by then.
        let encoded: String = url::form_urlencoded::byte_serialize(case_id.as_bytes()).collect();
        self.case_link.as_ref().map(|link| link.replace("{id}", &encoded.replace('+', "%20")))
    }
}

/// What is known not to work, in sentences for `config check`.
pub(super) fn warnings(settings: &serde_json::Value) -> Vec<String> {
    let Ok(settings) = Settings::deserialize(settings) else { return Vec::new() };
    let mut warnings = Vec::new();
    if settings.token.starts_with("env:") {
        warnings.push(
            "`token` is read from the environment once, and Fasit's tokens live for minutes: use `file:` and let the \
             agreed integration renew the file"
                .to_owned(),
        );
    }
    if settings.active_status_codes.iter().any(|code| settings.closed_status_codes.contains(code)) {
        warnings.push("a status code is both active and closed; active counts".to_owned());
    }
    if settings.case_link.as_ref().is_some_and(|link| !link.contains("{id}")) {
        warnings.push("`case_link` has no `{id}`, so every case links to the same page".to_owned());
    }
    if !settings.confirm_cases {
        warnings.push(
            "`confirm_cases` is off: Fasit's cases name nobody, so if Fasit answers with another citizen's cases they are \
             shown as this one's"
                .to_owned(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(site: &str) -> Settings {
        let value =
            json!({"tenant": "aarhus", "site": site, "token": "file:token", "case_link": "https://f.dk/c/{id}"});
        Settings::deserialize(value).expect("settings")
    }

    #[test]
    fn the_origin_is_scheme_and_host() {
        let origin = |site| settings(site).origin().ok();
        assert_eq!(origin("https://aarhus.schultzfasit.dk/start?x").as_deref(), Some("https://aarhus.schultzfasit.dk"));
        assert_eq!(origin("aarhus.schultzfasit.dk"), None);
        assert_eq!(origin("file:///etc"), None);
    }

    #[test]
    fn an_id_stays_one_part_of_the_link() {
        let link = settings("https://aarhus.schultzfasit.dk").link("a/../b c?d+e");
        assert_eq!(link.as_deref(), Some("https://f.dk/c/a%2F..%2Fb%20c%3Fd%2Be"));
    }

    #[test]
    fn what_cannot_work_is_warned_about() {
        let good = json!({"tenant": "t", "site": "https://s.dk", "token": "file:token", "confirm_cases": true});
        assert_eq!(warnings(&good), Vec::<String>::new());
        let bad = json!({"tenant": "t", "site": "https://s.dk", "token": "env:TOKEN", "case_link": "https://s.dk",
            "closed_status_codes": ["3"]});
        assert_eq!(warnings(&bad).len(), 4);
    }
}
