//! The questions put to the solver, each answered for one kind of request.

use std::thread;
use std::time::{Duration, Instant};

use cedar_policy::{Policy, RequestEnv};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};

use crate::rules::{Rules, name, set};

/// One solver, for one run.
pub(crate) struct Prover<'a> {
    rules: &'a Rules,
    compiler: CedarSymCompiler<LocalSolver>,
    started: Instant,
}

impl<'a> Prover<'a> {
    /// Starts the solver: `CVC5`, or `cvc5` in the path.
    pub(crate) fn start(rules: &'a Rules) -> Result<Self, String> {
        let solver = LocalSolver::cvc5().map_err(|error| {
            format!("the solver does not start ({error}): set CVC5 to contract-tests/proof/cvc5, or to a cvc5 of 1.3 or newer")
        })?;
        let compiler = CedarSymCompiler::new(solver).map_err(|error| error.to_string())?;
        Ok(Self { rules, compiler, started: now() })
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        now().duration_since(self.started)
    }

    /// Time since that moment of [`Self::elapsed`].
    pub(crate) fn since(&self, moment: Duration) -> Duration {
        self.elapsed().saturating_sub(moment)
    }

    /// These policies, ready to be asked about.
    pub(crate) fn compile(&self, policies: &[Policy], question: &RequestEnv) -> Result<CompiledPolicySet, String> {
        CompiledPolicySet::compile(&set(policies), question, &self.rules.schema).map_err(|error| error.to_string())
    }

    /// A request that the first allows and the second does not; none where the first never allows more.
    pub(crate) async fn beyond(
        &mut self,
        first: &CompiledPolicySet,
        second: &CompiledPolicySet,
    ) -> Result<Option<Env>, String> {
        let found = self.compiler.check_implies_with_counterexample_opt(first, second).await;
        found.map_err(|error| error.to_string())
    }

    /// No request whatever makes evaluating the policy fail, which would be to skip it.
    pub(crate) async fn never_errors(&mut self, policy: &Policy, question: &RequestEnv) -> Result<bool, String> {
        let compiled = CompiledPolicy::compile(policy, question, &self.rules.schema)
            .map_err(|error| format!("{}: {error}", name(policy)))?;
        self.compiler.check_never_errors_opt(&compiled).await.map_err(|error| error.to_string())
    }
}

/// Solvers at once: what CI's machines have cores for.
const PROVERS: usize = 2;

/// The work done on a list in shares, each with a solver of its own, in the list's order.
pub(crate) fn in_shares<'a, T: Sync, W: Future>(list: &'a [T], work: impl Fn(&'a [T]) -> W + Sync) -> Vec<W::Output>
where
    W::Output: Send,
{
    thread::scope(|scope| {
        let shares = list.chunks(list.len().div_ceil(PROVERS).max(1));
        let running: Vec<_> = shares
            .map(|share| {
                let work = &work;
                scope.spawn(move || block_on(work(share)))
            })
            .collect();
        running.into_iter().map(|one| one.join().expect("a share ends with a result, never a panic")).collect()
    })
}

/// Runs one prover's work on this thread: the solver is another process, and it is asked one thing at a time.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime of one thread needs nothing that could be missing").block_on(work)
}

#[expect(clippy::disallowed_methods, reason = "how long a proof took is part of what it says")]
fn now() -> Instant {
    Instant::now()
}
