//! Links of mails that are old, forged, or lead to what is not there.

use domain::GateKey;
use domain::ids::{CampaignId, MemberId, OrganizationId, SubmissionId};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::links::DecisionLink;

fn link(until: Timestamp) -> DecisionLink {
    DecisionLink {
        org: OrganizationId(Uuid::from_u128(1)),
        campaign: CampaignId(Uuid::from_u128(2)),
        gate: GateKey::Goal,
        submission: SubmissionId(Uuid::from_u128(3)),
        member: MemberId(Uuid::from_u128(4)),
        until,
    }
}

#[actix_web::test]
async fn old_and_forged_links_explain_themselves_in_the_readers_language() {
    let room = room().await;
    let (now, soon) = (room.service.clock.real_now(), SignedDuration::from_secs(60));
    let old = link(now).token(&room.service.secrets);
    let good_for_nothing = link(now + soon).token(&room.service.secrets);
    for (token, status, english, chinese) in [
        (old.as_str(), StatusCode::GONE, "Links are good for 14 days.", "链接有效期为 14 天"),
        (good_for_nothing.as_str(), StatusCode::NOT_FOUND, "This link leads nowhere", "链接无效"),
        ("AAAA", StatusCode::NOT_FOUND, "This link leads nowhere", "链接无效"),
    ] {
        for (language, told) in [("en", english), ("zh-CN", chinese)] {
            let uri = format!("/decide/{token}");
            let request = TestRequest::get().uri(&uri).insert_header((header::ACCEPT_LANGUAGE, language));
            let answer = ask(&room, request).await;
            assert_eq!(answer.status, status, "{token}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(answer.header("content-language"), language);
            let page = String::from_utf8(answer.body).unwrap();
            assert!(page.contains(told), "{page}");
            assert!(!page.contains("<form"), "{page}");
        }
        for rest in ["", "/code", "/confirmation"] {
            let request = TestRequest::post().uri(&format!("/decide/{token}{rest}"));
            let request = request.insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"));
            assert_eq!(ask(&room, request.set_payload("verdict=approve&code=1")).await.status, status);
        }
    }
}
