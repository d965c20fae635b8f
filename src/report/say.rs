//! In: a number or date. Out: the short text a person reads: thousands separated, a space before "%", months by name.

use jiff::civil::Date;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A number with a fixed count of decimals and a comma between thousands.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let plain = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let mut text = String::with_capacity(plain.len() + 6);
    if value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        text.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Decimals that show `digits` significant digits of a number; none for large numbers.
pub fn decimals(value: f64, digits: i32) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    usize::try_from(digits - 1 - value.abs().log10().floor() as i32).unwrap_or(0).min(9)
}

/// Three significant digits below a thousand, whole numbers above.
pub fn short(value: f64) -> String {
    fixed(value, if value.abs() >= 100.0 { 0 } else { decimals(value, if value.abs() >= 10.0 { 2 } else { 3 }).min(2) })
}

/// A share as a percentage: `23 %`, `4.5 %`, `0.30 %`, `< 0.01 %`.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.01 {
        return "< 0.01 %".to_owned();
    }
    let places = if value.abs() >= 9.95 || value == 0.0 {
        0
    } else if value.abs() >= 0.995 {
        1
    } else {
        2
    };
    format!("{} %", fixed(value, places))
}

/// A chance in whole per cent; what is nearly certain or nearly impossible is not said to be quite so.
pub fn chance(share: f64) -> String {
    match share {
        x if x > 0.0 && x < 0.005 => "< 1 %".to_owned(),
        x if (0.995..1.0).contains(&x) => "> 99 %".to_owned(),
        x => format!("{} %", fixed(100.0 * x, 0)),
    }
}

/// Significant digits of an error: a first digit below 3 earns it a second.
fn error_digits(error: f64) -> i32 {
    let leading = error / 10f64.powf(error.log10().floor());
    if leading < 2.95 { 2 } else { 1 }
}

/// A large value rounded to tens, hundreds … where its error leaves them uncertain; others as they are.
fn to_tens(value: f64, error: f64) -> f64 {
    let unit = 10f64.powf(error.log10().floor() + 1.0 - f64::from(error_digits(error)));
    if unit > 1.0 { (value / unit).round() * unit } else { value }
}

/// A value rounded where its error makes it uncertain: `16,200` of 16,248 if the error is 400.
pub fn to_error(value: f64, error: f64) -> String {
    if error > 0.0 && error.is_finite() {
        let places = decimals(error, error_digits(error)).min(2);
        fixed(to_tens(value, error), places)
    } else {
        short(value)
    }
}

/// A value with its Monte Carlo error (1.96 standard errors), both rounded where the error is uncertain: `12.34 ± 0.21`, `3.30 ± 0.04`.
/// At most two decimals, the error then rounded up, never to nothing.
pub fn with_error(value: f64, se: Option<f64>) -> String {
    match se.map(|se| 1.96 * se) {
        Some(error) if error > 0.0 && error.is_finite() => {
            let wanted = decimals(error, error_digits(error));
            let places = wanted.min(2);
            let unit = 10f64.powi(places as i32);
            let shown = if wanted > places { (error * unit).ceil() / unit } else { to_tens(error, error) };
            format!("{} ± {}", to_error(value, error), fixed(shown, places))
        }
        Some(0.0) => format!("{} ± 0", short(value)),
        _ => short(value),
    }
}

/// `Jul`.
pub fn month(number: i8) -> &'static str {
    usize::try_from(number - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("?")
}

/// `Jul 2025`.
pub fn month_year(date: Date) -> String {
    format!("{} {}", month(date.month()), date.year())
}

/// `4 Apr 2025`.
pub fn day(date: Date) -> String {
    format!("{} {}", date.day(), month_year(date))
}

/// `1 realization`, `10,000 realizations`.
pub fn realizations(count: u64) -> String {
    format!("{} realization{}", fixed(count as f64, 0), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_a_person_would_write_them() {
        assert_eq!([fixed(1_234_567.0, 0), fixed(-1234.5, 1), fixed(-0.001, 1), fixed(999.0, 0)], ["1,234,567", "−1,234.5", "0.0", "999"]);
        assert_eq!([short(1234.6), short(123.4), short(12.34), short(1.234), short(0.01234)], ["1,235", "123", "12", "1.23", "0.01"]);
        assert_eq!(
            [percent(0.0), percent(0.234), percent(0.045), percent(0.003), percent(1.0)],
            ["0 %", "23 %", "4.5 %", "0.30 %", "100 %"]
        );
        assert_eq!([chance(0.0), chance(0.004), chance(0.42), chance(0.996), chance(1.0)], ["0 %", "< 1 %", "42 %", "> 99 %", "100 %"]);
        assert_eq!(with_error(12.3456, Some(0.107)), "12.35 ± 0.21");
        assert_eq!(with_error(12345.6, Some(107.0)), "12,350 ± 210");
        assert_eq!([to_error(16_248.0, 400.0), to_error(16_248.0, 170.0), to_error(7.126, 0.04)], ["16,200", "16,250", "7.13"]);
        assert_eq!(
            [with_error(3.3, Some(0.02)), with_error(0.03, Some(2e-4)), with_error(3.0, Some(0.0))],
            ["3.30 ± 0.04", "0.03 ± 0.01", "3.00 ± 0"]
        );
    }
}
