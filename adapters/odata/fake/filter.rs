//! A small `$filter`: `eq`, `ne`, `and`, `or`, `not`, parentheses, `startswith`, `contains`, paths `a/b` and literals.
//!
//! Texts compare without regard to case, as the databases behind the real systems do.

use serde_json::Value;

use super::{BadQuery, EntityType, at};

/// Parentheses inside parentheses; more is refused, so that no question can exhaust the stack.
const DEPTH_MAX: usize = 64;

/// A filter that was understood.
#[derive(Debug)]
pub(crate) enum Filter {
    Either(Vec<Filter>),
    Both(Vec<Filter>),
    Not(Box<Filter>),
    Equal(Operand, Operand, bool),
    Text(Operand, Operand, fn(&str, &str) -> bool),
}

/// A path or a literal.
#[derive(Debug)]
pub(crate) enum Operand {
    Path(String),
    Literal(Value),
}

impl Operand {
    fn value<'a>(&'a self, row: &'a Value) -> &'a Value {
        match self {
            Self::Path(path) => at(row, path).unwrap_or(&Value::Null),
            Self::Literal(value) => value,
        }
    }
}

impl Filter {
    /// Reads the text of `$filter`.
    ///
    /// # Errors
    /// [`BadQuery`] when it has another grammar or names a field that does not exist.
    pub(crate) fn read(entity: &EntityType, text: &str) -> Result<Self, BadQuery> {
        let mut reader = Reader { entity, tokens: tokens(text)?, at: 0 };
        let filter = reader.either(0)?;
        if reader.at == reader.tokens.len() { Ok(filter) } else { Err(syntax()) }
    }

    /// Whether it holds for `row`.
    pub(crate) fn holds(&self, row: &Value) -> bool {
        match self {
            Self::Either(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Both(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Not(part) => !part.holds(row),
            Self::Equal(one, other, wanted) => equal(one.value(row), other.value(row)) == *wanted,
            Self::Text(one, other, test) => match (one.value(row), other.value(row)) {
                (Value::String(one), Value::String(other)) => test(&one.to_lowercase(), &other.to_lowercase()),
                _ => false,
            },
        }
    }
}

fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.to_lowercase() == other.to_lowercase(),
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

fn syntax() -> BadQuery {
    BadQuery("The query specified in the URI is not valid. Syntax error in '$filter'.".to_owned())
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Text(String),
    Word(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, BadQuery> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '\'' => literal(rest)?,
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "(),'".contains(c)).unwrap_or(rest.len());
                (Token::Word(rest[..end].to_owned()), end)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// `'it''s'` and how long it is.
fn literal(text: &str) -> Result<(Token, usize), BadQuery> {
    let (mut out, mut from) = (String::new(), 1);
    loop {
        let end = from + text[from..].find('\'').ok_or_else(syntax)?;
        out.push_str(&text[from..end]);
        if !text[end + 1..].starts_with('\'') {
            return Ok((Token::Text(out), end + 1));
        }
        out.push('\'');
        from = end + 2;
    }
}

struct Reader<'a> {
    entity: &'a EntityType,
    tokens: Vec<Token>,
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.take(&Token::Word(word.to_owned()))
    }

    fn wants(&mut self, wanted: &Token) -> Result<(), BadQuery> {
        if self.take(wanted) { Ok(()) } else { Err(syntax()) }
    }

    fn either(&mut self, depth: usize) -> Result<Filter, BadQuery> {
        let mut parts = vec![self.both(depth)?];
        while self.take_word("or") {
            parts.push(self.both(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Either(parts) })
    }

    fn both(&mut self, depth: usize) -> Result<Filter, BadQuery> {
        let mut parts = vec![self.term(depth)?];
        while self.take_word("and") {
            parts.push(self.term(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Both(parts) })
    }

    fn term(&mut self, depth: usize) -> Result<Filter, BadQuery> {
        if depth > DEPTH_MAX {
            return Err(syntax());
        }
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.take(&Token::Open) {
            let inner = self.either(depth + 1)?;
            self.wants(&Token::Close)?;
            return Ok(inner);
        }
        if self.tokens.get(self.at + 1) == Some(&Token::Open) {
            return self.function();
        }
        let one = self.operand()?;
        let wanted = match self.next() {
            Some(Token::Word(word)) if word == "eq" => true,
            Some(Token::Word(word)) if word == "ne" => false,
            _ => return Err(syntax()),
        };
        Ok(Filter::Equal(one, self.operand()?, wanted))
    }

    fn function(&mut self) -> Result<Filter, BadQuery> {
        let test: fn(&str, &str) -> bool = match self.next() {
            Some(Token::Word(name)) if name == "startswith" => |text, start| text.starts_with(start),
            Some(Token::Word(name)) if name == "contains" => |text, part| text.contains(part),
            _ => return Err(syntax()),
        };
        self.wants(&Token::Open)?;
        let one = self.operand()?;
        self.wants(&Token::Comma)?;
        let other = self.operand()?;
        self.wants(&Token::Close)?;
        Ok(Filter::Text(one, other, test))
    }

    fn operand(&mut self) -> Result<Operand, BadQuery> {
        let word = match self.next() {
            Some(Token::Text(text)) => return Ok(Operand::Literal(Value::String(text))),
            Some(Token::Word(word)) => word,
            _ => return Err(syntax()),
        };
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            || ["true", "false", "null"].contains(&word.as_str())
        {
            return serde_json::from_str(&word).map(Operand::Literal).map_err(|_| syntax());
        }
        let first = word.split('/').next().unwrap_or_default();
        if self.entity.has(first) { Ok(Operand::Path(word)) } else { Err(self.entity.unknown(first)) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const USER: EntityType =
        EntityType { name: "User", fields: &["id", "email", "unit", "ended"], navigations: &[], searched: &[] };

    fn holds(filter: &str) -> bool {
        let row = json!({ "id": 7, "email": "o'test@example.dk", "unit": { "id": 31, "key": "U1" }, "ended": null });
        Filter::read(&USER, filter).expect("a filter").holds(&row)
    }

    #[test]
    fn and_binds_closer_than_or_and_parentheses_closer_still() {
        assert!(holds("id eq 7 or id eq 8 and id eq 9"));
        assert!(!holds("(id eq 7 or id eq 8) and id eq 9"));
        assert!(holds("not (id eq 8) and ended eq null"));
    }

    #[test]
    fn paths_quotes_numbers_and_functions_are_understood() {
        assert!(holds("unit/key ne 'U2' and (unit/id eq 30 or unit/id eq 31)"));
        assert!(holds("email eq 'O''Test@example.dk'"));
        assert!(holds("startswith(email,'o''t') and contains( email , 'example' )"));
        assert!(!holds("id eq '7'"));
    }

    #[test]
    fn what_is_not_a_filter_is_refused() {
        let deep = format!("{}id eq 7{}", "(".repeat(200), ")".repeat(200));
        for text in
            ["", "id", "id eq", "id eq 7)", "(id eq 7", "id like 7", "email eq 'x", "nobody eq 1", "id eq 7 7", &deep]
        {
            assert!(Filter::read(&USER, text).is_err(), "{text}");
        }
    }
}
