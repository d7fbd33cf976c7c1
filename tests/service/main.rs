//! The service as others see it: the real binary between a real RabbitMQ and a real PostgreSQL.

#[path = "../harness/mod.rs"]
mod harness;
