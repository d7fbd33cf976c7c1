//! Missed-lead tracking for HireLocal.

pub mod contract;
pub mod domain;
