//! What lies in the file.

/// Tables and the one index.
pub(super) const TABLES: &str = "
    CREATE TABLE code (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
    -- `asked` is the day on which the person register was last asked about the citizen; the longest ago comes first.
    CREATE TABLE citizen (who BLOB PRIMARY KEY, asked INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX citizen_asked ON citizen (asked);
    -- Former numbers that the person register told of: sources file cases under them for years.
    CREATE TABLE former (former BLOB PRIMARY KEY, who BLOB NOT NULL, number BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX former_who ON former (who);
    -- Whose a source's case is: a source that tells changes names a case and not whom it was about before.
    CREATE TABLE holder (key INTEGER NOT NULL, who BLOB NOT NULL, PRIMARY KEY (key, who)) STRICT, WITHOUT ROWID;
    -- What a reading that is under way has seen, page by page: eight bytes a fact.
    CREATE TABLE seen (source TEXT NOT NULL, page INTEGER NOT NULL, keys BLOB NOT NULL, PRIMARY KEY (source, page)) STRICT;
    -- Where each source stands, each rule's last list, objections: by kind and name.
    CREATE TABLE state (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, name)) STRICT;
";

/// The day of whoever was never asked about.
pub(super) const NEVER: i32 = i32::MIN;
