//! Whatever arrives, there is an answer.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::contract::routing_key::INBOUND;
use crate::contract::{parse_timer, timer_body};
use crate::domain::announcement::OfferKey;

const NAMES: [&str; 24] = [
    "leadId",
    "lead_id",
    "freelancerId",
    "freelancer_id",
    "notifiedAt",
    "lead",
    "freelancer",
    "leadPlanEndsAt",
    "title",
    "budgetMin",
    "budget_max",
    "category",
    "customer",
    "id",
    "name",
    "response",
    "reason",
    "outcome",
    "plan",
    "status",
    "endsAt",
    "data",
    "data_base64",
    "specversion",
];

const TEXTS: [&str; 12] = [
    LEAD,
    FREELANCER,
    RECEIVED,
    "2026-03-01T12:00:00",
    "accepted",
    "missed",
    "busy",
    "lead",
    "active",
    "1.0",
    "e30=",
    "\0",
];

/// JSON that is about right often enough to get deep.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
    ];
    let name = prop_oneof![4 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => ".{0,8}"];
    leaf.prop_recursive(4, 64, 12, move |inner| {
        let members = prop::collection::vec((name.clone(), inner.clone()), 0..12);
        prop_oneof![
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
            4 => members.prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// What is accepted satisfies what the rest of the service relies on, and what is refused says why.
fn answered(incoming: &Incoming<'_>) {
    match parse(incoming) {
        Ok(event) => assert!(!event.id.is_empty() && event.id.chars().count() <= 255 && !event.id.contains('\0')),
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(key in prop::sample::select(&INBOUND[..]), body: Vec<u8>) {
        answered(&bare(key, &body));
        answered(&structured(key, &body));
        let _ = parse_timer(&body);
    }

    #[test]
    fn any_json_is_answered(key in prop::sample::select(&INBOUND[..]), document in document()) {
        let body = document.to_string();
        answered(&bare(key, body.as_bytes()));
        answered(&structured(key, body.as_bytes()));
        answered(&structured(key, envelope(key, &document, serde_json::json!({})).to_string().as_bytes()));
        let _ = parse_timer(body.as_bytes());
    }

    #[test]
    fn any_data_beside_the_required_is_answered(key in prop::sample::select(&INBOUND[..]), more in document()) {
        let data = with(if more.is_object() { more } else { serde_json::json!({ "lead": more }) });
        answered(&bare(key, data.to_string().as_bytes()));
    }

    #[test]
    fn any_metadata_is_answered(
        content_type in prop::option::of(".{0,40}"),
        message_id in prop::option::of(".{0,300}"),
        headers in prop::collection::vec(("(cloudEvents[:_])?(specversion|id|type|time|traceparent|.{0,6})", ".{0,60}"), 0..6),
    ) {
        let body = with(serde_json::json!({})).to_string();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (content_type, message_id) = (content_type.as_deref(), message_id.as_deref());
        answered(&Incoming { content_type, message_id, headers: &headers, ..bare("lead.viewed", body.as_bytes()) });
    }

    #[test]
    fn any_timer_is_read_back(offers in prop::collection::vec((any::<u128>(), any::<u128>(), 1..=i32::MAX), 0..20)) {
        let key = |(lead, freelancer, offer)| OfferKey {
            lead_id: Uuid::from_u128(lead),
            freelancer_id: Uuid::from_u128(freelancer),
            offer,
        };
        let offers: Vec<_> = offers.into_iter().map(key).collect();
        prop_assert_eq!(parse_timer(&timer_body(&offers)).expect("its own words"), offers);
    }
}
