//! That a look-up whose answer follows at once is put into the index as if its end had come later.

use super::*;
use crate::audit::entry::{AuditedDecision, AuditedSource};

/// Everything that is in the index, words in clear.
const ALL: [&str; 4] = [
    "SELECT act.id, at_us, ended_us, hex(attempt), kind, state, hex(employed.name), unit.text, department.text, purpose.text, \
        hex(about.name), outcome.text, status, relation.text, repeats, explained, emergency, refused, outside_hours, unexplained, \
        listed, abandoned, protected_asked, oneself, household, colleague, household_unknown, protected, key_day, class.text \
     FROM act LEFT JOIN person AS employed ON employed.id = act.employee LEFT JOIN person AS about ON about.id = act.citizen \
        LEFT JOIN word AS unit ON unit.id = act.unit LEFT JOIN word AS department ON department.id = act.department \
        LEFT JOIN word AS purpose ON purpose.id = act.purpose LEFT JOIN word AS outcome ON outcome.id = act.outcome \
        LEFT JOIN word AS relation ON relation.id = act.relation LEFT JOIN word AS class ON class.id = act.key_class ORDER BY act.id",
    "SELECT act, seq, segment, start FROM entry ORDER BY act, seq",
    "SELECT hex(id), at_us, kind, act, count, state FROM alarm ORDER BY id",
    "SELECT hex(one.name), hex(other.name) FROM same_person JOIN person AS one ON one.id = same_person.one \
        JOIN person AS other ON other.id = same_person.other ORDER BY 1, 2",
];

fn dump(store: &Store) -> Vec<Vec<String>> {
    let rows = |sql: &str| -> rusqlite::Result<Vec<String>> {
        let mut all = store.connection.prepare(sql)?;
        let columns = all.column_count();
        let told = all.query_map([], |row| {
            let cells: rusqlite::Result<Vec<String>> =
                (0..columns).map(|at| Ok(format!("{:?}", row.get_ref(at)?))).collect();
            Ok(cells?.join(" "))
        })?;
        told.collect()
    };
    ALL.iter().map(|sql| rows(sql).expect("the tables are ours")).collect()
}

fn rows(entries: &[AuditEntry]) -> Vec<Row> {
    (1..).zip(entries).map(|(seq, entry)| row(seq, 24, RetentionClass::of(entry.phase), entry)).collect()
}

/// Look-ups of every kind that the index tells apart, each with an answer.
fn answered() -> Vec<[AuditEntry; 2]> {
    let plain = |number: u32, basis| {
        let first = intended(number, "az1", 1);
        let last = completed(&first, basis);
        [first, last]
    };
    let mut all =
        vec![plain(1, Some("own_case")), plain(2, None), plain(3, Some("own_case")), plain(4, Some("law:sel_12"))];
    let changed = |number, change: fn(&mut AuditEntry, &mut AuditEntry)| {
        let [mut first, mut last] = plain(number, None);
        change(&mut first, &mut last);
        [first, last]
    };
    all.push(changed(5, |first, last| {
        (first.purpose, last.purpose) = (Some("emergency".into()), Some("emergency".into()));
        last.shown = vec![ShownItem { item: "i".into(), basis: "emergency".into(), ..ShownItem::default() }];
    }));
    all.push(changed(6, |_, last| last.bars = Bar::ALL.iter().map(|bar| bar.as_str().to_owned()).collect()));
    all.push(changed(7, |_, last| last.also_known_as = vec![testing::citizen(8), testing::citizen(9)]));
    all.push(changed(8, |_, last| {
        last.sources = vec![AuditedSource {
            id: "sbsys".into(),
            state: "fresh".into(),
            wrong_citizen: 1,
            ..AuditedSource::default()
        }];
    }));
    all.push(changed(9, |first, last| {
        let decided = |outcome: &str| Some(AuditedDecision { policy_hash: None, outcome: outcome.into() });
        (first.decision, last.decision) = (decided("permitted"), decided("emergency"));
        (first.protected_reason, last.protected_reason) = (Some("why".into()), Some("why".into()));
    }));
    all.push(changed(10, |first, last| {
        (first.citizen, last.citizen, first.status) = (None, None, Some(202));
        last.status = None;
    }));
    all.push(changed(11, |first, last| {
        (first.criterion, last.criterion) = (Some(Criterion::Handle), Some(Criterion::Handle));
        (first.relation, last.relation) = (Some("child".into()), Some("child".into()));
        first.bars = vec![Bar::ALL[0].as_str().to_owned()];
    }));
    all
}

#[test]
fn together_and_one_by_one_are_the_same() {
    let scratch = Scratch::new();
    let open = |name: &str| {
        let mut settings = IndexSettings::new(key());
        settings.norms.distinct_citizens = 0;
        Store::open(&scratch.index().with_file_name(name), settings).expect("the index opens")
    };
    let (mut together, mut alone) = (open("together"), open("alone"));
    let rows = rows(&answered().concat());
    let raised = together.add(&rows).expect("added").len();
    let one_by_one = rows.chunks(1).map(|row| alone.add(row).expect("added").len()).sum::<usize>();
    assert_eq!(raised, one_by_one);
    assert!(raised > Bar::ALL.len() / 2, "{raised} alarms");
    let (together, alone) = (dump(&together), dump(&alone));
    assert_eq!(together, alone);
    assert_eq!((together[0].len(), together[1].len(), together[3].len()), (11, 22, 4));
}

#[test]
fn what_lies_between_two_entries_keeps_them_apart() {
    let scratch = Scratch::new();
    let mut store = Store::open(&scratch.index(), IndexSettings::new(key())).expect("the index opens");
    let [[first, last], [other, end], ..] = <[_; 11]>::try_from(answered()).expect("eleven");
    let of_relative = AuditEntry { citizen: Some(testing::citizen(5)), ..last.clone() };
    store.add(&rows(&[first, other, last, of_relative, end])).expect("added");
    let states = |sql: &str| store.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
    assert_eq!(states("SELECT count(*) FROM act"), 3, "the relative's beginning is not there");
    assert_eq!(states("SELECT count(*) FROM act WHERE state = 1 AND ended_us IS NOT NULL"), 3);
    assert_eq!(states("SELECT count(*) FROM entry"), 5);
}
