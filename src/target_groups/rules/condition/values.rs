//! What stands on a side of a comparison, typed; and the kinships, days and loops as the tree writes them.

use cel::common::ast::{ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};
use jiff::civil::Date;

use super::plan::{DayOf, List, Slot, Test, Who};
use super::vocabulary::{CodeOf, Number, Subject};
use crate::target_groups::{Day, Kinship};

/// What stands on a side of a comparison.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number { of: Who, number: Number },
    Size(Listed),
    Day(DayOf),
    Code { slot: Slot, of: CodeOf },
    IsActive(Slot),
    Integer(i64),
    Text(String),
    Bool(bool),
    Citizen,
    Member(Slot),
    Case(Slot),
    List(Listed),
}

impl Value {
    /// Written out in the condition.
    pub(super) fn is_written(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Text(_) | Self::Bool(_))
    }

    /// What people call it, and what it may be compared with.
    pub(super) fn compared_with(&self) -> &'static str {
        match self {
            Self::Number { .. } => "compare this number with a whole number that is written out",
            Self::Size(_) => "compare this size with a whole number, such as `>= 2`",
            Self::Day(_) => "compare this day with another, or with one that is written out, such as \"2024-03-01\"",
            Self::Code { .. } => "compare this code with a text in quotes, or with the same code of another case",
            Self::IsActive(_) => "write `is_active` alone, or `== true`",
            Self::Citizen | Self::Member(_) | Self::Case(_) => "name a field of it, behind a dot",
            Self::List(_) => "look through this list with `exists(x, …)`, or take its `size()`",
            Self::Integer(_) | Self::Text(_) | Self::Bool(_) => "put a field on one of the sides: both are written out",
        }
    }
}

/// A list, as far as it has been narrowed.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) list: List,
    pub(super) subject: Subject,
    pub(super) slot: Slot,
    pub(super) tests: Vec<Test>,
    /// See [`Checked::bare`].
    pub(super) bare: Option<usize>,
}

/// A checked test.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) test: Test,
    /// Where it can hold without any case; `None` when it cannot.
    pub(super) bare: Option<usize>,
}

/// What a loop of the tree was written as.
pub(super) enum Loop<'a> {
    Exists(&'a IdedExpr),
    Filter(&'a IdedExpr),
    All,
    ExistsOne,
    Map,
}

/// The macro behind a loop, told from how the crate expands it.
pub(super) fn written_as(expanded: &ComprehensionExpr) -> Loop<'_> {
    let Expr::Call(step) = &expanded.loop_step.expr else { return Loop::Map };
    match &expanded.accu_init.expr {
        Expr::Literal(LiteralValue::Boolean(first)) if *first.inner() => Loop::All,
        Expr::Literal(LiteralValue::Boolean(_)) => match step.args.as_slice() {
            [_, test] if step.func_name == operators::LOGICAL_OR => Loop::Exists(test),
            _ => Loop::Map,
        },
        Expr::Literal(LiteralValue::Int(_)) => Loop::ExistsOne,
        _ => match step.args.as_slice() {
            [test, taken, _] if step.func_name == operators::CONDITIONAL && takes_itself(taken, expanded) => {
                Loop::Filter(test)
            }
            _ => Loop::Map,
        },
    }
}

/// `@result + [x]`: the element itself goes into the new list.
fn takes_itself(taken: &IdedExpr, expanded: &ComprehensionExpr) -> bool {
    let Expr::Call(call) = &taken.expr else { return false };
    let Some(Expr::List(list)) = call.args.get(1).map(|added| &added.expr) else { return false };
    matches!(list.elements.as_slice(), [one] if matches!(&one.expr, Expr::Ident(name) if *name == expanded.iter_var))
}

/// A day as conditions write it, `2024-03-01`, if the calendar has it.
pub(super) fn day(text: &str) -> Option<Day> {
    let shape = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    let is_day = text.len() == 10 && text.bytes().enumerate().all(shape);
    is_day.then(|| text.parse::<Date>().ok().map(Day::of)).flatten()
}

/// A kinship as conditions write it. The citizen is no member of the `household`.
pub(super) fn kinship(code: &str) -> Option<Kinship> {
    match code {
        "spouse" => Some(Kinship::Spouse),
        "child" => Some(Kinship::Child),
        "parent" => Some(Kinship::Parent),
        _ => None,
    }
}
