//! One mail to one recipient, built so that nothing people wrote can become a header. What cannot be built is the
//! fault of that mail alone.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};

use super::outcome::Fault;
use super::text::Letter;

/// Longest name in a header, in characters.
const NAME_MAX: usize = 120;
/// Longest subject, in characters.
const SUBJECT_MAX: usize = 250;

/// The header that says that one `POST` is enough (RFC 8058).
const ONE_CLICK: &str = "List-Unsubscribe-Post";

/// Everything a mail is made of.
#[derive(Clone, Debug)]
pub struct Email {
    /// Name and address of the recipient.
    pub to: (String, String),
    /// Name and address that answers go to, if not to the sender.
    pub reply_to: Option<(String, String)>,
    /// Its `Message-ID`, which stays the same however often it is sent.
    pub message_id: String,
    /// What the mails of one conversation have in common, in the form of a `Message-ID`.
    pub thread: String,
    /// Its date, by the domain's clock.
    pub date: Timestamp,
    /// Where its reader, or their program in one click, says that they want no more of the kind.
    pub opt_out: Option<String>,
    /// What it says.
    pub letter: Letter,
}

/// The `Message-ID` of a delivery whose mails come from `sender`.
#[must_use]
pub fn message_id(delivery: impl std::fmt::Display, sender: &Mailbox) -> String {
    format!("<{delivery}@{}>", sender.email.domain())
}

impl Email {
    /// The message as it goes over the wire.
    ///
    /// # Errors
    /// A permanent fault that says what is wrong with it.
    pub fn build(&self, sender: &Mailbox) -> Result<Message, Fault> {
        let mut message = Message::builder()
            .from(Mailbox::new(sender.name.as_deref().and_then(name), sender.email.clone()))
            .to(mailbox(&self.to)?)
            .subject(clean(&self.letter.subject, SUBJECT_MAX))
            .message_id(Some(clean(&self.message_id, SUBJECT_MAX)))
            // No mail has this id; programs thread what refers to the same one.
            .references(clean(&self.thread, SUBJECT_MAX))
            // Header dates begin with 1970; a sandbox may stand earlier.
            .date(SystemTime::from(self.date.max(Timestamp::UNIX_EPOCH)))
            // RFC 3834: no out-of-office answers, please.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(Ok(reply_to)) = self.reply_to.as_ref().map(mailbox) {
            message = message.reply_to(reply_to);
        }
        if let Some(address) = &self.opt_out {
            // RFC 2369, and RFC 8058 for the one click.
            for (name, value) in [
                ("List-Unsubscribe", format!("<{address}>")),
                (ONE_CLICK, "List-Unsubscribe=One-Click".to_owned()),
            ] {
                message = message.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
            }
        }
        let body = MultiPart::alternative_plain_html(self.letter.text.clone(), self.letter.html.clone());
        message
            .multipart(body)
            .map_err(|cause| Fault::permanent(format!("the mail cannot be built: {cause}")))
    }
}

fn mailbox((written, address): &(String, String)) -> Result<Mailbox, Fault> {
    let address: Address =
        address.parse().map_err(|cause| Fault::permanent(format!("the address is none: {cause}")))?;
    Ok(Mailbox::new(name(written), address))
}

/// A name fit for a header; none if nothing is left of it.
fn name(written: &str) -> Option<String> {
    let cleaned = clean(written, NAME_MAX);
    // The builder leaves one word of such characters unquoted, and RFC 5322 calls a dot in it obsolete.
    let bare = cleaned.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let fit = if bare { clean(&cleaned.replace('.', " "), NAME_MAX) } else { cleaned };
    Some(fit).filter(|name| !name.is_empty())
}

/// One line without control characters, each run of blanks as one.
fn clean(text: &str, max: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let one_line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(max).collect()
}

#[cfg(test)]
mod tests {
    use mail_parser::{Address as Parsed, MessageParser};

    use super::*;

    fn letter(subject: &str) -> Letter {
        Letter {
            subject: subject.to_owned(),
            text: "第一行\n第二行".to_owned(),
            html: "<p>第一行</p>".to_owned(),
        }
    }

    fn email(letter: &Letter, name: &str, address: &str) -> Email {
        Email {
            to: (name.to_owned(), address.to_owned()),
            reply_to: Some(("李 明".to_owned(), "ops.lead@heyan.example".to_owned())),
            message_id: "<0190-1@room.example>".to_owned(),
            opt_out: None,
            thread: "<campaign.7@room.example>".to_owned(),
            date: "2027-03-09T10:00:00.5Z".parse().unwrap(),
            letter: letter.clone(),
        }
    }

    fn sender() -> Mailbox {
        "Greenroom <mail@room.example>".parse().unwrap()
    }

    fn address_of(parsed: Option<&Parsed<'_>>) -> (String, String) {
        let first = parsed.and_then(Parsed::first).unwrap();
        (first.name().unwrap_or_default().to_owned(), first.address().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_mail_reads_back_as_it_was_meant() {
        let letter = letter("策略与脚本 · 樱花 · 3月9日 18:00 · 即将截止");
        let wire = email(&letter, "王 芳", "fang@heyan.example").build(&sender()).unwrap().formatted();
        let read = MessageParser::default().parse(&wire).unwrap();
        assert_eq!(address_of(read.from()), ("Greenroom".to_owned(), "mail@room.example".to_owned()));
        assert_eq!(address_of(read.to()), ("王 芳".to_owned(), "fang@heyan.example".to_owned()));
        assert_eq!(address_of(read.reply_to()), ("李 明".to_owned(), "ops.lead@heyan.example".to_owned()));
        assert_eq!(read.subject(), Some("策略与脚本 · 樱花 · 3月9日 18:00 · 即将截止"));
        assert_eq!(read.message_id(), Some("0190-1@room.example"));
        assert_eq!(read.references().as_text(), Some("campaign.7@room.example"));
        assert_eq!(read.date().unwrap().to_rfc3339(), "2027-03-09T10:00:00Z");
        assert_eq!(read.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
        assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), "第一行\n第二行");
        assert_eq!(read.body_html(0).unwrap().trim_end(), "<p>第一行</p>");
    }

    #[test]
    fn line_breaks_in_names_and_subjects_become_no_headers() {
        let letter = letter("Goal · Sale\r\nBcc: everybody@evil.example · due");
        let mail = email(&letter, "Eve\r\nX-Evil: yes\n\tmore\0", "eve@heyan.example");
        let wire = mail.build(&sender()).unwrap().formatted();
        let read = MessageParser::default().parse(&wire).unwrap();
        assert_eq!(read.subject(), Some("Goal · Sale Bcc: everybody@evil.example · due"));
        assert_eq!(address_of(read.to()).0, "Eve X-Evil: yes more");
        assert!(read.bcc().is_none());
        assert!(read.header("X-Evil").is_none());
    }

    #[test]
    fn the_message_id_is_the_same_in_every_build() {
        let letter = letter("Goal · Sale · due");
        let id = message_id("018f", &sender());
        assert_eq!(id, "<018f@room.example>");
        let ids: Vec<String> = (0..2)
            .map(|_| {
                let mail = Email { message_id: id.clone(), ..email(&letter, "Li", "li@heyan.example") };
                let wire = mail.build(&sender()).unwrap().formatted();
                MessageParser::default().parse(&wire).unwrap().message_id().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids, ["018f@room.example", "018f@room.example"]);
    }

    #[test]
    fn an_address_that_is_none_fails_for_good() {
        let letter = letter("Goal");
        for address in ["", "nobody", "a@b\r\nBcc: c@d.example", "two@x.example, three@x.example"] {
            let fault = email(&letter, "Li", address).build(&sender()).unwrap_err();
            assert_eq!(fault.kind, super::super::FaultKind::Permanent, "{address:?}");
        }
    }

    #[test]
    fn a_reply_address_that_is_none_is_left_out() {
        let letter = letter("Goal");
        let mail = Email {
            reply_to: Some(("Li".to_owned(), "nonsense".to_owned())),
            ..email(&letter, "Li", "li@heyan.example")
        };
        let wire = mail.build(&sender()).unwrap().formatted();
        assert!(MessageParser::default().parse(&wire).unwrap().reply_to().is_none());
    }

    #[test]
    fn names_stand_in_headers_as_the_standard_has_them() {
        let letter = letter("Goal");
        for (written, expected) in [
            ("ops.lead", "To: \"ops lead\" <li@heyan.example>\r\n"),
            ("J. Li", "To: \"J. Li\" <li@heyan.example>\r\n"),
            ("Li", "To: Li <li@heyan.example>\r\n"),
            ("...", "To: li@heyan.example\r\n"),
            ("\u{7}", "To: li@heyan.example\r\n"),
        ] {
            let wire = email(&letter, written, "li@heyan.example").build(&sender()).unwrap().formatted();
            let wire = String::from_utf8(wire).unwrap();
            assert!(wire.contains(expected), "{written}: {wire}");
        }
    }

    #[test]
    fn a_huge_subject_and_an_early_date_still_make_a_mail() {
        let letter = letter(&"x".repeat(1_000_000));
        let mail =
            Email { date: "0001-01-01T00:00:00Z".parse().unwrap(), ..email(&letter, "Li", "li@a.example") };
        let wire = mail.build(&sender()).unwrap().formatted();
        assert!(wire.len() < 4_000);
    }
}
