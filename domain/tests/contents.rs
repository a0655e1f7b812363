//! The typed contents of the seven gates: what they read, which limits hold, what they call their fields,
//! which required fields they miss, and how instants are shown.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use domain::complete::missing;
use domain::gate::audience::{Channel, CityTier, EvidenceMethod};
use domain::gate::equipment_test::{FailoverComponent, RigKind};
use domain::gate::goal::{Positioning, PrimaryGoal, Style};
use domain::gate::products::{Category, LicenceKind, Origin, PickReason, ProductRole};
use domain::gate::script::{InteractionKind, RowKind, Trigger};
use domain::gate::team::{IssueSeverity, RehearsalKind, TeamRole, Topic};
use domain::gate::warm_up::{AssetKind, SpendKind};
use domain::gate::{Content, Contents, GateKey, Platform};
use domain::locale::Bilingual;
use domain::shape::{Field, Shape};
use domain::shown::{on_wall_clock, shown};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

fn example(path: &str) -> Value {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/examples").join(path);
    let text = fs::read_to_string(&file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()));
    serde_json::from_str(&text).unwrap()
}

fn patched(mut document: Value, patch: &Value) -> Value {
    let patch: json_patch::Patch = serde_json::from_value(patch.clone()).unwrap();
    json_patch::patch(&mut document, &patch).unwrap();
    document
}

fn standard(gate: GateKey) -> Value {
    example(&format!("standard/{}.json", gate.key()))
}

/// The standard content of `gate` with one member set.
fn with(gate: GateKey, pointer: &str, value: Value) -> Value {
    patched(standard(gate), &json!([{ "op": "add", "path": pointer, "value": value }]))
}

/// Pointers and codes of what is wrong with the standard content once one member is set.
fn faults(gate: GateKey, pointer: &str, value: Value) -> Vec<(String, &'static str)> {
    match Content::read(gate, &with(gate, pointer, value), "") {
        Ok(_) => Vec::new(),
        Err(faults) => faults.into_iter().map(|fault| (fault.pointer, fault.kind.code())).collect(),
    }
}

fn written(gate: GateKey, content: &Value) -> Value {
    let mut contents = Contents::default();
    contents.replace(Content::read(gate, content, "").unwrap());
    contents.write(gate)
}

/// Every field of a shape and of the shapes in it, with the name of the type it stands in.
fn fields(shape: &Shape, found: &mut Vec<(&'static str, &'static Field)>) {
    match shape {
        Shape::Record(record) => {
            for field in record.fields {
                found.push((record.name, field));
                fields(&(field.shape)(), found);
            }
        }
        Shape::List { of, .. } | Shape::Set { of, .. } => fields(&of(), found),
        Shape::Text { .. }
        | Shape::Integer { .. }
        | Shape::Decimal { .. }
        | Shape::Bool
        | Shape::Instant
        | Shape::Date
        | Shape::Choice(_)
        | Shape::Id
        | Shape::Map(_)
        | Shape::Free => {}
    }
}

fn all_fields() -> Vec<(&'static str, &'static Field)> {
    let mut found = Vec::new();
    GateKey::ALL.iter().for_each(|gate| fields(&gate.shape(), &mut found));
    found
}

/// Name, keys and labels of every enum of the contents.
fn choices() -> Vec<(&'static str, Vec<(&'static str, Bilingual)>)> {
    macro_rules! listed {
        ($($name:ident)*) => {
            vec![$((stringify!($name), $name::ALL.iter().map(|one| (one.key(), one.label())).collect())),*]
        };
    }
    listed! {
        GateKey Platform PrimaryGoal Positioning Style CityTier Channel EvidenceMethod Category Origin ProductRole
        PickReason LicenceKind RowKind InteractionKind Trigger TeamRole Topic RehearsalKind IssueSeverity AssetKind
        SpendKind RigKind FailoverComponent
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

fn assert_labelled(label: Bilingual, of: &str) {
    assert!(!label.en.is_empty() && label.en.is_ascii(), "English label of {of}: {:?}", label.en);
    let is_proper_name = label.en == label.zh;
    assert!(label.zh.chars().any(is_han) || is_proper_name, "Chinese label of {of}: {:?}", label.zh);
}

#[test]
fn the_standard_contents_are_read_and_written_without_loss() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    for gate in GateKey::ALL {
        let sent = standard(*gate);
        let mut normal = written(*gate, &sent);
        assert_eq!(written(*gate, &normal), normal, "{gate}: a normal form is read as itself");
        shown(&gate.shape(), &mut normal, &zone);
        assert_eq!(normal, sent, "{gate}: nothing is lost or changed");
    }
}

#[test]
fn a_null_member_is_the_same_as_an_absent_one() {
    let mut absent = standard(GateKey::Goal);
    absent.as_object_mut().unwrap().remove("roi_floor");
    let null = with(GateKey::Goal, "/roi_floor", Value::Null);
    assert_eq!(written(GateKey::Goal, &null), written(GateKey::Goal, &absent));
}

#[test]
fn every_field_has_a_label_in_both_languages_and_a_meaning() {
    let fields = all_fields();
    assert_eq!(
        fields.len(),
        221,
        "fields of all gates, those of allowed phrases counted in both their gates"
    );
    for (of, field) in fields {
        assert_labelled(field.label, &format!("{of}.{}", field.name));
        assert!(field.doc.trim_end().ends_with('.'), "meaning of {of}.{}", field.name);
    }
}

#[test]
fn every_choice_has_a_label_in_both_languages() {
    for (name, values) in choices() {
        for (key, label) in &values {
            assert_labelled(*label, &format!("{name} {key}"));
        }
        for language in [|label: Bilingual| label.en, |label: Bilingual| label.zh] {
            let distinct: BTreeSet<_> = values.iter().map(|one| language(one.1)).collect();
            assert_eq!(distinct.len(), values.len(), "two values of {name} have the same label");
        }
    }
}

#[test]
fn type_names_are_unique() {
    let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for gate in GateKey::ALL {
        assert_unique(&gate.shape(), &mut members);
    }
    assert_eq!(members.len(), 37, "types with fields: {:?}", members.keys());
    for (name, _) in choices() {
        assert!(!members.contains_key(name), "{name} is an enum and an object");
    }
}

fn assert_unique(shape: &Shape, members: &mut BTreeMap<&'static str, Vec<&'static str>>) {
    if let Shape::List { of, .. } | Shape::Set { of, .. } = shape {
        assert_unique(&of(), members);
    }
    if let Shape::Record(record) = shape {
        let own: Vec<_> = record.fields.iter().map(|field| field.name).collect();
        let first = members.entry(record.name).or_insert_with(|| own.clone());
        assert_eq!(*first, own, "{} means two things", record.name);
        record.fields.iter().for_each(|field| assert_unique(&(field.shape)(), members));
    }
}

#[test]
fn limits_are_inclusive() {
    use GateKey::{Audience, EquipmentTest, Goal, Products, Script};
    let within = [
        (Goal, "/differentiator", json!(format!("  {}\n", "优".repeat(200)))),
        (Goal, "/differentiator", json!("one\ntwo")),
        (Goal, "/gmv_target", json!(0)),
        (Goal, "/gmv_target", json!(1_000_000_000_000_i64)),
        (Goal, "/viewers_target", json!(1)),
        (Goal, "/viewers_target", json!(1_000_000_000)),
        (Goal, "/conversion_pct", json!(100)),
        (Goal, "/conversion_pct", json!(0.01)),
        (Goal, "/roi_floor", json!(3.1234)),
        (Audience, "/segments/0/age_max", json!(25)),
        (Audience, "/segments/0/price_min", json!(40000)),
        (Audience, "/segments/0/peak_hours", json!([0, 23])),
        (Audience, "/segments/0/regions", json!(["US-CA", "GB-ENG", "FR-2A", "JP-1"])),
        (Audience, "/evidence/0/collected_at", json!("2027-02-20T10:00:00Z")),
        (Products, "/skus/0/points", json!(["a", "b", "c"])),
        (Products, "/skus/0/licences/1/valid_until_on", json!("2028-02-29")),
        (Script, "/expected_viewers/0/from_minute", json!(1425)),
        (EquipmentTest, "/lines/0/up_mbps", json!(86.125)),
        (EquipmentTest, "/test_stream/av_offset_ms", json!(-10_000)),
        (EquipmentTest, "/audio/peak_dbfs", json!(0)),
        (EquipmentTest, "/audio/noise_dbfs", json!(-120)),
    ];
    for (gate, pointer, value) in within {
        assert_eq!(faults(gate, pointer, value.clone()), [], "{gate}{pointer} = {value}");
    }
}

#[test]
fn what_exceeds_a_limit_is_refused_at_its_place() {
    use GateKey::{Audience, EquipmentTest, Goal, Products, Script, Team};
    let beyond = [
        (Goal, "/differentiator", json!("优".repeat(201)), "text.too_long"),
        (Goal, "/differentiator", json!(" \n "), "text.empty"),
        (Goal, "/differentiator", json!("one\ttwo"), "text.forbidden_character"),
        (Goal, "/differentiator", json!(5), "field.wrong_type"),
        (Goal, "/gmv_target", json!(-1), "number.out_of_range"),
        (Goal, "/gmv_target", json!(1_000_000_000_001_i64), "number.out_of_range"),
        (Goal, "/gmv_target", json!(10.5), "field.wrong_type"),
        (Goal, "/gmv_target", json!("10"), "field.wrong_type"),
        (Goal, "/viewers_target", json!(0), "number.out_of_range"),
        (Goal, "/conversion_pct", json!(100.01), "number.out_of_range"),
        (Goal, "/conversion_pct", json!(4.125), "number.too_precise"),
        (Goal, "/roi_floor", json!(3.12345), "number.too_precise"),
        (Goal, "/primary_goal", json!("fame"), "choice.unknown"),
        (Goal, "/fame", json!(1), "field.unknown"),
        (Goal, "/baseline/medians", json!(1), "field.unknown"),
        (Goal, "/baseline", json!([]), "field.wrong_type"),
        (Audience, "/segments", json!({}), "field.wrong_type"),
        (Audience, "/segments/0/regions/0", json!("Shanghai"), "text.bad_format"),
        (Audience, "/segments/0/regions/0", json!("cn-SH"), "text.bad_format"),
        (Audience, "/segments/0/regions/0", json!("CN-"), "text.bad_format"),
        (Audience, "/segments/0/regions/0", json!("CN-ABCD"), "text.bad_format"),
        (Audience, "/segments/0/peak_hours/0", json!(24), "number.out_of_range"),
        (Audience, "/evidence/0/collected_at", json!("2027-02-20 10:00"), "text.bad_format"),
        (Audience, "/evidence/0/collected_at", json!("2027-02-20T10:00:00"), "text.bad_format"),
        (Products, "/skus/0/points", json!(["a", "b", "c", "d"]), "list.too_many"),
        (Products, "/skus/0/licences/1/valid_until_on", json!("2027-02-29"), "text.bad_format"),
        (Products, "/skus/0/licences/0/no_expiry", json!("yes"), "field.wrong_type"),
        (Script, "/expected_viewers/0/from_minute", json!(1440), "number.out_of_range"),
        (Script, "/expected_viewers/0/from_minute", json!(20), "number.not_multiple"),
        (Script, "/emergency_plans/0/owner_role", json!("boss"), "choice.unknown"),
        (Team, "/roster/0/is_backup", json!(0), "field.wrong_type"),
        (EquipmentTest, "/lines/0/up_mbps", json!(86.1255), "number.too_precise"),
        (EquipmentTest, "/test_stream/av_offset_ms", json!(-10_000.5), "number.out_of_range"),
        (EquipmentTest, "/audio/peak_dbfs", json!(0.1), "number.out_of_range"),
    ];
    for (gate, pointer, value, code) in beyond {
        let expected = [(pointer.to_owned(), code)];
        assert_eq!(faults(gate, pointer, value.clone()), expected, "{gate}{pointer} = {value}");
    }
}

#[test]
fn what_contradicts_itself_is_refused_at_the_place_to_correct() {
    use GateKey::{Audience, Products, Script, Team, WarmUp};
    let reason = json!("自营品牌,无需");
    let checks = [
        (Audience, "/segments/0/age_max", json!(24), "/segments/0/age_min", "field.crossed"),
        (Audience, "/segments/0/price_max", json!(14999), "/segments/0/price_min", "field.crossed"),
        (Audience, "/segments/2/name", json!(" 都市通勤女性 "), "/segments/2/name", "list.duplicate"),
        (
            Audience,
            "/segments/0/peak_hours",
            json!([20, 21, 20]),
            "/segments/0/peak_hours/2",
            "list.duplicate",
        ),
        (Products, "/skus/3/sku_id", json!("HY-T01"), "/skus/3/sku_id", "list.duplicate"),
        (
            Products,
            "/skus/0/licences/1/not_required_reason",
            reason,
            "/skus/0/licences/1/not_required_reason",
            "field.excludes",
        ),
        (
            Script,
            "/expected_viewers/2/from_minute",
            json!(0),
            "/expected_viewers/2/from_minute",
            "list.duplicate",
        ),
        (
            Team,
            "/roster/0/shift_to_at",
            standard(Team)["roster"][0]["shift_from_at"].clone(),
            "/roster/0/shift_from_at",
            "field.crossed",
        ),
        (
            WarmUp,
            "/assets/1/key",
            standard(WarmUp)["assets"][0]["key"].clone(),
            "/assets/1/key",
            "list.duplicate",
        ),
    ];
    for (gate, pointer, value, at, code) in checks {
        assert_eq!(faults(gate, pointer, value), [(at.to_owned(), code)], "{gate}{pointer}");
    }
}

#[test]
fn instants_are_compared_whatever_their_offset() {
    let shift = json!("2027-03-20T10:00:00Z");
    let mut content = with(GateKey::Team, "/roster/0/shift_from_at", json!("2027-03-20T17:59:59+08:00"));
    content["roster"][0]["shift_to_at"] = shift;
    assert!(Content::read(GateKey::Team, &content, "").is_ok(), "one second is a shift");
    content["roster"][0]["shift_from_at"] = json!("2027-03-20T18:00:00+08:00");
    assert!(Content::read(GateKey::Team, &content, "").is_err(), "the same instant is none");
}

/// The golden vector's `complete` findings as pointers, sorted as it lists them.
fn assert_vector_holds(vector: &str, gate: GateKey) {
    let vector = example(&format!("findings/{vector}.json"));
    let gates = patched(json!({ "gates": { gate.key(): standard(gate) } }), &vector["patch"]);
    let rule = format!("{gate}.complete");
    let expected: Vec<&str> = vector["expect"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == rule)
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    assert!(!expected.is_empty());
    let found = missing(&gate.shape(), &gates["gates"][gate.key()], &format!("/gates/{gate}"));
    assert_eq!(found.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), expected);
}

#[test]
fn required_fields_that_are_missing_are_found_in_order() {
    assert_vector_holds("goal-complete", GateKey::Goal);
    assert_vector_holds("audience-complete", GateKey::Audience);
    assert_vector_holds("products-complete", GateKey::Products);
    assert_vector_holds("script-complete", GateKey::Script);
    assert_vector_holds("team-complete", GateKey::Team);
    assert_vector_holds("warm-up-complete", GateKey::WarmUp);
    assert_vector_holds("equipment-complete", GateKey::EquipmentTest);
}

#[test]
fn the_standard_contents_miss_nothing() {
    for gate in GateKey::ALL {
        assert_eq!(missing(&gate.shape(), &standard(*gate), ""), [], "{gate}");
    }
}

#[test]
fn a_missing_parent_requires_nothing_of_its_children() {
    let pointers = |content: Value| -> Vec<String> {
        let found = missing(&GateKey::Goal.shape(), &content, "/gates/goal");
        found.into_iter().map(|one| one.pointer).filter(|pointer| pointer.contains("baseline")).collect()
    };
    assert_eq!(pointers(json!({})), Vec::<String>::new());
    assert_eq!(pointers(json!({ "baseline": null })), Vec::<String>::new());
    assert_eq!(pointers(json!({ "baseline": {} })), ["/gates/goal/baseline/runs"]);
    let audio = missing(&GateKey::EquipmentTest.shape(), &json!({ "audio": {} }), "");
    let audio: Vec<_> =
        audio.iter().map(|one| one.pointer.as_str()).filter(|p| p.contains("audio")).collect();
    assert_eq!(audio, ["/audio/measured_at", "/audio/peak_dbfs", "/audio/noise_dbfs"]);
}

#[test]
fn instants_are_shown_with_the_offset_of_their_day() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let mut content = json!({
        "persona": "2027-01-01T00:00:00Z",
        "evidence": [
            { "collected_at": "2027-03-14T06:59:59Z", "summary": "2027-01-01T00:00:00Z" },
            { "collected_at": "2027-03-14T07:00:00Z" }
        ]
    });
    shown(&GateKey::Audience.shape(), &mut content, &zone);
    let expected = json!({
        "persona": "2027-01-01T00:00:00Z",
        "evidence": [
            { "collected_at": "2027-03-14T01:59:59-05:00", "summary": "2027-01-01T00:00:00Z" },
            { "collected_at": "2027-03-14T03:00:00-04:00" }
        ]
    });
    assert_eq!(content, expected);
}

#[test]
fn an_instant_before_standard_time_is_still_the_same_instant() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let instant = "1850-01-01T00:00:00Z".parse().unwrap();
    let text = on_wall_clock(instant, &zone);
    assert_eq!(text, "1850-01-01T08:05:00+08:05");
    assert_eq!(domain::scalar::parse_instant(&text), Some(instant));
}
