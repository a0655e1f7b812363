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
    /// Of one message, the first included.
    pub(super) most_copies: usize,
}

/// A message came again only after a kill that fell on the copy before: that kill cut off the note that it was sent. Each
/// further copy has a kill of its own, and no kill did that to more messages than can be on their way at once.
pub(super) fn only_kills_made_mails_come_twice(mails: &[Mail], outages: &[Outage]) -> Came {
    let mut arrivals: BTreeMap<(&str, &str), Vec<&Mail>> = BTreeMap::new();
    for mail in mails {
        arrivals.entry((&mail.message_id, &mail.to)).or_default().push(mail);
    }
    let mut doubled = vec![0_usize; outages.len()];
    for ((id, to), came) in &arrivals {
        let mut after = 0;
        for copies in came.windows(2) {
            let [first, second] = [copies[0], copies[1]];
            assert_eq!(first.subject, second.subject, "<{id}> is two messages");
            // What was on its way at the kill may arrive a moment later, so the outage's end counts for the first.
            let own =
                |kill: &usize| first.arrived <= outages[*kill].over && second.arrived > outages[*kill].begun;
            let kill = (after..outages.len()).find(own);
            let kill =
                kill.unwrap_or_else(|| panic!("<{id}> came to {to} again without a kill between: {came:#?}"));
            doubled[kill] += 1;
            after = kill + 1;
        }
    }
    for (outage, doubled) in outages.iter().zip(&doubled) {
        assert!(*doubled <= outage.most, "a kill doubled more than was on its way: {doubled} of {outage:?}");
    }
    let most_copies = arrivals.values().map(Vec::len).max().unwrap_or_default();
    Came { mails: mails.len(), doubles: doubled.iter().sum(), most_copies }
}
