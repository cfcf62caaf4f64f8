//! The question as the contract has it: path, action, envelope, the parts of the request in their order.

use crate::fake::{FakeAnswer, FakeRequest};
use crate::persons::wire::{QUESTION, Version, ns};
use crate::transport::soap::SoapVersion;
use crate::transport::xml::{self, Document, Element};

/// The question does not follow the contract; which part, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Invalid(pub(super) &'static str);

/// A question in its frame.
pub(super) struct Asked {
    /// The version of the path, which the rest must be in too.
    pub(super) version: Version,
    /// The header holds a security token, so that the body may do without contexts.
    has_token: bool,
    body: Document,
}

const WS_SECURITY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// Longest text of a context.
const TEXT_MAX: usize = 255;

impl Asked {
    /// Reads the frame.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub(super) fn read(request: &FakeRequest) -> Result<Self, Box<FakeAnswer>> {
        let plain = |status, text: &'static str| Err(Box::new(FakeAnswer::new(status, "text/plain", text)));
        let refuse = |code, text: &str| Err(Box::new(super::fault(code, text, text)));
        let path = request.path.trim_end_matches('/');
        let Some(version) = [Version::Five, Version::Four].into_iter().find(|version| path.ends_with(version.path()))
        else {
            return plain(404, "not here");
        };
        if request.method != http::Method::POST {
            return plain(405, "POST");
        }
        let content_type = request.header("content-type").unwrap_or_default();
        if !content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/xml") {
            return plain(415, "text/xml");
        }
        let Ok(document) = xml::parse(request.body.clone(), content_type) else {
            return refuse("Client", "Ugyldig XML");
        };
        let root = document.root();
        let namespace = SoapVersion::V11.namespace();
        if !root.is(namespace, "Envelope") {
            return refuse("VersionMismatch", "Ugyldig kuvert: SOAP 1.1 kraeves");
        }
        let action = request.header("soapaction").unwrap_or_default().trim();
        if action.trim_matches('"') != version.action() {
            return refuse("Client", "Ukendt SOAPAction");
        }
        let header = root.child(namespace, "Header");
        let has_token = header.is_some_and(|header| header.child(WS_SECURITY, "Security").is_some());
        match document.part(|root| root.child(namespace, "Body")?.only_element()) {
            Some(body) if body.root().is(version.namespace(), QUESTION) => Ok(Self { version, has_token, body }),
            Some(_) => refuse("Client", "Ugyldigt element eller navnerum i Body"),
            None => refuse("Client", "Ugyldig Body: den skal have et element"),
        }
    }

    /// The number asked about, as it stands: the schema lets every text of at most ten characters through.
    ///
    /// # Errors
    /// [`Invalid`] where schema or policy say so.
    pub(super) fn number(&self) -> Result<String, Invalid> {
        const PARTS: [(&str, &str); 4] = [
            (ns::CALL, "CallContext"),
            (ns::AUTHORITY, "AuthorityContext"),
            (ns::INVOCATION, "InvocationContext"),
            (ns::NUMBER, "PNR"),
        ];
        let body = self.body.root();
        bare(body)?;
        let mut reached = 0;
        for child in body.elements() {
            let place = PARTS.iter().position(|(namespace, name)| child.is(namespace, name));
            match place.ok_or(Invalid("et ukendt element"))? {
                place if place < reached => return Err(Invalid("elementer i forkert orden eller to gange")),
                place => reached = place + 1,
            }
        }
        let part = |at: usize| body.child(PARTS[at].0, PARTS[at].1);
        part(0).map_or(Ok(()), |call| texts(call, ns::CALL))?;
        part(1).map_or(Ok(()), authority)?;
        match part(2) {
            Some(context) => invocation(context, self.version)?,
            None if self.has_token => {}
            None => return Err(Invalid("sikkerhed: InvocationContext mangler")),
        }
        let number = part(3).ok_or(Invalid("PNR mangler"))?;
        let text = number.text().unwrap_or_default();
        if number.elements().next().is_some() || text.chars().count() > 10 {
            return Err(Invalid("PNR er hoejst ti tegn"));
        }
        Ok(text.to_owned())
    }
}

/// No attribute, no text between the children.
fn bare(element: Element<'_>) -> Result<(), Invalid> {
    let is_bare = !element.has_attributes() && element.text().is_none();
    if is_bare { Ok(()) } else { Err(Invalid("tekst eller attribut hvor ingen hoerer til")) }
}

const TEXTS: [&str; 3] = ["OnBehalfOfUser", "CallersServiceCallIdentifier", "AccountingInfo"];
const IDS: [&str; 4] = ["ServiceAgreementUUID", "UserSystemUUID", "UserUUID", "ServiceUUID"];

/// Optional texts in any order, each once.
fn texts(element: Element<'_>, namespace: &str) -> Result<(), Invalid> {
    each_once(element, namespace, &TEXTS)
}

fn each_once(element: Element<'_>, namespace: &str, known: &[&str]) -> Result<(), Invalid> {
    bare(element)?;
    for child in element.elements() {
        if !known.iter().any(|name| child.is(namespace, name)) {
            return Err(Invalid("et ukendt element i en kontekst"));
        }
        let is_second = element.children(namespace, child.name()).count() > 1;
        if is_second || child.elements().next().is_some() || child.text().unwrap_or_default().chars().count() > TEXT_MAX
        {
            return Err(Invalid("en kontekst har en tekst to gange eller for lang"));
        }
    }
    Ok(())
}

fn authority(element: Element<'_>) -> Result<(), Invalid> {
    each_once(element, ns::AUTHORITY, &["MunicipalityCVR"])?;
    let cvr = element.child_text(ns::AUTHORITY, "MunicipalityCVR").unwrap_or_default();
    let is_cvr = cvr.len() == 8 && cvr.bytes().all(|byte| byte.is_ascii_digit());
    if is_cvr { Ok(()) } else { Err(Invalid("MunicipalityCVR er otte cifre")) }
}

fn invocation(element: Element<'_>, version: Version) -> Result<(), Invalid> {
    let known: Vec<&str> = IDS.into_iter().chain(TEXTS).collect();
    each_once(element, ns::INVOCATION, &known)?;
    let is_lower_case_uuid = |name: &&str| {
        let text = element.child_text(ns::INVOCATION, name).unwrap_or_default();
        text.len() == 36 && uuid::Uuid::try_parse(text).is_ok_and(|uuid| uuid.to_string() == text)
    };
    if !IDS.iter().all(is_lower_case_uuid) {
        return Err(Invalid("InvocationContext skal have fire UUID'er med smaa bogstaver"));
    }
    let service = element.child_text(ns::INVOCATION, "ServiceUUID").unwrap_or_default();
    if service == version.service().to_string() { Ok(()) } else { Err(Invalid("ServiceUUID er en anden service")) }
}
