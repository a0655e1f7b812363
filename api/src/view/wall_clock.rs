//! Instants for the eye, as a clock in the campaign's zone shows them.

use domain::Locale;
use domain::campaign::Profile;
use jiff::Timestamp;

/// Day and time.
#[must_use]
pub fn short(profile: &Profile, instant: Timestamp, locale: Locale) -> String {
    let format = match locale {
        Locale::En => "%-d %b %H:%M",
        Locale::ZhCn => "%-m月%-d日 %H:%M",
    };
    profile.time_zone.to_datetime(instant).strftime(format).to_string()
}

/// Date and time, and the zone.
#[must_use]
pub fn long(profile: &Profile, instant: Timestamp, locale: Locale) -> String {
    let format = match locale {
        Locale::En => "%-d %b %Y %H:%M",
        Locale::ZhCn => "%Y年%-m月%-d日 %H:%M",
    };
    let local = profile.time_zone.to_datetime(instant).strftime(format);
    match locale {
        Locale::En => format!("{local} ({})", profile.zone_name()),
        Locale::ZhCn => format!("{local}（{}）", profile.zone_name()),
    }
}
