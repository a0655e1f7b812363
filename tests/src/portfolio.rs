//! Rooms, accounts, people, goods and prices that two campaigns of one organization want: each is told of the other.

use harness::examples::{content, recheck};
use harness::show::COMMENT;
use harness::{Cast, Client, Setup, Show};
use serde_json::{Value, json};

const EVE: &str = "2027-03-19T18:00:00+08:00";

/// Rule and path of every finding of rules across campaigns, sorted.
async fn shared(who: &Client, show: &Show) -> Vec<String> {
    let readiness = who.get(&show.path("/readiness")).expect(200).await.body;
    let findings = readiness["findings"].as_array().unwrap().iter();
    let across = findings.filter(|finding| finding["rule"].as_str().unwrap().starts_with("portfolio."));
    let told = |finding: &Value| {
        format!("{} {}", finding["rule"].as_str().unwrap(), finding["path"].as_str().unwrap())
    };
    let mut told: Vec<String> = across.map(told).collect();
    told.sort();
    told
}

/// The message of the finding of a rule, and what it observed.
async fn finding(who: &Client, show: &Show, rule: &str) -> Value {
    let readiness = who.get(&show.path("/readiness")).expect(200).await.body;
    let findings = readiness["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["rule"] == rule).unwrap_or_else(|| panic!("{findings:#?}")).clone()
}

/// A campaign an hour before the standard one, in the same room and on the same account.
async fn rival(who: &Client) -> Show {
    let changes = json!({
        "external_ref": null, "name": "樱花预售", "go_live_at": "2027-03-20T18:30:00+08:00", "planned_minutes": 120,
        "room_ref": "杭州直播基地 3 号间", "account_ref": "douyin:heyan_official",
    });
    Show::standard(who, &changes).await
}

#[tokio::test]
async fn a_room_and_an_account_are_taken_once_and_whoever_wants_them_too_is_told_by_whom() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let (lead, bo) = (&cast.lead.client, &cast.bo.client);
    let show = Show::standard(lead, &json!({ "gates": { "goal": content("goal") } })).await;
    show.tick_all(lead, "goal").await;
    assert_eq!(shared(lead, &show).await, Vec::<String>::new());
    let rival = rival(lead).await;
    let both = ["portfolio.account_free /campaign/account_ref", "portfolio.room_free /campaign/room_ref"];
    assert_eq!(shared(lead, &show).await, both);
    assert_eq!(shared(lead, &rival).await, both);
    let told = finding(lead, &show, "portfolio.room_free").await;
    assert_eq!(told["message"], "杭州直播基地 3 号间 is taken by \"樱花预售\" at that time.");
    assert_eq!(told["observed"][0]["ref"], rival.id.as_str(), "{told:#}");
    let submission = || lead.post(&show.gate_path("goal", "/submission"), &json!({ "comment": COMMENT }));
    submission().refused(409, "gate.blockers_open").await;
    rival.amend(lead, &json!({ "go_live_at": "2027-03-20T16:59:00+08:00" })).await;
    assert_eq!(shared(lead, &show).await, Vec::<String>::new(), "an hour and a minute lie between them");
    rival.amend(lead, &json!({ "planned_minutes": 122 })).await;
    assert_eq!(shared(lead, &show).await, both);
    rival.amend(lead, &json!({ "room_ref": "another room" })).await;
    assert_eq!(shared(lead, &show).await, both[..1]);
    bo.post(&rival.path("/cancel"), &json!({})).expect(200).await;
    assert_eq!(shared(lead, &show).await, Vec::<String>::new());
    submission().expect(200).await;
}

#[tokio::test]
async fn people_goods_and_prices_of_other_campaigns_are_looked_at() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({})).await;
    show.pass_all(&cast).await;
    let rival = rival(lead).await;
    rival.amend(lead, &json!({ "room_ref": "another room", "account_ref": "another account" })).await;
    assert_eq!(shared(lead, &show).await, Vec::<String>::new());
    let roster = json!([{ "person": "陈屿", "role": "operator", "is_backup": false,
        "shift_from_at": "2027-03-20T17:00:00+08:00", "shift_to_at": "2027-03-20T22:00:00+08:00" }]);
    rival.fill(lead, "team", &json!({ "roster": roster })).await;
    let skus = json!([
        { "sku_id": "HY-T01", "locked_units": 3_600, "live_price": 990 },
        { "sku_id": "HY-H01", "locked_units": 801, "live_price": 23_899 },
    ]);
    rival.fill(lead, "products", &json!({ "skus": skus })).await;
    assert_eq!(
        shared(lead, &show).await,
        [
            "portfolio.cheapest_here /gates/products/skus/2/live_price",
            "portfolio.people_free /gates/team/roster/3/person",
            "portfolio.stock_promised_once /gates/products/skus/2/locked_units",
        ]
    );
    let stock = finding(lead, &show, "portfolio.stock_promised_once").await;
    assert_eq!((&stock["observed"], &stock["required"]), (&json!(3_001), &json!(3_000)), "{stock:#}");
    // Approvals sign the campaign itself; what others do shows at the go-live.
    assert_eq!(show.statuses(lead).await, ["passed"; 7]);
    server.move_clock("2027-03-20T18:00:00+08:00").await;
    show.change(lead, "equipment_test", &recheck()).await;
    let blocked = show.view(lead).await["go_live"].clone();
    assert_eq!(blocked["allowed"], false, "{blocked:#}");
    rival.fill(lead, "products", &json!({})).await;
    rival.fill(lead, "team", &json!({})).await;
    assert_eq!(shared(lead, &show).await, Vec::<String>::new());
    assert_eq!(show.view(lead).await["go_live"]["allowed"], true);
}
