//! The way of spans to the collector: a queue and a thread of the SDK's own, so that nobody waits for the collector.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData};
use opentelemetry_semantic_conventions::SCHEMA_URL;
use opentelemetry_semantic_conventions::attribute::{SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION};
use tokio::task::spawn_blocking;
use tracing::{info, warn};
use uuid::Uuid;

use super::TRACER;
use super::variables::{self, WrongVariable};

/// The variable with the most links that a span may have.
pub(super) const LINK_LIMIT: &str = "OTEL_SPAN_LINK_COUNT_LIMIT";
/// That many where nobody says: one for every message of the largest batch, where the SDK's own limit is 128.
const LINKS: u32 = 2000;
/// How long the last spans may take at the end; with the drain before it, less than the 20 s that operators expect.
const FLUSH: Duration = Duration::from_secs(2);

const SERVICE: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why no traces can be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A variable cannot be used.
    #[error(transparent)]
    Variable(#[from] WrongVariable),
    /// The exporter refuses the variables.
    #[error("traces cannot be exported: {0}")]
    Exporter(#[from] ExporterBuildError),
}

/// Traces on their way to the collector.
pub struct Export(SdkTracerProvider);

/// Starts to export traces for the whole process, where the environment names a collector by `OTEL_EXPORTER_OTLP_ENDPOINT`
/// or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. Nothing is connected before there is a span to send.
///
/// # Errors
///
/// [`StartError`], in one line that names the variable.
pub fn start() -> Result<Option<Export>, StartError> {
    if !variables::is_export_wanted(variable)? {
        return Ok(None);
    }
    let exporter =
        Watched { exporter: SpanExporter::builder().with_http().build()?, is_failing: AtomicBool::new(false) };
    let mut builder = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource());
    if variable(LINK_LIMIT).is_none() {
        builder = builder.with_max_links_per_span(LINKS);
    }
    let provider = builder.build();
    let scope = InstrumentationScope::builder(SERVICE).with_version(VERSION).with_schema_url(SCHEMA_URL).build();
    TRACER.get_or_init(|| provider.tracer_with_scope(scope));
    info!("exporting traces");
    Ok(Some(Export(provider)))
}

impl Export {
    /// Sends what is still here, for up to 2 s.
    pub async fn finish(self) {
        let flushed = spawn_blocking(move || self.0.shutdown_with_timeout(FLUSH)).await;
        if !matches!(flushed, Ok(Ok(()))) {
            warn!("the collector did not take the last spans");
        }
    }
}

/// A variable of the environment; an empty one counts as none.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// What this process is, as the environment says, and as far as it says nothing.
fn resource() -> Resource {
    let defaults = [
        KeyValue::new(SERVICE_NAME, SERVICE),
        KeyValue::new(SERVICE_VERSION, VERSION),
        KeyValue::new(SERVICE_INSTANCE_ID, Uuid::new_v4().to_string()),
    ];
    let resource = Resource::builder_empty().with_attributes(defaults);
    let resource = resource
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::<EnvResourceDetector>::default());
    let name = variable("OTEL_SERVICE_NAME").map(|name| KeyValue::new(SERVICE_NAME, name));
    resource.with_attributes(name).build()
}

/// An exporter that tells once when the collector does not take spans, and once when it does again.
#[derive(Debug)]
struct Watched {
    exporter: SpanExporter,
    is_failing: AtomicBool,
}

impl opentelemetry_sdk::trace::SpanExporter for Watched {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let result = self.exporter.export(batch).await;
        let was_failing = self.is_failing.swap(result.is_err(), Ordering::Relaxed);
        match (&result, was_failing) {
            (Err(error), false) => {
                warn!(error = error as &dyn std::error::Error, "the collector does not take spans, they are dropped");
            }
            (Ok(()), true) => info!("the collector takes spans again"),
            _ => {}
        }
        result
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
