//! The bodies of the routes about target groups.

use http::{HeaderValue, StatusCode};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::http::json::Fields;
use crate::target_groups::lists::Format;
use crate::target_groups::run::Asked;

const CODE_CHARACTERS_MAX: usize = 128;
const TEXT_CHARACTERS_MAX: usize = 1_000;

/// One run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RunRequest {
    /// Code of the purpose; it must be the one of lists.
    #[schema(example = "target_group", max_length = 128)]
    purpose: String,
    /// Id of the legal basis; it must be the one that the rule names.
    #[schema(example = "gdpr-6-1-e", max_length = 128)]
    legal_basis: String,
    /// Why, in at least 20 characters. Kept in the audit; no personal number in it.
    #[schema(min_length = 20, max_length = 1000)]
    reason: Option<String>,
    /// Code of the receiving unit, where the rule is approved for several.
    #[schema(example = "UUJ-KOORD", max_length = 128)]
    receiver: Option<String>,
    /// The day for which ages and periods are computed; today.
    #[schema(value_type = Option<String>, format = Date)]
    as_of: Option<Date>,
    /// Counts alone, and no citizen.
    #[serde(default)]
    dry_run: bool,
    /// The CPR numbers, too, for a role that may.
    #[serde(default)]
    with_numbers: bool,
    /// The form; without it what `Accept` names.
    format: Option<Format>,
}

impl Fields for RunRequest {
    const FIELDS: &'static str = "`purpose`, `legal_basis`, `reason`, `receiver`, `as_of`, `dry_run`, `with_numbers`, `format` (`json`, `ndjson`, `csv`, `xlsx` or `parquet`); the first two must be there";
}

impl RunRequest {
    pub(super) fn asked(self, rule: String, accept: Option<&HeaderValue>) -> Result<Asked, Problem> {
        let codes = [Some(&self.purpose), Some(&self.legal_basis), self.receiver.as_ref()];
        let is_long = |text: &String, most: usize| text.chars().count() > most || text.chars().any(char::is_control);
        if codes.into_iter().flatten().any(|text| is_long(text, CODE_CHARACTERS_MAX))
            || self.reason.as_ref().is_some_and(|text| is_long(text, TEXT_CHARACTERS_MAX))
        {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-text",
                "A text is too long",
                format!(
                    "Codes have at most {CODE_CHARACTERS_MAX} characters, `reason` {TEXT_CHARACTERS_MAX}, and none a control character."
                ),
            ));
        }
        Ok(Asked {
            rule,
            receiver: self.receiver,
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            reason: self.reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            as_of: self.as_of,
            dry_run: self.dry_run,
            with_numbers: self.with_numbers,
            format: self.format.map_or_else(|| accepted(accept), Ok)?,
        })
    }
}

/// The first form that is accepted; JSON where anything is.
fn accepted(accept: Option<&HeaderValue>) -> Result<Format, Problem> {
    let Some(text) = accept.and_then(|value| value.to_str().ok()) else { return Ok(Format::Json) };
    let media_type = |part: &str| part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let form = |name: String| {
        let is_same = |format: &Format| media_type(format.media_type()) == name;
        let any = matches!(name.as_str(), "*/*" | "application/*").then_some(Format::Json);
        any.or_else(|| Format::ALL.into_iter().find(is_same))
    };
    text.split(',').map(media_type).find_map(form).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_ACCEPTABLE,
            "not-acceptable",
            "None of the forms of a list is accepted",
            "Name one in `format`, or accept `application/json`, `application/x-ndjson`, `text/csv`, a workbook or Parquet.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_form_that_is_accepted_is_the_form() {
        let of = |text: &'static str| accepted(Some(&HeaderValue::from_static(text))).ok();
        assert_eq!(accepted(None).ok(), Some(Format::Json));
        assert_eq!(of("text/html, text/csv;q=0.9, */*"), Some(Format::Csv));
        assert_eq!(of("application/vnd.apache.parquet"), Some(Format::Parquet));
        assert_eq!(of("text/html,*/*;q=0.1"), Some(Format::Json));
        assert_eq!(of("text/html"), None);
    }
}
