//! The secret key of a database: where it is found, and whether it is the one the database was made with. Another
//! key is noticed here, before every API key seems wrong; a start asks before it changes anything.

use std::path::PathBuf;

use anyhow::bail;
use futures_util::FutureExt as _;

use crate::secret::Secrets;
use crate::settings::Settings;
use crate::store::{Store, meta};

/// Where the fingerprint of the secret key is kept.
const FINGERPRINT: &str = "secret_fingerprint";

/// The key that the settings name or that lies in its file; `None` where there is no file yet.
pub(super) fn found(settings: &Settings) -> anyhow::Result<Option<Secrets>> {
    if let Some(key) = &settings.secret_key {
        return Ok(Some(Secrets::read(key.reveal())?));
    }
    let Some(file) = file(settings)? else {
        bail!("GREENROOM_SECRET_KEY is required on PostgreSQL, so that every replica has the same");
    };
    Ok(if file.exists() { Some(Secrets::kept_in(&file)?) } else { None })
}

/// The key that was found, if it is that of this database; `None` where neither has one yet.
pub(super) async fn checked(store: &Store, settings: &Settings) -> anyhow::Result<Option<Secrets>> {
    let found = found(settings)?;
    let Some(known) = fingerprint(store).await? else { return Ok(found) };
    let bring_back = match file(settings)? {
        Some(_) => "bring back greenroom.secret, or set GREENROOM_SECRET_KEY to that key",
        None => "set GREENROOM_SECRET_KEY to the value that the other replicas have",
    };
    match found {
        Some(secrets) if secrets.fingerprint() == known => Ok(Some(secrets)),
        Some(_) => bail!("the secret key is not the one this database was made with: {bring_back}"),
        None => bail!("the secret key this database was made with is missing: {bring_back}"),
    }
}

/// As [`checked`], and where there is none yet one is made, beside the SQLite database.
pub(super) async fn checked_or_made(store: &Store, settings: &Settings) -> anyhow::Result<Secrets> {
    match (checked(store, settings).await?, file(settings)?) {
        (Some(secrets), _) => Ok(secrets),
        (None, Some(file)) => Ok(Secrets::kept_in(&file)?),
        (None, None) => bail!("no secret key was given"),
    }
}

/// Makes the key that of this database, if it has none.
pub(super) async fn remember(store: &Store, secrets: &Secrets) -> anyhow::Result<()> {
    if fingerprint(store).await?.is_some() {
        return Ok(());
    }
    let own = secrets.fingerprint();
    let write = store.write(move |tx| {
        let own = own.clone();
        async move { meta::set(tx, FINGERPRINT, &own).await }.boxed()
    });
    Ok(write.await?)
}

async fn fingerprint(store: &Store) -> anyhow::Result<Option<String>> {
    if store.schema().await?.is_empty {
        return Ok(None);
    }
    Ok(meta::get(store.reader(), FINGERPRINT).await?)
}

/// Beside the SQLite database; replicas on PostgreSQL share no folder.
fn file(settings: &Settings) -> anyhow::Result<Option<PathBuf>> {
    let database = Store::file_of(settings.database_url.reveal())?;
    Ok(database.map(|database| database.with_file_name("greenroom.secret")))
}
