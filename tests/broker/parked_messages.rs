//! Looking at parked messages, replaying and discarding them.

use super::*;

const REASON: &str = "leadId: missing";

/// Parks what the inbox holds, as the consumer does.
async fn park_inbox(sandbox: &Sandbox, count: usize, parked_at: &str) {
    let mut inbound = sandbox.inbound(sandbox.names.inbox()).await;
    let received = collect(&mut inbound, count).await;
    let publisher = sandbox.publisher().await;
    let refused: Vec<_> = received.iter().map(|delivery| (delivery, REASON)).collect();
    park(&publisher, &sandbox.names, &refused, parked_at.parse().unwrap()).await.unwrap();
    inbound.acker().ack_through(received.last().unwrap().tag).await.unwrap();
    // RabbitMQ 3.10 answers a cancel twice where the queue is deleted in the same moment, and lapin gives up over that.
    inbound.cancel().await.unwrap();
}

async fn list(sandbox: &Sandbox) -> Vec<parked::ParkedMessage> {
    parked::list(&sandbox.connection, &sandbox.names, 100).await.unwrap()
}

#[tokio::test]
async fn are_shown_with_reason_and_origin_and_looking_loses_none() {
    let sandbox = Sandbox::declared().await;
    let mut headers = FieldTable::default();
    headers.insert("x-tenant".into(), text("hirelocal"));
    headers.insert("CC".into(), AMQPValue::FieldArray(FieldArray::from(vec![text(sandbox.names.expired())])));
    let properties = BasicProperties::default()
        .with_message_id("event-1".into())
        .with_content_type("application/json".into())
        .with_expiration("3600000".into())
        .with_user_id(sandbox._raw_connection.status().username().as_str().into())
        .with_headers(headers);
    let exchange = sandbox.names.exchange();
    sandbox.publish_raw(exchange, "lead.viewed", b"{\"a\":1}", properties).await;
    sandbox.publish_raw(exchange, "lead.closed", b"\xff\x00", BasicProperties::default()).await;
    park_inbox(&sandbox, 2, "2026-03-01T12:00:00Z").await;

    for _ in 0..30 {
        let messages = list(&sandbox).await;
        let shown = serde_json::to_value(&messages).unwrap();
        assert_eq!(shown.as_array().map(Vec::len), Some(2), "{shown}");
        assert_eq!(shown[0]["id"], shown[0]["headers"]["x-parked-id"]);
        assert_eq!(shown[0]["parkedAt"], "2026-03-01T12:00:00Z");
        assert_eq!(shown[0]["routingKey"], "lead.viewed");
        assert_eq!(shown[0]["reason"], REASON);
        assert_eq!(shown[0]["contentType"], "application/json");
        assert_eq!(shown[0]["body"], "{\"a\":1}");
        assert_eq!(shown[0].get("bodyEncoding"), None);
        assert_eq!(shown[0]["headers"]["x-tenant"], "hirelocal");
        assert_eq!(shown[0]["headers"]["x-original-exchange"], exchange);
        assert_eq!(shown[1]["body"], "/wA=");
        assert_eq!(shown[1]["bodyEncoding"], "base64");
        assert_eq!(shown[1]["contentType"], serde_json::Value::Null);
    }
    assert_eq!(parked::list(&sandbox.connection, &sandbox.names, 1).await.unwrap().len(), 1);
    assert_eq!(sandbox.ready(sandbox.names.expired()).await, 0, "the copy went to no CC");
}

#[tokio::test]
async fn leave_out_headers_that_would_exceed_a_frame() {
    let sandbox = Sandbox::declared().await;
    let mut headers = FieldTable::default();
    headers.insert("x-tenant".into(), text("hirelocal"));
    headers.insert("x-large".into(), text(&"x".repeat(130_900)));
    let properties = BasicProperties::default().with_headers(headers);
    sandbox.publish_raw(sandbox.names.exchange(), "lead.viewed", b"{}", properties).await;
    park_inbox(&sandbox, 1, "2026-03-01T12:00:00Z").await;

    let shown = list(&sandbox).await.remove(0);
    assert_eq!((shown.reason.as_str(), shown.routing_key.as_str()), (REASON, "lead.viewed"));
    assert_eq!((&shown.headers["x-tenant"], &shown.headers["x-headers-dropped"]), (&"hirelocal".into(), &"1".into()));
    assert_eq!(shown.headers.get("x-large"), None);
}

#[tokio::test]
async fn are_replayed_to_the_inbox_alone_and_remember_when_they_were_first_seen() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, raw, .. } = &sandbox;
    let subscriber = names.response_window(OTHER_WINDOW);
    sandbox.declare_raw(&subscriber, &[]).await;
    let bind = raw.queue_bind(
        subscriber.as_str().into(),
        names.exchange().into(),
        "#".into(),
        Default::default(),
        FieldTable::default(),
    );
    bind.await.unwrap();
    sandbox.publish_events(&["a", "b"]).await;
    park_inbox(&sandbox, 2, "2026-03-01T12:00:00Z").await;
    let first = list(&sandbox).await;
    let ids = BTreeSet::from([first[0].id, Uuid::nil()]);
    let handled = parked::replay(connection, names, &Selection::Ids(ids)).await.unwrap();
    assert_eq!((handled.done, handled.missing), (vec![first[0].id], vec![Uuid::nil()]));
    assert_eq!(list(&sandbox).await, first[1..]);
    assert_eq!(sandbox.ready(&subscriber).await, 2, "no other subscriber sees it again");

    let received = within(sandbox.inbound(names.inbox()).await.receive(10, AT_ONCE)).await.unwrap();
    assert_eq!((bodies(&received), received[0].event_routing_key()), (vec!["a"], "lead.viewed".into()));
    assert_eq!(received[0].header("x-parked-reason"), None);
    assert_eq!(received[0].header("x-parked-id"), None);

    eventually(async || sandbox.ready(names.inbox()).await == 1).await;
    park_inbox(&sandbox, 1, "2026-03-02T12:00:00Z").await;
    let again = list(&sandbox).await.pop().unwrap();
    assert_ne!(again.id, first[0].id, "each parking is an entry of its own");
    assert_eq!(again.routing_key, "lead.viewed");
    assert_eq!(again.headers["x-first-parked-at"], "2026-03-01T12:00:00.000Z");
    assert_eq!(again.headers["x-parked-at"], "2026-03-02T12:00:00.000Z");
    assert_eq!(again.headers["x-original-exchange"], names.exchange());
}

#[tokio::test]
async fn that_were_timers_are_replayed_to_the_expired_queue() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, .. } = &sandbox;
    sandbox.publish_raw("", names.expired(), b"timer", BasicProperties::default()).await;
    let mut inbound = sandbox.inbound(names.expired()).await;
    let timer = within(inbound.receive(1, AT_ONCE)).await.unwrap().remove(0);
    park(&sandbox.publisher().await, names, &[(&timer, REASON)], Utc::now()).await.unwrap();
    inbound.acker().ack(timer.tag).await.unwrap();
    parked::replay(connection, names, &Selection::All).await.unwrap();
    let replayed = within(inbound.receive(1, AT_ONCE)).await.unwrap();
    assert_eq!((bodies(&replayed), replayed[0].event_routing_key()), (vec!["timer"], names.expired().into()));
    assert_eq!(sandbox.ready(names.inbox()).await, 0);
}

#[tokio::test]
async fn are_discarded_one_by_one_or_all() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, .. } = &sandbox;
    for body in ["a", "b", "b"] {
        let properties = BasicProperties::default().with_message_id("event-1".into());
        sandbox.publish_raw(names.exchange(), "lead.viewed", body.as_bytes(), properties).await;
    }
    park_inbox(&sandbox, 3, "2026-03-01T12:00:00Z").await;
    let b = list(&sandbox).await[1].id;
    let handled = parked::discard(connection, names, &Selection::Ids(BTreeSet::from([b]))).await.unwrap();
    assert_eq!(handled.done, [b]);
    let left: Vec<_> = list(&sandbox).await.into_iter().map(|message| message.body).collect();
    assert_eq!(left, ["a", "b"], "the other of two equal messages stays");
    assert_eq!(parked::discard(connection, names, &Selection::All).await.unwrap().done.len(), 2);
    assert_eq!(list(&sandbox).await, []);
}

#[tokio::test]
async fn stay_parked_while_their_queue_is_missing() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, raw, .. } = &sandbox;
    sandbox.publish_events(&["a"]).await;
    park_inbox(&sandbox, 1, "2026-03-01T12:00:00Z").await;
    raw.queue_delete(names.inbox().into(), QueueDeleteOptions::default()).await.unwrap();
    let handled = parked::replay(connection, names, &Selection::All).await.unwrap();
    assert_eq!((handled.done.len(), handled.refused.len()), (0, 1));
    assert_eq!(list(&sandbox).await.len(), 1);
}

#[tokio::test]
async fn that_the_delivery_limit_sent_there_tell_their_reason_and_can_be_replayed() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, raw, .. } = &sandbox;
    sandbox.publish_events(&["poison"]).await;
    let consume = BasicConsumeOptions::default();
    let mut consumer =
        raw.basic_consume(names.inbox().into(), "".into(), consume, FieldTable::default()).await.unwrap();
    for _ in 0..=topology::DELIVERY_LIMIT {
        let delivery = within(futures::StreamExt::next(&mut consumer)).await.unwrap().unwrap();
        delivery.nack(BasicNackOptions { requeue: true, ..Default::default() }).await.unwrap();
    }
    eventually(async || sandbox.ready(names.parked()).await == 1).await;
    raw.basic_cancel(consumer.tag(), Default::default()).await.unwrap();
    let message = list(&sandbox).await.remove(0);
    assert_eq!(message.reason, format!("delivery limit of 20 reached on {}", names.inbox()));
    assert_eq!(message.routing_key, "lead.viewed");
    assert!(message.parked_at.is_some());
    assert_eq!(list(&sandbox).await[0].id, message.id, "the id is stable");

    parked::replay(connection, names, &Selection::Ids(BTreeSet::from([message.id]))).await.unwrap();
    let received = within(sandbox.inbound(names.inbox()).await.receive(10, AT_ONCE)).await.unwrap();
    assert_eq!((bodies(&received), received[0].event_routing_key()), (vec!["poison"], "lead.viewed".into()));
    assert!(received[0].header("x-first-parked-at").is_some());
}
