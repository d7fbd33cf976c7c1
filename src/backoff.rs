//! How long to wait before trying a dependency again.

use std::time::Duration;

use rand::Rng;

/// The wait after the first failure.
const FIRST: Duration = Duration::from_millis(100);
/// No wait is longer than this.
const LONGEST: Duration = Duration::from_secs(10);

/// Doubling, jittered waits without an end: a dependency that is away for a weekend is still awaited on Monday.
///
/// The jitter is half of each wait, so that replicas cut off together do not come back together, and none comes back at once.
#[derive(Debug, Clone)]
pub struct Backoff {
    ceiling: Duration,
}

impl Backoff {
    /// Starts with a wait of 50 to 100 ms and ends with waits of 5 to 10 s.
    pub fn new() -> Self {
        Self { ceiling: FIRST }
    }

    /// The wait that is due now; the next one may be twice as long.
    pub fn next_delay(&mut self) -> Duration {
        let half = self.ceiling / 2;
        self.ceiling = (self.ceiling * 2).min(LONGEST);
        half + half.mul_f64(rand::rng().random::<f64>())
    }

    /// Waits for [`next_delay`](Self::next_delay).
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.next_delay()).await;
    }

    /// Begins anew, after a success.
    pub fn reset(&mut self) {
        self.ceiling = FIRST;
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_never_end() {
        let mut backoff = Backoff::new();
        for attempt in 0..1_000 {
            let ceiling = FIRST.saturating_mul(1 << attempt.min(20)).min(LONGEST);
            let delay = backoff.next_delay();
            assert!(delay >= ceiling / 2 && delay <= ceiling, "attempt {attempt}: {delay:?}");
        }
    }

    #[test]
    fn a_success_begins_anew() {
        let mut backoff = Backoff::new();
        let _ = (0..20).map(|_| backoff.next_delay()).max();
        backoff.reset();
        assert!(backoff.next_delay() <= FIRST);
    }
}
