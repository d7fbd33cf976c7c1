//! A database that lives as long as its test.

use std::future::Future;

use tokio_postgres::{Client, NoTls};
use url::Url;
use uuid::Uuid;

/// A database of its own, and a connection to it.
pub(crate) struct Database {
    server: Url,
    name: String,
    client: Client,
}

impl Database {
    /// Creates an empty database beside the one that `server` names.
    pub(crate) async fn create(server: &Url) -> Self {
        let name = format!("lead_tracker_test_{}", Uuid::new_v4().simple());
        let admin = connect(server).await;
        admin.batch_execute(&format!("create database {name}")).await.expect("the user may create databases");
        let client = connect(&sibling(server, &name)).await;
        Self { server: server.clone(), name, client }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> Url {
        sibling(&self.server, &self.name)
    }

    /// The connection that the test looks through.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Ends every other connection to it, as a failover would; returns how many there were.
    pub(crate) async fn terminate_backends(&self) -> usize {
        let ended = "select pg_terminate_backend(pid) from pg_stat_activity
                     where datname = current_database() and pid <> pg_backend_pid()";
        self.client.query(ended, &[]).await.expect("the user may end its own connections").len()
    }

    /// Drops it, whoever is still connected.
    pub(crate) fn dropping(&self) -> impl Future<Output = ()> + Send + use<> {
        let (server, name) = (self.server.clone(), self.name.clone());
        async move {
            let admin = connect(&server).await;
            let statement = format!("drop database if exists {name} with (force)");
            admin.batch_execute(&statement).await.expect("the database can be dropped");
        }
    }
}

async fn connect(url: &Url) -> Client {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

fn sibling(server: &Url, name: &str) -> Url {
    let mut url = server.clone();
    url.set_path(name);
    url
}
