//! Instants for the eye, as a clock of a zone shows them.

use domain::Locale;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Day and time.
#[must_use]
pub fn short(zone: &TimeZone, instant: Timestamp, locale: Locale) -> String {
    let format = match locale {
        Locale::En => "%-d %b %H:%M",
        Locale::ZhCn => "%-m月%-d日 %H:%M",
    };
    zone.to_datetime(instant).strftime(format).to_string()
}

/// Date and time, and the zone.
#[must_use]
pub fn long(zone: &TimeZone, instant: Timestamp, locale: Locale) -> String {
    let format = match locale {
        Locale::En => "%-d %b %Y %H:%M",
        Locale::ZhCn => "%Y年%-m月%-d日 %H:%M",
    };
    let local = zone.to_datetime(instant).strftime(format);
    let name = zone.iana_name().unwrap_or("UTC");
    match locale {
        Locale::En => format!("{local} ({name})"),
        Locale::ZhCn => format!("{local}（{name}）"),
    }
}
