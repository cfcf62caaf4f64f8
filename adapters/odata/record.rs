//! One row of a case list → one record, by a vocabulary. Pure.

use std::sync::Arc;

use serde_json::Value;

use super::fields::{Fields, Misfit};
use super::{Vocabulary, day};
use crate::contract::{
    About, Actor, ActorRole, CaseStatus, CaseType, JoinKeys, PartyRole, QualityFlag, Record, RecordKind, Sensitivity,
    SourceId, Status,
};

/// What stands for a state that the row does not have. Shown to people.
const NO_STATUS: &str = "Uoplyst";

impl Vocabulary {
    /// The row as a record. A row without a usable id, or with a value of a wrong type, is a [`Misfit`].
    ///
    /// A number that is there but is not a personal number is a misfit too: the row is about somebody, and we cannot say
    /// that it is the citizen asked for.
    pub(crate) fn record(&self, source: &SourceId, row: &Value) -> Result<Record, Misfit> {
        let row = Fields::of(row)?;
        let id = row.text(self.id)?.filter(|id| is_plain(id)).ok_or(Misfit)?;
        let number = row.text(self.number)?;
        let mut flags = Vec::new();
        let about = self.about(row)?;
        if about == About::Unstated {
            flags.push(QualityFlag::CitizenNotStated);
        }
        let status = self.status(row, &mut flags)?;
        let (code, name) = row.coded(self.case_type, &self.coded)?;
        Ok(Record {
            source: source.clone(),
            native_id: Arc::from(id),
            kind: RecordKind::Case,
            about,
            party_role: PartyRole::Primary,
            keys: JoinKeys { uuid: None, numbers: number.iter().cloned().collect(), master: None },
            number,
            title: row.text(self.title)?,
            status,
            opened: None,
            closed: None,
            last_changed: None,
            deadline: self.deadline(row, &mut flags)?,
            unit: None,
            actors: self.actors(row)?,
            kle: None,
            law: None,
            case_type: CaseType { code, name, template: None },
            sensitivity: row.flag(self.sensitive)?.unwrap_or(false).then_some(Sensitivity::Screened),
            screened_to: Vec::new(),
            relations: Vec::new(),
            consents: Vec::new(),
            link: None,
            flags,
        })
    }

    fn about(&self, row: Fields<'_>) -> Result<About, Misfit> {
        let Some(person) = row.fields(self.citizen.navigation)? else { return Ok(About::Unstated) };
        let number = person.personal_number(self.citizen.personal_number)?;
        Ok(number.map_or(About::Unstated, |number| About::Stated(vec![number])))
    }

    fn status(&self, row: Fields<'_>, flags: &mut Vec<QualityFlag>) -> Result<Status, Misfit> {
        let (key, title) = row.coded(self.status, &self.coded)?;
        let known = key.as_deref().and_then(|key| self.status_of(key));
        if known.is_none() {
            flags.push(QualityFlag::UnknownStatus);
        }
        let raw = title.or(key).unwrap_or_else(|| NO_STATUS.to_owned());
        Ok(Status::new(known.unwrap_or(CaseStatus::Other), raw))
    }

    fn deadline(&self, row: Fields<'_>, flags: &mut Vec<QualityFlag>) -> Result<Option<jiff::civil::Date>, Misfit> {
        let Some(names) = &self.deadline else { return Ok(None) };
        let Some(deadline) = row.fields(names.navigation)? else { return Ok(None) };
        let Some(text) = deadline.text(names.day)? else { return Ok(None) };
        Ok(day(&text).unwrap_or_else(|_| {
            flags.push(QualityFlag::UnreadableTime);
            None
        }))
    }

    fn actors(&self, row: Fields<'_>) -> Result<Vec<Actor>, Misfit> {
        let mut actors = Vec::new();
        if let Some(caseworker) = row.fields(self.caseworker.navigation)? {
            let name = caseworker.text(self.caseworker.name)?;
            let email = caseworker.text(self.caseworker.email)?.map(|email| email.to_lowercase());
            let native_id = caseworker.text(self.caseworker.id)?;
            if name.is_some() || email.is_some() {
                actors.push(Actor { native_id, name, email, ..Actor::person(ActorRole::Primary) });
            }
        }
        let others = self.other_caseworkers.map(|name| row.text(name)).transpose()?.flatten().unwrap_or_default();
        let names = others.split([',', ';']).map(str::trim).filter(|name| !name.is_empty());
        actors.extend(names.map(|name| Actor { name: Some(name.to_owned()), ..Actor::person(ActorRole::Other) }));
        Ok(actors)
    }
}

/// An id goes into the path of the next call, so it may hold nothing that a path gives a meaning to.
fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
