//! `greenroom migrate`: the schema alone.

use anyhow::Context as _;

use crate::logging;
use crate::settings::Settings;
use crate::store::Store;

pub(super) async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    logging::start(settings.log);
    let _lock = Store::lock_file(settings.database_url.reveal())?;
    let store = Store::open(settings.database_url.reveal()).await.context("database")?;
    let alone = store.alone().await.context("migrations")?;
    let pending = store.schema().await?.pending;
    alone.migrate().await.context("migrations")?;
    alone.end().await;
    println!("{} migration(s) applied", pending.len());
    for name in pending {
        println!("  {name}");
    }
    store.close().await;
    Ok(())
}
