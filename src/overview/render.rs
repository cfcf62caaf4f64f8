//! What may be seen, written as JSON. One serialisation; the bytes go to the audit, which alone hands them over.

mod actor;
mod citizen;
mod fact;
mod filed;
mod item;
mod law;
mod source;

#[cfg(test)]
pub(super) use item::ALWAYS;

pub(crate) use actor::danish_date;

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::digest::{self, Digest, SHA256};
use glasplade_adapters::contract::SourceId;
use serde::Serialize;

use super::actors::ActorEntry;
use super::redacted::{Notice, OnList, Redacted};
use super::view::{
    ActorView, CodeView, EmergencyView, GroupState, GroupView, GroupsView, HouseholdView, ItemView, MemberView,
    NotConnectedView, NoticeView, OnListView, OverviewView, SourceView,
};
use super::{SourceStatus, VisibilityTable};
use crate::access::EmergencyGround;
use crate::audit::Kinship;
use crate::config::{Config, GroupCode, Language, Text, Texts};
use crate::consents::RefusalView;

/// What the words of an answer come from.
#[derive(Debug, Clone)]
pub struct Wording {
    pub(super) texts: Texts,
    pub(super) visibility: VisibilityTable,
    pub(super) citizen: VisibilityTable,
    pub(super) family: VisibilityTable,
    pub(super) source_names: HashMap<SourceId, (String, String)>,
    pub(super) directory: Option<SourceId>,
    pub(super) register: Option<SourceId>,
    connected: Vec<GroupCode>,
    not_connected: Vec<String>,
    /// An answer that is turned to the citizen tells of no list.
    tells_lists: bool,
}

impl Wording {
    /// Every text that people see.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The words of a configuration.
    pub fn new(config: &Config) -> Self {
        let sources = &config.sources.source;
        Self {
            texts: config.texts.clone(),
            visibility: VisibilityTable::new(&config.visibility.item),
            citizen: VisibilityTable::new(&config.visibility.citizen),
            family: VisibilityTable::new(&config.visibility.family),
            source_names: source_names(config),
            directory: config.sources.staff_directory.as_ref().map(|row| row.id.clone()),
            register: config.sources.person_register.as_ref().map(|row| row.id.clone()),
            connected: sources.iter().flat_map(|row| row.groups.iter().copied()).collect(),
            not_connected: config.service.overview.not_connected.clone(),
            tells_lists: true,
        }
    }
}

impl Wording {
    /// The words of the view that is turned to the citizen: without third persons and remarks.
    pub fn shared(config: &Config) -> Self {
        let (plain, shared) = (Self::new(config), &config.visibility.shared);
        Self {
            visibility: plain.visibility.clone().without(&shared.leaves_out_of_item),
            citizen: plain.citizen.clone().without(&shared.leaves_out_of_citizen),
            family: VisibilityTable::new(&std::collections::BTreeMap::new()),
            tells_lists: false,
            ..plain
        }
    }
}

/// Name and contact of everything that the answer lists among its sources.
fn source_names(config: &Config) -> HashMap<SourceId, (String, String)> {
    let of = |id: &SourceId, name: &str, contact: &str| (id.clone(), (name.to_owned(), contact.to_owned()));
    let cases = config.sources.source.iter().map(|row| of(&row.id, &row.name, &row.contact));
    let register = config.sources.person_register.iter().map(|row| of(&row.id, &row.name, &row.contact));
    let directory = config.sources.staff_directory.iter().map(|row| of(&row.id, &row.name, &row.contact));
    cases.chain(register).chain(directory).collect()
}

/// An answer's bytes. Only the audit can read them out.
#[derive(Debug)]
pub struct Rendered {
    bytes: Vec<u8>,
    sha256: Digest,
}

impl Rendered {
    /// These bytes, and what they hash to.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let sha256 = digest::digest(&SHA256, &bytes);
        Self { bytes, sha256 }
    }

    /// The bytes and their SHA-256.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Digest) {
        (self.bytes, self.sha256)
    }
}

/// [DK] plade: an answer's bytes without the handle that it was made for, to be sent again to the same caller. They have no way out but
/// through [`Plate::under`] and the audit.
pub(crate) struct Plate {
    bytes: Vec<u8>,
    /// Where the handle stands.
    at: Vec<usize>,
    handle_len: usize,
    /// What is before the handle, hashed once: the handle stands in the last field, so that little is hashed for each repeat.
    begun: digest::Context,
}

impl std::fmt::Debug for Plate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Plate").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Plate {
    /// Of an answer that was made for `handle`: 128 random bits in hexadecimal, which stand nowhere else in it by chance.
    pub(crate) fn of(rendered: Rendered, handle: &str) -> Self {
        let bytes = rendered.bytes;
        let starts = |at: &usize| bytes[*at..].starts_with(handle.as_bytes());
        let at: Vec<usize> = if handle.is_empty() { Vec::new() } else { (0..bytes.len()).filter(starts).collect() };
        let mut begun = digest::Context::new(&SHA256);
        begun.update(&bytes[..at.first().copied().unwrap_or(bytes.len())]);
        Self { bytes, at, handle_len: handle.len(), begun }
    }

    /// The answer for another handle of the same look-up; nothing where one is longer than the other.
    pub(crate) fn under(&self, handle: &str) -> Option<Rendered> {
        if handle.len() != self.handle_len {
            return None;
        }
        let mut bytes = self.bytes.clone();
        for at in &self.at {
            bytes[*at..*at + handle.len()].copy_from_slice(handle.as_bytes());
        }
        let mut hash = self.begun.clone();
        hash.update(&bytes[self.at.first().copied().unwrap_or(bytes.len())..]);
        Some(Rendered { bytes, sha256: hash.finish() })
    }

    /// What it takes, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// The citizen's family, each cut under their own access.
#[derive(Debug)]
pub(crate) struct FamilyPart<'a> {
    /// Whom the register names and the answer takes.
    pub(crate) members: Vec<FamilyMember<'a>>,
    /// The register names more.
    pub(crate) cut_short: bool,
}

/// One relative.
#[derive(Debug)]
pub(crate) struct FamilyMember<'a> {
    /// What they are to the citizen.
    pub(crate) kinship: Kinship,
    /// They live at the citizen's address, as far as it may be told.
    pub(crate) same_address: Option<bool>,
    /// Their own handle.
    pub(crate) handle: &'a Arc<str>,
    /// What this caller may see of them.
    pub(crate) redacted: &'a Redacted,
    /// How the sources answered about them.
    pub(crate) statuses: &'a [SourceStatus],
}

/// One event of a streamed answer: the sources that have answered, and the items that are decided by now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PartialView {
    /// The sources that this event tells of.
    pub sources: Vec<SourceView>,
    /// Items that are new or have changed since the event before. The last event, `overview`, is the plain answer.
    pub items: Vec<ItemView>,
    /// The actors that these items name. Their ids hold within this event only.
    pub actors: Vec<ActorView>,
}

impl Redacted {
    /// The whole answer.
    pub(crate) fn render(
        &self,
        id: &Arc<str>,
        statuses: &[SourceStatus],
        family: Option<FamilyPart<'_>>,
        emergency: Option<&EmergencyGround>,
        (wording, language): (&Wording, Language),
    ) -> Rendered {
        let household = family.map(|family| household(family, wording, language));
        let emergency = emergency.map(|ground| EmergencyView::new(ground, wording.texts(), language));
        Rendered::new(serialize(&OverviewView { household, emergency, ..self.view(id, statuses, wording, language) }))
    }

    /// Who is in the citizen's family may be told to this caller.
    pub(crate) fn tells_household(&self, wording: &Wording) -> bool {
        self.citizen.as_ref().is_some_and(|citizen| wording.family.shows("household", citizen.classes))
    }

    fn view(&self, id: &Arc<str>, statuses: &[SourceStatus], wording: &Wording, language: Language) -> OverviewView {
        let texts = &wording.texts;
        let mut groups = empty_groups(wording, language);
        for item in &self.items {
            groups.get_mut(item.group).items.push(item::view(item, &self.actors, wording, language));
        }
        for notice in &self.notices {
            groups.get_mut(notice.group).notices.push(notice_view(notice, texts, language));
        }
        let hidden = self.hidden_by_window;
        let hidden_text = || texts.hidden_by_window.fill(language, &[("antal", &hidden.to_string())]);
        OverviewView {
            lang: language.tag(),
            citizen: self.citizen.as_ref().map(|citizen| citizen::view(citizen, wording, language)),
            call_first: self.call_first.as_ref().map(|first| actor::call_first(first, &self.actors, texts, language)),
            groups,
            actors: self.actors.iter().map(|entry| actor::view(entry, texts, language)).collect(),
            contact_pending: self.actors.iter().any(ActorEntry::is_pending),
            sources: statuses.iter().map(|status| source::view(status, wording, language)).collect(),
            hidden_by_window: hidden,
            hidden_by_window_text: (hidden > 0).then(hidden_text),
            refusals: self.refusals.iter().map(|refused| RefusalView::new(refused, texts, language)).collect(),
            on_lists: self.on_lists.iter().filter(|_| wording.tells_lists).map(on_list_view).collect(),
            notice: texts.closing.get(language).to_owned(),
            empty_text: self.is_empty().then(|| texts.no_cases.get(language).to_owned()),
            household: None,
            emergency: None,
            id: Arc::clone(id),
        }
    }

    /// The items alone, each with its id, for the events of a stream.
    pub(crate) fn item_views(&self, wording: &Wording, language: Language) -> Vec<ItemView> {
        self.items.iter().map(|item| item::view(item, &self.actors, wording, language)).collect()
    }
}

fn on_list_view(list: &OnList) -> OnListView {
    OnListView { rule: list.rule.clone(), name: list.name.clone() }
}

fn household(family: FamilyPart<'_>, wording: &Wording, language: Language) -> HouseholdView {
    let texts = &wording.texts;
    let view = |member: FamilyMember<'_>| {
        let name = match member.kinship {
            Kinship::Spouse => &texts.relation_spouse,
            Kinship::Child => &texts.relation_child,
            Kinship::Parent => &texts.relation_parent,
        };
        MemberView {
            relation: CodeView { code: member.kinship.as_str().to_owned(), name: name.get(language).to_owned() },
            same_address: member.same_address,
            overview: member.redacted.view(member.handle, member.statuses, wording, language),
        }
    };
    HouseholdView {
        text: texts.household_text.get(language).to_owned(),
        members: family.members.into_iter().map(view).collect(),
        cut_short: family.cut_short,
    }
}

/// One event's bytes.
pub(crate) fn render_event(
    redacted: &Redacted,
    statuses: &[SourceStatus],
    items: Vec<ItemView>,
    wording: &Wording,
    language: Language,
) -> Rendered {
    let sources = statuses.iter().map(|status| source::view(status, wording, language)).collect();
    let is_named = |actor: &&ActorEntry| {
        actor.parts.iter().any(|part| items.iter().any(|item| item.id == part.item && item.actors.is_some()))
    };
    let actors = redacted.actors.iter().filter(is_named);
    let actors = actors.map(|entry| actor::view(entry, &wording.texts, language)).collect();
    Rendered::new(serialize(&PartialView { sources, items, actors }))
}

/// Views hold texts, numbers and days: writing them cannot fail.
fn serialize(view: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(view).expect("views hold nothing that JSON cannot")
}

fn empty_groups(wording: &Wording, language: Language) -> GroupsView {
    let texts = &wording.texts;
    let group = |code: GroupCode, label: &Text| {
        let is_connected = wording.connected.contains(&code);
        let parts = if code == GroupCode::OtherPublic { wording.not_connected.as_slice() } else { &[] };
        let part = |code: &String| NotConnectedView {
            code: code.clone(),
            text: texts.group_not_connected.fill(language, &[("del", code)]),
        };
        GroupView {
            state: if is_connected { GroupState::Connected } else { GroupState::NotConnected },
            label: label.get(language).to_owned(),
            not_connected: parts.iter().map(part).collect(),
            items: Vec::new(),
            notices: Vec::new(),
        }
    };
    GroupsView {
        authority: group(GroupCode::Authority, &texts.group_authority),
        provider: group(GroupCode::Provider, &texts.group_provider),
        other_public: group(GroupCode::OtherPublic, &texts.group_other_public),
        private_network: group(GroupCode::PrivateNetwork, &texts.group_private_network),
    }
}

fn notice_view(notice: &Notice, texts: &Texts, language: Language) -> NoticeView {
    let department = notice.department.as_ref();
    let named = department.map(|row| match language {
        Language::Da => row.name.as_str(),
        Language::En => row.name_en.as_str(),
    });
    let neutral = texts.neutral_department.get(language);
    // Level 2 and 3: the department's neutral name, because a unit's or department's own name tells the category.
    let is_own_name = !notice.neutral || named.is_some_and(|_| department.is_some_and(|row| row.authority == row.code));
    let name = if is_own_name { named.unwrap_or(neutral) } else { neutral };
    let contact = department.and_then(|row| row.contact.clone()).filter(|_| notice.with_contact);
    let text = match (&contact, notice.with_contact) {
        (Some(contact), true) => texts.contact.fill(language, &[("afdeling", name), ("kontakt", contact)]),
        _ => texts.existence.get(language).to_owned(),
    };
    NoticeView {
        mode: if notice.with_contact { "contact" } else { "existence" },
        department: name.to_owned(),
        contact,
        text,
    }
}
