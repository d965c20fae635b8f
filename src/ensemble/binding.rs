//! In: the state before and after producing and shipping, one realization of it. Out: what bound where, and by how much.
//!
//! The engine keeps no reasons. Here the limits of its verbs are computed again, outside the hot path, from the states around them.
//! Where one limit binds alone its amount is exact; where a supplier's stock and a quota bind one lane at once, stock is taken to be
//! shared in proportion to what was asked.

use crate::engine::events::allowance;
use crate::engine::{State, World};
use crate::network::Network;
use crate::scenario::schema::Drive;
use crate::shocks::PeriodShocks;
use crate::wide::{exp1, ln1};

/// Less than this share of normal is not told.
pub const NOTICED: f64 = 0.01;

/// Why less happened than was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Too little of an input, or of what is used, on the shelf.
    Input,
    /// Buyers may not order, refused a licence or shut out by a ban, and have used up what they had.
    Refused,
    /// More is filed at a licence desk than it lets go. Only here an amount may be negative: more let go than filed.
    Licence,
    /// A ban shuts the lane.
    Ban,
    /// A quota is used up for the period.
    Quota,
    /// All that the facility can make.
    Capacity,
    /// The same, lowered by an event.
    Outage,
    /// The supplier had too little to send.
    Supplier,
    /// All that carriers can take.
    Carrier,
    /// All that a line can catch up in a week.
    CatchUp,
}

impl Kind {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Input => "input",
            Kind::Refused => "refused",
            Kind::Licence => "licence",
            Kind::Ban => "ban",
            Kind::Quota => "quota",
            Kind::Capacity => "capacity",
            Kind::Outage => "outage",
            Kind::Supplier => "supplier",
            Kind::Carrier => "carrier",
            Kind::CatchUp => "catch_up",
        }
    }
}

/// Where something bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Index of an activity.
    Activity(usize),
    /// Index of a user.
    User(usize),
    /// Index of a lane.
    Lane(usize),
}

/// What bound in one place in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Binding {
    /// Period.
    pub period: usize,
    /// Where.
    pub place: Place,
    /// Why.
    pub kind: Kind,
    /// Index of the commodity that was short, or of the event of a quota (other kinds: of the commodity made, used or carried).
    pub what: usize,
    /// t that were not made, served or let go this week for this reason, of the main output, of what is used, of what is carried.
    pub amount: f64,
    /// The same over the opening rate of the place.
    pub share: f64,
}

/// Normal rate of a place, t/week.
pub fn normal(n: &Network, place: Place) -> f64 {
    match place {
        Place::Activity(a) => n.activities[a].rate * main_output(n, a).1,
        Place::User(u) => n.users[u].demand,
        Place::Lane(l) => n.lanes[l].flow,
    }
}

/// Commodity of an activity's main output, and t of it per unit.
fn main_output(n: &Network, a: usize) -> (usize, f64) {
    let activity = &n.activities[a];
    let output = activity.outputs.get(activity.drivers.first().copied().unwrap_or(0));
    output.map_or((0, 1.0), |(slot, per_unit)| (n.slots[*slot].commodity, *per_unit))
}

/// Notes bindings of one period of one realization.
pub struct Notes<'a> {
    /// The chain, what is scheduled and drawn.
    pub world: World<'a>,
    /// What happens this period.
    pub now: &'a PeriodShocks,
    /// Column of the realization.
    pub w: usize,
    /// Where they are noted.
    pub list: &'a mut Vec<Binding>,
}

impl Notes<'_> {
    fn note(&mut self, place: Place, kind: Kind, what: usize, amount: f64) {
        if amount > 0.0 {
            self.push(place, kind, what, amount);
        }
    }

    fn push(&mut self, place: Place, kind: Kind, what: usize, amount: f64) {
        let normal = normal(self.world.network, place);
        if normal > 0.0 && amount.abs() > NOTICED * normal {
            self.list.push(Binding { period: self.now.period, place, kind, what, amount, share: amount / normal });
        }
    }

    /// What bound production and service, from the states before and after the verb `produce`.
    pub fn production(&mut self, before: &State, after: &State) {
        let n = self.world.network;
        let w = self.w;
        let mut wanted = vec![0.0; n.activities.len()];
        // Beyond capacity, per activity.
        let mut beyond = vec![0.0; n.activities.len()];
        // What lacks of a normal week's output: orders may have swollen, and to have filled a part of them is not to lack it.
        let missing = |a: usize| (normal(n, Place::Activity(a)) - after.activity[a][w] * main_output(n, a).1).max(0.0);
        for (f, facility) in n.facilities.iter().enumerate() {
            let mut total = 0.0;
            for a in facility.activities.clone() {
                wanted[a] = self.wanted(a, facility.drive, before);
                total += wanted[a];
            }
            let ceiling = after.ceiling[f][w];
            if total > ceiling {
                let lowered = before.capacity[f][w] < 1.0;
                for a in facility.activities.clone() {
                    let lost = wanted[a] * (1.0 - ceiling / total);
                    let (commodity, per_unit) = main_output(n, a);
                    if lowered {
                        self.note(Place::Activity(a), Kind::Outage, commodity, (lost * per_unit).min(missing(a)));
                    } else {
                        beyond[a] = lost;
                    }
                    wanted[a] -= lost;
                }
            }
        }
        for (q, quota) in self.world.shocks.quotas.iter().enumerate().filter(|(_, q)| !q.activities.is_empty()) {
            let total: f64 = quota.activities.iter().map(|&a| wanted[a]).sum();
            let allowance = allowance(self.world, self.now, before, q)[w];
            for &a in quota.activities.iter().filter(|_| total > allowance) {
                let lost = wanted[a] * (1.0 - allowance.max(0.0) / total);
                self.note(Place::Activity(a), Kind::Quota, quota.event, (lost * main_output(n, a).1).min(missing(a)));
                wanted[a] -= lost;
            }
        }
        for (a, activity) in n.activities.iter().enumerate() {
            let (lost, (made, per_unit)) = (wanted[a] - after.activity[a][w], main_output(n, a));
            // Only who does work at capacity is held back by it.
            if beyond[a] > 0.0 && lost <= NOTICED * wanted[a] {
                let place = Place::Activity(a);
                self.note(place, Kind::Capacity, made, (beyond[a] * per_unit).min(normal(n, place)));
            }
            // What is fed in is a share of what lies there: it is never short of it.
            if lost <= 0.0 || n.facilities[activity.facility].drive == Drive::Feed {
                continue;
            }
            let scarcest = activity
                .inputs
                .iter()
                .map(|(slot, amount)| (*slot, self.shortage(before, *slot, wanted[a] * amount), wanted[a] * amount))
                .max_by(|a, b| ((a.1[0] + a.1[1]) / a.2).total_cmp(&((b.1[0] + b.1[1]) / b.2)));
            if let Some((slot, [short, refused], _)) = scarcest {
                let part = if short + refused > 0.0 { refused / (short + refused) } else { 0.0 };
                let commodity = n.slots[slot].commodity;
                let lost = (lost * per_unit).min(missing(a));
                self.note(Place::Activity(a), Kind::Input, commodity, lost * (1.0 - part));
                self.note(Place::Activity(a), Kind::Refused, commodity, lost * part);
            }
        }
        for (u, user) in n.users.iter().enumerate() {
            let (demand, served, waits) = (after.users[u].demand[w], after.users[u].served[w], after.users[u].backlog[w]);
            let commodity = n.slots[user.slot].commodity;
            let unmet = (demand - served).max(0.0);
            let refused = self.shortage(before, user.slot, demand)[1].min(unmet);
            self.note(Place::User(u), Kind::Refused, commodity, refused);
            // Whoever leaves goods on the shelf was held back by something else.
            let slot = &after.slots[user.slot];
            let left = slot.on_hand[w] - after.stranded_on_hand(user.slot)[w];
            if left > 1e-6 * user.demand {
                self.note(Place::User(u), Kind::CatchUp, commodity, (unmet - refused).max(waits.min(demand)));
            } else {
                self.note(Place::User(u), Kind::Input, commodity, unmet - refused);
            }
        }
    }

    /// Of some mass wanted of a slot: what those who may order lack, and what those who may not do.
    fn shortage(&self, before: &State, slot: usize, wanted: f64) -> [f64; 2] {
        let w = self.w;
        let here = before.slots[slot].on_hand[w];
        if !self.world.shocks.reroutes[slot] {
            return [(wanted - here).max(0.0), 0.0];
        }
        let (theirs, reach) = (before.stranded_on_hand(slot)[w], before.slots[slot].reach[w]);
        [(reach * wanted - (here - theirs)).max(0.0), ((1.0 - reach) * wanted - theirs).max(0.0)]
    }

    /// Activity that a recipe's drive asks for, before any limit (MODEL 6.1).
    fn wanted(&self, a: usize, drive: Drive, before: &State) -> f64 {
        let (n, draws, w) = (self.world.network, self.world.draws, self.w);
        let activity = &n.activities[a];
        let (on_hand, owed) = (|s: usize| before.slots[s].on_hand[w], |s: usize| before.slots[s].owed[w]);
        match drive {
            Drive::Pull => {
                let correction = draws.of(n.behaviour.output_correction)[w];
                let drivers = activity.drivers.iter().map(|&d| activity.outputs[d]);
                let asked = drivers.map(|(s, per_unit)| {
                    let forecast = before.slots[s].order_forecast[w];
                    let gap = before.slots[s].cover[w] * forecast - (on_hand(s) - owed(s));
                    (forecast + correction * gap) / per_unit
                });
                asked.fold(0.0, f64::max)
            }
            Drive::Throttle => {
                let Some(&(s, _)) = activity.drivers.first().and_then(|&d| activity.outputs.get(d)) else { return 0.0 };
                let value: f64 = activity.basket.iter().map(|(m, share)| share * before.markets[*m].felt[w]).sum();
                let answers = n.needs.mines_answer && !activity.basket.is_empty();
                let answer = if answers { exp1(ln1(value) * draws.of(n.price.mine_elasticity)[w]) } else { 1.0 };
                let (cover, flow) = (before.slots[s].cover[w], n.slots[s].flow);
                let gap = cover * flow - (on_hand(s) - owed(s));
                activity.rate * answer * (1.0 + gap / (cover.max(1.0) * flow).max(1e-12)).max(0.0)
            }
            Drive::Feed => {
                let inputs = activity.inputs.iter().map(|(s, amount)| on_hand(*s) / ((before.slots[*s].cover[w] + 1.0) * amount));
                let least = inputs.fold(f64::INFINITY, f64::min);
                if least.is_finite() { least.max(0.0) } else { 0.0 }
            }
        }
    }

    /// What bound shipping, from the states before and after the verb `ship`.
    pub fn shipping(&mut self, before: &State, after: &State) {
        let World { network: n, shocks, .. } = self.world;
        let w = self.w;
        for (s, slot) in n.slots.iter().enumerate() {
            let pulls = || n.outbound[s].clone().filter(|&l| !n.lanes[l].push);
            let asked: f64 = pulls().map(|l| self.may_leave(before, l)).sum();
            let have = before.slots[s].on_hand[w];
            let part = if slot.infinite || asked <= have { 1.0 } else { have.max(0.0) / asked };
            for l in n.outbound[s].clone() {
                self.border(before, after, l);
                if n.lanes[l].push {
                    continue;
                }
                let (may, sent) = (self.may_leave(before, l), after.lanes[l].shipped[w]);
                let quota = shocks.quotas.iter().find(|q| self.now.strength[q.event][w] > 0.0 && q.lanes.binary_search(&l).is_ok());
                let capped = quota.map_or(0.0, |_| (may * part - sent).max(0.0));
                if let Some(quota) = quota {
                    // Of what was ordered this week: what is owed from before has been told of.
                    let new = (before.lanes[l].placed[w] - sent).max(0.0);
                    self.note(Place::Lane(l), Kind::Quota, quota.event, capped.min(new));
                }
                if part < 1.0 {
                    self.note(Place::Lane(l), Kind::Supplier, slot.commodity, may - sent - capped);
                }
            }
        }
    }

    /// What bans, carriers and desks hold back on a lane.
    fn border(&mut self, before: &State, after: &State, l: usize) {
        let World { network: n, shocks, .. } = self.world;
        let (lane, w, here) = (&n.lanes[l], self.w, &before.lanes[l]);
        let commodity = n.slots[lane.from].commodity;
        let owed = here.backorders[w];
        if shocks.ruled[l] {
            let shut = (1.0 - here.passed[w]) * lane.flow;
            let held = if here.open[w] < 1.0 { owed - here.open[w] * here.placed[w].max(lane.flow) } else { 0.0 };
            self.note(Place::Lane(l), Kind::Ban, commodity, held.max(shut));
        }
        let most = lane.capacity * if shocks.ruled[l] { here.eligible[w] } else { 1.0 };
        if lane.capacity.is_finite() && here.open[w] == 1.0 {
            self.note(Place::Lane(l), Kind::Carrier, commodity, owed - most);
        }
        if let Some(h) = here.licence {
            let (filed_or_free, let_go) = (after.lanes[l].shipped[w], after.lanes[l].cleared[w]);
            self.push(Place::Lane(l), Kind::Licence, commodity, filed_or_free - let_go);
            self.note(Place::Lane(l), Kind::Refused, commodity, owed - self.allowed(before, l));
            self.note(Place::Lane(l), Kind::Refused, commodity, (1.0 - before.licensed_share[h][w]) * lane.flow);
        }
    }

    /// Most that a desk lets buyers file for on a lane this period, t.
    fn allowed(&self, before: &State, l: usize) -> f64 {
        let World { network: n, shocks, .. } = self.world;
        match before.lanes[l].licence {
            Some(h) if shocks.capped && !shocks.licensed[h].collateral => {
                let cap = before.volume_cap[shocks.licensed[h].desk][self.w];
                if cap.is_finite() { cap * n.lanes[l].flow * before.lanes[l].eligible[self.w] } else { f64::INFINITY }
            }
            _ => f64::INFINITY,
        }
    }

    /// Most that may leave on a lane this period, t, stock and quotas apart.
    fn may_leave(&self, before: &State, l: usize) -> f64 {
        let (lane, here, w) = (&self.world.network.lanes[l], &before.lanes[l], self.w);
        let owed = here.backorders[w].min(self.allowed(before, l));
        if !self.world.shocks.ruled[l] {
            return owed.min(lane.capacity);
        }
        let open = if here.open[w] < 1.0 { here.open[w] * here.placed[w].max(lane.flow) } else { f64::INFINITY };
        let carried = if lane.capacity.is_finite() { lane.capacity * here.eligible[w] } else { f64::INFINITY };
        owed.min(open).min(carried)
    }
}
