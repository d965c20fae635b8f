//! In: a user outside, and works there that are only planned. Out: ramps, people and learning as their formulas have them (MODEL 6.9).

use crate::harness::case;

#[test]
fn peek() {
    let case = case("works", &[]);
    let works = case.network.activities.iter().position(|a| a.name.starts_with("WORKS")).expect("works");
    let maker = case.network.activities.iter().position(|a| a.name.starts_with("MAKER")).expect("works");
    case.run(1, &mut |_, t, _, s| {
        if t % 10 == 0 || (34..60).contains(&t) {
            let l = case.lane("WORKS", "CARS");
            println!(
                "{t} cap {:.3} made {:.3} maker {:.3} offered {:.3} served {:.3} feed {:.2} shelf {:.2} owed {:.2}",
                s.projects[0].capacity[0],
                s.activity[works][0],
                s.activity[maker][0],
                s.offered[l][0],
                s.users[0].served[0],
                s.slots[case.slot("WORKS/ore")].on_hand[0],
                s.slots[case.slot("WORKS/magnet")].on_hand[0],
                s.slots[case.slot("WORKS/magnet")].owed[0]
            );
        }
    });
}
