//! Who a citizen is whose consent is recorded, and where the registrar stands to them: as for a look-up, without the sources.

use std::sync::Arc;

use glasplade_adapters::contract::danish_day;

use super::Pipeline;
use crate::access::{Caller, CallerFacts, Question, RecordPermit, Refusal, Standing};
use crate::audit::Request;
use crate::config::Language;
use crate::overview::Rendered;
use crate::overview::view::FiledConsentView;
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

    /// The consents that case systems hold about the question's case, of what this caller may see under its purpose: a look-up
    /// of its own in the audit. `None` where the caller may make none; then nobody has looked.
    ///
    /// # Errors
    /// A [`Refusal`].
    ///
    /// # Panics
    /// Never: views hold nothing that JSON cannot.
    pub async fn filed_consents(
        &self,
        request: &Request,
        caller: &Caller,
        question: &Question,
        wish: &Wish,
        language: Language,
    ) -> Result<Option<Vec<FiledConsentView>>, Refusal> {
        let Some(case_ref) = &question.case_ref else { return Ok(None) };
        let pseudonym = self.pseudonyms.of(&question.citizen);
        let decision = self.access.authorize(caller, question, pseudonym, danish_day(self.clock.now()));
        if decision.outcome.is_err() {
            return Ok(None);
        }
        let mut attempt = self.audit.open(request, caller, question, &pseudonym, &decision).await?;
        let grant = Arc::new(decision.outcome?);
        let mut seen = self.see(grant, wish).await;
        self.cut_again(&mut seen);
        attempt.note(&seen.circumstances);
        let (redacted, filed) = seen.redacted.only_filed(case_ref, &self.wording, language);
        let body = Rendered::new(serde_json::to_vec(&filed).expect("views hold nothing that JSON cannot"));
        // What is told leaves in the registrar's answer; its entry is durable first.
        let _told = attempt.disclose(&redacted, &seen.statuses, &seen.circumstances, body, None).await?;
        Ok(Some(filed))
    }
}
