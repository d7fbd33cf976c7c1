//! Keeps schema, topology, response window and gauges up to date.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use super::Service;
use super::session::SessionError;
use crate::broker::{Connection, depth, topology};
use crate::store::{self, SETTINGS_CHANNEL};
use crate::telemetry::metrics;

/// How often settings and gauges are looked at without a wake-up.
const REFRESH: Duration = Duration::from_secs(5);

impl Service {
    /// Brings the schema up to date, or checks that it is.
    pub(super) async fn prepare_database(&self) -> Result<(), store::Error> {
        match self.settings.database.migrate {
            true => self.store.migrate().await,
            false => self.store.require_current_schema().await,
        }
    }

    /// Declares or verifies everything on the broker, and takes over the response window that is in force.
    pub(super) async fn prepare_topology(&self, connection: &Connection) -> Result<(), SessionError> {
        let window = self.window_in_force().await?;
        match self.settings.broker.declare {
            true => topology::declare(connection, &self.names, window).await?,
            false => topology::verify(connection, &self.names, window).await?,
        }
        Ok(self.adopt_window(window).await?)
    }

    /// Takes over a response window that was changed, once its delay queue is there.
    async fn refresh_window(&self, connection: &Connection) -> Result<(), SessionError> {
        let window = self.window_in_force().await?;
        if window == *self.window.borrow() {
            return Ok(());
        }
        match self.settings.broker.declare {
            true => topology::declare_window(connection, &self.names, window).await?,
            false => topology::verify_window(connection, &self.names, window).await?,
        }
        Ok(self.adopt_window(window).await?)
    }

    async fn window_in_force(&self) -> Result<Duration, store::Error> {
        Ok(self.store.response_window().await?.unwrap_or(self.settings.response_window))
    }

    async fn adopt_window(&self, window: Duration) -> Result<(), store::Error> {
        self.store.use_response_window(window).await?;
        if self.window.send_replace(window) != window {
            info!(?window, "new offers have another response window");
        }
        Ok(())
    }

    /// Keeps settings and gauges fresh until `shutdown`.
    pub(super) async fn refresh(
        &self,
        connection: &Connection,
        shutdown: &CancellationToken,
    ) -> Result<(), SessionError> {
        let mut settings = self.notifications.wakeups(SETTINGS_CHANNEL);
        let mut ticks = refresh_ticks();
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = settings.next() => {}
                () = shutdown.cancelled() => return Ok(()),
            }
            match self.refresh_window(connection).await {
                Err(SessionError::Topology(error)) => {
                    error!(error = &error as &dyn std::error::Error, "the response window stays as it is");
                }
                Err(SessionError::Broker(error)) => return Err(error.into()),
                Err(error) => warn!(error = &error as &dyn std::error::Error, "cannot read the settings"),
                Ok(()) => {}
            }
            match depth(connection, self.names.parked()).await {
                Ok(parked) => metrics::parked_messages(parked.ready),
                Err(error) => warn!(error = &error as &dyn std::error::Error, "cannot look at the parked messages"),
            }
        }
    }

    /// Looks after the database for ever, with or without a broker: without one is when an outbox grows.
    pub(super) async fn keep_house(&self) -> Infallible {
        let mut ticks = refresh_ticks();
        loop {
            ticks.tick().await;
            let forgotten = self.store.forget_untimed_events().await;
            // What writes tells best whether it may, and this is written to however quiet it is.
            metrics::database_read_only(forgotten.as_ref().is_err_and(store::Error::is_read_only));
            if let Err(error) = forgotten {
                debug!(error = &error as &dyn std::error::Error, "cannot forget old events without a time");
            }
            if let Err(error) = self.store.forget_idempotency_keys().await {
                debug!(error = &error as &dyn std::error::Error, "cannot forget old idempotency keys");
            }
            match self.store.outbox_depth().await {
                Ok(depth) => metrics::outbox(depth.pending, Duration::from_secs_f64(depth.oldest_seconds.max(0.0))),
                Err(error) => debug!(error = &error as &dyn std::error::Error, "cannot look at the outbox"),
            }
        }
    }
}

fn refresh_ticks() -> Interval {
    let mut ticks = interval(REFRESH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
