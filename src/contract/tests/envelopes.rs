//! What is refused before its data is looked at.

use serde_json::json;

use super::*;
use crate::contract::MAX_BODY;

#[test]
fn a_body_may_have_256_kib() {
    let mut body = with(json!({})).to_string();
    body.push_str(&" ".repeat(MAX_BODY - body.len()));
    assert!(parse(&bare("lead.viewed", body.as_bytes())).is_ok());
    body.push(' ');
    let expected = "the body has 262145 bytes, but at most 262144 are accepted";
    assert_eq!(said(&bare("lead.viewed", body.as_bytes())), expected);
}

#[test]
fn routing_keys_and_content_types_are_named_with_those_accepted() {
    let body = with(json!({})).to_string();
    let keys = "lead.notified, lead.viewed, lead.responded, lead.closed, freelancer.plan_changed";
    for key in ["", "lead", "lead.missed", "Lead.Viewed", "lead.viewed.eu"] {
        let expected = format!("the routing key must be one of {keys}, not {key:?}");
        assert_eq!(said(&bare(key, body.as_bytes())), expected);
    }
    for content_type in
        ["text/plain", "application/octet-stream", "application/cloudevents-batch+json", "application/jsonx"]
    {
        let incoming = Incoming { content_type: Some(content_type), ..bare("lead.viewed", body.as_bytes()) };
        let accepted = "application/json or application/cloudevents+json";
        assert_eq!(said(&incoming), format!("the content type must be {accepted}, not {content_type:?}"));
    }
}

#[test]
fn an_envelope_must_be_cloud_events_1_0_of_the_event_that_the_routing_key_names() {
    let data = with(json!({}));
    for (others, expected) in [
        (json!({ "specversion": "0.3" }), "the CloudEvents specversion must be 1.0, not \"0.3\"".to_owned()),
        (json!({ "specversion": 1.0 }), "the CloudEvents specversion must be 1.0, not a number".to_owned()),
        (
            json!({ "type": "com.hirelocal.lead.closed" }),
            "the CloudEvents type must end in the routing key, lead.viewed, but is \"com.hirelocal.lead.closed\""
                .to_owned(),
        ),
        (json!({ "type": 5 }), "the CloudEvents type must be text, not a number".to_owned()),
        (json!({ "id": 5 }), "the CloudEvents id must be text, not a number".to_owned()),
        (json!({ "id": "é".repeat(256) }), "the event id must have at most 255 characters".to_owned()),
        (json!({ "time": "12:00" }), format!("the CloudEvents time must be {TIME}, not \"12:00\"")),
        (json!({ "data": null }), "data is missing; it must be an object".to_owned()),
        (json!({ "data": "{}" }), "data must be an object, not text".to_owned()),
        (
            json!({ "data_base64": "e30=" }),
            "the message contradicts itself: data and data_base64 are both given".to_owned(),
        ),
        (
            json!({ "data": null, "data_base64": "e30" }),
            "data_base64 must be a JSON object in base64, not text that does not decode (Invalid padding)".to_owned(),
        ),
        (
            json!({ "data": null, "data_base64": 5 }),
            "data_base64 must be a JSON object in base64, not a number".to_owned(),
        ),
        (json!({ "data": null, "data_base64": "W10=" }), "data_base64 must be an object, not an array".to_owned()),
    ] {
        let body = envelope("lead.viewed", &data, others).to_string();
        assert_eq!(said(&structured("lead.viewed", body.as_bytes())), expected);
    }

    let body = data.to_string();
    for (headers, expected) in [
        (&[("cloudEvents_specversion", "2.0")][..], "the CloudEvents specversion must be 1.0, not \"2.0\""),
        (
            &[("cloudEvents:specversion", "1.0"), ("cloudEvents:type", "lead.closed")][..],
            "the CloudEvents type must end in the routing key, lead.viewed, but is \"lead.closed\"",
        ),
        (
            &[("cloudEvents:id", "a"), ("cloudEvents_id", "b")][..],
            "the message contradicts itself: id is given twice, with different values",
        ),
    ] {
        assert_eq!(said(&Incoming { headers, ..bare("lead.viewed", body.as_bytes()) }), expected);
    }
}
