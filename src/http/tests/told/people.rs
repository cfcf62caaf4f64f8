//! What is told of the citizen's own person: name, protection and address, and that nothing is.

use glasplade_adapters::fake::population::Person;
use serde_json::Value;

use super::Seen;
use crate::http::tests::house::{number, world};

/// The person, by handle or number.
fn person(who: &str) -> &'static Person {
    world().person(number(who)).expect("somebody of the town")
}

/// Road and number of a person's home.
fn address_of(who: &str) -> String {
    let home = world().household_of(number(who)).expect("a home");
    format!("{} {}", home.road, home.house_number)
}

impl Seen {
    fn citizen(&self, because: &str) -> &Value {
        let citizen = &self.overview["citizen"];
        assert!(citizen.is_object(), "there is a block about the citizen: {}", self.say(because));
        citizen
    }

    /// The citizen's name, and whether name and address are protected.
    pub(in crate::http::tests) fn names_the_citizen(&self, protection: &str, because: &str) -> &Self {
        let citizen = self.citizen(because);
        assert_eq!(citizen["name"], person(&self.who).full_name(), "{citizen:#} {}", self.say(because));
        assert_eq!(citizen["protection"]["code"], protection, "{citizen:#} {}", self.say(because));
        self
    }

    /// There is a block about the citizen; the name is closed, it says why, and no part of the answer has it.
    pub(in crate::http::tests) fn closes_the_name(&self, protection: &str, because: &str) -> &Self {
        let citizen = self.citizen(because);
        assert!(citizen["name"].is_null() && citizen["name_text"].is_string(), "{citizen:#} {}", self.say(because));
        assert_eq!(citizen["protection"]["code"], protection, "{citizen:#} {}", self.say(because));
        assert!(!self.text.contains(&person(&self.who).full_name()), "{}", self.say(because));
        self.closes_the_address(because)
    }

    /// The address is closed, it says why, and no part of the answer has it.
    pub(in crate::http::tests) fn closes_the_address(&self, because: &str) -> &Self {
        let citizen = self.citizen(because);
        assert!(
            citizen["address"].is_null() && citizen["address_text"].is_string(),
            "{citizen:#} {}",
            self.say(because)
        );
        assert!(!self.text.contains(&address_of(&self.who)), "{}", self.say(because));
        self
    }

    /// The citizen's address, road and number.
    pub(in crate::http::tests) fn tells_the_address(&self, because: &str) -> &Self {
        let citizen = self.citizen(because);
        assert_eq!(citizen["address"]["line"], address_of(&self.who), "{citizen:#} {}", self.say(because));
        self
    }

    /// Neither number nor name nor home of this person is anywhere in the answer.
    pub(in crate::http::tests) fn says_nothing_about(&self, who: &str, because: &str) -> &Self {
        for trace in [number(who).to_owned(), person(who).full_name(), address_of(who)] {
            assert!(!self.text.contains(&trace), "`{trace}` of {who}: {}", self.say(because));
        }
        self
    }
}
