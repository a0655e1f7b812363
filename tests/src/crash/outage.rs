//! Kills and the mails that came twice because of them.

use std::collections::BTreeMap;

use harness::Mail;
use jiff::Timestamp;

/// From the moment before a kill until the service was ready again.
#[derive(Copy, Clone, Debug)]
pub(super) struct Outage {
    pub(super) begun: Timestamp,
    pub(super) over: Timestamp,
    /// Most mails that can have been on their way, and so may come twice.
    pub(super) most: usize,
}

/// How many mails came, and how many of them twice.
pub(super) struct Came {
    pub(super) mails: usize,
    pub(super) doubles: usize,
}

/// A message came at most twice, the second time after a kill that fell on the first: that kill cut off the note
/// that it was sent. No kill did that to more messages than can be on their way at once.
pub(super) fn only_kills_made_mails_come_twice(mails: &[Mail], outages: &[Outage]) -> Came {
    let mut arrivals: BTreeMap<(&str, &str), Vec<&Mail>> = BTreeMap::new();
    for mail in mails {
        arrivals.entry((&mail.message_id, &mail.to)).or_default().push(mail);
    }
    let mut doubled = vec![0_usize; outages.len()];
    for ((id, to), came) in &arrivals {
        let [first, second] = came[..] else {
            assert_eq!(came.len(), 1, "<{id}> came to {to} more than twice: {came:#?}");
            continue;
        };
        assert_eq!(first.subject, second.subject, "<{id}> is two messages");
        // What was on its way at the kill may arrive a moment later, so the outage's end counts for the first.
        let kill = outages.iter().position(|outage| first.arrived <= outage.over);
        let kill = kill.unwrap_or_else(|| panic!("<{id}> came twice after the last kill: {came:#?}"));
        assert!(second.arrived > outages[kill].begun, "<{id}> came twice without a kill between: {came:#?}");
        doubled[kill] += 1;
    }
    for (outage, doubled) in outages.iter().zip(&doubled) {
        assert!(*doubled <= outage.most, "a kill doubled more than was on its way: {doubled} of {outage:?}");
    }
    Came { mails: mails.len(), doubles: doubled.iter().sum() }
}
