//! The fourth part of the proof: every mistake is refuted, by the schema or by a counterexample.

use std::collections::BTreeMap;
use std::slice;
use std::time::Duration;

use cedar_policy::{Effect, Policy, RequestEnv};
use cedar_policy_symcc::{CompiledPolicySet, Env};

use crate::harmless::HARMLESS;
use crate::mutant::{Kind, Mutant};
use crate::mutate;
use crate::proof::alone;
use crate::prover::{Prover, in_shares};
use crate::rules::{Rules, concerns, set};
use crate::say::Said;
use crate::witness::{self, Witness};

/// Fewer mutants than this mean that the generator no longer finds the policies' parts.
const MUTANTS_MIN: usize = 150;

/// What became of a mutant, and how long that took.
type Verdict = (Result<Option<Vec<String>>, String>, Duration);

/// Every mistake is refuted, or stands on the list of harmless ones with its reason.
pub(crate) fn are_refuted(rules: &Rules, said: &mut Said) {
    said.part("4. Hver fejl, der kan laves i reglerne, bliver opdaget");
    let mutants = mutate::all(&rules.policies);
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for (mutant, (refuted, took)) in
        mutants.iter().zip(in_shares(&mutants, |share| judge(rules, share)).into_iter().flatten())
    {
        let listed = HARMLESS.iter().find(|(listed, _)| *listed == mutant.name);
        let title = format!("{} — {}", mutant.kind.text(), mutant.name);
        match (refuted, listed) {
            (Err(error), _) => said.failure(&title, &error),
            (Ok(Some(_)), Some(_)) => said.failure(&title, "står som uskadelig, men bliver afvist: slet linjen"),
            (Ok(Some(lines)), None) => {
                *counts.entry(mutant.kind).or_default() += 1;
                said.refuted(&title, &lines, took);
            }
            (Ok(None), Some((_, reason))) => said.remark(&format!("uskadelig {title}: {reason}")),
            (Ok(None), None) => said.failure(&title, "loftet opdager det ikke"),
        }
    }
    said.part("Afvist af hver slags:");
    for kind in Kind::ALL {
        let count = counts.get(&kind).copied().unwrap_or_default();
        said.remark(&format!("{count:>4}  {}", kind.text()));
        if count == 0 {
            said.failure(kind.text(), "ingen fejl af den slags blev prøvet og afvist");
        }
    }
    for (listed, _) in HARMLESS.iter().filter(|(listed, _)| mutants.iter().all(|mutant| mutant.name != *listed)) {
        said.failure(listed, "står som uskadelig, men findes ikke mere: slet linjen");
    }
    if mutants.len() < MUTANTS_MIN {
        said.failure("fejlene", &format!("kun {} blev fundet, mindst {MUTANTS_MIN} ventes", mutants.len()));
    }
}

/// A verdict on each mutant of a share. Neighbours share a solver, since one's counterexample often refutes the next.
async fn judge(rules: &Rules, mutants: &[Mutant]) -> Vec<Verdict> {
    let mut judge = match Judge::new(rules) {
        Ok(judge) => judge,
        Err(error) => return mutants.iter().map(|_| (Err(error.clone()), Duration::ZERO)).collect(),
    };
    let mut verdicts = Vec::new();
    for mutant in mutants {
        let started = judge.prover.elapsed();
        let verdict = judge.refute(mutant).await;
        verdicts.push((verdict, judge.prover.since(started)));
    }
    verdicts
}

/// One solver, and every counterexample that it has found so far.
struct Judge<'a> {
    rules: &'a Rules,
    prover: Prover<'a>,
    ceilings: Vec<(RequestEnv, CompiledPolicySet)>,
    known: Vec<Env>,
}

impl<'a> Judge<'a> {
    fn new(rules: &'a Rules) -> Result<Self, String> {
        let prover = Prover::start(rules)?;
        let ceiling = |question: RequestEnv| Ok((question.clone(), prover.compile(&rules.ceiling, &question)?));
        let ceilings = rules.questions().into_iter().map(ceiling).collect::<Result<_, String>>()?;
        Ok(Self { rules, prover, ceilings, known: Vec::new() })
    }

    /// What refutes the mutant: the schema, or a counterexample, confirmed and told. None where nothing does.
    async fn refute(&mut self, mutant: &Mutant) -> Result<Option<Vec<String>>, String> {
        let only = mutant.policy.as_ref();
        if let Some(Err(error)) = only.map(|policy| self.rules.validate(slice::from_ref(policy))) {
            return Ok(Some(vec![format!("skemaet afviser filen: {error}")]));
        }
        let policies = mutant.of(&self.rules.policies);
        // The other permits stay below the ceiling, as proved before: the changed one alone can pass it.
        let changed = match only {
            Some(permit) if permit.effect() == Effect::Permit => alone(permit, &policies),
            _ => policies.clone(),
        };
        // What the ceiling has denied once, it denies always.
        let changed_set = set(&changed);
        if let Some(known) = self.known.iter().rev().find(|env| witness::allows(env, &changed_set)) {
            return self.told(known, &policies).map(Some);
        }
        for (question, ceiling) in &self.ceilings {
            if only.is_some_and(|policy| !concerns(policy, question)) {
                continue;
            }
            let compiled = self.prover.compile(&changed, question)?;
            if let Some(env) = self.prover.beyond(&compiled, ceiling).await? {
                let told = self.told(&env, &policies)?;
                self.known.push(env);
                return Ok(Some(told));
            }
        }
        Ok(None)
    }

    fn told(&self, env: &Env, mutant: &[Policy]) -> Result<Vec<String>, String> {
        let witness = Witness::check(env, mutant, &self.rules.ceiling, &self.rules.policies)?;
        Ok(witness.lines().to_vec())
    }
}
