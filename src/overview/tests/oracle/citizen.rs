//! The citizen's own block: name, family, address.

use super::sight::Sight;
use super::tables::{Role, class};
use super::verdict::{Bar, Ground, Judge, Told, bar};
use super::world::Protection;

impl Judge<'_> {
    /// The citizen's own block.
    pub(super) fn citizen(&mut self, sights: &[Sight], told: &[Told]) -> (u16, bool) {
        let world = self.world;
        let mut classes = 0;
        let (mut opens_address, mut opens_protected) = (false, false);
        let is_protected = world.citizen.protection != Protection::Open || !world.citizen.is_known;
        for (sight, told) in sights.iter().zip(told) {
            let Told::Shown(grounds) = told else { continue };
            let is_own = grounds.keys().any(|one| matches!(one, Ground::InPerson | Ground::ByUnit));
            // "own running case and the role's classes"; who is on a case that is about to begin works on it already.
            if is_own && (sight.is_running || sight.is_coming) {
                for role in self.roles.clone() {
                    let in_person = self.is_own(role, sight, sight.in_person);
                    // Under a bar, only what one works on in person.
                    let by_unit =
                        bar(world.kin) == Bar::None && role.owns_by_unit() && self.is_own(role, sight, sight.by_unit);
                    if in_person || by_unit {
                        classes |= role.citizen_classes();
                        // "Address only by own case, with a written reason: coordinator, benefit officer if unprotected;
                        // caseworkers if unprotected or in person on a running case."
                        let works = matches!(role, Role::Caseworker | Role::ChildCaseworker);
                        let asks = works || matches!(role, Role::Coordinator | Role::BenefitOfficer);
                        opens_protected |= works && in_person;
                        opens_address |= asks && (!is_protected || (works && in_person));
                    }
                }
            }
            for ground in grounds.keys() {
                // "an item shown by consent or statute whose classes name it"
                classes |= match ground {
                    Ground::Consent(id) => {
                        let consent = world.consents.iter().find(|consent| consent.id == *id);
                        consent.map_or(0, |consent| consent.classes) & (class::PERSON | class::HOUSEHOLD)
                    }
                    Ground::Law(id) => {
                        let statute = world.statutes.iter().find(|statute| statute.id == *id);
                        statute.map_or(0, |statute| statute.classes) & (class::PERSON | class::HOUSEHOLD)
                    }
                    // "or emergency (person only)"
                    Ground::Emergency => class::PERSON,
                    Ground::InPerson | Ground::ByUnit | Ground::Granting => 0,
                };
            }
        }
        if classes & class::PERSON == 0 {
            self.because("citizen: nothing");
            return (0, false);
        }
        // Who lives there and is protected closes the address, too: the strictest counts.
        let is_home_protected = is_protected || world.citizen.at_home != Protection::Open;
        let opens_home = if is_home_protected { opens_protected } else { opens_address };
        if opens_address && !opens_home && world.asks_address {
            self.because("citizen: somebody at home is protected");
        }
        let shows_address = opens_home && world.asks_address && world.citizen.is_known;
        let has_name = world.citizen.is_known && (!is_protected || (opens_address && world.asks_address));
        self.because(match (shows_address, is_protected) {
            (true, true) => "citizen: a protected address, asked for",
            (true, false) => "citizen: an address, asked for",
            (false, true) => "citizen: a protected name and address stay hidden",
            (false, false) => "citizen: without address",
        });
        (classes | if shows_address { class::ADDRESS } else { 0 }, has_name)
    }
}
