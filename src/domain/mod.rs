//! The rules, pure: no clock, no input or output.

pub mod action;
pub mod announcement;
mod answer;
pub mod event;
pub mod history;
pub mod interaction;
pub mod lead;
pub mod plan;
mod settlement;
pub mod transition;
mod verdict;

#[cfg(test)]
mod tests;
