//! Reading with the cookie of a browser login: pages, the envelope, and what an expired session looks like.

use http::header::{ACCEPT, COOKIE};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::Query;
use crate::contract::{CallContext, ReadOperation, SourceError, SourceErrorKind};
use crate::transport::{Answer, Call, Connection, Secret};

/// What the operator reads when the cookie no longer works.
const EXPIRED: &str = "the session has expired";

/// What login pages of identity providers hold somewhere, in lower case.
const LOGIN_MARKS: &[&str] =
    &["samlrequest", "adgangsstyring", "wsignin", "/login", "log ind", "log på", "\"password\""];

/// How much of a page is searched for [`LOGIN_MARKS`].
const LOGIN_PAGE_BYTES: usize = 64 * 1024;

/// A connection that shows a cookie at each call.
///
/// The file *is* the session: somebody else logs in and writes it. It is read at each exchange, so a new cookie is used
/// from the next call on; there is nothing to hold, and so nothing to renew in single flight.
#[derive(Debug)]
pub(crate) struct CookieSession {
    connection: Connection,
    cookie: Secret,
}

/// Rows of one page. They hold personal data, so there is no `Debug`.
pub(crate) struct Page {
    /// As the source ordered them.
    pub(crate) rows: Vec<Value>,
    /// Rows on all pages together, where the source tells.
    pub(crate) total: Option<u64>,
}

/// Rows of all pages that were read. They hold personal data, so there is no `Debug`.
pub(crate) struct Rows {
    /// As the source ordered them.
    pub(crate) rows: Vec<Value>,
    /// The source has more of them than we took or were given.
    pub(crate) cut_short: bool,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "@odata.count", default)]
    count: Option<u64>,
    value: Vec<Value>,
}

impl CookieSession {
    /// Reads over `connection` with the cookie that `cookie` leads to.
    pub(crate) fn new(connection: Connection, cookie: Secret) -> Self {
        Self { connection, cookie }
    }

    /// One call. When the session has expired, the cookie is read again, and the call repeated once if it has changed.
    ///
    /// # Errors
    /// `Unauthorized` when the session has expired, `ConfigInvalid` when there is no cookie to read; else as
    /// [`Answer::success`] and [`Connection::exchange`].
    pub(crate) async fn read(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        call: impl Fn() -> Call,
    ) -> Result<Answer, SourceError> {
        let cookie = self.cookie(operation)?;
        let refused = match self.attempt(ctx, operation, call(), &cookie).await {
            Err(error) if error.kind == SourceErrorKind::Unauthorized => error,
            outcome => return outcome,
        };
        let renewed = self.cookie(operation)?;
        if renewed.expose_secret() == cookie.expose_secret() {
            return Err(refused);
        }
        self.attempt(ctx, operation, call(), &renewed).await
    }

    /// The rows of a list that comes whole.
    ///
    /// # Errors
    /// As [`CookieSession::read`]; `Malformed` when the envelope is not `OData`'s.
    pub(crate) async fn list(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        query: &Query,
    ) -> Result<Vec<Value>, SourceError> {
        let answer = self.read(ctx, operation, || query.whole()).await?;
        Ok(answer.json::<Envelope>().await?.value)
    }

    /// How many calls may be under way at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.connection.limits().concurrency_max
    }

    /// One page of a list: `top` rows behind the first `skip`.
    ///
    /// # Errors
    /// As [`CookieSession::list`].
    pub(crate) async fn page(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        query: &Query,
        top: usize,
        skip: usize,
    ) -> Result<Page, SourceError> {
        let answer = self.read(ctx, operation, || query.page(top, skip)).await?;
        let Envelope { value, count } = answer.json().await?;
        Ok(Page { rows: value, total: count })
    }

    /// The rows of all pages, up to the connection's limit.
    ///
    /// # Errors
    /// As [`CookieSession::list`]: half an answer is an error, not a short list.
    pub(crate) async fn pages(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        query: &Query,
        page_rows: usize,
    ) -> Result<Rows, SourceError> {
        let rows_max = self.connection.limits().rows_max;
        let mut rows = Vec::new();
        loop {
            let answer = self.read(ctx, operation, || query.page(page_rows, rows.len())).await?;
            let page: Envelope = answer.json().await?;
            let page_is_full = page.value.len() >= page_rows;
            let page_is_empty = page.value.is_empty();
            rows.extend(page.value);
            let more = page.count.map_or(page_is_full, |count| (rows.len() as u64) < count);
            if rows.len() > rows_max || (rows.len() == rows_max && more) {
                rows.truncate(rows_max);
                return Ok(Rows { rows, cut_short: true });
            }
            // A source that counts more rows than it gives would be asked for ever; the difference is told instead.
            if page_is_empty || !more {
                return Ok(Rows { rows, cut_short: more });
            }
        }
    }

    fn cookie(&self, operation: &'static ReadOperation) -> Result<SecretString, SourceError> {
        self.cookie.read().map_err(|_| SourceError::config_invalid(operation.name, "the cookie cannot be read"))
    }

    async fn attempt(
        &self,
        ctx: &CallContext,
        operation: &'static ReadOperation,
        call: Call,
        cookie: &SecretString,
    ) -> Result<Answer, SourceError> {
        let call = call.header(ACCEPT, "application/json").secret_header(COOKIE, cookie.expose_secret());
        let answer = self.connection.exchange(ctx, operation, call).await?;
        if is_expired(&answer) {
            return Err(SourceError::unauthorized(operation.name, EXPIRED));
        }
        answer.success()
    }
}

/// Sent to the identity provider (302), or given its login page (200). Any other web page is left to be `Malformed`.
fn is_expired(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        302 | 303 | 307 => true,
        200 | 401 | 403 if answer.is_html() => {
            let head = &answer.body[..answer.body.len().min(LOGIN_PAGE_BYTES)];
            let page = String::from_utf8_lossy(head).to_lowercase();
            LOGIN_MARKS.iter().any(|mark| page.contains(mark))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;

    const ASKED: ReadOperation = ReadOperation::get("search", "/odata/Sag");

    fn answer(status: u16, body: &'static str) -> Answer {
        let status = StatusCode::from_u16(status).expect("a status");
        Answer { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()), operation: &ASKED }
    }

    #[test]
    fn a_login_page_and_a_redirect_mean_that_the_session_has_expired() {
        let page = "<!DOCTYPE html><form action=\"/idp\"><input name=\"SAMLRequest\"></form>";
        assert!(is_expired(&answer(200, page)));
        assert!(is_expired(&answer(302, "")));
    }

    #[test]
    fn another_web_page_and_json_about_logins_do_not() {
        assert!(!is_expired(&answer(200, "<html><h1>Service nede</h1></html>")));
        assert!(!is_expired(&answer(200, "{\"title\":\"log ind\"}")));
        assert!(!is_expired(&answer(503, "<html>log ind</html>")));
    }
}
