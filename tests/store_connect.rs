//! Connecting to a real PostgreSQL: encryption, several hosts, read-only servers, pools and wake-ups.
//!
//! `DATABASE_URL` names the server; each test makes a database of its own there and drops it.

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

/// A certificate authority and a PostgreSQL behind TLS with a certificate of it.
struct Tls {
    authority: tempfile::NamedTempFile,
    port: u16,
    handshakes: Arc<AtomicUsize>,
}

impl Tls {
    /// Terminates TLS for `host` before the server at `upstream`.
    async fn before(upstream: String, host: &str) -> Self {
        let (authority, acceptor) = certificates(host);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let handshakes = Arc::new(AtomicUsize::new(0));
        tokio::spawn(terminate(listener, acceptor, upstream, handshakes.clone()));
        Self { authority, port, handshakes }
    }

    fn hosts(&self, name: &str) -> String {
        format!("{name}:{}", self.port)
    }

    fn root(&self) -> String {
        self.authority.path().display().to_string()
    }
}

/// Every authority has the same name, so that only its key tells it from another.
fn certificates(host: &str) -> (tempfile::NamedTempFile, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![host.to_owned()]).expect("a good name");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");

    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), authority.pem()).expect("it takes what is written");
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider's versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("the key fits");
    (file, TlsAcceptor::from(Arc::new(config)))
}

async fn terminate(listener: TcpListener, acceptor: TlsAcceptor, upstream: String, handshakes: Arc<AtomicUsize>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let (acceptor, upstream, handshakes) = (acceptor.clone(), upstream.clone(), handshakes.clone());
        tokio::spawn(async move {
            // SSLRequest: its length, 8, and the code 80877103.
            let mut request = [0; 8];
            client.read_exact(&mut request).await?;
            assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47]);
            client.write_all(b"S").await?;
            let mut client = acceptor.accept(client).await?;
            handshakes.fetch_add(1, Ordering::Relaxed);
            let mut server = TcpStream::connect(upstream).await?;
            copy_bidirectional(&mut client, &mut server).await
        });
    }
}

#[tokio::test]
async fn verify_full_takes_the_right_authority_and_host_only() {
    let database = Database::create().await;
    let proxy = Tls::before(database.address(), "localhost").await;
    let other = Tls::before(database.address(), "localhost").await;
    let full =
        |name: &str, root: &str| database.by(&proxy.hosts(name), &format!("sslmode=verify-full&sslrootcert={root}"));

    let good = store(full("localhost", &proxy.root()));
    assert_eq!(ask(&good, "select current_database()::text").await, database.name);
    good.migrate().await.expect("sqlx connects as well");
    assert_eq!(proxy.handshakes.load(Ordering::Relaxed), 2);

    let wrong_host = refusal(full("127.0.0.1", &proxy.root())).await;
    assert!(wrong_host.contains("not valid for name"), "{wrong_host}");
    let wrong_authority = refusal(full("localhost", &other.root())).await;
    assert!(wrong_authority.contains("BadSignature"), "{wrong_authority}");
    for url in [full("127.0.0.1", &proxy.root()), full("localhost", &other.root())] {
        let error = store(url).migrate().await.expect_err("sqlx refuses it as well");
        assert!(matches!(error, Error::Connect(_)), "{error:?}");
    }
    database.drop().await;
}

#[tokio::test]
async fn verify_ca_takes_any_host_of_the_authority() {
    let database = Database::create().await;
    let proxy = Tls::before(database.address(), "elsewhere.example").await;
    let other = Tls::before(database.address(), "elsewhere.example").await;
    for mode in ["verify-ca", "require"] {
        let by = |root: &str| database.by(&proxy.hosts("localhost"), &format!("sslmode={mode}&sslrootcert={root}"));
        let good = store(by(&proxy.root()));
        good.ping().await.expect("the chain is good");
        good.migrate().await.expect("sqlx connects as well");
        assert!(refusal(by(&other.root())).await.contains("BadSignature"));
    }
    database.drop().await;
}

#[tokio::test]
async fn require_and_prefer_take_any_certificate_and_require_insists_on_one() {
    let database = Database::create().await;
    let proxy = Tls::before(database.address(), "elsewhere.example").await;
    for mode in ["require", "prefer", "allow"] {
        let store = store(database.by(&proxy.hosts("localhost"), &format!("sslmode={mode}")));
        store.ping().await.expect(mode);
        store.migrate().await.expect(mode);
    }
    assert_eq!(proxy.handshakes.load(Ordering::Relaxed), 6);
    database.drop().await;
}

#[tokio::test]
async fn a_missing_root_certificate_is_named() {
    let database = Database::create().await;
    let url = database.by(&database.address(), "sslmode=verify-full&sslrootcert=/no/such/ca.pem");
    let error = store(url).client().await.expect_err("no certificate");
    let Error::Connect(ConnectError::Tls(error)) = error else { panic!("{error:?}") };
    assert!(error.to_string().contains("/no/such/ca.pem"), "{error}");
    database.drop().await;
}

#[tokio::test]
async fn hosts_are_tried_in_turn() {
    let database = Database::create().await;
    let (_silent, silent) = silent_address().await;
    let hosts = format!("{},{silent},{}", dead_address().await, database.address());
    let store = store(database.by(&hosts, "connect_timeout=1"));
    assert_eq!(ask(&store, "select current_database()::text").await, database.name);
    store.migrate().await.expect("sqlx gets there as well");
    database.drop().await;
}

#[tokio::test]
async fn a_unix_domain_socket_is_a_host_too() {
    let database = Database::create().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let listener = UnixListener::bind(folder.path().join(".s.PGSQL.7777")).expect("a socket");
    let upstream = database.address();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(upstream).await?;
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    let folder = folder.path().display().to_string();
    let encoded = database.by(&format!("{}:7777", folder.replace('/', "%2F")), "");
    for url in [encoded, database.by("", &format!("host={folder}&port=7777"))] {
        let store = store(url);
        assert_eq!(ask(&store, "select current_database()::text").await, database.name);
        store.migrate().await.expect("sqlx connects as well");
    }
    database.drop().await;
}

#[tokio::test]
async fn each_host_that_fails_is_named_with_its_reason() {
    let (_silent, silent) = silent_address().await;
    let dead = dead_address().await;
    let message = refusal(format!("postgres://u:hunter2@{dead},{silent}/d?connect_timeout=1")).await;
    assert!(message.contains(&format!("{dead}: error connecting to server: Connection refused")), "{message}");
    assert!(message.contains(&format!("{silent}: no answer within 1s")), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn a_database_that_only_reads_is_passed_over() {
    let (reading, writing) = (Database::create().await, Database::create().await);
    let alter = format!("alter database {} set default_transaction_read_only = on", reading.name);
    execute(reading.url.as_str(), &alter).await;
    let message = refusal(reading.url.to_string()).await;
    assert!(message.contains("does not allow writes"), "{message}");
    let error = store(reading.url.to_string()).migrate().await.expect_err("sqlx refuses it as well");
    assert!(error.to_string().contains("does not allow writes"), "{error}");
    store(format!("{}?target_session_attrs=any", reading.url)).ping().await.expect("any server will do");
    reading.drop().await;
    writing.drop().await;
}

#[tokio::test]
async fn a_host_that_only_reads_is_passed_over_for_the_writable_one() {
    let database = Database::create().await;
    let reader = read_only_before(database.address()).await;
    let store = store(database.by(&format!("{reader},{}", database.address()), "sslmode=disable"));
    assert_eq!(ask(&store, "select current_setting('transaction_read_only')").await, "off");
    store.migrate().await.expect("sqlx gets there as well");
    database.drop().await;
}

/// The same server, through which every session begins read-only: the option is slipped into the startup message.
async fn read_only_before(upstream: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let length = client.read_u32().await?;
                let mut startup = vec![0; length as usize - 4];
                client.read_exact(&mut startup).await?;
                startup.pop();
                startup.extend_from_slice(b"default_transaction_read_only\0on\0\0");
                let mut server = TcpStream::connect(upstream).await?;
                server.write_u32(u32::try_from(startup.len() + 4).expect("a short message")).await?;
                server.write_all(&startup).await?;
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    address
}

#[tokio::test]
async fn the_server_ends_what_takes_too_long_and_options_are_the_callers() {
    let database = Database::create().await;
    let store = store(format!("{}?options=-c%20lock_timeout%3D1234&application_name=a-test", database.url));
    for (setting, expected) in [
        ("statement_timeout", "30s"),
        ("lock_timeout", "1234ms"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("application_name", "a-test"),
    ] {
        assert_eq!(ask(&store, &format!("select current_setting('{setting}')")).await, expected, "{setting}");
    }
    database.drop().await;
}

#[tokio::test]
async fn the_url_is_read_again_for_every_connection() {
    let database = Database::create().await;
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let path = file.path().to_owned();
    std::fs::write(&path, database.by(&dead_address().await, "")).expect("writable");
    let read = path.clone();
    let store = Store::new(UrlSource::new(move || Ok(std::fs::read_to_string(&read)?)), 2);
    assert!(store.client().await.is_err());
    std::fs::write(&path, database.url.as_str()).expect("writable");
    store.ping().await.expect("the new URL");
    drop(file);
    let held = store.client().await.expect("the connection there is");
    let error = store.client().await.expect_err("a second one needs the URL");
    assert!(matches!(error, Error::Connect(ConnectError::Source(_))), "{error:?}");
    drop(held);
    database.drop().await;
}

#[tokio::test]
async fn two_schemas_of_one_database_are_migrated_apart() {
    let database = Database::create().await;
    execute(database.url.as_str(), "create schema one; create schema two").await;
    let schema = |name: &str| store(format!("{}?options=-csearch_path%3D{name}", database.url));
    let (one, two) = (schema("one"), schema("two"));
    let (first, second) = tokio::join!(one.migrate(), two.migrate());
    first.expect("one");
    second.expect("two");
    one.migrate().await.expect("again");
    for (store, name) in [(&one, "one"), (&two, "two")] {
        let found = ask(store, "select to_regclass('_sqlx_migrations')::oid::regclass::text").await;
        assert_eq!(found, "_sqlx_migrations");
        assert_eq!(ask(store, "select current_schema()::text").await, name);
        assert!(store.migrations_pending().await.expect("an answer").is_empty());
        store.require_current_schema().await.expect("up to date");
    }
    let first = format!("{}?options=-csearch_path%3Done", database.url);
    execute(&first, "insert into _sqlx_migrations values (99999999, 'newer', now(), true, '', 0)").await;
    one.migrate().await.expect("a newer database is left as it is");
    database.drop().await;
}

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let database = Database::create().await;
    let store = store(database.url.as_str());
    store.migrate().await.expect("the schema");
    let client = store.client().await.expect("a connection");
    for statement in STATEMENTS {
        client.prepare(statement.text).await.unwrap_or_else(|error| panic!("{}: {error:?}", statement.name));
    }
    drop(client);
    database.drop().await;
}

#[tokio::test]
async fn a_connection_to_a_read_only_server_is_dropped() {
    let database = Database::create().await;
    let store = Store::new(UrlSource::fixed(database.url.as_str()), 1);
    let client = store.client().await.expect("a connection");
    client.batch_execute("create table t (n int)").await.expect("a table");
    client.batch_execute("set default_transaction_read_only = on").await.expect("as after a failover");
    let error = Error::from(client.execute("insert into t values (1)", &[]).await.expect_err("read-only"));
    assert_eq!((error.sqlstate(), error.class()), (Some("25006"), Class::Transient));
    assert!(store.discard_if_broken(client, &error));
    let client = store.client().await.expect("a new one in its place");
    client.execute("insert into t values (1)", &[]).await.expect("it writes");
    drop(client);
    database.drop().await;
}

#[tokio::test]
async fn a_stale_plan_is_transient_and_drops_the_connection_while_bad_data_keeps_it() {
    let database = Database::create().await;
    let store = Store::new(UrlSource::fixed(database.url.as_str()), 1);
    let client = store.client().await.expect("a connection");
    client.batch_execute("create table t (n int primary key); insert into t values (1)").await.expect("a table");
    let statement = client.prepare_cached("select * from t").await.expect("prepared");
    client.batch_execute("alter table t add m int").await.expect("migrated");
    let error = Error::from(client.query(&statement, &[]).await.expect_err("outdated"));
    assert_eq!((error.sqlstate(), error.class()), (Some("0A000"), Class::Transient));
    assert!(store.discard_if_broken(client, &error));

    let client = store.client().await.expect("a connection");
    let statement = client.prepare_cached("select * from t").await.expect("prepared anew");
    assert_eq!(client.query(&statement, &[]).await.expect("current").len(), 1);
    let error = Error::from(client.execute("insert into t values (1)", &[]).await.expect_err("a duplicate"));
    assert_eq!(error.class(), Class::Data);
    assert!(error.to_string().contains("23505"), "{error}");
    assert!(!store.discard_if_broken(client, &error));
    database.drop().await;
}

#[tokio::test]
async fn a_terminated_backend_is_transient_and_replaced() {
    let database = Database::create().await;
    let store = store(database.url.as_str());
    let client = store.client().await.expect("a connection");
    let victim = client.query_one("select pg_backend_pid()", &[]).await.expect("a number").get::<_, i32>(0);
    execute(database.url.as_str(), &format!("select pg_terminate_backend({victim})")).await;
    let error = loop {
        match client.query("select 1", &[]).await {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => break Error::from(error),
        }
    };
    assert_eq!(error.class(), Class::Transient, "{error:?}");
    assert!(store.discard_if_broken(client, &error));
    store.ping().await.expect("a new connection");
    database.drop().await;
}

#[tokio::test]
async fn wake_ups_come_by_channel_and_after_every_connecting() {
    let database = Database::create().await;
    let store = store(database.url.as_str());
    let listener = store.listen(&["outbox", "changes"]);
    let (mut outbox, mut changes) = (listener.wakeups("outbox"), listener.wakeups("changes"));
    timeout(LONG, outbox.next()).await.expect("connected");
    timeout(LONG, changes.next()).await.expect("connected");

    execute(database.url.as_str(), "notify outbox").await;
    timeout(LONG, outbox.next()).await.expect("notified");
    assert!(timeout(Duration::from_millis(50), changes.next()).await.is_err(), "the other channel sleeps");

    let others = "select pg_terminate_backend(pid) from pg_stat_activity \
                  where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen%'";
    execute(database.url.as_str(), others).await;
    timeout(LONG, outbox.next()).await.expect("connected again");
    timeout(LONG, changes.next()).await.expect("connected again");
    execute(database.url.as_str(), "notify changes").await;
    timeout(LONG, changes.next()).await.expect("notified again");

    drop(listener);
    assert!(timeout(Duration::from_millis(50), changes.next()).await.is_err(), "nobody listens any more");
    database.drop().await;
}
