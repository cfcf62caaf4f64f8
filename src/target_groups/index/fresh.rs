//! A fresh index beside the one in use: written once, in the order of its keys, and put in the other's place whole.
//!
//! It lies in a file of its own name, and the index's name becomes a link to it, at once: the database keeps a log and a map of it
//! beside the file, by the file's name, and those of two indexes must never meet. Whoever has the old one open reads on in it, and
//! finds the fresh one with the next change or reading.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, Statement, Transaction, params, params_from_iter};
use serde::Serialize;

use super::error::FORMAT;
use super::reading::read_state;
use super::tables::TABLES;
use super::{CitizenRow, Codes, IndexError};
use crate::audit::Pseudonym;

/// Pages of the fresh file that are kept in memory, in KiB: it is written from its beginning to its end.
const CACHE_KIB: i64 = 8 * 1_024;

/// A page of the file. It is written from its beginning to its end and read as a whole: few large pages are fewer to split and to
/// hand to the disk.
const PAGE_BYTES: i64 = 16 * 1_024;

/// Citizens that are written by one statement: it finds the end of the table once for all of them.
const AT_ONCE: usize = 32;

/// What the database keeps beside a file.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The index in use, which nobody changes meanwhile.
#[derive(Debug)]
pub(in crate::target_groups) struct Old<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) codes: Codes,
}

/// A citizen of the index in use, with the day on which the person register was last asked about them.
#[derive(Debug)]
pub(in crate::target_groups) struct OldCitizen {
    pub(in crate::target_groups) who: Pseudonym,
    pub(in crate::target_groups) asked: i32,
    pub(in crate::target_groups) row: CitizenRow,
}

impl Old<'_> {
    /// Its codes.
    pub(in crate::target_groups) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// A state.
    pub(in crate::target_groups) fn state<T: serde::de::DeserializeOwned>(
        &self,
        kind: &str,
        name: &str,
    ) -> Result<Option<T>, IndexError> {
        read_state(self.transaction, kind, name)
    }

    /// Citizens whose pseudonyms begin with this byte, in order.
    pub(in crate::target_groups) fn citizens(&self, first: u8) -> Result<Vec<OldCitizen>, IndexError> {
        let sql = "SELECT who, asked, body FROM citizen WHERE who >= ?1 AND (?2 IS NULL OR who < ?2) ORDER BY who";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let next = first.checked_add(1).map(|next| [next]);
        let mut rows = statement.query(params![[first].as_slice(), next.as_ref().map(<[u8; 1]>::as_slice)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let broken = || IndexError::Damaged("a citizen's row");
            let who = row.get_ref(0)?.as_blob().ok().and_then(Pseudonym::from_bytes).ok_or_else(broken)?;
            let body = row.get_ref(2)?.as_blob().map_err(|_| broken())?;
            found.push(OldCitizen { who, asked: row.get(1)?, row: CitizenRow::read(body)? });
        }
        Ok(found)
    }
}

/// A fresh index, while it is written. Dropped before it is in its place, it goes.
#[derive(Debug)]
pub(in crate::target_groups) struct FreshIndex {
    connection: Option<Connection>,
    /// The index's own name.
    index: PathBuf,
    path: PathBuf,
    is_in_place: bool,
    /// One process at a time builds; the lock goes with it.
    _lock: File,
}

/// Files of the index that was replaced.
#[derive(Debug)]
#[must_use = "nobody needs them"]
pub(super) struct LeftOver(Option<PathBuf>, PathBuf);

impl LeftOver {
    /// Removes them. What cannot be removed goes with the next build.
    pub(super) fn remove(self) {
        let Self(former, index) = self;
        // Before there was a link, the log and the map had the index's own name.
        remove_all(&index, false);
        if let Some(former) = former {
            remove_all(&former, true);
        }
    }
}

impl FreshIndex {
    /// Begins one, for the index of this path; `name` is new each time.
    ///
    /// # Errors
    /// [`IndexError::BeingBuilt`] while another process builds one.
    pub(in crate::target_groups) fn begin(index: &Path, name: &str) -> Result<Self, IndexError> {
        let lock = File::options().create(true).append(true).open(with(index, ".building")).map_err(told)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(IndexError::BeingBuilt),
            Err(fs::TryLockError::Error(error)) => return Err(told(error)),
        }
        sweep(index)?;
        let path = with(index, &format!(".of-{name}"));
        let mut fresh =
            Self { connection: None, index: index.to_owned(), path: path.clone(), is_in_place: false, _lock: lock };
        let connection = Connection::open(&path)?;
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        // Whole or removed: there is nothing to go back to.
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "user_version", FORMAT)?;
        connection.execute_batch("BEGIN")?;
        fresh.connection = Some(connection);
        Ok(fresh)
    }

    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("it is open until it is put in its place")
    }

    /// To write citizens with.
    pub(in crate::target_groups) fn citizens(&self) -> Result<FreshCitizens<'_>, IndexError> {
        let rows = |count| {
            let places = vec!["(?, ?, ?)"; count].join(", ");
            self.connection().prepare(&format!("INSERT INTO citizen (who, asked, body) VALUES {places}"))
        };
        Ok(FreshCitizens { one: rows(1)?, many: rows(AT_ONCE)? })
    }

    /// Puts on the disk what has left the writer's hands. Called beside the writing, so that little is left to wait for at its end.
    ///
    /// It must be gone before the file is in its place: the locks of the database go when anybody here closes the file, and only a
    /// file of which nobody else knows needs none.
    pub(in crate::target_groups) fn flusher(
        &self,
    ) -> Result<impl Fn() -> Result<(), IndexError> + Send + use<>, IndexError> {
        let file = File::open(&self.path).map_err(told)?;
        Ok(move || file.sync_data().map_err(told))
    }

    /// Writes the codes.
    pub(in crate::target_groups) fn put_codes(&self, codes: &Codes) -> Result<(), IndexError> {
        let mut statement = self.connection().prepare_cached("INSERT INTO code (id, text) VALUES (?1, ?2)")?;
        for (id, text) in codes.all() {
            statement.execute(params![id.0, &**text])?;
        }
        Ok(())
    }

    /// Writes a state, in the place of the one that was there.
    pub(in crate::target_groups) fn put_state<T: Serialize>(
        &self,
        kind: &str,
        name: &str,
        state: &T,
    ) -> Result<(), IndexError> {
        let body = serde_json::to_vec(state).map_err(|_| IndexError::Damaged("a state"))?;
        let sql = "INSERT OR REPLACE INTO state (kind, name, body) VALUES (?1, ?2, ?3)";
        self.connection().prepare_cached(sql)?.execute(params![kind, name, body])?;
        Ok(())
    }

    /// Takes over what stands beside the citizens: former numbers, whose a case is, readings under way, states.
    pub(in crate::target_groups) fn take_over(&self, old: &Old<'_>) -> Result<(), IndexError> {
        for (table, columns) in [("former", 3), ("holder", 2), ("seen", 3), ("state", 3)] {
            let places = ["?"; 3][..columns].join(", ");
            let mut insert = self.connection().prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
            let mut select = old.transaction.prepare(&format!("SELECT * FROM {table}"))?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let values: Vec<Value> = (0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?;
                insert.execute(params_from_iter(values))?;
            }
        }
        Ok(())
    }

    /// Forgets what the readings of a source have told, page by page.
    pub(in crate::target_groups) fn clear_seen(&self, source: &str) -> Result<(), IndexError> {
        self.connection().execute("DELETE FROM seen WHERE source = ?1", [source])?;
        Ok(())
    }

    /// Durable, and then found under the index's name.
    pub(super) fn put_in_place(&mut self) -> Result<LeftOver, IndexError> {
        self.connection().execute_batch("COMMIT")?;
        if let Some(connection) = self.connection.take() {
            connection.close().map_err(|(_, error)| IndexError::from(error))?;
        }
        File::open(&self.path).and_then(|file| file.sync_all()).map_err(told)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let durable = || File::open(folder).and_then(|folder| folder.sync_all()).map_err(told);
        durable()?;
        let former = fs::read_link(&self.index).ok().map(|link| folder.join(link));
        let (link, name) = (with(&self.path, ".link"), self.path.file_name().unwrap_or_default());
        symlink(name, &link).map_err(told)?;
        fs::rename(&link, &self.index).map_err(told)?;
        self.is_in_place = true;
        durable()?;
        Ok(LeftOver(former, self.index.clone()))
    }
}

/// Writes citizens.
#[derive(Debug)]
pub(in crate::target_groups) struct FreshCitizens<'a> {
    one: Statement<'a>,
    many: Statement<'a>,
}

impl FreshCitizens<'_> {
    /// Writes those of a part: who, the day of the register's last answer, where the row ends in `bodies`, each behind the one before.
    /// Those before were before these in order, or it takes longer.
    pub(in crate::target_groups) fn put_all(
        &mut self,
        citizens: &[(Pseudonym, i32, usize)],
        bodies: &[u8],
    ) -> Result<(), IndexError> {
        let mut begin = 0;
        let (many, rest) = citizens.as_chunks::<AT_ONCE>();
        for some in many {
            begin = put(&mut self.many, some, bodies, begin)?;
        }
        for one in rest {
            begin = put(&mut self.one, std::slice::from_ref(one), bodies, begin)?;
        }
        Ok(())
    }
}

/// Writes as many as the statement has room for; where the last row ends.
fn put(
    statement: &mut Statement<'_>,
    citizens: &[(Pseudonym, i32, usize)],
    bodies: &[u8],
    mut begin: usize,
) -> Result<usize, IndexError> {
    for (at, (who, asked, end)) in citizens.iter().enumerate() {
        statement.raw_bind_parameter(at * 3 + 1, who.bytes().as_slice())?;
        statement.raw_bind_parameter(at * 3 + 2, asked)?;
        statement.raw_bind_parameter(at * 3 + 3, &bodies[begin..*end])?;
        begin = *end;
    }
    statement.raw_execute()?;
    Ok(begin)
}

impl Drop for FreshIndex {
    fn drop(&mut self) {
        if !self.is_in_place {
            drop(self.connection.take());
            remove_all(&self.path, true);
            // A link that was not used leads nowhere; what cannot be removed goes with the next build.
            let _ = fs::remove_file(with(&self.path, ".link"));
        }
    }
}

/// Removes what a killed build left: everything of this index but the file that its name leads to, and what lies beside that.
fn sweep(index: &Path) -> Result<(), IndexError> {
    let in_use = fs::read_link(index).ok().and_then(|link| link.file_name()?.to_str().map(str::to_owned));
    if in_use.is_some() {
        remove_all(index, false);
    }
    let Some(name) = index.file_name().and_then(|name| name.to_str()) else { return Ok(()) };
    let begins = format!("{name}.of-");
    let folder = index.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for file in fs::read_dir(folder).map_err(told)? {
        let file = file.map_err(told)?;
        let is_left =
            |name: &str| name.starts_with(&begins) && !in_use.as_ref().is_some_and(|used| name.starts_with(used));
        if file.file_name().to_str().is_some_and(is_left) {
            fs::remove_file(file.path()).map_err(told)?;
        }
    }
    Ok(())
}

fn remove_all(path: &Path, with_itself: bool) {
    let itself = with_itself.then(|| path.to_owned());
    for path in itself.into_iter().chain(BESIDE.map(|beside| with(path, beside))) {
        // It is not there, mostly.
        let _ = fs::remove_file(path);
    }
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn told(error: io::Error) -> IndexError {
    IndexError::File(error.kind())
}
