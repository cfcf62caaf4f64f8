//! What configuration says about one case index beyond its address.

use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::wire;
use crate::register::BuildError;
use crate::sts::Security;

/// Settings of `kind = "case_index"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Path of the service below `base_url`. The WSDL and the clients name two.
    pub(super) path: String,
    /// Rows per page; the highest that the index takes is not public.
    pub(super) page_size: u32,
    /// Most rows per page of a listing: a page is one answer, which the limit of bytes must hold.
    pub(super) list_page_size: u32,
    /// [DK] fuld gennemlæsning: cases stored since this day are listed. A day before the index had any.
    pub(super) list_from: Date,
    /// How calls are signed.
    pub(super) security: Security,
    /// UUIDs of roles: the known ones may be overruled, the ones that are not public must be given to be understood.
    pub(super) roles: Roles,
    /// [DK] udgåede KLE-numre: the index does not tell which numbers have left the register.
    pub(super) retired_kle: Vec<String>,
    /// Jump link to a case, with `{id}` for the case's UUID. Never taken from the index itself.
    pub(super) case_link: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: wire::PATH.to_owned(),
            page_size: 100,
            list_page_size: 250,
            list_from: date(1970, 1, 1),
            security: Security::default(),
            roles: Roles::default(),
            retired_kle: Vec::new(),
            case_link: None,
        }
    }
}

/// UUIDs of roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Roles {
    /// [DK] Ejer.
    #[schemars(with = "String")]
    pub(super) owner: Uuid,
    /// [DK] Ansvarlig.
    #[schemars(with = "String")]
    pub(super) responsible: Uuid,
    /// [DK] Primær behandler.
    #[schemars(with = "String")]
    pub(super) primary_caseworker: Uuid,
    /// [DK] Primær part.
    #[schemars(with = "String")]
    pub(super) primary_party: Uuid,
    /// [DK] Primær klasse.
    #[schemars(with = "String")]
    pub(super) primary_class: Uuid,
    /// [DK] Handlingsklasse.
    #[schemars(with = "String")]
    pub(super) action_class: Uuid,
    /// [DK] Master.
    #[schemars(with = "String")]
    pub(super) master: Uuid,
    /// [DK] Sekundær part; not public.
    #[schemars(with = "Option<String>")]
    pub(super) secondary_party: Option<Uuid>,
    /// [DK] Ydelsesmodtager; not public.
    #[schemars(with = "Option<String>")]
    pub(super) benefit_recipient: Option<Uuid>,
    /// [DK] Oversag; not public.
    #[schemars(with = "Option<String>")]
    pub(super) part_of: Option<Uuid>,
    /// [DK] bevilget i; a local role, if the municipality has one.
    #[schemars(with = "Option<String>")]
    pub(super) granted_by: Option<Uuid>,
}

impl Default for Roles {
    fn default() -> Self {
        Self {
            owner: wire::OWNER,
            responsible: wire::RESPONSIBLE,
            primary_caseworker: wire::PRIMARY_CASEWORKER,
            primary_party: wire::PRIMARY_PARTY,
            primary_class: wire::PRIMARY_CLASS,
            action_class: wire::ACTION_CLASS,
            master: wire::MASTER,
            secondary_party: None,
            benefit_recipient: None,
            part_of: None,
            granted_by: None,
        }
    }
}

impl Settings {
    /// What parsing alone does not see.
    ///
    /// # Errors
    /// [`BuildError::Settings`], naming the field.
    pub(super) fn check(self) -> Result<Self, BuildError> {
        let wrong = |what: &str| Err(BuildError::Settings(what.to_owned()));
        if self.security == Security::Idws {
            return wrong("`security` = \"idws\" is not built yet; use \"none\" behind a gateway that signs");
        }
        if !self.path.starts_with('/') || self.path.contains(['?', '#', '{', '}', ' ']) {
            return wrong("`path` begins with / and holds neither a query nor a placeholder");
        }
        if self.case_link.as_ref().is_some_and(|link| !link.contains("{id}")) {
            return wrong("`case_link` holds {id} where the case's UUID belongs");
        }
        for (rows, field) in [(self.page_size, "page_size"), (self.list_page_size, "list_page_size")] {
            if rows == 0 || i32::try_from(rows).is_err() {
                return wrong(&format!("`{field}` is at least 1 and fits 31 bits"));
            }
        }
        Ok(self)
    }
}

/// What is known not to work, one sentence each.
pub(super) fn warnings(settings: &serde_json::Value) -> Vec<String> {
    let Ok(settings) = Settings::deserialize(settings) else { return Vec::new() };
    let sentence = match settings.security {
        Security::None => {
            "Calls to the case index are not signed (`security` = \"none\"): right for the fakes and behind a gateway that signs, refused by the index itself."
        }
        Security::Idws => "`security` = \"idws\" is not built yet: this source will not start.",
    };
    vec![sentence.to_owned()]
}
