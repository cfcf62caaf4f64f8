//! The question on the wire: `PersonLookup` of one number, with the contexts that say who asks.

use uuid::Uuid;

use super::settings::{Security, Settings};
use super::wire::{Version, ns};
use crate::transport::soap::{Node, SoapVersion, envelope};

/// A number that nobody can have, for a question that concerns no citizen.
pub(super) const NOBODY: &str = "0000000000";

/// Looks `number` up: ten digits, the schema itself would let anything shorter through.
pub(super) fn look_up(settings: &Settings, version: Version, transaction: Uuid, number: &str) -> String {
    // The call's random id, so that both sides can find the call; never anything that tells whom it is about.
    let call = Node::new("c:CallContext")
        .attribute("xmlns:c", ns::CALL)
        .with(Node::text("c:CallersServiceCallIdentifier", transaction.to_string()));
    let authority = settings.municipality_cvr.as_ref().map(|cvr| {
        let cvr = Node::text("a:MunicipalityCVR", cvr.as_str());
        Node::new("a:AuthorityContext").attribute("xmlns:a", ns::AUTHORITY).with(cvr)
    });
    let invocation = (settings.security == Security::Context).then(|| invocation(settings, version));
    let body = Node::new("p:PersonLookupRequest")
        .attribute("xmlns:p", version.namespace())
        .with(call)
        .with_all(authority)
        .with_all(invocation)
        .with(Node::text("n:PNR", number).attribute("xmlns:n", ns::NUMBER));
    envelope(SoapVersion::V11, &[], &body)
}

fn invocation(settings: &Settings, version: Version) -> Node {
    let part = |name, id: Option<Uuid>| id.map(|id| Node::text(name, id.to_string()));
    let parts = [
        part("i:ServiceAgreementUUID", settings.service_agreement),
        part("i:UserSystemUUID", settings.user_system),
        part("i:UserUUID", settings.user),
        part("i:ServiceUUID", Some(settings.service.unwrap_or(version.service()))),
    ];
    Node::new("i:InvocationContext").attribute("xmlns:i", ns::INVOCATION).with_all(parts.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::xml::{Element, body, tree};

    fn settings() -> Settings {
        let uuid = "11111111-1111-4111-8111-111111111111".parse().ok();
        let (service_agreement, user_system) = (uuid, "22222222-2222-4222-8222-222222222222".parse().ok());
        let user = "33333333-3333-4333-8333-333333333333".parse().ok();
        Settings { service_agreement, user_system, user, ..Settings::default() }
    }

    #[test]
    fn the_question_is_the_one_of_the_contract() {
        let transaction = "44444444-4444-4444-8444-444444444444".parse().expect("a UUID");
        let written = look_up(&settings(), Version::Five, transaction, "0101019999");
        assert_eq!(tree(&written), tree(include_str!("fixtures/request.xml")));
    }

    #[test]
    fn the_authority_stands_between_the_other_contexts_and_the_version_is_a_parameter() {
        let settings = Settings { municipality_cvr: Some("55133018".to_owned()), ..settings() };
        let written = body(&look_up(&settings, Version::Four, Uuid::nil(), "0101019999"));
        let question = written.root();
        assert!(question.is(Version::Four.namespace(), "PersonLookupRequest"));
        let names: Vec<&str> = question.elements().map(Element::name).collect();
        assert_eq!(names, ["CallContext", "AuthorityContext", "InvocationContext", "PNR"]);
        assert_eq!(
            question.elements().nth(2).and_then(|context| context.child_text(ns::INVOCATION, "ServiceUUID")),
            Some("e6be2436-bf35-4df2-83fe-925142825dc2")
        );
    }

    #[test]
    fn behind_a_gateway_that_signs_only_the_call_and_the_number_are_sent() {
        let settings = Settings { security: Security::None, ..Settings::default() };
        let written = body(&look_up(&settings, Version::Five, Uuid::nil(), NOBODY));
        let names: Vec<&str> = written.root().elements().map(Element::name).collect();
        assert_eq!(names, ["CallContext", "PNR"]);
    }
}
