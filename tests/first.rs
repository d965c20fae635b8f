//! The smallest scenario, as shipped.

use std::path::Path;

use coercivity::scenario;

#[test]
fn the_first_scenario_loads_without_a_word() {
    match scenario::load(Path::new("scenarios/first.toml"), &[]) {
        Ok((scenario, problems)) => {
            assert!(problems.is_empty(), "{}", scenario::render(&problems, &scenario.files, false));
            assert_eq!((scenario.facilities.len(), scenario.supplies.len(), scenario.events.len()), (4, 3, 1));
        }
        Err(scenario::Failure::Wrong { problems, files }) => panic!("{}", scenario::render(&problems, &files, false)),
        Err(failure) => panic!("{failure}"),
    }
}
