//! The fake staff directory: five SOAP services with `laes`, `list` and `soeg`, and a refusal for everything that writes.

mod envelope;
mod objects;
mod render;
mod schema;
mod search;
#[cfg(test)]
mod tests;
mod things;

use envelope::{Asked, Operation};
use things::{Directory, Thing};
use uuid::Uuid;

use crate::fake::population::Staff;
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, VendorFault};
use crate::transport::soap::Node;

#[cfg(test)]
pub(super) use objects::STAND_IN;

/// The most hits that one page holds, whatever is asked for.
const PAGE_MAX: usize = 1_000;

/// SF1500, invented.
pub(crate) struct StaffDirectoryFake {
    context: FakeContext,
    directory: Directory,
}

impl StaffDirectoryFake {
    /// Serves the staff and units of a population.
    pub(crate) fn new(context: FakeContext) -> Self {
        Self { directory: objects::directory(&context.world), context }
    }

    fn take(&self, request: &FakeRequest, asked: &Asked) -> Result<Node, schema::Invalid> {
        if let Some(code) = request.header("x-fake-status") {
            let text = format!("Opdigtet: fejl ved opslag, kode {code}");
            return Ok(render::output(asked, code, Some(&text), Vec::new()));
        }
        let nothing = || render::output(asked, "44", None, Vec::new());
        let now = self.context.clock.now();
        if asked.operation == Operation::Search {
            let query = search::Query::read(asked.body.root(), asked.service)?;
            let refuses = |staff: &&Staff| staff.quirks.contains_key("refused") && query.names(&staff.id);
            if let Some(refused) = self.context.world.staff().iter().find(refuses) {
                let code = refused.quirks.get("refused").and_then(serde_json::Value::as_str).unwrap_or("40");
                return Ok(render::output(asked, code, Some("Opdigtet: afvist"), Vec::new()));
            }
            let things = self.directory.of(asked.service);
            let hits: Vec<&Thing> = things.filter(|thing| query.fits(thing, now)).collect();
            let page: Vec<&Thing> =
                hits.into_iter().skip(query.first).take(query.most.unwrap_or(PAGE_MAX).min(PAGE_MAX)).collect();
            return Ok(if page.is_empty() { nothing() } else { render::hits(asked, &page) });
        }
        let (ids, window) = search::listed(asked.body.root(), asked.operation, now)?;
        let world = &self.context.world;
        let is_lost =
            |id: &Uuid| world.staff().iter().any(|staff| staff.uuid == *id && staff.quirks.contains_key("not_listed"));
        let listed = ids.iter().filter(|id| !is_lost(id));
        let mut found: Vec<&Thing> = listed.filter_map(|id| self.directory.get(asked.service, *id)).collect();
        // Another order than the one asked in; what is not there is missing without a word.
        found.reverse();
        if found.is_empty() {
            return Ok(nothing());
        }
        let snapshots = found.into_iter().map(|thing| render::snapshot(thing, window));
        Ok(render::output(asked, "20", Some("OK"), snapshots.collect()))
    }
}

impl FakeSystem for StaffDirectoryFake {
    fn name(&self) -> &'static str {
        "staff_directory"
    }

    fn citizen(&self, _: &FakeRequest) -> Option<String> {
        None
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let asked = match Asked::read(request) {
            Ok(asked) => asked,
            Err(refusal) => return *refusal,
        };
        match self.take(request, &asked) {
            Ok(output) => asked.answer(&output),
            Err(invalid) => envelope::fault("Sender", &format!("Ugyldig forespoergsel: {}", invalid.0)),
        }
    }

    fn fault(&self, _: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        match fault {
            VendorFault::RefusedToken => envelope::fault("Sender", "Opdigtet: token afvist"),
            VendorFault::Fault => envelope::fault("Receiver", "Opdigtet: intern fejl"),
        }
    }
}
