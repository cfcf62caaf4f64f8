//! On what basis something is shown, and what is shown on it.

use std::borrow::Cow;
use std::sync::Arc;

use uuid::Uuid;

use super::ClassSet;

/// [DK] hjemmel: on what basis an item is shown, the strongest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// The caller in person works on the case.
    OwnPerson,
    /// The caller's unit works on the case.
    OwnUnit,
    /// It is the case that granted the caller's own effort.
    GrantingCase,
    /// A statute that the municipality has confirmed, by its id.
    Law(Arc<str>),
    /// A consent.
    Consent(Uuid),
    /// An emergency.
    Emergency(Uuid),
    /// What its category allows others to be told.
    Category,
}

impl Basis {
    /// The code in the answer and the audit: `own_case`, `law:<id>`, `consent:<id>`, `emergency`, `category`.
    pub fn code(&self) -> Cow<'static, str> {
        match self {
            Self::OwnPerson | Self::OwnUnit | Self::GrantingCase => Cow::Borrowed("own_case"),
            Self::Law(id) => Cow::Owned(format!("law:{id}")),
            Self::Consent(id) => Cow::Owned(format!("consent:{id}")),
            Self::Emergency(_) => Cow::Borrowed("emergency"),
            Self::Category => Cow::Borrowed("category"),
        }
    }

    /// Whose case an own case is: `person`, `unit`, or `granting` for one that granted an own effort.
    pub fn own(&self) -> Option<&'static str> {
        match self {
            Self::OwnPerson => Some("person"),
            Self::OwnUnit => Some("unit"),
            Self::GrantingCase => Some("granting"),
            Self::Law(_) | Self::Consent(_) | Self::Emergency(_) | Self::Category => None,
        }
    }

    /// The caller, or the caller's unit, works on it.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::OwnPerson | Self::OwnUnit)
    }
}

/// What is shown of an item, and which basis opens what of it: each class stands with the strongest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    opened: Vec<(Basis, ClassSet)>,
    /// Position of the decision in what the audit keeps of the answer.
    decided: Option<usize>,
}

impl Fields {
    /// What these open together; a basis that adds nothing is left out.
    pub fn of(mut opened: Vec<(Basis, ClassSet)>) -> Self {
        opened.sort();
        let mut known = ClassSet::default();
        for (_, classes) in &mut opened {
            let new = classes.beyond(known);
            known = known.and(*classes);
            *classes = new;
        }
        opened.retain(|(_, classes)| !classes.is_empty());
        Self { opened, decided: None }
    }

    /// The same, opened by the decision at this position.
    #[must_use]
    pub fn decided_at(self, position: usize) -> Self {
        Self { decided: Some(position), ..self }
    }

    /// The position of the decision that opened it, in what the audit keeps of the answer; none for the citizen's own facts,
    /// of which each class is a decision.
    pub fn decided(&self) -> Option<usize> {
        self.decided
    }

    /// All classes.
    pub fn classes(&self) -> ClassSet {
        self.opened.iter().fold(ClassSet::default(), |all, (_, classes)| all.and(*classes))
    }

    /// The strongest basis; `None` when nothing is open.
    pub fn basis(&self) -> Option<&Basis> {
        self.opened.first().map(|(basis, _)| basis)
    }

    /// Each basis with what it alone opens.
    pub fn opened(&self) -> &[(Basis, ClassSet)] {
        &self.opened
    }
}

/// What a caller is shown of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Fields of these classes.
    Fields(Fields),
    /// That something exists, department and switchboard.
    Contact,
    /// That something exists, and the authority.
    Existence,
    /// Nothing, no count, no trace.
    Nothing,
}
