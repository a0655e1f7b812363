//! What is wrong with an input: each fault with its pointer, what was found and what is needed.

use std::fmt;

use crate::locale::Locale;

/// Where we are in a JSON document; rendered as an RFC 6901 pointer only when a fault is reported.
#[derive(Copy, Clone, Debug)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Copy, Clone, Debug)]
enum Step<'a> {
    Root(&'a str),
    Member(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// The start of a document, or the pointer of the part that is read.
    #[must_use]
    pub const fn root(prefix: &'a str) -> Self {
        Self { parent: None, step: Step::Root(prefix) }
    }

    /// The member `name` of the object here.
    #[must_use]
    pub const fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Member(name) }
    }

    /// The element `index` of the list here.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root(prefix) => f.write_str(prefix),
            Step::Member(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(f, "/{index}"),
        }
    }
}

/// One thing wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// RFC 6901 pointer into the request body.
    pub pointer: String,
    /// What is wrong there.
    pub kind: FaultKind,
}

/// The kinds of fault, each with a stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A member we do not know; `nearest` is the known one most like it.
    UnknownMember { nearest: Option<String> },
    /// The same member twice in one object.
    DuplicateMember,
    /// Another JSON type than needed.
    WrongType { needed: &'static str, found: &'static str },
    /// A character that no text may hold.
    ForbiddenCharacter,
    /// Nothing left after trimming.
    EmptyText,
    /// More characters than allowed.
    TooLong { max: usize, found: usize },
    /// More bytes of JSON than allowed.
    TooLarge { max: usize, found: usize },
    /// More elements than allowed.
    TooMany { max: usize, found: usize },
    /// Fewer elements than needed.
    TooFew { min: usize },
    /// A number outside its limits.
    OutOfRange { min: String, max: String, found: String },
    /// A number that is no multiple of its step.
    NotMultiple { step: i64 },
    /// More decimals than allowed.
    TooPrecise { decimals: u32 },
    /// A text that is not of the form needed.
    BadFormat { needed: &'static str, found: String },
    /// A text in which another one does not occur.
    Lacks { part: String },
    /// A key that is not in the list.
    UnknownChoice { found: String, allowed: Vec<String> },
    /// An element that must be unique and is not.
    Duplicate { first: String },
    /// A lower bound above its upper bound.
    Crossed { upper: &'static str },
    /// Two members that exclude one another.
    Excludes { other: &'static str },
    /// A member that must be there.
    Required,
    /// A member that cannot be changed this way.
    Fixed { how: &'static str },
    /// A document that its own reader refuses.
    Unfit { why: String },
    /// An expression whose times are too close together.
    TooOften { least_minutes: i64, found_seconds: i64 },
    /// An expression that has no time before its end.
    NeverComes { before: String },
    /// A reference to something that does not exist.
    NotFound { what: &'static str },
    /// No active member has this id or e-mail.
    NoMember { found: String },
}

/// Characters of an input that a fault repeats.
const MOST_SHOWN: usize = 80;

impl FaultKind {
    /// The stable code of this kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownMember { .. } => "field.unknown",
            Self::DuplicateMember => "field.repeated",
            Self::WrongType { .. } => "field.wrong_type",
            Self::ForbiddenCharacter => "text.forbidden_character",
            Self::EmptyText => "text.empty",
            Self::TooLong { .. } => "text.too_long",
            Self::TooLarge { .. } => "content.too_large",
            Self::TooMany { .. } => "list.too_many",
            Self::TooFew { .. } => "list.too_few",
            Self::OutOfRange { .. } => "number.out_of_range",
            Self::NotMultiple { .. } => "number.not_multiple",
            Self::TooPrecise { .. } => "number.too_precise",
            Self::BadFormat { .. } => "text.bad_format",
            Self::Lacks { .. } => "text.lacks",
            Self::UnknownChoice { .. } => "choice.unknown",
            Self::Duplicate { .. } => "list.duplicate",
            Self::Crossed { .. } => "field.crossed",
            Self::Excludes { .. } => "field.excludes",
            Self::Required => "field.required",
            Self::Fixed { .. } => "field.fixed",
            Self::Unfit { .. } => "field.unfit",
            Self::TooOften { .. } => "cron.too_often",
            Self::NeverComes { .. } => "cron.never",
            Self::NotFound { .. } | Self::NoMember { .. } => "reference.not_found",
        }
    }

    /// A text that has another form than needed.
    #[must_use]
    pub fn bad_format(needed: &'static str, found: &str) -> Self {
        Self::BadFormat { needed, found: found.chars().take(MOST_SHOWN).collect() }
    }

    /// A person whom nobody knows.
    #[must_use]
    pub fn no_member(found: &str) -> Self {
        Self::NoMember { found: found.chars().take(MOST_SHOWN).collect() }
    }

    /// Whether the document has another shape than ours; limits cannot be judged then.
    #[must_use]
    pub const fn is_shape(&self) -> bool {
        matches!(self, Self::UnknownMember { .. } | Self::DuplicateMember | Self::WrongType { .. })
    }

    /// What was found and what is needed, for a reader of `locale`.
    #[must_use]
    pub fn detail(&self, locale: Locale) -> String {
        match locale {
            Locale::En => self.english(),
            Locale::ZhCn => self.chinese(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::UnknownMember { nearest: Some(near) } => {
                format!("Unknown field; did you mean \"{near}\"?")
            }
            Self::UnknownMember { nearest: None } => "Unknown field; remove it.".into(),
            Self::DuplicateMember => "This field occurs twice; keep one.".into(),
            Self::WrongType { needed, found } => format!("Found {found}; {needed} is needed."),
            Self::ForbiddenCharacter => "Control characters other than line feed are not allowed.".into(),
            Self::EmptyText => "The text is empty; give at least one character, or null.".into(),
            Self::TooLong { max, found } => format!("{found} characters; at most {max} are allowed."),
            Self::TooLarge { max, found } => format!("{found} bytes of JSON; at most {max} are allowed."),
            Self::TooMany { max, found } => format!("{found} elements; at most {max} are allowed."),
            Self::TooFew { min } => format!("At least {min} element(s) are needed."),
            Self::OutOfRange { min, max, found } => format!("{found} is outside {min} to {max}."),
            Self::NotMultiple { step } => format!("A multiple of {step} is needed."),
            Self::TooPrecise { decimals } => format!("At most {decimals} decimals are allowed."),
            Self::BadFormat { needed, found } => format!("Found \"{found}\"; this form is needed: {needed}."),
            Self::Lacks { part } => format!("It must contain \"{part}\"."),
            Self::UnknownChoice { found, allowed } => {
                format!("\"{found}\" is not known; allowed are: {}.", allowed.join(", "))
            }
            Self::Duplicate { first } => format!("The same value stands at {first}; it must be unique."),
            Self::Crossed { upper } => format!("It must not exceed {upper}."),
            Self::Excludes { other } => format!("Give either this or {other}, not both."),
            Self::Required => "This field is required.".into(),
            Self::Fixed { how } => format!("This cannot be changed here; {how}."),
            Self::Unfit { why } => format!("This does not fit: {why}."),
            Self::TooOften { least_minutes, found_seconds } => format!(
                "It comes again after {found_seconds} s; at least {least_minutes} minutes must lie between two times."
            ),
            Self::NeverComes { before } => {
                format!("It does not come once until {before}; name a time before that, or a later end.")
            }
            Self::NotFound { what } => format!("No such {what}."),
            Self::NoMember { found } => format!(
                "No active member has the id or e-mail \"{found}\"; add one with POST /v1/members, or leave this out."
            ),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::UnknownMember { nearest: Some(near) } => format!("未知字段，是否应为“{near}”？"),
            Self::UnknownMember { nearest: None } => "未知字段，请删除。".into(),
            Self::DuplicateMember => "字段重复出现，请只保留一个。".into(),
            Self::WrongType { needed, found } => {
                format!("类型为{}，应为{}。", chinese_type(found), chinese_type(needed))
            }
            Self::ForbiddenCharacter => "不允许换行以外的控制字符。".into(),
            Self::EmptyText => "文本为空，请至少填写一个字符，或使用 null。".into(),
            Self::TooLong { max, found } => format!("共 {found} 个字符，最多 {max} 个。"),
            Self::TooLarge { max, found } => format!("JSON 共 {found} 字节，最多 {max} 字节。"),
            Self::TooMany { max, found } => format!("共 {found} 项，最多 {max} 项。"),
            Self::TooFew { min } => format!("至少需要 {min} 项。"),
            Self::OutOfRange { min, max, found } => format!("{found} 超出范围 {min} 至 {max}。"),
            Self::NotMultiple { step } => format!("应为 {step} 的倍数。"),
            Self::TooPrecise { decimals } => format!("最多 {decimals} 位小数。"),
            Self::BadFormat { needed, found } => format!("内容为“{found}”，格式应为：{needed}。"),
            Self::Lacks { part } => format!("其中必须含有“{part}”。"),
            Self::UnknownChoice { found, allowed } => {
                format!("未知取值“{found}”，可选：{}。", allowed.join("、"))
            }
            Self::Duplicate { first } => format!("与 {first} 重复，此处必须唯一。"),
            Self::Crossed { upper } => format!("不得大于 {upper}。"),
            Self::Excludes { other } => format!("与 {other} 只能二选一。"),
            Self::Required => "此字段必填。".into(),
            Self::Fixed { how } => format!("此处不可修改；{}。", chinese_type(how)),
            Self::Unfit { why } => format!("内容不符合要求：{why}。"),
            Self::TooOften { least_minutes, found_seconds } => {
                format!("两次之间只隔 {found_seconds} 秒，至少应间隔 {least_minutes} 分钟。")
            }
            Self::NeverComes { before } => {
                format!("在 {before} 之前一次也不会触发，请选择更早的时间或推后截止时间。")
            }
            Self::NotFound { what } => format!("找不到对应的{}。", chinese_type(what)),
            Self::NoMember { found } => {
                format!("没有编号或邮箱为“{found}”的在职成员，请用 POST /v1/members 添加，或不填此字段。")
            }
        }
    }
}

fn chinese_type(english: &str) -> &str {
    match english {
        "an object" => "对象",
        "a list" => "列表",
        "a text" => "文本",
        "a number" => "数字",
        "an integer" => "整数",
        "a boolean" => "布尔值",
        "null" => "空值",
        "use the playbook's migration" => "请使用方案迁移",
        "disable the built-in term too" => "请同时停用内置词条",
        "member" => "成员",
        "delegation" => "代理设置",
        "reminder" => "提醒",
        "active member" => "在职成员",
        "active member with the role operator or a higher one" => "运营或更高角色的在职成员",
        "campaign" => "活动",
        "organization" => "组织",
        "API key" => "密钥",
        "admin" => "管理员",
        "playbook" => "方案",
        "term" => "词条",
        "currency" => "币种",
        "time zone" => "时区",
        other => other,
    }
}

/// All faults of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    found: Vec<Fault>,
    has_shape: bool,
}

/// Faults reported for one input at most; an answer that lists more helps nobody.
const MOST_FAULTS: usize = 100;

impl Faults {
    /// Notes a fault at a place.
    pub fn add(&mut self, at: &At<'_>, kind: FaultKind) {
        let wanted = if kind.is_shape() { !self.has_shape() } else { self.found.len() < MOST_FAULTS };
        if wanted {
            self.has_shape |= kind.is_shape();
            self.found.push(Fault { pointer: at.to_string(), kind });
        }
    }

    /// Whether a shape error is among them: it alone is reported, so nobody needs to look for another one.
    #[must_use]
    pub const fn has_shape(&self) -> bool {
        self.has_shape
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The faults to answer with: the first shape error alone, else every violated limit.
    #[must_use]
    pub fn to_report(mut self) -> Vec<Fault> {
        match self.found.iter().position(|fault| fault.kind.is_shape()) {
            Some(first) => vec![self.found.swap_remove(first)],
            None => self.found,
        }
    }

    /// `value` if nothing is wrong, else what is.
    ///
    /// # Errors
    /// The faults to report.
    pub fn or<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.is_empty() { Ok(value) } else { Err(self.to_report()) }
    }
}
