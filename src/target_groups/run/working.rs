//! One run from the question to the bytes: the right, the attempt, the index, the list, the entries. What comes back may leave.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use glasplade_adapters::contract::danish_day;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::asked::{Asked, By, NotRun};
use super::completeness::{Completeness, SourceState};
use super::find::{Found, Question, World, find};
use super::ledger::{ListName, NotTaken, RunLedger, RunRow};
use super::objection::{Event, Objections, What};
use super::population::{Population, Sight};
use super::room::TargetRuns;
use super::standing::{DryRunView, places};
use crate::access::{DecidedAnswer, ListPermit, REASON_CHARACTERS_MIN, Refusal, holds_personal_number};
use crate::audit::{AuditedEvent, AuditedSource, Disclosure, ListAsked, ListEntry, Pseudonym, Request, entry_id};
use crate::config::{ApprovalRow, CaseReference, TARGET_GROUP_PURPOSE};
use crate::overview::Rendered;
use crate::target_groups::index::{NumberSeal, TargetIndex};
use crate::target_groups::lists::{self, Format};
use crate::target_groups::rules::{Approved, Off, Rule, standings};

/// A list whose entries are durable. Its bytes may leave.
#[derive(Debug)]
pub struct Ran {
    /// The run.
    pub run: Uuid,
    /// The list, or the counts of a dry run.
    pub disclosure: Disclosure,
    /// Its media type.
    pub media_type: &'static str,
    /// What a file of it is called.
    pub file_name: String,
    /// To be done once the bytes have been handed over; nothing for a dry run.
    pub keeping: Option<Keeping>,
}

/// Keeps a run, so that the next one compares itself with it. Dropped undone, the next one compares itself with the one before: what
/// nobody got is told again.
#[must_use = "a run that was handed over is kept"]
#[derive(Debug)]
pub struct Keeping {
    ledger: Arc<RunLedger>,
    list: ListName,
    run: Uuid,
    row: Option<Box<RunRow>>,
    is_done: bool,
}

impl Keeping {
    /// Keeps it. Blocks on the disk.
    ///
    /// # Errors
    /// [`NotTaken`]: it is not kept.
    pub fn keep(mut self) -> Result<(), NotTaken> {
        if let Some(row) = self.row.take() {
            self.ledger.keep(&self.list, &row)?;
            self.is_done = true;
        }
        Ok(())
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        if !self.is_done && self.ledger.let_go(&self.list, self.run).is_err() {
            tracing::warn!("a list is not let go of; nobody makes it for a quarter of an hour");
        }
    }
}

/// What is run, decided and not begun.
struct Plan {
    rule: Arc<Rule>,
    approved: Approved,
    permit: ListPermit,
    list: ListName,
    run: Uuid,
    now: Timestamp,
    as_of: Date,
    slot: Option<Date>,
    dry_run: bool,
    with_numbers: bool,
    format: Format,
}

/// What was made.
struct Made {
    body: Vec<u8>,
    entries: Vec<ListEntry>,
    decided: DecidedAnswer,
    sources: Vec<AuditedSource>,
    moved: Vec<(Pseudonym, Pseudonym)>,
    keeping: Option<Keeping>,
}

impl TargetRuns {
    /// Makes one list.
    ///
    /// # Errors
    /// [`NotRun`]; never about a citizen.
    pub async fn run(self: &Arc<Self>, request: &Request, by: By<'_>, asked: &Asked) -> Result<Ran, NotRun> {
        let plan = self.plan(by, asked)?;
        // No list is made of what an operator let go before the audit knows that it was let go.
        Box::pin(self.record_accepted()).await?;
        let _permit = self.working.try_acquire().map_err(|_| Refusal::Overloaded)?;
        let on_record = on_record(&plan, asked);
        let attempt = self.lent.audit.open_list(request, by.audited(), &on_record).await?;
        let (room, plan) = (Arc::clone(self), Arc::new(plan));
        let working = Arc::clone(&plan);
        let made = tokio::task::spawn_blocking(move || room.make(&working)).await;
        let made = match made.unwrap_or(Err(NotRun::Broken)) {
            Ok(made) => made,
            Err(error) => {
                attempt.refuse(error.code()).await?;
                return Err(error);
            }
        };
        self.record_moved(request, &made.moved).await?;
        let disclosure = attempt.disclose(made.entries, made.decided, made.sources, Rendered::new(made.body)).await?;
        let (format, name) = (plan.format, &plan.list);
        Ok(Ran {
            run: plan.run,
            disclosure,
            media_type: if plan.dry_run { "application/json" } else { format.media_type() },
            file_name: format!("{}-{}-{}.{}", name.rule, name.receiver, plan.as_of, format.as_str()),
            keeping: made.keeping,
        })
    }

    /// Decides whether it may be run, before anything is read.
    fn plan(&self, by: By<'_>, asked: &Asked) -> Result<Plan, NotRun> {
        self.places()?;
        let now = self.lent.clock.now();
        let today = danish_day(now);
        let rule = self.config.target_groups.rule(&asked.rule).ok_or(NotRun::UnknownRule)?;
        if let By::Caller(caller) = by
            && !rule.file().run_by.iter().any(|role| caller.has_role(role))
        {
            return Err(NotRun::NotForRole);
        }
        let (row, approved) = self.approved(by, asked, today)?;
        if asked.purpose != TARGET_GROUP_PURPOSE {
            return Err(NotRun::OtherPurpose);
        }
        if asked.legal_basis != rule.file().legal_basis {
            return Err(NotRun::OtherBasis);
        }
        self.permit_caller(by, asked, &row)?;
        let (access, wanted) = (self.lent.access.now(), (row.receiver.as_str(), row.statute.as_str()));
        let permit = access.permit_list(TARGET_GROUP_PURPOSE, &rule.file().run_by, wanted, today)?;
        Ok(Plan {
            rule: Arc::clone(rule),
            approved,
            permit,
            list: ListName { rule: asked.rule.clone(), receiver: row.receiver },
            run: self.lent.random.uuid(),
            now,
            as_of: asked.as_of.unwrap_or(today),
            slot: by.slot(),
            dry_run: asked.dry_run,
            with_numbers: asked.with_numbers && !asked.dry_run,
            format: asked.format,
        })
    }

    /// The approval that is meant: the named one, the caller's own unit's, or the only one.
    fn approved(&self, by: By<'_>, asked: &Asked, today: Date) -> Result<(ApprovalRow, Approved), NotRun> {
        let unit = if let By::Caller(caller) = by { caller.unit() } else { None };
        let all = standings(&self.config, today).into_iter();
        let all: Vec<_> = all.filter(|standing| **standing.rule.code() == *asked.rule).collect();
        let first_off = all.iter().find_map(|standing| standing.approved.as_ref().err().copied());
        let is_named = |row: &ApprovalRow| asked.receiver.as_ref().is_none_or(|code| *code == row.receiver);
        let on = all.into_iter().filter_map(|standing| Some((standing.row?, standing.approved.ok()?)));
        let mut on: Vec<(ApprovalRow, Approved)> = on.filter(|(row, _)| is_named(row)).collect();
        match on.len() {
            0 => Err(NotRun::Off(first_off.unwrap_or(Off::NotApproved))),
            1 => Ok(on.remove(0)),
            _ => {
                let own = on.into_iter().find(|(row, _)| Some(row.receiver.as_str()) == unit);
                own.ok_or(NotRun::ManyReceivers)
            }
        }
    }

    /// A list goes to its receiver: whoever gets its bytes sits there. Counts are for everybody who may run the rule.
    fn permit_caller(&self, by: By<'_>, asked: &Asked, row: &ApprovalRow) -> Result<(), NotRun> {
        let numbers_by = &self.settings().numbers_by;
        if let Some(reason) = &asked.reason {
            if holds_personal_number(reason) {
                return Err(Refusal::PersonalNumberInText("reason").into());
            }
            if reason.trim().chars().count() < REASON_CHARACTERS_MIN {
                return Err(Refusal::ReasonTooShort.into());
            }
        }
        match by {
            By::Caller(caller) => {
                let purpose = self.config.access.purpose.iter().find(|row| row.code == TARGET_GROUP_PURPOSE);
                let wants_reason = purpose.is_some_and(|row| row.case_reference != CaseReference::None);
                if wants_reason && asked.reason.is_none() {
                    return Err(Refusal::ReasonTooShort.into());
                }
                if !asked.dry_run && caller.unit() != Some(row.receiver.as_str()) {
                    return Err(NotRun::NotForUnit);
                }
                let may = numbers_by.iter().any(|role| caller.has_role(role));
                if asked.with_numbers && !may { Err(NotRun::NumbersNotForRole) } else { Ok(()) }
            }
            // Whoever is at the machine has no token and no role; somebody must stand behind the numbers all the same.
            By::Machine(employee) if asked.with_numbers && (employee.is_none() || numbers_by.is_empty()) => {
                Err(NotRun::NumbersNotForRole)
            }
            By::Machine(_) | By::Schedule(_) => Ok(()),
        }
    }

    /// Reads, matches, compares and writes. Blocks on the disk.
    fn make(&self, plan: &Plan) -> Result<Made, NotRun> {
        let (index, ledger) = self.places()?;
        let mut keeping = None;
        if !plan.dry_run {
            ledger.begin(&plan.list, plan.run, plan.now)?;
            let (ledger, list) = (Arc::clone(&ledger), plan.list.clone());
            keeping = Some(Keeping { ledger, list, run: plan.run, row: None, is_done: false });
        }
        let before = match ledger.before(&plan.list)? {
            Some(Err(error)) => {
                tracing::error!(%error, rule = %plan.list.rule, "the run before cannot be read; everybody is new");
                None
            }
            found => found.and_then(Result::ok),
        };
        let aliases = self.lent.people.former_pseudonyms();
        let objections = Objections::of(&ledger.objections()?, &aliases);
        let objecting = objections.against(&plan.list.rule);
        let employees: HashSet<Pseudonym> = self.lent.staff_register.list().people().copied().collect();
        let (states, known, population) = TargetIndex::open(&index)?.read(|reading| {
            let states = self.states(reading, plan.now)?;
            let known = Completeness::of(&self.config, &plan.rule, &plan.approved.statute, &states, plan.now);
            let sight = Sight::new(&self.config, reading.codes(), &known.silent, plan.as_of, plan.with_numbers);
            Ok::<_, NotRun>((states, known, Population::read(reading, &sight)?))
        })?;
        let seal = plan.with_numbers.then(|| NumberSeal::new(&self.lent.pseudonyms));
        let question = Question {
            rule: &plan.rule,
            approved: &plan.approved,
            permit: &plan.permit,
            run: plan.run,
            made_at: plan.now,
            as_of: plan.as_of,
            numbers: seal.as_ref(),
        };
        let world = World {
            population: &population,
            known: &known,
            config: &self.config,
            names: &self.names,
            employees: &employees,
            objecting: &objecting,
            aliases: &aliases,
            before: before.as_ref(),
            reasons: &self.reasons,
            threads: self.settings().threads,
        };
        let Found { report, kept, counted, entries, decided } = find(&question, &world);
        let sources = states.iter().map(|state| audited(state, &known)).collect();
        let moved = objections.moved().collect();
        if plan.dry_run {
            let places = places(&self.config);
            let view = DryRunView::of(&report.rule, &report.receiver, &counted, &report.gaps, &places);
            let body = serde_json::to_vec(&view).expect("views hold nothing that JSON cannot");
            return Ok(Made { body, entries: Vec::new(), decided, sources, moved, keeping: None });
        }
        let mut body = Vec::new();
        lists::write(&report, plan.format, &mut body)?;
        // A run for a day before the last one tells, and is no run that a later one could be compared with.
        let is_kept = before.is_none_or(|before| before.as_of() <= plan.as_of);
        if let Some(keeping) = keeping.as_mut().filter(|_| is_kept) {
            let (run, made_at, slot) = (plan.run, plan.now, plan.slot);
            keeping.row = Some(Box::new(RunRow { run, made_at, slot, counted, kept }));
        }
        Ok(Made { body, entries, decided, sources, moved, keeping })
    }

    /// Puts on record that whoever objected has another number now: it outlives every memory of the register's answers.
    async fn record_moved(&self, request: &Request, moved: &[(Pseudonym, Pseudonym)]) -> Result<(), NotRun> {
        for (from, to) in moved {
            let now = self.lent.clock.now();
            let mut random = [0_u8; 10];
            self.lent.random.fill(&mut random);
            let event = Event {
                id: entry_id(now, random),
                citizen: *from,
                rule: None,
                what: What::Moved { to: *to },
                at: now,
                by: None,
                document: None,
            };
            self.put_objection(request, None, event).await?;
        }
        Ok(())
    }

    /// The audit first, then the file.
    pub(super) async fn put_objection(
        &self,
        request: &Request,
        by: Option<crate::audit::AuditedCaller>,
        event: Event,
    ) -> Result<(), NotRun> {
        let (_, ledger) = self.places()?;
        let rule = event.rule.clone().unwrap_or_else(|| "*".to_owned());
        let mut facts = BTreeMap::from([("rule".to_owned(), rule)]);
        facts.extend(event.document.clone().map(|document| ("document".to_owned(), document)));
        let audited = AuditedEvent { what: event.what.word().to_owned(), id: Some(event.id), facts };
        self.lent.audit.record_by(request, by, Some(&event.citizen), audited).await?;
        let written = tokio::task::spawn_blocking(move || ledger.add_objection(&event)).await;
        Ok(written.map_err(|_| NotRun::Broken)??)
    }
}

fn on_record(plan: &Plan, asked: &Asked) -> ListAsked {
    let (row, statute) = (&plan.approved.approval, &plan.approved.statute);
    let mut facts = BTreeMap::from([
        ("rule".to_owned(), plan.list.rule.clone()),
        ("rule_hash".to_owned(), plan.approved.hash.clone()),
        ("receiver".to_owned(), row.receiver.clone()),
        ("legal_basis".to_owned(), asked.legal_basis.clone()),
        ("statute".to_owned(), statute.id.clone()),
        ("approval".to_owned(), row.document.clone()),
        ("as_of".to_owned(), plan.as_of.to_string()),
        ("form".to_owned(), if plan.dry_run { "counts" } else { plan.format.as_str() }.to_owned()),
    ]);
    if plan.with_numbers {
        facts.insert("numbers".to_owned(), "yes".to_owned());
    }
    ListAsked {
        purpose: asked.purpose.clone(),
        reason: asked.reason.clone(),
        run: plan.run,
        policy_hash: Arc::clone(plan.permit.policy_hash()),
        facts,
    }
}

fn audited(state: &SourceState, known: &Completeness) -> AuditedSource {
    AuditedSource {
        id: state.source.to_string(),
        state: if known.complete.contains(&state.source) { "complete" } else { "incomplete" }.to_owned(),
        as_of: state.complete_as_of,
        ..AuditedSource::default()
    }
}
