//! What is demanded of picture and sound: the test stream, levels, light.

use crate::need;
use crate::rule::{Case, Outcome, Verdict, found, hold, whole};
use crate::word::Word;

/// The test stream ran long enough, dropped few frames, and sound fits the picture.
pub(super) fn test_stream_clean(case: &Case<'_>) -> Vec<Outcome> {
    let equipment = &case.contents().equipment_test;
    let params = &case.params().equipment_test;
    let long = case.profile().planned_minutes >= params.long_show_minutes;
    let min_minutes = if long { params.min_long_test_minutes } else { params.min_test_minutes };
    whole("/gates/equipment_test/test_stream", || {
        let test = need!(equipment.test_stream);
        let minutes = need!(test.duration_minutes).get();
        let (dropped_pct, offset_ms) = (need!(test.dropped_pct).exact(), need!(test.av_offset_ms).exact());
        let clean = dropped_pct <= *params.max_dropped_pct && offset_ms.abs() <= *params.max_av_offset_ms;
        hold(clean && minutes >= min_minutes, || {
            let measured = [
                ("duration_minutes", Word::number(minutes)),
                ("dropped_pct", Word::Number(dropped_pct)),
                ("av_offset_ms", Word::Number(offset_ms)),
            ];
            let limits = [
                ("min_minutes", Word::number(min_minutes)),
                ("max_dropped_pct", Word::Number(*params.max_dropped_pct)),
                ("max_av_offset_ms", Word::Number(*params.max_av_offset_ms)),
            ];
            found(Word::fields(measured), Word::fields(limits.clone())).with_all(limits)
        })
    })
}

/// Sound is not too loud, and the room is quiet.
pub(super) fn audio_levels(case: &Case<'_>) -> Vec<Outcome> {
    let equipment = &case.contents().equipment_test;
    let params = &case.params().equipment_test;
    whole("/gates/equipment_test/audio", || {
        let audio = need!(equipment.audio);
        let (peak, noise) = (need!(audio.peak_dbfs).exact(), need!(audio.noise_dbfs).exact());
        hold(peak <= *params.max_peak_dbfs && noise <= *params.max_noise_dbfs, || {
            let measured = [("peak_dbfs", Word::Number(peak)), ("noise_dbfs", Word::Number(noise))];
            let limits = [
                ("max_peak_dbfs", Word::Number(*params.max_peak_dbfs)),
                ("max_noise_dbfs", Word::Number(*params.max_noise_dbfs)),
            ];
            let failure = found(Word::fields(measured.clone()), Word::fields(limits.clone()));
            failure.with_all(measured).with_all(limits)
        })
    })
}

/// Light on the face is bright, near daylight, and shows colours well; some goods are bought for their colour.
pub(super) fn light_quality(case: &Case<'_>) -> Vec<Outcome> {
    let params = &case.params().equipment_test;
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    let coloured =
        skus.iter().any(|sku| sku.category.is_some_and(|it| params.colour_categories.contains(&it)));
    let min_cri = if coloured { params.min_cri_colour } else { params.min_cri };
    whole("/gates/equipment_test/light", || {
        let Some(light) = &case.contents().equipment_test.light else { return Ok(Verdict::NotApplicable) };
        let (lux, kelvin) = (need!(light.face_lux).get(), need!(light.cct_kelvin).get());
        let cri = need!(light.cri).exact();
        let daylight = (params.min_cct_kelvin..=params.max_cct_kelvin).contains(&kelvin);
        hold(lux >= params.min_face_lux && daylight && cri >= *min_cri, || {
            let measured = [
                ("face_lux", Word::number(lux)),
                ("cct_kelvin", Word::number(kelvin)),
                ("cri", Word::Number(cri)),
            ];
            let limits = [
                ("min_face_lux", Word::number(params.min_face_lux)),
                ("min_cct_kelvin", Word::number(params.min_cct_kelvin)),
                ("max_cct_kelvin", Word::number(params.max_cct_kelvin)),
                ("min_cri", Word::Number(*min_cri)),
            ];
            let failure = found(Word::fields(measured.clone()), Word::fields(limits.clone()));
            failure.with_all(measured).with_all(limits)
        })
    })
}
