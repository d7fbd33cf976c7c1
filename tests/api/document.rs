//! The API's description of itself.

use serde_json::{Value, json};

use crate::client::Client;
use crate::world;

/// Every operation: its method and path, and what is said of it.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("a path item").iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[tokio::test]
async fn every_route_is_described() {
    let world = world(60_000).await;
    let service = world.start().await;

    let document = Client::anonymous(&service).get("/api/openapi.json").await.json();

    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")), "{}", document["openapi"]);
    let open = ["get /health", "get /health/live", "get /health/ready", "get /metrics"];
    for (route, operation) in operations(&document) {
        let is_secured = operation["security"] == json!([{ "bearer": [] }, { "session": [] }]);
        assert!(is_secured != open.contains(&&*route), "{route}");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{route}");
    }
    world.close().await;
}

#[tokio::test]
async fn the_page_to_browse_it_needs_nothing_that_its_policy_forbids() {
    let world = world(60_000).await;
    let service = world.start().await;
    let client = Client::anonymous(&service);

    let page = client.get("/api/docs/").await;

    assert!(page.header("content-security-policy").starts_with("default-src 'self'; style-src 'self'"), "{page:?}");
    assert!(!page.text.contains("<script>") && !page.text.contains("http"), "{}", page.text);
    let is_file = |part: &&str| [".js", ".css", ".png"].iter().any(|ending| part.ends_with(ending));
    let files: Vec<&str> = page.text.split('"').filter(is_file).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert_eq!(client.get(&format!("/api/docs/{file}")).await.status, 200, "{file}");
    }
    world.close().await;
}
