//! What the running parts know of the broker, for those who ask how the service is.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::telemetry::metrics;

/// Set by the consumer and the connection's supervisor, read by the health routes.
#[derive(Debug, Default)]
pub struct Health {
    broker_connected: AtomicBool,
    consumer_up: AtomicBool,
    consumer_attached_once: AtomicBool,
}

impl Health {
    /// Nothing is connected yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says whether there is a connection to the broker.
    pub fn set_broker_connected(&self, connected: bool) {
        self.broker_connected.store(connected, Ordering::Relaxed);
    }

    /// Says whether the inbox is being consumed, here and in the metric.
    pub fn set_consumer_up(&self, up: bool) {
        self.consumer_up.store(up, Ordering::Relaxed);
        if up {
            self.consumer_attached_once.store(true, Ordering::Relaxed);
        }
        metrics::consumer_up(up);
    }

    /// Whether there is a connection to the broker.
    pub fn broker_connected(&self) -> bool {
        self.broker_connected.load(Ordering::Relaxed)
    }

    /// Whether the inbox is being consumed.
    pub fn consumer_up(&self) -> bool {
        self.consumer_up.load(Ordering::Relaxed)
    }

    /// Whether the inbox has been consumed since the start: a broker that goes away later does not make the HTTP side
    /// unready, which works without it.
    pub fn consumer_attached_once(&self) -> bool {
        self.consumer_attached_once.load(Ordering::Relaxed)
    }
}
