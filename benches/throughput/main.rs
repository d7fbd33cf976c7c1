//! How many offers a second go through the service, beside two yardsticks measured in the same run: the consumer that
//! everybody writes first, one message at a time, and the broker alone without a database. Then how fast timers that
//! are due at once become `lead.missed`.

#[path = "../../tests/harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a benchmark needs less of the harness than the tests do")]
mod harness;

mod broker_alone;
mod misses;
mod one_by_one;
mod report;
mod usage;
mod whole;

use std::time::Duration;

use chrono::Utc;
use harness::{Addresses, Event, Offer, World};
use serde_json::json;
use uuid::Uuid;

/// How many offers go through the service and through the broker alone.
const OFFERS: usize = 100_000;
/// How many go through the consumer that takes one at a time.
const ONE_BY_ONE: usize = 3_000;
/// Each lead is offered to so many.
const FREELANCERS_PER_LEAD: usize = 20;
/// So many freelancers in all.
const FREELANCERS: usize = 5_000;

#[tokio::main]
async fn main() {
    let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
    println!(
        "{OFFERS} offers of {} bytes, {FREELANCERS} freelancers, each lead offered to {FREELANCERS_PER_LEAD}",
        size()
    );
    let one_by_one = one_by_one::measure(&addresses).await;
    let broker_alone = broker_alone::measure(&addresses).await;
    let half_an_hour = Duration::from_secs(1800);
    let stated = whole::measure(world(&addresses, half_an_hour).await, offers()).await;
    let received = whole::measure(world(&addresses, half_an_hour).await, offers_on_receipt()).await;
    let misses = misses::measure(world(&addresses, Duration::from_secs(45)).await).await;
    report::print(one_by_one, broker_alone, &stated, &received, &misses);
}

async fn world(addresses: &Addresses, window: Duration) -> World {
    World::new(env!("CARGO_BIN_EXE_lead-tracker").into(), addresses.clone(), window).await
}

/// Offers as the marketplace makes them: a lead at a time, to freelancers nearby.
fn offers() -> Vec<Event> {
    let freelancers: Vec<Uuid> = (0..FREELANCERS).map(|_| Uuid::new_v4()).collect();
    let leads = 0..OFFERS / FREELANCERS_PER_LEAD;
    leads.flat_map(|lead| of_lead(lead, &freelancers)).collect()
}

/// The same without a time of their own: those that have waited in the inbox are then not late, so that their timers go
/// through the delay queue, and each is remembered by its id.
fn offers_on_receipt() -> Vec<Event> {
    let mut offers = offers();
    for data in offers.iter_mut().filter_map(|offer| offer.data.as_object_mut()) {
        data.remove("notifiedAt");
    }
    offers
}

fn of_lead(number: usize, freelancers: &[Uuid]) -> impl Iterator<Item = Event> {
    let lead = Uuid::new_v4();
    let nearby = freelancers.iter().cycle().skip(number * 7 % freelancers.len()).take(FREELANCERS_PER_LEAD);
    nearby.map(move |freelancer| {
        let profile = json!({
            "userId": freelancer, "fullName": "Asha Verma", "leadPlanEndsAt": "2099-12-31T00:00:00Z",
        });
        let details = json!({
            "title": "Kitchen tap drips and the pipe below it leaks", "description": "Since yesterday, water on the floor",
            "location": "Andheri West, Mumbai", "pincode": "400058", "budgetMin": 500, "budgetMax": 1500,
            "preferredTime": "evenings", "createdAt": "2026-01-05T09:30:00Z",
            "category": { "id": 7, "name": "Plumbing", "icon": "tap", "color": "#1565c0" },
        });
        Offer::of(lead, *freelancer).notified().with("freelancer", profile).with("lead", details)
    })
}

fn size() -> usize {
    of_lead(0, &[Uuid::nil()]).next().map_or(0, |event| event.body().len())
}

/// Publishes all of them, a thousand at a time.
async fn fill(world: &World, offers: Vec<Event>) {
    let publisher = world.publisher().await;
    let mut offers = offers.into_iter().peekable();
    while offers.peek().is_some() {
        publisher.send_all(offers.by_ref().take(1000)).await;
    }
}

/// How long since `began`, in seconds.
fn seconds_since(began: chrono::DateTime<Utc>) -> f64 {
    (Utc::now() - began).as_seconds_f64()
}
