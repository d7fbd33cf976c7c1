//! Taking away what a test had of its own, even while it panics.

use std::future::Future;

use url::Url;

use super::amqp::Amqp;
use super::database::Database;

/// Drops the database, and deletes the queues and the exchange; says so where that fails.
pub(super) fn remove(database: &Database, amqp: &Url, prefix: &str, queues: Vec<String>) {
    let (database, amqp, prefix) = (database.dropping(), amqp.clone(), prefix.to_owned());
    blocking(async move {
        database.await;
        let amqp = Amqp::connect(&amqp, &prefix).await;
        amqp.delete_queues(queues).await;
        amqp.delete_exchange().await;
    });
}

/// Runs to the end on a thread and a runtime of its own, since the test's runtime may be going down.
fn blocking(work: impl Future<Output = ()> + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let done = std::thread::spawn(move || runtime.expect("a runtime needs nothing").block_on(work)).join();
    if done.is_err() {
        eprintln!("a test could not remove its database and queues");
    }
}
