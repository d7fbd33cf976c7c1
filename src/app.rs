//! Puts the service together: connects, migrates, runs the loops, and drains them on shutdown.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::{FutureExt, try_join};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use crate::backoff::Backoff;
use crate::broker::{BrokerError, Connection, Fence, Names, Publisher, TopologyError, depth, topology};
use crate::config::{ConfigError, Secret, Settings};
use crate::consumer::{Consumer, ConsumerError};
use crate::handler::Handler;
use crate::health::Health;
use crate::http::{self, AppState};
use crate::relay::{Relay, RelayError};
use crate::store::{self, Class, Listener, OUTBOX_CHANNEL, SETTINGS_CHANNEL, Store, UrlSource, Wakeups};
use crate::sweep::{self, Schedule, SweepError};
use crate::telemetry::metrics::{self, Dependency, PrometheusHandle};

/// How long a drain may take; Kubernetes kills after 30 s, and operators expect 20.
const DRAIN: Duration = Duration::from_secs(12);
/// A session that has lasted so long was a good one: the next one may begin at once.
const STABLE: Duration = Duration::from_secs(30);
/// How often settings and gauges are looked at without a wake-up.
const REFRESH: Duration = Duration::from_secs(5);

/// Why the loops stopped.
#[derive(Debug, thiserror::Error)]
enum SessionError {
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
    Url(#[from] crate::config::SecretError),
}

impl SessionError {
    /// Whether waiting will not mend it.
    fn is_final(&self) -> bool {
        match self {
            Self::Topology(error) => !matches!(error, TopologyError::Broker(_)),
            Self::Store(error) => error.class() != Class::Transient,
            Self::Broker(_) | Self::Consumer(_) | Self::Relay(_) | Self::Sweep(_) | Self::Url(_) => false,
        }
    }
}

/// The database of these settings; nothing is connected before it is needed.
///
/// # Errors
///
/// [`ConfigError::Missing`] where no URL is given.
pub fn store(settings: &Settings) -> Result<Store, ConfigError> {
    let url = settings.database_url()?.clone();
    let source = UrlSource::new(move || url.read().map_err(Into::into));
    Ok(Store::new(source, settings.database.pool_size))
}

/// Runs the service until `shutdown` is cancelled, then drains it.
///
/// A dependency that is not there is waited for. The HTTP side answers from the start.
///
/// # Errors
///
/// What waiting will not mend: a setting, an address in use, a topology that differs, a schema that cannot be migrated.
pub async fn serve(settings: Settings, metrics: PrometheusHandle, shutdown: CancellationToken) -> anyhow::Result<()> {
    settings.require_auth()?;
    let amqp_url = settings.amqp_url()?.clone();
    let store = store(&settings)?;
    let address = settings.http.address;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    info!(address = %listener.local_addr()?, "listening");

    let health = Arc::new(Health::new());
    let state = AppState { store: store.clone(), health: health.clone(), metrics: metrics.clone() };
    let http_shutdown = CancellationToken::new();
    let http = tokio::spawn(http::run(listener, state, http_shutdown.clone()));
    let upkeep = tokio::spawn(metrics::upkeep(metrics));

    let names = Names::new(&settings.broker.prefix);
    let notifications = store.listen(&[OUTBOX_CHANNEL, SETTINGS_CHANNEL]);
    let (window, _) = watch::channel(settings.response_window);
    let service = Service { settings, amqp_url, store, names, health, notifications, window };
    let result = tokio::select! {
        result = service.run(&shutdown) => result,
        never = service.keep_house() => match never {},
    };

    http_shutdown.cancel();
    upkeep.abort();
    // An idle keep-alive connection must not hold up the exit.
    let _ = timeout(Duration::from_secs(1), http).await;
    service.store.close();
    result
}

struct Service {
    settings: Settings,
    amqp_url: Secret,
    store: Store,
    names: Names,
    health: Arc<Health>,
    notifications: Listener,
    window: watch::Sender<Duration>,
}

impl Service {
    /// Runs one session after another: on any error everything that hangs on a connection is dropped and built anew.
    async fn run(&self, shutdown: &CancellationToken) -> anyhow::Result<()> {
        let mut backoff = Backoff::new();
        loop {
            let began = Instant::now();
            let ended = self.session(shutdown).await;
            // Attaching proves little: each session that ends gives back what it held, and that is counted for each message.
            if began.elapsed() > STABLE {
                backoff.reset();
            }
            self.health.set_broker_connected(false);
            self.health.set_consumer_up(false);
            match ended {
                Ok(()) => return Ok(()),
                Err(_) if shutdown.is_cancelled() => return Ok(()),
                Err(error) if error.is_final() && !self.health.consumer_attached_once() => return Err(error.into()),
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "not consuming, trying again");
                }
            }
            tokio::select! {
                () = backoff.wait() => {}
                () = shutdown.cancelled() => return Ok(()),
            }
        }
    }

    /// Connects to everything and runs the loops until one fails or the service is shut down.
    async fn session(&self, shutdown: &CancellationToken) -> Result<(), SessionError> {
        let begin = async {
            self.prepare_database().await?;
            let url = self.amqp_url.read()?;
            let consuming = Connection::open(&url, "lead-tracker consumer").await?;
            let publishing = Connection::open(&url, "lead-tracker publisher").await?;
            self.health.set_broker_connected(true);
            self.load_window(&consuming, true).await?;
            Ok::<_, SessionError>((consuming, publishing))
        };
        let (consuming, publishing) = tokio::select! {
            connections = begin => connections?,
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

    async fn loops(
        &self,
        consuming: &Connection,
        publishing: &Connection,
        shutdown: &CancellationToken,
    ) -> Result<(), SessionError> {
        let handler = Handler::new(self.store.clone(), self.window.subscribe());
        let relay = Relay {
            store: &self.store,
            connection: publishing,
            names: &self.names,
            declare: self.settings.broker.declare,
            publishers: [
                Publisher::open(publishing, &self.names).await?,
                Publisher::open(publishing, &self.names).await?,
            ],
            wakeups: self.notifications.wakeups(OUTBOX_CHANNEL),
            held: BTreeMap::new(),
        };
        let fence = Fence::open(publishing, self.names.inbox()).await?;
        let schedule = Schedule { interval: self.settings.sweep.interval, grace: self.settings.sweep.grace };
        let consumer = Consumer::attach(consuming, publishing, self.names.clone(), handler.clone()).await?;
        self.health.set_consumer_up(true);
        info!(host = consuming.host(), window = ?*self.window.borrow(), "consuming");

        // The relay outlives the consumer, so that what the last batch says is published.
        let drained = CancellationToken::new();
        let loops = async {
            try_join!(
                consumer.run(shutdown).map(|ended| {
                    drained.cancel();
                    ended.map_err(SessionError::from)
                }),
                relay.run(&drained).map(|ended| ended.map_err(SessionError::from)),
                sweep::run(&self.store, &handler, fence, schedule, shutdown)
                    .map(|ended| ended.map_err(SessionError::from)),
                self.refresh(consuming, shutdown),
            )
        };
        let overdue = async {
            shutdown.cancelled().await;
            info!("shutting down");
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            ended = loops => ended.map(drop),
            () = overdue => {
                warn!(seconds = DRAIN.as_secs(), "not drained in time; what is unfinished will be delivered again");
                Ok(())
            }
        }
    }

    /// Brings the schema up to date, or checks that it is.
    async fn prepare_database(&self) -> Result<(), store::Error> {
        match self.settings.database.migrate {
            true => self.store.migrate().await,
            false => self.store.require_current_schema().await,
        }
    }

    /// Takes over the response window that is in force, once its delay queue is there. With `whole`, everything else of
    /// the topology is made sure of, too.
    async fn load_window(&self, connection: &Connection, whole: bool) -> Result<(), SessionError> {
        let window = self.store.response_window().await?.unwrap_or(self.settings.response_window);
        if !whole && window == *self.window.borrow() {
            return Ok(());
        }
        match (whole, self.settings.broker.declare) {
            (true, true) => topology::declare(connection, &self.names, window).await?,
            (true, false) => topology::verify(connection, &self.names, window).await?,
            (false, true) => topology::declare_window(connection, &self.names, window).await?,
            (false, false) => topology::verify_window(connection, &self.names, window).await?,
        }
        self.store.use_response_window(window).await?;
        if self.window.send_replace(window) != window {
            info!(?window, "new offers have another response window");
        }
        Ok(())
    }

    /// Keeps settings and gauges fresh until `shutdown`.
    async fn refresh(&self, connection: &Connection, shutdown: &CancellationToken) -> Result<(), SessionError> {
        let mut settings: Wakeups = self.notifications.wakeups(SETTINGS_CHANNEL);
        let mut ticks = interval(REFRESH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = settings.next() => {}
                () = shutdown.cancelled() => return Ok(()),
            }
            match self.load_window(connection, false).await {
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
    async fn keep_house(&self) -> Infallible {
        let mut ticks = interval(REFRESH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.look_at_outbox().await {
                debug!(error = &error as &dyn std::error::Error, "cannot look at the outbox");
            }
        }
    }

    async fn look_at_outbox(&self) -> Result<(), store::Error> {
        self.store.forget_untimed_events().await?;
        let depth = self.store.outbox_depth().await?;
        metrics::outbox(depth.pending, Duration::from_secs_f64(depth.oldest_seconds.max(0.0)));
        Ok(())
    }
}
