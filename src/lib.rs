//! Missed-lead tracking for HireLocal.
//!
//! In reading order, along the way of a message:
//!
//! - [`broker`] receives it, and is the only room that names the AMQP library;
//! - [`consumer`] reads batches of messages and hands them on;
//! - [`contract`] knows what messages look like;
//! - [`handler`] is the heart: one transaction in which
//! - [`domain`] decides what events and deadlines do to a lead, and
//! - [`store`] keeps it, the only room that names the PostgreSQL libraries;
//! - [`relay`] publishes what follows, [`sweep`] finds the deadlines that no timer announced, [`check`] does so when told;
//! - [`feed`] hands what happens to those who follow it live;
//! - [`auth`] knows who asks;
//! - [`api`] is what programs ask over HTTP, and [`page`] what people see in a browser;
//! - [`app`] puts it all together, with [`config`], [`telemetry`], [`health`] and [`backoff`];
//! - [`commands`] are what people run.

pub mod api;
pub mod app;
pub mod auth;
pub mod backoff;
pub mod broker;
pub mod check;
pub mod commands;
pub mod config;
pub mod consumer;
pub mod contract;
pub mod domain;
pub mod feed;
pub mod handler;
pub mod health;
pub mod page;
pub mod relay;
pub mod store;
pub mod sweep;
pub mod telemetry;
