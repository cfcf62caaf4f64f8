//! Which number became which: links from a former number to the one that followed it. Pure; the oldest link goes first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;

/// What changed, or is to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The register said then that the first number was replaced by the second.
    Learned(CprNumber, CprNumber, Timestamp),
    /// The register says otherwise by now.
    Forgotten(CprNumber),
}

/// The links. **Invariant:** they never go round in a circle, so that whoever follows them arrives.
#[derive(Default)]
pub(super) struct AliasLinks {
    /// Former number → what followed it.
    next: HashMap<CprNumber, Link>,
    /// Number → those directly before it.
    before: HashMap<CprNumber, BTreeSet<CprNumber>>,
    /// When learned → former number.
    oldest: BTreeMap<u64, CprNumber>,
    turn: u64,
}

#[derive(Clone, Copy)]
struct Link {
    to: CprNumber,
    /// When the register said so.
    at: Timestamp,
    /// Its place in `oldest`.
    turn: u64,
}

impl AliasLinks {
    /// How many links there are.
    pub(super) fn len(&self) -> usize {
        self.next.len()
    }

    /// Takes a statement of the register, made at `at`, in and gives what it changed; one that is older than what is known
    /// of the number changes nothing. A statement that a number is its own successor says
    /// that it was replaced by none; one that closes a circle undoes what was said about the number now in force.
    pub(super) fn learn(
        &mut self,
        former: CprNumber,
        in_force: CprNumber,
        at: Timestamp,
        links_max: usize,
    ) -> Vec<Change> {
        match self.next.get_mut(&former) {
            Some(known) if at < known.at => return Vec::new(),
            Some(known) if known.to == in_force => {
                known.at = at;
                return Vec::new();
            }
            _ => {}
        }
        if former == in_force {
            return self.forget(&former).into_iter().collect();
        }
        let mut changes = Vec::new();
        if self.path(&in_force).any(|number| number == former) {
            changes.extend(self.forget(&in_force));
        }
        self.remove(&former);
        while self.next.len() >= links_max.max(1) {
            let Some((_, first)) = self.oldest.first_key_value() else { break };
            let first = *first;
            self.remove(&first);
        }
        self.turn += 1;
        self.next.insert(former, Link { to: in_force, at, turn: self.turn });
        self.oldest.insert(self.turn, former);
        self.before.entry(in_force).or_default().insert(former);
        changes.push(Change::Learned(former, in_force, at));
        changes
    }

    /// The number was replaced by none.
    pub(super) fn forget(&mut self, former: &CprNumber) -> Option<Change> {
        self.remove(former).then_some(Change::Forgotten(*former))
    }

    fn remove(&mut self, former: &CprNumber) -> bool {
        let Some(link) = self.next.remove(former) else { return false };
        self.oldest.remove(&link.turn);
        if let Some(before) = self.before.get_mut(&link.to) {
            before.remove(former);
            if before.is_empty() {
                self.before.remove(&link.to);
            }
        }
        true
    }

    /// Every former number with the one that followed it, in no order.
    pub(super) fn each(&self) -> impl Iterator<Item = (&CprNumber, &CprNumber)> {
        self.next.iter().map(|(former, link)| (former, &link.to))
    }

    /// The numbers that followed this one, nearest first.
    fn path(&self, number: &CprNumber) -> impl Iterator<Item = CprNumber> {
        std::iter::successors(self.next.get(number), |link| self.next.get(&link.to)).map(|link| link.to)
    }

    /// The number at the end of the links: the number itself, when nothing followed it.
    pub(super) fn in_force(&self, number: &CprNumber) -> CprNumber {
        self.path(number).last().unwrap_or(*number)
    }

    /// Every number that leads to this one, over as many links as it takes, in order of the digits.
    pub(super) fn formers(&self, number: &CprNumber) -> Vec<CprNumber> {
        let mut found = BTreeSet::new();
        let mut open = vec![*number];
        while let Some(number) = open.pop() {
            let before = self.before.get(&number).into_iter().flatten();
            open.extend(before.filter(|former| found.insert(**former)));
        }
        found.into_iter().collect()
    }
}
