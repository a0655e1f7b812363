//! Applying a JSON Patch to a content, within bounds: a short patch can ask for a document of any size. And what a
//! merge patch may speak of.

use std::io;
use std::slice;

use json_patch::{PatchErrorKind, PatchOperation};
use serde_json::Value;

use crate::document::MOST_BYTES;
use crate::fault::{At, Fault, Faults};
use crate::locale::{Bilingual, Locale, both};
use crate::record::object;
use crate::refusal::Refusal;
use crate::shape::Shape;

/// Most operations of one patch.
const MOST_OPERATIONS: usize = 1000;

/// Why a JSON Patch does not fit a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatchFault {
    /// It has more operations than are allowed.
    TooManyOperations { found: usize },
    /// With this operation the document would be larger than is allowed.
    TooLarge { operation: usize },
    /// This operation cannot be done at its place.
    CannotBeDone { operation: usize, path: String, why: Misfit },
}

/// What keeps an operation from being done.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A `test` found another value.
    OtherValue,
    /// There is nothing at `from`.
    NothingAtFrom,
    /// There is no such place.
    NoSuchPlace,
    /// A value cannot be moved into itself.
    IntoItself,
}

impl From<PatchErrorKind> for Misfit {
    fn from(kind: PatchErrorKind) -> Self {
        match kind {
            PatchErrorKind::TestFailed => Self::OtherValue,
            PatchErrorKind::InvalidFromPointer => Self::NothingAtFrom,
            PatchErrorKind::CannotMoveInsideItself => Self::IntoItself,
            // The library may learn more kinds; all it has left today is a wrong place.
            PatchErrorKind::InvalidPointer | _ => Self::NoSuchPlace,
        }
    }
}

impl Misfit {
    const fn text(self) -> Bilingual {
        match self {
            Self::OtherValue => both("value did not match", "值与 test 不符"),
            Self::NothingAtFrom => both("there is nothing at \"from\"", "“from” 处没有内容"),
            Self::NoSuchPlace => both("there is no such place", "没有这个位置"),
            Self::IntoItself => both("a value cannot be moved into itself", "值不能移动到自身之内"),
        }
    }
}

impl PatchFault {
    /// The end of a sentence that says so.
    #[must_use]
    pub fn text(&self, locale: Locale) -> String {
        match (self, locale) {
            (Self::TooManyOperations { found }, Locale::En) => {
                format!("{found} operations; at most {MOST_OPERATIONS} are allowed")
            }
            (Self::TooManyOperations { found }, Locale::ZhCn) => {
                format!("共 {found} 个操作，最多 {MOST_OPERATIONS} 个")
            }
            (Self::TooLarge { operation }, Locale::En) => {
                format!("operation {operation} makes the document larger than {MOST_BYTES} bytes")
            }
            (Self::TooLarge { operation }, Locale::ZhCn) => {
                format!("操作 {operation} 使文档超过 {MOST_BYTES} 字节")
            }
            (Self::CannotBeDone { operation, path, why }, Locale::En) => {
                format!("operation {operation} at \"{path}\": {}", why.text().en)
            }
            (Self::CannotBeDone { operation, path, why }, Locale::ZhCn) => {
                format!("操作 {operation}(“{path}”)：{}", why.text().zh)
            }
        }
    }
}

/// Members of a merge patch that its document does not have. To remove one of them changes nothing, so nobody would
/// be told of the slip.
pub(super) fn unknown_members(shape: &Shape, patch: &Value) -> Result<(), Vec<Fault>> {
    let mut faults = Faults::default();
    collect_unknown(shape, patch, &At::root(""), &mut faults);
    faults.or(())
}

fn collect_unknown(shape: &Shape, patch: &Value, at: &At<'_>, faults: &mut Faults) {
    let (Shape::Record(record), Value::Object(members)) = (shape, patch) else { return };
    object(patch, at, record.fields, faults);
    for field in record.fields {
        if let Some(member) = members.get(field.name) {
            collect_unknown(&(field.shape)(), member, &at.member(field.name), faults);
        }
    }
}

/// The document after every operation, or why one of them fails.
pub(super) fn patched(mut document: Value, operations: &[PatchOperation]) -> Result<Value, Refusal> {
    if operations.len() > MOST_OPERATIONS {
        let found = operations.len();
        return Err(failed(PatchFault::TooManyOperations { found }));
    }
    // Never less than the size; it is measured anew only when it seems too large.
    let mut size = bytes(&document);
    for (index, operation) in operations.iter().enumerate() {
        let more = growth(&document, operation);
        if more > 0 && size.saturating_add(more) > MOST_BYTES {
            size = bytes(&document);
            if size.saturating_add(more) > MOST_BYTES {
                return Err(failed(PatchFault::TooLarge { operation: index }));
            }
        }
        json_patch::patch(&mut document, slice::from_ref(operation)).map_err(|error| {
            let path = error.path.to_string();
            failed(PatchFault::CannotBeDone { operation: index, path, why: error.kind.into() })
        })?;
        size = size.saturating_add(more);
    }
    Ok(document)
}

/// The most that the operation can add to the document: a value, its name, and what stands around them.
fn growth(document: &Value, operation: &PatchOperation) -> usize {
    let (value, path) = match operation {
        PatchOperation::Add(add) => (bytes(&add.value), &add.path),
        PatchOperation::Replace(replace) => (bytes(&replace.value), &replace.path),
        PatchOperation::Copy(copy) => (document.pointer(copy.from.as_str()).map_or(0, bytes), &copy.path),
        // A moved value is in the document already, but its new name may be longer.
        PatchOperation::Move(moved) => (0, &moved.path),
        PatchOperation::Remove(_) | PatchOperation::Test(_) => return 0,
    };
    // A character of the name takes up to six bytes where it must be escaped.
    value.saturating_add(path.last().map_or(0, |name| 6 * name.encoded().len())).saturating_add(4)
}

/// The size of the document as JSON.
fn bytes(document: &Value) -> usize {
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, document).map_or(usize::MAX, |()| counter.0)
}

/// Counts what is written to it.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const fn failed(why: PatchFault) -> Refusal {
    Refusal::PatchFailed { why }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patch(document: Value, operations: &Value) -> Result<Value, String> {
        let operations: json_patch::Patch = serde_json::from_value(operations.clone()).unwrap();
        patched(document, &operations).map_err(|refusal| {
            let [en, zh] = [Locale::En, Locale::ZhCn].map(|locale| refusal.detail(locale));
            assert!(!zh.contains("operation") && !zh.contains("path"), "{zh}");
            en
        })
    }

    #[test]
    fn operations_are_applied_in_order() {
        let operations = json!([
            {"op": "add", "path": "/a/-", "value": 2},
            {"op": "copy", "from": "/a", "path": "/b"},
            {"op": "move", "from": "/b/0", "path": "/c"},
            {"op": "test", "path": "/b", "value": [2]},
            {"op": "remove", "path": "/a"},
        ]);
        assert_eq!(patch(json!({"a": [1]}), &operations).unwrap(), json!({"b": [2], "c": 1}));
    }

    #[test]
    fn a_failure_names_its_operation() {
        let operations =
            json!([{"op": "add", "path": "/a", "value": 2}, {"op": "remove", "path": "/nothing"}]);
        let said = patch(json!({}), &operations).unwrap_err();
        assert!(said.contains("operation 1 at") && said.contains("/nothing"), "{said}");
    }

    #[test]
    fn copies_that_double_the_document_end_at_a_mebibyte() {
        let mut operations = vec![json!({"op": "add", "path": "/0", "value": ["x".repeat(1000)]})];
        operations.extend((0..40).map(|n| json!({"op": "copy", "from": "", "path": format!("/{}", n + 1)})));
        let said = patch(json!({}), &Value::from(operations)).unwrap_err();
        assert!(said.contains("operation 11 "), "{said}");
    }

    #[test]
    fn replacing_again_and_again_does_not_add_up() {
        let big = "x".repeat(400_000);
        let operation = json!({"op": "replace", "path": "/a", "value": big});
        let operations = Value::from(vec![operation; 10]);
        assert_eq!(patch(json!({"a": ""}), &operations).unwrap(), json!({"a": big}));
    }

    #[test]
    fn a_thousand_operations_are_enough() {
        let of = |count| Value::from(vec![json!({"op": "test", "path": "", "value": {}}); count]);
        assert!(patch(json!({}), &of(1000)).is_ok());
        assert!(patch(json!({}), &of(1001)).unwrap_err().contains("1001 operations"));
    }
}
