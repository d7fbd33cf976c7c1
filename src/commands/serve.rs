//! `lead-tracker serve`

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::after_help;
use crate::app;
use crate::config::Settings;
use crate::telemetry::{metrics, spans};

pub(super) const AFTER_HELP: &str = after_help!(
    "  LEAD_TRACKER_AUTH__HS256_SECRET=$(openssl rand -hex 32) DATABASE_URL=postgres://u:p@localhost/leads \\
    AMQP_URL=amqp://u:p@localhost lead-tracker serve

A dependency that is not there yet is waited for. SIGTERM and SIGINT drain: what was received is handled, committed \
and acknowledged, what is to be published is confirmed.",
    "a wrong setting, a port in use, a topology that differs, a schema that cannot be brought up to date"
);

/// Serves until SIGTERM or SIGINT.
pub(super) async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let shutdown = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let on_signal = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        on_signal.cancel();
    });
    let export = spans::start()?;
    let served = app::serve(settings, metrics::install()?, shutdown).await;
    if let Some(export) = export {
        export.finish().await;
    }
    served?;
    Ok(ExitCode::SUCCESS)
}
