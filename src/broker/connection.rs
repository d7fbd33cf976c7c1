//! One connection to the broker.

use std::{
    io,
    net::{Shutdown, TcpStream},
    os::fd::{AsFd, BorrowedFd},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::StreamExt;
use lapin::{
    AsyncTcpStream, Channel, ConnectionProperties, ConnectionStatus, Event,
    tcp::{AMQPUriTcpExt, OwnedTLSConfig},
    uri::{AMQPScheme, AMQPUri},
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    address::Address,
    error::{BrokerError, bounded},
};

/// A graceful close waits for the broker's answer no longer than this.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
/// How often the state is looked at beside the events: an orderly close by the broker raises none.
const STATUS_INTERVAL: Duration = Duration::from_secs(1);

/// One AMQP connection. It does not recover: when it has [`closed`](Self::closed), open another.
pub struct Connection {
    inner: lapin::Connection,
    host: String,
    ended: watch::Receiver<Option<String>>,
    watcher: JoinHandle<()>,
}

impl Connection {
    /// Connects to the first host of the URL (see [`Address::parse`]) that answers. The name is what
    /// operators see in the broker's list of connections. Fails with what the last host answered.
    pub async fn open(url: &str, name: &str) -> Result<Self, BrokerError> {
        let address = Address::parse(url)?;
        let tls = OwnedTLSConfig { identity: None, cert_chain: read_certificates(&address).await? };
        let mut outcome = Err(BrokerError::Disconnected { reason: "the URL names no host".to_owned() });
        for uri in address.uris {
            outcome = connect(uri, address.connect_timeout, tls.clone(), name).await;
            match &outcome {
                Ok(_) => break,
                Err(error) => tracing::debug!(error = error as &dyn std::error::Error, "RabbitMQ host does not answer"),
            }
        }
        outcome
    }

    /// The host and port it is connected to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the broker takes no messages on this connection now, for want of memory or disk.
    pub fn is_blocked(&self) -> bool {
        self.inner.status().blocked()
    }

    /// Resolves when the connection has ended, with the reason. Can be awaited by many, and again.
    pub async fn closed(&self) -> BrokerError {
        let mut ended = self.ended.clone();
        let reason = match ended.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            Err(_) => "its watcher has ended".to_owned(),
        };
        BrokerError::Disconnected { reason }
    }

    /// Says goodbye to the broker; channels that are still open are closed by that. Waits 3 s at most: on a connection that
    /// the broker blocks not even this is written.
    pub async fn close(self) -> Result<(), BrokerError> {
        let doing = "cannot close the connection to RabbitMQ";
        match timeout(CLOSE_TIMEOUT, self.inner.close(200, "OK".into())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) => Err(BrokerError::failed(doing, source)),
            Err(_) => Err(BrokerError::TimedOut { doing: doing.to_owned(), limit: CLOSE_TIMEOUT }),
        }
    }

    pub(super) fn status(&self) -> ConnectionStatus {
        self.inner.status().clone()
    }

    pub(super) async fn channel(&self) -> Result<Channel, BrokerError> {
        bounded("cannot open a channel", self.inner.create_channel()).await
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

async fn read_certificates(address: &Address) -> Result<Option<String>, BrokerError> {
    let Some(path) = &address.ca_file else { return Ok(None) };
    match tokio::fs::read_to_string(path).await {
        Ok(pem) => Ok(Some(pem)),
        Err(source) => Err(BrokerError::Certificates { path: path.clone(), source }),
    }
}

async fn connect(uri: AMQPUri, limit: Duration, tls: OwnedTLSConfig, name: &str) -> Result<Connection, BrokerError> {
    let host = format!("{}:{}", uri.authority.host, uri.authority.port);
    let inner = match timeout(limit, handshake(uri, limit, tls, name)).await {
        Ok(Ok(inner)) => inner,
        Ok(Err(source)) => return Err(BrokerError::Connect { host, source: source.into() }),
        Err(_) => return Err(BrokerError::TimedOut { doing: format!("cannot connect to RabbitMQ at {host}"), limit }),
    };
    let (report, ended) = watch::channel(None);
    let watcher = tokio::spawn(watch_connection(inner.status().clone(), inner.events_listener(), report));
    Ok(Connection { inner, host, ended, watcher })
}

/// lapin connects on a thread of its own, which does not end with this future: the limit within ends it while it dials, and
/// the guard while it waits for the host to speak AMQP.
async fn handshake(uri: AMQPUri, limit: Duration, tls: OwnedTLSConfig, name: &str) -> lapin::Result<lapin::Connection> {
    let properties = ConnectionProperties::default()
        .with_connection_name(name.into())
        .with_client_property("product".into(), env!("CARGO_PKG_NAME").into())
        .with_client_property("version".into(), env!("CARGO_PKG_VERSION").into());
    let attempt = Arc::new(Attempt::default());
    let dialled = Arc::downgrade(&attempt);
    let runtime = lapin::runtime::default_runtime()?;
    let dialling = runtime.clone();
    let dial = async move |uri: AMQPUri, _| {
        let connect = async {
            let plain = AMQPUri { scheme: AMQPScheme::AMQP, ..uri.clone() };
            let stream = plain.connect_with_config_async(tls.as_ref(), &dialling).await?;
            // Held until the dialling is over: given up meanwhile, it is shut down then.
            let attempt = dialled.upgrade().ok_or(io::ErrorKind::TimedOut)?;
            if let AsyncTcpStream::Plain(stream) = &stream {
                attempt.watch(stream.get_ref().as_fd())?;
            }
            match uri.scheme {
                AMQPScheme::AMQP => Ok(stream),
                AMQPScheme::AMQPS => stream.into_tls(&uri.authority.host, tls.as_ref()).await,
            }
        };
        Ok(timeout(limit, connect).await.unwrap_or_else(|elapsed| Err(elapsed.into()))?)
    };
    let connection = lapin::Connection::connector(uri, runtime, dial, properties).await?;
    attempt.socket().take();
    Ok(connection)
}

/// The socket of an attempt to connect. Dropped with it, the attempt has been given up: shutting the socket down ends lapin's
/// thread, which would else wait for the host for as long as that keeps silent.
#[derive(Default)]
struct Attempt(Mutex<Option<TcpStream>>);

impl Attempt {
    fn watch(&self, socket: BorrowedFd<'_>) -> io::Result<()> {
        *self.socket() = Some(socket.try_clone_to_owned()?.into());
        Ok(())
    }

    fn socket(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(socket) = self.socket().take() {
            // It may be gone already, which is as good.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

/// lapin hands each event to one listener only, so this task listens for all who wait. An error event may be a mere
/// channel's, so the status decides.
async fn watch_connection(
    status: ConnectionStatus,
    events: impl futures::Stream<Item = Event> + Send,
    report: watch::Sender<Option<String>>,
) {
    let mut events = std::pin::pin!(events);
    let mut ticks = interval(STATUS_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reason = "closed without an error".to_owned();
    while status.connected() {
        tokio::select! {
            event = events.next() => match event {
                Some(Event::Error(error)) => reason = error.to_string(),
                Some(Event::ConnectionBlocked(why)) => tracing::warn!(reason = why, "RabbitMQ blocks publishers"),
                Some(Event::ConnectionUnblocked) => tracing::info!("RabbitMQ no longer blocks publishers"),
                Some(_) => {}
                None => break,
            },
            _ = ticks.tick() => {}
        }
    }
    report.send_replace(Some(reason));
}
