//! Who a citizen is whose consent is recorded, and where the registrar stands to them: as for a look-up, without the sources.

use super::Pipeline;
use crate::access::{CallerFacts, RecordPermit, Standing};
use crate::people::Identity;
use crate::sources::Wish;

/// The citizen of a record.
#[derive(Debug)]
pub struct Registered {
    /// Who it is, as far as the register says.
    pub identity: Identity,
    /// Where the registrar stands to them.
    pub standing: Standing,
}

impl Pipeline {
    /// Asks the register.
    pub async fn who_is(&self, permit: &RecordPermit, wish: &Wish) -> Registered {
        let identity = self.people.identify_for_record(permit, wish).await;
        let employees = self.staff_register.list();
        let person = employees.person_of(permit.caller().employee()).copied();
        let kin = identity.kin();
        let citizen_is_employee = kin.own.iter().any(|number| employees.employee_of(number).is_some());
        let caller = CallerFacts { person, user: None, is_hasty: wish.is_hasty };
        let standing = permit.standing(caller, kin, citizen_is_employee);
        Registered { identity, standing }
    }
}
