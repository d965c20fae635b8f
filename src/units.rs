//! In: a text such as `12 kt/yr` and the dimension that is needed. Out: a number in the canonical unit, or what is wrong with the text.
//!
//! Canonical: mass t, rate t/week, time weeks, share 0..1, price USD/kg. A year is 365.25 days, a month a twelfth of it,
//! and five working days are a week.

use std::fmt;

/// Weeks in a year.
pub const WEEKS_PER_YEAR: f64 = 365.25 / 7.0;

/// What a number measures, and with it the canonical unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Mass, t.
    Mass,
    /// Mass a week, t/week.
    Rate,
    /// Time, weeks.
    Time,
    /// A number without unit: a share, a factor, an elasticity. `35 %` is 0.35.
    Plain,
    /// A share of change a year; a bare number is a share a year.
    PlainPerYear,
    /// A share of change a week; a bare number is a share a week.
    PlainPerWeek,
    /// Events a week, e.g. applications decided; a bare number is a number a week.
    CountPerWeek,
    /// Price, USD/kg.
    Price,
}

impl Dimension {
    /// What it is called in a message.
    pub fn noun(self) -> &'static str {
        match self {
            Dimension::Mass => "a mass",
            Dimension::Rate => "a mass per time",
            Dimension::Time => "a time",
            Dimension::Plain => "a number without unit",
            Dimension::PlainPerYear => "a share per year",
            Dimension::PlainPerWeek => "a share per week",
            Dimension::CountPerWeek => "a number per time",
            Dimension::Price => "a price",
        }
    }

    /// Units that fit, for a message.
    pub fn units(self) -> &'static str {
        match self {
            Dimension::Mass => "kg, t, kt, Mt",
            Dimension::Rate => "kg, t, kt or Mt per day, week, month or yr, e.g. `12 kt/yr`",
            Dimension::Time => "days, working days, weeks, months, years",
            Dimension::Plain => "none, or %",
            Dimension::PlainPerYear => "none, %, %/yr, %/month, %/week",
            Dimension::PlainPerWeek => "none, %, %/week, %/month, %/yr",
            Dimension::CountPerWeek => "none, per day, per week, per month, per yr",
            Dimension::Price => "USD/kg, USD/t",
        }
    }

    /// The canonical unit, for messages that show a value; empty: none.
    pub fn canonical(self) -> &'static str {
        match self {
            Dimension::Mass => "t",
            Dimension::Rate => "t/week",
            Dimension::Time => "weeks",
            Dimension::Plain => "",
            Dimension::PlainPerYear | Dimension::PlainPerWeek => "",
            Dimension::CountPerWeek => "per week",
            Dimension::Price => "USD/kg",
        }
    }

    /// A unit to show in an example of how to write the number.
    pub fn example(self) -> &'static str {
        match self {
            Dimension::Mass => "t",
            Dimension::Rate => "t/yr",
            Dimension::Time => "weeks",
            Dimension::Price => "USD/kg",
            _ => "",
        }
    }

    /// Whether a number may stand without a unit.
    pub fn takes_bare_numbers(self) -> bool {
        !matches!(self, Dimension::Mass | Dimension::Rate | Dimension::Time | Dimension::Price)
    }
}

/// Why a text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitError {
    /// What is wrong, without a full stop.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl std::error::Error for UnitError {}

/// Reads a quantity of the dimension, in its canonical unit.
///
/// # Errors
/// When the text has no number, the unit is missing or unknown, or it measures something else.
pub fn parse(text: &str, dimension: Dimension) -> Result<f64, UnitError> {
    let (number, unit) = split(text).ok_or_else(|| UnitError {
        message: format!("`{text}` is not {}", dimension.noun()),
        help: format!("write a number and a unit; units that fit: {}", dimension.units()),
    })?;
    if unit.is_empty() && !dimension.takes_bare_numbers() {
        return Err(bare(number, dimension));
    }
    let words = Words::read(unit).map_err(|wrong| unknown(&wrong, dimension))?;
    match words.factor(dimension) {
        // Multiplied, then divided: 35 % is then the nearest number to 0.35, and 45 working days are 9 weeks sharp.
        Some(Ratio(times, over)) => Ok(number * times / over),
        None => Err(UnitError {
            message: format!("`{}` is {}, and {} is needed", text.trim(), words.noun(), dimension.noun()),
            help: format!("units that fit: {}", dimension.units()),
        }),
    }
}

/// The error of a number that stands without the unit it needs.
pub fn bare(number: f64, dimension: Dimension) -> UnitError {
    UnitError {
        message: format!("{number} has no unit, and {} is needed", dimension.noun()),
        help: format!("write it as text with its unit, e.g. \"{number} {}\"; units that fit: {}", dimension.example(), dimension.units()),
    }
}

/// The number at the head of a text and the unit behind it, which may be empty or unknown.
pub fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    split(text)
}

/// Whether the text is a quantity of any dimension: it then counts as a number among the evidence.
pub fn is_quantity(text: &str) -> bool {
    split(text).is_some_and(|(_, unit)| Words::read(unit).is_ok())
}

/// The number at the head of the text, and what follows it.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let text = text.strip_prefix('~').unwrap_or(text).trim_start();
    let end = number_length(text);
    let digits: String = text[..end].chars().filter(|c| *c != '_').collect();
    let number: f64 = digits.parse().ok()?;
    number.is_finite().then_some((number, text[end..].trim()))
}

/// Bytes of the decimal number at the head of the text (an exponent only when digits follow it).
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    while matches!(bytes.get(end), Some(b'0'..=b'9' | b'_' | b'.')) {
        end += 1;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if matches!(bytes.get(end + 1 + sign), Some(b'0'..=b'9')) {
            end += 1 + sign;
            while matches!(bytes.get(end), Some(b'0'..=b'9')) {
                end += 1;
            }
        }
    }
    end
}

/// What one word of a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Percent,
    Mass,
    Time,
    Money,
}

/// A size as a fraction.
#[derive(Debug, Clone, Copy)]
struct Ratio(f64, f64);

impl Ratio {
    fn per(self, other: Ratio) -> Ratio {
        Ratio(self.0 * other.1, self.1 * other.0)
    }
}

const ONE: Ratio = Ratio(1.0, 1.0);
const PERCENT: Ratio = Ratio(1.0, 100.0);
const DAY: Ratio = Ratio(1.0, 7.0);
const WORKING_DAY: Ratio = Ratio(1.0, 5.0);
const MONTH: Ratio = Ratio(365.25, 84.0);
const YEAR: Ratio = Ratio(365.25, 7.0);

/// Every word a unit may be made of, with its size in t, weeks, USD or one.
const WORDS: &[(&str, Kind, Ratio)] = &[
    ("%", Kind::Percent, PERCENT),
    ("percent", Kind::Percent, PERCENT),
    ("g", Kind::Mass, Ratio(1.0, 1e6)),
    ("kg", Kind::Mass, Ratio(1.0, 1e3)),
    ("t", Kind::Mass, ONE),
    ("tonne", Kind::Mass, ONE),
    ("tonnes", Kind::Mass, ONE),
    ("kt", Kind::Mass, Ratio(1e3, 1.0)),
    ("Mt", Kind::Mass, Ratio(1e6, 1.0)),
    ("d", Kind::Time, DAY),
    ("day", Kind::Time, DAY),
    ("days", Kind::Time, DAY),
    ("working day", Kind::Time, WORKING_DAY),
    ("working days", Kind::Time, WORKING_DAY),
    ("week", Kind::Time, ONE),
    ("weeks", Kind::Time, ONE),
    ("wk", Kind::Time, ONE),
    ("wks", Kind::Time, ONE),
    ("month", Kind::Time, MONTH),
    ("months", Kind::Time, MONTH),
    ("yr", Kind::Time, YEAR),
    ("y", Kind::Time, YEAR),
    ("a", Kind::Time, YEAR),
    ("year", Kind::Time, YEAR),
    ("years", Kind::Time, YEAR),
    ("USD", Kind::Money, ONE),
    ("$", Kind::Money, ONE),
];

/// A unit: one word, or one word over another.
struct Words {
    top: (Kind, Ratio),
    under: Option<(Kind, Ratio)>,
}

impl Words {
    /// Reads the unit; the error is the word nobody knows.
    fn read(unit: &str) -> Result<Words, String> {
        let spaced = format!(" {unit} ").replace(" per ", "/");
        let mut parts = spaced.split('/').map(str::trim);
        let top = match parts.next().unwrap_or_default() {
            "" => (Kind::Nothing, ONE),
            word => look_up(word)?,
        };
        let under = parts.next().map(look_up).transpose()?;
        match parts.next() {
            None => Ok(Words { top, under }),
            Some(_) => Err(unit.to_owned()),
        }
    }

    /// Canonical units in one of these, if it measures the dimension.
    fn factor(&self, dimension: Dimension) -> Option<Ratio> {
        let (top, size) = self.top;
        let bare = matches!(top, Kind::Nothing | Kind::Percent);
        match (dimension, self.under) {
            (Dimension::Mass, None) if top == Kind::Mass => Some(size),
            (Dimension::Rate, Some((Kind::Time, weeks))) if top == Kind::Mass => Some(size.per(weeks)),
            (Dimension::Time, None) if top == Kind::Time => Some(size),
            (Dimension::Price, Some((Kind::Mass, tonnes))) if top == Kind::Money => Some(size.per(Ratio(tonnes.0 * 1000.0, tonnes.1))),
            (Dimension::Plain | Dimension::PlainPerYear | Dimension::PlainPerWeek, None) if bare => Some(size),
            (Dimension::PlainPerYear, Some((Kind::Time, weeks))) if bare => Some(Ratio(size.0 * YEAR.0, size.1 * YEAR.1).per(weeks)),
            (Dimension::PlainPerWeek, Some((Kind::Time, weeks))) if bare => Some(size.per(weeks)),
            (Dimension::CountPerWeek, None) if top == Kind::Nothing => Some(ONE),
            (Dimension::CountPerWeek, Some((Kind::Time, weeks))) if top == Kind::Nothing => Some(ONE.per(weeks)),
            _ => None,
        }
    }

    /// What it measures, for a message.
    fn noun(&self) -> &'static str {
        match (self.top.0, self.under.map(|u| u.0)) {
            (Kind::Mass, None) => "a mass",
            (Kind::Mass, Some(Kind::Time)) => "a mass per time",
            (Kind::Time, None) => "a time",
            (Kind::Money, Some(Kind::Mass)) => "a price",
            (Kind::Nothing, None) => "a number without unit",
            (Kind::Percent, None) => "a percentage",
            (Kind::Nothing | Kind::Percent, Some(Kind::Time)) => "a number per time",
            (Kind::Money, None) => "money",
            _ => "something else",
        }
    }
}

/// The word's kind and size; a mass may name its basis (`t REO`).
fn look_up(word: &str) -> Result<(Kind, Ratio), String> {
    let find = |w: &str| WORDS.iter().find(|(name, ..)| *name == w).map(|&(_, kind, size)| (kind, size));
    if let Some(found) = find(word) {
        return Ok(found);
    }
    match word.strip_suffix(" REO").and_then(|mass| find(mass.trim_end())) {
        Some(found) if found.0 == Kind::Mass => Ok(found),
        _ => Err(word.to_owned()),
    }
}

/// The error of a word nobody knows.
fn unknown(word: &str, dimension: Dimension) -> UnitError {
    let near = WORDS
        .iter()
        .map(|(name, ..)| (strsim::osa_distance(&name.to_lowercase(), &word.to_lowercase()), *name))
        .filter(|(distance, name)| {
            *distance <= (name.len() / 3).max(usize::from(name.eq_ignore_ascii_case(word))).max(usize::from(name.len() > 1))
        })
        .min_by_key(|(distance, _)| *distance);
    let fit = format!("units that fit: {}", dimension.units());
    UnitError {
        message: format!("unknown unit `{word}`"),
        help: match near {
            Some((_, name)) => format!("did you mean `{name}`? {fit}"),
            None => fit,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, dimension: Dimension) -> f64 {
        parse(text, dimension).unwrap_or(f64::NAN)
    }

    fn complaint(text: &str, dimension: Dimension) -> String {
        parse(text, dimension).map_or_else(|e| e.to_string(), |v| format!("read as {v}"))
    }

    #[test]
    fn quantities_are_read_in_canonical_units() {
        assert_eq!(value("45 working days", Dimension::Time), 9.0);
        assert_eq!(value("14 days", Dimension::Time), 2.0);
        assert_eq!(value("1 year", Dimension::Time), 365.25 / 7.0);
        assert_eq!(value("12 months", Dimension::Time), 365.25 / 7.0);
        assert_eq!(value("12 kt/yr", Dimension::Rate), 12_000.0 * 7.0 / 365.25);
        assert_eq!(value("12 kt per yr", Dimension::Rate), value("12000 t/year", Dimension::Rate));
        assert_eq!(value("111_994 t REO/yr", Dimension::Rate), 111_994.0 * 7.0 / 365.25);
        assert_eq!(value("35 %", Dimension::Plain), 0.35);
        assert_eq!(value("35%", Dimension::Plain), 0.35);
        assert_eq!(value("85 USD/kg", Dimension::Price), 85.0);
        assert_eq!(value("85000 USD/t", Dimension::Price), 85.0);
        assert_eq!(value("500 kg", Dimension::Mass), 0.5);
        assert_eq!(value("1e3 t", Dimension::Mass), 1000.0);
        assert_eq!(value("70 per week", Dimension::CountPerWeek), 70.0);
        assert_eq!(value("10 per day", Dimension::CountPerWeek), 70.0);
        assert_eq!(value("-2 %/yr", Dimension::PlainPerYear), -0.02);
    }

    #[test]
    fn a_wrong_unit_is_answered_with_the_units_that_fit() {
        assert_eq!(
            complaint("9 wekks", Dimension::Time),
            "unknown unit `wekks`: did you mean `weeks`? units that fit: days, working days, weeks, months, years"
        );
        assert_eq!(
            complaint("9 t", Dimension::Time),
            "`9 t` is a mass, and a time is needed: units that fit: days, working days, weeks, months, years"
        );
        assert!(
            complaint("9", Dimension::Time)
                .starts_with("9 has no unit, and a time is needed: write it as text with its unit, e.g. \"9 weeks\"")
        );
        assert!(complaint("soon", Dimension::Time).starts_with("`soon` is not a time"));
        assert!(complaint("3 t/yr/yr", Dimension::Rate).starts_with("unknown unit"));
        assert!(complaint("9 florins", Dimension::Time).starts_with("unknown unit `florins`: units that fit"));
    }

    #[test]
    fn a_name_that_begins_with_a_digit_is_no_quantity() {
        assert!(!is_quantity("3M Wuppertal"));
        assert!(!is_quantity("nan"));
        assert!(!is_quantity("inf weeks"));
        assert!(is_quantity("4_300 t/yr"));
        assert!(is_quantity("7"));
    }
}
