//! Where a listing has come to, and the words of its page token: `sag:500:9c1d0e44b7a2f603`, and for a whole listing the moment
//! of its first page behind.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};

use super::class::Class;
use super::settings::Settings;
use crate::contract::{ListQuestion, Since};
use crate::page_words::{Seal, moment, number};

/// `LoRa`'s second end of a span is not included.
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

/// One page's place in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Cases first, then efforts.
    pub(super) class: Class,
    /// UUIDs that earlier pages have told.
    pub(super) first: usize,
    /// What the page before held; none on the first page of a class.
    pub(super) seal: Option<Seal>,
    span: Span,
}

/// Which part is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Span {
    /// What was in force when the listing began. `LoRa` keeps every registration, so this list never changes.
    AsOf(Timestamp),
    /// What was registered between two times, both inclusive.
    Made(RangeInclusive<Timestamp>),
}

impl Place {
    /// The place that a question asks for; none when its token is not ours, or is of a class that is no longer asked for.
    pub(super) fn of(question: &ListQuestion<'_>, settings: &Settings, now: Timestamp) -> Option<Self> {
        let class = Class::asked_for(settings).next()?;
        let at = |class, span| Self { class, first: 0, seal: None, span };
        match (question.since, question.page.is_first()) {
            (Since::Beginning, true) => Some(at(class, Span::AsOf(now))),
            (Since::Registered { from, until }, true) => Some(at(class, Span::Made(from..=until))),
            (since, false) => Self::read(question.page.as_str(), since, settings),
        }
    }

    fn read(words: &str, since: Since, settings: &Settings) -> Option<Self> {
        let words: Vec<&str> = words.splitn(4, ':').collect();
        let (class, first, seal, as_of) = match words.as_slice() {
            [class, first, seal] => (class, first, seal, None),
            [class, first, seal, as_of] => (class, first, seal, Some(moment(as_of)?)),
            _ => return None,
        };
        let class = Class::asked_for(settings).find(|known| known.word() == *class)?;
        let seal = if *seal == "-" { None } else { Some(Seal::read(seal)?) };
        let span = match (since, as_of) {
            (Since::Beginning, Some(as_of)) => Span::AsOf(as_of),
            (Since::Registered { from, until }, None) => Span::Made(from..=until),
            _ => return None,
        };
        Some(Self { class, first: number(first)?, seal, span })
    }

    /// Registrations in force within this span are wanted; its second end is not included.
    pub(super) fn in_force(&self) -> (Timestamp, Timestamp) {
        let behind = |moment: Timestamp| moment.saturating_add(MILLISECOND).unwrap_or(Timestamp::MAX);
        match &self.span {
            Span::AsOf(moment) => (*moment, behind(*moment)),
            Span::Made(made) => (*made.start(), behind(*made.end())),
        }
    }

    /// Of these, only objects whose newest registration was made then: `LoRa` finds by what was in force, and what has not
    /// changed for years is in force too.
    pub(super) fn made(&self) -> Option<&RangeInclusive<Timestamp>> {
        match &self.span {
            Span::AsOf(_) => None,
            Span::Made(made) => Some(made),
        }
    }

    /// The next page of the same class.
    pub(super) fn after(&self, rows: usize, seal: Seal) -> Self {
        Self { first: self.first.saturating_add(rows), seal: Some(seal), ..self.clone() }
    }

    /// The first page of the next class.
    pub(super) fn next_class(&self, settings: &Settings) -> Option<Self> {
        let class = Class::asked_for(settings).skip_while(|class| *class != self.class).nth(1)?;
        Some(Self { class, first: 0, seal: None, span: self.span.clone() })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:", self.class.word(), self.first)?;
        match &self.seal {
            Some(seal) => seal.fmt(formatter)?,
            None => formatter.write_str("-")?,
        }
        match &self.span {
            Span::AsOf(moment) => write!(formatter, ":{moment}"),
            Span::Made(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::PageToken;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn read(words: &str, since: Since, settings: &Settings) -> Option<Place> {
        let page = PageToken::new(words);
        Place::of(&ListQuestion { since, page: &page, page_rows: 1 }, settings, at("2026-11-20T10:00:00Z"))
    }

    #[test]
    fn a_place_reads_back_and_belongs_to_its_question() {
        let settings = Settings::default();
        let window = Since::Registered { from: at("2026-11-19T00:00:00Z"), until: at("2026-11-20T00:00:00Z") };
        for (since, words) in [
            (Since::Beginning, "sag:500:9c1d0e44b7a2f603:2026-11-20T09:00:00.5Z"),
            (Since::Beginning, "indsats:0:-:2026-11-20T09:00:00Z"),
            (window, "sag:500:9c1d0e44b7a2f603"),
            (window, "indsats:0:-"),
        ] {
            let place = read(words, since, &settings).expect("ours");
            assert_eq!(place.to_string(), words);
            let other = if since == Since::Beginning { window } else { Since::Beginning };
            assert_eq!(read(words, other, &settings), None, "{words}");
        }
    }

    #[test]
    fn words_that_are_not_ours_are_no_place() {
        let settings = Settings::default();
        let none = Settings { indsats: false, ..Settings::default() };
        let time = ":2026-11-20T09:00:00Z";
        for words in ["sag", "sag:5", "sag:5:-", "Sag:5:-", "sag:05:-", "sag:-5:-", "sag:5:", "sag:5:abc", "dok:5:-"] {
            assert_eq!(read(words, Since::Beginning, &settings), None, "{words}");
            let is_ours = words == "sag:5:-";
            assert_eq!(read(&format!("{words}{time}"), Since::Beginning, &settings).is_some(), is_ours, "{words}");
        }
        assert_eq!(read(&format!("indsats:5:-{time}"), Since::Beginning, &none), None, "efforts are not asked for");
        assert_eq!(read("sag:5:-:2026-11-20", Since::Beginning, &settings), None);
        let nothing = Settings { sag: false, ..none };
        assert_eq!(read("", Since::Beginning, &nothing), None);
    }

    #[test]
    fn efforts_come_after_cases() {
        let settings = Settings::default();
        let first = read("", Since::Beginning, &settings).expect("the first page");
        assert_eq!((first.class, first.first), (Class::Case, 0));
        let efforts = first.next_class(&settings).expect("efforts");
        assert_eq!((efforts.class, efforts.next_class(&settings)), (Class::Intervention, None));
        assert_eq!(first.next_class(&Settings { indsats: false, ..Settings::default() }), None);
    }
}
