//! One employee as the municipality's staff directory tells it. Nothing here is about a citizen.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::{CallContext, SourceError, SourceInfo};

/// [DK] medarbejderkatalog (SF1500 Organisation): resolves many employees at once.
///
/// Like a source adapter it does not retry, sleep, spawn, log payloads or cache.
pub trait StaffDirectory: Send + Sync + Debug + 'static {
    /// Who it is.
    fn info(&self) -> &SourceInfo;

    /// What the directory knows about each of `keys`, batched. A key that it does not know is missing from the answer,
    /// which is not an error.
    ///
    /// # Errors
    /// By kind, see [`SourceError`]; never with a value from the wire in it.
    fn resolve(
        &self,
        ctx: &CallContext,
        keys: &[StaffKey],
    ) -> impl Future<Output = Result<StaffAnswer, SourceError>> + Send;

    /// Asks the directory for something that names no employee, to see whether it answers and knows us.
    ///
    /// # Errors
    /// As [`StaffDirectory::resolve`].
    fn probe(&self, ctx: &CallContext) -> impl Future<Output = Result<(), SourceError>> + Send;
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`StaffDirectory`] behind a pointer; every directory has it by itself.
pub trait DynStaffDirectory: Send + Sync + Debug + 'static {
    /// See [`StaffDirectory::info`].
    fn info(&self) -> &SourceInfo;
    /// See [`StaffDirectory::resolve`].
    fn resolve<'a>(&'a self, ctx: &'a CallContext, keys: &'a [StaffKey])
    -> Boxed<'a, Result<StaffAnswer, SourceError>>;
    /// See [`StaffDirectory::probe`].
    fn probe<'a>(&'a self, ctx: &'a CallContext) -> Boxed<'a, Result<(), SourceError>>;
}

impl<D: StaffDirectory> DynStaffDirectory for D {
    fn info(&self) -> &SourceInfo {
        StaffDirectory::info(self)
    }
    fn resolve<'a>(
        &'a self,
        ctx: &'a CallContext,
        keys: &'a [StaffKey],
    ) -> Boxed<'a, Result<StaffAnswer, SourceError>> {
        Box::pin(StaffDirectory::resolve(self, ctx, keys))
    }
    fn probe<'a>(&'a self, ctx: &'a CallContext) -> Boxed<'a, Result<(), SourceError>> {
        Box::pin(StaffDirectory::probe(self, ctx))
    }
}

/// Any directory, shared.
pub type Directory = Arc<dyn DynStaffDirectory>;

/// By what an employee is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StaffKey {
    /// [DK] AZ-ident, lower case.
    Employee(Arc<str>),
    /// [DK] brugerens UUID in the directory, as the joint case index names caseworkers.
    User(Uuid),
}

/// What the directory knows about the keys that it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffAnswer {
    /// The ones that it knows; each key at most once, in no order.
    pub found: Vec<(StaffKey, StaffMember)>,
    /// Keys that it answered about in a way that cannot be read, or by contradicting itself. They stay unknown.
    pub unreadable: u32,
}

/// [DK] medarbejder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// The user's UUID.
    pub user: Uuid,
    /// AZ-ident, lower case.
    pub employee_id: Option<String>,
    /// Name, as the directory spells it: the spelling that counts.
    pub name: Option<String>,
    /// [DK] stillingsbetegnelse.
    pub title: Option<String>,
    /// E-mail, lower case.
    pub email: Option<String>,
    /// Direct number.
    pub phone: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// The unit of the first current position.
    pub unit: Option<StaffUnit>,
    /// [DK] stedfortræder, as a user.
    pub stand_in: Option<Uuid>,
    /// [DK] leder, as a user.
    pub leader: Option<Uuid>,
    /// Still employed, as far as the directory knows. Of someone who has left only the name and the stand-in is told.
    pub employed: bool,
    /// When the directory last changed what it says about the user.
    pub changed: Option<Timestamp>,
}

/// [DK] organisationsenhed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffUnit {
    /// The unit's UUID, as units are configured (`org_uuid`).
    pub uuid: Uuid,
    /// Name.
    pub name: Option<String>,
    /// The units above it, nearest first.
    pub above: Vec<Uuid>,
    /// Unit number.
    pub phone: Option<String>,
    /// Shared mailbox, lower case.
    pub email: Option<String>,
}
