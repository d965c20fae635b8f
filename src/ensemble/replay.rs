//! In: the address of one realization. Out: that realization again, bit for bit, with every period of it recorded.
//!
//! The batch that holds it runs as in any run, through the ordinary engine on the ordinary path; one column of it is written down.

use std::sync::atomic::AtomicBool;

use super::Plan;
use super::batch::{Moment, Record, scalar_names};
use super::binding::{Binding, Notes};
use super::dispatch;
use super::observe::Watch;
use super::twins::Twins;
use crate::engine::{State, VERBS, balance};
use crate::network::Network;
use crate::shocks::Shocks;
use crate::wide::{Row, WIDTH};

/// One realization, written down.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Outcomes and drawn parameters: (metric, scope) and value, as in the table of realizations.
    pub scalars: Vec<((String, String), f64)>,
    /// What happened, one value a period, sorted by variable and scope; without what is zero in every period.
    pub trace: Vec<Traced>,
    /// What bound where, in order of time.
    pub bindings: Vec<Binding>,
    /// Events that happen: index of the event, onset and end (infinite: none), periods.
    pub events: Vec<(usize, f64, f64)>,
}

/// One variable of one place over time.
#[derive(Debug, Clone)]
pub struct Traced {
    /// What it is.
    pub variable: &'static str,
    /// Where.
    pub scope: String,
    /// Unit.
    pub unit: &'static str,
    /// One value a period; no number where there is no limit.
    pub values: Vec<f64>,
}

/// Writes down one column of a batch.
struct Spy<'a> {
    watch: &'a Watch,
    column: usize,
    /// The state before the verb that is looked at.
    before: Option<State>,
    trace: Vec<Traced>,
    bindings: Vec<Binding>,
    /// Times in which events without a date were in force: event, onset, end.
    events: Vec<(usize, f64, f64)>,
}

/// Verbs after which somebody looks: production happens between the first two, shipping between the others.
const LOOKED_AT: [&str; 4] = ["receive", "produce", "order", "ship"];

/// Replays realization `k` (from 0) of a plan.
pub fn replay(network: &Network, shocks: &Shocks, watch: &Watch, plan: &Plan, k: u64) -> Replay {
    let twins = Twins::new(network, shocks);
    let (first, column) = (k - k % WIDTH as u64, (k % WIDTH as u64) as usize);
    let job = twins.job(watch, plan, first);
    let mut spy = Spy { watch, column, before: None, trace: vec![], bindings: vec![], events: vec![] };
    let mut record = Record::default();
    dispatch::watch_on(dispatch::widest(), job, &AtomicBool::new(false), &mut record, Some(&mut |moment| spy.see(&moment)));
    let names = scalar_names(network, shocks, watch, plan);
    let scalars = names.into_iter().zip(record.scalars.iter().map(|row| row[column])).collect();
    let Spy { mut trace, bindings, mut events, .. } = spy;
    // What stays at nothing all the time tells nothing.
    trace.retain(|t| t.values.iter().any(|x| *x != 0.0));
    trace.sort_by(|a, b| (a.variable, &a.scope).cmp(&(b.variable, &b.scope)));
    let windows = shocks.open(network, first).windows;
    let happens = windows.iter().enumerate().filter(|(_, x)| x.occurs[column] > 0.0 && x.onset[column] < plan.horizon as f64);
    events.extend(happens.map(|(i, x)| (i, x.onset[column], x.onset[column] + x.duration[column])));
    Replay { scalars, trace, bindings, events }
}

impl Spy<'_> {
    fn see(&mut self, moment: &Moment<'_>) {
        let Moment { verb, world, now, state, .. } = *moment;
        if verb == VERBS.len() {
            return self.write(moment);
        }
        let Some(at) = LOOKED_AT.iter().position(|name| *name == VERBS[verb]) else { return };
        if at % 2 == 0 {
            self.before = Some(state.clone());
        } else if let Some(before) = &self.before {
            let mut notes = Notes { world, now, w: self.column, list: &mut self.bindings };
            if at == 1 { notes.production(before, state) } else { notes.shipping(before, state) }
        }
    }

    /// Writes down what the run itself has brought about; what is renewed has a later end.
    fn note_begun(&mut self, moment: &Moment<'_>) {
        let affairs = &moment.state.affairs;
        for (p, pending) in moment.world.shocks.pending.iter().enumerate() {
            let (onset, lasts) = (affairs.onset[p][self.column], affairs.lasts[p][self.column]);
            if onset > moment.period as f64 {
                continue;
            }
            match self.events.iter_mut().find(|(event, from, _)| *event == pending.event && *from == onset) {
                Some((_, _, until)) => *until = onset + lasts,
                None => self.events.push((pending.event, onset, onset + lasts)),
            }
        }
    }

    /// Writes down a period's end.
    fn write(&mut self, moment: &Moment<'_>) {
        let (t, column) = (moment.period, self.column);
        self.note_begun(moment);
        let first = t == 0;
        let trace = &mut self.trace;
        let mut place = 0;
        let mut put = |variable: &'static str, scope: &dyn Fn() -> String, unit: &'static str, row: &Row| {
            if first {
                trace.push(Traced { variable, scope: scope(), unit, values: vec![] });
            }
            let value = row[column];
            trace[place].values.push(if value.is_finite() { value } else { f64::NAN });
            place += 1;
        };
        for series in &self.watch.series {
            let row = moment.sight.read(moment.world.network, self.watch, moment.state, self.watch.readings[series.reading]);
            put(series.variable, &|| series.scope.clone(), series.unit, &row);
        }
        chain(moment, &mut put);
        rules(moment, &mut put);
    }
}

/// Takes one value of the trace: variable, scope, unit, row.
type Put<'a> = dyn FnMut(&'static str, &dyn Fn() -> String, &'static str, &Row) + 'a;

/// Stocks, orders, shipments, production, service.
fn chain(moment: &Moment<'_>, put: &mut Put<'_>) {
    let (n, shocks, state) = (moment.world.network, moment.world.shocks, moment.state);
    for (slot, here) in n.slots.iter().zip(&state.slots) {
        let scope = || format!("slot:{}", slot.name);
        put("on_hand", &scope, "t", &here.on_hand);
        if slot.orders || slot.takes_push {
            put("on_order", &scope, "t", &here.on_order);
            put("usage_forecast", &scope, "t/week", &here.usage_forecast);
        }
        put("owed", &scope, "t", &here.owed);
    }
    for (l, lane) in n.lanes.iter().enumerate() {
        let (here, scope) = (&state.lanes[l], || format!("lane:{}", lane.name));
        if !lane.push {
            put("ordered", &scope, "t/week", &here.placed);
            put("backorders", &scope, "t", &here.backorders);
        }
        put("shipped", &scope, "t/week", &here.shipped);
        put("in_transit", &scope, "t", &balance::in_transit(state, l));
        if shocks.ruled[l] {
            put("open_share", &scope, "share", &here.open);
            put("eligible_share", &scope, "share", &here.eligible);
        }
        if here.licence.is_some() {
            put("let_go", &scope, "t/week", &here.cleared);
        }
    }
    for (a, activity) in n.activities.iter().enumerate() {
        put("activity", &|| format!("activity:{}", activity.name), "t/week", &state.activity[a]);
    }
    for (f, facility) in n.facilities.iter().enumerate().filter(|(_, f)| !f.activities.is_empty()) {
        put("capacity", &|| format!("facility:{}", facility.id), "t/week", &state.ceiling[f]);
    }
    for (user, here) in n.users.iter().zip(&state.users) {
        let scope = || format!("user:{}", n.slots[user.slot].name);
        put("demand", &scope, "t/week", &here.demand);
        put("served", &scope, "t/week", &here.served);
        put("lost_demand", &scope, "t/week", &here.lost);
        put("waiting_demand", &scope, "t", &here.backlog);
    }
}

/// Events, desks, quotas, scares.
fn rules(moment: &Moment<'_>, put: &mut Put<'_>) {
    let (n, shocks, state) = (moment.world.network, moment.world.shocks, moment.state);
    for (i, schedule) in shocks.schedules.iter().enumerate() {
        put("strength", &|| format!("event:{}", schedule.id), "share", &moment.now.strength[i]);
    }
    for (e, escalation) in shocks.escalations.iter().enumerate() {
        let scope = || format!("escalation:{}", escalation.id);
        put("measures", &scope, "measures", &state.affairs.now[e]);
        put("excitement", &scope, "measures/week", &state.affairs.excitement[e]);
    }
    for (d, desk) in shocks.desks.iter().enumerate() {
        let scope = || format!("desk:{}", desk.id);
        put("clock", &scope, "weeks", &state.clock[d]);
        put("queue", &scope, "files", &state.queue[d]);
        put("strictness", &scope, "logit", &state.strictness[d]);
        put("posted_wait", &scope, "weeks", &state.posted[d]);
    }
    let held = balance::held(state);
    for (h, licensed) in shocks.licensed.iter().enumerate() {
        let scope = || format!("lane:{}", n.lanes[licensed.lane].name);
        put("held_share", &scope, "share", &state.hold_share[h]);
        put("held_at_desk", &scope, "t", &held[h]);
        put("general_licence_left", &scope, "t", &state.permit[h]);
    }
    for (q, quota) in shocks.quotas.iter().enumerate() {
        put("quota_left", &|| format!("event:{}", shocks.schedules[quota.event].id), "t", &state.quotas[q].left);
    }
    for (lane, here) in n.illicit.iter().zip(&state.illicit) {
        let scope = || format!("lane:{}", n.lanes[lane.lane].name);
        put("carries_at_most", &scope, "t/week", &here.capacity);
        put("enforcement", &scope, "share", &here.enforcement);
        put("seizure", &scope, "share", &here.seizure);
        put("seized_here", &scope, "t/week", &here.seized);
    }
    for (r, region) in n.regions.iter().enumerate() {
        put("scare", &|| format!("region:{region}"), "index", &state.scare[r]);
    }
}
