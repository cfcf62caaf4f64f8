//! The tables of the index. A citizen and an employee are keyed pseudonyms, everything else is a code, a time or a place in
//! the log: no reason, no case, no employee id, no trace.

/// Another number here, and the file is made anew from the log.
pub(super) const VERSION: i64 = 6;

/// One `act` per citizen and attempt (a look-up and its answer are one), and one for everything that is not a look-up.
/// Codes and pseudonyms stand once, in `word` and `person`; the rest is small numbers, so that fifty million records fit on
/// one disk and in the memory of one machine.
///
/// Every index ends in the time, because every answer is in the order of time and is read page by page. An index of a rare
/// thing holds the rare rows only.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS word (
        id   INTEGER PRIMARY KEY,
        text TEXT NOT NULL UNIQUE
    );
    CREATE TABLE IF NOT EXISTS person (
        id   INTEGER PRIMARY KEY,
        name BLOB NOT NULL UNIQUE
    );
    CREATE TABLE IF NOT EXISTS act (
        id                INTEGER PRIMARY KEY,
        at_us             INTEGER NOT NULL,
        ended_us          INTEGER,
        attempt           BLOB NOT NULL,
        kind              INTEGER NOT NULL,
        state             INTEGER NOT NULL,
        employee          INTEGER,
        unit              INTEGER,
        department        INTEGER,
        purpose           INTEGER,
        citizen           INTEGER,
        outcome           INTEGER,
        status            INTEGER,
        relation          INTEGER,
        repeats           INTEGER NOT NULL,
        explained         INTEGER NOT NULL,
        emergency         INTEGER NOT NULL,
        refused           INTEGER NOT NULL,
        outside_hours     INTEGER NOT NULL,
        unexplained       INTEGER NOT NULL,
        listed            INTEGER NOT NULL,
        abandoned         INTEGER NOT NULL,
        protected_asked   INTEGER NOT NULL,
        oneself           INTEGER NOT NULL,
        household         INTEGER NOT NULL,
        colleague         INTEGER NOT NULL,
        household_unknown INTEGER NOT NULL,
        protected         INTEGER NOT NULL,
        key_day           INTEGER,
        key_class         INTEGER
    );
    CREATE TABLE IF NOT EXISTS entry (
        act     INTEGER NOT NULL,
        seq     INTEGER NOT NULL,
        segment INTEGER NOT NULL,
        start   INTEGER NOT NULL,
        PRIMARY KEY (act, seq)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS same_person (
        one   INTEGER NOT NULL,
        other INTEGER NOT NULL,
        PRIMARY KEY (one, other)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS alarm (
        id          BLOB PRIMARY KEY,
        at_us       INTEGER NOT NULL,
        kind        INTEGER NOT NULL,
        act         INTEGER NOT NULL,
        count       INTEGER,
        state       INTEGER NOT NULL,
        followed_us INTEGER,
        followed_by INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS extract (
        id       BLOB PRIMARY KEY,
        act      INTEGER NOT NULL,
        released INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS mark (
        only    INTEGER PRIMARY KEY CHECK (only = 1),
        seq     INTEGER NOT NULL,
        hash    TEXT NOT NULL,
        segment INTEGER NOT NULL,
        start   INTEGER NOT NULL
    );
";

/// Apart from the tables, because a file that is filled at one go is filled before they are made. `act_again` is there to be
/// counted: whoever is looked at often is not read row by row each time.
pub(super) const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS act_attempt ON act (attempt);
    CREATE INDEX IF NOT EXISTS act_open ON act (id) WHERE state = 0;
    CREATE INDEX IF NOT EXISTS act_at ON act (at_us);
    CREATE INDEX IF NOT EXISTS act_other ON act (at_us) WHERE kind > 0;
    CREATE INDEX IF NOT EXISTS act_citizen ON act (citizen, at_us) WHERE citizen IS NOT NULL;
    CREATE INDEX IF NOT EXISTS act_again ON act (citizen, employee, at_us) WHERE repeats > 0;
    CREATE INDEX IF NOT EXISTS act_employee ON act (employee, at_us) WHERE employee IS NOT NULL;
    CREATE INDEX IF NOT EXISTS act_unit ON act (unit, at_us) WHERE unit IS NOT NULL;
    CREATE INDEX IF NOT EXISTS act_department ON act (department, at_us) WHERE department IS NOT NULL;
    CREATE INDEX IF NOT EXISTS act_purpose ON act (purpose, at_us) WHERE purpose IS NOT NULL;
    CREATE INDEX IF NOT EXISTS act_repeats ON act (at_us) WHERE repeats > 1;
    CREATE INDEX IF NOT EXISTS act_emergency ON act (at_us) WHERE emergency = 1;
    CREATE INDEX IF NOT EXISTS act_emergency_employee ON act (employee, at_us) WHERE emergency = 1;
    CREATE INDEX IF NOT EXISTS act_refused ON act (at_us) WHERE refused = 1;
    CREATE INDEX IF NOT EXISTS act_outside_hours ON act (at_us) WHERE outside_hours = 1;
    CREATE INDEX IF NOT EXISTS act_unexplained ON act (at_us) WHERE unexplained = 1;
    CREATE INDEX IF NOT EXISTS act_listed ON act (at_us) WHERE listed = 1;
    CREATE INDEX IF NOT EXISTS act_abandoned ON act (at_us) WHERE abandoned = 1;
    CREATE INDEX IF NOT EXISTS act_protected_asked ON act (at_us) WHERE protected_asked = 1;
    CREATE INDEX IF NOT EXISTS act_oneself ON act (at_us) WHERE oneself = 1;
    CREATE INDEX IF NOT EXISTS act_household ON act (at_us) WHERE household = 1;
    CREATE INDEX IF NOT EXISTS act_colleague ON act (at_us) WHERE colleague = 1;
    CREATE INDEX IF NOT EXISTS act_household_unknown ON act (at_us) WHERE household_unknown = 1;
    CREATE INDEX IF NOT EXISTS act_protected ON act (at_us) WHERE protected = 1;
    CREATE INDEX IF NOT EXISTS act_key ON act (key_day, key_class) WHERE key_day IS NOT NULL;
    CREATE INDEX IF NOT EXISTS alarm_at ON alarm (at_us);
    CREATE INDEX IF NOT EXISTS alarm_open ON alarm (at_us) WHERE state = 0;
    CREATE INDEX IF NOT EXISTS alarm_act ON alarm (act);
    CREATE INDEX IF NOT EXISTS extract_act ON extract (act);
";

/// Everything that is emptied when the index is made anew.
pub(super) const EMPTY: &str = "BEGIN; DELETE FROM alarm; DELETE FROM extract; DELETE FROM entry; DELETE FROM act; \
    DELETE FROM same_person; DELETE FROM person; DELETE FROM word; DELETE FROM mark; COMMIT";
