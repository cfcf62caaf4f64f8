//! The policies as shipped: they fit their schema, our inputs fit it, too, and what does not fit is not taken.

use cedar_policy::{Entities, Request};
use jiff::Timestamp;
use uuid::Uuid;

use super::cedar::context;
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
