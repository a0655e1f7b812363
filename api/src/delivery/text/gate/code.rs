//! The mail with a code that somebody asked for on a page.

use domain::gate::GateKey;
use domain::locale::Locale;

use super::super::{OfCampaign, Words};

/// Minutes for which a code is good.
const GOOD_FOR: i64 = domain::notice::CODE_LASTS.as_mins();

/// The words of the mail; the code stands in the subject, too, where a phone shows it.
pub(in super::super) fn words(occasion: &OfCampaign<'_, '_>, gate: GateKey) -> Words {
    let locale = occasion.reader.locale;
    let code = occasion.enclosed.code.as_deref().unwrap_or_default();
    let (gate, name) = (gate.label().to(locale), &occasion.case.profile().name);
    let (label, what, why_now, what_to_do) = match locale {
        Locale::En => (
            format!("your code: {code}"),
            format!(
                "{code} is your code for the page on which you decide on the gate {gate} of the campaign “{name}”."
            ),
            "Somebody asked for it there a moment ago; with it the browser is taken for yours.".to_owned(),
            format!(
                "Type it there within {GOOD_FOR} minutes. If that was not you, do nothing and tell nobody the code: \
                 without it nobody decides in your place."
            ),
        ),
        Locale::ZhCn => (
            format!("验证码 {code}"),
            format!("验证码 {code}，用于审批活动“{name}”的关卡“{gate}”。"),
            "刚才有人在审批页面请求验证码；输入后，该浏览器将被视为你本人使用。".to_owned(),
            format!(
                "请在 {GOOD_FOR} 分钟内输入。如非本人操作，请忽略本邮件，勿将验证码告知他人；没有验证码，任何人都无法代你审批。"
            ),
        ),
    };
    Words {
        about: Some(gate),
        time: occasion.notice.planned_at,
        label,
        what,
        quote: None,
        why_now,
        what_to_do,
        items: Vec::new(),
        facts: Vec::new(),
    }
}
