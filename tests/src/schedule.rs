//! The backward schedule over HTTP.

use harness::{Person, Server, Setup, Show, examples};
use serde_json::{Value, json};

#[tokio::test]
async fn days_an_organization_closes_are_no_working_days_from_then_on() {
    let server = Setup::sandbox("2027-02-19T10:00:00+08:00").start().await;
    Person::join(&server.admin, "ops.lead@heyan.example", "operator", &[]).await;
    let show = Show::standard(&server.admin, &json!({})).await;
    let left = async |server: &Server| {
        let schedule = server.admin.get(&show.path("/schedule")).expect(200).await.body;
        let gates = schedule["gates"].as_array().unwrap();
        gates.iter().map(|gate| gate["working_days_left"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    // From Friday 19 February to 27 February, 2, 6, 9, 11, 12 and 19 March.
    assert_eq!(left(&server).await, [5, 7, 10, 12, 14, 15, 20]);
    let close = async |days: Value, status: u16| {
        server.admin.patch("/v1/organization", &json!({ "closed_days": days })).expect(status).await.body
    };
    let organization = close(json!(["2027-02-22", "2027-02-28", "2027-03-08"]), 200).await;
    assert_eq!(organization["closed_days"], json!(["2027-02-22", "2027-02-28", "2027-03-08"]));
    assert_eq!(left(&server).await, [4, 6, 9, 10, 12, 13, 18], "the 28th is a Sunday anyway");
    let evaluated = server.admin.post("/v1/evaluations", &examples::standard()).expect(200).await.body;
    assert_eq!(evaluated["schedule"]["gates"][0]["working_days_left"], 4, "{evaluated:#}");
    // A name changes nothing of it, and null opens them all.
    server.admin.patch("/v1/organization", &json!({ "name": "禾颜" })).expect(200).await;
    assert_eq!(left(&server).await[0], 4);
    for (days, pointer) in [
        (json!(["2027-02-30"]), "/closed_days/0"),
        (json!(["2027-02-22", "2027-02-22"]), "/closed_days/1"),
        (json!("2027-02-22"), "/closed_days"),
    ] {
        let refused = close(days, 422).await;
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused:#}");
    }
    assert_eq!(close(Value::Null, 200).await["closed_days"], json!([]));
    assert_eq!(left(&server).await[0], 5);
}
