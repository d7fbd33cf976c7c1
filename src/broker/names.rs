//! What the exchange and the queues are called.

use std::time::Duration;

/// A prefix may have this many bytes, so that every name stays within the 255 that AMQP allows.
pub const MAX_PREFIX: usize = 200;

/// The names of the exchange and the queues, each with the prefix that keeps environments on a shared broker apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    exchange: String,
    inbox: String,
    expired: String,
    parked: String,
    response_window: String,
}

impl Names {
    /// The names under a prefix, which may be empty, and has [`MAX_PREFIX`] bytes at most.
    pub fn new(prefix: &str) -> Self {
        Self {
            exchange: format!("{prefix}hirelocal.leads"),
            inbox: format!("{prefix}lead-tracker.inbox"),
            expired: format!("{prefix}lead-tracker.expired"),
            parked: format!("{prefix}lead-tracker.parked"),
            response_window: format!("{prefix}lead-tracker.response-window."),
        }
    }

    /// The topic exchange that carries every event.
    pub fn exchange(&self) -> &str {
        &self.exchange
    }

    /// The queue of events for this service.
    pub fn inbox(&self) -> &str {
        &self.inbox
    }

    /// The dead-letter queue of the delay queues: a timer that arrives here is due.
    pub fn expired(&self) -> &str {
        &self.expired
    }

    /// The queue of messages that could not be processed.
    pub fn parked(&self) -> &str {
        &self.parked
    }

    /// The delay queue of a response window, which counts in whole milliseconds.
    pub fn response_window(&self, window: Duration) -> String {
        format!("{}{}ms", self.response_window, window.as_millis())
    }

    /// The window whose delay queue this is; `None` if the name is that of another queue, or of another prefix.
    pub fn parse_response_window(&self, queue: &str) -> Option<Duration> {
        let window = queue.strip_prefix(&self.response_window)?.strip_suffix("ms")?;
        let window = Duration::from_millis(window.parse().ok()?);
        (self.response_window(window) == queue).then_some(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_and_with_a_prefix() {
        let names = Names::new("");
        assert_eq!(names.exchange(), "hirelocal.leads");
        assert_eq!(names.inbox(), "lead-tracker.inbox");
        assert_eq!(names.response_window(Duration::from_secs(1800)), "lead-tracker.response-window.1800000ms");
        assert_eq!(Names::new("staging.").parked(), "staging.lead-tracker.parked");
    }

    #[test]
    fn a_window_is_read_back_from_its_queue_alone() {
        let names = Names::new("a.");
        let window = Duration::from_millis(100);
        assert_eq!(names.parse_response_window(&names.response_window(window)), Some(window));
        for other in
            ["a.lead-tracker.inbox", "b.lead-tracker.response-window.100ms", "a.lead-tracker.response-window.+1ms"]
        {
            assert_eq!(names.parse_response_window(other), None, "{other}");
        }
    }
}
