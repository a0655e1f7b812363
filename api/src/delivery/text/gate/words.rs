//! The words of mails about a gate in both languages. Each function is one place of a mail; none decides who gets it.

use domain::actor::Who;
use domain::campaign::Verdict;
use domain::gate::GateKey;
use domain::locale::Locale;
use domain::notice::Reason;
use domain::standing::GateStatus;
use jiff::SignedDuration;

use super::super::wording::{self, pick};
use super::AtGate;

/// Findings of wording that a mail tells word by word; the others are counted.
const MESSAGES_TOLD: usize = 3;

/// What the mail is for, at the end of the subject.
pub(super) fn label(at: &AtGate<'_, '_>) -> String {
    let locale = at.reader.locale;
    let left = at.gate().due_at.duration_since(at.case.now());
    // Told with the time that is left or over, so that no two of a ladder look alike.
    match (at.notice.reason, locale) {
        (Reason::GateDue, Locale::En) if left.is_positive() => {
            format!("due in {}", wording::span(left, locale))
        }
        (Reason::GateDue, Locale::ZhCn) if left.is_positive() => {
            format!("距截止 {}", wording::span(left, locale))
        }
        (Reason::GateOverdue, Locale::En) => format!("{} overdue", wording::span(left, locale)),
        (Reason::GateOverdue, Locale::ZhCn) => format!("已逾期 {}", wording::span(left, locale)),
        _ => plain_label(at).to_owned(),
    }
}

fn plain_label(at: &AtGate<'_, '_>) -> &'static str {
    let (en, zh) = match at.notice.reason {
        Reason::GateDue => ("due now", "现已到期"),
        Reason::ApprovalWanted if at.notice.occurrence == "p0" => ("approval wanted", "待审批"),
        Reason::ApprovalWanted => ("approval still wanted", "仍待审批"),
        Reason::GateDecided => match at.decision().map(|decision| decision.verdict) {
            Some(Verdict::Approve) => ("approved", "审批通过"),
            Some(Verdict::RequestChanges) => ("changes requested", "要求修改"),
            None => ("decided", "已审批"),
        },
        Reason::GateStale => ("approval no longer holds", "审批已失效"),
        Reason::GateExpired => ("evidence too old", "证据已过期"),
        Reason::GateExpiring => ("evidence soon too old", "证据即将过期"),
        Reason::RecheckWanted => ("recheck wanted", "待开播前复测"),
        Reason::FacetChanged => ("something changed", "依据有变化"),
        Reason::WordingFound => ("wording to look at", "用语待处理"),
        Reason::GateOverdue
        | Reason::Touchpoint
        | Reason::Countdown
        | Reason::GoLiveDecision
        | Reason::CampaignReady
        | Reason::CampaignNotReady => return at.notice.reason.label().to(at.reader.locale),
    };
    pick(at.reader.locale, en, zh)
}

/// What happened.
pub(super) fn what(at: &AtGate<'_, '_>) -> String {
    let locale = at.reader.locale;
    let gate = at.key.label().to(locale);
    let name = &at.case.profile().name;
    let due = at.long_time(at.gate().due_at);
    match (at.notice.reason, locale) {
        (Reason::GateDue, Locale::En) => format!("The gate {gate} of the campaign “{name}” is due on {due}."),
        (Reason::GateDue, Locale::ZhCn) => format!("活动“{name}”的关卡“{gate}”截止时间为 {due}。"),
        (Reason::GateOverdue, Locale::En) => {
            format!("The gate {gate} of the campaign “{name}” was due on {due} and has not passed.")
        }
        (Reason::GateOverdue, Locale::ZhCn) => {
            format!("活动“{name}”的关卡“{gate}”应于 {due}前通过，至今尚未通过。")
        }
        (Reason::ApprovalWanted, _) => submitted(at, gate, name),
        (Reason::GateDecided, _) => decided(at, gate, name),
        (Reason::GateExpired, Locale::En) => {
            let since = at.long_time(at.time());
            format!("Evidence of the passed gate {gate} of the campaign “{name}” is too old since {since}.")
        }
        (Reason::GateExpired, Locale::ZhCn) => {
            let since = at.long_time(at.time());
            format!("活动“{name}”已通过的关卡“{gate}”的证据已于 {since}过期。")
        }
        (Reason::GateStale | Reason::GateExpiring | Reason::RecheckWanted | Reason::FacetChanged, _) => {
            noticed(at, gate, name)
        }
        (Reason::WordingFound, _) => worded(at, gate, name),
        (
            Reason::Touchpoint
            | Reason::Countdown
            | Reason::GoLiveDecision
            | Reason::CampaignReady
            | Reason::CampaignNotReady,
            _,
        ) => name.clone(),
    }
}

/// What was noticed of a gate that was approved.
fn noticed(at: &AtGate<'_, '_>, gate: &str, name: &str) -> String {
    let locale = at.reader.locale;
    let (time, changed) = (at.long_time(at.time()), at.changed());
    match (at.notice.reason, locale) {
        (Reason::GateStale, Locale::En) => format!(
            "The approval of the gate {gate} of the campaign “{name}” no longer holds since {time}: {changed} changed."
        ),
        (Reason::GateStale, Locale::ZhCn) => {
            format!("活动“{name}”的关卡“{gate}”的审批自 {time}起失效，有变化的是：{changed}。")
        }
        (Reason::GateExpiring, Locale::En) => {
            format!("Evidence of the gate {gate} of the campaign “{name}” will be too old on {time}.")
        }
        (Reason::GateExpiring, Locale::ZhCn) => {
            format!("活动“{name}”的关卡“{gate}”的证据将于 {time}过期。")
        }
        (Reason::RecheckWanted, Locale::En) => {
            format!(
                "Network and sound of the campaign “{name}” are to be checked once more before it goes live."
            )
        }
        (Reason::RecheckWanted, Locale::ZhCn) => format!("活动“{name}”开播前需要再次检查网络与声音。"),
        (_, Locale::En) => format!(
            "After the gate {gate} of the campaign “{name}” was approved, something changed on {time}: {changed}."
        ),
        (_, Locale::ZhCn) => format!("活动“{name}”的关卡“{gate}”通过后，{changed}于 {time}有变化。"),
    }
}

/// What a change of the lexicon found, the first of it word by word.
fn worded(at: &AtGate<'_, '_>, gate: &str, name: &str) -> String {
    let locale = at.reader.locale;
    let messages = at.wording();
    let (told, more) = (messages.iter().take(MESSAGES_TOLD), messages.len().saturating_sub(MESSAGES_TOLD));
    let told = told.map(String::as_str).collect::<Vec<_>>().join(" ");
    let rest = match (more, locale) {
        (0, _) => String::new(),
        (more, Locale::En) => format!(" And {more} more."),
        (more, Locale::ZhCn) => format!("另有 {more} 处。"),
    };
    match locale {
        Locale::En => format!(
            "Your organization's lexicon changed. In the gate {gate} of the campaign “{name}”: {told}{rest}"
        ),
        Locale::ZhCn => format!("组织的词库已更新。活动“{name}”的关卡“{gate}”：{told}{rest}"),
    }
}

fn submitted(at: &AtGate<'_, '_>, gate: &str, name: &str) -> String {
    let submission = at.submission();
    let who = person(at, submission.map(|submission| submission.by));
    let on = at.long_time(submission.map_or(at.notice.planned_at, |submission| submission.at));
    match at.reader.locale {
        Locale::En => format!("{who} submitted the gate {gate} of the campaign “{name}” for review on {on}."),
        Locale::ZhCn => format!("{who}于 {on}提交了活动“{name}”的关卡“{gate}”，等待审批。"),
    }
}

fn decided(at: &AtGate<'_, '_>, gate: &str, name: &str) -> String {
    let locale = at.reader.locale;
    let decision = at.decision();
    let on = at.long_time(at.time());
    let who = person(at, decision.map(|decision| Who::Member(decision.by)));
    match (decision.map(|decision| decision.verdict), locale) {
        (Some(Verdict::Approve), Locale::En) => {
            format!("{who} approved the gate {gate} of the campaign “{name}” on {on}.")
        }
        (Some(Verdict::Approve), Locale::ZhCn) => {
            format!("{who}于 {on}通过了活动“{name}”的关卡“{gate}”。")
        }
        (Some(Verdict::RequestChanges), Locale::En) => {
            format!("{who} requested changes to the gate {gate} of the campaign “{name}” on {on}.")
        }
        (Some(Verdict::RequestChanges), Locale::ZhCn) => {
            format!("{who}于 {on}要求修改活动“{name}”的关卡“{gate}”。")
        }
        (None, Locale::En) => {
            format!(
                "The gate {gate} of the campaign “{name}” was decided on {on}; it was submitted again since."
            )
        }
        (None, Locale::ZhCn) => format!("活动“{name}”的关卡“{gate}”已于 {on}审批，之后又重新提交。"),
    }
}

/// Why the reader hears of it, and why now.
pub(super) fn why_now(at: &AtGate<'_, '_>) -> String {
    let locale = at.reader.locale;
    let role = role(at);
    let slack = at.gate().due_at.duration_since(at.case.now());
    let time = match locale {
        Locale::En if slack > SignedDuration::ZERO => {
            format!("{} are left until it is due.", wording::span(slack, locale))
        }
        Locale::En if slack.is_zero() => "It is due now.".to_owned(),
        Locale::En => format!("It is {} overdue.", wording::span(slack, locale)),
        Locale::ZhCn if slack > SignedDuration::ZERO => {
            format!("距截止还有 {}。", wording::span(slack, locale))
        }
        Locale::ZhCn if slack.is_zero() => "现在到期。".to_owned(),
        Locale::ZhCn => format!("已逾期 {}。", wording::span(slack, locale)),
    };
    let told = match at.notice.reason {
        Reason::GateDue | Reason::GateOverdue | Reason::ApprovalWanted => time,
        Reason::GateStale | Reason::GateExpired | Reason::GateExpiring | Reason::RecheckWanted => {
            wording::until_go_live(at)
        }
        Reason::GateDecided
        | Reason::FacetChanged
        | Reason::WordingFound
        | Reason::Touchpoint
        | Reason::Countdown
        | Reason::GoLiveDecision
        | Reason::CampaignReady
        | Reason::CampaignNotReady => String::new(),
    };
    match locale {
        Locale::En => format!("{role} {told}").trim_end().to_owned(),
        Locale::ZhCn => format!("{role}{told}"),
    }
}

/// What the reader has to do with it.
fn role(at: &AtGate<'_, '_>) -> &'static str {
    let locale = at.reader.locale;
    let submitter = at.submission().map(|submission| submission.by);
    let submitted = submitter == Some(Who::Member(at.reader.id));
    match at.notice.reason {
        Reason::ApprovalWanted if at.reader_decides() => {
            pick(locale, "You can decide on it.", "你可以审批。")
        }
        Reason::GateDecided if submitted => pick(locale, "You submitted it.", "这是你提交的关卡。"),
        Reason::GateDue
        | Reason::GateOverdue
        | Reason::ApprovalWanted
        | Reason::GateDecided
        | Reason::GateStale
        | Reason::GateExpired
        | Reason::GateExpiring
        | Reason::RecheckWanted
        | Reason::FacetChanged
        | Reason::WordingFound
        | Reason::Touchpoint
        | Reason::Countdown
        | Reason::GoLiveDecision
        | Reason::CampaignReady
        | Reason::CampaignNotReady => {
            if at.reader_owns() {
                pick(locale, "You look after this gate.", "你是该关卡的负责人。")
            } else if at.reader_decides() {
                pick(locale, "You can decide on it.", "你可以审批。")
            } else {
                pick(locale, "You look after the campaign or its team.", "你负责该活动或其团队。")
            }
        }
    }
}

/// What to do next.
pub(super) fn what_to_do(at: &AtGate<'_, '_>) -> String {
    let locale = at.reader.locale;
    if let Some(special) = special_to_do(at.notice.reason, locale) {
        return special.to_owned();
    }
    let text = match at.gate().status {
        GateStatus::InReview if at.reader_decides() => pick(
            locale,
            "Please read what was submitted, then approve it or request changes.",
            "请查看提交的内容，然后通过或要求修改。",
        ),
        GateStatus::InReview if at.notice.reason == Reason::GateDecided => pick(
            locale,
            "The gate waits for a further decision; nothing has to be done by you.",
            "该关卡还需其他人审批，你暂无待办。",
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

/// What to do where it does not follow from the status of the gate.
const fn special_to_do(reason: Reason, locale: Locale) -> Option<&'static str> {
    let (en, zh) = match reason {
        Reason::GateExpiring => (
            "Please renew the evidence before then, and the gate keeps its pass.",
            "请在此之前更新证据，关卡即可保持通过。",
        ),
        Reason::RecheckWanted => (
            "Please check both now and record the recheck in this gate; without it the gate loses its pass.",
            "请现在复测，并在该关卡中登记结果；未登记时该关卡将失去通过状态。",
        ),
        Reason::FacetChanged => (
            "Please have a look whether it matters to you. The approval still holds; nothing has to be approved again.",
            "请看看是否与你有关。审批仍然有效，无需重新审批。",
        ),
        Reason::WordingFound => (
            "Please rephrase it, or have the phrase allowed with a reason. What may not be said stops a submission \
             and the go-live until then.",
            "请改写，或附理由放行该短语。在此之前，禁用表述会阻止提交和开播。",
        ),
        Reason::GateDue
        | Reason::GateOverdue
        | Reason::ApprovalWanted
        | Reason::GateDecided
        | Reason::GateStale
        | Reason::GateExpired
        | Reason::Touchpoint
        | Reason::Countdown
        | Reason::GoLiveDecision
        | Reason::CampaignReady
        | Reason::CampaignNotReady => return None,
    };
    Some(pick(locale, en, zh))
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

/// Somebody's name; the active and those who left alike.
fn person(at: &AtGate<'_, '_>, who: Option<Who>) -> String {
    let locale = at.reader.locale;
    let member = match who {
        Some(Who::Member(id)) => at.case.surroundings.directory.member(id),
        Some(Who::Service(_) | Who::System) | None => None,
    };
    match member {
        Some(member) if locale == Locale::ZhCn => format!("{} ", member.name),
        Some(member) => member.name.clone(),
        None => pick(locale, "Somebody", "有人").to_owned(),
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

/// What is still to be ticked.
pub(super) fn to_tick(locale: Locale, titles: &[&str]) -> (&'static str, String) {
    (pick(locale, "To tick", "待勾选"), titles.join(pick(locale, "; ", "；")))
}

/// When the gate is due.
pub(super) fn due(locale: Locale, at: String) -> (&'static str, String) {
    (pick(locale, "Due", "截止"), at)
}
