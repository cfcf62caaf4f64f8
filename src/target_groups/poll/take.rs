//! One row of a source becomes one fact of the index, by the same matchers as in an overview.

use glasplade_adapters::contract::{About, CprNumber, PersonId, QualityFlag, Record, Sensitivity};

use super::made::{Belonging, Nature, Own};
use super::{Poller, RowTrouble, Taking};
use crate::audit::Pseudonym;
use crate::target_groups::index::{Changing, CitizenRow, FactKey, IndexError, IndexedFact};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Its fact stands in the citizen's row.
    In,
    /// Its details did not come: what was known stands, if anything was.
    AsKnown,
    /// No rule asks for it; what was known of it is dropped.
    Out,
}

/// Whose row it is.
///
/// # Errors
/// Why it is nobody's in the index.
pub(super) fn citizen(record: &Record) -> Result<CprNumber, RowTrouble> {
    match &record.about {
        About::Stated(people) => match people.as_slice() {
            [PersonId::Cpr(number)] => Ok(*number),
            [_] => Err(RowTrouble::ReplacementNumber),
            _ => Err(RowTrouble::WithoutOneCitizen),
        },
        About::Unstated => Err(RowTrouble::WithoutOneCitizen),
    }
}

/// By what a fact of a citizen is known to have been told: the case and the citizen, both keyed already.
pub(super) fn told_key(key: FactKey, who: &Pseudonym) -> u64 {
    let mut bytes = [0_u8; 8];
    bytes.copy_from_slice(&who.bytes()[..8]);
    key.0 ^ u64::from_be_bytes(bytes)
}

impl Poller {
    /// The key of a source's case.
    pub(super) fn key(&self, record: &Record) -> FactKey {
        self.keys.fact(record.source.as_str(), &record.native_id)
    }

    /// Puts what the row tells into the citizen's row, which is still to be written.
    pub(super) fn take(
        &self,
        change: &mut Changing<'_>,
        taking: &Taking,
        who: &Pseudonym,
        row: &mut CitizenRow,
        record: &Record,
    ) -> Result<Taken, IndexError> {
        let key = self.key(record);
        let category = self.classifier.classify(record).category.code.as_str();
        if !taking.takes(record, category, &self.classifier) {
            change.drop_facts(who, row, |fact| fact.key == key)?;
            return Ok(Taken::Out);
        }
        // A fact that lacks its unit or its sensitivity could be told to whom it must not be.
        if record.flags.contains(&QualityFlag::DetailsMissing) {
            return Ok(Taken::AsKnown);
        }
        row.take(self.fact(change, taking, key, record)?);
        Ok(Taken::In)
    }

    fn fact(
        &self,
        change: &mut Changing<'_>,
        taking: &Taking,
        key: FactKey,
        record: &Record,
    ) -> Result<IndexedFact, IndexError> {
        let source = change.code(record.source.as_str())?;
        let mut code = |text: &str| change.code(text);
        let nature = Nature::of(record, &self.classifier, taking, &mut code)?;
        let belonging = Belonging::of(record, &self.classifier, &mut code)?;
        let uuid = record.keys.uuid.map(|uuid| self.keys.uuid(uuid));
        let owner = belonging.owner.as_ref();
        let numbers = record.keys.numbers.iter().zip(std::iter::repeat(owner));
        let numbers = numbers.filter_map(|(number, owner)| Some(self.keys.number(owner?.as_str(), number)));
        let own = Own {
            key,
            joins: uuid.into_iter().chain(numbers).collect(),
            stated_level: record.sensitivity.map_or(0, Sensitivity::level),
            is_screened: !record.screened_to.is_empty(),
            is_active: record.status.normal.is_active(),
            opened: record.opened,
            last_day: record.last_day(),
        };
        Ok(own.fact(source, &nature, &belonging, taking))
    }
}
