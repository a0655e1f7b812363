//! The run sheet: its figures, its three forms, what hostile texts do to it. How it leaves the printer is in `printed`.

mod printed;

use std::collections::BTreeSet;
use std::process::Command;

use harness::examples::{content, patched, standard};
use harness::{Cast, Client, Server, Setup, Show};
use serde_json::{Value, json};

const NOW: &str = "2027-03-19T18:00:00+08:00";

async fn stage() -> (Server, Cast, Show) {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({ "gates": standard()["gates"] })).await;
    (server, cast, show)
}

/// The products of the standard campaign in the order of the line-up, as they are called on air.
const PRODUCTS: [(&str, &str, f64); 10] = [
    ("HY-T01", "氨基酸洁面旅行装 30ml", 557.77),
    ("HY-T02", "一次性洗脸巾 60 抽×3", 310.89),
    ("HY-H01", "樱花焕亮精华 30ml", 2118.31),
    ("HY-H02", "积雪草舒缓面霜 50g", 1437.10),
    ("HY-P01", "清润防晒乳 SPF50 50ml", 535.67),
    ("HY-P02", "玻尿酸补水面膜 10 片", 477.00),
    ("HY-P03", "氨基酸洁面 120g", 195.07),
    ("HY-P04", "樱花柔肤水 150ml", 262.12),
    ("HY-I01", "春日樱花礼盒", 106.07),
    ("HY-G01", "樱花化妆包", 0.0),
];

/// Start, what is on, price and host of all rows of the standard campaign, as they are printed in Chinese.
const ROWS: [(&str, &str, &str, &str); 32] = [
    ("20:00", "开场", "", "林知夏"),
    ("20:03", "氨基酸洁面旅行装 30ml", "9.90", "林知夏"),
    ("20:09", "互动", "", "林知夏"),
    ("20:11", "一次性洗脸巾 60 抽×3", "19.90", "周可"),
    ("20:17", "氨基酸洁面 120g", "89", "周可"),
    ("20:25", "互动", "", "林知夏"),
    ("20:28", "樱花焕亮精华 30ml", "239", "林知夏"),
    ("20:42", "机动", "", "周可"),
    ("20:44", "玻尿酸补水面膜 10 片", "99", "周可"),
    ("20:52", "福利", "", "林知夏"),
    ("20:55", "积雪草舒缓面霜 50g", "189", "林知夏"),
    ("21:07", "清润防晒乳 SPF50 50ml", "129", "林知夏"),
    ("21:16", "互动", "", "周可"),
    ("21:20", "樱花焕亮精华 30ml", "239", "林知夏"),
    ("21:30", "机动", "", "周可"),
    ("21:32", "樱花柔肤水 150ml", "119", "周可"),
    ("21:40", "互动", "", "周可"),
    ("21:43", "春日樱花礼盒", "599", "林知夏"),
    ("21:51", "樱花焕亮精华 30ml", "239", "林知夏"),
    ("21:57", "福利", "", "周可"),
    ("21:59", "积雪草舒缓面霜 50g", "189", "林知夏"),
    ("22:07", "玻尿酸补水面膜 10 片", "99", "周可"),
    ("22:13", "机动", "", "周可"),
    ("22:16", "互动", "", "林知夏"),
    ("22:19", "氨基酸洁面旅行装 30ml", "9.90", "周可"),
    ("22:23", "清润防晒乳 SPF50 50ml", "129", "林知夏"),
    ("22:29", "互动", "", "周可"),
    ("22:32", "樱花焕亮精华 30ml", "239", "林知夏"),
    ("22:40", "福利", "", "林知夏"),
    ("22:43", "春日樱花礼盒", "599", "周可"),
    ("22:48", "返场", "", "林知夏"),
    ("22:55", "收尾", "", "林知夏"),
];

#[tokio::test]
async fn the_figures_of_the_standard_show_are_those_of_the_domain_page() {
    let (server, cast, show) = stage().await;
    let sheet = cast.viewer.client.get(&show.path("/run-sheet")).expect(200).await;
    assert_eq!(sheet.header("content-type"), "application/json");
    the_standard_show(&sheet.body);
    let mut body = standard();
    body["now"] = json!(NOW);
    let evaluation = server.admin.post("/v1/evaluations", &body).expect(200).await.body;
    assert_eq!(evaluation["run_sheet"], sheet.body, "the stateless check tells the same");
}

fn the_standard_show(sheet: &Value) {
    assert_eq!((&sheet["orders"], &sheet["show_end_seconds"]), (&json!(6000), &json!(10_800)));
    assert_eq!(
        (&sheet["go_live_at"], &sheet["currency"]),
        (&json!("2027-03-20T20:00:00+08:00"), &json!("CNY"))
    );
    assert_eq!(sheet["show_ends_at"], "2027-03-20T23:00:00+08:00");
    let peak = &sheet["peak"];
    let bins: Vec<&Value> =
        peak["bins"].as_array().unwrap().iter().map(|bin| &bin["start_seconds"]).collect();
    assert_eq!(bins, [3600, 2700, 4500], "from minute 60, 45, 75");
    assert_eq!((&peak["seconds"], &peak["selling_seconds"]), (&json!(2700), &json!(2280)));
    assert_eq!(peak["share_pct"], json!(84.44));
    let longest = json!({ "start_seconds": 1680, "end_seconds": 3120, "seconds": 1440 });
    assert_eq!(sheet["quiet"]["longest"], longest);
    assert_eq!(sheet["quiet"]["spans"].as_array().unwrap().len(), 10);
    let products = sheet["products"].as_array().unwrap();
    assert_eq!(products.len(), PRODUCTS.len());
    for (product, (sku_id, name, units)) in products.iter().zip(PRODUCTS) {
        assert_eq!((&product["sku_id"], &product["name"]), (&json!(sku_id), &json!(name)));
        assert_eq!(product["projected_units"].as_f64(), Some(units), "{product:#}");
        assert_eq!(product["sell_out"], Value::Null, "{product:#}");
    }
    let span = |from: i64, until: i64| json!({ "start_seconds": from, "end_seconds": until, "seconds": until - from });
    let hosts = json!([
        { "host": "林知夏", "seconds": 6960, "longest": span(3120, 4560) },
        { "host": "周可", "seconds": 3840, "longest": span(660, 1500) },
    ]);
    assert_eq!(sheet["hosts"], hosts);
    let kinds = [
        ("opening", 180),
        ("product", 4740),
        ("interaction", 1080),
        ("giveaway", 480),
        ("flash_sale", 2820),
        ("recap", 780),
        ("buffer", 420),
        ("closing", 300),
    ];
    let kinds = kinds.map(|(kind, seconds)| json!({ "kind": kind, "seconds": seconds }));
    assert_eq!(sheet["time_by_kind"], json!(kinds));
    let roles = [("traffic", 960), ("hero", 3480), ("profit", 2700), ("image", 780)];
    assert_eq!(
        sheet["time_by_role"],
        json!(roles.map(|(role, seconds)| json!({ "role": role, "seconds": seconds })))
    );
    assert_eq!(sheet["cautions"], json!([]));
    let box_row = &sheet["rows"][17];
    let expected = json!({
        "start_at": "2027-03-20T21:43:00+08:00", "end_at": "2027-03-20T21:51:00+08:00", "start_seconds": 6180,
        "duration_seconds": 480, "gap_seconds": 0, "kind": "product", "host": "林知夏", "sku_id": "HY-I01",
        "product": "春日樱花礼盒", "price": 59_900, "weight": 576_000, "demand_units": 73.15,
        "letters": box_row["letters"], "letters_per_second": 4.5, "talk_seconds": box_row["talk_seconds"],
    });
    assert_eq!(box_row, &expected);
    let opening = &sheet["rows"][0];
    assert_eq!((&opening["letters"], &opening["talk_seconds"]), (&json!(51), &json!(11.33)));
    assert_eq!(sheet["rows"].as_array().unwrap().len(), ROWS.len());
}

/// The standard script with a hole, an overlap, silence and a product that sells out.
async fn troubled(show: &Show, who: &Client) {
    let row = |i: usize, member: &str| format!("/rows/{i}/{member}");
    let patch = json!([
        { "op": "replace", "path": row(6, "start_seconds"), "value": 1741 },
        { "op": "replace", "path": row(26, "kind"), "value": "buffer" },
        { "op": "remove", "path": row(26, "interaction") },
        { "op": "replace", "path": row(28, "kind"), "value": "buffer" },
        { "op": "remove", "path": row(28, "interaction") },
    ]);
    show.fill(who, "script", &patched(content("script"), &patch)).await;
    let few = json!([{ "op": "replace", "path": "/skus/8/locked_units", "value": 12 }]);
    show.fill(who, "products", &patched(content("products"), &few)).await;
}

#[tokio::test]
async fn holes_overlaps_silence_and_sell_outs_are_told_in_both_languages() {
    let (_server, cast, show) = stage().await;
    troubled(&show, &cast.lead.client).await;
    let ask = |language: &'static str| {
        cast.viewer.client.get(&show.path("/run-sheet")).header("accept-language", language).expect(200)
    };
    let (english, chinese) = (ask("en").await.body, ask("zh-CN").await.body);
    let what = |sheet: &Value| -> Vec<String> {
        let cautions = sheet["cautions"].as_array().unwrap();
        cautions.iter().map(|caution| caution["what"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        what(&english),
        [
            "Nothing is planned from 20:28 to 20:29:01 (1 min 1 s), before row 7.",
            "Row 8 starts at 20:42, while the row before it runs until 20:43:01 (1 min 1 s).",
            "No interaction from 22:19 to 23:00 (41 min).",
            "春日樱花礼盒 sells out at 21:44, in row 18.",
        ]
    );
    assert_eq!(
        what(&chinese),
        [
            "20:28 至 20:29:01(1 分 1 秒)没有安排,在第 7 行之前。",
            "第 8 行 20:42 开始,而上一行 20:43:01 才结束(重叠 1 分 1 秒)。",
            "22:19 至 23:00(41 分钟)没有互动。",
            "春日樱花礼盒 将于 21:44(第 18 行)售罄。",
        ]
    );
    let sell_out = &english["cautions"][3];
    let places = ["kind", "row", "sku_id", "minute"].map(|member| &sell_out[member]);
    assert_eq!(places, [&json!("sell_out"), &json!(17), &json!("HY-I01"), &json!(104)]);
    assert_eq!(english["products"][8]["sell_out"], json!({ "minute": 104, "row": 17 }));
    let page = cast.viewer.client.get(&show.path("/run-sheet?format=html")).expect(200).await.text;
    for caution in what(&english) {
        assert!(page.contains(&caution), "{caution} is not on the page");
    }
}

#[tokio::test]
async fn page_and_table_hold_every_row_in_order() {
    let (_server, cast, show) = stage().await;
    let ask = |accept: &'static str| {
        let call = cast.viewer.client.get(&show.path("/run-sheet")).header("accept", accept);
        call.header("accept-language", "zh-CN").expect(200)
    };
    let page = ask("text/html").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("<html lang=\"zh-CN\">"));
    in_order(&page.text, "<tbody>");
    let table = ask("text/markdown").await;
    assert_eq!(table.header("content-type"), "text/markdown; charset=utf-8");
    in_order(&table.text, "|---:|---|");
    let cells = table.text.lines().filter(|line| line.starts_with("| ") && line.contains("**2"));
    let cells: Vec<usize> = cells.map(|line| line.matches(" | ").count()).collect();
    assert_eq!(cells, [5; 32], "six cells in each of 32 rows");
    for text in [&page.text, &table.text] {
        for words in [
            "SANDBOX",
            "草稿",
            "主播时长",
            "环节时长",
            "116 分钟",
            "84.44 %",
            "没有空档",
            "出差带大瓶洁面又重又漏。",
        ] {
            assert!(text.contains(words), "{words} is missing");
        }
    }
    let english = cast.viewer.client.get(&show.path("/run-sheet?format=html")).expect(200).await;
    assert!(english.text.contains("<html lang=\"en\">") && english.text.contains("Longest stretch"));
}

/// Every row in its place: start, then what is on, price and host before the next row.
fn in_order(text: &str, from: &str) {
    let mut rest = text.split_once(from).unwrap().1;
    for (start, what, price, host) in ROWS {
        for words in [start, what, price, host] {
            let found = rest.find(words);
            let at = found.unwrap_or_else(|| panic!("{start}: {words} is missing"));
            assert!(at < 1200, "{start}: {words} is not in its row");
            rest = &rest[at..];
        }
    }
}

#[tokio::test]
async fn hostile_texts_stay_text() {
    let (_server, cast, show) = stage().await;
    let lead = &cast.lead.client;
    let evil = "<script>alert('1')</script>\" | ** `x` [a](javascript:1)\n| --- |\n</td></table><img src=x onerror=alert(1)>";
    let short = "</style><script>1</script>|\"'";
    let patch = json!([
        { "op": "replace", "path": "/rows/1/talk_track", "value": evil },
        { "op": "replace", "path": "/rows/1/operator_cue", "value": evil },
        { "op": "replace", "path": "/rows/1/host", "value": short },
        { "op": "replace", "path": "/theme", "value": "<b>|theme" },
    ]);
    show.fill(lead, "script", &patched(content("script"), &patch)).await;
    let named = json!([{ "op": "replace", "path": "/skus/0/name", "value": short }]);
    show.fill(lead, "products", &patched(content("products"), &named)).await;
    let rename = json!({ "name": short, "room_ref": evil.lines().next().unwrap() });
    lead.patch(&show.path(""), &rename).if_match("*").expect(200).await;
    let page = lead.get(&show.path("/run-sheet?format=html")).expect(200).await;
    let tags: BTreeSet<&str> = page.text.split('<').skip(1).map(tag_name).collect();
    let ours = [
        "!doctype", "article", "b", "body", "br", "caption", "col", "colgroup", "dd", "div", "dl", "dt",
        "h1", "h2", "h3", "head", "header", "html", "i", "meta", "p", "section", "small", "span", "style",
        "table", "tbody", "td", "th", "thead", "title", "tr",
    ];
    assert_eq!(tags, ours.into());
    assert!(!page.text.contains("onerror=alert(1)>") && !page.text.contains(" style="), "{page}");
    assert_eq!(page.text.matches("</style>").count(), 1, "{page}");
    let table = lead.get(&show.path("/run-sheet?format=markdown")).expect(200).await.text;
    assert!(!table.contains("<script") && !table.contains("<img") && !table.contains("[a]("), "{table}");
    let row = table.lines().find(|line| line.starts_with("| 2 |")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 7, "{row}");
    assert_eq!(table.lines().filter(|line| line.starts_with("| --- |")).count(), 0, "{table}");
}

fn tag_name(tag: &str) -> &str {
    tag.trim_start_matches('/').split(|c: char| !(c.is_ascii_alphanumeric() || c == '!')).next().unwrap()
}

#[tokio::test]
async fn the_page_may_load_nothing_but_its_own_style() {
    let (_server, cast, show) = stage().await;
    let page = cast.viewer.client.get(&show.path("/run-sheet?format=html")).expect(200).await;
    let style = page.text.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let digest = sha256_base64(style);
    let policy = page.header("content-security-policy");
    let expected = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    assert_eq!(policy, expected);
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "nothing leads elsewhere");
}

fn sha256_base64(text: &str) -> String {
    let python = "import base64, hashlib, sys; print(base64.b64encode(hashlib.sha256(sys.argv[1].encode()).digest()).decode())";
    let run = Command::new("python3").args(["-c", python, text]).output().unwrap();
    String::from_utf8(run.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_form_nobody_offers_is_refused_and_the_address_goes_before_the_header() {
    let (server, cast, show) = stage().await;
    let lead = &cast.lead.client;
    let path = show.path("/run-sheet");
    lead.get(&path).header("accept", "application/pdf").refused(406, "accept.not_offered").await;
    let refused = lead.get(&format!("{path}?format=pdf")).refused(400, "query.invalid").await;
    assert_eq!(refused.errors(), [("/format".to_owned(), "choice.unknown".to_owned())]);
    lead.get(&format!("{path}?form=html")).refused(400, "query.unknown").await;
    let page =
        lead.get(&format!("{path}?format=html")).header("accept", "application/json").expect(200).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let rival = server.another_organization("Rival", "boss@rival.example");
    for query in ["", "?format=json", "?format=html", "?format=markdown"] {
        rival.get(&format!("{path}{query}")).refused(404, "resource.not_found").await;
    }
}

#[tokio::test]
async fn who_has_the_run_sheet_is_spared_it_until_it_changes() {
    let (_server, cast, show) = stage().await;
    let lead = &cast.lead.client;
    let mut tags = BTreeSet::new();
    for format in ["json", "html", "markdown"] {
        let path = show.path(&format!("/run-sheet?format={format}"));
        let first = lead.get(&path).expect(200).await;
        let vary: Vec<&str> =
            first.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(
            vary.join(", ").contains("Accept,") && vary.join(", ").contains("Accept-Language"),
            "{vary:?}"
        );
        assert_eq!(first.header("cache-control"), "private, no-cache");
        lead.get(&path).header("if-none-match", &first.tag()).expect(304).await;
        if format != "json" {
            let chinese = lead.get(&path).header("if-none-match", &first.tag());
            chinese.header("accept-language", "zh-CN").expect(200).await;
        }
        tags.insert(first.tag());
    }
    assert_eq!(tags.len(), 3);
    troubled(&show, lead).await;
    for tag in tags {
        for format in ["json", "html", "markdown"] {
            let path = show.path(&format!("/run-sheet?format={format}"));
            lead.get(&path).header("if-none-match", &tag).expect(200).await;
        }
    }
}

#[tokio::test]
async fn a_draft_without_rows_has_a_run_sheet_in_every_form() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let sheet = cast.viewer.client.get(&show.path("/run-sheet")).expect(200).await.body;
    assert_eq!((&sheet["rows"], &sheet["peak"], &sheet["hosts"]), (&json!([]), &Value::Null, &Value::Null));
    for format in ["html", "markdown"] {
        let text =
            cast.viewer.client.get(&show.path(&format!("/run-sheet?format={format}"))).expect(200).await.text;
        assert!(text.contains("No rows are written yet."), "{text}");
    }
}
