//! What state a consent is in at a moment (defaults §9), and whose signature it takes.

use jiff::Timestamp;
use jiff::civil::Date;

use super::world::{Citizen, Consent, Custody, Signer};

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

/// The state at `now`, of which `today` is the Danish day.
pub(super) fn state(consent: &Consent, citizen: &Citizen, now: Timestamp, today: Date) -> State {
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
    let signed: Vec<(Signer, Timestamp)> = consent.signed.iter().copied().filter(|(_, at)| *at <= now).collect();
    if signed.is_empty() {
        return State::Requested;
    }
    // "death, move, end of the case: lapses"
    if citizen.is_gone || happened(consent.case_ended) {
        return State::Lapsed;
    }
    // From a time to a time: the last moment is no longer in it.
    if consent.valid_to <= now {
        return State::Expired;
    }
    let has = |who: Signer| signed.iter().any(|(signer, _)| *signer == who);
    let custodians = match citizen.custody {
        Custody::Nobody => false,
        Custody::One => has(Signer::Mother),
        // "both under joint custody"
        Custody::Joint => has(Signer::Mother) && has(Signer::Father),
    };
    match age(citizen, today) {
        18.. => {
            let as_adult = |(signer, at): &(Signer, Timestamp)| {
                *signer == Signer::Citizen && age(citizen, glasplade_adapters::contract::danish_day(*at)) >= 18
            };
            // "under guardianship: citizen, or guardian within the guardianship's scope"
            if signed.iter().any(as_adult) || (citizen.guardian && has(Signer::Guardian)) {
                State::Given
            } else if has(Signer::Mother) || has(Signer::Father) || has(Signer::Citizen) {
                // "turning 18: custodians' consents lapse at midnight"
                State::Lapsed
            } else {
                State::Requested
            }
        }
        // "15–17: young person and custodian"
        15..=17 if custodians && has(Signer::Citizen) => State::Given,
        // "under 15: custodian"
        ..=14 if custodians => State::Given,
        _ => State::Requested,
    }
}
