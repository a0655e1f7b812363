//! The words of mails about a gate that do not depend on the reason, in both languages. Each function is one place of
//! a mail.

use domain::gate::GateKey;
use domain::locale::Locale;
use domain::standing::GateStatus;

use super::super::wording::{self, pick};
use super::AtGate;

/// Where the reader stands to the gate.
pub(super) fn role(at: &AtGate<'_, '_>) -> &'static str {
    let locale = at.reader.locale;
    if at.reader_owns() {
        pick(locale, "You look after this gate.", "你是该关卡的负责人。")
    } else if at.reader_decides() {
        pick(locale, "You can decide on it.", "你可以审批。")
    } else {
        pick(locale, "You look after the campaign or its team.", "你负责该活动或其团队。")
    }
}

/// What to do next with a gate that stands like this.
pub(super) fn what_to_do(at: &AtGate<'_, '_>) -> String {
    let locale = at.reader.locale;
    let text = match at.gate().status {
        GateStatus::InReview if at.reader_decides() => pick(
            locale,
            "Please read what was submitted, then approve it or request changes.",
            "请查看提交的内容，然后通过或要求修改。",
        ),
        GateStatus::InReview => pick(
            locale,
            "It is in review: please see that somebody who can decides in time.",
            "该关卡正在审批：请确保有人及时作出决定。",
        ),
        GateStatus::Passed => pick(
            locale,
            "The gate has passed; nothing more has to be done for it.",
            "该关卡已通过，无需再做任何事。",
        ),
        GateStatus::ChangesRequested => pick(
            locale,
            "Please make the changes that were asked for and submit the gate again.",
            "请按要求修改，然后重新提交该关卡。",
        ),
        GateStatus::Expired => pick(
            locale,
            "Please renew the evidence. The gate passes again at once, or when an approver has confirmed.",
            "请更新证据。更新后该关卡即恢复通过，或由审批人确认后恢复。",
        ),
        GateStatus::Stale => pick(
            locale,
            "What was approved has changed since: please check it and have it approved again.",
            "通过之后内容有变化：请核对并重新送审。",
        ),
        GateStatus::Blocked => return blocked(locale, &at.gate().waiting_on),
        GateStatus::Open => pick(
            locale,
            "Please settle its open findings, finish its checklist and submit the gate.",
            "请处理未解决的问题，完成清单，然后提交该关卡。",
        ),
    };
    text.to_owned()
}

fn blocked(locale: Locale, waiting_on: &[GateKey]) -> String {
    let names = wording::names(locale, waiting_on);
    match locale {
        Locale::En => {
            format!("It waits for {names}: please prepare its content meanwhile and help these to pass.")
        }
        Locale::ZhCn => format!("它在等待：{names}。请先准备内容，并协助这些关卡通过。"),
    }
}

/// How many findings are open.
pub(super) fn open_findings(locale: Locale, all: usize, blocking: usize) -> (&'static str, String) {
    match locale {
        Locale::En => ("Open findings", format!("{all}, of which {blocking} stop a submission")),
        Locale::ZhCn => ("未解决的问题", format!("{all} 项，其中 {blocking} 项阻止提交")),
    }
}

/// How many findings are not told one by one.
pub(super) fn and_more(locale: Locale, more: usize) -> String {
    match locale {
        Locale::En => format!("and {more} more"),
        Locale::ZhCn => format!("另有 {more} 项"),
    }
}

/// Which parts differ from what was reviewed last.
pub(super) fn changed(locale: Locale, parts: String) -> (&'static str, String) {
    let parts = if parts.is_empty() { pick(locale, "nothing", "无变化").to_owned() } else { parts };
    (pick(locale, "Changed since the last review", "上次审批后的变化"), parts)
}

/// What is still to be ticked.
pub(super) fn to_tick(locale: Locale, titles: &[&str]) -> (&'static str, String) {
    (pick(locale, "To tick", "待勾选"), titles.join(pick(locale, "; ", "；")))
}

/// When the gate is due.
pub(super) fn due(locale: Locale, at: String) -> (&'static str, String) {
    (pick(locale, "Due", "截止"), at)
}
