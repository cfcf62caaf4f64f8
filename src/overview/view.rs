//! The overview as JSON: English keys, texts for people beside them. These shapes are the contract with portals.

mod citizen;
mod emergency;
mod item;

use std::sync::Arc;

use glasplade_adapters::contract::{ActorKind, ActorRole};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::SourceState;
use crate::config::GroupCode;

pub use citizen::{
    AddressView, CitizenView, HouseholdView, MemberView, PersonStatusView, ProtectionView, SpokenForView,
};
pub use emergency::EmergencyView;
pub use item::{
    AccessView, BasisView, FiledConsentView, ItemView, KindView, KleView, LawView, ParsedLaw, PartView, PhaseView,
    ProvenanceView, RelationView, StatusView, UnitView,
};

/// One citizen, as this caller may see it at this moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OverviewView {
    /// Language of the texts.
    #[schema(example = "da")]
    pub lang: &'static str,
    /// [DK] borgeren; `null` unless the caller has a case with the citizen.
    pub citizen: Option<CitizenView>,
    /// Whom to call now; `null` when nobody may be named.
    pub call_first: Option<CallFirstView>,
    /// The four groups of actors, always all four.
    pub groups: GroupsView,
    /// Who works with the citizen, each with a number or why not.
    pub actors: Vec<ActorView>,
    /// The staff directory has still to say something of at least one of them: asking again in a moment tells more.
    pub contact_pending: bool,
    /// Every configured source with its state. A source that failed is here, never an error.
    pub sources: Vec<SourceView>,
    /// Closed or void items that the caller could see but that lie outside the window of their source.
    #[schema(example = 0)]
    pub hidden_by_window: usize,
    /// That in words; `null` when there are none.
    pub hidden_by_window_text: Option<String>,
    /// The same sentence in every answer, whether or not something was withheld.
    pub notice: String,
    /// What the citizen has refused to share with the caller's unit or department.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<crate::consents::RefusalView>,
    /// Lists of the caller's unit on which the citizen stands; told only where the municipality has switched it on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on_lists: Vec<OnListView>,
    /// Said when no case can be shown.
    pub empty_text: Option<String>,
    /// [DK] familien, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdView>,
    /// [DK] nødadgang, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyView>,
    /// Handle for `GET /v1/overviews/{id}`: 128 random bits, bound to the caller, valid for 15 minutes. Last, since it alone differs
    /// between an answer and its repeat.
    #[schema(value_type = String, example = "3f0c6d1e9a2b4c5d8e7f60718293a4b5")]
    pub id: Arc<str>,
}

/// A list of the caller's unit on which the citizen stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OnListView {
    /// Code of the rule.
    #[schema(example = "cross_department")]
    pub rule: String,
    /// Its Danish name.
    pub name: String,
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
    /// Name, as the staff directory spells it; else as the first source does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How other sources spell it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_spelled: Vec<String>,
    /// [DK] medarbejder-id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "az10001")]
    pub employee_id: Option<String>,
    /// [DK] stillingsbetegnelse. Left out where it could tell what the case is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Jobrådgiver")]
    pub title: Option<String>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Mobile number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// The actor's unit; under a neutral name, without a code, where its own would tell what the case is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitView>,
    /// The number to call, or why there is none.
    pub call: CallView,
    /// [DK] stedfortræder, where the staff directory names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<StandInView>,
    /// No longer in the staff directory, though a source still names the actor.
    pub left: bool,
    /// That in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Står ikke længere i medarbejderkataloget.")]
    pub left_text: Option<String>,
    /// Said of an actor whom the staff directory does not know, as an external: number and e-mail are the sources' own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Står ikke i medarbejderkataloget.")]
    pub not_in_directory_text: Option<String>,
    /// The staff directory has still to answer: asking again in a moment tells more.
    pub contact_pending: bool,
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

/// [DK] stedfortræder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandInView {
    /// Name; left out while the staff directory has still to say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number to call, or why there is none.
    pub call: CallView,
}

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// The person's own.
    Direct,
    /// The person's mobile.
    Mobile,
    /// The stand-in's.
    StandIn,
    /// The unit's.
    Unit,
    /// The department's, under its neutral name.
    Department,
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
    /// Why there is none, or why it is not the person's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Numbers that other sources, or the staff directory, give for the same person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherValue<String>>,
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
    /// [DK] stedfortræder, where the staff directory names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<StandInView>,
    /// No longer in the staff directory; the number is the stand-in's or the unit's.
    pub left: bool,
    /// The staff directory has still to answer: asking again in a moment tells more.
    pub contact_pending: bool,
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
