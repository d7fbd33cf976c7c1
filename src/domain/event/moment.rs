//! When something happened, and who says so.

use chrono::{DateTime, SubsecRound, Utc};

/// A point in time, to the microsecond, and how far it can be trusted to be the event's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time that counts.
    pub at: DateTime<Utc>,
    /// Where it comes from.
    pub basis: Basis,
}

/// Where a [`Moment`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The message states it: in its data, its `time` or its AMQP timestamp.
    Stated,
    /// The message states none; this is when it was received.
    Received,
    /// The message states a time in the future; this is when it was received.
    Clamped,
}

impl Moment {
    /// The stated time, clamped to the time of receipt; without one, the time of receipt.
    ///
    /// Times are cut to microseconds, which is what PostgreSQL keeps, so that a time compares alike before and after
    /// it was stored.
    pub fn new(stated: Option<DateTime<Utc>>, received: DateTime<Utc>) -> Self {
        let received = received.trunc_subsecs(6);
        match stated.map(|at| at.trunc_subsecs(6)) {
            Some(at) if at > received => Self { at: received, basis: Basis::Clamped },
            Some(at) => Self { at, basis: Basis::Stated },
            None => Self { at: received, basis: Basis::Received },
        }
    }

    /// Whether this is the event's own time, neither one of receipt nor clamped.
    pub fn is_own(&self) -> bool {
        self.basis == Basis::Stated
    }
}
