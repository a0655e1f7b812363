//! Strict reading of JSON: what two readers could understand differently is refused, with its pointer.

use std::cell::RefCell;
use std::fmt;

use domain::fault::{At, FaultKind, Faults};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::problem_catalogue as catalogue;
use crate::problem::Problem;

mod syntax;
mod weight;

use syntax::TOO_DEEP;
use weight::is_too_much;

/// Objects and lists in one another at most.
const MOST_LEVELS: usize = 100;

/// From 2^53 on a number that fits no integer type cannot be kept as it was sent: it is one of several neighbours.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Reads one document.
///
/// # Errors
/// `body.unreadable` for what is no JSON in UTF-8, too deep or of too many values; `field.repeated`,
/// `text.forbidden_character`, and `request.invalid` for a number that cannot be kept.
pub(super) fn read(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        unreadable(&format!("byte {place} is not UTF-8"), &format!("第 {place} 字节不是 UTF-8"))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(unreadable("it is empty", "正文为空"));
    }
    if is_too_much(text) {
        return Err(unreadable("it has more values than any campaign", "值的数量超过任何活动所需"));
    }
    let faults = RefCell::new(Faults::default());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let strict = Strict { at: At::root(""), level: 0, faults: &faults };
    let read = strict.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    let value = read.map_err(|error| {
        let (en, zh) = syntax::said(&error);
        unreadable(&en, &zh)
    })?;
    let faults = faults.into_inner().or(value);
    faults.map_err(|faults| {
        let any = |kind: FaultKind| faults.iter().any(|fault| fault.kind == kind);
        let kind = if any(FaultKind::DuplicateMember) {
            &catalogue::FIELD_REPEATED
        } else if any(FaultKind::ForbiddenCharacter) {
            &catalogue::FORBIDDEN_CHARACTER
        } else {
            &catalogue::REQUEST_INVALID
        };
        Problem::of_faults(kind, faults)
    })
}

fn unreadable(en: &str, zh: &str) -> Problem {
    let en = format!("The body is no JSON document we can read: {en}.");
    Problem::saying(&catalogue::BODY_UNREADABLE, en, format!("请求正文不是可读的 JSON：{zh}。"))
}

/// Builds a value while it notes what `serde_json` would let pass.
#[derive(Copy, Clone)]
struct Strict<'s> {
    at: At<'s>,
    level: usize,
    faults: &'s RefCell<Faults>,
}

impl Strict<'_> {
    fn check(&self, text: &str) {
        if text.contains('\0') {
            self.faults.borrow_mut().add(&self.at, FaultKind::ForbiddenCharacter);
        }
    }

    fn deeper<E: serde::de::Error>(&self) -> Result<usize, E> {
        let level = self.level + 1;
        if level > MOST_LEVELS { Err(E::custom(TOO_DEEP)) } else { Ok(level) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        if value.abs() >= FIRST_INEXACT {
            let (min, max) = ("-9007199254740991".to_owned(), "9007199254740991".to_owned());
            let kind = FaultKind::OutOfRange { min, max, found: format!("{value:e}") };
            self.faults.borrow_mut().add(&self.at, kind);
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        self.check(text);
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let level = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) =
            list.next_element_seed(Strict { at: self.at.index(values.len()), level, faults: self.faults })?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let level = self.deeper()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let here = Strict { at: self.at.member(&name), level, faults: self.faults };
            here.check(&name);
            if members.contains_key(&name) {
                self.faults.borrow_mut().add(&here.at, FaultKind::DuplicateMember);
            }
            let value = object.next_value_seed(here)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        read(text.as_bytes()).map_or_else(|problem| problem.kind().code, |_| "read")
    }

    #[test]
    fn a_document_is_read_as_it_stands() {
        let text = r#"{"a":[1,-2,0.1,true,null,"中"],"b":{"c":12345678901234567890}}"#;
        assert_eq!(read(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_member_that_occurs_twice_is_refused_with_its_pointer() {
        let problem = read(br#"{"a":[{"b/c":1,"b/c":2}]}"#).unwrap_err();
        assert_eq!(problem.kind().code, "field.repeated");
        assert_eq!(problem.faults().first().unwrap().pointer, "/a/0/b~1c");
    }

    #[test]
    fn a_nul_is_refused_in_texts_and_names() {
        assert_eq!(code(r#"{"a":"x\u0000y"}"#), "text.forbidden_character");
        assert_eq!(code(r#"{"a\u0000":1}"#), "text.forbidden_character");
        assert_eq!(code(r#"{"a":"x\u0001y"}"#), "read");
    }

    #[test]
    fn a_number_that_cannot_be_kept_as_sent_is_refused_with_its_pointer() {
        for number in ["123456789012345678901234567890", "-1e16", "9007199254740993.0"] {
            let problem = read(format!(r#"{{"a":[{number}]}}"#).as_bytes()).unwrap_err();
            let fault = problem.faults().first().unwrap();
            assert_eq!(
                (fault.pointer.as_str(), fault.kind.code()),
                ("/a/0", "number.out_of_range"),
                "{number}"
            );
        }
        for number in ["18446744073709551615", "-9223372036854775808", "9007199254740991.0", "0.1"] {
            assert_eq!(code(number), "read", "{number}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_alike_in_both_languages() {
        let said = |text: &str| syntax::said(&serde_json::from_str::<Value>(text).unwrap_err());
        for (text, en, zh) in [
            ("[1,]", "a comma too many at line 1, column 4", "第 1 行第 4 列多了一个逗号"),
            (
                "{\"a\":1 2}",
                "a comma or the end of the object is needed at line 1, column 8",
                "第 1 行第 8 列此处应为逗号或对象的结尾",
            ),
            ("{\n\"a\" 1}", "a colon is needed at line 2, column 5", "第 2 行第 5 列此处应为冒号"),
            ("{\"a\":", "it ends in the middle at line 1, column 5", "第 1 行第 5 列内容不完整"),
            ("nil", "the syntax is wrong at line 1, column 2", "第 1 行第 2 列语法有误"),
        ] {
            assert_eq!(said(text), (en.to_owned(), zh.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_unreadable() {
        let deep = format!("{}{}", "[".repeat(101), "]".repeat(101));
        let deeper = "[".repeat(100_000);
        for text in
            ["", "  ", "{", "{}x", "\u{feff}{}", r#"{"a":"\ud800"}"#, "{\"a\":1e400}", "NaN", &deep, &deeper]
        {
            assert_eq!(code(text), "body.unreadable", "{:.40}", text);
        }
        assert_eq!(read(b"{\"a\":\"\xff\"}").unwrap_err().kind().code, "body.unreadable");
        assert_eq!(code(&format!("{}{}", "[".repeat(100), "]".repeat(100))), "read");
    }
}
