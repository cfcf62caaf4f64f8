//! What the joint support systems of the municipalities (KOMBIT's [DK] støttesystemer) share on the wire: namespaces,
//! time, status codes, faults, signing. Nothing here knows a single service.

#[cfg(feature = "fakes")]
pub(crate) mod fake;
pub(crate) mod fault;
pub(crate) mod time;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::contract::SourceError;
use crate::transport::Answer;
use crate::transport::soap::{self, Content, Node};
use crate::transport::xml::Document;

/// Namespace of identifiers, effects, paging and the standard return.
pub(crate) const OIO: &str = "urn:oio:sagdok:3.0.0";
/// Namespace of the request header.
pub(crate) const HEADER: &str = "http://kombit.dk/xml/schemas/RequestHeader/1/";

/// How calls are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Security {
    /// Unsigned: for the fakes, and for a gateway that signs in our place.
    #[default]
    None,
    /// OIO IDWS, a signed SAML token. Not built yet.
    Idws,
}

/// The header of every question: a fresh id of the call, random, never derived from anybody.
pub(crate) fn request_header(transaction: Uuid) -> Node {
    Node::new("h:RequestHeader")
        .attribute("xmlns:h", HEADER)
        .with(Node::text("h:TransactionUUID", transaction.to_string()))
}

/// The one element of an answer's body.
///
/// # Errors
/// What a fault means, see [`fault::of_fault`]; the status' own error; `Malformed` when it is no envelope.
pub(crate) async fn body(mut answer: Answer) -> Result<Document, SourceError> {
    let operation = answer.operation.name;
    // A fault tells more than its status 500, so the envelope is read first; anything else that failed is its status.
    match soap::read(&mut answer).await {
        Ok(Content::Fault(fault)) => Err(fault::of_fault(operation, &fault)),
        Ok(Content::Body(body)) => answer.success().map(|_| body),
        Err(error) => answer.success().and(Err(error)),
    }
}
