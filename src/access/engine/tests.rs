//! The policies as shipped: they fit their schema, our inputs fit it, too, and what does not fit is not taken.

use cedar_policy::{Entities, Request};
use jiff::Timestamp;
use uuid::Uuid;

use super::cedar::context;
use super::lasting::Lasting;
use super::slice::Subject;
use super::{AskedInput, Asking, CitizenInput, Engine, EngineError, GroundInput, ItemInput, PrincipalInput};
use crate::access::{ClassSet, ConsentGround, EmergencyGround, StatuteGround};
use crate::config::FieldClass;

const SCHEMA: &str = include_str!("../../../config/access/schema.cedarschema");
const POLICIES: &str = include_str!("../../../config/access/policies.cedar");

fn engine() -> Engine {
    Engine::parse(SCHEMA, POLICIES).expect("the shipped policies")
}

fn codes(all: &[&str]) -> std::collections::BTreeSet<String> {
    all.iter().map(|code| (*code).to_owned()).collect()
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}

fn principal() -> PrincipalInput {
    PrincipalInput {
        unit: Some("JVS-JOB".to_owned()),
        department: Some("JVS".to_owned()),
        sensitivity_max: 3,
        screened_ids: codes(&["00000000-0000-0000-0000-000000000001"]),
        role: "caseworker".to_owned(),
        own_by_person: true,
        own_by_unit: true,
        own_at_level: [codes(&["employment"]), codes(&["employment"]), codes(&["employment"]), codes(&[])],
        consent_level_max: 2,
        opens_emergencies: true,
        citizen: codes(&["person"]),
        address: "unprotected".to_owned(),
        ..PrincipalInput::default()
    }
}

fn item() -> ItemInput {
    ItemInput {
        categories: codes(&["employment"]),
        level: 1,
        kind_role: "authority".to_owned(),
        subjects_covered: codes(&["employment"]),
        owner_unit: Some("JVS-JOB".to_owned()),
        owner_department: Some("JVS".to_owned()),
        owner_row_decides: true,
        is_active: true,
        ..ItemInput::default()
    }
}

fn grounds() -> Vec<GroundInput> {
    let (from, to) = (vec!["JVS".to_owned()], vec!["JVS-JOB".to_owned()]);
    let categories = vec!["employment".to_owned()];
    let classes = ClassSet::OF_AN_ITEM;
    let (valid_from, valid_to) = (moment(100), moment(200));
    let consent = ConsentGround {
        id: Uuid::nil(),
        purpose: "coordination".to_owned(),
        case_ref: "1".to_owned(),
        from: from.clone(),
        to: to.clone(),
        categories: categories.clone(),
        classes,
        valid_from,
        valid_to,
    };
    let purposes = vec!["coordination".to_owned()];
    let statute =
        StatuteGround { id: "law".into(), purposes, from, to, categories, classes, level_max: 2, valid_from, valid_to };
    let emergency =
        EmergencyGround { id: Uuid::nil(), reason: "life".to_owned(), opened_at: valid_from, ends_at: valid_to };
    vec![
        GroundInput::OwnCase,
        GroundInput::GrantingCase,
        GroundInput::Law(statute),
        GroundInput::Consent(consent),
        GroundInput::Emergency(emergency),
        GroundInput::Category,
    ]
}

fn asked() -> AskedInput {
    AskedInput {
        now: 150,
        purpose: "coordination".to_owned(),
        case_ref: Some("1".to_owned()),
        opens: codes(&["own_case", "law", "consent", "emergency", "category"]),
        bars: codes(&[]),
        has_protected_reason: true,
    }
}

#[test]
fn every_question_of_ours_fits_the_schema() {
    let engine = engine();
    let names = &engine.names;
    let caller = names.caller("caseworker");
    for bare in [false, true] {
        let principal = if bare { PrincipalInput::default() } else { principal() };
        let (item, asked) = if bare { Default::default() } else { (item(), asked()) };
        let resources = [
            (names.item.clone(), item.entity(names.item.clone())),
            (names.citizen.clone(), CitizenInput::default().entity(names.citizen.clone())),
        ];
        for (name, resource) in resources {
            let entities = [principal.entity(caller.clone()), resource];
            Entities::from_entities(entities, Some(&engine.schema)).expect("caller and resource fit");
            for ground in grounds() {
                let context = context(&asked, true, &ground, FieldClass::Core);
                let request =
                    Request::new(caller.clone(), names.view.clone(), name.clone(), context, Some(&engine.schema));
                request.expect("the surroundings fit");
            }
        }
    }
}

#[test]
fn each_ground_opens_by_itself_and_ends_at_its_last_moment() {
    let engine = engine();
    let open = |now: i64| {
        let asking = Asking::new(&engine, vec![principal()], AskedInput { now, ..asked() }, grounds());
        let opened = asking.item(&item(), true, |_| true);
        opened.iter().map(|one| asking.ground(one.ground).code()).collect::<Vec<_>>()
    };
    assert_eq!(open(99), ["own_case"]);
    assert_eq!(open(100), ["own_case", "law", "consent", "emergency"]);
    assert_eq!(open(199), ["own_case", "law", "consent", "emergency"]);
    assert_eq!(open(200), ["own_case"], "the first moment after the end is outside");
}

#[test]
fn nothing_is_shown_of_what_may_not_be_known_to_exist() {
    let engine = engine();
    let mut grounds = grounds();
    if let GroundInput::Consent(consent) = &mut grounds[3] {
        consent.classes = ClassSet::of(&[FieldClass::Core, FieldClass::People]);
    }
    let asking = Asking::new(&engine, vec![principal()], asked(), grounds);
    let consent = |ground: &GroundInput| matches!(ground, GroundInput::Consent(_));
    assert_eq!(asking.item(&item(), true, consent), []);
}

#[test]
fn files_that_do_not_fit_are_refused_and_say_where() {
    let refused = |schema: &str, policies: &str| Engine::parse(schema, policies).expect_err("not taken");
    assert!(matches!(refused("entity {", POLICIES), EngineError::Schema(_)));
    let broken = format!("{POLICIES}\n@id(\"last\")\npermit (principal, action, resource) when {{ nothing( }};");
    let EngineError::Policies(told) = refused(SCHEMA, &broken) else { panic!("a policy that cannot be read") };
    let line = broken.lines().count();
    assert!(told.starts_with(&format!("line {line}:")), "{told}");
    let unnamed = format!("{POLICIES}\npermit (principal, action, resource);");
    assert!(matches!(refused(SCHEMA, &unnamed), EngineError::Unnamed(_)));
    let twice = format!("{POLICIES}\n@id(\"law\")\nforbid (principal, action, resource);");
    assert_eq!(refused(SCHEMA, &twice), EngineError::Unnamed("law".to_owned()));
    let misfit =
        format!("{POLICIES}\n@id(\"x\")\npermit (principal, action, resource is Item) when {{ resource.titel }};");
    assert!(matches!(refused(SCHEMA, &misfit), EngineError::Misfit(_)));
}

/// Every question of a thousand that differ in what policies look at is decided alike by the policies that can apply and by all.
#[test]
fn the_policies_that_can_apply_decide_as_all_together() {
    let engine = engine();
    let (mut asked_of, mut opened) = (0, 0);
    for draw in 0..256_u32 {
        let has = |bit: u32| draw >> bit & 1 == 1;
        let bars: &[&str] = match draw % 7 {
            0..3 => &[],
            3 => &["oneself"],
            4 => &["colleague"],
            5 => &["household_unknown", "hasty"],
            _ => &["household_unknown"],
        };
        let principal = PrincipalInput {
            told_of_existence: has(0),
            own_by_person: has(1),
            sees_granting_case: true,
            ..principal()
        };
        let item = ItemInput {
            level: u8::try_from(draw % 4).expect("below 4"),
            is_screened: has(4) && has(5),
            caller_is_actor: has(2),
            caller_is_party: has(6) && has(7),
            grants_own_effort: has(3),
            told_existence: has(1),
            told_contact: has(2),
            strictness_unknown: has(5),
            ..item()
        };
        let citizen =
            CitizenInput { has_own_case: has(0), works_in_person: has(1), has_item: has(2), is_protected: has(3) };
        let asked = AskedInput { bars: codes(bars), now: 98 + i64::from(draw % 5), ..asked() };
        let caller = engine.names.caller(&principal.role);
        let things = [
            (Subject::Item, item.entity(engine.names.item.clone()), &engine.names.item),
            (Subject::Citizen, citizen.entity(engine.names.citizen.clone()), &engine.names.citizen),
        ];
        for (subject, entity, name) in things {
            let entities = Engine::entities(principal.entity(caller.clone()), entity);
            for ground in grounds() {
                for class in FieldClass::ALL {
                    let context = context(&asked, has(6), &ground, class);
                    let view = engine.names.view.clone();
                    let request = Request::new(caller.clone(), view, name.clone(), context, None).expect("no schema");
                    let whole = engine.answer_by(&engine.policies, &request, &entities);
                    assert_eq!(
                        engine.answer(subject, &ground, &request, &entities),
                        whole,
                        "{draw} {ground:?} {class:?}"
                    );
                    asked_of += 1;
                    opened += u32::from(whole == Some(true));
                }
            }
        }
    }
    assert!(opened > asked_of / 50 && opened < asked_of / 2, "{opened} of {asked_of}: both answers occur");
}

#[test]
fn what_rests_on_a_consent_or_an_emergency_is_decided_anew_and_nothing_else() {
    let engine = engine();
    for ground in grounds() {
        let is_anew = matches!(ground, GroundInput::Consent(_) | GroundInput::Emergency(_));
        for subject in Subject::ALL {
            assert_eq!(*engine.lasting(subject, &ground) == Lasting::Once, is_anew, "{subject:?} {ground:?}");
        }
    }
}

/// Of the same inputs there are many, so that most questions have been asked before: at another moment, of another citizen, with
/// another case in the request. Each is decided by an engine that forgets, too.
#[test]
fn a_decision_that_is_used_again_is_the_one_that_would_be_made() {
    let early = "@id(\"early\")\nforbid (principal, action, resource) when { context.now < 120 && principal.told_of_existence };";
    let policies = format!("{POLICIES}\n{early}");
    let engine = || Engine::parse(SCHEMA, &policies).expect("the shipped policies and one more");
    let (keeps, forgets) = (engine(), engine().forgetting());
    let mut dice = 1_u64;
    let mut draw = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let (mut asked_of, mut opened) = (0, 0);
    for _ in 0..3_000 {
        let mut is = || draw(2) == 1;
        let unit = if is() { "JVS-JOB" } else { "JVS-UNG" }.to_owned();
        let principal =
            PrincipalInput { told_of_existence: is(), sees_granting_case: is(), unit: Some(unit), ..principal() };
        let purpose = if is() { "coordination" } else { "other" }.to_owned();
        let has_protected_reason = is();
        let item = ItemInput {
            is_screened: is(),
            grants_own_effort: is(),
            told_existence: is(),
            caller_is_party: is() && is(),
            ..item()
        };
        let citizen = CitizenInput { has_own_case: is(), is_protected: is(), ..CitizenInput::default() };
        let has_relation = is();
        let mut item = item;
        item.level = u8::try_from(draw(4)).expect("below 4");
        let asked = AskedInput {
            now: [99, 100, 101, 119, 120, 121, 150, 199, 200, 201][usize::try_from(draw(10)).expect("below 10")],
            case_ref: (draw(3) > 0).then(|| draw(3).to_string()),
            bars: codes(if draw(5) == 0 { &["colleague"] } else { &[] }),
            opens: if draw(4) == 0 { codes(&["category"]) } else { asked().opens },
            purpose,
            has_protected_reason,
        };
        let mut grounds = grounds();
        if let GroundInput::Law(law) = &mut grounds[2]
            && draw(3) == 0
        {
            law.valid_to = moment(150);
        }
        let of = |engine: &Engine| {
            let asking = Asking::new(engine, vec![principal.clone()], asked.clone(), grounds.clone());
            let all: Vec<_> = (0..grounds.len()).map(|ground| asking.citizen(0, ground, &citizen)).collect();
            (asking.item(&item, has_relation, |_| true), all)
        };
        let (again, anew) = (of(&keeps), of(&forgets));
        assert_eq!(again, anew, "{asked:?} {item:?} {grounds:?}");
        asked_of += 2 * grounds.len();
        opened += anew.0.len();
    }
    let kept = usize::try_from(keeps.kept_count()).expect("a few");
    assert!(kept > 500 && kept < asked_of / 2, "{kept} decisions for {asked_of} questions");
    assert!(opened > 500, "{opened}: both answers occur");
    assert_eq!(forgets.kept_count(), 0);
}

/// Level 1 and the largest number there is are no number: the policy fails, which opens nothing, and is no decision to keep.
#[test]
fn what_a_policy_failed_on_is_decided_anew() {
    let failing = "@id(\"failing\")\npermit (principal, action, resource is Item) when { context.ground == \"own_case\" && \
                   resource.level + 9223372036854775807 > 0 };";
    let engine = Engine::parse(SCHEMA, &format!("{POLICIES}\n{failing}")).expect("it fits the schema");
    let opened = |level: u8| {
        let asking = Asking::new(&engine, vec![principal()], asked(), vec![GroundInput::OwnCase]);
        asking.item(&ItemInput { level, ..item() }, false, |_| true).len()
    };
    assert_eq!((opened(1), opened(1), engine.kept_count()), (0, 0, 0));
    assert_eq!((opened(0), opened(0), engine.kept_count()), (1, 1, 1));
}
