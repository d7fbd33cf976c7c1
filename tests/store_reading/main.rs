//! What is read from the ledger for people, and what their requests leave behind, in a real PostgreSQL.

#[path = "../harness/database.rs"]
#[allow(dead_code, reason = "no connection is ended here")]
mod database;
#[path = "../harness/wait.rs"]
#[allow(dead_code, reason = "the service's tests wait for more")]
mod wait;

mod admin;
mod books;
mod freelancers;
mod history;
mod idempotency;
mod listing;
mod live;
mod plans;
mod summary;
