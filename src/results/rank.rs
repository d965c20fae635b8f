//! In: two lists. Out: how well the order of one tells the order of the other, with its interval.

use super::estimate::Estimate;

/// Ranks over their mean, squared deviations one in sum; ties get their mean rank. None of a constant.
pub fn ranks(list: &[f64]) -> Option<Vec<f64>> {
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by(|x, y| list[*x].total_cmp(&list[*y]));
    let mut ranks = vec![0.0; list.len()];
    let mut first = 0;
    while first < order.len() {
        let last = (first..order.len()).take_while(|k| list[order[*k]] == list[order[first]]).last().unwrap_or(first);
        let middle = 0.5 * (first + last) as f64 - 0.5 * (list.len() as f64 - 1.0);
        order[first..=last].iter().for_each(|i| ranks[*i] = middle);
        first = last + 1;
    }
    let norm = ranks.iter().map(|r| r * r).sum::<f64>().sqrt();
    (norm > 0.0).then(|| ranks.iter().map(|r| r / norm).collect())
}

/// Correlation of two lists of [`ranks`].
pub fn of_ranks(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>().clamp(-1.0, 1.0)
}

/// Spearman's rank correlation of two lists of equal length. NaN if one is constant.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    ranks(a).zip(ranks(b)).map_or(f64::NAN, |(a, b)| of_ranks(&a, &b))
}

/// A rank correlation over `n` pairs with its interval, `z` standard errors wide on either side: Fisher's transform, with the variance of
/// Bonett and Wright (2000), (1 + ρ²/2)/(n − 3).
pub fn with_interval(rho: f64, n: usize, z: f64) -> Estimate {
    let spread = ((1.0 + 0.5 * rho * rho) / (n as f64 - 3.0).max(1e-9)).sqrt();
    let middle = rho.clamp(-1.0 + 1e-12, 1.0 - 1e-12).atanh();
    let (low, high) = ((middle - z * spread).tanh(), (middle + z * spread).tanh());
    Estimate { value: rho, se: (high - low) / (2.0 * z), low, high }
}

#[cfg(test)]
mod tests {
    use super::super::estimate::Z;
    use super::*;

    #[test]
    fn ranks_with_ties_are_those_of_the_books() {
        let rho = rank_correlation(&[1.0, 2.0, 2.0, 4.0], &[1.0, 3.0, 2.0, 4.0]);
        assert!((rho - 0.948_683_298_050_513_8).abs() < 1e-12, "{rho}");
        assert!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
    }

    #[test]
    fn an_interval_holds_its_value_and_narrows_with_the_number_of_pairs() {
        let few = with_interval(0.5, 50, Z);
        let many = with_interval(0.5, 5000, Z);
        assert!(few.low < 0.5 && 0.5 < few.high && few.low < many.low && many.high < few.high);
        // By hand: atanh 0.5 = 0.549306, spread sqrt(1.125/47) = 0.154713; 0.246074 and 0.852538 back.
        assert!((few.low - 0.241_22).abs() < 1e-5 && (few.high - 0.692_39).abs() < 1e-5, "{few:?}");
    }
}
