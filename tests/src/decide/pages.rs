//! Where the pages lead, as browsers see it, and what stands on them when there is no way on.

use harness::Answer;
use serde_json::json;

use super::{Room, Visitor};

/// Where a relative address leads, as browsers see it.
fn resolved(from: &str, address: &str) -> String {
    let base = reqwest::Url::parse("https://room.example").unwrap();
    base.join(from).unwrap().join(address).unwrap().path().to_owned()
}

impl Visitor {
    /// Presses the only button of a form on a page, from where the page was found.
    async fn press(&mut self, page: &Answer, from: &str, below: &str, fields: &[(&str, &str)]) -> Answer {
        let forms: Vec<&str> = page.text.split("<form method=\"post\"").skip(1).collect();
        let action = |form: &&str| form.split("action=\"").nth(1)?.split('"').next().map(str::to_owned);
        let mut actions = forms.iter().filter_map(action).map(|action| resolved(from, &action));
        let action = actions.find(|action| action.ends_with(below)).expect("a form that goes there");
        self.send(&action, fields).await
    }
}

#[tokio::test]
async fn every_page_leads_on_from_where_it_was_found() {
    let room = Room::open().await;
    let show = room.submitted().await;
    let link = room.link(&room.bo);
    let (asking, confirming) = (format!("{link}/code"), format!("{link}/confirmation"));
    let mut visitor = room.visitor();
    let first = visitor.look(&link).await;
    let sent = visitor.press(&first, &link, "/code", &[]).await;
    assert_eq!(resolved(&asking, sent.header("location")), link);
    let code = room.code(&room.bo, 0).await;
    // The page that a wrong code is answered with is not where the link led.
    let wrong = visitor.press(&visitor.look(&link).await, &link, "/confirmation", &[("code", "x")]).await;
    assert_eq!(wrong.status, 422, "{wrong}");
    let right = visitor.press(&wrong, &confirming, "/confirmation", &[("code", &code)]).await;
    assert_eq!(resolved(&confirming, right.header("location")), link, "{right}");
    // Another code typed in a browser that is known: the page goes on with the decision.
    let typed_again = visitor.send(&confirming, &[("code", &code)]).await;
    assert_eq!(typed_again.status, 422, "{typed_again}");
    let revision = typed_again.text.split("name=\"revision\" value=\"").nth(1).unwrap();
    let revision = revision.split('"').next().unwrap().to_owned();
    let fields = [("verdict", "approve"), ("revision", revision.as_str())];
    let token = link.trim_start_matches("/decide");
    let decided = visitor.press(&typed_again, &confirming, token, &fields).await;
    assert_eq!(decided.status, 303, "{decided}");
    assert_eq!(show.status(&room.lead.client, "goal").await, "passed");
}

#[tokio::test]
async fn whoever_asks_too_often_or_has_no_address_is_told_so() {
    let room = Room::open().await;
    room.submitted().await;
    let (of_bo, of_su) = (room.link(&room.bo), room.link(&room.su));
    for asked in 0..5 {
        // Somebody who comes with another browser each time.
        let mut visitor = room.visitor();
        visitor.send(&format!("{of_bo}/code"), &[]).await;
        let code = room.code(&room.bo, asked).await;
        let right = visitor.send(&format!("{of_bo}/confirmation"), &[("code", &code)]).await;
        assert_eq!(right.status, 303, "{right}");
    }
    let mut visitor = room.visitor();
    let asking = format!("{of_bo}/code");
    let sixth = visitor.send(&asking, &[]).await;
    assert_eq!(sixth.status, 429, "{sixth}");
    assert!(sixth.text.contains("Five codes were sent within an hour."), "{sixth}");
    let again = visitor.press(&sixth, &asking, "/code", &[]).await;
    assert_eq!(again.status, 429, "the page's own button leads to the same place: {again}");
    let no_address = json!({ "email": null, "mobile": "+8613800138000" });
    room.server.admin.patch(&format!("/v1/members/{}", room.su.id), &no_address).expect(200).await;
    let page = visitor.look(&of_su).await;
    assert!(page.text.contains("no mail address of yours") && !page.text.contains("<form"), "{page}");
    let sent = visitor.send(&format!("{of_su}/code"), &[]).await;
    assert_eq!(sent.status, 303, "{sent}");
}
