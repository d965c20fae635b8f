//! In: events about papers. Out: licensing desks, their clocks, general licences (MODEL 6.4).

use super::quotas::{Volume, volume};
use super::{EventKind, Type, any_scope};
use crate::scenario::names::{self, Sort};
use crate::scenario::ranges::{CORRELATION, COUNT_A_WEEK, FACTOR, Field, SHARE, SPAN, WEEKS};
use crate::scenario::read::{CLASSES, nearest_week};
use crate::scenario::reader::{Reader, Sheet, choose};
use crate::scenario::schema::{Class, Dist, Process};
use crate::scenario::value::Value;
use crate::scenario::{distribution, locate, merge};

/// What is asked of papers.
#[derive(Debug, Clone, PartialEq)]
// As EventKind.
#[allow(clippy::large_enum_variant)]
pub enum Papers {
    /// A licensing desk on the lanes in scope (MODEL 6.4 and rulings 1, 10, 11).
    ExportLicence(Licence),
    /// The clock of desks runs at another rate.
    DeskRate {
        /// Event ids of desks; empty: all.
        desks: Vec<String>,
        /// 0 freezes, above 1 a green channel.
        rate: Dist,
    },
    /// Nobody may file for more than some multiple of normal trade: foreign stocks are not to grow (MODEL M9).
    AntiHoarding {
        /// Event ids of desks; empty: all.
        desks: Vec<String>,
        /// Most a week over the opening flow.
        volume_cap_ratio: Dist,
    },
    /// Volume that may leave without a single licence, for some buyers.
    GeneralLicence {
        /// Event ids of desks; empty: all.
        desks: Vec<String>,
        /// Share of buyers, 0..1.
        share: Dist,
        /// A span.
        volume: Volume,
        /// Weeks.
        span: usize,
    },
}

/// What a desk demands and grants, and how fast.
#[derive(Debug, Clone, PartialEq)]
pub struct Licence {
    /// The lanes are not those that leave, but those between third countries whose goods hold more than such a share (0..1) made in these
    /// regions; none: the lanes in scope.
    pub origin: Option<(Vec<String>, f64)>,
    /// Most that a lane may file for a week over its opening flow; none: no limit.
    pub volume_cap_ratio: Option<Dist>,
    /// Share of all finished magnets leaving that the desk holds, collateral included; none: just what is in scope.
    pub controlled_share: Option<Dist>,
    /// Weeks of review on the desk's clock, one draw an application.
    pub review: Process,
    /// Share of buyers who are eligible, by class and (for some) destination region.
    pub approval: Vec<(Class, Option<String>, Dist)>,
    /// Standard deviation of the desk's common strictness, on the logit scale.
    pub strictness: Dist,
    /// Its weekly autocorrelation.
    pub strictness_rho: Dist,
    /// Chance that a file is sent back to be filed again.
    pub return_rate: Dist,
    /// Weeks from its start during which the clock stands still.
    pub frozen_for: Dist,
    /// Applications decided a week of its clock; none: no queue.
    pub applications: Option<Dist>,
}

pub(super) const TYPES: &[Type] = &[
    Type {
        word: "export_licence",
        own: &[
            "controlled_share",
            "review",
            "approval",
            "strictness",
            "strictness_rho",
            "return_rate",
            "frozen_for",
            "applications",
            "volume_cap_ratio",
        ],
        read: |r, s| {
            let controlled_share = s.dist(r, "controlled_share", SHARE);
            EventKind::Papers(Papers::ExportLicence(Licence { controlled_share, ..licence(r, s) }))
        },
        scope: any_scope,
    },
    // A desk far from home: it asks what the goods were made of, not whence they leave.
    Type {
        word: "extraterritorial_rule",
        own: &["origin", "threshold"],
        read: |r, s| {
            s.need(r, "origin");
            let origin = Some((s.names(r, "origin", Sort::Region), s.plain_or(r, "threshold", SHARE, 0.001)));
            EventKind::Papers(Papers::ExportLicence(Licence { origin, ..licence(r, s) }))
        },
        scope: any_scope,
    },
    Type {
        word: "anti_hoarding_rule",
        own: &["desks", "volume_cap_ratio"],
        read: |r, s| {
            EventKind::Papers(Papers::AntiHoarding {
                desks: s.names(r, "desks", Sort::Desk),
                volume_cap_ratio: s.need_dist(r, "volume_cap_ratio", FACTOR),
            })
        },
        scope: any_scope,
    },
    Type {
        word: "desk_rate",
        own: &["desks", "rate"],
        read: |r, s| EventKind::Papers(Papers::DeskRate { desks: s.names(r, "desks", Sort::Desk), rate: s.need_dist(r, "rate", FACTOR) }),
        scope: any_scope,
    },
    Type {
        word: "general_licence",
        own: &["desks", "share", "volume", "multiple", "span"],
        read: |r, s| {
            EventKind::Papers(Papers::GeneralLicence {
                desks: s.names(r, "desks", Sort::Desk),
                share: s.need_dist(r, "share", SHARE),
                volume: volume(r, s),
                span: nearest_week(s.plain_or(r, "span", SPAN, 52.0)),
            })
        },
        scope: any_scope,
    },
];

fn licence(r: &mut Reader, s: &mut Sheet<'_>) -> Licence {
    Licence {
        origin: None,
        volume_cap_ratio: s.dist(r, "volume_cap_ratio", FACTOR),
        controlled_share: None,
        review: s.need_process(r, "review", WEEKS),
        approval: approval(r, s),
        strictness: s.dist_or(r, "strictness", FACTOR, 0.0),
        strictness_rho: s.dist_or(r, "strictness_rho", CORRELATION, 0.97),
        return_rate: s.dist_or(r, "return_rate", UNDER_ONE, 0.15),
        frozen_for: s.dist_or(r, "frozen_for", WEEKS, 0.0),
        applications: s.dist(r, "applications", COUNT_A_WEEK),
    }
}

/// A chance of being sent back: at 1 no file would ever be decided.
const UNDER_ONE: Field = Field { most: 0.99, ..SHARE };

/// `approval = 0.85`, or by class, or by class and destination (`"civil@USA"`). A class that is not named is approved.
fn approval(r: &mut Reader, s: &mut Sheet<'_>) -> Vec<(Class, Option<String>, Dist)> {
    let path = s.at("approval");
    let all = |share: Dist| CLASSES.iter().map(|(_, class)| (*class, None, share.clone())).collect::<Vec<_>>();
    let table = match s.value("approval") {
        None => return all(Dist::Fixed(1.0)),
        Some(Value::Table(table)) if !merge::is_distribution(table) => table,
        Some(value) => return all(distribution::dist(r, value, &path, SHARE).unwrap_or(Dist::Fixed(1.0))),
    };
    let mut list: Vec<(Class, Option<String>, Dist)> = Vec::new();
    for (key, value) in &table.0 {
        let here = if key.contains('@') { format!("{path}.\"{key}\"") } else { format!("{path}.{key}") };
        let (class, region) = match key.split_once('@') {
            Some((class, region)) => (class, Some(region)),
            None => (key.as_str(), None),
        };
        if names::nearest(class, &["civil", "sensitive", "military"]).is_none() && names::nearest(class, distribution::FAMILIES).is_some() {
            distribution::no_family(r, table, &path);
            break;
        }
        let class = choose(r, &Value::Text(class.to_owned()), &locate::key(&here), "class", CLASSES);
        let known = region.is_none_or(|region| r.known(&locate::key(&here), region, Sort::Region));
        let share = distribution::dist(r, value, &here, SHARE);
        if let (Some(class), Some(share), true) = (class, share, known) {
            list.push((class, region.map(str::to_owned), share));
        }
    }
    for (_, class) in CLASSES {
        if !list.iter().any(|(c, region, _)| c == class && region.is_none()) {
            list.push((*class, None, Dist::Fixed(1.0)));
        }
    }
    list.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    list
}
