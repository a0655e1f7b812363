//! Mails about an approval that was given: it no longer holds, its evidence ages, something it rests on changed, or a
//! new lexicon does not allow what it signed.

use domain::locale::Locale;
use domain::notice::facets_changed_at;

use super::super::super::wording::{self, pick};
use super::super::AtGate;
use super::Told;

/// Findings of wording that a mail tells word by word; the others are counted.
const MESSAGES_TOLD: usize = 3;

pub(super) fn stale(at: &AtGate<'_, '_>) -> Told {
    let stale = at.gate().stale.iter().flat_map(|stale| &stale.facets);
    let changed = at.parts_of(stale.map(|(facet, _)| facet.as_str()));
    let (gate, name, time) = (at.name(), at.campaign_name(), at.long_time(at.notice.planned_at));
    let (label, what) = match at.reader.locale {
        Locale::En => (
            "approval no longer holds",
            format!(
                "The approval of the gate {gate} of the campaign “{name}” no longer holds since {time}: {changed} \
                 changed."
            ),
        ),
        Locale::ZhCn => (
            "审批已失效",
            format!("活动“{name}”的关卡“{gate}”的审批自 {time}起失效，有变化的是：{changed}。"),
        ),
    };
    Told { now: wording::until_go_live(at), ..Told::of(at, label, what) }
}

pub(super) fn expired(at: &AtGate<'_, '_>) -> Told {
    let (gate, name, since) = (at.name(), at.campaign_name(), at.long_time(at.notice.planned_at));
    let (label, what) = match at.reader.locale {
        Locale::En => (
            "evidence too old",
            format!("Evidence of the passed gate {gate} of the campaign “{name}” is too old since {since}."),
        ),
        Locale::ZhCn => ("证据已过期", format!("活动“{name}”已通过的关卡“{gate}”的证据已于 {since}过期。")),
    };
    Told { now: wording::until_go_live(at), ..Told::of(at, label, what) }
}

pub(super) fn expiring(at: &AtGate<'_, '_>) -> Told {
    // It is of use until then.
    let expires_at = at.notice.not_after;
    let (gate, name, time) = (at.name(), at.campaign_name(), at.long_time(expires_at));
    let (label, what, to_do) = match at.reader.locale {
        Locale::En => (
            "evidence soon too old",
            format!("Evidence of the gate {gate} of the campaign “{name}” will be too old on {time}."),
            "Please renew the evidence before then, and the gate keeps its pass.",
        ),
        Locale::ZhCn => (
            "证据即将过期",
            format!("活动“{name}”的关卡“{gate}”的证据将于 {time}过期。"),
            "请在此之前更新证据，关卡即可保持通过。",
        ),
    };
    let now = wording::until_go_live(at);
    Told { time: expires_at, now, to_do: Some(to_do), ..Told::of(at, label, what) }
}

pub(super) fn recheck(at: &AtGate<'_, '_>) -> Told {
    let name = at.campaign_name();
    let (label, what, to_do) = match at.reader.locale {
        Locale::En => (
            "recheck wanted",
            format!(
                "Network and sound of the campaign “{name}” are to be checked once more before it goes live."
            ),
            "Please check both now and record the recheck in this gate; without it the gate loses its pass.",
        ),
        Locale::ZhCn => (
            "待开播前复测",
            format!("活动“{name}”开播前需要再次检查网络与声音。"),
            "请现在复测，并在该关卡中登记结果；未登记时该关卡将失去通过状态。",
        ),
    };
    let now = wording::until_go_live(at);
    Told { time: at.notice.not_after, now, to_do: Some(to_do), ..Told::of(at, label, what) }
}

pub(super) fn changed(at: &AtGate<'_, '_>) -> Told {
    let since = at.notice.generation.parse();
    let facets = since.map(|since| facets_changed_at(&at.case, at.standing, at.key, since));
    let changed = at.parts_of(facets.unwrap_or_default().into_iter());
    let (gate, name, time) = (at.name(), at.campaign_name(), at.long_time(at.notice.planned_at));
    let (label, what, to_do) = match at.reader.locale {
        Locale::En => (
            "something changed",
            format!(
                "After the gate {gate} of the campaign “{name}” was approved, something changed on {time}: {changed}."
            ),
            "Please have a look whether it matters to you. The approval still holds; nothing has to be approved \
             again.",
        ),
        Locale::ZhCn => (
            "依据有变化",
            format!("活动“{name}”的关卡“{gate}”通过后，{changed}于 {time}有变化。"),
            "请看看是否与你有关。审批仍然有效，无需重新审批。",
        ),
    };
    Told { to_do: Some(to_do), ..Told::of(at, label, what) }
}

/// What a change of the lexicon found, the first of it word by word.
pub(super) fn worded(at: &AtGate<'_, '_>) -> Told {
    let (locale, gate, name) = (at.reader.locale, at.name(), at.campaign_name());
    let messages = at.wording();
    let (told, more) = (messages.iter().take(MESSAGES_TOLD), messages.len().saturating_sub(MESSAGES_TOLD));
    let told = told.map(String::as_str).collect::<Vec<_>>().join(" ");
    let rest = match (more, locale) {
        (0, _) => String::new(),
        (more, Locale::En) => format!(" And {more} more."),
        (more, Locale::ZhCn) => format!("另有 {more} 处。"),
    };
    let what = match locale {
        Locale::En => format!(
            "Your organization's lexicon changed. In the gate {gate} of the campaign “{name}”: {told}{rest}"
        ),
        Locale::ZhCn => format!("组织的词库已更新。活动“{name}”的关卡“{gate}”：{told}{rest}"),
    };
    let to_do = pick(
        locale,
        "Please rephrase it, or have the phrase allowed with a reason. What may not be said stops a submission and \
         the go-live until then.",
        "请改写，或附理由放行该短语。在此之前，禁用表述会阻止提交和开播。",
    );
    let label = pick(locale, "wording to look at", "用语待处理");
    Told { to_do: Some(to_do), ..Told::of(at, label, what) }
}
