//! Words that mails of every kind share, in both languages.

use domain::gate::GateKey;
use domain::locale::Locale;
use jiff::SignedDuration;

use super::OfCampaign;

/// How much time is left before the show.
pub(super) fn until_go_live(occasion: &OfCampaign<'_, '_>) -> String {
    let locale = occasion.reader.locale;
    let left = occasion.case.go_live_at().duration_since(occasion.case.now());
    match locale {
        Locale::En => format!("{} are left until go-live.", span(left, locale)),
        Locale::ZhCn => format!("距开播还有 {}。", span(left, locale)),
    }
}

/// The names of gates, in a row.
pub(super) fn names(locale: Locale, gates: &[GateKey]) -> String {
    let names: Vec<&str> = gates.iter().map(|gate| gate.label().to(locale)).collect();
    names.join(pick(locale, ", ", "、"))
}

/// A length of time to the minute, by which a moment after its time is still on time: a mail leaves a second or two later.
pub(super) fn whole_minutes(length: SignedDuration) -> SignedDuration {
    SignedDuration::from_mins((length.as_secs() + length.as_secs().signum() * 30) / 60)
}

/// A length of time in its two greatest units, its sign left out.
pub(super) fn span(length: SignedDuration, locale: Locale) -> String {
    let minutes = whole_minutes(length).abs().as_mins();
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let parts = match locale {
        Locale::En => [(days, if days == 1 { "day" } else { "days" }), (hours, "h"), (minutes, "min")],
        Locale::ZhCn => [(days, "天"), (hours, "小时"), (minutes, "分钟")],
    };
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let shown = parts
        .iter()
        .enumerate()
        .filter(|(place, (count, _))| *place == first || (*place == first + 1 && *count > 0));
    shown.map(|(_, (count, unit))| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

/// When the campaign goes live.
pub(super) fn go_live(locale: Locale, at: String) -> (&'static str, String) {
    (pick(locale, "Go-live", "开播"), at)
}

/// What stands on the link to the page on which the reader decides.
pub(super) const fn decide(locale: Locale) -> &'static str {
    pick(locale, "Look at it and decide", "查看并审批")
}

/// What stands on the link by which the reader gets no more of the kind.
pub(super) const fn no_more_of_this(locale: Locale) -> &'static str {
    pick(locale, "No more mails of this kind", "不再接收此类邮件")
}

/// Says that nothing in this mail is real.
pub(super) fn sandbox(locale: Locale) -> &'static str {
    pick(
        locale,
        "SANDBOX: this mail comes from a trial on a clock of its own; nothing in it is real.",
        "SANDBOX：本邮件来自使用独立时钟的试用环境，内容并非真实。",
    )
}

/// Who writes.
pub(super) fn signature(locale: Locale) -> &'static str {
    pick(
        locale,
        "Greenroom writes when somebody must act on a campaign.",
        "Greenroom 在需要有人处理活动时发送邮件。",
    )
}

/// The text in the reader's language.
pub(super) const fn pick(locale: Locale, en: &'static str, zh: &'static str) -> &'static str {
    match locale {
        Locale::En => en,
        Locale::ZhCn => zh,
    }
}

/// Why the reader gets somebody else's message.
pub(super) fn in_place(locale: Locale, name: &str, until: &str) -> String {
    match locale {
        Locale::En => format!("You stand in for {name}, who is away until {until}."),
        Locale::ZhCn => format!("{name}休假至{until}，由您代理。"),
    }
}
