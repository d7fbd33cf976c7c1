//! The schemas say what the service accepts and what it sends.

mod variations;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use lead_tracker::contract::routing_key::{INBOUND, LEAD_MISSED, LEAD_MISSED_RETRACTED, LEAD_NOTIFIED};
use lead_tracker::contract::{self, CLOUD_EVENT, Incoming, JSON};
use lead_tracker::domain::event::{Basis, Event, MissedReason, Moment, Responded, Response};
use serde_json::{Value, json};
use strum::VariantArray;
use uuid::Uuid;

use crate::harness::{Event as Published, Offer, Received, comes_to};
use crate::schemas::Schema;
use crate::world;
use variations::{snake_case, variations};

fn read(routing_key: &str, content_type: &str, headers: &[(&str, &str)], body: &Value) -> Option<Event> {
    let received: DateTime<Utc> = "2026-05-01T00:00:00Z".parse().expect("a time");
    let body = body.to_string();
    let incoming = Incoming {
        routing_key,
        content_type: Some(content_type),
        message_id: Some("an id"),
        timestamp: None,
        headers,
        body: body.as_bytes(),
        received,
    };
    contract::parse(&incoming).ok()
}

fn read_bare(routing_key: &str, data: &Value) -> Option<Event> {
    read(routing_key, JSON, &[], data)
}

fn cloud_event(routing_key: &str, data: &Value) -> Value {
    let kind = format!("com.hirelocal.{routing_key}");
    json!({ "specversion": "1.0", "id": "an id", "source": "/hirelocal/leads", "type": kind, "data": data })
}

#[test]
fn every_schema_allows_its_examples() {
    for schema in Schema::all() {
        if let Err(error) = jsonschema::draft202012::meta::validate(&schema.document) {
            panic!("{}: {error}", schema.name);
        }
        assert!(schema.name == "fields" || !schema.examples().is_empty(), "{} has no example", schema.name);
        schema.examples().iter().for_each(|example| schema.assert_allows(example));
    }
}

#[test]
fn the_asyncapi_document_has_every_routing_key_and_schema() {
    let document = include_str!("../../docs/asyncapi.yaml");
    let sent = [LEAD_MISSED, LEAD_MISSED_RETRACTED];
    let keys: BTreeSet<_> = INBOUND.into_iter().chain(sent).collect();
    let addresses = document.lines().filter_map(|line| line.strip_prefix("    address: "));
    assert_eq!(addresses.collect::<BTreeSet<_>>(), keys);
    for Schema { name, .. } in Schema::all() {
        assert!(document.contains(&format!("schemas/{name}.json")), "{name} is not referred to");
    }
}

#[test]
fn every_example_is_understood_in_all_forms_and_spellings() {
    for key in INBOUND {
        let schema = Schema::read(key);
        for example in schema.examples() {
            let spelled = snake_case(example);
            schema.assert_allows(&spelled);
            let expected = read_bare(key, example).unwrap_or_else(|| panic!("{key}: {example}"));
            let kind = format!("com.hirelocal.{key}");
            let headers =
                [("cloudEvents:specversion", "1.0"), ("cloudEvents:id", "an id"), ("cloudEvents:type", &*kind)];
            for data in [example, &spelled] {
                assert_eq!(read_bare(key, data).as_ref(), Some(&expected));
                assert_eq!(read(key, JSON, &headers, data).as_ref(), Some(&expected));
                assert_eq!(read(key, CLOUD_EVENT, &[], &cloud_event(key, data)).as_ref(), Some(&expected));
            }
        }
    }
}

#[test]
fn the_first_example_of_an_event_has_every_field_that_is_read() {
    for key in INBOUND {
        let schema = Schema::read(key);
        let event = read_bare(key, &schema.examples()[0]).expect("it is understood");
        let told = format!("{:?}", event.fact);
        assert!(!told.contains("None"), "{key}: {told}");
    }
}

/// What the ledger keeps of a lead besides what an offer says.
const NOT_TOLD: [&str; 7] =
    ["accepted_at", "accepted_by", "claimed_at", "claimed_by", "closed_at", "closed_outcome", "closed_outcome_at"];

#[tokio::test]
async fn everything_that_an_offer_says_of_the_lead_is_kept() {
    let world = world(60_000).await;
    let (_service, _subscriber) = (world.start().await, world.subscriber().await);
    let offer = Schema::read(LEAD_NOTIFIED).examples()[0].clone();
    let id: Uuid = offer["leadId"].as_str().and_then(|id| id.parse().ok()).expect("an example has a lead");
    world.publisher().await.send(Published::new(LEAD_NOTIFIED, "notifiedAt", offer)).await;

    let empty = "select key from leads, jsonb_each(to_jsonb(leads)) where id = $1 and value = 'null' order by key";
    comes_to("columns without a value", NOT_TOLD.map(str::to_owned).to_vec(), async || {
        let rows = world.sql().query(empty, &[&id]).await.unwrap_or_default();
        rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
    })
    .await;
    world.close().await;
}

#[test]
fn schemas_and_service_agree_about_every_field() {
    for key in INBOUND {
        let schema = Schema::read(key);
        for data in variations(schema.examples()[0].as_object().expect("an object")) {
            for data in [snake_case(&data), data] {
                let is_understood = read_bare(key, &data).is_some();
                assert_eq!(schema.allows(&data), is_understood, "allowed by {key} (left), understood (right): {data}");
            }
        }
    }
}

#[test]
fn envelopes_that_the_schema_allows_are_understood() {
    let schema = Schema::read("cloudevent");
    for example in schema.examples() {
        let key = INBOUND.into_iter().find(|key| example["type"].as_str().is_some_and(|kind| kind.ends_with(key)));
        let key = key.expect("an example names its event");
        let variations = variations(example.as_object().expect("an object"));
        let has_same_data = |other: &&Value| ["data", "data_base64"].iter().all(|name| other[name] == example[name]);
        for envelope in variations.iter().filter(has_same_data).chain([example]) {
            let is_understood = read(key, CLOUD_EVENT, &[], envelope).is_some();
            assert!(is_understood || !schema.allows(envelope), "allowed, but not understood: {envelope}");
        }
    }
}

/// What was received keeps to the schemas of envelope and data, and has no field that they do not name.
fn assert_as_documented(message: &Received) {
    assert_envelope_as_documented(&message.envelope, &message.key);
    let properties = &message.properties;
    let text = |property: &Option<lapin::types::ShortString>| property.as_ref().map(ToString::to_string);
    assert_eq!(text(properties.message_id()).as_deref(), message.envelope["id"].as_str());
    assert_eq!(text(properties.correlation_id()).as_deref(), message.envelope["subject"].as_str());
    assert_eq!(text(properties.kind()).as_deref(), Some(&*message.key));
    assert!(message.header("traceparent").is_some());
}

fn assert_envelope_as_documented(envelope: &Value, schema_of_data: &str) {
    Schema::read("cloudevent.sent").closed().assert_allows(envelope);
    Schema::read(schema_of_data).closed().assert_allows(&envelope["data"]);
}

#[tokio::test]
async fn everything_that_is_announced_is_as_documented() {
    let world = world(1_000).await;
    let subscriber = world.subscriber().await;
    let _service = world.start().await;
    let publisher = world.publisher().await;
    let [told, untold, busy, closed] = [Offer::now(), Offer::now(), Offer::now(), Offer::now()];
    let away = busy.responded("missed").with("reason", json!("busy")).with("notes", json!("Away until Monday"));
    let gone = Published::closed(closed.lead, "cancelled");
    let answer = untold.responded("ignored").at(untold.notified_at + TimeDelta::milliseconds(1));
    let events = [told.notified_in_full(), untold.notified(), busy.notified_in_full(), away, closed.notified(), gone];
    for event in events.iter().chain([&answer]) {
        Schema::read(&event.key).closed().assert_allows(&event.data);
    }

    publisher.send_all(events).await;
    for offer in [told, untold, busy, closed] {
        assert_as_documented(&subscriber.wait_for("lead.missed", offer.key()).await);
    }
    publisher.send(answer).await;
    assert_as_documented(&subscriber.wait_for("lead.missed_retracted", untold.key()).await);
    world.close().await;
}

#[test]
fn answers_are_passed_on_as_documented() {
    let missed = MissedReason::VARIANTS.iter().copied().map(Response::Missed);
    let responses = missed.chain([Response::Accepted, Response::Ignored]);
    for response in responses {
        for notes in [None, Some("Too far".to_owned())] {
            let at = Moment { at: Utc::now(), basis: Basis::Received };
            let responded = Responded { lead_id: Uuid::new_v4(), freelancer_id: Uuid::new_v4(), response, notes, at };
            let message = contract::responded("an id", &responded, None);
            let envelope = serde_json::from_slice(&message.body).expect("JSON");
            assert_envelope_as_documented(&envelope, "lead.responded.sent");
            Schema::read("lead.responded").assert_allows(&envelope["data"]);
        }
    }
}
