//! The metrics: each name is written once, here, with what it means.
//!
//! Counters and histograms start at zero for every label value that is known, so that a rate works from the first scrape
//! on.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

use crate::domain::announcement::DetectedBy;

pub use metrics_exporter_prometheus::PrometheusHandle;

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
const RECONNECTS: &str = "lead_tracker_reconnects_total";
const BATCH_SIZE: &str = "lead_tracker_batch_size";
const FENCE_WAIT: &str = "lead_tracker_fence_wait_seconds";
const FENCE_TIMEOUTS: &str = "lead_tracker_fence_timeouts_total";
const CLAMPED: &str = "lead_tracker_clamped_times_total";

/// The events that come in, as they are counted.
pub const INBOUND: [&str; 5] =
    ["lead.notified", "lead.viewed", "lead.responded", "lead.closed", "freelancer.plan_changed"];
/// The events that go out, as they are counted.
pub const OUTBOUND: [&str; 3] = ["lead.missed", "lead.missed_retracted", "lead.responded"];
/// How an event is counted whose routing key is none of the five.
pub const UNKNOWN: &str = "unknown";

const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0];
const SIZES: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 350.0, 500.0];
const DETECTORS: [DetectedBy; 5] =
    [DetectedBy::Timeout, DetectedBy::Sweep, DetectedBy::Admin, DetectedBy::Freelancer, DetectedBy::LeadClosed];

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Outcome {
    const ALL: [Self; 5] = [Self::Applied, Self::Unchanged, Self::Duplicate, Self::Untracked, Self::Parked];

    fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Duplicate => "duplicate",
            Self::Untracked => "untracked",
            Self::Parked => "parked",
        }
    }
}

/// What the service depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dependency {
    /// The database.
    Postgresql,
    /// The broker.
    Rabbitmq,
}

impl Dependency {
    fn as_str(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Rabbitmq => "rabbitmq",
        }
    }
}

/// The queues that are consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Facts.
    Inbox,
    /// Timers.
    Expired,
}

impl Queue {
    fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Expired => "expired",
        }
    }
}

/// `count` events of this routing key ([`UNKNOWN`] for one that is none of [`INBOUND`]) came to this.
pub fn events(event: &str, outcome: Outcome, count: u64) {
    let event = INBOUND.into_iter().find(|known| *known == event).unwrap_or(UNKNOWN);
    counter!(EVENTS, "event" => event, "outcome" => outcome.as_str()).increment(count);
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

/// A lost connection was made anew.
pub fn reconnected(to: Dependency) {
    counter!(RECONNECTS, "dependency" => to.as_str()).increment(1);
}

/// A batch of so many messages of this queue was handled in one transaction.
pub fn batch_size(queue: Queue, messages: usize) {
    histogram!(BATCH_SIZE, "queue" => queue.as_str()).record(messages as f64);
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

/// Installs the metrics for the whole process; the handle draws them as Prometheus reads them.
///
/// Somebody must call the handle's `run_upkeep` from time to time, as [`upkeep`] does.
///
/// # Errors
///
/// Where metrics are already installed.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe();
    register();
    Ok(handle)
}

/// Folds the samples into the histograms for ever: unread, they would pile up.
pub async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(TIMER_LATENESS.to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full(FENCE_WAIT.to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full(BATCH_SIZE.to_owned()), SIZES)
}

fn describe() {
    describe_counter!(EVENTS, "Events that came in, by routing key and what became of them");
    describe_counter!(MISSED, "Offers that were found missed, by who found out; sweep is what no timer announced");
    describe_counter!(RETRACTED, "Announcements of missed offers that were taken back");
    describe_histogram!(TIMER_LATENESS, Unit::Seconds, "From a passed deadline to its detection");
    describe_gauge!(OUTBOX_PENDING, "Messages that wait to be published");
    describe_gauge!(OUTBOX_OLDEST, Unit::Seconds, "How long the oldest of them has waited");
    describe_counter!(PUBLISHED, "Events that were published and confirmed");
    describe_gauge!(PARKED, "Messages that cannot be processed and wait for a person");
    describe_counter!(UNROUTABLE, "Published messages that came back because nobody takes them");
    describe_counter!(DROPPED, "Events that nobody took for a day and that were given up");
    describe_gauge!(CONSUMER_UP, "1 while the inbox is being consumed");
    describe_counter!(RECONNECTS, "Lost connections that were made anew");
    describe_histogram!(BATCH_SIZE, Unit::Count, "Messages handled in one transaction, by queue");
    describe_histogram!(
        FENCE_WAIT,
        Unit::Seconds,
        "How long timers, sweeps and checks waited for what was in the inbox"
    );
    describe_counter!(FENCE_TIMEOUTS, "Timers, sweeps and checks that stopped waiting for what was in the inbox");
    describe_counter!(CLAMPED, "Times of events that lay in the future");
}

fn register() {
    for event in INBOUND.into_iter().chain([UNKNOWN]) {
        Outcome::ALL.into_iter().for_each(|outcome| events(event, outcome, 0));
    }
    DETECTORS.into_iter().for_each(|by| missed(by, 0));
    for event in OUTBOUND {
        published(event, 0);
        dropped(event, 0);
    }
    for dependency in [Dependency::Postgresql, Dependency::Rabbitmq] {
        counter!(RECONNECTS, "dependency" => dependency.as_str()).increment(0);
    }
    [RETRACTED, UNROUTABLE, FENCE_TIMEOUTS, CLAMPED].into_iter().for_each(|name| counter!(name).increment(0));
    // To name a histogram is enough for its empty buckets to be drawn; a sample would be counted.
    let _ = (histogram!(TIMER_LATENESS), histogram!(FENCE_WAIT));
    for queue in [Queue::Inbox, Queue::Expired] {
        let _ = histogram!(BATCH_SIZE, "queue" => queue.as_str());
    }
    outbox(0, Duration::ZERO);
    parked_messages(0);
    consumer_up(false);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(record: impl FnOnce()) -> String {
        let recorder = builder().expect("the buckets are good").build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            register();
            record();
        });
        recorder.handle().render()
    }

    #[test]
    fn everything_starts_at_zero() {
        let text = rendered(|| {});
        for line in [
            r#"lead_tracker_events_total{event="lead.notified",outcome="applied"} 0"#,
            r#"lead_tracker_events_total{event="unknown",outcome="parked"} 0"#,
            r#"lead_tracker_missed_total{detected_by="lead_closed"} 0"#,
            r#"lead_tracker_reconnects_total{dependency="postgresql"} 0"#,
            r#"lead_tracker_dropped_total{event="lead.missed_retracted"} 0"#,
            "lead_tracker_retracted_total 0",
            "lead_tracker_unroutable_total 0",
            "lead_tracker_outbox_pending 0",
            "lead_tracker_outbox_oldest_seconds 0",
            "lead_tracker_parked_messages 0",
            "lead_tracker_consumer_up 0",
            r#"lead_tracker_timer_lateness_seconds_bucket{le="1"} 0"#,
            "lead_tracker_timer_lateness_seconds_count 0",
            r#"lead_tracker_batch_size_bucket{queue="inbox",le="500"} 0"#,
            r#"lead_tracker_batch_size_count{queue="expired"} 0"#,
            r#"lead_tracker_fence_wait_seconds_bucket{le="+Inf"} 0"#,
            "lead_tracker_fence_wait_seconds_sum 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn durations_are_histograms_in_seconds() {
        let text = rendered(|| {
            timer_lateness(Duration::from_millis(30));
            batch_size(Queue::Expired, 3);
            events("lead.sneezed", Outcome::Parked, 2);
        });
        for line in [
            r#"lead_tracker_timer_lateness_seconds_bucket{le="0.025"} 0"#,
            r#"lead_tracker_timer_lateness_seconds_bucket{le="0.05"} 1"#,
            r#"lead_tracker_batch_size_bucket{queue="expired",le="5"} 1"#,
            r#"lead_tracker_events_total{event="unknown",outcome="parked"} 2"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
