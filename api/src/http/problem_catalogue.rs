//! Every problem this service answers with: stable code, status, title and what to do, in both languages.
//! The pages under `/problems/` and the published contract are made from this one table.

use domain::locale::{Bilingual, both};

/// One kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The stable code; never changes and is the same in every language.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, in a few words.
    pub title: Bilingual,
    /// What to do about it.
    pub advice: Bilingual,
}

impl Kind {
    /// The kind with this code.
    pub fn of_code(code: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|kind| kind.code == code)
    }
}

macro_rules! kinds {
    ($( $name:ident = $code:literal, $status:literal, $en:literal, $zh:literal, $advice_en:literal, $advice_zh:literal; )*) => {
        $(
            #[doc = $en]
            pub static $name: Kind = Kind {
                code: $code,
                status: $status,
                title: both($en, $zh),
                advice: both($advice_en, $advice_zh),
            };
        )*

        /// Every kind, in the order of the table.
        pub static ALL: &[&Kind] = &[$( &$name, )*];
    };
}

kinds! {
    BODY_UNREADABLE = "body.unreadable", 400, "The body cannot be read", "无法读取请求正文",
        "Send one JSON document in UTF-8 without a byte order mark, at most 100 levels deep and with no more values than a campaign has.",
        "请发送一个 UTF-8 编码的 JSON 文档，不带 BOM，嵌套不超过 100 层，值的数量不超过一个活动所需。";
    QUERY_UNKNOWN = "query.unknown", 400, "Unknown query parameter", "未知的查询参数",
        "Remove the parameter; the operation's page in /docs lists those it knows.",
        "请删除该参数；/docs 中列出了此操作支持的参数。";
    QUERY_REPEATED = "query.repeated", 400, "Repeated query parameter", "查询参数重复",
        "Give each query parameter once.", "每个查询参数只能出现一次。";
    QUERY_INVALID = "query.invalid", 400, "A query parameter has a wrong value", "查询参数取值有误",
        "Correct the parameters named in errors.", "请按 errors 中的说明修正参数。";
    CURSOR_INVALID = "cursor.invalid", 400, "The cursor is not one of ours", "游标无效",
        "Take next_cursor of the page before as it is, for the same list; or start again without a cursor.",
        "请原样使用同一列表上一页的 next_cursor，或不带游标重新开始。";
    IF_MATCH_MALFORMED = "version.if_match_malformed", 400, "If-Match cannot be read", "If-Match 无法识别",
        "Send one ETag as you got it, such as If-Match: \"3\", or If-Match: *.",
        "请原样发送一个 ETag，例如 If-Match: \"3\"，或 If-Match: *。";
    IDEMPOTENCY_KEY_MALFORMED = "idempotency.key_malformed", 400, "Idempotency-Key cannot be read",
        "Idempotency-Key 无法识别",
        "Send 1 to 255 visible ASCII characters, once; a UUID for each wish is a good choice.",
        "请发送 1 至 255 个可见 ASCII 字符，且只出现一次；建议每个意图使用一个 UUID。";

    KEY_NEEDED = "auth.key_needed", 401, "An API key is needed", "需要 API 密钥",
        "Send Authorization: Bearer gr_… with a key of your organization.",
        "请在请求头中发送 Authorization: Bearer gr_…。";
    KEY_INVALID = "auth.key_invalid", 401, "The API key does not work", "API 密钥无效",
        "The key is unknown, expired or revoked, or its member is no longer active; ask an admin for another.",
        "密钥不存在、已过期或已吊销，或其成员已停用；请向管理员申请新的密钥。";

    ROLE_TOO_LOW = "actor.role_too_low", 403, "The role is too low", "角色权限不足",
        "Ask somebody with the role that is named, or an admin for that role.",
        "请由具有所需角色的成员操作，或请管理员授予该角色。";
    PERSON_NEEDED = "actor.person_needed", 403, "Only a person can do this", "须由成员本人进行",
        "Use a key that belongs to a member; service keys decide nothing.",
        "请使用属于成员的密钥；服务密钥不能作出审批。";
    OWN_APPROVAL = "gate.own_approval", 403, "Nobody decides on what they submitted", "不能审批自己提交的内容",
        "Ask somebody else: approvers in the view of the gate lists who can decide.",
        "请由他人审批：关卡视图的 approvers 列出了可以审批的人。";
    FITS_NO_SLOT = "gate.fits_no_slot", 403, "Not an approver of this gate", "不是该关卡的审批人",
        "Ask one of the approvers the gate lists, or an admin for the role or duty that is named.",
        "请由该关卡列出的审批人处理，或请管理员授予所需角色或职责。";

    ORIGIN_FOREIGN = "origin.foreign", 403, "The form comes from a page of others", "表单来自其他网站",
        "Open the link from the mail and use the page that it leads to.", "请从邮件中打开链接，并在打开的页面上操作。";

    ROUTE_UNKNOWN = "route.unknown", 404, "There is nothing at this address", "地址不存在",
        "Check the address; /docs lists every operation.", "请检查地址；/docs 列出了所有操作。";
    NOT_FOUND = "resource.not_found", 404, "Not found", "找不到该资源",
        "Check the id; it must belong to your organization.", "请检查编号；它必须属于您所在的组织。";
    UNKNOWN_ITEM = "checklist.unknown_item", 404, "No such checklist item", "没有该检查项",
        "Take a key from the checklist the gate shows.", "请使用关卡检查表中列出的 key。";
    METHOD_NOT_ALLOWED = "method.not_allowed", 405, "The address has other methods", "该地址不支持此方法",
        "Use one of the methods in Allow.", "请使用 Allow 中列出的方法。";
    NOT_ACCEPTABLE = "accept.not_offered", 406, "This form is not offered", "不提供该格式",
        "Name one of the media types that the operation's page in /docs lists in Accept, or leave Accept out.",
        "请在 Accept 中使用 /docs 中该操作列出的媒体类型,或不发送 Accept。";
    BODY_TOO_SLOW = "body.too_slow", 408, "The body took too long to arrive", "请求正文传输超时",
        "Send the whole body within 15 seconds.", "请在 15 秒内发送完整的正文。";

    REVIEW_NEEDED = "gate.review_needed", 409, "A new review is needed", "需要重新审批",
        "What changed revokes the approval: submit the gate again.", "变更已使审批失效，请重新提交该关卡。";
    ALREADY_DECIDED = "gate.already_decided", 409, "Already decided", "已作出决定",
        "Nothing; another approver has to decide now.", "无需操作，请等待其他审批人决定。";
    WRONG_GATE_STATUS = "gate.wrong_status", 409, "Not in this status of the gate", "关卡状态不允许此操作",
        "Look at the gate again; allowed_actions lists what it allows now.",
        "请重新查看关卡；allowed_actions 列出了当前允许的操作。";
    WRONG_CAMPAIGN_STATUS = "campaign.wrong_status", 409, "Not in this status of the campaign",
        "活动状态不允许此操作",
        "Look at the campaign again; allowed_actions lists what it allows now.",
        "请重新查看活动；allowed_actions 列出了当前允许的操作。";
    REQUIREMENTS_OPEN = "gate.requirements_open", 409, "Other gates must pass first", "须等待其他关卡通过",
        "Get the gates it waits on passed, then try again.", "请先使所等待的关卡通过，然后重试。";
    BLOCKERS_OPEN = "gate.blockers_open", 409, "Blockers are open", "存在阻断项",
        "Solve the findings that are named; each tells how.", "请解决列出的问题；每项都有处理建议。";
    ITEMS_OPEN = "gate.items_open", 409, "Checklist items are open", "检查项未完成",
        "Tick the items that are named, with the evidence they need.", "请勾选列出的检查项，并附上所需凭证。";
    NOBODY_CAN_DECIDE = "gate.nobody_can_decide", 409, "Nobody could decide", "无人可审批",
        "Give another active member the role or duty that is named.", "请为另一位在职成员设置所需角色或职责。";
    REVISION_CHANGED = "gate.revision_changed", 409, "The content changed since you looked", "内容已变更",
        "Look at the gate again and decide on the revision it shows.", "请重新查看关卡，并针对当前版本作出决定。";
    NOT_READY = "campaign.not_ready", 409, "Gates have not passed", "尚有关卡未通过",
        "Get the gates that are named passed first.", "请先使列出的关卡通过。";
    ONLY_PROGRESS_WHILE_LIVE = "campaign.only_progress_while_live", 409, "Only progress while live",
        "直播中只能填写进展",
        "Change only fields that record what happened during the show.", "直播中请只修改记录进展的字段。";
    EXTERNAL_REF_TAKEN = "campaign.external_ref_taken", 409, "The external reference is taken", "外部编号已被占用",
        "Use the campaign that has it, or another reference.", "请使用已有的活动，或更换外部编号。";
    EMAIL_TAKEN = "member.email_taken", 409, "The e-mail is taken", "邮箱已被占用",
        "Use the member who has it, or another e-mail.", "请使用已有的成员，或更换邮箱。";
    LAST_ADMIN = "member.last_admin", 409, "The last admin must stay", "必须保留最后一位管理员",
        "Make another active member admin first.", "请先将另一位在职成员设为管理员。";
    AWAY_ALREADY = "delegation.overlaps", 409, "Away in that time already", "该时段已设置代理",
        "End the other delegation with DELETE /v1/delegations/{id}, or choose a time that does not overlap.",
        "请用 DELETE /v1/delegations/{id} 结束原有代理，或选择不重叠的时段。";
    DELEGATE_AWAY = "delegation.delegate_away", 409, "Whoever shall stand in is away", "代理人届时休假",
        "Name somebody who is there in that time: nobody stands in for a stand-in.",
        "请指定该时段在岗的成员：代理不能再转给他人。";
    DELIVERY_NOT_FAILED = "delivery.not_failed", 409, "The delivery has not failed", "该投递并未失败",
        "Only a delivery with the status failed is tried again; read it to see how far it has come.",
        "只有状态为 failed 的投递才能重试；请读取该投递查看进展。";
    DELIVERY_OF_NO_USE = "delivery.of_no_use", 409, "The message is of no use any more", "消息已不再需要",
        "There is nothing to send; tell whoever needs it in another way.", "无需再发送；如有需要，请用其他方式告知。";
    SANDBOX_BACKWARDS = "sandbox.backwards", 409, "The sandbox clock only moves forward", "沙盒时钟只能前进",
        "Send an instant that is not before the clock's.", "请发送不早于当前时钟的时间。";
    KEY_IN_FLIGHT = "idempotency.key_in_flight", 409, "A request with this key is running", "相同密钥的请求正在处理",
        "Wait for its answer, or send the same request again in a moment.", "请等待其结果，或稍后重发相同请求。";

    VERSION_CHANGED = "version.changed", 412, "The version is another one now", "版本已变化",
        "Read it again and compare: it may be your own write whose answer was lost. Then write with the new ETag.",
        "请重新读取并比对：也可能是您先前未收到答复的写入。然后使用新的 ETag 写入。";
    BODY_TOO_LARGE = "body.too_large", 413, "The body is too large", "请求正文过大",
        "Send at most 1 MiB; creating and evaluating campaigns take 8 MiB.",
        "请求正文最大 1 MiB；创建和评估活动最大 8 MiB。";
    CONTENT_TYPE = "body.content_type", 415, "Wrong content type", "内容类型错误",
        "Send the content type that is named, uncompressed.", "请使用所需的内容类型，且不要压缩。";

    REQUEST_INVALID = "request.invalid", 422, "The input has faults", "输入有误",
        "Correct what errors lists; each names its place.", "请按 errors 逐项修正。";
    FIELD_REPEATED = "field.repeated", 422, "A field occurs twice", "字段重复",
        "Keep one of the fields errors points to.", "请只保留 errors 所指字段中的一个。";
    FORBIDDEN_CHARACTER = "text.forbidden_character", 422, "A character is not allowed", "包含不允许的字符",
        "Remove NUL and other control characters; line feeds are fine.", "请删除 NUL 等控制字符；允许换行。";
    COMMENT_NEEDED = "gate.comment_needed", 422, "A comment is needed", "需要填写说明",
        "Acknowledge the open warnings in comment.", "请在 comment 中说明对提醒项的处理。";
    EVIDENCE_NEEDED = "checklist.evidence_needed", 422, "Evidence is needed", "需要凭证",
        "Send the kind of evidence that is named.", "请提供所需的凭证。";
    NOT_APPLICABLE_REFUSED = "checklist.not_applicable_refused", 422, "The item always applies", "该检查项必须适用",
        "Do what the item asks; it cannot be skipped.", "请完成该检查项，不可跳过。";
    PATCH_FAILED = "patch.failed", 422, "The patch does not fit", "补丁与内容不符",
        "Read the content again and build the patch on it.", "请重新读取内容，并据此生成补丁。";
    IDEMPOTENCY_OTHER_BODY = "idempotency.other_body", 422, "The key was used for another request",
        "该 Idempotency-Key 已用于其他请求",
        "Use a new Idempotency-Key for each wish; repeat a request only unchanged.",
        "每个意图请使用新的 Idempotency-Key；重发时请保持请求不变。";

    IF_MATCH_NEEDED = "version.if_match_needed", 428, "If-Match is needed", "需要 If-Match",
        "Read it first and send its ETag in If-Match, so that nobody's work is overwritten.",
        "请先读取，并在 If-Match 中发送其 ETag，以免覆盖他人的修改。";

    REQUEST_UNREADABLE = "request.unreadable", 400, "The request cannot be read", "无法识别请求",
        "Check method, address and headers.", "请检查方法、地址和请求头。";
    INTERNAL = "service.failed", 500, "Something failed on our side", "服务内部错误",
        "Try again; if it stays, give the request_id to whoever runs this service.",
        "请重试；如仍失败，请将 request_id 提供给服务管理员。";
    UNAVAILABLE = "service.unavailable", 503, "Not available at the moment", "服务暂不可用",
        "Try again after the time in Retry-After, a POST with the same Idempotency-Key: it takes effect once.", "请按 Retry-After 稍后重试；POST 请使用相同的 Idempotency-Key，只会生效一次。";
    DISK_FULL = "service.disk_full", 507, "There is no space left", "存储空间不足",
        "Nothing was changed; whoever runs this service must make room.", "未作任何更改；请服务管理员清理空间。";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_one_kind_with_an_error_status_and_every_text() {
        for (position, kind) in ALL.iter().enumerate() {
            assert!(
                ALL.iter().skip(position + 1).all(|other| other.code != kind.code),
                "{} occurs twice",
                kind.code
            );
            assert!((400..600).contains(&kind.status), "{}", kind.code);
            let texts = [kind.title.en, kind.title.zh, kind.advice.en, kind.advice.zh];
            assert!(texts.iter().all(|text| !text.is_empty() && !text.contains(['<', '&'])), "{}", kind.code);
        }
    }
}
