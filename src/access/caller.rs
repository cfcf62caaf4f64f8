//! [DK] medarbejder, den der spørger: who calls, exactly as their token says.
//!
//! A caller is what somebody else has signed for. Nothing here is looked up or guessed, and nothing decides access.

use std::fmt;
use std::sync::Arc;

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;

/// The longest employee id, unit, department, client or role that is taken from a token, in bytes.
pub(super) const CODE_BYTES_MAX: usize = 128;

/// [DK] medarbejder-ident (AZ-ident): one employee, in lower case, so that one person is one text everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmployeeId(Arc<str>);

impl EmployeeId {
    /// Reads an id: a short text without spaces. A personal number is refused, since ids are logged and kept.
    pub fn parse(text: &str) -> Option<Self> {
        let is_code = !text.is_empty()
            && text.len() <= CODE_BYTES_MAX
            && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        (is_code && CprNumber::parse(text).is_err()).then(|| Self(Arc::from(text.to_lowercase())))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmployeeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// [DK] KLE-interval: the subjects that a caller's work covers: `27` or `27.24`, or `*` for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KlePrefix(Box<str>);

impl KlePrefix {
    /// Reads `*` or one to three groups of two digits (`27`, `27.24`, `27.24.03`).
    pub fn parse(text: &str) -> Option<Self> {
        let is_group = |group: &str| group.len() == 2 && group.bytes().all(|byte| byte.is_ascii_digit());
        let is_subject = text.split('.').count() <= 3 && text.split('.').all(is_group);
        (text == "*" || is_subject).then(|| Self(Box::from(text)))
    }

    /// The subject lies within the range. Whole groups only: `27.2` begins no group, and `2` covers nothing.
    pub fn covers(&self, subject: &str) -> bool {
        &*self.0 == "*" || subject.strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// The range as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything that a token can say about a caller.
#[derive(Clone, PartialEq)]
pub(super) struct CallerParts {
    pub(super) employee: EmployeeId,
    pub(super) department: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) kle: Vec<KlePrefix>,
    pub(super) sensitivity_max: Option<u8>,
    pub(super) client_id: Option<String>,
    pub(super) scope: Vec<String>,
    pub(super) token_expires: Timestamp,
}

/// Who calls. Cloned freely: it is one shared value.
///
/// **Invariant:** outside tests only the token check makes one, so holding a `Caller` means that a token was verified.
#[derive(Clone, PartialEq)]
pub struct Caller(Arc<CallerParts>);

impl Caller {
    pub(super) fn new(parts: CallerParts) -> Self {
        Self(Arc::new(parts))
    }

    /// [DK] medarbejder.
    pub fn employee(&self) -> &EmployeeId {
        &self.0.employee
    }

    /// [DK] forvaltning, when the token names one.
    pub fn department(&self) -> Option<&str> {
        self.0.department.as_deref()
    }

    /// [DK] enhed, when the token names one. Without it nothing is the caller's own.
    pub fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// [DK] roller, as the issuer writes them; at least one.
    pub fn roles(&self) -> &[String] {
        &self.0.roles
    }

    /// The caller has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.0.roles.iter().any(|held| held == role)
    }

    /// [DK] KLE-intervaller: empty when the token limits nothing by subject; the role decides what that means.
    pub fn kle(&self) -> &[KlePrefix] {
        &self.0.kle
    }

    /// Some range covers this KLE subject.
    pub fn covers_kle(&self, subject: &str) -> bool {
        self.0.kle.iter().any(|range| range.covers(subject))
    }

    /// [DK] højeste følsomhed, 0–3, when the token limits it.
    pub fn sensitivity_max(&self) -> Option<u8> {
        self.0.sensitivity_max
    }

    /// The program that asks for the caller: a portal, a batch job.
    pub fn client_id(&self) -> Option<&str> {
        self.0.client_id.as_deref()
    }

    /// OAuth scopes of the token.
    pub fn scope(&self) -> &[String] {
        &self.0.scope
    }

    /// When the token ends; a stream to this caller ends then too.
    pub fn token_expires(&self) -> Timestamp {
        self.0.token_expires
    }
}

/// Ids and codes only; the token has no names, and none are added.
impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Caller")
            .field("employee", &self.0.employee.as_str())
            .field("department", &self.0.department)
            .field("unit", &self.0.unit)
            .field("roles", &self.0.roles)
            .field("client_id", &self.0.client_id)
            .finish_non_exhaustive()
    }
}

/// Callers for tests and the demo, without a token.
#[cfg(any(test, feature = "fakes"))]
impl Caller {
    /// An invented caller with nothing but an id and roles, whose token does not end.
    ///
    /// # Panics
    /// When `employee` is not an employee id.
    pub fn invented(employee: &str, roles: &[&str]) -> Self {
        Self::new(CallerParts {
            employee: EmployeeId::parse(employee).expect("an invented caller has an employee id"),
            department: None,
            unit: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            kle: Vec::new(),
            sensitivity_max: None,
            client_id: Some("demo-portal".to_owned()),
            scope: Vec::new(),
            token_expires: Timestamp::MAX,
        })
    }

    /// The same caller in a department and a unit.
    #[must_use]
    pub fn in_unit(self, department: &str, unit: &str) -> Self {
        self.with(|parts| (parts.department, parts.unit) = (Some(department.to_owned()), Some(unit.to_owned())))
    }

    /// The same caller through this client.
    #[must_use]
    pub fn through(self, client: Option<&str>) -> Self {
        self.with(|parts| parts.client_id = client.map(str::to_owned))
    }

    /// The same caller with these KLE ranges.
    ///
    /// # Panics
    /// When a range is not one.
    #[must_use]
    pub fn with_kle(self, ranges: &[&str]) -> Self {
        let kle = ranges.iter().map(|range| KlePrefix::parse(range).expect("an invented caller's KLE range"));
        let kle = kle.collect();
        self.with(|parts| parts.kle = kle)
    }

    /// The same caller with a limit of sensitivity.
    #[must_use]
    pub fn with_sensitivity_max(self, level: u8) -> Self {
        self.with(|parts| parts.sensitivity_max = Some(level))
    }

    /// The same caller with a token that ends at `moment`.
    #[must_use]
    pub fn with_token_until(self, moment: Timestamp) -> Self {
        self.with(|parts| parts.token_expires = moment)
    }

    fn with(mut self, change: impl FnOnce(&mut CallerParts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_employee_is_one_text() {
        let id = EmployeeId::parse("AZ10002").expect("an id");
        assert_eq!(id.as_str(), "az10002");
        assert_eq!(EmployeeId::parse("az10002"), Some(id));
    }

    #[test]
    fn a_personal_number_a_name_and_nothing_are_not_employee_ids() {
        for text in ["", "0101900000", "010190-0000", "Lone Test", "az\n1", &"a".repeat(129)] {
            assert_eq!(EmployeeId::parse(text), None);
        }
    }

    #[test]
    fn a_kle_range_covers_whole_groups_only() {
        let range = KlePrefix::parse("27.24").expect("a range");
        assert!(range.covers("27.24") && range.covers("27.24.03"));
        assert!(!range.covers("27.2") && !range.covers("27.245") && !range.covers("27"));
        assert!(KlePrefix::parse("*").expect("all").covers("15.17.00"));
        for text in ["", "2", "27.", "27.2", "27.24.03.01", "**", "2x"] {
            assert_eq!(KlePrefix::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_caller_shows_codes_only() {
        let caller = Caller::invented("az10001", &["coordinator"]).in_unit("UUJ", "UUJ-KOORD").with_kle(&["*"]);
        let shown = format!("{caller:?}");
        assert!(shown.contains("az10001") && shown.contains("UUJ-KOORD") && !shown.contains("token"));
        assert!(caller.has_role("coordinator") && !caller.has_role("leader") && caller.covers_kle("27.24"));
    }
}
