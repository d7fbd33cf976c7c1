//! A collector behind TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::collector::Collector;
use crate::harness::{Offer, eventually};
use crate::{exporting, world};

/// Takes connections whose handshake succeeds.
struct Secure(TcpListener, TlsAcceptor);

impl Listener for Secure {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.0).await;
            if let Ok(stream) = self.1.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// The certificate of an authority, as PEM, and what shows one of it for `localhost`.
fn certificates() -> (String, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a good name");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider's versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("the key fits");
    (authority.pem(), TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn a_collector_behind_tls_is_verified_by_the_file_of_the_environment() {
    let world = world(60_000).await;
    let (authority, acceptor) = certificates();
    let file = world.folder().join("authority.pem");
    std::fs::write(&file, authority).expect("the file can be written");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let port = listener.local_addr().expect("a listener has an address").port();
    let collector = Collector::serving(Secure(listener, acceptor), 0).await;
    let endpoint = format!("https://localhost:{port}");
    let stranger = world.spawn(exporting(&world, &endpoint));
    let trusting = exporting(&world, &endpoint).env("SSL_CERT_FILE", file.display());
    let trusting = trusting.env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
    stranger.ready().await;

    world.publisher().await.send(Offer::now().notified()).await;
    eventually("it is refused", async || stranger.log().contains("the collector does not take spans")).await;
    stranger.terminate().await;
    assert!(collector.spans().is_empty());
    world.spawn(trusting).ready().await;
    world.publisher().await.send(Offer::now().notified()).await;

    collector.span("at all", |_| true).await;
    assert_eq!(collector.header("content-encoding"), "gzip");
    world.close().await;
}
