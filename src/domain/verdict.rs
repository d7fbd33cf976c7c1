//! What follows from the facts of one interaction.

use chrono::{DateTime, Utc};

use super::announcement::{DetectedBy, Missed, Retraction};
use super::event::{MissedReason, Response};
use super::interaction::{Interaction, Status};

/// What is known of the lead that matters to one freelancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeadFacts {
    /// When the lead was gone for this freelancer: closed, or accepted by another.
    pub(super) gone_at: Option<DateTime<Utc>>,
    /// When this freelancer accepted, if that is the acceptance that counts.
    pub(super) accepted_at: Option<DateTime<Utc>>,
}

/// What follows from the facts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    pub(super) status: Status,
    pub(super) responded_at: Option<DateTime<Utc>>,
    pub(super) late: bool,
    /// How the offer was missed, unless an answer made up for it.
    pub(super) miss: Option<Miss>,
    /// Whether a `lead.missed` is to stand for it.
    pub(super) announce: bool,
}

/// How an offer was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Miss {
    pub(super) at: DateTime<Utc>,
    pub(super) reason: MissedReason,
    pub(super) detected_by: DetectedBy,
}

impl Interaction {
    /// What follows from the facts: the contract's table, read in the order of time.
    ///
    /// `ended_by` says that the deadline has passed, and who found out.
    pub(super) fn judge(&self, lead: LeadFacts, ended_by: Option<DetectedBy>) -> Verdict {
        let accepted = lead.accepted_at;
        let ignored = self.ignored_at.filter(|at| self.in_time(*at));
        let miss = self.miss(lead, ended_by);
        let (status, responded_at) = match (accepted, ignored, miss) {
            (Some(_), ..) => (Status::Accepted, accepted),
            (None, Some(_), _) => (Status::Ignored, ignored),
            (None, None, Some(_)) => (Status::Missed, self.mark.map(|mark| mark.at)),
            (None, None, None) if self.viewed_at.is_some() => (Status::Viewed, None),
            (None, None, None) => (Status::Notified, None),
        };
        let late = accepted.is_some_and(|at| !self.in_time(at));
        let is_answered_in_time = ignored.is_some() || (accepted.is_some() && !late);
        Verdict { status, responded_at, late, miss, announce: miss.is_some() && !is_answered_in_time }
    }

    /// How the offer was missed, if no answer that counts saves it.
    fn miss(&self, lead: LeadFacts, ended_by: Option<DetectedBy>) -> Option<Miss> {
        let lost_at = self.accepted_at.filter(|_| lead.accepted_at.is_none());
        let expired_at = lead.gone_at.filter(|at| self.in_time(*at)).or(lost_at);
        let marked_at = self.mark.map(|mark| mark.at);
        let is_ended = ended_by.is_some() || self.is_past_deadline();
        let ended_at = self.deadline_at.filter(|_| is_ended);
        // A word that gives a reason replaces an earlier one that gives none, yet it was missed with the earlier one.
        let at = [marked_at, expired_at, ended_at, self.missed_at].into_iter().flatten().min()?;
        // What happens at the very deadline is in time, so that the deadline comes last.
        let detected_by = match Some(at) {
            at if at == marked_at => DetectedBy::Freelancer,
            at if at == expired_at => DetectedBy::LeadClosed,
            at if at == ended_at => ended_by.unwrap_or(DetectedBy::Timeout),
            _ => DetectedBy::Freelancer,
        };
        Some(Miss {
            at: self.notified_at.map_or(at, |notified_at| at.max(notified_at)),
            reason: self.reason(expired_at),
            detected_by,
        })
    }

    /// Whether it was found before, or an answer tells, that the deadline has passed.
    fn is_past_deadline(&self) -> bool {
        let marked_at = self.mark.map(|mark| mark.at);
        let answers = [self.accepted_at, self.ignored_at, marked_at];
        let is_told = answers.into_iter().flatten().any(|at| !self.in_time(at));
        self.status == Status::Missed || self.late || is_told
    }

    /// Why a missed offer was missed: what the freelancer says, unless the lead was gone before that.
    fn reason(&self, expired_at: Option<DateTime<Utc>>) -> MissedReason {
        let said = self.mark.filter(|mark| mark.reason != MissedReason::NoResponse);
        match (said, expired_at) {
            (Some(mark), None) => mark.reason,
            (Some(mark), Some(expired_at)) if mark.at <= expired_at => mark.reason,
            (_, Some(_)) => MissedReason::Expired,
            (None, None) => MissedReason::NoResponse,
        }
    }

    /// Takes over the state that follows from the facts.
    pub(super) fn adopt(&mut self, verdict: &Verdict) {
        let miss = verdict.miss.filter(|_| verdict.status == Status::Missed);
        self.status = verdict.status;
        self.missed_reason = miss.map(|miss| miss.reason);
        self.missed_at = miss.map(|miss| miss.at);
        self.responded_at = verdict.responded_at;
        self.late = verdict.late;
    }

    /// What `lead.missed` is to say, at most once an offer.
    pub(super) fn announcement(&mut self, verdict: &Verdict) -> Option<Missed> {
        let miss = verdict.miss.filter(|_| verdict.announce && !self.announced)?;
        let (notified_at, deadline_at) = (self.notified_at?, self.deadline_at?);
        self.announced = true;
        Some(Missed {
            key: self.key(),
            reason: miss.reason,
            notes: self.notes.clone(),
            notified_at,
            deadline_at,
            missed_at: miss.at,
            detected_by: miss.detected_by,
        })
    }

    /// What `lead.missed_retracted` is to say, at most once an offer.
    pub(super) fn retraction(&mut self, verdict: &Verdict) -> Option<Retraction> {
        let stands = self.announced && !self.retracted && !verdict.announce;
        let (response, responded_at) = self.saving_answer(verdict).filter(|_| stands)?;
        self.retracted = true;
        Some(Retraction { key: self.key(), response, responded_at })
    }

    /// The answer in time that keeps an offer from being missed.
    fn saving_answer(&self, verdict: &Verdict) -> Option<(Response, DateTime<Utc>)> {
        if verdict.status == Status::Accepted && !verdict.late {
            return verdict.responded_at.map(|at| (Response::Accepted, at));
        }
        let ignored_at = self.ignored_at.filter(|at| self.in_time(*at));
        ignored_at.map(|at| (Response::Ignored, at))
    }
}
