//! The log: lines for people or JSON, without personal data.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::settings::LogForm;

/// Crates whose details are ours to choose. Others would tell statements with their values, requests with their
/// keys and mails with their text, so they never say more than `info`, whatever is asked for.
const OURS: [&str; 3] = ["greenroom", "domain", "migrations"];

/// What is logged where nobody says: not what clients do wrong on their connections, not the details of libraries.
const USUAL: &str = "info,actix_http=off,actix_server=warn,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,\
                     tokio_cron_scheduler=warn";

/// Starts the log of this process; a second start changes nothing.
pub fn start(form: LogForm) {
    let wanted = EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_absent| EnvFilter::new(USUAL));
    let careful = filter_fn(|line| {
        let own = line.target().split("::").next().is_some_and(|own| OURS.contains(&own));
        own || LevelFilter::INFO >= *line.level()
    });
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = match form {
        LogForm::Readable => lines.with_target(false).boxed(),
        LogForm::Json => lines.json().boxed(),
    };
    // In tests the log may have been started before.
    drop(tracing_subscriber::registry().with(wanted).with(lines.with_filter(careful)).try_init());
}
