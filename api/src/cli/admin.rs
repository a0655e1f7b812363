//! `greenroom admin`: what must work without any key.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use domain::ids::OrganizationId;
use domain::locale::Locale;
use domain::record::{self, Member};
use domain::scalar::Text;
use serde_json::Value;

use super::secret;
use crate::clock::Clock;
use crate::first_start;
use crate::people::Email;
use crate::secret::Secrets;
use crate::settings::Settings;
use crate::store::{Store, organizations};

#[derive(Subcommand)]
pub(super) enum AdminCommand {
    /// Add an organization with an admin of its own; prints the admin's key once
    CreateOrganization {
        /// What people call it; 1 to 120 characters
        #[arg(value_parser = read::<Text<120>>)]
        name: Text<120>,
        /// The admin's e-mail
        #[arg(long, value_parser = read::<Email>)]
        admin_email: Email,
    },
    /// Make a new key for the first admin of an organization; prints it once
    NewAdminKey {
        /// The organization's id, as `list-organizations` shows it; the first one where nothing is said
        #[arg(long)]
        organization: Option<String>,
    },
    /// List every organization: its id and its name
    ListOrganizations,
}

pub(super) async fn run(command: AdminCommand, settings: &Settings) -> anyhow::Result<()> {
    let store = open(settings).await?;
    let now = Clock::system().real_now();
    match command {
        AdminCommand::CreateOrganization { name, admin_email } => {
            let (secrets, name) = (secret_of(&store, settings).await?, String::from(name));
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
            let secrets = secret_of(&store, settings).await?;
            let key = first_start::replace_admin_key(&store, &secrets, organization, now).await?;
            println!("key, shown this once: {}", key.reveal());
        }
        AdminCommand::ListOrganizations => {
            for organization in organizations::all(store.reader()).await? {
                println!("{}  {}", organization.id, organization.name);
            }
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
    let pending = store.schema().await.context("migrations")?.pending.len();
    if pending > 0 {
        bail!("{pending} migration(s) wait; start the service or run `greenroom migrate` first");
    }
    Ok(store)
}

async fn secret_of(store: &Store, settings: &Settings) -> anyhow::Result<Secrets> {
    let secrets = secret::checked_or_made(store, settings).await.context("secret")?;
    secret::remember(store, &secrets).await.context("secret")?;
    Ok(secrets)
}

/// A value under the rules that the API has for it.
fn read<T: Member>(text: &str) -> Result<T, String> {
    record::read(&Value::from(text), "").map_err(|faults| {
        let details: Vec<String> = faults.iter().map(|fault| fault.kind.detail(Locale::En)).collect();
        details.join(" ")
    })
}
