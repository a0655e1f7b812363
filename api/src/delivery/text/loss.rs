//! The mail that tells whoever looks after a campaign of a message that did not arrive.

use domain::gate::GateKey;
use domain::locale::Locale;
use domain::notice::About;

use super::wording::{self, pick};
use super::{Lost, Occasion, Words};

/// Most characters of what a mail server said.
const SAID_MAX: usize = 300;

/// The words of the mail.
pub(super) fn words(occasion: &Occasion<'_>) -> Words {
    let locale = occasion.reader.locale;
    let lost = occasion.enclosed.lost.as_ref();
    let time = lost.map_or(occasion.notice.planned_at, |lost| lost.planned.planned_at);
    let said = lost.and_then(|lost| lost.said.as_deref()).map(plain);
    let said = said.map(|said| (pick(locale, "What hindered it", "原因"), said));
    let until = lost.map(|lost| {
        (pick(locale, "It was of use until", "有效期至"), occasion.long_time(lost.planned.not_after))
    });
    let go_live = match occasion.about {
        About::Campaign(case, _) => Some(wording::go_live(locale, occasion.long_time(case.go_live_at()))),
        About::Organization(_) => None,
    };
    Words {
        about: occasion.notice.subject.gate().map(|gate: GateKey| gate.label().to(locale)),
        time,
        label: pick(locale, "a message did not arrive", "消息未送达").to_owned(),
        what: what(occasion, lost),
        quote: None,
        why_now: why_now(occasion).to_owned(),
        what_to_do: what_to_do(locale, lost).to_owned(),
        items: Vec::new(),
        facts: said.into_iter().chain(until).chain(go_live).collect(),
    }
}

fn what(occasion: &Occasion<'_>, lost: Option<&Lost>) -> String {
    let (locale, of) = (occasion.reader.locale, of(occasion));
    let Some(lost) = lost else {
        return match locale {
            Locale::En => format!("A message about {of} did not arrive."),
            Locale::ZhCn => format!("{of}有一条消息未送达。"),
        };
    };
    let (kind, time) = (lost.planned.reason.label().to(locale), occasion.long_time(lost.planned.planned_at));
    match (locale, &lost.to) {
        (Locale::En, Some((person, Some(address)))) => {
            format!("The message “{kind}” of {time} about {of} did not reach {person} <{address}>.")
        }
        (Locale::En, Some((person, None))) => format!(
            "The message “{kind}” of {time} about {of} did not reach {person}, who has no address here."
        ),
        (Locale::En, None) => format!(
            "The message “{kind}” of {time} about {of} was sent to nobody: it could not leave while it was \
             of use."
        ),
        (Locale::ZhCn, Some((person, Some(address)))) => {
            format!("{of}{time}的消息“{kind}”未能送达 {person} <{address}>。")
        }
        (Locale::ZhCn, Some((person, None))) => {
            format!("{of}{time}的消息“{kind}”未能送达 {person}：其资料中没有邮箱地址。")
        }
        (Locale::ZhCn, None) => {
            format!("{of}{time}的消息“{kind}”未发给任何人：在其有效期内未能发出。")
        }
    }
}

const fn why_now(occasion: &Occasion<'_>) -> &'static str {
    let locale = occasion.reader.locale;
    match occasion.about {
        About::Campaign(..) => {
            pick(locale, "You look after the campaign or its team.", "你负责该活动或其团队。")
        }
        About::Organization(_) => pick(locale, "You are an admin.", "你是管理员。"),
    }
}

/// What the message was about.
fn of(occasion: &Occasion<'_>) -> String {
    let name = occasion.name;
    match (occasion.about, occasion.reader.locale) {
        (About::Campaign(..), Locale::En) => format!("the campaign “{name}”"),
        (About::Campaign(..), Locale::ZhCn) => format!("活动“{name}”"),
        (About::Organization(_), Locale::En) => name.to_owned(),
        (About::Organization(_), Locale::ZhCn) => format!("“{name}”"),
    }
}

fn what_to_do(locale: Locale, lost: Option<&Lost>) -> &'static str {
    if lost.is_some_and(|lost| lost.refused) {
        pick(
            locale,
            "Please tell them in another way, and have their address checked; after that a manager can have it sent once more.",
            "请用其他方式告知，并请管理员核对其邮箱；核对后主管可让系统再次发送。",
        )
    } else if lost.is_some_and(|lost| matches!(lost.to, Some((_, None)))) {
        pick(
            locale,
            "Please tell them in another way, and have their address entered.",
            "请用其他方式告知，并请管理员补充其邮箱。",
        )
    } else {
        pick(
            locale,
            "Please look whether it still matters, and tell whoever needs it in another way.",
            "请确认是否仍需处理，并用其他方式告知相关人员。",
        )
    }
}

/// What a server said, on one line and cut where it is long.
fn plain(said: &str) -> String {
    let words: Vec<&str> =
        said.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(SAID_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_said_is_one_short_line() {
        assert_eq!(plain("550 5.1.1\r\n no\tsuch  user\u{7}"), "550 5.1.1 no such user");
        let long = plain(&"错".repeat(400));
        assert_eq!((long.chars().count(), long.ends_with('…')), (SAID_MAX + 1, true));
    }
}
