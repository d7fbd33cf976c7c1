//! Migrations, and the statements that need them.

use super::*;

#[tokio::test]
async fn two_schemas_of_one_database_are_migrated_apart() {
    let database = Database::create().await;
    execute(database.url.as_str(), "create schema one; create schema two").await;
    let schema = |name: &str| store(format!("{}?options=-csearch_path%3D{name}", database.url));
    let (one, two) = (schema("one"), schema("two"));
    let (first, second) = tokio::join!(one.migrate(), two.migrate());
    first.expect("one");
    second.expect("two");
    one.migrate().await.expect("again");
    for (store, name) in [(&one, "one"), (&two, "two")] {
        let found = ask(store, "select to_regclass('_sqlx_migrations')::oid::regclass::text").await;
        assert_eq!(found, "_sqlx_migrations");
        assert_eq!(ask(store, "select current_schema()::text").await, name);
        assert!(store.migrations_pending().await.expect("an answer").is_empty());
        store.require_current_schema().await.expect("up to date");
    }
    let first = format!("{}?options=-csearch_path%3Done", database.url);
    execute(&first, "insert into _sqlx_migrations values (99999999, 'newer', now(), true, '', 0)").await;
    one.migrate().await.expect("a newer database is left as it is");
    database.drop().await;
}

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let database = Database::create().await;
    let store = store(database.url.as_str());
    store.migrate().await.expect("the schema");
    let client = store.client().await.expect("a connection");
    for statement in STATEMENTS {
        client.prepare(statement.text).await.unwrap_or_else(|error| panic!("{}: {error:?}", statement.name));
    }
    drop(client);
    database.drop().await;
}
