//! The server's side of the style: query options over rows in memory, refused the way `OData` refuses.

mod filter;
mod options;

use serde_json::{Map, Value, json};

use self::filter::Filter;
use self::options::{Expand, Order, names, whole_number};
use crate::fake::FakeAnswer;

/// What an entity set holds, so that an unknown name is refused as the real systems refuse it.
#[derive(Debug)]
pub(crate) struct EntityType {
    /// Its name, for error texts.
    pub(crate) name: &'static str,
    /// Fields of the row itself, objects with a code among them.
    pub(crate) fields: &'static [&'static str],
    /// Fields that are left out unless `$expand` asks for them.
    pub(crate) navigations: &'static [(&'static str, &'static EntityType)],
    /// Paths that `search` looks into.
    pub(crate) searched: &'static [&'static str],
}

/// A question that the server does not understand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadQuery(pub(crate) String);

impl From<BadQuery> for FakeAnswer {
    fn from(bad: BadQuery) -> Self {
        FakeAnswer::json(400, &json!({ "error": { "code": "", "message": bad.0 } }))
    }
}

impl EntityType {
    /// The answer to `pairs` over `rows`, which hold every field and navigation.
    pub(crate) fn answer(&self, pairs: &[(String, String)], rows: &[Value]) -> FakeAnswer {
        self.page(pairs, rows).map_or_else(FakeAnswer::from, |body| FakeAnswer::json(200, &body))
    }

    /// As [`EntityType::answer`], before it becomes bytes.
    ///
    /// # Errors
    /// [`BadQuery`] for an option or a name that does not exist, and for a filter that cannot be read.
    pub(crate) fn page(&self, pairs: &[(String, String)], rows: &[Value]) -> Result<Value, BadQuery> {
        let asked = Asked::read(self, pairs)?;
        let found = rows.iter().filter(|row| {
            asked.filter.as_ref().is_none_or(|filter| filter.holds(row))
                && asked.search.as_ref().is_none_or(|text| self.mentions(row, text))
        });
        let mut found: Vec<&Value> = found.collect();
        asked.order.sort(&mut found);
        let page = found.iter().skip(asked.skip).take(asked.top.unwrap_or(usize::MAX));
        let value: Vec<Value> = page.map(|row| asked.expand.project(self, asked.select.as_deref(), row)).collect();
        let mut body = Map::new();
        if asked.count {
            body.insert("@odata.count".to_owned(), json!(found.len()));
        }
        body.insert("value".to_owned(), Value::Array(value));
        Ok(Value::Object(body))
    }

    fn mentions(&self, row: &Value, text: &str) -> bool {
        let values = self.searched.iter().filter_map(|path| at(row, path)?.as_str());
        values.map(str::to_lowercase).any(|value| value.contains(text))
    }

    fn has(&self, name: &str) -> bool {
        self.fields.contains(&name) || self.navigation(name).is_some()
    }

    fn navigation(&self, name: &str) -> Option<&'static EntityType> {
        self.navigations.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
    }

    fn unknown(&self, name: &str) -> BadQuery {
        BadQuery(format!(
            "The query specified in the URI is not valid. Could not find a property named '{name}' on type '{}'.",
            self.name
        ))
    }
}

/// The value at `a/b` of a row.
fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(row, |value, name| value.get(name))
}

/// The options of one request.
struct Asked {
    select: Option<Vec<String>>,
    expand: Expand,
    filter: Option<Filter>,
    order: Order,
    search: Option<String>,
    top: Option<usize>,
    skip: usize,
    count: bool,
}

impl Asked {
    fn read(entity: &EntityType, pairs: &[(String, String)]) -> Result<Self, BadQuery> {
        let mut asked = Self {
            select: None,
            expand: Expand::default(),
            filter: None,
            order: Order::default(),
            search: None,
            top: None,
            skip: 0,
            count: false,
        };
        for (name, value) in pairs {
            match name.as_str() {
                "$format" if value.contains("json") => {}
                "$select" => asked.select = Some(names(entity, value)?),
                "$expand" => asked.expand = Expand::read(entity, value)?,
                "$filter" => asked.filter = Some(Filter::read(entity, value)?),
                "$orderby" => asked.order = Order::read(entity, value)?,
                "$top" => asked.top = Some(whole_number(name, value)?),
                "$skip" => asked.skip = whole_number(name, value)?,
                "$count" => asked.count = value.parse().map_err(|_| options::invalid(name))?,
                "search" => asked.search = Some(value.trim().to_lowercase()).filter(|text| !text.is_empty()),
                _ if name.starts_with('$') => return Err(options::invalid(name)),
                _ => {} // what browsers and proxies add
            }
        }
        Ok(asked)
    }
}
