//! In: events on lanes. Out: bans, duties and delays (MODEL 6.5).

use super::{EventKind, Narrowed, Type, any_scope};
use crate::scenario::ranges::{FACTOR, SHARE, WEEKS};
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::{Class, Dist, Process};

/// What happens to lanes.
#[derive(Debug, Clone, PartialEq)]
pub enum Trade {
    /// Lanes in scope are shut but for a share.
    Ban {
        /// Share that still passes, 0..1.
        leakage: Dist,
        /// Whether buyers look elsewhere instead of waiting.
        divert: bool,
    },
    /// What arrives on lanes in scope costs more where it arrives (tariff or export tax).
    Duty {
        /// Over the price, 0 upwards.
        rate: Dist,
    },
    /// Shipments on lanes in scope take longer.
    Delay {
        /// Extra weeks, drawn once a lane and week, fractions floored.
        weeks: Process,
    },
}

pub(super) const TYPES: &[Type] = &[
    Type { word: "export_ban", own: BAN, read: |r, s| ban(r, s, true), scope: any_scope },
    // The works wait for their ore: nobody else digs it.
    Type { word: "feed_cutoff", own: BAN, read: |r, s| ban(r, s, false), scope: names_a_feed },
    // Who is refused looks elsewhere (ruling 1).
    Type { word: "entity_list", own: BAN, read: |r, s| ban(r, s, true), scope: names_somebody },
    Type { word: "military_end_use_ban", own: BAN, read: |r, s| ban(r, s, true), scope: military },
    // Either way whoever buys abroad pays it (MODEL 6.5: it enters the landed price only).
    Type { word: "tariff", own: &["rate"], read: duty, scope: any_scope },
    Type { word: "export_tax", own: &["rate"], read: duty, scope: any_scope },
    Type { word: "logistics_delay", own: &["weeks", "max"], read: delay, scope: any_scope },
];

const BAN: &[&str] = &["leakage", "divert"];

fn ban(r: &mut Reader, s: &mut Sheet<'_>, divert: bool) -> EventKind {
    EventKind::Trade(Trade::Ban { leakage: s.dist_or(r, "leakage", SHARE, 0.0), divert: s.flag(r, "divert", divert) })
}

fn duty(r: &mut Reader, s: &mut Sheet<'_>) -> EventKind {
    EventKind::Trade(Trade::Duty { rate: s.need_dist(r, "rate", FACTOR) })
}

fn delay(r: &mut Reader, s: &mut Sheet<'_>) -> EventKind {
    let mut weeks = s.need_process(r, "weeks", WEEKS);
    weeks.max = s.plain(r, "max", WEEKS).or(weeks.max);
    EventKind::Trade(Trade::Delay { weeks })
}

fn names_a_feed(r: &mut Reader, n: &mut Narrowed<'_>) {
    if n.lacks("commodities") {
        r.problems.error(n.path.clone(), "it is not said which feed is cut off").help("add commodities = [\"…\"] to `scope`");
    }
}

fn names_somebody(r: &mut Reader, n: &mut Narrowed<'_>) {
    if n.lacks("buyers") && n.lacks("to") {
        r.problems
            .error(n.path.clone(), "an entity list names somebody")
            .help("add buyers = [\"…\"] (facilities) or to = [\"…\"] (regions) to `scope`");
    }
}

fn military(r: &mut Reader, n: &mut Narrowed<'_>) {
    if n.scope.classes.is_empty() {
        n.scope.classes = vec![Class::Military];
    } else {
        r.problems
            .error(format!("{}.classes", n.path), "this type is about military end use, and `classes` says otherwise")
            .help("leave `classes` out, or use type = \"export_ban\"");
    }
}
