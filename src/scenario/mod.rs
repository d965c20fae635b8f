//! In: the path of a scenario file and overrides. Out: a [`Scenario`](schema::Scenario), or every problem of the file at once.

pub mod problem;
pub mod schema;
