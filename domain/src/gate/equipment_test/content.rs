//! The fields of gate `equipment_test`.

use jiff::Timestamp;

use crate::gate::Platform;
use crate::scalar::{Dec, Int, List, Money, Pct, Person, Ref, Text};
use crate::{choices, record};

choices! {
    /// What a piece of equipment is.
    pub enum RigKind {
        Camera = "camera", "camera", "摄像机";
        Microphone = "microphone", "microphone", "麦克风";
        /// (the computer or device that sends the stream)
        Encoder = "encoder", "encoder", "推流主机";
        Light = "light", "light", "灯光";
        Monitor = "monitor", "monitor", "监视器";
        Phone = "phone", "phone", "手机";
        Capture = "capture", "capture card", "采集卡";
        /// (keeps the power on for a while)
        Ups = "ups", "UPS", "不间断电源(UPS)";
        Other = "other", "other", "其他";
    }

    /// A part whose replacement is drilled.
    pub enum FailoverComponent {
        Network = "network", "network", "网络";
        Encoder = "encoder", "encoder", "推流主机";
        Microphone = "microphone", "microphone", "麦克风";
        Camera = "camera", "camera", "摄像机";
        Power = "power", "power", "电源";
    }
}

record! {
    /// What the show runs on, and what its tests measured.
    pub struct EquipmentTest {
        /// The equipment, with its backups.
        rig: List<RigPart, 60>, yes, "Equipment", "设备";
        /// Last change of equipment or lines; tests before it count no more. Missing means none since the tests.
        rig_changed_at: Timestamp, no, "Last change", "最近变更";
        /// The network lines, with what was measured on them.
        lines: List<Line, 6>, yes, "Network lines", "网络线路";
        /// The streams that are sent, one for each platform.
        outputs: List<Output, 8>, yes, "Outputs", "推流";
        /// A trial of the whole chain, streamed and recorded.
        test_stream: TestStream, yes, "Test stream", "试播";
        /// What was measured on the sound.
        audio: AudioTest, yes, "Sound", "声音";
        /// What was measured on the light.
        light: LightTest, no, "Light", "灯光";
        /// Minutes the show can run without mains power.
        ups_minutes: Int<0, 1440>, yes, "UPS run time", "UPS 续航";
        /// Switches to backups that were drilled.
        failovers: List<Failover, 20>, yes, "Failover drills", "切换演练";
        /// Test orders placed as a buyer would.
        order_tests: List<OrderTest, 200>, yes, "Order tests", "下单测试";
        /// The last look at network and sound, shortly before go-live.
        recheck: Recheck, no, "Recheck before go-live", "开播前复测";
    }

    /// One piece of equipment.
    pub struct RigPart {
        /// What it is.
        kind: RigKind, yes, "Equipment kind", "类别";
        /// Make and model.
        model: Text<80>, yes, "Model", "型号";
        /// Whether it stands by for another one.
        is_backup: bool, yes, "Backup device", "备机";
    }

    /// One network line with its measurements.
    pub struct Line {
        /// What the team calls the line.
        name: Text<40>, yes, "Line name", "线路名";
        /// Its provider; the backup line needs another one than the primary lines.
        isp: Text<40>, yes, "Provider", "运营商";
        /// Whether it stands by for another line.
        is_backup: bool, yes, "Backup line", "备线";
        /// Upload in Mbit/s: the 5th percentile of the test.
        up_mbps: Dec<0, 100_000, 3>, yes, "Upload", "上行";
        /// Packets lost, in percent.
        loss_pct: Pct, yes, "Packet loss", "丢包";
        /// Round-trip time in milliseconds.
        rtt_ms: Dec<0, 10_000, 3>, yes, "Round-trip time", "时延";
        /// When the line was measured.
        measured_at: Timestamp, yes, "Measured at", "测试时间";
    }

    /// One stream that is sent to a platform.
    pub struct Output {
        /// Where it goes.
        platform: Platform, yes, "Platform", "平台";
        /// Height of the picture in pixels: 1080 for 1080p, upright or not.
        height_px: Int<240, 4320>, yes, "Picture height", "分辨率高";
        /// Frames per second.
        fps: Dec<1, 240, 3>, yes, "Frame rate", "帧率";
        /// Bit rate in kbit/s.
        bitrate_kbps: Int<100, 100_000>, yes, "Bit rate", "码率";
        /// Seconds from one key frame to the next.
        keyframe_seconds: Dec<0, 60, 3>, yes, "Key frame interval", "关键帧间隔";
    }

    /// A trial of the whole chain.
    pub struct TestStream {
        /// When it was streamed.
        tested_at: Timestamp, yes, "Test stream time", "试播时间";
        /// How many minutes it ran.
        duration_minutes: Int<1, 1440>, yes, "Test stream duration", "试播时长";
        /// Frames dropped, in percent.
        dropped_pct: Pct, yes, "Dropped frames", "丢帧";
        /// Milliseconds between picture and sound; positive when the sound is late.
        av_offset_ms: Dec<-10_000, 10_000, 3>, yes, "Sound offset", "音画偏差";
        /// Link or file id of the recording.
        recording_ref: Ref, no, "Recording", "录像";
    }

    /// What was measured on the sound.
    pub struct AudioTest {
        /// When it was measured.
        measured_at: Timestamp, yes, "Measured at", "测试时间";
        /// Loudest peak in dBFS; 0 is the most the format can hold.
        peak_dbfs: Dec<-120, 0, 3>, yes, "Peak level", "峰值";
        /// Level of the noise in the silent room, in dBFS.
        noise_dbfs: Dec<-120, 0, 3>, yes, "Noise floor", "底噪";
    }

    /// What was measured on the light.
    pub struct LightTest {
        /// Light on the host's face, in lux.
        face_lux: Int<0, 100_000>, yes, "Light on the face", "面部照度";
        /// Colour temperature in kelvin.
        cct_kelvin: Int<1000, 20_000>, yes, "Colour temperature", "色温";
        /// Colour rendering index (CRI), 100 being daylight.
        cri: Dec<0, 100, 3>, yes, "Colour rendering index", "显色指数";
    }

    /// A drilled switch from a part to its backup.
    pub struct Failover {
        /// Which part was switched.
        component: FailoverComponent, yes, "Component", "部件";
        /// Seconds until viewers had picture and sound again.
        switch_seconds: Dec<0, 3600, 3>, yes, "Switch time", "切换耗时";
        /// When it was drilled.
        tested_at: Timestamp, yes, "Drilled at", "演练时间";
    }

    /// A test order of one product.
    pub struct OrderTest {
        /// Which product of the line-up was ordered.
        sku_id: Text<64>, yes, "SKU", "货号";
        /// Price on the order page, in minor units.
        seen_price: Money, yes, "Price seen", "所见价格";
        /// Whether it could be ordered.
        was_in_stock: bool, yes, "Could be ordered", "可下单";
        /// When it was tried.
        tested_at: Timestamp, yes, "Tested at", "测试时间";
    }

    /// The last look at network and sound, shortly before go-live.
    pub struct Recheck {
        /// When it was done.
        checked_at: Timestamp, yes, "Rechecked at", "复测时间";
        /// Who did it.
        checked_by: Person, yes, "Rechecked by", "复测人";
        /// Whether the network was as in the test.
        network_ok: bool, yes, "Network in order", "网络正常";
        /// Whether the sound was as in the test.
        audio_ok: bool, yes, "Sound in order", "声音正常";
    }
}
