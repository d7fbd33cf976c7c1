//! One session: everything that hangs on one pair of connections to the broker.

use std::time::Duration;

use futures::{FutureExt, TryFutureExt, try_join};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Service;
use crate::broker::{BrokerError, Connection, Fence, TopologyError};
use crate::config::SecretError;
use crate::consumer::{Consumer, ConsumerError};
use crate::handler::Handler;
use crate::relay::{Relay, RelayError};
use crate::store::{self, Class, OUTBOX_CHANNEL};
use crate::sweep::{self, Schedule, SweepError};
use crate::telemetry::metrics::{self, Dependency};

/// How long a drain may take; Kubernetes kills after 30 s, and operators expect 20.
const DRAIN: Duration = Duration::from_secs(12);

/// Why a session ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Topology(#[from] TopologyError),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Consumer(#[from] ConsumerError),
    #[error(transparent)]
    Relay(#[from] RelayError),
    #[error(transparent)]
    Sweep(#[from] SweepError),
    #[error("the URL of RabbitMQ cannot be read")]
    Url(#[from] SecretError),
}

impl SessionError {
    /// Whether waiting will not mend it.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Topology(error) => !matches!(error, TopologyError::Broker(_)),
            Self::Store(error) => error.class() != Class::Transient,
            Self::Broker(_) | Self::Consumer(_) | Self::Relay(_) | Self::Sweep(_) | Self::Url(_) => false,
        }
    }
}

impl Service {
    /// Connects to everything and runs the loops until one fails or the service is shut down.
    pub(super) async fn session(&self, shutdown: &CancellationToken) -> Result<(), SessionError> {
        let (consuming, publishing) = tokio::select! {
            connections = self.connect() => connections?,
            () = shutdown.cancelled() => return Ok(()),
        };
        if self.health.consumer_attached_once() {
            metrics::reconnected(Dependency::Rabbitmq);
        }
        let ended = tokio::select! {
            ended = self.loops(&consuming, &publishing, shutdown) => ended,
            reason = consuming.closed() => Err(reason.into()),
            reason = publishing.closed() => Err(reason.into()),
        };
        let _ = futures::join!(consuming.close(), publishing.close());
        ended
    }

    /// The connections to consume and to publish on, once schema and topology are as they should be.
    async fn connect(&self) -> Result<(Connection, Connection), SessionError> {
        self.prepare_database().await?;
        let url = self.amqp_url.read()?;
        let consuming = Connection::open(&url, "lead-tracker consumer").await?;
        let publishing = Connection::open(&url, "lead-tracker publisher").await?;
        self.health.set_broker_connected(true);
        self.prepare_topology(&consuming).await?;
        Ok((consuming, publishing))
    }

    async fn loops(
        &self,
        consuming: &Connection,
        publishing: &Connection,
        shutdown: &CancellationToken,
    ) -> Result<(), SessionError> {
        let handler = Handler::new(self.store.clone(), self.window.subscribe());
        let wakeups = self.notifications.wakeups(OUTBOX_CHANNEL);
        let relay = Relay::open(&self.store, publishing, &self.names, self.settings.broker.declare, wakeups).await?;
        let fence = Fence::open(publishing, self.names.inbox()).await?;
        let schedule = Schedule { interval: self.settings.sweep.interval, grace: self.settings.sweep.grace };
        let consumer = Consumer::attach(consuming, publishing, self.names.clone(), handler.clone()).await?;
        self.health.set_consumer_up(true);
        info!(host = consuming.host(), window = ?*self.window.borrow(), "consuming");

        // The relay outlives the consumer, so that what the last batch says is published.
        let drained = CancellationToken::new();
        let loops = async {
            try_join!(
                consumer.run(shutdown).inspect(|_| drained.cancel()).err_into(),
                relay.run(&drained).err_into(),
                sweep::run(&self.store, &handler, fence, schedule, shutdown).err_into(),
                self.refresh(consuming, shutdown),
            )
        };
        tokio::select! {
            ended = loops => ended.map(drop),
            () = drain_is_over(shutdown) => Ok(()),
        }
    }
}

/// Waits for `shutdown`, and then for as long as a drain may take.
async fn drain_is_over(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    info!("shutting down");
    tokio::time::sleep(DRAIN).await;
    warn!(seconds = DRAIN.as_secs(), "not drained in time; what is unfinished will be delivered again");
}
