//! What stands in the index beside citizens: what a reading has seen, and states by kind and name.

use rusqlite::params;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reading::{names, read_state};
use super::{Changing, IndexError};

impl Changing<'_> {
    /// Remembers what one page of a whole reading has told.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_seen(&self, source: &str, page: u32, keys: &[u64]) -> Result<(), IndexError> {
        let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
        let sql = "INSERT OR REPLACE INTO seen (source, page, keys) VALUES (?1, ?2, ?3)";
        self.transaction.prepare_cached(sql)?.execute(params![source, page, bytes])?;
        Ok(())
    }

    /// Everything that the reading under way has told, sorted: eight bytes a fact.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn seen(&self, source: &str) -> Result<Vec<u64>, IndexError> {
        let mut statement = self.transaction.prepare_cached("SELECT keys FROM seen WHERE source = ?1 ORDER BY page")?;
        let mut rows = statement.query([source])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob().map_err(|_| IndexError::Damaged("a page of a reading"))?;
            let (words, rest) = bytes.as_chunks::<8>();
            if !rest.is_empty() {
                return Err(IndexError::Damaged("a page of a reading"));
            }
            keys.extend(words.iter().map(|word| u64::from_be_bytes(*word)));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// Forgets what readings of the source have told: the next one begins.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn clear_seen(&self, source: &str) -> Result<(), IndexError> {
        self.transaction.prepare_cached("DELETE FROM seen WHERE source = ?1")?.execute([source])?;
        Ok(())
    }

    /// A state.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn state<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>, IndexError> {
        read_state(&self.transaction, kind, name)
    }

    /// Writes a state.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put_state<T: Serialize>(&self, kind: &str, name: &str, state: &T) -> Result<(), IndexError> {
        let body = serde_json::to_vec(state).map_err(|_| IndexError::Damaged("a state"))?;
        let sql = "INSERT OR REPLACE INTO state (kind, name, body) VALUES (?1, ?2, ?3)";
        self.transaction.prepare_cached(sql)?.execute(params![kind, name, body])?;
        Ok(())
    }

    /// Drops a state. Tells whether there was one.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn drop_state(&self, kind: &str, name: &str) -> Result<bool, IndexError> {
        let mut statement = self.transaction.prepare_cached("DELETE FROM state WHERE kind = ?1 AND name = ?2")?;
        Ok(statement.execute([kind, name])? > 0)
    }

    /// Names of all states of a kind, in order.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn names(&self, kind: &str) -> Result<Vec<String>, IndexError> {
        names(&self.transaction, kind)
    }
}
