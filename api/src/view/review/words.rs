//! The words of the page to decide on, in both languages.

use domain::Locale;
use domain::campaign::{Outcome, Verdict};
use domain::locale::{Bilingual, both};

pub(super) const AGE: Bilingual = both("Age", "年龄");
pub(super) const MARGIN: Bilingual = both("Margin", "毛利率");
pub(super) const PRODUCTS: Bilingual = both("Products", "商品数");
pub(super) const FORECAST_REVENUE: Bilingual = both("Forecast revenue", "预估销售额");
pub(super) const ROWS: Bilingual = both("Rows of the run sheet", "脚本行数");
pub(super) const WATCH: Bilingual = both("Watch out", "注意");
pub(super) const OPEN_ISSUES: Bilingual = both("Open issues", "未解决问题");
pub(super) const PUBLISHED: Bilingual = both("Published", "已发布");
pub(super) const GO_LIVE: Bilingual = both("Go-live", "开播");
pub(super) const DUE: Bilingual = both("Due", "截止");
pub(super) const SUBMITTED: Bilingual = both("Submitted", "提交");
pub(super) const FIGURES: Bilingual = both("Key figures", "关键数据");
pub(super) const FINDINGS: Bilingual = both("Open findings", "未解决的问题");
pub(super) const NO_FINDINGS: Bilingual = both("The rules find nothing to mend.", "规则检查未发现问题。");
pub(super) const CHANGED: Bilingual = both("Changed since the last review", "上次审批后的变化");
pub(super) const NOTHING_CHANGED: Bilingual = both("Nothing.", "无变化。");
pub(super) const SAID: Bilingual = both("What the submitter says", "提交说明");
pub(super) const DECISIONS: Bilingual = both("Decisions so far", "已有决定");
pub(super) const YOUR_DECISION: Bilingual = both("Your decision", "你的决定");
pub(super) const COMMENT: Bilingual = both("Comment (the submitter reads it)", "说明（提交人可见）");
pub(super) const APPROVE: Bilingual = both("Approve", "通过");
pub(super) const REQUEST_CHANGES: Bilingual = both("Request changes", "要求修改");
pub(super) const CODE: Bilingual = both("Code from the mail", "邮件中的验证码");
pub(super) const CONFIRM: Bilingual = both("Confirm", "确认");
pub(super) const SEND_CODE: Bilingual = both("Send me a code", "发送验证码");
pub(super) const SEND_ANOTHER: Bilingual = both("Send another code", "重新发送验证码");

pub(super) const NO_ADDRESS: Bilingual = both(
    "We have no mail address of yours, so no code can be sent. Please decide in your own system, or ask an admin to give \
     you an address.",
    "你没有登记邮箱，无法发送验证码。请在你所用的系统中审批，或请管理员登记邮箱。",
);

pub(super) fn yes_or_no(is: bool) -> Bilingual {
    if is { both("yes", "是") } else { both("no", "否") }
}

pub(super) fn title(locale: Locale, gate: &str) -> String {
    match locale {
        Locale::En => format!("Decide on: {gate}"),
        Locale::ZhCn => format!("审批：{gate}"),
    }
}

pub(super) fn by_at(locale: Locale, name: &str, at: &str) -> String {
    match locale {
        Locale::En => format!("{name}, {at}"),
        Locale::ZhCn => format!("{name}，{at}"),
    }
}

pub(super) fn waits_for(locale: Locale, name: &str) -> String {
    match locale {
        Locale::En => format!("{name}, this waits for your decision."),
        Locale::ZhCn => format!("{name}，该关卡等待你的决定。"),
    }
}

pub(super) fn only_changes(locale: Locale, why: &str) -> String {
    match locale {
        Locale::En => format!("It cannot be approved as it stands. {why} You can request changes."),
        Locale::ZhCn => format!("目前无法通过。{why}你可以要求修改。"),
    }
}

pub(super) fn you_decided(locale: Locale, verdict: Verdict, at: &str) -> String {
    match (locale, verdict) {
        (Locale::En, Verdict::Approve) => format!("You approved this on {at}."),
        (Locale::En, Verdict::RequestChanges) => format!("You requested changes on {at}."),
        (Locale::ZhCn, Verdict::Approve) => format!("你已于 {at}通过。"),
        (Locale::ZhCn, Verdict::RequestChanges) => format!("你已于 {at}要求修改。"),
    }
}

/// What follows from the reader's own decision.
pub(super) fn what_follows(outcome: Option<Outcome>) -> Bilingual {
    match outcome {
        None => both(
            "Others still have to sign. There is nothing more for you to do.",
            "还需其他人审批，你无需再做任何事。",
        ),
        Some(Outcome::Approved) => both("With that the gate is approved.", "该关卡已获通过。"),
        Some(Outcome::ChangesRequested) => {
            both("The submitter has been told and will submit again.", "已通知提交人修改后重新提交。")
        }
        Some(Outcome::Withdrawn) => both("The submission was withdrawn since.", "该提交之后已被撤回。"),
    }
}

/// How it ended; `last` is who had the last word on it, and when.
pub(super) fn ended(locale: Locale, outcome: Outcome, last: Option<(&str, &str)>) -> String {
    let again =
        both(" You will be asked again once it is submitted anew.", "重新提交后会再通知你。").to(locale);
    let nothing_left = both(" Nothing is left for you to decide.", "无需你再决定。").to(locale);
    let (said, then) = match (outcome, last, locale) {
        (Outcome::Approved, Some((name, at)), Locale::En) => {
            (format!("{name} gave the last approval on {at}."), nothing_left)
        }
        (Outcome::Approved, Some((name, at)), Locale::ZhCn) => {
            (format!("{name} 已于 {at}完成最后一项审批，"), nothing_left)
        }
        (Outcome::ChangesRequested, Some((name, at)), Locale::En) => {
            (format!("{name} requested changes on {at}."), again)
        }
        (Outcome::ChangesRequested, Some((name, at)), Locale::ZhCn) => {
            (format!("{name} 已于 {at}要求修改，"), again)
        }
        (Outcome::Withdrawn, _, Locale::En) => ("The submission was withdrawn.".to_owned(), again),
        (Outcome::Withdrawn, _, Locale::ZhCn) => ("该提交已被撤回，".to_owned(), again),
        (Outcome::Approved | Outcome::ChangesRequested, None, Locale::En) => {
            ("This was decided already.".to_owned(), nothing_left)
        }
        (Outcome::Approved | Outcome::ChangesRequested, None, Locale::ZhCn) => {
            ("该提交已有决定，".to_owned(), nothing_left)
        }
    };
    format!("{said}{then}")
}

pub(super) const REPLACED: Bilingual = both(
    "This link belongs to an earlier submission, which is no more. A new submission brings a mail with a new link.",
    "此链接对应的提交已失效；新的提交会随邮件附上新的链接。",
);
pub(super) const CHANGED_SINCE: Bilingual = both(
    "What was submitted has been changed since, so it waits for nobody any more. Once it is submitted again, a mail \
     brings you a new link.",
    "提交之后内容有改动，原提交已失效；重新提交后会随邮件附上新的链接。",
);

pub(super) fn prove_it(locale: Locale, name: &str, address: &str) -> String {
    match locale {
        Locale::En => format!(
            "This link was made for {name}. Links get passed on, so a browser that we do not know needs a code once: \
             we send six digits to {address}."
        ),
        Locale::ZhCn => format!(
            "此链接是发给 {name} 的。链接可能被转发，因此在新的浏览器中需要验证一次：我们会把六位验证码发到 {address}。"
        ),
    }
}

pub(super) fn code_sent(locale: Locale, address: &str) -> String {
    match locale {
        Locale::En => format!("A code is on its way to {address}. It is good for 10 minutes."),
        Locale::ZhCn => format!("验证码正发往 {address}，10 分钟内有效。"),
    }
}

/// An address of which only its owner knows the rest.
pub(super) fn masked(address: &str) -> String {
    let (name, domain) = address.split_once('@').unwrap_or((address, ""));
    let first = name.chars().next().map(String::from).unwrap_or_default();
    format!("{first}•••@{domain}")
}
