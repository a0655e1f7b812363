//! The words of the printed run sheet in both languages.

use domain::Locale;
use domain::locale::{Bilingual, both};

pub(super) const TITLE: Bilingual = both("Run sheet", "直播脚本表");
pub(super) const SANDBOX: Bilingual = both("SANDBOX", "SANDBOX 沙箱");
pub(super) const DRAFT: Bilingual =
    both("DRAFT: the script has not passed its gate", "草稿:脚本关卡尚未通过");
pub(super) const GO_LIVE: Bilingual = both("Go-live", "开播");
pub(super) const ENDS: Bilingual = both("Ends", "结束");
pub(super) const ROOM: Bilingual = both("Room", "直播间");
pub(super) const ACCOUNT: Bilingual = both("Account", "账号");
pub(super) const THEME: Bilingual = both("Theme", "主题");
pub(super) const SCRIPT: Bilingual = both("Script", "脚本");
pub(super) const UPDATED: Bilingual = both("As of", "更新于");
pub(super) const TIME: Bilingual = both("Time", "时间");
pub(super) const SEGMENT: Bilingual = both("Segment", "环节");
pub(super) const PRICE: Bilingual = both("Price", "价格");
pub(super) const HOST: Bilingual = both("Host", "主播");
pub(super) const NOTES: Bilingual = both("Notes", "备注");
pub(super) const NO_ROWS: Bilingual = both("No rows are written yet.", "脚本表尚无内容。");
pub(super) const WATCH: Bilingual = both("Watch out", "注意");
pub(super) const NOTHING_TO_WATCH: Bilingual =
    both("No gaps, overlaps, long silence or sell-outs.", "没有空档、重叠、长时间无互动或售罄。");
pub(super) const SUMS: Bilingual = both("Sums", "汇总");
pub(super) const HOSTS: Bilingual = both("Hosts", "主播时长");
pub(super) const ON_AIR: Bilingual = both("On air", "上播时长");
pub(super) const LONGEST: Bilingual = both("Longest stretch", "最长连续");
pub(super) const KINDS: Bilingual = both("Kinds of segments", "环节时长");
pub(super) const ROLES: Bilingual = both("Roles of products", "款型时长");
pub(super) const ROLE: Bilingual = both("Role", "款型");
pub(super) const LENGTH: Bilingual = both("Length", "时长");
pub(super) const PRODUCTS: Bilingual = both("Products", "商品预测");
pub(super) const PRODUCT: Bilingual = both("Product", "商品");
pub(super) const DEMAND: Bilingual = both("Orders", "预计下单");
pub(super) const AVAILABLE: Bilingual = both("In stock", "可售库存");
pub(super) const PROJECTED: Bilingual = both("Sold", "预计售出");
pub(super) const SELL_OUT: Bilingual = both("Sold out", "售罄");
pub(super) const WHOLE: Bilingual = both("The whole show", "全场指标");
pub(super) const SHOW: Bilingual = both("Measure", "指标");
pub(super) const FIGURE: Bilingual = both("Figure", "数值");
pub(super) const ORDERS: Bilingual = both("Orders expected", "预计订单");
pub(super) const PEAK: Bilingual = both("Peak", "高峰时段");
pub(super) const PEAK_SHARE: Bilingual = both("Peak on selling products", "高峰主推占比");
pub(super) const QUIET: Bilingual = both("Longest without interaction", "最长无互动");
pub(super) const SPEECH: Bilingual = both("Talk tracks", "话术");

/// What stands where a draft says nothing yet.
pub(super) const NOTHING: &str = "–";

/// From when to when, and how long that is.
pub(super) struct Stretch {
    pub(super) from: String,
    pub(super) until: String,
    pub(super) length: String,
}

/// A length of time in minutes and seconds.
pub(in crate::view) fn length(locale: Locale, seconds: i64) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match (locale, minutes, rest) {
        (Locale::En, 0, rest) => format!("{rest} s"),
        (Locale::En, minutes, 0) => format!("{minutes} min"),
        (Locale::En, minutes, rest) => format!("{minutes} min {rest} s"),
        (Locale::ZhCn, 0, rest) => format!("{rest} 秒"),
        (Locale::ZhCn, minutes, 0) => format!("{minutes} 分钟"),
        (Locale::ZhCn, minutes, rest) => format!("{minutes} 分 {rest} 秒"),
    }
}

pub(super) fn gap(locale: Locale, row: usize, stretch: &Stretch) -> String {
    let Stretch { from, until, length } = stretch;
    match locale {
        Locale::En => format!("Nothing is planned from {from} to {until} ({length}), before row {row}."),
        Locale::ZhCn => format!("{from} 至 {until}({length})没有安排,在第 {row} 行之前。"),
    }
}

pub(super) fn overlap(locale: Locale, row: usize, stretch: &Stretch) -> String {
    let Stretch { from, until, length } = stretch;
    match locale {
        Locale::En => {
            format!("Row {row} starts at {from}, while the row before it runs until {until} ({length}).")
        }
        Locale::ZhCn => format!("第 {row} 行 {from} 开始,而上一行 {until} 才结束(重叠 {length})。"),
    }
}

pub(super) fn quiet(locale: Locale, stretch: &Stretch) -> String {
    let Stretch { from, until, length } = stretch;
    match locale {
        Locale::En => format!("No interaction from {from} to {until} ({length})."),
        Locale::ZhCn => format!("{from} 至 {until}({length})没有互动。"),
    }
}

pub(super) fn sell_out(locale: Locale, product: &str, at: &str, row: usize) -> String {
    match locale {
        Locale::En => format!("{product} sells out at {at}, in row {row}."),
        Locale::ZhCn => format!("{product} 将于 {at}(第 {row} 行)售罄。"),
    }
}

/// A label and what it stands before.
pub(super) fn labelled(locale: Locale, label: &str, text: &str) -> String {
    match locale {
        Locale::En => format!("{label}: {text}"),
        Locale::ZhCn => format!("{label}:{text}"),
    }
}
