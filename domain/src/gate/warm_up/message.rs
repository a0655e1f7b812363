//! The rules of gate `warm_up` about whom it reaches and what it tells.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Asset;
use super::rules::{ASSETS, each_asset};
use crate::gate::audience::{Channel, largest_segment};
use crate::locale::{Bilingual, both};
use crate::need;
use crate::rule::{Case, Outcome, Verdict, found, hold, whole};
use crate::word::Word;

/// What is paid for is marked as advertising.
pub(super) fn ad_label_shown(case: &Case<'_>) -> Vec<Outcome> {
    each_asset(case, "ad_label", |asset| {
        if asset.is_paid != Some(true) {
            return Ok(Verdict::NotApplicable);
        }
        let labelled = *need!(asset.ad_label);
        hold(labelled, || {
            found(Word::Json(Value::from(labelled)), Word::Json(Value::from(true)))
                .with("key", asset.called())
        })
    })
}

/// An asset runs on a channel where the largest segment looks.
pub(super) fn reaches_largest_segment(case: &Case<'_>) -> Vec<Outcome> {
    let warm_up = &case.contents().warm_up;
    whole(ASSETS, || {
        let used = channels(need!(warm_up.assets));
        let (_, segment) = largest_segment(&case.contents().audience)?;
        let channels = need!(segment.channels);
        hold(channels.iter().any(|channel| used.contains(channel)), || {
            let words = |channels: &[Channel]| channels.iter().map(|channel| (*channel).into()).collect();
            let name = segment.name.as_ref().map_or(Word::Nothing, |name| Word::text(name));
            found(listed(used), Word::List(words(channels)))
                .with("name", name)
                .with("any_of", Word::AnyOf(words(channels)))
        })
    })
}

/// The warm-up runs on enough different channels.
pub(super) fn channels_varied(case: &Case<'_>) -> Vec<Outcome> {
    let warm_up = &case.contents().warm_up;
    let min = case.params().warm_up.min_channels;
    whole(ASSETS, || {
        let used = channels(need!(warm_up.assets));
        hold(used.len() >= min, || {
            let short = Word::count(min - used.len());
            found(listed(used), Word::count(min)).with("short", short)
        })
    })
}

fn channels(assets: &[Asset]) -> BTreeSet<Channel> {
    assets.iter().filter_map(|asset| asset.channel).collect()
}

fn listed(channels: BTreeSet<Channel>) -> Word {
    Word::List(channels.into_iter().map(Word::from).collect())
}

/// Start, theme, goods and benefit are each told somewhere.
pub(super) fn message_complete(case: &Case<'_>) -> Vec<Outcome> {
    let warm_up = &case.contents().warm_up;
    whole(ASSETS, || {
        let assets = need!(warm_up.assets);
        let some = |told: fn(&Asset) -> bool| assets.iter().any(told);
        let parts: [(&'static str, Bilingual, bool); 4] = [
            ("start", both("the start time", "开播时间"), some(|asset| asset.shown_start_at.is_some())),
            ("title", both("the title", "标题"), some(|asset| asset.title.is_some())),
            ("product", both("a product", "商品"), some(features_a_product)),
            (
                "benefit",
                both("a benefit", "福利"),
                !warm_up.benefits.as_deref().unwrap_or_default().is_empty(),
            ),
        ];
        let words = |wanted: fn(bool) -> bool| {
            let wanted = parts.iter().filter(|(_, _, told)| wanted(*told));
            Word::List(wanted.map(|(key, label, _)| Word::Label(key, *label)).collect())
        };
        hold(parts.iter().all(|(_, _, told)| *told), || {
            found(words(|told| told), words(|_| true)).with("missing", words(|told| !told))
        })
    })
}

fn features_a_product(asset: &Asset) -> bool {
    asset.featured.iter().flatten().any(|product| product.sku_id.is_some())
}
