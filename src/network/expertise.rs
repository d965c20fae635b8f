//! In: `[[expertise]]`. Out: pools of people by region and stage (MODEL 6.9), on indices.

use super::{Network, Param, Parameters};
use crate::scenario::schema::{Scenario, Stage};

/// People of a region who have built or run plants of a stage and can be put on a new one. Rates are a year, masses t.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// `REGION/stage`.
    pub name: String,
    /// Index of the region.
    pub region: usize,
    /// Stage.
    pub stage: Stage,
    /// People at the opening.
    pub people: Param,
    /// Share that leaves, a year.
    pub attrition: Param,
    /// People who come from inside the border, a year.
    pub inflow: Param,
    /// Rate at which those who know teach others, a year.
    pub training: Param,
    /// People beyond whom nobody is taught.
    pub ceiling: Param,
    /// People who have learnt their trade for each t that new plants of the pool make.
    pub learning: Param,
    /// Exponent of the shortage of people in the speed of clocks.
    pub exponent: Param,
}

/// The word of a stage in files.
pub fn stage_word(stage: Stage) -> &'static str {
    crate::scenario::STAGES.iter().find(|(_, s)| *s == stage).map_or("", |(word, _)| word)
}

pub(super) fn build(sc: &Scenario, n: &mut Network) {
    for e in &sc.expertise {
        let name = format!("{}/{}", e.region, stage_word(e.stage));
        let p: &mut Parameters = &mut n.parameters;
        let mut add = |part: &str, dist, high: f64| p.add(format!("expertise.{name}.{part}"), dist, 0.0, high);
        let most = crate::scenario::schema::Dist::Fixed(f64::INFINITY);
        let pool = Pool {
            people: add("people", &e.people, f64::INFINITY),
            attrition: add("attrition", &e.attrition, 52.0),
            inflow: add("inflow", &e.inflow, f64::INFINITY),
            training: add("training", &e.training, 1000.0),
            ceiling: add("ceiling", e.ceiling.as_ref().unwrap_or(&most), f64::INFINITY),
            learning: add("learning", &e.learning, f64::INFINITY),
            exponent: add("exponent", &e.exponent, 100.0),
            region: 0,
            stage: e.stage,
            name,
        };
        n.pools.push(Pool { region: n.region(&e.region).unwrap_or(0), ..pool });
    }
}
