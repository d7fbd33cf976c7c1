//! What is in `rabbitmq/`: the same topology as the code declares, and for every user enough for their job and no more.

#[path = "../harness/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the broker's users need less of the harness than the service's tests do")]
mod harness;

mod broker;
mod definitions;
mod job;
mod management;
mod rights;
mod upkeep;
