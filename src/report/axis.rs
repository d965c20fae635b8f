//! In: a range of numbers or weeks. Out: a scale, its ticks and their labels, never overlapping.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::canvas::{Anchor, Canvas, Type};
use super::say;
use super::theme::{AXIS, GREY, LABEL, text_width};

/// How a tick is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// A plain number.
    Number,
    /// A share, as a percentage.
    Percent,
    /// A difference of shares, in percentage points.
    Points,
}

/// A scale of numbers, linear or logarithmic.
#[derive(Debug, Clone)]
pub struct Scale {
    /// Value at the low end.
    pub low: f64,
    /// Value at the high end.
    pub high: f64,
    /// Equal ratios, not equal differences, are equally far apart.
    pub log: bool,
    /// Values to mark, with their labels.
    pub ticks: Vec<(f64, String)>,
}

fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|m| m * power >= rough * 0.999).unwrap_or(10.0);
    step * power
}

impl Scale {
    /// From zero to a little over `high`, in about `count` steps.
    pub fn linear(high: f64, count: usize, said: Said) -> Scale {
        let high = if high.is_finite() && high > 0.0 { high } else { 1.0 };
        let step = nice_step(high / count.max(1) as f64);
        let steps = (high / step - 1e-9).ceil().max(1.0);
        let ticks = (0..=steps as usize).map(|i| {
            let value = i as f64 * step;
            (value, tick_label(value, step, said))
        });
        Scale { low: 0.0, high: steps * step, log: false, ticks: ticks.collect() }
    }

    /// From a round number below `low` (≤ 0) to one above `high` (≥ 0), zero among the ticks, in about `count` steps.
    pub fn around_zero(low: f64, high: f64, count: usize, said: Said) -> Scale {
        let (low, high) = (if low.is_finite() { low.min(0.0) } else { 0.0 }, if high.is_finite() { high.max(0.0) } else { 0.0 });
        let (low, high) = if high > low { (low, high) } else { (-1.0, 1.0) };
        let step = nice_step((high - low) / count.max(1) as f64);
        let steps = |x: f64| (x / step - 1e-9).ceil() as i32;
        // Below zero there is room for a line at zero at least.
        let (below, above) = (steps(-low).max(1), steps(high).max(1));
        let ticks = (-below..=above).map(|i| {
            let value = f64::from(i) * step;
            (value, tick_label(value, step, said))
        });
        Scale { low: -f64::from(below) * step, high: f64::from(above) * step, log: false, ticks: ticks.collect() }
    }

    /// From the round number at or below `low` to the one at or above `high`, in about `count` steps; zero need not be among them.
    pub fn between(low: f64, high: f64, count: usize, said: Said) -> Scale {
        let (low, high) = if low.is_finite() && high.is_finite() { (low, high) } else { (0.0, 1.0) };
        // What does not change at all stands in the middle of something.
        let least = (low.abs().max(high.abs()) * 1e-3).max(1e-9);
        let (low, high) = if high - low < least { ((low + high - least) / 2.0, (low + high + least) / 2.0) } else { (low, high) };
        let step = nice_step((high - low) / count.max(1) as f64);
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let ticks = (0..=(last - first) as usize).map(|i| {
            let value = (first + i as f64) * step;
            (value, tick_label(value, step, said))
        });
        Scale { low: first * step, high: last * step, log: false, ticks: ticks.collect() }
    }

    /// From `low` to `high` themselves, with round numbers marked between them, in about `count` steps.
    pub fn exactly(low: f64, high: f64, count: usize, said: Said) -> Scale {
        let (low, high) = if low.is_finite() && high > low { (low, high) } else { (0.0, 1.0) };
        let step = nice_step((high - low) / count.max(1) as f64);
        let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
        let ticks = (first..=last).map(|i| {
            let value = i as f64 * step;
            (value, tick_label(value, step, said))
        });
        Scale { low, high, log: false, ticks: ticks.collect() }
    }

    /// From the round number below `low` (> 0) to the one above `high`.
    pub fn logarithmic(low: f64, high: f64, said: Said) -> Scale {
        let (low, high) = (low.max(f64::MIN_POSITIVE), high.max(low * 1.01).max(f64::MIN_POSITIVE));
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let all: Vec<f64> = (first..=last).flat_map(|p| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(p))).collect();
        let bottom = all.iter().copied().rfind(|v| *v <= low * 1.001).unwrap_or(low);
        let top = all.iter().copied().find(|v| *v >= high * 0.999).unwrap_or(high);
        let mut inside: Vec<f64> = all.into_iter().filter(|v| *v >= bottom * 0.999 && *v <= top * 1.001).collect();
        if inside.len() > 8 {
            inside.retain(|v| (v.log10() - v.log10().round()).abs() < 1e-9);
        }
        let ticks = inside.into_iter().map(|v| (v, tick_label(v, v, said))).collect();
        Scale { low: bottom, high: top, log: true, ticks }
    }

    /// Place of a value between the ends, 0 … 1; beyond them it stays at the end.
    pub fn place(&self, value: f64) -> f64 {
        let share = if self.log {
            (value.max(f64::MIN_POSITIVE) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        share.clamp(0.0, 1.0)
    }

    /// Width of the widest label, px.
    pub fn label_width(&self) -> f64 {
        self.ticks.iter().map(|(_, label)| text_width(label, LABEL, false)).fold(0.0, f64::max)
    }
}

fn tick_label(value: f64, step: f64, said: Said) -> String {
    let (value, step) = if said == Said::Number { (value, step) } else { (value * 100.0, step * 100.0) };
    let mut places = say::decimals(step, 1);
    // 2.5 and its kin need one more digit than their size tells.
    if (step * 10f64.powi(places as i32)).fract().abs() > 1e-6 && (step * 10f64.powi(places as i32)).fract() < 1.0 - 1e-6 {
        places += 1;
    }
    let number = say::fixed(value, places);
    if said == Said::Percent { format!("{number} %") } else { number }
}

/// The axis of time: weekly periods from a first day.
#[derive(Debug, Clone, Copy)]
pub struct TimeAxis {
    /// First day of period 0.
    pub start: Date,
    /// First day of the last period.
    pub end: Date,
}

/// Days from one date to another.
fn days(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

impl TimeAxis {
    /// Place of a date, 0 at the start … 1 at the last period; outside, beyond these.
    pub fn place(&self, at: Date) -> f64 {
        days(self.start, at) / days(self.start, self.end).max(1.0)
    }

    /// Draw ticks and labels under a line from `x` over `width` px; returns nothing: it takes 32 px of height at most.
    pub fn draw(&self, canvas: &mut Canvas<'_>, x: f64, y: f64, width: f64) {
        let face = Type::new(LABEL).ink(GREY).anchor(Anchor::Middle);
        canvas.line(&[(x, y), (x + width, y)], AXIS, 1.0);
        let at = |d: Date| x + width * self.place(d);
        if days(self.start, self.end) < 150.0 {
            return self.weeks(canvas, x, y, width, face);
        }
        let firsts = self.firsts_of_months();
        let month_width = width * 30.0 / days(self.start, self.end).max(1.0);
        let widest = text_width("May", LABEL, false) + 8.0;
        // Every month only where they stand well apart; else quarters or half-years, set closer.
        let step =
            [(1i8, 2.0), (3, 1.0), (6, 1.0)].into_iter().find(|(s, air)| f64::from(*s) * month_width >= widest * air).map(|(s, _)| s);
        let label_edge = |place: f64| place - widest / 2.0 >= x - 14.0 && place + widest / 2.0 <= x + width + 14.0;
        if let Some(step) = step {
            for first in firsts.iter().filter(|d| (d.month() - 1) % step == 0) {
                let long = if first.month() == 1 { 7.0 } else { 4.0 };
                canvas.line(&[(at(*first), y), (at(*first), y + long)], AXIS, 1.0);
                if label_edge(at(*first)) {
                    canvas.text(say::month(first.month()), (at(*first), y + 16.5), face);
                }
            }
        } else {
            let quarterly = month_width * 3.0 >= 5.0;
            for first in firsts.iter().filter(|d| d.month() == 1 || (quarterly && (d.month() - 1) % 3 == 0)) {
                let long = if first.month() == 1 { 7.0 } else { 3.0 };
                canvas.line(&[(at(*first), y), (at(*first), y + long)], AXIS, 1.0);
            }
        }
        let baseline = if step.is_some() { y + 30.0 } else { y + 17.0 };
        self.years(canvas, x, baseline, width, if step.is_some() { face.bold() } else { face });
    }

    /// Ticks every week, or every few, for a horizon of a few months.
    fn weeks(&self, canvas: &mut Canvas<'_>, x: f64, y: f64, width: f64, face: Type) {
        let all = (days(self.start, self.end) / 7.0).round().max(1.0);
        // The first label starts at its tick, the others stand centred on theirs: one and a half widths between.
        let needed = text_width("30 May 2025", LABEL, false) * 1.5 + 6.0;
        let every = (needed / (width / all)).ceil().max(1.0) as i64;
        for week in (0..=all as i64).step_by(every.unsigned_abs() as usize) {
            let at = x + width * week as f64 / all;
            let Ok(date) = self.start.checked_add((week * 7).days()) else { continue };
            canvas.line(&[(at, y), (at, y + 4.0)], AXIS, 1.0);
            let edge = if week == 0 { face.anchor(Anchor::Start) } else { face };
            if at + needed / 3.0 <= x + width + 10.0 {
                canvas.text(&say::day(date), (if week == 0 { x - 4.0 } else { at }, y + 16.5), edge);
            }
        }
    }

    fn years(&self, canvas: &mut Canvas<'_>, x: f64, baseline: f64, width: f64, face: Type) {
        let needed = text_width("2025", face.size, face.bold) + 6.0;
        let year_width = width * 365.25 / days(self.start, self.end).max(1.0);
        let every = [1i16, 2, 5, 10, 20, 50].into_iter().find(|k| f64::from(*k) * year_width >= needed).unwrap_or(100);
        for year in self.start.year()..=self.end.year() {
            if year % every != 0 {
                continue;
            }
            let from = self.place(date(year, 1, 1)).max(0.0) * width;
            let to = self.place(date(year.saturating_add(1).min(9999), 1, 1)).min(1.0) * width;
            let whole = self.start.year() == self.end.year();
            if every > 1 || whole || to - from >= needed - 4.0 {
                let half = needed / 2.0;
                let centre = ((from + to) / 2.0).clamp(half.min(width / 2.0), (width - half).max(width / 2.0));
                canvas.text(&year.to_string(), (x + centre, baseline), face);
            }
        }
    }

    fn firsts_of_months(&self) -> Vec<Date> {
        let mut firsts = Vec::new();
        let (mut year, mut month) = (self.start.year(), self.start.month());
        while let Ok(first) = Date::new(year, month, 1) {
            if first > self.end {
                break;
            }
            if first >= self.start {
                firsts.push(first);
            }
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
        firsts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_range() {
        let labels = |s: &Scale| s.ticks.iter().map(|(_, l)| l.clone()).collect::<Vec<_>>();
        assert_eq!(labels(&Scale::linear(0.37, 4, Said::Percent)), ["0 %", "10 %", "20 %", "30 %", "40 %"]);
        assert_eq!(labels(&Scale::linear(9.2, 4, Said::Number)), ["0.0", "2.5", "5.0", "7.5", "10.0"]);
        assert_eq!(labels(&Scale::between(0.0231, 0.0278, 4, Said::Percent)), ["2.2 %", "2.4 %", "2.6 %", "2.8 %"]);
        assert_eq!(labels(&Scale::between(-3.0, 4.0, 4, Said::Number)), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(labels(&Scale::between(5.0, 5.0, 2, Said::Number)), ["4.9975", "5.0000", "5.0025"]);
        assert_eq!(labels(&Scale::logarithmic(60.0, 3100.0, Said::Number)), ["50", "100", "200", "500", "1,000", "2,000", "5,000"]);
        assert_eq!(labels(&Scale::around_zero(-0.031, 0.012, 4, Said::Points)), ["−4", "−2", "0", "2"]);
        assert_eq!(labels(&Scale::around_zero(0.0, 0.0, 2, Said::Number)), ["−1", "0", "1"]);
        assert_eq!(Scale::logarithmic(10.0, 1000.0, Said::Number).place(100.0), 0.5);
    }
}
