//! Many who listen and hear nothing.

use crate::harness::Offer;
use crate::listening::Listener;
use crate::world;

/// As many as a process may have connections where it may have 1,024 files.
const STREAMS: usize = 400;

#[tokio::test]
async fn idle_streams_cost_little_and_each_hears_its_own() {
    let world = world(60_000).await;
    let service = world.start().await;
    let before = service.resident_bytes();
    let offers = Offer::many(STREAMS);
    let mut streams = Vec::new();
    for offer in &offers {
        streams.push(Listener::freelancer(offer.freelancer).listen(&service).await);
    }
    let each = service.resident_bytes().saturating_sub(before) / STREAMS;
    println!("{each} bytes for each of {STREAMS} idle streams");
    assert!(each < 100_000, "{each} bytes for each");

    world.publisher().await.send_all(offers.iter().map(Offer::notified)).await;
    for (events, offer) in streams.iter_mut().zip(&offers) {
        assert_eq!(events.lead().await.0, offer.lead);
    }
    world.close().await;
}
