//! One freelancer's dealings with one lead.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::announcement::OfferKey;
use super::event::{FreelancerId, LeadId, MissedReason, Response};

/// How finely times are kept: that of PostgreSQL.
const RESOLUTION: TimeDelta = TimeDelta::microseconds(1);

/// Where an interaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, EnumString, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Offered, nothing heard yet.
    Notified,
    /// Looked at, not answered.
    Viewed,
    /// The freelancer has the lead.
    Accepted,
    /// The offer ended without an answer that counts.
    Missed,
    /// The freelancer does not want the lead.
    Ignored,
}

/// The row of one freelancer and one lead: the facts of its current offer, and the state that follows from them.
///
/// Facts only ever get added or made earlier, and the state is computed from them by `Interaction::judge`. That is
/// what makes the state independent of the order in which facts arrive and of how often they do.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// The lead.
    pub lead_id: LeadId,
    /// The freelancer.
    pub freelancer_id: FreelancerId,
    /// The number of the current offer, from 1.
    pub offer: i32,
    /// Fact: when the freelancer was notified; `None` until that is known.
    pub notified_at: Option<DateTime<Utc>>,
    /// Fact: until when an answer is in time; known when `notified_at` is.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Fact: when the freelancer first looked.
    pub viewed_at: Option<DateTime<Utc>>,
    /// Fact: when the freelancer first accepted, whether or not that won the lead.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Fact: when the freelancer first ignored, in time or not.
    pub ignored_at: Option<DateTime<Utc>>,
    /// Fact: the freelancer's own word that it was missed.
    pub mark: Option<Mark>,
    /// Fact: what the freelancer last said of it.
    pub notes: Option<String>,
    /// Whether a `lead.missed` was recorded for this offer.
    pub announced: bool,
    /// Whether that was taken back.
    pub retracted: bool,
    /// The trace context of the notification.
    pub traceparent: Option<String>,
    /// State: where it stands.
    pub status: Status,
    /// State: why it was missed; of missed ones only.
    pub missed_reason: Option<MissedReason>,
    /// State: when it was missed; of missed ones only.
    pub missed_at: Option<DateTime<Utc>>,
    /// State: when the answer that counts was given.
    pub responded_at: Option<DateTime<Utc>>,
    /// State: whether it was accepted after the deadline.
    pub late: bool,
    /// Earlier offers whose `lead.missed` still stands.
    pub past: Vec<PastOffer>,
}

/// A freelancer's own word that an offer was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: MissedReason,
}

impl Mark {
    /// The word that counts of two: one that gives a reason before one that does not, then the earlier one.
    fn rank(&self) -> (bool, DateTime<Utc>, MissedReason) {
        (self.reason == MissedReason::NoResponse, self.at, self.reason)
    }
}

/// An offer that a later one followed, kept while its announcement stands, since an answer given in time to it may
/// still arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastOffer {
    /// Its number.
    pub offer: i32,
    /// When the freelancer was notified.
    pub notified_at: DateTime<Utc>,
    /// Until when an answer to it was in time: its deadline, or just before the next offer began if
    /// that was earlier.
    pub deadline_at: DateTime<Utc>,
    /// Whether its announcement was taken back.
    pub retracted: bool,
}

impl Interaction {
    /// A row of which nothing is known yet.
    pub(crate) fn unknown(lead_id: LeadId, freelancer_id: FreelancerId) -> Self {
        Self {
            lead_id,
            freelancer_id,
            offer: 1,
            notified_at: None,
            deadline_at: None,
            viewed_at: None,
            accepted_at: None,
            ignored_at: None,
            mark: None,
            notes: None,
            announced: false,
            retracted: false,
            traceparent: None,
            status: Status::Notified,
            missed_reason: None,
            missed_at: None,
            responded_at: None,
            late: false,
            past: Vec::new(),
        }
    }

    /// Identifies the current offer.
    pub fn key(&self) -> OfferKey {
        OfferKey { lead_id: self.lead_id, freelancer_id: self.freelancer_id, offer: self.offer }
    }

    /// Whether the offer still waits for an answer.
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Notified | Status::Viewed)
    }

    /// Whether `at` is not after the deadline; without a known deadline everything is in time.
    pub(super) fn in_time(&self, at: DateTime<Utc>) -> bool {
        self.deadline_at.is_none_or(|deadline| at <= deadline)
    }

    /// When the last offer ended, for one that was made; an open one ends at its deadline.
    pub(super) fn offer_end(&self) -> Option<DateTime<Utc>> {
        let end = match self.status {
            Status::Notified | Status::Viewed => self.deadline_at,
            Status::Missed => self.missed_at,
            Status::Accepted | Status::Ignored => self.responded_at,
        };
        // A publisher's clock may put the answer before the notification; the same notification is no later offer.
        self.notified_at.max(end).filter(|_| self.notified_at.is_some())
    }

    /// Starts the next offer, notified at `at`; the facts of the last one stay in the history.
    pub(super) fn begin_next_offer(&mut self, at: DateTime<Utc>) {
        let mut past = std::mem::take(&mut self.past);
        if let (true, Some(notified_at), Some(deadline_at)) =
            (self.announced && !self.retracted, self.notified_at, self.deadline_at)
        {
            past.push(PastOffer {
                offer: self.offer,
                notified_at,
                deadline_at: deadline_at.min(at - RESOLUTION),
                retracted: false,
            });
        }
        let offer = self.offer + 1;
        *self = Self { offer, past, ..Self::unknown(self.lead_id, self.freelancer_id) };
    }

    /// Notes an answer. Says whether that is news.
    pub(super) fn note_answer(&mut self, response: Response, at: DateTime<Utc>) -> bool {
        match response {
            Response::Accepted => note_earliest(&mut self.accepted_at, at),
            Response::Ignored => note_earliest(&mut self.ignored_at, at),
            Response::Missed(reason) => self.note_mark(Mark { at, reason }),
        }
    }

    fn note_mark(&mut self, mark: Mark) -> bool {
        let news = self.mark.is_none_or(|known| mark.rank() < known.rank());
        if news {
            self.mark = Some(mark);
        }
        news
    }

    /// When an answer of this kind was given, as far as is known.
    pub(super) fn answer_at(&self, response: Response) -> Option<DateTime<Utc>> {
        match response {
            Response::Accepted => self.accepted_at,
            Response::Ignored => self.ignored_at,
            Response::Missed(_) => self.mark.map(|mark| mark.at),
        }
    }

    /// Notes a view; one after the end of a missed offer tells nothing. Says whether that is news.
    pub(super) fn note_viewed(&mut self, at: DateTime<Utc>) -> bool {
        if self.status == Status::Missed && !self.in_time(at) {
            return false;
        }
        note_earliest(&mut self.viewed_at, at)
    }
}

/// Keeps the earlier of two times. Says whether that changed anything.
fn note_earliest(known: &mut Option<DateTime<Utc>>, at: DateTime<Utc>) -> bool {
    let news = known.is_none_or(|known| at < known);
    if news {
        *known = Some(at);
    }
    news
}
