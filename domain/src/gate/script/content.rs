//! The fields of gate script.

use crate::fault::{At, Faults};
use crate::gate::team::TeamRole;
use crate::scalar::{Count, Int, List, Money, Pct, Person, Text, unique};
use crate::{choices, record};

choices! {
    /// What a row of the run sheet is for.
    pub enum RowKind {
        Opening = "opening", "opening", "开场";
        /// (one product is explained and sold)
        Product = "product", "product", "讲解";
        Interaction = "interaction", "interaction", "互动";
        /// (prizes or gifts)
        Giveaway = "giveaway", "giveaway", "福利";
        /// (one product for a short time)
        FlashSale = "flash_sale", "flash sale", "秒杀";
        /// (products come back once more)
        Recap = "recap", "recap", "返场";
        /// (time kept free)
        Buffer = "buffer", "buffer", "机动";
        /// (the host is off the air)
        Rest = "rest", "rest", "休息";
        Closing = "closing", "closing", "收尾";
    }

    /// How viewers are drawn in.
    pub enum InteractionKind {
        Qa = "qa", "questions and answers", "问答";
        Vote = "vote", "vote", "投票";
        Lottery = "lottery", "lottery", "抽奖";
        /// (a draw among those who do what the bag asks for)
        LuckyBag = "lucky_bag", "lucky bag", "福袋";
        /// (a guest joins over the network)
        CoStream = "co_stream", "co-stream", "连麦";
    }

    /// What may go wrong during a show.
    pub enum Trigger {
        NetworkLoss = "network_loss", "network loss", "断网";
        StreamBan = "stream_ban", "stream ban", "直播间被封禁";
        OutOfStock = "out_of_stock", "out of stock", "断货";
        WrongPrice = "wrong_price", "wrong price", "价格错误";
        HostUnfit = "host_unfit", "host unfit", "主播突发状况";
        HostileComments = "hostile_comments", "hostile comments", "恶意评论";
        Other = "other", "other", "其他";
    }
}

record! {
    /// What is said and shown when, and what is done when something goes wrong.
    pub struct Script checked by bins_unique {
        /// What the show is about, in a few words.
        theme: Text<30>, yes, "Theme", "主题";
        /// Festival, season or event the theme hangs on.
        occasion: Text<40>, no, "Occasion", "节点";
        /// What people should come for, at most three, the best first.
        highlights: List<Text<60>, 3>, yes, "Highlights", "亮点";
        /// The run sheet, in order of time.
        rows: List<Row, 400>, yes, "Run sheet", "脚本表";
        /// Viewers expected at a time, one entry for each bin of the show.
        expected_viewers: List<ExpectedViewers, 96>, no, "Expected viewers", "预估在线";
        /// How the host brings viewers to order now.
        closing_tactics: Text<300>, yes, "Closing tactics", "逼单策略";
        /// What is done when something goes wrong.
        emergency_plans: List<EmergencyPlan, 20>, yes, "Emergency plans", "应急预案";
        /// Phrases the wording check lets pass in this gate; reviewers sign them with their approval.
        allowed_phrases: List<AllowedPhrase, 20>, no, "Allowed phrases", "放行短语";
    }

    /// One row of the run sheet.
    pub struct Row {
        /// Seconds from go-live at which the row starts.
        start_seconds: Int<0, 86_400>, yes, "Start", "开始";
        /// How many seconds it takes.
        duration_seconds: Int<1, 14_400>, yes, "Duration", "时长";
        /// What the row is for.
        kind: RowKind, yes, "Row kind", "环节";
        /// Who leads the row; spelled as in the roster.
        host: Person, yes, "Host", "主播";
        /// Which product of the line-up is shown.
        sku_id: Text<64>, no, "SKU", "商品";
        /// Price the host says, in minor units; it must be the live price.
        quoted_price: Money, no, "Quoted price", "口播价";
        /// What the host says.
        talk_track: Text<4000>, no, "Talk track", "话术";
        /// The six steps of explaining a product.
        beats: Beats, no, "Six beats", "六步讲解";
        /// How viewers are drawn in during the row.
        interaction: Interaction, no, "Interaction", "互动";
        /// What floor and back end do: list, switch the price, fill up stock.
        operator_cue: Text<200>, no, "Operator cue", "中控动作";
        /// What the picture shows.
        camera: Text<120>, no, "Camera", "画面";
        /// What must lie ready on the set.
        props: Text<200>, no, "Props", "道具";
        /// What is done instead if the row cannot run as planned.
        fallback: Text<200>, no, "Fallback", "应急";
    }

    /// The six steps of explaining a product, as the host says them.
    pub struct Beats {
        /// The trouble the product ends.
        pain: Text<400>, no, "Pain point", "痛点引入";
        /// How the product is shown at work.
        show: Text<400>, no, "Demonstration", "产品展示";
        /// Why this product and no other.
        advantage: Text<400>, no, "Advantage", "核心优势";
        /// When and where one uses it.
        scene: Text<400>, no, "Use scene", "使用场景";
        /// How the price is revealed.
        price: Text<400>, no, "Price reveal", "价格揭秘";
        /// How to order.
        order: Text<400>, no, "Call to order", "下单引导";
    }

    /// How viewers are drawn in during a row.
    pub struct Interaction {
        /// What viewers do.
        kind: InteractionKind, yes, "Interaction kind", "互动方式";
        /// Value of the highest single prize, in minor units.
        prize_value: Money, no, "Prize value", "奖品价值";
        /// Chance of winning, in percent, as published.
        odds_pct: Pct, no, "Odds", "中奖概率";
        /// The rules as published to viewers.
        rules_text: Text<500>, no, "Rules", "规则";
    }

    /// Viewers expected during one bin of the show.
    pub struct ExpectedViewers {
        /// Minute from go-live at which the bin starts, a multiple of 15; unique within the gate.
        from_minute: Int<0, 1425, 15>, yes, "From minute", "起始分钟";
        /// Concurrent viewers, the mean of the bin.
        viewers: Count, yes, "Average viewers", "平均在线";
    }

    /// What is done when something goes wrong.
    pub struct EmergencyPlan {
        /// What has gone wrong.
        trigger: Trigger, yes, "Trigger", "情形";
        /// Who acts.
        owner_role: TeamRole, yes, "Role in charge", "负责岗位";
        /// What is done, step by step.
        action: Text<300>, yes, "Action", "处置";
        /// What the host says meanwhile.
        line: Text<300>, no, "Line on air", "应急口播";
    }

    /// A phrase the wording check lets pass in the gate it stands in.
    pub struct AllowedPhrase {
        /// The phrase as it stands in the text.
        phrase: Text<40>, yes, "Phrase", "短语";
        /// Why it may be said.
        reason: Text<200>, yes, "Reason", "理由";
    }
}

fn bins_unique(script: &Script, at: &At<'_>, faults: &mut Faults) {
    if let Some(bins) = &script.expected_viewers {
        unique(bins, &at.member("expected_viewers"), "from_minute", faults, |bin| bin.from_minute);
    }
}
