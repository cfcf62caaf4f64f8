//! The overview as JSON: English keys, texts for people beside them. These shapes are the contract with portals.

use std::sync::Arc;

use glasplade_adapters::contract::{ActorKind, ActorRole, PartyRole, QualityFlag, RelationKind};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Phase, SourceState};
use crate::config::{GroupCode, KindRole};

/// One citizen, as this caller may see it at this moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OverviewView {
    /// Handle for `GET /v1/overviews/{id}`: 128 random bits, bound to the caller, valid for 15 minutes.
    #[schema(value_type = String, example = "3f0c6d1e9a2b4c5d8e7f60718293a4b5")]
    pub id: Arc<str>,
    /// Language of the texts.
    #[schema(example = "da")]
    pub lang: &'static str,
    /// Whom to call now; `null` when nobody may be named.
    pub call_first: Option<CallFirstView>,
    /// The four groups of actors, always all four.
    pub groups: GroupsView,
    /// Who works with the citizen, each with a number or why not.
    pub actors: Vec<ActorView>,
    /// Every configured source with its state. A source that failed is here, never an error.
    pub sources: Vec<SourceView>,
    /// Closed or void items that the caller could see but that lie outside the window of their source.
    #[schema(example = 0)]
    pub hidden_by_window: usize,
    /// That in words; `null` when there are none.
    pub hidden_by_window_text: Option<String>,
    /// The same sentence in every answer, whether or not something was withheld.
    pub notice: String,
    /// Said when no case can be shown.
    pub empty_text: Option<String>,
}

/// [DK] kuvertmodellens fire grupper.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GroupsView {
    /// Myndigheder i MSB.
    pub authority: GroupView,
    /// Udførere i MSB.
    pub provider: GroupView,
    /// Andre offentlige indsatser.
    pub other_public: GroupView,
    /// Privat netværk, civilsamfund, arbejdsgiver.
    pub private_network: GroupView,
}

impl GroupsView {
    pub(super) fn get_mut(&mut self, code: GroupCode) -> &mut GroupView {
        match code {
            GroupCode::Authority => &mut self.authority,
            GroupCode::Provider => &mut self.provider,
            GroupCode::OtherPublic => &mut self.other_public,
            GroupCode::PrivateNetwork => &mut self.private_network,
        }
    }
}

/// Whether any source can fill a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// At least one source can.
    Connected,
    /// None can yet: the group being empty means nothing.
    NotConnected,
}

/// One of the four groups.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GroupView {
    /// Whether any source can fill it.
    pub state: GroupState,
    /// Its name.
    #[schema(example = "Myndigheder i MSB")]
    pub label: String,
    /// Parts of it that no source fills, and that in words.
    pub not_connected: Vec<NotConnectedView>,
    /// Cases and efforts, running first, newest first.
    pub items: Vec<ItemView>,
    /// What exists and may not be seen, as far as it may be told. Told once, however many there are.
    pub notices: Vec<NoticeView>,
}

/// A part of a group that no source fills.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotConnectedView {
    /// Code: `region`.
    #[schema(example = "region")]
    pub code: String,
    /// In words.
    pub text: String,
}

/// A code with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeView {
    /// Stable code.
    #[schema(example = "employment")]
    pub code: String,
    /// Name in the answer's language.
    #[schema(example = "Beskæftigelse")]
    pub name: String,
}

/// A fact, who says so, and who says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fact<T> {
    /// What the system that owns the case says, or the first that says anything.
    pub value: T,
    /// The sources that say so.
    #[schema(value_type = Vec<String>, example = json!(["sbsys", "case_index"]))]
    pub sources: Vec<Arc<str>>,
    /// What other sources say instead. Nothing is resolved silently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherValue<T>>,
    /// The disagreement in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagreement_text: Option<String>,
}

/// A value that disagrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OtherValue<T> {
    /// What they say.
    pub value: T,
    /// The sources that say so.
    #[schema(value_type = Vec<String>)]
    pub sources: Vec<Arc<str>>,
}

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
    pub basis: CodeView,
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

/// That something exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeView {
    /// `existence`, or `contact` when a number may be given.
    #[schema(example = "contact")]
    pub mode: &'static str,
    /// Whose it is, under a name that tells nothing of the category.
    #[schema(example = "Aarhus Kommune, Sociale Forhold og Beskæftigelse")]
    pub department: String,
    /// Switchboard or shared mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// In words.
    pub text: String,
}

/// Someone who works with the citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActorView {
    /// Id within this answer.
    #[schema(example = "a1")]
    pub id: String,
    /// A person or a unit.
    #[schema(value_type = String, example = "person")]
    pub kind: ActorKind,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How other sources spell it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_spelled: Vec<String>,
    /// [DK] medarbejder-id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "az10001")]
    pub employee_id: Option<String>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The actor's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitView>,
    /// The number to call, or why there is none.
    pub call: CallView,
    /// Items and roles.
    pub items: Vec<ActorPartView>,
    /// The sources that name the actor.
    #[schema(value_type = Vec<String>)]
    pub sources: Vec<Arc<str>>,
}

/// What an actor does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActorPartView {
    /// Item id.
    pub item: String,
    /// Role.
    #[schema(value_type = String, example = "primary")]
    pub role: ActorRole,
    /// First day, where a source tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
}

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// The person's own.
    Direct,
    /// The person's mobile.
    Mobile,
    /// The unit's.
    Unit,
}

/// A number, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallView {
    /// The number.
    #[schema(example = "+45 00 00 00 01")]
    pub number: Option<String>,
    /// Whose number it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<NumberKind>,
    /// Why there is none, or why it is the unit's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whom to call now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallFirstView {
    /// Id in `actors`; `null` when the case has no caseworker.
    pub actor: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// The number, or why there is none.
    pub call: CallView,
    /// `coordinator`, `primary_caseworker` or `unit_without_caseworker`.
    #[schema(example = "coordinator")]
    pub why: &'static str,
    /// First day in the role, where a source tells.
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
    /// Took over lately, by the sources' own dates.
    pub is_new: bool,
    /// In words.
    pub text: String,
}

/// A source and how it answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceView {
    /// Id.
    #[schema(value_type = String, example = "sbsys")]
    pub id: Arc<str>,
    /// What caseworkers call it.
    #[schema(example = "SBSYS")]
    pub name: String,
    /// State.
    pub state: SourceState,
    /// When what is shown was read; absent when nothing is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// Stable code of the reason.
    #[schema(example = "fresh")]
    pub reason: &'static str,
    /// What a person can do about it.
    pub text: String,
}
