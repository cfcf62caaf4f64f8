//! A no is taken back by whoever said it, and by nobody else. Pure.

use super::{Answer, Giver, History, Signature, Who};

/// Everybody who said no in it says otherwise now, or says it anew: another's yes leaves a no where it is.
pub(super) fn has_spoken(refused: History<'_>, answer: Answer, signature: &Signature) -> bool {
    let speaks = |said: &Giver| signature.by.iter().any(|giver| speaks_for(giver, said));
    answer != Answer::Requested && refused.no().flat_map(|one| &one.by).all(speaks)
}

/// A withdrawal by this party takes back every no in it.
pub(super) fn withdraws(refused: History<'_>, by: Who) -> bool {
    refused.no().flat_map(|one| &one.by).all(|giver| giver.who() == by)
}

/// The same person, or the citizen whom a representative has spoken for; a guardian's scope is no part of who it is.
fn speaks_for(giver: &Giver, said: &Giver) -> bool {
    match (giver, said) {
        (Giver::Guardian { person: one, .. }, Giver::Guardian { person: other, .. }) => one == other,
        (Giver::Citizen, Giver::Representative { .. }) => true,
        _ => giver == said,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::consents::{Event, Form, Recorder, What};
    use crate::testing::{number, pseudonyms};

    fn signed(by: &[Giver]) -> Signature {
        Signature {
            by: by.to_vec(),
            form: Form::Oral,
            evidence: None,
            text_version: String::new(),
            language: String::new(),
            interpreter: false,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn declined(by: &[Giver]) -> Event {
        Event {
            id: Uuid::nil(),
            consent: Uuid::nil(),
            citizen: pseudonyms().of(&number(1)),
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_by: Recorder { employee: String::new(), unit: String::new(), department: None },
            what: What::Declined(signed(by)),
        }
    }

    #[test]
    fn whoever_said_no_takes_it_back_and_nobody_else() {
        let parent = |who: u16| Giver::Custodian { person: pseudonyms().of(&number(who)) };
        let guardian =
            |scope: &str| Giver::Guardian { person: pseudonyms().of(&number(4)), scope: vec![scope.to_owned()] };
        let representative = || Giver::Representative { document: "FM-1".to_owned() };
        let all = [
            (vec![Giver::Citizen], vec![parent(2)], false),
            (vec![Giver::Citizen], vec![parent(2), Giver::Citizen], true),
            (vec![parent(2)], vec![parent(3)], false),
            (vec![parent(2), parent(3)], vec![parent(2)], false),
            (vec![guardian("benefit")], vec![guardian("school")], true),
            (vec![representative()], vec![Giver::Citizen], true),
            (vec![Giver::Citizen], vec![representative()], false),
        ];
        for (no, now, expected) in all {
            let events = [declined(&no)];
            assert_eq!(has_spoken(History(&events), Answer::Given, &signed(&now)), expected, "{no:?} {now:?}");
            assert!(!has_spoken(History(&events), Answer::Requested, &signed(&now)), "a question is nobody's word");
        }
        assert!(withdraws(History(&[declined(&[parent(2)])]), Who::Custodian));
        assert!(!withdraws(History(&[declined(&[parent(2)]), declined(&[Giver::Citizen])]), Who::Custodian));
    }
}
