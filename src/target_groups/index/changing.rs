//! One change under way: citizens, their numbers, and what names them.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::reading::{at_most, citizen_of, citizens_after, read_citizen};
use super::tables::NEVER;
use super::{CitizenRow, CodeId, Codes, FactKey, IndexError, IndexedFact, Sealed};
use crate::audit::Pseudonym;
use crate::target_groups::Day;

/// One change under way: all of it, or none.
#[derive(Debug)]
pub struct Changing<'a> {
    pub(super) transaction: Transaction<'a>,
    codes: Codes,
}

impl<'a> Changing<'a> {
    pub(super) fn new(transaction: Transaction<'a>, codes: Codes) -> Self {
        Self { transaction, codes }
    }

    pub(super) fn commit(self) -> Result<(), IndexError> {
        {
            let mut statement = self.transaction.prepare_cached("INSERT INTO code (id, text) VALUES (?1, ?2)")?;
            for (id, text) in self.codes.unkept() {
                statement.execute(params![id.0, &**text])?;
            }
        }
        Ok(self.transaction.commit()?)
    }

    /// The codes.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The number of a code, a new one if it has none.
    ///
    /// # Errors
    /// [`IndexError::TooManyCodes`].
    pub fn code(&mut self, text: &str) -> Result<CodeId, IndexError> {
        self.codes.id(text).ok_or(IndexError::TooManyCodes)
    }

    /// A citizen's row.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn citizen(&self, who: &Pseudonym) -> Result<Option<CitizenRow>, IndexError> {
        read_citizen(&self.transaction, who)
    }

    /// The citizens after this one, by pseudonym: at most so many.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn citizens_after(
        &self,
        after: Option<&Pseudonym>,
        count: usize,
    ) -> Result<Vec<(Pseudonym, CitizenRow)>, IndexError> {
        citizens_after(&self.transaction, after, count)
    }

    /// Writes a citizen's row. One without facts is deleted: the index holds citizens with a case, and nobody else.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_citizen(&self, who: &Pseudonym, row: &CitizenRow) -> Result<(), IndexError> {
        if row.facts.is_empty() {
            return self.forget_citizen(who).map(drop);
        }
        let sql = "INSERT INTO citizen (who, asked, body) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (who) DO UPDATE SET body = excluded.body";
        self.transaction.prepare_cached(sql)?.execute(params![who.bytes().as_slice(), NEVER, row.bytes()])?;
        Ok(())
    }

    /// Writes the row of somebody who has lost a case nobody knows to whom: perhaps to themselves under a new number. The person
    /// register is asked about them before others, and a row without facts holds nothing but its number until then.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_leaving(&self, who: &Pseudonym, row: &CitizenRow) -> Result<(), IndexError> {
        let is_empty = row.facts.is_empty();
        let left = is_empty.then(|| CitizenRow::new(row.number.clone()));
        let sql = "UPDATE citizen SET asked = ?2, body = ?3 WHERE who = ?1";
        let body = left.as_ref().unwrap_or(row).bytes();
        self.transaction.prepare_cached(sql)?.execute(params![who.bytes().as_slice(), NEVER, body])?;
        Ok(())
    }

    /// Deletes a citizen: the row, and what names them. Tells whether there was one.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn forget_citizen(&self, who: &Pseudonym) -> Result<bool, IndexError> {
        let bytes = who.bytes().as_slice();
        match self.citizen(who) {
            Ok(row) => {
                for fact in row.iter().flat_map(|row| &row.facts) {
                    self.release(fact.key, who)?;
                }
            }
            // Nobody knows any more which cases these were; deleting is right all the same, and slow.
            Err(IndexError::Damaged(_)) => {
                self.transaction.prepare_cached("DELETE FROM holder WHERE who = ?1")?.execute([bytes])?;
            }
            Err(error) => return Err(error),
        }
        self.transaction.prepare_cached("DELETE FROM former WHERE who = ?1")?.execute([bytes])?;
        Ok(self.transaction.prepare_cached("DELETE FROM citizen WHERE who = ?1")?.execute([bytes])? > 0)
    }

    /// Drops the facts of a row that `goes` names, and forgets whose those cases were. Tells whether there were any; the row is
    /// still to be written.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn drop_facts(
        &self,
        who: &Pseudonym,
        row: &mut CitizenRow,
        goes: impl Fn(&IndexedFact) -> bool,
    ) -> Result<bool, IndexError> {
        for fact in row.facts.iter().filter(|fact| goes(fact)) {
            self.release(fact.key, who)?;
        }
        Ok(row.drop_facts(goes))
    }

    /// Whether the person register was asked about this citizen since they came, or began to leave.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn was_ever_asked(&self, who: &Pseudonym) -> Result<bool, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT asked FROM citizen WHERE who = ?1")?;
        let asked: Option<i32> = statement.query_row([who.bytes().as_slice()], |row| row.get(0)).optional()?;
        Ok(asked.is_some_and(|asked| asked != NEVER))
    }

    /// The citizens about whom the person register was last asked before this day, longest ago first: at most so many.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn asked_before(&self, day: Day, count: usize) -> Result<Vec<(Pseudonym, CitizenRow)>, IndexError> {
        let sql = "SELECT who, body FROM citizen WHERE asked < ?1 ORDER BY asked, who LIMIT ?2";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query(params![day.0, at_most(count)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(citizen_of(row)?);
        }
        Ok(found)
    }

    /// How many citizens there are, and about how many of them the person register was last asked before this day.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn count_asked_before(&self, day: Day) -> Result<(u64, u64), IndexError> {
        let count = |sql: &str, day: i32| -> Result<u64, IndexError> {
            let count: i64 = self.transaction.prepare_cached(sql)?.query_row([day], |row| row.get(0))?;
            Ok(count.cast_unsigned())
        };
        Ok((
            count("SELECT count(*) FROM citizen WHERE asked >= ?1", NEVER)?,
            count("SELECT count(*) FROM citizen WHERE asked < ?1", day.0)?,
        ))
    }

    /// The person register was asked about this citizen on this day, whatever it answered.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn was_asked(&self, who: &Pseudonym, day: Day) -> Result<(), IndexError> {
        let mut statement = self.transaction.prepare_cached("UPDATE citizen SET asked = ?2 WHERE who = ?1")?;
        statement.execute(params![who.bytes().as_slice(), day.0])?;
        Ok(())
    }

    /// Who has this former number, as the person register told.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn whose_former(&self, former: &Pseudonym) -> Result<Option<Pseudonym>, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT who FROM former WHERE former = ?1")?;
        let who: Option<Vec<u8>> = statement.query_row([former.bytes().as_slice()], |row| row.get(0)).optional()?;
        let read = |who: Vec<u8>| Pseudonym::from_bytes(&who).ok_or(IndexError::Damaged("a former number"));
        who.map(read).transpose()
    }

    /// The former numbers of a citizen, sealed for the row of their own pseudonyms.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn formers(&self, who: &Pseudonym) -> Result<Vec<(Pseudonym, Sealed)>, IndexError> {
        let sql = "SELECT former, number FROM former WHERE who = ?1 ORDER BY former";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query([who.bytes().as_slice()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let former = row.get_ref(0)?.as_blob().ok().and_then(Pseudonym::from_bytes);
            let number = row.get_ref(1)?.as_blob().ok().map(Sealed::from_bytes);
            found.push(former.zip(number).ok_or(IndexError::Damaged("a former number"))?);
        }
        Ok(found)
    }

    /// This number is a former one of `who`, and so are all that were its own former ones.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_former(&self, former: &Pseudonym, number: &Sealed, who: &Pseudonym) -> Result<(), IndexError> {
        let (former, who) = (former.bytes().as_slice(), who.bytes().as_slice());
        self.transaction
            .prepare_cached("UPDATE former SET who = ?2 WHERE who = ?1 AND former <> ?2")?
            .execute(params![former, who])?;
        // The number in force is nobody's former one.
        self.transaction.prepare_cached("DELETE FROM former WHERE former = ?1")?.execute([who])?;
        let sql = "INSERT INTO former (former, who, number) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (former) DO UPDATE SET who = excluded.who";
        self.transaction.prepare_cached(sql)?.execute(params![former, who, number.bytes()])?;
        Ok(())
    }

    /// The person register no longer says that this is anybody's former number.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn drop_former(&self, former: &Pseudonym) -> Result<(), IndexError> {
        self.transaction
            .prepare_cached("DELETE FROM former WHERE former = ?1")?
            .execute([former.bytes().as_slice()])?;
        Ok(())
    }

    /// Whose this case is known to be, where its source tells changes.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn holders(&self, key: FactKey) -> Result<Vec<Pseudonym>, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT who FROM holder WHERE key = ?1")?;
        let rows = statement.query_map([key.0.cast_signed()], |row| row.get::<_, Vec<u8>>(0))?;
        let holders = rows.map(|row| Pseudonym::from_bytes(&row?).ok_or(IndexError::Damaged("a holder of a case")));
        holders.collect()
    }

    /// Remembers whose this case is.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn hold(&self, key: FactKey, who: &Pseudonym) -> Result<(), IndexError> {
        let mut statement =
            self.transaction.prepare_cached("INSERT OR IGNORE INTO holder (key, who) VALUES (?1, ?2)")?;
        statement.execute(params![key.0.cast_signed(), who.bytes().as_slice()])?;
        Ok(())
    }

    /// This case is no longer theirs.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn release(&self, key: FactKey, who: &Pseudonym) -> Result<(), IndexError> {
        let mut statement = self.transaction.prepare_cached("DELETE FROM holder WHERE key = ?1 AND who = ?2")?;
        statement.execute(params![key.0.cast_signed(), who.bytes().as_slice()])?;
        Ok(())
    }
}
