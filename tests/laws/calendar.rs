//! A desk's calendar against the plainest one there is: a list of files.

use coercivity::engine::calendar::{Calendar, pass};
use coercivity::wide::{WIDTH, ZERO, splat};
use proptest::prelude::*;

/// A file as anybody would write it down.
struct File {
    lane: usize,
    realization: usize,
    week: f64,
    sent_back: bool,
    mass: f64,
}

/// What a lane files in a week, in one realization: mass (0: nothing), weeks until it is decided, whether it is sent back.
fn filing() -> impl Strategy<Value = (f64, f64, bool)> {
    let weeks = prop_oneof![8 => 1..6_u32, 2 => 6..40_u32, 1 => 100..900_u32];
    (prop_oneof![1 => Just(0.0), 4 => 0.001..9.0_f64], weeks.prop_map(f64::from), any::<bool>())
}

const LANES: usize = 3;

/// A period: by what the clock of each realization moves, whether the desk is at work, and what is filed.
fn period() -> impl Strategy<Value = (Vec<f64>, bool, Vec<(f64, f64, bool)>)> {
    let rate = prop_oneof![6 => Just(1.0), 2 => Just(0.0), 1 => 0.0..4.0_f64, 1 => Just(30.0)];
    let filed = proptest::collection::vec(filing(), LANES * WIDTH);
    (proptest::collection::vec(rate, WIDTH), proptest::bool::weighted(0.9), filed)
}

proptest! {
    #![proptest_config(super::worlds::cases(64))]

    #[test]
    fn a_calendar_decides_what_a_list_of_files_would(
        // Clocks are counted round and round: some pass the end of a round.
        start in prop_oneof![Just(0.0), Just(16_350.0)],
        periods in proptest::collection::vec(period(), 1..60),
    ) {
        let (mut calendar, mut list, mut clock) = (Calendar::new(LANES), Vec::<File>::new(), splat(start));
        let (mut passing, mut hits) = (vec![], vec![]);
        for (rates, at_work, filed) in periods {
            let before = clock;
            (0..WIDTH).for_each(|w| clock[w] += rates[w]);
            pass(&before, &clock, &mut passing);
            for lane in 0..LANES {
                let mut decided = [ZERO; 2];
                // In the order of the weeks in which they are decided, and of their filing.
                list.sort_by(|a, b| a.week.total_cmp(&b.week));
                list.retain(|file| {
                    let due = file.lane == lane && file.week <= (clock[file.realization] + 1e-9).floor();
                    if due {
                        decided[usize::from(file.sent_back)][file.realization] += file.mass;
                    }
                    !due
                });
                prop_assert_eq!(calendar.decide(lane, &passing, &mut hits), decided);
            }
            calendar.close();
            if at_work {
                calendar.open();
                for lane in 0..LANES {
                    let (mut held, mut weeks, mut back) = (ZERO, ZERO, ZERO);
                    for w in 0..WIDTH {
                        let (mass, wait, sent_back) = filed[lane * WIDTH + w];
                        (held[w], weeks[w], back[w]) = (mass, wait, f64::from(sent_back));
                        if mass > 0.0 {
                            list.push(File { lane, realization: w, week: (clock[w] + 1e-9).floor() + wait, sent_back, mass });
                        }
                    }
                    calendar.file(lane, &held, &clock, &weeks, &back);
                }
            }
            for (lane, rows) in calendar.waiting().enumerate() {
                let mut files = vec![0; WIDTH];
                rows.for_each(|row| (0..WIDTH).for_each(|w| files[w] += usize::from(row[w] > 0.0)));
                let wanted = |w: usize| list.iter().filter(|f| f.lane == lane && f.realization == w).count();
                prop_assert_eq!(files, (0..WIDTH).map(wanted).collect::<Vec<_>>());
            }
        }
    }
}
