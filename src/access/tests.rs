//! Who gets a permit, and which sources may be asked under it.

use glasplade_adapters::contract::SourceId;

use super::{Access, Caller, EmergencyAsked, EmergencyCode, Question, Refusal};
use crate::testing::{TODAY, config, job_caseworker, pseudonyms, question};

fn outcome(caller: &Caller, change: impl FnOnce(&mut Question)) -> Result<(), Refusal> {
    let mut question = question();
    change(&mut question);
    let pseudonym = pseudonyms().of(&question.citizen);
    Access::new(&config()).authorize(caller, &question, pseudonym, TODAY).outcome.map(drop)
}

#[test]
fn an_own_case_is_named_or_a_reason_given() {
    let caller = job_caseworker();
    assert_eq!(outcome(&caller, |_| {}), Ok(()));
    let without = |text: Option<&str>| {
        outcome(&caller, |question| (question.case_ref, question.reason) = (None, text.map(str::to_owned)))
    };
    assert_eq!(without(Some("Borgeren ringer om sin plan")), Ok(()));
    assert_eq!(without(Some("  kort og med mellemrum   ")), Ok(()), "twenty letters between the spaces");
    assert_eq!(without(Some("   for kort           ")), Err(Refusal::ReasonTooShort));
    assert_eq!(without(None), Err(Refusal::CaseReferenceMissing));
}

#[test]
fn a_purpose_is_known_on_and_for_the_caller_s_role() {
    let purpose = |caller: &Caller, code: &str| outcome(caller, |question| question.purpose = code.to_owned());
    let caller = job_caseworker();
    assert_eq!(purpose(&caller, "coordination"), Ok(()));
    assert_eq!(purpose(&caller, "no_such_purpose"), Err(Refusal::PurposeUnknown));
    assert_eq!(purpose(&caller, "find_colleague"), Err(Refusal::PurposeOff), "enabled and not confirmed");
    assert_eq!(purpose(&caller, "management"), Err(Refusal::PurposeNotForRole));
    let leader = Caller::invented("az10010", &["leader"]).in_unit("JVS", "JVS-JOB");
    assert_eq!(purpose(&leader, "own_case"), Err(Refusal::PurposeNotForRole));
    assert_eq!(purpose(&Caller::invented("az10010", &["no_such_role"]), "own_case"), Err(Refusal::PurposeNotForRole));
}

#[test]
fn a_personal_number_in_any_free_text_is_refused_by_the_field_s_name() {
    type Change = fn(&mut Question);
    let fields: [(&str, Change); 4] = [
        ("case_ref", |question| question.case_ref = Some("0101019999".to_owned())),
        ("reason", |question| question.reason = Some("Om 010101-9999 og hendes plan".to_owned())),
        ("emergency.reason", |question| question.emergency = Some(asked("Om 010101 9999 i fare"))),
        ("protected.reason", |question| question.protected_reason = Some("Om 010101-9999".to_owned())),
    ];
    for (field, change) in fields {
        assert_eq!(outcome(&job_caseworker(), change), Err(Refusal::PersonalNumberInText(field)));
    }
}

fn asked(reason: &str) -> EmergencyAsked {
    EmergencyAsked { code: EmergencyCode::Life, reason: reason.to_owned() }
}

#[test]
fn an_emergency_brings_its_purpose_a_reason_and_a_role_that_opens_it_and_is_about_one_citizen() {
    const REASON: &str = "Borgeren har truet med at springe";
    let on_call = Caller::invented("az10009", &["on_call"]).in_unit("MSB", "VAGT");
    let ask = |caller: &Caller, purpose: &str, reason: Option<&str>, household: bool| {
        outcome(caller, |question| {
            question.purpose = purpose.to_owned();
            question.emergency = reason.map(asked);
            (question.case_ref, question.household) = (None, household);
        })
    };
    assert_eq!(ask(&on_call, "emergency", Some(REASON), false), Ok(()));
    assert_eq!(ask(&on_call, "emergency", None, false), Err(Refusal::EmergencyIncomplete));
    assert_eq!(ask(&job_caseworker(), "own_case", Some(REASON), false), Err(Refusal::EmergencyIncomplete));
    assert_eq!(ask(&on_call, "emergency", Some("  kort            "), false), Err(Refusal::ReasonTooShort));
    assert_eq!(ask(&on_call, "emergency", Some(REASON), true), Err(Refusal::EmergencyOneCitizen));
    assert_eq!(ask(&job_caseworker(), "emergency", Some(REASON), false), Err(Refusal::PurposeNotForRole));
}

#[test]
fn a_role_that_may_state_the_purpose_and_whose_row_does_not_open_emergencies_opens_none() {
    let mut config = config();
    config.access.role.iter_mut().for_each(|role| role.opens_emergencies = false);
    let question = Question {
        purpose: "emergency".to_owned(),
        emergency: Some(asked("Borgeren har truet med at springe")),
        ..question()
    };
    let on_call = Caller::invented("az10009", &["on_call"]);
    let decision = Access::new(&config).authorize(&on_call, &question, pseudonyms().of(&question.citizen), TODAY);
    assert_eq!(decision.outcome.err(), Some(Refusal::EmergencyNotForRole));
}

/// The sources that may be asked for `caller`.
fn consulted(caller: &Caller, change: impl FnOnce(&mut crate::config::Config)) -> Vec<String> {
    let mut config = config();
    change(&mut config);
    let grant = crate::testing::grant(&config, caller, "own_case");
    let ids = config.sources.source.iter().map(|row| &row.id);
    ids.filter(|id: &&SourceId| grant.may_consult(id)).map(ToString::to_string).collect()
}

#[test]
fn sources_are_chosen_by_what_the_role_could_be_shown() {
    let benefits = Caller::invented("az10003", &["benefit_officer"]).in_unit("JSY", "JSY-YDELSE").with_kle(&["*"]);
    let children_only = |config: &mut crate::config::Config| {
        config.sources.source[2].categories = vec!["child".to_owned(), "child_report".to_owned()];
    };
    assert_eq!(consulted(&benefits, children_only), ["sbsys", "fasit", "case_index", "oio"]);
    let children = Caller::invented("az10006", &["child_caseworker"]).in_unit("BFF", "BFF-MYND").with_kle(&["*"]);
    assert_eq!(consulted(&children, children_only).len(), 5);
    let nothing = |config: &mut crate::config::Config| {
        config.sources.source.iter_mut().for_each(|row| row.categories = vec!["control".to_owned()]);
    };
    assert_eq!(consulted(&benefits, nothing), [""; 0]);
}

#[test]
fn the_hash_of_what_decided_comes_with_every_decision() {
    let config = config();
    let access = Access::new(&config);
    let asked = question();
    let decision = access.authorize(&job_caseworker(), &asked, pseudonyms().of(&asked.citizen), TODAY);
    assert_eq!(*decision.policy_hash, **config.deciding.hash());
}

#[test]
fn a_purpose_is_off_when_something_that_it_rests_on_is_of_another_day() {
    let stated = |change: fn(&mut crate::config::LegalBasisRow)| {
        let mut config = config();
        let rests_on = config.access.purpose.iter().find(|row| row.code == "own_case").expect("it ships").basis.clone();
        config.access.legal_basis.iter_mut().filter(|row| row.id == rests_on[1]).for_each(change);
        let (question, caller) = (question(), job_caseworker());
        let pseudonym = pseudonyms().of(&question.citizen);
        Access::new(&config).authorize(&caller, &question, pseudonym, TODAY).outcome.map(drop)
    };
    assert_eq!(stated(|_| {}), Ok(()));
    assert_eq!(stated(|basis| basis.valid_to = Some(TODAY)), Ok(()), "its last day");
    assert_eq!(stated(|basis| basis.valid_to = TODAY.yesterday().ok()), Err(Refusal::PurposeOff));
    assert_eq!(stated(|basis| basis.valid_from = TODAY.tomorrow().ok()), Err(Refusal::PurposeOff));
}
