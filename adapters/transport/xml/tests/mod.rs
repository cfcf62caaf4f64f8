use super::*;

mod encodings;
mod limits;
mod reading;
mod refused;

fn read(text: &str) -> Result<Document, XmlError> {
    parse(Bytes::copy_from_slice(text.as_bytes()), "text/xml")
}
