//! Stored content as people see it: instants with the offset of the campaign's time zone instead of UTC.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

use crate::scalar::parse_instant;
use crate::shape::Shape;

/// Rewrites every instant of `value` to the wall clock of `zone`, such as `2027-03-20T20:00:00+08:00`.
/// Anything that is no instant by its shape stays as it is, whatever its text looks like.
pub fn shown(shape: &Shape, value: &mut Value, zone: &TimeZone) {
    match shape {
        Shape::Instant => {
            if let Some(instant) = value.as_str().and_then(parse_instant) {
                *value = Value::from(on_wall_clock(instant, zone));
            }
        }
        Shape::Record(record) => {
            for field in record.fields {
                if let Some(given) = value.get_mut(field.name) {
                    shown(&(field.shape)(), given, zone);
                }
            }
        }
        Shape::List { of, .. } | Shape::Set { of, .. } => {
            let of = of();
            for element in value.as_array_mut().into_iter().flatten() {
                shown(&of, element, zone);
            }
        }
        Shape::Text { .. }
        | Shape::Integer { .. }
        | Shape::Decimal { .. }
        | Shape::Bool
        | Shape::Date
        | Shape::Choice(_)
        | Shape::Id
        | Shape::Map(_)
        | Shape::Free => {}
    }
}

/// RFC 3339 with the offset `zone` has at `instant`. Offsets of the time before standard time have seconds,
/// which RFC 3339 cannot say: they are cut to whole minutes, so that the text still names the same instant.
#[must_use]
pub fn on_wall_clock(instant: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(instant);
    let seconds = offset.seconds();
    let whole = Offset::from_seconds(seconds - seconds % 60).unwrap_or(offset);
    instant.display_with_offset(whole).to_string()
}
