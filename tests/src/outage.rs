//! Kills and the mails that came twice because of them.

use std::collections::BTreeMap;

use harness::Mail;
use jiff::Timestamp;

/// Mails the service sends at the same time, so most of them that one kill can make come twice.
const IN_FLIGHT: usize = 8;

/// From the moment before a kill until the service was ready again.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Outage {
    pub(crate) begun: Timestamp,
    pub(crate) over: Timestamp,
}

/// The machine's time, by which mails arrive too.
#[expect(clippy::disallowed_methods, reason = "kills and arrivals are compared by the machine's clock")]
pub(crate) fn machine_time() -> Timestamp {
    Timestamp::now()
}

/// A message came at most twice, the second time after a kill that fell on the first: that kill cut off the note
/// that it was sent. No kill did that to more messages than can be on their way at once.
pub(crate) fn only_kills_made_mails_come_twice(mails: &[Mail], outages: &[Outage]) {
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
    assert!(
        doubled.iter().all(|&one| one <= IN_FLIGHT),
        "a kill doubled more than was on its way: {doubled:?}"
    );
    let doubles: usize = doubled.iter().sum();
    println!("{} mails, {doubles} of them came twice", mails.len());
}
