//! What leaves: an answer or an event is handed over only after the entry that tells of it is durable.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use serde::Serialize;

use super::{Attempt, AuditEntry, AuditedSource, Circumstances, Phase, ShownItem};
use crate::access::{Basis, DecidedRecord, Refusal};
use crate::overview::{Redacted, Rendered, SourceStatus};

/// The row of a list of the caller's unit on which the citizen stands.
const ON_LIST: &str = "on_list";

/// The row of a refusal that was told to the unit that it names.
pub(super) const REFUSAL: &str = "refusal";

/// An answer whose entry is durable. Its bytes may leave.
///
/// **Invariant:** only [`Attempt::disclose`], [`Attempt::disclose_event`], [`disclose_all`] and, for a list,
/// [`ListAttempt::disclose`](super::ListAttempt::disclose) make one; its fields are private:
///
/// ```compile_fail,E0451
/// # fn forge() {
/// let forged = glasplade::audit::Disclosure { body: Default::default(), etag: String::new(), not_modified: false };
/// # }
/// ```
#[derive(Debug)]
pub struct Disclosure {
    body: Bytes,
    etag: String,
    not_modified: bool,
}

impl Disclosure {
    /// SHA-256 of the body, as its entry has it.
    pub(super) fn hash(&self) -> String {
        self.etag.trim_matches('"').to_owned()
    }

    /// Hands the answer over: the body (empty when the caller has it already), its strong entity tag, and whether the
    /// caller has it already.
    pub fn into_parts(self) -> (Bytes, String, bool) {
        if self.not_modified { (Bytes::new(), self.etag, true) } else { (self.body, self.etag, false) }
    }
}

/// One person's part of an answer about several (the family view).
#[derive(Debug)]
#[must_use = "a part is disclosed with the others"]
pub struct Part {
    /// The person's own attempt, see [`Attempt::also`].
    pub attempt: Attempt,
    /// What is shown of them, and how the sources answered about them.
    pub contents: Arc<Contents>,
    /// What is known about them.
    pub circumstances: Circumstances,
}

/// What an entry tells of an answer's contents, as it stands in the entry: written once, however often the answer leaves.
pub struct Contents {
    /// The members of a JSON object, without its braces.
    members: Box<[u8]>,
    /// The caller works on a case that is shown.
    works_on_a_case: bool,
}

impl fmt::Debug for Contents {
    /// How much there is, and nothing of it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Contents").field("bytes", &self.members.len()).finish_non_exhaustive()
    }
}

/// The same fields as in an [`AuditEntry`], written alike.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<AuditedSource>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shown: Vec<ShownItem>,
    decided: &'a DecidedRecord,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    withheld: BTreeMap<&'static str, u64>,
}

impl Contents {
    /// Of an answer that shows this, and tells this of the sources.
    ///
    /// # Panics
    /// Never: texts and numbers can be written as JSON.
    pub fn of(redacted: &Redacted, statuses: &[SourceStatus]) -> Self {
        let (told, hidden) = redacted.withheld();
        let withheld = [("told_of_existence", told), ("nothing", hidden)];
        let citizen = redacted.citizen_shown().map(shown);
        let refusals = redacted.refusals().map(|id| ShownItem {
            item: REFUSAL.to_owned(),
            classes: Vec::new(),
            basis: format!("consent:{id}"),
            own: None,
            decided: None,
        });
        let lists = redacted.on_lists().iter().map(|list| ShownItem {
            item: ON_LIST.to_owned(),
            classes: Vec::new(),
            basis: format!("law:{}", list.statute),
            own: None,
            decided: None,
        });
        let written = Written {
            sources: statuses.iter().map(audited_source).collect(),
            shown: citizen.chain(redacted.shown().map(shown)).chain(refusals).chain(lists).collect(),
            decided: redacted.decided(),
            withheld: withheld
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(mode, count)| (mode, count as u64))
                .collect(),
        };
        let object = serde_json::to_vec(&written).expect("texts and numbers are written to memory");
        Self {
            members: object[1..object.len() - 1].into(),
            works_on_a_case: redacted.shown().any(|(_, basis, ..)| basis.own().is_some()),
        }
    }

    /// The members of a JSON object, without its braces.
    pub(super) fn members(&self) -> &[u8] {
        &self.members
    }

    /// How long it is, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }
}

/// Writes down what leaves about each person, one entry each, all with the hash of the one body, all durable, and hands the
/// body over.
///
/// # Errors
/// [`Refusal::AuditUnavailable`]: nothing leaves when one entry cannot be written, or when there is no part. An entry
/// that was written before another failed is followed by an `abandoned` one.
pub async fn disclose_all(
    mut parts: Vec<Part>,
    body: Rendered,
    if_none_match: Option<&str>,
) -> Result<Disclosure, Refusal> {
    let disclosure = disclosure(body, if_none_match);
    let entries = parts.iter_mut().flat_map(|part| {
        part.attempt.note(&part.circumstances);
        let first = part.attempt.unwritten.take();
        let Part { attempt, contents, .. } = &*part;
        let first = first.map(|first| attempt.audit.append_with(&first, None));
        let last = attempt.audit.append_with(&attempt.completed(contents, &disclosure), Some(contents));
        first.into_iter().chain([last])
    });
    // Handed in together, so that one sync makes them durable.
    let written = join_all(entries).await;
    if written.is_empty() || written.iter().any(Result::is_err) {
        return Err(Refusal::AuditUnavailable);
    }
    for part in &mut parts {
        part.attempt.open = false;
    }
    Ok(disclosure)
}

impl Attempt {
    /// Writes down what leaves, durable, and hands it over. When the caller has these very bytes already
    /// (`if_none_match`), the entry says so and no body leaves.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`]: nothing leaves.
    pub async fn disclose(
        self,
        redacted: &Redacted,
        statuses: &[SourceStatus],
        circumstances: &Circumstances,
        body: Rendered,
        if_none_match: Option<&str>,
    ) -> Result<Disclosure, Refusal> {
        let contents = Arc::new(Contents::of(redacted, statuses));
        let part = Part { attempt: self, contents, circumstances: circumstances.clone() };
        disclose_all(vec![part], body, if_none_match).await
    }

    /// Writes down one event of a stream, durable, and hands it over. An event cannot be recalled once sent.
    ///
    /// # Errors
    /// [`Refusal::AuditUnavailable`]: the event does not leave.
    pub async fn disclose_event(
        &self,
        items: &[&str],
        redacted: &Redacted,
        statuses: &[SourceStatus],
        circumstances: &Circumstances,
        body: Rendered,
    ) -> Result<Disclosure, Refusal> {
        let known = self.known(circumstances);
        self.alarm(&known.alarm(true));
        let disclosure = disclosure(body, None);
        let in_event = redacted.shown().filter(|(id, ..)| items.contains(id)).map(shown).collect();
        let entry = AuditEntry {
            shown: in_event,
            decided: Some(redacted.decided().clone()),
            sources: statuses.iter().map(audited_source).collect(),
            body_hash: Some(disclosure.hash()),
            ..self.entry(Phase::Event, &known)
        };
        self.audit.append(&entry).await?;
        Ok(disclosure)
    }

    fn completed(&self, contents: &Contents, disclosure: &Disclosure) -> AuditEntry {
        let known = self.known(&Circumstances::default());
        self.alarm(&known.alarm(contents.works_on_a_case));
        AuditEntry {
            status: Some(if disclosure.not_modified { 304 } else { 200 }),
            body_hash: Some(disclosure.hash()),
            ..self.entry(Phase::Completed, &known)
        }
    }
}

/// The strong entity tag is the hash of the exact body, and the same hash stands in the audit.
pub(super) fn disclosure(body: Rendered, if_none_match: Option<&str>) -> Disclosure {
    let (body, hash) = body.into_parts();
    let hash = crate::hex(hash.as_ref());
    let etag = format!("\"{hash}\"");
    let not_modified = if_none_match
        .is_some_and(|sent| sent.split(',').map(str::trim).any(|one| one.trim_start_matches("W/") == etag));
    Disclosure { body: Bytes::from(body), etag, not_modified }
}

fn shown((item, basis, classes, decided): (&str, &Basis, crate::access::ClassSet, Option<usize>)) -> ShownItem {
    ShownItem {
        item: item.to_owned(),
        classes: classes.iter().map(|class| class.code().to_owned()).collect(),
        basis: basis.code().into_owned(),
        own: basis.own().map(str::to_owned),
        decided,
    }
}

fn audited_source(status: &SourceStatus) -> AuditedSource {
    AuditedSource {
        id: status.id.to_string(),
        state: status.state.code().to_owned(),
        as_of: status.as_of,
        rows: status.has_answered().then_some(status.rows as u64),
        wrong_citizen: status.wrong_citizen.into(),
    }
}

#[cfg(all(test, feature = "fakes"))]
mod tests;
