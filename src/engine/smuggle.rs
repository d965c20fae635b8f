//! In: last week's prices, enforcement, what lies on shelves after lawful trade. Out: what smugglers carry, and what is seized (MODEL 6.10).
//!
//! Nothing that rules lawful trade is asked: no desk, ban, quota or duty. Lanes of one shelf are served together, so that their order
//! does not matter.

use super::{State, World};
use crate::network::Lane;
use crate::network::illicit::temptation;
use crate::shocks::PeriodShocks;
use crate::wide::{Row, WIDTH, ZERO, add, max, min};

/// The state of an illicit lane. Masses t, shares 0..1.
#[derive(Debug, Clone)]
pub struct IllicitState {
    /// Most it carries, t/week.
    pub capacity: Row,
    /// Enforcement.
    pub enforcement: Row,
    /// Share seized.
    pub seizure: Row,
    /// Seized this period.
    pub seized: Row,
    /// Seized since the start.
    pub seized_total: Row,
    /// Let through since the start.
    pub through_total: Row,
}

impl IllicitState {
    /// As the network has it: nothing has gone yet.
    pub(super) fn open(world: World<'_>, i: usize) -> IllicitState {
        let mut here =
            IllicitState { capacity: ZERO, enforcement: ZERO, seizure: ZERO, seized: ZERO, seized_total: ZERO, through_total: ZERO };
        here.undisturbed(world, i);
        here
    }

    /// Capacity, enforcement and seizure without any event.
    #[inline(always)]
    pub(super) fn undisturbed(&mut self, World { network, draws, .. }: World<'_>, i: usize) {
        let lane = &network.illicit[i];
        let drawn = draws.of(lane.capacity);
        for w in 0..WIDTH {
            self.capacity[w] = drawn[w] * lane.unit;
        }
        self.enforcement = *draws.of(lane.enforcement);
        self.seizure = *draws.of(lane.seizure);
    }
}

/// Takes what smugglers dare to take off the shelves; the state seizes its part, the carrier has the rest.
#[inline(always)]
pub(super) fn smuggle(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let n = world.network;
    for i in 0..n.illicit.len() {
        state.lanes[n.illicit[i].lane].shipped = wanted(world, i, state);
    }
    for i in 0..n.illicit.len() {
        let from = n.lanes[n.illicit[i].lane].from;
        // Lanes of one shelf may lie apart; the first of them settles all.
        let shelf = || (0..n.illicit.len()).filter(|&j| n.lanes[n.illicit[j].lane].from == from);
        if n.slots[from].infinite || shelf().next() != Some(i) {
            continue;
        }
        let (have, mut all) = (state.slots[from].on_hand, ZERO);
        for j in shelf() {
            add(&mut all, &state.lanes[n.illicit[j].lane].shipped);
        }
        for j in shelf() {
            let taken = &mut state.lanes[n.illicit[j].lane].shipped;
            for w in 0..WIDTH {
                let part = taken[w] * (have[w] / all[w]);
                taken[w] = if all[w] > have[w] { part } else { taken[w] };
            }
        }
    }
    for i in 0..n.illicit.len() {
        go(world, now, i, state);
    }
}

/// What would go on a lane: capacity, as far as the price gap beyond the margin tempts and enforcement does not deter, and no more
/// than the part of the shelf that can be diverted.
#[inline(always)]
fn wanted(world: World<'_>, i: usize, state: &State) -> Row {
    let World { network: n, draws, .. } = world;
    let (lane, here) = (&n.illicit[i], &state.illicit[i]);
    let from = n.lanes[lane.lane].from;
    let [source, goal] = lane.markets;
    let scale = n.markets[goal].reference / n.markets[source].reference;
    let (there, at_home) = (&state.markets[goal].price, &state.markets[source].price);
    let (margin, width, diverted) = (draws.of(lane.margin), draws.of(lane.width), draws.of(lane.diverted));
    let shelf = &state.slots[from].on_hand;
    let bounded = !n.slots[from].infinite;
    let mut taken = ZERO;
    for w in 0..WIDTH {
        let dared = here.capacity[w] * (1.0 - here.enforcement[w]);
        let tempted = dared * temptation(scale * there[w] / at_home[w], margin[w], width[w]);
        let most = diverted[w] * shelf[w];
        taken[w] = if bounded { min(tempted, most) } else { tempted };
    }
    taken
}

/// Takes it off the shelf; what is not seized travels, and belongs to buyers as they are, the refused among them.
#[inline(always)]
fn go(world: World<'_>, now: &PeriodShocks, i: usize, state: &mut State) {
    let World { network: n, shocks, .. } = world;
    let lane = &n.illicit[i];
    let (l, Lane { from, to, .. }) = (lane.lane, &n.lanes[lane.lane]);
    let taken = state.lanes[l].shipped;
    if n.slots[*from].infinite {
        add(&mut state.slots[*from].sourced, &taken);
    } else {
        let on_hand = &mut state.slots[*from].on_hand;
        for w in 0..WIDTH {
            on_hand[w] = max(on_hand[w] - taken[w], 0.0);
        }
    }
    let here = &mut state.illicit[i];
    let (mut seized, mut through) = (ZERO, ZERO);
    if lane.lumpy {
        let luck = &now.seizure[i];
        for w in 0..WIDTH {
            seized[w] = if luck[w] < here.seizure[w] { taken[w] } else { 0.0 };
            through[w] = taken[w] - seized[w];
        }
    } else {
        for w in 0..WIDTH {
            seized[w] = taken[w] * here.seizure[w];
            through[w] = taken[w] - seized[w];
        }
    }
    here.seized = seized;
    add(&mut here.seized_total, &seized);
    add(&mut here.through_total, &through);
    state.lanes[l].shipped = through;
    let goal = &mut state.slots[*to];
    add(&mut goal.on_order, &through);
    if shocks.reroutes[*to] {
        for w in 0..WIDTH {
            goal.stranded[w] += (1.0 - goal.reach[w]) * through[w];
        }
    }
    super::ship::carry(world, now, l, &through, state);
}
