//! What can become of a lead: the events that tell it, and the end that it must come to.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::harness::{Event, Offer};

/// What becomes of a lead. Seconds count from the offer, where nothing else is said.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Story {
    /// The freelancer answers in good time.
    Answers(Response, f64),
    /// The freelancer says why the offer is missed.
    Declines(Reason, f64),
    /// The freelancer looks at it, and forgets it.
    Views(f64),
    /// The freelancer does nothing.
    Silent,
    /// The freelancer answers so many seconds after the deadline.
    Late(Response, f64),
    /// The freelancer answers just before the deadline.
    LastInstant(Response),
    /// The freelancer answers in time, on a train: the answer is heard of two seconds after the deadline.
    Offline(Response),
    /// The events arrive in the wrong order.
    OutOfOrder(Response),
    /// Every event arrives twice; without a response, the freelancer does nothing.
    Twice(Option<Response>),
    /// Three freelancers are offered it, and the second one takes it.
    Raced(f64),
    /// The customer calls it off.
    CalledOff(f64),
}

/// An answer that ends an offer well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Response {
    /// Takes the job.
    Accepted,
    /// Does not want it.
    Ignored,
}

/// Why a freelancer says that an offer is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// No time.
    Busy,
    /// No interest.
    NotInterested,
}

/// How an offer must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct End {
    /// The status.
    pub(crate) status: &'static str,
    /// Why it was missed; empty where it was not.
    pub(crate) reason: &'static str,
    /// What the notification service hears of it.
    pub(crate) heard: Heard,
}

/// What the notification service hears of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Heard {
    /// Nothing that lasts: in the last instant it may be announced and taken back at once.
    NothingThatLasts,
    /// Nothing at all.
    Nothing,
    /// That it was missed.
    Missed,
    /// That it was missed, and then that it was not.
    MissedAndRetracted,
}

/// An event and when it is published.
pub(crate) type Scheduled = (DateTime<Utc>, Event);

const LAST_INSTANT: f64 = 0.15;
const OFFLINE: f64 = 2.0;

impl Response {
    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Ignored => "ignored",
        }
    }
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NotInterested => "not_interested",
        }
    }
}

impl Story {
    /// How many freelancers are offered the lead.
    pub(crate) fn freelancers(&self) -> usize {
        if matches!(self, Self::Raced(_)) { 3 } else { 1 }
    }

    /// Everything that happens to the offers of the lead; `notified` are the events that begin them.
    pub(crate) fn events(&self, offers: &[Offer], notified: &[Event], window: Duration) -> Vec<Scheduled> {
        let begins =
            |delay: f64| notified.iter().cloned().map(move |event| (after(offers[0].notified_at, delay), event));
        let tell =
            |event: Event, at: f64| (after(offers[0].notified_at, at), event.at(after(offers[0].notified_at, at)));
        let (offer, window) = (&offers[0], window.as_secs_f64());
        let answer = |response: Response, at: f64| tell(offer.responded(response.as_str()), at);
        let then = match *self {
            Self::Silent => None,
            Self::Answers(response, at) => Some(answer(response, at)),
            Self::Declines(reason, at) => Some(tell(declined(offer, reason), at)),
            Self::Views(at) => Some(tell(offer.viewed(), at)),
            Self::Late(response, at) => Some(answer(response, window + at)),
            Self::LastInstant(response) => Some(answer(response, window - LAST_INSTANT)),
            Self::Offline(response) => Some(later(answer(response, window - OFFLINE), 2.0 * OFFLINE)),
            Self::Raced(at) => Some(tell(offers[1].responded("accepted"), at)),
            Self::CalledOff(at) => Some(tell(Event::closed(offer.lead, "cancelled"), at)),
            Self::Twice(response) => {
                return twice(begins(0.0).chain(response.map(|response| answer(response, 3.0))));
            }
            Self::OutOfOrder(response) => {
                let seen = later(tell(offer.viewed(), 0.5), 1.0);
                return [answer(response, 1.0), seen].into_iter().chain(begins(2.0)).collect();
            }
        };
        begins(0.0).chain(then).collect()
    }

    /// How the offers of the lead must end.
    pub(crate) fn ends(&self) -> Vec<End> {
        match *self {
            Self::Answers(response, _) | Self::OutOfOrder(response) | Self::Twice(Some(response)) => {
                vec![answered(response, Heard::Nothing)]
            }
            Self::LastInstant(response) => vec![answered(response, Heard::NothingThatLasts)],
            Self::Offline(response) => vec![answered(response, Heard::MissedAndRetracted)],
            Self::Late(Response::Accepted, _) => vec![answered(Response::Accepted, Heard::Missed)],
            Self::Late(Response::Ignored, _) | Self::Views(_) | Self::Silent | Self::Twice(None) => {
                vec![missed("no_response")]
            }
            Self::Declines(reason, _) => vec![missed(reason.as_str())],
            Self::Raced(_) => vec![missed("expired"), answered(Response::Accepted, Heard::Nothing), missed("expired")],
            Self::CalledOff(_) => vec![missed("expired")],
        }
    }
}

fn answered(response: Response, heard: Heard) -> End {
    End { status: response.as_str(), reason: "", heard }
}

fn missed(reason: &'static str) -> End {
    End { status: "missed", reason, heard: Heard::Missed }
}

fn declined(offer: &Offer, reason: Reason) -> Event {
    offer.responded("missed").with("reason", json!(reason.as_str())).with("notes", json!("Sorry, not this time"))
}

fn later((due, event): Scheduled, seconds: f64) -> Scheduled {
    (after(due, seconds), event)
}

fn twice(events: impl Iterator<Item = Scheduled>) -> Vec<Scheduled> {
    events.flat_map(|(due, event)| [(due, event.clone()), (after(due, 0.4), event)]).collect()
}

fn after(time: DateTime<Utc>, seconds: f64) -> DateTime<Utc> {
    time + Duration::from_secs_f64(seconds)
}
