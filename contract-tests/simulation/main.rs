//! spike
#[test]
fn spike() {}
