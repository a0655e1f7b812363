//! What a person wants of messages: when they are left in peace, what may wait, and what they do not want at all.

use jiff::civil::{Time, time};
use serde_json::Value;

use crate::fault::{At, FaultKind, Faults};
use crate::notice::Reason;
use crate::record;
use crate::record::{Choice, Member};
use crate::scalar::{Set, plain_text};
use crate::shape::{ChoiceShape, Form, Shape};

/// The quiet hours of campaigns, and of somebody who said nothing: half-open (domain page, §g).
pub(crate) const QUIET_FROM: Time = time(22, 0, 0, 0);
pub(crate) const QUIET_UNTIL: Time = time(8, 0, 0, 0);
/// When the digest comes to somebody who said nothing (domain page, §g).
const DIGEST_AT: Time = time(9, 0, 0, 0);

record! {
    /// What a person wants of messages. Critical ones come at any time, whatever is said here.
    pub struct Preferences checked by each_kind_once {
        /// When only critical messages come, in the person's zone; 22:00 to 08:00 where nothing is said. Two equal times
        /// mean never.
        quiet_hours: QuietHours, no, "Quiet hours", "免打扰时段";
        /// When what may wait comes in one message, in the person's zone; 09:00 where nothing is said.
        digest_at: ClockTime, no, "Digest at", "每日摘要时间";
        /// Whether they get a digest at all; `true` where nothing is said. Without one, what is for information only does
        /// not come, and what somebody must act on comes at its own time.
        digest: bool, no, "Digest", "每日摘要";
        /// Kinds that come each alone and at once: not in the digest, not merged with others of their kind.
        at_once: Set<Kind, 30>, no, "At once", "立即发送";
        /// Kinds that may wait for the digest.
        in_digest: Set<Kind, 30>, no, "In the digest", "并入摘要";
        /// Kinds that do not come at all; what somebody must act on cannot be among them.
        off: Set<Dispensable, 30>, no, "Off", "不接收";
    }

    /// From when until when a person is left in peace; over midnight if it ends before it begins.
    pub struct QuietHours {
        /// When it begins; 22:00 where nothing is said.
        from: ClockTime, no, "From", "开始";
        /// When it ends; 08:00 where nothing is said.
        until: ClockTime, no, "Until", "结束";
    }
}

impl Preferences {
    /// From when until when the person is left in peace.
    #[must_use]
    pub fn quiet(&self) -> (Time, Time) {
        let hours = self.quiet_hours.clone().unwrap_or_default();
        let from = hours.from.map_or(QUIET_FROM, |from| from.0);
        (from, hours.until.map_or(QUIET_UNTIL, |until| until.0))
    }

    /// When the digest comes; none if they do not want it.
    #[must_use]
    pub fn digest_time(&self) -> Option<Time> {
        let wanted = self.digest.unwrap_or(true);
        wanted.then(|| self.digest_at.map_or(DIGEST_AT, |at| at.0))
    }

    /// Whether they want each message of the kind alone and at once.
    #[must_use]
    pub fn wants_at_once(&self, reason: Reason) -> bool {
        self.at_once.iter().flatten().any(|other| other.0 == reason)
    }

    /// Whether messages of the kind may wait for the digest.
    #[must_use]
    pub fn lets_wait(&self, reason: Reason) -> bool {
        self.in_digest.iter().flatten().any(|other| other.0 == reason)
    }

    /// The same, without messages of the kind from now on.
    #[must_use]
    pub fn without(self, kind: Dispensable) -> Self {
        let listed = Kind(kind.0);
        Self {
            at_once: self.at_once.map(|kinds| kinds.without(&listed)),
            in_digest: self.in_digest.map(|kinds| kinds.without(&listed)),
            off: Some(self.off.unwrap_or_default().with(kind)),
            ..self
        }
    }

    /// The same, with messages of the kind as usual from now on.
    #[must_use]
    pub fn with(self, kind: Dispensable) -> Self {
        Self { off: self.off.map(|kinds| kinds.without(&kind)), ..self }
    }

    /// Whether they want no messages of the kind.
    #[must_use]
    pub fn is_off(&self, reason: Reason) -> bool {
        self.off.iter().flatten().any(|other| other.0 == reason)
    }
}

/// A kind stands in one of the lists only.
fn each_kind_once(preferences: &Preferences, at: &At<'_>, faults: &mut Faults) {
    let of = |kinds: &Option<Set<Kind, 30>>| kinds.iter().flatten().map(|kind| kind.0).collect::<Vec<_>>();
    let lists = [("in_digest", of(&preferences.in_digest)), ("at_once", of(&preferences.at_once))];
    let off = preferences.off.iter().flatten().map(|kind| kind.0);
    let mut seen: Vec<(Reason, String)> = Vec::new();
    for (name, kinds) in lists.into_iter().chain([("off", off.collect())]) {
        for (index, kind) in kinds.into_iter().enumerate() {
            let here = at.member(name).index(index).to_string();
            match seen.iter().find(|(other, _)| *other == kind) {
                Some((_, first)) => {
                    faults.add(&At::root(&here), FaultKind::Duplicate { first: first.clone() })
                }
                None => seen.push((kind, here)),
            }
        }
    }
}

/// A kind of message: why it is sent.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Kind(pub Reason);

impl Member for Kind {
    fn shape() -> Shape {
        Shape::Choice(ChoiceShape { name: "NoticeKind", ..<Reason as Choice>::CHOICE })
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        Reason::read(value, at, faults).map(Self)
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

/// A kind of message that a person may do without: nobody waits for them to act on it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Dispensable(pub Reason);

impl Dispensable {
    /// The kinds that may be switched off.
    pub const ALL: &'static [Reason] = &[
        Reason::GateDue,
        Reason::GateDecided,
        Reason::GateExpiring,
        Reason::FacetChanged,
        Reason::Touchpoint,
        Reason::Countdown,
        Reason::CampaignReady,
        Reason::CampaignNotReady,
        Reason::Reminder,
    ];

    /// The kind, if it may be switched off.
    #[must_use]
    pub fn of(reason: Reason) -> Option<Self> {
        Self::ALL.contains(&reason).then_some(Self(reason))
    }
}

impl Member for Dispensable {
    fn shape() -> Shape {
        Shape::Choice(ChoiceShape {
            name: "DispensableKind",
            doc: "A kind of message that a person may do without.",
            keys: &[
                "gate_due",
                "gate_decided",
                "gate_expiring",
                "facet_changed",
                "touchpoint",
                "countdown",
                "campaign_ready",
                "campaign_not_ready",
                "reminder",
            ],
            meanings: &[
                "a gate is due",
                "a gate was decided",
                "evidence of a passed gate is about to be too old",
                "something an approval rests on changed",
                "a warm-up asset is to be published",
                "the show comes nearer",
                "all gates have passed",
                "not all gates have passed any more",
                "somebody set a reminder",
            ],
        })
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = plain_text(value, at, faults)?;
        let reason = Self::ALL.iter().find(|reason| reason.key() == text);
        if reason.is_none() {
            let allowed = Self::ALL.iter().map(|reason| reason.key().to_owned()).collect();
            faults.add(at, FaultKind::UnknownChoice { found: text.chars().take(80).collect(), allowed });
        }
        reason.copied().map(Self)
    }

    fn write(&self) -> Value {
        Value::from(self.0.key())
    }
}

/// A time of day, in whole minutes.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct ClockTime(pub Time);

impl Member for ClockTime {
    fn shape() -> Shape {
        Shape::Text { max: 5, form: Form::Clock }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = plain_text(value, at, faults)?;
        let is_shaped = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
        let read = text.parse().ok().filter(|_| is_shaped);
        if read.is_none() {
            faults.add(at, FaultKind::bad_format("22:00", text));
        }
        read.map(Self)
    }

    fn write(&self) -> Value {
        Value::from(self.0.strftime("%H:%M").to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Result<Preferences, Vec<crate::fault::Fault>> {
        record::read(value, "")
    }

    #[test]
    fn what_nobody_said_is_as_the_domain_page_has_it() {
        let silent = Preferences::default();
        assert_eq!(silent.quiet(), (time(22, 0, 0, 0), time(8, 0, 0, 0)));
        assert_eq!(silent.digest_time(), Some(time(9, 0, 0, 0)));
        assert!(!silent.wants_at_once(Reason::FacetChanged) && !silent.is_off(Reason::FacetChanged));
        let half = read(&json!({ "quiet_hours": { "until": "07:30" } })).unwrap();
        assert_eq!(half.quiet(), (time(22, 0, 0, 0), time(7, 30, 0, 0)));
    }

    #[test]
    fn what_was_said_is_written_as_it_was_read() {
        let said = json!({
            "quiet_hours": { "from": "23:00", "until": "06:45" }, "digest_at": "10:05", "digest": false,
            "at_once": ["facet_changed"], "in_digest": ["gate_decided"], "off": ["countdown"]
        });
        let read = read(&said).unwrap();
        assert_eq!(read.write(), said);
        assert_eq!(read.digest_time(), None);
        assert!(read.wants_at_once(Reason::FacetChanged) && read.lets_wait(Reason::GateDecided));
        assert!(read.is_off(Reason::Countdown) && !read.is_off(Reason::GateDue));
    }

    #[test]
    fn times_that_are_none_and_kinds_that_must_come_are_refused() {
        for wrong in ["24:00", "8:00", "08:00:30", "08-00", "ab:cd", "", "08:60", "+8:00"] {
            let faults = read(&json!({ "digest_at": wrong })).unwrap_err();
            assert_eq!(
                (faults[0].pointer.as_str(), faults[0].kind.code()),
                ("/digest_at", "text.bad_format"),
                "{wrong}"
            );
        }
        for must_come in ["approval_wanted", "gate_overdue", "go_live_decision", "recheck_wanted"] {
            let faults = read(&json!({ "off": [must_come] })).unwrap_err();
            assert_eq!(faults[0].pointer, "/off/0");
            assert!(
                matches!(&faults[0].kind, FaultKind::UnknownChoice { allowed, .. } if allowed.len() == 9)
            );
        }
    }

    #[test]
    fn a_kind_stands_in_one_list_only() {
        let faults =
            read(&json!({ "in_digest": ["gate_due", "countdown"], "off": ["countdown"] })).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].pointer, "/off/0");
        assert_eq!(faults[0].kind, FaultKind::Duplicate { first: "/in_digest/1".to_owned() });
    }

    #[test]
    fn the_published_list_of_kinds_to_do_without_is_the_one_that_is_read() {
        let Shape::Choice(shape) = Dispensable::shape() else { panic!("a choice") };
        let of = |text: fn(&Reason) -> &'static str| Dispensable::ALL.iter().map(text).collect::<Vec<_>>();
        assert_eq!(of(|reason| reason.key()), shape.keys);
        assert_eq!(of(|reason| reason.label().to(crate::Locale::En)), shape.meanings);
    }
}
