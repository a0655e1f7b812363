//! What the system says of this process, under the names every client library uses; nothing where there is no `/proc`.

use std::fmt::Error;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// This process.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let Some(Reading { cpu_seconds, resident_bytes, open_fds, max_fds, threads }) = read() else {
            return Ok(());
        };
        let cpu = ConstCounter::new(cpu_seconds);
        let help = "Time on processors, in user and system mode";
        let descriptor =
            encoder.encode_descriptor("process_cpu", help, Some(&Unit::Seconds), cpu.metric_type())?;
        cpu.encode(descriptor)?;
        let gauges = [
            ("process_resident_memory", "Memory in use", Some(&Unit::Bytes), resident_bytes),
            ("process_open_fds", "Open file descriptors", None, open_fds),
            ("process_max_fds", "File descriptors that may be open", None, max_fds),
            ("process_threads", "Threads", None, threads),
        ];
        for (name, help, unit, value) in gauges {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, unit, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

/// What was read at once.
struct Reading {
    cpu_seconds: f64,
    resident_bytes: u64,
    open_fds: u64,
    max_fds: u64,
    threads: u64,
}

#[cfg(target_os = "linux")]
fn read() -> Option<Reading> {
    use procfs::process::{LimitValue, Process};

    let process = Process::myself().ok()?;
    let stat = process.stat().ok()?;
    let limit = process.limits().ok()?.max_open_files.soft_limit;
    Some(Reading {
        cpu_seconds: ticks(stat.utime.saturating_add(stat.stime)) / ticks(procfs::ticks_per_second()),
        resident_bytes: stat.rss.saturating_mul(procfs::page_size()),
        open_fds: u64::try_from(process.fd_count().ok()?).ok()?,
        max_fds: match limit {
            LimitValue::Value(most) => most,
            LimitValue::Unlimited => u64::MAX,
        },
        threads: u64::try_from(stat.num_threads).ok()?,
    })
}

#[cfg(not(target_os = "linux"))]
const fn read() -> Option<Reading> {
    None
}

/// Clock ticks as a number that can be divided; a process never gets near the ticks a float cannot count.
#[cfg(target_os = "linux")]
#[expect(clippy::as_conversions, reason = "there is no lossless conversion, and none is needed")]
const fn ticks(count: u64) -> f64 {
    count as f64
}
