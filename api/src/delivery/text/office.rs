//! Mails about an organization itself: keys about to expire, and its reminders.

use domain::actor::{Role, Who};
use domain::ids::MemberId;
use domain::locale::Locale;
use domain::notice::Subject;
use domain::office::{ExpiringKey, Office};

use super::wording::{self, pick};
use super::{Occasion, Words};

/// The words of a mail about an organization.
pub(super) fn words(occasion: &Occasion<'_>, office: &Office<'_>) -> Words {
    let key = match occasion.notice.subject {
        Subject::Key(id) => office.key(id),
        Subject::Organization | Subject::Campaign | Subject::Gate(_) | Subject::Asset(_) => None,
    };
    match key {
        Some(key) => expiring(occasion, office, key),
        None => reminder(occasion, office),
    }
}

fn expiring(occasion: &Occasion<'_>, office: &Office<'_>, key: &ExpiringKey) -> Words {
    let (locale, name, prefix) = (occasion.reader.locale, &key.name, &key.prefix);
    let (time, office_name) = (occasion.long_time(key.expires_at), occasion.name);
    let what = match locale {
        Locale::En => format!("The API key “{name}” ({prefix}…) of {office_name} stops working on {time}."),
        Locale::ZhCn => format!("“{office_name}”的 API 密钥“{name}”（{prefix}…）将于 {time}失效。"),
    };
    let holder = key.member.or(key.made_by);
    let own = match (holder == Some(occasion.reader.id), key.member.is_some(), locale) {
        (true, true, Locale::En) => "It acts as you.",
        (true, true, Locale::ZhCn) => "该密钥以你的身份操作。",
        (true, false, Locale::En) => "You made it.",
        (true, false, Locale::ZhCn) => "该密钥由你创建。",
        (false, _, Locale::En) => "You are an admin.",
        (false, _, Locale::ZhCn) => "你是管理员。",
    };
    let left = wording::span(key.expires_at.duration_since(office.now), locale);
    let why_now = match locale {
        Locale::En => format!("{own} {left} are left."),
        Locale::ZhCn => format!("{own}还有 {left}。"),
    };
    let what_to_do = if occasion.reader.role == Role::Admin {
        pick(
            locale,
            "If it is still needed, please make a new key, enter it wherever this one is used, and take this one back. Whatever \
             uses it is refused from then on.",
            "如仍需使用，请新建密钥，在所有使用处替换，然后撤销此密钥。到期后，使用它的请求将被拒绝。",
        )
    } else {
        pick(
            locale,
            "If it is still needed, please ask an admin for a new key, and enter it wherever this one is used. Whatever uses it \
             is refused from then on.",
            "如仍需使用，请向管理员申请新密钥，并在所有使用处替换。到期后，使用它的请求将被拒绝。",
        )
    };
    let acts_as = key.member.and_then(|id| member(office, id));
    let acts_as = acts_as.map(|name| (pick(locale, "Acts as", "操作身份"), name));
    Words {
        about: Some(pick(locale, "API key", "API 密钥")),
        time: key.expires_at,
        label: match locale {
            Locale::En => format!("“{name}” is about to expire"),
            Locale::ZhCn => format!("“{name}”即将到期"),
        },
        what,
        quote: None,
        why_now,
        what_to_do: what_to_do.to_owned(),
        items: Vec::new(),
        facts: acts_as.into_iter().chain([(pick(locale, "Stops working", "失效时间"), time)]).collect(),
    }
}

/// What somebody wants people to be reminded of, in their own words.
fn reminder(occasion: &Occasion<'_>, office: &Office<'_>) -> Words {
    let (locale, id, name) = (occasion.reader.locale, &occasion.notice.generation, occasion.name);
    let own = office.reminders.iter().find(|reminder| reminder.id.to_string() == *id);
    let by = own.and_then(|reminder| match reminder.made_by {
        Who::Member(id) => member(office, id),
        Who::Service(_) | Who::System => None,
    });
    let what = match (locale, by) {
        (Locale::En, Some(by)) => format!("{by} set this reminder for {name}:"),
        (Locale::En, None) => format!("This reminder was set for {name}:"),
        (Locale::ZhCn, Some(by)) => format!("{by} 为“{name}”设置的提醒："),
        (Locale::ZhCn, None) => format!("“{name}”的提醒："),
    };
    Words {
        about: None,
        time: occasion.notice.planned_at,
        label: pick(locale, "reminder", "提醒").to_owned(),
        what,
        quote: own.map(|reminder| reminder.text.clone()),
        why_now: pick(locale, "It is time now.", "现在是设定的提醒时间。").to_owned(),
        what_to_do: pick(
            locale,
            "It comes again until its end, or until somebody removes it.",
            "提醒会重复发送，直至到期或被删除。",
        )
        .to_owned(),
        items: Vec::new(),
        facts: Vec::new(),
    }
}

fn member(office: &Office<'_>, id: MemberId) -> Option<String> {
    office.directory.member(id).map(|member| member.name.clone())
}
