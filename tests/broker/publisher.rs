//! What becomes of messages, and which properties they have.

use super::*;

#[tokio::test]
async fn tells_unroutable_messages_of_a_mixed_batch_by_their_ids() {
    let sandbox = Sandbox::declared().await;
    let batch = (0..500).map(|n| {
        let key = if n % 7 == 3 { "nobody.listens" } else { "lead.viewed" };
        event(key, &n.to_string(), "{}")
    });
    let reports = sandbox.publisher().await.publish(batch.collect()).await.unwrap();
    for (n, report) in reports.iter().enumerate() {
        let expected = if n % 7 == 3 { Outcome::Unroutable } else { Outcome::Confirmed };
        assert_eq!((report.message_id.as_str(), report.outcome), (n.to_string().as_str(), expected));
    }
}

#[tokio::test]
async fn tells_messages_with_one_id_apart_by_their_target() {
    let sandbox = Sandbox::declared().await;
    let batch = ["nobody.listens", "lead.viewed", "nobody.listens"].map(|key| event(key, "same", "{}"));
    let reports = sandbox.publisher().await.publish(batch.into()).await.unwrap();
    let outcomes: Vec<_> = reports.iter().map(|report| report.outcome).collect();
    assert_eq!(outcomes, [Outcome::Unroutable, Outcome::Confirmed, Outcome::Unroutable]);
}

#[tokio::test]
async fn reports_what_a_full_queue_refuses() {
    let sandbox = Sandbox::new().await;
    let queue = sandbox.names.inbox();
    sandbox.declare_raw(queue, &[("x-max-length", long(1)), ("x-overflow", text("reject-publish"))]).await;
    let publisher = sandbox.publisher().await;
    let mut outcomes = Vec::new();
    for id in ["1", "2"] {
        let message = Outbound::new(Target::Queue(queue.to_owned()), id, "");
        outcomes.push(publisher.publish(vec![message]).await.unwrap()[0].outcome);
    }
    assert_eq!(outcomes, [Outcome::Confirmed, Outcome::Refused]);
}

#[tokio::test]
async fn sets_the_properties_that_subscribers_rely_on() {
    let sandbox = Sandbox::declared().await;
    let time: DateTime<Utc> = "2026-03-01T12:00:00.75Z".parse().unwrap();
    let mut message = event("lead.viewed", "id-1", "{}");
    message.kind = Some("lead.viewed".to_owned());
    message.correlation_id = Some("lead-1".to_owned());
    message.content_type = Some("application/json".to_owned());
    message.timestamp = Some(time);
    message.headers.insert("traceparent".to_owned(), "00-a-b-01".to_owned());
    sandbox.publisher().await.publish(vec![message]).await.unwrap();

    let received = within(sandbox.inbound(sandbox.names.inbox()).await.receive(1, AT_ONCE)).await.unwrap();
    let properties = &received[0].properties;
    assert_eq!(properties.message_id.as_deref(), Some("id-1"));
    assert_eq!(properties.kind.as_deref(), Some("lead.viewed"));
    assert_eq!(properties.correlation_id.as_deref(), Some("lead-1"));
    assert_eq!(properties.content_type.as_deref(), Some("application/json"));
    assert_eq!(properties.timestamp, DateTime::from_timestamp(time.timestamp(), 0));
    assert_eq!(received[0].headers().collect::<Vec<_>>(), [("traceparent", "00-a-b-01".into())]);
    assert_eq!(received[0].exchange, sandbox.names.exchange());
}

#[tokio::test]
async fn is_broken_by_an_error_and_says_so() {
    let sandbox = Sandbox::new().await;
    let publisher = sandbox.publisher().await;
    let first = publisher.publish(vec![event("lead.viewed", "1", "{}")]).await;
    assert!(matches!(first, Err(BrokerError::Failed { .. })), "the exchange does not exist: {first:?}");
    let second = publisher.publish(vec![event("lead.viewed", "2", "{}")]).await;
    assert!(matches!(second, Err(BrokerError::PublisherClosed)), "{second:?}");
}

#[tokio::test]
async fn refuses_a_property_that_amqp_cannot_carry_and_lives_on() {
    let sandbox = Sandbox::declared().await;
    let publisher = sandbox.publisher().await;
    let error = publisher.publish(vec![event("lead.viewed", &"x".repeat(256), "{}")]).await.unwrap_err();
    assert_eq!(error.to_string(), "message_id is longer than the 255 bytes that AMQP allows");
    assert!(publisher.publish(vec![event("lead.viewed", "1", "{}")]).await.is_ok());
}
