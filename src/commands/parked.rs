//! `lead-tracker parked`

use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use uuid::Uuid;

use super::output::{one_line, print, print_json};
use super::{after_help, connect, disconnect, exit_code};
use crate::broker::parked::{self, Handled, ParkedMessage, Selection};
use crate::broker::{Connection, Names};
use crate::config::Settings;

pub(super) const AFTER_HELP: &str = after_help!(
    "  lead-tracker parked list
  lead-tracker parked list --json | jq -r '.[] | select(.reason | test(\"notifiedAt\")) | .id'
  lead-tracker parked replay 6f0c1c2e-6d8e-5a3c-9d0f-2f6f1a0b7c11
  lead-tracker parked replay --all
  lead-tracker parked discard 6f0c1c2e-6d8e-5a3c-9d0f-2f6f1a0b7c11

A replayed message goes to the service's own queue, not to the event's other subscribers. What still cannot be \
processed is parked again.",
    "failed, or not every message that was asked for was found and taken"
);

#[derive(Debug, Subcommand)]
pub(super) enum Parked {
    /// Show what is parked, the first one parked at the top.
    #[command(after_help = AFTER_HELP)]
    List {
        /// Show no more than so many.
        #[arg(long, value_name = "N", default_value = "1000")]
        limit: NonZeroUsize,
        /// Print one JSON array, with bodies: these may hold names and phone numbers.
        #[arg(long)]
        json: bool,
    },
    /// Process messages again, now that what stood in the way is mended.
    #[command(after_help = AFTER_HELP)]
    Replay(Choice),
    /// Delete messages for good.
    #[command(after_help = AFTER_HELP)]
    Discard(Choice),
}

#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Which ones, by the ids that `list` shows.
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<Uuid>,
    /// All that are parked now.
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// Print one JSON document: { done, refused, missing }, each a list of ids.
    #[arg(long)]
    json: bool,
}

impl Parked {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let (connection, names) = connect(settings).await?;
        let outcome = self.apply(&connection, &names).await;
        disconnect(connection).await;
        outcome.map(exit_code)
    }

    async fn apply(&self, connection: &Connection, names: &Names) -> anyhow::Result<bool> {
        match self {
            Self::List { limit, json } => list(connection, names, limit.get(), *json).await,
            Self::Replay(choice) => {
                let handled = parked::replay(connection, names, &choice.selection()).await?;
                choice.report("Replayed", &handled)
            }
            Self::Discard(choice) => {
                let handled = parked::discard(connection, names, &choice.selection()).await?;
                choice.report("Discarded", &handled)
            }
        }
    }
}

async fn list(connection: &Connection, names: &Names, limit: usize, json: bool) -> anyhow::Result<bool> {
    let mut messages = parked::list(connection, names, limit.saturating_add(1)).await?;
    let is_cut = messages.len() > limit;
    messages.truncate(limit);
    if json {
        print_json(&messages)?;
    } else if messages.is_empty() {
        print("Nothing is parked.")?;
    } else {
        print(&table(&messages))?;
    }
    if is_cut {
        eprintln!("lead-tracker: there are more; --limit shows them");
    }
    Ok(true)
}

/// One line each, without bodies, which may hold names and phone numbers.
fn table(messages: &[ParkedMessage]) -> String {
    let mut lines = vec![row("ID", "PARKED AT", "ROUTING KEY", "REASON")];
    lines.extend(messages.iter().map(|message| {
        let parked_at = message.parked_at.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        let parked_at = parked_at.unwrap_or_else(|| "unknown".to_owned());
        row(&message.id.to_string(), &parked_at, &message.routing_key, &message.reason)
    }));
    lines.join("\n")
}

fn row(id: &str, parked_at: &str, routing_key: &str, reason: &str) -> String {
    format!("{id:36}  {parked_at:20}  {:23}  {}", one_line(routing_key), one_line(reason))
}

impl Choice {
    fn selection(&self) -> Selection {
        if self.all { Selection::All } else { Selection::Ids(self.ids.iter().copied().collect()) }
    }

    /// Says what was done, and what was not; whether all of it was. Where nothing came of the ids, the complaint is enough.
    fn report(&self, verb: &str, handled: &Handled) -> anyhow::Result<bool> {
        if self.json {
            print_json(handled)?;
        } else if self.all || !handled.done.is_empty() {
            let count = handled.done.len();
            print(&format!("{verb} {count} {}.", if count == 1 { "message" } else { "messages" }))?;
        }
        complain("not found among the parked messages", &handled.missing);
        complain("still parked, since the queue did not take it", &handled.refused);
        Ok(handled.missing.is_empty() && handled.refused.is_empty())
    }
}

fn complain(what: &str, ids: &[Uuid]) {
    if !ids.is_empty() {
        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        eprintln!("lead-tracker: {what}: {}", ids.join(", "));
    }
}
