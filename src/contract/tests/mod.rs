//! The wire, line by line.

mod attributes;
mod envelopes;
mod properties;
mod reading;
mod refusals;
mod writing;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CLOUD_EVENT, Incoming, JSON, Refusal, parse};
use crate::domain::event::{Basis, Event, Fact, Moment};

const LEAD: &str = "7b5f4d4e-0f61-4c6b-9a53-0d3c1f0c9a01";
const FREELANCER: &str = "c2a7f3d8-5f0e-4a59-8f0c-3f6a5f2e7b02";
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const RECEIVED: &str = "2026-03-01T12:00:00Z";
const WHEN: &str = "2026-03-01T11:00:00Z";
/// What a refusal says of a time.
const TIME: &str = "an RFC 3339 time with an offset, such as 2026-01-31T18:30:00+05:30";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a test's own time")
}

fn id(text: &str) -> Uuid {
    text.parse().expect("a test's own id")
}

/// A bare message without properties.
fn bare<'a>(routing_key: &'a str, body: &'a [u8]) -> Incoming<'a> {
    Incoming {
        routing_key,
        content_type: Some(JSON),
        message_id: None,
        timestamp: None,
        headers: &[],
        body,
        received: at(RECEIVED),
    }
}

fn read(routing_key: &str, data: &Value) -> Result<Event, Refusal> {
    parse(&bare(routing_key, data.to_string().as_bytes()))
}

fn fact(routing_key: &str, data: &Value) -> Fact {
    read(routing_key, data).unwrap_or_else(|refusal| panic!("{refusal}: {data}")).fact
}

fn stated(text: &str) -> Moment {
    Moment { at: at(text), basis: Basis::Stated }
}

fn said(incoming: &Incoming<'_>) -> String {
    parse(incoming).expect_err("to be refused").to_string()
}

fn refusal(routing_key: &str, data: &Value) -> String {
    read(routing_key, data).expect_err("to be refused").to_string()
}

fn structured<'a>(routing_key: &'a str, body: &'a [u8]) -> Incoming<'a> {
    Incoming { content_type: Some(CLOUD_EVENT), ..bare(routing_key, body) }
}

/// An envelope around `data`, with further attributes or others instead.
fn envelope(routing_key: &str, data: &Value, others: Value) -> Value {
    let mut envelope = json!({
        "specversion": "1.0", "id": "e-1", "source": "/hirelocal", "type": format!("com.hirelocal.{routing_key}"),
        "data": data,
    });
    for (name, value) in others.as_object().expect("attributes") {
        envelope[name] = value.clone();
    }
    envelope
}

/// `{ leadId, freelancerId }` and more.
fn with(more: Value) -> Value {
    let mut data = json!({ "leadId": LEAD, "freelancerId": FREELANCER });
    for (name, value) in more.as_object().expect("fields") {
        data[name] = value.clone();
    }
    data
}
