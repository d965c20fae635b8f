//! In: events about smugglers. Out: crackdowns, and trade that opens or grows beside the lawful one (MODEL 6.10).

use super::{EventKind, Narrowed, Type};
use crate::scenario::ranges::{AT_LEAST_ONE, RATE, SHARE};
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::Dist;

/// What happens to smugglers.
#[derive(Debug, Clone, PartialEq)]
pub enum Smuggling {
    /// Enforcement and seizure on illicit lanes in scope rise to a value; illicit facilities in scope keep a part of their capacity.
    Crackdown {
        /// Enforcement at full strength, 0..1; none: as it was.
        enforcement: Option<Dist>,
        /// Share seized at full strength, 0..1; none: as it was.
        seizure: Option<Dist>,
        /// Capacity left to illicit facilities at full strength, 0..1; none: all.
        illicit_mines: Option<Dist>,
    },
    /// Illicit lanes in scope carry more.
    More(More),
}

/// How much more an illicit lane carries.
#[derive(Debug, Clone, PartialEq)]
pub enum More {
    /// So much, t/week each, if it carried less.
    Capacity(Dist),
    /// So many times what it carried, at least 1.
    Factor(Dist),
}

pub(super) const TYPES: &[Type] = &[
    Type { word: "smuggling_crackdown", own: CRACKDOWN, read: |r, s| EventKind::Smuggling(crackdown(r, s)), scope: unclassed },
    Type {
        word: "illicit_trade",
        own: &["capacity", "factor"],
        read: |r, s| EventKind::Smuggling(Smuggling::More(more(r, s))),
        scope: unclassed,
    },
];

const CRACKDOWN: &[&str] = &["enforcement", "seizure", "illicit_mines"];

fn crackdown(r: &mut Reader, s: &mut Sheet<'_>) -> Smuggling {
    let [enforcement, seizure, illicit_mines] = ["enforcement", "seizure", "illicit_mines"].map(|key| s.dist(r, key, SHARE));
    if CRACKDOWN.iter().all(|key| !s.table.has(key)) {
        r.problems
            .error(s.path.clone(), "it is not said what the crackdown does")
            .help("add enforcement = 0.8 (share that does not dare), seizure = 0.3 (share caught), or illicit_mines = 0.5 (capacity left)");
    }
    Smuggling::Crackdown { enforcement, seizure, illicit_mines }
}

fn more(r: &mut Reader, s: &mut Sheet<'_>) -> More {
    let (capacity, factor) = (s.dist(r, "capacity", RATE), s.dist(r, "factor", AT_LEAST_ONE));
    match (s.table.has("capacity"), s.table.has("factor")) {
        (true, true) => {
            r.problems.error(s.at("factor"), "`capacity` and `factor` cannot both stand here").help("leave one of them out");
        }
        (false, false) => {
            r.problems
                .error(s.path.clone(), "it is not said how much more is carried")
                .help("add capacity = \"… t/yr\" for each illicit lane in scope, or factor = 3.0 on what each could carry");
        }
        _ => {}
    }
    match (capacity, factor) {
        (Some(capacity), _) => More::Capacity(capacity),
        (None, factor) => More::Factor(factor.unwrap_or(Dist::Fixed(1.0))),
    }
}

/// Smugglers have no sector and no class.
fn unclassed(r: &mut Reader, narrowed: &mut Narrowed<'_>) {
    for key in ["classes", "sectors"].iter().filter(|key| !narrowed.lacks(key)) {
        r.problems
            .error(format!("{}.{key}", narrowed.path), format!("illicit lanes know no {key}"))
            .help("narrow it by from, to, commodities, facilities or buyers");
    }
}
