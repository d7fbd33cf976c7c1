//! A collector of traces: takes OTLP over HTTP, in protobuf, and keeps what it gets.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::serve::Listener;
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::harness::eventually;
use crate::span::{Span, texts};

/// Takes spans until it is dropped.
pub(crate) struct Collector {
    address: SocketAddr,
    received: Arc<Mutex<Received>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Received {
    spans: Vec<Span>,
    resource: BTreeMap<String, String>,
    headers: HeaderMap,
    /// How many requests are still to fail.
    failures: usize,
}

impl Collector {
    /// A collector that works.
    pub(crate) async fn start() -> Self {
        Self::failing(0).await
    }

    /// A collector that fails so many times before it works.
    pub(crate) async fn failing(failures: usize) -> Self {
        Self::serving(TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free"), failures).await
    }

    /// The same behind a listener of another kind.
    pub(crate) async fn serving(listener: impl Listener<Addr = SocketAddr>, failures: usize) -> Self {
        let address = listener.local_addr().expect("a listener has an address");
        let received = Arc::new(Mutex::new(Received { failures, ..Received::default() }));
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&received));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("the listener works") });
        Self { address, received, task }
    }

    /// Where it is.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.received.lock().expect("taking never panics while it holds the lock").spans.clone()
    }

    /// What the sender of the last spans says of itself.
    pub(crate) fn resource(&self) -> BTreeMap<String, String> {
        self.received.lock().expect("taking never panics while it holds the lock").resource.clone()
    }

    /// A header of the last request; empty where it is absent.
    pub(crate) fn header(&self, name: &str) -> String {
        let received = self.received.lock().expect("taking never panics while it holds the lock");
        received.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// Waits for a span.
    pub(crate) async fn span(&self, what: &str, is_wanted: impl Fn(&Span) -> bool) -> Span {
        let find = || self.spans().into_iter().find(&is_wanted);
        eventually(&format!("a span {what}"), async || find().is_some()).await;
        find().expect("it was there a moment ago")
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(received): State<Arc<Mutex<Received>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Ok(request) = read(&headers, &body) else { return StatusCode::BAD_REQUEST };
    let mut received = received.lock().expect("taking never panics while it holds the lock");
    if received.failures > 0 {
        received.failures -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    received.headers = headers;
    for ResourceSpans { resource, scope_spans, .. } in request.resource_spans {
        received.resource = texts(resource.unwrap_or_default().attributes);
        received.spans.extend(scope_spans.into_iter().flat_map(|scope| scope.spans).map(Span::new));
    }
    StatusCode::OK
}

fn read(headers: &HeaderMap, body: &[u8]) -> io::Result<ExportTraceServiceRequest> {
    let mut text = Vec::new();
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip") {
        GzDecoder::new(body).read_to_end(&mut text)?;
    } else {
        text.extend_from_slice(body);
    }
    Ok(ExportTraceServiceRequest::decode(&*text)?)
}
