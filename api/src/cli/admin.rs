//! `greenroom admin`: what must work without any key.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use domain::ids::OrganizationId;
use domain::locale::Locale;
use domain::record;
use serde_json::Value;

use super::serve::same_secret;
use crate::clock::Clock;
use crate::first_start;
use crate::people::Email;
use crate::settings::Settings;
use crate::store::{Store, organizations};

#[derive(Subcommand)]
pub(super) enum AdminCommand {
    /// Add an organization with an admin of its own; prints the admin's key once
    CreateOrganization {
        /// What people call it
        name: String,
        /// The admin's e-mail
        #[arg(long, value_parser = email)]
        admin_email: Email,
    },
    /// Make a new key for the first admin of an organization; prints it once
    NewAdminKey {
        /// The organization's id; the first one where nothing is said
        #[arg(long)]
        organization: Option<String>,
    },
}

pub(super) async fn run(command: AdminCommand, settings: &Settings) -> anyhow::Result<()> {
    let store = open(settings).await?;
    let secrets = same_secret(&store, settings).await?;
    let now = Clock::system().real_now();
    match command {
        AdminCommand::CreateOrganization { name, admin_email } => {
            let founded =
                first_start::found(&store, &secrets, &name, admin_email.as_str(), None, now).await?;
            println!("organization {}\nadmin {}", founded.organization, founded.admin);
            println!("key, shown this once: {}", founded.key.reveal());
        }
        AdminCommand::NewAdminKey { organization } => {
            let organization = match organization {
                Some(id) => id.parse::<OrganizationId>().context("the organization's id")?,
                None => {
                    organizations::first(store.reader()).await?.context("there is no organization yet")?.id
                }
            };
            let key = first_start::replace_admin_key(&store, &secrets, organization, now).await?;
            println!("key, shown this once: {}", key.reveal());
        }
    }
    store.close().await;
    Ok(())
}

/// Opens a database that the service has made and brought to this release; it is not for us to do so.
async fn open(settings: &Settings) -> anyhow::Result<Store> {
    let url = settings.database_url.reveal();
    if let Some(file) = Store::file_of(url).context("database")?.filter(|file| !file.exists()) {
        bail!("there is no database {} yet; start the service first", file.display());
    }
    let store = Store::open(url).await.context("database")?;
    let pending = store.pending_migrations().await.context("migrations")?.len();
    if pending > 0 {
        bail!("{pending} migration(s) wait; start the service or run `greenroom migrate` first");
    }
    Ok(store)
}

fn email(text: &str) -> Result<Email, String> {
    record::read(&Value::from(text), "").map_err(|faults| {
        let details: Vec<String> = faults.iter().map(|fault| fault.kind.detail(Locale::En)).collect();
        details.join(" ")
    })
}
