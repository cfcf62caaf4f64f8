//! [DK] leder: who judges an emergency. The leader whom the staff directory named when it was opened; else the one it names
//! now; else the unit's leader by configuration; else the data protection officer. Never who opened it.

use std::collections::BTreeSet;
use std::sync::Arc;

use glasplade_adapters::contract::{StaffKey, StaffMember};
use uuid::Uuid;

use super::event::{Emergency, LeaderThen};
use crate::access::{Caller, EmployeeId};
use crate::sources::Deadline;
use crate::staff::{Entry, Known, Staff};
use crate::staff_register::StaffList;

/// Who judges one emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judge {
    /// This leader, or who stands in for them.
    Leader { user: Option<Uuid>, employee: Option<String>, stand_in: Option<Uuid> },
    /// The data protection officer: there is no leader.
    Office,
    /// The directory does not say it now.
    Unknown,
}

/// Leaders by unit, from configuration.
pub(super) type UnitLeaders = Vec<(String, String)>;

fn by_employee(id: &str) -> StaffKey {
    StaffKey::Employee(Arc::from(id))
}

fn member(known: &Known, key: &StaffKey) -> Option<Arc<StaffMember>> {
    match known.get(key) {
        Entry::Member { member, .. } => Some(member),
        _ => None,
    }
}

/// The directory has not said anything, which is not the same as that it knows nobody.
fn is_silent(known: &Known, key: &StaffKey) -> bool {
    matches!(known.get(key), Entry::Pending | Entry::Unavailable)
}

/// The leader of an employee as the directory says now; `Err` while it is silent.
pub(super) async fn leader_now(
    staff: &Staff,
    employee: &str,
    trace_id: &Arc<str>,
    deadline: Deadline,
) -> Result<Option<LeaderThen>, Silent> {
    let key = by_employee(employee);
    let known = staff.know(std::slice::from_ref(&key), trace_id, deadline).await;
    if is_silent(&known, &key) {
        return Err(Silent);
    }
    let Some(user) = member(&known, &key).filter(|member| member.employed).and_then(|member| member.leader) else {
        return Ok(None);
    };
    let key = StaffKey::User(user);
    let known = staff.know(std::slice::from_ref(&key), trace_id, deadline).await;
    let leader = member(&known, &key).and_then(|member| member.employee_id.clone());
    Ok(Some(LeaderThen { user, employee: leader }).filter(|leader| leader.employee.as_deref() != Some(employee)))
}

/// The directory did not answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Silent;

/// Everything that is known of the people around some emergencies.
#[derive(Debug)]
pub(super) struct Judges<'a> {
    known: Known,
    leaders: Known,
    viewer: Option<Uuid>,
    units: &'a UnitLeaders,
    /// Which citizens are employees.
    people: Arc<StaffList>,
}

impl<'a> Judges<'a> {
    /// Asks the directory about everybody at once: who opened them, their leaders, and `viewer`.
    pub(super) async fn around(
        emergencies: &[Emergency],
        viewer: &Caller,
        (staff, units, people): (&Staff, &'a UnitLeaders, Arc<StaffList>),
        trace_id: &Arc<str>,
        deadline: Deadline,
    ) -> Self {
        let own = by_employee(viewer.employee().as_str());
        let mut wanted: BTreeSet<StaffKey> = emergencies.iter().map(|one| by_employee(&one.employee)).collect();
        wanted.extend(emergencies.iter().filter_map(|one| Some(StaffKey::User(one.leader.as_ref()?.user))));
        wanted.extend(units.iter().map(|(_, leader)| by_employee(leader)));
        wanted.insert(own.clone());
        let wanted: Vec<StaffKey> = wanted.into_iter().collect();
        let known = staff.know(&wanted, trace_id, deadline).await;
        let of_now = emergencies.iter().filter_map(|one| member(&known, &by_employee(&one.employee))?.leader);
        let of_now: BTreeSet<StaffKey> = of_now.map(StaffKey::User).collect();
        let of_now: Vec<StaffKey> = of_now.into_iter().collect();
        let leaders = staff.know(&of_now, trace_id, deadline).await;
        let viewer = member(&known, &own).filter(|member| member.employed).map(|member| member.user);
        Self { known, leaders, viewer, units, people }
    }

    fn leader(&self, user: Uuid, employee: Option<String>) -> Option<Judge> {
        let key = StaffKey::User(user);
        let found = member(&self.known, &key).or_else(|| member(&self.leaders, &key));
        let is_gone = self.known.get(&key) == Entry::NotInDirectory;
        if is_gone || found.as_ref().is_some_and(|member| !member.employed) {
            return None;
        }
        let employee = employee.or_else(|| found.as_ref().and_then(|member| member.employee_id.clone()));
        Some(Judge::Leader { user: Some(user), employee, stand_in: found.and_then(|member| member.stand_in) })
    }

    /// Who judges this one: the officer in place of a leader who is the citizen, or close to them.
    pub(super) fn judge(&self, emergency: &Emergency) -> Judge {
        let judge = self.named(emergency);
        let Judge::Leader { employee: Some(employee), .. } = &judge else { return judge };
        let person = EmployeeId::parse(employee).and_then(|employee| self.people.person_of(&employee).copied());
        if person.is_some_and(|person| emergency.concerns(&person)) { Judge::Office } else { judge }
    }

    fn named(&self, emergency: &Emergency) -> Judge {
        let then = emergency.leader.as_ref().and_then(|leader| self.leader(leader.user, leader.employee.clone()));
        if let Some(judge) = then {
            return judge;
        }
        let own = by_employee(&emergency.employee);
        let opener = member(&self.known, &own).filter(|member| member.employed);
        let now = opener.and_then(|member| member.leader.filter(|leader| *leader != member.user));
        if let Some(judge) = now.and_then(|user| self.leader(user, None)) {
            return judge;
        }
        let unit = emergency.unit.as_deref();
        let configured = self.units.iter().find(|(code, _)| Some(code.as_str()) == unit).map(|(_, leader)| leader);
        match configured.filter(|leader| **leader != emergency.employee) {
            Some(leader) => {
                let found = member(&self.known, &by_employee(leader));
                let stand_in = found.as_ref().and_then(|member| member.stand_in);
                Judge::Leader { user: found.map(|member| member.user), employee: Some(leader.clone()), stand_in }
            }
            None if is_silent(&self.known, &own) => Judge::Unknown,
            None => Judge::Office,
        }
    }

    /// The viewer judges it: as its leader, as the leader's stand-in, or, when `is_office`, where there is no leader.
    /// Nobody judges their own.
    pub(super) fn may_judge(&self, emergency: &Emergency, viewer: &Caller, is_office: bool) -> bool {
        if emergency.employee == viewer.employee().as_str() {
            return false;
        }
        match self.judge(emergency) {
            Judge::Leader { user, employee, stand_in } => {
                let is_viewer = |user: Option<Uuid>| user.is_some() && user == self.viewer;
                employee.as_deref() == Some(viewer.employee().as_str()) || is_viewer(user) || is_viewer(stand_in)
            }
            Judge::Office => is_office,
            Judge::Unknown => false,
        }
    }

    /// The directory does not say who judges this one.
    pub(super) fn is_unknown(&self, emergency: &Emergency) -> bool {
        self.judge(emergency) == Judge::Unknown
    }
}

#[cfg(test)]
mod tests {
    use glasplade_adapters::contract::SourceId;
    use jiff::Timestamp;

    use super::super::event::tests::emergency;
    use super::*;

    fn person(number: u128, leader: Option<u128>, stand_in: Option<u128>) -> StaffMember {
        StaffMember {
            user: Uuid::from_u128(number),
            employee_id: Some(format!("az{number}")),
            name: None,
            title: None,
            email: None,
            phone: None,
            mobile: None,
            unit: None,
            stand_in: stand_in.map(Uuid::from_u128),
            leader: leader.map(Uuid::from_u128),
            employed: true,
            changed: None,
        }
    }

    fn told(people: &[StaffMember]) -> Known {
        let entries = people.iter().flat_map(|member| {
            let entry = Entry::Member { member: Arc::new(member.clone()), read_at: Timestamp::UNIX_EPOCH, aged: false };
            let id = member.employee_id.clone().unwrap_or_default();
            [(by_employee(&id), entry.clone()), (StaffKey::User(member.user), entry)]
        });
        Known::told(SourceId::new("staff"), entries)
    }

    /// Who may judge what az10009 of VAGT opened.
    fn may(people: &[StaffMember], units: &UnitLeaders, then: Option<u128>, viewer: u128, is_office: bool) -> bool {
        let viewer = format!("az{viewer}");
        let known = told(people);
        let user = member(&known, &by_employee(&viewer)).map(|member| member.user);
        let judges = Judges { leaders: known.clone(), known, viewer: user, units, people: Arc::default() };
        let mut emergency = emergency(Vec::new());
        emergency.leader = then.map(|number| LeaderThen { user: Uuid::from_u128(number), employee: None });
        judges.may_judge(&emergency, &Caller::invented(&viewer, &["leader"]), is_office)
    }

    #[test]
    fn the_leader_of_the_directory_and_their_stand_in_judge_and_nobody_else() {
        let people =
            [person(10009, Some(10045), None), person(10045, None, Some(10036)), person(10036, Some(10045), None)];
        let people = [people.to_vec(), vec![person(10010, None, None)]].concat();
        for (viewer, expected) in [(10045, true), (10036, true), (10010, false), (10009, false)] {
            assert_eq!(may(&people, &Vec::new(), None, viewer, true), expected, "{viewer}");
            assert_eq!(may(&people, &Vec::new(), Some(10045), viewer, true), expected, "{viewer}, as then");
        }
    }

    #[test]
    fn the_leader_of_the_day_judges_until_they_have_left() {
        let mut people = vec![person(10009, Some(10045), None), person(10045, None, None), person(10010, None, None)];
        assert!(may(&people, &Vec::new(), Some(10010), 10010, false));
        assert!(
            !may(&people, &Vec::new(), Some(10010), 10045, false),
            "the new leader does not judge the old one's days"
        );
        people[2].employed = false;
        assert!(!may(&people, &Vec::new(), Some(10010), 10010, false));
        assert!(may(&people, &Vec::new(), Some(10010), 10045, false));
    }

    #[test]
    fn without_one_the_unit_s_leader_judges_and_without_that_the_office() {
        let people = [person(10009, None, None), person(10010, None, Some(10011)), person(10011, None, None)];
        let unit = |leader: &str| vec![("VAGT".to_owned(), leader.to_owned())];
        assert!(may(&people, &unit("az10010"), None, 10010, false));
        assert!(may(&people, &unit("az10010"), None, 10011, false), "a stand-in");
        assert!(!may(&people, &unit("az10010"), None, 10012, true), "the office does not where a leader is");
        assert!(may(&people, &Vec::new(), None, 10012, true));
        assert!(!may(&people, &Vec::new(), None, 10012, false));
        assert!(may(&people, &unit("az10009"), None, 10012, true), "nobody leads themselves");
        let own_leader = [person(10009, Some(10009), None)];
        assert!(may(&own_leader, &Vec::new(), None, 10012, true), "not even by the directory");
        assert!(!may(&people, &Vec::new(), None, 10009, true), "and the office does not judge its own");
    }

    #[test]
    fn a_directory_that_is_silent_makes_nobody_the_judge() {
        let viewer = Caller::invented("az10012", &["auditor"]);
        let silent = Known::told(SourceId::new("staff"), [(by_employee("az10009"), Entry::Unavailable)]);
        let units = Vec::new();
        let judges =
            Judges { known: silent.clone(), leaders: silent, viewer: None, units: &units, people: Arc::default() };
        let emergency = emergency(Vec::new());
        assert!(!judges.may_judge(&emergency, &viewer, true) && judges.is_unknown(&emergency));
    }
}
