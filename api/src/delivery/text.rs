//! What a mail says: gate, campaign and time first, then what happened, why it is told now, and what to do.
//! The words of both languages are in `wording`, their places in a mail in `page`.

mod bundle;
mod gate;
mod loss;
mod office;
mod page;
mod show;
mod wording;

use std::ops::Deref;

use domain::delegation::Delegation;
use domain::notice::{About, Planned, Reason, Subject, recipients};
use domain::rule::Case;
use domain::standing::Standing;
use domain::surroundings::DirectoryMember;
use jiff::Timestamp;

use crate::view::wall_clock;
pub use bundle::bundle;
use page::Page;

/// What a mail is about, and who reads it.
#[derive(Copy, Clone, Debug)]
pub struct Occasion<'o> {
    /// The campaign or the organization at the moment of sending.
    pub about: About<'o>,
    /// What people call it.
    pub name: &'o str,
    /// The planned message.
    pub notice: &'o Planned,
    /// The recipient.
    pub reader: &'o DirectoryMember,
    /// Whether domain time is a sandbox's.
    pub sandbox: bool,
    /// What only this reader gets.
    pub enclosed: &'o Enclosed,
}

/// What a mail carries for its reader alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enclosed {
    /// The address at which the reader can decide, while they can.
    pub decision: Option<String>,
    /// The code they asked for.
    pub code: Option<String>,
    /// What did not arrive.
    pub lost: Option<Lost>,
}

/// A message that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The message.
    pub planned: Planned,
    /// Whom it was made for, and where it should have reached them, if mail does; none if it was made for nobody yet.
    pub to: Option<(String, Option<String>)>,
    /// Whether it was refused; else its useful time ran out.
    pub refused: bool,
    /// What hindered it, in the words of a mail server or ours.
    pub said: Option<String>,
}

/// What a mail says, in the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML; says the same.
    pub html: String,
}

/// The words of one mail, in the order in which they are read.
struct Words {
    /// What comes before the campaign's name in the subject.
    about: Option<&'static str>,
    /// The time in the subject.
    time: Timestamp,
    /// What the mail is for, at the end of the subject.
    label: String,
    /// What happened.
    what: String,
    /// What somebody wrote to the reader.
    quote: Option<String>,
    /// Why the reader hears of it, and why now.
    why_now: String,
    /// What to do next.
    what_to_do: String,
    /// What is to be looked at, one by one.
    items: Vec<String>,
    /// Figures at the end.
    facts: Vec<(&'static str, String)>,
}

/// Words the mail of an occasion; `opt_out` is the address at which its reader says that they want no more of the kind.
#[must_use]
pub fn letter(occasion: &Occasion<'_>, opt_out: Option<&str>) -> Letter {
    let (locale, words) = (occasion.reader.locale, words(occasion));
    let subject = format!("{}{}", occasion.mark(), occasion.heading(&words));
    let mut page = Page::new(locale);
    if occasion.sandbox {
        page.say(wording::sandbox(locale));
    }
    page.say(&*words.what);
    if let Some(quote) = &words.quote {
        page.quote(quote);
    }
    page.say(&*words.why_now);
    page.say(&*words.what_to_do);
    if let Some(address) = &occasion.enclosed.decision {
        page.link(wording::decide(locale), address);
    }
    words.items.into_iter().for_each(|item| page.item(item));
    for (label, value) in words.facts {
        page.fact(label, value);
    }
    page.sign(wording::signature(locale));
    if let Some(address) = opt_out {
        page.opt_out(wording::no_more_of_this(locale), address);
    }
    Letter { subject, text: page.text(), html: page.html() }
}

fn words(occasion: &Occasion<'_>) -> Words {
    let mut words = match occasion.about {
        _ if occasion.notice.reason == Reason::DeliveryFailed => loss::words(occasion),
        About::Campaign(case, standing) => {
            let campaign = &OfCampaign { occasion, case, standing };
            match occasion.notice.subject {
                Subject::Gate(key) if occasion.notice.reason == Reason::ConfirmationCode => {
                    return gate::code::words(campaign, key);
                }
                Subject::Gate(key) => gate::words(&gate::AtGate { campaign, key }),
                Subject::Campaign | Subject::Asset(_) | Subject::Organization | Subject::Key(_) => {
                    show::words(campaign)
                }
            }
        }
        About::Organization(office) => office::words(occasion, &office),
    };
    if let Some(in_place) = occasion.in_place() {
        words.why_now =
            format!("{in_place}{}{}", wording::pick(occasion.reader.locale, " ", ""), words.why_now);
    }
    words
}

/// An occasion that is about a campaign.
struct OfCampaign<'a, 'o> {
    occasion: &'a Occasion<'o>,
    /// The campaign at the moment of sending.
    case: Case<'o>,
    /// Where it stands.
    standing: &'o Standing,
}

impl<'o> Deref for OfCampaign<'_, 'o> {
    type Target = Occasion<'o>;

    fn deref(&self) -> &Self::Target {
        self.occasion
    }
}

impl Occasion<'_> {
    /// What comes before every subject where nothing is real.
    const fn mark(&self) -> &'static str {
        if self.sandbox { "[SANDBOX] " } else { "" }
    }

    /// Whose message this is, where the reader stands in for somebody.
    fn in_place(&self) -> Option<String> {
        let recipients = recipients(&self.about, self.notice);
        let own = recipients.into_iter().find(|recipient| recipient.member == self.reader.id)?;
        let directory = self.about.directory();
        let away = |by: &Delegation| {
            let name = &directory.member(by.member)?.name;
            Some(wording::in_place(self.reader.locale, name, &self.long_time(by.ends_at)))
        };
        let told: Vec<String> = own.in_place_of.iter().filter_map(away).collect();
        (!told.is_empty()).then(|| told.join(wording::pick(self.reader.locale, " ", "")))
    }

    /// Gate, campaign or organization, and time first, then what the message is for.
    fn heading(&self, words: &Words) -> String {
        let (name, time) = (self.name, self.short_time(words.time));
        let about = words.about.map(|about| format!("{about} · ")).unwrap_or_default();
        format!("{about}{name} · {time} · {}", words.label)
    }

    /// Day and time in the zone of the campaign or the organization.
    fn short_time(&self, instant: Timestamp) -> String {
        wall_clock::short(self.about.time_zone(), instant, self.reader.locale)
    }

    /// Date and time in the zone of the campaign or the organization, and the zone.
    fn long_time(&self, instant: Timestamp) -> String {
        wall_clock::long(self.about.time_zone(), instant, self.reader.locale)
    }
}

#[cfg(test)]
mod tests;
