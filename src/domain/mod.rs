//! The rules, pure: no clock, no input or output.

pub mod announcement;
pub mod event;
