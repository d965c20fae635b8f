//! In: people, projects, prices, fear. Out: who knows how, what is begun, how far it is, what it adds to capacity (MODEL 6.9).
//!
//! A project's time is operational: dθ = A dt, A = min(1, people / people needed)^γ, less what a ban takes. Permits and qualification
//! go by the calendar. What is in force at the end of a period is what the next one works with.

use super::state::{PoolState, ProjectState};
use super::{State, World};
use crate::network::Project;
use crate::shocks::PeriodShocks;
use crate::units::WEEKS_PER_YEAR;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, exp1, ln1, max, min};

/// A ramp goes from 5 % to 95 % of its capacity: ln 19 on either side of its middle.
const NINETEENTH: f64 = 2.944_438_979_166_440_3;

/// Moves people, projects and what they have built.
#[inline(always)]
pub fn build(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let n = world.network;
    if n.pools.is_empty() && n.projects.is_empty() {
        return;
    }
    clocks(world, state);
    for p in 0..n.projects.len() {
        begin(world, now, p, state);
        advance(world, p, state);
    }
    for k in 0..n.plants.len() {
        settle(world, k, state);
    }
    for p in 0..n.pools.len() {
        people(world, p, state);
    }
}

/// Whether a project has people at work: it builds or ramps. 1 or 0.
#[inline(always)]
fn at_work(world: World<'_>, project: &Project, here: &ProjectState) -> Row {
    let (permit, ramp) = (world.draws.of(project.permit), world.draws.of(project.ramp));
    let mut busy = ZERO;
    for w in 0..WIDTH {
        let on = (here.begun[w] > 0.0) & (here.permitted[w] >= permit[w]) & (here.aged[w] < ramp[w]) & (here.gone[w] == 0.0);
        busy[w] = if on { 1.0 } else { 0.0 };
    }
    busy
}

/// The speed of each pool's clock: people over people needed, where they are short.
#[inline(always)]
fn clocks(world: World<'_>, state: &mut State) {
    let World { network: n, draws, .. } = world;
    for pool in &mut state.pools {
        pool.needed = ZERO;
    }
    for (project, here) in n.projects.iter().zip(&state.projects) {
        let Some(pool) = project.pool else { continue };
        let (busy, people, needed) = (at_work(world, project, here), draws.of(project.people), &mut state.pools[pool].needed);
        for w in 0..WIDTH {
            needed[w] += busy[w] * people[w] * here.needier[w];
        }
    }
    for (pool, here) in n.pools.iter().zip(&mut state.pools) {
        let exponent = draws.of(pool.exponent);
        let PoolState { people, needed, clock, .. } = here;
        for w in 0..WIDTH {
            let part = min(people[w] / max(needed[w], 1e-300), 1.0);
            let slow = exp1(exponent[w] * ln1(max(part, 1e-12)));
            clock[w] = if needed[w] > people[w] { slow } else { 1.0 };
        }
    }
}

/// Begins a project: at its date, or when it pays and chance has it.
#[inline(always)]
fn begin(world: World<'_>, now: &PeriodShocks, p: usize, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let project = &n.projects[p];
    let mut pays = ZERO;
    if let Some(hazard) = &project.hazard {
        let region = n.facilities[n.plants[project.plant].facility].region;
        let mut value = if project.basket.is_empty() { ONE } else { ZERO };
        for (i, &(k, share)) in project.basket.iter().enumerate() {
            let (felt, floor) = (&state.markets[k].felt, &state.projects[p].floors[i]);
            for w in 0..WIDTH {
                value[w] += share * max(felt[w], floor[w]);
            }
        }
        let (rate, hurdle) = (draws.of(hazard.rate), draws.of(hazard.hurdle));
        let (risk, offtake, fear) = (draws.of(hazard.risk), draws.of(hazard.offtake), &state.scare[region]);
        let (chance, here) = (&now.project[p], &state.projects[p]);
        for w in 0..WIDTH {
            let least = hurdle[w] * (1.0 - risk[w] * fear[w]) * (1.0 - offtake[w] * here.assured[w]);
            let likely = 1.0 - exp1(-rate[w] / WEEKS_PER_YEAR * max(value[w] - least, 0.0));
            let may = (here.wait[w] <= 0.0) & (draws.comes[p][w] < project.probability);
            pays[w] = if may & (chance[w] < likely) { 1.0 } else { 0.0 };
        }
    }
    let here = &mut state.projects[p];
    for w in 0..WIDTH {
        let due = if here.until[w] <= 0.0 { 1.0 } else { pays[w] };
        here.begun[w] = if here.gone[w] > 0.0 { here.begun[w] } else { max(here.begun[w], due) };
    }
}

/// One week of a project: what is left of the week passes from one phase to the next.
#[inline(always)]
fn advance(world: World<'_>, p: usize, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let project = &n.projects[p];
    let pool = project.pool.map_or(ONE, |pool| state.pools[pool].clock);
    let [permit, build, ramp] = [project.permit, project.build, project.ramp].map(|x| *draws.of(x));
    let [qualification, full] = [project.qualification, project.capacity].map(|x| *draws.of(x));
    let here = &mut state.projects[p];
    for w in 0..WIDTH {
        let speed = pool[w] * here.speed[w];
        here.clock[w] = speed;
        // A delay takes the beginning of the week.
        let stands = min(here.wait[w], 1.0);
        here.wait[w] -= stands;
        here.until[w] = max(here.until[w] - (1.0 - stands), 0.0);
        let mut left = (1.0 - stands) * here.begun[w] * (1.0 - here.gone[w]);
        let calendar = min(left, max(permit[w] - here.permitted[w], 0.0));
        here.permitted[w] += calendar;
        left -= calendar;
        let pace = speed / here.slower[w];
        let built = min(left * pace, max(build[w] - here.built[w], 0.0));
        here.built[w] += built;
        let spent = min(built / max(pace, 1e-300), left);
        let stopped = if pace > 0.0 { left - spent } else { 0.0 };
        // Whoever has nothing left to build needs no pace for it.
        left = if here.built[w] >= build[w] { if built > 0.0 { stopped } else { left } } else { 0.0 };
        here.aged[w] += left * speed;
        here.shown[w] += left;
        // Middle of the ramp at half its length; without a ramp it is all there at once.
        let rise = 2.0 * NINETEENTH * (here.aged[w] / max(ramp[w], 1e-9) - 0.5);
        let share = if ramp[w] > 1e-9 { 1.0 / (1.0 + exp1(-rise)) } else { 1.0 };
        let ready = (here.shown[w] > 0.0) & (here.shown[w] >= qualification[w]);
        here.capacity[w] = if ready { full[w] * share } else { 0.0 };
    }
}

/// What a plant can make next week, what of it is spoiled, and what its projects have learnt this week.
#[inline(always)]
fn settle(world: World<'_>, k: usize, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let plant = &n.plants[k];
    if let Some(a) = plant.learns {
        let (before, mut weight, mut loss) = (state.plants[k].capacity, ZERO, ZERO);
        for &p in &plant.projects {
            let project = &n.projects[p];
            let full = draws.of(project.capacity);
            let [first, ratio, known] = [project.starting_loss, project.progress_ratio, project.experience].map(|x| *draws.of(x));
            let (made, here) = (&state.activity[a], &mut state.projects[p]);
            for w in 0..WIDTH {
                // Who lacks people learns less of what it makes.
                let part = here.in_force[w] / max(before[w], 1e-300);
                here.experience[w] += here.clock[w] * part * made[w] / max(full[w], 1e-300);
                let doublings = ln1((known[w] + here.experience[w]) / known[w]) / std::f64::consts::LN_2;
                // What a ban takes of the know-how, works begin without; those that run have learnt to do without it.
                here.spoils[w] = if here.in_force[w] > 0.0 { here.spoils[w] } else { min(first[w] * here.worse[w], 0.99) };
                let spoiled = here.spoils[w] * exp1(doublings * ln1(ratio[w]));
                weight[w] += here.capacity[w];
                loss[w] += here.capacity[w] * spoiled;
            }
        }
        let kept = &mut state.plants[k].loss;
        for w in 0..WIDTH {
            let mean = loss[w] / weight[w];
            kept[w] = if weight[w] > 0.0 { mean } else { 0.0 };
        }
    }
    let mut sum = ZERO;
    for &p in &plant.projects {
        state.projects[p].in_force = state.projects[p].capacity;
        add(&mut sum, &state.projects[p].capacity);
    }
    state.plants[k].capacity = sum;
    state.ceiling[plant.facility] = state.capacity_of(world, plant.facility);
}

/// People leave, come, are taught, and learn from what new plants make.
#[inline(always)]
fn people(world: World<'_>, p: usize, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let pool = &n.pools[p];
    let mut made = ZERO;
    for plant in &n.plants {
        let f = &n.facilities[plant.facility];
        if let Some(a) = plant.learns.filter(|_| (f.region, f.stage) == (pool.region, pool.stage)) {
            add(&mut made, &state.activity[a]);
        }
    }
    let [attrition, inflow, training] = [pool.attrition, pool.inflow, pool.training].map(|x| *draws.of(x));
    let (ceiling, learning) = (draws.of(pool.ceiling), draws.of(pool.learning));
    let PoolState { people, inflow: open, .. } = &mut state.pools[p];
    for w in 0..WIDTH {
        let x = people[w];
        let taught = training[w] * x * max(1.0 - x / ceiling[w], 0.0);
        people[w] = max(x + (taught - attrition[w] * x + inflow[w] * open[w]) / WEEKS_PER_YEAR + learning[w] * made[w], 0.0);
    }
}
