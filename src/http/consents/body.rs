//! The bodies of the routes about consents.

use glasplade_adapters::contract::{CprNumber, CustodyHolder, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::act::Turned;
use super::problem;
use crate::consents::{self, Answer, Asked, Form, NamedBy, SignatureAsked, Who, Withdrawal};
use crate::http::json::Fields;

/// What a citizen was asked, or answered. Neither this nor what is kept of it has the citizen's words.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ConsentRequest {
    /// The citizen's number; or `handle`.
    #[schema(example = "0101019999", min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    cpr: Option<String>,
    /// The handle of the caller's own look-up of the citizen.
    handle: Option<String>,
    /// What the answer is.
    answer: AnswerBody,
    /// Who answered; nobody where the citizen was only asked.
    #[serde(default)]
    #[schema(max_items = 4)]
    by: Vec<GiverBody>,
    /// The case that the consent serves.
    #[schema(example = "2026-001234", max_length = 128)]
    case_ref: String,
    /// A purpose that rests on a consent.
    #[schema(example = "coordination")]
    purpose: String,
    /// Units and departments that give.
    #[schema(min_items = 1, max_items = 64, example = json!(["JSY-YDELSE"]))]
    from: Vec<String>,
    /// Units and departments that get.
    #[schema(min_items = 1, max_items = 64, example = json!(["UUJ-KOORD"]))]
    to: Vec<String>,
    /// Kinds of facts, each by name.
    #[schema(min_items = 1, example = json!(["benefit"]))]
    categories: Vec<String>,
    /// Classes of fields.
    #[schema(min_items = 1, example = json!(["existence", "contact", "core", "people"]))]
    field_classes: Vec<String>,
    /// How the citizen answered.
    form: Form,
    /// The document or note where the answer is filed, in the case system. Only a question may lack it.
    #[schema(max_length = 128)]
    evidence: Option<String>,
    /// The version of the text that the citizen was told.
    #[schema(example = "samtykke-2026-1", max_length = 128)]
    text_version: String,
    /// In which language: `da`, `ar` …
    #[serde(default = "danish")]
    #[schema(example = "da")]
    language: String,
    /// Through an interpreter.
    #[serde(default)]
    interpreter: bool,
    /// When the answer was given; when the citizen was asked, where there is none.
    #[schema(value_type = String, format = DateTime)]
    given_at: Timestamp,
    /// Last day; without it as long as may be.
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<Date>,
    /// The consent in whose place this one stands.
    #[schema(value_type = Option<String>)]
    supersedes: Option<Uuid>,
    /// The registrar has seen the consent that a case system holds about this case, and this is another one.
    #[serde(default)]
    is_another: bool,
}

fn danish() -> String {
    "da".to_owned()
}

/// What the answer is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum AnswerBody {
    /// There is none yet.
    Requested,
    /// Yes.
    Given,
    /// No.
    Refused,
}

/// Who answered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct GiverBody {
    /// What they are to the citizen.
    who: Who,
    /// The number of somebody with custody, or of a guardian.
    cpr: Option<String>,
    /// Instead of the number: what the register calls somebody with custody.
    holder: Option<HolderBody>,
    /// The categories that a guardianship covers.
    scope: Option<Vec<String>>,
    /// The document of a power of attorney.
    #[schema(max_length = 128)]
    document: Option<String>,
}

/// What the register calls somebody with custody.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum HolderBody {
    /// [DK] mor.
    Mother,
    /// [DK] far, medmor.
    Father,
    /// [DK] anden.
    Other,
}

/// One more answer to a consent.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct JoinRequest {
    /// The citizen's number; or `handle`.
    #[schema(example = "0101019999", min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    cpr: Option<String>,
    /// The handle of the caller's own look-up of the citizen.
    handle: Option<String>,
    /// `given` or `refused`.
    answer: AnswerBody,
    /// Who answered.
    #[schema(min_items = 1, max_items = 4)]
    by: Vec<GiverBody>,
    /// How.
    form: Form,
    /// Where it is filed.
    #[schema(max_length = 128)]
    evidence: Option<String>,
    /// The version of the text that was told.
    #[schema(example = "samtykke-2026-1", max_length = 128)]
    text_version: String,
    /// In which language.
    #[serde(default = "danish")]
    language: String,
    /// Through an interpreter.
    #[serde(default)]
    interpreter: bool,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    given_at: Timestamp,
}

/// Whose consents: exactly one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SearchRequest {
    /// The citizen's number.
    #[schema(example = "0101019999", min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    cpr: Option<String>,
    /// The handle of the caller's own look-up of the citizen.
    handle: Option<String>,
    /// The case that the consents serve.
    #[schema(example = "2026-001234", max_length = 128)]
    case_ref: Option<String>,
}

/// Why a consent ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RevokeRequest {
    /// Of a refusal that is taken back: the citizen's number; or `handle`.
    #[schema(min_length = 10, max_length = 11, pattern = r"^\d{6}-?\d{4}$")]
    cpr: Option<String>,
    /// The handle of the caller's own look-up of the citizen.
    handle: Option<String>,
    /// `withdrawn` (the default) or `case_ended`.
    #[serde(default)]
    why: WhyBody,
    /// Who took it back; left out at the end of a case.
    by: Option<Who>,
    /// How; left out at the end of a case.
    form: Option<Form>,
    /// Where that is filed.
    #[schema(max_length = 128)]
    evidence: Option<String>,
}

/// Why a consent ends.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum WhyBody {
    /// Somebody took it back.
    #[default]
    Withdrawn,
    /// The case is over.
    CaseEnded,
}

impl Fields for ConsentRequest {
    const FIELDS: &'static str = "`cpr` or `handle`, `answer`, `by` [{`who`, `cpr`, `holder`, `scope`, `document`}], `case_ref`, `purpose`, `from`, `to`, `categories`, `field_classes`, `form`, `evidence`, `text_version`, `language`, `interpreter`, `given_at` (RFC 3339), `valid_to` (last day), `supersedes`, `is_another`";
}

impl Fields for JoinRequest {
    const FIELDS: &'static str = "`cpr` or `handle`, `answer`, `by` [{`who`, `cpr`, `holder`, `scope`, `document`}], `form`, `evidence`, `text_version`, `language`, `interpreter`, `given_at` (RFC 3339)";
}

impl Fields for SearchRequest {
    const FIELDS: &'static str = "exactly one of `cpr`, `handle` and `case_ref`";
}

impl Fields for RevokeRequest {
    const FIELDS: &'static str =
        "`why` (`withdrawn` or `case_ended`), `by`, `form`, `evidence`; of a refusal also `cpr` or `handle`";
}

/// How the citizen is named.
pub(in crate::http) enum Whom<'a> {
    /// By number.
    Number(Result<CprNumber, Turned>),
    /// By the handle of a look-up.
    Handle(&'a str),
    /// In no way, or in two.
    Unclear,
}

fn whom<'a>(cpr: Option<&'a str>, handle: Option<&'a str>) -> Whom<'a> {
    match (cpr, handle) {
        (Some(cpr), None) => Whom::Number(number(cpr)),
        (None, Some(handle)) => Whom::Handle(handle),
        _ => Whom::Unclear,
    }
}

fn number(text: &str) -> Result<CprNumber, Turned> {
    match PersonId::parse(text.trim()) {
        Ok(PersonId::Cpr(number)) => Ok(number),
        _ => Err(Turned::invalid(
            "invalid-cpr",
            "The number cannot be one",
            "`cpr` must be ten digits that begin with a day and a month.",
        )),
    }
}

impl ConsentRequest {
    pub(super) fn whom(&self) -> Whom<'_> {
        whom(self.cpr.as_deref(), self.handle.as_deref())
    }

    /// A yes that a case system may hold already: it is read first, and recorded only where nobody has it.
    pub(super) fn to_look_for(&self) -> Option<(&str, &str)> {
        let looks = self.answer == AnswerBody::Given && !self.is_another;
        looks.then(|| (self.purpose.as_str(), self.case_ref.trim()))
    }

    pub(super) fn asked(&self) -> Result<Asked, Turned> {
        let answer = match self.answer {
            AnswerBody::Requested => Answer::Requested,
            AnswerBody::Given => Answer::Given,
            AnswerBody::Refused => Answer::Refused,
        };
        Ok(Asked {
            answer,
            case_ref: self.case_ref.trim().to_owned(),
            purpose: self.purpose.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            categories: self.categories.clone(),
            field_classes: self.field_classes.clone(),
            signature: SignatureAsked {
                by: givers(&self.by)?,
                form: self.form,
                evidence: filled(self.evidence.as_deref()),
                text_version: self.text_version.trim().to_owned(),
                language: self.language.trim().to_owned(),
                interpreter: self.interpreter,
                at: self.given_at,
            },
            valid_to: self.valid_to,
            supersedes: self.supersedes,
        })
    }
}

impl JoinRequest {
    pub(super) fn whom(&self) -> Whom<'_> {
        whom(self.cpr.as_deref(), self.handle.as_deref())
    }

    pub(super) fn is_yes(&self) -> bool {
        self.answer == AnswerBody::Given
    }

    pub(super) fn asked(&self) -> Result<SignatureAsked, Turned> {
        if self.answer == AnswerBody::Requested {
            let detail = "`answer` must be `given` or `refused`.";
            return Err(Turned::invalid("invalid-body", "The body does not fit", detail));
        }
        Ok(SignatureAsked {
            by: givers(&self.by)?,
            form: self.form,
            evidence: filled(self.evidence.as_deref()),
            text_version: self.text_version.trim().to_owned(),
            language: self.language.trim().to_owned(),
            interpreter: self.interpreter,
            at: self.given_at,
        })
    }
}

impl SearchRequest {
    pub(super) fn whom(&self) -> Option<Whom<'_>> {
        (self.cpr.is_some() || self.handle.is_some()).then(|| whom(self.cpr.as_deref(), self.handle.as_deref()))
    }

    /// The case to search by.
    pub(super) fn case_ref(&self) -> Result<Option<&str>, Turned> {
        let case_ref = self.case_ref.as_deref().map(str::trim);
        match case_ref {
            Some(text) if text.is_empty() || text.chars().count() > 128 => Err(problem::one_of().into()),
            _ => Ok(case_ref),
        }
    }
}

impl RevokeRequest {
    /// The citizen, where the request names them.
    pub(super) fn whom(&self) -> Option<Whom<'_>> {
        (self.cpr.is_some() || self.handle.is_some()).then(|| whom(self.cpr.as_deref(), self.handle.as_deref()))
    }

    /// The withdrawal; `None` at the end of a case.
    pub(super) fn withdrawal(&self) -> Result<Option<Withdrawal>, Turned> {
        match (self.why, self.by, self.form) {
            (WhyBody::CaseEnded, None, None) => Ok(None),
            (WhyBody::Withdrawn, Some(by), Some(form)) => {
                Ok(Some(Withdrawal { by, form, evidence: filled(self.evidence.as_deref()) }))
            }
            _ => Err(Turned::invalid(
                "invalid-body",
                "The body does not fit",
                "A withdrawal says `by` and `form`; the end of a case says neither.",
            )),
        }
    }
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn givers(all: &[GiverBody]) -> Result<Vec<consents::GiverAsked>, Turned> {
    all.iter().map(giver).collect()
}

fn giver(body: &GiverBody) -> Result<consents::GiverAsked, Turned> {
    use consents::GiverAsked as Asked;
    let cpr = body.cpr.as_deref().map(number).transpose()?;
    let holder = body.holder.map(|holder| match holder {
        HolderBody::Mother => CustodyHolder::Mother,
        HolderBody::Father => CustodyHolder::Father,
        HolderBody::Other => CustodyHolder::Other,
    });
    match (body.who, cpr, holder, &body.scope, &body.document) {
        (Who::Citizen, None, None, None, None) => Ok(Asked::Citizen),
        (Who::Custodian, Some(number), None, None, None) => Ok(Asked::Custodian(NamedBy::Number(number))),
        (Who::Custodian, None, Some(holder), None, None) => Ok(Asked::Custodian(NamedBy::Holder(holder))),
        (Who::Guardian, number, None, Some(scope), None) => Ok(Asked::Guardian(number, scope.clone())),
        (Who::Representative, None, None, None, Some(document)) => {
            Ok(Asked::Representative(document.trim().to_owned()))
        }
        _ => Err(Turned::invalid(
            "givers",
            "The body does not fit",
            "Of `by`: `citizen` alone; `custodian` with `cpr` or `holder`; `guardian` with `scope`, and `cpr` where the \
             register has none; `representative` with `document`.",
        )),
    }
}
