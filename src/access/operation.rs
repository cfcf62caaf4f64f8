//! Who may use the routes that are not about what a citizen's cases hold: the states of the sources, consents, the judging
//! of emergencies, the audit, a citizen's insight.

use super::Caller;
use crate::config::{Config, RoleRow};

/// What a role may do beside looking a citizen up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Right {
    /// See how the source systems do.
    SeeSourceHealth,
    /// [DK] samtykkeregistrator: record consents of one's own unit.
    RecordConsents,
    /// [DK] leder: judge emergencies of one's own staff.
    JudgeEmergencies,
    /// [DK] revisor: search the audit.
    Audit,
    /// [DK] indsigtsmedarbejder: prepare and release a citizen's extract.
    ReleaseInsight,
    /// [DK] målgruppeansvarlig: run the rules that name the role, and read their lists.
    RunTargetGroups,
    /// [DK] ledelse: see how many are on a list, over time.
    SeeTargetGroupCounts,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 7] = [
        Self::SeeSourceHealth,
        Self::RecordConsents,
        Self::JudgeEmergencies,
        Self::Audit,
        Self::ReleaseInsight,
        Self::RunTargetGroups,
        Self::SeeTargetGroupCounts,
    ];

    fn is_in(self, row: &RoleRow) -> bool {
        match self {
            Self::SeeSourceHealth => row.sees_source_health,
            Self::RecordConsents => row.records_consents,
            Self::JudgeEmergencies => row.judges_emergencies,
            Self::Audit => row.audits,
            Self::ReleaseInsight => row.releases_insight,
            Self::RunTargetGroups => row.runs_target_groups,
            Self::SeeTargetGroupCounts => row.sees_target_group_counts,
        }
    }
}

/// The part of the rules about roles that is not about a citizen.
#[derive(Debug)]
pub struct Operation {
    granted: Vec<(Right, String)>,
}

impl Operation {
    /// The rules of this configuration. Closed until named: a role without a row, or whose row does not say so, may nothing.
    pub fn new(config: &Config) -> Self {
        let of = |right: Right| {
            let rows = config.access.role.iter().filter(move |row| right.is_in(row));
            rows.map(move |row| (right, row.code.clone()))
        };
        Self { granted: Right::ALL.into_iter().flat_map(of).collect() }
    }

    /// One of the caller's roles may do this.
    pub fn may(&self, caller: &Caller, right: Right) -> bool {
        self.granted.iter().any(|(granted, role)| *granted == right && caller.has_role(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn each_right_is_with_the_role_whose_row_says_so_and_with_no_other() {
        let mut config = testing::config();
        let may = |config: &Config, roles: &[&str], right| {
            Operation::new(config).may(&Caller::invented("az10013", roles), right)
        };
        let holders = [
            (Right::SeeSourceHealth, "operator"),
            (Right::RecordConsents, "consent_registrar"),
            (Right::JudgeEmergencies, "leader"),
            (Right::Audit, "auditor"),
            (Right::ReleaseInsight, "insight_officer"),
            (Right::RunTargetGroups, "list_owner"),
            (Right::SeeTargetGroupCounts, "leader"),
        ];
        for (right, holder) in holders {
            for row in &config.access.role {
                assert_eq!(may(&config, &[&row.code], right), row.code == holder, "{right:?} {}", row.code);
            }
            assert!(may(&config, &["caseworker", holder], right), "one of several roles is enough");
        }
        for roles in [&["administrator"][..], &["Operator"], &["operator "], &[]] {
            assert!(Right::ALL.into_iter().all(|right| !may(&config, roles, right)), "{roles:?} has no row");
        }
        config.access.role.iter_mut().for_each(|row| row.sees_source_health = false);
        assert!(!may(&config, &["operator"], Right::SeeSourceHealth), "closed until named");
    }
}
