//! Connecting to a real PostgreSQL: encryption, several hosts, read-only servers, pools and wake-ups.
//!
//! `DATABASE_URL` names the server; each test makes a database of its own there and drops it.

mod connections;
mod hosts;
mod schema;
mod tls;
mod wakeups;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lead_tracker::store::{Class, ConnectError, Error, STATEMENTS, Store, UrlSource};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use url::Url;
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(30);

/// A database of this test's own.
struct Database {
    admin: String,
    name: String,
    url: Url,
}

impl Database {
    async fn create() -> Self {
        let admin = std::env::var("DATABASE_URL")
            .expect("set DATABASE_URL to a PostgreSQL where databases may be created, by TCP");
        let name = format!("connect_{}", Uuid::new_v4().simple());
        execute(&admin, &format!("create database {name}")).await;
        let mut url = Url::parse(&admin).expect("DATABASE_URL is a URL with one host");
        url.set_path(&name);
        Self { admin, name, url }
    }

    /// The same database by way of other hosts, with these options.
    fn by(&self, hosts: &str, options: &str) -> String {
        let (user, password) = (self.url.username(), self.url.password().unwrap_or_default());
        format!("postgres://{user}:{password}@{hosts}/{}?{options}", self.name)
    }

    fn address(&self) -> String {
        format!("{}:{}", self.url.host_str().expect("a host"), self.url.port().unwrap_or(5432))
    }

    async fn drop(self) {
        execute(&self.admin, &format!("drop database {} with (force)", self.name)).await;
    }
}

fn store(url: impl Into<String>) -> Store {
    Store::new(UrlSource::fixed(url), 2)
}

async fn execute(url: &str, statement: &str) {
    let client = store(url).client().await.expect("a connection");
    client.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
}

async fn ask(store: &Store, question: &str) -> String {
    let client = store.client().await.expect("a connection");
    client.query_one(question, &[]).await.unwrap_or_else(|error| panic!("{question}: {error:?}")).get(0)
}

async fn refusal(url: String) -> String {
    let error = store(url).client().await.expect_err("no connection");
    assert_eq!(error.class(), Class::Transient);
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    error.to_string()
}

/// An address that refuses connections, for as long as the listener is not dropped and bound by somebody else.
async fn dead_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("bound").to_string()
}

/// A server that accepts and then says nothing.
async fn silent_address() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    (listener, address)
}
