//! Several hosts, TLS, and hosts that do not answer.

use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::*;

/// A way to the broker that can be cut, with or without TLS. Aborting the task cuts everything on it.
async fn proxy(tls: Option<TlsAcceptor>) -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((client, _)) = listener.accept().await {
            let tls = tls.clone();
            connections.spawn(async move {
                match tls {
                    None => forward(client).await,
                    Some(acceptor) => {
                        if let Ok(client) = acceptor.accept(client).await {
                            forward(client).await;
                        }
                    }
                }
            });
        }
    });
    (port, task)
}

async fn forward(mut client: impl AsyncRead + AsyncWrite + Unpin) {
    let url = url::Url::parse(&amqp_url()).unwrap();
    let broker = (url.host_str().unwrap(), url.port().unwrap_or(5672));
    let mut broker = TcpStream::connect(broker).await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut broker).await;
}

fn url_with(scheme: &str, hosts: &str, options: &str) -> String {
    let url = url::Url::parse(&amqp_url()).unwrap();
    let (user, password) = (url.username(), url.password().unwrap_or_default());
    let credentials = if user.is_empty() { String::new() } else { format!("{user}:{password}@") };
    format!("{scheme}://{credentials}{hosts}{}{options}", url.path())
}

#[tokio::test]
async fn takes_the_first_host_that_answers_and_tells_when_it_is_cut() {
    let (port, proxy) = proxy(None).await;
    let url = url_with("amqp", &format!("127.0.0.1:1,127.0.0.1:{port}"), "");
    let connection = Connection::open(&url, "lead-tracker tests").await.unwrap();
    assert_eq!(connection.host(), format!("127.0.0.1:{port}"));
    assert!(futures::poll!(pin!(connection.closed())).is_pending());
    proxy.abort();
    assert!(matches!(within(connection.closed()).await, BrokerError::Disconnected { .. }));
    within(connection.closed()).await;
}

#[tokio::test]
async fn that_cannot_be_made_names_the_host_and_not_the_password() {
    let error = Connection::open("amqp://user:hunter2@127.0.0.1:1/", "lead-tracker tests").await.err().unwrap();
    let text = format!("{:#}", anyhow::Error::from(error));
    assert!(text.contains("127.0.0.1:1") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn to_a_host_that_accepts_and_stays_silent_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = url_with("amqp", &format!("127.0.0.1:{port}"), "?connection_timeout=100");
    for _ in 0..3 {
        let error = within(Connection::open(&url, "lead-tracker tests")).await.err().unwrap();
        assert!(matches!(error, BrokerError::TimedOut { .. }), "{error:?}");
    }
    eventually(async || open_sockets_to(port) == 0).await;
}

/// As the kernel lists them; one that no process holds any more has no inode.
fn open_sockets_to(port: u16) -> usize {
    let remote = format!("0100007F:{port:04X}");
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let fields = sockets.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    fields.filter(|fields| fields[2] == remote && fields[9] != "0").count()
}

#[tokio::test]
async fn by_tls_trusts_the_authority_that_the_url_names_and_no_unknown_one() {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certified.cert.der().clone()], key).unwrap();
    let (port, _proxy) = proxy(Some(TlsAcceptor::from(Arc::new(config)))).await;
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    std::fs::write(&ca_file, certified.cert.pem()).unwrap();

    let hosts = format!("localhost:{port}");
    let trusted = url_with("amqps", &hosts, &format!("?cacertfile={}", ca_file.display()));
    let connection = Connection::open(&trusted, "lead-tracker tests").await.unwrap();
    connection.close().await.unwrap();
    let error = Connection::open(&url_with("amqps", &hosts, ""), "lead-tracker tests").await.err().unwrap();
    assert!(matches!(error, BrokerError::Connect { .. }), "{error:?}");
}
