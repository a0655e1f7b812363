//! What a mail about a gate says because of its reason, in both languages; the rest follows from where the gate
//! stands. None of this decides who gets it.

mod approval;
mod review;

use domain::locale::Locale;
use domain::notice::Reason;
use jiff::Timestamp;

use super::AtGate;

/// The words that depend on the reason of a mail.
pub(super) struct Told {
    /// What the mail is for, at the end of the subject.
    pub(super) label: String,
    /// What happened.
    pub(super) what: String,
    /// The time in the subject.
    pub(super) time: Timestamp,
    /// What somebody wrote to the reader.
    pub(super) quote: Option<String>,
    /// What the reader has to do with it, if that is more than where they stand to the gate.
    pub(super) role: Option<&'static str>,
    /// Why the reader hears of it now.
    pub(super) now: String,
    /// What to do, if that does not follow from the status of the gate.
    pub(super) to_do: Option<&'static str>,
}

/// The words of the mail's reason.
pub(super) fn told(at: &AtGate<'_, '_>) -> Told {
    match at.notice.reason {
        Reason::GateDue => review::due(at),
        Reason::GateOverdue => review::overdue(at),
        Reason::ApprovalWanted => review::wanted(at),
        Reason::GateDecided => review::decided(at),
        Reason::GateStale => approval::stale(at),
        Reason::GateExpired => approval::expired(at),
        Reason::GateExpiring => approval::expiring(at),
        Reason::RecheckWanted => approval::recheck(at),
        Reason::FacetChanged => approval::changed(at),
        Reason::WordingFound => approval::worded(at),
        // These are never about a gate, or have words of their own.
        Reason::ConfirmationCode
        | Reason::DeliveryFailed
        | Reason::KeyExpiring
        | Reason::Reminder
        | Reason::Touchpoint
        | Reason::Countdown
        | Reason::GoLiveDecision
        | Reason::CampaignReady
        | Reason::CampaignNotReady => Told::of(at, at.notice.reason.label().to(at.reader.locale), plain(at)),
    }
}

impl Told {
    /// What happened when the message was planned, and nothing more.
    fn of(at: &AtGate<'_, '_>, label: impl Into<String>, what: String) -> Self {
        Self {
            label: label.into(),
            what,
            time: at.notice.planned_at,
            quote: None,
            role: None,
            now: String::new(),
            to_do: None,
        }
    }
}

/// Gate and campaign.
fn plain(at: &AtGate<'_, '_>) -> String {
    let (gate, name) = (at.name(), at.campaign_name());
    match at.reader.locale {
        Locale::En => format!("It is about the gate {gate} of the campaign “{name}”."),
        Locale::ZhCn => format!("涉及活动“{name}”的关卡“{gate}”。"),
    }
}
