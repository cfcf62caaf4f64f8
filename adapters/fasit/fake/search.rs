//! The bulk search: a small language of rules over citizens and their cases, in pages of at most 250.
//!
//! Requests are as public clients send them (A); a row is one case, with its citizen's id and the columns asked for (C).

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{Fasit, KIND, render};
use crate::contract::{CprNumber, danish_day};
use crate::fake::population::{CaseRow, Person};

const PAGE_SIZE_MAX: u64 = 250;
const UNKNOWN_FIELD: &str = "Ukendt felt i søgningen.";
const UNKNOWN_OPERATOR: &str = "Ukendt operator i søgningen.";
const WRONG_VALUE: &str = "Værdien passer ikke til feltet.";
const WRONG_RULE: &str = "Reglen kan ikke læses.";

/// Answers `POST /api/search`.
///
/// # Errors
/// What is wrong with the question, for a problem document.
pub(super) fn bulk(fake: &Fasit, question: &Value) -> Result<Value, &'static str> {
    // Clients put the search into `body` and the page beside it.
    let search = question.get("body").unwrap_or(question);
    let page = |name: &str| question.get(name).or_else(|| search.get(name)).and_then(Value::as_u64);
    let (number, size) = (page("pageNumber").unwrap_or(0), page("pageSize").unwrap_or(PAGE_SIZE_MAX));
    if !(1..=PAGE_SIZE_MAX).contains(&size) {
        return Err("pageSize skal ligge mellem 1 og 250.");
    }
    let today = danish_day(fake.clock.now());
    let condition = Condition::read(search.get("query").ok_or(WRONG_RULE)?, today)?;
    let all = fake.world.cases().iter().filter(|row| row.source == KIND.name).map(|row| Seen { fake, row, today });
    let mut found: Vec<Seen<'_>> = all.filter(|seen| condition.holds(seen)).collect();
    for column in list(search, "sortColumns").iter().rev() {
        let field = Field::named(column["name"].as_str().unwrap_or_default())?;
        let is_descending = column["desc"].as_bool().unwrap_or_default();
        found.sort_by(|left, right| {
            let order = field.of(left).order(&field.of(right)).unwrap_or(Ordering::Equal);
            if is_descending { order.reverse() } else { order }
        });
    }
    let columns: Vec<&str> = list(search, "columns").iter().filter_map(|column| column["name"].as_str()).collect();
    let total = found.len() as u64;
    let skipped = usize::try_from(number.saturating_mul(size)).unwrap_or(usize::MAX);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let rows: Vec<Value> = found.iter().skip(skipped).take(size).map(|seen| seen.row(&columns)).collect();
    let pages = found.len().div_ceil(size);
    Ok(json!({"searchResult": {"rows": rows, "totalResultsCount": total, "resultsPagesCount": pages}}))
}

/// The one number that every row must have, when a rule says so; other rules may stand beside it.
pub(super) fn asked_for(question: &Value) -> Option<String> {
    let mut question = question.clone();
    let number = CprNumber::parse(number_in(&mut question)?.as_str()?).ok()?;
    Some(number.expose().to_owned())
}

/// The same question about another number, as the fault "another citizen" mistakes it.
pub(super) fn mistaken(mut question: Value, number: &str) -> Value {
    if let Some(value) = number_in(&mut question) {
        *value = json!(render::hyphenated(number));
    }
    question
}

fn number_in(question: &mut Value) -> Option<&mut Value> {
    let place = if question.get("body").is_some() { "/body/query" } else { "/query" };
    number_of(question.pointer_mut(place)?)
}

/// The value of the rule that every row is about one number.
fn number_of(rule: &mut Value) -> Option<&mut Value> {
    if rule["field"] == "CitizenCprFormatted" && rule["operator"] == "eq" {
        return rule.get_mut("value");
    }
    let is_any = rule["condition"].as_str().is_some_and(|word| word.eq_ignore_ascii_case("or"));
    let rules = rule.get_mut("rules").filter(|_| !is_any)?;
    rules.as_array_mut()?.iter_mut().find_map(number_of)
}

fn list<'a>(search: &'a Value, name: &str) -> &'a [Value] {
    search.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A case as the search sees it.
struct Seen<'a> {
    fake: &'a Fasit,
    row: &'a CaseRow,
    today: Date,
}

impl<'a> Seen<'a> {
    fn person(&self) -> Option<&'a Person> {
        self.fake.world.person(&self.row.citizen)
    }

    fn primary(&self) -> Option<&'a CaseRow> {
        self.fake.primary(&self.row.citizen)
    }

    fn row(&self, columns: &[&str]) -> Value {
        let citizen = self.fake.by_number.get(&self.row.citizen).map(|at| self.fake.citizens[*at].id);
        let mut row = Map::from_iter([("id".to_owned(), json!(self.row.id)), ("citizenId".to_owned(), json!(citizen))]);
        for column in columns {
            let value = Field::named(column).map_or(Value::Null, |field| field.of(self).written());
            row.insert((*column).to_owned(), value);
        }
        Value::Object(row)
    }
}

/// The fields that public clients use.
#[derive(Clone, Copy)]
enum Field {
    Status,
    TargetGroup,
    CreatedOn,
    Start,
    End,
    PrimaryStatus,
    PrimaryTargetGroup,
    PrimaryStart,
    PrimaryEnd,
    Age,
    FullName,
    Cpr,
}

impl Field {
    fn named(name: &str) -> Result<Self, &'static str> {
        Ok(match name {
            "Cases.CaseStatus" => Self::Status,
            "Cases.TargetGroup" => Self::TargetGroup,
            "Cases.CreatedOn" => Self::CreatedOn,
            "Cases.CaseStartDate" => Self::Start,
            "Cases.CaseEndDate" => Self::End,
            "PrimaryCase.PrimaryCaseStatus" => Self::PrimaryStatus,
            "PrimaryCase.CitizenCurrentTargetGroup" => Self::PrimaryTargetGroup,
            "PrimaryCase.PrimaryCaseStartDate" => Self::PrimaryStart,
            "PrimaryCase.PrimaryCaseEndDate" => Self::PrimaryEnd,
            "CitizenAge" => Self::Age,
            "CitizenFullName" => Self::FullName,
            "CitizenCprFormatted" => Self::Cpr,
            _ => return Err(UNKNOWN_FIELD),
        })
    }

    fn of(self, seen: &Seen<'_>) -> Held {
        let day = |day: Option<Date>| day.and_then(render::midnight).map_or(Held::Nothing, Held::Moment);
        let text = |text: Option<String>| text.map_or(Held::Nothing, Held::Text);
        let group = |row: &CaseRow| row.type_id.map(|id| id.to_string());
        match self {
            Self::Status => Held::Text(render::status(seen.row).to_owned()),
            Self::TargetGroup => text(group(seen.row)),
            Self::CreatedOn => render::created(seen.row).map_or(Held::Nothing, Held::Moment),
            Self::Start => day(seen.row.opened),
            Self::End => day(seen.row.closed),
            Self::PrimaryStatus => text(seen.primary().map(|row| render::status(row).to_owned())),
            Self::PrimaryTargetGroup => text(seen.primary().and_then(group)),
            Self::PrimaryStart => day(seen.primary().and_then(|row| row.opened)),
            Self::PrimaryEnd => day(seen.primary().and_then(|row| row.closed)),
            Self::Age => seen.person().map_or(Held::Nothing, |person| Held::Number(age(person.born, seen.today))),
            Self::FullName => text(seen.person().map(Person::full_name)),
            Self::Cpr => Held::Text(render::hyphenated(&seen.row.citizen)),
        }
    }

    /// A rule's value in the kind of this field; `@dd` is today.
    fn read(self, value: &Value, today: Date) -> Result<Held, &'static str> {
        match self {
            Self::CreatedOn | Self::Start | Self::End | Self::PrimaryStart | Self::PrimaryEnd => {
                let text = value.as_str().ok_or(WRONG_VALUE)?;
                let day = if text == "@dd" { Some(today) } else { text.parse().ok() };
                let moment = text.parse().ok().or_else(|| day.and_then(render::midnight));
                moment.map(Held::Moment).ok_or(WRONG_VALUE)
            }
            Self::Age => {
                let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
                number.map(Held::Number).ok_or(WRONG_VALUE)
            }
            _ => match value {
                Value::String(text) => Ok(Held::Text(text.clone())),
                Value::Number(number) => Ok(Held::Text(number.to_string())),
                _ => Err(WRONG_VALUE),
            },
        }
    }
}

fn age(born: Date, today: Date) -> i64 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    i64::from(today.year()) - i64::from(born.year()) - i64::from(!had_birthday)
}

/// What a field holds.
enum Held {
    Text(String),
    Moment(Timestamp),
    Number(i64),
    Nothing,
}

impl Held {
    /// Nothing sorts first and is neither equal to, above nor below anything in a rule.
    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => Some(left.to_lowercase().cmp(&right.to_lowercase())),
            (Self::Moment(left), Self::Moment(right)) => Some(left.cmp(right)),
            (Self::Number(left), Self::Number(right)) => Some(left.cmp(right)),
            (Self::Nothing, Self::Nothing) => None,
            (Self::Nothing, _) => Some(Ordering::Less),
            (_, Self::Nothing) => Some(Ordering::Greater),
            _ => None,
        }
    }

    fn written(self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Moment(moment) => json!(render::written(moment)),
            Self::Number(number) => json!(number),
            Self::Nothing => Value::Null,
        }
    }
}

/// A rule or a group of rules, checked before the first row is looked at.
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    In(Field, Vec<Held>),
    Above(Field, Held),
    AtLeast(Field, Held),
    Empty(Field, bool),
}

impl Condition {
    fn read(rule: &Value, today: Date) -> Result<Self, &'static str> {
        if let Some(rules) = rule.get("rules").and_then(Value::as_array) {
            // A nested group speaks of one and the same case (`type: Cases, cardinality: any`), which is what a row is.
            let rules = rules.iter().map(|rule| Self::read(rule, today)).collect::<Result<_, _>>()?;
            return match rule["condition"].as_str().unwrap_or("and").to_ascii_lowercase().as_str() {
                "and" => Ok(Self::All(rules)),
                "or" => Ok(Self::Any(rules)),
                _ => Err(WRONG_RULE),
            };
        }
        let field = Field::named(rule["field"].as_str().ok_or(WRONG_RULE)?)?;
        let value = rule.get("value").unwrap_or(&Value::Null);
        Ok(match rule["operator"].as_str().ok_or(WRONG_RULE)? {
            "eq" => Self::In(field, vec![field.read(value, today)?]),
            "in" => {
                let values = value.as_array().ok_or(WRONG_VALUE)?;
                Self::In(field, values.iter().map(|value| field.read(value, today)).collect::<Result<_, _>>()?)
            }
            "gt" => Self::Above(field, field.read(value, today)?),
            "ge" => Self::AtLeast(field, field.read(value, today)?),
            "empty" => Self::Empty(field, value.as_bool().unwrap_or(true)),
            _ => return Err(UNKNOWN_OPERATOR),
        })
    }

    fn holds(&self, seen: &Seen<'_>) -> bool {
        let order = |field: &Field, value: &Held| match field.of(seen) {
            Held::Nothing => None,
            held => held.order(value),
        };
        match self {
            Self::All(rules) => rules.iter().all(|rule| rule.holds(seen)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(seen)),
            Self::In(field, values) => values.iter().any(|value| order(field, value) == Some(Ordering::Equal)),
            Self::Above(field, value) => order(field, value) == Some(Ordering::Greater),
            Self::AtLeast(field, value) => order(field, value).is_some_and(Ordering::is_ge),
            Self::Empty(field, wanted) => matches!(field.of(seen), Held::Nothing) == *wanted,
        }
    }
}
