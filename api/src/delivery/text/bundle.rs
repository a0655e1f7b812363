//! Mails that tell several messages at once: the daily digest, approvals that waited for one another, what could not be
//! sent in its time.

use domain::locale::Locale;
use domain::notice::Bundle;

use super::page::Page;
use super::wording::{self, pick};
use super::{Letter, Occasion, Words, words};

/// Words the mail of several occasions of the same reader; there is at least one. `opt_out` is the address at which they
/// say that they want no more of these.
#[must_use]
pub fn bundle(occasions: &[Occasion<'_>], with: Bundle, opt_out: Option<&str>) -> Letter {
    let Some(first) = occasions.first() else { return Letter::default() };
    let locale = first.reader.locale;
    let mut page = Page::new(locale);
    if first.sandbox {
        page.say(wording::sandbox(locale));
    }
    page.say(intro(locale, with));
    for occasion in occasions {
        let words = words(occasion);
        page.head(occasion.heading(&words));
        let Words { what, quote, what_to_do, .. } = words;
        page.say(what);
        if let Some(quote) = &quote {
            page.quote(quote);
        }
        page.say(what_to_do);
        if let Some(address) = &occasion.enclosed.decision {
            page.link(wording::decide(locale), address);
        }
    }
    page.sign(wording::signature(locale));
    if let Some(address) = opt_out {
        page.opt_out(wording::no_more_of_this(locale), address);
    }
    Letter { subject: subject(first, occasions, with), text: page.text(), html: page.html() }
}

/// Campaigns and time first, then what it is.
fn subject(first: &Occasion<'_>, occasions: &[Occasion<'_>], with: Bundle) -> String {
    let mut names: Vec<&str> = Vec::new();
    for occasion in occasions {
        let name = occasion.name;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (locale, count) = (first.reader.locale, occasions.len());
    let name = names.first().copied().unwrap_or_default();
    let campaigns = match (names.len(), locale) {
        (0 | 1, _) => name.to_owned(),
        (all, Locale::En) => format!("{name} and {} more", all - 1),
        (all, Locale::ZhCn) => format!("{name} 等 {all} 个活动"),
    };
    let label = match (with, locale) {
        (Bundle::Approvals, Locale::En) => format!("{count} approvals wanted"),
        (Bundle::Approvals, Locale::ZhCn) => format!("{count} 项待审批"),
        (Bundle::Late, Locale::En) => format!("{count} delayed messages"),
        (Bundle::Late, Locale::ZhCn) => format!("补发 {count} 条提醒"),
        (Bundle::Failures, Locale::En) => format!("{count} messages did not arrive"),
        (Bundle::Failures, Locale::ZhCn) => format!("{count} 条消息未送达"),
        (Bundle::Digest | Bundle::Alone, Locale::En) => format!("daily digest, {count} messages"),
        (Bundle::Digest | Bundle::Alone, Locale::ZhCn) => format!("每日摘要，{count} 条"),
    };
    format!("{}{campaigns} · {} · {label}", first.mark(), first.short_time(first.about.now()))
}

const fn intro(locale: Locale, with: Bundle) -> &'static str {
    match with {
        Bundle::Approvals => pick(locale, "These approvals wait for you.", "以下事项等待你审批。"),
        Bundle::Late => pick(
            locale,
            "These messages could not be sent in their time; what is still of use comes here in one mail.",
            "以下提醒未能按时发出，仍然有效的合并在此补发。",
        ),
        Bundle::Failures => pick(
            locale,
            "These messages did not reach whoever they were for. Please tell them in another way.",
            "以下消息未能送达收件人，请用其他方式告知。",
        ),
        Bundle::Digest | Bundle::Alone => pick(
            locale,
            "This is new since the last digest. What cannot wait comes in mails of its own.",
            "以下是上次摘要以来的动态；紧急事项会单独发送。",
        ),
    }
}
