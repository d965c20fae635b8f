//! In: what each parameter may be. Out: the scenario as it stands, then each parameter alone at its low and at its high end.

use super::Spread;

/// Points of a one-at-a-time design: 1 + 2 × parameters. The ends are quantiles of a distribution, or the least and largest value.
pub fn points(spreads: &[&Spread], ends: [f64; 2]) -> Vec<Vec<Option<f64>>> {
    let mut points = vec![vec![None; spreads.len()]];
    for (i, spread) in spreads.iter().enumerate() {
        for (side, end) in ends.into_iter().enumerate() {
            let mut point = vec![None; spreads.len()];
            point[i] = Some(match spread {
                Spread::Values(values) if side == 0 => values.iter().copied().fold(f64::INFINITY, f64::min),
                Spread::Values(values) => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                spread => spread.quantile(end),
            });
            points.push(point);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::schema::Dist;

    #[test]
    fn one_parameter_moves_at_a_time() {
        let (a, b) = (Spread::Values(vec![3.0, 1.0, 2.0]), Spread::Drawn(Dist::Uniform { low: 10.0, high: 20.0 }));
        let found = points(&[&a, &b], [0.1, 0.9]);
        assert_eq!(found[..3], [vec![None, None], vec![Some(1.0), None], vec![Some(3.0), None]]);
        assert_eq!((found[3][0], found[4][0], found.len()), (None, None, 5));
        let ends = [found[3][1], found[4][1]].map(|x| x.expect("given"));
        assert!((ends[0] - 11.0).abs() < 1e-12 && (ends[1] - 19.0).abs() < 1e-12);
    }
}
