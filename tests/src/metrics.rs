//! `/metrics`, as another project's parser reads it, and who may.

use harness::{Cast, Client, MailServer, Server, Setup, Show, python};
use serde_json::{Value, json};

use harness::machine_time;

/// The exposition, parsed.
struct Exposition(Value);

impl Exposition {
    async fn of(server: &Server) -> Self {
        let answer = Client::new(server.admin.base()).get("/metrics").expect(200).await;
        assert!(answer.header("content-type").starts_with("application/openmetrics-text"), "{answer}");
        Self(python::read("metrics/read.py", &answer.text))
    }

    fn kind(&self, family: &str) -> &str {
        self.0["types"][family].as_str().unwrap_or_else(|| panic!("no {family}: {:#}", self.0["types"]))
    }

    /// The sum of the samples of this name with these labels.
    fn sum(&self, name: &str, labels: &Value) -> f64 {
        let samples = self.0["samples"].as_array().unwrap().iter();
        let fits = |sample: &&Value| {
            let wanted = labels.as_object().unwrap();
            sample[0] == name && wanted.iter().all(|(label, value)| sample[1][label] == *value)
        };
        let found: Vec<f64> = samples.filter(fits).map(|sample| sample[2].as_f64().unwrap()).collect();
        assert!(!found.is_empty(), "no {name} {labels}");
        found.iter().sum()
    }
}

/// A campaign whose preparation begins too late, so that reminders are due at once, by the machine's clock.
pub(crate) async fn late_campaign(who: &Client, name: &str) -> Show {
    let in_two_days = machine_time() + jiff::SignedDuration::from_hours(48);
    let in_two_days = in_two_days.round(jiff::Unit::Second).unwrap();
    let changes = json!({ "go_live_at": in_two_days.to_string(), "external_ref": name });
    Show::standard(who, &changes).await
}

#[tokio::test]
async fn what_was_done_is_measured_and_another_projects_parser_reads_it() {
    let smtp = MailServer::start();
    let server = Setup::new(&["serve"]).with("GREENROOM_SMTP_URL", &smtp.url()).start().await;
    let cast = Cast::join(&server).await;
    late_campaign(&cast.lead.client, "late").await;
    smtp.until(|mails| !mails.is_empty()).await;
    for path in ["/v1/campaigns/not-an-id", "/v1/nothing"] {
        cast.lead.client.get(path).send().await;
    }
    let mut metrics = Exposition::of(&server).await;
    let sent = json!({ "channel": "email", "result": "sent" });
    // A mail is counted a moment after the mail server has it.
    while metrics.sum("greenroom_notice_lateness_seconds_count", &json!({}))
        > metrics.sum("greenroom_delivery_attempts_total", &sent)
    {
        metrics = Exposition::of(&server).await;
    }
    let created = json!({ "method": "POST", "route": "/v1/campaigns", "status": "201" });
    assert!((metrics.sum("http_requests_total", &created) - 1.0).abs() < 0.1);
    let unknown = json!({ "method": "GET", "route": "none", "status": "404" });
    assert!(metrics.sum("http_requests_total", &unknown) >= 1.0);
    let late = metrics.sum("greenroom_notice_lateness_seconds_bucket", &json!({ "le": "75.0" }));
    assert!(late >= 1.0, "an attempt after 75 s: {late}");
    assert!(metrics.sum("http_requests_in_flight", &json!({})) >= 1.0, "this very request");
    for (family, kind) in [
        ("http_requests", "counter"),
        ("http_request_duration_seconds", "histogram"),
        ("greenroom_notices_pending", "gauge"),
        ("greenroom_notice_lateness_seconds", "histogram"),
        ("greenroom_delivery_attempts", "counter"),
        ("greenroom_database_pool_connections", "gauge"),
        ("greenroom_build", "info"),
        ("process_cpu_seconds", "counter"),
    ] {
        assert_eq!(metrics.kind(family), kind, "{family}");
    }
    assert!(metrics.sum("process_resident_memory_bytes", &json!({})) > 1e6);
    assert!(metrics.sum("process_open_fds", &json!({})) > 5.0);
    let routes =
        metrics.0["samples"].as_array().unwrap().iter().filter_map(|sample| sample[1]["route"].as_str());
    let raw: Vec<&str> =
        routes.filter(|route| route.contains("not-an-id") || route.contains("nothing")).collect();
    assert_eq!(raw, [""; 0], "a route is a pattern");
}

#[tokio::test]
async fn metrics_are_for_everybody_or_for_admins_or_for_nobody() {
    let server = Setup::new(&["serve"]).with("GREENROOM_METRICS", "admin").start().await;
    let cast = Cast::join(&server).await;
    Client::new(server.admin.base()).get("/metrics").refused(401, "auth.key_needed").await;
    cast.bo.client.get("/metrics").refused(403, "actor.role_too_low").await;
    let answer = server.admin.get("/metrics").expect(200).await;
    assert!(answer.text.ends_with("# EOF\n"), "{answer}");
    let server = Setup::new(&["serve"]).with("GREENROOM_METRICS", "off").start().await;
    server.admin.get("/metrics").refused(404, "route.unknown").await;
}
