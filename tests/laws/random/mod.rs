//! Random but sound worlds as scenario texts: throws of dice in, TOML out. The lower the throw, the plainer the choice, so that
//! proptest's shrinking ends at the plainest world that still fails.

use std::fmt::{Debug, Formatter, Write};

use proptest::prelude::*;

mod dice;
mod events;
mod illicit;
mod loops;
mod plans;

use dice::Dice;
use events::event_tables;

/// What the test at hand needs of its worlds.
#[derive(Clone, Copy)]
pub struct Wish {
    /// Most events.
    pub events: usize,
    /// Noise in demand and prices.
    pub noise: bool,
    /// Opening stocks and orders that are not those of the balance.
    pub unbalanced: bool,
    /// `correction = 1`: the whole gap is ordered at once.
    pub correct_at_once: bool,
}

/// A scenario and its events apart, so that they can be left out.
#[derive(Clone)]
pub struct World {
    /// The undisturbed scenario.
    pub calm: String,
    /// `[[event]]` tables.
    pub events: String,
}

impl World {
    pub fn text(&self) -> String {
        format!("{}{}", self.calm, self.events)
    }
}

impl Debug for World {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n{}", self.text())
    }
}

pub fn worlds(wish: Wish) -> impl Strategy<Value = World> {
    let die = any::<u16>();
    let event = prop::collection::vec(die, 24);
    (prop::collection::vec(die, 310), prop::collection::vec(event, 0..=wish.events)).prop_map(move |(chain, events)| {
        let mut dice = Dice::new(chain);
        let chain = Chain::new(&mut dice);
        World { calm: chain.text(&mut dice, wish), events: event_tables(&chain, events) }
    })
}

const REGIONS: [&str; 3] = ["AAA", "BBB", "CCC"];

struct Maker {
    id: String,
    region: &'static str,
}

struct Chain {
    elements: usize,
    metal: bool,
    magnet: bool,
    heavy: bool,
    priced: bool,
    mines: Vec<Maker>,
    light: Vec<Maker>,
    heavies: Vec<Maker>,
    metals: Vec<Maker>,
    magnets: Vec<Maker>,
    recycler: bool,
    trader: bool,
    /// Works that are only planned, with their projects.
    planned: bool,
    users: Vec<Maker>,
}

impl Chain {
    fn new(dice: &mut Dice) -> Chain {
        let stages = 3 + dice.below(3);
        let elements = 1 + dice.below(3);
        let makers = |name: &str, most: usize, dice: &mut Dice| -> Vec<Maker> {
            (1..=1 + dice.below(most)).map(|i| Maker { id: format!("{name}{i}"), region: dice.pick(&REGIONS) }).collect()
        };
        let (metal, magnet) = (stages == 5, stages >= 4);
        let heavy = elements > 1 && magnet && dice.yes();
        Chain {
            elements,
            metal,
            magnet,
            heavy,
            priced: dice.below(3) > 0,
            mines: makers("MINE", 3, dice),
            light: makers("SEP", 4, dice),
            heavies: if heavy { makers("HEAVY", 2, dice) } else { vec![] },
            metals: if metal { makers("METAL", 3, dice) } else { vec![] },
            magnets: if magnet { makers("MAG", 4, dice) } else { vec![] },
            recycler: magnet && dice.yes(),
            trader: dice.yes(),
            users: makers("USE", 4, dice),
            planned: magnet && dice.yes(),
        }
    }

    /// What final demand buys.
    fn finished(&self) -> &'static str {
        if self.magnet { "mag" } else { "oxide" }
    }

    fn commodities(&self) -> Vec<&'static str> {
        let mut list = vec!["ore", "oxide"];
        if self.heavy {
            list.extend(["mix", "heavy", "mag_hd"]);
        }
        if self.metal {
            list.push("metal");
        }
        if self.magnet {
            list.push("mag");
        }
        if self.recycler {
            list.push("swarf");
        }
        list
    }

    fn text(&self, dice: &mut Dice, wish: Wish) -> String {
        let mut out = String::new();
        self.head(dice, wish, &mut out);
        self.recipes(dice, &mut out);
        self.facilities(dice, wish, &mut out);
        self.lanes(dice, &mut out);
        self.reserve(dice, wish, &mut out);
        self.worn(dice, &mut out);
        self.illicit_tables(dice, &mut out);
        // A world that is to stand still builds nothing.
        if self.planned && wish.events > 0 {
            self.plans(dice, &mut out);
        }
        out
    }

    fn head(&self, dice: &mut Dice, wish: Wish, out: &mut String) {
        let elements = ["NdPr", "Dy", "LaCe"];
        let list: Vec<String> = elements[..self.elements].iter().map(|e| format!("\"{e}\"")).collect();
        let _ = write!(
            out,
            "title = \"random\"\nelements = [{}]\ninside = [\"AAA\"]\n\
             region = [{{ id = \"AAA\" }}, {{ id = \"BBB\" }}, {{ id = \"CCC\" }}]\nsector = [{{ id = \"ev\" }}, {{ id = \"wind\" }}]\n",
            list.join(", ")
        );
        let content = |list: &[(&str, f64)]| {
            let some: Vec<String> =
                list.iter().filter(|(e, _)| elements[..self.elements].contains(e)).map(|(e, x)| format!("{e} = {x}")).collect();
            some.join(", ")
        };
        let mut commodity = |id: &str, c: &[(&str, f64)], price: &str| {
            let _ = writeln!(out, "[[commodity]]\nid = \"{id}\"\ncontent = {{ {} }}\n{price}", content(c));
        };
        commodity("ore", &[("NdPr", 0.2), ("Dy", 0.01), ("LaCe", 0.6)], "");
        let priced = self.priced;
        let price = |x: f64| {
            if priced { format!("price = {{ inside = \"{x} USD/kg\", outside = \"{} USD/kg\" }}", 1.5 * x) } else { String::new() }
        };
        commodity("oxide", &[("NdPr", 1.0)], &price(60.0));
        commodity("lace", &[("LaCe", 1.0)], "");
        if self.heavy {
            commodity("mix", &[("NdPr", 0.1), ("Dy", 0.2), ("LaCe", 0.1)], "");
            commodity("heavy", &[("Dy", 1.0)], &price(300.0));
            commodity("mag_hd", &[("NdPr", 0.27), ("Dy", 0.03)], &format!("{}\nfinished = true", price(70.0)));
        }
        if self.metal {
            commodity("metal", &[("NdPr", 1.1)], &price(75.0));
        }
        if self.magnet {
            commodity("mag", &[("NdPr", 0.3)], &format!("{}\nfinished = true", price(50.0)));
        }
        if self.recycler {
            commodity("swarf", &[("NdPr", 0.4)], "");
        }
        for a in REGIONS {
            for b in REGIONS {
                let weeks = if a == b { 1 } else { 1 + dice.below(6) };
                let _ = writeln!(out, "[[route]]\nfrom = \"{a}\"\nto = \"{b}\"\nlead = \"{weeks} weeks\"");
            }
        }
        let noise = if wish.noise { dice.between(0.0, 0.2) } else { 0.0 };
        let elasticity = if wish.correct_at_once { 0.0 } else { dice.between(0.0, 0.3) };
        let _ = writeln!(out, "[demand]\nnoise = {noise}\nelasticity = {elasticity}");
        if dice.yes() {
            let _ = writeln!(out, "headroom = {}", dice.between(1.0, 1.5));
        }
        let psi = if dice.yes() { dice.between(0.0, 1.0) } else { 0.0 };
        let _ = writeln!(
            out,
            "[price]\nbeta = {}\npsi = {psi}\nnoise = {}\nkappa0 = 0.2\nepsilon = {}\nmine_elasticity = {}",
            dice.between(0.3, 1.2),
            if wish.noise { dice.between(0.0, 0.2) } else { 0.0 },
            dice.between(0.0, 0.1),
            dice.between(0.0, 0.3)
        );
        let _ = writeln!(out, "[behaviour]");
        let correction = if wish.correct_at_once { 1.0 } else { dice.between(0.25, 1.0) };
        let _ = writeln!(out, "correction = {correction}\nphantom = {}", if dice.below(3) == 2 { dice.between(0.0, 2.0) } else { 0.0 });
        if dice.below(3) == 2 {
            let _ = writeln!(out, "priority_sensitive = 2\npriority_military = 5");
        }
        if self.heavy && priced && dice.yes() {
            let _ = writeln!(
                out,
                "[thrift]\nfrom = [\"mag_hd\"]\nto = \"mag\"\nprices = {{ Dy = \"heavy\" }}\nleast = 0.3\nlag = \"20 weeks\"\nfall = \"1 %\"\nrise = \"0.5 %\""
            );
        }
        let _ = writeln!(out, "[run]\nstart = 2025-01-06\nhorizon = \"80 weeks\"\nseed = {}\nallow_unstable = true", 1 + dice.below(50));
    }

    fn recipes(&self, dice: &mut Dice, out: &mut String) {
        let mut recipe = |id: &str, rest: &str| {
            let _ = writeln!(out, "[[recipe]]\nid = \"{id}\"\n{rest}");
        };
        recipe("dig", "outputs = { ore = 1.0 }");
        let mut outputs = format!("oxide = {}", dice.between(0.14, 0.18));
        if self.elements > 2 {
            let _ = write!(outputs, ", lace = {}", dice.between(0.3, 0.55));
        }
        if self.heavy {
            outputs += ", mix = 0.04";
            recipe("part", "inputs = { mix = 1.0 }\noutputs = { heavy = 0.18, oxide = 0.05 }\ndriver = \"heavy\"");
            let (metal, amount) = if self.metal { ("metal", 0.27 / 1.1 + 0.01) } else { ("oxide", 0.28) };
            recipe("press_hd", &format!("inputs = {{ {metal} = {amount}, heavy = 0.031 }}\noutputs = {{ mag_hd = 1.0 }}"));
        }
        recipe("separate", &format!("inputs = {{ ore = 1.0 }}\noutputs = {{ {outputs} }}\ndriver = \"oxide\""));
        if self.metal {
            recipe("melt", "inputs = { oxide = 1.15 }\noutputs = { metal = 1.0 }");
        }
        if self.magnet {
            let (metal, amount) = if self.metal { ("metal", 0.4 / 1.1) } else { ("oxide", 0.4) };
            let swarf = if self.recycler { format!(", swarf = {}", dice.between(0.0, 0.22).max(0.01)) } else { String::new() };
            recipe("press", &format!("inputs = {{ {metal} = {amount} }}\noutputs = {{ mag = 1.0{swarf} }}\ndriver = \"mag\""));
        }
        if self.recycler {
            recipe("recycle", "inputs = { swarf = 1.0 }\noutputs = { oxide = 0.35 }");
        }
    }

    fn facilities(&self, dice: &mut Dice, wish: Wish, out: &mut String) {
        let mut facility = |m: &Maker, stage: &str, rest: String, dice: &mut Dice| {
            let capacity = if dice.yes() { format!("utilisation = {}\n", dice.between(0.6, 0.95)) } else { String::new() };
            let sharing = dice.pick(&["proportional", "proportional", "uniform", "turn_and_earn"]);
            let _ = writeln!(
                out,
                "[[facility]]\nid = \"{}\"\nregion = \"{}\"\nstage = \"{stage}\"\nsharing = \"{sharing}\"\n{capacity}{rest}",
                m.id, m.region
            );
        };
        let cover =
            |dice: &mut Dice| format!("cover_in = \"{} weeks\"\ncover_out = \"{} weeks\"", dice.between(0.0, 8.0), dice.between(0.0, 6.0));
        for m in &self.mines {
            let rest = match dice.below(4) {
                0 => format!("recipe = \"dig\"\n{}", cover(dice)),
                1 => format!("recipe = \"dig\"\ndrive = \"pull\"\nillicit = {}\n{}", dice.yes(), cover(dice)),
                2 => format!("recipe = \"dig\"\ncover_out = \"{} weeks\"", dice.between(0.0, 1.0)),
                _ => "infinite = true".to_string(),
            };
            facility(m, "mine", rest, dice);
        }
        for m in &self.light {
            let rest = format!("recipe = \"separate\"\n{}", cover(dice));
            facility(m, "separation_light", rest, dice);
        }
        for m in &self.heavies {
            let rest = format!("recipe = \"part\"\n{}", cover(dice));
            facility(m, "separation_heavy", rest, dice);
        }
        for m in &self.metals {
            let rest = format!("recipe = \"melt\"\n{}", cover(dice));
            facility(m, "metal", rest, dice);
        }
        for m in &self.magnets {
            let rest = format!("recipe = \"press\"\n{}", cover(dice));
            facility(m, "magnet", rest, dice);
        }
        if self.heavy {
            let rest = format!("recipe = \"press_hd\"\n{}", cover(dice));
            facility(&Maker { id: "MAG_HD".into(), region: dice.pick(&REGIONS) }, "magnet", rest, dice);
        }
        if self.recycler {
            let rest = format!("recipe = \"recycle\"\n{}", cover(dice));
            facility(&Maker { id: "RECYCLER".into(), region: dice.pick(&REGIONS) }, "recycler", rest, dice);
        }
        if self.trader {
            let limit = if wish.unbalanced && dice.yes() { "order_limit = \"30 t/week\"" } else { "" };
            let rest = format!("cover_out = \"{} weeks\"\n{limit}", dice.between(0.0, 8.0));
            facility(&Maker { id: "TRADER".into(), region: dice.pick(&REGIONS) }, "trader", rest, dice);
        }
        for m in &self.users {
            let rate = 500.0 + 500.0 * dice.below(8) as f64;
            let mix =
                if self.heavy { "mix = { mag = 0.9, mag_hd = 0.1 }".to_string() } else { format!("commodity = \"{}\"", self.finished()) };
            let mut rest = match dice.below(4) {
                0 | 1 => format!("cover_in = \"{} weeks\"", dice.between(0.0, 10.0)),
                2 => format!("base_stock = \"{} t\"", (rate / 52.0 * dice.between(9.0, 20.0)).round()),
                _ if wish.unbalanced => {
                    let stock = (rate / 52.0 * dice.between(0.0, 20.0)).round();
                    format!("cover_in = \"4 weeks\"\nstock = {{ {} = \"{stock} t\" }}", self.finished())
                }
                _ => "cover_in = \"3 weeks\"".to_string(),
            };
            if dice.yes() {
                let _ = write!(rest, "\ncohorts = {}\ncohort_spread = {}", 1 + dice.below(4), dice.between(0.0, 0.8));
            }
            let backlog = if wish.correct_at_once { 1.0 } else { [1.0, 0.9, 0.5, 0.0][dice.below(4)] };
            let _ = write!(
                rest,
                "\n[facility.demand]\nsector = \"{}\"\nrate = \"{rate} t/yr\"\n{mix}\nbacklog = {backlog}",
                dice.pick(&["ev", "wind"])
            );
            facility(m, "manufacturer", rest, dice);
        }
    }

    fn lanes(&self, dice: &mut Dice, out: &mut String) {
        let mut supply = |to: &str, commodity: &str, from: &[Maker], class: bool, dice: &mut Dice| {
            let mut chosen: Vec<(String, f64)> = from.iter().map(|m| (m.id.clone(), [0.0, 1.0, 2.0, 3.0][dice.below(4)])).collect();
            // The first maker has a share of every customer: it can take what the recycler pushes.
            chosen[0].1 = f64::max(chosen[0].1, 1.0);
            chosen.retain(|(_, x)| *x > 0.0);
            let total: f64 = chosen.iter().map(|(_, x)| x).sum();
            let links: Vec<String> = chosen
                .iter()
                .map(|(id, x)| {
                    let buyers = [20, 1, 5][dice.below(3)];
                    format!("{{ facility = \"{id}\", share = {}, buyers = {buyers} }}", x / total)
                })
                .collect();
            let class = if class { format!("class = \"{}\"\n", dice.pick(&["civil", "sensitive", "military"])) } else { String::new() };
            let _ = writeln!(out, "[[supply]]\nto = \"{to}\"\ncommodity = \"{commodity}\"\n{class}from = [{}]", links.join(", "));
        };
        for m in &self.light {
            supply(&m.id, "ore", &self.mines, false, dice);
        }
        let mut oxide_users: Vec<&str> = vec![];
        let mut metal_users: Vec<&str> = self.magnets.iter().map(|m| m.id.as_str()).collect();
        if self.heavy {
            metal_users.push("MAG_HD");
            supply("MAG_HD", "heavy", &self.heavies, false, dice);
        }
        if self.metal {
            metal_users.iter().for_each(|m| supply(m, "metal", &self.metals, false, dice));
            oxide_users.extend(self.metals.iter().map(|m| m.id.as_str()));
        } else {
            oxide_users.extend(metal_users.iter());
        }
        if self.magnet {
            oxide_users.iter().for_each(|m| supply(m, "oxide", &self.light, false, dice));
        }
        let makers = if self.magnet { &self.magnets } else { &self.light };
        let mut sellers: Vec<Maker> = makers.iter().map(|m| Maker { id: m.id.clone(), region: m.region }).collect();
        if self.trader {
            supply("TRADER", self.finished(), makers, false, dice);
            sellers.push(Maker { id: "TRADER".into(), region: "" });
        }
        for m in &self.users {
            supply(&m.id, self.finished(), &sellers, true, dice);
            if self.heavy {
                supply(&m.id, "mag_hd", &[Maker { id: "MAG_HD".into(), region: "" }], true, dice);
            }
        }
        let mut push = |from: &str, commodity: &str, to: &[(&str, f64)]| {
            let links: Vec<String> = to.iter().map(|(id, x)| format!("{{ facility = \"{id}\", share = {x} }}")).collect();
            let _ = writeln!(out, "[[push]]\nfrom = \"{from}\"\ncommodity = \"{commodity}\"\nto = [{}]", links.join(", "));
        };
        for m in self.light.iter().filter(|_| self.heavy) {
            let each = 1.0 / self.heavies.len() as f64;
            let to: Vec<(&str, f64)> = self.heavies.iter().map(|h| (h.id.as_str(), each)).collect();
            push(&m.id, "mix", &to);
        }
        if self.recycler {
            let share = if dice.yes() { 0.8 } else { 1.0 };
            self.magnets.iter().for_each(|m| push(&m.id, "swarf", &[("RECYCLER", share)]));
            // Little enough for it to go on buying.
            push("RECYCLER", "oxide", &[(oxide_users[0], 0.3)]);
        }
    }
}
