//! Steps 2 to 5: own case, law, consent, emergency. Every ground on which the item is shown, and what each opens.

use std::collections::BTreeMap;

use super::sight::Sight;
use super::tables::{Purpose, Role, class};
use super::verdict::{Bar, Ground, Judge, bar};
use super::world::{Consent, Emergency, Item, Side, Statute};

impl Judge<'_> {
    /// Steps 2 to 5: every ground and what it opens.
    pub(super) fn grounds(&mut self, sight: &Sight) -> BTreeMap<Ground, u16> {
        let mut opened = BTreeMap::new();
        // Step 2, **own case**: "the caller, or the caller's unit, is an actor now, and the role covers its subject and
        // sensitivity". All that the item has.
        let roles = self.roles.clone();
        let in_person = roles.iter().any(|role| self.is_own(*role, sight, sight.in_person));
        let by_unit = roles.iter().any(|role| role.owns_by_unit() && self.is_own(*role, sight, sight.by_unit));
        // "a colleague's case without a direct actor relation" is never shown, nor anybody's while the register is silent.
        let bar = bar(self.world.kin);
        let is_narrowed = matches!(bar, Bar::Colleague | Bar::Silent);
        match (in_person, by_unit) {
            (true, _) => {
                self.because("own case: in person");
                opened.insert(Ground::InPerson, class::OF_ITEM);
            }
            (false, true) if !is_narrowed => {
                self.because("own case: by unit");
                opened.insert(Ground::ByUnit, class::OF_ITEM);
            }
            (false, _) => {}
        }
        if is_narrowed {
            self.because(if bar == Bar::Colleague { "never: a colleague" } else { "never: register silent" });
            return opened;
        }
        // "no `substance_use` …, also by consent": closed to that role on every ground.
        let may = |role: &Role| !sight.categories.iter().any(|code| role.never_sees(code));
        let roles: Vec<Role> = roles.into_iter().filter(may).collect();
        // Step 3, **law**.
        if self.world.purpose.opens_by_law() && !roles.is_empty() {
            for statute in &self.world.statutes {
                if !self.is_permitted_by(&roles, statute, sight) {
                    continue;
                }
                // Decision 0018: what rests on level and screening alone waits for who could say more.
                if sight.is_strictness_unknown {
                    self.because("no law: not known how strict");
                } else {
                    self.because("law");
                    opened.insert(Ground::Law(statute.id), statute.classes & class::OF_ITEM);
                }
            }
        }
        // Step 4, **consent**.
        if self.world.purpose.opens_by_consent() {
            for consent in self.in_force.clone() {
                if !roles.iter().any(|role| self.is_consented(*role, consent, sight)) {
                    continue;
                }
                if sight.is_strictness_unknown {
                    self.because("no consent: not known how strict");
                } else {
                    self.because("consent");
                    opened.insert(Ground::Consent(consent.id), consent.classes & class::OF_ITEM);
                }
            }
        }
        // Step 5, **emergency**.
        if self.world.purpose == Purpose::Emergency
            && self.is_running_emergency()
            && roles.iter().any(|role| self.is_emergency_of(*role, sight))
        {
            self.because("emergency");
            opened.insert(Ground::Emergency, class::OF_ITEM);
        }
        // What does not name that the item exists opens nothing of it.
        opened.retain(|ground, classes| {
            let names_it = *classes & class::EXISTENCE != 0;
            match ground {
                Ground::Law(_) if !names_it => self.because("no law: it does not name the existence"),
                Ground::Consent(_) if !names_it => self.because("no consent: it does not name the existence"),
                _ => {}
            }
            names_it
        });
        opened
    }

    pub(super) fn is_own(&mut self, role: Role, sight: &Sight, is_actor: bool) -> bool {
        if !is_actor {
            return false;
        }
        if sight.categories.iter().any(|code| role.never_sees(code)) {
            self.because("not own: a category that the role never sees");
            return false;
        }
        // "sees by `own_case` up to level": every category of the item must allow its level, and the token's limit.
        let levels: Option<Vec<u8>> = sight.categories.iter().map(|code| role.own_level(code)).collect();
        let Some(level_max) = levels.and_then(|levels| levels.into_iter().min()) else { return false };
        if sight.level > level_max {
            self.because("not own: above the role's level");
            return false;
        }
        if sight.level > self.token_level() {
            self.because("not own: above the token's level");
            return false;
        }
        // "own efforts"
        if role == Role::ProviderWorker && sight.side != Side::Provider {
            self.because("not own: no effort");
            return false;
        }
        true
    }

    /// "a statute that permits named categories between named units without consent. Only statutes that the municipality has
    /// confirmed are on"; the decision: its own level and the token's, and for each role what it may have opened.
    fn is_permitted_by(&mut self, roles: &[Role], statute: &Statute, sight: &Sight) -> bool {
        if statute.purpose != self.world.purpose {
            return false;
        }
        if !statute.has_basis || !statute.is_confirmed {
            self.because("no law: not confirmed, or without a basis");
            return false;
        }
        let today = self.world.today;
        if statute.valid_from.is_some_and(|from| today < from) || statute.valid_to.is_some_and(|to| today > to) {
            self.because("no law: not its day");
            return false;
        }
        if !self.names(&statute.categories, &statute.from, &statute.to, sight) {
            self.because("no law: other categories or units");
            return false;
        }
        if sight.level > statute.level_max || sight.level > self.token_level() {
            self.because("no law: above its level or the token's");
            return false;
        }
        let fits = roles.iter().any(|role| role.consent_level().is_some_and(|level_max| sight.level <= level_max));
        if !fits {
            self.because("no law: above the role's level");
        }
        fits
    }

    /// "for a named case and purpose, from named units, to named units, for named categories"; "level 3 never by consent; also
    /// capped by the role and by the token".
    fn is_consented(&mut self, role: Role, consent: &Consent, sight: &Sight) -> bool {
        if consent.purpose != self.world.purpose {
            self.because("no consent: another purpose");
            return false;
        }
        if self.world.case_ref != Some(consent.case_ref) {
            self.because("no consent: another case, or none");
            return false;
        }
        if !self.names(&consent.categories, &consent.from, &consent.to, sight) {
            self.because("no consent: other categories or units");
            return false;
        }
        let Some(level_max) = role.consent_level() else {
            self.because("no consent: not for this role");
            return false;
        };
        if sight.level > level_max.min(2) || sight.level > self.token_level() {
            self.because("no consent: above its level or the token's");
            return false;
        }
        true
    }

    /// All of the item's categories are named, and both ends, as a unit or as a department.
    fn names(&self, categories: &[&str], from: &[&str], to: &[&str], sight: &Sight) -> bool {
        let names = |list: &[&str], code: Option<&str>| code.is_some_and(|code| list.contains(&code));
        let unit = self.world.caller.unit;
        sight.categories.iter().all(|code| categories.contains(code))
            && (names(from, sight.unit) || names(from, sight.department))
            && (names(to, unit.map(|unit| unit.code)) || names(to, unit.map(|unit| unit.department)))
    }

    /// "one citizen, 60 minutes"
    fn is_running_emergency(&mut self) -> bool {
        let world = self.world;
        match world.emergency {
            None => self.because("no emergency: none opened"),
            Some(Emergency { is_for_this_citizen: false, .. }) => self.because("no emergency: another citizen's"),
            Some(Emergency { since, .. }) => {
                let seconds = world.now.as_second() - since.as_second();
                if (0..3600).contains(&seconds) {
                    return true;
                }
                self.because("no emergency: over");
            }
        }
        false
    }

    /// "levels up to 2; level 3 stays closed (`violence` items open only to `on_call`)"
    fn is_emergency_of(&mut self, role: Role, sight: &Sight) -> bool {
        if !role.has_emergency() {
            return false;
        }
        let beyond = role == Role::OnCall && sight.categories.iter().all(|code| *code == "violence");
        if sight.level > 2 && beyond {
            self.because("emergency: violence");
        } else if sight.level > 2 {
            self.because("no emergency: the highest level");
        }
        sight.level <= 2 || beyond
    }

    /// "that it exists and the people on it": of the case that granted an own shown effort, below level 3, not screened.
    pub(super) fn grant(&mut self, item: &Item, sight: &Sight, opened: &mut BTreeMap<Ground, u16>) {
        let is_own = opened.keys().any(|one| matches!(one, Ground::InPerson | Ground::ByUnit));
        let is_closed = sight.level >= 3 || sight.is_screened;
        let is_narrowed = bar(self.world.kin) != Bar::None;
        if is_own || is_narrowed || self.is_never(item, sight) {
            return;
        }
        if is_closed {
            self.because("not granting: highest level or screened");
            return;
        }
        if sight.is_strictness_unknown {
            return;
        }
        self.because("granting case");
        opened.insert(Ground::Granting, class::EXISTENCE | class::PEOPLE);
    }
}

/// The caller, or the caller's unit, works on it.
pub(super) fn is_own_case(ground: Ground) -> bool {
    matches!(ground, Ground::InPerson | Ground::ByUnit)
}
