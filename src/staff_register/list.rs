//! The staff at one moment: employees by id, and citizens who are employees. Its text form, read and written in one place.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::EmployeeId;
use crate::audit::{Pseudonym, PseudonymKey};

/// The longest file that is read, in bytes: half a million employees.
pub(super) const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

const PURPOSE: &str = "staff register";

/// One line of the file. The first may name the key instead, so that a register of another key is not taken for one in
/// which nobody is found.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    employee: String,
    person: Pseudonym,
}

/// The line about the key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine {
    key: String,
}

/// What is wrong with a line. It never repeats what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is no line of a staff register.
    #[error("the line is not `{{\"employee\":…,\"person\":…}}`")]
    NotALine,
    /// The employee id cannot be one.
    #[error("the employee id cannot be one")]
    NotAnEmployee,
    /// The employee stands further up as another person.
    #[error("the employee stands twice, as two people")]
    TwoPeople,
    /// The pseudonyms were made with another key: none would be found.
    #[error("the file was written with another pseudonym key")]
    AnotherKey,
}

/// The staff at one moment.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StaffList {
    people: BTreeMap<EmployeeId, Pseudonym>,
    employees: HashMap<Pseudonym, EmployeeId>,
    names_key: bool,
}

impl StaffList {
    /// The citizen who this employee is.
    pub fn person_of(&self, employee: &EmployeeId) -> Option<&Pseudonym> {
        self.people.get(employee)
    }

    /// The employee who this citizen is; somebody with several ids by the first of them.
    pub fn employee_of(&self, person: &Pseudonym) -> Option<&EmployeeId> {
        self.employees.get(person)
    }

    /// The citizens who work here.
    pub fn people(&self) -> impl Iterator<Item = &Pseudonym> {
        self.employees.keys()
    }

    /// How many employees are known.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Nobody is known.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The file says by which key it was written, and it is ours.
    pub(super) fn names_key(&self) -> bool {
        self.names_key
    }

    /// Adds an employee; `false` when they stand here already, as somebody else.
    pub(super) fn add(&mut self, employee: EmployeeId, person: Pseudonym) -> bool {
        if let Some(known) = self.people.get(&employee) {
            return *known == person;
        }
        let first = self.employees.entry(person).or_insert_with(|| employee.clone());
        if employee < *first {
            first.clone_from(&employee);
        }
        self.people.insert(employee, person);
        true
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// The first flawed line, from 1.
    pub(super) fn parse(text: &[u8], mark: &KeyMark) -> Result<Self, (usize, Flaw)> {
        let mut list = Self::default();
        for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            if number == 1
                && let Ok(named) = serde_json::from_slice::<KeyLine>(line)
            {
                if named.key != mark.0 {
                    return Err((number, Flaw::AnotherKey));
                }
                list.names_key = true;
                continue;
            }
            let line: Line = serde_json::from_slice(line).map_err(|_| (number, Flaw::NotALine))?;
            let employee = EmployeeId::parse(&line.employee).ok_or((number, Flaw::NotAnEmployee))?;
            if !list.add(employee, line.person) {
                return Err((number, Flaw::TwoPeople));
            }
        }
        Ok(list)
    }

    /// The file's text.
    pub(super) fn text(&self, mark: &KeyMark) -> String {
        let line = |value: Result<String, serde_json::Error>| value.expect("texts are JSON") + "\n";
        let mut text = line(serde_json::to_string(&KeyLine { key: mark.0.clone() }));
        for (employee, person) in &self.people {
            let employee = employee.as_str().to_owned();
            text.push_str(&line(serde_json::to_string(&Line { employee, person: *person })));
        }
        text
    }
}

/// Tells one key from another, and nothing about either.
#[derive(Debug)]
pub(super) struct KeyMark(String);

impl KeyMark {
    pub(super) fn of(key: &PseudonymKey) -> Self {
        Self(crate::hex(&key.derive(PURPOSE)[..16]))
    }
}

/// Says how many, never who.
impl fmt::Debug for StaffList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StaffList").field("employees", &self.len()).finish_non_exhaustive()
    }
}
