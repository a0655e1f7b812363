//! What stands on a printed run sheet, in the reader's language: the rows for the control room, sums and cautions, and
//! at last what the hosts say. `html` and `markdown` only write it down.

use domain::Locale;
use domain::gate::script::{Interaction, Row};
use domain::record::Record;
use domain::standing::GateStatus;
use domain::word::{major_units, money_text};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Simulation, SumTable, words};
use crate::view::{Moment, capitalized, label, wall_clock};
use crate::workflow::Acted;

/// A run sheet as people read it.
#[derive(Debug)]
pub struct Sheet {
    /// The reader's language.
    pub locale: Locale,
    /// Whether domain time is a sandbox's.
    pub sandbox: bool,
    /// Whether the script has not passed its gate.
    pub draft: bool,
    /// What the campaign is called.
    pub name: String,
    /// When it goes live, for the eye.
    pub go_live: String,
    /// What else identifies it.
    pub facts: Vec<(&'static str, String)>,
    /// The head of the column of prices, with their currency.
    pub price_head: String,
    /// The rows, in list order.
    pub rows: Vec<SheetRow>,
    /// What to watch, a sentence each.
    pub cautions: Vec<String>,
    /// Sums by host, kind, role and product.
    pub sums: Vec<SumTable>,
    /// What is said in each row.
    pub speeches: Vec<Speech>,
}

/// One row as people read it.
#[derive(Debug)]
pub struct SheetRow {
    /// Its number, from 1.
    pub number: usize,
    /// Whether it sells.
    pub sells: bool,
    /// When it starts, on the wall clock.
    pub start: String,
    /// When it ends.
    pub end: String,
    /// How long it takes.
    pub length: String,
    /// What is on: the product, else the kind of segment.
    pub what: String,
    /// The kind of segment, its product number, how viewers are drawn in.
    pub about: Vec<String>,
    /// The price the host says.
    pub price: String,
    /// Who leads it.
    pub host: String,
    /// What floor, picture and set have to do.
    pub notes: Vec<(&'static str, String)>,
}

/// What is said in one row.
#[derive(Debug)]
pub struct Speech {
    /// Number, time, what is on and who speaks.
    pub heading: String,
    /// Talk track, the six steps, rules of an interaction.
    pub parts: Vec<(&'static str, String)>,
}

impl Sheet {
    /// The run sheet of a campaign for this reader.
    #[must_use]
    pub fn of(acted: &Acted, locale: Locale, sandbox: bool) -> Self {
        let simulation = Simulation::of(&acted.campaign, acted.case().params());
        let status = acted.standing.gates[domain::GateKey::Script].status;
        let profile = &acted.campaign.profile;
        let price = words::PRICE.to(locale);
        Self {
            locale,
            sandbox,
            draft: status != GateStatus::Passed,
            name: profile.name.clone(),
            go_live: wall_clock::long(&profile.time_zone, profile.go_live_at, locale),
            facts: simulation.facts(status, acted.updated_at, locale),
            price_head: match locale {
                Locale::En => format!("{price} ({})", profile.currency),
                Locale::ZhCn => format!("{price}({})", profile.currency),
            },
            rows: simulation.sheet_rows(locale),
            cautions: simulation.cautions(locale).into_iter().map(|caution| caution.what).collect(),
            sums: simulation.sums(locale),
            speeches: simulation.speeches(locale),
        }
    }
}

impl Simulation<'_> {
    fn facts(
        &self,
        status: GateStatus,
        updated_at: Timestamp,
        locale: Locale,
    ) -> Vec<(&'static str, String)> {
        let profile = &self.campaign.profile;
        let theme =
            self.campaign.contents.script.theme.as_deref().map(|theme| (words::THEME, theme.to_owned()));
        let ends = self.sheet.show_end_seconds.map(|seconds| (words::ENDS, self.clock(seconds)));
        let facts = theme.into_iter().chain(ends).chain([
            (words::ROOM, profile.room_ref.clone()),
            (words::ACCOUNT, profile.account_ref.clone()),
            (words::SCRIPT, status.label().to(locale).to_owned()),
            (words::UPDATED, wall_clock::long(&profile.time_zone, updated_at, locale)),
        ]);
        facts.map(|(label, value)| (label.to(locale), value)).collect()
    }

    fn sheet_rows(&self, locale: Locale) -> Vec<SheetRow> {
        let rows = self.rows().iter().enumerate();
        rows.map(|(i, row)| self.sheet_row(i, row, locale)).collect()
    }

    fn sheet_row(&self, i: usize, row: &Row, locale: Locale) -> SheetRow {
        let start = row.start_seconds.map(|start| start.get());
        let end = row.span().ok().map(|span| span.end_seconds);
        let clock = |seconds: Option<i64>| seconds.map_or(words::NOTHING.to_owned(), |at| self.clock(at));
        let kind = row.kind.map(|kind| kind.label().to(locale).to_owned());
        let product = self.product(row).or(row.sku_id.as_deref()).map(str::to_owned);
        let interaction = row.interaction.as_ref().and_then(|interaction| interaction.kind);
        let interaction = interaction.map(|kind| kind.label().to(locale).to_owned());
        let kind_below = product.as_ref().and(kind.clone());
        let sku_below = self.product(row).and(row.sku_id.as_deref()).map(str::to_owned);
        SheetRow {
            number: i + 1,
            sells: row.sells(),
            start: clock(start),
            end: clock(end),
            length: row
                .duration_seconds
                .map_or_else(String::new, |length| words::length(locale, length.get())),
            what: product.or(kind.as_deref().map(capitalized)).unwrap_or_else(|| words::NOTHING.to_owned()),
            about: kind_below.into_iter().chain(sku_below).chain(interaction).collect(),
            price: self.price(row).map_or_else(String::new, |price| self.large_price(price)),
            host: row.host.as_deref().unwrap_or(words::NOTHING).to_owned(),
            notes: texts(row, &["operator_cue", "camera", "props", "fallback"], locale),
        }
    }

    fn speeches(&self, locale: Locale) -> Vec<Speech> {
        let rows = self.rows().iter().enumerate();
        let speech = |(i, row): (usize, &Row)| {
            let mut parts = texts(row, &["talk_track"], locale);
            parts.extend(row.beats.iter().flat_map(|beats| {
                texts(beats, &["pain", "show", "advantage", "scene", "price", "order"], locale)
            }));
            parts.extend(row.interaction.iter().flat_map(|interaction| self.rules(interaction, locale)));
            if parts.is_empty() {
                return None;
            }
            let SheetRow { number, start, what, host, .. } = self.sheet_row(i, row, locale);
            Some(Speech { heading: format!("{number} · {start} · {what} · {host}"), parts })
        };
        rows.filter_map(speech).collect()
    }

    /// What viewers are told of an interaction.
    fn rules(&self, interaction: &Interaction, locale: Locale) -> Vec<(&'static str, String)> {
        let label = |name| label::<Interaction>(name).to(locale);
        let prize = interaction.prize_value.map(|prize| {
            let prize = money_text(prize.exact(), &self.campaign.profile.currency);
            (label("prize_value"), prize)
        });
        let odds =
            interaction.odds_pct.map(|odds| (label("odds_pct"), format!("{} %", odds.exact().normalize())));
        prize.into_iter().chain(odds).chain(texts(interaction, &["rules_text"], locale)).collect()
    }

    /// What the product of a row is called.
    pub(super) fn product(&self, row: &Row) -> Option<&str> {
        let sku = self.lineup.sku(row.sku_id.as_deref());
        sku.and_then(|sku| sku.name.as_deref())
    }

    /// The price the host says, else the live price of the product, in minor units.
    pub(super) fn price(&self, row: &Row) -> Option<i64> {
        let sku = self.lineup.sku(row.sku_id.as_deref());
        let price = row.quoted_price.or_else(|| sku.and_then(|sku| sku.live_price));
        price.map(|price| price.get())
    }

    /// A price without its currency, and without decimals where there are none.
    fn large_price(&self, minor: i64) -> String {
        let major = major_units(Decimal::from(minor), &self.campaign.profile.currency);
        if major.fract().is_zero() { major.trunc().to_string() } else { major.to_string() }
    }

    /// The instant so many seconds from go-live.
    fn instant(&self, seconds: i64) -> Timestamp {
        domain::campaign::later(self.campaign.profile.go_live_at, SignedDuration::from_secs(seconds))
    }

    pub(super) fn at(&self, seconds: i64) -> Moment {
        Moment::of(self.instant(seconds), &self.campaign.profile.time_zone)
    }

    /// What the clock on the wall shows so many seconds from go-live.
    pub(super) fn clock(&self, seconds: i64) -> String {
        let local = self.campaign.profile.time_zone.to_datetime(self.instant(seconds));
        local.strftime(if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
    }
}

/// Texts of a record that are given, each after what people call it.
fn texts<R: Record>(record: &R, names: &[&'static str], locale: Locale) -> Vec<(&'static str, String)> {
    let written = record.write();
    let text = |name: &&'static str| {
        let text = written.get(*name).and_then(Value::as_str)?;
        Some((label::<R>(name).to(locale), text.to_owned()))
    };
    names.iter().filter_map(text).collect()
}
