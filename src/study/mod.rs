//! In: scenarios ready to run. Out: what several ensembles together tell.
//!
//! [`compare`] runs variants through the same futures, [`explain`] replays one of them. Sensitivity, stress, discovery and back-tests will each be a file here.

pub mod compare;
pub mod compare_tables;
pub mod explain;
pub mod explain_tables;
