//! The second witness: a case counts only when the search by rules names the citizen too.

use super::*;
use crate::contract::PersonId;
use crate::fake::{FakeAnswer, FakeRequest};
use crate::listing::sweep::{Staged, edited};

const SEARCH: &str = "/api/search";
const CASES: &str = "/api/citizen/case/queries/getcases";
const RANKED: &str = "/api/search/queries/rankedsearchquery";

impl Scene {
    /// The town behind `change` of its answers, confirmed by the search.
    async fn confirmed(
        lines: Vec<Value>,
        limits: Limits,
        change: impl Fn(&FakeRequest, FakeAnswer) -> FakeAnswer + Send + Sync + 'static,
    ) -> Self {
        let on = json!({"confirm_cases": true});
        Self::with(world(lines), limits, &on, |fake| Staged::over(fake, change)).await
    }

    async fn of_rows(change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static) -> Self {
        Self::confirmed(town(), Limits::default(), rows(change)).await
    }

    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<_> = self.server.take_recorded().into_iter().map(|call| call.target).collect();
        paths.sort_unstable();
        paths
    }
}

fn as_it_is(_: &FakeRequest, answer: FakeAnswer) -> FakeAnswer {
    answer
}

/// Other rows in the answer of the search by rules.
fn rows(
    change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static,
) -> impl Fn(&FakeRequest, FakeAnswer) -> FakeAnswer + Send + Sync + 'static {
    move |request, answer| {
        if request.path != SEARCH {
            return answer;
        }
        edited(&answer, |body| {
            let rows = body["searchResult"]["rows"].as_array_mut().expect("rows");
            change(rows);
            body["searchResult"]["totalResultsCount"] = json!(rows.len());
        })
    }
}

/// The answer of `getcases` holds these cases and nothing else.
fn with_cases(cases: &Value) -> impl Fn(&FakeRequest, FakeAnswer) -> FakeAnswer + Send + Sync + use<> {
    let cases = cases.clone();
    move |request, answer| {
        if request.path == CASES { edited(&answer, |body| body["cases"] = cases.clone()) } else { answer }
    }
}

fn id(serial: u32) -> String {
    Uuid::from_u128(u128::from(serial)).to_string()
}

fn ids(fetched: &Fetched) -> Vec<&str> {
    fetched.records.iter().map(|record| &*record.native_id).collect()
}

/// Records, unreadable ones, cut short.
fn told(fetched: &Fetched) -> (usize, u32, bool) {
    (fetched.records.len(), fetched.unreadable, fetched.cut_short)
}

#[tokio::test]
async fn an_honest_source_tells_what_it_told_active_and_closed() {
    let scene = Scene::confirmed(town(), Limits::default(), as_it_is).await;
    let believed = Scene::of(town()).await;
    for cpr in [KAREN, JENS, OTHER_JENS, NOBODY_KNOWN] {
        assert_eq!(scene.fetch(cpr).await, believed.fetch(cpr).await);
    }
    let fetched = scene.fetch(KAREN).await.expect("an answer");
    assert!(fetched.records.iter().any(|record| record.status.normal == CaseStatus::Closed));
}

#[tokio::test]
async fn it_is_one_call_more_for_whoever_is_asked_about() {
    let scene = Scene::confirmed(town(), Limits::default(), as_it_is).await;
    scene.fetch(KAREN).await.expect("an answer");
    assert_eq!(scene.paths(), [CASES, "/api/citizen/queries/getauthoritycitizencontext", SEARCH, RANKED]);
    scene.fetch(NOBODY_KNOWN).await.expect("an answer");
    assert_eq!(scene.paths(), [SEARCH, RANKED]);
    scene.adapter.probe(&scene.context()).await.expect("an answer");
    assert_eq!(scene.paths(), [RANKED]);
}

#[tokio::test]
async fn another_citizens_cases_under_an_honest_context_are_not_shown_but_counted() {
    let others = json!([{"caseId": id(6), "caseStatus": "1"}, {"caseId": id(7), "caseStatus": "1"}]);
    let scene = Scene::confirmed(town(), Limits::default(), with_cases(&others)).await;
    assert_eq!(scene.fetch(KAREN).await, Ok(Fetched { unreadable: 2, ..Fetched::default() }));
    // Which is what the setting is for.
    let off = json!({});
    let believing =
        Scene::with(world(town()), Limits::default(), &off, |fake| Staged::over(fake, with_cases(&others))).await;
    assert_eq!(believing.fetch(KAREN).await.map(|fetched| fetched.records.len()), Ok(2));
}

#[tokio::test]
async fn one_of_anothers_among_the_citizens_own_is_left_out_alone() {
    let mixed = json!([{"caseId": id(1), "caseStatus": "1"}, {"caseId": id(6), "caseStatus": "1"}]);
    let scene = Scene::confirmed(town(), Limits::default(), with_cases(&mixed)).await;
    let fetched = scene.fetch(KAREN).await.expect("an answer");
    assert_eq!((ids(&fetched), fetched.unreadable), (vec![&*id(1)], 1));
}

#[tokio::test]
async fn a_case_that_is_newer_than_the_search_is_counted() {
    let scene = Scene::of_rows(|rows| rows.retain(|row| row["id"] != json!(id(2)))).await;
    let fetched = scene.fetch(KAREN).await.expect("an answer");
    assert_eq!((ids(&fetched), fetched.unreadable), (vec![&*id(1), &*id(3)], 2), "it, and the one without an id");
}

#[tokio::test]
async fn a_search_that_does_not_answer_fails_the_look_up_by_its_own_name() {
    let answers: [(fn() -> FakeAnswer, SourceErrorKind); 4] = [
        (|| FakeAnswer::json(503, &json!({})), SourceErrorKind::Unavailable),
        (|| FakeAnswer::json(403, &json!({})), SourceErrorKind::Forbidden),
        // The vendor's search may know no rule for the number.
        (|| FakeAnswer::json(400, &json!({})), SourceErrorKind::Malformed),
        (|| FakeAnswer::json(200, &json!({"searchResult": {"totalResultsCount": 0}})), SourceErrorKind::Malformed),
    ];
    for (broken, kind) in answers {
        let change = move |request: &FakeRequest, answer| if request.path == SEARCH { broken() } else { answer };
        let scene = Scene::confirmed(town(), Limits::default(), change).await;
        for cpr in [KAREN, NOBODY_KNOWN] {
            let error = scene.fetch(cpr).await.expect_err("nothing without the second witness");
            assert_eq!((error.kind, error.operation), (kind, "list"));
        }
    }
}

#[tokio::test]
async fn a_search_that_names_nobody_confirms_nothing() {
    let scene = Scene::of_rows(Vec::clear).await;
    assert_eq!(scene.fetch(KAREN).await, Ok(Fetched { unreadable: 4, ..Fetched::default() }));
}

#[tokio::test]
async fn rows_that_cannot_be_read_confirm_nothing() {
    let odd: [fn(&mut Value); 7] = [
        |row| row["id"] = Value::Null,
        |row| row["id"] = json!({"is": "an object"}),
        |row| row["CitizenCprFormatted"] = Value::Null,
        |row| row["CitizenCprFormatted"] = json!("******-****"),
        |row| row["CitizenCprFormatted"] = json!([KAREN]),
        |row| row["citizenId"] = json!(Uuid::from_u128(0xbad)),
        |row| *row = json!("a text"),
    ];
    for (at, spoil) in odd.into_iter().enumerate() {
        let of_the_first = move |rows: &mut Vec<Value>| {
            let first = rows.iter_mut().find(|row| row["id"] == json!(id(1)));
            spoil(first.expect("a row"));
        };
        let fetched = Scene::of_rows(of_the_first).await.fetch(KAREN).await.expect("an answer");
        assert_eq!((ids(&fetched), fetched.unreadable), (vec![&*id(2), &*id(3)], 2), "{at}");
    }
    let without_citizen = |rows: &mut Vec<Value>| rows.iter_mut().for_each(|row| row["citizenId"] = Value::Null);
    let fetched = Scene::of_rows(without_citizen).await.fetch(KAREN).await.expect("an answer");
    assert_eq!(told(&fetched), (3, 1, false), "a row need not tell the internal id");
}

#[tokio::test]
async fn a_search_that_names_somebody_else_is_told_to_the_house_and_the_honest_rest_comes() {
    let of_jens = |rows: &mut Vec<Value>| rows.push(json!({"id": id(5), "CitizenCprFormatted": "020363-1111"}));
    let fetched = Scene::of_rows(of_jens).await.fetch(KAREN).await.expect("an answer");
    assert_eq!(told(&fetched), (4, 1, false));
    let not_karens: Vec<_> = fetched.records.iter().filter(|record| record.about != stated(KAREN)).collect();
    assert_eq!((not_karens.len(), &not_karens[0].about), (1, &stated(JENS)), "the house drops it, and alarms");

    // A case that two rows name two people with is nobody's that we can tell.
    let both = |rows: &mut Vec<Value>| rows.insert(0, json!({"id": id(1), "CitizenCprFormatted": "020363-1111"}));
    let fetched = Scene::of_rows(both).await.fetch(KAREN).await.expect("an answer");
    assert_eq!((told(&fetched), ids(&fetched)), ((3, 1, false), vec![&*id(2), &*id(3), &*id(1)]));
    assert_eq!(fetched.records[2].about, stated(JENS));

    let without_id = |rows: &mut Vec<Value>| rows.push(json!({"CitizenCprFormatted": "020363-1111"}));
    let fetched = Scene::of_rows(without_id).await.fetch(KAREN).await.expect("an answer");
    assert_eq!(told(&fetched), (3, 2, false));
    let of_jens = |rows: &mut Vec<Value>| rows.push(json!({"id": id(5), "CitizenCprFormatted": "020363-1111"}));
    let fetched = Scene::of_rows(of_jens).await.fetch(NOBODY_KNOWN).await.expect("an answer");
    assert_eq!(fetched.records[0].about, stated(JENS), "whom the ranked search does not find, too");
}

#[tokio::test]
async fn a_source_that_is_wrong_in_everything_says_so_once_for_each_row() {
    let scene = Scene::confirmed(town(), Limits::default(), as_it_is).await;
    scene.server.faults().set(Some(SILENT), Fault::AnotherCitizen);
    let fetched = scene.fetch(SILENT).await.expect("an answer");
    assert!(fetched.records.len() >= 3 && fetched.records.iter().all(|record| record.about == stated(KAREN)));
    let mut once = ids(&fetched);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), 4, "one of them has an id in the search alone");
}

#[tokio::test]
async fn a_citizen_whom_no_context_names_is_named_by_the_search() {
    let scene = Scene::confirmed(town(), Limits::default(), as_it_is).await;
    let fetched = scene.fetch(SILENT).await.expect("an answer");
    assert_eq!((fetched.records[0].about.clone(), &*fetched.records[0].flags), (stated(SILENT), &[][..]));
    for quirk in ["missing", "silent"] {
        let mut lines = town();
        lines.push(case(OTHER_JENS, 9, &json!({"quirks": {"context": quirk}})));
        let scene = Scene::confirmed(lines, Limits::default(), as_it_is).await;
        let fetched = scene.fetch(JENS).await.expect("an answer");
        assert_eq!((ids(&fetched), fetched.unreadable), (vec![&*id(5)], 1), "one, however many the other has");
        // The look-alike's own context names another: then he is not who was asked for, and silently.
        assert_eq!(scene.fetch(OTHER_JENS).await.map(|fetched| told(&fetched)), Ok((3, 0, false)));
    }
}

#[tokio::test]
async fn a_source_that_follows_a_change_of_number_is_wrong_about_the_old_one() {
    // It finds the person by the old number and tells the new one (decision 0010); the search knows no case under the old one.
    let renamed = |request: &FakeRequest, answer: FakeAnswer| match &*request.path {
        "/api/citizen/queries/getauthoritycitizencontext" => edited(&answer, |body| body["cprNumber"] = json!(JENS)),
        SEARCH => edited(&answer, |body| body["searchResult"] = json!({"rows": [], "totalResultsCount": 0})),
        _ => answer,
    };
    let fetched = Scene::confirmed(town(), Limits::default(), renamed).await.fetch(KAREN).await.expect("an answer");
    assert!(fetched.records.len() == 3 && fetched.records.iter().all(|record| record.about == stated(JENS)));
}

fn crowd(count: u32) -> Vec<Value> {
    (1..=count)
        .map(|serial| case(KAREN, serial, &json!({"changed": format!("2026-01-01T00:00:00.{serial:03}Z")})))
        .collect()
}

#[tokio::test]
async fn the_second_page_is_read_and_no_third() {
    for (cases, calls) in [(250, 1), (251, 2)] {
        let scene = Scene::confirmed(crowd(cases), Limits::default(), as_it_is).await;
        let fetched = scene.fetch(KAREN).await.expect("an answer");
        assert_eq!(told(&fetched), (cases as usize, 0, false));
        assert_eq!(scene.paths().iter().filter(|path| *path == SEARCH).count(), calls, "{cases} cases");
    }
    // A source that repeats its first page, whatever it is asked for, confirms that page alone, and comes to an end.
    let repeats = |request: &FakeRequest, answer: FakeAnswer| {
        let is_later = request.path == SEARCH && !String::from_utf8_lossy(&request.body).contains("\"pageNumber\":0");
        if !is_later {
            return answer;
        }
        edited(&answer, |body| {
            body["searchResult"]["rows"] = json!([{"id": id(1), "CitizenCprFormatted": "010101-9999"}]);
            body["searchResult"]["totalResultsCount"] = json!(1_000_000);
        })
    };
    let scene = Scene::confirmed(crowd(300), Limits { rows_max: 1_000, ..Limits::default() }, repeats).await;
    let fetched = scene.fetch(KAREN).await.expect("an answer");
    assert_eq!(told(&fetched), (250, 50, false));
    assert_eq!(scene.paths().iter().filter(|path| *path == SEARCH).count(), 4, "as many as 1,000 rows fill");
}

#[tokio::test]
async fn what_the_limit_of_rows_leaves_out_is_cut_short_and_not_unreadable() {
    let limits = Limits { rows_max: 10, ..Limits::default() };
    let fetched = Scene::confirmed(crowd(12), limits, as_it_is).await.fetch(KAREN).await.expect("an answer");
    assert_eq!(told(&fetched), (10, 0, true));
    let exactly = Scene::confirmed(crowd(10), limits, as_it_is).await.fetch(KAREN).await.expect("an answer");
    assert_eq!(told(&exactly), (10, 0, false));
    // More rows on a page than were asked for.
    let more = rows(|rows| {
        let first = json!({"id": id(99), "CitizenCprFormatted": "010101-9999"});
        rows.insert(0, first);
    });
    let fetched = Scene::confirmed(crowd(10), limits, more).await.fetch(KAREN).await.expect("an answer");
    assert_eq!(told(&fetched), (9, 0, true));
}

#[tokio::test]
async fn the_question_names_the_number_with_its_hyphen_and_nothing_else() {
    let scene = Scene::confirmed(town(), Limits::default(), as_it_is).await;
    scene.fetch(KAREN).await.expect("an answer");
    let sent = scene.server.take_recorded().into_iter().find(|call| call.target == SEARCH).expect("the search");
    let body: Value = serde_json::from_slice(&sent.body).expect("JSON");
    let rule = json!([{"field": "CitizenCprFormatted", "operator": "eq", "value": "010101-9999"}]);
    assert_eq!((&body["body"]["query"]["rules"], &body["pageSize"]), (&rule, &json!(250)));
    assert_eq!(body["body"]["columns"], json!([{"name": "CitizenCprFormatted"}]), "no more than is needed");
    assert_eq!(PersonId::parse("010101-9999"), PersonId::parse(KAREN));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_both_calls() {
    let scene = Scene::confirmed(town(), Limits::default(), as_it_is).await;
    scene.hold_a_token_that_is_refused().await;
    assert_eq!(scene.fetch(KAREN).await.map(|fetched| fetched.records.len()), Ok(3));
    let calls = scene.server.take_recorded().len();
    // The first two are refused, unless one has brought the new token before the other begins.
    assert!((5..=6).contains(&calls), "{calls}");
}
