//! `lead-tracker topology`

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use serde::Serialize;

use super::output::{print, print_json};
use super::{after_help, connect, disconnect};
use crate::app;
use crate::broker::{BrokerError, Connection, Names, depth, topology};
use crate::config::Settings;
use crate::store::{self, Store};

pub(super) const AFTER_HELP: &str = after_help!(
    "  Declare everything as a user who may, then run the service as one who may not:
    AMQP_URL=amqp://deploy:…@rabbit lead-tracker topology declare
    LEAD_TRACKER_BROKER__DECLARE=false lead-tracker serve
  See in a pipeline whether the broker still is as it should be:
    lead-tracker topology verify
  After the response window was changed, and its last timers have come back:
    lead-tracker topology prune

The delay queue is that of the response window in the database, and of LEAD_TRACKER_RESPONSE_WINDOW where DATABASE_URL \
is not set, the schema is not there yet, or nobody has changed the window. An unreachable database is a failure. \
`declare` writes the window down there, so that `prune` knows of its queue later.",
    "failed, or something differs"
);

#[derive(Debug, Subcommand)]
pub(super) enum Topology {
    /// Declare what is missing: exchange, queues, bindings. What is there and differs is left alone and named.
    #[command(after_help = AFTER_HELP)]
    Declare,
    /// Compare without creating anything; a difference is named, by queue and argument. AMQP cannot show bindings.
    #[command(after_help = AFTER_HELP)]
    Verify,
    /// Delete the delay queues of response windows that are no longer in use, once no timer is left in them.
    #[command(after_help = AFTER_HELP)]
    Prune {
        /// Print one JSON document: { deleted, kept }, the names of queues.
        #[arg(long)]
        json: bool,
    },
}

impl Topology {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let windows = Windows::read(settings, matches!(self, Self::Prune { .. })).await?;
        let (connection, names) = connect(settings).await?;
        let outcome = self.apply(&connection, &names, &windows).await;
        disconnect(connection).await;
        outcome.map(|()| ExitCode::SUCCESS)
    }

    async fn apply(&self, connection: &Connection, names: &Names, windows: &Windows) -> anyhow::Result<()> {
        let window = windows.in_force;
        match self {
            Self::Declare => {
                topology::declare(connection, names, window).await?;
                windows.record().await?;
                print(&format!("Everything is declared:\n{}", list(names, window)))
            }
            Self::Verify => {
                topology::verify(connection, names, window).await?;
                print(&format!("Everything is as it should be:\n{}", list(names, window)))
            }
            Self::Prune { json } => {
                let pruned = prune(connection, names, windows).await?;
                if *json { print_json(&pruned) } else { print(&pruned.to_string()) }
            }
        }
    }
}

/// The response windows that matter to a command.
struct Windows {
    in_force: Duration,
    /// Every one that was ever in force, for pruning.
    past: Vec<Duration>,
    /// Where they come from; `None` without a database, or without its schema.
    store: Option<Store>,
}

impl Windows {
    /// Reads them from the database where there is one; pruning makes no sense without.
    async fn read(settings: &Settings, prune: bool) -> anyhow::Result<Self> {
        let configured = Self { in_force: settings.response_window, past: Vec::new(), store: None };
        if settings.database.url.is_none() && !prune {
            return Ok(configured);
        }
        let store = app::store(settings)?;
        let read = async {
            let in_force = store.response_window().await?.unwrap_or(settings.response_window);
            Ok(Self { in_force, past: store.response_windows().await?, store: Some(store.clone()) })
        };
        match read.await {
            Err(error) if store::Error::lacks_schema(&error) => Ok(configured),
            windows => Ok(windows?),
        }
    }

    /// Remembers the one whose queue was declared: pruning looks only for the queues of those that are on record.
    async fn record(&self) -> Result<(), store::Error> {
        match &self.store {
            Some(store) => store.use_response_window(self.in_force).await,
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
struct Pruned {
    deleted: Vec<String>,
    /// No longer in use but not drained.
    kept: Vec<String>,
}

async fn prune(connection: &Connection, names: &Names, windows: &Windows) -> anyhow::Result<Pruned> {
    let deleted = topology::prune(connection, names, &[windows.in_force], &windows.past).await?;
    let mut kept = Vec::new();
    for window in windows.past.iter().filter(|window| **window != windows.in_force) {
        let queue = names.response_window(*window);
        if !deleted.contains(&queue) && has_timers(connection, &queue).await? {
            kept.push(queue);
        }
    }
    Ok(Pruned { deleted, kept })
}

impl std::fmt::Display for Pruned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let deleted = self.deleted.iter().map(|queue| format!("deleted {queue}"));
        let kept = self.kept.iter().map(|queue| format!("kept {queue}: it has timers"));
        let lines: Vec<String> = deleted.chain(kept).collect();
        if lines.is_empty() { f.write_str("There is nothing to prune.") } else { f.write_str(&lines.join("\n")) }
    }
}

fn list(names: &Names, window: Duration) -> String {
    let delay = names.response_window(window);
    let queues = [names.inbox(), names.expired(), names.parked(), &delay].map(|queue| format!("  queue {queue}"));
    format!("  exchange {}\n{}", names.exchange(), queues.join("\n"))
}

async fn has_timers(connection: &Connection, queue: &str) -> Result<bool, BrokerError> {
    match depth(connection, queue).await {
        Ok(depth) => Ok(depth.ready > 0),
        Err(BrokerError::MissingQueue { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
