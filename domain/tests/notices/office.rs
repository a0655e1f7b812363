//! Messages about an organization itself: keys about to expire, and its reminders.

use std::fmt::Write as _;

use domain::actor::Who;
use domain::delegation::Delegation;
use domain::fault::FaultKind;
use domain::ids::{ApiKeyId, DelegationId, MemberId, OrganizationId, ReminderId};
use domain::notice::{About, Class, Departure, Planned, Reason, Subject, departure, obsolete, outlook};
use domain::notice::{Outlook, recipients, replan, undelivered};
use domain::office::{ExpiringKey, Office};
use domain::reminder::{Frame, NewReminder, Reminder};
use domain::surroundings::Directory;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use domain::notice::{Existing, Ledger, Replanned};

use crate::stage::id;
use crate::{EARLY, standard};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn stage_directory() -> Directory {
    standard(EARLY).directory
}

/// An organization in Shanghai at a moment.
struct House {
    directory: Directory,
    time_zone: TimeZone,
    keys: Vec<ExpiringKey>,
    reminders: Vec<Reminder>,
    now: Timestamp,
}

impl House {
    fn new(now: &str) -> Self {
        let time_zone = TimeZone::get("Asia/Shanghai").unwrap();
        Self {
            directory: stage_directory(),
            time_zone,
            keys: Vec::new(),
            reminders: Vec::new(),
            now: at(now),
        }
    }

    fn about(&self) -> About<'_> {
        About::Organization(Office {
            id: OrganizationId(Uuid::from_u128(1)),
            now: self.now,
            directory: &self.directory,
            time_zone: &self.time_zone,
            keys: &self.keys,
            reminders: &self.reminders,
        })
    }

    fn key(&mut self, number: u128, member: Option<MemberId>, expires_at: &str) {
        self.keys.push(ExpiringKey {
            id: ApiKeyId(Uuid::from_u128(number)),
            name: "CRM".to_owned(),
            prefix: "gr_x7Kp2".to_owned(),
            member,
            made_by: Some(id("manager")),
            expires_at: at(expires_at),
        });
    }

    fn made(&self, wish: &Value) -> Result<Reminder, (String, FaultKind)> {
        let new: NewReminder = domain::record::read(wish, "").unwrap();
        let frame = Frame::of_organization(&self.time_zone);
        let made = Reminder::of(&new, &frame, ReminderId(Uuid::from_u128(7)), Who::System, self.now);
        made.map_err(|mut faults| {
            let first = faults.remove(0);
            (first.pointer, first.kind)
        })
    }

    fn told(&self, notice: &Planned) -> Vec<MemberId> {
        recipients(&self.about(), notice).into_iter().map(|one| one.member).collect()
    }

    fn planned(&self) -> String {
        self.about().wanted().iter().fold(String::new(), |mut page, notice| {
            let shown =
                |instant: Timestamp| self.time_zone.to_datetime(instant).strftime("%m-%d %H:%M").to_string();
            let (from, until) = (shown(notice.planned_at), shown(notice.not_after));
            writeln!(page, "{} {from} {until} {}", notice.occurrence, notice.class).unwrap();
            page
        })
    }
}

#[test]
fn a_key_is_told_of_14_3_and_1_days_before_it_stops_to_work() {
    let mut house = House::new("2027-03-01T09:00:00+08:00");
    house.key(1, Some(id("operator")), "2027-03-20T20:00:00+08:00");
    assert_eq!(
        house.planned(),
        "d14 03-06 10:00 03-17 10:00 action\nd3 03-17 10:00 03-19 10:00 action\nd1 03-19 10:00 03-20 20:00 action\n"
    );
    let first = &house.about().wanted()[0];
    assert_eq!(first.subject, Subject::Key(ApiKeyId(Uuid::from_u128(1))));
    let own = format!("{}:key_expiring:api_key:{}", Uuid::from_u128(1), Uuid::from_u128(1));
    assert_eq!(house.about().key(first), format!("{own}:d14:2027-03-20T12:00:00Z"));
    assert_eq!(Subject::of_key(&first.subject.to_string()), Some(first.subject.clone()));
    // Only what is still ahead is planned, and a key that was taken back is told of no more.
    house.now = at("2027-03-18T09:00:00+08:00");
    let replanned = replan(&house.about(), house.about().wanted(), &[]);
    let ahead: Vec<&str> = replanned.add.iter().map(|notice| notice.occurrence.as_str()).collect();
    assert_eq!(ahead, ["d1"]);
    let existing: Vec<Existing> = replanned
        .add
        .iter()
        .map(|planned| Existing {
            key: house.about().key(planned),
            reason: planned.reason,
            status: Ledger::Planned,
            outcome: None,
            planned: planned.clone(),
        })
        .collect();
    assert_eq!(replan(&house.about(), house.about().wanted(), &existing), Replanned::default());
    house.keys.clear();
    let replanned = replan(&house.about(), house.about().wanted(), &existing);
    assert_eq!(replanned.drop, [(existing[0].key.clone(), "key_revoked".to_owned())]);
    assert_eq!(obsolete(&house.about(), &existing[0].planned).as_deref(), Some("key_revoked"));
}

#[test]
fn whom_a_key_acts_as_hears_of_it_and_admins_do() {
    let mut house = House::new("2027-03-01T09:00:00+08:00");
    house.key(1, Some(id("operator")), "2027-03-20T20:00:00+08:00");
    house.key(2, None, "2027-03-20T20:00:00+08:00");
    let wanted = house.about().wanted();
    assert_eq!(house.told(&wanted[0]), [id("operator"), id("admin")]);
    assert_eq!(
        house.told(&wanted[3]),
        [id("manager"), id("admin")],
        "of a service's key whoever made it hears"
    );
    // What did not reach the admin is told the admins who can be reached: nobody here.
    let lost = undelivered(&wanted[0], Uuid::from_u128(9), Some(id("admin")), house.now).unwrap();
    assert_eq!(house.told(&lost), []);
    let lost = undelivered(&wanted[0], Uuid::from_u128(9), Some(id("operator")), house.now).unwrap();
    assert_eq!(house.told(&lost), [id("admin")]);
    // Whoever stands in for somebody who is away gets it in their place.
    let away = Delegation {
        id: DelegationId(Uuid::from_u128(1)),
        member: id("operator"),
        delegate: id("manager"),
        starts_at: house.now,
        ends_at: at("2027-03-10T00:00:00+08:00"),
    };
    house.directory = stage_directory().with_delegations(vec![away]);
    assert_eq!(house.told(&wanted[0]), [id("manager"), id("admin")]);
    let of = |house: &House, member| outlook(&house.about(), &wanted[0], id(member));
    let leaves = |outlook: Option<Outlook>| match outlook {
        Some(Outlook::Leaves(Departure { at, .. })) => at,
        other => panic!("{other:?}"),
    };
    assert_eq!(leaves(of(&house, "manager")), at("2027-03-06T10:00:00+08:00"));
    assert_eq!(of(&house, "viewer"), None);
}

#[test]
fn a_reminder_of_the_organization_comes_until_its_end_or_for_ever() {
    let mut house = House::new("2027-03-01T09:00:00+08:00");
    let wish = json!({ "cron": "0 21 * * 1", "text": "Count the stock", "audience": ["everybody"] });
    let reminder = house.made(&wish).unwrap();
    assert_eq!((reminder.time_zone.as_str(), reminder.ends_at), ("Asia/Shanghai", None));
    let frame = Frame::of_organization(&house.time_zone);
    assert_eq!(reminder.last_instant(&frame), None);
    house.reminders.push(reminder);
    let days = |house: &House| {
        let wanted = house.about().wanted();
        assert!(
            wanted.iter().all(|notice| notice.reason == Reason::Reminder && notice.class == Class::Action)
        );
        wanted.iter().map(|notice| notice.planned_at.to_string()[5..10].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(days(&house), ["03-01", "03-08", "03-15"]);
    let first = house.about().wanted().remove(0);
    assert_eq!(
        (first.subject.clone(), house.told(&first).len()),
        (Subject::Organization, house.directory.active().count())
    );
    house.now = at("2028-03-06T21:00:00+08:00");
    assert_eq!(days(&house), ["03-06", "03-13", "03-20", "03-27"], "it has no end");
    // Quiet hours are those of whoever reads it.
    let reader = house.directory.member(id("manager")).unwrap();
    let late = Planned { planned_at: at("2028-03-06T23:00:00+08:00"), ..house.about().wanted().remove(0) };
    let about = house.about().at(late.planned_at);
    assert_eq!(departure(&about, &late, reader).unwrap().at, at("2028-03-07T08:00:00+08:00"));
    house.reminders.clear();
    assert_eq!(obsolete(&house.about(), &first).as_deref(), Some("reminder_removed"));
    let without = json!({ "cron": "0 21 * * 1", "text": "Stock" });
    assert_eq!(house.made(&without).unwrap().audience, [domain::reminder::Reminded::Managers]);
}

#[test]
fn an_organization_has_no_owner_and_no_roster() {
    let house = House::new("2027-03-01T09:00:00+08:00");
    for (audience, pointer) in
        [(json!(["roster"]), "/audience/0"), (json!(["admins", "campaign_owner"]), "/audience/1")]
    {
        let wish = json!({ "cron": "0 21 * * 1", "text": "Stock", "audience": audience });
        let (found, kind) = house.made(&wish).unwrap_err();
        assert_eq!(found, pointer);
        let FaultKind::UnknownChoice { allowed, .. } = kind else { panic!("{kind:?}") };
        assert_eq!(allowed, ["managers", "admins", "everybody"]);
    }
    let past = json!({ "cron": "0 21 * * 1", "text": "Stock", "ends_at": "2027-02-01T00:00:00Z" });
    assert_eq!(house.made(&past).unwrap_err().0, "/ends_at");
    let never = json!({ "cron": "0 21 * * 1", "text": "Stock", "ends_at": "2027-03-01T12:00:00Z" });
    assert_eq!(house.made(&never).unwrap_err().1.code(), "cron.never");
}
