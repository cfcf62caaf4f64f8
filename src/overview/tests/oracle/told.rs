//! Step 6: what is told of an item that is not shown.

use super::sight::Sight;
use super::tables::{Mode, Role, authority, category};
use super::verdict::{Bar, Judge, Notice, Told, bar};
use super::world::Item;

impl Judge<'_> {
    /// Step 6: "otherwise what the item's category allows".
    pub(super) fn told_of(&mut self, item: &Item, sight: &Sight, is_told: bool, has_relation: bool) -> Told {
        // Under a bar there are no notices.
        if bar(self.world.kin) != Bar::None {
            return Told::Nothing;
        }
        let is_closed = self.is_party(item) || sight.is_screened;
        let is_open = sight.is_running || sight.is_coming;
        if is_closed || !is_open {
            return Told::Nothing;
        }
        // "never applies to level 3"
        if sight.level >= 3 {
            self.because("not told: the highest level");
            return Told::Nothing;
        }
        // A case that nobody's matcher knows has no department to name.
        let Some(department) = sight.department else {
            self.because("not told: nobody's");
            return Told::Nothing;
        };
        let roles = self.roles.clone();
        let is_for = |role: &Role| role.is_told() && !sight.categories.iter().any(|code| role.never_sees(code));
        if !roles.iter().any(is_for) {
            self.because("not told: not this role");
            return Told::Nothing;
        }
        // With several categories the strictest counts.
        let modes = sight.categories.iter().map(|code| self.mode(code, department));
        let mode = modes.min().unwrap_or(Mode::Nothing);
        if mode == Mode::Nothing {
            self.because("not told: the category allows nothing");
            return Told::Nothing;
        }
        if !is_told {
            self.because("not told: no relation");
            return Told::Nothing;
        }
        if sight.is_strictness_unknown {
            self.because("not told: not known how strict");
            return Told::Nothing;
        }
        if !has_relation {
            self.because("told without relation");
        }
        if sight.categories.contains("child") {
            self.because("told: a child's case to who works with children");
        }
        match mode {
            Mode::Contact => Told::Contact,
            Mode::Existence | Mode::Nothing => Told::Existence,
        }
    }

    /// "The mode belongs to the category, may be narrowed by the owning department".
    fn mode(&self, code: &str, owner: &str) -> Mode {
        // The decision: the departments of health and of schools tell nothing of either.
        if matches!((code, owner), ("health_care" | "school_day_care", "MSO" | "MBU")) {
            return Mode::Nothing;
        }
        let unit = self.world.caller.unit;
        // "nothing; existence to `BFF`, `UUJ-SOC`"
        if code == "child" && unit.is_some_and(|unit| unit.department == "BFF" || unit.code == "UUJ-SOC") {
            return Mode::Existence;
        }
        category(code).mode
    }
}

/// The notice in the answer.
pub(super) fn notice(sight: &Sight, told: &Told) -> Option<Notice> {
    let with_contact = match told {
        Told::Contact => true,
        Told::Existence => false,
        _ => return None,
    };
    // "In level 2 and 3, `contact` uses the neutral name"; `existence` names the magistratsafdeling alone.
    let is_neutral = sight.level >= 2 || !with_contact;
    let own = sight.department?;
    let department = if is_neutral { authority(own) } else { own };
    Some(Notice { with_contact, is_neutral, is_home: authority(own) == "MSB", department })
}
