//! People and their keys: who belongs to an organization, and with which keys they come.
//! Campaigns are not changed here.

mod confirmation;
mod delegation;
mod key;
mod wish;

use std::str::FromStr as _;

use domain::Locale;
use domain::actor::Role;
use domain::fault::{At, Fault, FaultKind, Faults};
use domain::ids::{MemberId, OrganizationId};
use domain::preferences::Preferences;
use domain::profile::ZoneName;
use domain::record;
use domain::record::Member as Readable;
use domain::refusal::Refusal;
use domain::scalar::{Set, Text, plain_text};
use domain::shape::{Form, MapShape, Shape};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::failure::{Conflict, Failure};
use crate::store::members::Member;
use crate::store::organizations::Defaults;
use crate::store::{Tx, members, organizations};
pub use confirmation::{AskedForCode, TypedCode, ask_for_code, code_of, is_waited_for, try_code};
pub use delegation::{NewDelegation, delegate, end_delegation};
pub use key::{MemberRef, NewApiKey, keep_given_key, make_key, read_id};
pub use wish::{gets, wish};

/// An e-mail address, compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Readable for Email {
    fn shape() -> Shape {
        Shape::Text { max: 254, form: Form::Email }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = plain_text(value, at, faults)?.trim();
        let fits = text.chars().count() <= 254 && lettre::Address::from_str(text).is_ok();
        if !fits {
            faults.add(at, FaultKind::bad_format("name@example.com", text));
        }
        fits.then(|| Self(text.to_lowercase()))
    }

    fn write(&self) -> Value {
        Value::from(self.0.as_str())
    }
}

/// Names of a person elsewhere, by service, such as `{"dingtalk": "manager01"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handles(Map<String, Value>);

impl Readable for Handles {
    fn shape() -> Shape {
        Shape::Map(MapShape { max: 10, max_name: 40, max_text: 120, any_scalar: false })
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.add(at, FaultKind::WrongType { needed: "an object", found: record::type_name(value) });
            return None;
        };
        if map.len() > 10 {
            faults.add(at, FaultKind::TooMany { max: 10, found: map.len() });
        }
        let mut handles = Map::new();
        for (service, handle) in map {
            let here = at.member(service);
            Text::<40>::read(&Value::from(service.as_str()), &here, faults);
            let handle = Text::<120>::read(handle, &here, faults);
            handles.extend(handle.map(|handle| (service.clone(), handle.write())));
        }
        Some(Self(handles))
    }

    fn write(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

record! {
    /// A person to be added.
    pub struct NewMember {
        /// What people call them.
        name: Text<120>, yes, "Name", "姓名";
        /// Where mail reaches them; may be left out where a mobile number is given.
        email: Email, no, "E-mail", "邮箱";
        /// What they may do.
        role: Role, yes, "Role", "角色";
        /// Free tags that approval policies ask for, such as `compliance` or `finance`.
        duties: Set<Text<40>, 20>, no, "Duties", "职责";
        /// Their telephone.
        mobile: Text<40>, no, "Mobile", "手机";
        /// Their names elsewhere, by service.
        handles: Handles, no, "Handles", "其他账号";
        /// The language they read.
        locale: Locale, no, "Language", "语言";
        /// The zone they live in; the organization's where nothing is said. `UTC` means that of each campaign.
        time_zone: ZoneName, no, "Time zone", "时区";
        /// What they want of messages; the usual where nothing is said.
        preferences: Preferences, no, "Messages", "消息偏好";
    }

    /// Changes of a person, a merge patch: what is left out stays, `null` removes what a person may be without.
    pub struct MemberChange {
        /// What people call them.
        name: Text<120>, kept, "Name", "姓名";
        /// Where mail reaches them.
        email: Email, no, "E-mail", "邮箱";
        /// What they may do.
        role: Role, kept, "Role", "角色";
        /// Free tags that approval policies ask for; replaces all.
        duties: Set<Text<40>, 20>, no, "Duties", "职责";
        /// Their telephone.
        mobile: Text<40>, no, "Mobile", "手机";
        /// Their names elsewhere, by service; those left out stay.
        handles: Handles, no, "Handles", "其他账号";
        /// The language they read.
        locale: Locale, no, "Language", "语言";
        /// The zone they live in.
        time_zone: ZoneName, no, "Time zone", "时区";
        /// What they want of messages; members left out stay, `null` means the usual.
        preferences: Preferences, no, "Messages", "消息偏好";
        /// Whether they are still here; somebody who is gone keeps their history and loses their keys' power.
        active: bool, kept, "Active", "在职";
    }

    /// Changes a person makes of themself, a merge patch.
    pub struct OwnChange {
        /// Their telephone.
        mobile: Text<40>, no, "Mobile", "手机";
        /// Their names elsewhere, by service; those left out stay.
        handles: Handles, no, "Handles", "其他账号";
        /// The language they read.
        locale: Locale, no, "Language", "语言";
        /// The zone they live in. `UTC` means that of each campaign.
        time_zone: ZoneName, no, "Time zone", "时区";
        /// What they want of messages; members left out stay, `null` means the usual.
        preferences: Preferences, no, "Messages", "消息偏好";
    }
}

/// Adds a person.
///
/// # Errors
/// Faults of the input, or that the address is taken.
pub async fn add_member(
    tx: &Tx,
    org: OrganizationId,
    new: &NewMember,
    now: Timestamp,
) -> Result<Member, Failure> {
    if new.email.is_none() && new.mobile.is_none() {
        return Err(fault("/email", FaultKind::Required));
    }
    let defaults =
        organizations::find(tx, org).await?.map(|organization| organization.defaults).unwrap_or_default();
    let member = Member {
        id: MemberId(Uuid::now_v7()),
        name: new.name.clone().map(Into::into).unwrap_or_default(),
        email: new.email.clone().map(|email| email.0),
        role: new.role.unwrap_or(Role::Viewer),
        duties: new.duties.iter().flatten().map(|duty| duty.as_str().to_owned()).collect(),
        mobile: new.mobile.clone().map(Into::into),
        handles: new.handles.clone().unwrap_or_default().0,
        locale: new.locale.or(defaults.locale).unwrap_or_default(),
        time_zone: new.time_zone.clone().or(defaults.time_zone).map_or(TimeZone::UTC, |zone| zone.0),
        active: true,
        created_at: now,
        updated_at: now,
        preferences: new.preferences.clone().unwrap_or_default(),
    };
    members::insert(tx, org, &member).await?;
    Ok(member)
}

/// Changes a person by a merge patch. The last active admin stays one.
///
/// # Errors
/// Faults of the patch, unknown member, taken address, or nobody left to administer.
pub async fn change_member(
    tx: &Tx,
    org: OrganizationId,
    id: MemberId,
    patch: &Map<String, Value>,
    now: Timestamp,
) -> Result<Member, Failure> {
    let defaults =
        organizations::hold(tx, org).await?.map(|organization| organization.defaults).unwrap_or_default();
    let before = members::find(tx, org, id).await?.ok_or(Failure::NotFound { what: "member" })?;
    let member = patched(before, patch, defaults, now).map_err(|faults| Refusal::Invalid { faults })?;
    let directory = members::everybody(tx, org).await?;
    let stays = member.active && member.role == Role::Admin;
    let another = directory.active().any(|other| other.role == Role::Admin && other.id != id);
    if !stays && !another {
        return Err(Conflict::LastAdmin.into());
    }
    members::update(tx, org, &member).await?;
    Ok(member)
}

/// Whether a patch changes only what is a person's own.
///
/// # Errors
/// Faults of the patch.
pub fn check_own(patch: &Map<String, Value>) -> Result<(), Failure> {
    let read = record::read::<OwnChange>(&Value::Object(patch.clone()), "");
    Ok(read.map(drop).map_err(|faults| Refusal::Invalid { faults })?)
}

/// The person after the patch.
fn patched(
    before: Member,
    patch: &Map<String, Value>,
    defaults: Defaults,
    now: Timestamp,
) -> Result<Member, Vec<Fault>> {
    let mut patch = patch.clone();
    for (name, before) in
        [("handles", Value::Object(before.handles.clone())), ("preferences", before.preferences.write())]
    {
        if let Some(change) = patch.get_mut(name).filter(|change| change.is_object()) {
            let mut merged = before;
            json_patch::merge(&mut merged, change);
            *change = merged;
        }
    }
    let cleared = |name: &str| patch.get(name).is_some_and(Value::is_null);
    let change: MemberChange = record::read(&Value::Object(patch.clone()), "")?;
    let mut missing: Vec<&str> =
        ["name", "role", "active"].into_iter().filter(|name| cleared(name)).collect();
    let kept = |name: &str, before: Option<String>| before.filter(|_| !cleared(name));
    let email = change.email.map(|email| email.0).or_else(|| kept("email", before.email));
    let mobile = change.mobile.map(Into::into).or_else(|| kept("mobile", before.mobile));
    if email.is_none() && mobile.is_none() {
        missing.push("email");
    }
    if !missing.is_empty() {
        let fault = |name| Fault { pointer: format!("/{name}"), kind: FaultKind::Required };
        return Err(missing.into_iter().map(fault).collect());
    }
    let duties = |duties: Set<Text<40>, 20>| duties.iter().map(|duty| duty.as_str().to_owned()).collect();
    let duties_before = if cleared("duties") { Vec::new() } else { before.duties };
    let handles_before = if cleared("handles") { Map::new() } else { before.handles };
    let preferences_before = if cleared("preferences") { Preferences::default() } else { before.preferences };
    let locale_before = if cleared("locale") { defaults.locale.unwrap_or_default() } else { before.locale };
    let zone_before = if cleared("time_zone") {
        defaults.time_zone.map_or(TimeZone::UTC, |zone| zone.0)
    } else {
        before.time_zone
    };
    Ok(Member {
        id: before.id,
        name: change.name.map_or(before.name, Into::into),
        email,
        role: change.role.unwrap_or(before.role),
        duties: change.duties.map_or(duties_before, duties),
        mobile,
        handles: change.handles.map_or(handles_before, |handles| handles.0),
        locale: change.locale.unwrap_or(locale_before),
        time_zone: change.time_zone.map_or(zone_before, |zone| zone.0),
        active: change.active.unwrap_or(before.active),
        created_at: before.created_at,
        updated_at: now,
        preferences: change.preferences.unwrap_or(preferences_before),
    })
}

fn fault(pointer: &str, kind: FaultKind) -> Failure {
    Refusal::Invalid { faults: vec![Fault { pointer: pointer.to_owned(), kind }] }.into()
}

#[cfg(test)]
mod tests;
