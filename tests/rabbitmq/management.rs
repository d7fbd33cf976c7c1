//! What a page says of `rabbitmqadmin`, which speaks to RabbitMQ's management plugin.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::broker::{ADMIN, Broker, password};

const SUBSCRIBING: &str = include_str!("../../docs/subscribing.md");

#[tokio::test]
async fn an_administrator_makes_a_subscribers_queue_by_hand() {
    let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let port = free.expect("a port is free").port();
    let broker = Broker::with_management(port);
    broker.with_admin();
    install_rabbitmqadmin(&broker, port).await;
    let home = broker.folder().display().to_string();
    let path = format!("{home}:{}", std::env::var("PATH").expect("there is a PATH"));

    let (_, commands) = SUBSCRIBING.split_once("```sh tests/rabbitmq\n").expect("the page has commands");
    for command in commands.lines().take_while(|line| *line != "```") {
        broker.run(&format!("PATH='{path}' {command}"), &[("HOME", &home)]);
    }

    let queues = broker.run("rabbitmqctl --quiet list_queues name type durable", &[]);
    assert!(queues.contains("notification-service.leads\tquorum\ttrue"), "{queues}");
    let bindings = broker.run("rabbitmqctl --quiet list_bindings source_name destination_name routing_key", &[]);
    for key in ["lead.missed", "lead.missed_retracted"] {
        let binding = format!("hirelocal.leads\tnotification-service.leads\t{key}\n");
        assert!(bindings.contains(&binding), "{bindings}");
    }
}

/// As the plugin hands it out, set up for the administrator.
async fn install_rabbitmqadmin(broker: &Broker, port: u16) {
    let url = format!("http://127.0.0.1:{port}/cli/rabbitmqadmin");
    let answer = reqwest::get(url).await.and_then(|answer| answer.error_for_status()).expect("the plugin has it");
    let program = broker.folder().join("rabbitmqadmin");
    fs::write(&program, answer.bytes().await.expect("it comes whole")).expect("it can be written");
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it is ours");
    let settings = format!("[default]\nport = {port}\nusername = {ADMIN}\npassword = {}\n", password(ADMIN));
    fs::write(broker.folder().join(".rabbitmqadmin.conf"), settings).expect("settings can be written");
}
