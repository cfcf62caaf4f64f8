//! Objections as they are recorded and told.

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::NotRun;
use super::objection::{Event, Objections, What};
use super::room::TargetRuns;
use crate::audit::{AuditedCaller, Pseudonym, Request, entry_id};

/// One thing that is said of a citizen's objections.
#[derive(Debug, Clone)]
pub struct ObjectionAsked {
    /// The citizen, by the number in force.
    pub citizen: Pseudonym,
    /// All numbers of the citizen, that one among them.
    pub numbers: Vec<Pseudonym>,
    /// Code of the rule; every rule where there is none.
    pub rule: Option<String>,
    /// What is said; nothing where it is only asked what stands.
    pub what: Option<What>,
    /// [DK] journalnummer: where it is filed.
    pub document: Option<String>,
}

/// What stands of a citizen's objections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupObjections)]
pub struct ObjectionsView {
    /// Each of them.
    pub objections: Vec<ObjectionView>,
}

/// One objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetGroupObjection)]
pub struct ObjectionView {
    /// Code of the rule; `null` for every rule, also those to come.
    #[schema(example = "fifty_plus")]
    pub rule: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

impl TargetRuns {
    /// All numbers of whoever has this one, as far as is remembered: the pseudonym in force first. Never empty.
    pub fn numbers_of(&self, number: &CprNumber) -> Vec<Pseudonym> {
        self.lent.people.known_numbers(number)
    }

    /// Records what is said, and tells what stands then. What stands already is not recorded again.
    ///
    /// # Errors
    /// [`NotRun`].
    pub async fn object(
        &self,
        request: &Request,
        by: Option<AuditedCaller>,
        asked: &ObjectionAsked,
    ) -> Result<ObjectionsView, NotRun> {
        let (_, ledger) = self.places()?;
        let standing = || {
            let events = ledger.objections()?;
            let known = Objections::of(&events, &self.lent.people.former_pseudonyms());
            Ok::<_, NotRun>(known.of_citizen(&asked.numbers))
        };
        let before = standing()?;
        let stands = before.iter().any(|(rule, _)| *rule == asked.rule);
        let is_known = |rule: &String| self.config.target_groups.rule(rule).is_some();
        if asked.what == Some(What::Added) && !asked.rule.as_ref().is_none_or(is_known) {
            return Err(NotRun::UnknownRule);
        }
        let is_news = match asked.what {
            Some(What::Added) => !stands,
            Some(What::Withdrawn) => stands,
            Some(What::Moved { .. }) | None => false,
        };
        if let Some(what) = asked.what.filter(|_| is_news) {
            let now = self.lent.clock.now();
            let mut random = [0_u8; 10];
            self.lent.random.fill(&mut random);
            let event = Event {
                id: entry_id(now, random),
                citizen: asked.citizen,
                rule: asked.rule.clone(),
                what,
                at: now,
                by: by.as_ref().map(|by| by.employee.clone()),
                document: asked.document.clone(),
            };
            self.put_objection(request, by, event).await?;
        } else {
            let what = "target_objections_read".to_owned();
            let event = crate::audit::AuditedEvent { what, ..crate::audit::AuditedEvent::default() };
            self.lent.audit.record_by(request, by, Some(&asked.citizen), event).await?;
        }
        let objections = standing()?.into_iter().map(|(rule, since)| ObjectionView { rule, since });
        Ok(ObjectionsView { objections: objections.collect() })
    }
}
