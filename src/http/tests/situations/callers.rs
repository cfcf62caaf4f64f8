//! People of the town who are none of the demo's callers, and look all the same.

use crate::demo::handles::Handle;

/// The caseworker of many an employment case, in the unit of `caseworker-jobcenter`; all subjects.
pub(in crate::http::tests) const JOB_COLLEAGUE: Handle =
    caller("job-colleague", "az10014", ("JVS", "JVS-JOB"), &["caseworker"]);

/// The adviser on sickness benefit: works in person on Lone's and Henrik's cases.
pub(in crate::http::tests) const SICKNESS_ADVISER: Handle =
    caller("sickness-adviser", "az10023", ("JSY", "JSY-SYG"), &["caseworker"]);

/// Sits in the adviser's unit, and works on no case of Lone's or Henrik's in person.
pub(in crate::http::tests) const SICKNESS_COLLEAGUE: Handle =
    caller("sickness-colleague", "az10024", ("JSY", "JSY-SYG"), &["caseworker"]);

/// An educator at the shelter.
pub(in crate::http::tests) const SHELTER: Handle =
    caller("provider-shelter", "az10026", ("SUV", "SUV-FORSORG"), &["provider_worker"]);

/// The child caseworker who has Signe's case in person, a colleague of `caseworker-child`.
pub(in crate::http::tests) const CHILD_COLLEAGUE: Handle =
    Handle { sensitivity_max: 3, ..caller("child-colleague", "az10029", ("BFF", "BFF-MYND"), &["child_caseworker"]) };

/// Social authority for young people: Signe's case is on its way to her.
pub(in crate::http::tests) const YOUTH_AUTHORITY: Handle =
    caller("youth-authority", "az10019", ("UUJ", "UUJ-SOC"), &["caseworker"]);

/// A caller of the town with every KLE subject.
pub(in crate::http::tests) const fn caller(
    name: &'static str,
    employee: &'static str,
    (department, unit): (&'static str, &'static str),
    roles: &'static [&'static str],
) -> Handle {
    Handle { name, employee, department, unit: Some(unit), roles, kle: &["*"], sensitivity_max: 2 }
}
