//! The sentence of each refusal, in both languages.

use super::{EmptySlot, Refusal};
use crate::locale::Locale;

/// Findings told in the sentence of a refusal; all of them are listed beside it.
const MOST_TOLD: usize = 3;

/// People named in the sentence of a refusal; the gate lists them all.
const MOST_NAMED: usize = 10;

impl Refusal {
    #[expect(clippy::too_many_lines, reason = "one line a refusal")]
    pub(super) fn english(&self) -> String {
        match self {
            Self::Invalid { .. } => "The input has faults; each is listed in errors.".into(),
            Self::RoleTooLow { action, needed, have } => {
                format!(
                    "To {} the role {} is needed; you have {}.",
                    action.label().en,
                    needed.key(),
                    have.key()
                )
            }
            Self::PersonNeeded { action } => {
                format!("To {} a person is needed; use a key that belongs to a member.", action.label().en)
            }
            Self::OwnApproval { gate, author, others } => {
                let (gate, author) = (gate.key(), author.label().en);
                let refused = format!(
                    "{gate} is not decided by {author}, nor by whoever stands in for them, nor with a key they made"
                );
                match others.is_empty() {
                    true => format!("{refused}; nobody else can at the moment."),
                    false => format!("{refused}; these can: {}.", named(others, ", ")),
                }
            }
            Self::FitsNoSlot { gate, slots } => {
                let who = keys(slots.iter().map(|slot| slot.label().en), " or ");
                format!("{} is decided by {who}; you are not among them.", gate.key())
            }
            Self::ReviewNeeded { gate } => {
                format!("What changed revokes the approval of {}; submit it for a new review.", gate.key())
            }
            Self::AlreadyDecided { gate } => {
                format!(
                    "You, or somebody in your place, have already decided on this submission of {}.",
                    gate.key()
                )
            }
            Self::WrongGateStatus { gate, action, status, needed } => format!(
                "{} is {}; to {} it must be {}.",
                gate.key(),
                status.key(),
                action.label().en,
                keys(needed.iter().map(|status| status.key()), " or ")
            ),
            Self::WrongCampaignStatus { action, status, needed } => format!(
                "The campaign is {}; to {} it must be {}.",
                status.key(),
                action.label().en,
                keys(needed.iter().map(|status| status.key()), " or ")
            ),
            Self::RequirementsOpen { gate, waiting_on } => format!(
                "{} waits on: {}; these gates must pass first.",
                gate.key(),
                keys(waiting_on.iter().map(|gate| gate.key()), ", ")
            ),
            Self::BlockersOpen { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.en.as_str()), " ");
                format!("{} blocker(s) are open; solve them first. {said}", findings.len())
            }
            Self::ItemsOpen { items, .. } => format!(
                "Checklist items are not done: {}.",
                keys(items.iter().map(|item| format!("{} ({})", item.title.en, item.key)), "; ")
            ),
            Self::NobodyCanDecide { slots, .. } => {
                let slot = |EmptySlot { from, found, needed }: &EmptySlot| {
                    format!("{needed} needed: {}; there are {found}", from.label().en)
                };
                format!(
                    "Too few could decide. {}. Give somebody that role or duty.",
                    keys(slots.iter().map(slot), ". ")
                )
            }
            Self::CommentNeeded { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.en.as_str()), " ");
                format!("{} warning(s) are open; acknowledge them in a comment. {said}", findings.len())
            }
            Self::RevisionChanged { current, waits: true, .. } => {
                format!("What waits for review is now revision {current}; look at it and decide on that.")
            }
            Self::RevisionChanged { gate, waits: false, .. } => {
                format!("{} was changed after it was submitted; it has to be submitted again.", gate.key())
            }
            Self::VersionChanged { current } => {
                format!("The version is {current} now. Read it again and compare, then write with its ETag.")
            }
            Self::NotReady { gates } => format!(
                "Gates have not passed: {}.",
                keys(gates.iter().map(|(gate, status)| format!("{} ({})", gate.key(), status.key())), ", ")
            ),
            Self::OnlyProgressWhileLive { facets } => {
                format!("While live only progress may be written; this changes {}.", facets.join(", "))
            }
            Self::UnknownItem { gate, item } => format!("{} has no checklist item \"{item}\".", gate.key()),
            Self::EvidenceNeeded { item, kind } => {
                let place = self.pointer();
                let field = place.trim_start_matches("/evidence/");
                format!("\"{item}\" needs {} as evidence: give it as evidence.{field}.", kind.label().en)
            }
            Self::NotApplicableRefused { item } => format!("\"{item}\" applies to every campaign."),
            Self::PatchFailed { why } => {
                format!("The patch does not fit the content: {}.", why.text(Locale::En))
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one line a refusal")]
    pub(super) fn chinese(&self) -> String {
        match self {
            Self::Invalid { .. } => "输入有误，逐项见 errors。".into(),
            Self::RoleTooLow { action, needed, have } => {
                format!("{}需要{}角色，当前为{}。", action.label().zh, needed.label().zh, have.label().zh)
            }
            Self::PersonNeeded { action } => {
                format!("{}须由成员本人进行，请使用属于成员的密钥。", action.label().zh)
            }
            Self::OwnApproval { gate, author, others } => {
                let (gate, author) = (gate.label().zh, author.label().zh);
                let refused = format!("{gate}不能由{author}或其代理人审批，也不能使用其创建的密钥审批");
                match others.is_empty() {
                    true => format!("{refused}；目前没有其他人可以审批。"),
                    false => format!("{refused}；可审批的人：{}。", named(others, "、")),
                }
            }
            Self::FitsNoSlot { gate, slots } => {
                let who = keys(slots.iter().map(|slot| slot.label().zh), "或");
                format!("{}须由{who}审批，您不在其中。", gate.label().zh)
            }
            Self::ReviewNeeded { gate } => {
                format!("本次修改使{}的审批失效，请重新提交审批。", gate.label().zh)
            }
            Self::AlreadyDecided { gate } => {
                format!("您或您的代理人已对{}的本次提交作出决定。", gate.label().zh)
            }
            Self::WrongGateStatus { gate, action, status, needed } => format!(
                "{}当前{}，须为{}才能{}。",
                gate.label().zh,
                status.label().zh,
                keys(needed.iter().map(|status| status.label().zh), "或"),
                action.label().zh
            ),
            Self::WrongCampaignStatus { action, status, needed } => format!(
                "活动当前{}，须为{}才能{}。",
                status.label().zh,
                keys(needed.iter().map(|status| status.label().zh), "或"),
                action.label().zh
            ),
            Self::RequirementsOpen { gate, waiting_on } => format!(
                "{}需等待以下关卡先通过：{}。",
                gate.label().zh,
                keys(waiting_on.iter().map(|gate| gate.label().zh), "、")
            ),
            Self::BlockersOpen { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.zh.as_str()), "");
                format!("有 {} 个阻断项，请先解决。{said}", findings.len())
            }
            Self::ItemsOpen { items, .. } => format!(
                "检查项未完成：{}。",
                keys(items.iter().map(|item| format!("{}({})", item.title.zh, item.key)), "、")
            ),
            Self::NobodyCanDecide { slots, .. } => {
                let slot = |EmptySlot { from, found, needed }: &EmptySlot| {
                    format!("需 {needed} 位{}，现有 {found} 位", from.label().zh)
                };
                format!(
                    "可审批的人不足：{}。请为成员设置相应角色或职责。",
                    keys(slots.iter().map(slot), "；")
                )
            }
            Self::CommentNeeded { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.zh.as_str()), "");
                format!("有 {} 个提醒项，请填写说明后提交。{said}", findings.len())
            }
            Self::RevisionChanged { current, waits: true, .. } => {
                format!("待审版本已变为 {current}，请查看后再决定。")
            }
            Self::RevisionChanged { gate, waits: false, .. } => {
                format!("{}提交后又有修改，需重新提交。", gate.label().zh)
            }
            Self::VersionChanged { current } => {
                format!("当前版本为 {current}，请重新读取并比对，再用新的 ETag 写入。")
            }
            Self::NotReady { gates } => format!(
                "以下关卡未通过：{}。",
                keys(
                    gates.iter().map(|(gate, status)| format!("{}({})", gate.label().zh, status.label().zh)),
                    "、"
                )
            ),
            Self::OnlyProgressWhileLive { facets } => {
                format!("直播中只能填写进展，本次修改涉及：{}。", facets.join("、"))
            }
            Self::UnknownItem { gate, item } => format!("{}没有检查项“{item}”。", gate.label().zh),
            Self::EvidenceNeeded { item, kind } => {
                let place = self.pointer();
                let field = place.trim_start_matches("/evidence/");
                format!("检查项“{item}”需要凭证：{}，请填写 evidence.{field}。", kind.label().zh)
            }
            Self::NotApplicableRefused { item } => format!("检查项“{item}”不可标记为不适用。"),
            Self::PatchFailed { why } => format!("补丁与内容不符：{}。", why.text(Locale::ZhCn)),
        }
    }
}

fn named(people: &[String], separator: &str) -> String {
    let more = if people.len() > MOST_NAMED { " …" } else { "" };
    keys(people.iter().take(MOST_NAMED), separator) + more
}

fn keys<K: std::fmt::Display>(keys: impl Iterator<Item = K>, separator: &str) -> String {
    keys.map(|key| key.to_string()).collect::<Vec<_>>().join(separator)
}
