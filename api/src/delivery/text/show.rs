//! Mails about the campaign as a whole and about assets of its warm-up.

use domain::actor::Who;
use domain::evaluate::evaluate;
use domain::gate::GateKey;
use domain::locale::Locale;
use domain::notice::{Class, Reason, Subject};
use domain::playbook::Countdown;
use domain::readiness::readiness;
use domain::run_sheet::RunSheet;
use domain::surroundings::CampaignStatus;
use jiff::Timestamp;

use super::wording::{self, pick};
use super::{OfCampaign, Words};

/// Rows of the run sheet that a mail shows.
const ROWS_SHOWN: usize = 3;

/// The words of a mail about a campaign, or about an asset of its warm-up.
pub(super) fn words(occasion: &OfCampaign<'_, '_>) -> Words {
    match &occasion.notice.subject {
        Subject::Asset(key) => of_asset(occasion, key),
        Subject::Campaign | Subject::Gate(_) | Subject::Organization | Subject::Key(_) => {
            of_campaign(occasion)
        }
    }
}

fn of_asset(occasion: &OfCampaign<'_, '_>, key: &str) -> Words {
    let (locale, case) = (occasion.reader.locale, &occasion.case);
    let assets = case.contents().warm_up.assets.as_deref().unwrap_or_default();
    let asset = assets.iter().find(|asset| asset.key.as_deref() == Some(key));
    let title = asset.and_then(|asset| asset.title.as_deref()).unwrap_or(key);
    let publish_at = asset.and_then(|asset| asset.publish_at).unwrap_or(occasion.notice.planned_at);
    let channel = asset.and_then(|asset| asset.channel).map(|channel| channel.label().to(locale));
    let (name, time) = (&case.profile().name, occasion.long_time(publish_at));
    let left = wording::whole_minutes(publish_at.duration_since(case.now()));
    let (label, what) = match (!left.is_negative(), locale) {
        (true, Locale::En) => {
            ("to publish", format!("“{title}” of the campaign “{name}” is to appear on {time}."))
        }
        (true, Locale::ZhCn) => ("待发布", format!("活动“{name}”的预热物料“{title}”应于 {time}发布。")),
        (false, Locale::En) => (
            "link is missing",
            format!(
                "“{title}” of the campaign “{name}” was to appear on {time}; nobody has entered its link yet."
            ),
        ),
        (false, Locale::ZhCn) => {
            ("待回填链接", format!("活动“{name}”的预热物料“{title}”应于 {time}发布，尚未回填链接。"))
        }
    };
    let why_now = match (left.is_positive(), left.is_zero(), locale) {
        (true, _, Locale::En) => format!("{} are left.", wording::span(left, locale)),
        (true, _, Locale::ZhCn) => format!("还有 {}。", wording::span(left, locale)),
        (_, true, Locale::En) => "It is time now.".to_owned(),
        (_, true, Locale::ZhCn) => "现在就是发布时间。".to_owned(),
        (_, _, Locale::En) => format!("That is {} ago.", wording::span(left, locale)),
        (_, _, Locale::ZhCn) => format!("已过去 {}。", wording::span(left, locale)),
    };
    let what_to_do = pick(
        locale,
        "Please publish it and paste its link into the gate Warm-up. Two hours after the time the gate counts it as \
         missing.",
        "请发布，并将链接回填到关卡“预热引流”。超过发布时间两小时仍无链接，该关卡将视为缺失。",
    );
    let shown = channel.map(|channel| (pick(locale, "Channel", "渠道"), channel.to_owned()));
    let go_live = wording::go_live(locale, occasion.long_time(case.go_live_at()));
    Words {
        about: Some(GateKey::WarmUp.label().to(locale)),
        time: publish_at,
        label: label.to_owned(),
        what,
        quote: None,
        why_now,
        what_to_do: what_to_do.to_owned(),
        items: Vec::new(),
        facts: shown.into_iter().chain([go_live]).collect(),
    }
}

fn of_campaign(occasion: &OfCampaign<'_, '_>) -> Words {
    let go_live_at = occasion.case.go_live_at();
    let (label, what, time) = match occasion.notice.reason {
        Reason::Countdown => (to_go(occasion), goes_live(occasion), go_live_at),
        Reason::GoLiveDecision => {
            let label = pick(occasion.reader.locale, "go-live to be decided", "请决定是否开播");
            (label.to_owned(), goes_live(occasion), go_live_at)
        }
        Reason::Reminder => return reminder(occasion),
        Reason::CampaignReady => turned(occasion, true),
        Reason::CampaignNotReady => turned(occasion, false),
        // These are never about a campaign as a whole.
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
        | Reason::ConfirmationCode
        | Reason::KeyExpiring
        | Reason::DeliveryFailed
        | Reason::Touchpoint => {
            let label = occasion.notice.reason.label().to(occasion.reader.locale);
            (label.to_owned(), goes_live(occasion), occasion.notice.planned_at)
        }
    };
    Words {
        about: None,
        time,
        label,
        what,
        quote: None,
        why_now: why_now(occasion),
        what_to_do: what_to_do(occasion),
        items: Vec::new(),
        facts: facts(occasion, go_live_at),
    }
}

/// What somebody wants to be reminded of, in their own words.
fn reminder(occasion: &OfCampaign<'_, '_>) -> Words {
    let (locale, case, id) = (occasion.reader.locale, &occasion.case, &occasion.notice.generation);
    let own = case.campaign.reminders.iter().find(|reminder| reminder.id.to_string() == *id);
    let by = own.and_then(|reminder| match reminder.made_by {
        Who::Member(member) => case.surroundings.directory.member(member),
        Who::Service(_) | Who::System => None,
    });
    let name = &case.profile().name;
    let what = match (locale, by) {
        (Locale::En, Some(by)) => format!("{} set this reminder for the campaign “{name}”:", by.name),
        (Locale::En, None) => format!("This reminder was set for the campaign “{name}”:"),
        (Locale::ZhCn, Some(by)) => format!("{} 为活动“{name}”设置的提醒：", by.name),
        (Locale::ZhCn, None) => format!("活动“{name}”的提醒："),
    };
    Words {
        about: None,
        time: occasion.notice.planned_at,
        label: pick(locale, "reminder", "提醒").to_owned(),
        what,
        quote: own.map(|reminder| reminder.text.clone()),
        why_now: why_now(occasion),
        what_to_do: pick(
            locale,
            "It comes again until its end, or until somebody removes it.",
            "提醒会重复发送，直至到期或被删除。",
        )
        .to_owned(),
        items: Vec::new(),
        facts: vec![wording::go_live(locale, occasion.long_time(case.go_live_at()))],
    }
}

fn to_go(occasion: &OfCampaign<'_, '_>) -> String {
    let left = occasion.case.go_live_at().duration_since(occasion.case.now());
    let left = wording::span(left, occasion.reader.locale);
    match occasion.reader.locale {
        Locale::En => format!("{left} to go"),
        Locale::ZhCn => format!("距开播 {left}"),
    }
}

fn goes_live(occasion: &OfCampaign<'_, '_>) -> String {
    let name = &occasion.case.profile().name;
    let time = occasion.long_time(occasion.case.go_live_at());
    match occasion.reader.locale {
        Locale::En => format!("The campaign “{name}” goes live on {time}."),
        Locale::ZhCn => format!("活动“{name}”将于 {time}开播。"),
    }
}

/// Ready, or no longer so.
fn turned(occasion: &OfCampaign<'_, '_>, ready: bool) -> (String, String, Timestamp) {
    let name = &occasion.case.profile().name;
    let (label, what) = match (ready, occasion.reader.locale) {
        (true, Locale::En) => ("ready", format!("All seven gates of the campaign “{name}” have passed.")),
        (true, Locale::ZhCn) => ("已就绪", format!("活动“{name}”的七个关卡已全部通过。")),
        (false, Locale::En) => ("no longer ready", format!("The campaign “{name}” is no longer ready.")),
        (false, Locale::ZhCn) => ("不再就绪", format!("活动“{name}”不再就绪。")),
    };
    (label.to_owned(), what, occasion.notice.planned_at)
}

fn why_now(occasion: &OfCampaign<'_, '_>) -> String {
    let locale = occasion.reader.locale;
    let role = if is_on_roster(occasion) {
        pick(locale, "You are on its roster.", "你在排班表中。")
    } else {
        pick(locale, "You look after the campaign or its team.", "你负责该活动或其团队。")
    };
    format!("{role}{}{}", pick(locale, " ", ""), wording::until_go_live(occasion))
}

fn is_on_roster(occasion: &OfCampaign<'_, '_>) -> bool {
    let roster = occasion.case.contents().team.roster.as_deref().unwrap_or_default();
    let directory = occasion.case.surroundings.directory;
    let mut members = roster.iter().filter_map(|entry| directory.called(entry.person.as_deref()?));
    members.any(|member| member.id == occasion.reader.id)
}

/// Gates that have not passed are what everything turns on before a show.
fn what_to_do(occasion: &OfCampaign<'_, '_>) -> String {
    let locale = occasion.reader.locale;
    let missing: Vec<GateKey> = GateKey::ALL
        .iter()
        .copied()
        .filter(|gate| occasion.standing.gates[*gate].status != domain::standing::GateStatus::Passed)
        .collect();
    let names = wording::names(locale, &missing);
    let decides = occasion.notice.reason == Reason::GoLiveDecision;
    let state = match (missing.is_empty(), decides, locale) {
        (true, true, Locale::En) => {
            "All gates have passed. Please take it live, or put it on hold.".to_owned()
        }
        (true, true, Locale::ZhCn) => "所有关卡均已通过。请开播，或暂停活动。".to_owned(),
        (true, false, Locale::En) => "All gates have passed; nothing has to be done for them.".to_owned(),
        (true, false, Locale::ZhCn) => "所有关卡均已通过，无需再处理。".to_owned(),
        (false, true, Locale::En) => format!(
            "These gates have not passed: {names}. Please help them to pass, put the campaign on hold, or take it \
             live by an override with a reason."
        ),
        (false, true, Locale::ZhCn) => {
            format!("以下关卡尚未通过：{names}。请协助通过、暂停活动，或附理由强制开播。")
        }
        (false, false, Locale::En) => {
            format!("These gates have not passed: {names}. Please help them to pass.")
        }
        (false, false, Locale::ZhCn) => format!("以下关卡尚未通过：{names}。请协助其通过。"),
    };
    if is_last_of_countdown(occasion) {
        let key = pick(
            locale,
            "Fetch a fresh stream key now; an old one may have run out.",
            "请现在获取新的推流码，旧的可能已失效。",
        );
        return format!("{state}{}{key}", pick(locale, " ", ""));
    }
    state
}

/// Whether no message of the countdown comes after this one.
fn is_last_of_countdown(occasion: &OfCampaign<'_, '_>) -> bool {
    let case = &occasion.case;
    let at = |step: &Countdown| case.from(case.go_live_at(), step.at);
    let steps = case.playbook.reminders.countdown.iter();
    let last = steps.max_by_key(|(_, step)| at(step)).map(|(occurrence, _)| occurrence);
    occasion.notice.reason == Reason::Countdown && last == Some(&occasion.notice.occurrence)
}

fn facts(occasion: &OfCampaign<'_, '_>, go_live_at: Timestamp) -> Vec<(&'static str, String)> {
    let locale = occasion.reader.locale;
    let mut facts = Vec::new();
    let is_near = occasion.notice.class != Class::Info;
    if occasion.standing.status != CampaignStatus::Ready || is_near {
        let findings = evaluate(&occasion.case);
        let score = readiness(&occasion.case, occasion.standing, &findings).score.number();
        facts.push((pick(locale, "Readiness", "就绪度"), format!("{score} / 100")));
    }
    if occasion.notice.reason == Reason::Countdown && is_near {
        facts.extend(first_rows(occasion));
    }
    facts.push(wording::go_live(locale, occasion.long_time(go_live_at)));
    facts
}

/// The first rows of the run sheet: time, what, who.
fn first_rows(occasion: &OfCampaign<'_, '_>) -> Option<(&'static str, String)> {
    let (locale, case) = (occasion.reader.locale, &occasion.case);
    let written = case.contents().script.rows.as_deref().unwrap_or_default();
    let sheet = RunSheet::of(case.campaign, case.params());
    let row = |(forecast, row): (&domain::run_sheet::RowForecast, &domain::gate::script::Row)| {
        let time = forecast.start_at.map(|at| case.local(at).strftime("%H:%M:%S").to_string());
        let kind = row.kind.map(|kind| kind.label().to(locale).to_owned());
        let parts = [time, kind, row.host.as_deref().map(str::to_owned)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let rows: Vec<String> = sheet.rows.iter().zip(written).take(ROWS_SHOWN).map(row).collect();
    let label = pick(locale, "First rows", "开场环节");
    (!rows.is_empty()).then(|| (label, rows.join(pick(locale, "; ", "；"))))
}
