//! In: events about people, technology and projects. Out: what slows projects outside, and what helps them (MODEL 6.9).
//!
//! None of them touches a flow: they act on clocks, people and starts, and through these on what is made years later.

use super::{EventKind, Type, any_scope};
use crate::scenario::names::Sort;
use crate::scenario::ranges::{AT_LEAST_ONE, FACTOR, PRICE, SHARE, WEEKS};
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::Dist;

/// What is done to those who build elsewhere. Scope: `to` names their regions (none: all outside the border), `stages`, `facilities`.
#[derive(Debug, Clone, PartialEq)]
pub enum Knowhow {
    /// Equipment, licences and know-how may not leave: `technology_ban`.
    TechnologyBan {
        /// Speed of clocks of projects while it lasts, 0..1.
        clock: Dist,
        /// Factor on the time of building, at least 1.
        build: Dist,
        /// Factor on the people needed, at least 1.
        people: Dist,
        /// Factor on what is spoiled, at least 1.
        loss: Dist,
    },
    /// People who know how may not travel: `personnel_restriction`.
    PersonnelRestriction {
        /// Factor on the inflow of people, 0..1.
        inflow: Dist,
        /// Share of the people there who are called back at its onset.
        recall: Dist,
        /// Share of the restriction that is got round.
        leak: Dist,
    },
    /// A project of the world begins: `project`.
    Project {
        /// Its id.
        project: String,
    },
    /// Projects stand still for some weeks from its onset: `project_delay`.
    ProjectDelay {
        /// Their ids.
        projects: Vec<String>,
        /// Weeks.
        weeks: Dist,
    },
    /// Projects that deliver nothing yet are given up: `project_cancel`.
    ProjectCancel {
        /// Their ids.
        projects: Vec<String>,
    },
    /// Whoever decides about a project counts on at least this price: `price_floor`.
    PriceFloor {
        /// USD/kg.
        price: Dist,
    },
    /// A buyer stands ready for a share of what a project will make: `offtake`.
    Offtake {
        /// Share of its output, 0..1.
        share: Dist,
    },
}

pub(super) const TYPES: &[Type] = &[
    Type { word: "technology_ban", own: &["clock", "build", "people", "loss"], read: ban, scope: any_scope },
    Type { word: "personnel_restriction", own: &["inflow", "recall", "leak"], read: restriction, scope: any_scope },
    Type {
        word: "project",
        own: &["project"],
        read: |r, s| EventKind::Knowhow(Knowhow::Project { project: s.need_name(r, "project", Sort::Project) }),
        scope: any_scope,
    },
    Type {
        word: "project_delay",
        own: &["projects", "weeks"],
        read: |r, s| {
            s.need(r, "projects");
            let projects = s.names(r, "projects", Sort::Project);
            EventKind::Knowhow(Knowhow::ProjectDelay { projects, weeks: s.need_dist(r, "weeks", WEEKS) })
        },
        scope: any_scope,
    },
    Type {
        word: "project_cancel",
        own: &["projects"],
        read: |r, s| {
            s.need(r, "projects");
            EventKind::Knowhow(Knowhow::ProjectCancel { projects: s.names(r, "projects", Sort::Project) })
        },
        scope: any_scope,
    },
    Type {
        word: "price_floor",
        own: &["price"],
        read: |r, s| EventKind::Knowhow(Knowhow::PriceFloor { price: s.need_dist(r, "price", PRICE) }),
        scope: |r, s| {
            if s.scope.commodities.is_empty() && s.lacks("commodities") {
                r.problems.error(s.path.clone(), "it is not said whose price has a floor").help("add commodities = [\"…\"] to its scope");
            }
        },
    },
    Type {
        word: "offtake",
        own: &["share"],
        read: |r, s| EventKind::Knowhow(Knowhow::Offtake { share: s.need_dist(r, "share", SHARE) }),
        scope: any_scope,
    },
];

fn ban(r: &mut Reader, s: &mut Sheet<'_>) -> EventKind {
    let ban = Knowhow::TechnologyBan {
        clock: s.dist_or(r, "clock", SHARE, 1.0),
        build: s.dist_or(r, "build", AT_LEAST_ONE, 1.0),
        people: s.dist_or(r, "people", AT_LEAST_ONE, 1.0),
        loss: s.dist_or(r, "loss", AT_LEAST_ONE, 1.0),
    };
    if ["clock", "build", "people", "loss"].iter().all(|key| !s.table.has(key)) {
        r.problems
            .error(s.path.clone(), "it is not said what the ban makes harder")
            .help("add clock (speed of projects, 0 to 1), build, people or loss (factors of at least 1)");
    }
    EventKind::Knowhow(ban)
}

fn restriction(r: &mut Reader, s: &mut Sheet<'_>) -> EventKind {
    EventKind::Knowhow(Knowhow::PersonnelRestriction {
        inflow: s.dist_or(r, "inflow", FACTOR, 0.0),
        recall: s.dist_or(r, "recall", SHARE, 0.0),
        leak: s.dist_or(r, "leak", SHARE, 0.0),
    })
}
