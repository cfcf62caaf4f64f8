//! A case or an effort as JSON: every field but three may be missing, because nobody told it or this caller may not see it.

use std::sync::Arc;

use glasplade_adapters::contract::{ActorRole, PartyRole, QualityFlag, RelationKind};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CodeView, Fact, OtherValue};
use crate::config::KindRole;
use crate::overview::Phase;

/// How much of an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessView {
    /// Every field that the sources gave.
    Full,
    /// Only some fields: the case that granted an own effort.
    Partial,
}

/// A case or an effort. Fields that the caller may not see, or that no source told, are left out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemView {
    /// Opaque; the same from answer to answer.
    #[schema(example = "0f1e2d3c4b5a69788796a5b4")]
    pub id: String,
    /// How much of it is shown.
    pub access: AccessView,
    /// On what basis it is shown.
    pub basis: BasisView,
    /// Case kind, with its role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindView>,
    /// Category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CodeView>,
    /// [DK] titel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Fact<String>>,
    /// [DK] sagsnummer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Fact<String>>,
    /// [DK] status, normalised and raw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Fact<StatusView>>,
    /// Where it stands today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<PhaseView>,
    /// First day. May lie ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fact<String>>)]
    pub opened: Option<Fact<Date>>,
    /// Last day. May lie ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fact<String>>)]
    pub closed: Option<Fact<Date>>,
    /// Last change that a source tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fact<String>>)]
    pub last_changed: Option<Fact<Timestamp>>,
    /// Next deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fact<String>>)]
    pub deadline: Option<Fact<Date>>,
    /// [DK] forvaltning; `unassigned` when no matcher knows whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<CodeView>,
    /// [DK] enhed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitView>,
    /// Who works on it: positions in `actors` by id, with their role here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actors: Option<Vec<PartView>>,
    /// Said when no source names a primary caseworker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_caseworker_text: Option<String>,
    /// [DK] KLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kle: Option<Fact<KleView>>,
    /// [DK] hjemmel: the source's text, untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<Fact<LawView>>,
    /// [DK] følsomhed 0–3, the strictest of all sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub sensitivity: Option<u8>,
    /// The citizen's part in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fact<String>>)]
    pub party_role: Option<Fact<PartyRole>>,
    /// Relations to other items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relations: Option<Vec<RelationView>>,
    /// [DK] samtykker that the case systems hold about it. They open nothing by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consents: Option<Vec<FiledConsentView>>,
    /// Jump to the source system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Fact<String>>,
    /// The rows that it was joined from; the one that decides first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Vec<ProvenanceView>>,
    /// What is odd about the sources' rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub flags: Option<Vec<QualityFlag>>,
}

/// Case kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KindView {
    /// Stable code; `unclassified` when no rule was certain.
    #[schema(example = "job_plan")]
    pub code: String,
    /// Name in the answer's language.
    #[schema(example = "Kontaktforløb og Min Plan")]
    pub name: String,
    /// Authority, provider, benefit or unclassified.
    pub role: KindRole,
}

/// Status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatusView {
    /// Ours: `opened`, `informed`, `decided`, `running`, `performed`, `closed`, `void` or `other`.
    #[schema(value_type = String, example = "running")]
    pub normal: glasplade_adapters::contract::CaseStatus,
    /// Ours in words.
    #[schema(example = "I gang")]
    pub text: String,
    /// The source's own words.
    #[schema(example = "Aktiv")]
    pub raw: String,
}

/// Phase in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PhaseView {
    /// Code.
    pub code: Phase,
    /// In words.
    #[schema(example = "Aktiv")]
    pub name: String,
}

/// [DK] enhed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitView {
    /// Our code, where a matcher knows the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "JVS-JOB")]
    pub code: Option<String>,
    /// Name.
    #[schema(example = "Jobrådgivning")]
    pub name: String,
    /// Unit number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Shared mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
    /// The source's own name for it, with its sources, where it differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_names: Vec<OtherValue<String>>,
}

/// [DK] KLE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KleView {
    /// Subject.
    #[schema(example = "15.20.00")]
    pub subject: String,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Facet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "G01")]
    pub facet: Option<String>,
    /// The number has left the register.
    pub retired: bool,
}

/// [DK] hjemmel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LawView {
    /// The source's text, untouched.
    #[schema(example = "LBK om social service (serviceloven) § 85, Stk. 1")]
    pub raw: String,
    /// Parsed, only when certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parsed: Option<ParsedLaw>,
}

/// A law and a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ParsedLaw {
    /// The law's usual name.
    #[schema(example = "serviceloven")]
    pub law: &'static str,
    /// Paragraph, with letter.
    #[schema(example = "85")]
    pub paragraph: String,
}

/// An actor's part in an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartView {
    /// Id in `actors`.
    #[schema(example = "a1")]
    pub actor: String,
    /// What the actor does.
    #[schema(value_type = String, example = "primary")]
    pub role: ActorRole,
    /// First day, where a source tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
    /// The source that says so.
    #[schema(value_type = String, example = "sbsys")]
    pub source: Arc<str>,
}

/// A relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RelationView {
    /// What the other case is to this one.
    #[schema(value_type = String, example = "granted_by")]
    pub kind: RelationKind,
    /// The other item's id; `null` when it is not among what the caller sees (hidden and missing look the same).
    pub item: Option<String>,
    /// Said when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A consent that a case system holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FiledConsentView {
    /// Source.
    #[schema(value_type = String, example = "oio")]
    pub source: Arc<str>,
    /// Its id there.
    #[schema(example = "dddddddd-0000-4000-8000-000000000001")]
    pub reference: String,
    /// In words.
    #[schema(example = "Der ligger et samtykke i Indsatser (dddddddd-0000-4000-8000-000000000001).")]
    pub text: String,
}

/// Where a row came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProvenanceView {
    /// Source.
    #[schema(value_type = String, example = "sbsys")]
    pub source: Arc<str>,
    /// The row's id in that source.
    #[schema(value_type = String, example = "3793")]
    pub id: Arc<str>,
    /// This row decides whose case it is.
    pub decides: bool,
}

/// [DK] hjemmel: on what basis something is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BasisView {
    /// `own_case`, `law:<id>`, `consent:<id>` or `emergency`.
    #[schema(example = "own_case")]
    pub code: String,
    /// In words.
    #[schema(example = "Din enhed arbejder p\u{e5} sagen")]
    pub name: String,
    /// Of an own case: `person` works on it, the `unit` does, or it is the one that was `granting` an own effort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<&'static str>,
}
