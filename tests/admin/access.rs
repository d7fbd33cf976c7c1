//! Who may use the administrators' routes, and what they refuse.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Client, send};
use crate::stage::{admin, audit, world};
use crate::token::Claims;
use crate::{CHECK, PARKED, SUMMARY, WINDOW, put_window};

fn routes() -> Vec<(Method, String)> {
    let fixed = [
        (Method::POST, CHECK),
        (Method::GET, WINDOW),
        (Method::PUT, WINDOW),
        (Method::GET, SUMMARY),
        (Method::GET, PARKED),
    ];
    let message = format!("{PARKED}/{}", Uuid::new_v4());
    let of_message = [(Method::POST, format!("{message}/replay")), (Method::DELETE, message)];
    fixed.map(|(method, path)| (method, path.to_owned())).into_iter().chain(of_message).collect()
}

fn request(client: &Client, (method, path): &(Method, String)) -> RequestBuilder {
    client.request(method.clone(), path)
}

#[tokio::test]
async fn every_route_is_closed_to_all_but_administrators() {
    let world = world(60_000).await;
    let service = world.start().await;
    let nobody = Client::anonymous(&service);
    let bad = nobody.clone().with_token("not.a.token".to_owned());
    let forged = Claims::admin().sign_with("another secret than that of the service");
    let forged = nobody.clone().with_token(forged);
    let freelancer = Client::freelancer(&service, Uuid::new_v4());

    for route in routes() {
        send(request(&nobody, &route)).await.problem(401, "no-token");
        send(request(&bad, &route)).await.problem(401, "bad-token");
        send(request(&forged, &route)).await.problem(401, "bad-token");
        send(request(&freelancer, &route)).await.problem(403, "wrong-role");
    }
    assert_eq!(audit(&world).await, []);
    world.close().await;
}

#[tokio::test]
async fn every_field_is_checked_and_named() {
    let world = world(60_000).await;
    let service = world.start().await;
    let admin = admin(&service);

    for limit in [json!(0), json!(-1), json!(1.5), json!("10"), json!(1_000_001), json!(true)] {
        let refused = admin.post(CHECK, &json!({ "limit": limit })).await.problem(422, "invalid");
        assert_eq!(refused["field"], "limit", "{refused}");
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("1 to 1000000")), "{refused}");
    }
    for dry_run in [json!(1), json!("true")] {
        let refused = admin.post(CHECK, &json!({ "dryRun": dry_run })).await.problem(422, "invalid");
        assert_eq!(refused["field"], "dryRun", "{refused}");
    }
    for minutes in [json!(0.049), json!(10_080.01), json!(-30), json!("30"), json!([30]), Value::Null] {
        let refused = put_window(&admin, minutes).await.problem(422, "invalid");
        assert_eq!(refused["field"], "minutes", "{refused}");
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("0.05 to 10080")), "{refused}");
    }
    for limit in ["0", "1001", "ten"] {
        let refused = admin.get(&format!("{PARKED}?limit={limit}")).await.problem(422, "invalid");
        assert_eq!(refused["field"], "limit", "{refused}");
    }
    for (method, path) in [(Method::POST, "/api/admin/parked/7/replay"), (Method::DELETE, "/api/admin/parked/7")] {
        let refused = send(admin.request(method, path)).await.problem(422, "invalid");
        assert_eq!(refused["field"], "id", "{refused}");
    }
    assert_eq!(audit(&world).await, []);
    world.close().await;
}

#[tokio::test]
async fn bodies_are_json_objects() {
    let world = world(60_000).await;
    let service = world.start().await;
    let admin = admin(&service);

    for (method, path) in [(Method::POST, CHECK), (Method::PUT, WINDOW)] {
        let send_text = async |kind: &str, text: String| {
            send(admin.request(method.clone(), path).header("content-type", kind).body(text)).await
        };
        send_text("application/json", "{".to_owned()).await.problem(400, "bad-body");
        send_text("application/json", "[1]".to_owned()).await.problem(400, "bad-body");
        send_text("text/plain", "minutes=30".to_owned()).await.problem(415, "unsupported-media-type");
        send_text("application/json", " ".repeat(65 * 1024)).await.problem(413, "too-large");
    }
    world.close().await;
}
