//! Waiting for a condition, never for a time.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up: generous, since a busy machine must not fail a test.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

const BETWEEN_POLLS: Duration = Duration::from_millis(25);

/// Returns as soon as `condition` holds; panics with `what` when it does not within [`BOUND`].
pub(crate) async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < BOUND, "it did not come to this within {BOUND:?}: {what}");
        tokio::time::sleep(BETWEEN_POLLS).await;
    }
}

/// Returns as soon as `probe` gives `expected`; panics with `what` and the last value otherwise.
pub(crate) async fn comes_to<T: PartialEq + Debug>(what: &str, expected: T, mut probe: impl AsyncFnMut() -> T) {
    let started = Instant::now();
    loop {
        let actual = probe().await;
        if actual == expected {
            return;
        }
        assert!(started.elapsed() < BOUND, "{what}: expected {expected:?} within {BOUND:?}, last seen {actual:?}");
        tokio::time::sleep(BETWEEN_POLLS).await;
    }
}
