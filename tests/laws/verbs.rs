//! A period, verb by verb: after each, the laws of MODEL section 9 that it must keep.

use coercivity::engine::{self, State, World as Here, balance};
use coercivity::scenario::schema::Pacing;
use coercivity::shocks::PeriodShocks;
use coercivity::wide::{Row, WIDTH, ZERO, add, splat};

use super::run::*;

/// A period, verb by verb, with the law of each verb checked after it.
pub fn lawful_step(run: &mut Run) {
    run.draw();
    let here = Here { network: &run.network, shocks: &run.shocks, rounds: &run.rounds, draws: &run.draws };
    let (now, state) = (&mut run.now, &mut run.state);
    let mut whole = state.clone();
    let mut anew = now.clone();
    if !run.shocks.pending.is_empty() {
        engine::decide::decide(here, now, state);
    }
    let now = &*now;
    engine::events::events(here, now, state);

    let before = state.clone();
    engine::desks::desks(here, now, state);
    desks_are_lawful(here, &before, state);

    let before = state.clone();
    engine::receive::receive(here, state);
    arrivals_are_lawful(here, &before, state);

    let before = state.clone();
    engine::produce::produce(here, now, state);
    production_is_lawful(here, &before, state, now);

    let before = state.clone();
    engine::order::order(here, state);
    orders_are_lawful(here, &before, state);

    let before = state.clone();
    engine::ship::ship(here, now, state);
    shipments_are_lawful(here, now, &before, state);

    engine::price::price(here, now, state);
    engine::adapt::adapt(here, now, state);
    engine::build::build(here, now, state);
    state.period += 1;

    // The verbs above are the period: none is forgotten here, none done twice there.
    engine::step(here, &mut anew, &mut whole);
    let stocks = |s: &State| (s.slots.iter().map(|x| x.on_hand).collect::<Vec<_>>(), s.markets.iter().map(|m| m.price).collect::<Vec<_>>());
    assert!(stocks(&whole) == stocks(state) && whole.transit == state.transit, "verbs and step differ");
}

/// I2, I6, I8 at the desks: what is let go goes on the road, what is sent back is on hand and owed again.
pub fn desks_are_lawful(here: Here<'_>, before: &State, after: &State) {
    let n = here.network;
    let mut returned = vec![ZERO; n.slots.len()];
    let mut approved = ZERO;
    let mut refused = ZERO;
    for (h, licensed) in here.shocks.licensed.iter().enumerate() {
        let l = licensed.lane;
        let (held, left) = (balance::held(before)[h], balance::held(after)[h]);
        let (road, gone) = (balance::in_transit(before, l), balance::in_transit(after, l));
        let go = row(|w| gone[w] - road[w]);
        let back = row(|w| held[w] - left[w] - go[w]);
        at_most(&ZERO, &go, &held, "let go");
        at_most(&ZERO, &back, &held, "sent back");
        add(&mut returned[n.lanes[l].from], &back);
        add(&mut approved, &go);
        add(&mut refused, &back);
    }
    for (s, slot) in n.slots.iter().enumerate() {
        let gain =
            row(|w| after.slots[s].on_hand[w] - before.slots[s].on_hand[w] - (after.slots[s].sourced[w] - before.slots[s].sourced[w]));
        near(
            &gain,
            &returned[s],
            &row(|w| after.slots[s].on_hand[w] + after.slots[s].sourced[w]),
            &format!("I2: sent back to {}", slot.name),
        );
    }
    let (a, b) = (&after.applications, &before.applications);
    near(&row(|w| a.approved[w] - b.approved[w]), &approved, &a.filed, "I8: approved");
    near(&row(|w| a.returned[w] - b.returned[w]), &refused, &a.filed, "I8: returned");
}

/// I2 on arrival.
pub fn arrivals_are_lawful(here: Here<'_>, before: &State, after: &State) {
    let n = here.network;
    let mut landed = vec![ZERO; n.slots.len()];
    for (l, lane) in n.lanes.iter().enumerate() {
        let (road, left) = (balance::in_transit(before, l), balance::in_transit(after, l));
        let due = &before.transit[before.rings[l].start + before.rings[l].head];
        near(&row(|w| road[w] - left[w]), due, &road, &format!("I2: {} lands", lane.name));
        add(&mut landed[lane.to], due);
    }
    // What is in use wears out: some of it is collected, the rest dissipated.
    let mut first = 0;
    for (x, (worn, new)) in n.in_use.iter().zip(before.wear.iter().zip(&after.wear)) {
        let here = |s: &State| sum(s.in_use[first..first + x.stages].iter());
        let (was, is) = (here(before), here(after));
        let collected = row(|w| was[w] - is[w] - (new.dissipated[w] - worn.dissipated[w]));
        at_most(&ZERO, &collected, &was, "collected");
        add(&mut landed[x.slot], &collected);
        first += x.stages;
    }
    for (s, slot) in n.slots.iter().enumerate() {
        let gain = row(|w| after.slots[s].on_hand[w] - before.slots[s].on_hand[w]);
        near(&gain, &landed[s], &after.slots[s].on_hand, &format!("I2: landed at {}", slot.name));
    }
}

/// I5 recipes, I7 demand, I9 production quotas.
pub fn production_is_lawful(here: Here<'_>, before: &State, after: &State, now: &PeriodShocks) {
    let n = here.network;
    let mut change = vec![ZERO; n.slots.len()];
    for (f, facility) in n.facilities.iter().enumerate() {
        let capacity = after.capacity_of(here, f);
        let made = sum(after.activity[facility.activities.clone()].iter());
        at_most(&made, &capacity, &made, &format!("capacity of {}", facility.id));
        for a in facility.activities.clone() {
            let u = &after.activity[a];
            at_most(&ZERO, u, u, "I5: activity");
            for (slot, amount) in &n.activities[a].inputs {
                at_most(&row(|w| amount * u[w]), &before.slots[*slot].on_hand, &before.slots[*slot].on_hand, "I5: inputs");
                add(&mut change[*slot], &row(|w| -amount * u[w]));
            }
            for (slot, amount) in &n.activities[a].outputs {
                add(&mut change[*slot], &row(|w| amount * u[w]));
            }
        }
    }
    for (u, user) in n.users.iter().enumerate() {
        let wanted = row(|w| before.users[u].backlog[w] + after.users[u].demand[w]);
        let answered = row(|w| after.users[u].served[w] + after.users[u].backlog[w] + after.users[u].lost[w]);
        near(&wanted, &answered, &wanted, &format!("I7: demand at {}", n.slots[user.slot].name));
        add(&mut change[user.slot], &row(|w| -after.users[u].served[w]));
    }
    let mut first = 0;
    for x in &n.in_use {
        let here = |s: &State| sum(s.in_use[first..first + x.stages].iter());
        let (was, is) = (here(before), here(after));
        near(&row(|w| is[w] - was[w]), &after.users[x.user].served, &is, "what is served is in use");
        first += x.stages;
    }
    for (i, recovery) in here.shocks.materials.recoveries.iter().enumerate() {
        for (slot, amount) in &n.activities[recovery.activity].outputs {
            add(&mut change[*slot], &row(|w| amount * (after.recovered[i][w] - before.recovered[i][w])));
        }
    }
    for (k, plant) in n.plants.iter().enumerate() {
        // What a new plant spoils is the share that it has not learnt to keep.
        for (i, (slot, amount)) in plant.learns.iter().flat_map(|&a| &n.activities[a].outputs).enumerate() {
            let spoiled = row(|w| after.plants[k].spoiled[i][w] - before.plants[k].spoiled[i][w]);
            let made = plant.learns.map_or(ZERO, |a| after.activity[a]);
            near(&spoiled, &row(|w| amount * made[w] * before.plants[k].loss[w]), &made, "I5: spoiled");
            add(&mut change[*slot], &row(|w| -spoiled[w]));
        }
    }
    for (s, slot) in n.slots.iter().enumerate() {
        let gain = row(|w| after.slots[s].on_hand[w] - before.slots[s].on_hand[w]);
        near(&gain, &change[s], &before.slots[s].on_hand, &format!("I5: {}", slot.name));
    }
    for (q, quota) in here.shocks.quotas.iter().enumerate().filter(|(_, q)| !q.activities.is_empty()) {
        let used = sum(quota.activities.iter().map(|&a| &after.activity[a]));
        quota_is_kept(here, now, before, after, q, &used);
    }
}

/// I9: what is used is taken off what is left, no more is used than may be this period, and nothing handed out is forgotten.
pub fn quota_is_kept(here: Here<'_>, now: &PeriodShocks, before: &State, after: &State, q: usize, used: &Row) {
    let quota = &here.shocks.quotas[q];
    let (books, age, span) = (&after.quotas[q], &now.age[quota.event], quota.span as f64);
    for w in 0..WIDTH {
        let (left, rest) = (before.quotas[q].left[w], books.left[w]);
        let into = age[w].rem_euclid(span);
        let batch = quota.batches.iter().find(|b| b.start as f64 <= into && into < b.end as f64);
        let may = match (quota.pacing, batch) {
            (Pacing::Even, Some(b)) => left / (b.end as f64 - into),
            (Pacing::FrontLoad(share), Some(b)) => {
                let half = b.start as f64 + ((b.end - b.start) as f64 / 2.0).floor();
                let kept = (1.0 - share) * quota.volume(b, here.draws)[w];
                if into < half { (left - kept).max(0.0) / (half - into) } else { left / (b.end as f64 - into) }
            }
            _ => left,
        };
        assert!(used[w] <= may * (1.0 + TOLERANCE) + 1e-9, "I9: {} of an allowance of {may}", used[w]);
        let kept = if rest.is_finite() { rest } else { 0.0 };
        let known = books.used[w] + books.lapsed[w] + kept;
        assert!((books.granted[w] - known).abs() <= TOLERANCE * (1.0 + known), "I9: {} granted, {known} known of", books.granted[w]);
        if left.is_finite() {
            assert!((left - used[w] - rest).abs() <= TOLERANCE * (1.0 + left), "I9: {left} less {} leaves {rest}", used[w]);
        }
    }
}

/// I6: what is placed is owed by the supplier and on order at the customer.
pub fn orders_are_lawful(here: Here<'_>, before: &State, after: &State) {
    let n = here.network;
    // Where works are planned, overdue orders are withdrawn first.
    let withdrawn = |l: usize, w: usize| after.withdrawn.get(l).map_or(0.0, |row| row[w]);
    for (l, lane) in n.lanes.iter().enumerate().filter(|(_, l)| !l.push) {
        let more = row(|w| after.lanes[l].backorders[w] - before.lanes[l].backorders[w] + withdrawn(l, w));
        at_most(&row(|w| withdrawn(l, w)), &before.lanes[l].backorders, &before.lanes[l].backorders, "I6: withdrawn");
        near(&more, &after.lanes[l].placed, &after.lanes[l].backorders, &format!("I6: orders on {}", lane.name));
        at_most(&ZERO, &after.lanes[l].placed, &ZERO, "I6: orders");
    }
    for (s, slot) in n.slots.iter().enumerate() {
        let placed = sum(n.inbound[s].iter().filter(|&&l| !n.lanes[l].push).map(|&l| &after.lanes[l].placed));
        near(
            &row(|w| {
                let gone: f64 = n.inbound[s].iter().filter(|&&l| !n.lanes[l].push).map(|&l| withdrawn(l, w)).sum();
                after.slots[s].on_order[w] - before.slots[s].on_order[w] + gone
            }),
            &placed,
            &after.slots[s].on_order,
            &format!("I6: on order at {}", slot.name),
        );
        at_most(&placed, &splat(slot.order_limit), &placed, "I6: the largest order");
    }
}

/// I2, I4, I6, I8, I9 on the way out.
pub fn shipments_are_lawful(here: Here<'_>, now: &PeriodShocks, before: &State, after: &State) {
    let n = here.network;
    let mut taken = ZERO;
    for (s, slot) in n.slots.iter().enumerate() {
        let mut gone = ZERO;
        let mut asked = ZERO;
        for l in n.outbound[s].clone() {
            let lane = &n.lanes[l];
            let shipped = &after.lanes[l].shipped;
            at_most(&ZERO, shipped, &ZERO, "I3: shipped");
            at_most(shipped, &splat(lane.capacity), shipped, &format!("I4: capacity of {}", lane.name));
            if !lane.push {
                // A lane partly shut passes its part of a normal week, or of this week's orders if they are larger.
                let cap = row(|w| {
                    let (owed, open) = (before.lanes[l].backorders[w], before.lanes[l].open[w]);
                    let normal = if open < 1.0 { open * before.lanes[l].placed[w].max(lane.flow) } else { f64::INFINITY };
                    let most = if lane.capacity.is_finite() { lane.capacity * before.lanes[l].eligible[w] } else { f64::INFINITY };
                    // A desk that caps volumes takes files for so much of an eligible buyer's normal week.
                    let filed = here.shocks.licence_of(l).map(|h| here.shocks.licensed[h]).filter(|h| !h.collateral);
                    let cap = filed.map_or(f64::INFINITY, |h| before.volume_cap[h.desk][w]);
                    let filed = if cap.is_finite() { cap * lane.flow * before.lanes[l].eligible[w] } else { f64::INFINITY };
                    owed.min(normal).min(most).min(filed)
                });
                at_most(shipped, &cap, &cap, &format!("I4: {} ships more than is ordered", lane.name));
                let less = row(|w| before.lanes[l].backorders[w] - after.lanes[l].backorders[w]);
                near(&less, shipped, &before.lanes[l].backorders, &format!("I6: {}", lane.name));
                add(&mut asked, &cap);
                add(&mut gone, shipped);
            }
            let licensed = here.shocks.licence_of(l);
            let held = |state: &State| licensed.map_or(ZERO, |h| balance::held(state)[h]);
            let (held_before, held_after) = (held(before), held(after));
            let (road, left) = (balance::in_transit(before, l), balance::in_transit(after, l));
            let more = row(|w| left[w] + held_after[w] - road[w] - held_before[w]);
            let all = row(|w| left[w] + held_after[w] + shipped[w]);
            near(&more, shipped, &all, &format!("I2: {} ships", lane.name));
            if let Some(h) = licensed {
                let filed = row(|w| held_after[w] - held_before[w]);
                let spent = row(|w| before.permit[h][w] - after.permit[h][w]);
                let subject = row(|w| shipped[w] * before.hold_share[h][w]);
                near(&row(|w| filed[w] + spent[w]), &subject, &subject, &format!("I4: permit and files of {}", lane.name));
                at_most(&spent, &before.permit[h], &ZERO, "I4: permit");
                add(&mut taken, &filed);
            }
        }
        if !slot.infinite {
            at_most(&gone, &before.slots[s].on_hand, &before.slots[s].on_hand, &format!("I4: stock of {}", slot.name));
            let quota_free = here.shocks.quotas.iter().all(|q| q.lanes.iter().all(|l| !n.outbound[s].contains(l)));
            if quota_free {
                near(
                    &gone,
                    &row(|w| before.slots[s].on_hand[w].min(asked[w])),
                    &gone,
                    &format!("I4: all that can leave {} leaves", slot.name),
                );
            }
            let pushed = sum(n.outbound[s].clone().filter(|&l| n.lanes[l].push).map(|l| &after.lanes[l].shipped));
            let less = row(|w| before.slots[s].on_hand[w] - after.slots[s].on_hand[w]);
            let drained = row(|w| after.slots[s].drained[w] - before.slots[s].drained[w]);
            let stolen = smuggled(here, before, after, s);
            near(
                &less,
                &row(|w| gone[w] + pushed[w] + drained[w] + stolen[w]),
                &before.slots[s].on_hand,
                &format!("I2: {} sends", slot.name),
            );
        }
        let owed = sum(n.outbound[s].clone().filter(|&l| !n.lanes[l].push).map(|l| &after.lanes[l].backorders));
        near(&after.slots[s].owed, &owed, &owed, &format!("I16: owed by {}", slot.name));
    }
    near(&row(|w| after.applications.filed[w] - before.applications.filed[w]), &taken, &after.applications.filed, "I8: filed");
    let exports: Vec<usize> = (0..here.shocks.quotas.len()).filter(|&q| !here.shocks.quotas[q].lanes.is_empty()).collect();
    for &q in &exports {
        let used = sum(here.shocks.quotas[q].lanes.iter().map(|&l| &after.lanes[l].shipped));
        quota_is_kept(here, now, before, after, q, &used);
    }
}

/// I2, I4: what smugglers take of a slot is on its way or seized, and no more than their capacity and the shelf allow.
fn smuggled(here: Here<'_>, before: &State, after: &State, s: usize) -> Row {
    let mut taken = ZERO;
    for (i, lane) in here.network.illicit.iter().enumerate().filter(|(_, x)| here.network.lanes[x.lane].from == s) {
        let (l, state) = (lane.lane, &after.illicit[i]);
        let name = &here.network.lanes[l].name;
        let through = row(|w| balance::in_transit(after, l)[w] - balance::in_transit(before, l)[w]);
        near(&through, &after.lanes[l].shipped, &balance::in_transit(after, l), &format!("I2: {name} carries"));
        let seized = row(|w| state.seized_total[w] - before.illicit[i].seized_total[w]);
        near(&seized, &state.seized, &state.seized_total, &format!("I2: seized on {name}"));
        let all = row(|w| after.lanes[l].shipped[w] + state.seized[w]);
        at_most(&all, &row(|w| state.capacity[w] * (1.0 - state.enforcement[w])), &all, &format!("I4: capacity of {name}"));
        let diverted = here.draws.of(lane.diverted);
        at_most(&all, &row(|w| diverted[w] * before.slots[s].on_hand[w]), &all, &format!("I4: diverted to {name}"));
        at_most(&ZERO, &all, &ZERO, "I3: smuggled");
        add(&mut taken, &all);
    }
    taken
}

/// I1, I3, I8, I16 over the whole state.
pub fn books_are_right(run: &Run, opening: &balance::Ledger) {
    let (here, state) = (run.here(), &run.state);
    let ledger = balance::ledger(here, state);
    for (e, element) in run.network.elements.iter().enumerate() {
        let total = row(|w| ledger.inside[e][w] + ledger.left[e][w] - ledger.mined[e][w]);
        let scale = row(|w| opening.inside[e][w] + ledger.mined[e][w] + ledger.left[e][w]);
        near(&total, &opening.inside[e], &scale, &format!("I1: mass of {element} in week {}", state.period));
    }
    assert!(balance::nothing_negative(state), "I3");
    let (slots, lanes) = (state.slots.iter(), state.lanes.iter());
    let masses = state.users.iter().flat_map(|u| [&u.backlog, &u.lost]).chain(slots.clone().flat_map(|s| [&s.drained, &s.owed]));
    let desks = [&state.permit, &state.queue]
        .into_iter()
        .flatten()
        .chain(state.quotas.iter().flat_map(|q| [&q.left, &q.granted, &q.used, &q.lapsed]));
    assert!(masses.chain(desks).flat_map(|row| row.iter()).all(|x| *x >= 0.0), "I3");
    let shares = lanes.flat_map(|l| [&l.eligible, &l.open]).chain(slots.map(|s| &s.reach));
    let others = [&state.scare, &state.hold_share, &state.licensed_share].into_iter().flatten();
    assert!(shares.chain(others).flat_map(|row| row.iter()).all(|x| (0.0..=1.0 + 1e-12).contains(x)), "a share is none");
    assert!(state.markets.iter().flat_map(|m| m.price).all(|x| x.is_finite() && x > 0.0), "a price is none");
    let gap = balance::on_order_gap(here, state);
    assert!(gap < TOLERANCE, "I16: on order is off by {gap:e} in week {}", state.period);
    let pending = sum(balance::held(state).iter());
    let a = &state.applications;
    near(&a.filed, &row(|w| a.approved[w] + a.returned[w] + pending[w]), &a.filed, "I8: filed = approved + returned + pending");
    let desks = sum(state.held.iter());
    near(&desks, &pending, &a.filed, "I16: what the desks hold");
}
