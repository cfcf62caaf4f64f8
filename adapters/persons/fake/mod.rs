//! The fake register: a SOAP 1.1 server for `PersonLookup`, versions 5 and 4, that refuses what the contract refuses.

mod address;
mod answer;
mod family;
mod question;
#[cfg(test)]
mod tests;

use question::Asked;

use super::wire::{ANSWER, ns};
use crate::contract::{CprNumber, danish_day};
use crate::fake::population::{Person, RegisterAnswer};
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeSystem, VendorFault};
use crate::transport::soap::{Node, SoapVersion, envelope};

/// SF1520, invented.
pub(crate) struct PersonsFake {
    context: FakeContext,
}

/// What clients look for in the fault of an unknown number.
const NOBODY: &str = "PNR not found";

impl PersonsFake {
    /// Serves the people of a population.
    pub(crate) fn new(context: FakeContext) -> Self {
        Self { context }
    }

    fn look_up(&self, asked: &Asked, number: &str) -> FakeAnswer {
        let world = &self.context.world;
        let Some(person) = CprNumber::parse(number).ok().and_then(|number| world.person(number.expose())) else {
            return fault("Server", NOBODY, NOBODY);
        };
        let (today, version) = (danish_day(self.context.clock.now()), asked.version);
        let told = answer::Told { world, person, number, today, version };
        let root = Node::new(ANSWER).attribute("xmlns", version.namespace());
        let root = match extent(person, number) {
            RegisterAnswer::Empty => root,
            RegisterAnswer::Thin => root.with(told.thin()),
            RegisterAnswer::Full => {
                root.with(told.person_data()).with_all(address::addresses(&told)).with_all(family::relations(&told))
            }
        };
        FakeAnswer::new(200, MEDIA_TYPE, envelope(SoapVersion::V11, &[], &root))
    }
}

/// How much is told: whether a replaced number still has a filled answer is not public, so a person may have either.
fn extent(person: &Person, number: &str) -> RegisterAnswer {
    if person.cpr == number { person.register.answer } else { person.register.answer_to_former }
}

const MEDIA_TYPE: &str = "text/xml; charset=utf-8";

/// A fault with the platform's detail. The codes are not public: this one is ours.
fn fault(code: &str, text: &str, detail: &str) -> FakeAnswer {
    let error =
        Node::new("f:Error").with(Node::text("f:ErrorCode", "OPDIGTET-1")).with(Node::text("f:ErrorText", detail));
    let detail =
        Node::new("f:ServiceplatformFault").attribute("xmlns:f", ns::FAULT).with(Node::new("f:ErrorList").with(error));
    let fault = Node::new("s:Fault")
        .with(Node::text("faultcode", format!("s:{code}")))
        .with(Node::text("faultstring", text))
        .with(Node::new("detail").with(detail));
    FakeAnswer::new(500, MEDIA_TYPE, envelope(SoapVersion::V11, &[], &fault))
}

impl FakeSystem for PersonsFake {
    fn name(&self) -> &'static str {
        "persons"
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let asked = Asked::read(request).ok()?.number().ok()?;
        CprNumber::parse(&asked).ok().map(|number| number.expose().to_owned())
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let asked = match Asked::read(request) {
            Ok(asked) => asked,
            Err(refusal) => return *refusal,
        };
        match asked.number() {
            Ok(number) => self.look_up(&asked, request.whose(&number)),
            Err(invalid) => fault("Client", &format!("Ugyldig forespoergsel: {}", invalid.0), invalid.0),
        }
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        match fault {
            VendorFault::RefusedToken => self::fault("Client", "Opdigtet: certifikat eller token afvist", "afvist"),
            VendorFault::Fault => {
                // What a careless error text repeats: the number asked for.
                let about = self.citizen(request).unwrap_or_default();
                self::fault("Server", &format!("Opdigtet: intern fejl ved opslag paa {about}"), "intern fejl")
            }
        }
    }
}
