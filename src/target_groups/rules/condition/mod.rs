//! [DK] betingelse: the language of rules. CEL in its syntax, far less than CEL in what it can say, and checked before it is used.
//!
//! | word | what it is |
//! | --- | --- |
//! | `as_of` | the day of the run |
//! | `citizen` | `age_years`, `age_months`, `departments`, `categories`, `benefit_years`, `benefit_months`, `benefit_days`, `facts` |
//! | `household` | the others of the family: `kinship` (`"spouse"`, `"child"`, `"parent"`), `age_years`, `age_months`, `departments`, `categories`, `facts` |
//! | a case of `facts` | `source`, `department`, `unit`, `category`, `kind`, `is_active`, `opened`, `closed`, `active_days` |
//! | lists | `exists(x, …)`, `filter(x, …)`, and `size() >= n` |
//! | the rest | `&&`, <code>\|\|</code>, `==`, `!=`, `<`, `<=`, `>`, `>=`, `in […]` |
//!
//! **At the borders.** `age_years` is a year more on the birthday; who is born on 29 February is a year older on 1 March. `age_months` are
//! completed months, complete on the day of the month on which the person was born, or on the first day after a month without it:
//! 17½ years are 210 months. `departments` and `categories` count the different ones among running cases, a case without a known department
//! not at all, and no more than 16. `benefit_days` are the days of the rule's benefits up to and with `as_of`, overlaps once, gaps not;
//! `benefit_months` and `benefit_years` are the completed ones that so many days make when they end with `as_of`, so that a period that
//! began on 22 November 2018 is eight years on 21 November 2026. `active_days` is 0 on a case's first day. Days are written `"2024-03-01"`.
//!
//! **Not known** (no birth date, no first day, no department): every comparison with it is false, `!=` as well.
//!
//! **Nothing is concluded from what is not there.** A receiver may be told less than there is, and a source may be down; so a further case, member or period
//! may put a citizen on a list and never take anybody off. Negation, `all`, `exists_one`, `size() < n`, `== 0` and `? :` are refused, save `!` before `is_active`,
//! and every alternative must name a case.

mod check;
mod evaluate;
mod fault;
mod known;
mod needs;
mod plan;
mod scan;
#[cfg(test)]
mod tests;
mod values;
mod vocabulary;

use std::panic::{AssertUnwindSafe, catch_unwind};

use cel::{ParseErrors, Program};

pub use evaluate::FactAt;
pub use fault::Refusal;
pub use known::KnownCodes;
pub use needs::Needs;

use check::Checker;
use evaluate::Scene;
use fault::Fault;
use plan::Test;

use crate::target_groups::{Code, Day, Household};

/// A checked condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    plan: Test,
    benefits: Box<[Code]>,
    normal: String,
    needs: Needs,
}

/// Why somebody matches: the cases that made it so. [DK] begrundelsens fakta.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Match {
    /// By member, then by place; each once.
    pub facts: Vec<FactAt>,
}

impl Condition {
    /// Checks a condition. `benefits` are those whose periods its `benefit_…` numbers count; without any it may not use them.
    ///
    /// # Errors
    /// What must be changed first, at its place. No text makes it panic.
    pub fn compile(text: &str, known: &KnownCodes, benefits: &[Code]) -> Result<Self, Refusal> {
        let plan = checked(text, known, benefits).map_err(|fault| fault.in_text(text))?;
        Ok(Self { needs: Needs::of(&plan), plan, benefits: benefits.into(), normal: scan::normal(text) })
    }

    /// Whether it holds for this household on this day. Allocates nothing.
    pub fn holds(&self, household: &Household, as_of: Day) -> bool {
        Scene::new(household, as_of, &self.benefits).is_some_and(|mut scene| self.plan.holds(&mut scene))
    }

    /// Whether it holds, and why. The same household has the same reasons.
    pub fn matches(&self, household: &Household, as_of: Day) -> Option<Match> {
        // Few match: the rest is answered without a list of reasons.
        if !self.holds(household, as_of) {
            return None;
        }
        let mut facts = Vec::new();
        self.plan.explain(&mut Scene::new(household, as_of, &self.benefits)?, &mut facts);
        facts.sort_unstable();
        facts.dedup();
        Some(Match { facts })
    }

    /// What it asks for.
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// The text with its white space as one space each: two conditions with the same mean the same.
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// Its benefits.
    pub fn benefits(&self) -> &[Code] {
        &self.benefits
    }
}

fn checked(text: &str, known: &KnownCodes, benefits: &[Code]) -> Result<Test, Fault> {
    scan::scan(text)?;
    // The crate's parser is generated code for a language far larger than ours. What it might stumble over is a refusal, too.
    let program = catch_unwind(AssertUnwindSafe(|| Program::compile(text)));
    match program {
        Ok(Ok(program)) => Checker::new(&program, text, known, !benefits.is_empty()).whole(program.expression()),
        Ok(Err(errors)) => Err(not_cel(&errors, text)),
        Err(_) => Err(Fault::new(0, "write the condition more simply: it cannot be read")),
    }
}

/// The first place where the text is not CEL, in our own words.
fn not_cel(errors: &ParseErrors, text: &str) -> Fault {
    let (line, column) = errors.errors.first().map_or((1, 1), |error| error.pos);
    let place = |number: isize| usize::try_from(number - 1).unwrap_or(0);
    let before: usize = text.split_inclusive('\n').take(place(line)).map(str::len).sum();
    let at = (before + place(column)).min(text.len());
    let rest = text[at..].trim_start();
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let what = match word.as_str() {
        "and" | "og" => "write `&&` here",
        "or" | "eller" => "write `||` here",
        "not" | "ikke" => "take this word away: a rule says what is there, not what is not",
        _ if rest.starts_with('=') => "write `==` to compare",
        _ if rest.starts_with('&') || rest.starts_with('|') => "write `&&` or `||` with two signs",
        _ if rest.is_empty() => "the condition ends too early: write the other side of the last sign",
        _ => "mend the condition here or just before: a sign, a quote or a name is missing or too many",
    };
    Fault::new(at, what)
}
