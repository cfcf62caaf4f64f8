//! [DK] begrundelse: why somebody is on a list, in one sentence, from what the rule may reveal and nothing else.

use std::collections::BTreeMap;

use super::benefits::{days_on, months_of};
use super::condition::{FactAt, Match};
use super::days::age_months;
use super::rule::Rule;
use crate::config::{Config, Language, Reveal};
use crate::overview::danish_date;
use crate::target_groups::{Day, Fact, FactPhase, Household, Kinship};

/// Most cases that a sentence names of one member and phase; the rest is a number.
const NAMED_MAX: usize = 4;

/// The names of departments and sources, in the language of the sentence. A code without a name stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The language.
    pub language: Language,
    /// Department names by code.
    pub departments: BTreeMap<String, String>,
    /// Source names by id.
    pub sources: BTreeMap<String, String>,
}

impl Names {
    /// The names of a configuration.
    pub fn of(config: &Config, language: Language) -> Self {
        let departments = config.departments.department.iter().map(|row| {
            let name = if language == Language::Da { &row.name } else { &row.name_en };
            (row.code.clone(), name.clone())
        });
        let sources = config.sources.source.iter().map(|row| (row.id.to_string(), row.name.clone()));
        Self { language, departments: departments.collect(), sources: sources.collect() }
    }

    fn department<'a>(&'a self, code: &'a str) -> &'a str {
        self.departments.get(code).map_or(code, String::as_str)
    }

    fn source<'a>(&'a self, id: &'a str) -> &'a str {
        self.sources.get(id).map_or(id, String::as_str)
    }
}

/// The words of one language.
struct Words {
    criteria: &'static str,
    and: &'static str,
    within: &'static str,
    year: [&'static str; 2],
    month: [&'static str; 2],
    old: &'static str,
    on_benefits: &'static str,
    active: [&'static str; 2],
    closed: [&'static str; 2],
    future: [&'static str; 2],
    since: &'static str,
    until: &'static str,
    from: &'static str,
    others: &'static str,
    spouse: &'static str,
    child: &'static str,
    parent: &'static str,
}

const DANISH: Words = Words {
    criteria: "Opfylder kriterierne.",
    and: "og",
    within: "i",
    year: ["år", "år"],
    month: ["måned", "måneder"],
    old: "år",
    on_benefits: "på ydelsen i",
    active: ["aktiv sag", "aktive sager"],
    closed: ["afsluttet sag", "afsluttede sager"],
    future: ["kommende sag", "kommende sager"],
    since: "siden",
    until: "til",
    from: "fra",
    others: "til",
    spouse: "ægtefælle eller partner",
    child: "barn i husstanden",
    parent: "forælder i husstanden",
};

const ENGLISH: Words = Words {
    criteria: "Meets the criteria.",
    and: "and",
    within: "in",
    year: ["year", "years"],
    month: ["month", "months"],
    old: "years old",
    on_benefits: "on the benefit for",
    active: ["active case", "active cases"],
    closed: ["closed case", "closed cases"],
    future: ["future case", "future cases"],
    since: "since",
    until: "until",
    from: "from",
    others: "more",
    spouse: "spouse or partner",
    child: "child in the household",
    parent: "parent in the household",
};

/// The sentence.
pub(super) fn reason(rule: &Rule, found: &Match, household: &Household, as_of: Day, names: &Names) -> String {
    let words = if names.language == Language::Da { &DANISH } else { &ENGLISH };
    if rule.reveals(Reveal::CriteriaOnly) {
        return words.criteria.to_owned();
    }
    let mut parts = Vec::new();
    let citizen = household.members.first();
    if let Some(age) = citizen.and_then(|one| age_months(one.born?, as_of)).filter(|_| rule.reveals(Reveal::Age)) {
        parts.push(format!("{} {}", age / 12, words.old));
    }
    if let Some(periods) = citizen.and_then(|one| one.benefits.as_ref()).filter(|_| rule.reveals(Reveal::Duration)) {
        let months = months_of(days_on(periods, rule.condition().benefits(), as_of), as_of);
        parts.push(format!("{} {}", words.on_benefits, words.span(months)));
    }
    for group in grouped(found, household) {
        parts.push(words.group(rule, &group, names));
    }
    if parts.is_empty() {
        return words.criteria.to_owned();
    }
    sentence(&parts.join("; "))
}

/// Cases of one member that stand alike.
struct Group<'a> {
    kinship: Kinship,
    phase: FactPhase,
    facts: Vec<&'a Fact>,
}

fn grouped<'a>(found: &Match, household: &'a Household) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<(usize, FactPhase), Group<'a>> = BTreeMap::new();
    for FactAt { member: at, fact } in &found.facts {
        let Some(member) = household.members.get(*at) else { continue };
        let Some(fact) = member.facts.get(*fact) else { continue };
        let new = || Group { kinship: member.kinship, phase: fact.phase, facts: Vec::new() };
        groups.entry((*at, fact.phase)).or_insert_with(new).facts.push(fact);
    }
    groups.into_values().collect()
}

impl Words {
    /// `8 år og 3 måneder`.
    fn span(&self, months: i64) -> String {
        let counted =
            |number: i64, [one, many]: [&str; 2]| format!("{number} {}", if number == 1 { one } else { many });
        let (years, rest) = (months / 12, months % 12);
        match (years, rest) {
            (0, rest) => counted(rest, self.month),
            (years, 0) => counted(years, self.year),
            (years, rest) => format!("{} {} {}", counted(years, self.year), self.and, counted(rest, self.month)),
        }
    }

    /// `barn i husstanden: aktiv sag i X siden 1. mar. 2024 og i Y siden 15. jan. 2025`.
    fn group(&self, rule: &Rule, group: &Group<'_>, names: &Names) -> String {
        let whose = match group.kinship {
            Kinship::Oneself => String::new(),
            Kinship::Spouse => format!("{}: ", self.spouse),
            Kinship::Child => format!("{}: ", self.child),
            Kinship::Parent => format!("{}: ", self.parent),
        };
        let mut details: Vec<String> = Vec::new();
        for detail in group.facts.iter().map(|fact| self.detail(rule, fact, names)) {
            if !details.contains(&detail) {
                details.push(detail);
            }
        }
        details.retain(|detail| !detail.is_empty());
        let [one, many] = match group.phase {
            FactPhase::Active => self.active,
            FactPhase::Closed => self.closed,
            FactPhase::Future => self.future,
        };
        if details.is_empty() {
            let number = group.facts.len();
            return if number == 1 { format!("{whose}{one}") } else { format!("{whose}{number} {many}") };
        }
        format!("{whose}{one} {}", self.listed(details))
    }

    /// `i X (SBSYS) siden 1. mar. 2024`, as far as the rule reveals it and the source tells it.
    fn detail(&self, rule: &Rule, fact: &Fact, names: &Names) -> String {
        let department = fact.department.as_deref().filter(|_| rule.reveals(Reveal::Departments));
        let source = Some(names.source(&fact.source)).filter(|_| rule.reveals(Reveal::Sources));
        let place = match (department.map(|code| names.department(code)), source) {
            (Some(department), Some(source)) => Some(format!("{} {department} ({source})", self.within)),
            (Some(one), None) | (None, Some(one)) => Some(format!("{} {one}", self.within)),
            (None, None) => None,
        };
        let (word, day) = match fact.phase {
            FactPhase::Active => (self.since, fact.opened),
            FactPhase::Future => (self.from, fact.opened),
            FactPhase::Closed => (self.until, fact.closed),
        };
        let day = day.filter(|_| rule.reveals(Reveal::Dates)).and_then(Day::date);
        let when = day.map(|day| format!("{word} {}", danish_date(day, names.language)));
        [place, when].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// `a, b og c`; after a few, how many more there are.
    fn listed(&self, mut details: Vec<String>) -> String {
        if details.len() > NAMED_MAX {
            let others = details.len() - NAMED_MAX;
            details.truncate(NAMED_MAX);
            details.push(format!("{others} {}", self.others));
        }
        match details.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, first)) => format!("{} {} {last}", first.join(", "), self.and),
            None => String::new(),
        }
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut signs = text.chars();
    let first: String = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}
