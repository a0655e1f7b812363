//! `greenroom admin`: what must work without any key.

use anyhow::Context as _;
use clap::Subcommand;
use domain::ids::OrganizationId;

use super::serve::secrets;
use crate::clock::Clock;
use crate::first_start;
use crate::settings::Settings;
use crate::store::{Store, organizations};

#[derive(Subcommand)]
pub(super) enum AdminCommand {
    /// Add an organization with an admin of its own; prints the admin's key once
    CreateOrganization {
        /// What people call it
        name: String,
        /// The admin's e-mail
        #[arg(long)]
        admin_email: String,
    },
    /// Make a new key for the first admin of an organization; prints it once
    NewAdminKey {
        /// The organization's id; the first one where nothing is said
        #[arg(long)]
        organization: Option<String>,
    },
}

pub(super) async fn run(command: AdminCommand, settings: &Settings) -> anyhow::Result<()> {
    let secrets = secrets(settings)?;
    let store = Store::open(settings.database_url.reveal()).await.context("database")?;
    store.migrate().await.context("migrations")?;
    let now = Clock::system().real_now();
    match command {
        AdminCommand::CreateOrganization { name, admin_email } => {
            let founded = first_start::found(&store, &secrets, &name, &admin_email, None, now).await?;
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
