//! The first three parts of the proof: about the policies and the ceiling as they are.

use std::collections::BTreeSet;
use std::time::Duration;

use cedar_policy::{Effect, Policy, RequestEnv};

use crate::prover::{Prover, in_shares};
use crate::rules::{Rules, concerns, name};
use crate::say::Said;
use crate::witness::Witness;

/// No policy and no limit can fail to evaluate: one that does is skipped, and a skipped limit limits nothing.
pub(crate) async fn never_errors(rules: &Rules, prover: &mut Prover<'_>, said: &mut Said) -> Result<(), String> {
    said.part("1. Ingen regel og ingen grænse kan fejle, når den prøves");
    for (file, policies) in [("policies.cedar", &rules.policies), ("ceiling.cedar", &rules.ceiling)] {
        for question in rules.questions() {
            let started = prover.elapsed();
            let mut count = 0;
            for policy in policies.iter().filter(|policy| concerns(policy, &question)) {
                count += 1;
                if !prover.never_errors(policy, &question).await? {
                    said.failure(&name(policy), "kan fejle, og bliver så sprunget over");
                }
            }
            said.proved(&format!("{file}, {}: {count} kan ikke fejle", about(&question)), prover.since(started));
        }
    }
    Ok(())
}

/// Whatever the policies allow, the ceiling allows.
pub(crate) async fn ceiling_holds(rules: &Rules, prover: &mut Prover<'_>, said: &mut Said) -> Result<(), String> {
    said.part("2. Hvad reglerne åbner, åbner loftet også");
    for question in rules.questions() {
        let started = prover.elapsed();
        let policies = prover.compile(&rules.policies, &question)?;
        let ceiling = prover.compile(&rules.ceiling, &question)?;
        match prover.beyond(&policies, &ceiling).await? {
            None => {
                said.proved(&format!("{}: reglerne holder sig under loftet", about(&question)), prover.since(started));
            }
            Some(env) => {
                // The shipped policies stand for a mutant of an empty set here: they allow, the ceiling does not.
                let lines = match Witness::check(&env, &rules.policies, &rules.ceiling, &[]) {
                    Ok(witness) => witness.lines().join("\n           "),
                    Err(error) => error,
                };
                said.failure(&about(&question), &format!("reglerne åbner mere end loftet\n           {lines}"));
            }
        }
    }
    Ok(())
}

/// Each permit opens something that no other does, each bar and each limit closes something: none stands there for show.
pub(crate) fn nothing_is_idle(rules: &Rules, said: &mut Said) {
    said.part("3. Hver regel og hver grænse gør en forskel");
    for (file, policies) in [("policies.cedar", &rules.policies), ("ceiling.cedar", &rules.ceiling)] {
        let found = in_shares(policies, |share| idle(rules, policies, share));
        let mut took = Duration::ZERO;
        for share in found {
            match share {
                Ok((idle, share_took)) => {
                    took = took.max(share_took);
                    for name in idle {
                        said.failure(&format!("{file}: {name}"), "gør ingen forskel: intet ændres uden den");
                    }
                }
                Err(error) => said.failure(file, &error),
            }
        }
        said.proved(&format!("{file}: {} prøvet, om den gør en forskel", policies.len()), took);
    }
}

/// Those of a share without which the whole set would be the same, and how long that took.
async fn idle(rules: &Rules, all: &[Policy], share: &[Policy]) -> Result<(Vec<String>, Duration), String> {
    let mut prover = Prover::start(rules)?;
    let mut deciding: BTreeSet<String> = BTreeSet::new();
    for question in rules.questions() {
        let whole = prover.compile(all, &question)?;
        for policy in share.iter().filter(|policy| concerns(policy, &question)) {
            let without: Vec<Policy> = all.iter().filter(|other| other.id() != policy.id()).cloned().collect();
            let without = prover.compile(&without, &question)?;
            let difference = match policy.effect() {
                Effect::Permit => {
                    let alone = prover.compile(&alone(policy, all), &question)?;
                    prover.beyond(&alone, &without).await?
                }
                Effect::Forbid => prover.beyond(&without, &whole).await?,
            };
            if difference.is_some() {
                deciding.insert(name(policy));
            }
        }
    }
    Ok((share.iter().map(name).filter(|name| !deciding.contains(name)).collect(), prover.elapsed()))
}

/// One permit under all the bars.
pub(crate) fn alone(permit: &Policy, policies: &[Policy]) -> Vec<Policy> {
    let bars = policies.iter().filter(|other| other.effect() == Effect::Forbid);
    bars.chain([permit]).cloned().collect()
}

fn about(question: &RequestEnv) -> String {
    format!("{} om {}", question.principal(), question.resource())
}
