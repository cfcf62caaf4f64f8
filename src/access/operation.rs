//! Who sees how the service does. No citizen in it; still not for everybody.

use super::Caller;
use crate::config::{Config, RoleRow};

/// The part of the rules about roles that is not about a citizen.
#[derive(Debug)]
pub struct Operation {
    sees_source_health: Vec<String>,
}

impl Operation {
    /// The rules of this configuration. Closed until named: a role without a row, or whose row does not say so, sees nothing.
    pub fn new(config: &Config) -> Self {
        let named = |row: &&RoleRow| row.sees_source_health;
        let roles = config.access.role.iter().filter(named).map(|row| row.code.clone());
        Self { sees_source_health: roles.collect() }
    }

    /// One of the caller's roles sees how the source systems do.
    pub fn sees_source_health(&self, caller: &Caller) -> bool {
        self.sees_source_health.iter().any(|role| caller.has_role(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn only_the_role_whose_row_says_so_sees_how_the_sources_do() {
        let mut config = testing::config();
        let sees = |config: &Config, roles: &[&str]| {
            Operation::new(config).sees_source_health(&Caller::invented("az10013", roles))
        };
        for row in &config.access.role {
            assert_eq!(sees(&config, &[&row.code]), row.code == "operator", "{}", row.code);
        }
        assert!(sees(&config, &["caseworker", "operator"]), "one of several roles is enough");
        for roles in [&["administrator"][..], &["Operator"], &["operator "], &[]] {
            assert!(!sees(&config, roles), "{roles:?} has no row");
        }
        config.access.role.iter_mut().for_each(|row| row.sees_source_health = false);
        assert!(!sees(&config, &["operator"]), "closed until named");
    }
}
