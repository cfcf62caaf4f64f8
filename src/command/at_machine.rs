//! Who asks on the machine itself, and that they did.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

use glasplade_adapters::contract::{Clock as _, SystemClock};

use super::Failure;
use crate::audit::keys::Keys;
use crate::audit::{AskedHere, AuditedCaller, Pseudonym};
use crate::random::{Random as _, SystemRandom};

/// What is told of a question.
pub(super) type Facts = BTreeMap<String, String>;

/// What Linux says where nobody has logged in: a service, a timer.
const NOBODY: u32 = u32::MAX;

/// Leaves a question for the log, durable before anything is told.
pub(super) fn leave(keys: &Keys, what: &str, citizen: Option<Pseudonym>, facts: Facts) -> Result<(), Failure> {
    let asked = AskedHere {
        id: SystemRandom.uuid(),
        at: SystemClock::default().now(),
        by: AuditedCaller { employee: login(), ..AuditedCaller::default() },
        what: what.to_owned(),
        citizen,
        facts,
    };
    asked.leave(keys).map_err(|error| {
        format!(
            "leave the question for the log: failed to {error}. Whoever asks here must be able to write to the folder of keys; \
             ask over HTTP otherwise"
        )
    })
}

/// Whoever logged in, also behind `sudo`; where nobody did, the user of this process. By name where the machine's own list
/// has one, else by number.
fn login() -> String {
    let logged_in = fs::read_to_string("/proc/self/loginuid").ok().and_then(|text| text.trim().parse().ok());
    let own = || fs::metadata("/proc/self").map(|own| own.uid()).ok();
    let Some(user) = logged_in.filter(|user| *user != NOBODY).or_else(own) else { return "os:?".to_owned() };
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    named(user, &users).map_or_else(|| format!("os:{user}"), |name| format!("os:{name}"))
}

/// The name of this user in a list as `passwd(5)` has it.
fn named(user: u32, users: &str) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(user)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_where_the_list_has_them() {
        let users = "root:x:0:0::/:/bin/sh\nbroken\nauditor:x:1000:1000::/:/bin/sh\n";
        assert_eq!(named(1000, users), Some("auditor"));
        assert_eq!(named(0, users), Some("root"));
        assert_eq!(named(7, users), None);
        assert!(login().starts_with("os:"));
    }
}
