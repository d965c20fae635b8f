//! A desk's calendar against the plainest one there is: a list of files.

use coercivity::engine::calendar::{Calendar, pass};
use coercivity::wide::{WIDTH, ZERO, splat};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

const LANES: usize = 3;

/// A file as anybody would write it down.
#[derive(Clone, Copy)]
struct File {
    lane: usize,
    realization: usize,
    week: f64,
    sent_back: bool,
    mass: f64,
}

/// What a lane files in a week, in one realization: mass (0: nothing), weeks until it is decided, whether it is sent back.
type Filing = (f64, f64, bool);

/// By what the clock of each realization moves in a period, whether the desk is at work, and what is filed.
type Period = (Vec<f64>, bool, Vec<Filing>);

/// Periods in which files wait a few weeks, and in some cases now and then for long, or for ever.
fn periods() -> impl Strategy<Value = Vec<Period>> {
    prop_oneof![4 => Just(0_u32), 1 => Just(1), 1 => Just(10)].prop_flat_map(|long| {
        let longest =
            prop_oneof![5 => (40..900_u32).prop_map(f64::from), 1 => Just(16_383.0), 1 => Just(16_384.0), 1 => Just(f64::INFINITY)];
        let weeks = prop_oneof![100 => (1..6_u32).prop_map(f64::from), long => longest];
        let filing = (prop_oneof![1 => Just(0.0), 4 => 0.001..9.0_f64], weeks, any::<bool>());
        // A tenth a week sums to whole weeks but for rounding.
        let rate = prop_oneof![6 => Just(1.0), 2 => Just(0.0), 2 => Just(0.1), 1 => 0.0..4.0_f64, 1 => Just(30.0)];
        let period =
            (proptest::collection::vec(rate, WIDTH), proptest::bool::weighted(0.9), proptest::collection::vec(filing, LANES * WIDTH));
        proptest::collection::vec(period, 1..80)
    })
}

/// Takes the calendar and the list through the same periods.
fn agree(calendar: &mut Calendar, start: f64, periods: &[Period]) -> Result<(), TestCaseError> {
    let room = calendar.room();
    let (mut list, mut clock, mut most) = (Vec::<File>::new(), splat(start), 0);
    let (mut passing, mut hits) = (vec![], vec![]);
    for (week, (rates, at_work, filed)) in periods.iter().enumerate() {
        let before = clock;
        (0..WIDTH).for_each(|w| clock[w] += rates[w]);
        let reached = |w: usize| (clock[w] + 1e-9).floor();
        pass(&before, &clock, &mut passing);
        // In the order of the weeks in which they are decided, and of their filing.
        list.sort_by(|a, b| a.week.total_cmp(&b.week));
        for lane in 0..LANES {
            let mut decided = [ZERO; 2];
            list.retain(|file| {
                let due = file.lane == lane && file.week <= reached(file.realization);
                if due {
                    decided[usize::from(file.sent_back)][file.realization] += file.mass;
                }
                !due
            });
            prop_assert_eq!(calendar.decide(lane, &passing, &mut hits), decided, "lane {} in week {}", lane, week);
        }
        calendar.close();
        prop_assert_eq!(calendar.is_empty(), list.is_empty());
        if *at_work {
            calendar.open();
            for lane in 0..LANES {
                let (mut held, mut weeks, mut back) = (ZERO, ZERO, ZERO);
                for w in 0..WIDTH {
                    let (mass, wait, sent_back) = filed[lane * WIDTH + w];
                    (held[w], weeks[w], back[w]) = (mass, wait, f64::from(sent_back));
                    let due = if wait < 16_384.0 { reached(w) + wait } else { f64::INFINITY };
                    if mass > 0.0 {
                        list.push(File { lane, realization: w, week: due, sent_back, mass });
                    }
                }
                calendar.file(lane, &held, &clock, &weeks, &back);
            }
        }
        for (lane, rows) in calendar.waiting().enumerate() {
            let mut waits = vec![vec![]; WIDTH];
            rows.for_each(|row| (0..WIDTH).filter(|w| row[*w] > 0.0).for_each(|w| waits[w].push(row[w])));
            for (w, mut masses) in waits.into_iter().enumerate() {
                let mut wanted: Vec<f64> = list.iter().filter(|f| f.lane == lane && f.realization == w).map(|f| f.mass).collect();
                masses.sort_by(f64::total_cmp);
                wanted.sort_by(f64::total_cmp);
                prop_assert_eq!(masses, wanted);
            }
        }
        most = most.max(calendar.waiting().map(Iterator::count).max().unwrap_or(0));
    }
    prop_assert!(
        calendar.room() <= (2 * most).max(8).max(room),
        "room for {} weeks, of which at most {} were taken",
        calendar.room(),
        most
    );
    Ok(())
}

proptest! {
    #![proptest_config(super::worlds::cases(64))]

    #[test]
    fn a_calendar_decides_what_a_list_of_files_would(
        // Clocks are counted round and round: some pass the end of a round.
        start in prop_oneof![Just(0.0), Just(16_350.0)],
        periods in periods(),
    ) {
        let mut calendar = Calendar::new(LANES);
        agree(&mut calendar, start, &periods)?;
        // The next batch finds nothing of this one.
        calendar.clear();
        prop_assert!(calendar.is_empty());
        agree(&mut calendar, start, &periods[..periods.len().min(8)])?;
    }
}

#[test]
fn a_desk_at_which_nobody_files_takes_no_room() {
    let mut calendar = Calendar::new(LANES);
    for week in 0..1000 {
        calendar.open();
        (0..LANES).for_each(|lane| calendar.file(lane, &ZERO, &splat(f64::from(week)), &splat(3.0), &ZERO));
    }
    assert!(calendar.room() <= 8, "room for {} weeks", calendar.room());
}
