//! In: events about what goods are made of and what becomes of them. Out: new designs, recycling, dumped prices (MODEL 6.7, 6.12).

use super::{EventKind, Narrowed, Type, any_scope};
use crate::scenario::ranges::{PART, POSITIVE, SHARE, SHARE_A_WEEK, SPAN};
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::Dist;

/// What happens to materials.
#[derive(Debug, Clone, PartialEq)]
pub enum Materials {
    /// Designs can do with less of the grades that give way. What is not said stays as `[thrift]` has it.
    Breakthrough {
        /// Least share of its opening use to which a grade can fall.
        least: Option<Dist>,
        /// Share of its opening use that designs go to whatever the price.
        most: Option<Dist>,
        /// Fastest fall a week, share of opening use.
        fall: Option<Dist>,
        /// Time constant, weeks.
        lag: Option<Dist>,
    },
    /// More of what wears out is collected, more of it is won back, recyclers grow.
    Recycling {
        /// Share collected of what wears out.
        collection: Option<Dist>,
        /// Process yield of the recyclers that take it: what is won of what they are fed.
        process_yield: Option<Dist>,
        /// Factor on their capacity.
        capacity: Option<Dist>,
    },
    /// Reference prices where goods are sold are multiplied.
    Dump {
        /// Factor, above 0.
        price: Dist,
    },
}

pub(super) const TYPES: &[Type] = &[
    Type {
        word: "substitution_breakthrough",
        own: &["least", "most", "fall", "lag"],
        read: |r, s| {
            some(r, s, &["least", "most", "fall", "lag"]);
            EventKind::Materials(Materials::Breakthrough {
                least: s.dist(r, "least", SHARE),
                most: s.dist(r, "most", SHARE),
                fall: s.dist(r, "fall", SHARE_A_WEEK),
                lag: s.dist(r, "lag", SPAN),
            })
        },
        scope: any_scope,
    },
    Type {
        word: "recycling_programme",
        own: &["collection", "yield", "capacity"],
        read: |r, s| {
            some(r, s, &["collection", "yield", "capacity"]);
            EventKind::Materials(Materials::Recycling {
                collection: s.dist(r, "collection", SHARE),
                process_yield: s.dist(r, "yield", PART),
                capacity: s.dist(r, "capacity", POSITIVE),
            })
        },
        scope: any_scope,
    },
    Type {
        word: "price_dump",
        own: &["price"],
        read: |r, s| EventKind::Materials(Materials::Dump { price: s.need_dist(r, "price", POSITIVE) }),
        scope: |r: &mut Reader, scope: &mut Narrowed<'_>| {
            if scope.lacks("commodities") {
                r.problems
                    .error(scope.path.clone(), "it is not said what is sold below its price")
                    .help("add commodities = [\"…\"] to `scope`");
            }
        },
    },
];

/// At least one of some fields must stand.
fn some(r: &mut Reader, s: &Sheet<'_>, keys: &[&str]) {
    if !keys.iter().any(|k| s.table.has(k)) {
        r.problems.error(s.path.clone(), "it is not said what changes").help(format!("give one or more of {}", keys.join(", ")));
    }
}
