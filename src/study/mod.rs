//! In: scenarios ready to run. Out: what several ensembles together tell.
//!
//! [`compare`] runs variants through the same futures. Sensitivity, stress, discovery and back-tests will each be a file here.

pub mod compare;
pub mod compare_tables;
