//! An index of as many invented records as one likes, made without a log: for the benchmarks.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::follow::IndexError;
use super::tables::{INDEXES, TABLES};
use crate::audit::pseudonym::{Pseudonym, PseudonymKey};

/// How many citizens, employees and units there are.
const CITIZENS: i64 = 350_000;
const EMPLOYEES: i64 = 4_000;
const UNITS: i64 = 120;

/// Thirteen months, in microseconds.
const SPAN_US: i64 = 395 * 24 * 3_600_000_000;

/// The pseudonym of the invented citizen `number`.
fn citizen(key: &PseudonymKey, number: i64) -> Pseudonym {
    key.of_employee(&format!("invented citizen {number}"))
}

/// Numbers that follow from one another, the same on every machine (`SplitMix64`).
fn next(state: &mut u64) -> i64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut number = *state;
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    // Never negative.
    ((number ^ (number >> 31)) >> 1).cast_signed()
}

/// Fills a new file at `path` with look-ups of two records each, over thirteen months until `end`; gives the pseudonym of the
/// citizen of the first.
///
/// # Errors
/// [`IndexError::Database`].
pub fn invent(path: &Path, records: u64, key: &PseudonymKey, end: Timestamp) -> Result<Pseudonym, IndexError> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", -1024 * 1024)?;
    connection.pragma_update(None, "temp_store", "FILE")?;
    connection.execute_batch(TABLES)?;
    people(&mut connection, key)?;
    let (acts, end_us) = ((records / 2).cast_signed(), end.as_microsecond());
    let mut state = 1;
    let mut first = CITIZENS / 2;
    for begin in (0..acts).step_by(500_000) {
        let transaction = connection.transaction()?;
        let mut add = transaction.prepare(
            "INSERT INTO act VALUES (?1,?2,?3,?4,0,1,?5,?6,?7,?8,?9,?10,200,NULL,?11,?12,?13,?14,?15,?16,0,0,0,?17,0,?18,0,0,?19,?20)",
        )?;
        let mut lie = transaction.prepare("INSERT INTO entry VALUES (?1, ?2, 1, ?3)")?;
        for number in begin..acts.min(begin + 500_000) {
            let draw = next(&mut state);
            let one_in = |parts: i64| (draw >> 7) % parts == 0;
            let at = end_us - SPAN_US + SPAN_US / acts * number;
            let employee = draw % EMPLOYEES;
            let who = 1 + (draw >> 20) % CITIZENS;
            if number == 0 {
                first = who;
            }
            let mut attempt = [0; 16];
            attempt[..8].copy_from_slice(&next(&mut state).to_be_bytes());
            attempt[8..].copy_from_slice(&number.to_be_bytes());
            let act = number + 1;
            add.execute(params![
                act,
                at,
                at + 300_000,
                attempt.as_slice(),
                CITIZENS + 1 + employee,
                1 + employee % UNITS,
                1 + UNITS + employee % 8,
                1 + UNITS + 8 + i64::from(one_in(9)),
                who,
                1 + UNITS + 10,
                if one_in(50) { 3 } else { 1 },
                !one_in(20),
                one_in(20_000),
                one_in(500),
                one_in(7),
                one_in(20),
                one_in(30_000),
                one_in(3_000),
                at / 86_400_000_000,
                1 + UNITS + 11,
            ])?;
            for entry in 0..2 {
                lie.execute(params![act, number * 2 + entry + 1, number * 3_000 + entry * 1_000])?;
            }
        }
        drop((add, lie));
        transaction.commit()?;
    }
    connection.execute_batch(INDEXES)?;
    Ok(citizen(key, first))
}

fn people(connection: &mut Connection, key: &PseudonymKey) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let mut add = transaction.prepare("INSERT INTO person (name) VALUES (?1)")?;
    for number in 1..=CITIZENS {
        add.execute(params![citizen(key, number).bytes().as_slice()])?;
    }
    for number in 0..EMPLOYEES {
        add.execute(params![key.of_employee(&format!("az{number}")).bytes().as_slice()])?;
    }
    let units = (0..UNITS).map(|number| format!("UNIT-{number}"));
    let departments = (0..8).map(|number| format!("DEPARTMENT-{number}"));
    let others = ["own_case", "coordination", "permitted", "access"].map(str::to_owned);
    let mut word = transaction.prepare("INSERT INTO word (text) VALUES (?1)")?;
    for text in units.chain(departments).chain(others) {
        word.execute(params![text])?;
    }
    drop((add, word));
    transaction.commit()
}
