//! Whose row a number leads to. Two numbers are one citizen only because the civil register said so.

use glasplade_adapters::contract::CprNumber;

use super::Poller;
use crate::audit::Pseudonym;
use crate::target_groups::index::{Changing, CitizenRow, IndexError};

impl Poller {
    /// The row of whoever has this number, by the number in force; a new one where there is none yet.
    pub(super) fn citizen(
        &self,
        change: &Changing<'_>,
        number: &CprNumber,
    ) -> Result<(Pseudonym, CitizenRow), IndexError> {
        let in_force = self.people.aliases().in_force(number);
        if in_force != *number {
            // Somebody has looked the citizen up since the row was written.
            self.rename(change, number, &in_force)?;
        }
        let who = self.pseudonyms.of(&in_force);
        let known = change.whose_former(&who)?;
        let (who, row) = match known {
            Some(known) => match change.citizen(&known)? {
                Some(row) => (known, Some(row)),
                None => (who, change.citizen(&who)?),
            },
            None => (who, change.citizen(&who)?),
        };
        Ok((who, row.unwrap_or_else(|| CitizenRow::new(self.seal.seal(&who, &in_force)))))
    }

    /// The citizen with the number `from` has the number `to` now. What was known under the old one is known under the new one,
    /// which stays right where both knew of a case.
    pub(super) fn rename(&self, change: &Changing<'_>, from: &CprNumber, to: &CprNumber) -> Result<(), IndexError> {
        let (old, new) = (self.pseudonyms.of(from), self.pseudonyms.of(to));
        let Some(known) = change.citizen(&old)?.filter(|_| old != new) else { return Ok(()) };
        let mut row = match change.citizen(&new)? {
            Some(row) => row,
            None => CitizenRow::new(self.seal.seal(&new, to)),
        };
        for fact in known.facts {
            let key = fact.key;
            if change.holders(key)?.contains(&old) {
                change.hold(key, &new)?;
            }
            if row.facts.iter().all(|known| known.key != key) {
                row.take(fact);
            }
        }
        change.put_citizen(&new, &row)?;
        change.put_former(&old, &self.seal.seal(&old, from), &new)?;
        change.forget_citizen(&old).map(drop)
    }

    /// Writes the row of somebody who has a case no longer, though nobody said that it ended. Before they go, the register may say
    /// that they have another number now; where there is none, nobody could.
    pub(super) fn put_leaving(
        &self,
        change: &Changing<'_>,
        who: &Pseudonym,
        row: &CitizenRow,
    ) -> Result<(), IndexError> {
        if self.people.id().is_some() { change.put_leaving(who, row) } else { change.put_citizen(who, row) }
    }

    /// All numbers of a row's citizen, the one in force first; none when they were sealed under another key.
    pub(super) fn numbers(
        &self,
        change: &Changing<'_>,
        who: &Pseudonym,
        row: &CitizenRow,
    ) -> Result<Vec<CprNumber>, IndexError> {
        let formers = change.formers(who)?;
        let mut numbers: Vec<CprNumber> = self.seal.open(who, &row.number).into_iter().collect();
        numbers.extend(formers.iter().filter_map(|(former, number)| self.seal.open(former, number)));
        Ok(numbers)
    }
}
