//! In: files and the weeks in which they will be decided. Out: a desk's calendar: what was filed, week by week, until it is decided.
//!
//! Most lanes file in most weeks, so what is filed in one is a table of lanes that is written and looked through in a row; piles by
//! week of decision would be written all over.

use crate::wide::{Row, WIDTH, ZERO, largest, min};

/// What waits at a desk: a table of lanes by weeks of filing, the weeks in a ring.
#[derive(Clone, Default)]
pub struct Calendar {
    /// Lanes under the desk.
    pub lanes: usize,
    /// Weeks for which there is room.
    room: usize,
    /// Place in the ring of the oldest week of which something waits.
    first: usize,
    /// Weeks from there to the youngest.
    weeks: usize,
    /// Per place in the ring: files that wait.
    waiting: Vec<usize>,
    /// Lane × place in the ring: when it is decided, and how.
    due: Vec<Due>,
    /// Lane × place in the ring: mass, t.
    mass: Vec<Row>,
}

/// Per realization: the week of the desk's clock in which a file is decided, and `SENT_BACK` if it comes back; `NOTHING` if none waits.
pub type Due = [u16; WIDTH];

/// Weeks of a clock are counted round and round: no file waits for three centuries.
const ROUND: u16 = 1 << 14;
/// Mark of a file that is sent back.
const SENT_BACK: u16 = 1 << 14;
/// No file.
const NOTHING: u16 = 1 << 15;
/// No week.
const NEVER: u16 = NOTHING + 1;

/// The last bits of a whole number that is not negative.
#[inline(always)]
fn whole(x: f64) -> u16 {
    (x + 4_503_599_627_370_496.0).to_bits() as u16 // 2^52, above which numbers are whole
}

/// The week in which a clock stands; a hair before its week it is in that week.
#[inline(always)]
fn week(clock: f64) -> f64 {
    (clock + 1e-9).floor()
}

/// Weeks that a desk's clock passes in a period, one after the other: per realization the week, or none.
pub type Passing = Vec<Due>;

/// Weeks that a clock passes as it goes from `before` to `after`.
#[inline(always)]
pub fn pass(before: &Row, after: &Row, passing: &mut Passing) {
    let (mut first, mut weeks) = (ZERO, ZERO);
    for w in 0..WIDTH {
        first[w] = week(before[w]);
        weeks[w] = week(after[w]) - first[w];
    }
    passing.clear();
    for step in 1..=largest(&weeks) as usize {
        let (step, mut today) = (step as f64, [NEVER; WIDTH]);
        for w in 0..WIDTH {
            let at = whole(first[w] + step) % ROUND;
            today[w] = if step <= weeks[w] { at } else { NEVER };
        }
        passing.push(today);
    }
}

impl Calendar {
    /// Nothing waits at a desk over so many lanes.
    pub fn new(lanes: usize) -> Calendar {
        Calendar { lanes, ..Calendar::default() }
    }

    /// Forgets what waits, and keeps its memory.
    pub fn clear(&mut self) {
        self.due.fill([NOTHING; WIDTH]);
        (self.first, self.weeks) = (0, 0);
    }

    /// Opens a week in which lanes may file.
    #[inline(always)]
    pub fn open(&mut self) {
        if self.weeks == self.room {
            self.grow();
        }
        self.weeks += 1;
        let youngest = self.place(self.weeks - 1);
        self.waiting[youngest] = 0;
    }

    /// Files, in the week that was opened last: mass `held` of lane `i`, to be decided once the clock, now at `clock`, has passed so many
    /// whole weeks, one at least, and sent back where `back` is 1. Where nothing is held there is no file.
    #[inline(always)]
    pub fn file(&mut self, i: usize, held: &Row, clock: &Row, weeks: &Row, back: &Row) {
        let place = self.place(self.weeks - 1);
        let (mut due, mut n) = ([NOTHING; WIDTH], 0);
        for w in 0..WIDTH {
            let at = whole(week(clock[w]) + min(weeks[w], f64::from(ROUND - 1))) % ROUND;
            let file = held[w] > 0.0;
            due[w] = if file { at | (whole(back[w]) * SENT_BACK) } else { NOTHING };
            n += u16::from(file);
        }
        self.due[i * self.room + place] = due;
        self.mass[i * self.room + place] = *held;
        self.waiting[place] += usize::from(n);
    }

    /// Decides what is due of lane `i` in the weeks that the clock passes: what it lets go and what it sends back, t.
    #[inline(always)]
    pub fn decide(&mut self, i: usize, passing: &Passing, hits: &mut Vec<u32>) -> [Row; 2] {
        let (due, mass) = (&mut self.due[i * self.room..][..self.room], &self.mass[i * self.room..][..self.room]);
        let end = self.first + self.weeks;
        // The oldest first: the ring from its first place on, then from its start.
        let parts = [self.first..end.min(self.room), 0..end.saturating_sub(self.room)];
        hits.resize(self.room, 0);
        let (mut go, mut back) = (ZERO, ZERO);
        for today in passing {
            // Whether something is due is as good as random: a list of where it is is quicker than guesses.
            let mut n = 0;
            for part in &parts {
                for (k, due) in part.clone().zip(&due[part.clone()]) {
                    let mut hit = 0;
                    for w in 0..WIDTH {
                        hit |= u16::from(due[w] & !SENT_BACK == today[w]);
                    }
                    hits[n] = k as u32;
                    n += usize::from(hit);
                }
            }
            for &k in &hits[..n] {
                let (mut left, mass, mut count) = (due[k as usize], mass[k as usize], 0);
                for w in 0..WIDTH {
                    let (file, at, here) = (left[w], today[w], mass[w]);
                    let (goes, comes) = (file == at, file == at | SENT_BACK);
                    go[w] += if goes { here } else { 0.0 };
                    back[w] += if comes { here } else { 0.0 };
                    count += u16::from(goes | comes);
                    left[w] = if goes | comes { NOTHING } else { file };
                }
                due[k as usize] = left;
                self.waiting[k as usize] -= usize::from(count);
            }
        }
        [go, back]
    }

    /// Gives up the oldest weeks of which nothing waits any more.
    #[inline(always)]
    pub fn close(&mut self) {
        while self.weeks > 0 && self.waiting[self.first] == 0 {
            self.first = if self.first + 1 == self.room { 0 } else { self.first + 1 };
            self.weeks -= 1;
        }
    }

    /// Place in the ring of a week, counted from the oldest.
    #[inline(always)]
    fn place(&self, week: usize) -> usize {
        let place = self.first + week;
        if place >= self.room { place - self.room } else { place }
    }

    /// Makes room for more weeks.
    #[inline(never)]
    fn grow(&mut self) {
        let room = (2 * self.room).max(8);
        let mut next = Calendar { lanes: self.lanes, room, first: 0, weeks: self.weeks, ..Calendar::default() };
        next.waiting.resize(room, 0);
        next.due.resize(self.lanes * room, [NOTHING; WIDTH]);
        next.mass.resize(self.lanes * room, ZERO);
        for week in 0..self.weeks {
            let place = self.place(week);
            next.waiting[week] = self.waiting[place];
            for i in 0..self.lanes {
                next.due[i * room + week] = self.due[i * self.room + place];
                next.mass[i * room + week] = self.mass[i * self.room + place];
            }
        }
        *self = next;
    }

    /// Per lane: what waits, as [`Calendar::of_lane`] has it.
    pub fn waiting(&self) -> impl Iterator<Item = impl Iterator<Item = Row>> {
        (0..self.lanes).map(|i| self.of_lane(i))
    }

    /// What waits of lane `i`, t, by week of filing, the oldest first.
    pub fn of_lane(&self, i: usize) -> impl Iterator<Item = Row> {
        (0..self.weeks).map(move |week| {
            let at = i * self.room + self.place(week);
            let mut row = self.mass[at];
            for w in 0..WIDTH {
                row[w] = if self.due[at][w] == NOTHING { 0.0 } else { row[w] };
            }
            row
        })
    }
}

/// Without the room that is kept: two calendars in which the same waits are the same.
impl std::fmt::Debug for Calendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.waiting().map(Iterator::collect::<Vec<_>>)).finish()
    }
}
