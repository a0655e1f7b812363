//! What can be asked of the binary on the command line.

mod admin;
mod doctor;
mod migrate;
mod secret;
mod serve;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use crate::settings::{Given, Settings};

/// A gated checklist engine for live-commerce campaigns.
#[derive(Parser)]
#[command(name = "greenroom", version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and run the jobs (what happens without a subcommand)
    Serve(ServeArgs),
    /// Bring the database's schema to this release, then end
    Migrate(SourceArgs),
    /// Print the OpenAPI document
    Openapi,
    /// Organizations and lost admin keys
    Admin {
        #[command(subcommand)]
        command: admin::AdminCommand,
        #[command(flatten)]
        source: SourceArgs,
    },
    /// Check settings, database, mail and people, and say what to mend
    Doctor(SourceArgs),
    /// Ask a running service whether it is ready; for containers
    Healthcheck(SourceArgs),
}

/// Where settings come from.
#[derive(Args)]
pub(crate) struct SourceArgs {
    /// A TOML file with settings
    #[arg(long, env = "GREENROOM_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    given: Given,
}

/// How to serve.
#[derive(Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// Run domain time on a clock that moves only when told
    #[arg(long)]
    sandbox: bool,
    /// Where a new sandbox clock begins, RFC 3339
    #[arg(long, requires = "sandbox")]
    now: Option<Timestamp>,
}

impl SourceArgs {
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        Settings::read(self.config.as_deref(), std::env::vars(), &self.given).context("settings")
    }
}

/// Does what was asked.
///
/// # Errors
/// Why it could not be done.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        None => serve::serve(&cli.serve).await,
        Some(Command::Serve(args)) => serve::serve(&args).await,
        Some(Command::Migrate(source)) => migrate::migrate(&source.settings()?).await,
        Some(Command::Openapi) => {
            print!("{}", crate::http::openapi_json());
            Ok(())
        }
        Some(Command::Admin { command, source }) => admin::run(command, &source.settings()?).await,
        Some(Command::Doctor(source)) => doctor::doctor(&source.settings()?).await,
        Some(Command::Healthcheck(source)) => doctor::healthcheck(&source.settings()?).await,
    }
}
