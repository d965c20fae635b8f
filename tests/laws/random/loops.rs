//! Stockpiles and worn-out magnets in random worlds.

use super::*;

impl Chain {
    /// A stockpile beside the users, with a policy of its own.
    pub fn reserve(&self, dice: &mut Dice, wish: Wish, out: &mut String) {
        if !dice.yes() {
            return;
        }
        let (good, maker) = (self.finished(), if self.magnet { &self.magnets[0] } else { &self.light[0] });
        let stock = 10 + dice.below(200);
        let _ = writeln!(
            out,
            "[[facility]]\nid = \"RESERVE\"\nregion = \"{}\"\nstage = \"stockpile\"\nstock = {{ {good} = \"{stock} t\" }}\n\
             [[supply]]\nto = \"RESERVE\"\ncommodity = \"{good}\"\nfrom = [{{ facility = \"{}\", share = 1.0 }}]",
            dice.pick(&REGIONS),
            maker.id
        );
        let classes = ["civil", "sensitive", "military"];
        let to: Vec<String> =
            self.users.iter().map(|m| format!("{{ facility = \"{}\", class = \"{}\" }}", m.id, dice.pick(&classes))).collect();
        let _ = writeln!(out, "[[stockpile]]\nfacility = \"RESERVE\"\ncommodity = \"{good}\"\nto = [{}]", to.join(", "));
        if dice.yes() {
            let _ = writeln!(out, "priority = [\"{}\"]", dice.pick(&classes));
        }
        if dice.yes() {
            let begins = dice.between(0.1, 0.8);
            let _ = writeln!(
                out,
                "release = {{ rate = \"{} t/week\", cover_below = {begins}, cover_until = {} }}",
                1 + dice.below(30),
                dice.between(begins, 1.0)
            );
        }
        if dice.yes() {
            // In balance it holds what it wants.
            let more = if wish.unbalanced { dice.below(100) } else { 0 };
            let _ = writeln!(out, "buy = {{ rate = \"{} t/week\", target = \"{} t\" }}", 1 + dice.below(20), stock + more);
        }
    }

    /// Magnets that wear out and come back as oxide.
    pub fn worn(&self, dice: &mut Dice, out: &mut String) {
        if !self.magnet || !dice.yes() {
            return;
        }
        let _ = writeln!(
            out,
            "[[commodity]]\nid = \"worn\"\ncontent = {{ NdPr = 0.3 }}\n\
             [[recipe]]\nid = \"win_back\"\ninputs = {{ worn = 1.0 }}\noutputs = {{ oxide = {} }}\n\
             [[facility]]\nid = \"WORN\"\nregion = \"{}\"\nstage = \"recycler\"\nrecipe = \"win_back\"\nutilisation = 0.5\n\
             cover_in = \"{} weeks\"\ncover_out = \"1 week\"",
            dice.between(0.1, 0.25),
            dice.pick(&REGIONS),
            dice.between(0.0, 4.0)
        );
        let (share, stages) = (dice.between(0.0, 0.3), 1 + dice.below(5));
        for (region, sector) in REGIONS.iter().flat_map(|r| [(r, "ev"), (r, "wind")]) {
            let _ = writeln!(
                out,
                "[[in_use]]\nregion = \"{region}\"\nsector = \"{sector}\"\nlife = \"{} weeks\"\nstages = {stages}\ncollected = {share}\n\
                 to = \"WORN\"\nbecomes = {{ mag = \"worn\" }}",
                10 + dice.below(100)
            );
        }
    }
}
