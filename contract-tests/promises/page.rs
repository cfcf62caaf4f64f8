//! The page of recorded requests: readable for the vendor, the same on every machine, and without anything secret.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use glasplade_adapters::contract::ReadOperation;
use glasplade_adapters::fake::Recorded;

use crate::marks;
use crate::subject::Whom;

/// Headers that say nothing to the vendor: they follow from the rest.
const LEFT_OUT: [&str; 2] = ["host", "content-length"];
const INDENT: &str = "    ";

/// What is shown as `<…>`.
#[derive(Debug)]
pub(super) struct Mask(Vec<(String, String)>);

impl Mask {
    /// Masks the secrets, who is asked about, and whatever these requests show as token, trace and transaction.
    pub(super) fn new(secrets: &BTreeMap<String, String>, whom: &Whom, requests: &[&Vec<Recorded>]) -> Self {
        let mut masked: Vec<(String, String)> = match whom {
            Whom::Citizen(citizen) => vec![
                (citizen.expose().to_owned(), "<number>".to_owned()),
                (citizen.expose_hyphenated(), "<number-with-hyphen>".to_owned()),
            ],
            Whom::Employee(_) => vec![
                (marks::employees::EMPLOYEE.to_owned(), "<user-name>".to_owned()),
                (marks::employees::uuid().to_string(), "<user>".to_owned()),
            ],
        };
        masked.extend(secrets.iter().map(|(name, secret)| (secret.trim().to_owned(), format!("<{name}>"))));
        for request in requests.iter().flat_map(|requests| requests.iter()) {
            let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
            let token = header("authorization").and_then(|value| value.split_once(' ')).map(|(_, token)| token);
            masked.extend(token.map(|token| (token.to_owned(), "<token>".to_owned())));
            masked.extend(header("traceparent").map(|trace| (trace.to_owned(), "<trace>".to_owned())));
            masked.extend(transaction(&String::from_utf8_lossy(&request.body)));
        }
        // The longest first: a secret may be part of another.
        masked.sort_by(|one, other| other.0.len().cmp(&one.0.len()).then_with(|| one.cmp(other)));
        masked.retain(|(value, _)| !value.is_empty());
        masked.push((format!("glasplade/{}", env!("CARGO_PKG_VERSION")), "glasplade/<version>".to_owned()));
        Self(masked)
    }

    fn over(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (value, shown)| text.replace(value.as_str(), shown))
    }
}

/// The id of the call in a SOAP header or context.
fn transaction(body: &str) -> Option<(String, String)> {
    let mut names = ["TransactionUUID>", "CallersServiceCallIdentifier>"].into_iter();
    let (_, rest) = names.find_map(|name| body.split_once(name))?;
    let (id, _) = rest.split_once('<')?;
    Some((id.to_owned(), "<transaction>".to_owned()))
}

/// A request and what it is on the adapter's list, if it is there.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// The declared operation.
    pub(super) operation: Option<&'a ReadOperation>,
    /// As it was sent.
    pub(super) request: Recorded,
}

/// The whole page.
pub(super) fn write(kind: &str, sections: &[(&str, Vec<Call<'_>>)], mask: &Mask) -> String {
    let mut page = format!(
        "What glasplade sends to {kind}. Written by `UPDATE=1 cargo contract`, and reviewed like code.\n\
         Every call stands once, however many ids it is made for; <…> stands for what differs from call to call.\n"
    );
    for (title, calls) in sections {
        let _ = write!(page, "\n{title}\n{}\n", "=".repeat(title.chars().count()));
        let mut shown: Vec<String> = calls.iter().map(|one| mask.over(&call(one))).collect();
        shown.dedup();
        for call in shown {
            page.push('\n');
            page.push_str(&call);
        }
    }
    page
}

/// JSON with every id in it the same: calls that differ in nothing else are one.
fn without_ids(json: &str) -> String {
    let masked = |word| if uuid::Uuid::try_parse(word).is_ok() { "<id>" } else { word };
    json.split('"').map(masked).collect::<Vec<_>>().join("\"")
}

fn call(Call { operation, request }: &Call<'_>) -> String {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    // With the placeholders of the list of reads, since ids differ from citizen to citizen.
    let (path, name) = operation.map_or((path, "not on the list of reads"), |read| (read.path, read.name));
    let mut out = format!("{} {path}    ({name})\n", request.method);
    for (at, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        let _ = writeln!(out, "{INDENT}{}{pair}", if at == 0 { '?' } else { '&' });
    }
    let mut headers: Vec<(&str, String)> = (request.headers.iter())
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .filter(|(name, _)| !LEFT_OUT.contains(name))
        .collect();
    headers.sort();
    for (name, value) in &headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    let content_type = headers.iter().find(|(name, _)| *name == "content-type").map_or("", |(_, value)| value.as_str());
    let body = String::from_utf8_lossy(&request.body);
    let body = match content_type {
        _ if body.is_empty() => return out,
        json if json.contains("json") => without_ids(&pretty_json(&body)),
        xml if xml.contains("xml") => pretty_xml(&body),
        form if form.contains("form") => body.replace('&', "\n&"),
        _ => body.into_owned(),
    };
    for line in body.lines() {
        let _ = writeln!(out, "{INDENT}{line}");
    }
    out
}

/// One member a line, in the order in which it is sent.
fn pretty_json(text: &str) -> String {
    let (mut out, mut depth, mut in_text, mut escaped) = (String::new(), 0_usize, false, false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_empty = matches!((sign, signs.peek()), ('{', Some('}')) | ('[', Some(']')));
        match sign {
            _ if in_text => {
                in_text = escaped || sign != '"';
                escaped = sign == '\\' && !escaped;
                out.push(sign);
            }
            '{' | '[' if is_empty => {
                out.push(sign);
                out.extend(signs.next());
            }
            '{' | '[' => {
                depth += 1;
                out.push(sign);
                new_line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(sign);
            }
            ',' => {
                out.push(sign);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_text = sign == '"';
                out.push(sign);
            }
        }
    }
    out
}

/// One element a line; one that holds only text stays on its line.
fn pretty_xml(text: &str) -> String {
    let (mut out, mut depth, mut is_open) = (String::new(), 0_usize, false);
    for part in text.split_inclusive('>') {
        let (words, tag) = part.find('<').map_or((part, ""), |at| part.split_at(at));
        out.push_str(words.trim());
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
            if !is_open {
                new_line(&mut out, depth);
            }
            is_open = false;
        } else if !tag.is_empty() {
            new_line(&mut out, depth);
            is_open = !tag.ends_with("/>") && !tag.starts_with("<?");
            depth += usize::from(is_open);
        }
        out.push_str(tag);
    }
    out.trim_start().to_owned()
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}
