//! Applying a JSON Patch to a content, within bounds: a short patch can ask for a document of any size.

use std::io;
use std::slice;

use json_patch::PatchOperation;
use serde_json::Value;

use crate::refusal::Refusal;

/// Most operations of one patch.
const MOST_OPERATIONS: usize = 1000;
/// Most bytes of the document while it is patched.
const MOST_BYTES: usize = 1024 * 1024;

/// The document after every operation, or why one of them fails.
pub(super) fn patched(mut document: Value, operations: &[PatchOperation]) -> Result<Value, Refusal> {
    if operations.len() > MOST_OPERATIONS {
        let found = operations.len();
        return Err(failed(format!("{found} operations; at most {MOST_OPERATIONS} are allowed")));
    }
    // Never less than the size; it is measured anew only when it seems too large.
    let mut size = bytes(&document);
    for (index, operation) in operations.iter().enumerate() {
        let more = growth(&document, operation);
        if more > 0 && size.saturating_add(more) > MOST_BYTES {
            size = bytes(&document);
            if size.saturating_add(more) > MOST_BYTES {
                let detail = format!("operation {index} makes the document larger than {MOST_BYTES} bytes");
                return Err(failed(detail));
            }
        }
        json_patch::patch(&mut document, slice::from_ref(operation))
            .map_err(|error| failed(format!("operation {index} at \"{}\": {}", error.path, error.kind)))?;
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

fn failed(detail: String) -> Refusal {
    Refusal::PatchFailed { detail }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patch(document: Value, operations: &Value) -> Result<Value, String> {
        let operations: json_patch::Patch = serde_json::from_value(operations.clone()).unwrap();
        patched(document, &operations).map_err(|refusal| format!("{refusal:?}"))
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
