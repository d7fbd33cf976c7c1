//! The rules, cell by cell: a row of the table of events is a file, and a test's name states the rule.

mod accepted;
mod action;
mod closing;
mod fold;
mod history;
mod ignored;
mod mark;
mod notified;
mod offers;
mod order;
mod plan;
mod redelivery;
mod scenario;
mod status;
mod timer;
mod viewed;
mod whatever_happens;
mod words;
