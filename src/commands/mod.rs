//! The commands, each in a file of its own.

mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing::Level;

use crate::app;
use crate::config::Settings;
use crate::telemetry;

/// Records who was offered which lead, and announces a missed one within a second of its deadline.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// A TOML file with settings; the environment goes before it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Consume, detect, relay, sweep, and serve HTTP.
    Serve,
    /// Bring the database's schema up to date.
    Migrate,
}

impl Command {
    /// What is logged where `RUST_LOG` says nothing: a command for people is silent unless something is wrong.
    fn log_level(&self) -> Level {
        match self {
            Self::Serve => Level::INFO,
            _ => Level::WARN,
        }
    }
}

impl Cli {
    /// Runs the command that was given.
    ///
    /// # Errors
    ///
    /// Whatever keeps the command from doing what it is for, to be shown in one line.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let settings = Settings::from_environment(self.config.as_deref())?;
        telemetry::init(settings.log.format, std::env::var("RUST_LOG").ok().as_deref(), self.command.log_level())?;
        for warning in &settings.warnings {
            tracing::warn!("{warning}");
        }
        match self.command {
            Command::Serve => serve::run(settings).await,
            Command::Migrate => {
                app::store(&settings)?.migrate().await?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}
