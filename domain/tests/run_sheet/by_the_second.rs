//! Random run sheets, whose figures are also counted second by second.

use domain::run_sheet::{RunSheet, SellOut};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{outlook, with};

/// Products of the standard line-up with ten times the weight of their role, and whether they shall sell at peaks.
const SKUS: [(&str, i128, bool); 4] =
    [("HY-T01", 30, false), ("HY-H01", 20, true), ("HY-P01", 10, true), ("HY-I01", 3, false)];

const KINDS: [&str; 6] = ["product", "flash_sale", "interaction", "giveaway", "recap", "buffer"];

#[derive(Clone, Debug)]
struct Row {
    start: i64,
    seconds: i64,
    kind: usize,
    sku: Option<usize>,
}

impl Row {
    fn runs_at(&self, second: i64) -> bool {
        (self.start..self.start + self.seconds).contains(&second)
    }

    fn json(&self) -> Value {
        json!({
            "start_seconds": self.start, "duration_seconds": self.seconds, "kind": KINDS[self.kind],
            "host": "林知夏", "sku_id": self.sku.map(|sku| SKUS[sku].0),
        })
    }
}

fn row() -> impl Strategy<Value = Row> {
    let sku = prop::option::of(0..SKUS.len());
    (0..3000_i64, 1..900_i64, 0..KINDS.len(), sku).prop_map(|(start, seconds, kind, sku)| Row {
        start,
        seconds,
        kind,
        sku,
    })
}

/// Viewers of four bins, few enough to be equal now and then.
fn viewers() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(0..4_i64, 4)
}

fn simulated(rows: &[Row], viewers: &[i64], boxes: i64) -> RunSheet {
    let rows: Value = rows.iter().map(Row::json).collect();
    let bins: Value = viewers
        .iter()
        .enumerate()
        .map(|(i, viewers)| json!({ "from_minute": 15 * i, "viewers": viewers }))
        .collect();
    with(&[
        ("/gates/script/rows", rows),
        ("/gates/script/expected_viewers", bins),
        ("/gates/products/skus/8/locked_units", json!(boxes)),
    ])
}

/// The three bins with most viewers, of equals the earlier.
fn peak_bins(viewers: &[i64]) -> Vec<usize> {
    let fewest = (0..viewers.len()).rev().min_by_key(|bin| viewers[*bin]).unwrap();
    (0..viewers.len()).filter(|bin| *bin != fewest).collect()
}

fn bin_of(second: i64) -> usize {
    usize::try_from(second / 900).unwrap()
}

/// Ten times the weight of a row: its viewers, second by second, times the weight of its product.
fn weight(row: &Row, viewers: &[i64]) -> i128 {
    let Some(sku) = row.sku.filter(|_| row.kind < 2) else { return 0 };
    let seconds = (0..3900).filter(|second| row.runs_at(*second));
    seconds.filter_map(|second| viewers.get(bin_of(second))).map(|seen| i128::from(*seen) * SKUS[sku].1).sum()
}

/// Where so many of the last product end, each row selling evenly over its time; everything multiplied out.
fn sell_out(rows: &[Row], weights: &[i128], boxes: i128) -> Option<SellOut> {
    let stock = boxes * weights.iter().sum::<i128>();
    let mut selling: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].sku == Some(3)).collect();
    selling.sort_by_key(|i| rows[*i].start);
    let mut before = 0;
    for i in selling {
        let demand = 6000 * weights[i];
        if before + demand > stock {
            let Row { start, seconds, .. } = rows[i];
            let second = i128::from(start) * demand + i128::from(seconds) * (stock - before);
            return Some(SellOut { minute: i64::try_from(second / (60 * demand)).unwrap(), row: i });
        }
        before += demand;
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counting_second_by_second_gives_the_same(
        rows in prop::collection::vec(row(), 1..9),
        viewers in viewers(),
        boxes in 0..4000_i64,
    ) {
        let sheet = simulated(&rows, &viewers, boxes);
        let end = rows.iter().map(|row| row.start + row.seconds).max().unwrap();
        prop_assert_eq!(sheet.show_end_seconds, Some(end));

        let peak = sheet.peak.as_ref().unwrap();
        let fullest = peak_bins(&viewers);
        let at_peak = |second: &i64| fullest.contains(&bin_of(*second));
        prop_assert_eq!(peak.seconds, i64::try_from((0..end).filter(at_peak).count()).unwrap());
        let sells = |row: &&Row| row.sku.is_some_and(|sku| SKUS[sku].2);
        let seconds = (0..end).filter(at_peak);
        let selling: usize =
            seconds.map(|second| rows.iter().filter(sells).filter(|row| row.runs_at(second)).count()).sum();
        prop_assert_eq!(peak.selling_seconds, i64::try_from(selling).unwrap());

        let (mut longest, mut quiet) = (0, 0);
        for second in 0..end {
            let busy = rows.iter().any(|row| (2..4).contains(&row.kind) && row.runs_at(second));
            quiet = if busy { 0 } else { quiet + 1 };
            longest = longest.max(quiet);
        }
        prop_assert_eq!(sheet.quiet.as_ref().unwrap().longest_seconds(), longest);

        let weights: Vec<i128> = rows.iter().map(|row| weight(row, &viewers)).collect();
        let sum: i128 = weights.iter().sum();
        // 6000 orders in hundredths of a unit, half up.
        let hundredths = |weight: i128| if sum == 0 { 0 } else { (1_200_000 * weight + sum) / (2 * sum) };
        for (row, weight) in sheet.rows.iter().zip(&weights) {
            prop_assert_eq!(row.demand_units, Some(Decimal::from_i128_with_scale(hundredths(*weight), 2)));
        }

        let boxes_outlook = outlook(&sheet, "HY-I01").unwrap();
        let foreseen = sell_out(&rows, &weights, i128::from(boxes));
        prop_assert_eq!(boxes_outlook.sell_out, foreseen);
        if foreseen.is_some() {
            prop_assert_eq!(boxes_outlook.projected_units, Decimal::from(boxes));
        }
    }
}
