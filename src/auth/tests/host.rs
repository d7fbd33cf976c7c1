//! A host that publishes keys, and the keys.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256, PublicKeyData, SigningKey};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

pub(super) static RSA: LazyLock<KeyPair> = LazyLock::new(|| generate(&PKCS_RSA_SHA256));
pub(super) static P256: LazyLock<KeyPair> = LazyLock::new(|| generate(&PKCS_ECDSA_P256_SHA256));
pub(super) static P384: LazyLock<KeyPair> = LazyLock::new(|| generate(&PKCS_ECDSA_P384_SHA384));

pub(super) fn generate(algorithm: &'static rcgen::SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(algorithm).expect("a key")
}

pub(super) fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The modulus of an RSA key of 2048 bits, as its DER has it after 8 bytes of lengths and a zero.
pub(super) fn modulus(key: &KeyPair) -> &[u8] {
    &key.der_bytes()[9..265]
}

/// The public key of an RSA or EC key pair, as a JWK that says no more than it must.
pub(super) fn jwk(key: &KeyPair, id: &str) -> Value {
    if *key.algorithm() == PKCS_RSA_SHA256 {
        return json!({ "kty": "RSA", "kid": id, "n": base64(modulus(key)), "e": "AQAB" });
    }
    let point = &key.der_bytes()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    let curve = if x.len() == 32 { "P-256" } else { "P-384" };
    json!({ "kty": "EC", "crv": curve, "kid": id, "x": base64(x), "y": base64(y) })
}

pub(super) fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// A token with this header, signed with RS256, or with ES256 where the key is of that kind.
pub(super) fn signed(key: &KeyPair, header: &Value, claims: &Value) -> String {
    let message = [header, claims].map(|part| base64(part.to_string().as_bytes())).join(".");
    let signature = match *key.algorithm() == PKCS_RSA_SHA256 {
        true => base64(&key.sign(message.as_bytes()).expect("a signature")),
        false => {
            let key = EncodingKey::from_ec_der(&key.serialize_der());
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::ES256).expect("a signature")
        }
    };
    format!("{message}.{signature}")
}

/// How a host answers.
#[derive(Clone)]
pub(super) enum Answer {
    /// 200 with this body.
    Ok(String),
    /// Another status, perhaps with header lines, and a body.
    Other(String, String),
    /// Not at all: the connection is closed.
    Down,
    /// Not at all: the connection stays open.
    Silence,
}

/// A host of keys, until it is dropped.
pub(super) struct Host {
    pub(super) url: String,
    answer: Arc<Mutex<Answer>>,
    requests: Arc<AtomicUsize>,
    _serving: AbortOnDropHandle<()>,
}

impl Host {
    pub(super) async fn new(answer: Answer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let url = format!("http://{}/jwks.json", listener.local_addr().expect("an address"));
        let (answer, requests) = (Arc::new(Mutex::new(answer)), Arc::new(AtomicUsize::new(0)));
        let serving = tokio::spawn(serve(listener, Arc::clone(&answer), Arc::clone(&requests)));
        Self { url, answer, requests, _serving: AbortOnDropHandle::new(serving) }
    }

    pub(super) async fn publishing(keys: &[Value]) -> Self {
        Self::new(Answer::Ok(jwks(keys))).await
    }

    pub(super) fn answer(&self, answer: Answer) {
        *self.answer.lock().expect("nobody panics with it") = answer;
    }

    /// How often it was asked.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(listener: TcpListener, answer: Arc<Mutex<Answer>>, requests: Arc<AtomicUsize>) {
    let mut silent = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        requests.fetch_add(1, Ordering::SeqCst);
        read_request(&mut stream).await;
        let answer = answer.lock().expect("nobody panics with it").clone();
        let (head, body) = match answer {
            Answer::Ok(body) => ("200 OK".to_owned(), body),
            Answer::Other(head, body) => (head, body),
            Answer::Down => continue,
            Answer::Silence => {
                silent.push(stream);
                continue;
            }
        };
        let text = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        // Whoever has read enough goes away.
        let _ = stream.write_all(text.as_bytes()).await;
    }
}

async fn read_request(stream: &mut TcpStream) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.is_empty() {
            return;
        }
    }
}
