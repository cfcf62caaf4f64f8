//! What one system calls the things that every system of this style tells.

use super::query::{Expansion, Query, quoted};
use crate::contract::CaseStatus;

/// The names of one system. Each names a field of the case row, unless it says otherwise.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// The row's id.
    pub(crate) id: &'static str,
    /// [DK] sagsnummer.
    pub(crate) number: &'static str,
    /// [DK] titel.
    pub(crate) title: &'static str,
    /// [DK] sagstype: a code or a text.
    pub(crate) case_type: &'static str,
    /// [DK] status: a code.
    pub(crate) status: &'static str,
    /// Sensitive, yes or no.
    pub(crate) sensitive: &'static str,
    /// The names of other caseworkers in one text, where the system has it.
    pub(crate) other_caseworkers: Option<&'static str>,
    /// The citizen.
    pub(crate) citizen: Citizen,
    /// The primary caseworker.
    pub(crate) caseworker: Caseworker,
    /// The next deadline, where the system has it.
    pub(crate) deadline: Option<Deadline>,
    /// How codes are written.
    pub(crate) coded: Coded,
    /// The keys of the states that we know.
    pub(crate) statuses: &'static [(&'static str, CaseStatus)],
    /// `$select`, in the order of the system's own screen.
    pub(crate) select: &'static [&'static str],
    /// `$expand`, likewise.
    pub(crate) expand: &'static [Expansion],
    /// `$orderby`.
    pub(crate) order_by: &'static str,
}

/// The citizen of a case.
#[derive(Debug)]
pub(crate) struct Citizen {
    /// Navigation from the case.
    pub(crate) navigation: &'static str,
    /// The person's number.
    pub(crate) personal_number: &'static str,
}

/// The primary caseworker of a case.
#[derive(Debug)]
pub(crate) struct Caseworker {
    /// Navigation from the case.
    pub(crate) navigation: &'static str,
    /// The row id.
    pub(crate) id: &'static str,
    /// The name.
    pub(crate) name: &'static str,
    /// The e-mail.
    pub(crate) email: &'static str,
}

/// The next deadline of a case.
#[derive(Debug)]
pub(crate) struct Deadline {
    /// Navigation from the case.
    pub(crate) navigation: &'static str,
    /// The day.
    pub(crate) day: &'static str,
}

/// A code: an object with a key and a title.
#[derive(Debug)]
pub(crate) struct Coded {
    /// The key that programs know.
    pub(crate) key: &'static str,
    /// The title that people read.
    pub(crate) title: &'static str,
}

impl Vocabulary {
    /// The cases that a free text finds, closed ones too.
    pub(crate) fn cases_with(&self, text: &str) -> Query {
        Query::select(self.select).expand(self.expand).order_by(self.order_by).search(text)
    }

    /// All cases, the oldest id first: new ones come behind all others while a listing is read.
    pub(crate) fn all_cases(&self) -> Query {
        Query::select(self.select).expand(self.expand).order_by(format!("{} asc", self.id))
    }

    /// A filter that leaves out the states known to be over; an unknown state counts as active.
    pub(crate) fn active_filter(&self) -> String {
        let over = self.statuses.iter().filter(|(_, status)| !status.is_active());
        let terms = over.map(|(key, _)| format!("{}/{} ne {}", self.status, self.coded.key, quoted(key)));
        terms.collect::<Vec<_>>().join(" and ")
    }

    /// Our word for a state's key.
    pub(crate) fn status_of(&self, key: &str) -> Option<CaseStatus> {
        self.statuses.iter().find(|(known, _)| *known == key).map(|(_, status)| *status)
    }
}
