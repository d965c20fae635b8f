//! In: nothing. Out: who knows how, and who builds what, as the file has them: pools of people, projects, and lanes that join later.

use super::{Class, Dist, Stage};

/// `[[expertise]]`: people of a region who have built or run plants of a stage and can be put on a new one.
#[derive(Debug, Clone, PartialEq)]
pub struct Expertise {
    /// Region id.
    pub region: String,
    /// Stage.
    pub stage: Stage,
    /// People at the opening.
    pub people: Dist,
    /// Share of them that leaves, a year.
    pub attrition: Dist,
    /// People who come from where it is known, a year.
    pub inflow: Dist,
    /// Rate at which those who know teach others, a year, well below the ceiling.
    pub training: Dist,
    /// People beyond whom nobody is taught; none: no ceiling.
    pub ceiling: Option<Dist>,
    /// People who have learnt their trade for each t that new plants of the pool make.
    pub learning: Dist,
    /// How much the clock of projects slows when people are short (γ of MODEL 6.9).
    pub exponent: Dist,
}

/// `[[project]]`: capacity that somebody means to add.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Key.
    pub id: String,
    /// For people; default: the id.
    pub name: String,
    /// Facility that it adds capacity to.
    pub facility: String,
    /// Activity a week when it is complete.
    pub capacity: Dist,
    /// Weeks after the start of the run at which it is begun; none: no date.
    pub start: Option<Dist>,
    /// Chance that it comes at all.
    pub probability: f64,
    /// Starts that nobody has announced: how likely they are, and when they pay.
    pub hazard: Option<Hazard>,
    /// Weeks until it may build, by the calendar.
    pub permit: Dist,
    /// Weeks of building, on the operational clock.
    pub build: Dist,
    /// Weeks from first output to 95 % of its capacity, on the operational clock.
    pub ramp: Dist,
    /// Weeks from first output until customers take it, by the calendar.
    pub qualification: Dist,
    /// People who are needed while it is built and ramped.
    pub people: Dist,
    /// Share of its product that is spoiled at first, beyond what the recipe loses.
    pub starting_loss: Dist,
    /// What is left of that loss each time its experience doubles (Wright).
    pub progress_ratio: Dist,
    /// Experience it begins with, in weeks of its own full output.
    pub experience: Dist,
}

/// `[project.hazard]`: a start that follows from price and risk.
#[derive(Debug, Clone, PartialEq)]
pub struct Hazard {
    /// Starts a year for each unit by which the value of its products exceeds the hurdle.
    pub rate: Dist,
    /// Value of its products, over the opening one, above which it pays.
    pub hurdle: Dist,
    /// Part of the hurdle that full fear for supply takes away.
    pub risk: Dist,
    /// Part of the hurdle that a buyer for all of its output takes away.
    pub offtake: Dist,
}

/// `[[join]]`: who may buy from a planned facility once it makes something.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Facility id of the origin.
    pub from: String,
    /// Commodity id.
    pub commodity: String,
    /// Customers.
    pub to: Vec<JoinLink>,
}

/// One customer of a [`Join`].
#[derive(Debug, Clone, PartialEq)]
pub struct JoinLink {
    /// Facility id of the customer.
    pub facility: String,
    /// Weight of its need when the offer is divided, 1 by default.
    pub weight: f64,
    /// End-use class of the lane.
    pub class: Class,
    /// Weeks; none: the route of the two regions.
    pub lead: Option<usize>,
    /// Number of buyers the lane stands for.
    pub buyers: usize,
}
