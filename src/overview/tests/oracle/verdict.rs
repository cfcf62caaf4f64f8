//! What product.md §3 says that this caller is shown, read top to bottom: plain code, no policies, nothing of `access`.

use std::collections::{BTreeMap, BTreeSet};

use super::consent_state::{self, State as ConsentState};
use super::grounds::is_own_case;
use super::sight::Sight;
use super::tables::{Purpose, Role};
use super::told::notice;
use super::world::{Consent, Item, Kin, Relative, Side, Town, World};

/// On what an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    InPerson,
    ByUnit,
    Granting,
    Law(&'static str),
    Consent(u8),
    Emergency,
}

/// What becomes of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Shown, with the classes that each ground alone opens.
    Shown(BTreeMap<Ground, u16>),
    /// It would be shown, but its window is over: counted when it is an own case, otherwise no trace.
    PastWindow {
        counted: bool,
    },
    Contact,
    Existence,
    Nothing,
}

/// [DK] fortalt: of an item that is not shown, once for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Notice {
    pub(super) with_contact: bool,
    pub(super) is_neutral: bool,
    pub(super) is_home: bool,
    pub(super) department: &'static str,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) items: Vec<Told>,
    pub(super) notices: BTreeSet<Notice>,
    /// The citizen's block: no class is no block.
    pub(super) citizen: u16,
    /// A name stands in the block.
    pub(super) has_name: bool,
    /// The consents in force.
    pub(super) in_force: BTreeSet<u8>,
}

/// The answer, or none at all; and by which sentences.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) answer: Option<Answer>,
    pub(super) why: BTreeSet<&'static str>,
}

/// Decides one world.
pub(super) struct Judge<'a> {
    pub(super) world: &'a World,
    /// The caller's roles.
    pub(super) roles: Vec<Role>,
    pub(super) in_force: Vec<&'a Consent>,
    why: BTreeSet<&'static str>,
}

/// What the caller must be shown.
pub(super) fn expected(world: &World) -> Expected {
    let mut judge = Judge { world, roles: Vec::new(), in_force: Vec::new(), why: BTreeSet::new() };
    let answer = judge.answer();
    Expected { answer, why: judge.why }
}

impl Judge<'_> {
    pub(super) fn because(&mut self, sentence: &'static str) {
        self.why.insert(sentence);
    }

    pub(super) fn token_level(&self) -> u8 {
        self.world.caller.sensitivity_max.unwrap_or(3)
    }

    /// The case is about the caller, too, as far as anybody knows the caller's number.
    pub(super) fn is_party(&self, item: &Item) -> bool {
        item.names_caller_as_party && self.world.kin.is_caller_known
    }

    fn answer(&mut self) -> Option<Answer> {
        let world = self.world;
        // "Closed until named"; "Unconfirmed means off".
        if !is_on(world.purpose, world.town) {
            self.because("refused: the purpose is off");
            return None;
        }
        // "a route or purpose the caller's role never has" is no answer at all. One role that may state it is enough; then the
        // caller's roles are judged one by one, and what one opens is shown.
        self.roles.clone_from(&world.caller.roles);
        if !self.roles.iter().any(|role| world.purpose.is_stated_by(*role)) {
            self.because("refused: no role has the purpose");
            return None;
        }
        // An emergency has "a written reason" of its own. "Every request states a purpose and the caller's own case, or, where none exists yet, a reason".
        let has_case = world.purpose.takes_a_case() && world.case_ref.is_some();
        if !has_case && !world.has_reason {
            self.because("refused: neither case nor reason");
            return None;
        }
        for consent in &world.consents {
            let state = consent_state::state(consent, world, world.citizen.is_known);
            self.because(state.name());
            if state == ConsentState::Given && !world.citizen.is_known {
                self.because("consent: an adult's own, while the register is silent");
            }
            if state == ConsentState::Given {
                self.in_force.push(consent);
            }
        }
        let sights: Vec<Sight> = world.items.iter().map(|item| self.sight(item)).collect();
        let mut told = self.shown(&sights);
        // "only where the caller is shown at least one item of this citizen inside its window (on any ground)"
        let has_relation = told.iter().any(|one| matches!(one, Told::Shown(_)));
        let is_told = has_relation || world.purpose.tells_without_relation();
        for (at, sight) in sights.iter().enumerate() {
            if told[at] == Told::Nothing {
                told[at] = self.told_of(&world.items[at], sight, is_told, has_relation);
            }
        }
        let notices = sights.iter().zip(&told).filter_map(|(sight, told)| notice(sight, told)).collect();
        let (citizen, has_name) = self.citizen(&sights, &told);
        let in_force = self.in_force.iter().map(|consent| consent.id).collect();
        Some(Answer { items: told, notices, citizen, has_name, in_force })
    }

    /// Steps 1 to 5, and the window.
    fn shown(&mut self, sights: &[Sight]) -> Vec<Told> {
        let items = &self.world.items;
        let mut grounds: Vec<BTreeMap<Ground, u16>> = Vec::new();
        for (item, sight) in items.iter().zip(sights) {
            let opened = if self.is_never(item, sight) { BTreeMap::new() } else { self.grounds(sight) };
            grounds.push(opened);
        }
        // "own efforts + the granting case's `existence`, `people`"
        if self.roles.contains(&Role::ProviderWorker) {
            for (from, item) in items.iter().enumerate() {
                let is_own = grounds[from].keys().any(|one| matches!(one, Ground::InPerson | Ground::ByUnit));
                let grants = is_own && sights[from].side == Side::Provider && !sights[from].is_past_window;
                let Some(at) = item.granted_by.filter(|_| grants) else { continue };
                self.grant(&items[at], &sights[at], &mut grounds[at]);
            }
        }
        let mut told = Vec::new();
        for (sight, opened) in sights.iter().zip(grounds) {
            told.push(match opened.is_empty() {
                true => Told::Nothing,
                // "a closed case stays visible for a window set per source, and the answer says how many rows the
                // window hid (only of rows the caller may see)"
                false if sight.is_past_window => {
                    self.because("past its window");
                    Told::PastWindow { counted: opened.keys().any(|one| is_own_case(*one)) }
                }
                false => {
                    if opened.len() > 1 {
                        self.because("several grounds at once");
                    }
                    Told::Shown(opened)
                }
            });
        }
        told
    }

    /// Step 1, **never**: "oneself or one's own household (where that is known); an item screened to named staff"; "a case
    /// where the caller is a party"; where the owner's row is missing "access is never widened".
    pub(super) fn is_never(&mut self, item: &Item, sight: &Sight) -> bool {
        match bar(self.world.kin) {
            Bar::Oneself => self.because("never: oneself"),
            Bar::Household => self.because("never: the household"),
            Bar::Haste => self.because("never: silent and hasty"),
            _ if self.is_party(item) => self.because("never: a party of the case"),
            _ if sight.is_screened && !sight.is_screened_to_caller => self.because("never: screened to others"),
            // Decision 0018: whoever gave no time to find out how strict it is.
            _ if sight.is_strictness_unknown && self.world.kin.is_hasty => self.because("never: in haste, how strict"),
            _ if !sight.owner_row_decides => self.because("never: the owner's row is missing"),
            _ => return false,
        }
        true
    }
}

/// What stands between the caller and this citizen whatever the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bar {
    None,
    Oneself,
    Household,
    Haste,
    /// Only what one works on in person.
    Colleague,
    /// The same, while nobody can say whether they live together.
    Silent,
}

pub(super) fn bar(kin: Kin) -> Bar {
    let knows = kin.is_caller_known;
    match kin.caller_is {
        Relative::Oneself if knows => Bar::Oneself,
        // Only the register can say that a former number is the caller's.
        Relative::FormerNumber if knows && !kin.is_silent => Bar::Oneself,
        // "where that is known": while the register is silent nobody can name the household.
        Relative::Household if knows && !kin.is_silent => Bar::Household,
        _ if knows && kin.is_silent && kin.is_hasty => Bar::Haste,
        _ if kin.is_colleague => Bar::Colleague,
        _ if knows && kin.is_silent => Bar::Silent,
        _ => Bar::None,
    }
}

fn is_on(purpose: Purpose, town: Town) -> bool {
    purpose.ships_on() || town == Town::Confirmed
}
