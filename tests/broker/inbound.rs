//! Batches, acknowledgements, and the end of a consumer.

use super::*;

const VERY_LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn hands_out_batches_in_order_and_acknowledges_through_a_tag() {
    let sandbox = Sandbox::declared().await;
    let inbox = sandbox.names.inbox();
    sandbox.publish_events(&["1", "2", "3", "4", "5"]).await;
    let mut inbound = sandbox.inbound(inbox).await;
    let first = collect(&mut inbound, 3).await;
    assert_eq!(bodies(&first), ["1", "2", "3"]);
    inbound.acker().ack_through(first[2].tag).await.unwrap();
    let second = collect(&mut inbound, 2).await;
    assert_eq!(bodies(&second), ["4", "5"]);
    inbound.acker().ack(second[1].tag).await.unwrap();
    drop(inbound);
    eventually(async || sandbox.ready(inbox).await == 1).await;
    let again = within(sandbox.inbound(inbox).await.receive(9, AT_ONCE)).await.unwrap();
    assert_eq!((bodies(&again), again[0].redelivered), (vec!["4"], true));
}

#[tokio::test]
async fn a_lone_message_does_not_wait_for_more() {
    let sandbox = Sandbox::declared().await;
    let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
    sandbox.publish_events(&["lone"]).await;
    assert_eq!(bodies(&within(inbound.receive(500, VERY_LONG)).await.unwrap()), ["lone"]);
}

#[tokio::test]
async fn dropping_the_wait_loses_nothing() {
    let sandbox = Sandbox::declared().await;
    sandbox.publish_events(&["1", "2", "3"]).await;
    let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
    eventually(async || sandbox.ready(sandbox.names.inbox()).await == 0).await;
    let given_up = tokio::time::timeout(Duration::from_millis(200), inbound.receive(500, VERY_LONG)).await;
    let mut received = given_up.unwrap_or_else(|_| Ok(Vec::new())).unwrap();
    let missing = 3 - received.len();
    received.extend(collect(&mut inbound, missing).await);
    assert_eq!(bodies(&received), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_cancelled_consumer_still_hands_out_and_acknowledges_what_it_has() {
    let sandbox = Sandbox::declared().await;
    let inbox = sandbox.names.inbox();
    sandbox.publish_events(&["1", "2"]).await;
    let mut inbound = sandbox.inbound(inbox).await;
    eventually(async || sandbox.ready(inbox).await == 0).await;
    inbound.cancel().await.unwrap();
    let acker = inbound.acker();
    let mut received = Vec::new();
    let end = loop {
        match within(inbound.receive(1, AT_ONCE)).await {
            Ok(batch) => received.extend(batch),
            Err(end) => break end,
        }
    };
    assert!(matches!(end, BrokerError::ConsumerEnded { .. }), "{end:?}");
    assert!(within(inbound.receive(1, AT_ONCE)).await.is_err(), "the end stays the end");
    assert_eq!(bodies(&received), ["1", "2"]);
    drop(inbound);
    acker.ack_through(2).await.unwrap();
    drop(acker);
    eventually(async || sandbox.ready(inbox).await == 0).await;
}

#[tokio::test]
async fn what_is_put_back_comes_first_again_also_at_the_end() {
    let sandbox = Sandbox::declared().await;
    sandbox.publish_events(&["1", "2", "3", "4"]).await;
    let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
    let mut received = collect(&mut inbound, 3).await;
    inbound.put_back(received.split_off(1));
    assert_eq!(bodies(&collect(&mut inbound, 3).await), ["2", "3", "4"]);
    inbound.cancel().await.unwrap();
    inbound.put_back(received);
    assert_eq!(bodies(&within(inbound.receive(500, VERY_LONG)).await.unwrap()), ["1"]);
    assert!(within(inbound.receive(1, AT_ONCE)).await.is_err(), "nothing else is left");
}

#[tokio::test]
async fn a_deleted_queue_ends_the_consumer() {
    let sandbox = Sandbox::declared().await;
    let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
    sandbox.raw.queue_delete(sandbox.names.inbox().into(), QueueDeleteOptions::default()).await.unwrap();
    let end = within(inbound.receive(1, AT_ONCE)).await.unwrap_err();
    assert!(matches!(end, BrokerError::ConsumerEnded { .. }), "{end:?}");
}

#[tokio::test]
async fn an_acknowledgement_on_a_dead_channel_fails() {
    let sandbox = Sandbox::declared().await;
    let inbound = sandbox.inbound(sandbox.names.inbox()).await;
    let acker = inbound.acker();
    // The broker closes the channel over a tag that it never gave.
    let _ = acker.ack(77).await;
    eventually(async || acker.ack(78).await.is_err()).await;
}
