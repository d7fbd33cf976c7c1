//! Missed-lead tracking for HireLocal.

pub mod config;
pub mod contract;
pub mod domain;
pub mod health;
pub mod http;
pub mod store;
pub mod telemetry;
