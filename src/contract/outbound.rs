//! What the service tells others, written as CloudEvents.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use super::routing_key::{LEAD_MISSED, LEAD_MISSED_RETRACTED, LEAD_RESPONDED};
use super::{JSON, trace};
use crate::domain::announcement::{Missed, OfferKey, Retraction};
use crate::domain::event::{Category, LeadDetails, LeadId, MissedReason, Responded, Response};

/// The `source` of what the service sends, a URI reference.
const SOURCE: &str = "/lead-tracker";

/// Where the page shows the freelancer's leads.
const LINK: &str = "/freelancer/leads";

/// A message to be published: a structured CloudEvent, and the properties that AMQP repeats of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event's id, and the `message_id`. The same for the same fact, however often it is told.
    pub id: String,
    /// The routing key, and the `type`.
    pub routing_key: &'static str,
    /// The lead, and the `correlation_id`.
    pub lead_id: LeadId,
    /// The event's time, and the `timestamp`.
    pub time: DateTime<Utc>,
    /// The header of the same name; always valid.
    pub traceparent: String,
    /// The envelope, of content type [`CLOUD_EVENT`](super::CLOUD_EVENT).
    pub body: Vec<u8>,
}

/// Announces that an offer was missed, detected at `detected_at`. What is not known of user and lead is left out.
pub fn missed(
    missed: &Missed,
    user_id: Option<&str>,
    lead: &LeadDetails,
    detected_at: DateTime<Utc>,
    traceparent: Option<&str>,
) -> Message {
    let OfferKey { lead_id, freelancer_id, offer } = missed.key;
    let data = MissedData {
        lead_id,
        freelancer_id,
        freelancer_user_id: user_id,
        offer,
        reason: missed.reason,
        notes: missed.notes.as_deref(),
        notified_at: micros(missed.notified_at),
        deadline_at: micros(missed.deadline_at),
        missed_at: micros(missed.missed_at),
        detected_by: missed.detected_by.as_str(),
        lead: LeadSummary::of(lead),
        link: LINK,
    };
    message(missed.key.missed_event_id().to_string(), LEAD_MISSED, lead_id, detected_at, traceparent, data)
}

/// Takes back an announcement, as found at `detected_at`.
pub fn retracted(retraction: &Retraction, detected_at: DateTime<Utc>, traceparent: Option<&str>) -> Message {
    let OfferKey { lead_id, freelancer_id, offer } = retraction.key;
    let data = RetractedData {
        lead_id,
        freelancer_id,
        offer,
        missed_event_id: retraction.key.missed_event_id(),
        status: name(retraction.response),
        responded_at: micros(retraction.responded_at),
    };
    let id = retraction.key.retracted_event_id().to_string();
    message(id, LEAD_MISSED_RETRACTED, lead_id, detected_at, traceparent, data)
}

/// Tells others of a response that was given through this service's own API, as the event `event_id`.
///
/// Read back, the message is that event again.
pub fn responded(event_id: &str, responded: &Responded, traceparent: Option<&str>) -> Message {
    let data = RespondedData {
        lead_id: responded.lead_id,
        freelancer_id: responded.freelancer_id,
        response: name(responded.response),
        reason: match responded.response {
            Response::Missed(reason) => Some(reason),
            Response::Accepted | Response::Ignored => None,
        },
        notes: responded.notes.as_deref(),
        responded_at: micros(responded.at.at),
    };
    message(event_id.to_owned(), LEAD_RESPONDED, responded.lead_id, responded.at.at, traceparent, data)
}

fn message(
    id: String,
    routing_key: &'static str,
    lead_id: LeadId,
    time: DateTime<Utc>,
    traceparent: Option<&str>,
    data: impl Serialize,
) -> Message {
    let time = micros(time);
    let body = cloud_event(SOURCE, &id, routing_key, lead_id, time, data);
    let traceparent = traceparent.map_or_else(trace::fresh, str::to_owned);
    Message { id, routing_key, lead_id, time, traceparent, body }
}

/// A structured CloudEvent of `source` about the lead or freelancer `subject`.
pub fn cloud_event(
    source: &str,
    id: &str,
    routing_key: &str,
    subject: impl Serialize,
    time: DateTime<Utc>,
    data: impl Serialize,
) -> Vec<u8> {
    let r#type = format!("com.hirelocal.{routing_key}");
    let envelope =
        Envelope { specversion: "1.0", id, source, r#type, subject, time: micros(time), datacontenttype: JSON, data };
    serde_json::to_vec(&envelope).expect("names are text, and nothing else can fail")
}

/// Times are told as precisely as they are kept.
fn micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

fn name(response: Response) -> &'static str {
    match response {
        Response::Accepted => "accepted",
        Response::Ignored => "ignored",
        Response::Missed(_) => "missed",
    }
}

#[derive(Serialize)]
struct Envelope<'a, S, T> {
    specversion: &'static str,
    id: &'a str,
    source: &'a str,
    r#type: String,
    subject: S,
    time: DateTime<Utc>,
    datacontenttype: &'static str,
    data: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MissedData<'a> {
    lead_id: LeadId,
    freelancer_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    freelancer_user_id: Option<&'a str>,
    offer: i32,
    reason: MissedReason,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    notified_at: DateTime<Utc>,
    deadline_at: DateTime<Utc>,
    missed_at: DateTime<Utc>,
    detected_by: &'static str,
    lead: LeadSummary<'a>,
    link: &'static str,
}

/// As much of a lead as a notification needs; who the customer is stays with the lead.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeadSummary<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget_min: Option<Rupees>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget_max: Option<Rupees>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<CategorySummary<'a>>,
}

impl<'a> LeadSummary<'a> {
    fn of(lead: &'a LeadDetails) -> Self {
        Self {
            title: lead.title.as_deref(),
            location: lead.location.as_deref(),
            budget_min: lead.budget_min.map(Rupees),
            budget_max: lead.budget_max.map(Rupees),
            category: lead.category.as_ref().map(CategorySummary::of),
        }
    }
}

#[derive(Serialize)]
struct CategorySummary<'a> {
    #[serde(skip_serializing_if = "Value::is_null")]
    id: &'a Value,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
}

impl<'a> CategorySummary<'a> {
    fn of(category: &'a Category) -> Self {
        let Category { id, name, icon, color } = category;
        Self { id, name, icon: icon.as_deref(), color: color.as_deref() }
    }
}

/// An amount that is written without a fraction where it has none: 1500, not 1500.0.
struct Rupees(f64);

impl Serialize for Rupees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Up to here every whole number has a float of its own.
        const EXACT: f64 = (1_u64 << 53) as f64;
        let Self(amount) = *self;
        if amount.fract() == 0.0 && amount.abs() <= EXACT {
            serializer.serialize_i64(amount as i64)
        } else {
            serializer.serialize_f64(amount)
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RetractedData {
    lead_id: LeadId,
    freelancer_id: Uuid,
    offer: i32,
    missed_event_id: Uuid,
    status: &'static str,
    responded_at: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RespondedData<'a> {
    lead_id: LeadId,
    freelancer_id: Uuid,
    response: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<MissedReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    responded_at: DateTime<Utc>,
}
