//! The page behind "no more mails of this kind", and the one click of a mail program (RFC 8058). The link is enough: all it
//! can do is to spare its reader mails they can do without, and to undo that.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use domain::Locale;
use domain::locale::{Bilingual, both};
use futures_util::FutureExt as _;

use super::language::locale_of;
use super::leaf;
use crate::links::{OptOut, Unwanted};
use crate::people::{self, gets};
use crate::problem::Problem;
use crate::service::Service;
use crate::store::members::{self, Member};
use crate::view::leaf::{Block, Button, Form, Leaf, Tone, Weight};

const NO_LINK: (Bilingual, Bilingual) = (
    both("This link leads nowhere", "链接无效"),
    both(
        "It is cut off, was changed, or is not ours. Please open it once more from the mail, whole.",
        "链接不完整、被改动或并非由本服务发出。请从邮件中重新打开完整链接。",
    ),
);

#[get("/unsubscribe/{token}")]
pub(super) async fn show_subscription(
    service: Data<Service>,
    request: HttpRequest,
    token: Path<String>,
) -> HttpResponse {
    answer(&service, &request, &token, None).await
}

/// No redirect: a mail program that clicks for its reader follows none.
#[post("/unsubscribe/{token}")]
pub(super) async fn unsubscribe(
    service: Data<Service>,
    request: HttpRequest,
    token: Path<String>,
) -> HttpResponse {
    answer(&service, &request, &token, Some(false)).await
}

#[post("/unsubscribe/{token}/undo")]
pub(super) async fn subscribe_again(
    service: Data<Service>,
    request: HttpRequest,
    token: Path<String>,
) -> HttpResponse {
    let answered = answer(&service, &request, &token, Some(true)).await;
    if answered.status() == StatusCode::OK { leaf::see_other(&format!("../{token}")) } else { answered }
}

/// Does what is wished, if something is, and tells how it stands.
async fn answer(service: &Service, request: &HttpRequest, token: &str, wanted: Option<bool>) -> HttpResponse {
    let (own, sandbox) = (locale_of(request), service.clock.is_sandbox());
    let Some(link) = OptOut::read(token, &service.secrets) else {
        let (title, text) = NO_LINK;
        let leaf = leaf::nothing(own, sandbox, title.to(own), text.to(own));
        return leaf::page(StatusCode::NOT_FOUND, &leaf);
    };
    let found = match wanted {
        None => members::find(service.store.reader(), link.org, link.member)
            .await
            .map_err(Problem::from)
            .and_then(|member| member.ok_or_else(Problem::not_found)),
        Some(wanted) => {
            let real_now = service.clock.real_now();
            let wishing = service.store.write(move |tx| {
                async move { people::wish(tx, link.org, link.member, link.from, wanted, real_now).await }
                    .boxed()
            });
            wishing.await.map_err(Problem::from)
        }
    };
    match found {
        Ok(member) => leaf::page(StatusCode::OK, &leaf_of(&member, &link, token, sandbox)),
        Err(problem) => leaf::failed(&problem, own, sandbox),
    }
}

fn leaf_of(member: &Member, link: &OptOut, token: &str, sandbox: bool) -> Leaf {
    let locale = member.locale;
    let gets = gets(&member.preferences, link.from);
    let what = match link.from {
        Unwanted::Digest => both("the daily digest", "每日摘要").to(locale).to_owned(),
        Unwanted::Kind(reason) => format!("“{}”", reason.label().to(locale)),
    };
    let (tone, said) = match (gets, locale) {
        (true, Locale::En) => (Tone::Turn, format!("{}, you get mails of this kind: {what}.", member.name)),
        (false, Locale::En) => {
            (Tone::Good, format!("{}, you get no more mails of this kind: {what}.", member.name))
        }
        (true, Locale::ZhCn) => (Tone::Turn, format!("{}，你会收到此类邮件：{what}。", member.name)),
        (false, Locale::ZhCn) => (Tone::Good, format!("{}，你不再收到此类邮件：{what}。", member.name)),
    };
    let still = match link.from {
        Unwanted::Digest => both(
            "Without the digest, what is for information only does not come; what you have to act on comes at its own time.",
            "关闭摘要后，仅供知会的消息不再发送；需要你处理的事项仍会按时单独发送。",
        ),
        Unwanted::Kind(_) => both("What is urgent still comes.", "紧急事项仍会发送。"),
    };
    let (action, label, weight) = if gets {
        (String::new(), both("No more of these", "不再接收"), Weight::Usual)
    } else {
        (format!("{token}/undo"), both("Get them again", "恢复接收"), Weight::Other)
    };
    let buttons = vec![Button { label: label.to(locale), sends: None, weight }];
    Leaf {
        locale,
        sandbox,
        about: String::new(),
        title: both("Your mails", "邮件偏好").to(locale).to_owned(),
        blocks: vec![
            Block::Note(tone, said),
            Block::Text(still.to(locale).to_owned()),
            Block::Form(Form { action, buttons, ..Form::default() }),
        ],
    }
}
