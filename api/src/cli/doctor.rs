//! `greenroom doctor` and `greenroom healthcheck`: is everything as it must be, and what to do where not.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context as _, bail};
use domain::actor::Role;

use super::secret;
use crate::settings::Settings;
use crate::store::{Store, members, organizations};

/// How long a health check waits for the service.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tells all of it; fails where a start would.
pub(super) async fn doctor(settings: &Settings) -> anyhow::Result<()> {
    println!("settings     ok: listen {}", settings.listen);
    let store = database(settings).await?;
    let secret = secret(store.as_ref(), settings).await;
    match &secret {
        Ok(said) => println!("secret       {said}"),
        Err(cause) => println!("secret       {cause:#}"),
    }
    match &settings.smtp {
        Some(_) => println!("mail         ok: by SMTP, from {}", settings.mail_from),
        None => println!(
            "mail         no mail server: messages are written as .eml files to {}; set GREENROOM_SMTP_URL",
            settings.mail_dir.display()
        ),
    }
    match &settings.public_url {
        Some(url) => println!("public_url   ok: {url}"),
        None => println!(
            "public_url   not set: problems link to themselves by path only; set GREENROOM_PUBLIC_URL"
        ),
    }
    if let Some(store) = store {
        if store.schema().await?.pending.is_empty() {
            people(&store).await?;
        }
        store.close().await;
    }
    secret.map(drop).context("the service does not start like this: secret")
}

/// The database, if there is one: looking for it must not make it.
async fn database(settings: &Settings) -> anyhow::Result<Option<Store>> {
    let url = settings.database_url.reveal();
    if let Some(file) = Store::file_of(url).context("database")?.filter(|file| !file.exists()) {
        println!("database     none yet at {}: the first start makes it", file.display());
        return Ok(None);
    }
    let store = Store::open(url).await.context("database")?;
    store.ping().await.context("database")?;
    let schema = store.schema().await?;
    match (schema.pending.len(), schema.newer.len()) {
        (0, 0) => println!("database     ok: schema of this release"),
        (0, n) => println!("database     ok: schema of a newer release, by {n} migration(s)"),
        (n, _) => {
            println!("database     {n} migration(s) wait; run `greenroom migrate` or start the service")
        }
    }
    Ok(Some(store))
}

/// The secret key is there and that of the database; looking for it must not make it.
async fn secret(store: Option<&Store>, settings: &Settings) -> anyhow::Result<&'static str> {
    let found = match store {
        Some(store) => secret::checked(store, settings).await?,
        None => secret::found(settings)?,
    };
    Ok(match found {
        Some(_) => "ok",
        None => {
            "none yet: the first start makes greenroom.secret beside the database; keep it with every backup"
        }
    })
}

/// Somebody other than the submitter must be able to approve.
async fn people(store: &Store) -> anyhow::Result<()> {
    let Some(organization) = organizations::first(store.reader()).await? else {
        println!("people       nobody yet: the first start makes the first admin");
        return Ok(());
    };
    let directory = members::everybody(store.reader(), organization.id).await?;
    let managers = directory.active().filter(|member| member.role >= Role::Manager).count();
    if managers >= 2 || (managers == 1 && directory.active().any(|member| member.role == Role::Operator)) {
        println!("people       ok: {managers} can approve");
    } else {
        println!("people       one person cannot sign alone: add a member who submits or one who approves");
    }
    Ok(())
}

pub(super) fn ask(settings: &Settings) -> anyhow::Result<String> {
    let address = settings.listen.to_socket_addrs()?.next().context("no address to ask")?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

#[expect(clippy::unused_async, reason = "every subcommand is called alike")]
pub(super) async fn healthcheck(settings: &Settings) -> anyhow::Result<()> {
    let status = ask(settings)?;
    if !status.contains(" 200 ") {
        bail!("the service at {} is not ready: {status}", settings.listen);
    }
    println!("ready");
    Ok(())
}
