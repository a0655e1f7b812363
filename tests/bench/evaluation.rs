//! What an evaluation by the domain costs: the standard example, the largest legal campaign, and how the cost grows with
//! products and with rows.

use std::time::Instant;

use domain::rule::Case;
use domain::surroundings::Directory;
use domain::{Campaign, Lexicon, Playbook, Surroundings};
use harness::examples;
use serde_json::{Value, json};

use crate::{EVALUATIONS, median, row};

/// Most products, licences of one and rows that a campaign may have.
const SKUS: usize = 200;
const LICENCES: usize = 20;
const ROWS: usize = 400;
/// Characters of a row's talk track: with 400 rows just under the mebibyte that a gate's content may have.
const CHARACTERS: usize = 800;

pub(crate) fn measure() {
    let standard = domain_microseconds(&examples::standard());
    row("evaluation by the domain, standard, median µs", standard, None);
    let largest = domain_microseconds(&grown(SKUS, ROWS));
    row("the same, largest legal campaign, median µs", largest, None);
    for skus in [50, 100, 200] {
        row(
            &format!("the same, {skus} products, 50 rows, median µs"),
            domain_microseconds(&grown(skus, 50)),
            None,
        );
    }
    for rows in [100, 200, 400] {
        row(
            &format!("the same, 20 products, {rows} rows, median µs"),
            domain_microseconds(&grown(20, rows)),
            None,
        );
    }
}

/// The standard campaign with so many products, each with all its licences, and so many rows of talk.
fn grown(skus: usize, rows: usize) -> Value {
    let mut document = examples::standard();
    let patterns = document["gates"]["products"]["skus"].as_array().unwrap().clone();
    let products: Vec<Value> = (0..skus).map(|number| product(&patterns, number)).collect();
    let host = document["gates"]["script"]["rows"][0]["host"].clone();
    let talk: String = "今晚给大家带来春日樱花精华".chars().cycle().take(CHARACTERS).collect();
    let sheet: Vec<Value> = (0..rows)
        .map(|number| {
            json!({
                "start_seconds": number * 27, "duration_seconds": 27, "kind": "product", "host": host,
                "sku_id": format!("SKU-{}", number % skus), "talk_track": talk,
            })
        })
        .collect();
    document["gates"]["products"]["skus"] = products.into();
    document["gates"]["script"]["rows"] = sheet.into();
    document
}

fn product(patterns: &[Value], number: usize) -> Value {
    let mut product = patterns[number % patterns.len()].clone();
    product["sku_id"] = format!("SKU-{number}").into();
    let licence = |of: usize| json!({ "kind": "quality_report", "number": format!("{number}-{of}"), "no_expiry": true });
    product["licences"] = (0..LICENCES).map(licence).collect();
    product
}

/// Median of every rule, without HTTP and without reading JSON.
fn domain_microseconds(document: &Value) -> f64 {
    let campaign: Campaign = domain::document::campaign(document).unwrap();
    let playbook = Playbook::built_in(&campaign.profile.playbook).unwrap();
    let (directory, now) = (Directory::default(), "2027-03-20T09:00:00Z".parse().unwrap());
    let lexicon = Lexicon::built_in();
    let case = Case::of(
        &campaign,
        playbook,
        Surroundings { now, directory: &directory, others: &[], lexicon, calendar: domain::Calendar::cn() },
    );
    let evaluation = || {
        let start = Instant::now();
        std::hint::black_box(domain::evaluate::evaluate(&case));
        start.elapsed()
    };
    median((0..EVALUATIONS).map(|_| evaluation()).collect()).as_micros() as f64
}
