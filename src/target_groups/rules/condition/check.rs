//! The check: walks the tree of a condition, gives every name a type and every code a row of configuration, refuses what a
//! further fact could make false, and leaves a plan.

use cel::Program;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, ListExpr, LiteralValue, SelectExpr, operators};

use super::fault::Fault;
use super::known::KnownCodes;
use super::plan::{DayOf, LOOPS_MAX, List, Order, Slot, Test, Who};
use super::values::{Checked, Listed, Loop, Value, day, kinship, written_as};
use super::vocabulary::{Attribute, CodeOf, Number, Subject};
use crate::target_groups::Code;

/// Most loops over cases inside each other: a citizen may have hundreds, and each further loop goes over all of them again.
const LOOPS_OVER_CASES_MAX: usize = 2;
/// Most codes behind one `in`.
const CODES_MAX: usize = 64;
/// Largest size that a list is compared with.
const SIZE_MAX: i64 = 100;

const FROM_ABSENCE: &str = "a rule must not conclude from a case that is not there: an incomplete source or a withheld case \
    would make it true";

/// A name that a loop has given.
struct Scope<'a> {
    name: &'a str,
    subject: Subject,
    slot: Slot,
}

/// The check of one condition.
pub(super) struct Checker<'a> {
    program: &'a Program,
    text: &'a str,
    known: &'a KnownCodes,
    has_benefits: bool,
    scopes: Vec<Scope<'a>>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(program: &'a Program, text: &'a str, known: &'a KnownCodes, has_benefits: bool) -> Self {
        Self { program, text, known, has_benefits, scopes: Vec::new() }
    }

    /// The condition itself.
    pub(super) fn whole(mut self, tree: &'a IdedExpr) -> Result<Test, Fault> {
        let checked = self.test(tree)?;
        match checked.bare {
            None => Ok(checked.test),
            Some(at) => {
                let what = "name a case beside this, such as `citizen.facts.exists(f, f.is_active)`: whoever is on a list is there \
                            because of a case that the receiver may be told";
                Err(Fault::new(at, what))
            }
        }
    }

    fn test(&mut self, tree: &'a IdedExpr) -> Result<Checked, Fault> {
        match &tree.expr {
            Expr::Call(call) => self.call(tree, call),
            Expr::Comprehension(expanded) => match written_as(expanded) {
                Loop::Exists(test) => self.exists(tree, expanded, test),
                Loop::Filter(_) => {
                    Err(self.fault(tree, "write `exists` here, or take the `size()` of what is filtered"))
                }
                _ => Err(self.refused_loop(tree, expanded)),
            },
            _ => match self.value(tree)? {
                Value::IsActive(slot) => Ok(self.alone(tree, Test::IsActive { slot, is: true })),
                Value::Bool(_) => Err(self.fault(tree, "take this word away: it says nothing about anybody")),
                other => Err(self.fault(tree, other.compared_with())),
            },
        }
    }

    fn call(&mut self, tree: &'a IdedExpr, call: &'a CallExpr) -> Result<Checked, Fault> {
        let order = match call.func_name.as_str() {
            operators::LOGICAL_AND | operators::LOGICAL_OR => return self.joined(call),
            operators::LOGICAL_NOT => return self.negated(tree, call),
            operators::IN => return self.one_of(tree, call),
            operators::EQUALS => Order::Same,
            operators::NOT_EQUALS => Order::Other,
            operators::LESS => Order::Less,
            operators::LESS_EQUALS => Order::AtMost,
            operators::GREATER => Order::More,
            operators::GREATER_EQUALS => Order::AtLeast,
            _ => {
                let value = self.value(tree)?;
                return Err(self.fault(tree, value.compared_with()));
            }
        };
        match call.args.as_slice() {
            [left, right] => self.comparison(tree, left, order, right),
            _ => Err(self.fault(tree, "write something on both sides")),
        }
    }

    /// `a && b`, `a || b`, each flat.
    fn joined(&mut self, call: &'a CallExpr) -> Result<Checked, Fault> {
        let is_and = call.func_name == operators::LOGICAL_AND;
        let (mut tests, mut bare) = (Vec::new(), Vec::new());
        for side in &call.args {
            let checked = self.test(side)?;
            bare.push(checked.bare);
            match checked.test {
                Test::All(inner) if is_and => tests.extend(inner),
                Test::Any(inner) if !is_and => tests.extend(inner),
                test => tests.push(test),
            }
        }
        let bare = if is_and {
            bare.into_iter().reduce(|first, next| next.and(first)).flatten()
        } else {
            bare.into_iter().flatten().next()
        };
        let tests = tests.into_boxed_slice();
        Ok(Checked { test: if is_and { Test::All(tests) } else { Test::Any(tests) }, bare })
    }

    /// `!f.is_active`: whether one case runs is known of each; everything else denied would be true of what is not known.
    fn negated(&mut self, tree: &'a IdedExpr, call: &'a CallExpr) -> Result<Checked, Fault> {
        let inner = call.args.first();
        let is_field = inner.is_some_and(|inner| matches!(&inner.expr, Expr::Select(select) if !select.test));
        let value = inner.filter(|_| is_field).map(|inner| self.value(inner)).transpose()?;
        match value {
            Some(Value::IsActive(slot)) => Ok(self.alone(tree, Test::IsActive { slot, is: false })),
            _ => Err(self.fault(tree, format!("take `!` away: {FROM_ABSENCE}"))),
        }
    }

    fn comparison(
        &mut self,
        tree: &'a IdedExpr,
        left: &'a IdedExpr,
        order: Order,
        right: &'a IdedExpr,
    ) -> Result<Checked, Fault> {
        let (first, second) = (self.value(left)?, self.value(right)?);
        if first.is_written() && !second.is_written() {
            return self.compared(tree, (right, second), order.mirrored(), (left, first));
        }
        self.compared(tree, (left, first), order, (right, second))
    }

    fn compared(
        &mut self,
        tree: &'a IdedExpr,
        (left, first): (&'a IdedExpr, Value),
        order: Order,
        (right, second): (&'a IdedExpr, Value),
    ) -> Result<Checked, Fault> {
        let misfit = first.compared_with();
        match (first, second) {
            (Value::Number { of, number }, Value::Integer(than)) => {
                self.number(tree, (left, of, number), order, (right, than))
            }
            (Value::Size(listed), Value::Integer(than)) => {
                let least = self.least(tree, order, (right, than), SIZE_MAX)?;
                Ok(Checked { bare: listed.bare, test: at_least(listed, usize::try_from(least).unwrap_or(0), None) })
            }
            (Value::Day(left), Value::Text(text)) => {
                let written = day(&text).ok_or_else(|| {
                    self.fault(right, "write a day of the calendar as year, month and day, such as \"2024-03-01\"")
                })?;
                Ok(self.alone(tree, Test::Day { left, order, right: DayOf::Written(written) }))
            }
            (Value::Day(left), Value::Day(right)) => Ok(self.alone(tree, Test::Day { left, order, right })),
            (Value::Code { slot, of }, Value::Text(code)) => {
                let is = self.same_or_other(tree, order)?;
                self.code(right, of, &code)?;
                Ok(self.alone(tree, code_test(slot, of, is, &[code])))
            }
            (Value::Code { slot: left, of }, Value::Code { slot: right, of: other })
                if of == other && of != CodeOf::Kinship =>
            {
                let is = self.same_or_other(tree, order)?;
                Ok(self.alone(tree, Test::SameCode { left, right, of, is }))
            }
            (Value::IsActive(slot), Value::Bool(value)) => {
                let is = self.same_or_other(tree, order)? == value;
                Ok(self.alone(tree, Test::IsActive { slot, is }))
            }
            _ => Err(self.fault(tree, misfit)),
        }
    }

    fn number(
        &mut self,
        tree: &'a IdedExpr,
        (left, of, number): (&'a IdedExpr, Who, Number),
        order: Order,
        (right, than): (&'a IdedExpr, i64),
    ) -> Result<Checked, Fault> {
        if number.is_of_benefits() && !self.has_benefits {
            return Err(self.fault(left, "name the benefits that count here, in the rule's [benefits]"));
        }
        if number.grows() {
            let least = self.least(tree, order, (right, than), number.max())?;
            let mut checked = self.alone(tree, Test::Number { of, number, order: Order::AtLeast, than: least });
            // Each department and category that counts is one of a running case.
            checked.bare = checked.bare.filter(|_| number.is_of_benefits());
            return Ok(checked);
        }
        if !(0..=number.max()).contains(&than) {
            return Err(self.fault(right, format!("write a number from 0 to {}", number.max())));
        }
        Ok(self.alone(tree, Test::Number { of, number, order, than }))
    }

    /// What a number that grows with every fact is compared with: at least so much.
    fn least(&self, tree: &IdedExpr, order: Order, (right, than): (&IdedExpr, i64), max: i64) -> Result<i64, Fault> {
        let least = match order {
            Order::AtLeast => than,
            Order::More => than.saturating_add(1),
            _ => return Err(self.fault(tree, format!("write `>=` or `>` here: {FROM_ABSENCE}"))),
        };
        if least < 1 {
            return Err(self.fault(right, "write at least 1: this holds for everybody, also without a case"));
        }
        if least > max {
            return Err(self.fault(right, format!("write a number of at most {max}")));
        }
        Ok(least)
    }

    fn same_or_other(&self, tree: &IdedExpr, order: Order) -> Result<bool, Fault> {
        match order {
            Order::Same => Ok(true),
            Order::Other => Ok(false),
            _ => Err(self.fault(tree, "write `==` or `!=` here: neither side is larger than the other")),
        }
    }

    /// `f.category in ["a", "b"]`.
    fn one_of(&mut self, tree: &'a IdedExpr, call: &'a CallExpr) -> Result<Checked, Fault> {
        let [left, right] = call.args.as_slice() else {
            return Err(self.fault(tree, "write a code before `in` and a list of codes behind it"));
        };
        let Value::Code { slot, of } = self.value(left)? else {
            return Err(self.fault(left, "write a code before `in`, such as `f.category`"));
        };
        let Expr::List(ListExpr { elements, .. }) = &right.expr else {
            return Err(self.fault(right, "write a list of codes behind `in`, such as [\"child\", \"disability\"]"));
        };
        if elements.is_empty() || elements.len() > CODES_MAX {
            return Err(self.fault(right, format!("write from 1 to {CODES_MAX} codes in this list")));
        }
        let mut codes = Vec::new();
        for element in elements {
            let Expr::Literal(LiteralValue::String(code)) = &element.expr else {
                return Err(self.fault(element, "write a code in quotes here"));
            };
            self.code(element, of, code.inner())?;
            codes.push(code.inner().to_owned());
        }
        Ok(self.alone(tree, code_test(slot, of, true, &codes)))
    }

    fn code(&self, at: &IdedExpr, of: CodeOf, code: &str) -> Result<(), Fault> {
        if self.known.has(of, code) {
            return Ok(());
        }
        let of_case = format!("write a {} of {}: this one is not there", of.name(), of.stands_in());
        let of_member = format!("write one of {}: this is no kinship here", of.stands_in());
        Err(self.fault(at, if of == CodeOf::Kinship { of_member } else { of_case }))
    }

    fn exists(
        &mut self,
        tree: &'a IdedExpr,
        expanded: &'a ComprehensionExpr,
        test: &'a IdedExpr,
    ) -> Result<Checked, Fault> {
        let listed = self.listed(&expanded.iter_range)?;
        let checked = self.inside(tree, &listed, &expanded.iter_var, test)?;
        let bare = listed.bare.and(checked.bare);
        Ok(Checked { test: at_least(listed, 1, Some(checked.test)), bare })
    }

    fn filtered(
        &mut self,
        tree: &'a IdedExpr,
        expanded: &'a ComprehensionExpr,
        test: &'a IdedExpr,
    ) -> Result<Listed, Fault> {
        let mut listed = self.listed(&expanded.iter_range)?;
        let checked = self.inside(tree, &listed, &expanded.iter_var, test)?;
        listed.bare = listed.bare.and(checked.bare);
        listed.tests.push(checked.test);
        Ok(listed)
    }

    /// A test about each of a list, by a name.
    fn inside(
        &mut self,
        tree: &IdedExpr,
        listed: &Listed,
        name: &'a str,
        test: &'a IdedExpr,
    ) -> Result<Checked, Fault> {
        let is_taken =
            ["as_of", "citizen", "household"].contains(&name) || self.scopes.iter().any(|one| one.name == name);
        if is_taken || name.starts_with('.') {
            return Err(self.fault(tree, "choose another name for the one that is looked at: this one is taken"));
        }
        self.scopes.push(Scope { name, subject: listed.subject, slot: listed.slot });
        let checked = self.test(test);
        self.scopes.pop();
        checked
    }

    fn listed(&mut self, tree: &'a IdedExpr) -> Result<Listed, Fault> {
        match self.value(tree)? {
            Value::List(listed) => Ok(listed),
            _ => Err(self.fault(tree, "name a list here: `household`, or the `facts` of somebody")),
        }
    }

    fn list(&self, tree: &IdedExpr, list: List) -> Result<Value, Fault> {
        let subject = if list == List::Household { Subject::Member } else { Subject::Fact };
        let over_cases = self.scopes.iter().filter(|scope| scope.subject == Subject::Fact).count();
        if self.scopes.len() >= LOOPS_MAX || (subject == Subject::Fact && over_cases >= LOOPS_OVER_CASES_MAX) {
            let what = format!(
                "look through at most {LOOPS_MAX} lists inside each other, {LOOPS_OVER_CASES_MAX} of them lists of cases"
            );
            return Err(self.fault(tree, what));
        }
        let bare = (subject == Subject::Member).then(|| self.place(tree));
        Ok(Value::List(Listed { list, subject, slot: self.scopes.len(), tests: Vec::new(), bare }))
    }

    fn value(&mut self, tree: &'a IdedExpr) -> Result<Value, Fault> {
        match &tree.expr {
            Expr::Ident(name) => self.name(tree, name),
            Expr::Select(select) => self.field(tree, select),
            Expr::Literal(literal) => self.literal(tree, literal),
            Expr::Call(call) => self.value_of_call(tree, call),
            Expr::Comprehension(expanded) => match written_as(expanded) {
                Loop::Filter(test) => Ok(Value::List(self.filtered(tree, expanded, test)?)),
                Loop::Exists(_) => Err(self.fault(tree, "join conditions with `&&` and `||`: they are not compared")),
                _ => Err(self.refused_loop(tree, expanded)),
            },
            Expr::List(_) => Err(self.fault(tree, "write a list of codes only behind `in`")),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(self.fault(tree, "take this away: a condition compares fields and joins comparisons"))
            }
        }
    }

    fn name(&self, tree: &IdedExpr, name: &str) -> Result<Value, Fault> {
        if let Some(scope) = self.scopes.iter().find(|scope| scope.name == name) {
            return Ok(if scope.subject == Subject::Fact {
                Value::Case(scope.slot)
            } else {
                Value::Member(scope.slot)
            });
        }
        match name {
            "as_of" => Ok(Value::Day(DayOf::AsOf)),
            "citizen" => Ok(Value::Citizen),
            "household" => self.list(tree, List::Household),
            _ => {
                let names =
                    ["citizen", "household", "as_of"].into_iter().chain(self.scopes.iter().map(|scope| scope.name));
                let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
                Err(self.fault(tree, format!("write {}: this name is not known here", names.join(", "))))
            }
        }
    }

    fn field(&mut self, tree: &'a IdedExpr, select: &'a SelectExpr) -> Result<Value, Fault> {
        if select.test {
            return Err(self.fault(tree, "take `has` away: what is not known makes every comparison false by itself"));
        }
        let of = self.value(&select.operand)?;
        let (subject, who, slot) = match of {
            Value::Citizen => (Subject::Citizen, Who::Citizen, 0),
            Value::Member(slot) => (Subject::Member, Who::At(slot), slot),
            Value::Case(slot) => (Subject::Fact, Who::At(slot), slot),
            Value::List(_) => {
                return Err(self.fault(tree, "look through this list with `exists(x, …)`, or take its `size()`"));
            }
            _ => {
                return Err(self.fault(tree, "take this field away: only the citizen, a member and a case have fields"));
            }
        };
        let Some((_, attribute)) = subject.attributes().find(|(name, _)| *name == select.field) else {
            let names: Vec<&str> = subject.attributes().map(|(name, _)| name).collect();
            return Err(self.fault(tree, format!("write a field that {} has: {}", subject.name(), names.join(", "))));
        };
        match attribute {
            Attribute::Number(number) => Ok(Value::Number { of: who, number }),
            Attribute::Code(of) => Ok(Value::Code { slot, of }),
            Attribute::Opened => Ok(Value::Day(DayOf::Opened(slot))),
            Attribute::Closed => Ok(Value::Day(DayOf::Closed(slot))),
            Attribute::IsActive => Ok(Value::IsActive(slot)),
            Attribute::Facts if who == Who::Citizen => self.list(tree, List::CitizenFacts),
            Attribute::Facts => self.list(tree, List::MemberFacts(slot)),
        }
    }

    fn literal(&self, tree: &IdedExpr, literal: &LiteralValue) -> Result<Value, Fault> {
        match literal {
            LiteralValue::Int(number) => Ok(Value::Integer(*number.inner())),
            LiteralValue::String(text) => Ok(Value::Text(text.inner().to_owned())),
            LiteralValue::Boolean(value) => Ok(Value::Bool(*value.inner())),
            LiteralValue::Null => {
                Err(self.fault(tree, "take `null` away: what is not known makes every comparison false by itself"))
            }
            LiteralValue::Double(_) | LiteralValue::UInt(_) => {
                Err(self.fault(tree, "write a whole number, such as 16; half a year is 6 of `age_months`"))
            }
            LiteralValue::Bytes(_) => Err(self.fault(tree, "write a plain text in quotes")),
        }
    }

    fn value_of_call(&mut self, tree: &'a IdedExpr, call: &'a CallExpr) -> Result<Value, Fault> {
        match call.func_name.as_str() {
            "size" => {
                let list = match (call.target.as_deref(), call.args.as_slice()) {
                    (Some(target), []) => target,
                    (None, [argument]) => argument,
                    _ => return Err(self.fault(tree, "take the size of one list: `citizen.facts.size()`")),
                };
                Ok(Value::Size(self.listed(list)?))
            }
            operators::ADD
            | operators::SUBSTRACT
            | operators::MULTIPLY
            | operators::DIVIDE
            | operators::MODULO
            | operators::NEGATE => Err(self
                .fault(tree, "write the number itself: a condition does not calculate, so that nothing can overflow")),
            operators::CONDITIONAL => {
                Err(self.fault(tree, format!("write `&&` and `||` instead of `? :`: {FROM_ABSENCE}")))
            }
            operators::INDEX | operators::OPT_INDEX => {
                Err(self.fault(tree, "look through the list with `exists(x, …)`: the place of a case means nothing"))
            }
            "exists" | "filter" | "all" | "exists_one" | "existsOne" | "map" | "has" => {
                Err(self.fault(tree, "give this a name and a condition: `citizen.facts.exists(f, f.is_active)`"))
            }
            name if name.starts_with(|sign: char| sign.is_ascii_alphabetic()) => {
                Err(self.fault(tree, "write `exists`, `filter` or `size`: there is no other function"))
            }
            _ => Err(self.fault(tree, "join conditions with `&&` and `||`: they are not compared")),
        }
    }

    fn refused_loop(&self, tree: &IdedExpr, expanded: &ComprehensionExpr) -> Fault {
        match written_as(expanded) {
            Loop::All => self.fault(tree, format!("write `exists` instead of `all`: {FROM_ABSENCE}")),
            Loop::ExistsOne => self.fault(tree, format!("write `exists` instead of `exists_one`: {FROM_ABSENCE}")),
            _ => self.fault(tree, "write `exists`, `filter` or `size`: there is no other function"),
        }
    }

    /// A test that by itself says nothing of a case.
    fn alone(&self, tree: &IdedExpr, test: Test) -> Checked {
        Checked { test, bare: Some(self.place(tree)) }
    }

    fn fault(&self, tree: &IdedExpr, what: impl Into<String>) -> Fault {
        Fault::new(self.place(tree), what)
    }

    /// Where a part of the tree is written: a field at its name, a call at the function's, everything else at its sign.
    fn place(&self, tree: &IdedExpr) -> usize {
        let at = self.program.source_info().offset_for(tree.id).map_or(0, |(start, _)| start);
        let at = usize::try_from(at).unwrap_or(0).min(self.text.len());
        let (before, rest) = self.text.split_at(at);
        if rest.starts_with('.') && matches!(tree.expr, Expr::Select(_)) {
            return at + 1 + (rest.len() - 1 - rest[1..].trim_start().len());
        }
        let is_call = matches!(&tree.expr, Expr::Call(_) | Expr::Comprehension(_) | Expr::Select(_));
        if rest.starts_with('(') && is_call {
            let name = before.trim_end();
            return name.trim_end_matches(|sign: char| sign.is_ascii_alphanumeric() || sign == '_').len();
        }
        at
    }
}

fn at_least(listed: Listed, least: usize, test: Option<Test>) -> Test {
    let Listed { list, slot, mut tests, .. } = listed;
    tests.extend(test);
    let test = if tests.len() == 1 { tests.remove(0) } else { Test::All(tests.into_boxed_slice()) };
    Test::AtLeast { list, slot, least, test: Box::new(test) }
}

fn code_test(slot: Slot, of: CodeOf, is: bool, codes: &[String]) -> Test {
    if of == CodeOf::Kinship {
        return Test::Kinship { slot, is, one_of: codes.iter().filter_map(|code| kinship(code)).collect() };
    }
    Test::Code { slot, of, is, codes: codes.iter().map(|code| Code::from(code.as_str())).collect() }
}
