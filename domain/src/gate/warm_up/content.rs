//! The fields of gate `warm_up`.

use jiff::Timestamp;

use crate::fault::{At, Faults};
use crate::gate::Platform;
use crate::gate::audience::Channel;
use crate::gate::script::AllowedPhrase;
use crate::scalar::{Count, List, Money, Ref, Set, Text, unique};
use crate::{choices, record};

choices! {
    /// What a warm-up asset is.
    pub enum AssetKind {
        TeaserVideo = "teaser_video", "teaser video", "预热短视频";
        Article = "article", "article", "推文";
        Post = "post", "post", "图文动态";
        Poster = "poster", "poster", "海报";
        Push = "push", "push message", "推送";
        Sms = "sms", "SMS", "短信";
        /// (a cut from an earlier show)
        LiveClip = "live_clip", "live clip", "直播切片";
    }

    /// What money is spent on before and during a show.
    pub enum SpendKind {
        Ads = "ads", "ads", "广告投放";
        Kol = "kol", "creators", "达人合作";
        Other = "other", "other", "其他";
    }
}

record! {
    /// What is published before the show, where, and for how much.
    pub struct WarmUp checked by asset_keys_unique {
        /// Everything that is published to announce the show.
        assets: List<Asset, 100>, yes, "Warm-up assets", "预热物料";
        /// Reservation pages on platforms.
        events: List<PlatformEvent, 10>, no, "Reservation pages", "平台预告";
        /// What viewers get for coming, the best first.
        benefits: List<Text<100>, 10>, no, "Benefits", "福利";
        /// Planned spending on paid traffic and creators.
        spend: List<Spend, 50>, no, "Spending", "投放";
        /// Reservations wanted by go-live.
        reservation_target: Count, no, "Reservation target", "预约目标";
        /// Reservations so far.
        reservations: Count, no, "Reservations so far", "当前预约";
        /// Phrases the wording check lets pass in this gate; reviewers sign them with their approval.
        allowed_phrases: List<AllowedPhrase, 20>, no, "Allowed phrases", "放行短语";
    }

    /// One thing that is published to announce the show.
    pub struct Asset {
        /// What the team calls it; unique within the gate.
        key: Text<60>, yes, "Asset key", "编号";
        /// What it is.
        kind: AssetKind, yes, "Asset kind", "形式";
        /// Where it is published.
        channel: Channel, yes, "Channel", "渠道";
        /// Its title.
        title: Text<60>, yes, "Title", "标题";
        /// Its text.
        body: Text<2000>, no, "Body", "正文";
        /// Link or file id of its cover.
        cover_ref: Ref, no, "Cover", "封面";
        /// Tags it is published with.
        tags: Set<Text<30>, 10>, no, "Tags", "标签";
        /// When it is, or was, published.
        publish_at: Timestamp, yes, "Publication time", "发布时间";
        /// The go-live time it tells; it must be the true one.
        shown_start_at: Timestamp, no, "Go-live time shown", "物料所示开播时间";
        /// Products it shows.
        featured: List<FeaturedProduct, 20>, no, "Featured products", "露出商品";
        /// Whether it is an ad or the work of a paid creator.
        is_paid: bool, yes, "Paid", "付费/合作";
        /// Whether it is marked as advertising.
        ad_label: bool, no, "Advertising label", "广告标识";
        /// Link to the published asset: the proof of its publication.
        published_url: Ref, no, "Published link", "发布链接";
    }

    /// A product shown in a warm-up asset.
    pub struct FeaturedProduct {
        /// Which product of the line-up it is.
        sku_id: Text<64>, yes, "SKU", "货号";
        /// Price shown, in minor units; it must be the live price.
        shown_price: Money, no, "Price shown", "露出价";
    }

    /// A reservation page on a platform.
    pub struct PlatformEvent {
        /// Where the page is.
        platform: Platform, yes, "Platform", "平台";
        /// The go-live time it tells; it must be the true one.
        scheduled_at: Timestamp, yes, "Announced time", "预告时间";
        /// The platform's own id, or a link.
        event_ref: Ref, no, "Reservation page id", "预告编号";
    }

    /// One item of planned spending.
    pub struct Spend {
        /// What the money is for.
        kind: SpendKind, yes, "Spending kind", "类型";
        /// The advertising tool, or the creator.
        name: Text<80>, yes, "Tool or creator", "名称";
        /// How much, in minor units.
        amount: Money, yes, "Amount", "金额";
    }
}

fn asset_keys_unique(warm_up: &WarmUp, at: &At<'_>, faults: &mut Faults) {
    if let Some(assets) = &warm_up.assets {
        unique(assets, &at.member("assets"), "key", faults, |asset| asset.key.as_ref());
    }
}
