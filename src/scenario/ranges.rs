//! In: nothing. Out: for each sort of number, its dimension and the range it must lie in.

use crate::units::Dimension;

/// What a number measures and where it must lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Its dimension, and with it the unit.
    pub dimension: Dimension,
    /// Least value, canonical unit.
    pub least: f64,
    /// Largest value, canonical unit.
    pub most: f64,
    /// Whether `least` itself is allowed.
    pub least_allowed: bool,
    /// Whether a date may stand for weeks after the start of the run.
    pub dates: bool,
}

impl Field {
    const fn new(dimension: Dimension, least: f64, most: f64) -> Field {
        Field { dimension, least, most, least_allowed: true, dates: false }
    }

    const fn above(dimension: Dimension, least: f64, most: f64) -> Field {
        Field { dimension, least, most, least_allowed: false, dates: false }
    }

    /// Whether a finite value lies in the range.
    pub fn holds(&self, value: f64) -> bool {
        value.is_finite() && value <= self.most && (value > self.least || (self.least_allowed && value == self.least))
    }

    /// The range in words, e.g. `between 0 and 1`, `at least 0 weeks`.
    pub fn words(&self) -> String {
        let unit = match self.dimension.canonical() {
            "" => String::new(),
            unit => format!(" {unit}"),
        };
        let least = if self.least_allowed { "at least" } else { "above" };
        match (self.least.is_finite(), self.most.is_finite()) {
            (true, true) if self.least_allowed => format!("between {} and {}{unit}", self.least, self.most),
            (true, true) => format!("above {} and at most {}{unit}", self.least, self.most),
            (true, false) => format!("{least} {}{unit}", self.least),
            (false, true) => format!("at most {}{unit}", self.most),
            (false, false) => "a finite number".to_owned(),
        }
    }
}

/// 0 to 1.
pub const SHARE: Field = Field::new(Dimension::Plain, 0.0, 1.0);
/// Above 0, at most 1.
pub const PART: Field = Field::above(Dimension::Plain, 0.0, 1.0);
/// Any number of at least 0: a factor, an elasticity, a relative standard deviation.
pub const FACTOR: Field = Field::new(Dimension::Plain, 0.0, f64::INFINITY);
/// A factor above 0.
pub const POSITIVE: Field = Field::above(Dimension::Plain, 0.0, f64::INFINITY);
/// A factor of at least 1.
pub const AT_LEAST_ONE: Field = Field::new(Dimension::Plain, 1.0, f64::INFINITY);
/// At most 0: a floor of a logarithm.
pub const BELOW_ZERO: Field = Field::new(Dimension::Plain, f64::NEG_INFINITY, 0.0);
/// An autocorrelation: 0 to below one by a hair.
pub const CORRELATION: Field = Field::new(Dimension::Plain, 0.0, 0.999_999);
/// A mass of at least 0, t.
pub const MASS: Field = Field::new(Dimension::Mass, 0.0, f64::INFINITY);
/// A mass a week of at least 0, t/week.
pub const RATE: Field = Field::new(Dimension::Rate, 0.0, f64::INFINITY);
/// A mass a week above 0, t/week.
pub const CAPACITY: Field = Field::above(Dimension::Rate, 0.0, f64::INFINITY);
/// A time of at least 0, weeks.
pub const WEEKS: Field = Field::new(Dimension::Time, 0.0, f64::INFINITY);
/// A date, or weeks after the start of the run.
pub const MOMENT: Field = Field { dates: true, ..WEEKS };
/// A time above 0, weeks.
pub const SPAN: Field = Field::above(Dimension::Time, 0.0, f64::INFINITY);
/// A horizon: 1 week to 100 years.
pub const HORIZON: Field = Field::new(Dimension::Time, 1.0, 5218.0);
/// A price above 0, USD/kg.
pub const PRICE: Field = Field::above(Dimension::Price, 0.0, f64::INFINITY);
/// A share of at least 0 that may change in a year.
pub const SHARE_A_YEAR: Field = Field::new(Dimension::PlainPerYear, 0.0, 1000.0);
/// A share that is lost: 0 to below one.
pub const LOSS: Field = Field::new(Dimension::Plain, 0.0, 0.99);
/// Growth a year: more than halving to tenfold.
pub const GROWTH: Field = Field::new(Dimension::PlainPerYear, -0.9, 10.0);
/// A share that may change in a week.
pub const SHARE_A_WEEK: Field = Field::new(Dimension::PlainPerWeek, 0.0, 1.0);
/// Applications a week.
pub const COUNT_A_WEEK: Field = Field::above(Dimension::CountPerWeek, 0.0, f64::INFINITY);
/// Standard deviation of a logarithm; above 10 is a slip of the pen.
pub const SIGMA: Field = Field::new(Dimension::Plain, 0.0, 10.0);
/// Any finite number: the scale of a column.
pub const ANY: Field = Field::new(Dimension::Plain, f64::NEG_INFINITY, f64::INFINITY);
