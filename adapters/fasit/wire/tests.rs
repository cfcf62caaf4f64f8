//! Questions as public clients write them, to the letter.

use super::*;

#[test]
fn the_ranked_search_is_written_as_the_public_clients_write_it() {
    let body = serde_json::to_string(&RankedSearch::citizens("0101019999")).expect("JSON");
    let wanted = r#"{"universe":"citizen","queryString":"0101019999","documentTypes":["citizen"],"page":0,"selectedFilters":[]}"#;
    assert_eq!(body, wanted);
}

#[test]
fn the_search_by_rules_is_written_as_the_public_clients_write_it() {
    let codes = ["1".to_owned(), "3".to_owned()];
    let body = serde_json::to_string(&BulkSearch::active(&codes, 2, 250)).expect("JSON");
    let wanted = concat!(
        r#"{"body":{"universe":"citizen","usePreviewVersion":false,"queryType":"fasitDsl","#,
        r#""query":{"condition":"and","rules":[{"condition":"or","cardinality":"any","type":"Cases","rules":["#,
        r#"{"field":"Cases.CaseStatus","operator":"in","value":["1","3"]},"#,
        r#"{"field":"Cases.CaseEndDate","operator":"empty","value":true},"#,
        r#"{"field":"Cases.CaseEndDate","operator":"ge","value":"@dd"}]}]},"dslVersion":"1.0.0","resultType":"Cases","#,
        r#""columns":[{"name":"CitizenCprFormatted"},{"name":"Cases.CaseStatus"},{"name":"Cases.CaseStartDate"},"#,
        r#"{"name":"Cases.CaseEndDate"},{"name":"Cases.CreatedOn"}],"sortColumns":[{"name":"Cases.CreatedOn","desc":false},"#,
        r#"{"name":"CitizenCprFormatted","desc":false},{"name":"Cases.CaseStartDate","desc":false},"#,
        r#"{"name":"Cases.CaseEndDate","desc":false}],"columnFilters":[],"embeddedSortColumns":[]},"#,
        r#""pageNumber":2,"pageSize":250,"embeddedPageNumber":0,"embeddedPageSize":100}"#,
    );
    assert_eq!(body, wanted);
}

#[test]
fn the_search_for_one_citizens_cases_has_no_rule_but_the_number() {
    let body = serde_json::to_string(&BulkSearch::of_citizen("010101-9999", 1, 250)).expect("JSON");
    let wanted = concat!(
        r#"{"body":{"universe":"citizen","usePreviewVersion":false,"queryType":"fasitDsl","#,
        r#""query":{"condition":"and","rules":[{"field":"CitizenCprFormatted","operator":"eq","value":"010101-9999"}]},"#,
        r#""dslVersion":"1.0.0","resultType":"Cases","columns":[{"name":"CitizenCprFormatted"}],"#,
        r#""sortColumns":[{"name":"Cases.CreatedOn","desc":false},{"name":"CitizenCprFormatted","desc":false},"#,
        r#"{"name":"Cases.CaseStartDate","desc":false},{"name":"Cases.CaseEndDate","desc":false}],"#,
        r#""columnFilters":[],"embeddedSortColumns":[]},"#,
        r#""pageNumber":1,"pageSize":250,"embeddedPageNumber":0,"embeddedPageSize":100}"#,
    );
    assert_eq!(body, wanted);
}
