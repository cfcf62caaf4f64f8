//! Who is asked: an adapter, fake or live, and those it is asked about.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{
    Adapter, CallContext, CasePage, Clock, CprNumber, Directory, Fetched, ListQuestion, PageToken, PersonFacts,
    Register, Since, SourceError, SourceErrorKind, SourceInfo, StaffAnswer, StaffKey, TraceContext, Traffic,
};
use glasplade_adapters::register::{Build, BuildError, Kind, SourceConfig};
use uuid::Uuid;

/// What a kind of source answers about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// Cases of one citizen.
    Cases,
    /// Who a citizen is.
    Persons,
    /// Who employees are.
    Staff,
}

impl About {
    /// What sources of this kind answer about.
    pub(crate) fn of(kind: &Kind) -> Self {
        match kind.build {
            Build::Cases(_) => Self::Cases,
            Build::Persons(_) => Self::Persons,
            Build::Staff(_) => Self::Staff,
        }
    }
}

/// Any adapter.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A case system.
    Cases(Adapter),
    /// A person register.
    Persons(Register),
    /// A staff directory.
    Staff(Directory),
}

impl Source {
    /// Makes the adapter.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub(crate) fn build(kind: &Kind, config: SourceConfig<'_>) -> Result<Self, BuildError> {
        match kind.build {
            Build::Cases(build) => build(config).map(Self::Cases),
            Build::Persons(build) => build(config).map(Self::Persons),
            Build::Staff(build) => build(config).map(Self::Staff),
        }
    }

    /// Who it is.
    pub(crate) fn info(&self) -> &SourceInfo {
        match self {
            Self::Cases(adapter) => adapter.info(),
            Self::Persons(register) => register.info(),
            Self::Staff(directory) => directory.info(),
        }
    }
}

/// Whom a source is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom {
    /// A citizen.
    Citizen(CprNumber),
    /// An employee.
    Employee(StaffKey),
}

/// What a source has answered.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// A case system's.
    Cases(Fetched),
    /// A person register's.
    Person(Option<Box<PersonFacts>>),
    /// A staff directory's.
    Staff(StaffAnswer),
}

impl Answer {
    /// The answer about somebody whom the source does not know: nothing, and no word more.
    pub(crate) fn is_nobody(&self) -> bool {
        match self {
            Self::Cases(fetched) => *fetched == Fetched::default(),
            Self::Person(facts) => facts.is_none(),
            Self::Staff(answer) => *answer == StaffAnswer::default(),
        }
    }

    /// How many rows were there and could not be read.
    pub(crate) fn unreadable(&self) -> usize {
        match self {
            Self::Cases(fetched) => fetched.unreadable as usize,
            Self::Person(_) => 0,
            Self::Staff(answer) => answer.unreadable as usize,
        }
    }

    /// How many it tells of: rows, people.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Cases(fetched) => fetched.records.len(),
            Self::Person(facts) => usize::from(facts.is_some()),
            Self::Staff(answer) => answer.found.len(),
        }
    }
}

/// An adapter with somebody whom it knows, and perhaps somebody whom it does not.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// The adapter.
    pub(crate) source: Source,
    /// The clock that it is lent.
    pub(crate) clock: Arc<dyn Clock>,
    /// Known to the source.
    pub(crate) known: Whom,
    /// Not known to the source.
    pub(crate) stranger: Option<Whom>,
    /// How long one look-up may take.
    pub(crate) patience: Duration,
}

impl Subject {
    /// What the house lends for a call that may take this long.
    #[expect(clippy::disallowed_methods, reason = "who sets a deadline reads the machine's time")]
    pub(crate) fn context_for(&self, patience: Duration) -> CallContext {
        let moment = u128::try_from(self.clock.now().as_nanosecond()).unwrap_or_default();
        CallContext {
            deadline: tokio::time::Instant::now() + patience,
            clock: Arc::clone(&self.clock),
            trace: TraceContext {
                trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
                span_id: "b7ad6b7169203331".into(),
                sampled: true,
                ..TraceContext::default()
            },
            transaction: Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0000 | moment >> 8),
            traffic: Traffic::default(),
        }
    }

    /// What the house lends for a call.
    pub(crate) fn context(&self) -> CallContext {
        self.context_for(self.patience)
    }

    /// Asks about somebody, under a context of one's own.
    pub(crate) async fn ask_under(&self, ctx: &CallContext, whom: &Whom) -> Result<Answer, SourceError> {
        match (&self.source, whom) {
            (Source::Cases(adapter), Whom::Citizen(citizen)) => adapter.fetch(ctx, citizen).await.map(Answer::Cases),
            (Source::Persons(register), Whom::Citizen(person)) => {
                register.look_up(ctx, person).await.map(|facts| Answer::Person(facts.map(Box::new)))
            }
            (Source::Staff(directory), Whom::Employee(key)) => {
                directory.resolve(ctx, std::slice::from_ref(key)).await.map(Answer::Staff)
            }
            (Source::Cases(_) | Source::Persons(_), Whom::Employee(_)) | (Source::Staff(_), Whom::Citizen(_)) => {
                let kind = SourceErrorKind::Unsupported;
                Err(SourceError::new(kind, "ask", "the suite asks this source about what it does not know"))
            }
        }
    }

    /// Asks about somebody and waits until the deadline, as the house does.
    pub(crate) async fn ask(&self, whom: &Whom) -> Result<Answer, SourceError> {
        let ctx = self.context();
        in_time(&ctx, self.ask_under(&ctx, whom)).await
    }

    /// Asks about whom it knows.
    pub(crate) async fn look_up(&self) -> Result<Answer, SourceError> {
        self.ask(&self.known).await
    }

    /// Asks about whom it knows, where an answer is expected.
    ///
    /// # Errors
    /// The adapter's error in a sentence.
    pub(crate) async fn answered(&self) -> Result<Answer, String> {
        self.look_up().await.map_err(|error| format!("no answer about somebody known: {error}"))
    }

    /// Asks for nobody, to see whether the source answers.
    pub(crate) async fn probe(&self) -> Result<(), SourceError> {
        self.probe_under(&self.context()).await
    }

    /// As [`Subject::probe`], under a context of one's own.
    pub(crate) async fn probe_under(&self, ctx: &CallContext) -> Result<(), SourceError> {
        match &self.source {
            Source::Cases(adapter) => adapter.probe(ctx).await,
            Source::Persons(register) => register.probe(ctx).await,
            Source::Staff(directory) => directory.probe(ctx).await,
        }
    }

    /// The case system that this is.
    ///
    /// # Errors
    /// When it is none: the promise is listed for a kind that it is not about.
    pub(crate) fn adapter(&self) -> Result<&Adapter, String> {
        match &self.source {
            Source::Cases(adapter) => Ok(adapter),
            Source::Persons(_) | Source::Staff(_) => Err("a promise about cases is tried on another source".to_owned()),
        }
    }

    /// The known citizen.
    ///
    /// # Errors
    /// When the source does not answer about citizens.
    pub(crate) fn citizen(&self) -> Result<&CprNumber, String> {
        match &self.known {
            Whom::Citizen(citizen) => Ok(citizen),
            Whom::Employee(_) => Err("a promise about citizens is tried on another source".to_owned()),
        }
    }

    /// The known citizen's cases, where an answer is expected.
    ///
    /// # Errors
    /// The adapter's error in a sentence.
    pub(crate) async fn fetched(&self) -> Result<Fetched, String> {
        match self.answered().await? {
            Answer::Cases(fetched) => Ok(fetched),
            Answer::Person(_) | Answer::Staff(_) => Err("a promise about cases is tried on another source".to_owned()),
        }
    }

    /// One page of everybody's cases, or none before the deadline.
    ///
    /// # Errors
    /// The adapter's; `Unsupported` where it is no case system.
    pub(crate) async fn page(
        &self,
        since: Since,
        token: &PageToken,
        page_rows: usize,
    ) -> Result<CasePage, SourceError> {
        let Source::Cases(adapter) = &self.source else {
            let kind = SourceErrorKind::Unsupported;
            return Err(SourceError::new(kind, "list", "a promise about cases is tried on another source"));
        };
        let ctx = self.context();
        in_time(&ctx, adapter.list_cases(&ctx, ListQuestion { since, page: token, page_rows })).await
    }

    /// What the register tells of a person, where an answer is expected.
    ///
    /// # Errors
    /// The adapter's error in a sentence.
    pub(crate) async fn facts(&self, person: &CprNumber) -> Result<Option<Box<PersonFacts>>, String> {
        match self.ask(&Whom::Citizen(*person)).await.map_err(|error| format!("no answer about a person: {error}"))? {
            Answer::Person(facts) => Ok(facts),
            Answer::Cases(_) | Answer::Staff(_) => Err("a promise about persons is tried on another source".to_owned()),
        }
    }

    /// What the directory tells of many employees at once.
    ///
    /// # Errors
    /// As an answer about one.
    pub(crate) async fn resolve(&self, keys: &[StaffKey]) -> Result<StaffAnswer, SourceError> {
        match &self.source {
            Source::Staff(directory) => {
                let ctx = self.context();
                in_time(&ctx, directory.resolve(&ctx, keys)).await
            }
            Source::Cases(_) | Source::Persons(_) => {
                let kind = SourceErrorKind::Unsupported;
                Err(SourceError::new(kind, "ask", "a promise about employees is tried on another source"))
            }
        }
    }
}

/// Waits no longer than the deadline.
async fn in_time<A>(ctx: &CallContext, answer: impl Future<Output = Result<A, SourceError>>) -> Result<A, SourceError> {
    let late = |_| Err(SourceError::new(SourceErrorKind::TimedOut, "ask", "nothing came before the deadline"));
    tokio::time::timeout_at(ctx.deadline, answer).await.unwrap_or_else(late)
}
