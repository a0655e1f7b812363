//! An organization of which mails tell, and what they tell of it.

use domain::ids::{ApiKeyId, OrganizationId};
use domain::notice::Subject;
use domain::office::{ExpiringKey, Office};

use super::snapshot::about;
use super::*;

/// The organization with a key of the owner, one of a service, and a reminder that the manager set.
pub(super) fn written<A>(notice: &Planned, reader: u128, now: &str, look: impl Fn(&Occasion<'_>) -> A) -> A {
    let (directory, time_zone) = (directory(), TimeZone::get("Asia/Shanghai").unwrap());
    let key = |number: u128, name: &str, member: Option<u128>| ExpiringKey {
        id: ApiKeyId(Uuid::from_u128(number)),
        name: name.to_owned(),
        prefix: "gr_x7Kp2".to_owned(),
        member: member.map(|id| MemberId(Uuid::from_u128(id))),
        made_by: Some(MemberId(Uuid::from_u128(MANAGER))),
        expires_at: at("2027-03-22T12:00:00Z"),
    };
    let reminders = snapshot::reminded().reminders;
    let keys = [key(1, "笔记本", Some(OWNER)), key(2, "订单系统", None)];
    let office = Office {
        id: OrganizationId(Uuid::from_u128(8)),
        now: at(now),
        directory: &directory,
        time_zone: &time_zone,
        keys: &keys,
        reminders: &reminders,
    };
    let reader = directory.member(MemberId(Uuid::from_u128(reader))).unwrap();
    let enclosed = Enclosed { lost: snapshot::lost(notice), ..Enclosed::default() };
    let about = About::Organization(office);
    look(&Occasion { about, name: "禾研", notice, reader, sandbox: false, enclosed: &enclosed })
}

/// What each mail is about, with the moment at which it is written.
pub(super) fn occasions() -> Vec<(Planned, &'static str)> {
    let key = |number| Subject::Key(ApiKeyId(Uuid::from_u128(number)));
    let office = |reason, occurrence: &str| about(Subject::Organization, reason, occurrence);
    vec![
        (about(key(1), Reason::KeyExpiring, "d14"), "2027-03-08T02:00:00Z"),
        (about(key(2), Reason::KeyExpiring, "d1"), "2027-03-21T02:00:00Z"),
        (office(Reason::Reminder, "2027-03-08T07:00:00Z"), "2027-03-08T07:00:00Z"),
        (office(Reason::DeliveryFailed, "refused"), "2027-03-08T07:15:00Z"),
    ]
}
