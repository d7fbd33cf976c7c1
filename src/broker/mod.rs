//! RabbitMQ: the only room that names lapin.
//!
//! Every part lives on a [`Connection`] and dies with it. Nothing here reconnects: on any error the caller drops what it
//! has, waits, and builds everything anew, so that there is one path to test. While the broker blocks publishers, nothing
//! at all is written on a connection that publishes; a service therefore consumes and publishes on connections of their own.
//!
//! In reading order: [`Names`] are what things are called, [`topology`] declares or verifies them, [`Inbound`] receives,
//! [`Publisher`] sends, [`Fence`] tells when a backlog has been handled, and [`parked`] keeps what could not be.

mod acker;
mod address;
mod connection;
mod delivery;
mod difference;
mod error;
mod fence;
mod headers;
mod inbound;
mod names;
mod outbound;
mod own_queue;
pub mod parked;
mod publisher;
mod queue;
mod removal;
pub mod topology;

pub use acker::Acker;
pub use address::{Address, AddressError};
pub use connection::Connection;
pub use delivery::{Delivery, Properties};
pub use error::BrokerError;
pub use fence::{Fence, FenceAnswerer, FenceOutcome, FenceRequest};
pub use inbound::Inbound;
pub use names::{MAX_PREFIX, Names};
pub use outbound::{Outbound, Target};
pub use own_queue::listen;
pub use parked::park;
pub use publisher::{DeliveryReport, Outcome, Publisher};
pub use queue::{QueueDepth, depth};
pub use removal::remove;
pub use topology::TopologyError;
