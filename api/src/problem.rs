//! Everything that goes wrong, as an answer: the one place where refusals and failures get their HTTP status.
//! A [`Problem`] is finished in [`crate::http::request_id`], which knows language, address and request.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use domain::decide::Allowed;
use domain::fault::{Fault, FaultKind};
use domain::notice::{Ledger, Reason, explanation};
use domain::{Locale, Refusal};
use serde_json::{Map, Value, json};

use crate::failure::{Conflict, Failure};
use crate::http::etag::of_version;
use crate::http::problem_catalogue::{self as catalogue, Kind};
use crate::store::StoreError;
use crate::view::AllowedAction;

/// The media type of every problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Seconds after which a caller may try again when the store is away.
const RETRY_AFTER_SECONDS: i32 = 2;

/// An answer that is an error.
#[derive(Debug)]
pub struct Problem {
    kind: &'static Kind,
    detail: Detail,
    faults: Vec<Fault>,
    /// The place of the input that the sentence is about, where it is one.
    place: Option<String>,
    allowed: Option<Vec<Allowed>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What the sentence of a problem says.
#[derive(Debug)]
enum Detail {
    /// What the catalogue advises.
    Advice,
    /// What the domain says.
    Refusal(Box<Refusal>),
    /// These words.
    Said(Box<Said>),
}

/// A sentence in both languages.
#[derive(Debug)]
struct Said {
    en: String,
    zh: String,
}

/// What a problem is told about the request it answers.
#[derive(Copy, Clone, Debug)]
pub struct Asked<'r> {
    /// Language of the reader.
    pub locale: Locale,
    /// Path of the request.
    pub instance: &'r str,
    /// Id of the request.
    pub request_id: &'r str,
    /// Where the service is reached, if that is known.
    pub public_url: Option<&'r str>,
}

impl Problem {
    /// A problem that says what the catalogue advises.
    pub fn new(kind: &'static Kind) -> Self {
        let (faults, headers) = (Vec::new(), Vec::new());
        Self { kind, detail: Detail::Advice, faults, place: None, allowed: None, headers }
    }

    /// The same kind with words of its own: what was found and what is needed.
    pub fn saying(kind: &'static Kind, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { detail: Detail::Said(Box::new(Said { en: en.into(), zh: zh.into() })), ..Self::new(kind) }
    }

    /// An input with these faults.
    pub fn of_faults(kind: &'static Kind, faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(kind) }
    }

    /// Something that is not there, or is another organization's.
    pub fn not_found() -> Self {
        Self::new(&catalogue::NOT_FOUND)
    }

    /// A failure of ours: the cause is logged here, once, and never shown.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(cause = %cause, "a request failed");
        Self::new(&catalogue::INTERNAL)
    }

    /// Not now, but soon. Nothing was changed, unless the link to the database broke in the middle of a commit: then
    /// nobody knows.
    pub fn unavailable() -> Self {
        Self::new(&catalogue::UNAVAILABLE).retry_later()
    }

    fn retry_later(self) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS))
    }

    /// About this place of the input.
    #[must_use]
    pub fn at(self, pointer: &str) -> Self {
        Self { place: Some(pointer.to_owned()), ..self }
    }

    /// With a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What kind of problem it is.
    pub const fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// What is wrong with the input, by place.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The finished answer.
    pub fn answer(&self, asked: &Asked<'_>) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        for header in self.headers.iter().cloned() {
            response.append_header(header);
        }
        response.insert_header((header::CONTENT_TYPE, PROBLEM_JSON));
        response.insert_header((header::CONTENT_LANGUAGE, asked.locale.tag()));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.body(Value::Object(self.members(asked)).to_string())
    }

    fn members(&self, asked: &Asked<'_>) -> Map<String, Value> {
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("type", format!("{}/problems/{}", asked.public_url.unwrap_or(""), self.kind.code).into());
        add("title", self.kind.title.to(asked.locale).into());
        add("status", self.kind.status.into());
        add("detail", self.detail(asked.locale).into());
        add("instance", asked.instance.into());
        add("code", self.kind.code.into());
        add("request_id", asked.request_id.into());
        add("errors", self.errors(asked.locale));
        if let Some(allowed) = &self.allowed {
            add("allowed_actions", json!(AllowedAction::list(allowed.clone(), asked.locale)));
        }
        members
    }

    /// The headers it goes with.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// What is wrong with the first place of the input, else the sentence of the whole.
    pub fn first_detail(&self, locale: Locale) -> String {
        self.faults.first().map_or_else(|| self.detail(locale), |fault| fault.kind.detail(locale))
    }

    /// What was found and what is needed, in one sentence.
    pub fn detail(&self, locale: Locale) -> String {
        match &self.detail {
            Detail::Advice => self.kind.advice.to(locale).to_owned(),
            Detail::Refusal(refusal) => refusal.detail(locale),
            Detail::Said(said) => match locale {
                Locale::En => said.en.clone(),
                Locale::ZhCn => said.zh.clone(),
            },
        }
    }

    /// The faults of the input; what is about one place of it points there.
    fn errors(&self, locale: Locale) -> Value {
        let error =
            |pointer: &str, code, detail: String| json!({"pointer": pointer, "code": code, "detail": detail});
        let mut errors: Vec<Value> = self
            .faults
            .iter()
            .map(|fault| error(&fault.pointer, fault.kind.code(), fault.kind.detail(locale)))
            .collect();
        if let Some(place) = &self.place {
            errors.push(error(place, self.kind.code, self.detail(locale)));
        }
        if let Detail::Refusal(refusal) = &self.detail {
            errors.extend(
                refusal
                    .open_points()
                    .into_iter()
                    .map(|point| error(&point.pointer, point.code, point.text.to(locale).to_owned())),
            );
        }
        errors.into()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.status, self.kind.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.answer(&Asked { locale: Locale::En, instance: "", request_id: "", public_url: None })
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(kind_of(&refusal));
        let problem = match refusal.pointer() {
            place if place.is_empty() => problem,
            place => problem.at(&place),
        };
        let problem = match standing_version(&refusal) {
            Some(version) => problem.with_header(header::ETAG, version),
            None => problem,
        };
        if let Refusal::Invalid { faults } = refusal {
            Self { faults, ..problem }
        } else {
            Self { detail: Detail::Refusal(Box::new(refusal)), ..problem }
        }
    }
}

/// The version that stands now, where another one was to be written over.
fn standing_version(refusal: &Refusal) -> Option<HeaderValue> {
    let Refusal::VersionChanged { current } = refusal else { return None };
    HeaderValue::from_str(&of_version(*current)).ok()
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { refusal, allowed } => {
                let allowed = (!allowed.is_empty()).then_some(allowed);
                Self { allowed, ..Self::from(*refusal) }
            }
            Failure::NotFound { what } => {
                let missing = FaultKind::NotFound { what };
                Self::saying(&catalogue::NOT_FOUND, missing.detail(Locale::En), missing.detail(Locale::ZhCn))
            }
            Failure::Conflict(conflict) => conflict.into(),
            Failure::IdempotencyMismatch => Self::new(&catalogue::IDEMPOTENCY_OTHER_BODY),
            Failure::Store(error) => error.into(),
            Failure::Stale => Self::unavailable(),
            Failure::Internal(cause) => Self::internal(&cause),
        }
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::ExternalRefTaken { external_ref } => Self::saying(
                &catalogue::EXTERNAL_REF_TAKEN,
                format!("Another campaign has the external reference \"{external_ref}\"."),
                format!("外部编号“{external_ref}”已属于另一个活动。"),
            ),
            Conflict::EmailTaken { email } => Self::saying(
                &catalogue::EMAIL_TAKEN,
                format!("Another member has the e-mail {email}."),
                format!("邮箱 {email} 已属于另一位成员。"),
            ),
            Conflict::LastAdmin => Self::new(&catalogue::LAST_ADMIN),
            Conflict::AwayAlready { starts_at, ends_at } => Self::saying(
                &catalogue::AWAY_ALREADY,
                format!("There is a delegation from {starts_at} until {ends_at} already."),
                format!("{starts_at} 至 {ends_at} 已设置代理。"),
            ),
            Conflict::DelegateAway { name, starts_at, ends_at } => Self::saying(
                &catalogue::DELEGATE_AWAY,
                format!("{name} is away from {starts_at} until {ends_at}."),
                format!("{name} 在 {starts_at} 至 {ends_at} 期间休假。"),
            ),
            Conflict::SandboxBackwards { now } => Self::saying(
                &catalogue::SANDBOX_BACKWARDS,
                format!("The clock stands at {now}; send an instant that is not before it."),
                format!("当前时钟为 {now}，请发送不早于它的时间。"),
            ),
            Conflict::NotFailed { status } => Self::saying(
                &catalogue::DELIVERY_NOT_FAILED,
                format!("The delivery is {status}."),
                format!("该投递的状态为 {status}。"),
            ),
            Conflict::OfNoUse { why } => {
                let told = |locale| explanation(Reason::DeliveryFailed, Ledger::Skipped, Some(&why), locale);
                Self::saying(&catalogue::DELIVERY_OF_NO_USE, told(Locale::En), told(Locale::ZhCn))
            }
            Conflict::KeyInFlight => Self::new(&catalogue::KEY_IN_FLIGHT).retry_later(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_full() {
            tracing::error!(cause = %error, "the disk is full");
            Self::new(&catalogue::DISK_FULL).retry_later()
        } else if error.is_temporary() || error.is_contention() {
            tracing::warn!(cause = %error, "the store is away");
            Self::unavailable()
        } else {
            Self::internal(&error)
        }
    }
}

/// The kind of problem a refusal is; the statuses are those of the contract.
fn kind_of(refusal: &Refusal) -> &'static Kind {
    match refusal {
        Refusal::Invalid { .. } => &catalogue::REQUEST_INVALID,
        Refusal::RoleTooLow { .. } => &catalogue::ROLE_TOO_LOW,
        Refusal::PersonNeeded { .. } => &catalogue::PERSON_NEEDED,
        Refusal::OwnApproval { .. } => &catalogue::OWN_APPROVAL,
        Refusal::FitsNoSlot { .. } => &catalogue::FITS_NO_SLOT,
        Refusal::ReviewNeeded { .. } => &catalogue::REVIEW_NEEDED,
        Refusal::AlreadyDecided { .. } => &catalogue::ALREADY_DECIDED,
        Refusal::WrongGateStatus { .. } => &catalogue::WRONG_GATE_STATUS,
        Refusal::WrongCampaignStatus { .. } => &catalogue::WRONG_CAMPAIGN_STATUS,
        Refusal::RequirementsOpen { .. } => &catalogue::REQUIREMENTS_OPEN,
        Refusal::BlockersOpen { .. } => &catalogue::BLOCKERS_OPEN,
        Refusal::ItemsOpen { .. } => &catalogue::ITEMS_OPEN,
        Refusal::NobodyCanDecide { .. } => &catalogue::NOBODY_CAN_DECIDE,
        Refusal::CommentNeeded { .. } => &catalogue::COMMENT_NEEDED,
        Refusal::RevisionChanged { .. } => &catalogue::REVISION_CHANGED,
        Refusal::VersionChanged { .. } => &catalogue::VERSION_CHANGED,
        Refusal::NotReady { .. } => &catalogue::NOT_READY,
        Refusal::OnlyProgressWhileLive { .. } => &catalogue::ONLY_PROGRESS_WHILE_LIVE,
        Refusal::UnknownItem { .. } => &catalogue::UNKNOWN_ITEM,
        Refusal::EvidenceNeeded { .. } => &catalogue::EVIDENCE_NEEDED,
        Refusal::NotApplicableRefused { .. } => &catalogue::NOT_APPLICABLE_REFUSED,
        Refusal::PatchFailed { .. } => &catalogue::PATCH_FAILED,
    }
}

#[cfg(test)]
mod tests;
