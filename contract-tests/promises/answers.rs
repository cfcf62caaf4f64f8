//! Promises about good answers: who is known is told, who is unknown is nobody, and the same question has the same answer.

use crate::bench::Bench;
use crate::promise::{ALL, Outcome, Promise, Verdict, hold, promises};
use crate::subject::{Answer, Subject, Whom};

/// Tried on the bench; the functions below are tried live, too.
pub(crate) const PROMISES: &[Promise] = promises!["answers": ALL =>
    whoever_is_known_is_told,
    whoever_is_unknown_is_nobody,
    a_second_answer_is_the_same,
    the_probe_is_answered;
];

async fn whoever_is_known_is_told(bench: &Bench) -> Outcome {
    known(&bench.subject).await
}

async fn whoever_is_unknown_is_nobody(bench: &Bench) -> Outcome {
    unknown(&bench.subject).await
}

async fn a_second_answer_is_the_same(bench: &Bench) -> Outcome {
    stable(&bench.subject).await
}

async fn the_probe_is_answered(bench: &Bench) -> Outcome {
    probed(&bench.subject).await
}

/// The source tells something of whom it knows, and it is about them.
pub(crate) async fn known(subject: &Subject) -> Outcome {
    let answer = subject.answered().await?;
    hold!(answer.count() > 0, "nothing is told of somebody known");
    let is_theirs = match (&answer, &subject.known) {
        (Answer::Cases(fetched), Whom::Citizen(citizen)) => {
            fetched.unreadable == 0 && fetched.records.iter().all(|record| record.about.may_be(citizen))
        }
        (Answer::Person(Some(facts)), Whom::Citizen(citizen)) => facts.number == *citizen,
        (Answer::Staff(told), Whom::Employee(key)) => {
            told.unreadable == 0 && told.found.iter().all(|(told, _)| told == key)
        }
        _ => false,
    };
    hold!(is_theirs, "some of it is about somebody else, or cannot be read");
    Ok(Verdict::Kept)
}

/// The source does not know the stranger.
pub(crate) async fn unknown(subject: &Subject) -> Outcome {
    let Some(stranger) = &subject.stranger else { return Ok(Verdict::NotApplicable("nobody unknown is given")) };
    match subject.ask(stranger).await {
        Ok(answer) if answer.is_nobody() => Ok(Verdict::Kept),
        Ok(answer) => Err(format!("an answer that tells of {}, or of something unreadable", answer.count())),
        Err(error) => Err(format!("an error instead of an empty answer: {error}")),
    }
}

/// The same question has the same answer, in the same order.
pub(crate) async fn stable(subject: &Subject) -> Outcome {
    let (first, second) = (subject.answered().await?, subject.answered().await?);
    hold!(first == second, "two answers to one question differ");
    Ok(Verdict::Kept)
}

/// The source answers a question about nobody.
pub(crate) async fn probed(subject: &Subject) -> Outcome {
    subject.probe().await.map(|()| Verdict::Kept).map_err(|error| format!("the probe fails: {error}"))
}
