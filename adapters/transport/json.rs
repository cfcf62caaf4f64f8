//! JSON answers: a web page or a broken text becomes `Malformed` with a place, never with a value.

use serde::de::DeserializeOwned;

use super::Answer;
use crate::contract::SourceError;

impl Answer {
    /// Reads the body as JSON. Depth is limited by the parser (128), size by the connection.
    ///
    /// # Errors
    /// `Malformed` with line and column. The parser's own text is dropped: it may quote a value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, SourceError> {
        let operation = self.operation.name;
        if self.is_html() {
            return Err(SourceError::malformed(operation, "a web page where JSON was wanted"));
        }
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        serde_json::from_slice(body).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => "data",
                serde_json::error::Category::Eof => "end of text",
                serde_json::error::Category::Syntax => "syntax",
                serde_json::error::Category::Io => "reading",
            };
            SourceError::malformed(operation, format!("{what} at line {} column {}", error.line(), error.column()))
        })
    }
}
