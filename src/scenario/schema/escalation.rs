//! In: nothing. Out: governments that answer each other, as the file has them.

use super::Dist;

/// `[[escalation]]`: measures of one government that breed measures, its own and others' (MODEL 6.13).
#[derive(Debug, Clone, PartialEq)]
pub struct Escalation {
    /// Key.
    pub id: String,
    /// For people; default: the id.
    pub name: String,
    /// Weeks after the start of the run.
    pub start: Dist,
    /// Weeks; none: to the end.
    pub duration: Option<Dist>,
    /// Measures a week that nothing provokes (λ0).
    pub rate: Dist,
    /// Measures that one of its own brings about later (n).
    pub branching: Dist,
    /// Share of the excitement that fades in a week.
    pub decay: Dist,
    /// Other escalations (ids), and how many measures here one of theirs brings about.
    pub answers: Vec<(String, f64)>,
    /// Events (ids), and how many measures here their onset brings about.
    pub provoked_by: Vec<(String, f64)>,
    /// Events (ids) of which each measure is one, and their weights.
    pub moves: Vec<(String, f64)>,
    /// Most measures a week.
    pub most: usize,
    /// Where it comes from.
    pub source: String,
}
