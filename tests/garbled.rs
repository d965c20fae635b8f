//! No file, however garbled, makes the reader panic, and every refusal can be shown.

use coercivity::scenario::{self, Failure};
use proptest::prelude::*;

const SOUND: &str = include_str!("invalid/parts/sound.toml");
const BITS: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    "=",
    ".",
    "\n",
    "nan",
    "-1",
    "1e400",
    "\"9 weeks\"",
    "{ uniform = [0.5] }",
    "é",
    "remove = true\n",
    "[[event]]\n",
    "[demand]\n",
    "{}",
    "[]",
    "\"\"",
    "2025-02-03",
    "true",
    "99999999999999999999",
    "\u{0}",
    "#",
];

/// The sound text with some stretches cut out and some bits put in.
fn garbled() -> impl Strategy<Value = String> {
    let cuts = prop::collection::vec((0..SOUND.len(), 0..12usize, 0..BITS.len(), any::<bool>()), 1..6);
    cuts.prop_map(|cuts| {
        let mut text: Vec<char> = SOUND.chars().collect();
        for (place, length, bit, put) in cuts {
            let start = place.min(text.len());
            let end = (start + length).min(text.len());
            let new: Vec<char> = if put { BITS[bit].chars().collect() } else { Vec::new() };
            text.splice(start..end, new);
        }
        text.into_iter().collect()
    })
}

/// The sound text with one value replaced by another: nearly always TOML, nearly always wrong.
fn with_a_value_exchanged() -> impl Strategy<Value = String> {
    (0..SOUND.lines().count(), 0..BITS.len()).prop_map(|(line, bit)| {
        let swap = |(i, text): (usize, &str)| match text.split_once(" = ") {
            Some((key, _)) if i == line => format!("{key} = {}\n", BITS[bit]),
            _ => format!("{text}\n"),
        };
        SOUND.lines().enumerate().map(swap).collect()
    })
}

fn survives(text: &str) {
    match scenario::load_text("garbled.toml", text) {
        Ok((scenario, problems)) => {
            assert!(!problems.any_error());
            scenario::render(&problems, &scenario.files, false);
        }
        Err(Failure::Wrong { problems, files }) => {
            assert!(problems.any_error());
            let told = scenario::render(&problems, &files, false);
            assert!(told.contains("error: ") && told.contains("garbled.toml"), "{told}");
        }
        Err(Failure::Disk { path, source }) => panic!("{}: {source}", path.display()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_garbled_file_is_refused_and_never_crashes(text in garbled()) {
        survives(&text);
    }

    #[test]
    fn a_value_exchanged_for_another_is_refused_and_never_crashes(text in with_a_value_exchanged()) {
        survives(&text);
    }
}
