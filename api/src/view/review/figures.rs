//! The key figures of each gate: what somebody looks at who is asked to decide on it, on one screen.

use domain::gate::GateKey;
use domain::gate::audience::{Audience, Segment};
use domain::gate::equipment_test::{AudioTest, EquipmentTest, Line, Output, TestStream};
use domain::gate::goal::Goal;
use domain::gate::products::{Products, Sku};
use domain::gate::script::Script;
use domain::gate::team::{Rehearsal, RosterEntry, Team};
use domain::gate::warm_up::{Asset, Spend, WarmUp};
use domain::locale::Bilingual;
use domain::record::Record;
use domain::scalar::Money;
use domain::word::{money_text, rounded};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::words;
use crate::view::run_sheet::{Sheet, SumTable, length};
use crate::view::{Reader, capitalized, label, wall_clock};
use crate::workflow::Acted;

/// Figures by name, and tables.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) tables: Vec<SumTable>,
}

/// The key figures of a gate.
pub(super) fn of(acted: &Acted, gate: GateKey, reader: Reader<'_>) -> Figures {
    let scribe = Scribe { acted, reader };
    match gate {
        GateKey::Goal => scribe.goal(),
        GateKey::Audience => scribe.audience(),
        GateKey::Products => scribe.products(),
        GateKey::Script => scribe.script(),
        GateKey::Team => scribe.team(),
        GateKey::WarmUp => scribe.warm_up(),
        GateKey::EquipmentTest => scribe.equipment_test(),
    }
}

/// What is not written yet.
const NOTHING: &str = "–";

/// A figure that may not be written yet, under the label of its field.
type Fact = (&'static str, Option<String>);

struct Scribe<'a> {
    acted: &'a Acted,
    reader: Reader<'a>,
}

impl Scribe<'_> {
    fn goal(&self) -> Figures {
        let goal = &self.acted.campaign.contents.goal;
        let primary = goal.primary_goal.map(|goal| capitalized(goal.label().to(self.reader.locale)));
        self.figures([
            (self.label::<Goal>("primary_goal"), primary),
            (self.label::<Goal>("gmv_target"), self.money(goal.gmv_target)),
            (self.label::<Goal>("viewers_target"), goal.viewers_target.map(|n| n.get().to_string())),
            (self.label::<Goal>("conversion_pct"), goal.conversion_pct.map(|pct| percent(pct.exact()))),
            (self.label::<Goal>("average_order_value"), self.money(goal.average_order_value)),
            (self.label::<Goal>("ad_budget"), self.money(goal.ad_budget)),
            (self.label::<Goal>("roi_floor"), goal.roi_floor.map(|ratio| plain(ratio.exact()))),
            (self.label::<Goal>("stop_loss"), goal.stop_loss.as_deref().map(str::to_owned)),
        ])
    }

    fn audience(&self) -> Figures {
        let audience = &self.acted.campaign.contents.audience;
        let row = |segment: &Segment| {
            let ages = pair(segment.age_min.map(|age| age.get()), segment.age_max.map(|age| age.get()));
            vec![
                text(segment.name.as_deref()),
                or_nothing(segment.share_pct.map(|pct| percent(pct.exact()))),
                ages,
                or_nothing(self.money(segment.price_min)),
                or_nothing(self.money(segment.price_max)),
            ]
        };
        let rows = audience.segments.iter().flatten().map(row).collect();
        let heads = [
            label::<Segment>("name"),
            label::<Segment>("share_pct"),
            words::AGE,
            label::<Segment>("price_min"),
            label::<Segment>("price_max"),
        ];
        let evidence = audience.evidence.as_ref().map(|evidence| evidence.len().to_string());
        let persona = audience.persona.as_deref().map(str::to_owned);
        let figures = self.figures([
            (self.label::<Audience>("evidence"), evidence),
            (self.label::<Audience>("persona"), persona),
        ]);
        self.with_table(figures, label::<Audience>("segments"), &heads, rows)
    }

    fn products(&self) -> Figures {
        let products = &self.acted.campaign.contents.products;
        let knows_cost = self.reader.knows_cost();
        let row = |sku: &Sku| {
            let named = [sku.name.as_deref(), sku.sku_id.as_deref()].into_iter().flatten();
            let mut row = vec![
                named.collect::<Vec<_>>().join(" · "),
                or_nothing(sku.role.map(|role| capitalized(role.label().to(self.reader.locale)))),
                or_nothing(self.money(sku.live_price)),
                or_nothing(self.money(sku.market_price)),
                or_nothing(sku.locked_units.map(|units| units.get().to_string())),
                or_nothing(sku.forecast_units.map(|units| units.get().to_string())),
            ];
            if knows_cost {
                row.push(or_nothing(margin_pct(sku).map(percent)));
            }
            row
        };
        let skus = products.skus.as_deref().unwrap_or_default();
        let mut heads = vec![
            label::<Sku>("name"),
            label::<Sku>("role"),
            label::<Sku>("live_price"),
            label::<Sku>("market_price"),
            label::<Sku>("locked_units"),
            label::<Sku>("forecast_units"),
        ];
        if knows_cost {
            heads.push(words::MARGIN);
        }
        let forecast = revenue(skus).map(|minor| money_text(minor, self.currency()));
        let figures = self.figures([
            (words::PRODUCTS.to(self.reader.locale), Some(skus.len().to_string())),
            (words::FORECAST_REVENUE.to(self.reader.locale), forecast),
            (self.label::<Goal>("gmv_target"), self.money(self.acted.campaign.contents.goal.gmv_target)),
        ]);
        self.with_table(figures, label::<Products>("skus"), &heads, skus.iter().map(row).collect())
    }

    fn script(&self) -> Figures {
        let script = &self.acted.campaign.contents.script;
        let highlights: Vec<&str> = script.highlights.iter().flatten().map(|one| one.as_str()).collect();
        let highlights = (!highlights.is_empty()).then(|| highlights.join("\n"));
        let rows = script.rows.as_ref().map(|rows| rows.len().to_string());
        let mut figures = self.figures([
            (self.label::<Script>("theme"), script.theme.as_deref().map(str::to_owned)),
            (self.label::<Script>("highlights"), highlights),
            (words::ROWS.to(self.reader.locale), rows),
            (self.label::<Script>("closing_tactics"), script.closing_tactics.as_deref().map(str::to_owned)),
        ]);
        let sheet = Sheet::of(self.acted, self.reader.locale, false);
        let cautions: String = sheet.cautions.join("\n");
        if !cautions.is_empty() {
            figures.facts.push((words::WATCH.to(self.reader.locale), cautions));
        }
        figures.tables = sheet.sums;
        figures
    }

    fn team(&self) -> Figures {
        let team = &self.acted.campaign.contents.team;
        let row = |entry: &RosterEntry| {
            let role = entry.role.map(|role| capitalized(role.label().to(self.reader.locale)));
            let stands_in = entry.is_backup == Some(true);
            let role = role.map(|role| {
                if stands_in { format!("{role} · {}", self.label::<RosterEntry>("is_backup")) } else { role }
            });
            vec![
                text(entry.person.as_deref()),
                or_nothing(role),
                self.time(entry.shift_from_at),
                self.time(entry.shift_to_at),
            ]
        };
        let roster = team.roster.iter().flatten().map(row).collect();
        let heads = [
            label::<RosterEntry>("person"),
            label::<RosterEntry>("role"),
            label::<RosterEntry>("shift_from_at"),
            label::<RosterEntry>("shift_to_at"),
        ];
        let held = |rehearsal: &Rehearsal| {
            let kind = rehearsal.kind.map(|kind| capitalized(kind.label().to(self.reader.locale)));
            let issues = rehearsal.issues.iter().flatten();
            let open = issues.filter(|issue| issue.resolved != Some(true)).count();
            vec![or_nothing(kind), self.time(rehearsal.held_at), open.to_string()]
        };
        let rehearsals = team.rehearsals.iter().flatten().map(held).collect();
        let trainings = team.trainings.as_ref().map(|trainings| trainings.len().to_string());
        let figures = self.figures([
            (self.label::<Team>("trainings"), trainings),
            (self.label::<Team>("escalation_contact"), team.escalation_contact.as_deref().map(str::to_owned)),
        ]);
        let figures = self.with_table(figures, label::<Team>("roster"), &heads, roster);
        let heads = [label::<Rehearsal>("kind"), label::<Rehearsal>("held_at"), words::OPEN_ISSUES];
        self.with_table(figures, label::<Team>("rehearsals"), &heads, rehearsals)
    }

    fn warm_up(&self) -> Figures {
        let warm_up = &self.acted.campaign.contents.warm_up;
        let row = |asset: &Asset| {
            let channel = asset.channel.map(|channel| capitalized(channel.label().to(self.reader.locale)));
            let published = asset.published_url.is_some();
            vec![
                text(asset.title.as_deref()),
                or_nothing(channel),
                self.time(asset.publish_at),
                words::yes_or_no(published).to(self.reader.locale).to_owned(),
            ]
        };
        let assets = warm_up.assets.iter().flatten().map(row).collect();
        let heads = [
            label::<Asset>("title"),
            label::<Asset>("channel"),
            label::<Asset>("publish_at"),
            words::PUBLISHED,
        ];
        let spent: Option<Decimal> = warm_up.spend.as_ref().map(|spend| total(spend));
        let figures = self.figures([
            (self.label::<WarmUp>("spend"), spent.map(|minor| money_text(minor, self.currency()))),
            (self.label::<Goal>("ad_budget"), self.money(self.acted.campaign.contents.goal.ad_budget)),
            (
                self.label::<WarmUp>("reservation_target"),
                warm_up.reservation_target.map(|n| n.get().to_string()),
            ),
            (self.label::<WarmUp>("reservations"), warm_up.reservations.map(|n| n.get().to_string())),
        ]);
        self.with_table(figures, label::<WarmUp>("assets"), &heads, assets)
    }

    fn equipment_test(&self) -> Figures {
        let test = &self.acted.campaign.contents.equipment_test;
        let stream = test.test_stream.clone().unwrap_or_default();
        let sound = test.audio.clone().unwrap_or_default();
        let minutes = |minutes: i64| length(self.reader.locale, minutes * 60);
        let drills = test.failovers.as_ref().map(|drills| drills.len().to_string());
        let figures = self.figures([
            (
                self.label::<TestStream>("duration_minutes"),
                stream.duration_minutes.map(|length| minutes(length.get())),
            ),
            (self.label::<TestStream>("dropped_pct"), stream.dropped_pct.map(|pct| percent(pct.exact()))),
            (
                self.label::<TestStream>("av_offset_ms"),
                stream.av_offset_ms.map(|ms| format!("{} ms", plain(ms.exact()))),
            ),
            (
                self.label::<AudioTest>("peak_dbfs"),
                sound.peak_dbfs.map(|db| format!("{} dBFS", plain(db.exact()))),
            ),
            (
                self.label::<AudioTest>("noise_dbfs"),
                sound.noise_dbfs.map(|db| format!("{} dBFS", plain(db.exact()))),
            ),
            (
                self.label::<EquipmentTest>("ups_minutes"),
                test.ups_minutes.map(|length| minutes(length.get())),
            ),
            (self.label::<EquipmentTest>("failovers"), drills),
        ]);
        self.outputs(self.lines(figures))
    }

    fn lines(&self, figures: Figures) -> Figures {
        let test = &self.acted.campaign.contents.equipment_test;
        let line = |line: &Line| {
            vec![
                text(line.name.as_deref()),
                or_nothing(line.up_mbps.map(|mbps| format!("{} Mbps", plain(mbps.exact())))),
                or_nothing(line.loss_pct.map(|pct| percent(pct.exact()))),
                or_nothing(line.rtt_ms.map(|ms| format!("{} ms", plain(ms.exact())))),
                self.time(line.measured_at),
            ]
        };
        let lines = test.lines.iter().flatten().map(line).collect();
        let line_heads = [
            label::<Line>("name"),
            label::<Line>("up_mbps"),
            label::<Line>("loss_pct"),
            label::<Line>("rtt_ms"),
            label::<Line>("measured_at"),
        ];
        self.with_table(figures, label::<EquipmentTest>("lines"), &line_heads, lines)
    }

    fn outputs(&self, figures: Figures) -> Figures {
        let test = &self.acted.campaign.contents.equipment_test;
        let output = |output: &Output| {
            vec![
                or_nothing(output.platform.map(|on| capitalized(on.label().to(self.reader.locale)))),
                or_nothing(output.height_px.map(|px| format!("{} px", px.get()))),
                or_nothing(output.fps.map(|fps| format!("{} fps", plain(fps.exact())))),
                or_nothing(output.bitrate_kbps.map(|kbps| format!("{} kbps", kbps.get()))),
            ]
        };
        let outputs = test.outputs.iter().flatten().map(output).collect();
        let output_heads = [
            label::<Output>("platform"),
            label::<Output>("height_px"),
            label::<Output>("fps"),
            label::<Output>("bitrate_kbps"),
        ];
        self.with_table(figures, label::<EquipmentTest>("outputs"), &output_heads, outputs)
    }

    fn figures<const N: usize>(&self, facts: [Fact; N]) -> Figures {
        let facts = facts.into_iter().filter_map(|(label, value)| Some((label, value?))).collect();
        Figures { facts, tables: Vec::new() }
    }

    fn with_table(
        &self,
        mut figures: Figures,
        title: Bilingual,
        heads: &[Bilingual],
        rows: Vec<Vec<String>>,
    ) -> Figures {
        figures.tables.extend(SumTable::new(title, heads, rows, self.reader.locale));
        figures
    }

    fn label<R: Record>(&self, name: &'static str) -> &'static str {
        label::<R>(name).to(self.reader.locale)
    }

    fn currency(&self) -> &str {
        &self.acted.campaign.profile.currency
    }

    fn money(&self, money: Option<Money>) -> Option<String> {
        money.map(|money| money_text(money.exact(), self.currency()))
    }

    fn time(&self, instant: Option<Timestamp>) -> String {
        let profile = &self.acted.campaign.profile;
        or_nothing(instant.map(|instant| wall_clock::short(&profile.time_zone, instant, self.reader.locale)))
    }
}

/// What is left of the live price after the goods are paid, in percent of it.
fn margin_pct(sku: &Sku) -> Option<Decimal> {
    let (live, cost) = (sku.live_price?.exact(), sku.cost?.exact());
    (live - cost).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(live)
}

/// What the line-up brings if every forecast comes true, in minor units; nothing as long as one is missing.
fn revenue(skus: &[Sku]) -> Option<Decimal> {
    let each = skus.iter().map(|sku| Some(sku.live_price?.exact() * sku.forecast_units?.exact()));
    (!skus.is_empty()).then(|| each.sum::<Option<Decimal>>()).flatten()
}

fn total(spend: &[Spend]) -> Decimal {
    spend.iter().filter_map(|spend| Some(spend.amount?.exact())).sum()
}

fn percent(number: Decimal) -> String {
    format!("{} %", rounded(number))
}

fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}

fn text(text: Option<&str>) -> String {
    or_nothing(text.map(str::to_owned))
}

fn or_nothing(text: Option<String>) -> String {
    text.unwrap_or_else(|| NOTHING.to_owned())
}

fn pair(from: Option<i64>, to: Option<i64>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{from}–{to}"),
        (Some(one), None) | (None, Some(one)) => one.to_string(),
        (None, None) => NOTHING.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_is_no_figure() {
        assert_eq!(pair(None, None), NOTHING);
        assert_eq!(revenue(&[]), None);
        assert_eq!(revenue(&[Sku::default()]), None);
        assert_eq!(margin_pct(&Sku::default()), None);
    }
}
