//! Why a message is where it is, in words.

use super::{Ledger, Reason};
use crate::locale::{Bilingual, Locale, both};

/// Why a message, or one delivery of it, stands where it does; `why` is the code, or the words of a mail server, that
/// stand with it.
#[must_use]
pub fn explanation(reason: Reason, status: Ledger, why: Option<&str>, locale: Locale) -> String {
    let about = reason.label().to(locale);
    match (status, locale) {
        (Ledger::Planned, Locale::En) => format!("It leaves at its time, because {about}."),
        (Ledger::Planned, Locale::ZhCn) => format!("将按时发送：{about}。"),
        (Ledger::Sending, Locale::En) => {
            "It is on its way, or waits for somebody's morning, for the digest or for others.".to_owned()
        }
        (Ledger::Sending, Locale::ZhCn) => "正在发送，或在等待收件人的早晨、每日摘要或其他消息。".to_owned(),
        (Ledger::Sent, Locale::En) => format!("It was sent, because {about}."),
        (Ledger::Sent, Locale::ZhCn) => format!("已发送：{about}。"),
        (Ledger::Merged, Locale::En) => "Another message to the same person told of it, too.".to_owned(),
        (Ledger::Merged, Locale::ZhCn) => "已合并到发给同一收件人的另一条消息中。".to_owned(),
        (Ledger::Skipped, _) => skipped(why.unwrap_or_default(), locale),
        (Ledger::Expired, Locale::En) => {
            format!("It could not be delivered while it was of use{}.", told(why, locale))
        }
        (Ledger::Expired, Locale::ZhCn) => format!("未能在有效期内送达{}。", told(why, locale)),
        (Ledger::Failed, Locale::En) => format!("It could not be delivered{}.", told(why, locale)),
        (Ledger::Failed, Locale::ZhCn) => format!("未能送达{}。", told(why, locale)),
    }
}

/// What hindered it, in the words of whoever said so.
fn told(why: Option<&str>, locale: Locale) -> String {
    let said = why.unwrap_or_default();
    let said =
        said.strip_prefix("expired").map_or(said, |rest| rest.trim_start_matches(": ")).trim_end_matches('.');
    match (said.is_empty(), locale) {
        (true, _) => String::new(),
        (false, Locale::En) => format!(": {said}"),
        (false, Locale::ZhCn) => format!("：{said}"),
    }
}

fn skipped(code: &str, locale: Locale) -> String {
    let known = WORDS.iter().find(|(known, _)| *known == code).map(|(_, words)| words.to(locale));
    match (known, locale) {
        (Some(words), Locale::En) => format!("It was not sent: {words}."),
        (Some(words), Locale::ZhCn) => format!("未发送：{words}。"),
        (None, Locale::En) => format!("It was not sent ({code})."),
        (None, Locale::ZhCn) => format!("未发送（{code}）。"),
    }
}

/// What the codes with which messages and deliveries are skipped mean.
const WORDS: [(&str, Bilingual); 36] = [
    ("arrived_since", both("what it tells of arrived at another try", "所述消息已在重试后送达")),
    ("asset_removed", both("the asset is not planned any more", "该物料已取消")),
    ("campaign_cancelled", both("the campaign was cancelled", "活动已取消")),
    ("campaign_completed", both("the campaign is over", "活动已结束")),
    ("campaign_lapsed", both("the campaign's time is over", "活动时间已过")),
    ("campaign_live", both("the campaign is live", "活动已开播")),
    ("campaign_ready", both("the campaign is ready", "活动已就绪")),
    ("change_undone", both("the change was taken back", "变更已撤销")),
    ("decided", both("somebody has decided", "已有决定")),
    ("delegated", both("whoever stands in for the recipient gets it", "收件人休假，已转给代理人")),
    ("evidence_renewed", both("the evidence was renewed", "证据已更新")),
    ("expired", both("its useful time was over", "已超过有效期")),
    ("gate_in_review", both("the gate waits for review", "关卡正在审批中")),
    ("gate_passed", both("the gate has passed", "关卡已通过")),
    ("key_revoked", both("the key was taken back or replaced", "密钥已撤销或更换")),
    ("merged", both("another message tells of it", "已合并到另一条消息")),
    ("no_address", both("mail does not reach the recipient", "收件人没有邮箱")),
    ("no_longer_ready", both("the campaign is no longer ready", "活动不再就绪")),
    ("no_longer_stale", both("the approval holds again", "审批已恢复有效")),
    ("no_recipient", both("nobody is left to get it", "没有可接收的成员")),
    ("on_hold", both("the campaign is on hold", "活动已暂停")),
    ("published", both("the link of the asset was given", "物料链接已回填")),
    (
        "quiet_hours",
        both(
            "it fell into the recipient's quiet hours, and another one follows",
            "处于收件人的免打扰时段，且之后还有同类提醒",
        ),
    ),
    ("ready_again", both("the campaign is ready again", "活动已恢复就绪")),
    ("recheck_recorded", both("the recheck was recorded", "复测已登记")),
    ("recipient_left", both("the recipient has left", "收件人已停用")),
    ("reminder_removed", both("the reminder was removed", "提醒已删除")),
    ("replanned", both("it is planned at another time, or not any more", "已改到其他时间或取消")),
    ("reworded", both("the text was changed", "文案已修改")),
    ("superseded", both("there is news of a later change", "之后又有新的变更")),
    ("switched_off", both("the recipient wants no messages of this kind", "收件人已关闭此类消息")),
    ("voided", both("the submission does not wait any more", "该提交已失效")),
    (
        "warm_up_not_submitted",
        both("the warm-up was neither submitted nor approved", "预热引流未提交或未通过"),
    ),
    ("withdrawn", both("the submission was withdrawn", "该提交已撤回")),
    ("internal", both("it could not be made", "消息无法生成")),
    ("", both("it is of no use any more", "不再需要")),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes that stand in a source, as texts of their own.
    fn codes(source: &str) -> Vec<&str> {
        let texts = source.split('"').skip(1).step_by(2);
        texts.filter(|text| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')).collect()
    }

    #[test]
    fn every_code_has_words_and_every_word_a_code() {
        let codes = [codes(include_str!("obsolete.rs")), codes(include_str!("office.rs"))].concat();
        assert!(codes.len() > 20, "{codes:?}");
        for code in &codes {
            assert!(WORDS.iter().any(|(known, _)| known == code), "{code} has no words");
        }
        // What ends a delivery, and a message that is nobody's any more.
        let ends = [
            "arrived_since",
            "delegated",
            "internal",
            "merged",
            "no_address",
            "no_recipient",
            "quiet_hours",
            "recipient_left",
            "switched_off",
            "",
        ];
        for (code, _) in WORDS {
            assert!(codes.contains(&code) || ends.contains(&code), "{code} stands nowhere");
        }
    }

    #[test]
    fn every_status_reads_well_in_both_languages() {
        let say = |status, why, locale| explanation(Reason::GateDue, status, why, locale);
        for (status, why, english, chinese) in [
            (
                Ledger::Planned,
                None,
                "It leaves at its time, because a gate is due.",
                "将按时发送：关卡即将到期。",
            ),
            (
                Ledger::Skipped,
                Some("gate_passed"),
                "It was not sent: the gate has passed.",
                "未发送：关卡已通过。",
            ),
            (Ledger::Skipped, Some("new_code"), "It was not sent (new_code).", "未发送（new_code）。"),
            (
                Ledger::Expired,
                Some("expired"),
                "It could not be delivered while it was of use.",
                "未能在有效期内送达。",
            ),
            (
                Ledger::Expired,
                Some("expired: 451 later."),
                "It could not be delivered while it was of use: 451 later.",
                "未能在有效期内送达：451 later。",
            ),
            (
                Ledger::Failed,
                Some("550 no such user"),
                "It could not be delivered: 550 no such user.",
                "未能送达：550 no such user。",
            ),
        ] {
            assert_eq!(say(status, why, Locale::En), english);
            assert_eq!(say(status, why, Locale::ZhCn), chinese);
        }
    }
}
