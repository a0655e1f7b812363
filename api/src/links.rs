//! Addresses that mails carry, and what the service keeps with a browser: what each is bound to, and the signature that
//! nobody else can make. Nothing of them is stored; whether they still mean something follows from the facts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::GateKey;
use domain::ids::{CampaignId, MemberId, OrganizationId, SubmissionId};
use domain::notice::Reason;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::secret::Secrets;

/// How long after a mail its link leads to a decision. Real time, as for every other token.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long a browser is remembered in which a code was typed.
pub const BROWSER_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Bytes of a signature.
const SIGNATURE: usize = 32;

/// The way to one decision: who may come, and what they were asked.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct DecisionLink {
    /// The organization.
    pub org: OrganizationId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The gate.
    pub gate: GateKey,
    /// The submission, and with it the revision.
    pub submission: SubmissionId,
    /// Who was asked.
    pub member: MemberId,
    /// From when on the link leads nowhere.
    pub until: Timestamp,
}

impl DecisionLink {
    /// The token for the address.
    #[must_use]
    pub fn token(&self, secrets: &Secrets) -> String {
        let Self { org, campaign, gate, submission, member, until } = self;
        let mut bytes = Vec::with_capacity(70);
        for id in [org.0, campaign.0, submission.0, member.0] {
            bytes.extend_from_slice(id.as_bytes());
        }
        bytes.extend_from_slice(&seconds(*until));
        bytes.extend_from_slice(gate.key().as_bytes());
        signed(secrets, "decide", bytes, b"")
    }

    /// What a token leads to, if it is one of ours; it may have expired.
    #[must_use]
    pub fn read(token: &str, secrets: &Secrets) -> Option<Self> {
        let bytes = opened(secrets, "decide", token, b"")?;
        let (org, rest) = id(&bytes)?;
        let (campaign, rest) = id(rest)?;
        let (submission, rest) = id(rest)?;
        let (member, rest) = id(rest)?;
        let (until, gate) = instant(rest)?;
        Some(Self {
            org: OrganizationId(org),
            campaign: CampaignId(campaign),
            gate: GateKey::of_key(std::str::from_utf8(gate).ok()?)?,
            submission: SubmissionId(submission),
            member: MemberId(member),
            until,
        })
    }
}

/// A browser in which a member typed their code. It is bound to the address the code went to.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct KnownBrowser {
    /// The organization.
    pub org: OrganizationId,
    /// Who typed the code.
    pub member: MemberId,
    /// Until when they are taken for it.
    pub until: Timestamp,
}

impl KnownBrowser {
    /// The value of the cookie.
    #[must_use]
    pub fn token(&self, secrets: &Secrets, address: &str) -> String {
        let Self { org, member, until } = self;
        let bytes = [org.0.as_bytes().as_slice(), member.0.as_bytes(), &seconds(*until)].concat();
        signed(secrets, "browser", bytes, address.as_bytes())
    }

    /// The browser that shows this cookie, if it is known under that address.
    #[must_use]
    pub fn read(token: &str, secrets: &Secrets, address: &str) -> Option<Self> {
        let bytes = opened(secrets, "browser", token, address.as_bytes())?;
        let (org, rest) = id(&bytes)?;
        let (member, rest) = id(rest)?;
        let (until, _) = instant(rest)?;
        Some(Self { org: OrganizationId(org), member: MemberId(member), until })
    }
}

/// What a member can do without by one click in a mail.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Unwanted {
    /// One kind of message.
    Kind(Reason),
    /// The digest.
    Digest,
}

/// The way to get no more of something. It works as long as the secret key does.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// The organization.
    pub org: OrganizationId,
    /// Whose wish it is.
    pub member: MemberId,
    /// What they get no more.
    pub from: Unwanted,
}

/// How [`Unwanted::Digest`] stands in a token; no kind is called so.
const DIGEST: &str = "digest";

impl OptOut {
    /// The token for the address.
    #[must_use]
    pub fn token(&self, secrets: &Secrets) -> String {
        let Self { org, member, from } = self;
        let from = match from {
            Unwanted::Kind(reason) => reason.key(),
            Unwanted::Digest => DIGEST,
        };
        let bytes = [org.0.as_bytes().as_slice(), member.0.as_bytes(), from.as_bytes()].concat();
        signed(secrets, "opt-out", bytes, b"")
    }

    /// What a token leads to, if it is one of ours.
    #[must_use]
    pub fn read(token: &str, secrets: &Secrets) -> Option<Self> {
        let bytes = opened(secrets, "opt-out", token, b"")?;
        let (org, rest) = id(&bytes)?;
        let (member, from) = id(rest)?;
        let from = match std::str::from_utf8(from).ok()? {
            DIGEST => Unwanted::Digest,
            kind => Unwanted::Kind(Reason::of_key(kind)?),
        };
        Some(Self { org: OrganizationId(org), member: MemberId(member), from })
    }
}

fn signed(secrets: &Secrets, purpose: &str, mut bytes: Vec<u8>, about: &[u8]) -> String {
    let signature = secrets.sign(&[purpose.as_bytes(), &bytes, about]);
    bytes.extend_from_slice(&signature);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn opened(secrets: &Secrets, purpose: &str, token: &str, about: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let signature = bytes.split_off(bytes.len().checked_sub(SIGNATURE)?);
    secrets.is_signed(&[purpose.as_bytes(), &bytes, about], &signature).then_some(bytes)
}

fn id(bytes: &[u8]) -> Option<(Uuid, &[u8])> {
    let (id, rest) = bytes.split_at_checked(16)?;
    Some((Uuid::from_slice(id).ok()?, rest))
}

fn seconds(instant: Timestamp) -> [u8; 8] {
    instant.as_second().to_be_bytes()
}

fn instant(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (seconds, rest) = bytes.split_first_chunk::<8>()?;
    Some((Timestamp::from_second(i64::from_be_bytes(*seconds)).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(byte: u8) -> Secrets {
        Secrets::new(&[byte; 32])
    }

    fn link() -> DecisionLink {
        DecisionLink {
            org: OrganizationId(Uuid::from_u128(1)),
            campaign: CampaignId(Uuid::from_u128(2)),
            gate: GateKey::EquipmentTest,
            submission: SubmissionId(Uuid::from_u128(3)),
            member: MemberId(Uuid::from_u128(4)),
            until: "2027-03-20T12:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_link_reads_back_and_no_changed_one_does() {
        let token = link().token(&secrets(1));
        assert_eq!(DecisionLink::read(&token, &secrets(1)), Some(link()));
        assert_eq!(DecisionLink::read(&token, &secrets(2)), None);
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for place in 0..bytes.len() {
            bytes[place] ^= 1;
            assert_eq!(DecisionLink::read(&URL_SAFE_NO_PAD.encode(&bytes), &secrets(1)), None, "{place}");
            bytes[place] ^= 1;
        }
        for cut in 0..token.len() {
            assert_eq!(DecisionLink::read(&token[..cut], &secrets(1)), None, "{cut}");
        }
        assert!(token.len() < 160, "{}", token.len());
    }

    #[test]
    fn what_is_signed_for_one_use_is_good_for_no_other() {
        let (org, member) = (link().org, link().member);
        let browser = KnownBrowser { org, member, until: link().until };
        let cookie = browser.token(&secrets(1), "bo@heyan.example");
        assert_eq!(KnownBrowser::read(&cookie, &secrets(1), "bo@heyan.example"), Some(browser));
        assert_eq!(KnownBrowser::read(&cookie, &secrets(1), "eve@heyan.example"), None);
        assert_eq!(DecisionLink::read(&cookie, &secrets(1)), None);
        assert_eq!(OptOut::read(&cookie, &secrets(1)), None);
        assert_eq!(KnownBrowser::read(&link().token(&secrets(1)), &secrets(1), ""), None);
    }

    #[test]
    fn every_kind_and_the_digest_can_be_named() {
        let (org, member) = (link().org, link().member);
        let kinds = Reason::ALL.iter().map(|reason| Unwanted::Kind(*reason));
        for from in kinds.chain([Unwanted::Digest]) {
            let out = OptOut { org, member, from };
            assert_eq!(OptOut::read(&out.token(&secrets(1)), &secrets(1)), Some(out));
        }
    }
}
