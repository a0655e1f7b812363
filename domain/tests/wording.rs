//! The wording check: what its normal form keeps, what it finds and where, and what organizations make of it.

#[path = "support/scene.rs"]
mod scene;
mod support;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use domain::character::{is_han, is_letter_or_number};
use domain::gate::products::Category;
use domain::playbook::Severity;
use domain::wording::{Allowed, LexiconOverlay, Normal, Scope, Span, Term, TermCategory};
use domain::{Lexicon, Locale};
use proptest::prelude::*;
use scene::{Scene, key};
use serde_json::{Value, json};
use support::{standard, vectors};

/// Terms found by a lexicon in China, each with the characters it takes.
fn found_by(lexicon: &Lexicon, text: &str, categories: &[Category]) -> Vec<(String, usize, usize)> {
    let jurisdictions = ["cn".to_owned()];
    let scope = Scope { jurisdictions: &jurisdictions, categories, allowed: &Allowed::default() };
    let matches = lexicon.matches(text, &scope);
    matches.iter().map(|found| (found.term.term.clone(), found.span.from, found.span.to)).collect()
}

fn found(text: &str) -> Vec<(String, usize, usize)> {
    found_by(Lexicon::built_in(), text, &[])
}

fn told(term: &str, from: usize, to: usize) -> (String, usize, usize) {
    (term.to_owned(), from, to)
}

#[test]
fn the_built_in_terms_are_read_with_notes_in_both_languages() {
    let terms: Vec<&Term> = Lexicon::built_in().terms().collect();
    assert_eq!(terms.len(), 53 + 6);
    let cures = terms.iter().find(|term| term.term == "cures").unwrap();
    assert_eq!((cures.category, cures.severity), (TermCategory::Medical, Severity::Blocker));
    assert_eq!(cures.exempt_categories, [Category::MedicalDevice, Category::PrescriptionDrug]);
    let best = terms.iter().find(|term| term.term == "best").unwrap();
    assert_eq!((best.jurisdiction.as_str(), best.exceptions.len()), ("any", 2));
    for term in &terms {
        assert!(!term.note.zh.contains(|c: char| c.is_ascii_alphabetic()), "{}", term.note.zh);
        assert!(term.note.zh.contains(is_han) && !term.note.en.contains(is_han), "{}", term.note.en);
        for exception in &term.exceptions {
            assert!(Normal::of(exception).text().contains(Normal::of(&term.term).text()), "{exception}");
        }
    }
    let used: BTreeSet<&str> = terms.iter().map(|term| term.note.en.as_str()).collect();
    let written: BTreeSet<&str> = domain::data::LEXICON_NOTES.lines().skip(1).collect();
    assert_eq!(used.len(), written.len(), "every note of the table belongs to a term");
}

#[test]
fn a_term_is_told_where_it_stands_unless_an_exception_holds_it() {
    assert_eq!(found("第一次第一名"), [told("第一", 3, 5)]);
    assert_eq!(found("近 7 天最低价,最低价"), [told("最低价", 9, 12)]);
    assert_eq!(found("全网最低价"), [told("全网最低", 0, 4)]);
    assert_eq!(found("ＢＥＳＴ! Best before: bestow; 2best"), [told("best", 0, 4)]);
    assert_eq!(found("WORLD'S  first"), [told("world's first", 0, 14)]);
    assert!(found("最。佳 第一次 bestbefore").is_empty());
}

#[test]
fn goods_of_exempt_categories_may_be_spoken_of() {
    use Category::{Cosmetics, Home, MedicalDevice};
    let of = |categories: &[Category]| found_by(Lexicon::built_in(), "杀菌", categories).len();
    assert_eq!((of(&[Home]), of(&[Home, MedicalDevice])), (0, 0));
    assert_eq!((of(&[]), of(&[Cosmetics]), of(&[Home, Cosmetics])), (1, 1, 1));
}

#[test]
fn spans_do_not_overlap_where_one_character_stands_for_many() {
    let lexicon = overlaid(json!({ "add": [term("株式"), term("会社")] })).unwrap();
    assert_eq!(found_by(&lexicon, "㍿ 会社", &[]), [told("株式", 0, 1), told("会社", 2, 4)]);
}

fn term(term: &str) -> Value {
    json!({ "term": term, "category": "price", "severity": "warning", "jurisdiction": "any", "note": "内部规定" })
}

fn overlaid(overlay: Value) -> Result<Lexicon, Vec<(String, &'static str)>> {
    let overlay = domain::record::read::<LexiconOverlay>(&overlay, "");
    overlay
        .and_then(|overlay| Lexicon::overlaid(&overlay))
        .map_err(|faults| faults.into_iter().map(|fault| (fault.pointer, fault.kind.code())).collect())
}

#[test]
fn an_organization_adds_disables_and_excuses_terms() {
    let lexicon = overlaid(json!({
        "add": [
            { "term": "骨折价", "category": "price", "severity": "blocker", "jurisdiction": "cn",
              "exempt_categories": ["books"], "exceptions": ["拒绝骨折价"], "note": "house rule" },
            { "term": "Best", "category": "absolute", "severity": "blocker", "jurisdiction": "any", "note": "no" },
        ],
        "disable": [{ "term": "原 价", "reason": "有依据" }, { "term": "best", "reason": "house rule" }],
        "excuse": [{ "term": "第一", "phrase": "第一食品", "reason": "商标" }],
    }))
    .unwrap();
    let text = "骨折价,拒绝骨折价,原价,第一食品,第一,best before";
    let all = [told("骨折价", 0, 3), told("第一", 18, 20), told("Best", 21, 25)];
    assert_eq!(found_by(&lexicon, text, &[]), all);
    assert_eq!(found_by(&lexicon, "骨折价", &[Category::Books]), []);
    let own = lexicon.terms().find(|term| term.term == "骨折价").unwrap();
    assert_eq!((own.note.en.as_str(), own.note.zh.as_str()), ("house rule", "house rule"));
    assert_eq!(overlaid(json!({})).unwrap().terms().count(), 59);
}

#[test]
fn what_is_wrong_with_an_overlay_is_told_at_its_place() {
    let faults = |overlay: Value| overlaid(overlay).map(|_| ()).unwrap_err();
    let at = |pointer: &str, code: &'static str| vec![(pointer.to_owned(), code)];
    let excuse = |of: &str, phrase: &str| json!({ "term": of, "phrase": phrase, "reason": "商标" });
    assert_eq!(faults(json!({ "ad": [] })), at("/ad", "field.unknown"));
    assert_eq!(faults(json!({ "add": [{ "term": "甲" }] }))[0], ("/add/0/category".into(), "field.required"));
    assert_eq!(faults(json!({ "add": [term("\u{200B}")] })), at("/add/0/term", "text.empty"));
    assert_eq!(faults(json!({ "add": [term("甲乙"), term("甲 乙")] })), at("/add/1/term", "list.duplicate"));
    assert_eq!(faults(json!({ "add": [term("ＢＥＳＴ")] })), at("/add/0/term", "field.fixed"));
    let mut apart = term("甲乙");
    apart["exceptions"] = json!(["甲乙丙", "甲,乙"]);
    assert_eq!(faults(json!({ "add": [apart] })), at("/add/0/exceptions/1", "text.lacks"));
    let twice = json!([{ "term": "best", "reason": "a" }, { "term": "BEST", "reason": "b" }]);
    assert_eq!(faults(json!({ "disable": twice })), at("/disable/1/term", "list.duplicate"));
    let unknown = json!([{ "term": "甲", "reason": "a" }]);
    assert_eq!(faults(json!({ "disable": unknown })), at("/disable/0/term", "reference.not_found"));
    assert_eq!(
        faults(json!({ "excuse": [excuse("甲", "甲乙")] })),
        at("/excuse/0/term", "reference.not_found")
    );
    assert_eq!(faults(json!({ "excuse": [excuse("第一", "头等")] })), at("/excuse/0/phrase", "text.lacks"));
    assert_eq!(faults(json!({ "add": vec![term("甲"); 501] })), at("/add", "list.too_many"));
    assert_eq!(faults(json!({ "add": [term(&"甲".repeat(41))] })), at("/add/0/term", "text.too_long"));
}

/// Every text of the largest run sheet that fits a mebibyte, and one that holds as many terms as it can.
#[test]
fn the_largest_run_sheet_is_judged() {
    let talk = "敏感肌 100 % 也能用,best before 2028。".repeat(54);
    let row = json!({ "kind": "product", "sku_id": "HY-H01", "talk_track": talk });
    let mut rows = vec![row; 400];
    rows[7]["talk_track"] = json!("第一".repeat(2000));
    rows[9]["talk_track"] = json!("第一次".repeat(1333));
    let patch = json!([{ "op": "replace", "path": "/gates/script/rows", "value": rows }]);
    let findings = Scene::of(&json!({ "now": "2027-03-20T17:00:00+08:00", "patch": patch })).findings();
    let wording: Vec<_> = findings.iter().filter(|finding| finding.rule.id.contains(".wording_")).collect();
    let [finding] = wording[..] else { panic!("{}", wording.len()) };
    assert_eq!(key(finding), "script.wording_forbidden fail blocker /gates/script/rows/7/talk_track");
    assert_eq!(finding.observed.json().as_array().unwrap().len(), 2000);
}

/// A text out of what terms are made of, what they hide in, and anything else.
fn text() -> impl Strategy<Value = String> {
    let parts = Lexicon::built_in().terms().flat_map(|term| term.exceptions.iter().chain([&term.term]));
    let parts = prop::sample::select(parts.cloned().collect::<Vec<String>>());
    let marks =
        prop::sample::select(vec![" ", "·", "-", "。", ",", "\n", "7", "天", "\u{200B}", "ﬀ", "㍿", "B"]);
    let part = prop_oneof![parts, marks.prop_map(str::to_owned), any::<char>().prop_map(String::from)];
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

/// A text as gates take it: not empty, not too long, without control characters.
fn acceptable(text: &str, most: usize) -> String {
    let plain = text.chars().filter(|c| *c == '\n' || !c.is_control());
    std::iter::once('第').chain(plain).take(most).collect()
}

/// The characters of a text within a span.
fn within(text: &str, span: Span) -> String {
    text.chars().skip(span.from).take(span.to - span.from).collect()
}

/// What the check finds, found slowly: every place of every term, one after the other.
fn found_slowly(text: &str) -> Vec<(String, usize, usize)> {
    let normal = Normal::of(text);
    let places = |needle: &str| -> Vec<(usize, usize)> {
        let needle = Normal::of(needle).text().to_owned();
        let starts = normal.text().char_indices().map(|(start, _)| start);
        let here = starts.filter(|start| normal.text()[*start..].starts_with(&needle));
        here.map(|start| (start, start + needle.len())).collect()
    };
    let mut all = Vec::new();
    for (order, term) in Lexicon::built_in().terms().enumerate() {
        let excepted: Vec<_> = term.exceptions.iter().flat_map(|exception| places(exception)).collect();
        for (start, end) in places(&term.term) {
            let sides = [normal.text()[..start].chars().next_back(), normal.text()[end..].chars().next()];
            let touches = sides.into_iter().flatten().any(is_letter_or_number);
            let within_word = touches && !term.term.contains(is_han);
            if !within_word && !excepted.iter().any(|(from, to)| *from <= start && end <= *to) {
                let Span { from, to } = normal.span(&(start..end));
                all.push((start, Reverse(end), order, told(&term.term, from, to)));
            }
        }
    }
    all.sort();
    let mut apart: Vec<(String, usize, usize)> = Vec::new();
    for (.., next) in all {
        if apart.last().is_none_or(|last| last.2 <= next.1) {
            apart.push(next);
        }
    }
    apart
}

#[test]
fn the_quick_search_finds_in_every_example_what_a_slow_one_finds() {
    let mut texts = Vec::new();
    strings(&standard(), &mut texts);
    vectors("findings").iter().for_each(|vector| strings(&vector["patch"], &mut texts));
    assert!(texts.len() > 1000 && texts.iter().any(|text| !found(text).is_empty()));
    for text in texts {
        assert_eq!(found(&text), found_slowly(&text), "{text}");
    }
}

fn strings(value: &Value, found: &mut Vec<String>) {
    found.extend(value.as_str().map(str::to_owned));
    value.as_array().into_iter().flatten().for_each(|element| strings(element, found));
    value.as_object().into_iter().flatten().for_each(|(_, member)| strings(member, found));
}

proptest! {
    #[test]
    fn offsets_of_a_normal_form_rise_and_stay_within_the_text(text in text()) {
        let normal = Normal::of(&text);
        let spans = normal.text().char_indices().map(|(at, c)| normal.span(&(at..at + c.len_utf8())));
        let spans: Vec<Span> = spans.collect();
        prop_assert!(spans.iter().all(|span| span.to == span.from + 1 && span.to <= text.chars().count()));
        prop_assert!(spans.windows(2).all(|two| two[0].from <= two[1].from));
    }

    #[test]
    fn spans_hold_their_term_and_never_overlap(text in text()) {
        let found = found(&text);
        prop_assert!(found.windows(2).all(|two| two[0].2 <= two[1].1));
        for (term, from, to) in &found {
            let part = Normal::of(&within(&text, Span { from: *from, to: *to }));
            prop_assert!(part.text().contains(Normal::of(term).text()), "{term}: {part:?}");
        }
    }

    #[test]
    fn the_quick_search_finds_what_a_slow_one_finds(text in text()) {
        prop_assert_eq!(found(&text), found_slowly(&text));
    }

    #[test]
    fn marks_between_han_hide_nothing(mark in "[ ·*~_/\u{200B}\u{3000}-]{0,3}", before in "[a-z0-9,。]{0,3}") {
        for term in Lexicon::built_in().terms().filter(|term| term.term.chars().all(is_han)) {
            let hidden: Vec<String> = term.term.chars().map(String::from).collect();
            let hidden = format!("{before},{}", hidden.join(&mark));
            let (from, to) = (before.chars().count() + 1, hidden.chars().count());
            prop_assert_eq!(found(&hidden), [told(&term.term, from, to)]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_is_judged_and_told(texts in prop::collection::vec(text(), 6)) {
        let given = |i: usize, most: usize| json!(acceptable(&texts[i], most));
        let phrase = json!([{ "phrase": given(5, 40), "reason": "商标" }]);
        let set = |path: &str, value: Value| json!({ "op": "add", "path": path, "value": value });
        let patch = json!([
            set("/gates/script/rows/6/talk_track", given(0, 4000)),
            set("/gates/script/rows/6/beats/pain", given(1, 400)),
            set("/gates/script/closing_tactics", given(2, 300)),
            set("/gates/script/allowed_phrases", phrase),
            set("/gates/warm_up/assets/0/body", given(3, 2000)),
            set("/gates/warm_up/assets/0/title", given(4, 60)),
            set("/gates/warm_up/benefits", json!([given(5, 100)])),
        ]);
        let scene = Scene::of(&json!({ "now": "2027-03-20T17:00:00+08:00", "patch": patch }));
        for finding in scene.findings() {
            for locale in [Locale::En, Locale::ZhCn] {
                prop_assert!(!finding.message(locale, &scene.campaign.profile).is_empty());
            }
        }
    }
}
