//! One rule: its file, its checked condition, and the hash that an approval names.

use aws_lc_rs::digest;

use super::condition::{Condition, KnownCodes, Match, Needs, Refusal};
use super::reason::{Names, reason};
use crate::config::{BenefitTable, Config, Language, Reveal, TargetGroupFile};
use crate::target_groups::{Code, Day, Household};

/// [DK] målgrupperegel. Whether it may run is another question, see [`Standing`](super::Standing).
#[derive(Debug, Clone)]
pub struct Rule {
    code: Code,
    file: TargetGroupFile,
    condition: Condition,
    hash: String,
}

impl Rule {
    /// A rule of `config/target-groups/`; its code is the file's name.
    ///
    /// # Errors
    /// What must be changed in its condition.
    pub fn new(code: &str, file: TargetGroupFile, known: &KnownCodes) -> Result<Self, Refusal> {
        let benefits: Vec<Code> = file.benefits.iter().flat_map(BenefitTable::counted).map(Code::from).collect();
        let condition = Condition::compile(file.condition.get_ref(), known, &benefits)?;
        let hash = meaning(code, &file, &condition);
        Ok(Self { code: code.into(), file, condition, hash })
    }

    /// The code: the file's name without its ending.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The file.
    pub fn file(&self) -> &TargetGroupFile {
        &self.file
    }

    /// The condition.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// SHA-256 of what the rule means, hexadecimal: its code, legal basis, who may run it, condition, what it reveals, and which
    /// benefits count. Names, descriptions, the schedule and white space are not in it. An approval names it.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Everything that must be kept for it: what its condition asks for, and what its reasons tell.
    pub fn needs(&self) -> Needs {
        let needs = self.condition.needs().clone();
        Needs {
            birth: needs.birth || self.reveals(Reveal::Age),
            departments: needs.departments || self.reveals(Reveal::Departments),
            days: needs.days || self.reveals(Reveal::Dates),
            ..needs
        }
    }

    /// Whether its lists tell this.
    pub fn reveals(&self, what: Reveal) -> bool {
        self.file.reveals.contains(&what)
    }

    /// Whether it fits the household's citizen on this day, and because of which cases.
    pub fn matches(&self, household: &Household, as_of: Day) -> Option<Match> {
        self.condition.matches(household, as_of)
    }

    /// Why, in one sentence, as far as the rule reveals it.
    pub fn reason(&self, found: &Match, household: &Household, as_of: Day, names: &Names) -> String {
        reason(self, found, household, as_of, names)
    }

    /// The rule's name in this language.
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Da => &self.file.name,
            Language::En => &self.file.name_en,
        }
    }
}

impl KnownCodes {
    /// The codes of a configuration.
    pub fn of(config: &Config) -> Self {
        let (access, departments) = (&config.access, &config.departments);
        Self {
            sources: config.sources.source.iter().map(|row| row.id.to_string()).collect(),
            departments: departments.department.iter().map(|row| row.code.clone()).collect(),
            units: departments.unit.iter().map(|row| row.code.clone()).collect(),
            categories: access.category.iter().map(|row| row.code.clone()).collect(),
            kinds: config.kinds.kind.iter().map(|row| row.code.clone()).collect(),
        }
    }
}

fn meaning(code: &str, file: &TargetGroupFile, condition: &Condition) -> String {
    let sorted = |mut all: Vec<&str>| {
        all.sort_unstable();
        all.dedup();
        all.join(",")
    };
    hash_of(&[
        "target_group_rule",
        code,
        &file.legal_basis,
        &sorted(file.run_by.iter().map(String::as_str).collect()),
        condition.normal(),
        &sorted(file.reveals.iter().map(|what| what.code()).collect()),
        &sorted(condition.benefits().iter().map(AsRef::as_ref).collect()),
    ])
}

/// SHA-256 of several texts, hexadecimal. Lengths stand before them, so that no text can pose as two.
pub(super) fn hash_of(parts: &[&str]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    crate::hex(context.finish().as_ref())
}
