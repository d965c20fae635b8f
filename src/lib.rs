//! Coercivity: what happens to a supply chain, and to whom, when somebody tightens it.

pub mod cli;
pub mod engine;
pub mod ensemble;
pub mod network;
pub mod report;
pub mod results;
pub mod scenario;
pub mod shocks;
pub mod units;
pub mod wide;
