//! Coercivity: what happens to a supply chain, and to whom, when somebody tightens it.

pub mod report;
pub mod results;
pub mod scenario;
