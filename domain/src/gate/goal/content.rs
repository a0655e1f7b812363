//! The fields of gate goal.

use crate::scalar::{Count, Dec, Int, Money, Pct, Set, Text};
use crate::{choices, record};

choices! {
    /// What a show is for; every show has exactly one core goal.
    pub enum PrimaryGoal {
        /// (turnover during the show)
        Sales = "sales", "sales", "销售额";
        /// (old stock leaves the warehouse)
        Clearance = "clearance", "clearance", "清仓";
        /// (a new product meets its first buyers)
        NewLaunch = "new_launch", "new launch", "新品首发";
        /// (people stay and remember)
        Brand = "brand", "brand", "品牌曝光";
        /// (viewers join the seller's own groups and accounts)
        PrivateDomain = "private_domain", "private domain", "私域引流";
    }

    /// How broad the goods of an account are.
    pub enum Positioning {
        /// (one field of goods)
        Vertical = "vertical", "vertical", "垂类";
        /// (a general store)
        General = "general", "general store", "综合";
    }

    /// How the hosts win attention.
    pub enum Style {
        /// (by knowledge)
        Expert = "expert", "expert", "专业型";
        /// (by fun)
        Entertaining = "entertaining", "entertaining", "娱乐型";
    }
}

record! {
    /// What the show is for, in figures that everybody on the team can repeat.
    pub struct Goal {
        /// The one core goal; its own figure must be above zero.
        primary_goal: PrimaryGoal, yes, "Primary goal", "核心目标";
        /// Goals that come after the primary one; at most four, in no order.
        secondary_goals: Set<PrimaryGoal, 4>, no, "Secondary goals", "次要目标";
        /// Whether the account sells one field of goods or is a general store.
        positioning: Positioning, yes, "Positioning", "账号定位";
        /// Whether the hosts win attention by knowledge or by fun.
        style: Style, yes, "Style", "直播风格";
        /// Why people should watch this room and no other.
        differentiator: Text<200>, yes, "Differentiator", "差异化优势";
        /// Turnover wanted, in minor units of the campaign's currency; refunds are not deducted.
        gmv_target: Money, yes, "GMV target", "GMV 目标";
        /// Unique viewers (UV) wanted over the whole show.
        viewers_target: Int<1, 1_000_000_000>, yes, "Viewers target", "观看人数目标";
        /// Expected share of viewers who buy, in percent: buyers ÷ viewers × 100.
        conversion_pct: Pct, yes, "Expected conversion", "预估转化率";
        /// Expected value of one order, in minor units.
        average_order_value: Money, yes, "Expected average order value", "预估客单价";
        /// Units of old stock to sell; the figure of the goal `clearance`.
        clearance_units: Count, no, "Units to clear", "清仓件数";
        /// Units of the new product to sell; the figure of the goal `new_launch`.
        launch_units: Count, no, "Launch sales target", "新品销量目标";
        /// Seconds a viewer should stay on average; the figure of the goal `brand`.
        average_watch_seconds: Int<0, 86_400>, no, "Average watch time", "人均观看时长";
        /// People to win for the seller's own groups; the figure of the goal `private_domain`.
        new_members_target: Count, no, "New members target", "新增私域人数";
        /// Most that may be spent on paid traffic and creators together, in minor units.
        ad_budget: Money, yes, "Ad budget", "投放预算";
        /// Least GMV per unit of ad budget: 3.5 means that 1 yuan of ads must bring 3.5 yuan.
        roi_floor: Dec<0, 1000, 4>, no, "ROI floor", "ROI 底线";
        /// What the seller's own last shows brought; keeps the targets realistic.
        baseline: Baseline, no, "Baseline", "历史基线";
        /// When spending, or the show, is stopped.
        stop_loss: Text<300>, yes, "Stop-loss condition", "止损条件";
    }

    /// What the seller's own last shows brought.
    pub struct Baseline {
        /// How many past shows the figures rest on; 0 for a first show.
        runs: Int<0, 1000>, yes, "Past shows", "场次";
        /// Median GMV per viewer over these shows, in minor units.
        viewer_value: Money, no, "Value per viewer", "UV 价值";
    }
}
