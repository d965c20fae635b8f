//! The page of words fits a terminal and says what a reader asks first.

mod synthetic;

use coercivity::report::words::{COLUMNS, page};

#[test]
fn the_page_fits_a_hundred_columns_and_answers_who_when_and_how_much() {
    let text = page(&synthetic::results(), Some("output/april-2025-1a2b3c"), Some(8.37));
    println!("{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= COLUMNS, "{} columns: {line}", line.chars().count());
    }
    for wanted in [
        "10,000 realizations",
        "±",
        "Europe",
        "India",
        "Terbium oxide",
        "First region to miss demand: India, week 19",
        "WORTH KNOWING",
        "8.4 s",
    ] {
        assert!(text.contains(wanted), "no `{wanted}`");
    }
}

#[test]
fn a_page_without_results_is_still_a_page() {
    let mut results = synthetic::results();
    results.series.clear();
    results.summary.clear();
    results.notes.clear();
    let text = page(&results, None, None);
    assert!(text.contains("realizations") && !text.contains("NaN"));
}
