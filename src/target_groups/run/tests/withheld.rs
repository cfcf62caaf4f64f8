//! What the receiver may not be told puts nobody on a list and takes nobody's place in a reason: as if it were not there.

use jiff::civil::date;
use proptest::prelude::*;

use super::{Citizen, Told, Town, changes, citizen, told, who};
use crate::target_groups::index::JoinKey;
use crate::target_groups::{Change, Kinship};

fn job() -> Told {
    told("fasit", "job", "employment", "JVS")
}

fn benefit() -> Told {
    told("sbsys", "money", "benefit", "JSY")
}

fn on_list(citizen: Citizen) -> bool {
    Town::new([(1, citizen)]).list("cross_department").contains_key(&1)
}

#[test]
fn a_screened_case_of_any_source_closes_the_same_case_of_the_others() {
    assert!(on_list(citizen(vec![job(), benefit()])));
    let screened = || {
        told("case_index", "i", "benefit", "JSY")
            .uuid(1)
            .with(|told| (told.screened, told.master) = (true, Some("sbsys")))
    };
    assert!(!on_list(citizen(vec![job(), benefit().uuid(1), screened()])), "one case");
    assert!(on_list(citizen(vec![job(), benefit().uuid(2), screened()])), "another case");
}

#[test]
fn the_same_case_of_two_sources_is_one_and_the_strictest_level_counts() {
    let index = |level| {
        told("case_index", "i", "benefit", "JSY").with(|told| {
            (told.level, told.master) = (level, Some("sbsys"));
            told.joins.push(JoinKey::Number(7));
        })
    };
    let own = || benefit().with(|told| told.joins.push(JoinKey::Number(7)));
    assert!(on_list(citizen(vec![job(), own(), index(1)])));
    assert!(!on_list(citizen(vec![job(), own(), index(3)])));
    let found = Town::new([(1, citizen(vec![job(), own(), index(1)]))]).run("cross_department", None).report;
    assert_eq!(found.citizens[0].facts, 2);
}

#[test]
fn an_index_row_alone_widens_nothing_unless_its_system_is_not_read() {
    let alone = |elsewhere| told("case_index", "i", "benefit", "JSY").with(|told| told.elsewhere = elsewhere);
    assert!(!on_list(citizen(vec![job(), alone(false)])));
    assert!(on_list(citizen(vec![job(), alone(true)])));
}

#[test]
fn a_silent_index_closes_what_it_could_make_stricter_and_not_what_it_has_told() {
    let mut town = Town::new([(1, citizen(vec![job(), benefit()])), (2, citizen(vec![job(), benefit()]))]);
    for (id, joins) in [("ij", 1), ("ib", 2)] {
        let citizen = town.citizens.get_mut(&2).expect("there");
        let (category, department, master) =
            if id == "ij" { ("employment", "JVS", "fasit") } else { ("benefit", "JSY", "sbsys") };
        let at = usize::from(id == "ib");
        citizen.told[at].joins.push(JoinKey::Uuid(joins));
        citizen
            .told
            .push(told("case_index", id, category, department).uuid(joins).with(|told| told.master = Some(master)));
    }
    assert_eq!(town.list("cross_department").len(), 2);
    town.state("case_index").complete_as_of = None;
    assert_eq!(town.list("cross_department").into_keys().collect::<Vec<_>>(), [2]);
    town.state("case_index").complete_as_of = Some(crate::testing::now());
    town.state("case_index").unreadable = 1;
    assert_eq!(town.list("cross_department").into_keys().collect::<Vec<_>>(), [2], "it may be about anybody");
}

#[test]
fn nobody_is_listed_who_is_protected_gone_unknown_to_the_register_or_works_here_or_objects() {
    let whole = || citizen(vec![job(), benefit()]);
    assert!(on_list(whole()));
    assert!(!on_list(Citizen { is_protected: true, ..whole() }));
    assert!(!on_list(Citizen { has_left: true, ..whole() }));
    assert!(!on_list(Citizen { is_unknown: true, ..whole() }));
    let mut town = Town::new([(1, whole())]);
    town.employees.insert(who(1));
    assert!(town.list("cross_department").is_empty());
    town.employees.clear();
    town.objecting.insert(who(1));
    assert!(town.list("cross_department").is_empty());
}

#[test]
fn a_child_of_whom_nothing_may_be_told_puts_nobody_on_the_list() {
    let town = |child: Citizen| {
        let parent = citizen(vec![job()]).kin(&[(Kinship::Child, 2)]);
        let mut town = Town::new([(1, parent), (2, child)]);
        town.objecting.clear();
        town
    };
    let child = || citizen(vec![told("dubu", "c", "child", "BFF")]).born(date(2014, 1, 1));
    let listed = |town: &Town| !town.list("family_job_child").is_empty();
    assert!(listed(&town(child())));
    assert!(!listed(&town(Citizen { is_protected: true, ..child() })));
    assert!(!listed(&town(Citizen { is_unknown: true, ..child() })));
    assert!(!listed(&town(child().kin(&[]).clone_with(|child| child.told[0].level = 3))));
    let mut objecting = town(child());
    objecting.objecting.insert(who(2));
    assert!(!listed(&objecting));
    let mut stranger = town(child());
    stranger.citizens.get_mut(&1).expect("there").kin = vec![(Kinship::Child, 3)];
    assert!(!listed(&stranger), "somebody else's child");
}

#[test]
fn a_parent_whose_child_the_register_has_not_told_of_is_unverified_and_not_gone() {
    let parent = citizen(vec![job()]).kin(&[(Kinship::Child, 2)]);
    let town = Town::new([(1, parent), (2, citizen(vec![told("dubu", "c", "child", "BFF")]))]);
    let first = town.run("family_job_child", None);
    let mut later = town.clone();
    later.citizens.get_mut(&2).expect("there").is_unknown = true;
    assert_eq!(changes(&later.run("family_job_child", Some(&first.kept))), [(1, Change::Unverified)].into());
    let mut protected = town.clone();
    protected.citizens.get_mut(&2).expect("there").is_protected = true;
    assert!(protected.run("family_job_child", Some(&first.kept)).report.citizens.is_empty(), "in silence");
    let mut moved = town;
    moved.citizens.get_mut(&1).expect("there").kin.clear();
    assert_eq!(changes(&moved.run("family_job_child", Some(&first.kept))), [(1, Change::Ended)].into());
}

#[test]
fn the_family_is_not_seen_by_a_receiver_who_may_not_know_it() {
    let mut town = Town::new([
        (1, citizen(vec![job()]).kin(&[(Kinship::Child, 2)])),
        (2, citizen(vec![told("dubu", "c", "child", "BFF")])),
    ]);
    assert_eq!(town.list("family_job_child").len(), 1);
    let statutes = &mut town.config.access.statute;
    let statute = statutes.iter_mut().find(|row| row.id == "target_family_job_child").expect("the demo's");
    statute.field_classes.retain(|class| class.code() != "household");
    assert!(town.list("family_job_child").is_empty());
}

#[test]
fn who_may_no_longer_be_told_of_leaves_in_silence_and_who_is_not_known_is_unverified() {
    let whole = || citizen(vec![job(), benefit()]);
    let town = Town::new((1..=6).map(|at| (at, whole())));
    let first = town.run("cross_department", None);
    assert_eq!(first.report.citizens.len(), 6);
    let mut later = town.clone();
    later.citizens.get_mut(&1).expect("there").is_protected = true;
    later.citizens.get_mut(&2).expect("there").told[1].screened = true;
    later.objecting.insert(who(3));
    later.citizens.get_mut(&4).expect("there").is_unknown = true;
    later.citizens.get_mut(&5).expect("there").told.pop();
    let second = later.run("cross_department", Some(&first.kept));
    let expected = [(4, Change::Unverified), (5, Change::Ended), (6, Change::Still)];
    assert_eq!(
        changes(&second),
        expected.into(),
        "that the register has not told of one makes nothing of another uncertain"
    );
    later.citizens.get_mut(&4).expect("there").is_unknown = false;
    let third = later.run("cross_department", Some(&second.kept));
    assert_eq!(changes(&third), [(4, Change::Still), (6, Change::Still)].into());
    assert!(second.report.gaps.iter().any(|gap| gap.text.contains("har ikke svaret om alle")));
}

impl Citizen {
    fn clone_with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

fn any_told() -> impl Strategy<Value = Told> {
    let source = prop::sample::select(vec!["sbsys", "fasit", "oio"]);
    let category = prop::sample::select(vec!["employment", "benefit", "homelessness", "substance_use", "violence"]);
    let department = prop::sample::select(vec!["JVS", "JSY", "SUV", "BFF", "MBU"]);
    (source, category, department, 0..4_u8, prop::bool::weighted(0.2), 0..1_000_u32).prop_map(
        |(source, category, department, level, screened, id)| {
            told(source, &format!("{id}"), category, department).with(|told| {
                told.level = level;
                told.screened = screened;
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Metamorphic: the list with a withheld case is the list without it, word for word.
    #[test]
    fn a_withheld_case_changes_no_list(
        cases in prop::collection::vec(any_told(), 1..6),
        born in 1950..2010_i16,
    ) {
        for rule in ["cross_department", "fifty_plus"] {
            let (statute, town) = {
                let town = Town::new([(1, citizen(cases.clone()).born(date(born, 3, 1)))]);
                let id = format!("target_{rule}");
                (town.config.access.statute.iter().find(|row| row.id == id).expect("a statute").clone(), town)
            };
            let is_told = |told: &Told| {
                !told.screened
                    && told.level <= statute.level_max
                    && statute.categories.iter().any(|code| code == told.category)
                    && statute.from.iter().any(|code| Some(code.as_str()) == told.department)
            };
            let mut without = town.clone();
            let only_told: Vec<Told> = cases.iter().filter(|told| is_told(told)).cloned().collect();
            without.citizens.insert(1, citizen(only_told).born(date(born, 3, 1)));
            prop_assert_eq!(town.list(rule), without.list(rule));
        }
    }
}
