//! That an export is what other programs read: CSV, Parquet with types, FHIR `AuditEvent` after BALP.

use bytes::Bytes;
use http::header;
use parquet::basic::{LogicalType, Type as PhysicalType};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};

use super::super::house::{Answer, House, number};
use super::{about, auditor};
use crate::auditor::export::COLUMNS;

async fn exported(house: &House, body: Value) -> Answer {
    let answer = house.asks(auditor(), "export", &body).await;
    assert_eq!(answer.status, http::StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    answer
}

async fn busy() -> House {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await;
    house.look_up("caseworker-child", "claus").await;
    house.look_up("benefit-officer", "kirsten").await;
    house
}

#[tokio::test]
async fn csv_has_one_header_and_one_line_a_look_up_the_oldest_first() {
    let house = busy().await;
    let answer = exported(&house, json!({"format": "csv", "bom": true, "find": about("claus")})).await;
    assert_eq!(answer.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    assert_eq!(answer.header(header::CACHE_CONTROL), "private, no-store");
    let text = answer.text().strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    assert_eq!(names, COLUMNS.map(|(name, _)| name));
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    let column = |name: &str| names.iter().position(|one| one == name).expect("a column");
    let employees: Vec<&str> = rows.iter().map(|row| &row[column("employee")]).collect();
    assert_eq!(employees, ["az10003", "az10006"]);
    assert_eq!((&rows[0][column("purpose")], &rows[0][column("items_shown")]), ("own_case", "2"));
    assert!(!text.contains(number("claus")) && !text.contains("Claus"));
    let whole = exported(&house, json!({"format": "csv"})).await;
    assert_eq!(whole.text().lines().count(), 4);
    let event = house.entries().pop().expect("an entry").event.expect("an event");
    assert_eq!((event.what.as_str(), event.facts["format"].as_str()), ("audit_exported", "csv"));
}

#[tokio::test]
async fn parquet_has_typed_columns_and_says_which_version_they_are() {
    let house = busy().await;
    let answer = exported(&house, json!({"format": "parquet"})).await;
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(&answer.body)).expect("a Parquet file");
    let file = reader.metadata().file_metadata();
    assert_eq!(file.num_rows(), 3);
    let version = file.key_value_metadata().expect("metadata").iter().find(|one| one.key == "glasplade.audit.schema");
    assert_eq!(version.expect("a version").value.as_deref(), Some("1"));
    let schema = file.schema_descr();
    assert_eq!(schema.num_columns(), COLUMNS.len());
    let at = schema.column(0);
    assert_eq!((at.name(), at.physical_type()), ("at", PhysicalType::INT64));
    assert!(matches!(at.logical_type_ref(), Some(LogicalType::Timestamp { .. })), "{:?}", at.logical_type_ref());
    let rows: Vec<_> = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
    let field = |row: usize, name: &str| {
        let row = &rows[row];
        row.get_column_iter().find(|(column, _)| *column == name).map(|(_, field)| field.clone()).expect("a column")
    };
    assert_eq!(field(0, "employee"), Field::Str("az10003".to_owned()));
    assert_eq!(field(0, "status"), Field::Long(200));
    assert_eq!(field(0, "relation"), Field::Null);
    assert!(matches!(field(2, "at"), Field::TimestampMicros(_)));
}

#[tokio::test]
async fn fhir_has_what_balp_requires_of_a_patient_query_and_of_a_disclosure() {
    let house = busy().await;
    let answer = exported(&house, json!({"format": "fhir", "find": about("claus")})).await;
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/fhir+ndjson");
    let events: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(events.len(), 2);
    for event in &events {
        is_audit_event(event, "IHE.BasicAudit.PatientQuery");
        assert_eq!((&event["type"]["code"], &event["subtype"][0]["code"]), (&json!("rest"), &json!("search")));
        assert_eq!(event["action"], "E");
        let query = entity(event, "24");
        assert!(query["query"].is_string() && query["type"]["code"] == "2", "{query}");
    }
    assert!(!answer.text().contains(number("claus")));
    let prepared =
        house.officer(json!({"prepare": {"cpr": number("claus"), "requested_by": "citizen"}})).await.overview();
    house.officer(json!({"release": {"id": prepared["id"], "checked_third_parties": true}})).await.overview();
    let records = exported(&house, json!({"format": "fhir", "find": {"kind": "record"}})).await;
    let last: Value = serde_json::from_str(records.text().lines().last().expect("a line")).expect("JSON");
    is_audit_event(&last, "IHE.BasicAudit.PrivacyDisclosure.Source");
    assert_eq!((&last["type"]["code"], &last["subtype"][0]["code"]), (&json!("110106"), &json!("disclose")));
    assert_eq!(entity(&last, "4")["what"]["identifier"]["value"], prepared["id"]);
}

fn entity<'a>(event: &'a Value, role: &str) -> &'a Value {
    let entities = event["entity"].as_array().expect("entities");
    entities.iter().find(|entity| entity["role"]["code"] == role).expect("an entity of this role")
}

/// What FHIR R4 and both profiles require.
fn is_audit_event(event: &Value, profile: &str) {
    assert_eq!(event["resourceType"], "AuditEvent");
    assert!(event["meta"]["profile"][0].as_str().is_some_and(|url| url.ends_with(profile)), "{event}");
    let id = event["id"].as_str().expect("an id");
    assert!(
        id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'),
        "{id}"
    );
    assert!(event["recorded"].as_str().is_some_and(|at| at.ends_with('Z')));
    assert!(["0", "4", "8", "12"].iter().any(|code| event["outcome"] == *code));
    assert!(event["source"]["observer"].is_object());
    let agents = event["agent"].as_array().expect("agents");
    for (code, wants_network) in [("110153", true), ("110152", true), ("IRCP", false)] {
        let agent = agents.iter().find(|agent| agent["type"]["coding"][0]["code"] == code).expect(code);
        assert!(agent["who"].is_object() && agent["requestor"].is_boolean(), "{agent}");
        assert_eq!(agent["network"]["type"].is_string(), wants_network, "{agent}");
    }
    assert_eq!(agents.iter().filter(|agent| agent["requestor"] == true).count(), 1);
    let patient = entity(event, "1");
    assert!(patient["type"]["code"] == "1" && patient["what"]["identifier"]["value"].is_string(), "{patient}");
}
