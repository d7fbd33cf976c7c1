//! What happens to a broker over the years: restarts, imports, somebody else's policies, too large a message.

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Connection, ConnectionProperties, ErrorKind};

use crate::broker::Broker;
use crate::definitions::assert_declared;

async fn connect(broker: &Broker, user: &str) -> Connection {
    let url = broker.url(user);
    let connected = Connection::connect(url.as_str(), ConnectionProperties::default()).await;
    connected.unwrap_or_else(|error| panic!("{user} has a password: {error}"))
}

/// A catch-all with `expires` would delete the delay queue with its timers: it has no consumer.
#[tokio::test]
async fn the_topology_outlives_a_restart_and_a_policy_for_every_queue() {
    let broker = Broker::start();
    broker.run("rabbitmqctl set_policy everything '.*' '{\"expires\": 1000}'", &[]);
    for stage in ["imported", "restarted"] {
        let queues = broker.run("rabbitmqctl --quiet list_queues --no-table-headers name policy", &[]);
        assert!(queues.lines().all(|queue| queue.ends_with("\tlead-tracker")), "{stage}: {queues}");
        broker.run("rabbitmqctl export_definitions exported.json", &[]);
        let exported = broker.run("cat exported.json", &[]);
        assert_declared(serde_json::from_str(&exported).expect("definitions are JSON"));
        connect(&broker, "lead-tracker").await;
        broker.run("rabbitmqctl stop_app && rabbitmqctl start_app", &[]);
    }
}

#[tokio::test]
async fn a_message_that_only_the_service_refuses_gets_to_it() {
    let broker = Broker::shared();
    let connection = connect(&broker, "lead-publisher").await;
    let publish = async |size: usize| {
        let channel = connection.create_channel().await.expect("the connection is open");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("the broker confirms publishes");
        let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
        let body = vec![b' '; size];
        let published =
            channel.basic_publish("hirelocal.leads".into(), "lead.viewed".into(), options, &body, properties);
        published.await?.await
    };
    assert!(publish(256 * 1024 + 1).await.expect("it fits").is_ack());
    let error = publish(1024 * 1024 + 1).await.expect_err("it is more than max_message_size");
    assert!(matches!(error.kind(), ErrorKind::ProtocolError(reply) if reply.get_id() == 406), "{error}");
}
