//! Which leads a list shows: status, days, months and time zones.

use uuid::Uuid;

use crate::client::Client;
use crate::harness::{Offer, World};
use crate::lists::{ALL, FILTERED, ids};
use crate::{offered, world};

/// The freelancer's leads of some days, by their place among `offers`.
async fn of_days(client: &Client, offers: &[Offer], query: &str) -> Vec<usize> {
    let path = format!("{FILTERED}?{query}");
    let leads = ids(&client.get(&path).await.list());
    let counts = client.get(&format!("/api/freelancer/leads/counts?{query}")).await.json();
    assert_eq!(counts["all"].as_u64(), Some(leads.len() as u64), "{query}");
    leads.iter().filter_map(|id| offers.iter().position(|offer| offer.lead == *id)).collect()
}

/// A lead offered at each of these times to a freelancer, whose client is returned, too.
async fn offered_at(world: &World, times: &[&str]) -> (Client, Vec<Offer>) {
    let service = world.start().await;
    let freelancer = Uuid::new_v4();
    let at = |time: &&str| time.parse().expect("a time");
    let offer = |time| Offer { notified_at: at(time), ..Offer::of(Uuid::new_v4(), freelancer) };
    let offers: Vec<Offer> = times.iter().map(offer).collect();
    offered(world, &offers).await;
    (Client::freelancer(&service, freelancer), offers)
}

#[tokio::test]
async fn days_and_months_are_those_of_the_time_zone() {
    let world = world(60_000).await;
    let _subscriber = world.subscriber().await;
    let times = [
        "2025-03-09T04:59:59.999999Z",
        "2025-03-09T05:00:00Z",
        "2025-03-10T03:59:59.999999Z",
        "2025-03-10T04:00:00Z",
        "2025-11-02T03:59:59.999999Z",
        "2025-11-02T04:00:00Z",
        "2025-11-03T04:59:59.999999Z",
        "2025-11-03T05:00:00Z",
        "2025-03-31T18:29:59.999999Z",
        "2025-03-31T18:30:00Z",
    ];
    let (client, offers) = offered_at(&world, &times).await;

    for (query, expected) in [
        ("fromDate=2025-03-09&toDate=2025-03-09&tz=America/New_York", &[2, 1][..]),
        ("fromDate=2025-11-02&toDate=2025-11-02&tz=America/New_York", &[6, 5]),
        ("toDate=2025-03-08&tz=America/New_York", &[0]),
        ("fromDate=2025-11-03&tz=America/New_York", &[7]),
        ("fromDate=2025-03-09&toDate=2025-03-09", &[1, 0]),
        ("month=2025-03&tz=Asia/Kolkata", &[8, 3, 2, 1, 0]),
        ("month=2025-04&tz=Asia/Kolkata", &[9]),
        ("month=2025-03", &[9, 8, 3, 2, 1, 0]),
    ] {
        assert_eq!(of_days(&client, &offers, query).await, expected, "{query}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_query_that_cannot_be_understood_is_refused_by_name() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = Client::freelancer(&service, Uuid::new_v4());
    let refused = [
        ("status=open", "status", "all, accepted, missed, ignored or pending"),
        ("month=2026-13", "month", "2026-03"),
        ("month=2026-03&fromDate=2026-03-01", "month", "together"),
        ("fromDate=2026-02-30", "fromDate", "2026-03-08"),
        ("toDate=tomorrow", "toDate", "2026-03-08"),
        ("fromDate=2026-03-02&toDate=2026-03-01", "toDate", "before"),
        ("tz=Mars/Base", "tz", "Asia/Kolkata"),
        ("limit=0", "limit", "1 to 200"),
        ("limit=201", "limit", "1 to 200"),
        ("limit=many", "limit", "1 to 200"),
        ("cursor=here", "cursor", "Link"),
    ];

    for (query, field, accepted) in refused {
        let answer = client.get(&format!("{FILTERED}?{query}")).await;
        let problem = answer.problem(422, "invalid");
        assert_eq!(problem["field"], field, "{query}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(accepted)), "{problem}");
    }
    for path in [ALL, FILTERED, "/api/freelancer/leads/counts"] {
        client.get(&format!("{path}?limit=1&limit=2&tz=UTC&tz=UTC")).await.problem(400, "bad-query");
    }
    for id in ["seven", "%ff"] {
        let answer = client.get(&format!("/api/freelancer/leads/{id}/history")).await;
        assert_eq!(answer.problem(422, "invalid")["field"], "leadId");
    }
    world.close().await;
}
