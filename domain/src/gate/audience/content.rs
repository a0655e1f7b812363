//! The fields of gate audience.

use jiff::Timestamp;

use super::Region;
use crate::fault::{At, FaultKind, Faults};
use crate::scalar::{Count, Int, List, Money, Pct, Ref, Set, Text, unique};
use crate::{choices, record};

choices! {
    /// How developed a city is as a market, by the tiers common in China.
    pub enum CityTier {
        Tier1 = "tier_1", "tier 1", "一线城市";
        NewTier1 = "new_tier_1", "new tier 1", "新一线城市";
        Tier2 = "tier_2", "tier 2", "二线城市";
        Tier3 = "tier_3", "tier 3", "三线城市";
        Tier4Below = "tier_4_below", "tier 4 and below", "四线及以下城市";
    }

    /// Where people meet what a seller publishes.
    pub enum Channel {
        ShortVideo = "short_video", "short video", "短视频";
        LiveRoom = "live_room", "live room", "直播间";
        Community = "community", "community groups", "社群";
        OfficialAccount = "official_account", "official account", "公众号";
        AppPush = "app_push", "app push", "App 推送";
        Sms = "sms", "SMS", "短信";
        Social = "social", "social media", "社交媒体";
        FeedAds = "feed_ads", "feed ads", "信息流广告";
        Kol = "kol", "creators", "达人";
        PlatformEvent = "platform_event", "platform event", "平台活动";
    }

    /// How something about the audience was found out.
    pub enum EvidenceMethod {
        /// (figures of the platform or shop)
        Analytics = "analytics", "analytics", "数据分析";
        Survey = "survey", "survey", "问卷调研";
        /// (what people say in groups and comments)
        Community = "community", "community", "社群访谈";
        /// (records of own customers)
        Crm = "crm", "CRM", "客户数据(CRM)";
    }
}

record! {
    /// Who the show is made for, and on which data that rests.
    pub struct Audience checked by segment_names_unique {
        /// The groups of people the show is made for; their shares add up to 100 %.
        segments: List<Segment, 5>, yes, "Segments", "人群";
        /// What the description of the audience rests on.
        evidence: List<Evidence, 20>, yes, "Evidence", "依据";
        /// One paragraph about a typical buyer that the host can retell.
        persona: Text<500>, yes, "Persona", "用户画像";
    }

    /// A group of people with like habits and needs.
    pub struct Segment checked by segment_in_order {
        /// What the team calls the group; unique within the gate.
        name: Text<40>, yes, "Segment name", "人群名";
        /// Share of the audience, in percent.
        share_pct: Pct, yes, "Share", "占比";
        /// Youngest age in years, inclusive; not above `age_max`.
        age_min: Int<0, 120>, yes, "Lowest age", "年龄下限";
        /// Oldest age in years, inclusive.
        age_max: Int<0, 120>, yes, "Highest age", "年龄上限";
        /// Share of women in the group, in percent.
        female_pct: Pct, no, "Female share", "女性占比";
        /// Where these people live: codes of ISO 3166-2, such as `CN-SH`.
        regions: Set<Region, 40>, no, "Regions", "地域";
        /// Tiers of the cities they live in.
        city_tiers: Set<CityTier, 5>, no, "City tiers", "城市线级";
        /// What they do for a living.
        occupations: Set<Text<40>, 10>, no, "Occupations", "职业";
        /// How they live and shop.
        habits: Text<200>, no, "Habits", "生活与消费习惯";
        /// What troubles them, in their own words, the worst first.
        pains: List<Text<120>, 5>, yes, "Pains", "痛点";
        /// Why they buy, the strongest motive first.
        motives: List<Text<120>, 5>, yes, "Motives", "购买动机";
        /// Lowest order value they accept, in minor units; not above `price_max`.
        price_min: Money, yes, "Lowest price", "价格带下限";
        /// Highest order value they accept, in minor units.
        price_max: Money, yes, "Highest price", "价格带上限";
        /// Local hours in which they are online: 20 means 20:00 to 20:59.
        peak_hours: Set<Int<0, 23>, 24>, yes, "Peak hours", "活跃时段";
        /// Where they can be reached.
        channels: Set<Channel, 10>, yes, "Channels", "信息渠道";
    }

    /// One source the description of the audience rests on; it counts once its time is past.
    pub struct Evidence {
        /// How it was found out.
        method: EvidenceMethod, yes, "Method", "方法";
        /// End of the period looked at.
        collected_at: Timestamp, yes, "Collected at", "采集时间";
        /// How many people or answers it covers.
        sample_count: Count, no, "Sample size", "样本量";
        /// What it says, in a sentence or two.
        summary: Text<300>, no, "Summary", "结论";
        /// Link, file id or document number of the source.
        source_ref: Ref, no, "Source", "来源";
    }
}

fn segment_names_unique(audience: &Audience, at: &At<'_>, faults: &mut Faults) {
    if let Some(segments) = &audience.segments {
        unique(segments, &at.member("segments"), "name", faults, |segment| segment.name.as_ref());
    }
}

fn segment_in_order(segment: &Segment, at: &At<'_>, faults: &mut Faults) {
    if segment.age_min.zip(segment.age_max).is_some_and(|(min, max)| min > max) {
        faults.add(&at.member("age_min"), FaultKind::Crossed { upper: "age_max" });
    }
    if segment.price_min.zip(segment.price_max).is_some_and(|(min, max)| min > max) {
        faults.add(&at.member("price_min"), FaultKind::Crossed { upper: "price_max" });
    }
}
