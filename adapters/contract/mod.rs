//! What every adapter promises, and the words in which it answers.

mod adapter;
mod capability;
mod clock;
mod cpr;
mod error;
mod listing;
mod person;
mod person_id;
mod read;
mod record;
mod staff;
mod status;

pub use adapter::{
    Adapter, CallContext, DynSourceAdapter, Fetched, SourceAdapter, SourceId, SourceInfo, TraceContext, Traffic,
};
pub use capability::Capability;
pub use clock::{Clock, ManualClock, SystemClock, danish_day, danish_time_zone};
pub use cpr::{CprNumber, NotACprNumber};
pub use error::{SourceError, SourceErrorKind};
pub use listing::{CasePage, ListQuestion, Listing, PageToken, Since};
pub use person::{
    Address, CivilStatus, Custody, CustodyHolder, DynPersonRegister, Guardianship, PersonFacts, PersonName,
    PersonRegister, PersonStatus, Protection, Register, RegisterDate, RelatedPerson,
};
pub use person_id::{Ecpr, NotAPersonId, PersonId};
pub use read::{ReadOperation, Verb};
pub use record::{
    About, Actor, ActorKind, ActorRole, CaseType, ConsentRef, JoinKeys, Kle, MasterSystem, PartyRole, QualityFlag,
    Record, RecordKind, Relation, RelationKind, Sensitivity, Unit,
};
pub use staff::{Directory, DynStaffDirectory, StaffAnswer, StaffDirectory, StaffKey, StaffMember, StaffUnit};
pub use status::{CaseStatus, Status};
