//! `lead-tracker serve`

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::app;
use crate::config::Settings;
use crate::telemetry::metrics;

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
    app::serve(settings, metrics::install()?, shutdown).await?;
    Ok(ExitCode::SUCCESS)
}
