//! What a run could know: which sources were read whole, in time, and every row of them; and what the rest may hide.

use std::collections::BTreeSet;

use glasplade_adapters::contract::danish_day;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::config::{Config, Language, StatuteRow};
use crate::overview::danish_date;
use crate::target_groups::index::{IndexError, Reading};
use crate::target_groups::poll::{RegisterReading, SourceReading, Taking};
use crate::target_groups::rules::Rule;
use crate::target_groups::{Code, Gap, GapKind};

/// How far one source has been read, as far as a run goes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// The source.
    pub source: Code,
    /// It can be listed at all. One that cannot is no part of any list.
    pub is_listed: bool,
    /// All that it knew at this moment is in the index; none while it has never been read whole.
    pub complete_as_of: Option<Timestamp>,
    /// Rows that were there and could not be read. They may be about anybody.
    pub unreadable: u64,
}

impl SourceState {
    /// What is known of a source that nobody has read yet.
    pub fn unread(source: Code) -> Self {
        Self { source, is_listed: true, complete_as_of: None, unreadable: 0 }
    }

    /// The states of every configured source, the person register among them. `listed` are those that can be listed. What was read
    /// while other rules were approved, or under another configuration, counts as not read: see [`Taking`].
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn all(
        config: &Config,
        listed: &BTreeSet<Code>,
        reading: &Reading<'_>,
        today: Date,
    ) -> Result<Vec<Self>, IndexError> {
        let taking = Taking::on(today, config);
        let mut states = Vec::with_capacity(config.sources.source.len() + 1);
        for row in &config.sources.source {
            let known = SourceReading::of(reading, row.id.as_str())?;
            let source = Code::from(row.id.as_str());
            states.push(Self {
                is_listed: (listed.contains(&source) && !row.listing.off) || row.listing.is_by_extract(),
                complete_as_of: known.complete_as_of(&taking),
                unreadable: known.rows.hiding(),
                source,
            });
        }
        if let Some(row) = &config.sources.person_register {
            let known = RegisterReading::of(reading, row.id.as_str())?;
            let source = Code::from(row.id.as_str());
            // Of whom it told what cannot be believed has no answer in their row, and is on no list.
            states.push(Self { complete_as_of: known.complete_as_of(), ..Self::unread(source) });
        }
        Ok(states)
    }
}

/// What a run of one rule could know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// Read whole, in time, each row of them.
    pub complete: BTreeSet<Code>,
    /// What they could say of another source's case is not known: a case that they could make stricter is not told.
    pub silent: BTreeSet<Code>,
    /// Sources that could put somebody on the list, or say that somebody may not be on it.
    pub draws_on: BTreeSet<Code>,
    /// The person register, where there is one.
    pub register: Option<Code>,
    /// What was missing, and what that may hide.
    pub gaps: Vec<Gap>,
}

impl Completeness {
    /// Of this rule, for a receiver on this statute, at this moment.
    pub fn of(config: &Config, rule: &Rule, statute: &StatuteRow, states: &[SourceState], now: Timestamp) -> Self {
        let hours = SignedDuration::from_hours(rule.file().sources_must_be_within_hours.into());
        let since = now.saturating_sub(hours).unwrap_or(Timestamp::MIN);
        let accepted = config.service.target_groups.lists.unreadable_index_rows_max;
        let (needs, register) = (rule.needs(), config.sources.person_register.as_ref());
        let mut known = Self {
            complete: BTreeSet::new(),
            silent: BTreeSet::new(),
            draws_on: BTreeSet::new(),
            register: register.map(|row| Code::from(row.id.as_str())),
            gaps: Vec::new(),
        };
        for state in states {
            let is_in_time = state.complete_as_of.is_some_and(|as_of| as_of >= since);
            if is_in_time && state.unreadable == 0 {
                known.complete.insert(Code::clone(&state.source));
            }
            let row = config.sources.source.iter().find(|row| row.id.as_str() == &*state.source);
            if row.is_some() && (!is_in_time || state.unreadable > accepted) {
                known.silent.insert(Code::clone(&state.source));
            }
            let is_register = known.register.as_ref() == Some(&state.source);
            let could_matter = |category: &String| {
                statute.categories.contains(category)
                    && needs.categories.as_ref().is_none_or(|wanted| wanted.contains(category.as_str()))
            };
            let draws =
                is_register || row.is_some_and(|row| row.raises_sensitivity || row.categories.iter().any(could_matter));
            if !draws || !state.is_listed {
                continue;
            }
            known.draws_on.insert(Code::clone(&state.source));
            let raises = row.is_some_and(|row| row.raises_sensitivity);
            let name = row.map(|row| &row.name).or(register.filter(|_| is_register).map(|row| &row.name));
            let name = name.map_or(&*state.source, String::as_str);
            known.gaps.extend(gaps_of(state, name, is_in_time, raises));
        }
        let lacks = |is_missing: bool, text: &str| {
            is_missing.then(|| Gap { kind: GapKind::FactWithoutSource, source: None, text: text.to_owned() })
        };
        known.gaps.extend(lacks(register.is_none(), NO_REGISTER));
        known.gaps.extend(lacks(needs.benefits, NO_BENEFITS));
        known.sort();
        known
    }

    /// The register has not told of everybody yet: who it has not told of is on no list.
    pub(super) fn lacks_people(&mut self, config: &Config) {
        let Some(row) = &config.sources.person_register else { return };
        let text = format!(
            "{} har ikke svaret om alle borgere endnu: den, der mangler svar om, er ikke på listen, fordi ingen ved, om borgeren er \
             beskyttet, død eller udrejst.",
            row.name
        );
        let source = Some(Code::from(row.id.as_str()));
        self.gaps.push(Gap { kind: GapKind::SourceIncomplete, source, text });
        self.sort();
    }

    fn sort(&mut self) {
        let place = |kind: GapKind| match kind {
            GapKind::SourceIncomplete => 0,
            GapKind::RowsUnreadable => 1,
            GapKind::FactWithoutSource => 2,
        };
        self.gaps.sort_by(|a, b| (place(a.kind), &a.source, &a.text).cmp(&(place(b.kind), &b.source, &b.text)));
    }
}

const NO_REGISTER: &str =
    "Der er intet personregister: ingen ved, hvem der er beskyttet, død eller udrejst, og derfor er ingen på listen.";

const NO_BENEFITS: &str = "Ingen kilde fortæller om perioder på ydelser: listen kan ikke finde nogen.";

fn gaps_of(state: &SourceState, name: &str, is_in_time: bool, raises: bool) -> Vec<Gap> {
    let gap = |kind, text| Gap { kind, source: Some(Code::clone(&state.source)), text };
    let closes = if raises { " Sager, som den kunne gøre strengere, er ikke med." } else { "" };
    let mut gaps = Vec::new();
    if !is_in_time {
        let when = match state.complete_as_of {
            Some(as_of) => format!("er sidst læst helt {}", danish_date(danish_day(as_of), Language::Da)),
            None => "er ikke læst helt endnu".to_owned(),
        };
        gaps.push(gap(
            GapKind::SourceIncomplete,
            format!(
                "{name} {when}: der kan mangle borgere på listen, og den, der ikke er fundet nu, kan stadig høre til den.{closes}"
            ),
        ));
    }
    if state.unreadable > 0 {
        gaps.push(gap(
            GapKind::RowsUnreadable,
            format!(
                "{name} har {} rækker, der ikke kunne læses: der kan mangle borgere på listen, og den, der ikke er fundet nu, kan stadig \
                 høre til den.{closes}",
                state.unreadable
            ),
        ));
    }
    gaps
}
