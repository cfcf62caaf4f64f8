//! What state a consent is in at a moment (defaults §9), and whose signature it takes.

use glasplade_adapters::contract::danish_day;
use jiff::Timestamp;
use jiff::civil::Date;

use super::world::{Citizen, Consent, Custody, Signer, World};

/// [DK] samtykkets tilstand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Requested,
    Given,
    Refused,
    Withdrawn,
    Expired,
    Lapsed,
    Superseded,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Requested => "consent: requested",
            Self::Given => "consent: given",
            Self::Refused => "consent: refused",
            Self::Withdrawn => "consent: withdrawn",
            Self::Expired => "consent: expired",
            Self::Lapsed => "consent: lapsed",
            Self::Superseded => "consent: superseded",
        }
    }
}

/// Whole years on a day.
pub(super) fn age(citizen: &Citizen, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (citizen.born.month(), citizen.born.day());
    day.year() - citizen.born.year() - i16::from(!had_birthday)
}

/// The state now; `is_told`: the register has a word on the citizen.
pub(super) fn state(consent: &Consent, world: &World, is_told: bool) -> State {
    let (citizen, now) = (&world.citizen, world.now);
    let happened = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment <= now);
    // "A refusal is kept."
    if happened(consent.refused) {
        return State::Refused;
    }
    // "Withdrawal stops new answers", with effect on the very next one: at that very moment.
    if happened(consent.withdrawn) {
        return State::Withdrawn;
    }
    if happened(consent.superseded) {
        return State::Superseded;
    }
    // "end of the case: lapses"
    if happened(consent.case_ended) {
        return State::Lapsed;
    }
    let signed: Vec<(Signer, Timestamp)> = consent.signed.iter().copied().filter(|(_, at)| *at <= now).collect();
    if signed.is_empty() {
        return State::Requested;
    }
    // From a time to a time: the last moment is no longer in it.
    if consent.valid_to <= now {
        return State::Expired;
    }
    let age_at = |at: Timestamp| age(citizen, danish_day(at));
    let said_at = |who: Signer, from: i16| signed.iter().any(|(signer, at)| *signer == who && age_at(*at) >= from);
    // While the register is silent, what rests on custody or guardianship is not in force; an adult's own word is.
    if !is_told {
        return if said_at(Signer::Citizen, 18) { State::Given } else { State::Requested };
    }
    // "death, move: lapses"
    if citizen.is_gone {
        return State::Lapsed;
    }
    // "guardian within the guardianship's scope"; for a child whom nobody has custody of, too.
    let by_guardian = citizen.guardian && consent.is_in_scope && said_at(Signer::Guardian, 0);
    let by_custodians = match citizen.custody {
        Custody::Nobody => by_guardian,
        Custody::One => said_at(Signer::Mother, 0),
        // "both under joint custody"
        Custody::Joint => said_at(Signer::Mother, 0) && said_at(Signer::Father, 0),
    };
    match age(citizen, world.today) {
        // "turning 18: custodians' consents lapse at midnight": what was said of a minor rested on them.
        18.. if signed.iter().any(|(_, at)| age_at(*at) < 18) => State::Lapsed,
        // "adult: the citizen"; "under guardianship: citizen, or guardian"
        18.. if said_at(Signer::Citizen, 18) || by_guardian => State::Given,
        // "15–17: young person and custodian"
        15..=17 if by_custodians && said_at(Signer::Citizen, 15) => State::Given,
        // "under 15: custodian"
        ..=14 if by_custodians => State::Given,
        _ => State::Requested,
    }
}
