//! The main job, done by users who may do little else, and what an operator does beside it.

use std::time::Duration;

use chrono::Utc;
use serde_json::Value;

use crate::broker::{BINARY, Broker};
use crate::harness::{Event, Offer, Publisher, Service, Subscriber, World, comes_to, eventually};

const PARKED: &str = "lead-tracker.parked";

#[tokio::test]
async fn the_main_job_runs_as_the_least_privileged_user_with_declaring_off() {
    let broker = Broker::start();
    let world = World::with_prefix("", BINARY.into(), broker.with_admin(), Duration::from_secs(2)).await;
    declare_as_operator(&broker);
    let service = serve(&broker, &world).await;
    let publisher = Publisher::new(&world.amqp_at(&broker.url("lead-publisher")).await).await;
    let subscriber = Subscriber::bound_to(
        &world.amqp_at(&broker.url("notification-service")).await,
        "notification-service.leads",
        &["lead.missed", "lead.missed_retracted"],
    )
    .await;

    let (answered, missed) = (Offer::now(), Offer::now());
    let answer = answered.responded("accepted").at(Utc::now());
    publisher.send_all([answered.notified(), answer, missed.notified()]).await;
    let announced = subscriber.wait_for("lead.missed", missed.key()).await;
    assert_eq!(announced.text("detectedBy"), "timeout");
    assert_eq!(service.metric("lead_tracker_fence_timeouts_total", &[]).await, 0.0);
    publisher.send(missed.responded("accepted").at(missed.notified_at)).await;
    subscriber.wait_for("lead.missed_retracted", missed.key()).await;
    assert!(subscriber.standing().is_empty(), "{:?}", subscriber.messages());

    look_after_parked_messages(&broker, &world, &publisher).await;
    look_around(&broker).await;
    broker.ran_all_that_is_documented();
    assert!(!service.log().contains("ACCESS_REFUSED"), "{}", service.log());
    world.close().await;
}

/// The definitions have the queue of the default window; that of any other is declared by who may.
fn declare_as_operator(broker: &Broker) {
    let operator = broker.url("lead-tracker-operator").to_string();
    broker.documented("lead-tracker topology verify", &[("AMQP_URL", &operator)]);
    let window = [("AMQP_URL", &*operator), ("LEAD_TRACKER_RESPONSE_WINDOW", "2s")];
    broker.documented("lead-tracker topology declare", &window);
}

async fn serve(broker: &Broker, world: &World) -> Service {
    let launch = world.service().env("AMQP_URL", broker.url("lead-tracker"));
    let service = world.spawn(launch.env("LEAD_TRACKER_BROKER__DECLARE", "false"));
    service.ready().await;
    assert!(service.log().contains("cannot be compared"), "it says what it may not verify: {}", service.log());
    service
}

async fn look_after_parked_messages(broker: &Broker, world: &World, publisher: &Publisher) {
    let operator = broker.url("lead-tracker-operator").to_string();
    let run = |line, id: &str| broker.documented(line, &[("AMQP_URL", &operator), ("ID", id)]);
    let parked =
        async |count| comes_to("parked messages", Some(count), async || world.amqp().ready(PARKED).await).await;
    let one = Offer::now().responded("perhaps");
    publisher.send_all([Event::closed(Offer::now().lead, "eaten"), one]).await;
    parked(2).await;

    assert!(run("lead-tracker parked list", "").contains("outcome"));
    let list: Value = serde_json::from_str(&run("lead-tracker parked list --json", "")).expect("it prints JSON");
    run("lead-tracker parked replay \"$ID\"", list[0]["id"].as_str().expect("an id is text"));
    parked(2).await;
    let mut ids = list.as_array().expect("the list is an array").iter().map(|item| item["id"].as_str());
    run("lead-tracker parked discard \"$ID\"", ids.next_back().flatten().expect("an id is text"));
    parked(1).await;
    run("lead-tracker parked replay --all", "");
    parked(1).await;
    run("lead-tracker parked discard --all", "");
    parked(0).await;
}

async fn look_around(broker: &Broker) {
    // What rabbitmqctl tells of a queue may be some seconds old.
    eventually("the inbox is empty, has a consumer and the policy", async || {
        let queues = broker.documented("rabbitmqctl list_queues name messages consumers policy", &[]);
        queues.contains("lead-tracker.inbox\t0\t1\tlead-tracker")
    })
    .await;
    broker.documented("rabbitmqctl import_definitions definitions.json", &[]);
    broker.run("rabbitmqctl add_user guest guest", &[]);
    broker.documented("rabbitmqctl delete_user guest", &[]);
    let retention = "rabbitmqctl set_policy --priority 200 --apply-to queues lead-tracker-parked \
                     '^lead-tracker\\.parked$' '{\"message-ttl\": 7776000000}'";
    broker.documented(retention, &[]);
    let queues = broker.run("rabbitmqctl list_queues name policy", &[]);
    assert!(queues.contains("lead-tracker.parked\tlead-tracker-parked"), "{queues}");
}
