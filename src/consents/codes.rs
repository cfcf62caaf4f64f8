//! Units and departments as consents name them: which exist on a day, and which stand for which. Pure.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::config::DepartmentsFile;

/// The codes of `departments.toml`.
#[derive(Debug)]
pub struct Codes(HashMap<String, Code>);

#[derive(Debug)]
struct Code {
    name: String,
    /// Of a unit: its department.
    department: Option<String>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    /// Where its consents go when it ends.
    followed_by: Option<String>,
    /// [DK] magistratsafdeling with departments under it: "all of it" is no sender and no receiver.
    is_umbrella: bool,
}

impl Codes {
    /// The codes of this file. A unit lives within its own days and those of its department.
    pub fn new(file: &DepartmentsFile) -> Self {
        let mut codes = HashMap::new();
        for row in &file.department {
            let is_umbrella = file.department.iter().any(|other| other.authority == row.code && other.code != row.code);
            let followed_by = row.succeeded_by.clone().filter(|_| row.consents_follow);
            let (valid_from, valid_to) = (row.valid_from, row.valid_to);
            let code =
                Code { name: row.name.clone(), department: None, valid_from, valid_to, followed_by, is_umbrella };
            codes.insert(row.code.clone(), code);
        }
        for row in &file.unit {
            let of = file.department.iter().find(|department| department.code == row.department);
            let first = of.and_then(|department| department.valid_from);
            let last = of.and_then(|department| department.valid_to);
            let code = Code {
                name: row.name.clone(),
                department: Some(row.department.clone()),
                valid_from: row.valid_from.into_iter().chain(first).max(),
                valid_to: row.valid_to.into_iter().chain(last).min(),
                followed_by: row.succeeded_by.clone().filter(|_| row.consents_follow),
                is_umbrella: false,
            };
            codes.insert(row.code.clone(), code);
        }
        Self(codes)
    }

    /// What people call it; the code itself where nobody has said.
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.0.get(code).map_or(code, |known| known.name.as_str())
    }

    /// It exists, and is in force on `day`.
    pub fn is_in_force(&self, code: &str, day: Date) -> bool {
        let is_on =
            |known: &Code| known.valid_from.is_none_or(|from| from <= day) && known.valid_to.is_none_or(|to| day <= to);
        self.0.get(code).is_some_and(is_on)
    }

    /// It stands for a whole authority, so that naming it names nobody.
    pub fn is_umbrella(&self, code: &str) -> bool {
        self.0.get(code).is_some_and(|known| known.is_umbrella)
    }

    /// `code` names this unit, or the department that it is in.
    pub fn names(&self, code: &str, unit: &str) -> bool {
        code == unit || self.0.get(unit).and_then(|known| known.department.as_deref()) == Some(code)
    }

    /// One of the two is the other, or a part of it.
    pub fn relates(&self, one: &str, other: &str) -> bool {
        self.names(one, other) || self.names(other, one)
    }

    /// The codes, and what came after those whose consents follow. A code that nothing follows stays, and names nobody.
    pub fn followed(&self, codes: &[String]) -> Vec<String> {
        let mut all = codes.to_vec();
        let mut at = 0;
        while let Some(code) = all.get(at) {
            let next = self.0.get(code).and_then(|known| known.followed_by.clone());
            all.extend(next.filter(|next| !all.contains(next)));
            at += 1;
        }
        all
    }
}
