//! In: a network. Out: what its engine has to do at all: work that nothing in this network asks for is left out.
//!
//! All of it follows from the network alone, never from a draw: a realization must not feel what its neighbours drew.

use super::{Network, Param, Role};
use crate::scenario::schema::SharingRule;

/// What a network needs of the engine.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Distinct rates of growth of demand.
    pub growths: Vec<Param>,
    /// Per user: its place in `growths`; none: its demand does not grow.
    pub growth: Vec<Option<usize>>,
    /// Distinct answers of users to the price of what they buy: market and elasticity.
    pub answers: Vec<(usize, Param)>,
    /// Per user: its place in `answers`; none: it does not answer.
    pub answer: Vec<Option<usize>>,
    /// Whether mines answer to the value of what they dig.
    pub mines_answer: bool,
    /// Whether prices are noisy.
    pub noise: bool,
    /// Whether prices walk at random, drift or jump.
    pub walks: bool,
    /// Whether markets share part of their noise.
    pub shared_noise: bool,
    /// Whether prices or fear look at inflow.
    pub inflow: bool,
    /// Whether fear moves anything.
    pub scare: bool,
    /// Whether ordering or sharing looks at how much of what was asked was filled.
    pub fills: bool,
    /// Whether sharing looks at what was shipped before.
    pub history: bool,
    /// Per slot: whether scarce supply is divided in plain proportion to what is owed.
    pub plain_sharing: Vec<bool>,
    /// Per slot: whether anything is pushed from it.
    pub pushes: Vec<bool>,
    /// Per slot: whether its forecast of desired usage is asked for.
    pub forecast: Vec<bool>,
}

impl Needs {
    pub(super) fn of(n: &Network) -> Needs {
        let never = |p: Param| n.parameters.fixed(p) == Some(0.0);
        let mut needs = Needs {
            mines_answer: !never(n.price.mine_elasticity),
            noise: !never(n.price.noise),
            walks: [n.price.walk, n.price.drift, n.price.jump_rate].into_iter().any(|p| !never(p)),
            shared_noise: !never(n.price.noise_common),
            inflow: !never(n.price.gamma) || !never(n.price.psi),
            scare: !never(n.price.psi),
            fills: !never(n.behaviour.phantom) || n.slots.iter().any(|s| s.sharing != SharingRule::Proportional),
            history: n.slots.iter().any(|s| s.sharing == SharingRule::TurnAndEarn),
            pushes: n.outbound.iter().map(|lanes| lanes.clone().any(|l| n.lanes[l].push)).collect(),
            ..Needs::default()
        };
        let plain = n.behaviour.priority == [1.0; 3] && never(n.behaviour.phantom);
        for slot in &n.slots {
            needs.plain_sharing.push(plain && slot.sharing == SharingRule::Proportional);
            // A stock with a level of its own orders by its position alone.
            needs.forecast.push(slot.role != Role::Stock || slot.base_stock.is_none());
        }
        for user in &n.users {
            needs.growth.push((!never(user.growth)).then(|| place(&mut needs.growths, user.growth)));
            let market = n.slots[user.slot].market.filter(|_| !never(user.elasticity));
            needs.answer.push(market.map(|m| place(&mut needs.answers, (m, user.elasticity))));
        }
        needs
    }
}

/// Place of an item in a list, which gets it if it lacks it.
pub(crate) fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|x| *x == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}
