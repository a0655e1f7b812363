//! Mails of a kind that somebody can do without are ended by one click, and nothing else is.

use super::*;

/// Presses the one button of a mail program.
async fn one_click(visitor: &Visitor, link: &str) -> Answer {
    let call = visitor.http.call(Method::POST, link);
    call.raw("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click").send().await
}

#[tokio::test]
async fn one_click_ends_what_can_be_done_without_and_nothing_else() {
    let room = Room::open().await;
    room.submitted().await;
    let visitor = room.visitor();
    let wanted = room.mails(&room.bo);
    assert!(wanted.iter().all(|mail| opt_out(mail).is_none()), "somebody waits for Bo: {wanted:#?}");
    // The audience's first reminder comes to whoever looks after it.
    room.server.move_clock("2027-02-27T10:05:00+08:00").await;
    let reminder = room.mails(&room.lead).pop().unwrap();
    assert!(reminder.subject.contains("Audience"), "{}", reminder.subject);
    let link = opt_out(&reminder).expect("a reminder can be ended");
    assert!(addresses(&reminder.text).contains(&link), "people see it, too: {}", reminder.text);
    let page = visitor.look(&link).await;
    assert_eq!(page.status, 200, "{page}");
    assert!(page.text.contains("you get mails of this kind: “a gate is due”"), "{page}");
    let wishes = async || room.lead.client.get("/v1/me").expect(200).await.body["preferences"]["off"].clone();
    assert_eq!(wishes().await, Value::Null, "looking ends nothing");
    for _ in 0..2 {
        let ended = one_click(&visitor, &link).await;
        assert_eq!(ended.status, 200, "{ended}");
        assert!(ended.text.contains("you get no more mails of this kind"), "{ended}");
    }
    assert_eq!(wishes().await, json!(["gate_due"]));
    let before = room.mails(&room.lead).len();
    room.server.move_clock("2027-03-01T10:05:00+08:00").await;
    let since: Vec<String> =
        room.mails(&room.lead).into_iter().skip(before).map(|mail| mail.subject).collect();
    assert!(!since.iter().any(|subject| subject.contains("due in")), "{since:#?}");
    let undone = visitor.http.call(Method::POST, &format!("{link}/undo")).send().await;
    assert_eq!(undone.status, 303, "{undone}");
    assert!(visitor.look(&link).await.text.contains("you get mails of this kind"));
    assert_eq!(wishes().await, json!([]));
}
