//! The frame around the question and the answer: path, media type, action, SOAP 1.1 or 1.2, and faults.

use super::question::Question;
use super::schema::Invalid;
use super::tree::{Space, Style, Tag};
use crate::case_index::wire::{ACTION, INPUT, PATH, ns};
use crate::fake::{FakeAnswer, FakeRequest};
use crate::transport::soap::SoapVersion;
use crate::transport::xml::{self, Document};

/// A question in its frame.
pub(super) struct Asked {
    /// The envelope's version, which the answer takes too.
    pub(super) version: SoapVersion,
    transaction: Option<String>,
    body: Document,
}

impl Asked {
    /// Reads the frame.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub(super) fn read(request: &FakeRequest) -> Result<Self, Box<FakeAnswer>> {
        let plain = |status, text: &'static str| Err(Box::new(FakeAnswer::new(status, "text/plain", text)));
        if !request.path.trim_end_matches('/').ends_with(PATH) {
            return plain(404, "not here");
        }
        if request.method != http::Method::POST {
            return plain(405, "POST");
        }
        let content_type = request.header("content-type").unwrap_or("text/xml");
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !matches!(media_type.as_str(), "text/xml" | "application/soap+xml") {
            return plain(415, "text/xml");
        }
        let refuse = |version, text: &str| Err(Box::new(fault(version, "Client", text)));
        let Ok(document) = xml::parse(request.body.clone(), content_type) else {
            return refuse(SoapVersion::V11, "Ugyldig XML");
        };
        let root = document.root();
        let versions = [SoapVersion::V11, SoapVersion::V12];
        let Some(version) = versions.into_iter().find(|version| root.is(version.namespace(), "Envelope")) else {
            return Err(Box::new(fault(SoapVersion::V11, "VersionMismatch", "Ukendt kuvert")));
        };
        match action(request, content_type) {
            Some(action) if action != ACTION => {
                let writes = ["importer", "opdater", "fjern"].iter().any(|verb| action.ends_with(verb));
                return refuse(version, if writes { "Handlingen er ikke tilladt" } else { "Ukendt SOAPAction" });
            }
            _ => {}
        }
        let block =
            root.child(version.namespace(), "Header").and_then(|header| header.child(ns::HEADER, "RequestHeader"));
        let transaction = block.and_then(|block| block.child_text(ns::HEADER, "TransactionUUID")).map(str::to_owned);
        let body = document.part(|root| root.child(version.namespace(), "Body")?.only_element());
        match body {
            Some(body) if body.root().is(ns::INDEX, INPUT) => Ok(Self { version, transaction, body }),
            Some(body) if is_write(body.root().name()) => refuse(version, "Handlingen er ikke tilladt"),
            Some(_) => refuse(version, "Ukendt element eller navnerum i Body"),
            None => refuse(version, "Body skal have et element"),
        }
    }

    /// The question inside.
    ///
    /// # Errors
    /// [`Invalid`] where the schema says so.
    pub(super) fn question(&self) -> Result<Question, Invalid> {
        Question::read(self.body.root())
    }

    /// `output` in the version that was asked in, with the transaction that was asked under.
    pub(super) fn answer(&self, style: Style, output: Tag) -> FakeAnswer {
        let space = Space::Envelope(self.version);
        let header = self.transaction.as_deref().map(|transaction| {
            let block = Tag::text(Space::Header, "TransactionUUID", transaction);
            Tag::new(space, "Header").add(Tag::new(Space::Header, "RequestHeader").add(block))
        });
        let envelope = Tag::new(space, "Envelope").with(header).add(Tag::new(space, "Body").add(output));
        FakeAnswer::new(200, media_type(self.version), envelope.document(style))
    }
}

/// The action of either version; none where the client sends none (the body says enough).
fn action<'a>(request: &'a FakeRequest, content_type: &'a str) -> Option<&'a str> {
    let parameter = || content_type.split(';').find_map(|part| part.trim().strip_prefix("action="));
    let action = request.header("soapaction").filter(|action| !action.trim().is_empty()).or_else(parameter)?;
    Some(action.trim().trim_matches('"')).filter(|action| !action.is_empty())
}

fn is_write(name: &str) -> bool {
    ["Importer", "Opdater", "Fjern"].iter().any(|verb| name.starts_with(verb))
}

const fn media_type(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "text/xml; charset=utf-8",
        SoapVersion::V12 => "application/soap+xml; charset=utf-8",
    }
}

/// A bare fault without detail; `code` in the words of SOAP 1.1.
pub(super) fn fault(version: SoapVersion, code: &str, text: &str) -> FakeAnswer {
    let space = Space::Envelope(version);
    let fault = Tag::new(space, "Fault");
    let fault = match version {
        SoapVersion::V11 => fault.add(Tag::text(Space::None, "faultcode", format!("s:{code}"))).add(Tag::text(
            Space::None,
            "faultstring",
            text,
        )),
        SoapVersion::V12 => {
            let code = match code {
                "Client" => "s:Sender",
                "Server" => "s:Receiver",
                _ => "s:VersionMismatch",
            };
            let reason = Tag::text(space, "Text", text).in_danish();
            fault
                .add(Tag::new(space, "Code").add(Tag::text(space, "Value", code)))
                .add(Tag::new(space, "Reason").add(reason))
        }
    };
    let envelope = Tag::new(space, "Envelope").add(Tag::new(space, "Body").add(fault));
    FakeAnswer::new(500, media_type(version), envelope.document(Style::Prefixed))
}
