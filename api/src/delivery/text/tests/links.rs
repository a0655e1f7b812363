//! Addresses in mails.

use super::*;

#[test]
fn the_ways_to_the_decision_and_out_stand_alone_on_their_lines() {
    let campaign = submitted("樱花首发");
    let notice = notice(Reason::ApprovalWanted, "p0");
    let enclosed =
        Enclosed { decision: Some("https://room.example/decide/a_b-c".to_owned()), ..Enclosed::default() };
    for (reader, decide, no_more) in [
        (MANAGER, "Look at it and decide:", "No more mails of this kind:"),
        (OWNER, "查看并审批：", "不再接收此类邮件："),
    ] {
        let letter = written(&campaign, &notice, reader, "2027-03-08T07:00:00Z", |occasion| {
            let occasion = Occasion { enclosed: &enclosed, ..*occasion };
            super::super::letter(&occasion, Some("https://room.example/unsubscribe/x?y=1&z"))
        });
        let lines: Vec<&str> = letter.text.lines().collect();
        let after = |label| lines.iter().skip_while(|line| **line != label).nth(1).copied();
        assert_eq!(after(decide), Some("https://room.example/decide/a_b-c"), "{}", letter.text);
        assert_eq!(after(no_more), Some("https://room.example/unsubscribe/x?y=1&z"), "{}", letter.text);
        assert!(letter.html.contains("href=\"https://room.example/decide/a_b-c\""), "{}", letter.html);
        assert!(
            letter.html.contains("href=\"https://room.example/unsubscribe/x?y=1&amp;z\""),
            "{}",
            letter.html
        );
    }
}
