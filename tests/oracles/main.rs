//! Closed formulas that the engine must reproduce (MODEL section 10): each network is a scenario file in this folder.
//!
//! Statistical rule: |z| < 4 of means per realization at a fixed seed, and for each sort of oracle a negative control that fails.

mod harness;
mod knowhow;

mod chain;
mod controls;
mod desk;
mod escalation;
mod flow;
mod materials;
mod normal;
mod price;
mod quotas;
mod reserves;
mod smuggling;
mod stock;
