//! `LoRa` in memory: searches, reads and refusals as `oio_rest` gives them, over the shared population.

mod query;
mod render;

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use self::query::{Query, Window};
use crate::contract::CprNumber;
use crate::fake::population::{CaseRow, RowKind};
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, VendorFault};

/// The relations by which a citizen is a party.
const PARTIES: [&str; 4] = ["primaerpart", "sekundaerpart", "ydelsesmodtager", "indsatsmodtager"];

/// One `LoRa` with the rows of `oio`.
#[derive(Debug)]
pub(super) struct Lora {
    context: FakeContext,
    /// As `LoRa` pages: by user key, then by UUID.
    all: Vec<usize>,
    by_id: HashMap<Uuid, usize>,
    by_party: HashMap<String, Vec<usize>>,
}

impl Lora {
    /// A `LoRa` over this population.
    pub(super) fn new(context: FakeContext) -> Self {
        let (mut by_id, mut by_party) = (HashMap::new(), HashMap::<String, Vec<usize>>::new());
        let rows = context.world.cases();
        let mut all: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].source == "oio").collect();
        all.sort_by_key(|at| (rows[*at].user_key.as_ref().or(rows[*at].number.as_ref()), rows[*at].id));
        for (at, row) in all.iter().map(|at| (*at, &rows[*at])) {
            by_id.insert(row.id, at);
            by_party.entry(row.citizen.clone()).or_default().push(at);
            if let Some(former) = render::former_party(row) {
                by_party.entry(former.to_owned()).or_default().push(at);
            }
        }
        Self { context, all, by_id, by_party }
    }

    fn row(&self, id: Uuid) -> Option<&CaseRow> {
        self.by_id.get(&id).map(|at| &self.context.world.cases()[*at])
    }

    /// The rows that a search goes through: one citizen's where it names one, else all.
    fn candidates(&self, kind: RowKind, person: Option<&str>) -> Vec<&CaseRow> {
        let cases = self.context.world.cases();
        let of_kind = |row: &&CaseRow| row.source == "oio" && row.kind == kind;
        match person {
            Some(person) => {
                self.by_party.get(person).into_iter().flatten().map(|at| &cases[*at]).filter(of_kind).collect()
            }
            None => self.all.iter().map(|at| &cases[*at]).filter(of_kind).collect(),
        }
    }

    fn search(&self, request: &FakeRequest, kind: RowKind, query: &Query) -> FakeAnswer {
        let asked = query.person();
        let person = asked.as_deref().map(|asked| request.whose(asked));
        let hits = self.candidates(kind, person).into_iter().filter(|row| {
            query.was_in_force(row)
                && (query.has_no_filter() || query.matches(row, &render::registration(row, &self.context), person))
        });
        let ids = hits.map(|row| row.id.to_string()).skip(query.first_result).take(query.max_results);
        FakeAnswer::json(200, &json!({ "results": [ids.collect::<Vec<_>>()] }))
    }

    /// Several objects whole. `LoRa` refuses them all when the first is deleted; here when any is.
    fn list(&self, kind: RowKind, query: &Query) -> FakeAnswer {
        let mut objects = Vec::new();
        for id in &query.uuids {
            let Some(row) = Uuid::try_parse(id).ok().and_then(|id| self.row(id)).filter(|row| row.kind == kind) else {
                continue;
            };
            match render::gone(row) {
                Some("deleted") => {
                    return message(410, &format!("The object with UUID {id} has been deleted."));
                }
                Some(_) => {}
                None => objects.push(self.object(row, &query.window)),
            }
        }
        let results = if objects.is_empty() { json!([]) } else { json!([objects]) };
        FakeAnswer::json(200, &json!({ "results": results }))
    }

    fn one(&self, kind: RowKind, id: &str, query: &Query) -> FakeAnswer {
        let class = if kind == RowKind::Case { "Sag" } else { "Indsats" };
        let row = Uuid::try_parse(id).ok().and_then(|id| self.row(id)).filter(|row| row.kind == kind);
        match row.map(|row| (row, render::gone(row))) {
            Some((_, Some("deleted"))) => message(410, "This object has been deleted."),
            Some((row, None)) => {
                let id = row.id.to_string();
                FakeAnswer::json(200, &json!({ id: [self.object(row, &query.window)] }))
            }
            _ => message(404, &format!("No {class} with ID {id} found in service {class}")),
        }
    }

    fn object(&self, row: &CaseRow, window: &Window) -> Value {
        if row.quirks.contains_key("misfit") {
            return json!({ "id": row.id, "registreringer": "misfit" });
        }
        let mut newest = render::registration(row, &self.context);
        query::trim(&mut newest, window);
        let mut registrations = vec![newest.clone()];
        if render::registrations(row) > 1 {
            registrations.push(render::older(newest));
        }
        json!({ "id": row.id, "registreringer": registrations })
    }
}

impl FakeSystem for Lora {
    fn name(&self) -> &'static str {
        "oio"
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let (_, id) = route(&request.path)?;
        let named = request.query.iter().find_map(|(name, value)| {
            let relation = name.split(':').next().unwrap_or_default().to_lowercase();
            PARTIES.contains(&relation.as_str()).then(|| CprNumber::from_urn(value)).flatten()
        });
        let id = id.or_else(|| request.pair("uuid"));
        let owner = || Some(self.row(Uuid::try_parse(id?).ok()?)?.citizen.clone());
        named.map(|person| person.expose().to_owned()).or_else(owner)
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let Some((kind, id)) = route(&request.path) else {
            return FakeAnswer::json(404, &json!({ "error": 404, "text": "404 Not Found" }));
        };
        if request.method != http::Method::GET {
            return message(405, "This LoRa is read-only.");
        }
        let now = self.context.clock.now();
        match (Query::read(kind, id.is_some(), &request.query, now), id) {
            (Err(refusal), _) => message(400, &refusal),
            (Ok(query), Some(id)) => self.one(kind, id, &query),
            (Ok(query), None) if query.is_list() => self.list(kind, &query),
            (Ok(query), None) => self.search(request, kind, &query),
        }
    }

    fn fault(&self, _request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        match fault {
            VendorFault::Fault => message(400, "Unsupported argument(s): primaerpart"),
            VendorFault::RefusedToken => message(401, "No valid token was given."),
        }
    }
}

fn message(status: u16, text: &str) -> FakeAnswer {
    FakeAnswer::json(status, &json!({ "message": text }))
}

/// Class and id of `/sag/sag`, `/indsats/indsats/{uuid}` and the same below `/lora`.
fn route(path: &str) -> Option<(RowKind, Option<&str>)> {
    let path = path.trim_end_matches('/');
    let path = path.strip_prefix("/lora").unwrap_or(path);
    let (kind, rest) = match (path.strip_prefix("/sag/sag"), path.strip_prefix("/indsats/indsats")) {
        (Some(rest), _) => (RowKind::Case, rest),
        (_, Some(rest)) => (RowKind::Intervention, rest),
        _ => return None,
    };
    match rest.strip_prefix('/') {
        _ if rest.is_empty() => Some((kind, None)),
        Some(id) if !id.contains('/') => Some((kind, Some(id))),
        _ => None,
    }
}
