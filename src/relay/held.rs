//! Kinds of messages that nobody takes.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;
use tracing::warn;

use crate::broker::Outcome;
use crate::store::Kind;

/// How long a kind of message is left alone that nobody takes.
const HOLD: Duration = Duration::from_secs(10);

/// The kinds that wait, each with the time of its next try, so that the others are not held up by them.
#[derive(Default)]
pub(super) struct Held(BTreeMap<Kind, Instant>);

impl Held {
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.0.contains_key(&kind)
    }

    /// Whether a kind may be tried now.
    pub(super) fn is_due(&self, kind: Kind) -> bool {
        self.0.get(&kind).is_none_or(|next_try| *next_try <= Instant::now())
    }

    /// Leaves a kind alone for a while, of which a message came to this.
    pub(super) fn hold(&mut self, kind: Kind, outcome: Outcome) {
        if self.0.insert(kind, Instant::now() + HOLD).is_none() {
            let (kind, retry_seconds) = (kind.as_str(), HOLD.as_secs());
            warn!(kind, ?outcome, retry_seconds, "the broker does not take these messages, they are kept");
        }
    }

    pub(super) fn release(&mut self, kind: Kind) {
        self.0.remove(&kind);
    }
}
