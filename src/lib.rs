//! Missed-lead tracking for HireLocal.

pub mod backoff;
pub mod broker;
pub mod domain;
