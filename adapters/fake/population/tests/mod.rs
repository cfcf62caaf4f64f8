//! Tests of the invented population: the twelve situations, the rules for numbers, and that everything refers to something.

mod configuration;
mod month;

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use super::check_digit::fits_modulus_11;
use super::*;
use crate::contract::{CprNumber, danish_day};

/// A Sunday in the demo's month.
fn november() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().expect("a moment")
}

fn town() -> World {
    World::invent(1, 3_000, november())
}

fn sources_of(world: &World, cpr: &str) -> BTreeSet<String> {
    world.cases().iter().filter(|row| row.citizen == cpr).map(|row| row.source.clone()).collect()
}

fn row<'a>(world: &'a World, source: &str, cpr: &str, kind: &str) -> &'a CaseRow {
    let kind = kind_named(kind);
    let is = |row: &&CaseRow| row.kle.as_deref() == Some(kind.kle) && row.law.as_deref() == Some(kind.law);
    world.cases_of(source, cpr).find(is).expect("a row of this kind")
}

fn kind_named(code: &str) -> &'static CaseKind {
    kind(code).expect("a kind of the table")
}

fn written(world: &World) -> String {
    let mut file = Vec::new();
    world.write(&mut file).expect("memory takes it");
    String::from_utf8(file).expect("JSON is UTF-8")
}

#[test]
fn the_twelve_situations_stand_in_the_sources_they_need() {
    let world = World::invent(1, 0, november());
    let expected: &[(&str, &[&str])] = &[
        (CLAUS, &["case_index", "fasit", "oio", "sbsys"]),
        (AMINA, &["case_index", "fasit", "oio"]),
        (YASIN, &["case_index"]),
        (SARA, &["case_index", "dubu", "oio"]),
        (ADAM, &[]),
        (KARIM, &["fasit"]),
        (BENT, &["case_index", "fasit", "oio"]),
        (SIGNE, &["case_index", "dubu"]),
        (MIKKEL, &["case_index", "dubu"]),
        (FREJA, &["case_index", "dubu"]),
        (LONE, &["case_index", "fasit", "oio", "sbsys"]),
        (HENRIK, &["case_index", "fasit"]),
        (YUSUF, &["fasit"]),
        (YUSUF_FORMER, &["fasit"]),
        (JENS_A, &["case_index", "fasit", "sbsys"]),
        (JENS_B, &["case_index", "fasit", "sbsys"]),
        (KIRSTEN, &["case_index", "fasit", "oio", "sbsys"]),
        (TOM, &["case_index", "oio", "sbsys"]),
        (OLE, &["case_index", "fasit", "sbsys"]),
        (INGRID, &["case_index"]),
    ];
    for (cpr, sources) in expected {
        let found = sources_of(&world, cpr);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), *sources, "citizen {cpr}");
    }
    assert!(NAMED.iter().all(|(_, cpr, _)| world.person(cpr).is_some()));
}

#[test]
fn ages_in_the_demos_month_are_those_of_the_situations() {
    let world = World::invent(1, 0, november());
    let ages = [
        (CLAUS, 22),
        (AMINA, 38),
        (YASIN, 15),
        (SARA, 11),
        (ADAM, 6),
        (KARIM, 41),
        (BENT, 57),
        (SIGNE, 17),
        (MIKKEL, 10),
        (FREJA, 15),
        (LONE, 44),
        (HENRIK, 36),
        (YUSUF, 29),
        (JENS_A, 63),
        (JENS_B, 63),
        (KIRSTEN, 51),
        (TOM, 33),
        (OLE, 61),
        (INGRID, 82),
    ];
    for day in ["2026-11-01", "2026-11-30"] {
        let day: jiff::civil::Date = day.parse().expect("a day");
        for (cpr, age) in ages {
            let born = world.person(cpr).expect("a named citizen").born;
            let span = born.until((jiff::Unit::Year, day)).expect("after birth");
            assert_eq!(i64::from(span.get_years()), i64::from(age), "citizen {cpr}");
        }
    }
}

#[test]
fn claus_is_seen_twice_under_one_uuid_and_once_under_two_with_one_number() {
    let world = World::invent(1, 0, november());
    let (own, indexed) =
        (row(&world, "sbsys", CLAUS, "youth_guidance"), row(&world, "case_index", CLAUS, "youth_guidance"));
    assert_eq!((own.id, indexed.master.as_deref()), (indexed.id, Some("sbsys")));
    assert_eq!(own.caseworker.as_deref(), Some("az10001"));
    let (own, indexed) =
        (row(&world, "sbsys", CLAUS, "substance_101"), row(&world, "case_index", CLAUS, "substance_101"));
    assert_ne!(own.id, indexed.id);
    assert_eq!(own.number, indexed.number);
    assert_eq!(row(&world, "oio", CLAUS, "substance_101").granted_by, Some(own.id));
    assert_eq!(row(&world, "fasit", CLAUS, "job_plan").coordinator.as_deref(), Some("az10001"));
    assert_eq!(row(&world, "case_index", CLAUS, "cash_benefit").caseworker.as_deref(), Some("az10003"));
    assert!(row(&world, "oio", CLAUS, "shelter_110").opened > Some(danish_day(november())));
}

#[test]
fn the_other_situations_hold_what_they_must_show() {
    let world = World::invent(1, 0, november());
    // Kirsten: new since last Monday, an orphan effort, one colleague under three spellings, a disagreement.
    let plan = row(&world, "fasit", KIRSTEN, "job_plan");
    assert_eq!(plan.caseworker_since.map(|day| day.to_string()).as_deref(), Some("2026-11-16"));
    let mentor = row(&world, "oio", KIRSTEN, "mentor");
    assert!(world.cases().iter().all(|row| Some(row.id) != mentor.granted_by));
    let colleague = world.staff_member("az10014").expect("a colleague");
    let spellings: HashSet<&str> =
        ["sbsys", "fasit", "case_index"].map(|source| world.spelled(colleague, source)).into_iter().collect();
    assert_eq!(spellings.len(), 3);
    assert_eq!(row(&world, "sbsys", KIRSTEN, "companion_97").progress, Progress::Active);
    assert_eq!(row(&world, "case_index", KIRSTEN, "companion_97").progress, Progress::Closed);
    assert!(row(&world, "case_index", KIRSTEN, "sickness_benefit").caseworker.is_none());
    // Lone: ordinary here, screened there; nothing of hers stands in her former husband's unit.
    let (own, indexed) =
        (row(&world, "sbsys", LONE, "adult_assessment"), row(&world, "case_index", LONE, "adult_assessment"));
    assert_eq!((own.id, own.level, indexed.level), (indexed.id, None, Some(3)));
    assert!(world.cases().iter().all(|row| row.citizen != LONE || row.unit.as_deref() != Some("JVS-JOB")));
    let employees: Vec<_> = world.staff().iter().filter_map(|staff| staff.cpr.as_deref()).collect();
    assert_eq!(employees, [MICHAEL, HENRIK]);
    // Yusuf and the two who are not one.
    assert_eq!(world.person(YUSUF_FORMER), world.person(YUSUF));
    assert_eq!(world.somebody_else(JENS_A, "fasit"), Some(JENS_B));
    assert_eq!(world.somebody_else(JENS_B, "sbsys"), Some(JENS_A));
    // Ole: 872 different cases; most closed, some void, one with a retired number.
    let oles: Vec<_> = world.cases().iter().filter(|row| row.citizen == OLE).collect();
    let different: HashSet<_> = oles.iter().map(|row| row.id).collect();
    assert_eq!(different.len(), 872);
    let count = |progress| oles.iter().filter(|row| row.progress == progress).count();
    assert!(count(Progress::Closed) > 800 && count(Progress::Void) > 4 && count(Progress::Active) >= 10);
    assert_eq!(oles.iter().filter(|row| row.kle_retired).map(|row| row.id).collect::<HashSet<_>>().len(), 1);
    // Ingrid: health and care alone.
    let masters: HashSet<_> = world.cases_of("case_index", INGRID).map(|row| row.master.as_deref()).collect();
    assert_eq!(masters, HashSet::from([Some("nexus")]));
}

#[test]
fn no_number_can_belong_to_a_living_person_and_none_stands_twice() {
    let world = town();
    let mut seen = HashSet::new();
    let former = world.aliases().iter().map(|alias| alias.former.as_str());
    for cpr in world.persons().iter().map(|person| person.cpr.as_str()).chain(former) {
        assert!(CprNumber::parse(cpr).is_ok(), "{cpr} is a number");
        assert!(!fits_modulus_11(cpr), "{cpr} fails modulus 11");
        assert!(cpr == OLE || !cpr.starts_with("0101"), "{cpr} is not of a listed date");
        assert!(seen.insert(cpr.to_owned()), "{cpr} stands once");
    }
    let ole = world.person(OLE).expect("Ole");
    assert!(LISTED_YEARS.contains(&ole.born.year()));
    assert_eq!(world.persons().len(), 3_000);
    for person in world.persons() {
        assert!(["Prøve", "Test"].contains(&person.family_name.as_str()));
        let century = person.cpr.as_bytes()[6];
        let fits = match person.born.year() {
            ..1937 => (b'0'..=b'3').contains(&century),
            1937..2000 => century <= b'4' || century == b'9',
            2000.. => century >= b'4',
        };
        assert!(fits, "{}: the seventh digit tells the century", person.cpr);
    }
}

#[test]
fn a_seed_gives_the_same_people_at_any_time_and_the_same_lines_at_the_same_time() {
    let hash = |now: Timestamp| {
        let mut hasher = DefaultHasher::new();
        for line in Invented::new(1, 2_000, now).take(1_000) {
            serde_json::to_string(&line).expect("a line").hash(&mut hasher);
        }
        hasher.finish()
    };
    assert_eq!(hash(november()), hash(november()));
    let people = |count: usize, now: &str| -> Vec<Person> {
        let person = |line| if let Line::Person(person) = line { Some(person) } else { None };
        invented(1, count, now.parse().expect("a moment")).into_iter().filter_map(person).collect()
    };
    assert_eq!(people(200, "2026-11-22T10:00:00Z"), people(200, "2031-01-01T00:00:00Z"));
    let (few, many) = (people(100, "2026-11-22T10:00:00Z"), people(200, "2026-11-22T10:00:00Z"));
    let numbers = |people: &[Person]| people.iter().take(100).map(|person| person.cpr.clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&few), numbers(&many));
    assert_ne!(numbers(&few), {
        let other = invented(2, 100, november());
        other
            .into_iter()
            .filter_map(|line| if let Line::Person(person) = line { Some(person.cpr) } else { None })
            .collect::<Vec<_>>()
    });
}

#[test]
fn the_first_invented_number_of_seed_1_never_changes() {
    let first = Invented::new(1, 1, november()).find_map(|line| match line {
        Line::Person(person) => Some((person.cpr, person.given_name)),
        _ => None,
    });
    assert_eq!(first, Some(("1903821833".to_owned(), "Erik".to_owned())));
}

#[test]
fn a_file_reads_back_as_it_was_written() {
    let world = World::invent(7, 300, november());
    let text = written(&world);
    let again = World::read(text.as_bytes()).expect("every reference resolves");
    assert!(world.lines().eq(again.lines()));
    assert_eq!(text, written(&again));
}

#[test]
fn every_unit_caseworker_and_citizen_of_the_town_is_described() {
    let world = town();
    World::read(written(&world).as_bytes()).expect("every reference resolves");
    for (handle, id, unit) in CALLERS {
        assert_eq!(world.staff_member(id).map(|staff| staff.unit.as_str()), Some(*unit), "{handle}");
    }
    let numbers: Vec<&str> = world.persons().iter().map(|person| person.cpr.as_str()).collect();
    let known: HashSet<&str> = numbers.iter().copied().collect();
    for person in world.persons() {
        let others = person.spouse.iter().chain(&person.children).chain(&person.custody);
        assert!(others.clone().all(|other| known.contains(other.as_str())), "{}", person.cpr);
    }
    let ids: HashSet<_> =
        world.units().iter().map(|unit| unit.uuid).chain(world.staff().iter().map(|s| s.uuid)).collect();
    assert!(world.cases().iter().flat_map(|row| &row.screened_to).all(|id| ids.contains(id)));
}

#[test]
fn no_source_tells_one_case_under_two_ids_or_two_cases_under_one() {
    let world = town();
    let mut seen = HashSet::new();
    assert!(world.cases().iter().all(|row| seen.insert((row.source.as_str(), row.id))));
    let mut serials = HashSet::new();
    assert!(world.cases().iter().all(|row| serials.insert((row.source.as_str(), row.serial))));
}

#[test]
fn the_town_holds_every_oddity() {
    let world = World::invent(1, 12_000, november());
    let today = danish_day(november());
    let ids: HashSet<_> = world.cases().iter().map(|row| row.id).collect();
    let has = |what: &str, is: &dyn Fn(&CaseRow) -> bool| assert!(world.cases().iter().any(is), "{what}");
    has("future", &|row| row.opened > Some(today));
    has("ends in the future", &|row| row.closed > Some(today) && row.progress == Progress::Active);
    has("ends before it begins", &|row| row.closed.is_some() && row.closed < row.opened);
    has("void", &|row| row.progress == Progress::Void);
    has("unknown status", &|row| row.raw_status.is_some());
    has("no caseworker", &|row| row.caseworker.is_none() && row.caseworker_unit.is_none());
    has("a unit as caseworker", &|row| row.caseworker_unit.is_some());
    has("secret title", &|row| row.secret_title.is_some());
    has("no level", &|row| row.source == "case_index" && row.level.is_none());
    for level in 0..=3 {
        has("each level", &|row| row.source == "case_index" && row.level == Some(level));
    }
    has("screened to several", &|row| row.screened_to.len() > 1);
    has("retired KLE", &|row| row.kle_retired);
    has("no facet", &|row| row.facet.is_none());
    has("second key", &|row| row.user_key.is_some());
    has("secondary", &|row| row.party == Party::Secondary);
    has("history with a future", &|row| row.history.len() == 3);
    has("orphan effort", &|row| row.granted_by.is_some_and(|id| !ids.contains(&id)));
    has("wire oddity", &|row| !row.quirks.is_empty());
    has("earlier number", &|row| world.aliases().iter().any(|alias| alias.former == row.citizen));
    assert!(world.persons().iter().any(|person| person.cpr.starts_with('0')), "leading zero");
    assert!(world.persons().iter().any(|person| person.cpr.as_bytes()[0] >= b'6'), "replacement number in force");
}

#[test]
fn errors_name_line_and_field_and_never_a_value() {
    let unit = r#"{"type":"unit","code":"U","name":"Prøve","department":"D","uuid":"6a5b0000-0001-4000-8000-000000000001","number":1}"#;
    let person = r#"{"type":"person","cpr":"1405049979","given_name":"Claus","family_name":"Prøve","born":"2004-05-14","sex":"M"}"#;
    let told = |line: &str| {
        let file = format!("{unit}\n\n{person}\n{line}\n");
        World::read(file.as_bytes()).expect_err("a wrong line").to_string()
    };
    let cases = [
        ("secret 1405049979", "not a JSON object"),
        (r#"{"code":"1405049979"}"#, "field `type` is missing"),
        (r#"{"type":"1405049979"}"#, "field `type` is not"),
        (r#"{"type":"case","source":"sbsys","secret":"1405049979"}"#, "field `secret` is not known"),
        (r#"{"type":"case","1405049979":1}"#, "field `…` is not known"),
        (r#"{"type":"case","source":"sbsys","citizen":"1405049979","opened":"1405049979"}"#, "field `opened`"),
        (r#"{"type":"case","source":"1405049979","citizen":"1405049979"}"#, "field `source`"),
        (r#"{"type":"case","source":"sbsys","citizen":"1405049978"}"#, "`citizen`"),
        (r#"{"type":"case","source":"sbsys","citizen":"1405049979","unit":"1405049979"}"#, "`unit`"),
        (r#"{"type":"case","source":"sbsys","citizen":"1405049979","caseworker":"1405049979"}"#, "`caseworker`"),
        (r#"{"type":"person","cpr":"1405049979"}"#, "missing field `given_name`"),
        (person, "field `cpr` stands on an earlier line"),
        (r#"{"type":"alias","cpr":"1405049978","former":"7405049979"}"#, "`cpr`"),
        (
            r#"{"type":"household","members":["1405049978"],"road":"R","house_number":"1","postal_code":"8000","town":"T","address_uuid":"6a5b0000-0001-4000-8000-000000000001"}"#,
            "`members`",
        ),
    ];
    for (line, says) in cases {
        let told = told(line);
        assert!(told.contains("line 4") && told.contains(says), "{told}");
        assert!(!told.contains("14050499"), "{told}");
    }
}

#[test]
fn every_example_line_of_the_readme_is_a_line() {
    let blocks: Vec<&str> = include_str!("../../README.md").split("```json\n").skip(1).collect();
    assert_eq!(blocks.len(), 6);
    for block in blocks {
        let example = block.lines().next().expect("a line");
        serde_json::from_str::<Line>(example).expect(example);
    }
}
