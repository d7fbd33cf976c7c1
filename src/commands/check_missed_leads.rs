//! `lead-tracker check-missed-leads`

use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::Args;
use tokio::sync::watch;

use super::output::{print, print_json};
use super::{after_help, connect, disconnect, exit_code};
use crate::app;
use crate::check::{self, CheckReport};
use crate::config::Settings;
use crate::handler::Handler;
use crate::store::Store;

pub(super) const AFTER_HELP: &str = after_help!(
    "  lead-tracker check-missed-leads --dry-run
  lead-tracker check-missed-leads --limit 1000
  lead-tracker check-missed-leads --json | jq .processedCount

Waits up to 10 s for what is in the inbox, since it may hold answers. The announcements go into the outbox; \
a running service publishes them.

With --json: { success, message, processedCount, notificationCount, dryRun, skippedBacklog? }.",
    "failed, or nothing was handled because the inbox was not worked off in time"
);

#[derive(Debug, Args)]
pub(super) struct CheckMissedLeads {
    /// Only tell how many offers would be ended; needs no broker.
    #[arg(long)]
    dry_run: bool,
    /// End no more than so many, the oldest deadline first.
    #[arg(long, value_name = "N")]
    limit: Option<NonZeroUsize>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

impl CheckMissedLeads {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<ExitCode> {
        let store = app::store(settings)?;
        store.require_current_schema().await?;
        let limit = self.limit.map_or(usize::MAX, NonZeroUsize::get);
        let report =
            if self.dry_run { check::dry_run(&store, limit).await? } else { check(settings, &store, limit).await? };
        if !report.success {
            eprintln!("lead-tracker: {}", report.message);
        }
        match self.json {
            true => print_json(&report)?,
            false if report.success => print(&report.message)?,
            false => {}
        }
        Ok(exit_code(report.success))
    }
}

async fn check(settings: &Settings, store: &Store, limit: usize) -> anyhow::Result<CheckReport> {
    // Ending offers makes none, so it does not matter which window new ones would have.
    let (_, window) = watch::channel(settings.response_window);
    let handler = Handler::new(store.clone(), window);
    let (connection, names) = connect(settings).await?;
    let report = check::check_missed_leads(store, &handler, &connection, &names, limit).await;
    disconnect(connection).await;
    Ok(report?)
}
