//! Promises of a staff directory: many employees cost as little as one, and what is odd about one touches nobody else.

use std::collections::BTreeMap;

use glasplade_adapters::contract::{StaffAnswer, StaffKey, StaffMember};
use glasplade_adapters::fake::population::Staff;
use glasplade_adapters::fake::{FakeAnswer, Fault, Recorded};

use super::limits::stays_within_the_limit;
use super::wire::operation;
use crate::bench::{Bench, LIMITS, Struck};
use crate::marks::employees::{self, COLLEAGUES, EMPLOYEE, key};
use crate::promise::{Outcome, Promise, STAFF, Verdict, hold, promises};

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["staff": STAFF =>
    the_required_facts_are_told,
    many_employees_cost_as_many_lists_as_one,
    the_order_of_the_answer_does_not_matter,
    an_own_number_never_comes_out,
    an_unknown_key_is_missing_and_no_error,
    one_broken_employee_never_fails_the_others,
    whoever_has_left_is_a_name,
    what_nobody_asked_for_is_dropped,
    keys_over_the_limit_are_counted,
    one_look_up_stays_within_the_limit_of_calls;
];

async fn resolved(bench: &Bench, keys: &[StaffKey]) -> Result<StaffAnswer, String> {
    bench.subject.resolve(keys).await.map_err(|error| format!("no answer about {} keys: {error}", keys.len()))
}

fn colleagues() -> Vec<StaffKey> {
    COLLEAGUES.into_iter().map(key).collect()
}

/// The colleagues are whole, each under their own key; so many others are unreadable.
fn are_themselves(bench: &Bench, answer: &StaffAnswer, unreadable: u32) -> Result<(), String> {
    let found: BTreeMap<_, _> = answer.found.iter().map(|(key, member)| (key, member)).collect();
    hold!(found.len() == answer.found.len(), "a key comes twice");
    for name in COLLEAGUES {
        let staff = bench.world.staff_member(name).ok_or("a colleague is not in the population")?;
        let member = *found.get(&key(name)).ok_or("a colleague is missing")?;
        hold!(is_whole(member, staff), "a colleague is told as somebody else, or in part");
    }
    hold!(answer.unreadable == unreadable, "{} keys are unreadable, {unreadable} should be", answer.unreadable);
    Ok(())
}

fn is_whole(member: &StaffMember, staff: &Staff) -> bool {
    let email = staff.email.as_deref().map(str::to_lowercase);
    (member.user, &member.name, &member.email, &member.phone)
        == (staff.uuid, &Some(staff.name.clone()), &email, &staff.phone)
        && member.employed
        && member.unit.is_some()
        && member.leader.is_some()
}

async fn the_required_facts_are_told(bench: &Bench) -> Outcome {
    let answer = resolved(bench, &[key(EMPLOYEE), StaffKey::User(employees::uuid())]).await?;
    hold!(answer.found.len() == 2, "{} answers by user name and id, 2 are wanted", answer.found.len());
    for (_, member) in &answer.found {
        for fact in &bench.own.facts {
            hold!(is_told(fact, member, bench)?, "`{fact}` is missing or wrong");
        }
    }
    Ok(Verdict::Kept)
}

/// The directory tells this fact as the population has it.
fn is_told(fact: &str, told: &StaffMember, bench: &Bench) -> Result<bool, String> {
    let staff = bench.world.staff_member(EMPLOYEE);
    let unit = staff.and_then(|staff| bench.world.unit(&staff.unit));
    let (Some(staff), Some(unit)) = (staff, unit) else { return Err("the marked employee has no unit".to_owned()) };
    let user = |name: &Option<String>| bench.world.staff_member(name.as_deref()?).map(|staff| staff.uuid);
    let above: Vec<_> = unit.above.iter().map(|above| above.uuid).collect();
    let told_unit = told.unit.as_ref();
    Ok(match fact {
        "name" => told.name.as_ref() == Some(&staff.name),
        "employee_id" => told.employee_id.as_ref() == Some(&staff.id),
        "title" => told.title == staff.title && staff.title.is_some(),
        "email" => told.email == staff.email.as_deref().map(str::to_lowercase) && staff.email.is_some(),
        "phone" => told.phone == staff.phone && staff.phone.is_some(),
        "mobile" => told.mobile == staff.mobile && staff.mobile.is_some(),
        "unit" => told_unit.is_some_and(|told| (told.uuid, told.name.as_ref()) == (unit.uuid, Some(&unit.name))),
        "unit_phone" => told_unit.is_some_and(|told| told.phone == unit.phone && unit.phone.is_some()),
        "unit_email" => told_unit.is_some_and(|told| told.email == unit.mailbox && unit.mailbox.is_some()),
        "above" => told_unit.is_some_and(|told| told.above == above && !above.is_empty()),
        "leader" => told.leader == user(&staff.leader) && told.leader.is_some(),
        "stand_in" => told.stand_in == user(&staff.stand_in) && told.stand_in.is_some(),
        "changed" => told.changed.is_some(),
        other => return Err(format!("the settings file names a fact that nobody knows: {other}")),
    })
}

/// How often each declared read was sent.
fn counted(bench: &Bench, sent: &[Recorded]) -> BTreeMap<&'static str, usize> {
    let reads = bench.subject.source.info().reads;
    let mut counts = BTreeMap::new();
    for read in sent.iter().filter_map(|request| operation(reads, request)) {
        *counts.entry(read.name).or_default() += 1;
    }
    counts
}

/// Only searches are one by one.
async fn many_employees_cost_as_many_lists_as_one(bench: &Bench) -> Outcome {
    let keys = colleagues();
    resolved(bench, &keys[..1]).await?;
    let one = counted(bench, &bench.server.take_recorded());
    are_themselves(bench, &resolved(bench, &keys).await?, 0)?;
    let many = counted(bench, &bench.server.take_recorded());
    hold!(!bench.own.batched.is_empty(), "the settings file names no `batched` read");
    for read in &bench.own.batched {
        let (one, many) = (one.get(&**read), many.get(&**read));
        hold!(one.is_some(), "`{read}` is not sent for one employee");
        hold!(one == many, "`{read}`: {many:?} calls for {} employees, {one:?} for one", keys.len());
    }
    for (read, calls) in &many {
        let most = one.get(read).copied().unwrap_or_default() * keys.len();
        hold!(*calls <= most, "`{read}`: {calls} calls for {} employees", keys.len());
    }
    Ok(Verdict::Kept)
}

async fn the_order_of_the_answer_does_not_matter(bench: &Bench) -> Outcome {
    let object = bench.own.object.clone().ok_or("the settings file names no `object`")?;
    let keys = colleagues();
    let turned: Vec<StaffKey> = keys.iter().rev().cloned().collect();
    let plain = resolved(bench, &keys).await?;
    are_themselves(bench, &plain, 0)?;
    are_themselves(bench, &resolved(bench, &turned).await?, 0)?;
    bench.stage.change_all(move |answer| {
        let body = in_reverse(&String::from_utf8_lossy(&answer.body), &object);
        FakeAnswer { body: body.into_bytes().into(), ..answer }
    });
    let answer = resolved(bench, &keys).await?;
    are_themselves(bench, &answer, 0)?;
    hold!(answer == plain, "the answer in another order is another answer");
    Ok(Verdict::Kept)
}

/// The elements of this name, last one first; what stands before and behind them stays.
fn in_reverse(body: &str, element: &str) -> String {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let (Some(first), Some(last)) = (body.find(&start), body.rfind(&end)) else { return body.to_owned() };
    let last = last + end.len();
    let mut elements: Vec<&str> = body[first..last].split_inclusive(&*end).collect();
    elements.reverse();
    format!("{}{}{}", &body[..first], elements.concat(), &body[last..])
}

/// The directory holds it, people type it into other places, and some systems take it for a user name.
async fn an_own_number_never_comes_out(bench: &Bench) -> Outcome {
    let by_number = StaffKey::User(employees::uuid_of_named_by_number());
    let keys = [key(EMPLOYEE), StaffKey::User(employees::uuid()), key(employees::NUMBERED), by_number];
    let answer = resolved(bench, &keys).await?;
    hold!(answer.found.len() == keys.len(), "{} of {} are told", answer.found.len(), keys.len());
    let told = format!("{answer:?}");
    let shows = |text: &str| employees::NUMBERS.iter().any(|number| text.contains(number));
    hold!(!shows(&told), "an own number is in the answer");
    // And as a key it is not asked about.
    bench.server.take_recorded();
    let answer = resolved(bench, &[key(employees::NAMED_BY_NUMBER)]).await?;
    hold!(answer.found.is_empty(), "an own number is taken for a user name");
    let asked = bench.server.take_recorded().iter().any(|sent| shows(&String::from_utf8_lossy(&sent.body)));
    hold!(!asked, "the directory is asked about an own number");
    Ok(Verdict::Kept)
}

async fn an_unknown_key_is_missing_and_no_error(bench: &Bench) -> Outcome {
    let unknown =
        [key(employees::STRANGER), key(employees::MISSING), StaffKey::User(uuid::Uuid::from_u128(0x4711 << 64))];
    let answer = resolved(bench, &unknown).await?;
    hold!(answer == StaffAnswer::default(), "{} unknown keys are told", answer.found.len());
    let keys: Vec<StaffKey> = colleagues().into_iter().chain(unknown.clone()).collect();
    let answer = resolved(bench, &keys).await?;
    are_themselves(bench, &answer, 0)?;
    hold!(answer.found.len() == COLLEAGUES.len(), "an unknown key is told beside known ones");
    Ok(Verdict::Kept)
}

async fn one_broken_employee_never_fails_the_others(bench: &Bench) -> Outcome {
    let among_others = |name: &str| [key(name)].into_iter().chain(colleagues()).collect::<Vec<_>>();
    for (what, name, unreadable) in [
        ("a search that is refused", employees::REFUSED, 1),
        ("a user who is found and not listed", employees::LOST, 0),
        ("two users of one name", employees::TWIN, 1),
    ] {
        let answer = resolved(bench, &among_others(name)).await.map_err(|told| format!("{what}: {told}"))?;
        are_themselves(bench, &answer, unreadable).map_err(|told| format!("{what}: {told}"))?;
        hold!(!answer.found.iter().any(|(found, _)| *found == key(name)), "{what}: somebody is told");
    }
    for fault in [Fault::Html, Fault::Truncated] {
        bench.switch(fault, Struck::TheMarked);
        let answer = resolved(bench, &among_others(EMPLOYEE)).await.map_err(|told| format!("{fault}: {told}"))?;
        are_themselves(bench, &answer, 1).map_err(|told| format!("{fault}: {told}"))?;
    }
    Ok(Verdict::Kept)
}

async fn whoever_has_left_is_a_name(bench: &Bench) -> Outcome {
    let answer = resolved(bench, &[key(employees::LEFT)]).await?;
    let [(_, member)] = answer.found.as_slice() else { return Err("nobody is told".to_owned()) };
    let name = bench.world.staff_member(employees::LEFT).map(|staff| staff.name.clone());
    hold!(!member.employed && member.name == name, "somebody who has left is told as employed, or without a name");
    let ways = [&member.phone, &member.mobile, &member.email, &member.title];
    let is_silent = ways.into_iter().all(Option::is_none) && member.unit.is_none();
    hold!(is_silent && member.leader.is_none(), "more than the name and the stand-in is told");
    let stand_in = bench.world.staff_member(employees::STAND_IN).map(|staff| staff.uuid);
    hold!(member.stand_in == stand_in, "the stand-in of somebody who has left is lost");
    Ok(Verdict::Kept)
}

/// Answers in which the marked employee's id is another one: nobody is told, under either key.
async fn what_nobody_asked_for_is_dropped(bench: &Bench) -> Outcome {
    let (asked, other) = (employees::uuid(), uuid::Uuid::from_u128(employees::uuid().as_u128() ^ 0xff));
    bench.stage.change_all(move |answer| {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let other = other.to_string();
        let body = text.replace(&asked.to_string(), &other).replace(&asked.to_string().to_uppercase(), &other);
        FakeAnswer { body: body.into_bytes().into(), ..answer }
    });
    let answer = resolved(bench, &[StaffKey::User(asked)]).await?;
    hold!(answer.found.is_empty(), "an answer about somebody else is told as the one asked for");
    Ok(Verdict::Kept)
}

async fn keys_over_the_limit_are_counted(bench: &Bench) -> Outcome {
    let over = 3;
    let strangers = (0..LIMITS.rows_max + over).map(|at| key(&format!("az98{at:03}")));
    let answer = resolved(bench, &strangers.collect::<Vec<_>>()).await?;
    let unreadable = usize::try_from(answer.unreadable).unwrap_or_default();
    hold!(unreadable == over, "{unreadable} keys are counted, {over} are over the limit");
    hold!(bench.server.take_recorded().len() <= LIMITS.rows_max, "more keys are asked about than the limit allows");
    Ok(Verdict::Kept)
}

async fn one_look_up_stays_within_the_limit_of_calls(bench: &Bench) -> Outcome {
    let keys = colleagues();
    stays_within_the_limit(bench, bench.subject.resolve(&keys)).await
}
