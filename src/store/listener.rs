//! Wake-ups by LISTEN and NOTIFY: hints that something changed, never the change itself.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::connect::{self, BoxError, UrlSource};
use super::pool::Store;
use crate::backoff::Backoff;
use crate::telemetry::metrics::{Dependency, reconnected};

/// A connection that is quiet for so long is asked for a sign of life: a server that vanished says nothing either.
const QUIET: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(5);

/// Listens on one connection of its own, reconnecting for ever. Dropping it ends the listening.
#[derive(Debug)]
pub struct Listener {
    channels: Arc<Channels>,
    task: JoinHandle<()>,
}

type Channels = HashMap<String, watch::Sender<()>>;

/// The wake-ups of one channel. Several that come before they are looked at are one.
#[derive(Debug, Clone)]
pub struct Wakeups(watch::Receiver<()>);

impl Store {
    /// Starts to listen on these channels; the URL is read again for every connection.
    ///
    /// Notifications that were sent while there was no connection are lost, so every channel is also woken after each
    /// connecting. A waiter still needs a poll of its own behind this.
    pub fn listen(&self, channels: &[&str]) -> Listener {
        let channels: Channels = channels.iter().map(|name| ((*name).to_owned(), watch::Sender::new(()))).collect();
        let channels = Arc::new(channels);
        let task = tokio::spawn(listen_forever(self.source.clone(), channels.clone()));
        Listener { channels, task }
    }
}

impl Listener {
    /// The wake-ups of `channel` from now on; none ever come of one that is not listened on.
    pub fn wakeups(&self, channel: &str) -> Wakeups {
        Wakeups(self.channels.get(channel).map_or_else(|| watch::Sender::new(()).subscribe(), watch::Sender::subscribe))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Wakeups {
    /// Waits for a hint that came since the last one was seen; for ever once the [`Listener`] is gone.
    ///
    /// Cancelling it loses nothing.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            pending::<()>().await;
        }
    }
}

async fn listen_forever(source: UrlSource, channels: Arc<Channels>) {
    let mut backoff = Backoff::new();
    let mut connected_before = false;
    loop {
        match connect_listener(&source, &channels).await {
            Ok(mut listener) => {
                if connected_before {
                    reconnected(Dependency::Postgresql);
                }
                connected_before = true;
                backoff.reset();
                channels.values().for_each(|channel| channel.send_replace(()));
                let error = receive(&mut listener, &channels).await;
                warn!(error = &*error, "lost the connection that listens to PostgreSQL, reconnecting");
            }
            Err(error) => debug!(error = &*error, "cannot listen to PostgreSQL yet"),
        }
        backoff.wait().await;
    }
}

async fn connect_listener(source: &UrlSource, channels: &Channels) -> Result<PgListener, BoxError> {
    let (connection, options) = connect::schema(source).await?;
    // PgListener wants a pool; the first connection only found the host that takes it.
    connection.close().await?;
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ANSWER).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    timeout(ANSWER, listener.listen_all(channels.keys().map(String::as_str))).await??;
    Ok(listener)
}

/// Wakes the channels until the connection is lost.
async fn receive(listener: &mut PgListener, channels: &Channels) -> BoxError {
    loop {
        match timeout(QUIET, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => {
                if let Some(channel) = channels.get(notification.channel()) {
                    channel.send_replace(());
                }
            }
            Ok(Ok(None)) => return "the server closed it".into(),
            Ok(Err(error)) => return error.into(),
            Err(_) => match timeout(ANSWER, sqlx::query("select 1").execute(&mut *listener)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error.into(),
                Err(elapsed) => return elapsed.into(),
            },
        }
    }
}
