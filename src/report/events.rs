//! In: when events begin. Out: thin lines on a panel, named where there is room, lettered with a key where there is not.

use super::axis::TimeAxis;
use super::canvas::{Anchor, Canvas, Type};
use super::say;
use super::theme::{EVENT, fit, text_width};
use crate::results::EventMark;

/// Size of an event's name, px.
const SIZE: f64 = 10.0;
/// Height of one row of names, px.
const ROW: f64 = 13.0;
/// Rows of names at most, before letters take their place.
const ROWS: usize = 3;

/// Where a label stands: place of its line or lines (0 … 1), row, text, and which end of the text is at the line.
#[derive(Debug, Clone)]
struct Label {
    place: f64,
    row: usize,
    text: String,
    anchor: Anchor,
}

/// The events of a run as they appear on panels of one width.
#[derive(Debug, Clone)]
pub struct Marks {
    lines: Vec<f64>,
    labels: Vec<Label>,
    /// Sentence that explains the letters; none: events bear their names.
    pub key: Option<String>,
    rows: usize,
}

impl Marks {
    /// Decide how to name the events on panels `width` px wide.
    pub fn plan(events: &[EventMark], time: TimeAxis, width: f64) -> Marks {
        let seen: Vec<&EventMark> = events.iter().filter(|e| e.date >= time.start && e.date <= time.end).collect();
        let lines: Vec<f64> = seen.iter().map(|e| time.place(e.date)).collect();
        if let Some(labels) = named(&seen, &lines, width) {
            let rows = labels.iter().map(|l| l.row + 1).max().unwrap_or(0);
            return Marks { lines, labels, key: None, rows };
        }
        Marks::lettered(events, time, width)
    }

    /// Mark the events with letters, whether or not there is room for names.
    pub fn lettered(events: &[EventMark], time: TimeAxis, width: f64) -> Marks {
        let seen: Vec<&EventMark> = events.iter().filter(|e| e.date >= time.start && e.date <= time.end).collect();
        let lines: Vec<f64> = seen.iter().map(|e| time.place(e.date)).collect();
        let labels = letters(&lines, width);
        let rows = labels.iter().map(|l| l.row + 1).max().unwrap_or(0);
        let entries: Vec<String> =
            seen.iter().enumerate().map(|(i, e)| format!("{}\u{a0}=\u{a0}{} ({})", letter(i), e.name, say::day(e.date))).collect();
        Marks { lines, labels, key: Some(format!("Events: {}", entries.join(" · "))), rows }
    }

    /// Height that the names take above a panel, px.
    pub fn height(&self) -> f64 {
        if self.rows > 0 { self.rows as f64 * ROW + 3.0 } else { 8.0 }
    }

    /// Draw the lines over a panel whose plot begins at (`x`, `y`), and the names above it.
    pub fn draw(&self, canvas: &mut Canvas<'_>, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let mut tops = vec![y; self.lines.len()];
        for label in &self.labels {
            let baseline = y - 4.0 - label.row as f64 * ROW;
            let offset = match label.anchor {
                Anchor::Start => 3.0,
                Anchor::Middle => 0.0,
                Anchor::End => -3.0,
            };
            canvas.text(&label.text, (x + label.place * width + offset, baseline), Type::new(SIZE).ink(EVENT).anchor(label.anchor));
            if label.anchor != Anchor::Middle {
                for (top, _) in tops.iter_mut().zip(&self.lines).filter(|(_, line)| **line == label.place) {
                    *top = top.min(baseline - 7.5);
                }
            }
        }
        for (line, top) in self.lines.iter().zip(tops) {
            let at = x + line * width;
            canvas.line(&[(at, top), (at, y + height)], EVENT.with_alpha(0.75), 1.0);
        }
    }
}

/// Names in rows beside their lines, if all of them fit: from the last event to the first, so that an earlier name may stand above a
/// later one without its line cutting through it.
fn named(events: &[&EventMark], lines: &[f64], width: f64) -> Option<Vec<Label>> {
    let mut taken: Vec<Vec<(f64, f64)>> = vec![Vec::new(); ROWS];
    let mut labels = Vec::new();
    for (event, place) in events.iter().zip(lines).rev() {
        let at = place * width;
        let wide = text_width(&event.name, SIZE, false) + 5.0;
        let row_of = |span: (f64, f64)| {
            (0..ROWS).find(|r| {
                let free = taken[*r].iter().all(|(a, b)| span.1 + 6.0 < *a || span.0 > *b + 6.0);
                // A line that rises to a higher row must not cut through a name below it.
                let uncut = taken[..*r].iter().flatten().all(|(a, b)| at < *a - 2.0 || at > *b + 2.0);
                free && uncut
            })
        };
        let after = ((at, at + wide), Anchor::Start);
        let before = ((at - wide, at), Anchor::End);
        let (span, anchor, row) = [after, before].into_iter().find_map(|(span, anchor)| {
            let inside = span.0 >= -4.0 && span.1 <= width + 4.0;
            // No other event's line through this name either.
            let clear = lines.iter().all(|l| l == place || l * width < span.0 - 2.0 || l * width > span.1 + 2.0 || anchor == Anchor::Start);
            (inside && clear).then(|| row_of(span).map(|row| (span, anchor, row))).flatten()
        })?;
        taken[row].push(span);
        labels.push(Label { place: *place, row, text: event.name.clone(), anchor });
    }
    Some(labels)
}

fn letter(index: usize) -> String {
    let name = char::from(b'A' + (index % 26) as u8);
    if index < 26 { name.to_string() } else { format!("{name}{}", index / 26 + 1) }
}

/// Letters over their lines, in rows where they stand close; where rows do not suffice, neighbours share one label.
fn letters(lines: &[f64], width: f64) -> Vec<Label> {
    let mut ends = [f64::NEG_INFINITY; ROWS];
    let single = lines.iter().enumerate().map(|(index, place)| {
        let text = letter(index);
        let half = text_width(&text, SIZE, false) / 2.0 + 1.5;
        let row = ends.iter().position(|end| place * width - half >= *end)?;
        ends[row] = place * width + half;
        Some(Label { place: *place, row, text, anchor: Anchor::Middle })
    });
    single.collect::<Option<Vec<Label>>>().unwrap_or_else(|| grouped(lines, width))
}

/// One label for all lines that stand too close for their own.
fn grouped(lines: &[f64], width: f64) -> Vec<Label> {
    let mut groups: Vec<(usize, usize)> = (0..lines.len()).map(|i| (i, i)).collect();
    let span = |(a, b): (usize, usize)| {
        let text = match b - a {
            0 => letter(a),
            1 => format!("{},{}", letter(a), letter(b)),
            _ => format!("{}–{}", letter(a), letter(b)),
        };
        let half = text_width(&text, SIZE, false) / 2.0;
        let centre = ((lines[a] + lines[b]) / 2.0 * width).clamp(half - 4.0, (width - half + 4.0).max(half - 4.0));
        (text, centre, half)
    };
    while let Some(i) = (1..groups.len()).find(|i| {
        let ((_, left, left_half), (_, right, right_half)) = (span(groups[i - 1]), span(groups[*i]));
        right - right_half < left + left_half + 3.0
    }) {
        groups[i - 1].1 = groups[i].1;
        groups.remove(i);
    }
    let label = |group| {
        let (text, centre, _) = span(group);
        Label { place: centre / width, row: 0, text: fit(&text, width, SIZE, false), anchor: Anchor::Middle }
    };
    groups.into_iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn event(name: &str, year: i16, month: i8, day: i8) -> EventMark {
        EventMark { id: name.into(), name: name.into(), date: date(year, month, day), end: None }
    }

    #[test]
    fn a_lone_event_bears_its_name_and_a_crowd_bears_letters() {
        let time = TimeAxis { start: date(2025, 1, 6), end: date(2027, 12, 27) };
        let lone = [event("April licences", 2025, 4, 4)];
        assert!(Marks::plan(&lone, time, 300.0).key.is_none());
        let crowd: Vec<EventMark> = (1..=9).map(|m| event("A rather long name of an event", 2025, m, 20)).collect();
        let marks = Marks::plan(&crowd, time, 300.0);
        assert!(marks.key.is_some_and(|key| key.contains("I\u{a0}=\u{a0}A rather")));
        assert_eq!(marks.labels.len(), 9);
        let marks = Marks::plan(&crowd, time, 60.0);
        assert!(marks.labels.len() < 9 && !marks.labels.is_empty());
    }
}
