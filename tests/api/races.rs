//! What is decided in the same instant is decided once.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::client::{Answer, Client};
use crate::harness::{Offer, Subscriber, comes_to};
use crate::{offered, world};

const MESSAGES: [&str; 3] = ["lead.responded", "lead.missed", "lead.missed_retracted"];

/// How many messages of a kind came about each lead and freelancer.
fn heard(subscriber: &Subscriber, kind: &str) -> BTreeMap<(Uuid, Uuid), usize> {
    let mut counts = BTreeMap::new();
    subscriber.of_kind(kind).iter().for_each(|message| *counts.entry(message.about()).or_default() += 1);
    counts
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_has_the_lead() {
    const LEADS: usize = 50;
    let world = world(60_000).await;
    let subscriber = world.subscriber_of(&MESSAGES).await;
    let service = world.start().await;
    let pairs = Offer::many(LEADS).into_iter().map(|offer| [offer, Offer::of(offer.lead, Uuid::new_v4())]);
    let pairs: Vec<[Offer; 2]> = pairs.collect();
    let everybody = pairs.concat();
    offered(&world, &everybody).await;
    let anonymous = Client::anonymous(&service);
    let client =
        |offer: &Offer| anonymous.clone().with_token(crate::token::Claims::freelancer(offer.freelancer).sign());

    let accepted = async |offer: &Offer| client(offer).act(offer.lead, "accept", &json!({})).await;
    let answers = join_all(pairs.iter().map(async |[one, other]| tokio::join!(accepted(one), accepted(other)))).await;

    world.settles().await;
    comes_to("announcements", LEADS, async || heard(&subscriber, "lead.missed").len()).await;
    let (told, missed) = (heard(&subscriber, "lead.responded"), heard(&subscriber, "lead.missed"));
    for ([one, other], (answer, another)) in pairs.iter().zip(answers) {
        let is_first = answer.status == 200;
        let (winner, won) = if is_first { (one, &answer) } else { (other, &another) };
        let (loser, lost) = if is_first { (other, &another) } else { (one, &answer) };
        assert_eq!(won.lead()["acceptedBy"], json!(winner.freelancer));
        let problem = lost.problem(410, "gone");
        assert_eq!(problem["lead"]["acceptedBy"], json!(winner.freelancer));
        assert_eq!(problem["lead"]["freelancerInteractions"][0]["missedReason"], "expired");
        assert_eq!((told.get(&winner.key()), told.get(&loser.key())), (Some(&1), None));
        assert_eq!((missed.get(&winner.key()), missed.get(&loser.key())), (None, Some(&1)));
        let histories = [winner, loser].map(async |offer| client(offer).history(winner.lead).await.list());
        for (history, status) in join_all(histories).await.into_iter().zip(["accepted", "missed"]) {
            assert_eq!((history.len(), &history[1]["status"]), (2, &json!(status)));
        }
    }
    world.close().await;
}

/// Accepts at a moment.
async fn accept_at(client: &Client, offer: &Offer, at: DateTime<Utc>) -> Answer {
    tokio::time::sleep((at - Utc::now()).to_std().unwrap_or_default()).await;
    client.act(offer.lead, "accept", &json!({})).await
}

#[tokio::test]
async fn an_acceptance_at_the_deadline_is_in_time_or_late_but_never_both() {
    const PAIRS: i32 = 200;
    let world = world(3_000).await;
    let subscriber = world.subscriber_of(&MESSAGES).await;
    let service = world.start().await;
    let first = Offer::now();
    let offers: Vec<Offer> = Offer::many(PAIRS as usize)
        .into_iter()
        .map(|offer| Offer { notified_at: first.notified_at, ..offer })
        .collect();
    offered(&world, &offers).await;
    let anonymous = Client::anonymous(&service);
    let clients = offers.iter().map(|offer| crate::token::Claims::freelancer(offer.freelancer).sign());
    let clients: Vec<Client> = clients.map(|token| anonymous.clone().with_token(token)).collect();
    // From a quarter of a second before the deadline to as long after it, so that some are on either side.
    let deadline = first.deadline(world.window()) - TimeDelta::milliseconds(250);
    let moments = (0..PAIRS).map(|index| deadline + Duration::from_micros(2_500) * index as u32);

    let accepted = clients.iter().zip(&offers).zip(moments);
    let answers = join_all(accepted.map(|((client, offer), at)| accept_at(client, offer, at))).await;

    world.settles().await;
    let late = |answer: &Answer| {
        let interaction = &answer.lead()["freelancerInteractions"][0];
        assert_eq!(interaction["status"], "accepted");
        let at = |field: &str| interaction[field].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        at("respondedAt") > at("deadlineAt")
    };
    let late: Vec<bool> = answers.iter().map(late).collect();
    let missed_late = late.iter().filter(|late| **late).count();
    comes_to("announcements", missed_late, async || heard(&subscriber, "lead.missed").len()).await;
    let (told, missed) = (heard(&subscriber, "lead.responded"), heard(&subscriber, "lead.missed"));
    for (offer, late) in offers.iter().zip(late) {
        assert_eq!(told.get(&offer.key()), Some(&1));
        assert_eq!(missed.get(&offer.key()).copied().unwrap_or_default(), usize::from(late), "{offer:?}");
        assert_eq!(world.lead(offer.lead).await, Some(("accepted".to_owned(), Some(offer.freelancer))));
    }
    assert!(subscriber.of_kind("lead.missed_retracted").is_empty());
    world.close().await;
}
