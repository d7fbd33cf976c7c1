//! The metrics: each name is written once, here, with the function that records it.

mod exporter;

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use strum::{IntoStaticStr, VariantArray};

pub use self::exporter::{PrometheusHandle, install, upkeep};
use crate::contract::routing_key::INBOUND;
use crate::domain::announcement::DetectedBy;

const EVENTS: &str = "lead_tracker_events_total";
const MISSED: &str = "lead_tracker_missed_total";
const RETRACTED: &str = "lead_tracker_retracted_total";
const TIMER_LATENESS: &str = "lead_tracker_timer_lateness_seconds";
const OUTBOX_PENDING: &str = "lead_tracker_outbox_pending";
const OUTBOX_OLDEST: &str = "lead_tracker_outbox_oldest_seconds";
const PUBLISHED: &str = "lead_tracker_published_total";
const PARKED: &str = "lead_tracker_parked_messages";
const UNROUTABLE: &str = "lead_tracker_unroutable_total";
const DROPPED: &str = "lead_tracker_dropped_total";
const CONSUMER_UP: &str = "lead_tracker_consumer_up";
const DATABASE_READ_ONLY: &str = "lead_tracker_database_read_only";
const RECONNECTS: &str = "lead_tracker_reconnects_total";
const BATCH_SIZE: &str = "lead_tracker_batch_size";
const FENCE_WAIT: &str = "lead_tracker_fence_wait_seconds";
const FENCE_TIMEOUTS: &str = "lead_tracker_fence_timeouts_total";
const CLAMPED: &str = "lead_tracker_clamped_times_total";
const LIVE_STREAMS: &str = "lead_tracker_live_streams";

/// How an event is counted whose routing key is none of [`INBOUND`].
const UNKNOWN: &str = "unknown";

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It changed something.
    Applied,
    /// It was new but changed nothing.
    Unchanged,
    /// It was known already.
    Duplicate,
    /// The freelancer's plan is not active.
    Untracked,
    /// It cannot be processed.
    Parked,
}

/// What the service depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Dependency {
    /// The database.
    Postgresql,
    /// The broker.
    Rabbitmq,
}

/// The queues that are consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Queue {
    /// Facts.
    Inbox,
    /// Timers.
    Expired,
}

/// `count` events of this routing key (`unknown` for one that is none of [`INBOUND`]) came to this.
pub fn events(event: &str, outcome: Outcome, count: u64) {
    let event = INBOUND.into_iter().find(|known| *known == event).unwrap_or(UNKNOWN);
    counter!(EVENTS, "event" => event, "outcome" => <&str>::from(outcome)).increment(count);
}

/// `count` offers were found missed.
pub fn missed(by: DetectedBy, count: u64) {
    counter!(MISSED, "detected_by" => by.as_str()).increment(count);
}

/// `count` announcements were taken back.
pub fn retracted(count: u64) {
    counter!(RETRACTED).increment(count);
}

/// A passed deadline was found out so long after it.
pub fn timer_lateness(late: Duration) {
    histogram!(TIMER_LATENESS).record(late);
}

/// What waits to be published, and for how long the oldest of it.
pub fn outbox(pending: u64, oldest: Duration) {
    gauge!(OUTBOX_PENDING).set(pending as f64);
    gauge!(OUTBOX_OLDEST).set(oldest);
}

/// `count` events were published and confirmed.
pub fn published(event: &'static str, count: u64) {
    counter!(PUBLISHED, "event" => event).increment(count);
}

/// How many messages are parked.
pub fn parked_messages(count: u64) {
    gauge!(PARKED).set(count as f64);
}

/// `count` messages came back because nobody takes them.
pub fn unroutable(count: u64) {
    counter!(UNROUTABLE).increment(count);
}

/// `count` events were given up, since nobody took them for a day.
pub fn dropped(event: &'static str, count: u64) {
    counter!(DROPPED, "event" => event).increment(count);
}

/// Whether the inbox is being consumed.
pub fn consumer_up(up: bool) {
    gauge!(CONSUMER_UP).set(if up { 1.0 } else { 0.0 });
}

/// Whether PostgreSQL answers, but as a server that only reads.
pub fn database_read_only(read_only: bool) {
    gauge!(DATABASE_READ_ONLY).set(if read_only { 1.0 } else { 0.0 });
}

/// A lost connection was made anew.
pub fn reconnected(to: Dependency) {
    counter!(RECONNECTS, "dependency" => <&str>::from(to)).increment(1);
}

/// A batch of so many messages of this queue was handled in one transaction.
pub fn batch_size(queue: Queue, messages: usize) {
    histogram!(BATCH_SIZE, "queue" => <&str>::from(queue)).record(messages as f64);
}

/// Timers, a sweep or a check waited so long for what was in the inbox.
pub fn fence_wait(waited: Duration) {
    histogram!(FENCE_WAIT).record(waited);
}

/// Timers, a sweep or a check stopped waiting before all that was in the inbox had been handled.
pub fn fence_timeout() {
    counter!(FENCE_TIMEOUTS).increment(1);
}

/// `count` events stated a time in the future.
pub fn clamped_times(count: u64) {
    counter!(CLAMPED).increment(count);
}

/// How many streams of live events are open.
pub fn live_streams(count: usize) {
    gauge!(LIVE_STREAMS).set(count as f64);
}
