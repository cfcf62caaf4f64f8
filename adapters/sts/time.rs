//! Time as the support systems write it: xs:dateTime with or without an offset, infinity, and the effect time of every
//! fact.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::OIO;
use crate::contract::{danish_day, danish_time_zone};
use crate::transport::xml::Element;

/// One end of an effect, or a time that may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Left out, or infinity.
    Open,
    /// This moment.
    At(Timestamp),
    /// Something stood there that is no time.
    Unreadable,
}

impl Bound {
    /// The moment, if there is one.
    pub(crate) fn moment(self) -> Option<Timestamp> {
        match self {
            Self::At(moment) => Some(moment),
            Self::Open | Self::Unreadable => None,
        }
    }

    /// The Danish calendar day of the moment.
    pub(crate) fn day(self) -> Option<Date> {
        self.moment().map(danish_day)
    }

    /// A bare xs:dateTime, the child `name` of `parent`.
    pub(crate) fn bare(parent: Element<'_>, namespace: &str, name: &str) -> Self {
        parent.child_text(namespace, name).map_or(Self::Open, Self::of_text)
    }

    /// `TidspunktType`: the choice of `TidsstempelDatoTid` and `GraenseIndikator`, whose empty form means `true` too.
    fn choice(element: Option<Element<'_>>) -> Self {
        let Some(element) = element else { return Self::Open };
        if let Some(text) = element.child_text(OIO, "TidsstempelDatoTid") {
            return Self::of_text(text);
        }
        match element.child(OIO, "GraenseIndikator").map(Element::text) {
            Some(None | Some("true" | "1")) => Self::Open,
            Some(Some(_)) => Self::Unreadable,
            None => element.text().map_or(Self::Open, Self::of_text),
        }
    }

    fn of_text(text: &str) -> Self {
        // The years that .NET and Java write when they mean "none" lie at, or beyond, the ends of what can be counted.
        if text.starts_with("9999-") || text.starts_with("0001-") {
            return Self::Open;
        }
        parse(text).map_or(Self::Unreadable, Self::At)
    }
}

/// [DK] virkning: from when until when a fact holds. What is left out is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effect {
    /// First moment.
    pub(crate) from: Bound,
    /// First moment no longer.
    pub(crate) to: Bound,
}

impl Effect {
    /// Reads a `Virkning`, whatever namespace it itself is in; without one the fact always holds.
    pub(crate) fn read(element: Option<Element<'_>>) -> Self {
        let end = |name| Bound::choice(element.and_then(|element| element.child(OIO, name)));
        Self { from: end("FraTidspunkt"), to: end("TilTidspunkt") }
    }

    /// It holds at `now`. An end that cannot be read counts as open.
    pub(crate) fn covers(&self, now: Timestamp) -> bool {
        self.begun(now) && self.to.moment().is_none_or(|to| now < to)
    }

    /// It has begun at `now`.
    pub(crate) fn begun(&self, now: Timestamp) -> bool {
        self.starts() <= now
    }

    /// First moment; long ago when it is open.
    pub(crate) fn starts(&self) -> Timestamp {
        self.from.moment().unwrap_or(Timestamp::MIN)
    }

    /// One of its ends could not be read.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.from == Bound::Unreadable || self.to == Bound::Unreadable
    }
}

/// A fact with an effect.
pub(crate) trait Timed {
    /// From when until when it holds.
    fn effect(&self) -> &Effect;
}

/// The fact that holds at `now` (of several the latest begun), else the latest begun, else the earliest; and whether it
/// really holds. The order on the wire promises nothing.
pub(crate) fn current<T: Timed>(facts: &[T], now: Timestamp) -> Option<(&T, bool)> {
    let latest = |fits: fn(&Effect, Timestamp) -> bool| {
        facts.iter().filter(|fact| fits(fact.effect(), now)).max_by_key(|fact| fact.effect().starts())
    };
    latest(Effect::covers)
        .map(|fact| (fact, true))
        .or_else(|| latest(Effect::begun).map(|fact| (fact, false)))
        .or_else(|| facts.iter().min_by_key(|fact| fact.effect().starts()).map(|fact| (fact, false)))
}

/// Reads an xs:dateTime. Without an offset it is Danish local time; digits below the nanosecond are dropped.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (head, tail) = text.split_once('.').unwrap_or((text, ""));
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, zone) = tail.split_at(digits);
    let shortened;
    let text = if digits > 9 {
        shortened = format!("{head}.{}{zone}", &fraction[..9]);
        &shortened
    } else {
        text
    };
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(danish_time_zone().clone()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::xml;

    fn at(text: &str) -> Timestamp {
        parse(text).expect("a time")
    }

    fn effect(xml_text: &str) -> Effect {
        let text = format!("<v xmlns=\"{OIO}\">{xml_text}</v>");
        Effect::read(Some(xml::tree(&text).root()))
    }

    #[test]
    fn offsets_fractions_and_their_absence_are_one_moment() {
        let moment = at("2025-03-30T01:15:00Z");
        for text in [
            "2025-03-30T03:15:00+02:00",
            "2025-03-30T01:15:00.000Z",
            "2025-03-30T03:15:00.0000000+02:00",
            "2025-03-30T03:15:00.000000000000+02:00",
            " 2025-03-30T03:15:00 ",
        ] {
            assert_eq!(at(text), moment, "{text}");
        }
        assert_eq!(at("2025-01-30T03:15:00"), at("2025-01-30T02:15:00Z"));
        assert_eq!(parse("i morgen"), None);
    }

    #[test]
    fn infinity_is_true_or_empty_and_both_ends_may_be_missing() {
        let open = Effect { from: Bound::Open, to: Bound::Open };
        assert_eq!(Effect::read(None), open);
        for end in ["<GraenseIndikator>true</GraenseIndikator>", "<GraenseIndikator/>", ""] {
            assert_eq!(effect(&format!("<TilTidspunkt>{end}</TilTidspunkt>")), open);
        }
        assert_eq!(
            effect(
                "<TilTidspunkt><TidsstempelDatoTid>9999-12-31T23:59:59.9999999+01:00</TidsstempelDatoTid></TilTidspunkt>"
            ),
            open
        );
        let wrong = effect("<TilTidspunkt><GraenseIndikator>false</GraenseIndikator></TilTidspunkt>");
        assert!(wrong.is_unreadable());
    }

    #[test]
    fn an_effect_ends_before_its_end() {
        let day = effect(
            "<FraTidspunkt><TidsstempelDatoTid>2025-01-01T00:00:00Z</TidsstempelDatoTid></FraTidspunkt>\
             <TilTidspunkt><TidsstempelDatoTid>2025-01-02T00:00:00Z</TidsstempelDatoTid></TilTidspunkt>",
        );
        assert!(day.covers(at("2025-01-01T00:00:00Z")));
        assert!(!day.covers(at("2025-01-02T00:00:00Z")));
        assert!(!day.covers(at("2024-12-31T23:59:59Z")));
    }
}
