//! What an approval signs: facets, their digests, and what a change of each does to the approval of every gate.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use domain::Calendar;
use domain::Playbook;
use domain::campaign::Approval;
use domain::digest::{Digest, Digests, Document, digests, facets};
use domain::document::campaign;
use domain::effect::{changed, recorded, strongest};
use domain::gate::GateKey;
use domain::ids::SubmissionId;
use domain::profile::CampaignFields;
use domain::record::Member as _;
use domain::rule::Case;
use domain::shape::Shape;
use domain::standing::{GateStatus, standing};
use domain::surroundings::{Directory, Surroundings};
use domain::wording::Lexicon;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{patched, standard, vectors};

fn digests_of(document: &Value, playbook: &Playbook) -> Digests {
    let campaign = campaign(document).unwrap();
    let directory = Directory::default();
    let now = "2027-03-20T09:00:00Z".parse().unwrap();
    digests(&Case::of(
        &campaign,
        playbook,
        Surroundings {
            now,
            directory: &directory,
            others: &[],
            lexicon: Lexicon::built_in(),
            calendar: Calendar::cn(),
        },
    ))
}

fn standard_playbook() -> &'static Playbook {
    Playbook::built_in("standard@1").unwrap()
}

/// Facets that differ after a patch of the standard campaign.
fn differing(patch: Value) -> Vec<String> {
    let before = digests_of(&standard(), standard_playbook());
    let after = digests_of(&patched(standard(), &patch), standard_playbook());
    changed(&before, &after).map(str::to_owned).collect()
}

#[test]
fn digests_of_the_standard_campaign_are_those_of_the_domain_page() {
    let digests = digests_of(&standard(), standard_playbook());
    let expected = [
        ("campaign.go_live_at", "d85f6afd660029711521aa2b9bfcc40f22077759ac2f74ad2adffc0aa3e283c4"),
        ("audience.peak_hours", "b95dbfec13083e69f38b7103948ce0cad4b7c620f7ed3d0f20b3ca1b182208cb"),
        ("products.price", "f1320cb121a5c3c47ee10263472600860f7cd6feee16b69fdf22076988f1b4a9"),
        ("script.prizes", "3bcc903c4758ecfb2510f2721e9282c477abfdf2431870a027579b1a56b54fba"),
    ];
    for (facet, digest) in expected {
        assert_eq!(digests[facet], Digest(digest.to_owned()), "{facet}");
    }
}

#[test]
fn projections_hold_values_by_path() {
    let campaign = campaign(&standard()).unwrap();
    let document = Document::of(&campaign);
    let projection = |name: &str| {
        let (_, paths) = facets().find(|(facet, _)| *facet == name).unwrap();
        document.projection(paths, &standard_playbook().rules(None).params)
    };
    assert_eq!(
        projection("campaign.go_live_at"),
        json!({ "campaign.go_live_at": "2027-03-20T12:00:00Z", "campaign.time_zone": "Asia/Shanghai" })
    );
    assert_eq!(
        projection("audience.peak_hours"),
        json!({ "audience.segments[].peak_hours": [[20, 21, 22], [13, 21, 22], [12, 22, 23]] })
    );
    let hosts = projection("team.hosts");
    let roles = hosts["team.roster[on_air].role"].as_array().unwrap();
    assert!(roles.iter().all(|role| role == "host" || role == "co_host"), "{roles:?}");
    let others = projection("team.roster");
    let count = |value: &Value| value.as_array().unwrap().len();
    assert_eq!(
        count(&hosts["team.roster[on_air].person"]) + count(&others["team.roster[off_air].person"]),
        count(&standard()["gates"]["team"]["roster"]),
    );
}

#[test]
fn an_empty_campaign_has_empty_projections() {
    let document = json!({ "campaign": standard()["campaign"] });
    let empty = Digest::of(&json!({}));
    for (facet, digest) in digests_of(&document, standard_playbook()) {
        let expected = !facet.starts_with("campaign.") && !facet.ends_with(".checklist");
        assert_eq!(digest == empty, expected, "{facet}");
    }
}

#[test]
fn a_difference_of_writing_alone_changes_no_digest() {
    let same = [
        json!([{ "op": "replace", "path": "/gates/goal/conversion_pct", "value": 4.0 }]),
        json!([{ "op": "replace", "path": "/campaign/go_live_at", "value": "2027-03-20T13:00:00+01:00" }]),
        json!([{ "op": "replace", "path": "/campaign/platforms", "value": ["wechat_channels", "douyin"] }]),
        json!([{ "op": "add", "path": "/gates/products/skus/0/inbound", "value": [] }]),
        json!([{ "op": "add", "path": "/gates/script/rows/0/sku_id", "value": null }]),
        json!([{ "op": "add", "path": "/gates/script/rows/0/beats", "value": {} }]),
    ];
    for patch in same {
        assert_ne!(patched(standard(), &patch), standard(), "{patch} changes the writing");
        assert_eq!(differing(patch.clone()), Vec::<String>::new(), "{patch}");
    }
}

#[test]
fn the_order_of_a_list_is_signed_but_not_that_of_the_products() {
    let swapped =
        |list: &str| json!([{ "op": "move", "from": format!("{list}/1"), "path": format!("{list}/0") }]);
    assert_eq!(differing(swapped("/gates/products/skus")), Vec::<String>::new());
    assert_eq!(differing(swapped("/gates/audience/segments")), ["audience.peak_hours", "audience.segments"]);
}

#[test]
fn every_field_is_in_exactly_one_facet_and_every_facet_path_is_a_field() {
    let mut covered: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (facet, paths) in facets() {
        for path in paths {
            for path in fields_of(path) {
                covered.entry(path).or_default().push(facet);
            }
        }
    }
    let roster = |path: &str, side: &str| path.replace("roster[]", &format!("roster[{side}]"));
    let split = ["team.roster[].person", "team.roster[].role", "team.roster[].is_backup"];
    let fields: BTreeSet<String> = every_field()
        .into_iter()
        .flat_map(|path| match split.contains(&path.as_str()) {
            true => vec![roster(&path, "on_air"), roster(&path, "off_air")],
            false => vec![path],
        })
        .collect();
    for (path, facets) in &covered {
        assert_eq!(facets.len(), 1, "{path} is in {facets:?}");
    }
    let covered: BTreeSet<String> = covered.into_keys().collect();
    assert_eq!(
        fields.difference(&covered).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "fields without a facet"
    );
    assert_eq!(
        covered.difference(&fields).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "paths without a field"
    );
}

/// The paths of all fields of campaign and contents that hold no object or list of objects.
fn every_field() -> Vec<String> {
    let mut found = Vec::new();
    leaves(&CampaignFields::shape(), "campaign", &mut found);
    GateKey::ALL.iter().for_each(|gate| leaves(&gate.shape(), gate.key(), &mut found));
    found
}

/// The fields that a path of the data file stands for: a parent listed alone means all of it.
fn fields_of(path: &str) -> Vec<String> {
    let (part, rest) = path.split_once('.').unwrap();
    let mut shape = GateKey::of_key(part).map_or_else(CampaignFields::shape, GateKey::shape);
    for step in rest.split('.') {
        let name = step.split('[').next().unwrap();
        shape = (shape.field(name).unwrap_or_else(|| panic!("{path}: no field {name}")).shape)();
        if step.contains('[') {
            let Shape::List { of, .. } = shape else { panic!("{path}: {name} is no list") };
            shape = of();
        }
    }
    let mut found = Vec::new();
    leaves(&shape, path, &mut found);
    found
}

fn leaves(shape: &Shape, path: &str, found: &mut Vec<String>) {
    let (inner, brackets) =
        if let Shape::List { of, .. } = shape { (of(), "[]") } else { (shape.clone(), "") };
    if let Shape::Record(record) = inner {
        for field in record.fields {
            leaves(&(field.shape)(), &format!("{path}{brackets}.{}", field.name), found);
        }
    } else {
        found.push(path.to_owned());
    }
}

#[test]
fn the_effect_table_speaks_of_every_facet_of_fields_and_of_no_other() {
    let mut table = csv::Reader::from_reader(domain::data::EFFECTS.as_bytes());
    let header: Vec<String> = table.headers().unwrap().iter().skip(1).map(str::to_owned).collect();
    assert_eq!(header, GateKey::KEYS);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(
        rows.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>(),
        facets().map(|(facet, _)| facet.to_owned()).collect::<Vec<_>>(),
    );
    for cell in rows.iter().flat_map(|row| row.iter().skip(1)) {
        assert!(["revoke", "reconfirm", "notify", "–"].contains(&cell), "{cell}");
    }
}

#[test]
fn golden_vectors_of_staleness_hold() {
    let vectors = vectors("staleness");
    assert_eq!(vectors.len(), 30);
    let wrong: Vec<String> = vectors.iter().filter_map(difference).collect();
    assert!(wrong.is_empty(), "{} of {} vectors differ:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

/// What differs from the expectation of a vector, if anything does.
fn difference(vector: &Value) -> Option<String> {
    let playbook = Playbook::built_in(vector["playbook"].as_str().unwrap()).unwrap();
    let before = digests_of(&standard(), playbook);
    let after = digests_of(&patched(standard(), &vector["patch"]), playbook);
    let changed: Vec<&str> = changed(&before, &after).collect();
    let effect = |gate: &GateKey| {
        let effect = strongest(playbook, changed.iter().copied(), *gate);
        (gate.key().to_owned(), json!(effect.map_or("none", |effect| effect.key())))
    };
    let mut got: Value = GateKey::ALL.iter().map(effect).collect();
    got["facets"] = json!(changed);
    let mut expected = vector["expect"].clone();
    expected["facets"].as_array_mut().unwrap().sort_by_key(Value::to_string);
    (got != expected).then(|| format!("{}\n  got      {got}\n  expected {expected}", vector["name"]))
}

/// Where warm-up stands once everything in it was approved, after a patch, at a moment.
fn approved_warm_up(patch: &Value, now: &str) -> (GateStatus, Option<String>) {
    let document = patched(standard(), patch);
    let signs = recorded(standard_playbook(), GateKey::WarmUp, &digests_of(&standard(), standard_playbook()));
    let mut campaign = campaign(&document).unwrap();
    campaign.gates[GateKey::WarmUp].approval = Some(Approval {
        submission: SubmissionId(uuid::Uuid::nil()),
        digests: signs,
        approved_at: now.parse().unwrap(),
        approved_by: Vec::new(),
        reconfirmed: None,
    });
    let (now, directory) = (now.parse().unwrap(), Directory::default());
    let surroundings = Surroundings {
        now,
        directory: &directory,
        others: &[],
        lexicon: Lexicon::built_in(),
        calendar: Calendar::cn(),
    };
    let standing = standing(&Case::of(&campaign, standard_playbook(), surroundings));
    let warm_up = &standing.gates[GateKey::WarmUp];
    (warm_up.status, warm_up.expires_at.map(|at| at.to_string()))
}

#[test]
fn warm_up_expires_where_a_link_is_late_and_pasting_it_brings_it_back_at_once() {
    let (none, last, second) = (json!([]), "/gates/warm_up/assets/6", "/gates/warm_up/assets/1");
    let until = |instant: &str| Some(instant.to_owned());
    let of_last = until("2027-03-20T13:00:00Z");
    assert_eq!(approved_warm_up(&none, "2027-03-20T20:59:59+08:00"), (GateStatus::Passed, of_last.clone()));
    assert_eq!(approved_warm_up(&none, "2027-03-20T21:00:00+08:00"), (GateStatus::Expired, of_last));
    let link =
        json!([{ "op": "add", "path": format!("{last}/published_url"), "value": "https://a.example/7" }]);
    assert_eq!(approved_warm_up(&link, "2027-03-20T21:00:00+08:00"), (GateStatus::Passed, None));
    let earlier = json!([{ "op": "remove", "path": format!("{second}/published_url") }]);
    let of_second = until("2027-03-14T06:00:00Z");
    assert_eq!(
        approved_warm_up(&earlier, "2027-03-14T13:59:59+08:00"),
        (GateStatus::Passed, of_second.clone())
    );
    assert_eq!(approved_warm_up(&earlier, "2027-03-14T14:00:00+08:00"), (GateStatus::Expired, of_second));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_order_of_the_products_changes_no_digest(
        order in Just((0..10_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut document = standard();
        let skus = document["gates"]["products"]["skus"].as_array().unwrap().clone();
        prop_assert_eq!(skus.len(), order.len());
        let shuffled: Value = order.iter().map(|place| skus[*place].clone()).collect();
        document["gates"]["products"]["skus"] = shuffled;
        let (before, after) = (digests_of(&standard(), standard_playbook()), digests_of(&document, standard_playbook()));
        prop_assert_eq!(before, after);
    }
}
