//! Random smugglers on a random chain: from a maker of what is finally used to some user of it.

use std::fmt::Write;

use super::*;

impl Chain {
    /// Ids of the two ends of the illicit lane, if there can be one: a price at both, and lawful trade between the two regions.
    pub fn smugglers(&self) -> Option<[&str; 2]> {
        let maker = if self.magnet { &self.magnets[0] } else { &self.light[0] };
        let priced = self.priced && self.users.iter().any(|u| u.region == maker.region);
        let goal = self.users.iter().find(|u| u.region != maker.region).unwrap_or(&self.users[0]);
        priced.then_some([&maker.id, &goal.id])
    }

    /// `[[illicit_lane]]`, if there can be one. Abroad all is dearer by half at the opening: less than the margin.
    pub fn illicit_tables(&self, dice: &mut Dice, out: &mut String) {
        let Some([from, to]) = self.smugglers() else { return };
        let _ = writeln!(
            out,
            "[[illicit_lane]]\nid = \"night\"\nfrom = \"{from}\"\nto = \"{to}\"\ncommodity = \"{}\"\nmultiple = {}\nmargin = {}\nwidth = {}\n\
             enforcement = {}\nseizure = {}\nlumpy = {}\ndiverted = {}",
            self.finished(),
            dice.between(0.0, 2.0),
            dice.between(0.5, 0.9),
            dice.between(0.05, 0.5),
            dice.between(0.0, 0.5),
            dice.between(0.0, 0.6),
            dice.yes(),
            dice.between(0.05, 1.0),
        );
    }
}

/// The fields of an event about smugglers.
pub fn special(kind: &str, dice: &mut Dice) -> String {
    if kind == "illicit_trade" {
        return format!("factor = {}\n", dice.between(1.0, 20.0));
    }
    let mut text = format!("enforcement = {}\n", dice.between(0.0, 1.0));
    if dice.yes() {
        let _ = writeln!(text, "seizure = {}", dice.between(0.0, 1.0));
    }
    if dice.yes() {
        let _ = writeln!(text, "illicit_mines = {}", dice.between(0.0, 1.0));
    }
    text
}

/// The fields of a quota.
pub fn quota(kind: &str, dice: &mut Dice) -> String {
    let span = 2 + dice.below(25);
    let volume = dice.between(0.0, 1.2);
    let mut text = match dice.below(3) {
        2 => {
            let second = format!("{{ start = \"{} weeks\", multiple = {} }}", 1 + dice.below(span - 1), dice.between(0.0, 1.2));
            format!("batches = [{{ start = \"0 weeks\", multiple = {volume} }}, {second}]\n")
        }
        _ => format!("multiple = {volume}\n"),
    };
    let _ = writeln!(text, "span = \"{span} weeks\"");
    match dice.below(3) {
        0 => text += "pacing = \"first_come\"\n",
        1 => text += "pacing = \"even\"\n",
        _ => {
            let _ = writeln!(text, "pacing = \"front_load\"\nfront_share = {}", dice.between(0.0, 1.0));
        }
    }
    if dice.below(3) == 2 {
        text += "unpublished_cv = 0.3\n";
    }
    if kind == "export_quota" && dice.yes() {
        let _ = writeln!(text, "margin_exponent = {}", dice.between(0.0, 20.0));
    }
    text
}
