//! What became of a day's offers, for administrators.

use chrono::{DateTime, TimeDelta, Utc};
use futures::try_join;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::error::Error;
use super::pool::Store;
use super::rows::{required, text};
use super::statement;
use crate::domain::event::MissedReason;
use crate::domain::interaction::Status;

/// How many hours a summary is about.
const HOURS: i32 = 24;

/// What became of the offers of 24 hours, as it is known now.
///
/// An offer counts at its `notified_at`. Of a lead that was offered again to the same freelancer the last offer counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// When the 24 hours began.
    pub from: DateTime<Utc>,
    /// When they ended; that moment is no more part of them.
    pub until: DateTime<Utc>,
    /// Offers.
    pub offers: u64,
    /// Those still waiting for an answer.
    pub pending: u64,
    /// Those accepted.
    pub accepted: u64,
    /// Those accepted after the deadline; among `accepted`.
    pub accepted_late: u64,
    /// Those ignored.
    pub ignored: u64,
    /// Those missed.
    pub missed: MissedByReason,
    /// How the misses of the 24 hours were found, whenever the offer was made.
    pub detected: DetectedMisses,
    /// How long freelancers took to answer; `None` where nobody did.
    pub response_times: Option<ResponseTimes>,
    /// How late timers were for the misses of the 24 hours; `None` where none found any.
    pub timer_lateness: Option<TimerLateness>,
    /// The same offers by the hour, oldest first, 24 of them.
    pub hours: Vec<HourOfOffers>,
}

/// Missed offers by their reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MissedByReason {
    /// See [`MissedReason::Expired`].
    pub expired: u64,
    /// See [`MissedReason::NoResponse`].
    pub no_response: u64,
    /// See [`MissedReason::Busy`].
    pub busy: u64,
    /// See [`MissedReason::NotInterested`].
    pub not_interested: u64,
}

/// How often an offer became missed, by who found out, as [`DetectedBy`](crate::domain::announcement::DetectedBy) calls
/// them. One that was made up for and missed again counts twice.
///
/// It is read from the history, which does not say it outright: a freelancer's own word that an offer `expired` counts as
/// found by the lead's being gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DetectedMisses {
    /// By the timer, or by a fact from after the deadline.
    pub timeout: u64,
    /// By the sweep: deadlines that no timer announced.
    pub sweep: u64,
    /// By an administrator's check.
    pub admin: u64,
    /// By the freelancer's word.
    pub freelancer: u64,
    /// By the lead's being gone.
    pub lead_closed: u64,
}

/// How long freelancers took from the notification to the answer that counts: acceptances, refusals and reasons given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseTimes {
    /// Half of them took no longer, in seconds.
    pub median_seconds: f64,
    /// Nine out of ten took no longer, in seconds.
    pub p90_seconds: f64,
}

/// How long after their deadlines the misses that timers found were recorded, on all replicas.
///
/// As in the metric `lead_tracker_timer_lateness_seconds`, a timer that the service was not there to take counts with the
/// time until it was, and so does the deadline of an offer that the service heard of too late. A fact from after the
/// deadline, which ends an offer as its timer would, counts like a timer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimerLateness {
    /// Half of them took no longer, in seconds.
    pub median_seconds: f64,
    /// All but one of a hundred took no longer, in seconds.
    pub p99_seconds: f64,
}

/// What became of the offers of one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourOfOffers {
    /// When the hour began.
    pub from: DateTime<Utc>,
    /// Offers.
    pub offers: u64,
    /// Those accepted or ignored.
    pub answered: u64,
    /// Those missed.
    pub missed: u64,
}

/// Offers of one hour that are alike.
struct OfferGroup {
    hour: DateTime<Utc>,
    status: Status,
    missed_reason: Option<MissedReason>,
    late: bool,
    count: u64,
}

impl Store {
    /// What became of the offers of the 24 hours before `until`.
    ///
    /// It reads every offer of those hours: of 1,000,000 rows, 43,000 of them in the 24 hours, 50 ms on the two-core
    /// machine of `docs/performance.md`; a second where all of them are.
    ///
    /// # Errors
    ///
    /// As [`Store::client`], or whatever PostgreSQL answers.
    pub async fn summary(&self, until: DateTime<Utc>) -> Result<Summary, Error> {
        let from = until - TimeDelta::hours(HOURS.into());
        let span: [&(dyn ToSql + Sync); 2] = [&from, &until];
        let (offers, detections, response_times) = try_join!(
            self.query(statement::SUMMARY_OFFERS, &span),
            self.query_one(statement::SUMMARY_DETECTIONS, &span),
            self.query_one(statement::SUMMARY_RESPONSE_TIMES, &span),
        )?;
        let mut summary = Summary::empty(from, until);
        summary.detected = DetectedMisses::read(&detections)?;
        summary.timer_lateness = TimerLateness::read(&detections)?;
        summary.response_times = ResponseTimes::read(&response_times)?;
        for row in &offers {
            summary.add(&OfferGroup::read(row)?);
        }
        Ok(summary)
    }
}

impl Summary {
    fn empty(from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        let hour = |n| HourOfOffers { from: from + TimeDelta::hours(n), offers: 0, answered: 0, missed: 0 };
        Self {
            from,
            until,
            offers: 0,
            pending: 0,
            accepted: 0,
            accepted_late: 0,
            ignored: 0,
            missed: MissedByReason::default(),
            detected: DetectedMisses::default(),
            response_times: None,
            timer_lateness: None,
            hours: (0..HOURS.into()).map(hour).collect(),
        }
    }

    fn add(&mut self, group: &OfferGroup) {
        self.offers += group.count;
        match group.status {
            Status::Notified | Status::Viewed => self.pending += group.count,
            Status::Accepted => self.accepted += group.count,
            Status::Ignored => self.ignored += group.count,
            Status::Missed => {}
        }
        if group.late {
            self.accepted_late += group.count;
        }
        if let Some(reason) = group.missed_reason {
            *self.missed.of(reason) += group.count;
        }
        if let Some(hour) = self.hours.iter_mut().find(|hour| hour.from == group.hour) {
            hour.add(group);
        }
    }
}

impl HourOfOffers {
    fn add(&mut self, group: &OfferGroup) {
        self.offers += group.count;
        match group.status {
            Status::Accepted | Status::Ignored => self.answered += group.count,
            Status::Missed => self.missed += group.count,
            Status::Notified | Status::Viewed => {}
        }
    }
}

impl MissedByReason {
    fn of(&mut self, reason: MissedReason) -> &mut u64 {
        match reason {
            MissedReason::Expired => &mut self.expired,
            MissedReason::NoResponse => &mut self.no_response,
            MissedReason::Busy => &mut self.busy,
            MissedReason::NotInterested => &mut self.not_interested,
        }
    }
}

impl OfferGroup {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            hour: row.try_get("hour")?,
            status: required(row, "status")?,
            missed_reason: text(row, "missed_reason")?,
            late: row.try_get("late")?,
            count: count(row, "count")?,
        })
    }
}

impl DetectedMisses {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            timeout: count(row, "timeout")?,
            sweep: count(row, "sweep")?,
            admin: count(row, "admin")?,
            freelancer: count(row, "freelancer")?,
            lead_closed: count(row, "lead_closed")?,
        })
    }
}

impl ResponseTimes {
    fn read(row: &Row) -> Result<Option<Self>, Error> {
        let percentiles: Option<Vec<f64>> = row.try_get(0)?;
        Ok(percentiles.map(|seconds| Self { median_seconds: seconds[0], p90_seconds: seconds[1] }))
    }
}

impl TimerLateness {
    fn read(row: &Row) -> Result<Option<Self>, Error> {
        let percentiles: Option<Vec<f64>> = row.try_get("timer_lateness")?;
        Ok(percentiles.map(|seconds| Self { median_seconds: seconds[0], p99_seconds: seconds[1] }))
    }
}

fn count(row: &Row, column: &str) -> Result<u64, Error> {
    Ok(row.try_get::<_, i64>(column)?.unsigned_abs())
}
