//! Missed-lead tracking for HireLocal.

pub mod domain;
pub mod telemetry;
