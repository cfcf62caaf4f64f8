//! What is wrong with a source, in one sentence, and whose turn it is.

use glasplade_adapters::contract::{SourceErrorKind, danish_time_zone};
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::Credential;
use super::expiry::Expiry;
use crate::config::Language;
use crate::sources::{BreakerState, HealthView, LastState};

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Turn {
    /// Nobody's: all is well, or nothing can be done.
    Nobody,
    /// Ours: a secret, a certificate, a setting, a right to ask for.
    Ours,
    /// The vendor's: it answers, and not as it should.
    Vendor,
    /// The network's: nothing comes back.
    Network,
}

impl Turn {
    pub(crate) const ALL: [Self; 4] = [Self::Nobody, Self::Ours, Self::Vendor, Self::Network];

    /// Whose turn it is, as a code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Ours => "ours",
            Self::Vendor => "vendor",
            Self::Network => "network",
        }
    }
}

/// What is wrong with a source, and whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    pub(crate) turn: Turn,
    /// One sentence, for an operator.
    pub(crate) text: String,
}

/// Looks at how a source answered last and at what we show it, and says the one thing to do first.
pub(crate) fn diagnose(name: &str, health: &HealthView, credentials: &[&Credential], language: Language) -> Diagnosis {
    let worst = credentials.iter().copied().max_by_key(|one| one.state).filter(|one| one.state != Expiry::Ok);
    let (turn, danish, english) = match (health.last, health.failure) {
        (LastState::Failing, Some(kind)) => failing(kind, health, worst),
        // Before anything else, since somebody else's data came.
        _ if health.wrong_citizen_rows > 0 => wrong_citizen(),
        // One answer among too many failures.
        _ if health.breaker != BreakerState::Closed => resting(),
        (LastState::Unknown, _) => match worst {
            Some(credential) => {
                ending("er ikke spurgt, siden tjenesten startede", "has not been asked since the start", credential)
            }
            None => (
                Turn::Nobody,
                "er ikke spurgt, siden tjenesten startede.".to_owned(),
                "has not been asked since the service started.".to_owned(),
            ),
        },
        _ => match worst {
            Some(credential) => ending("svarer", "answers", credential),
            None => (Turn::Nobody, "svarer, som den skal.".to_owned(), "answers as it should.".to_owned()),
        },
    };
    let is_left_alone = health.last == LastState::Failing && health.breaker != BreakerState::Closed;
    let (text, left_alone) = match language {
        Language::Da => (danish, "; den har svigtet så ofte, at den får nogle sekunders ro og så prøves igen."),
        Language::En => {
            (english, "; it has failed so often that it is left alone for some seconds and then tried again.")
        }
    };
    let text = match text.strip_suffix('.').filter(|_| is_left_alone) {
        Some(text) => format!("{text}{left_alone}"),
        None => text,
    };
    Diagnosis { turn, text: format!("{name} {text}") }
}

type Said = (Turn, String, String);

fn said(turn: Turn, danish: impl Into<String>, english: impl Into<String>) -> Said {
    (turn, danish.into(), english.into())
}

fn failing(kind: SourceErrorKind, health: &HealthView, worst: Option<&Credential>) -> Said {
    let operation = health.failed_operation.unwrap_or("fetch");
    let detail = health.failure_detail.as_deref().unwrap_or_default();
    let ended = worst.filter(|one| one.state == Expiry::Expired);
    match kind {
        SourceErrorKind::Unauthorized | SourceErrorKind::ConfigInvalid if ended.is_some() => {
            let (day_da, day_en) = days(ended);
            let name = ended.map(|one| one.name.to_string()).unwrap_or_default();
            said(
                Turn::Ours,
                format!("afviser os, fordi `{name}` udløb {day_da}: det er os, der skal forny den."),
                format!("turns us away, since `{name}` ended {day_en}: it is for us to renew it."),
            )
        }
        SourceErrorKind::Unauthorized => said(
            Turn::Ours,
            format!(
                "tager ikke imod vores adgang ved `{operation}`: det er os, der skal forny hemmeligheden eller nøglen."
            ),
            format!("does not take our credentials at `{operation}`: it is for us to renew the secret or key."),
        ),
        SourceErrorKind::Forbidden => said(
            Turn::Ours,
            format!(
                "kender os, men siger nej til `{operation}`: det er os, der skal bede systemets ejer om retten til det."
            ),
            format!("knows us and says no to `{operation}`: it is for us to ask the system's owner for the right."),
        ),
        SourceErrorKind::ConfigInvalid if detail.contains("certificate") => said(
            Turn::Ours,
            "har et certifikat, som vi ikke kan bekræfte: det er os, der skal se på `ca_file`, og leverandøren, hvis certifikatet er udløbet.",
            "has a certificate that does not verify: it is for us to look at `ca_file`, and for the vendor if it has expired.",
        ),
        SourceErrorKind::ConfigInvalid => said(
            Turn::Ours,
            format!(
                "er sat forkert op ({detail} ved `{operation}`): det er os, der skal rette adressen eller indstillingen."
            ),
            format!("is set up wrongly ({detail} at `{operation}`): it is for us to mend the address or the setting."),
        ),
        SourceErrorKind::Unavailable if detail == "status 429" => said(
            Turn::Ours,
            "siger, at vi spørger for ofte (status 429): det er os, der skal sænke `concurrency_max` eller aftale en højere grænse.",
            "says that we ask too often (status 429): it is for us to lower `concurrency_max` or to agree on a higher limit.",
        ),
        SourceErrorKind::Unavailable if detail.starts_with("status") || detail.contains("fault") => said(
            Turn::Vendor,
            format!("svarer med fejl ({detail} ved `{operation}`): det er leverandørens tur."),
            format!("answers with an error ({detail} at `{operation}`): it is the vendor's turn."),
        ),
        SourceErrorKind::Unavailable => said(
            Turn::Network,
            format!("kan ikke nås ({detail} ved `{operation}`): det er netværkets tur, eller systemet er lukket ned."),
            format!("cannot be reached ({detail} at `{operation}`): it is the network's turn, or the system is down."),
        ),
        SourceErrorKind::TimedOut => said(
            Turn::Network,
            "svarer ikke inden for tidsgrænsen: det er netværkets tur, og derefter leverandørens.",
            "does not answer within its time limit: it is the network's turn, and then the vendor's.",
        ),
        SourceErrorKind::Malformed if detail.contains("the adapter broke off") => said(
            Turn::Ours,
            "har svaret noget, som vores adapter brød sammen af: det er en fejl hos os.",
            "has answered something at which our adapter broke off: that is a bug of ours.",
        ),
        SourceErrorKind::Malformed => said(
            Turn::Vendor,
            format!("svarer noget andet end det aftalte ({detail} ved `{operation}`): det er leverandørens tur."),
            format!("answers something else than was agreed ({detail} at `{operation}`): it is the vendor's turn."),
        ),
        SourceErrorKind::WrongCitizen => wrong_citizen(),
        SourceErrorKind::Resting => resting(),
        SourceErrorKind::Unsupported => said(
            Turn::Nobody,
            format!("kan ikke svare på `{operation}`: der er ikke noget at gøre."),
            format!("cannot answer `{operation}`: there is nothing to do."),
        ),
    }
}

fn resting() -> Said {
    said(
        Turn::Vendor,
        "har svigtet så ofte, at den får nogle sekunders ro og så prøves igen: det er leverandørens tur.",
        "has failed so often that it is left alone for some seconds and then tried again: it is the vendor's turn.",
    )
}

fn wrong_citizen() -> Said {
    said(
        Turn::Vendor,
        "har svaret om en anden borger end den, der blev spurgt om: kontakt leverandøren straks.",
        "has answered about another citizen than the one asked for: call the vendor at once.",
    )
}

/// A source that answers, or was not asked, and something of ours that ends.
fn ending(danish: &str, english: &str, credential: &Credential) -> Said {
    let name = &credential.name;
    let (day_da, day_en) = days(Some(credential));
    match credential.state {
        Expiry::Expired => said(
            Turn::Ours,
            format!("{danish}, men `{name}` udløb {day_da}: det er os, der skal forny den."),
            format!("{english}, but `{name}` ended {day_en}: it is for us to renew it."),
        ),
        Expiry::ExpiringSoon => said(
            Turn::Ours,
            format!("{danish}, men `{name}` udløber {day_da}: det er os, der skal forny den inden."),
            format!("{english}, but `{name}` ends {day_en}: it is for us to renew it before."),
        ),
        Expiry::Unknown | Expiry::Ok => said(
            Turn::Ours,
            format!("{danish}, men ingen ved, hvornår `{name}` udløber: skriv dagen under `telemetry.expires`."),
            format!("{english}, but nobody knows when `{name}` ends: write the day under `telemetry.expires`."),
        ),
    }
}

/// The day on which it ends, in Danish and in English.
fn days(credential: Option<&Credential>) -> (String, String) {
    let Some(ends) = credential.and_then(|one| one.ends) else { return Default::default() };
    let day = ends.to_zoned(danish_time_zone().clone()).date();
    (format!("den {}.{}.{}", day.day(), day.month(), day.year()), format!("on {day}"))
}
