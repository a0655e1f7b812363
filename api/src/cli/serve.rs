//! `greenroom serve`: from settings to a running service, and its orderly end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::ServeArgs;
use crate::clock::Clock;
use crate::first_start;
use crate::jobs::{sandbox, timetable};
use crate::secret::Secrets;
use crate::service::Service;
use crate::settings::Settings;
use crate::store::{Store, meta};
use crate::{http, logging};

/// Where the fact is kept that a database is a sandbox's, with the clock's reading.
const SANDBOX: &str = sandbox::FACT;
/// Where the fingerprint of the secret key is kept.
const SECRET_FINGERPRINT: &str = "secret_fingerprint";

pub(super) async fn serve(args: &ServeArgs) -> anyhow::Result<()> {
    let settings = args.source.settings()?;
    logging::start(settings.log);
    let _lock = Store::lock_file(settings.database_url.reveal())?;
    let store = Store::open(settings.database_url.reveal()).await.context("database")?;
    store.migrate().await.context("migrations")?;
    let secrets = secrets(&settings)?;
    same_secret(&store, &secrets).await?;
    let clock = clock(&store, args).await?;
    let founded = first_start::ensure(&store, &secrets, settings.admin_key.as_ref(), clock.now()).await?;
    if let Some(founded) = founded
        && settings.admin_key.is_none()
    {
        println!("First start: the admin's API key, shown this once:\n\n    {}\n", founded.key.reveal());
    }
    let service = Arc::new(Service::new(settings, store.clone(), clock, secrets).context("mail")?);
    let jobs = timetable::start(Arc::clone(&service)).await.context("jobs")?;
    let served = http::serve(Arc::clone(&service)).await;
    jobs.stop().await;
    store.close().await;
    served.context("HTTP")
}

/// The secret key: from the settings, else from a file beside the SQLite database.
pub(super) fn secrets(settings: &Settings) -> anyhow::Result<Secrets> {
    if let Some(key) = &settings.secret_key {
        return Ok(Secrets::read(key.reveal())?);
    }
    let url = settings.database_url.reveal();
    let Some(file) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) else {
        bail!("GREENROOM_SECRET_KEY is required on PostgreSQL, so that every replica has the same");
    };
    let file = Path::new(file.split('?').next().unwrap_or(file));
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    Ok(Secrets::kept_in(&folder.join("greenroom.secret"))?)
}

/// Notices another secret key on an old database before every API key seems wrong.
async fn same_secret(store: &Store, secrets: &Secrets) -> anyhow::Result<()> {
    let own = secrets.fingerprint();
    match meta::get(store.reader(), SECRET_FINGERPRINT).await? {
        Some(kept) if kept != own => {
            bail!("the secret key is not the one this database was made with; bring back greenroom.secret")
        }
        Some(_) => Ok(()),
        None => Ok(set_fact(store, SECRET_FINGERPRINT, own).await?),
    }
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
