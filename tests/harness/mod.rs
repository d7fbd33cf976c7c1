//! Drives the real binary with a real RabbitMQ and a real PostgreSQL, as other services and operators would.
//!
//! A [`World`] has a database and a name prefix of its own. Events go in through a [`Publisher`], what the service
//! announces comes out at a [`Subscriber`], and the [`Service`] in between is a process that can be killed.

mod amqp;
mod commands;
mod database;
mod environment;
mod event;
mod ledger;
mod metrics;
mod offer;
mod proxy;
mod publisher;
mod removal;
mod service;
mod subscriber;
mod wait;
mod world;

pub(crate) use environment::Addresses;
pub(crate) use event::{Event, Form};
pub(crate) use ledger::{Change, Interaction};
pub(crate) use offer::Offer;
pub(crate) use proxy::Proxy;
pub(crate) use publisher::Publisher;
pub(crate) use service::{Launch, Service};
pub(crate) use subscriber::{Received, Subscriber};
pub(crate) use wait::{BOUND, comes_to, eventually};
pub(crate) use world::{Leftover, SECRET, World};
