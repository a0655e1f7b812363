//! The log: lines for people or JSON, without personal data.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::settings::LogForm;

/// Starts the log of this process; a second start changes nothing.
pub fn start(form: LogForm) {
    let filter = EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_absent| {
        EnvFilter::new("info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,tokio_cron_scheduler=warn")
    });
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let started = match form {
        LogForm::Readable => log.with_target(false).try_init(),
        LogForm::Json => log.json().try_init(),
    };
    // In tests the log may have been started before.
    drop(started);
}
