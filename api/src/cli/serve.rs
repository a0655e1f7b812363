//! `greenroom serve`: from settings to a running service, and its orderly end.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::{ServeArgs, secret};
use crate::clock::Clock;
use crate::first_start;
use crate::jobs::{sandbox, timetable};
use crate::service::Service;
use crate::store::{Store, meta};
use crate::{http, logging, shutdown};

/// How long the database may take to close at the end.
const CLOSING: Duration = Duration::from_secs(2);
/// Where the fact is kept that a database is a sandbox's, with the clock's reading.
const SANDBOX: &str = sandbox::FACT;

pub(super) async fn serve(args: &ServeArgs) -> anyhow::Result<()> {
    let settings = args.source.settings()?;
    logging::start(settings.log);
    can_listen(&settings.listen)?;
    secret::found(&settings).context("secret")?;
    let _lock = Store::lock_file(settings.database_url.reveal())?;
    let store = Store::open(settings.database_url.reveal()).await.context("database")?;
    let alone = store.alone().await.context("migrations")?;
    let secrets = secret::checked_or_made(&store, &settings).await.context("secret")?;
    alone.migrate().await.context("migrations")?;
    secret::remember(&store, &secrets).await.context("secret")?;
    let clock = clock(&store, args).await?;
    let now = clock.real_now();
    let founded = first_start::ensure(&store, &secrets, settings.admin_key.as_ref(), now).await?;
    alone.end().await;
    if let Some(founded) = founded
        && settings.admin_key.is_none()
    {
        println!("First start: the admin's API key, shown this once:\n\n    {}\n", founded.key.reveal());
    }
    let service = Arc::new(Service::new(settings, store.clone(), clock, secrets).context("mail")?);
    let server = http::listen(Arc::clone(&service)).context("HTTP")?;
    let jobs = timetable::start(Arc::clone(&service)).await.context("jobs")?;
    let served = shutdown::serve_until_told(service, server, jobs).await;
    if tokio::time::timeout(CLOSING, store.close()).await.is_err() {
        tracing::warn!("the database did not close in time; its next start goes on from its log");
    }
    served.context("HTTP")
}

/// Fails where the address cannot be listened on, before a first start shows a key that nobody would see again.
fn can_listen(listen: &str) -> anyhow::Result<()> {
    TcpListener::bind(listen).map(drop).with_context(|| format!("cannot listen on {listen}"))
}

/// The clock of this run. A database once used in a sandbox never meets the real clock.
async fn clock(store: &Store, args: &ServeArgs) -> anyhow::Result<Clock> {
    let kept = meta::get(store.reader(), SANDBOX).await?;
    let stands =
        kept.as_deref().map(str::parse::<Timestamp>).transpose().context("the sandbox clock's reading")?;
    match (args.sandbox, stands) {
        (false, None) => Ok(Clock::system()),
        (false, Some(_)) => {
            bail!("this database is a sandbox's; start with --sandbox, or use another database")
        }
        (true, Some(stands)) => {
            if args.now.is_some_and(|now| now != stands) {
                tracing::warn!(%stands, "the sandbox clock goes on where it stood; --now is for a new database");
            }
            Ok(Clock::sandbox(stands))
        }
        (true, None) => {
            if crate::store::organizations::first(store.reader()).await?.is_some() {
                bail!("this database is in real use; a sandbox needs a database of its own");
            }
            let clock = Clock::sandbox(args.now.unwrap_or_else(|| Clock::system().now()));
            set_fact(store, SANDBOX, clock.now().to_string()).await?;
            Ok(clock)
        }
    }
}

async fn set_fact(store: &Store, name: &'static str, value: String) -> Result<(), crate::failure::Failure> {
    let write = store.write(move |tx| {
        let value = value.clone();
        async move { meta::set(tx, name, &value).await }.boxed()
    });
    write.await
}
