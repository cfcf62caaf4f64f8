//! The frame around the question and the answer: path, media type, action, SOAP 1.2, and faults.

use super::schema;
use crate::fake::{FakeAnswer, FakeRequest};
use crate::staff_directory::wire::{Service, ns};
use crate::transport::soap::{Node, SoapVersion, envelope};
use crate::transport::xml::{self, Document};

const SOAP: &str = SoapVersion::V12.namespace();
const MEDIA_TYPE: &str = "application/soap+xml; charset=utf-8";

/// The services by their place in path and action.
const SERVICES: [(&str, Service); 5] = [
    ("bruger", Service::User),
    ("person", Service::Person),
    ("adresse", Service::Address),
    ("organisationfunktion", Service::Function),
    ("organisationenhed", Service::Unit),
];

/// What is asked of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// `laes`
    Read,
    /// `list`
    List,
    /// `soeg`
    Search,
}

impl Operation {
    const ALL: [(&'static str, &'static str, Self); 3] =
        [("laes", "LaesInput", Self::Read), ("list", "ListInput", Self::List), ("soeg", "SoegInput", Self::Search)];

    /// The root of its answer.
    pub(super) const fn output(self) -> &'static str {
        match self {
            Self::Read => "x:LaesOutput",
            Self::List => "x:ListOutput",
            Self::Search => "x:SoegOutput",
        }
    }
}

/// A question in its frame.
pub(super) struct Asked {
    /// Of which service.
    pub(super) service: Service,
    /// What.
    pub(super) operation: Operation,
    /// The question.
    pub(super) body: Document,
    transaction: Option<String>,
}

impl Asked {
    /// Reads the frame.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub(super) fn read(request: &FakeRequest) -> Result<Self, Box<FakeAnswer>> {
        let plain = |status, text: &'static str| Err(Box::new(FakeAnswer::new(status, "text/plain", text)));
        let path = request.path.trim_end_matches('/').strip_suffix("/6").unwrap_or_default();
        let found = SERVICES
            .iter()
            .find(|(name, _)| path.strip_suffix(name).is_some_and(|head| head.ends_with("/organisation/")));
        let Some((name, service)) = found else { return plain(404, "not here") };
        if request.method != http::Method::POST {
            return plain(405, "POST");
        }
        let content_type = request.header("content-type").unwrap_or_default();
        if !content_type
            .split(';')
            .next()
            .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/soap+xml"))
        {
            return plain(415, "application/soap+xml");
        }
        let refuse = |text: &str| Err(Box::new(fault("Sender", text)));
        let Ok(document) = xml::parse(request.body.clone(), content_type) else { return refuse("Ugyldig XML") };
        let root = document.root();
        if !root.is(SOAP, "Envelope") {
            return Err(Box::new(fault("VersionMismatch", "Kuverten skal vaere SOAP 1.2")));
        }
        let header = root.child(SOAP, "Header").and_then(|header| header.child(ns::HEADER, "RequestHeader"));
        let transaction = header.and_then(|header| header.child_text(ns::HEADER, "TransactionUUID")).map(str::to_owned);
        let Some(body) = document.part(|root| root.child(SOAP, "Body")?.only_element()) else {
            return refuse("Body skal have et element");
        };
        if schema::writes(body.root().name()) || action(content_type).is_some_and(schema::is_write_action) {
            return refuse("Handlingen er ikke tilladt");
        }
        let operation = Operation::ALL.iter().find(|(_, input, _)| body.root().is(service.namespace(), input));
        let Some((verb, _, operation)) = operation else { return refuse("Ukendt element eller navnerum i Body") };
        // The action is not required; a wrong one is wrong.
        let wanted = format!("http://kombit.dk/sts/organisation/{name}/{verb}");
        if action(content_type).is_some_and(|action| action != wanted) {
            return refuse("Ukendt action");
        }
        Ok(Self { service: *service, operation: *operation, body, transaction })
    }

    /// `output` under the transaction that was asked under.
    pub(super) fn answer(&self, output: &Node) -> FakeAnswer {
        let header = self.transaction.as_ref().map(|transaction| {
            Node::new("h:RequestHeader")
                .attribute("xmlns:h", ns::HEADER)
                .with(Node::text("h:TransactionUUID", transaction.clone()))
        });
        FakeAnswer::new(200, MEDIA_TYPE, envelope(SoapVersion::V12, header.as_slice(), output))
    }
}

fn action(content_type: &str) -> Option<&str> {
    let action = content_type.split(';').find_map(|part| part.trim().strip_prefix("action="))?;
    Some(action.trim_matches('"')).filter(|action| !action.is_empty())
}

/// A bare SOAP 1.2 fault; `code` without prefix.
pub(super) fn fault(code: &str, text: &str) -> FakeAnswer {
    let reason = Node::text("s:Text", text).attribute("xml:lang", "da");
    let fault = Node::new("s:Fault")
        .with(Node::new("s:Code").with(Node::text("s:Value", format!("s:{code}"))))
        .with(Node::new("s:Reason").with(reason));
    FakeAnswer::new(500, MEDIA_TYPE, envelope(SoapVersion::V12, &[], &fault))
}
