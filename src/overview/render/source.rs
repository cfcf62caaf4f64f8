//! A source's state in words that a person can act on.

use glasplade_adapters::contract::SourceErrorKind;
use jiff::Timestamp;

use super::super::view::SourceView;
use super::super::{SourceState, SourceStatus};
use super::Wording;
use super::fact::source_text;
use crate::config::{Language, Text};

/// The row in `sources`.
pub(super) fn view(status: &SourceStatus, wording: &Wording, language: Language) -> SourceView {
    let (name, contact) = wording.source_names.get(&status.id).cloned().unwrap_or_default();
    let (reason, text) = reason(status, wording);
    let time = status.as_of.map(clock_time).unwrap_or_default();
    let mut text = text.fill(language, &[("kilde", &name), ("tid", &time), ("kontakt", &contact)]);
    let is_silent = matches!(status.state, SourceState::TimedOut | SourceState::Unavailable | SourceState::Invalid);
    if is_silent && wording.register.as_ref() == Some(&status.id) {
        // What a register that says nothing closes; the same words whatever it would have said.
        text.push(' ');
        text.push_str(wording.texts.register_silent.get(language));
    }
    SourceView { id: source_text(&status.id), name, state: status.state, as_of: status.as_of, reason, text }
}

fn reason<'a>(status: &SourceStatus, wording: &'a Wording) -> (&'static str, &'a Text) {
    let texts = &wording.texts;
    match status.state {
        SourceState::Fresh => ("fresh", &texts.source_fresh),
        SourceState::Cached => ("cached", &texts.source_cached),
        SourceState::Stale => ("stale", &texts.source_stale),
        SourceState::NotConsulted if wording.directory.as_ref() == Some(&status.id) => {
            ("nobody_to_look_up", &texts.directory_not_consulted)
        }
        SourceState::NotConsulted => ("not_consulted", &texts.source_not_consulted),
        SourceState::TimedOut => ("timed_out", &texts.source_timed_out),
        SourceState::Unavailable => match status.failure {
            Some(SourceErrorKind::Unauthorized | SourceErrorKind::Forbidden) => {
                ("credentials_refused", &texts.source_unauthorized)
            }
            Some(SourceErrorKind::Resting) => ("resting", &texts.source_resting),
            Some(SourceErrorKind::ConfigInvalid) => ("misconfigured", &texts.source_config),
            _ => ("no_answer", &texts.source_unavailable),
        },
        SourceState::Invalid if status.wrong_citizen > 0 || status.failure == Some(SourceErrorKind::WrongCitizen) => {
            ("wrong_citizen", &texts.source_wrong_citizen)
        }
        SourceState::Invalid if status.unreadable > 0 => ("unreadable_rows", &texts.source_unreadable_rows),
        SourceState::Invalid if status.cut_short => ("cut_short", &texts.source_cut_short),
        SourceState::Invalid => ("malformed", &texts.source_malformed),
    }
}

/// `kl. 09.15`, Danish time.
fn clock_time(moment: Timestamp) -> String {
    let zoned = moment.to_zoned(glasplade_adapters::contract::danish_time_zone().clone());
    format!("{:02}.{:02}", zoned.hour(), zoned.minute())
}
