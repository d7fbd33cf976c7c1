//! A wrong configuration stops the start with one line that names it.

use std::net::TcpListener;

use crate::world;

#[tokio::test]
async fn a_wrong_setting_is_named_before_a_port_is_opened() {
    let world = world(60_000).await;
    // The port is taken: a service that opened it first would complain of that instead.
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let address = taken.local_addr().expect("a listener has an address").to_string();
    let wrong = [
        ("DATABASE_URL", "nowhere in particular", "DATABASE_URL"),
        ("AMQP_URL", "http://127.0.0.1/", "AMQP_URL"),
        ("DATABASE_URL", "postgres://postgres@127.0.0.1/leads?sslrootcert=/no/such/ca.pem", "DATABASE_URL"),
        ("AMQP_URL", "amqps://127.0.0.1/?cacertfile=/no/such/ca.pem", "AMQP_URL"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "0s", "RESPONSE_WINDOW"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "30", "RESPONSE_WINDOW"),
        ("LEAD_TRACKER_RESPONSE_WINDOW", "8days", "RESPONSE_WINDOW"),
        ("LEAD_TRACKER_SWEEP__INTERVAL", "soon", "SWEEP__INTERVAL"),
        ("LEAD_TRACKER_AUTH__HS256_SECRET", "", "AUTH__HS256_SECRET"),
    ];
    for (name, value, named) in wrong {
        let finished = world.run_with(&[(name, value), ("LEAD_TRACKER_HTTP__ADDRESS", &address)], &["serve"]).await;
        assert!(finished.complaint().contains(named), "{name}={value}: {}", finished.complaint());
    }
    world.close().await;
}

#[tokio::test]
async fn an_unknown_key_in_the_file_is_named() {
    let world = world(60_000).await;
    let file = world.folder().join("lead-tracker.toml");
    let path = file.to_str().expect("the folder's name is text");
    for (content, named) in [("colour = \"blue\"", "colour"), ("[sweep]\ninterwal = \"30s\"", "interwal")] {
        std::fs::write(&file, content).expect("the file can be written");
        let finished = world.run(&["serve", "--config", path]).await;
        assert!(finished.complaint().contains(named), "{content}: {}", finished.complaint());
    }
    world.close().await;
}

#[tokio::test]
async fn an_unknown_variable_is_only_warned_of() {
    let world = world(60_000).await;

    let service = world.spawn(world.service().env("LEAD_TRACKER_SERVICE_HOST", "10.0.0.7"));

    service.ready().await;
    assert!(service.log().contains("LEAD_TRACKER_SERVICE_HOST"), "{}", service.log());
    world.close().await;
}
