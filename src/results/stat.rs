//! In: a [`Stat`]. Out: its name in the tables, such as `p05` or `prob_gt_0.05`; and back again.

use std::fmt;
use std::str::FromStr;

use super::Stat;

impl fmt::Display for Stat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stat::Mean => f.write_str("mean"),
            Stat::Sd => f.write_str("sd"),
            Stat::P05 => f.write_str("p05"),
            Stat::P25 => f.write_str("p25"),
            Stat::P50 => f.write_str("p50"),
            Stat::P75 => f.write_str("p75"),
            Stat::P95 => f.write_str("p95"),
            Stat::P99 => f.write_str("p99"),
            Stat::Cvar95 => f.write_str("cvar95"),
            Stat::Cvar99 => f.write_str("cvar99"),
            Stat::ProbGt(thousandths) => write!(f, "prob_gt_{}", f64::from(*thousandths) / 1000.0),
        }
    }
}

/// The text is no statistic's name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not the name of a statistic")]
pub struct UnknownStat(String);

impl FromStr for Stat {
    type Err = UnknownStat;

    fn from_str(text: &str) -> Result<Stat, UnknownStat> {
        let unknown = || UnknownStat(text.to_owned());
        Ok(match text {
            "mean" => Stat::Mean,
            "sd" => Stat::Sd,
            "p05" => Stat::P05,
            "p25" => Stat::P25,
            "p50" => Stat::P50,
            "p75" => Stat::P75,
            "p95" => Stat::P95,
            "p99" => Stat::P99,
            "cvar95" => Stat::Cvar95,
            "cvar99" => Stat::Cvar99,
            other => {
                let level: f64 = other.strip_prefix("prob_gt_").and_then(|x| x.parse().ok()).ok_or_else(unknown)?;
                let thousandths = (level * 1000.0).round();
                if !(0.0..=f64::from(u32::MAX)).contains(&thousandths) {
                    return Err(unknown());
                }
                Stat::ProbGt(thousandths as u32)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_the_same_statistic() {
        let all = [Stat::Mean, Stat::Sd, Stat::P05, Stat::P95, Stat::P99, Stat::Cvar95, Stat::Cvar99, Stat::ProbGt(0), Stat::ProbGt(50)];
        for stat in all {
            assert_eq!(stat.to_string().parse(), Ok(stat));
        }
        assert_eq!(Stat::ProbGt(50).to_string(), "prob_gt_0.05");
        assert!("p42".parse::<Stat>().is_err());
    }
}
