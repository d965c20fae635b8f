//! Numbers thrown by the test runner, taken one after the other.

pub struct Dice {
    throws: Vec<u16>,
    next: usize,
}

impl Dice {
    pub fn new(throws: Vec<u16>) -> Dice {
        Dice { throws, next: 0 }
    }

    /// 0..n, 0 once all are thrown.
    pub fn below(&mut self, n: usize) -> usize {
        let throw = self.throws.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        throw as usize * n / 65_536
    }

    pub fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let steps = 20;
        let x = low + (high - low) * self.below(steps + 1) as f64 / steps as f64;
        (x * 1000.0).round() / 1000.0
    }
}
