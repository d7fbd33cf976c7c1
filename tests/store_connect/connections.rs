//! What a connection is told, and when it is of no more use.

use super::*;

#[tokio::test]
async fn the_server_ends_what_takes_too_long_and_options_are_the_callers() {
    let database = Database::create().await;
    let store = store(format!("{}?options=-c%20lock_timeout%3D1234&application_name=a-test", database.url));
    for (setting, expected) in [
        ("statement_timeout", "30s"),
        ("lock_timeout", "1234ms"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("application_name", "a-test"),
    ] {
        assert_eq!(ask(&store, &format!("select current_setting('{setting}')")).await, expected, "{setting}");
    }
    database.drop().await;
}

#[tokio::test]
async fn the_url_is_read_again_for_every_connection() {
    let database = Database::create().await;
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let path = file.path().to_owned();
    std::fs::write(&path, database.by(&dead_address().await, "")).expect("writable");
    let read = path.clone();
    let store = Store::new(UrlSource::new(move || Ok(std::fs::read_to_string(&read)?)), 2);
    assert!(store.client().await.is_err());
    std::fs::write(&path, database.url.as_str()).expect("writable");
    store.ping().await.expect("the new URL");
    drop(file);
    let held = store.client().await.expect("the connection there is");
    let error = store.client().await.expect_err("a second one needs the URL");
    assert!(matches!(error, Error::Connect(ConnectError::Source(_))), "{error:?}");
    drop(held);
    database.drop().await;
}

#[tokio::test]
async fn a_connection_to_a_read_only_server_is_dropped() {
    let database = Database::create().await;
    let store = Store::new(UrlSource::fixed(database.url.as_str()), 1);
    let client = store.client().await.expect("a connection");
    client.batch_execute("create table t (n int)").await.expect("a table");
    client.batch_execute("set default_transaction_read_only = on").await.expect("as after a failover");
    let error = Error::from(client.execute("insert into t values (1)", &[]).await.expect_err("read-only"));
    assert!(error.is_read_only());
    assert_eq!((error.sqlstate(), error.class()), (Some("25006"), Class::Transient));
    assert!(store.discard_if_broken(client, &error));
    let client = store.client().await.expect("a new one in its place");
    client.execute("insert into t values (1)", &[]).await.expect("it writes");
    drop(client);
    database.drop().await;
}

#[tokio::test]
async fn a_stale_plan_is_transient_and_drops_the_connection_while_bad_data_keeps_it() {
    let database = Database::create().await;
    let store = Store::new(UrlSource::fixed(database.url.as_str()), 1);
    let client = store.client().await.expect("a connection");
    client.batch_execute("create table t (n int primary key); insert into t values (1)").await.expect("a table");
    let statement = client.prepare_cached("select * from t").await.expect("prepared");
    client.batch_execute("alter table t add m int").await.expect("migrated");
    let error = Error::from(client.query(&statement, &[]).await.expect_err("outdated"));
    assert_eq!((error.sqlstate(), error.class()), (Some("0A000"), Class::Transient));
    assert!(store.discard_if_broken(client, &error));

    let client = store.client().await.expect("a connection");
    let statement = client.prepare_cached("select * from t").await.expect("prepared anew");
    assert_eq!(client.query(&statement, &[]).await.expect("current").len(), 1);
    let error = Error::from(client.execute("insert into t values (1)", &[]).await.expect_err("a duplicate"));
    assert_eq!(error.class(), Class::Data);
    assert!(error.to_string().contains("23505"), "{error}");
    assert!(!store.discard_if_broken(client, &error));
    database.drop().await;
}

#[tokio::test]
async fn a_terminated_backend_is_transient_and_replaced() {
    let database = Database::create().await;
    let store = store(database.url.as_str());
    let client = store.client().await.expect("a connection");
    let victim = client.query_one("select pg_backend_pid()", &[]).await.expect("a number").get::<_, i32>(0);
    execute(database.url.as_str(), &format!("select pg_terminate_backend({victim})")).await;
    let error = loop {
        match client.query("select 1", &[]).await {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => break Error::from(error),
        }
    };
    assert_eq!(error.class(), Class::Transient, "{error:?}");
    assert!(store.discard_if_broken(client, &error));
    store.ping().await.expect("a new connection");
    database.drop().await;
}
