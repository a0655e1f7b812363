//! The fields of gate products.

use jiff::{Timestamp, civil};

use crate::fault::{At, FaultKind, Faults};
use crate::scalar::{Count, Int, List, Money, Ref, Set, Text, unique};
use crate::{choices, record};

choices! {
    /// What kind of goods a product is; the papers it needs depend on it.
    pub enum Category {
        Cosmetics = "cosmetics", "cosmetics", "美妆";
        Food = "food", "food", "食品";
        HealthFood = "health_food", "health food", "保健食品";
        Liquor = "liquor", "liquor", "酒类";
        MedicalDevice = "medical_device", "medical device", "医疗器械";
        Jewellery = "jewellery", "jewellery", "珠宝";
        Electronics = "electronics", "electronics", "数码";
        Infant = "infant", "infant goods", "母婴";
        Apparel = "apparel", "apparel", "服饰";
        Home = "home", "home goods", "家居";
        Books = "books", "books", "图书";
        Tobacco = "tobacco", "tobacco", "烟草";
        PrescriptionDrug = "prescription_drug", "prescription drug", "处方药";
        Other = "other", "other", "其他";
    }

    /// Where a product comes from.
    pub enum Origin {
        Domestic = "domestic", "domestic", "国产";
        Imported = "imported", "imported", "进口";
    }

    /// What a product does for the show.
    pub enum ProductRole {
        /// (cheap, draws viewers in)
        Traffic = "traffic", "traffic", "引流款";
        /// (carries most of the turnover)
        Hero = "hero", "hero", "主推款";
        /// (earns the margin)
        Profit = "profit", "profit", "利润款";
        /// (shows what the brand stands for)
        Image = "image", "image", "形象款";
        /// (given along with another product)
        Gift = "gift", "gift", "赠品";
    }

    /// Why a product was chosen.
    pub enum PickReason {
        Value = "value", "value for money", "性价比";
        Unique = "unique", "unique", "独特";
        Useful = "useful", "useful", "实用";
        Visual = "visual", "shows well on screen", "视觉";
        Topical = "topical", "talked about", "话题";
    }

    /// The kinds of papers that show that a product may be sold.
    pub enum LicenceKind {
        BusinessLicence = "business_licence", "business licence", "营业执照";
        BrandAuthorization = "brand_authorization", "brand authorisation", "品牌授权书";
        TrademarkRegistration = "trademark_registration", "trade mark registration", "商标注册证";
        CustomsDeclaration = "customs_declaration", "customs declaration", "报关单";
        CosmeticsFiling = "cosmetics_filing", "cosmetics filing", "化妆品备案";
        QualityReport = "quality_report", "quality report", "检验报告";
        FoodLicence = "food_licence", "food licence", "食品经营许可证";
        HealthFoodApproval = "health_food_approval", "health food approval", "保健食品批文";
        AdvertisingReview = "advertising_review", "advertising review", "广告审查表";
        MedicalDeviceRegistration =
            "medical_device_registration", "medical device registration", "医疗器械注册证";
        AppraisalCertificate = "appraisal_certificate", "appraisal certificate", "鉴定证书";
        CccCertificate = "ccc_certificate", "CCC certificate", "3C证书";
    }
}

record! {
    /// What is sold, at which price, from which stock, under which papers.
    pub struct Products checked by sku_ids_unique {
        /// The line-up, in the order in which the products are presented.
        skus: List<Sku, 200>, yes, "Line-up", "排品";
    }

    /// One product of the line-up.
    pub struct Sku {
        /// The seller's own article number; unique within the gate.
        sku_id: Text<64>, yes, "SKU", "货号";
        /// What the product is called on air.
        name: Text<80>, yes, "Product name", "品名";
        /// Brand; missing for unbranded goods, which need no brand authorisation.
        brand: Text<60>, no, "Brand", "品牌";
        /// Kind of goods; decides which licences are needed.
        category: Category, yes, "Category", "类目";
        /// Whether the goods are made in the country or imported.
        origin: Origin, yes, "Origin", "产地";
        /// What the product does for the show: draw viewers, sell, earn, impress, or be given away.
        role: ProductRole, yes, "Role", "款型";
        /// What it costs elsewhere today, in minor units.
        market_price: Money, no, "Market price", "市场价";
        /// What it costs in the own shop today, in minor units.
        list_price: Money, no, "List price", "日常价";
        /// The price before that is shown struck through on air, in minor units.
        strike_price: Money, no, "Strike-through price", "划线价";
        /// Lowest price it sold at in this shop over the last 7 days, in minor units.
        lowest_7d_price: Money, no, "Lowest price in 7 days", "近7天最低价";
        /// What a buyer pays during the show, in minor units.
        live_price: Money, yes, "Live price", "直播价";
        /// What one unit costs the seller, goods only, in minor units.
        cost: Money, yes, "Unit cost", "成本";
        /// Units that physically exist, for all uses.
        stock_units: Count, yes, "Stock", "现货";
        /// Units of the stock that are promised to this campaign in writing.
        locked_units: Count, yes, "Locked stock", "锁库";
        /// Deliveries on their way for this campaign.
        inbound: List<Inbound, 20>, no, "Inbound", "在途";
        /// Units expected to sell during the show.
        forecast_units: Count, yes, "Forecast sales", "预估销量";
        /// Most units one buyer may order.
        purchase_limit_units: Int<1, 1_000_000>, no, "Purchase limit", "限购";
        /// Hours from the order within which the parcel leaves.
        ship_within_hours: Int<1, 2160>, yes, "Shipping time", "发货时效";
        /// What a buyer is promised after the purchase: returns, freight, warranty.
        aftersale: Text<300>, yes, "After-sales policy", "售后政策";
        /// Who delivers the goods.
        supplier: Text<80>, yes, "Supplier", "供应商";
        /// The selling points, at most three, the strongest first.
        points: List<Text<60>, 3>, yes, "Selling points", "卖点";
        /// Why the product was chosen.
        reasons: Set<PickReason, 5>, no, "Reasons", "选品理由";
        /// Every factual claim made about the product on air.
        claims: List<Claim, 10>, no, "Claims", "功效宣称";
        /// Papers that show that the product may be sold.
        licences: List<Licence, 20>, no, "Licences", "资质";
    }

    /// A delivery on its way; it counts for the stock if it arrives well before the show.
    pub struct Inbound {
        /// Units in the delivery.
        quantity_units: Int<1, 1_000_000_000>, yes, "Quantity", "数量";
        /// When it reaches the warehouse.
        arrives_at: Timestamp, yes, "Arrives at", "到仓时间";
    }

    /// A factual claim about a product.
    pub struct Claim {
        /// What is claimed, as said on air.
        text: Text<120>, yes, "Claim", "宣称";
        /// Link, file id or number of the report that proves it.
        proof: Ref, no, "Proof", "依据";
    }

    /// A paper that shows that a product may be sold, or why none is needed.
    pub struct Licence checked by number_or_reason {
        /// Which kind of paper it is.
        kind: LicenceKind, yes, "Licence kind", "资质类型";
        /// Number of the paper; not together with `not_required_reason`.
        number: Text<100>, no, "Number", "编号";
        /// Why no such paper is needed, in place of `number`; reviewers sign it with their approval.
        not_required_reason: Text<200>, no, "Reason none is needed", "无需理由";
        /// Last day on which the paper is valid, in the campaign's time zone.
        valid_until_on: civil::Date, no, "Valid until", "有效期至";
        /// Whether the paper never expires; `valid_until_on` is then not needed.
        no_expiry: bool, no, "No expiry", "长期有效";
    }
}

fn sku_ids_unique(products: &Products, at: &At<'_>, faults: &mut Faults) {
    if let Some(skus) = &products.skus {
        unique(skus, &at.member("skus"), "sku_id", faults, |sku| sku.sku_id.as_ref());
    }
}

fn number_or_reason(licence: &Licence, at: &At<'_>, faults: &mut Faults) {
    if licence.number.is_some() && licence.not_required_reason.is_some() {
        faults.add(&at.member("not_required_reason"), FaultKind::Excludes { other: "number" });
    }
}
