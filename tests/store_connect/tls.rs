//! Whom each `sslmode` trusts.

use super::*;

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
