//! `lead-tracker migrate`

use std::process::ExitCode;

use super::after_help;
use super::output::print;
use crate::app;
use crate::config::Settings;

pub(super) const AFTER_HELP: &str = after_help!(
    "  Before the first start, where LEAD_TRACKER_DATABASE__MIGRATE=false keeps `serve` from it:
    DATABASE_URL=postgres://owner@localhost/leads lead-tracker migrate

Several at a time wait for each other. A schema that is newer than this program is left as it is.",
    "failed"
);

/// Applies what is missing.
pub(super) async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    app::store(settings)?.migrate().await?;
    print("The schema is up to date.")?;
    Ok(ExitCode::SUCCESS)
}
