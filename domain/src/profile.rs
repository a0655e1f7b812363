//! The campaign's own fields as they are sent and shown, and the step from there to a checked [`Profile`].

use iso_currency::Currency;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::campaign::Profile;
use crate::fault::{At, Fault, FaultKind, Faults};
use crate::gate::Platform;
use crate::record;
use crate::record::{Member, Record};
use crate::scalar::{Int, Person, Set, Text, plain_text};
use crate::shape::{Form, Shape};

record! {
    /// The fields of a campaign itself. What the organization has a default for may be left out at creation.
    pub struct CampaignFields {
        /// What people call the campaign.
        name: Text<80>, yes, "Name", "活动名称";
        /// T: the instant the show goes live.
        go_live_at: Timestamp, yes, "Go-live", "开播时间";
        /// IANA name of the zone in which every wall-clock offset counts.
        time_zone: ZoneName, yes, "Time zone", "时区";
        /// Planned length of the show in minutes.
        planned_minutes: Int<1, 1440>, yes, "Planned minutes", "计划时长(分)";
        /// Platforms the show is streamed on; at least one.
        platforms: Set<Platform, 8>, yes, "Platforms", "平台";
        /// ISO 4217 code of all money in the campaign.
        currency: CurrencyCode, yes, "Currency", "币种";
        /// Platform account the show runs on.
        account_ref: Text<120>, yes, "Account", "账号";
        /// Studio or room.
        room_ref: Text<120>, yes, "Room", "直播间";
        /// E-mail (or id) of the active member who gets what has no other addressee.
        owner: Person, yes, "Owner", "负责人";
        /// The campaign's key in the CRM.
        external_ref: Text<120>, no, "External reference", "外部编号";
        /// Pinned playbook, `key@version`; a bare key means its newest version.
        playbook: Text<60>, yes, "Playbook", "方案";
    }
}

impl CampaignFields {
    /// The fields of a checked profile.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let value = serde_json::json!({
            "name": profile.name, "go_live_at": profile.go_live_at.to_string(),
            "time_zone": profile.zone_name(), "planned_minutes": profile.planned_minutes,
            "platforms": profile.platforms.iter().map(|platform| platform.key()).collect::<Vec<_>>(),
            "currency": profile.currency, "account_ref": profile.account_ref, "room_ref": profile.room_ref,
            "owner": profile.owner, "external_ref": profile.external_ref, "playbook": profile.playbook,
        });
        // A profile came through these very checks, so nothing can be at fault.
        record::read(&value, "").unwrap_or_default()
    }

    /// The checked profile.
    ///
    /// # Errors
    /// `field.required` for every field that is missing and has to be there.
    pub fn profile(self, prefix: &str) -> Result<Profile, Vec<Fault>> {
        let mut faults = Faults::default();
        let written = self.write();
        let root = At::root(prefix);
        for field in Self::fields().iter().filter(|field| field.required) {
            let value = written.get(field.name);
            if value.is_none() {
                faults.add(&root.member(field.name), FaultKind::Required);
            } else if value.and_then(Value::as_array).is_some_and(Vec::is_empty) {
                faults.add(&root.member(field.name), FaultKind::TooFew { min: 1 });
            }
        }
        self.complete().filter(|_| faults.is_empty()).ok_or_else(|| faults.to_report())
    }

    fn complete(self) -> Option<Profile> {
        Some(Profile {
            name: self.name?.into(),
            go_live_at: self.go_live_at?,
            time_zone: self.time_zone?.0,
            planned_minutes: self.planned_minutes?.get(),
            platforms: self.platforms?.to_vec(),
            currency: self.currency?.0.code().to_owned(),
            account_ref: self.account_ref?.into(),
            room_ref: self.room_ref?.into(),
            owner: self.owner?.into(),
            external_ref: self.external_ref.map(Into::into),
            playbook: self.playbook?.into(),
        })
    }
}

/// The IANA name of a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneName(pub TimeZone);

impl Member for ZoneName {
    fn shape() -> Shape {
        Shape::Text { max: 60, form: Form::Zone }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let zone =
            TimeZone::get(plain_text(value, at, faults)?).ok().filter(|zone| zone.iana_name().is_some());
        if zone.is_none() {
            faults.add(at, FaultKind::NotFound { what: "time zone" });
        }
        zone.map(Self)
    }

    fn write(&self) -> Value {
        Value::from(self.0.iana_name().unwrap_or("UTC"))
    }
}

/// An ISO 4217 currency.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct CurrencyCode(pub Currency);

impl Member for CurrencyCode {
    fn shape() -> Shape {
        Shape::Text { max: 3, form: Form::Currency }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let currency = Currency::from_code(plain_text(value, at, faults)?);
        if currency.is_none() {
            faults.add(at, FaultKind::NotFound { what: "currency" });
        }
        currency.map(Self)
    }

    fn write(&self) -> Value {
        Value::from(self.0.code())
    }
}
