//! The words of mails in both languages. Each function is one place of a mail; none decides who gets it.

use domain::actor::Who;
use domain::campaign::Verdict;
use domain::gate::GateKey;
use domain::locale::Locale;
use domain::notice::Reason;
use domain::standing::GateStatus;
use jiff::SignedDuration;

use super::Occasion;

/// Findings of wording that a mail tells word by word; the others are counted.
const MESSAGES_TOLD: usize = 3;

/// What the mail is for, at the end of the subject.
pub(super) fn label(occasion: &Occasion<'_>) -> &'static str {
    let (en, zh) = match occasion.notice.reason {
        Reason::GateDue if occasion.case.now() < occasion.gate().due_at => ("due", "即将截止"),
        Reason::GateDue => ("due now", "现已到期"),
        Reason::GateOverdue => ("overdue", "已逾期"),
        Reason::ApprovalWanted if occasion.notice.occurrence == "p0" => ("approval wanted", "待审批"),
        Reason::ApprovalWanted => ("approval still wanted", "仍待审批"),
        Reason::GateDecided => match occasion.decision().map(|decision| decision.verdict) {
            Some(Verdict::Approve) => ("approved", "审批通过"),
            Some(Verdict::RequestChanges) => ("changes requested", "要求修改"),
            None => ("decided", "已审批"),
        },
        Reason::GateExpired => ("evidence too old", "证据已过期"),
        Reason::WordingFound => ("wording to look at", "用语待处理"),
    };
    pick(occasion.reader.locale, en, zh)
}

/// What happened.
pub(super) fn what(occasion: &Occasion<'_>) -> String {
    let locale = occasion.reader.locale;
    let gate = occasion.notice.subject.label().to(locale);
    let name = &occasion.case.profile().name;
    let due = occasion.long_time(occasion.gate().due_at);
    match (occasion.notice.reason, locale) {
        (Reason::GateDue, Locale::En) => format!("The gate {gate} of the campaign “{name}” is due on {due}."),
        (Reason::GateDue, Locale::ZhCn) => format!("活动“{name}”的关卡“{gate}”截止时间为 {due}。"),
        (Reason::GateOverdue, Locale::En) => {
            format!("The gate {gate} of the campaign “{name}” was due on {due} and has not passed.")
        }
        (Reason::GateOverdue, Locale::ZhCn) => {
            format!("活动“{name}”的关卡“{gate}”应于 {due}前通过，至今尚未通过。")
        }
        (Reason::ApprovalWanted, _) => submitted(occasion, gate, name),
        (Reason::GateDecided, _) => decided(occasion, gate, name),
        (Reason::GateExpired, Locale::En) => {
            let since = occasion.long_time(occasion.time());
            format!("Evidence of the passed gate {gate} of the campaign “{name}” is too old since {since}.")
        }
        (Reason::GateExpired, Locale::ZhCn) => {
            let since = occasion.long_time(occasion.time());
            format!("活动“{name}”已通过的关卡“{gate}”的证据已于 {since}过期。")
        }
        (Reason::WordingFound, _) => worded(occasion, gate, name),
    }
}

/// What a change of the lexicon found, the first of it word by word.
fn worded(occasion: &Occasion<'_>, gate: &str, name: &str) -> String {
    let locale = occasion.reader.locale;
    let messages = occasion.wording();
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

fn submitted(occasion: &Occasion<'_>, gate: &str, name: &str) -> String {
    let submission = occasion.submission();
    let who = person(occasion, submission.map(|submission| submission.by));
    let at = occasion.long_time(submission.map_or(occasion.notice.planned_at, |submission| submission.at));
    match occasion.reader.locale {
        Locale::En => format!("{who} submitted the gate {gate} of the campaign “{name}” for review on {at}."),
        Locale::ZhCn => format!("{who}于 {at}提交了活动“{name}”的关卡“{gate}”，等待审批。"),
    }
}

fn decided(occasion: &Occasion<'_>, gate: &str, name: &str) -> String {
    let locale = occasion.reader.locale;
    let decision = occasion.decision();
    let at = occasion.long_time(occasion.time());
    let who = person(occasion, decision.map(|decision| Who::Member(decision.by)));
    match (decision.map(|decision| decision.verdict), locale) {
        (Some(Verdict::Approve), Locale::En) => {
            format!("{who} approved the gate {gate} of the campaign “{name}” on {at}.")
        }
        (Some(Verdict::Approve), Locale::ZhCn) => {
            format!("{who}于 {at}通过了活动“{name}”的关卡“{gate}”。")
        }
        (Some(Verdict::RequestChanges), Locale::En) => {
            format!("{who} requested changes to the gate {gate} of the campaign “{name}” on {at}.")
        }
        (Some(Verdict::RequestChanges), Locale::ZhCn) => {
            format!("{who}于 {at}要求修改活动“{name}”的关卡“{gate}”。")
        }
        (None, Locale::En) => {
            format!(
                "The gate {gate} of the campaign “{name}” was decided on {at}; it was submitted again since."
            )
        }
        (None, Locale::ZhCn) => format!("活动“{name}”的关卡“{gate}”已于 {at}审批，之后又重新提交。"),
    }
}

/// Why the reader hears of it, and why now.
pub(super) fn why_now(occasion: &Occasion<'_>) -> String {
    let locale = occasion.reader.locale;
    let role = role(occasion);
    let slack = occasion.gate().due_at.duration_since(occasion.case.now());
    let time = match locale {
        Locale::En if slack > SignedDuration::ZERO => {
            format!("{} are left until it is due.", span(slack, locale))
        }
        Locale::En if slack.is_zero() => "It is due now.".to_owned(),
        Locale::En => format!("It is {} overdue.", span(slack, locale)),
        Locale::ZhCn if slack > SignedDuration::ZERO => format!("距截止还有 {}。", span(slack, locale)),
        Locale::ZhCn if slack.is_zero() => "现在到期。".to_owned(),
        Locale::ZhCn => format!("已逾期 {}。", span(slack, locale)),
    };
    let told = match occasion.notice.reason {
        Reason::GateDue | Reason::GateOverdue | Reason::ApprovalWanted => time,
        Reason::GateExpired => until_go_live(occasion),
        Reason::GateDecided | Reason::WordingFound => String::new(),
    };
    match locale {
        Locale::En => format!("{role} {told}").trim_end().to_owned(),
        Locale::ZhCn => format!("{role}{told}"),
    }
}

/// How much time is left before the show.
fn until_go_live(occasion: &Occasion<'_>) -> String {
    let locale = occasion.reader.locale;
    let left = occasion.case.go_live_at().duration_since(occasion.case.now());
    match locale {
        Locale::En => format!("{} are left until go-live.", span(left, locale)),
        Locale::ZhCn => format!("距开播还有 {}。", span(left, locale)),
    }
}

/// What the reader has to do with it.
fn role(occasion: &Occasion<'_>) -> &'static str {
    let locale = occasion.reader.locale;
    let submitter = occasion.submission().map(|submission| submission.by);
    let submitted = submitter == Some(Who::Member(occasion.reader.id));
    match occasion.notice.reason {
        Reason::ApprovalWanted if occasion.reader_decides() => {
            pick(locale, "You can decide on it.", "你可以审批。")
        }
        Reason::GateDecided if submitted => pick(locale, "You submitted it.", "这是你提交的关卡。"),
        Reason::GateDue
        | Reason::GateOverdue
        | Reason::ApprovalWanted
        | Reason::GateDecided
        | Reason::GateExpired
        | Reason::WordingFound => {
            if occasion.reader_owns() {
                pick(locale, "You look after this gate.", "你是该关卡的负责人。")
            } else if occasion.reader_decides() {
                pick(locale, "You can decide on it.", "你可以审批。")
            } else {
                pick(locale, "You look after the campaign or its team.", "你负责该活动或其团队。")
            }
        }
    }
}

/// What to do next.
pub(super) fn what_to_do(occasion: &Occasion<'_>) -> String {
    let locale = occasion.reader.locale;
    if occasion.notice.reason == Reason::WordingFound {
        let en = "Please rephrase it, or have the phrase allowed with a reason. What may not be said stops a \
                  submission and the go-live until then.";
        return pick(locale, en, "请改写，或附理由放行该短语。在此之前，禁用表述会阻止提交和开播。")
            .to_owned();
    }
    let text = match occasion.gate().status {
        GateStatus::InReview if occasion.reader_decides() => pick(
            locale,
            "Please read what was submitted, then approve it or request changes.",
            "请查看提交的内容，然后通过或要求修改。",
        ),
        GateStatus::InReview if occasion.notice.reason == Reason::GateDecided => pick(
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
        GateStatus::Blocked => return blocked(locale, &occasion.gate().waiting_on),
        GateStatus::Open => pick(
            locale,
            "Please settle its open findings, finish its checklist and submit the gate.",
            "请处理未解决的问题，完成清单，然后提交该关卡。",
        ),
    };
    text.to_owned()
}

fn blocked(locale: Locale, waiting_on: &[GateKey]) -> String {
    let names: Vec<&str> = waiting_on.iter().map(|gate| gate.label().to(locale)).collect();
    match locale {
        Locale::En => format!(
            "It waits for {}: please prepare its content meanwhile and help these to pass.",
            names.join(", ")
        ),
        Locale::ZhCn => format!("它在等待：{}。请先准备内容，并协助这些关卡通过。", names.join("、")),
    }
}

/// Somebody's name; the active and those who left alike.
fn person(occasion: &Occasion<'_>, who: Option<Who>) -> String {
    let locale = occasion.reader.locale;
    let member = match who {
        Some(Who::Member(id)) => occasion.case.surroundings.directory.member(id),
        Some(Who::Service(_) | Who::System) | None => None,
    };
    match member {
        Some(member) if locale == Locale::ZhCn => format!("{} ", member.name),
        Some(member) => member.name.clone(),
        None => pick(locale, "Somebody", "有人").to_owned(),
    }
}

/// A length of time in its two greatest units, its sign left out.
pub(super) fn span(length: SignedDuration, locale: Locale) -> String {
    let minutes = length.abs().as_secs() / 60;
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

/// How many findings are open.
pub(super) fn open_findings(locale: Locale, all: usize, blocking: usize) -> (&'static str, String) {
    match locale {
        Locale::En => ("Open findings", format!("{all}, of which {blocking} stop a submission")),
        Locale::ZhCn => ("未解决的问题", format!("{all} 项，其中 {blocking} 项阻止提交")),
    }
}

/// When the gate is due.
pub(super) fn due(locale: Locale, at: String) -> (&'static str, String) {
    (pick(locale, "Due", "截止"), at)
}

/// When the campaign goes live.
pub(super) fn go_live(locale: Locale, at: String) -> (&'static str, String) {
    (pick(locale, "Go-live", "开播"), at)
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
        "Greenroom writes when somebody must act on a gate.",
        "Greenroom 在需要有人处理关卡时发送邮件。",
    )
}

const fn pick(locale: Locale, en: &'static str, zh: &'static str) -> &'static str {
    match locale {
        Locale::En => en,
        Locale::ZhCn => zh,
    }
}
