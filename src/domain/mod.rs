//! The rules, pure: no clock, no input or output.

pub mod announcement;
pub mod event;
pub mod history;
pub mod interaction;
pub mod lead;
pub mod plan;
pub mod transition;
