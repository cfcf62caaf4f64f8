//! An `OData` question as query pairs, in the order in which the vendors' own screens send them.

use crate::transport::Call;

/// JSON without `OData`'s own annotations.
const FORMAT: &str = "application/json;odata.metadata=none";

/// One `$expand`: a navigation and the fields wanted of it (none: all of them).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expansion {
    /// The navigation's name.
    pub(crate) navigation: &'static str,
    /// Its `$select`.
    pub(crate) select: &'static [&'static str],
}

/// A question to one entity set. It may hold a number that the vendor forces into the address, so it has no `Debug`.
#[derive(Default)]
pub(crate) struct Query {
    select: String,
    expand: String,
    order_by: Option<String>,
    search: Option<String>,
    filter: Option<String>,
}

impl Query {
    /// Asks for these fields.
    pub(crate) fn select(names: &[&str]) -> Self {
        Self { select: names.join(","), ..Self::default() }
    }

    /// Asks for what these navigations lead to.
    #[must_use]
    pub(crate) fn expand(mut self, expansions: &[Expansion]) -> Self {
        let texts = expansions.iter().map(|expansion| match expansion.select {
            [] => expansion.navigation.to_owned(),
            fields => format!("{}($select={})", expansion.navigation, fields.join(",")),
        });
        self.expand = texts.collect::<Vec<_>>().join(",");
        self
    }

    /// Orders the rows.
    #[must_use]
    pub(crate) fn order_by(mut self, order: impl Into<String>) -> Self {
        self.order_by = Some(order.into());
        self
    }

    /// Free text. The vendors' parameter is `search`, not `OData`'s own `$search`.
    #[must_use]
    pub(crate) fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Keeps the rows for which `filter` holds.
    #[must_use]
    pub(crate) fn filter(mut self, filter: String) -> Self {
        self.filter = Some(filter);
        self
    }

    /// One page of the answer, with the count of all rows.
    pub(crate) fn page(&self, top: usize, skip: usize) -> Call {
        let page = Call::default()
            .pair("$format", FORMAT)
            .pair("$top", top.to_string())
            .pair("$skip", skip.to_string())
            .pair("$select", self.select.as_str());
        let optional = [
            ("$expand", Some(self.expand.as_str()).filter(|expand| !expand.is_empty())),
            ("$orderby", self.order_by.as_deref()),
            ("search", self.search.as_deref()),
            ("$filter", self.filter.as_deref()),
        ];
        let with = |call: Call, (name, value): (&str, Option<&str>)| match value {
            Some(value) => call.pair(name, value),
            None => call,
        };
        optional.into_iter().fold(page, with).pair("$count", "true")
    }

    /// The whole answer at once: only the fields and the filter, as the screens ask for lists of users.
    pub(crate) fn whole(&self) -> Call {
        let call = Call::default().pair("$select", self.select.as_str());
        match &self.filter {
            Some(filter) => call.pair("$filter", filter.as_str()),
            None => call,
        }
    }
}

/// A text literal: in quotes, with quotes inside it doubled, so that a value stays a value.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Rows whose `field` is one of `values`; `None` when there are no values (no filter would mean all rows).
pub(crate) fn any_of<'a>(field: &str, values: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let terms: Vec<String> = values.into_iter().map(|value| format!("{field} eq {}", quoted(value))).collect();
    (!terms.is_empty()).then(|| terms.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_come_in_the_screens_own_order_and_search_has_no_dollar() {
        let expansions = [
            Expansion { navigation: "person", select: &["id", "number"] },
            Expansion { navigation: "caseworker", select: &[] },
        ];
        let query = Query::select(&["id", "title"])
            .expand(&expansions)
            .order_by("id desc")
            .search("0101019999")
            .filter("a eq 1".to_owned());
        let call = query.page(20, 40);
        let pairs: Vec<_> = call.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let wanted = [
            ("$format", "application/json;odata.metadata=none"),
            ("$top", "20"),
            ("$skip", "40"),
            ("$select", "id,title"),
            ("$expand", "person($select=id,number),caseworker"),
            ("$orderby", "id desc"),
            ("search", "0101019999"),
            ("$filter", "a eq 1"),
            ("$count", "true"),
        ];
        assert_eq!(pairs, wanted);
    }

    #[test]
    fn a_quote_in_a_value_cannot_end_the_literal() {
        let filter = any_of("email", ["o'test@example.dk", "x' or 1 eq 1"]).expect("two values");
        assert_eq!(filter, "email eq 'o''test@example.dk' or email eq 'x'' or 1 eq 1'");
        assert_eq!(any_of("email", []), None);
    }
}
