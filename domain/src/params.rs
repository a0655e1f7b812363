//! The figures that rules compare with. Each comes from the playbook; none is a constant of the program.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::gate::{
    Platform,
    equipment_test::{FailoverComponent, RigKind},
    products::{Category, LicenceKind, ProductRole},
    script::Trigger,
    team::{RehearsalKind, TeamRole, Topic},
};

/// An exact number of a playbook, within ±10^9 and with at most four decimals.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure(pub Decimal);

impl std::ops::Deref for Figure {
    type Target = Decimal;

    fn deref(&self) -> &Decimal {
        &self.0
    }
}

impl Figure {
    /// The time of this many hours, to the nanosecond.
    #[must_use]
    pub fn hours(self) -> SignedDuration {
        let seconds = self.0 * Decimal::from(3600);
        let nanos = seconds.fract() * Decimal::from(1_000_000_000);
        let (seconds, nanos) = (seconds.trunc().to_i64(), nanos.to_i32());
        SignedDuration::new(seconds.unwrap_or_default(), nanos.unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let most = Decimal::from(1_000_000_000);
        crate::shape::exact(&serde_json::Value::Number(number))
            .map(|exact| exact.normalize())
            .filter(|exact| exact.abs() <= most && exact.scale() <= 4)
            .map(Self)
            .ok_or_else(|| {
                serde::de::Error::custom("a number within ±10^9 with at most 4 decimals is needed")
            })
    }
}

macro_rules! params {
    ($( $(#[doc = $doc:literal])* $name:ident { $( $field:ident: $ty:ty, )* } )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $( #[doc = concat!("`", stringify!($field), "` of the playbook's parameters.")] pub $field: $ty, )*
        }
    )*};
}

params! {
    /// All parameters of a playbook.
    Params {
        jurisdictions: Vec<String>, goal: GoalParams, audience: AudienceParams, products: ProductParams,
        script: ScriptParams, team: TeamParams, warm_up: WarmUpParams, equipment_test: EquipmentParams,
        portfolio: PortfolioParams,
    }
    /// Parameters of gate goal.
    GoalParams {
        sum_tolerance_pct: Figure, viewer_value_ratio: Figure, baseline_min_runs: i64,
        min_minutes: i64, max_minutes: i64, mega_sales: Vec<MegaSale>,
    }
    /// A sale period that every platform runs; `from` and `to` are `MM-DD`, both included.
    MegaSale { from: String, to: String, label: String, }
    /// Parameters of gate audience.
    AudienceParams {
        share_tolerance_pct: Figure, min_methods: usize, evidence_max_age_days: i64, min_survey_sample: i64,
        min_price_fit_pct: Figure,
    }
    /// Parameters of gate products.
    ProductParams {
        required_roles: Vec<ProductRole>, traffic_price_max_pct: Figure,
        margin_floor_pct: BTreeMap<ProductRole, Figure>, loss_roles: Vec<ProductRole>, safety_ratio: Figure,
        inbound_lead_hours: i64, max_ship_hours: i64, min_forecast_pct: Figure, max_forecast_pct: Figure,
        max_vertical_categories: usize, licences: BTreeMap<LicenceGround, Vec<Demand>>,
        prohibited_categories: Vec<Category>, minor_sensitive_categories: Vec<Category>, adult_age: i64,
    }
    /// Parameters of gate script.
    ScriptParams {
        max_gap_seconds: i64, max_product_minutes: i64, max_host_minutes: i64, length_tolerance_pct: Figure,
        hook_roles: Vec<ProductRole>, hook_within_seconds: i64, bin_minutes: i64, peak_bins: usize,
        peak_roles: Vec<ProductRole>, min_peak_pct: Figure, han_per_second: Figure, letters_per_second: Figure,
        max_quiet_seconds: i64, prize_cap: i64, required_triggers: Vec<Trigger>,
        demand_weight: BTreeMap<ProductRole, Figure>,
    }
    /// Parameters of gate team.
    TeamParams {
        required_roles: Vec<TeamRole>, backup_roles: Vec<TeamRole>, on_air_roles: Vec<TeamRole>,
        verified_roles: Vec<TeamRole>, before_minutes: i64, after_minutes: i64, min_age: i64, adult_age: i64,
        required_topics: Vec<Topic>, min_score: i64, min_rehearsal_pct: Figure, rehearsal_kinds: Vec<RehearsalKind>,
    }
    /// Parameters of gate `warm_up`.
    WarmUpParams {
        ladder: Vec<LadderStep>, event_platforms: Vec<Platform>, reservation_check_hours: Figure,
        min_reservation_pct: Figure, proof_within_hours: Figure, start_tolerance_minutes: i64, min_channels: usize,
    }
    /// A window before go-live in which something must be published.
    LadderStep { key: String, from_hours: Figure, to_hours: Figure, }
    /// Parameters of gate `equipment_test`.
    EquipmentParams {
        bitrate_headroom_ratio: Figure, min_up_mbps: Figure, min_up_uhd_mbps: Figure, uhd_height_px: i64,
        extra_output_mbps: Figure, max_loss_pct: Figure, max_rtt_ms: Figure,
        profiles: BTreeMap<String, StreamProfile>, min_test_minutes: i64, long_show_minutes: i64,
        min_long_test_minutes: i64, max_dropped_pct: Figure, max_av_offset_ms: Figure, max_peak_dbfs: Figure,
        max_noise_dbfs: Figure, min_cri: Figure, min_cri_colour: Figure, colour_categories: Vec<Category>,
        min_cct_kelvin: i64, max_cct_kelvin: i64, min_face_lux: i64, backup_kinds: Vec<RigKind>,
        min_ups_minutes: i64, drill_components: Vec<FailoverComponent>, max_switch_seconds: Figure,
        tests_max_age_hours: Figure, recheck_from_hours: Figure, recheck_due_minutes: Figure,
    }
    /// What a platform accepts as a stream.
    StreamProfile {
        min_fps: Figure, max_fps: Figure, min_kbps: i64, max_kbps: i64, max_keyframe_seconds: Figure,
    }
    /// Parameters of the rules that look at other campaigns.
    PortfolioParams {
        buffer_minutes: i64, price_days: i64, release_hours: i64, exclusive_roles: Vec<TeamRole>,
    }
}

impl Params {
    /// Reads parameters; every number in them is within ±10^12, so that hours and amounts can be reckoned with.
    ///
    /// # Errors
    /// What is wrong with them, in English.
    pub fn read(value: &Value) -> Result<Self, String> {
        within_reach(value)?;
        Self::deserialize(value).map_err(|error| error.to_string())
    }
}

fn within_reach(value: &Value) -> Result<(), String> {
    match value {
        Value::Number(_) => {
            let most = Decimal::from(1_000_000_000_000_i64);
            let near = crate::shape::exact(value).is_some_and(|number| number.abs() <= most);
            near.then_some(()).ok_or_else(|| format!("{value} is not within ±10^12"))
        }
        Value::Array(elements) => elements.iter().try_for_each(within_reach),
        Value::Object(members) => members.values().try_for_each(within_reach),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// Why a licence is demanded: for every product, for a brand, for an import, or for a category.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LicenceGround {
    /// Every product.
    Any,
    /// Products with a brand.
    Branded,
    /// Imported products.
    Imported,
    /// Products of a category.
    Category(Category),
}

impl<'de> Deserialize<'de> for LicenceGround {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        match key.as_str() {
            "any" => Ok(Self::Any),
            "branded" => Ok(Self::Branded),
            "imported" => Ok(Self::Imported),
            other => Category::of_key(other)
                .map(Self::Category)
                .ok_or_else(|| serde::de::Error::custom(format!("\"{other}\" is no ground for a licence"))),
        }
    }
}

/// A licence, or several of which one is enough.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Demand {
    /// This kind.
    One(LicenceKind),
    /// Any of these kinds.
    AnyOf(Vec<LicenceKind>),
}

impl Demand {
    /// The kinds that meet the demand.
    #[must_use]
    pub fn kinds(&self) -> &[LicenceKind] {
        match self {
            Self::One(kind) => std::slice::from_ref(kind),
            Self::AnyOf(kinds) => kinds,
        }
    }
}
