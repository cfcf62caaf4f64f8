//! Strict, bounded JSON over `serde_json`, which alone takes the last of two equal keys for a value that nobody sees.
//!
//! A web page, a broken text or a text over the limits becomes `Malformed` with a place, never with a value.

mod check;
#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{Answer, fence, letters};
use crate::contract::SourceError;

/// Deepest nesting that is read.
pub const DEPTH_MAX: usize = 64;
/// Most keys in one object.
pub const KEYS_MAX: usize = 4_096;
/// Most values in one text: so many, and one more for each of [`BYTES_PER_VALUE`] bytes.
pub const VALUES_SPARE: usize = 16_384;
/// Bytes that a value must have on average beyond [`VALUES_SPARE`], its key and all punctuation counted.
pub const BYTES_PER_VALUE: usize = 8;
/// Most objects and lists in one text: so many, and one more for each of [`BYTES_PER_GROUP`] bytes.
pub const GROUPS_SPARE: usize = 8_192;
/// Bytes that an object or list must have on average beyond [`GROUPS_SPARE`].
pub const BYTES_PER_GROUP: usize = 32;

/// Why a text is not taken as JSON. Says where, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8, or something else is said of it.
    #[error("an encoding other than UTF-8")]
    Encoding,
    /// Not JSON; or a string holds a lone surrogate or the character of number 0.
    #[error("syntax at line {0} column {1}")]
    Syntax(usize, usize),
    /// It ends too early.
    #[error("end of text at line {0} column {1}")]
    End(usize, usize),
    /// Two equal keys in one object.
    #[error("a key twice in one object at line {0} column {1}")]
    DoubleKey(usize, usize),
    /// Deeper, wider or in more parts than the limits.
    #[error("over the limit at line {0} column {1}")]
    OverLimit(usize, usize),
    /// JSON, but not what the adapter reads.
    #[error("data at line {0} column {1}")]
    Data(usize, usize),
}

impl Answer {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// `Malformed` with line and column. The parser's own text is dropped: it may quote a value.
    pub async fn json<T: DeserializeOwned + Send + 'static>(&self) -> Result<T, SourceError> {
        let operation = self.operation.name;
        if self.is_html() {
            return Err(SourceError::malformed(operation, "a web page where JSON was wanted"));
        }
        let (body, content_type) = (self.body.clone(), self.content_type().to_owned());
        fence::parse(self.body.len(), move || parse(&body, &content_type))
            .await
            .map_err(|error| SourceError::malformed(operation, error.to_string()))
    }

    /// Reads the body of a refusal on the spot: `None` when it is long, or not what was looked for.
    pub fn told<T: DeserializeOwned>(&self) -> Option<T> {
        if self.body.len() > fence::INLINE_BYTES_MAX {
            return None;
        }
        parse(&self.body, self.content_type()).ok()
    }
}

/// Reads a text. `content_type` may name the encoding; only UTF-8 is taken, as RFC 8259 has it. Letters are composed first,
/// so that places are those of the composed text.
///
/// # Errors
/// [`JsonError`]. What nobody asked for is checked as strictly as the rest.
pub fn parse<T: DeserializeOwned>(bytes: &[u8], content_type: &str) -> Result<T, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|_| JsonError::Encoding)?;
    if !text.is_ascii() && !is_utf8(content_type) {
        return Err(JsonError::Encoding);
    }
    let text = letters::composed(text.strip_prefix('\u{feff}').unwrap_or(text));
    check::check(&text)?;
    serde_json::from_str(&text).map_err(|error| of_parser(&error))
}

fn is_utf8(content_type: &str) -> bool {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.all(|(_, charset)| {
        let charset = charset.trim().trim_matches('"');
        ["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known))
    })
}

fn of_parser(error: &serde_json::Error) -> JsonError {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Eof => JsonError::End(line, column),
        Category::Syntax | Category::Io => JsonError::Syntax(line, column),
        Category::Data => JsonError::Data(line, column),
    }
}
