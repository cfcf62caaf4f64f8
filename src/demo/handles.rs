//! The callers of the demo: roles, not people. The population's staff carry the same idents.

/// One caller of the demo.
#[derive(Debug)]
pub struct Handle {
    /// What `token --as` takes.
    pub name: &'static str,
    /// [DK] AZ-ident.
    pub employee: &'static str,
    /// [DK] forvaltning.
    pub department: &'static str,
    /// [DK] enhed.
    pub unit: Option<&'static str>,
    /// [DK] roller; the first is the one that the handle is named for.
    pub roles: &'static [&'static str],
    /// [DK] KLE-intervaller.
    pub kle: &'static [&'static str],
    /// [DK] højeste følsomhed, 0–3.
    pub sensitivity_max: u8,
}

const ALL: &[&str] = &["*"];
const NONE: &[&str] = &[];

/// All of them, in the order of their idents.
pub const HANDLES: &[Handle] = &[
    handle("coordinator-youth", "az10001", "UUJ", Some("UUJ-KOORD"), &["coordinator", "consent_registrar"], ALL, 2),
    handle("caseworker-jobcenter", "az10002", "JVS", Some("JVS-JOB"), &["caseworker", "consent_registrar"], &["15"], 2),
    handle("benefit-officer", "az10003", "JSY", Some("JSY-YDELSE"), &["benefit_officer"], &["32", "15"], 1),
    handle("provider-substance", "az10004", "JSY", Some("JSY-RUS"), &["provider_worker"], &["27", "29"], 2),
    handle(
        "caseworker-adult",
        "az10005",
        "VJH",
        Some("VJH-MYND"),
        &["caseworker", "consent_registrar"],
        &["27", "29"],
        2,
    ),
    handle(
        "caseworker-child",
        "az10006",
        "BFF",
        Some("BFF-MYND"),
        &["child_caseworker", "consent_registrar"],
        &["27.24", "27.27", "34", "27"],
        3,
    ),
    handle("provider-support", "az10007", "SUV", Some("SUV-STOETTE"), &["provider_worker"], &["27", "29"], 2),
    handle("reception", "az10008", "MKB", None, &["reception"], ALL, 1),
    handle("on-call", "az10009", "MSB", Some("VAGT"), &["on_call"], ALL, 2),
    handle("leader-jobcenter", "az10010", "JVS", Some("JVS-JOB"), &["leader"], &["15"], 2),
    handle("list-owner", "az10011", "UUJ", Some("UUJ-KOORD"), &["list_owner"], ALL, 2),
    handle("auditor", "az10012", "MSB", None, &["auditor"], NONE, 0),
    handle("operator", "az10013", "MSB", None, &["operator"], NONE, 0),
    handle("consent-registrar", "az10016", "UUJ", Some("UUJ-KOORD"), &["consent_registrar"], NONE, 0),
    handle("leader-duty", "az10045", "MSB", Some("VAGT"), &["leader"], NONE, 0),
    handle("insight-officer", "az10046", "MSB", None, &["insight_officer"], NONE, 0),
    // A list goes to its receiver: one owner in each unit for which the demo has approved a rule (`list-owner` in UUJ-KOORD).
    handle("list-owner-youth", "az10047", "UUJ", Some("UUJ-SOC"), &["list_owner"], ALL, 2),
    handle("list-owner-jobcenter", "az10048", "JVS", Some("JVS-JOB"), &["list_owner"], ALL, 2),
    handle("list-owner-adult", "az10049", "VJH", Some("VJH-MYND"), &["list_owner"], ALL, 2),
];

const fn handle(
    name: &'static str,
    employee: &'static str,
    department: &'static str,
    unit: Option<&'static str>,
    roles: &'static [&'static str],
    kle: &'static [&'static str],
    sensitivity_max: u8,
) -> Handle {
    Handle { name, employee, department, unit, roles, kle, sensitivity_max }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idents_follow_the_order_of_the_table() {
        assert!(HANDLES.iter().map(|handle| handle.employee).is_sorted_by(|one, next| one < next));
        assert_eq!(HANDLES.len(), 19);
    }
}
