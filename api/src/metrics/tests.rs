//! What the exposition says; that other projects can read it is tested in `tests/src/metrics.rs`.

use super::*;
use crate::delivery::Fault;

fn line<'t>(text: &'t str, start: &str) -> &'t str {
    let found = text.lines().find_map(|line| line.strip_prefix(start));
    found.unwrap_or_else(|| panic!("no {start} in\n{text}")).trim()
}

#[test]
fn what_happened_is_counted_under_its_labels() {
    let metrics = Metrics::default();
    let under_way = metrics.request_begins();
    metrics.answered("GET", "/v1/me", 200, Duration::from_millis(3));
    metrics.attempted("email", &Outcome::Sent);
    metrics.attempted("email", &Outcome::Failed(Fault::permanent("550 <li@heyan.example> unknown")));
    metrics.first_attempt(SignedDuration::from_millis(1_500));
    let load = Load { connections: vec![("readers", 1, 3)], writes_waiting: 2 };
    let text = metrics.exposition(&load, Some(7)).unwrap();
    let expected = [
        ("http_requests_total{method=\"GET\",route=\"/v1/me\",status=\"200\"}", "1"),
        ("http_request_duration_seconds_bucket{le=\"0.0025\",method=\"GET\",route=\"/v1/me\"}", "0"),
        ("http_request_duration_seconds_bucket{le=\"0.005\",method=\"GET\",route=\"/v1/me\"}", "1"),
        ("http_requests_in_flight ", "1"),
        ("greenroom_delivery_attempts_total{channel=\"email\",result=\"sent\"}", "1"),
        ("greenroom_delivery_attempts_total{channel=\"email\",result=\"permanent\"}", "1"),
        ("greenroom_notice_lateness_seconds_sum ", "1.5"),
        ("greenroom_notices_pending ", "7"),
        ("greenroom_database_pool_connections{pool=\"readers\",state=\"idle\"}", "3"),
        ("greenroom_database_writes_waiting ", "2"),
    ];
    for (start, value) in expected {
        assert_eq!(line(&text, start), value, "{start}");
    }
    assert!(!text.contains("heyan"), "what a mail server said is no label");
    drop(under_way);
    let text = metrics.exposition(&load, None).unwrap();
    assert_eq!(line(&text, "http_requests_in_flight "), "0");
}
