//! What is demanded of network lines and of the streams sent over them.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{EquipmentTest, Line, Output};
use crate::gate::Platform;
use crate::locale::both;
use crate::need;
use crate::params::{EquipmentParams, StreamProfile};
use crate::rule::{Case, Judged, Lack, Outcome, Verdict, each, found, hold};
use crate::word::Word;

pub(super) const LINES: &str = "/gates/equipment_test/lines";
const OUTPUTS: &str = "/gates/equipment_test/outputs";

/// Mbit/s in a kbit/s.
const MBPS: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

impl Line {
    /// What findings call the line.
    #[must_use]
    pub fn called(&self) -> Word {
        let unnamed = || Word::Label("line", both("(unnamed)", "(未命名)"));
        self.name.as_ref().map_or_else(unnamed, |name| Word::text(name))
    }

    /// Whether the show runs over it.
    pub(super) fn is_primary(&self) -> bool {
        self.is_backup == Some(false)
    }
}

pub(super) fn lines<'c>(case: &Case<'c>) -> &'c [Line] {
    case.contents().equipment_test.lines.as_deref().unwrap_or_default()
}

fn each_primary(case: &Case<'_>, member: &str, judge: impl Fn(&Line) -> Judged) -> Vec<Outcome> {
    each(
        lines(case).iter().enumerate(),
        |(i, _)| format!("{LINES}/{i}{member}"),
        |(_, line)| if line.is_primary() { judge(line) } else { Ok(Verdict::NotApplicable) },
    )
}

/// A primary line sends what all streams together need.
pub(super) fn uplink_sufficient(case: &Case<'_>) -> Vec<Outcome> {
    let needed_mbps = needed_mbps(&case.contents().equipment_test, &case.params().equipment_test);
    each_primary(case, "/up_mbps", |line| {
        let up_mbps = need!(line.up_mbps).exact();
        let needed_mbps = needed_mbps?;
        hold(up_mbps >= needed_mbps, || {
            // Rounded up as it is shown, so that this much more is enough.
            let short =
                (needed_mbps - up_mbps).round_dp_with_strategy(2, RoundingStrategy::ToPositiveInfinity);
            found(Word::Number(up_mbps), Word::Number(needed_mbps))
                .with("name", line.called())
                .with("short", Word::Number(short))
        })
    })
}

/// The bit rates of all streams with headroom, but no less than a single stream and each further one need.
fn needed_mbps(equipment: &EquipmentTest, params: &EquipmentParams) -> Result<Decimal, Lack> {
    let outputs = need!(equipment.outputs);
    let (mut kbps, mut uhd) = (Decimal::ZERO, false);
    for output in outputs {
        kbps += need!(output.bitrate_kbps).exact();
        uhd |= need!(output.height_px).get() >= params.uhd_height_px;
    }
    let base = if uhd { params.min_up_uhd_mbps } else { params.min_up_mbps };
    let further = Decimal::from(outputs.len()) - Decimal::ONE;
    Ok((*params.bitrate_headroom_ratio * kbps * MBPS).max(*base + *params.extra_output_mbps * further))
}

/// A primary line loses little and answers fast.
pub(super) fn line_quality(case: &Case<'_>) -> Vec<Outcome> {
    let params = &case.params().equipment_test;
    each_primary(case, "", |line| {
        let (loss_pct, rtt_ms) = (need!(line.loss_pct).exact(), need!(line.rtt_ms).exact());
        hold(loss_pct <= *params.max_loss_pct && rtt_ms <= *params.max_rtt_ms, || {
            let measured = [("loss_pct", Word::Number(loss_pct)), ("rtt_ms", Word::Number(rtt_ms))];
            let limits = [
                ("max_loss_pct", Word::Number(*params.max_loss_pct)),
                ("max_rtt_ms", Word::Number(*params.max_rtt_ms)),
            ];
            found(Word::fields(measured.clone()), Word::fields(limits.clone()))
                .with_all(measured)
                .with_all(limits)
                .with("name", line.called())
        })
    })
}

/// A stream is what its platform accepts; a playbook without figures for it and without a default accepts all.
pub(super) fn outputs_in_profile(case: &Case<'_>) -> Vec<Outcome> {
    let profiles = &case.params().equipment_test.profiles;
    let outputs = case.contents().equipment_test.outputs.as_deref().unwrap_or_default();
    each(
        outputs.iter().enumerate(),
        |(i, _)| format!("{OUTPUTS}/{i}"),
        |(_, output)| {
            let platform = *need!(output.platform);
            let profile = profiles.get(platform.key()).or_else(|| profiles.get("default"));
            profile.map_or(Ok(Verdict::NotApplicable), |profile| in_profile(output, platform, profile))
        },
    )
}

fn in_profile(output: &Output, platform: Platform, profile: &StreamProfile) -> Judged {
    let (fps, kbps) = (need!(output.fps).exact(), need!(output.bitrate_kbps).get());
    let keyframe_seconds = need!(output.keyframe_seconds).exact();
    let fits = (*profile.min_fps..=*profile.max_fps).contains(&fps)
        && (profile.min_kbps..=profile.max_kbps).contains(&kbps)
        && keyframe_seconds <= *profile.max_keyframe_seconds;
    hold(fits, || {
        let set = Word::fields([
            ("fps", Word::Number(fps)),
            ("bitrate_kbps", Word::number(kbps)),
            ("keyframe_seconds", Word::Number(keyframe_seconds)),
        ]);
        let limits = [
            ("min_fps", Word::Number(*profile.min_fps)),
            ("max_fps", Word::Number(*profile.max_fps)),
            ("min_kbps", Word::number(profile.min_kbps)),
            ("max_kbps", Word::number(profile.max_kbps)),
            ("max_keyframe_seconds", Word::Number(*profile.max_keyframe_seconds)),
        ];
        found(set, Word::fields(limits.clone())).with_all(limits).with("platform", platform.into())
    })
}

/// Each platform of the campaign gets a stream.
pub(super) fn output_per_platform(case: &Case<'_>) -> Vec<Outcome> {
    let equipment = &case.contents().equipment_test;
    each(
        case.profile().platforms.iter().enumerate(),
        |(i, _)| format!("/campaign/platforms/{i}"),
        |(_, platform)| {
            let outputs = need!(equipment.outputs);
            hold(outputs.iter().any(|output| output.platform == Some(**platform)), || {
                found(Word::Nothing, (**platform).into()).with("platform", (**platform).into())
            })
        },
    )
}
