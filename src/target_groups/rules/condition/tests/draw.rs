//! Random households and random conditions, the same from the same seed.

use jiff::civil::Date;

use crate::target_groups::rules::tests::build::TODAY;
use crate::target_groups::{BenefitPeriod, Code, Day, Fact, FactPhase, Household, Kinship, Member};

/// The generator `SplitMix64`.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end.max(1) as u64).expect("smaller than a usize")
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn rarely(&mut self) -> bool {
        self.below(5) == 0
    }
}

const SOURCES: [&str; 3] = ["sbsys", "fasit", "dubu"];
const DEPARTMENTS: [&str; 3] = ["UUJ", "JSY", "BFF"];
const UNITS: [&str; 2] = ["UUJ-SOC", "JSY-RUS"];
const CATEGORIES: [&str; 4] = ["employment", "benefit", "child", "homelessness"];
const KINDS: [&str; 2] = ["job_plan", "cash_benefit"];
/// Days around which everything is drawn, so that borders are met.
const DAYS: [&str; 6] = ["2026-11-21", "2026-11-20", "2025-11-21", "2024-02-29", "2018-11-22", "2010-11-21"];

fn day(draw: &mut Draw) -> Day {
    let date: Date = draw.one(&DAYS).parse().expect("a day");
    let moved = Day::of(date).0 + i32::try_from(draw.below(5)).expect("small") - 2;
    Day(moved)
}

fn fact(draw: &mut Draw) -> Fact {
    let phase =
        draw.one(&[FactPhase::Active, FactPhase::Active, FactPhase::Active, FactPhase::Closed, FactPhase::Future]);
    let code = |draw: &mut Draw, of: &[&str]| (!draw.rarely()).then(|| Code::from(draw.one(of)));
    Fact {
        source: Code::from(draw.one(&SOURCES)),
        department: code(draw, &DEPARTMENTS),
        unit: code(draw, &UNITS),
        category: Code::from(draw.one(&CATEGORIES)),
        kind: code(draw, &KINDS),
        phase,
        opened: (!draw.rarely()).then(|| day(draw)),
        closed: (phase == FactPhase::Closed && !draw.rarely()).then(|| day(draw)),
    }
}

fn member(draw: &mut Draw, kinship: Kinship) -> Member {
    let facts = (0..draw.below(5)).map(|_| fact(draw)).collect();
    let period = |draw: &mut Draw| {
        let from = day(draw);
        let until = (!draw.rarely()).then(|| Day(from.0 + i32::try_from(draw.below(800)).expect("small") - 20));
        let benefit = draw.one(&["cash_benefit", "education_benefit", "early_pension"]);
        BenefitPeriod { benefit: Code::from(benefit), from, until }
    };
    let benefits = (!draw.rarely()).then(|| (0..draw.below(4)).map(|_| period(draw)).collect());
    // Ages around 16, 18 and 50, and the day itself.
    let born = (!draw.rarely()).then(|| {
        let years = i16::try_from(draw.one(&[0, 16, 17, 18, 50])).expect("small");
        let date = Date::new(TODAY.year() - years, TODAY.month(), TODAY.day()).expect("a day");
        let half = if draw.rarely() { 183 } else { 0 };
        Day(Day::of(date).0 + half + i32::try_from(draw.below(5)).expect("small") - 2)
    });
    Member { kinship, born, facts, benefits }
}

/// A household of one to four.
pub(super) fn household(draw: &mut Draw) -> Household {
    let others = draw.below(4);
    let mut members = vec![member(draw, Kinship::Oneself)];
    for _ in 0..others {
        let kinship = draw.one(&[Kinship::Spouse, Kinship::Child, Kinship::Parent]);
        members.push(member(draw, kinship));
    }
    Household { is_known: members.len() > 1, members }
}

/// A condition twice: as a rule writes it, and with every value that may not be known asked for first, which is what the check's
/// "not known makes a comparison false" means in plain CEL.
#[derive(Debug, Clone)]
pub(super) struct Both {
    pub(super) ours: String,
    pub(super) plain: String,
}

impl Both {
    fn same(text: String) -> Self {
        Self { ours: text.clone(), plain: text }
    }

    fn guarded(fields: &[&str], text: String) -> Self {
        let asked: Vec<String> = fields.iter().map(|field| format!("has({field})")).collect();
        Self { plain: format!("({} && {text})", asked.join(" && ")), ours: text }
    }

    fn joined(sign: &str, parts: &[Self]) -> Self {
        let join = |text: fn(&Self) -> &str| parts.iter().map(text).collect::<Vec<_>>().join(sign);
        Self { ours: format!("({})", join(|one| &one.ours)), plain: format!("({})", join(|one| &one.plain)) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Member,
    Fact,
}

/// A valid condition. `names` are those of the loops around it.
pub(super) fn condition(draw: &mut Draw) -> Both {
    let drawn = test(draw, &mut Vec::new(), 4);
    // Some case must stand beside what is known of the citizen alone.
    let case = Both::same("citizen.facts.exists(z, z.is_active || !z.is_active)".to_owned());
    if draw.rarely() { Both::joined(" && ", &[drawn, case]) } else { Both::joined(" && ", &[case, drawn]) }
}

fn test(draw: &mut Draw, names: &mut Vec<(String, Kind)>, depth: usize) -> Both {
    match draw.below(if depth == 0 { 2 } else { 6 }) {
        0 | 1 => atom(draw, names),
        2 => joined(draw, names, depth, " && "),
        3 => joined(draw, names, depth, " || "),
        _ => looped(draw, names, depth).unwrap_or_else(|| atom(draw, names)),
    }
}

fn joined(draw: &mut Draw, names: &mut Vec<(String, Kind)>, depth: usize, sign: &str) -> Both {
    let parts: Vec<Both> = (0..2 + draw.below(2)).map(|_| test(draw, names, depth - 1)).collect();
    Both::joined(sign, &parts)
}

/// `exists`, `filter` and `size`, as deep as they may go.
fn looped(draw: &mut Draw, names: &mut Vec<(String, Kind)>, depth: usize) -> Option<Both> {
    let over_cases = names.iter().filter(|(_, kind)| *kind == Kind::Fact).count();
    if names.len() >= 3 {
        return None;
    }
    let mut lists = vec![("household".to_owned(), Kind::Member)];
    if over_cases < 2 {
        lists.push(("citizen.facts".to_owned(), Kind::Fact));
        let of_members = names.iter().filter(|(_, kind)| *kind == Kind::Member);
        lists.extend(of_members.map(|(name, _)| (format!("{name}.facts"), Kind::Fact)));
    }
    let at = draw.below(lists.len());
    let (list, kind) = lists.swap_remove(at);
    let mut list = Both::same(list);
    for _ in 0..draw.below(3).saturating_sub(1) {
        let name = format!("x{}f", names.len());
        list = called(draw, names, (&name, kind), depth, &list, "filter");
    }
    let least = 1 + draw.below(3);
    let ended = |list: &Both, before: &str, after: &str| Both {
        ours: format!("{before}{}{after}", list.ours),
        plain: format!("{before}{}{after}", list.plain),
    };
    Some(match draw.below(5) {
        0 => ended(&list, "", &format!(".size() >= {least}")),
        1 => ended(&list, "size(", &format!(") > {least}")),
        2 => {
            let name = format!("x{}c", names.len());
            let counted = called(draw, names, (&name, kind), depth, &list, "filter");
            ended(&counted, &format!("{least} <= "), ".size()")
        }
        _ => {
            let name = format!("x{}e", names.len());
            called(draw, names, (&name, kind), depth, &list, "exists")
        }
    })
}

/// `list.function(name, test)`.
fn called(
    draw: &mut Draw,
    names: &mut Vec<(String, Kind)>,
    (name, kind): (&str, Kind),
    depth: usize,
    list: &Both,
    function: &str,
) -> Both {
    names.push((name.to_owned(), kind));
    let body = test(draw, names, depth - 1);
    names.pop();
    Both {
        ours: format!("{}.{function}({name}, {})", list.ours, body.ours),
        plain: format!("{}.{function}({name}, {})", list.plain, body.plain),
    }
}

const ORDERS: [&str; 6] = ["<", "<=", "==", "!=", ">=", ">"];

fn atom(draw: &mut Draw, names: &[(String, Kind)]) -> Both {
    let last = names.len().saturating_sub(draw.below(2) + 1);
    match names.get(last) {
        Some((name, Kind::Fact)) if draw.below(4) > 0 => of_case(draw, name, names),
        Some((name, Kind::Member)) if draw.below(4) > 0 => of_person(draw, name, true),
        _ if draw.rarely() => {
            let (order, written) = (draw.one(&ORDERS), draw.one(&DAYS));
            Both::same(format!("as_of {order} \"{written}\""))
        }
        _ => of_person(draw, "citizen", false),
    }
}

fn number(draw: &mut Draw, field: &str, order: &str, number: usize) -> Both {
    let mirrored = match order {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        same => same,
    };
    let text = if draw.rarely() { format!("{number} {mirrored} {field}") } else { format!("{field} {order} {number}") };
    Both::guarded(&[field], text)
}

fn of_person(draw: &mut Draw, name: &str, is_member: bool) -> Both {
    let (order, least) = (draw.one(&ORDERS), draw.one(&[">=", ">"]));
    let field = |field: &str| format!("{name}.{field}");
    match draw.below(7) {
        0 | 1 => {
            let years = draw.one(&[0, 15, 16, 17, 18, 49, 50]);
            number(draw, &field("age_years"), order, years)
        }
        2 => {
            let months = draw.one(&[0, 191, 192, 210, 216, 600]);
            number(draw, &field("age_months"), order, months)
        }
        3 => {
            let count = 1 + draw.below(3);
            number(draw, &field("departments"), least, count)
        }
        4 => {
            let count = 1 + draw.below(3);
            number(draw, &field("categories"), least, count)
        }
        _ if is_member => {
            let (sign, kinship) = (draw.one(&["==", "!="]), draw.one(&["spouse", "child", "parent"]));
            Both::same(if draw.rarely() {
                format!("{name}.kinship in [\"{kinship}\", 'spouse']")
            } else {
                format!("{name}.kinship {sign} \"{kinship}\"")
            })
        }
        5 => {
            let months = draw.one(&[1, 11, 12, 24, 96]);
            number(draw, "citizen.benefit_months", least, months)
        }
        _ => {
            let (unit, amount) = draw.one(&[("years", 1), ("years", 8), ("days", 1), ("days", 365), ("days", 2922)]);
            number(draw, &format!("citizen.benefit_{unit}"), least, amount)
        }
    }
}

fn of_case(draw: &mut Draw, name: &str, names: &[(String, Kind)]) -> Both {
    let (attribute, codes): (&str, &[&str]) = match draw.below(5) {
        0 => ("source", &SOURCES),
        1 => ("department", &DEPARTMENTS),
        2 => ("unit", &UNITS),
        3 => ("kind", &KINDS),
        _ => ("category", &CATEGORIES),
    };
    let field = format!("{name}.{attribute}");
    let other = names.iter().find(|(other, kind)| *kind == Kind::Fact && other != name).map(|(other, _)| other.clone());
    match (draw.below(8), other) {
        (0, Some(other)) => {
            let (sign, other) = (draw.one(&["==", "!="]), format!("{other}.{attribute}"));
            Both::guarded(&[&field, &other], format!("{field} {sign} {other}"))
        }
        (1, Some(other)) => {
            let (order, left) = (draw.one(&ORDERS), draw.one(&["opened", "closed"]));
            let (left, right) = (format!("{name}.{left}"), format!("{other}.opened"));
            Both::guarded(&[&left, &right], format!("{left} {order} {right}"))
        }
        (0 | 2, _) => {
            let (sign, code) = (draw.one(&["==", "!="]), draw.one(codes));
            Both::guarded(&[&field], format!("{field} {sign} \"{code}\""))
        }
        (3, _) => {
            let (first, second) = (draw.one(codes), draw.one(codes));
            Both::guarded(&[&field], format!("{field} in [\"{first}\", '{second}']"))
        }
        (4, _) => {
            let test = draw.one(&["", " == true", " == false", " != true"]);
            let not = if test.is_empty() && draw.rarely() { "!" } else { "" };
            Both::same(format!("{not}{name}.is_active{test}"))
        }
        (5, _) => {
            let (order, days) = (draw.one(&ORDERS), draw.one(&[0, 1, 364, 365, 366]));
            number(draw, &format!("{name}.active_days"), order, days)
        }
        (_, _) => {
            let (order, which) = (draw.one(&ORDERS), draw.one(&["opened", "closed"]));
            let (field, written) = (format!("{name}.{which}"), draw.one(&DAYS));
            let right = if draw.rarely() { "as_of".to_owned() } else { format!("\"{written}\"") };
            Both::guarded(&[&field], format!("{field} {order} {right}"))
        }
    }
}
