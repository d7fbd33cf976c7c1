//! What a freelancer is shown: lists, pages and histories, field by field.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Answer, Client};
use crate::harness::{Offer, comes_to};
use crate::{offered, world};

/// The list of everything.
pub(crate) const ALL: &str = "/api/freelancer/leads/all-with-interactions";
/// The list with filters.
pub(crate) const FILTERED: &str = "/api/freelancer/leads/filtered-with-status";

const LEAD: [&str; 15] = [
    "acceptedAt",
    "acceptedBy",
    "budgetMax",
    "budgetMin",
    "category",
    "createdAt",
    "customer",
    "description",
    "freelancerInteractions",
    "id",
    "location",
    "pincode",
    "preferredTime",
    "status",
    "title",
];
const INTERACTION: [&str; 8] =
    ["deadlineAt", "missedReason", "notes", "notifiedAt", "offer", "respondedAt", "status", "viewedAt"];
const HISTORY: [&str; 10] =
    ["actor", "eventId", "notes", "occurredAt", "offer", "previousStatus", "reason", "recordedAt", "source", "status"];

fn fields(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// As many leads as asked for, offered to one freelancer a second apart, the latest first.
fn a_second_apart(freelancer: Uuid, count: i32) -> Vec<Offer> {
    let offer = Offer::of(Uuid::new_v4(), freelancer);
    let at = |index| offer.notified_at - TimeDelta::seconds(i64::from(index));
    (0..count).map(|index| Offer { lead: Uuid::new_v4(), notified_at: at(index), ..offer }).collect()
}

/// Which leads these are.
pub(crate) fn ids(leads: &[Value]) -> Vec<Uuid> {
    leads.iter().map(|lead| lead["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")).collect()
}

/// The path behind `rel="next"`.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link").strip_suffix(">; rel=\"next\"")?;
    link.strip_prefix('<').map(str::to_owned)
}

#[tokio::test]
async fn a_lead_has_all_its_fields_whatever_is_known() {
    let world = world(60_000).await;
    let service = world.start().await;
    let full = Offer::now();
    let minimal = Offer { lead: Uuid::new_v4(), notified_at: full.notified_at - TimeDelta::seconds(1), ..full };
    world.publisher().await.send(minimal.notified()).await;
    offered(&world, &[full]).await;
    comes_to("recorded offers", 2, async || world.interactions().await.len()).await;

    let leads = Client::freelancer(&service, full.freelancer).leads().await;

    for lead in &leads {
        assert_eq!(fields(lead), LEAD);
        assert_eq!(lead["freelancerInteractions"].as_array().map(Vec::len), Some(1));
        assert_eq!(fields(&lead["freelancerInteractions"][0]), INTERACTION);
    }
    let (lead, told) = (&leads[0], &full.notified_in_full().data["lead"]);
    for field in ["title", "description", "location", "pincode", "preferredTime", "category", "customer"] {
        assert_eq!(lead[field], told[field], "{field}");
    }
    assert_eq!((lead["budgetMin"].as_f64(), lead["budgetMax"].as_f64()), (Some(500.0), Some(1500.0)));
    let expected = json!({
        "status": "notified", "missedReason": null, "notes": null, "notifiedAt": full.notified_at,
        "deadlineAt": full.deadline(world.window()), "viewedAt": null, "respondedAt": null, "offer": 1,
    });
    assert_eq!(lead["freelancerInteractions"][0], expected);
    let unknown = LEAD.iter().filter(|field| !["id", "status", "freelancerInteractions"].contains(field));
    unknown.for_each(|field| assert_eq!(leads[1][field], Value::Null, "{field}"));
    assert_eq!((&leads[1]["id"], &leads[1]["status"]), (&json!(minimal.lead), &json!("pending")));
    world.close().await;
}

#[tokio::test]
async fn the_mobile_number_is_for_who_accepted() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber().await;
    let service = world.start().await;
    let offer = Offer::now();
    let other = Offer::of(offer.lead, Uuid::new_v4());
    offered(&world, &[offer, other]).await;
    let [client, another] = [offer, other].map(|offer| Client::freelancer(&service, offer.freelancer));
    assert_eq!(client.act(offer.lead, "viewed", &json!({})).await.lead().get("mobileNumber"), None);

    let accepted = client.act(offer.lead, "accept", &json!({})).await.lead();

    let number = json!("+919845098450");
    assert_eq!(accepted["mobileNumber"], number);
    assert_eq!(client.leads().await[0], accepted);
    assert_eq!(accepted["acceptedBy"], json!(offer.freelancer));
    let refused = another.act(offer.lead, "accept", &json!({})).await.problem(410, "gone");
    assert_eq!((refused["lead"].get("mobileNumber"), &refused["lead"]["acceptedBy"]), (None, &accepted["acceptedBy"]));
    assert!(!another.get(ALL).await.text.contains("9845098450"));
    world.close().await;
}

#[tokio::test]
async fn what_began_without_a_notification_is_not_listed() {
    let world = world(60_000).await;
    let service = world.start().await;
    let offer = Offer::now();
    world.publisher().await.send_all([offer.viewed(), offer.responded("ignored")]).await;
    comes_to("its status", Some("ignored".to_owned()), async || {
        world.interaction(offer.key()).await.map(|row| row.status)
    })
    .await;
    let client = Client::freelancer(&service, offer.freelancer);

    assert!(client.leads().await.is_empty());
    assert_eq!(client.get("/api/freelancer/leads/counts").await.json()["all"], 0);
    client.history(offer.lead).await.problem(404, "not-found");
    client.act(offer.lead, "accept", &json!({})).await.problem(404, "not-found");
    client.history(Uuid::new_v4()).await.problem(404, "not-found");
    world.close().await;
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip_while_offers_arrive() {
    let world = world(60_000).await;
    let service = world.start().await;
    let freelancer = Uuid::new_v4();
    let offers = a_second_apart(freelancer, 10);
    offered(&world, &offers).await;
    let client = Client::freelancer(&service, freelancer);

    let mut seen = Vec::new();
    let mut path = Some(format!("{ALL}?limit=3"));
    while let Some(page) = path {
        let answer = client.get(&page).await;
        seen.extend(ids(&answer.list()));
        path = next(&answer);
        offered(&world, &[Offer::of(Uuid::new_v4(), freelancer)]).await;
    }

    let expected: Vec<Uuid> = offers.iter().map(|offer| offer.lead).collect();
    assert_eq!(seen, expected);
    let filtered = client.get(&format!("{FILTERED}?status=pending&tz=Asia/Kolkata&limit=1")).await;
    let second = client.get(&next(&filtered).expect("there are more")).await;
    assert_eq!((second.list().len(), next(&second).is_some()), (1, true), "a link keeps the filters");
    world.close().await;
}

#[tokio::test]
async fn a_page_has_fifty_or_two_hundred_leads_unless_the_query_says() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber().await;
    let service = world.start().await;
    let freelancer = Uuid::new_v4();
    offered(&world, &a_second_apart(freelancer, 201)).await;
    let client = Client::freelancer(&service, freelancer);

    for (path, count) in [
        (ALL.to_owned(), 200),
        (FILTERED.to_owned(), 50),
        (format!("{FILTERED}?limit=200"), 200),
        (format!("{FILTERED}?limit=1"), 1),
    ] {
        let page = client.get(&path).await;
        assert_eq!((page.list().len(), next(&page).is_some()), (count, true), "{path}");
    }
    let last = client.get(&next(&client.get(ALL).await).expect("there is one more")).await;
    assert_eq!((last.list().len(), next(&last)), (1, None));
    world.close().await;
}

#[tokio::test]
async fn a_history_tells_who_did_what_when() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber().await;
    let service = world.start().await;
    let offer = Offer::now();
    offered(&world, &[offer]).await;
    let client = Client::freelancer(&service, offer.freelancer);
    let before = Utc::now();
    client.act(offer.lead, "viewed", &json!({})).await.lead();
    client.act(offer.lead, "missed", &json!({ "reason": "busy", "notes": "Until Monday" })).await.lead();

    let history = client.history(offer.lead).await.list();

    history.iter().for_each(|entry| assert_eq!(fields(entry), HISTORY));
    let told = |name: &str| history.iter().map(|entry| entry[name].clone()).collect::<Vec<_>>();
    assert_eq!(told("status"), ["notified", "viewed", "missed"]);
    assert_eq!(told("previousStatus"), [Value::Null, json!("notified"), json!("viewed")]);
    assert_eq!(told("source"), ["lead.notified", "api", "api"]);
    assert_eq!(told("offer"), [1, 1, 1]);
    assert_eq!(told("reason"), [Value::Null, Value::Null, json!("busy")]);
    assert_eq!(told("notes"), [Value::Null, Value::Null, json!("Until Monday")]);
    let freelancer = json!({ "type": "freelancer", "id": offer.freelancer });
    assert_eq!(told("actor"), [json!({ "type": "system" }), freelancer.clone(), freelancer]);
    assert_eq!(told("eventId").iter().map(Value::to_string).collect::<BTreeSet<_>>().len(), 3);
    assert_eq!(history[0]["occurredAt"], json!(offer.notified_at));
    for entry in &history[1..] {
        let at = |name: &str| entry[name].as_str().and_then(|at| at.parse::<chrono::DateTime<Utc>>().ok());
        assert!(at("occurredAt") > Some(before) && at("recordedAt") > Some(before), "{entry}");
    }
    world.close().await;
}

#[tokio::test]
async fn counts_add_up() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber().await;
    let service = world.start().await;
    let freelancer = Uuid::new_v4();
    let offers = a_second_apart(freelancer, 6);
    offered(&world, &offers).await;
    let client = Client::freelancer(&service, freelancer);
    for (offer, action) in offers.iter().zip(["viewed", "accept", "missed", "ignored", "missed"]) {
        client.act(offer.lead, action, &json!({ "reason": "busy" })).await.lead();
    }

    let counts = client.get("/api/freelancer/leads/counts?status=missed").await.json();

    assert_eq!(counts, json!({ "all": 6, "accepted": 1, "missed": 2, "ignored": 1, "pending": 2 }));
    for (status, count) in counts.as_object().expect("an object") {
        let list = client.get(&format!("{FILTERED}?status={status}")).await.list();
        assert_eq!(Some(list.len() as u64), count.as_u64(), "{status}");
    }
    world.close().await;
}
