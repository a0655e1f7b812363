//! Mails on the way to an approval: due, overdue, wanted, decided.

use domain::actor::Who;
use domain::campaign::Verdict;
use domain::locale::Locale;
use domain::standing::GateStatus;

use super::super::super::wording::{self, pick};
use super::super::AtGate;
use super::Told;

/// Told with the time that is left or over, so that no two of a ladder look alike.
pub(super) fn due(at: &AtGate<'_, '_>) -> Told {
    let (locale, left, due_at) = (at.reader.locale, at.slack(), at.gate().due_at);
    let (gate, name, due, span) =
        (at.name(), at.campaign_name(), at.long_time(due_at), wording::span(left, locale));
    let what = match locale {
        Locale::En => format!("The gate {gate} of the campaign “{name}” is due on {due}."),
        Locale::ZhCn => format!("活动“{name}”的关卡“{gate}”截止时间为 {due}。"),
    };
    let label = match locale {
        Locale::En if left.is_positive() => format!("due in {span}"),
        Locale::ZhCn if left.is_positive() => format!("距截止 {span}"),
        Locale::En | Locale::ZhCn => pick(locale, "due now", "现已到期").to_owned(),
    };
    Told { time: due_at, now: at.until_due(), ..Told::of(at, label, what) }
}

pub(super) fn overdue(at: &AtGate<'_, '_>) -> Told {
    let (locale, due_at) = (at.reader.locale, at.gate().due_at);
    let (gate, name, due) = (at.name(), at.campaign_name(), at.long_time(due_at));
    let span = wording::span(at.slack(), locale);
    let (label, what) = match locale {
        Locale::En => (
            format!("{span} overdue"),
            format!("The gate {gate} of the campaign “{name}” was due on {due} and has not passed."),
        ),
        Locale::ZhCn => {
            (format!("已逾期 {span}"), format!("活动“{name}”的关卡“{gate}”应于 {due}前通过，至今尚未通过。"))
        }
    };
    Told { time: due_at, now: at.until_due(), ..Told::of(at, label, what) }
}

pub(super) fn wanted(at: &AtGate<'_, '_>) -> Told {
    let (locale, submission) = (at.reader.locale, at.submission());
    let who = at.person(submission.map(|submission| submission.by));
    let on = at.long_time(submission.map_or(at.notice.planned_at, |submission| submission.at));
    let (gate, name) = (at.name(), at.campaign_name());
    let what = match locale {
        Locale::En => {
            format!("{who} submitted the gate {gate} of the campaign “{name}” for review on {on}.")
        }
        Locale::ZhCn => format!("{who}于 {on}提交了活动“{name}”的关卡“{gate}”，等待审批。"),
    };
    let label = if at.notice.occurrence == "p0" {
        pick(locale, "approval wanted", "待审批")
    } else {
        pick(locale, "approval still wanted", "仍待审批")
    };
    Told {
        time: at.gate().due_at,
        quote: submission.and_then(|submission| submission.comment.clone()),
        role: at.reader_decides().then(|| pick(locale, "You can decide on it.", "你可以审批。")),
        now: at.until_due(),
        ..Told::of(at, label, what)
    }
}

pub(super) fn decided(at: &AtGate<'_, '_>) -> Told {
    let (locale, decision) = (at.reader.locale, at.decision());
    let time = decision.map_or(at.notice.planned_at, |decision| decision.at);
    let who = at.person(decision.map(|decision| Who::Member(decision.by)));
    let (gate, name, on) = (at.name(), at.campaign_name(), at.long_time(time));
    let (label, what) = match (decision.map(|decision| decision.verdict), locale) {
        (Some(Verdict::Approve), Locale::En) => {
            ("approved", format!("{who} approved the gate {gate} of the campaign “{name}” on {on}."))
        }
        (Some(Verdict::Approve), Locale::ZhCn) => {
            ("审批通过", format!("{who}于 {on}通过了活动“{name}”的关卡“{gate}”。"))
        }
        (Some(Verdict::RequestChanges), Locale::En) => (
            "changes requested",
            format!("{who} requested changes to the gate {gate} of the campaign “{name}” on {on}."),
        ),
        (Some(Verdict::RequestChanges), Locale::ZhCn) => {
            ("要求修改", format!("{who}于 {on}要求修改活动“{name}”的关卡“{gate}”。"))
        }
        (None, Locale::En) => (
            "decided",
            format!(
                "The gate {gate} of the campaign “{name}” was decided on {on}; it was submitted again since."
            ),
        ),
        (None, Locale::ZhCn) => {
            ("已审批", format!("活动“{name}”的关卡“{gate}”已于 {on}审批，之后又重新提交。"))
        }
    };
    let submitted = at.submission().map(|submission| submission.by) == Some(Who::Member(at.reader.id));
    let waits_for_others = at.gate().status == GateStatus::InReview && !at.reader_decides();
    let wait = pick(
        locale,
        "The gate waits for a further decision; nothing has to be done by you.",
        "该关卡还需其他人审批，你暂无待办。",
    );
    Told {
        time,
        quote: decision.and_then(|decision| decision.comment.clone()),
        role: submitted.then(|| pick(locale, "You submitted it.", "这是你提交的关卡。")),
        to_do: waits_for_others.then_some(wait),
        ..Told::of(at, label, what)
    }
}
