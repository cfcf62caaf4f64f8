//! Alarms: what somebody must hear of, what became of each, and what a person puts on record about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::criteria::Unfit;
use super::desk::tell;
use super::{Auditor, LookUp, Unanswered};
use crate::access::holds_personal_number;
use crate::audit::index::ALARM_FOLLOWED_UP;
use crate::audit::{Alarm, AlarmKind, AlarmQuery, AlarmState, AuditedEvent};

/// The longest note, in characters.
const NOTE_CHARACTERS_MAX: usize = 1000;
/// The shortest that says anything.
const NOTE_CHARACTERS_MIN: usize = 10;

/// Which alarms.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlarmsRequest {
    /// Of this kind.
    pub kind: Option<AlarmKind>,
    /// In this state; `open` is what nobody has followed up.
    pub state: Option<AlarmState>,
    /// Raised at this moment or later.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Raised before this moment.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// So many at most.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// What the page before gave as `next`.
    #[schema(max_length = 128)]
    pub after: Option<String>,
}

/// One alarm.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlarmView {
    /// The alarm. It follows from what raised it: an index made anew has the same.
    pub id: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why.
    pub kind: AlarmKind,
    /// How many, where something was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// What became of it.
    pub state: AlarmState,
    /// When it was followed up last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub followed_up: Option<Timestamp>,
    /// What raised it; nothing once it has expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<LookUp>,
}

/// One page of alarms.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlarmsPage {
    /// The newest first.
    pub alarms: Vec<AlarmView>,
    /// What the next page is asked with; nothing when this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What a person says about an alarm.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// `explained`, `not_justified` or `reported`; `open` takes an earlier judgement back.
    pub state: AlarmState,
    /// Why, in 10 to 1,000 characters; kept in the log, never with a personal number in it.
    #[schema(min_length = 10, max_length = 1000)]
    pub note: String,
}

/// Shows the state, not the note.
impl std::fmt::Debug for FollowUp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FollowUp").field("state", &self.state).finish_non_exhaustive()
    }
}

impl FollowUp {
    /// What is put on record about the alarm `id`.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn event(&self, id: Uuid) -> Result<AuditedEvent, Unfit> {
        let note = self.note.trim();
        let length = note.chars().count();
        if !(NOTE_CHARACTERS_MIN..=NOTE_CHARACTERS_MAX).contains(&length) || note.chars().any(is_odd) {
            return Err(Unfit::new("note", "it has 10 to 1,000 characters and no control characters"));
        }
        if holds_personal_number(note) {
            return Err(Unfit::new("note", "it is kept in the audit: write it without a personal number"));
        }
        let facts = [("state", self.state.as_str()), ("note", note)];
        let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(AuditedEvent { what: ALARM_FOLLOWED_UP.to_owned(), id: Some(id), facts: BTreeMap::from(facts) })
    }
}

/// Neither a letter nor a line's end.
fn is_odd(letter: char) -> bool {
    letter.is_control() && letter != '\n'
}

impl AlarmsRequest {
    /// What the record tells of it.
    pub fn facts(&self) -> BTreeMap<String, String> {
        let used = [("kind", self.kind.map(AlarmKind::as_str)), ("state", self.state.map(AlarmState::as_str))];
        used.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect()
    }

    /// The question as the index takes it.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn query(&self, limit_max: u32) -> Result<AlarmQuery, Unfit> {
        if self.from.zip(self.to).is_some_and(|(from, to)| from >= to) {
            return Err(Unfit::new("to", "it must be later than `from`"));
        }
        let limit = self.limit.unwrap_or(100);
        if limit == 0 || limit > limit_max {
            return Err(Unfit::new("limit", "it must be 1 to 1,000"));
        }
        let after = self.after.as_deref().map(|text| read(text).ok_or(Unfit::new("after", "it is what `next` said")));
        let (kind, state, from, to) = (self.kind, self.state, self.from, self.to);
        Ok(AlarmQuery { kind, state, from, to, after: after.transpose()?, limit })
    }
}

fn write(at: Timestamp, id: Uuid) -> String {
    format!("{}.{}", at.as_microsecond(), id.simple())
}

fn read(text: &str) -> Option<(Timestamp, Uuid)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, Uuid::parse_str(id).ok()?))
}

impl Auditor {
    /// The alarms that fit, newest first.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub fn alarms(&self, query: &AlarmQuery) -> Result<AlarmsPage, Unanswered> {
        let mut alarms = self.search.alarms(&AlarmQuery { limit: query.limit + 1, ..query.clone() })?;
        let is_more = alarms.len() > query.limit as usize;
        alarms.truncate(query.limit as usize);
        let next = alarms.last().filter(|_| is_more).map(|last| write(last.at, last.id));
        let mut reader = self.reader();
        let told = |alarm: Alarm| {
            let act = alarm.act.as_ref().map(|act| tell(&mut reader, act)).transpose()?;
            let Alarm { id, at, kind, count, state, followed, .. } = alarm;
            Ok(AlarmView { id, at, kind, count, state, followed_up: followed, act })
        };
        let alarms = alarms.into_iter().map(told).collect::<Result<_, Unanswered>>()?;
        Ok(AlarmsPage { alarms, next })
    }

    /// The alarm is there.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub fn has_alarm(&self, id: Uuid) -> Result<bool, Unanswered> {
        Ok(self.search.alarm(id)?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_wanted_and_holds_no_personal_number() {
        let event = |note: &str| FollowUp { state: AlarmState::Explained, note: note.to_owned() }.event(Uuid::nil());
        assert_eq!(event("Kollegaen har borgerens sag.").expect("a note").facts["state"], "explained");
        for note in ["", "kort", "Det var 010101-9999, som ringede", "en\u{7}klokke ringer", &"x".repeat(1001)] {
            assert_eq!(event(note).expect_err("refused").field, "note");
        }
    }

    #[test]
    fn a_page_goes_on_where_the_one_before_ended() {
        let at = "2026-11-24T08:00:00.000001Z".parse().expect("a moment");
        let id = Uuid::from_u128(9);
        assert_eq!(read(&write(at, id)), Some((at, id)));
        for text in ["", "1", "x.y", "1.0101019999"] {
            assert_eq!(read(text), None);
        }
    }
}
