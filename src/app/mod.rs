//! Puts the service together: connects, migrates, runs the loops, and drains them on shutdown.

mod session;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::api::{self, ApiState};
use crate::auth::Verifier;
use crate::backoff::Backoff;
use crate::broker::Names;
use crate::config::{ConfigError, Secret, Settings};
use crate::feed::Feed;
use crate::handler::Handler;
use crate::health::Health;
use crate::page;
use crate::store::{HISTORY_CHANNEL, Listener, OUTBOX_CHANNEL, SETTINGS_CHANNEL, Store, UrlSource};
use crate::telemetry::metrics::{self, PrometheusHandle};

/// A session that has lasted so long was a good one: the next one may begin at once.
const STABLE: Duration = Duration::from_secs(30);

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
    let verifier = Verifier::new(&settings.auth)?;
    let address = settings.http.address;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    info!(address = %listener.local_addr()?, "listening");

    let health = Arc::new(Health::new());
    let names = Names::new(&settings.broker.prefix);
    let notifications = store.listen(&[OUTBOX_CHANNEL, SETTINGS_CHANNEL, HISTORY_CHANNEL]);
    let (window, _) = watch::channel(settings.response_window);
    let http_shutdown = CancellationToken::new();
    let state = ApiState::new(api::Parts {
        store: store.clone(),
        handler: Handler::new(store.clone(), window.subscribe()),
        feed: Feed::start(store.clone(), notifications.wakeups(HISTORY_CHANNEL), http_shutdown.clone()),
        verifier,
        amqp_url: amqp_url.clone(),
        names: names.clone(),
        declare: settings.broker.declare,
        configured_window: settings.response_window,
        window: window.subscribe(),
        health: health.clone(),
        metrics: metrics.clone(),
        upgrade_url: settings.upgrade_url.clone(),
        sign_in_url: settings.sign_in_url.clone(),
        auth: settings.auth.clone(),
    });
    let http = tokio::spawn(api::run(listener, state.clone(), page::router(&state), http_shutdown.clone()));
    let upkeep = tokio::spawn(metrics::upkeep(metrics));
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
}
