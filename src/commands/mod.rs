//! The commands, each in a file of its own.
//!
//! What was asked for goes to stdout, as one JSON document with `--json`; everything else to stderr.

mod check_missed_leads;
mod migrate;
mod output;
mod parked;
mod publish;
mod self_test;
mod serve;
mod token;
mod topology;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use tracing::Level;

use crate::broker::{Connection, Names};
use crate::config::Settings;
use crate::telemetry;

/// The end of a command's help: examples, and what its exit codes mean beyond the usual.
macro_rules! after_help {
    ($examples:literal, $failed:literal) => {
        concat!(
            "Examples:\n",
            $examples,
            "\n\nExit codes:\n  0  done\n  1  ",
            $failed,
            "; a line on stderr says why\n  2  wrong usage"
        )
    };
}
use after_help;

const AFTER_HELP: &str = after_help!(
    "  Run the service, with 10 seconds to respond instead of 30 minutes:
    LEAD_TRACKER_RESPONSE_WINDOW=10s lead-tracker serve
  Offer a lead to a freelancer, and see what comes of it:
    lead-tracker publish notified --title 'Fix a leaking tap'

Settings come from defaults, then the file, then the environment: DATABASE_URL, AMQP_URL and LEAD_TRACKER_….",
    "failed, or not done"
);

/// Records who was offered which lead, and announces a missed one within a second of its deadline.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_help = AFTER_HELP)]
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
    #[command(after_help = serve::AFTER_HELP)]
    Serve,
    /// Bring the database's schema up to date.
    #[command(after_help = migrate::AFTER_HELP)]
    Migrate,
    /// Declare, verify or prune the exchange and the queues on the broker.
    #[command(subcommand, after_help = topology::AFTER_HELP)]
    Topology(topology::Topology),
    /// End every offer that is past its deadline now, without waiting for its timer or the sweep.
    #[command(after_help = check_missed_leads::AFTER_HELP)]
    CheckMissedLeads(check_missed_leads::CheckMissedLeads),
    /// Publish a hand-made event, for trying things out.
    #[command(subcommand, after_help = publish::AFTER_HELP)]
    Publish(publish::Publish),
    /// Look after messages that could not be processed.
    #[command(subcommand, after_help = parked::AFTER_HELP)]
    Parked(parked::Parked),
    /// Send a lead through an instance of its own, see it missed, and remove both.
    #[command(after_help = self_test::AFTER_HELP)]
    SelfTest,
    /// Make a token for trying things out.
    #[command(after_help = token::AFTER_HELP)]
    Token(token::Token),
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
        let filter = std::env::var("RUST_LOG").ok();
        telemetry::init(settings.log.format, filter.as_deref(), self.command.log_level())?;
        for warning in &settings.warnings {
            tracing::warn!("{warning}");
        }
        match self.command {
            Command::Serve => serve::run(settings).await,
            Command::Migrate => migrate::run(&settings).await,
            Command::Topology(command) => command.run(&settings).await,
            Command::CheckMissedLeads(command) => command.run(&settings).await,
            Command::Publish(command) => command.run(&settings).await,
            Command::Parked(command) => command.run(&settings).await,
            Command::SelfTest => self_test::run(settings).await,
            Command::Token(command) => command.run(&settings),
        }
    }
}

/// The broker of these settings, and what things are called there.
async fn connect(settings: &Settings) -> anyhow::Result<(Connection, Names)> {
    let connection = Connection::open(&settings.amqp_url()?.read()?, "lead-tracker command").await?;
    Ok((connection, Names::new(&settings.broker.prefix)))
}

/// Ends a connection that has served; what was to be done is done, whatever comes of this.
async fn disconnect(connection: Connection) {
    if let Err(error) = connection.close().await {
        tracing::debug!(error = &error as &dyn std::error::Error, "not closed properly");
    }
}

/// Done, or not.
fn exit_code(done: bool) -> ExitCode {
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads a time that is given as an option.
fn time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let time = DateTime::parse_from_rfc3339(text)
        .map_err(|_| "give a time with an offset, such as 2026-01-31T18:30:00+05:30")?;
    Ok(time.to_utc())
}
