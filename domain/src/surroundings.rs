//! Everything outside a campaign that its rules may look at: the time, the people, the other campaigns, the
//! terms of the wording check, and the days people work.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::actor::Role;
use crate::calendar::Calendar;
use crate::delegation::Delegation;
use crate::ids::MemberId;
use crate::locale::Locale;
use crate::preferences::Preferences;
use crate::record;
use crate::scalar::{Int, List, Money, Person, Text};
use crate::wording::Lexicon;

/// What surrounds a campaign at one moment.
#[derive(Copy, Clone, Debug)]
pub struct Surroundings<'s> {
    /// The moment, in whole microseconds.
    pub now: Timestamp,
    /// The organization's people.
    pub directory: &'s Directory,
    /// The organization's other campaigns.
    pub others: &'s [Extract],
    /// The terms of the wording check: the organization's own lexicon, or [`Lexicon::built_in`].
    pub lexicon: &'s Lexicon,
    /// The days the organization works.
    pub calendar: &'s Calendar,
}

/// The members of one organization, and who of them stands in for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    members: Vec<DirectoryMember>,
    delegations: Vec<Delegation>,
}

/// A person as the rules see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryMember {
    /// Their id.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their e-mail in lower case, if mail can reach them.
    pub email: Option<String>,
    /// Their role.
    pub role: Role,
    /// Free tags such as `compliance` or `finance`.
    pub duties: Vec<String>,
    /// Whether they are still here.
    pub active: bool,
    /// The language they read.
    pub locale: Locale,
    /// The zone they live in; none where nobody has said.
    pub time_zone: Option<TimeZone>,
    /// What they want of messages.
    pub preferences: Preferences,
}

impl Directory {
    /// A directory of these members; their order is kept.
    #[must_use]
    pub const fn new(members: Vec<DirectoryMember>) -> Self {
        Self { members, delegations: Vec::new() }
    }

    /// The same members with these delegations, which may also be over or still ahead.
    #[must_use]
    pub fn with_delegations(self, delegations: Vec<Delegation>) -> Self {
        Self { delegations, ..self }
    }

    /// Every delegation, whether in force or not.
    #[must_use]
    pub fn delegations(&self) -> &[Delegation] {
        &self.delegations
    }

    /// Every active member.
    pub fn active(&self) -> impl Iterator<Item = &DirectoryMember> {
        self.members.iter().filter(|member| member.active)
    }

    /// The member with this id, active or not.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&DirectoryMember> {
        self.members.iter().find(|member| member.id == id)
    }

    /// The active member a `person` text names: by id or by e-mail, in any case.
    #[must_use]
    pub fn person(&self, person: &str) -> Option<&DirectoryMember> {
        let wanted = person.to_lowercase();
        self.active()
            .find(|member| member.email.as_deref() == Some(&wanted) || member.id.to_string() == wanted)
    }

    /// The active member whom people call this: as [`Self::person`], or by a name that no other active member has.
    #[must_use]
    pub fn called(&self, person: &str) -> Option<&DirectoryMember> {
        let mut namesakes = self.active().filter(|member| member.name == person);
        let only = namesakes.next().filter(|_| namesakes.next().is_none());
        self.person(person).or(only)
    }
}

crate::choices! {
    /// Where a campaign is in its life.
    pub enum CampaignStatus {
        Preparing = "preparing", "preparing", "筹备中";
        Ready = "ready", "ready", "已就绪";
        OnHold = "on_hold", "on hold", "已暂停";
        Live = "live", "live", "直播中";
        Completed = "completed", "completed", "已完成";
        Cancelled = "cancelled", "cancelled", "已取消";
        Lapsed = "lapsed", "lapsed", "已过期";
    }
}

record! {
    /// What the portfolio rules see of another campaign of the organization.
    pub struct Extract {
        /// Id or other reference of that campaign, repeated in findings.
        r#ref: Text<120>, no, "Reference", "编号";
        /// Its name, shown in findings.
        name: Text<80>, yes, "Name", "活动名称";
        /// Its status; cancelled, completed and lapsed ones take nothing.
        status: CampaignStatus, yes, "Status", "状态";
        /// When it goes live.
        go_live_at: Timestamp, yes, "Go-live", "开播时间";
        /// How long it is planned to run, in minutes.
        planned_minutes: Int<1, 1440>, yes, "Planned minutes", "计划时长(分)";
        /// Its platform account.
        account_ref: Text<120>, yes, "Account", "账号";
        /// Its studio or room.
        room_ref: Text<120>, yes, "Room", "直播间";
        /// People of its roster whose role allows one show at a time.
        people: List<Person, 60>, no, "People", "人员";
        /// What it sells and has locked.
        skus: List<ExtractSku, 200>, no, "Products", "商品";
    }

    /// A product of another campaign.
    pub struct ExtractSku {
        /// The product.
        sku_id: Text<64>, yes, "SKU", "货号";
        /// Units promised to that campaign.
        locked_units: Int<0, 1_000_000_000>, no, "Locked units", "锁库";
        /// Its price there, in minor units.
        live_price: Money, no, "Live price", "直播价";
    }
}
