//! The path of one request, on one screen: permit, attempt, look, merge, redact, disclose.

mod errand;
mod family;
mod handle;
mod look;
mod memory;
mod record;
mod stream;
mod systems;
#[cfg(all(test, feature = "fakes"))]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{Clock, CprNumber, Protection, Record, SourceId, StaffKey, danish_day};
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::access::{
    AccessGrant, Caller, CallerFacts, ConsentGround, Criterion, EmergencyGround, Grounds, InForce, Refusal, Standing,
};
use crate::audit::{Attempt, Audit, Bar, Circumstances, Disclosure, Pseudonym, PseudonymKey};
use crate::consents::{Consents, Refused};
use crate::emergencies::{Emergencies, Occasion};
use crate::overview::{Classifier, OnList, Redacted, Setting, SourceStatus, Wording, merge, redact};
use crate::people::{Identity, People};
use crate::sources::{Deadline, Sources, Wish};
use crate::staff::{Entry, Known, Staff};
use crate::staff_register::StaffRegister;

pub use errand::{Errand, PathSettings};
use family::Family;
pub use handle::HandleOpener;
use look::Look;
pub use memory::Answers;
pub use record::Registered;
pub use stream::StreamEvent;
pub use systems::SystemHealth;

/// The rooms that one request goes through.
#[derive(Debug)]
pub struct Pipeline {
    /// Who may see what.
    pub access: Arc<InForce>,
    /// What was done.
    pub audit: Arc<Audit>,
    /// The source systems.
    pub sources: Arc<Sources>,
    /// Who a citizen is.
    pub people: Arc<People>,
    /// Who an employee is, and where to call.
    pub staff: Arc<Staff>,
    /// What citizens have said yes and no to.
    pub consents: Arc<Consents>,
    /// Emergencies, and what became of them.
    pub emergencies: Arc<Emergencies>,
    /// Which citizens are employees.
    pub staff_register: Arc<StaffRegister>,
    /// Which lists a citizen stands on, where overviews tell it.
    pub lists: Option<Arc<dyn Lists>>,
    /// Whose and what kind a row is.
    pub classifier: Arc<Classifier>,
    /// The words of an answer.
    pub wording: Arc<Wording>,
    /// The words of an answer that is turned to the citizen.
    pub shared_wording: Arc<Wording>,
    /// The key of pseudonyms.
    pub pseudonyms: Arc<PseudonymKey>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Answers of the last minute, for repeats.
    pub answers: Answers,
    /// Settings of the overview.
    pub settings: PathSettings,
}

/// Knows which lists a citizen stands on.
pub trait Lists: Send + Sync + std::fmt::Debug {
    /// Those of the caller's unit, which this caller may read.
    fn of(&self, caller: &Caller, numbers: &[Pseudonym]) -> Vec<OnList>;
}

/// An empty answer leaves at the floor where each source has answered within this part of it. Far below it, so that a
/// source that has to be asked again, because its rows are not kept, is done before the floor as well.
const PROMPT_PART: u32 = 3;

/// Writing down what an answer without anything in it was cut from takes longer, the more there was: it is done this long
/// before the answer leaves.
const LAST_WORK: Duration = Duration::from_millis(50);

/// What one caller sees of one citizen, and everything that it was cut from: until it leaves, it may have to be cut again.
#[derive(Debug)]
struct Seen {
    look: Look,
    /// The caller's user in the staff directory.
    user: Option<Uuid>,
    position: Position,
    /// What the directory has told of the actors.
    known: Known,
    /// The strictest protection of those who may live at the citizen's address, where it was asked.
    home: Option<Protection>,
    redacted: Redacted,
    statuses: Vec<SourceStatus>,
    /// The states as somebody is told them who sees nothing.
    statuses_without_person: Vec<SourceStatus>,
    circumstances: Circumstances,
    /// The sources took so little time that an answer without anything in it may leave at the floor.
    was_prompt: bool,
}

/// Where the caller stands to the citizen at one moment, and on what something may be shown beside own cases. Found out
/// anew for each part of an answer.
#[derive(Debug)]
struct Position {
    standing: Standing,
    grounds: Grounds,
    /// What the citizen has refused to share with the caller's unit.
    refusals: Vec<Refused>,
    /// Lists of the caller's unit on which the citizen stands.
    lists: Vec<OnList>,
    /// The caller's own number.
    person: Option<Pseudonym>,
    /// Sources that were asked and did not answer usably.
    silent: Vec<SourceId>,
    now: Timestamp,
}

impl Pipeline {
    /// The plain answer.
    ///
    /// # Errors
    /// A [`Refusal`]; never because of the citizen or a source.
    pub async fn overview(&self, errand: &Errand) -> Result<Disclosure, Refusal> {
        if let Some(remembered) = self.remembered(errand) {
            return self.recall(remembered, errand).await;
        }
        let (grant, mut attempt) = self.begin(errand).await?;
        let mut seen = self.see(grant, &errand.wish()).await;
        attempt.note(&seen.circumstances);
        let mut family = self.family(&attempt, &seen, errand).await?;
        let leaves_at = self.settle(&mut seen, &mut family, errand).await;
        let disclosure = self.disclose(attempt, &seen, family, errand, errand.if_none_match.as_deref()).await?;
        wait_until(leaves_at).await;
        Ok(disclosure)
    }

    /// Decides, and writes down what is about to be done, before anything is asked.
    async fn begin(&self, errand: &Errand) -> Result<(Arc<AccessGrant>, Attempt), Refusal> {
        let pseudonym = self.pseudonyms.of(&errand.question.citizen);
        let decision = self.access.authorize(&errand.caller, &errand.question, pseudonym, danish_day(self.clock.now()));
        let opened = self.audit.open(&errand.request, &errand.caller, &errand.question, &pseudonym, &decision);
        let attempt = opened.await?;
        let grant = decision.outcome?;
        match self.emergency(errand, &pseudonym).await {
            Ok(Some(ground)) => Ok((Arc::new(grant.in_emergency(ground)), attempt)),
            Ok(None) => Ok((Arc::new(grant), attempt)),
            Err(refusal) => {
                attempt.refuse(&refusal).await?;
                Err(refusal)
            }
        }
    }

    /// The emergency that was asked for, on record before any source hears of the citizen.
    async fn emergency(&self, errand: &Errand, citizen: &Pseudonym) -> Result<Option<EmergencyGround>, Refusal> {
        let Some(asked) = &errand.question.emergency else { return Ok(None) };
        let occasion = Occasion {
            caller: &errand.caller,
            citizen: std::slice::from_ref(citizen),
            asked,
            is_repeat: errand.question.criterion == Criterion::Handle,
            after_refusal: self.has_refused(citizen),
            request: &errand.request,
            deadline: errand.deadline,
        };
        self.emergencies.open_or_continue(&occasion).await.map(Some)
    }

    /// A no of the citizen stands, as far as the number asked for tells. Whoever it was said to: an emergency opens from
    /// everybody, and whoever judges it is to know that the citizen has objected to sharing.
    fn has_refused(&self, citizen: &Pseudonym) -> bool {
        let in_force = self.consents.in_force(std::slice::from_ref(citizen), None, self.clock.now());
        in_force.is_ok_and(|in_force| !in_force.refusals.is_empty() || !in_force.vetoes.is_empty())
    }

    /// Asks the register and the sources about one citizen, and cuts what they told.
    async fn see(&self, grant: Arc<AccessGrant>, wish: &Wish) -> Seen {
        let caller = grant.caller().clone();
        let mut look = Look::begin(grant, &self.sources, &self.people, &wish.for_look());
        let all_have_come = async { while look.next().await {} };
        let (user, ()) = tokio::join!(self.user_of(&caller, wish), all_have_come);
        self.seen(look, user, wish).await
    }

    /// Cuts what a finished look has found, and names the actors of what is left.
    async fn seen(&self, look: Look, user: Option<Uuid>, wish: &Wish) -> Seen {
        let position = self.position(&look, user);
        let redacted = self.redact(&look, &position, None);
        let keys = redacted.staff_keys();
        let (known, home) = tokio::join!(
            self.staff.know(&keys, &wish.trace_id, wish.deadline),
            self.protection_at_home(&look, &redacted, wish)
        );
        if let Some(ground) = &position.grounds.emergency {
            let identity = look.identity_or_unknown();
            let others: Vec<Pseudonym> = identity.others().iter().map(|other| *other.pseudonym()).collect();
            let relatives = identity.kin().relatives.as_deref().unwrap_or_default();
            self.emergencies.know_as(ground, &others, relatives);
        }
        let (mut statuses, mut statuses_without_person) = self.statuses(&look);
        statuses.extend(known.status());
        statuses_without_person.extend(known.status());
        let was_prompt = look.took_at_most(self.settings.empty_answer / PROMPT_PART);
        let circumstances = circumstances(&look, &position.standing);
        let mut seen = Seen {
            look,
            user,
            position,
            known,
            home,
            redacted,
            statuses,
            statuses_without_person,
            circumstances,
            was_prompt,
        };
        self.fill_in(&mut seen);
        seen
    }

    /// Puts into a cut what is found out after it: refusals, the actors' names, the address.
    fn fill_in(&self, seen: &mut Seen) {
        let Seen { look, position, known, home, redacted, statuses, .. } = seen;
        redacted.tell_refusals(position.refusals.clone());
        redacted.tell_lists(position.lists.clone());
        let read = statuses.iter().filter_map(|status| Some((status.id.clone(), status.as_of?))).collect();
        let identity = look.identity_or_unknown();
        let is_caller = |number: &CprNumber| self.is(position.person, number);
        let setting = self.setting(position, &identity, &is_caller);
        redacted.name_actors(known, &read, setting);
        if let Some(home) = *home {
            redacted.open_address(look.grant(), home, setting);
        }
    }

    /// Waits for as long as an answer without anything in it must, and cuts again what rests on something that has changed
    /// since: a consent that was taken back, or that has ended, opens nothing of an answer that has not left. A new one may
    /// open more; its actors then have the sources' own names.
    ///
    /// Ends [`LAST_WORK`] before the moment at which the answer may leave, and tells that moment.
    async fn settle(&self, seen: &mut Seen, family: &mut Option<Family>, errand: &Errand) -> Option<Instant> {
        loop {
            let leaves_at = self.leaves_at(seen, family.as_ref(), errand);
            wait_until(leaves_at.and_then(|moment| moment.checked_sub(LAST_WORK))).await;
            if !self.has_changed(seen, family, errand) {
                return leaves_at;
            }
        }
    }

    /// Cuts again what has changed; whether anything had.
    fn has_changed(&self, seen: &mut Seen, family: &mut Option<Family>, errand: &Errand) -> bool {
        let mut has_changed = self.cut_again(seen);
        for member in family.iter_mut().flat_map(Family::seen_mut) {
            has_changed |= self.cut_again(member);
        }
        if family.is_some() && !seen.redacted.tells_household(self.wording(errand)) {
            // Whoever may no longer be told of the family is told of none; what was asked stands in the audit as abandoned.
            *family = Some(Family::default());
        }
        has_changed
    }

    /// Cuts again, if the caller stands otherwise to the citizen than when it was cut.
    fn cut_again(&self, seen: &mut Seen) -> bool {
        let position = self.position(&seen.look, seen.user);
        if position.decides_like(&seen.position) {
            return false;
        }
        seen.redacted = self.redact(&seen.look, &position, None);
        seen.circumstances = circumstances(&seen.look, &position.standing);
        seen.position = position;
        self.fill_in(seen);
        true
    }

    /// The caller's user in the staff directory, for items that are screened to named users. Asked whoever the citizen is,
    /// beside the sources, and remembered for hours; what is older opens nothing.
    async fn user_of(&self, caller: &Caller, wish: &Wish) -> Option<Uuid> {
        let key = StaffKey::Employee(Arc::from(caller.employee().as_str()));
        let known: Known = self.staff.know(std::slice::from_ref(&key), &wish.trace_id, wish.deadline).await;
        match known.get(&key) {
            Entry::Member { member, aged: false, .. } if member.employed => Some(member.user),
            _ => None,
        }
    }

    /// An address tells of everybody who lives there: whoever of the family is protected hides it for all. The family is
    /// asked about only when an address was asked for and would open otherwise.
    async fn protection_at_home(&self, look: &Look, redacted: &Redacted, wish: &Wish) -> Option<Protection> {
        let identity = look.identity().filter(|_| redacted.asks_for_address())?;
        Some(self.people.protection_at_home(identity, wish).await)
    }

    /// How the sources and the register have answered; and the same as somebody is told it who sees nothing.
    fn statuses(&self, look: &Look) -> (Vec<SourceStatus>, Vec<SourceStatus>) {
        let cases = || self.sources.iter().enumerate();
        let register = self.people.id();
        let identity = look.identity_or_unknown();
        let told = cases().map(|(at, source)| look.status(at, &source.id));
        let told = told.chain(register.map(|id| identity.status(id)));
        let without = cases().map(|(at, source)| look.status_without_person(at, &source.id));
        let without = without.chain(register.map(|id| identity.status_without_person(id)));
        (told.collect(), without.collect())
    }

    /// Where the caller stands to the citizen, as far as the register has said by now.
    fn position(&self, look: &Look, user: Option<Uuid>) -> Position {
        let (identity, employees) = (look.identity_or_unknown(), self.staff_register.list());
        let person = employees.person_of(look.grant().caller().employee()).copied();
        let kin = identity.kin();
        let citizen_is_employee = kin.own.iter().any(|number| employees.employee_of(number).is_some());
        let caller = CallerFacts { person, user, is_hasty: look.is_hasty() };
        let standing = look.grant().standing(caller, kin, citizen_is_employee);
        let now = self.clock.now();
        let (consents, consents_at, refusals) = self.consents_of(look.grant(), &identity, &standing, now);
        let statutes = look.grant().statutes(danish_day(now));
        let grounds = Grounds { statutes, consents, consents_at, emergency: look.grant().emergency().cloned() };
        let lists = self.lists_of(look.grant().caller(), &identity, &standing);
        Position { standing, grounds, refusals, lists, person, silent: look.silent(), now }
    }

    /// The lists of the caller's unit on which the citizen stands, where that is told at all. Not of whom the caller is barred from, nor
    /// of a protected citizen, who is on none.
    fn lists_of(&self, caller: &Caller, identity: &Identity, standing: &Standing) -> Vec<OnList> {
        let is_open = standing.bars().is_empty() && identity.protection() == Protection::Open;
        let lists = self.lists.as_ref().filter(|_| is_open);
        lists.map(|lists| lists.of(caller, &identity.kin().own)).unwrap_or_default()
    }

    /// What the citizen's consents open for anybody, and what was refused to the caller's unit: read anew for each part of an
    /// answer, so that a withdrawal counts at once. Whoever is barred is told of no refusal.
    fn consents_of(
        &self,
        grant: &AccessGrant,
        identity: &Identity,
        standing: &Standing,
        now: Timestamp,
    ) -> (Vec<ConsentGround>, u64, Vec<Refused>) {
        let in_force = match self.consents.in_force(&identity.kin().own, identity.facts(), now) {
            Ok(in_force) => in_force,
            Err(error) => {
                tracing::error!(%error, "consents cannot be read; none opens anything");
                return (Vec::new(), 0, Vec::new());
            }
        };
        let caller = grant.caller();
        let is_told = |refused: &Refused| refused.is_told_to(caller.unit(), caller.department());
        let refusals = in_force.refusals.into_iter().filter(|refused| standing.bars().is_empty() && is_told(refused));
        (in_force.grounds, in_force.revision, refusals.collect())
    }

    /// The number is this person's.
    fn is(&self, person: Option<Pseudonym>, number: &CprNumber) -> bool {
        person.is_some_and(|person| self.pseudonyms.of(number) == person)
    }

    fn setting<'a>(
        &'a self,
        position: &'a Position,
        identity: &'a Identity,
        is_caller: &'a (dyn Fn(&CprNumber) -> bool + Sync),
    ) -> Setting<'a> {
        Setting {
            classifier: &self.classifier,
            today: danish_day(position.now),
            home_authority: &self.settings.home_authority,
            new_caseworker_days: self.settings.new_caseworker_days,
            windows: &self.settings.windows,
            sources: &self.settings.order,
            standing: &position.standing,
            identity,
            now: position.now,
            grounds: &position.grounds,
            silent: &position.silent,
            is_caller,
        }
    }

    fn wording(&self, errand: &Errand) -> &Wording {
        if errand.is_shared { &self.shared_wording } else { &self.wording }
    }

    fn redact(&self, look: &Look, position: &Position, held: Option<&dyn Fn(&Record) -> bool>) -> Redacted {
        let identity = look.identity_or_unknown();
        let rows = look.gathering().rows().filter(|record| !held.is_some_and(|is_held| is_held(record))).cloned();
        let numbers: Vec<CprNumber> = std::iter::once(*look.grant().citizen())
            .chain(identity.others().iter().map(|other| *other.number()))
            .collect();
        let merged = merge(&numbers, rows.collect(), &self.classifier, &self.settings.order);
        if merged.anonymous_dropped > 0 {
            tracing::warn!(rows = merged.anonymous_dropped, "rows about anonymous treatment were left out");
        }
        let is_caller = |number: &CprNumber| self.is(position.person, number);
        redact(look.grant(), &merged, self.setting(position, &identity, &is_caller))
    }

    /// "Unknown", "denied" and "empty" are sent at the same moment: the floor, or the deadline when a source took longer the
    /// first time that it was asked. Whose rows are never kept is asked for anew each time, and must leave as the others do.
    /// Whatever shows something leaves at once.
    fn leaves_at(&self, seen: &Seen, family: Option<&Family>, errand: &Errand) -> Option<Instant> {
        let hides_somebody = seen.redacted.is_empty() || family.is_some_and(Family::hides_somebody);
        let waits = hides_somebody && !self.settings.empty_answer.is_zero();
        let was_prompt = seen.was_prompt && family.is_none_or(Family::was_prompt);
        let is_late = !was_prompt || Deadline::after(Duration::ZERO) > errand.not_before;
        let moment = if is_late { errand.deadline.max(errand.not_before) } else { errand.not_before };
        waits.then(|| moment.instant())
    }
}

#[expect(clippy::disallowed_methods, reason = "waiting is the point: how long a look-up took must tell nothing")]
async fn wait_until(moment: Option<Instant>) {
    if let Some(moment) = moment {
        tokio::time::sleep_until(moment).await;
    }
}

/// What the audit keeps of the citizen beside the sources' answers.
fn circumstances(look: &Look, standing: &Standing) -> Circumstances {
    let identity = look.identity_or_unknown();
    let protected = (identity.protection() == Protection::Protected).then_some(Bar::Protected);
    Circumstances {
        also_known_as: identity.others().iter().map(|other| *other.pseudonym()).collect(),
        bars: standing.bars().iter().copied().chain(protected).collect(),
    }
}

impl Position {
    /// The same rows are cut alike: nothing has ended, begun or changed between the two.
    fn decides_like(&self, other: &Self) -> bool {
        let is_over = |position: &Self| position.grounds.emergency.as_ref().map(|one| one.ends_at <= position.now);
        danish_day(self.now) == danish_day(other.now)
            && is_over(self) == is_over(other)
            && (&self.standing, &self.grounds, &self.refusals, &self.lists, self.person)
                == (&other.standing, &other.grounds, &other.refusals, &other.lists, other.person)
    }
}

impl Seen {
    /// Who the citizen is, as far as the register has said.
    fn identity(&self) -> Cow<'_, Identity> {
        self.look.identity_or_unknown()
    }

    /// The audit keeps the true states; an answer that shows nothing tells none that depends on the citizen.
    fn told(&self) -> &[SourceStatus] {
        if self.redacted.is_empty() { &self.statuses_without_person } else { &self.statuses }
    }
}
