//! Reading a TOML file past its mistakes: each is told with its line and its remedy, the line is left out, and the rest is
//! read on. What comes of it is looked at for further mistakes, and never run.

use glasplade_adapters::register;
use serde::de::DeserializeOwned;

/// More than this in one file, and it is another kind of file.
const MISTAKES_MAX: usize = 25;

/// A line that was left out, and the key on it that nobody knows, if that was its mistake.
struct LeftOut {
    at: usize,
    line: String,
    unknown: Option<String>,
}

/// The file as far as it can be read; `tell` hears of each mistake with its line.
pub(super) fn read<T: DeserializeOwned>(text: &str, mut tell: impl FnMut(Option<usize>, String)) -> Option<T> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut left_out: Option<LeftOut> = None;
    for _ in 0..MISTAKES_MAX {
        let now = lines.join("\n");
        let error = match toml::from_str(&now) {
            Ok(parsed) => return Some(parsed),
            Err(error) => error,
        };
        let message = error.message();
        // What the line that was left out should have said: a consequence, and no mistake of its own.
        if let (Some(last), Some(missing)) = (left_out.take(), quoted(message, "missing field `")) {
            let unknown = last.unknown?;
            lines[last.at] = last.line.replacen(&unknown, &missing, 1);
            continue;
        }
        let at = error.span().map(|span| now[..span.start.min(now.len())].matches('\n').count());
        tell(at.map(|at| at + 1), worded(message, at.and_then(|at| lines.get(at)).map(String::as_str)));
        let is_of_a_line = message.starts_with("unknown field") || message.starts_with("invalid");
        let at = at.filter(|_| is_of_a_line)?;
        let line = lines.get_mut(at).filter(|line| is_setting(line))?;
        left_out = Some(LeftOut { at, line: std::mem::take(line), unknown: quoted(message, "unknown field `") });
    }
    None
}

/// `key = value` on one line; a part of a longer value is not, nor a header.
fn is_setting(line: &str) -> bool {
    let key = line.split_once('=').map(|(key, _)| key.trim()).unwrap_or_default();
    !key.is_empty() && key.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.' | '"'))
}

fn quoted(message: &str, before: &str) -> Option<String> {
    let rest = message.strip_prefix(before)?;
    rest.split_once('`').map(|(name, _)| name.to_owned())
}

/// The mistake in words that quote no value, with what to do about it.
fn worded(message: &str, line: Option<&str>) -> String {
    let said = register::without_values(message);
    if let Some(unknown) = quoted(message, "unknown field `") {
        let known = said.split_once("expected").map(|(_, known)| known).unwrap_or_default();
        let names = known.split('`').skip(1).step_by(2);
        let nearest = names.min_by_key(|name| distance(&unknown, name)).filter(|name| distance(&unknown, name) <= 3);
        return match nearest {
            Some(name) => format!("{said}; write `{name}`, or take the line away"),
            None => format!("{said}; take the line away"),
        };
    }
    if !message.starts_with("invalid") {
        return said;
    }
    let key = line.and_then(|line| line.split_once('=')).map(|(key, _)| key.trim()).unwrap_or_default();
    let units = [
        ("_ms", "milliseconds"),
        ("_s", "seconds"),
        ("_minutes", "minutes"),
        ("_hours", "hours"),
        ("_days", "days"),
        ("_months", "months"),
        ("_bytes_max", "bytes"),
        ("_max", "a count"),
    ];
    match units.into_iter().find(|(end, _)| key.ends_with(end)) {
        Some((_, unit)) => format!("{said}; `{key}` is a whole number of {unit}, without a unit behind it"),
        None => said,
    }
}

/// How many letters must change to make one word of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.chars().enumerate() {
        let mut now = vec![row + 1];
        for (at, also) in other.iter().enumerate() {
            let changed = before[at] + usize::from(letter != *also);
            now.push(changed.min(before[at + 1] + 1).min(now[at] + 1));
        }
        before = now;
    }
    before.last().copied().unwrap_or_default()
}

/// The line that a library's own words name: `… line 7: …`.
pub(super) fn line_told(what: &str) -> Option<usize> {
    let (_, rest) = what.split_once("line ")?;
    rest.split(':').next()?.trim().parse().ok()
}
