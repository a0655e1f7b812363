//! What a campaign takes that others may want too, and from when on others matter.

use domain::claim::{claims, matter_after};
use serde_json::json;

use crate::scene::Scene;

const EVE: &str = "2027-03-19T18:00:00+08:00";

#[test]
fn a_campaign_takes_room_account_people_who_can_be_in_one_show_and_goods() {
    let patch = json!([
        { "op": "add", "path": "/gates/team/roster/-", "value": { "person": "林知夏", "role": "host" } },
        { "op": "remove", "path": "/gates/products/skus/9/sku_id" },
    ]);
    let scene = Scene::of(&json!({ "now": EVE, "patch": patch }));
    let taken: Vec<String> = claims(&scene.case())
        .iter()
        .map(|claim| {
            let price = claim.live_price.map(|price| price.get());
            format!("{} {} {:?} {price:?}", claim.kind, claim.key, claim.locked_units)
        })
        .collect();
    let people: Vec<&str> = taken.iter().filter_map(|one| one.strip_prefix("person ")).collect();
    // Hosts, co-host, operators, assistant and floor control, each once; the others may work for several shows.
    let names = ["何川", "周可", "林知夏", "沈亦凡", "苏禾", "许念", "陈屿"];
    assert_eq!(people, names.map(|name| format!("{name} None None")));
    assert_eq!(taken[..2], ["room 杭州直播基地 3 号间 None None", "account douyin:heyan_official None None"]);
    assert_eq!(taken[taken.len() - 9], "sku HY-T01 Some(2400) Some(990)");
    assert_eq!(
        taken[taken.len() - 1],
        "sku HY-I01 Some(200) Some(59900)",
        "a product without a number takes nothing"
    );
}

#[test]
fn others_matter_while_they_can_collide_hold_goods_or_sell_cheaper() {
    // A week before the show, twelve hours after its end, an hour between two: the longest of these counts.
    let at = |params: serde_json::Value, now: &str| {
        let scene = Scene::of(&json!({ "now": now, "patch": [], "params": { "portfolio": params } }));
        matter_after(&scene.case()).to_string()
    };
    assert_eq!(at(json!({}), EVE), "2027-03-13T12:00:00Z");
    assert_eq!(at(json!({ "price_days": 0 }), EVE), "2027-03-18T22:00:00Z");
    let hour_before = at(json!({ "price_days": 0 }), "2027-03-21T18:00:00+08:00");
    assert_eq!(hour_before, "2027-03-20T11:00:00Z");
}
