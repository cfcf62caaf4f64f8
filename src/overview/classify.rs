//! What kind of case a row is, whose it is, and how sensitive: all by ordered matchers in configuration.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use glasplade_adapters::contract::{Record, RecordKind, Sensitivity, SourceId};
use jiff::civil::Date;
use uuid::Uuid;

use super::law_text::{LawText, LawWords};
use crate::config::{CategoryRow, Config, DepartmentRow, KindRole, KindRow, MatchRow, RuleRow, UnitRow};

/// The configuration's matchers, ready to be asked.
#[derive(Debug)]
pub struct Classifier {
    kinds: Vec<KindRow>,
    /// On the source's own type first, then on law texts, then on KLE.
    rules: [Vec<Rule>; 3],
    categories: HashMap<String, CategoryRow>,
    departments: Vec<DepartmentRow>,
    units: Vec<UnitRow>,
    matchers: Vec<MatchRow>,
    source_kinds: HashMap<SourceId, String>,
    masters: Vec<(String, SourceId)>,
    indexes: Vec<SourceId>,
    user_namers: Vec<SourceId>,
    /// First days from which rules classify otherwise, in order.
    turns: Vec<Date>,
}

/// A rule, and its words as they are compared.
#[derive(Debug)]
struct Rule {
    row: RuleRow,
    laws: Vec<LawWords>,
    type_names: Vec<String>,
    templates: Vec<String>,
}

impl Rule {
    fn new(row: &RuleRow) -> Self {
        let lower = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect();
        Self {
            laws: row.law.iter().map(|law| LawWords::new(law)).collect(),
            type_names: lower(&row.type_name),
            templates: lower(&row.template),
            row: row.clone(),
        }
    }
}

/// A row, and its words as they are compared: made when the first rule asks for them, and once for all rules.
struct Compared<'a> {
    record: &'a Record,
    source_kind: Option<&'a String>,
    law: OnceCell<Option<LawText>>,
    type_name: OnceCell<Option<String>>,
    template: OnceCell<Option<String>>,
}

impl<'a> Compared<'a> {
    fn new(record: &'a Record, source_kind: Option<&'a String>) -> Self {
        let (type_name, template) = (OnceCell::new(), OnceCell::new());
        Self { record, source_kind, law: OnceCell::new(), type_name, template }
    }

    fn law(&self) -> Option<&LawText> {
        self.law.get_or_init(|| self.record.law.as_deref().map(LawText::new)).as_ref()
    }

    fn type_name(&self) -> Option<&str> {
        let lower = || self.record.case_type.name.as_deref().map(str::to_lowercase);
        self.type_name.get_or_init(lower).as_deref()
    }

    fn template(&self) -> Option<&str> {
        let lower = || self.record.case_type.template.as_deref().map(str::to_lowercase);
        self.template.get_or_init(lower).as_deref()
    }
}

/// What kind of case a row is. The category of a row that no rule knows is `unclassified`.
#[derive(Debug, Clone, Copy)]
pub struct Classified<'a> {
    /// The kind, if a rule was certain.
    pub kind: Option<&'a KindRow>,
    /// Authority, provider, benefit or unclassified.
    pub role: KindRole,
    /// Category.
    pub category: &'a CategoryRow,
}

impl Classified<'_> {
    /// 0–3, of the row that this was said of: the category's level, raised by what the source says, never lowered.
    pub fn level(&self, record: &Record) -> u8 {
        self.category.level.max(record.sensitivity.map_or(0, Sensitivity::level))
    }
}

/// Whose case a row is. Neither known means `unassigned`: nobody's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Owner<'a> {
    /// Unit.
    pub unit: Option<&'a UnitRow>,
    /// Department.
    pub department: Option<&'a DepartmentRow>,
}

/// Anonymous outpatient substance treatment has no place in an overview (serviceloven § 101 a).
static ANONYMOUS_TREATMENT: LazyLock<LawWords> = LazyLock::new(|| LawWords::new("§ 101 a"));

static UNCLASSIFIED: LazyLock<CategoryRow> = LazyLock::new(|| CategoryRow {
    code: "unclassified".to_owned(),
    name: "Ikke klassificeret".to_owned(),
    name_en: "Not classified".to_owned(),
    level: 2,
    existence: crate::config::ExistenceMode::Nothing,
    existence_to: Vec::new(),
    nothing_from: Vec::new(),
    kle: Vec::new(),
    valid_from: None,
    valid_to: None,
    succeeded_by: None,
});

impl Classifier {
    /// The matchers of `config`.
    pub fn new(config: &Config) -> Self {
        let sources = &config.sources.source;
        let masters = sources
            .iter()
            .flat_map(|row| row.index_system_ids.iter().map(|id| (id.to_lowercase(), row.id.clone())))
            .collect();
        let from = config.kinds.rule.iter().filter_map(|rule| rule.opened_from);
        let after = config.kinds.rule.iter().filter_map(|rule| rule.opened_until?.tomorrow().ok());
        let mut turns: Vec<Date> = from.chain(after).collect();
        turns.sort_unstable();
        turns.dedup();
        let of_tier = |is_in_tier: fn(&RuleRow) -> bool| {
            config.kinds.rule.iter().filter(|row| is_in_tier(row)).map(Rule::new).collect()
        };
        Self {
            turns,
            kinds: config.kinds.kind.clone(),
            rules: [has_type_condition, has_law_condition, has_kle_condition].map(of_tier),
            categories: config.access.category.iter().map(|row| (row.code.clone(), row.clone())).collect(),
            departments: config.departments.department.clone(),
            units: config.departments.unit.clone(),
            matchers: config.departments.matchers.clone(),
            source_kinds: sources.iter().map(|row| (row.id.clone(), row.kind.clone())).collect(),
            masters,
            indexes: sources.iter().filter(|row| row.raises_sensitivity).map(|row| row.id.clone()).collect(),
            user_namers: sources.iter().filter(|row| row.names_directory_users).map(|row| row.id.clone()).collect(),
        }
    }

    /// What kind of case this is. Rules on the source's own type come first, then law texts, then KLE.
    pub fn classify(&self, record: &Record) -> Classified<'_> {
        let compared = Compared::new(record, self.source_kinds.get(&record.source));
        let fitting = self.rules.iter().flatten().find(|rule| fits(rule, &compared)).map(|rule| &rule.row);
        let kind = fitting.and_then(|rule| self.kinds.iter().find(|kind| kind.code == rule.kind));
        let Some((fitting, kind)) = fitting.zip(kind) else {
            let category = self.category("unclassified");
            return Classified { kind: None, role: KindRole::Unclassified, category };
        };
        let role = fitting.role.unwrap_or(match (kind.role, record.kind) {
            // The same kind is the authority's as a case and the provider's as an effort.
            (KindRole::Authority, RecordKind::PlannedIntervention) => KindRole::Provider,
            (role, _) => role,
        });
        Classified { kind: Some(kind), role, category: self.category(&kind.category) }
    }

    /// In which stretch between the days that rules name this first day lies. Rows that differ in their first day alone, and not
    /// in its stretch, are classified alike.
    pub(crate) fn stretch(&self, opened: Option<Date>) -> Option<usize> {
        opened.map(|opened| self.turns.partition_point(|turn| *turn <= opened))
    }

    fn category(&self, code: &str) -> &CategoryRow {
        self.categories.get(code).or_else(|| self.categories.get("unclassified")).unwrap_or(&UNCLASSIFIED)
    }

    /// The row names anonymous treatment and must be dropped, counted and reported.
    pub fn is_anonymous_treatment(&self, record: &Record) -> bool {
        record.law.as_deref().is_some_and(|law| LawText::new(law).names(&ANONYMOUS_TREATMENT))
    }

    /// Whose case this row is: the first matcher that fits.
    pub fn owner(&self, record: &Record) -> Owner<'_> {
        let Some(row) = self.matchers.iter().find(|row| matcher_fits(row, record)) else { return Owner::default() };
        let unit = row.unit.as_deref().and_then(|code| self.units.iter().find(|unit| unit.code == code));
        let department = unit.map(|unit| unit.department.as_str()).or(row.department.as_deref());
        Owner { unit, department: department.and_then(|code| self.department(code)) }
    }

    /// A department by code.
    pub fn department(&self, code: &str) -> Option<&DepartmentRow> {
        self.departments.iter().find(|department| department.code == code)
    }

    /// A unit by its id in a source, through the matchers; for an actor's own unit.
    pub fn unit_by_source_id(&self, source: &SourceId, id: &str) -> Option<&UnitRow> {
        let row = self.matchers.iter().find(|row| {
            row.source.as_deref().is_none_or(|wanted| wanted == source.as_str())
                && row.unit_id.iter().any(|wanted| wanted.eq_ignore_ascii_case(id))
        })?;
        row.unit.as_deref().and_then(|code| self.units.iter().find(|unit| unit.code == code))
    }

    /// A unit by its UUID in the staff directory.
    pub fn unit_by_org_uuid(&self, uuid: Uuid) -> Option<&UnitRow> {
        self.units.iter().find(|unit| unit.org_uuid == Some(uuid))
    }

    /// The unit's name could tell what a case is about: it works with a category of level 2 or 3, or nobody has said with
    /// which.
    pub fn is_sensitive(&self, unit: &UnitRow) -> bool {
        let is_open = |code: &String| self.categories.get(code).is_some_and(|category| category.level < 2);
        !unit.categories.as_ref().is_some_and(|codes| codes.iter().all(is_open))
    }

    /// The address is a unit's mailbox: nobody's own.
    pub fn is_mailbox(&self, email: &str) -> bool {
        self.units.iter().any(|unit| unit.mailbox.as_deref().is_some_and(|mailbox| mailbox.eq_ignore_ascii_case(email)))
    }

    /// The source names caseworkers by the staff directory's UUIDs of users.
    pub fn names_directory_users(&self, source: &SourceId) -> bool {
        self.user_namers.contains(source)
    }

    /// The configured source that owns the case, where a joint index names its master system.
    pub fn master_of(&self, record: &Record) -> Option<&SourceId> {
        let master = record.keys.master.as_ref()?;
        let id = master.id.map(|id| id.to_string());
        let name = master.name.as_deref().map(str::to_lowercase);
        self.masters
            .iter()
            .find(|(known, _)| Some(known) == id.as_ref() || Some(known) == name.as_ref())
            .map(|(_, source)| source)
    }

    /// The source tells of cases that other systems own.
    pub fn is_index(&self, source: &SourceId) -> bool {
        self.indexes.contains(source)
    }

    /// A joint index could say that this case is stricter than its own row does.
    pub fn could_be_raised(&self, record: &Record) -> bool {
        !self.is_index(&record.source) && (self.is_indexed(&record.source) || record.keys.uuid.is_some())
    }

    /// The joint indexes.
    pub fn indexes(&self) -> &[SourceId] {
        &self.indexes
    }

    /// A joint index could hold a row of this source's cases.
    pub fn is_indexed(&self, source: &SourceId) -> bool {
        self.masters.iter().any(|(_, owner)| owner == source)
    }
}

fn fits(rule: &Rule, compared: &Compared<'_>) -> bool {
    let Rule { row, laws, type_names, templates } = rule;
    let record = compared.record;
    let is_code = |code: &str| row.type_code.iter().any(|wanted| wanted.eq_ignore_ascii_case(code));
    let is_one_of =
        |wanted: &[String], actual: Option<&str>| actual.is_some_and(|actual| wanted.iter().any(|one| one == actual));
    row.source_kind.as_ref().is_none_or(|wanted| Some(wanted) == compared.source_kind)
        && row.record.is_none_or(|wanted| wanted == record.kind)
        && (row.type_code.is_empty() || record.case_type.code.as_deref().is_some_and(is_code))
        && (type_names.is_empty() || is_one_of(type_names, compared.type_name()))
        && (templates.is_empty() || is_one_of(templates, compared.template()))
        && (laws.is_empty() || compared.law().is_some_and(|law| laws.iter().any(|one| law.names(one))))
        && (row.kle.is_empty()
            || record.kle.as_ref().is_some_and(|kle| row.kle.iter().any(|one| begins_with(&kle.subject, one))))
        && in_period(record.opened, row.opened_from, row.opened_until)
}

fn has_type_condition(rule: &RuleRow) -> bool {
    !rule.type_code.is_empty() || !rule.type_name.is_empty() || !rule.template.is_empty()
}

fn has_law_condition(rule: &RuleRow) -> bool {
    !has_type_condition(rule) && !rule.law.is_empty()
}

fn has_kle_condition(rule: &RuleRow) -> bool {
    !has_type_condition(rule) && rule.law.is_empty()
}

fn in_period(opened: Option<Date>, from: Option<Date>, until: Option<Date>) -> bool {
    match opened {
        Some(opened) => from.is_none_or(|from| opened >= from) && until.is_none_or(|until| opened <= until),
        None => from.is_none() && until.is_none(),
    }
}

fn matcher_fits(row: &MatchRow, record: &Record) -> bool {
    let unit_id = record.unit.as_ref().and_then(|unit| unit.id.as_deref());
    let master = record.keys.master.as_ref();
    let master_fits = |wanted: &String| {
        master.is_some_and(|master| {
            master.id.is_some_and(|id| wanted.eq_ignore_ascii_case(&id.to_string()))
                || master.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        })
    };
    row.source.as_deref().is_none_or(|source| source == record.source.as_str())
        && (row.unit_id.is_empty()
            || unit_id.is_some_and(|id| row.unit_id.iter().any(|wanted| wanted.eq_ignore_ascii_case(id))))
        && (row.master_system.is_empty() || row.master_system.iter().any(master_fits))
        && (row.kle.is_empty()
            || record.kle.as_ref().is_some_and(|kle| row.kle.iter().any(|one| begins_with(&kle.subject, one))))
}

/// `27.24` covers `27.24.03` and `27.24`, not `27.241`.
fn begins_with(subject: &str, prefix: &str) -> bool {
    subject.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kle_matches_at_segment_borders() {
        assert!(begins_with("27.24.03", "27.24"));
        assert!(begins_with("27", "27"));
        assert!(!begins_with("27.241", "27.24"));
    }
}
