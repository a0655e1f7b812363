//! The page behind the link in a mail that asks for a decision. Looking never decides: what is shown follows from the
//! facts, and a decision is a `POST` through the one door, as the member whom the link was made for, from a browser in
//! which they typed a code that went to their mail.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use domain::Locale;
use domain::decide::{Invitation, invitation};
use domain::ids::MemberId;
use domain::locale::{Bilingual, both};
use domain::record;
use domain::surroundings::DirectoryMember;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::language::locale_of;
use super::leaf::{self, Sheet};
use super::problem_catalogue as catalogue;
use super::review::{NewDecision, decision};
use crate::failure::Failure;
use crate::links::{BROWSER_LASTS, DecisionLink, KnownBrowser};
use crate::people::{self, AskedForCode, TypedCode};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::real_now;
use crate::view::review::{Browser, Review, actor};
use crate::workflow::{self, Acted, Request};

const NO_LINK: (Bilingual, Bilingual) = (
    both("This link leads nowhere", "链接无效"),
    both(
        "It is cut off, was changed, or is not ours. Please open it once more from the mail, whole; or decide in your \
         own system.",
        "链接不完整、被改动或并非由本服务发出。请从邮件中重新打开完整链接，或在你所用的系统中审批。",
    ),
);
const TOO_OLD: (Bilingual, Bilingual) = (
    both("This link is too old", "链接已过期"),
    both(
        "Links are good for 14 days. If a decision is still wanted, the next reminder brings a new one; or decide in your \
         own system.",
        "链接有效期为 14 天。如仍需审批，下一封提醒会附上新链接；也可在你所用的系统中审批。",
    ),
);
const GONE: (Bilingual, Bilingual) = (
    both("This link is for nobody any more", "链接已失效"),
    both(
        "The person it was made for does not work here any more. An admin can say who decides now.",
        "该链接对应的成员已停用。请向管理员了解现由谁审批。",
    ),
);

const CONFIRM_FIRST: Bilingual = both(
    "Nothing was decided: in this browser nobody has typed a code yet. Please confirm first who you are.",
    "尚未作出决定：此浏览器还未验证身份，请先验证。",
);
const NO_CODE_WAITS: Bilingual = both(
    "This code does not count any more: it was used, is older than 10 minutes, or was tried too often. Ask for another.",
    "验证码已失效：已使用、超过 10 分钟或尝试次数过多。请重新获取。",
);

/// Somebody who followed a link.
struct Visit {
    link: DecisionLink,
    acted: Acted,
    member: DirectoryMember,
    is_known: bool,
    /// The page's address, relative to the request's.
    here: String,
}

/// Where a request of the page goes.
#[derive(Copy, Clone)]
enum Place {
    /// To the page itself.
    Page,
    /// To an address below it.
    Below,
}

#[get("/decide/{token}")]
pub(super) async fn show_decision(
    service: Data<Service>,
    request: HttpRequest,
    token: Path<String>,
) -> HttpResponse {
    match visit(&service, &request, &token, Place::Page).await {
        Ok(visit) => visit.page(&service, StatusCode::OK, None).await,
        Err(answer) => answer,
    }
}

#[post("/decide/{token}")]
pub(super) async fn take_decision(
    service: Data<Service>,
    request: HttpRequest,
    token: Path<String>,
    sheet: Result<Sheet, Problem>,
) -> HttpResponse {
    let (visit, sheet) = match posted(&service, &request, &token, Place::Page, sheet).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let locale = visit.member.locale;
    if !visit.is_known {
        let why = CONFIRM_FIRST.to(locale).to_owned();
        return visit.page(&service, StatusCode::FORBIDDEN, Some(why)).await;
    }
    let decided = match new_decision(&sheet) {
        Ok(new) => {
            let request = Request { org: visit.link.org, actor: actor(&visit.member), idempotency: None };
            let command = decision(visit.link.gate, new);
            workflow::act(&service, &request, visit.link.campaign, command, |_| Reply::empty())
                .await
                .map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    let problem = match decided {
        Ok(_) => return leaf::see_other(&visit.here),
        Err(problem) => problem,
    };
    if problem.status().is_server_error() {
        return visit.failed(&service, &problem);
    }
    // Somebody may have been faster, so the page says how it stands now.
    let said = problem.first_detail(locale);
    match self::visit(&service, &request, &token, Place::Page).await {
        Ok(now) => now.page(&service, problem.status(), Some(said)).await,
        Err(answer) => answer,
    }
}

#[post("/decide/{token}/code")]
pub(super) async fn send_code(
    service: Data<Service>,
    request: HttpRequest,
    token: Path<String>,
    sheet: Result<Sheet, Problem>,
) -> HttpResponse {
    let visit = match posted(&service, &request, &token, Place::Below, sheet).await {
        Ok((visit, _)) => visit,
        Err(answer) => return answer,
    };
    if visit.is_known || !visit.is_open() || visit.member.email.is_none() {
        // The page says why there is nothing to send.
        return leaf::see_other(&visit.here);
    }
    let locale = visit.member.locale;
    let (DecisionLink { org, campaign, gate, member, .. }, clock) = (visit.link, service.clock.clone());
    let asking = service.store.write(move |tx| {
        let clock = clock.clone();
        async move {
            let at = (clock.now(), real_now(tx, clock.real_now()).await?);
            people::ask_for_code(tx, org, (campaign, gate), member, at).await
        }
        .boxed()
    });
    match asking.await {
        Ok(AskedForCode::OnItsWay) => {
            service.nudge.notify_one();
            leaf::see_other(&visit.here)
        }
        Ok(AskedForCode::TooMany { again_at }) => {
            let wait = again_at.duration_since(service.clock.real_now()).as_secs().max(1);
            let why = too_many(locale, wait);
            let mut page = visit.page(&service, StatusCode::TOO_MANY_REQUESTS, Some(why)).await;
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
            page
        }
        Err(failure) => visit.failed(&service, &failure.into()),
    }
}

#[post("/decide/{token}/confirmation")]
pub(super) async fn confirm(
    service: Data<Service>,
    request: HttpRequest,
    token: Path<String>,
    sheet: Result<Sheet, Problem>,
) -> HttpResponse {
    let (visit, sheet) = match posted(&service, &request, &token, Place::Below, sheet).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let (org, member, machine) = (visit.link.org, visit.link.member, service.clock.real_now());
    let (typed, secrets) = (sheet.field("code").unwrap_or_default(), service.secrets.clone());
    let trying = service.store.write(move |tx| {
        let (typed, secrets) = (typed.clone(), secrets.clone());
        // A wrong code is an answer and no failure, so that its try is written down.
        async move { people::try_code(tx, &secrets, org, member, &typed, real_now(tx, machine).await?).await }
            .boxed()
    });
    let locale = visit.member.locale;
    let why = match trying.await {
        Ok(TypedCode::Right) => return visit.known_from_now_on(&service),
        Ok(TypedCode::Wrong { left }) => wrong_code(locale, left),
        Ok(TypedCode::NoneWaits) => NO_CODE_WAITS.to(locale).to_owned(),
        Err(failure) => return visit.failed(&service, &failure.into()),
    };
    visit.page(&service, StatusCode::UNPROCESSABLE_ENTITY, Some(why)).await
}

/// Reads the link and the form that came with it.
async fn posted(
    service: &Service,
    request: &HttpRequest,
    token: &str,
    place: Place,
    sheet: Result<Sheet, Problem>,
) -> Result<(Visit, Sheet), HttpResponse> {
    let visit = visit(service, request, token, place).await?;
    match sheet {
        Ok(sheet) => Ok((visit, sheet)),
        Err(problem) => Err(visit.failed(service, &problem)),
    }
}

/// Reads the link, looks at the campaign and at who was asked.
async fn visit(
    service: &Service,
    request: &HttpRequest,
    token: &str,
    place: Place,
) -> Result<Visit, HttpResponse> {
    let sandbox = service.clock.is_sandbox();
    let refuse = |status, (title, text): (Bilingual, Bilingual), locale: Locale| {
        leaf::page(status, &leaf::nothing(locale, sandbox, title.to(locale), text.to(locale)))
    };
    let own = locale_of(request);
    let nowhere = || refuse(StatusCode::NOT_FOUND, NO_LINK, own);
    let link = DecisionLink::read(token, &service.secrets).ok_or_else(nowhere)?;
    let now = service.clock.real_now();
    if now >= link.until {
        return Err(refuse(StatusCode::GONE, TOO_OLD, own));
    }
    let acted = match workflow::look(service, link.org, link.campaign).await {
        Ok(acted) => acted,
        Err(Failure::NotFound { .. }) => return Err(nowhere()),
        Err(failure) => return Err(leaf::failed(&failure.into(), own, sandbox)),
    };
    let member = acted.directory.member(link.member).filter(|member| member.active).cloned();
    let Some(member) = member else { return Err(refuse(StatusCode::GONE, GONE, own)) };
    let is_known = is_known(service, request, &link, &member, now);
    let here = match place {
        Place::Page => token.to_owned(),
        Place::Below => format!("../{token}"),
    };
    Ok(Visit { link, acted, member, is_known, here })
}

fn is_known(
    service: &Service,
    request: &HttpRequest,
    link: &DecisionLink,
    member: &DirectoryMember,
    now: Timestamp,
) -> bool {
    let (Some(cookie), Some(address)) = (request.cookie(&cookie_name(member.id)), &member.email) else {
        return false;
    };
    let browser = KnownBrowser::read(cookie.value(), &service.secrets, address);
    browser.is_some_and(|known| known.org == link.org && known.member == member.id && now < known.until)
}

/// Several people may share a browser.
fn cookie_name(member: MemberId) -> String {
    format!("greenroom_{}", member.0.simple())
}

impl Visit {
    /// The page as it stands now.
    async fn page(&self, service: &Service, status: StatusCode, answer: Option<String>) -> HttpResponse {
        let Self { link, acted, member, is_known, here } = self;
        let browser = if *is_known {
            Browser::Known
        } else {
            let real_now = service.clock.real_now();
            let waits = people::is_waited_for(service.store.reader(), link.org, link.member, real_now).await;
            match waits {
                Ok(code_waits) => Browser::Unknown { code_waits },
                Err(failure) => return self.failed(service, &failure.into()),
            }
        };
        let review = Review {
            acted,
            gate: link.gate,
            submission: link.submission,
            member,
            browser,
            sandbox: service.clock.is_sandbox(),
            here,
            answer,
        };
        leaf::page(status, &review.leaf())
    }

    fn failed(&self, service: &Service, problem: &Problem) -> HttpResponse {
        leaf::failed(problem, self.member.locale, service.clock.is_sandbox())
    }

    /// Whether the member can decide.
    fn is_open(&self) -> bool {
        let actor = actor(&self.member);
        let desk = self.acted.desk(&actor);
        matches!(invitation(&desk, self.link.gate, self.link.submission), Invitation::Open { .. })
    }

    /// Remembers the browser, and leads back to the page.
    fn known_from_now_on(&self, service: &Service) -> HttpResponse {
        let now = service.clock.real_now();
        let until = now.saturating_add(BROWSER_LASTS).unwrap_or(Timestamp::MAX);
        let known = KnownBrowser { org: self.link.org, member: self.member.id, until };
        let value = known.token(&service.secrets, self.member.email.as_deref().unwrap_or_default());
        let public_url = service.settings.public_url.as_deref().unwrap_or_default();
        let cookie = Cookie::build(cookie_name(self.member.id), value)
            .path(format!("{}/decide", base_path(public_url)))
            .max_age(Duration::seconds(BROWSER_LASTS.as_secs()))
            .http_only(true)
            // The link is followed from a mail, that is from elsewhere; a form of others gets none of it.
            .same_site(SameSite::Lax)
            .secure(public_url.starts_with("https://"))
            .finish();
        let mut response = leaf::see_other(&self.here);
        match response.add_cookie(&cookie) {
            Ok(()) => response,
            Err(cause) => self.failed(service, &Problem::internal(&cause)),
        }
    }
}

/// The path under which a proxy shows the service, without a slash at its end.
fn base_path(public_url: &str) -> &str {
    let host = public_url.split_once("://").map_or("", |(_, rest)| rest);
    host.find('/').map_or("", |at| host[at..].trim_end_matches('/'))
}

/// What the form says, under the same limits as every decision.
fn new_decision(sheet: &Sheet) -> Result<NewDecision, Problem> {
    let field = |name: &str| Some((name.to_owned(), Value::from(sheet.field(name)?)));
    let members: Map<String, Value> =
        ["verdict", "revision", "comment"].into_iter().filter_map(field).collect();
    let new = record::read_body(&Value::Object(members));
    new.map_err(|faults| Problem::of_faults(&catalogue::REQUEST_INVALID, faults))
}

fn too_many(locale: Locale, wait: i64) -> String {
    let minutes = (wait + 59) / 60;
    match locale {
        Locale::En => format!(
            "Five codes were sent within an hour. Another can be asked for in {minutes} min; or decide in your own system."
        ),
        Locale::ZhCn => {
            format!("一小时内已发送五个验证码，请在 {minutes} 分钟后重试，或在你所用的系统中审批。")
        }
    }
}

fn wrong_code(locale: Locale, left: i64) -> String {
    match locale {
        Locale::En => format!("This is not the code in the newest mail. Tries left: {left}."),
        Locale::ZhCn => format!("验证码与最新邮件中的不一致，还可尝试 {left} 次。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_may_show_the_service_below_a_path() {
        for (public_url, path) in [
            ("", ""),
            ("https://room.example", ""),
            ("https://room.example/", ""),
            ("https://tools.example:8443/greenroom", "/greenroom"),
            ("https://tools.example/a/b", "/a/b"),
        ] {
            assert_eq!(base_path(public_url), path, "{public_url}");
        }
    }
}
