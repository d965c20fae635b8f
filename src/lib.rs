//! Coercivity: what happens to a supply chain, and to whom, when somebody tightens it.

pub mod results;
pub mod scenario;
pub mod units;
