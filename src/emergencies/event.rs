//! One emergency look-up and what became of it, folded from its events. Pure.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{EmergencyCode, EmergencyGround};
use crate::audit::Pseudonym;
use crate::working_days::end_of;

/// [DK] lederens vurdering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// [DK] berettiget.
    Justified,
    /// [DK] ikke berettiget.
    NotJustified,
    /// [DK] skal belyses mere: stays open, and its days begin anew.
    NeedsMore,
}

impl Judgement {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::NotJustified => "not_justified",
            Self::NeedsMore => "needs_more",
        }
    }
}

/// How the citizen was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeForm {
    /// [DK] digital post.
    DigitalPost,
    /// [DK] brev.
    Letter,
    /// [DK] mundtligt.
    Oral,
}

impl NoticeForm {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DigitalPost => "digital_post",
            Self::Letter => "letter",
            Self::Oral => "oral",
        }
    }
}

/// Why the citizen is not told, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldBack {
    /// [DK] et barn kommer i fare.
    ChildAtRisk,
    /// [DK] efterforskning.
    Investigation,
    /// [DK] hensyn til en anden.
    ThirdParty,
    /// [DK] anden lovbestemmelse: the note names it.
    OtherStatute,
}

impl HoldBack {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChildAtRisk => "child_at_risk",
            Self::Investigation => "investigation",
            Self::ThirdParty => "third_party",
            Self::OtherStatute => "other_statute",
        }
    }
}

/// Why it went to the data protection officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Escalation {
    /// Neither the staff directory nor configuration names a leader.
    NoLeader,
    /// Nobody judged it in time.
    Overdue,
}

impl Escalation {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoLeader => "no_leader",
            Self::Overdue => "overdue",
        }
    }
}

/// What happened to an emergency after it was opened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// Its leader judged it.
    Judged {
        /// How.
        judgement: Judgement,
        /// Why, in the leader's words.
        note: String,
        /// Of [`Judgement::NeedsMore`]: the first moment at which the next judgement is late.
        judge_by: Option<Timestamp>,
    },
    /// The citizen was told.
    Told {
        /// Day.
        on: Date,
        /// How.
        form: NoticeForm,
    },
    /// A reason stands against telling the citizen.
    HeldBack {
        /// Which.
        code: HoldBack,
        /// In words.
        note: String,
        /// Last day of it.
        until: Date,
    },
    /// It went to the data protection officer.
    Escalated {
        /// Why.
        why: Escalation,
    },
    /// [DK] nære pårørende: whom the civil register named beside the citizen. They neither see nor judge it.
    Related {
        /// Who.
        people: Vec<Pseudonym>,
    },
}

impl What {
    /// The word in the ledger, and behind `emergency_` in the audit.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Judged { .. } => "judged",
            Self::Told { .. } => "told",
            Self::HeldBack { .. } => "held_back",
            Self::Escalated { .. } => "escalated",
            Self::Related { .. } => "related",
        }
    }

    /// Nothing of its kind may follow.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Judged { judgement, .. } => *judgement != Judgement::NeedsMore,
            Self::Told { .. } => true,
            Self::HeldBack { .. } | Self::Escalated { .. } | Self::Related { .. } => false,
        }
    }
}

/// The word alone: a note may be about the citizen.
impl fmt::Debug for What {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// One event after the opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Employee id of who did it; nobody where it followed from the time.
    pub by: Option<String>,
    /// What.
    pub what: What,
}

/// [DK] leder, as the staff directory named them at the opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderThen {
    /// The leader's user.
    pub user: Uuid,
    /// The leader's employee id, where the directory gave one.
    pub employee: Option<String>,
}

/// [DK] nødopslag: one employee about one citizen, for an hour, and what became of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Emergency {
    /// The emergency (UUID version 7: sorts by time).
    pub id: Uuid,
    /// The citizen's numbers, as far as known then.
    pub citizen: Vec<Pseudonym>,
    /// Who opened it.
    pub employee: String,
    /// Their department.
    pub department: Option<String>,
    /// Their unit.
    pub unit: Option<String>,
    /// Their leader, when the directory said it in time.
    pub leader: Option<LeaderThen>,
    /// Why, as a code.
    pub code: EmergencyCode,
    /// Why, in their own words.
    pub reason: String,
    /// The citizen had refused to share with them.
    pub after_refusal: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// First moment after it.
    pub ends_at: Timestamp,
    /// First moment at which a judgement is late, by the rules of its day.
    pub judge_by: Timestamp,
    /// First moment at which the citizen's notice is late, by the rules of its day.
    pub tell_by: Timestamp,
    /// What happened then, oldest first.
    pub events: Vec<Event>,
}

impl fmt::Debug for Emergency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Emergency").field("id", &self.id).field("code", &self.code).finish_non_exhaustive()
    }
}

/// Where the leader's judgement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgementState {
    /// Waits for a judgement.
    Open,
    /// Judged for good.
    Judged,
    /// Waits, and the time is up.
    Overdue,
}

/// Where the citizen's notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Is to be given.
    Due,
    /// Is to be given, and the time is up.
    Overdue,
    /// Was given.
    Told,
    /// A coded reason stands against it for now.
    HeldBack,
}

impl Emergency {
    /// As the policies read it.
    pub fn ground(&self) -> EmergencyGround {
        let reason = self.code.as_str().to_owned();
        EmergencyGround { id: self.id, reason, opened_at: self.opened_at, ends_at: self.ends_at }
    }

    /// First moment at which a judgement is late: of the opening, or of the last call for more.
    pub fn judge_by(&self) -> Timestamp {
        let next = self.events.iter().rev().find_map(|event| match &event.what {
            What::Judged { judge_by, .. } => Some(*judge_by),
            _ => None,
        });
        next.flatten().unwrap_or(self.judge_by)
    }

    /// Where the judgement stands at this moment.
    pub fn judgement_state(&self, now: Timestamp) -> JudgementState {
        let is_final = |event: &Event| matches!(event.what, What::Judged { .. }) && event.what.is_final();
        if self.events.iter().any(is_final) {
            JudgementState::Judged
        } else if now >= self.judge_by() {
            JudgementState::Overdue
        } else {
            JudgementState::Open
        }
    }

    /// First moment at which the notice is late. What is held back is due when the reason ends, and never before its time.
    pub fn tell_by(&self) -> Timestamp {
        match self.held_back() {
            Some((_, until)) => self.tell_by.max(end_of(until)),
            None => self.tell_by,
        }
    }

    /// Where the notice stands at this moment.
    pub fn notice_state(&self, now: Timestamp) -> NoticeState {
        if self.told().is_some() {
            return NoticeState::Told;
        }
        if self.held_back().is_some_and(|(_, until)| now < end_of(until)) {
            return NoticeState::HeldBack;
        }
        if now >= self.tell_by() { NoticeState::Overdue } else { NoticeState::Due }
    }

    /// When and how the citizen was told.
    pub fn told(&self) -> Option<(Date, NoticeForm)> {
        self.events.iter().find_map(|event| match &event.what {
            What::Told { on, form } => Some((*on, *form)),
            _ => None,
        })
    }

    /// The reason against telling that was given last, and its last day.
    pub fn held_back(&self) -> Option<(HoldBack, Date)> {
        self.events.iter().rev().find_map(|event| match &event.what {
            What::HeldBack { code, until, .. } => Some((*code, *until)),
            _ => None,
        })
    }

    /// It is about this person, or about somebody close to them.
    pub fn concerns(&self, person: &Pseudonym) -> bool {
        let is_named = |event: &Event| matches!(&event.what, What::Related { people } if people.contains(person));
        self.citizen.contains(person) || self.events.iter().any(is_named)
    }

    /// It went to the data protection officer, for this reason.
    pub fn is_escalated(&self, why: Escalation) -> bool {
        self.events.iter().any(|event| event.what == What::Escalated { why })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::civil::date;

    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    pub(in crate::emergencies) fn emergency(events: Vec<What>) -> Emergency {
        let opened_at = moment("2026-11-24T09:00:00+01:00");
        Emergency {
            id: Uuid::from_u128(1),
            citizen: Vec::new(),
            employee: "az10009".to_owned(),
            department: Some("MSB".to_owned()),
            unit: Some("VAGT".to_owned()),
            leader: None,
            code: EmergencyCode::Life,
            reason: "Borgeren har truet med at springe".to_owned(),
            after_refusal: false,
            opened_at,
            ends_at: moment("2026-11-24T10:00:00+01:00"),
            judge_by: moment("2026-11-27T00:00:00+01:00"),
            tell_by: moment("2026-12-09T00:00:00+01:00"),
            events: events.into_iter().map(|what| Event { at: opened_at, by: None, what }).collect(),
        }
    }

    fn judged(judgement: Judgement, judge_by: Option<&str>) -> What {
        What::Judged { judgement, note: String::new(), judge_by: judge_by.map(moment) }
    }

    #[test]
    fn it_is_late_from_the_first_moment_after_its_time_and_never_once_it_is_judged() {
        let state = |events: Vec<What>, now: &str| emergency(events).judgement_state(moment(now));
        assert_eq!(state(vec![], "2026-11-26T23:59:59.999+01:00"), JudgementState::Open);
        assert_eq!(state(vec![], "2026-11-27T00:00:00+01:00"), JudgementState::Overdue);
        for judgement in [Judgement::Justified, Judgement::NotJustified] {
            assert_eq!(state(vec![judged(judgement, None)], "2027-11-27T00:00:00+01:00"), JudgementState::Judged);
        }
    }

    #[test]
    fn a_call_for_more_leaves_it_open_until_a_later_moment() {
        let more = || judged(Judgement::NeedsMore, Some("2026-12-01T00:00:00+01:00"));
        let state = |events: Vec<What>, now: &str| emergency(events).judgement_state(moment(now));
        assert_eq!(state(vec![more()], "2026-11-30T23:00:00+01:00"), JudgementState::Open);
        assert_eq!(state(vec![more()], "2026-12-01T00:00:00+01:00"), JudgementState::Overdue);
        let then = vec![more(), judged(Judgement::Justified, None)];
        assert_eq!(state(then, "2026-12-02T00:00:00+01:00"), JudgementState::Judged);
    }

    #[test]
    fn the_notice_is_due_held_back_and_due_again_until_it_is_given() {
        let held = |until| What::HeldBack { code: HoldBack::ChildAtRisk, note: String::new(), until };
        let told = What::Told { on: date(2026, 12, 1), form: NoticeForm::Letter };
        let state = |events: Vec<What>, now: &str| emergency(events).notice_state(moment(now));
        assert_eq!(state(vec![], "2026-12-08T23:59:59+01:00"), NoticeState::Due);
        assert_eq!(state(vec![], "2026-12-09T00:00:00+01:00"), NoticeState::Overdue);
        let long = || vec![held(date(2027, 3, 1))];
        assert_eq!(state(long(), "2027-03-01T23:59:59+01:00"), NoticeState::HeldBack);
        assert_eq!(state(long(), "2027-03-02T00:00:00+01:00"), NoticeState::Overdue);
        let short = || vec![held(date(2026, 12, 1))];
        assert_eq!(state(short(), "2026-12-02T00:00:00+01:00"), NoticeState::Due, "not before its own time");
        assert_eq!(state(short(), "2026-12-09T00:00:00+01:00"), NoticeState::Overdue);
        assert_eq!(state(vec![held(date(2027, 3, 1)), told], "2028-01-01T00:00:00Z"), NoticeState::Told);
    }

    #[test]
    fn debug_tells_neither_reason_nor_note_nor_who() {
        let emergency = emergency(vec![judged(Judgement::Justified, None)]);
        let shown = format!("{emergency:?} {:?}", emergency.events[0].what);
        assert!(!shown.contains("truet") && !shown.contains("az10009"), "{shown}");
    }
}
