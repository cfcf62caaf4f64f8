//! Envelopes with more, or other, than one header and one body.

use super::Attack;

const OPEN: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">";

fn envelope(parts: &str) -> Vec<u8> {
    format!("{OPEN}{parts}</s:Envelope>").into_bytes()
}

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new("two envelopes", |_| {
        let one = envelope("<s:Body><a/></s:Body>");
        [one.clone(), one].concat()
    }),
    Attack::new("an envelope in an envelope", |_| envelope(&format!("{OPEN}<s:Body><a/></s:Body></s:Envelope>"))),
    Attack::new("two bodies", |_| envelope("<s:Body><a/></s:Body><s:Body><b/></s:Body>")),
    Attack::new("two elements in the body", |_| envelope("<s:Body><a/><b/></s:Body>")),
    Attack::new("a fault beside an answer", |_| {
        envelope("<s:Body><a/><s:Fault><faultcode>s:Server</faultcode></s:Fault></s:Body>")
    }),
    Attack::new("no body", |_| envelope("<s:Header/>")),
    Attack::new("an empty body", |_| envelope("<s:Body> </s:Body>")),
    Attack::new("a body behind a foreign part", |_| envelope("<x/><s:Body><a/></s:Body>")),
    Attack::new("a header behind the body", |_| envelope("<s:Body><a/></s:Body><s:Header/>")),
    Attack::new("two headers", |_| envelope("<s:Header/><s:Header/><s:Body><a/></s:Body>")),
    Attack::new("a body of another namespace", |_| envelope("<Body><a/></Body>")),
    Attack::new("an envelope of no version", |_| {
        b"<e:Envelope xmlns:e=\"urn:e\"><e:Body><a/></e:Body></e:Envelope>".to_vec()
    }),
    Attack::new("the body of another version", |_| {
        envelope("<t:Body xmlns:t=\"http://www.w3.org/2003/05/soap-envelope\"><a/></t:Body>")
    }),
    Attack::new("signature wrapping", |_| {
        envelope(
            "<s:Header><w:Signed xmlns:w=\"urn:w\"><s:Body Id=\"signed\"><a/></s:Body></w:Signed></s:Header><s:Body Id=\"forged\"><b/></s:Body>",
        )
    }),
    Attack::new("an included file", |_| {
        envelope(
            "<s:Body><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" parse=\"text\"/></s:Body>",
        )
    }),
];
