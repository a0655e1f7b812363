//! The page of roles knows every operation, before any server is started.

use std::collections::BTreeSet;

/// Written by hand; `tests/src/roles.rs` asks for every cell.
const PAGE: &str = include_str!("../../../../tests/roles.txt");

#[test]
fn every_operation_has_a_row_in_the_page_of_roles_and_every_row_an_operation() {
    let document: serde_json::Value = serde_json::from_str(crate::http::openapi_json()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let ids: BTreeSet<&str> = operations.filter_map(|operation| operation["operationId"].as_str()).collect();
    let (_, table) = PAGE.split_once("\noperation ").unwrap();
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        let operation = words.next()?;
        words.next()?.parse::<u16>().ok().map(|_status| operation)
    };
    let rows: BTreeSet<&str> = table.lines().filter_map(row).collect();
    assert_eq!(rows, ids, "tests/roles.txt and the operations differ");
}
