//! The metrics as Prometheus reads them.
//!
//! Counters and histograms start at zero for every label value that is known, so that a rate works from the first scrape
//! on.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use strum::VariantArray;

pub use metrics_exporter_prometheus::PrometheusHandle;

use super::*;
use crate::contract::routing_key::{LEAD_MISSED, LEAD_MISSED_RETRACTED, LEAD_RESPONDED};

/// The events that go out.
const OUTBOUND: [&str; 3] = [LEAD_MISSED, LEAD_MISSED_RETRACTED, LEAD_RESPONDED];
/// The histograms' upper bounds, in seconds and in messages.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0];
const SIZES: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 350.0, 500.0];
const DETECTORS: [DetectedBy; 5] =
    [DetectedBy::Timeout, DetectedBy::Sweep, DetectedBy::Admin, DetectedBy::Freelancer, DetectedBy::LeadClosed];

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
    describe_gauge!(DATABASE_READ_ONLY, "1 while PostgreSQL answers, but as a server that only reads");
    describe_counter!(RECONNECTS, "Lost connections that were made anew");
    describe_histogram!(BATCH_SIZE, Unit::Count, "Messages handled in one transaction, by queue");
    describe_histogram!(
        FENCE_WAIT,
        Unit::Seconds,
        "How long timers, sweeps and checks waited for what was in the inbox"
    );
    describe_counter!(FENCE_TIMEOUTS, "Timers, sweeps and checks that stopped waiting for what was in the inbox");
    describe_counter!(CLAMPED, "Times of events that lay in the future");
    describe_gauge!(LIVE_STREAMS, "Streams of live events that are open");
}

fn register() {
    for event in INBOUND.into_iter().chain([UNKNOWN]) {
        Outcome::VARIANTS.iter().for_each(|outcome| events(event, *outcome, 0));
    }
    DETECTORS.into_iter().for_each(|by| missed(by, 0));
    for event in OUTBOUND {
        published(event, 0);
        dropped(event, 0);
    }
    for dependency in Dependency::VARIANTS {
        counter!(RECONNECTS, "dependency" => <&str>::from(dependency)).increment(0);
    }
    [RETRACTED, UNROUTABLE, FENCE_TIMEOUTS, CLAMPED].into_iter().for_each(|name| counter!(name).increment(0));
    // To name a histogram is enough for its empty buckets to be drawn; a sample would be counted.
    let _ = (histogram!(TIMER_LATENESS), histogram!(FENCE_WAIT));
    for queue in Queue::VARIANTS {
        let _ = histogram!(BATCH_SIZE, "queue" => <&str>::from(queue));
    }
    outbox(0, Duration::ZERO);
    parked_messages(0);
    consumer_up(false);
    database_read_only(false);
    live_streams(0);
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
            "lead_tracker_database_read_only 0",
            "lead_tracker_live_streams 0",
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
