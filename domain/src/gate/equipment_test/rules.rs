//! The rules of gate `equipment_test`. What they demand of lines and streams stands in `stream`, of sound, light and
//! the test stream in `signal`, of backups in `backup`, of test orders in `orders`; how long tests last in `freshness`.

use super::{backup, freshness, orders, signal, stream};
use crate::gate::GateKey;
use crate::rule::{Rule, required_fields};

const GATE: GateKey = GateKey::EquipmentTest;

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("equipment_test.complete", GATE, |case| required_fields(case, GATE)),
    Rule::blocker("equipment_test.uplink_sufficient", GATE, stream::uplink_sufficient)
        .says(
            "Line {name} sends {observed} Mbps; {required} are needed.",
            "线路 {name} 上行 {observed} Mbps,需 {required}。",
        )
        .fix("a faster line or lower bitrates (+{short} Mbps)", "提速或降码率(+{short} Mbps)")
        .reads(&[
            "equipment_test.bitrate_headroom_ratio",
            "equipment_test.min_up_mbps",
            "equipment_test.min_up_uhd_mbps",
            "equipment_test.uhd_height_px",
            "equipment_test.extra_output_mbps",
        ]),
    Rule::blocker("equipment_test.line_quality", GATE, stream::line_quality)
        .says(
            "Line {name} loses {loss_pct} % at {rtt_ms} ms.",
            "线路 {name} 丢包 {loss_pct}%、时延 {rtt_ms} ms 超限。",
        )
        .fix(
            "use a wired, separate line (at most {max_loss_pct} %, {max_rtt_ms} ms)",
            "改用有线专线(丢包 ≤ {max_loss_pct}%,时延 ≤ {max_rtt_ms} ms)",
        )
        .reads(&["equipment_test.max_loss_pct", "equipment_test.max_rtt_ms"]),
    Rule::blocker("equipment_test.outputs_in_profile", GATE, stream::outputs_in_profile)
        .says("The stream to {platform} is outside its limits.", "{platform} 推流参数超出平台范围。")
        .fix(
            "change the encoder settings ({min_fps}–{max_fps} fps, {min_kbps}–{max_kbps} kbps, a key frame every \
             {max_keyframe_seconds} s at most)",
            "调整编码参数(帧率 {min_fps}–{max_fps},码率 {min_kbps}–{max_kbps} kbps,关键帧间隔 ≤ {max_keyframe_seconds} 秒)",
        )
        .reads(&["equipment_test.profiles"]),
    Rule::blocker("equipment_test.output_per_platform", GATE, stream::output_per_platform)
        .says("No stream is set up for {platform}.", "未配置 {platform} 推流。")
        .fix("add the output", "添加推流"),
    Rule::blocker("equipment_test.test_stream_clean", GATE, signal::test_stream_clean)
        .says("The test stream was too short or not clean.", "试播时长不足或质量不达标。")
        .fix(
            "test again (at least {min_minutes} min, {max_dropped_pct} % dropped and {max_av_offset_ms} ms off at most)",
            "重新试播(至少 {min_minutes} 分钟,丢帧 ≤ {max_dropped_pct}%,音画偏差 ≤ {max_av_offset_ms} ms)",
        )
        .reads(&[
            "equipment_test.min_test_minutes",
            "equipment_test.long_show_minutes",
            "equipment_test.min_long_test_minutes",
            "equipment_test.max_dropped_pct",
            "equipment_test.max_av_offset_ms",
        ]),
    Rule::blocker("equipment_test.audio_levels", GATE, signal::audio_levels)
        .says(
            "Sound peaks at {peak_dbfs} dBFS over noise of {noise_dbfs}.",
            "峰值 {peak_dbfs} dBFS、底噪 {noise_dbfs} dBFS 超限。",
        )
        .fix(
            "set the gain, quiet the room (peaks to {max_peak_dbfs}, noise to {max_noise_dbfs} dBFS at most)",
            "调增益并降噪(峰值 ≤ {max_peak_dbfs} dBFS,底噪 ≤ {max_noise_dbfs} dBFS)",
        )
        .reads(&["equipment_test.max_peak_dbfs", "equipment_test.max_noise_dbfs"]),
    Rule::warning("equipment_test.light_quality", GATE, signal::light_quality)
        .says(
            "Light: {face_lux} lx, {cct_kelvin} K, CRI {cri}.",
            "灯光:{face_lux} lx、{cct_kelvin} K、CRI {cri} 不达标。",
        )
        .fix(
            "adjust lights (at least {min_face_lux} lx, {min_cct_kelvin}–{max_cct_kelvin} K, CRI {min_cri})",
            "调整灯光(至少 {min_face_lux} lx,{min_cct_kelvin}–{max_cct_kelvin} K,CRI {min_cri})",
        )
        .reads(&[
            "equipment_test.min_cri",
            "equipment_test.min_cri_colour",
            "equipment_test.colour_categories",
            "equipment_test.min_cct_kelvin",
            "equipment_test.max_cct_kelvin",
            "equipment_test.min_face_lux",
        ]),
    Rule::blocker("equipment_test.backups_present", GATE, backup::backups_present)
        .says("No backup for: {missing}.", "缺少备份:{missing}。")
        .fix("provide it", "补充备份")
        .reads(&["equipment_test.backup_kinds", "equipment_test.min_ups_minutes"]),
    Rule::blocker("equipment_test.failovers_drilled", GATE, backup::failovers_drilled)
        .says("Switching not drilled within {max} s: {missing}.", "未完成 {max} 秒内切换演练:{missing}。")
        .fix("drill", "演练")
        .reads(&["equipment_test.drill_components", "equipment_test.max_switch_seconds"]),
    Rule::blocker("equipment_test.orders_true", GATE, orders::orders_true)
        .says(
            "The order page of {sku_id} shows {observed}; it should be {required}.",
            "{sku_id} 下单页为 {observed},应为 {required}。",
        )
        .fix("correct the listing", "修正链接"),
    Rule::blocker("equipment_test.orders_cover", GATE, orders::orders_cover)
        .says("No order test for: {missing}.", "未做下单测试:{missing}。")
        .fix("order once", "补做测试"),
    Rule::blocker("equipment_test.tests_fresh", GATE, freshness::tests_fresh)
        .says(
            "{what} was tested {observed}; it must be newer than {required}.",
            "{what} 测试于 {observed},须晚于 {required}。",
        )
        .fix("measure again", "重新测试")
        .reads(&["equipment_test.tests_max_age_hours"])
        .ages(freshness::tests_fresh_until)
        .ripens(freshness::tests_count_from),
    Rule::blocker("equipment_test.recheck_done", GATE, freshness::recheck_done)
        .says(
            "Network and sound have not been checked again since {from}; it was due at {due}.",
            "{from} 之后尚未复测网络与声音,截止 {due}。",
        )
        .fix("recheck", "复测")
        .reads(&["equipment_test.recheck_from_hours", "equipment_test.recheck_due_minutes"])
        .ages(freshness::recheck_lasts_until)
        .ripens(freshness::recheck_counts_from),
];
