//! The seven gates in their order, and the typed content each of them holds.

pub mod audience;
pub mod equipment_test;
pub mod goal;
pub mod products;
pub mod script;
pub mod team;
pub mod warm_up;

use serde_json::Value;

use crate::choices;
use crate::fault::Fault;
use crate::record::{self, Member};
use crate::shape::Shape;

pub use audience::Audience;
pub use equipment_test::EquipmentTest;
pub use goal::Goal;
pub use products::Products;
pub use script::Script;
pub use team::Team;
pub use warm_up::WarmUp;

choices! {
    /// A checkpoint of a campaign; gates are passed in this order unless the playbook's graph allows otherwise.
    pub enum GateKey {
        Goal = "goal", "Goal", "目标与定位";
        Audience = "audience", "Audience", "受众";
        Products = "products", "Products", "选品与供应链";
        Script = "script", "Script", "策略与脚本";
        Team = "team", "Team", "主播与团队";
        WarmUp = "warm_up", "Warm-up", "预热引流";
        EquipmentTest = "equipment_test", "Equipment test", "设备与技术测试";
    }

    /// Where a show is streamed.
    pub enum Platform {
        Douyin = "douyin", "Douyin", "抖音";
        Taobao = "taobao", "Taobao", "淘宝";
        Kuaishou = "kuaishou", "Kuaishou", "快手";
        WechatChannels = "wechat_channels", "WeChat Channels", "视频号";
        Xiaohongshu = "xiaohongshu", "Xiaohongshu", "小红书";
        Jd = "jd", "JD", "京东";
        TiktokShop = "tiktok_shop", "TikTok Shop", "TikTok Shop";
        Other = "other", "other", "其他平台";
    }
}

impl GateKey {
    /// Position in the order of gates, from 0.
    #[must_use]
    pub const fn position(self) -> usize {
        match self {
            Self::Goal => 0,
            Self::Audience => 1,
            Self::Products => 2,
            Self::Script => 3,
            Self::Team => 4,
            Self::WarmUp => 5,
            Self::EquipmentTest => 6,
        }
    }

    /// The shape of this gate's content.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self {
            Self::Goal => Goal::shape(),
            Self::Audience => Audience::shape(),
            Self::Products => Products::shape(),
            Self::Script => Script::shape(),
            Self::Team => Team::shape(),
            Self::WarmUp => WarmUp::shape(),
            Self::EquipmentTest => EquipmentTest::shape(),
        }
    }
}

/// One value for each gate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerGate<T>([T; 7]);

impl<T> PerGate<T> {
    /// Builds the value of each gate, in order.
    pub fn each(mut build: impl FnMut(GateKey) -> T) -> Self {
        Self([
            build(GateKey::Goal),
            build(GateKey::Audience),
            build(GateKey::Products),
            build(GateKey::Script),
            build(GateKey::Team),
            build(GateKey::WarmUp),
            build(GateKey::EquipmentTest),
        ])
    }

    /// As [`PerGate::each`], where building can fail.
    ///
    /// # Errors
    /// The first failure, in the order of the gates.
    pub fn try_each<E>(mut build: impl FnMut(GateKey) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self([
            build(GateKey::Goal)?,
            build(GateKey::Audience)?,
            build(GateKey::Products)?,
            build(GateKey::Script)?,
            build(GateKey::Team)?,
            build(GateKey::WarmUp)?,
            build(GateKey::EquipmentTest)?,
        ]))
    }

    /// Gates with their values, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (GateKey, &T)> {
        GateKey::ALL.iter().copied().zip(&self.0)
    }
}

impl<T> std::ops::Index<GateKey> for PerGate<T> {
    type Output = T;

    fn index(&self, gate: GateKey) -> &T {
        &self.0[gate.position()]
    }
}

impl<T> std::ops::IndexMut<GateKey> for PerGate<T> {
    fn index_mut(&mut self, gate: GateKey) -> &mut T {
        &mut self.0[gate.position()]
    }
}

/// The contents of all gates; a gate nobody wrote in is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Aim and figures.
    pub goal: Goal,
    /// Who the show is made for.
    pub audience: Audience,
    /// What is sold.
    pub products: Products,
    /// What is said and when.
    pub script: Script,
    /// Who works.
    pub team: Team,
    /// What is published before.
    pub warm_up: WarmUp,
    /// What the show runs on.
    pub equipment_test: EquipmentTest,
}

/// The content of one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Content of gate goal.
    Goal(Goal),
    /// Content of gate audience.
    Audience(Audience),
    /// Content of gate products.
    Products(Products),
    /// Content of gate script.
    Script(Script),
    /// Content of gate team.
    Team(Team),
    /// Content of gate `warm_up`.
    WarmUp(WarmUp),
    /// Content of gate `equipment_test`.
    EquipmentTest(EquipmentTest),
}

impl Content {
    /// Reads the content of `gate`; pointers in faults start with `prefix`.
    ///
    /// # Errors
    /// The first shape error, or every violated limit.
    pub fn read(gate: GateKey, value: &Value, prefix: &str) -> Result<Self, Vec<Fault>> {
        Ok(match gate {
            GateKey::Goal => Self::Goal(record::read(value, prefix)?),
            GateKey::Audience => Self::Audience(record::read(value, prefix)?),
            GateKey::Products => Self::Products(record::read(value, prefix)?),
            GateKey::Script => Self::Script(record::read(value, prefix)?),
            GateKey::Team => Self::Team(record::read(value, prefix)?),
            GateKey::WarmUp => Self::WarmUp(record::read(value, prefix)?),
            GateKey::EquipmentTest => Self::EquipmentTest(record::read(value, prefix)?),
        })
    }

    /// The gate this content belongs to.
    #[must_use]
    pub const fn gate(&self) -> GateKey {
        match self {
            Self::Goal(_) => GateKey::Goal,
            Self::Audience(_) => GateKey::Audience,
            Self::Products(_) => GateKey::Products,
            Self::Script(_) => GateKey::Script,
            Self::Team(_) => GateKey::Team,
            Self::WarmUp(_) => GateKey::WarmUp,
            Self::EquipmentTest(_) => GateKey::EquipmentTest,
        }
    }
}

impl Contents {
    /// Puts the content of one gate in place of what was there.
    pub fn replace(&mut self, content: Content) {
        match content {
            Content::Goal(goal) => self.goal = goal,
            Content::Audience(audience) => self.audience = audience,
            Content::Products(products) => self.products = products,
            Content::Script(script) => self.script = script,
            Content::Team(team) => self.team = team,
            Content::WarmUp(warm_up) => self.warm_up = warm_up,
            Content::EquipmentTest(equipment_test) => self.equipment_test = equipment_test,
        }
    }

    /// The normal form of one gate's content in JSON, instants in UTC.
    #[must_use]
    pub fn write(&self, gate: GateKey) -> Value {
        match gate {
            GateKey::Goal => self.goal.write(),
            GateKey::Audience => self.audience.write(),
            GateKey::Products => self.products.write(),
            GateKey::Script => self.script.write(),
            GateKey::Team => self.team.write(),
            GateKey::WarmUp => self.warm_up.write(),
            GateKey::EquipmentTest => self.equipment_test.write(),
        }
    }
}
