//! In: what customers may get of a slot at most. Out: what each gets when there is not enough: capped weighted rationing (MODEL 6.3).

use super::{State, World};
use crate::scenario::schema::SharingRule;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, max, min, splat, times};

/// Divides what a slot has where its customers ask for more.
#[inline(always)]
pub(super) fn share(world: World<'_>, s: usize, have: &Row, asked: &Row, state: &mut State) {
    let n = world.network;
    if !n.needs.plain_sharing[s] {
        return ration(world, s, have, state);
    }
    let mut share = ONE;
    for w in 0..WIDTH {
        let part = max(have[w], 0.0) / asked[w];
        share[w] = if asked[w] > have[w] { part } else { 1.0 };
    }
    for l in n.outbound[s].clone() {
        times(&mut state.lanes[l].shipped, &share);
    }
}

/// Three passes of weighted rationing under caps, then a last proportional one that uses up what is left.
#[inline(always)]
fn ration(world: World<'_>, s: usize, have: &Row, state: &mut State) {
    let n = world.network;
    let rule = n.slots[s].sharing;
    let phantom = world.draws.of(n.behaviour.phantom);
    let pulls = || n.outbound[s].clone().filter(|&l| !n.lanes[l].push);
    let [mut caps, mut weights, mut given] =
        [&mut state.scratch.caps, &mut state.scratch.weights, &mut state.scratch.given].map(std::mem::take);
    for room in [&mut caps, &mut weights, &mut given] {
        room.clear();
    }
    let mut asked = ZERO;
    for l in pulls() {
        let priority = n.behaviour.priority[n.lanes[l].class as usize];
        let (owed, fill, history) = (&state.lanes[l].backorders, &state.lanes[l].fill, &state.lanes[l].history);
        let mut weight = splat(priority);
        for w in 0..WIDTH {
            weight[w] *= match rule {
                SharingRule::Proportional => owed[w] * min(1.0 + phantom[w] * (1.0 - fill[w]), n.behaviour.phantom_max),
                SharingRule::Uniform => 1.0,
                SharingRule::TurnAndEarn => max(history[w], 1e-12),
            };
        }
        add(&mut asked, &state.lanes[l].shipped);
        caps.push(state.lanes[l].shipped);
        given.push(ZERO);
        weights.push(weight);
    }
    let mut left = ZERO;
    for w in 0..WIDTH {
        left[w] = min(max(have[w], 0.0), asked[w]);
    }
    let share = divide(&caps, &weights, &mut given, left);
    for (i, l) in pulls().enumerate() {
        let (cap, so_far, mut shipped) = (&caps[i], &given[i], ZERO);
        for w in 0..WIDTH {
            // Where there is enough for all, all is given to the last bit: a realization must not feel that a neighbour's was rationed.
            let rationed = so_far[w] + (cap[w] - so_far[w]) * share[w];
            shipped[w] = if asked[w] <= have[w] { cap[w] } else { rationed };
        }
        state.lanes[l].shipped = shipped;
    }
    let scratch = &mut state.scratch;
    (scratch.caps, scratch.weights, scratch.given) = (caps, weights, given);
}

/// Adds to what each was given what three passes by weight give it of what is left; returns the share of its room that a last pass gives each.
#[inline(always)]
pub(super) fn divide(caps: &[Row], weights: &[Row], given: &mut [Row], mut left: Row) -> Row {
    let tiny = |q: f64| 1e-15 * (1.0 + q);
    for _ in 0..3 {
        let mut total = ZERO;
        for i in 0..caps.len() {
            let (cap, so_far, weight) = (&caps[i], &given[i], &weights[i]);
            for w in 0..WIDTH {
                total[w] += if cap[w] - so_far[w] > tiny(cap[w]) { weight[w] } else { 0.0 };
            }
        }
        let (mut used, mut per) = (ZERO, ZERO);
        for w in 0..WIDTH {
            let each = left[w] / total[w];
            per[w] = if total[w] > 0.0 { each } else { 0.0 };
        }
        for i in 0..caps.len() {
            let (cap, mut so_far, weight) = (&caps[i], given[i], &weights[i]);
            for w in 0..WIDTH {
                let room = cap[w] - so_far[w];
                let more = if room > tiny(cap[w]) { min(room, weight[w] * per[w]) } else { 0.0 };
                so_far[w] += more;
                used[w] += more;
            }
            given[i] = so_far;
        }
        for w in 0..WIDTH {
            left[w] = max(left[w] - used[w], 0.0);
        }
    }
    let (mut room, mut share) = (ZERO, ZERO);
    for i in 0..caps.len() {
        for w in 0..WIDTH {
            room[w] += caps[i][w] - given[i][w];
        }
    }
    for w in 0..WIDTH {
        let part = min(left[w] / room[w], 1.0);
        share[w] = if room[w] > 0.0 { part } else { 0.0 };
    }
    share
}
