//! Declaring, verifying and pruning the topology.

use super::*;

#[tokio::test]
async fn is_declared_whole_and_declared_again_without_a_difference() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, .. } = &sandbox;
    topology::declare(connection, names, WINDOW).await.unwrap();
    topology::verify(connection, names, WINDOW).await.unwrap();

    let events = INBOUND.map(|key| event(key, key, "{}"));
    let reports = sandbox.publisher().await.publish(events.into()).await.unwrap();
    assert!(reports.iter().all(|report| report.outcome == Outcome::Confirmed), "{reports:?}");
    assert_eq!(sandbox.ready(names.inbox()).await, 5);
}

#[tokio::test]
async fn delays_a_timer_and_hands_it_to_the_expired_queue() {
    let sandbox = Sandbox::new().await;
    let window = Duration::from_millis(100);
    topology::declare(&sandbox.connection, &sandbox.names, window).await.unwrap();
    let queue = sandbox.names.response_window(window);
    let timer = Outbound::new(Target::Queue(queue.clone()), "timer", "due");
    sandbox.publisher().await.publish(vec![timer]).await.unwrap();
    let mut expired = sandbox.inbound(sandbox.names.expired()).await;
    let timers = within(expired.receive(10, AT_ONCE)).await.unwrap();
    assert_eq!(bodies(&timers), ["due"]);
    assert_eq!(timers[0].event_routing_key(), sandbox.names.expired());
    sandbox.raw.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
}

#[tokio::test]
async fn names_queue_argument_and_both_values_of_a_difference() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, raw, .. } = &sandbox;
    let window = names.response_window(WINDOW);
    for queue in [&window, names.inbox()] {
        raw.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
    }
    let dead_lettering = |target: &str| {
        [
            ("x-queue-type", text("quorum")),
            ("x-dead-letter-exchange", text("")),
            ("x-dead-letter-routing-key", text(target)),
            ("x-dead-letter-strategy", text("at-least-once")),
            ("x-overflow", text("reject-publish")),
        ]
    };
    let mut delay = dead_lettering(names.expired()).to_vec();
    delay.push(("x-message-ttl", long(1000)));
    sandbox.declare_raw(&window, &delay).await;
    let expected = format!("queue {window}: x-message-ttl is 1000, expected 3600000");
    assert_eq!(line(topology::verify_window(connection, names, WINDOW).await), expected);
    assert_eq!(line(topology::declare_window(connection, names, WINDOW).await), expected);

    sandbox.declare_raw(names.inbox(), &dead_lettering(names.parked())).await;
    let expected = format!("queue {}: x-delivery-limit is none, expected 20", names.inbox());
    assert_eq!(line(topology::verify(connection, names, WINDOW).await), expected);
    assert_eq!(line(topology::declare(connection, names, WINDOW).await), expected);
}

#[tokio::test]
async fn names_a_difference_of_the_exchange() {
    let sandbox = Sandbox::new().await;
    let Sandbox { connection, names, raw, .. } = &sandbox;
    let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
    let declared = raw.exchange_declare(names.exchange().into(), ExchangeKind::Direct, options, FieldTable::default());
    declared.await.unwrap();
    let expected = format!("exchange {}: type is \"direct\", expected \"topic\"", names.exchange());
    assert_eq!(line(topology::verify(connection, names, WINDOW).await), expected);
}

#[tokio::test]
async fn is_verified_without_creating_what_is_missing() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, raw, .. } = &sandbox;
    let missing = names.response_window(OTHER_WINDOW);
    let expected = format!("queue {missing} does not exist");
    assert_eq!(line(topology::verify_window(connection, names, OTHER_WINDOW).await), expected);
    assert!(matches!(depth(connection, &missing).await, Err(BrokerError::MissingQueue { .. })));

    raw.exchange_delete(names.exchange().into(), ExchangeDeleteOptions::default()).await.unwrap();
    let expected = format!("exchange {} does not exist", names.exchange());
    assert_eq!(line(topology::verify(connection, names, WINDOW).await), expected);
}

#[tokio::test]
async fn is_pruned_of_drained_queues_that_are_not_in_use() {
    let sandbox = Sandbox::declared().await;
    let Sandbox { connection, names, .. } = &sandbox;
    topology::declare_window(connection, names, OTHER_WINDOW).await.unwrap();
    let timer = Outbound::new(Target::Queue(names.response_window(WINDOW)), "timer", "");
    sandbox.publisher().await.publish(vec![timer]).await.unwrap();

    let windows = [WINDOW, OTHER_WINDOW, Duration::from_secs(1)];
    assert_eq!(topology::prune(connection, names, &windows, &windows).await.unwrap(), [] as [String; 0]);
    let pruned = topology::prune(connection, names, &[], &windows).await.unwrap();
    assert_eq!(pruned, [names.response_window(OTHER_WINDOW)]);
    assert_eq!(sandbox.ready(&names.response_window(WINDOW)).await, 1);
}
