//! The run-sheet simulation against figures worked out by hand, and against counting second by second.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[path = "run_sheet/by_the_second.rs"]
mod by_the_second;
#[path = "support/scene.rs"]
mod scene;
mod support;

use domain::finding::FindingStatus;
use domain::gate::products::ProductRole;
use domain::gate::script::RowKind;
use domain::run_sheet::{Caution, HostLoad, Outlook, RunSheet, SellOut, Span};
use rust_decimal::Decimal;
use scene::{Scene, key};
use serde_json::{Value, json};
use support::{standard, vectors};

const NOW: &str = "2027-03-20T17:00:00+08:00";

fn scene(patch: &Value) -> Scene {
    Scene::of(&json!({ "now": NOW, "patch": patch }))
}

fn sheet(scene: &Scene) -> RunSheet {
    RunSheet::of(&scene.campaign, scene.case().params())
}

fn without(pointers: &[&str]) -> RunSheet {
    let patch: Value = pointers.iter().map(|path| json!({ "op": "remove", "path": path })).collect();
    sheet(&scene(&patch))
}

fn with(changes: &[(&str, Value)]) -> RunSheet {
    let patch: Value =
        changes.iter().map(|(path, value)| json!({ "op": "add", "path": path, "value": value })).collect();
    sheet(&scene(&patch))
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn outlook<'s>(sheet: &'s RunSheet, sku_id: &str) -> Option<&'s Outlook> {
    sheet.products.iter().find(|product| product.sku_id == sku_id).unwrap().outlook.as_ref()
}

#[test]
fn the_standard_show_goes_as_the_domain_page_says() {
    let sheet = without(&[]);
    assert_eq!(sheet.show_end_seconds, Some(10_800));
    assert_eq!(sheet.orders, Some(decimal("6000")));
    let peak = sheet.peak.as_ref().unwrap();
    let minutes: Vec<i64> = peak.bins.iter().map(|bin| bin.span.start_seconds / 60).collect();
    assert_eq!((minutes, peak.seconds, peak.share_pct()), (vec![60, 45, 75], 2700, decimal("84.44")));
    let quiet = sheet.quiet.as_ref().unwrap();
    assert_eq!((quiet.longest_seconds(), quiet.spans.len()), (1440, 10));
    assert_eq!(quiet.longest, Some(Span { start_seconds: 1680, end_seconds: 3120 }));
    let sold = sheet.products.iter().map(|product| {
        let outlook = product.outlook.as_ref().unwrap();
        assert_eq!(outlook.sell_out, None, "{}", product.sku_id);
        (product.sku_id.as_str(), outlook.projected_units)
    });
    let expected = [
        ("HY-T01", "557.77"),
        ("HY-T02", "310.89"),
        ("HY-H01", "2118.31"),
        ("HY-H02", "1437.10"),
        ("HY-P01", "535.67"),
        ("HY-P02", "477.00"),
        ("HY-P03", "195.07"),
        ("HY-P04", "262.12"),
        ("HY-I01", "106.07"),
        ("HY-G01", "0"),
    ];
    assert_eq!(sold.collect::<Vec<_>>(), expected.map(|(sku_id, units)| (sku_id, decimal(units))));
    let load = |host: &str, seconds, from, until| HostLoad {
        host: host.to_owned(),
        seconds,
        longest: Span { start_seconds: from, end_seconds: until },
    };
    let hosts = vec![load("林知夏", 6960, 3120, 4560), load("周可", 3840, 660, 1500)];
    assert_eq!(sheet.hosts, Some(hosts));
    let kinds = [
        (RowKind::Opening, 180),
        (RowKind::Product, 4740),
        (RowKind::Interaction, 1080),
        (RowKind::Giveaway, 480),
        (RowKind::FlashSale, 2820),
        (RowKind::Recap, 780),
        (RowKind::Buffer, 420),
        (RowKind::Closing, 300),
    ];
    assert_eq!(sheet.seconds_by_kind, Some(kinds.into()));
    let roles = [
        (ProductRole::Traffic, 960),
        (ProductRole::Hero, 3480),
        (ProductRole::Profit, 2700),
        (ProductRole::Image, 780),
    ];
    assert_eq!(sheet.seconds_by_role, Some(roles.into()));
}

#[test]
fn each_row_has_its_times_its_talk_and_its_demand() {
    let changes = [
        ("/gates/script/rows/6/start_seconds", json!(1700)),
        ("/gates/script/rows/7/start_seconds", json!(2500)),
    ];
    let rows = with(&changes).rows;
    let at = |text: &str| Some(text.parse().unwrap());
    assert_eq!((rows.len(), rows[0].start_at), (32, at("2027-03-20T20:00:00+08:00")));
    assert_eq!((rows[1].start_at, rows[1].end_at), (at("2027-03-20T12:03:00Z"), at("2027-03-20T12:09:00Z")));
    assert_eq!(
        [rows[0].gap_seconds, rows[6].gap_seconds, rows[7].gap_seconds],
        [Some(0), Some(20), Some(-40)]
    );
    let talk = rows[0].talk.unwrap();
    assert_eq!((talk.letters, talk.seconds()), (51, Some(decimal("11.33"))));
    assert_eq!((rows[0].demand_units, rows[18].demand_units), (Some(Decimal::ZERO), Some(Decimal::ZERO)));
    let standard = without(&[]).rows;
    assert_eq!(standard[17].demand_units, Some(decimal("73.15")));
    // 0.3 for an image product; 120 s with 4300 viewers and 360 s with 3900.
    assert_eq!(standard[17].weight, Some(decimal("576000")));
    assert_eq!(standard[18].weight, Some(Decimal::ZERO), "a recap sells nothing");
}

#[test]
fn twelve_boxes_sell_out_at_minute_104() {
    let sheet = with(&[("/gates/products/skus/8/locked_units", json!(12))]);
    let boxes = outlook(&sheet, "HY-I01").unwrap();
    assert_eq!(boxes.sell_out, Some(SellOut { minute: 104, row: 17 }));
    assert_eq!((boxes.demand_units, boxes.projected_units), (decimal("106.07"), decimal("12")));
    let ninety = with(&[("/gates/products/skus/8/locked_units", json!(90))]);
    // 16.85 of 32.92 boxes into row 29, which starts at 9780 s and takes 300 s: second 9933.56.
    assert_eq!(outlook(&ninety, "HY-I01").unwrap().sell_out, Some(SellOut { minute: 165, row: 29 }));
}

#[test]
fn holes_overlaps_silence_and_sell_outs_are_what_to_watch() {
    let cautions = |changes: &[(&str, Value)]| {
        let patch: Value = changes
            .iter()
            .map(|(path, value)| json!({ "op": "add", "path": path, "value": value }))
            .collect();
        let scene = scene(&patch);
        let rows = scene.campaign.contents.script.rows.clone().unwrap();
        sheet(&scene).cautions(&rows, &scene.case().params().script)
    };
    assert_eq!(cautions(&[]), []);
    let span = |start_seconds, end_seconds| Span { start_seconds, end_seconds };
    // Row 6 starts at 1680, when row 5 ends; 60 s are no hole, 61 s are one.
    let overlap = |until| Caution::Overlap { row: 7, span: span(2520, until) };
    assert_eq!(cautions(&[("/gates/script/rows/6/start_seconds", json!(1740))]), [overlap(2580)]);
    let hole = Caution::Gap { row: 6, span: span(1680, 1741) };
    assert_eq!(cautions(&[("/gates/script/rows/6/start_seconds", json!(1741))]), [hole, overlap(2581)]);
    let silent =
        [("/gates/script/rows/5/kind", json!("buffer")), ("/gates/script/rows/5/interaction", json!(null))];
    assert_eq!(cautions(&silent), [Caution::Quiet { span: span(660, 3120) }]);
    let boxes = cautions(&[("/gates/products/skus/8/locked_units", json!(12))]);
    let sell_out = SellOut { minute: 104, row: 17 };
    assert_eq!(boxes, [Caution::SellOut { sku_id: "HY-I01".to_owned(), sell_out }]);
}

#[test]
fn letters_and_digits_of_every_script_are_counted_and_nothing_else() {
    let talk = |text: &str| {
        let talk = with(&[("/gates/script/rows/0/talk_track", json!(text))]).rows[0].talk.unwrap();
        (talk.letters, talk.letters_per_second)
    };
    let (han, other) = (decimal("4.5"), decimal("15"));
    assert_eq!(talk("SPF50+, 春。"), (6, han));
    assert_eq!(talk("〇"), (1, han), "the Chinese zero is a number of category Nl");
    assert_eq!(talk("ひらがな e\u{301} é Ⅳ ½ ①"), (9, other), "a mark is no letter, ½ is a number");
    assert_eq!(talk("😀 ★ … —"), (0, other));
}

#[test]
fn a_rest_another_host_or_a_long_gap_ends_a_stretch() {
    let row = |start: i64, seconds: i64, kind: &str, host: &str| json!({ "start_seconds": start, "duration_seconds": seconds, "kind": kind, "host": host });
    let longest = |rows: &[Value]| {
        let sheet = with(&[("/gates/script/rows", json!(rows))]);
        let load = &sheet.hosts.unwrap()[0];
        (load.host.clone(), load.seconds, load.longest.start_seconds, load.longest.end_seconds)
    };
    let first = |seconds, from, until| ("甲".to_owned(), seconds, from, until);
    let lead = |start, seconds| row(start, seconds, "product", "甲");
    assert_eq!(longest(&[lead(0, 100), lead(160, 100)]), first(200, 0, 260), "a gap of 60 s is no break");
    assert_eq!(longest(&[lead(0, 90), lead(151, 100)]), first(190, 151, 251), "a gap of 61 s is one");
    assert_eq!(
        longest(&[lead(0, 500), lead(100, 50), lead(200, 50)]),
        first(600, 0, 500),
        "to the greatest end"
    );
    let rests = [lead(0, 100), row(100, 50, "rest", "甲"), lead(150, 120)];
    assert_eq!(longest(&rests), first(220, 150, 270));
    let relieved = [lead(0, 100), row(100, 50, "product", "乙"), lead(150, 90)];
    assert_eq!(longest(&relieved), first(190, 0, 100), "the first of equals or longer");
}

#[test]
fn a_row_without_start_takes_away_what_rests_on_it() {
    let sheet = without(&["/gates/script/rows/3/start_seconds"]);
    assert_eq!((sheet.rows[3].start_at, sheet.rows[3].end_at, sheet.rows[3].gap_seconds), (None, None, None));
    assert_eq!((sheet.rows[4].gap_seconds, sheet.rows[5].gap_seconds), (None, Some(0)));
    assert!(sheet.rows[4].start_at.is_some() && sheet.rows[3].talk.is_some());
    assert_eq!(
        (sheet.show_end_seconds, &sheet.peak, &sheet.quiet, &sheet.hosts),
        (None, &None, &None, &None)
    );
    assert!(sheet.rows.iter().all(|row| row.demand_units.is_none()) && outlook(&sheet, "HY-H01").is_none());
    assert!(sheet.orders.is_some() && sheet.seconds_by_kind.is_some() && sheet.seconds_by_role.is_some());
}

#[test]
fn what_the_demand_rests_on_takes_it_away_and_nothing_else() {
    let orderless = without(&["/gates/goal/conversion_pct"]);
    assert!(
        orderless.orders.is_none() && outlook(&orderless, "HY-H01").is_none() && orderless.peak.is_some()
    );
    let roleless = without(&["/gates/products/skus/9/role"]);
    assert!(outlook(&roleless, "HY-H01").is_none() && roleless.peak.is_some());
    let roleless = without(&["/gates/products/skus/0/role"]);
    assert!(roleless.seconds_by_role.is_none() && roleless.seconds_by_kind.is_some());
    let viewerless = without(&["/gates/script/expected_viewers"]);
    assert!(viewerless.peak.is_none() && outlook(&viewerless, "HY-H01").is_none());
    let unlocked = without(&["/gates/products/skus/2/locked_units"]);
    assert!(outlook(&unlocked, "HY-H01").is_none() && outlook(&unlocked, "HY-H02").is_some());
    assert!(unlocked.rows[6].demand_units.is_some());
    let unnumbered = without(&["/gates/products/skus/2/sku_id"]);
    assert_eq!(unnumbered.products.len(), 9);
}

#[test]
fn an_empty_draft_has_an_empty_run_sheet() {
    let sheet =
        with(&[("/gates/script", json!({})), ("/gates/products", json!({})), ("/gates/goal", json!({}))]);
    let nothing = RunSheet {
        rows: Vec::new(),
        show_end_seconds: None,
        peak: None,
        quiet: None,
        orders: None,
        products: Vec::new(),
        hosts: None,
        seconds_by_kind: None,
        seconds_by_role: None,
    };
    assert_eq!(sheet, nothing);
}

#[test]
fn the_largest_figures_are_simulated() {
    let most = 999_999_999.999_9;
    let params = |far: i64, profit: f64, rate: f64| {
        json!({
            "script": {
                "bin_minutes": far, "max_gap_seconds": far, "han_per_second": rate, "letters_per_second": rate,
                "demand_weight": { "traffic": most, "hero": most, "profit": profit, "image": most },
            },
            "products": { "inbound_lead_hours": far },
        })
    };
    let bins: Value = (0..96).map(|i| json!({ "from_minute": 15 * i, "viewers": 1_000_000_000 })).collect();
    let row = |i: usize| {
        let sku = if i.is_multiple_of(2) { "HY-H01" } else { "HY-P01" };
        json!({ "start_seconds": 86_400, "duration_seconds": 14_400, "kind": "product", "host": "甲", "sku_id": sku, "talk_track": "春" })
    };
    let patch = json!([
        { "op": "replace", "path": "/gates/goal/viewers_target", "value": 1_000_000_000 },
        { "op": "replace", "path": "/gates/goal/conversion_pct", "value": 99.99 },
        { "op": "replace", "path": "/gates/script/expected_viewers", "value": bins },
        { "op": "replace", "path": "/gates/script/rows", "value": (0..400).map(row).collect::<Value>() },
    ]);
    let far = 1_000_000_000_000;
    for params in [
        params(far, most, most),
        params(-far, most, 0.0),
        params(far, -most, -most),
        params(far, -999_999_999.999_8, 0.000_1),
    ] {
        let scene = Scene::of(&json!({ "now": NOW, "patch": patch, "params": params }));
        assert_eq!(sheet(&scene).show_end_seconds, Some(100_800));
        assert!(!scene.findings().is_empty());
    }
}

#[test]
fn a_show_nobody_watches_sells_nothing() {
    let sheet = with(&[("/gates/script/expected_viewers", json!([{ "from_minute": 0, "viewers": 0 }]))]);
    let hero = outlook(&sheet, "HY-H01").unwrap();
    assert_eq!((hero.demand_units, hero.sell_out), (Decimal::ZERO, None));
}

#[test]
fn the_rule_finds_the_sell_outs_of_the_run_sheet() {
    let mut sell_outs = 0;
    for vector in vectors("findings") {
        let scene = Scene::of(&vector);
        let rule = "script.stock_lasts";
        let found: Vec<String> = scene
            .findings()
            .iter()
            .filter(|finding| finding.rule.id == rule && finding.status == FindingStatus::Fail)
            .map(key)
            .collect();
        let sold_out = sheet(&scene).products.into_iter().enumerate().filter(|(_, product)| {
            product.outlook.as_ref().is_some_and(|outlook| outlook.sell_out.is_some())
        });
        let foreseen: Vec<String> = sold_out
            .map(|(i, _)| format!("{rule} fail warning /gates/products/skus/{i}/locked_units"))
            .collect();
        assert_eq!(found, foreseen, "{}", vector["name"]);
        sell_outs += found.len();
    }
    assert!(sell_outs >= 3, "{sell_outs}");
}

#[test]
fn a_draft_that_lacks_any_member_has_a_run_sheet() {
    let rows = standard()["gates"]["script"]["rows"].as_array().unwrap().len();
    let script = ["start_seconds", "duration_seconds", "kind", "host", "sku_id", "talk_track", "interaction"];
    let script = script.map(|member| format!("/gates/script/rows/1/{member}"));
    let products = ["sku_id", "role", "locked_units", "live_price"];
    let products = products.map(|member| format!("/gates/products/skus/2/{member}"));
    let bins = ["from_minute", "viewers"].map(|member| format!("/gates/script/expected_viewers/0/{member}"));
    let goal = ["viewers_target", "conversion_pct"].map(|member| format!("/gates/goal/{member}"));
    let there = |path: &String| standard().pointer(path).is_some();
    for path in script.iter().chain(&products).chain(&bins).chain(&goal).filter(|path| there(path)) {
        assert_eq!(without(&[path]).rows.len(), rows, "{path}");
    }
}
