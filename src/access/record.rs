//! The permit to ask the register who a citizen is whose consent is recorded. No source may be asked under it.

use std::sync::Arc;

use glasplade_adapters::contract::CprNumber;

use super::{Access, Caller, CallerFacts, Standing};
use crate::audit::Pseudonym;
use crate::people::Kin;

/// [DK] samtykkeregistrering: the permit to record about one citizen.
///
/// **Invariant:** only [`Access::permit_record`] makes one, for a caller who holds a role that records consents.
#[derive(Debug)]
pub struct RecordPermit {
    caller: Caller,
    citizen: CprNumber,
    pseudonym: Pseudonym,
    room: Arc<Access>,
}

impl Access {
    /// The permit, for whoever records consents; `None` for everybody else.
    pub fn permit_record(
        self: &Arc<Self>,
        caller: &Caller,
        citizen: CprNumber,
        pseudonym: Pseudonym,
    ) -> Option<RecordPermit> {
        let records = self.roles_of(caller).iter().any(|row| row.records_consents);
        records.then(|| RecordPermit { caller: caller.clone(), citizen, pseudonym, room: Arc::clone(self) })
    }
}

impl RecordPermit {
    /// Whom it is about. The number goes to the register, nowhere else.
    pub fn citizen(&self) -> &CprNumber {
        &self.citizen
    }

    /// The citizen's pseudonym.
    pub fn pseudonym(&self) -> &Pseudonym {
        &self.pseudonym
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Where the caller stands to this citizen.
    pub fn standing(&self, caller: CallerFacts, kin: &Kin, citizen_is_employee: bool) -> Standing {
        Standing::of(&self.room.roles_of(&self.caller), caller, kin, citizen_is_employee)
    }
}
