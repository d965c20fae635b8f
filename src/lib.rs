//! Coercivity: what happens to a supply chain, and to whom, when somebody tightens it.
//!
//! Data flow through the rooms as material flows through the chain, one way:
//!
//! - [`scenario`] reads what is written: a [`Scenario`](scenario::schema::Scenario), or every mistake of the file at once;
//! - [`network`] proves what is: names become indices, opening flows balance, the price loop is stable;
//! - [`shocks`] holds what the world does: all randomness, schedules, desks, quotas;
//! - [`engine`] says what the chain does: one period, as a list of verbs;
//! - [`ensemble`] runs what may happen: batches of realizations, merged in order;
//! - [`results`] are what we learned: tables with their errors, and a manifest;
//! - [`study`] is what we ask of many runs: what a change changes, what a design over parameters tells;
//! - [`report`] is what we show: charts and a page of words;
//! - [`cli`] is who asks.
//!
//! A room uses only rooms before it, [`units`] and [`wide`].

pub mod cli;
pub mod engine;
pub mod ensemble;
pub mod network;
pub mod report;
pub mod results;
pub mod scenario;
pub mod shocks;
pub mod study;
pub mod units;
pub mod wide;
