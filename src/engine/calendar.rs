//! In: files and the weeks in which they will be decided. Out: a desk's calendar: what was filed, week by week, until it is decided.
//!
//! Most lanes file in most weeks, so what is filed in one is a table of lanes that is written and looked through in a row; piles by
//! week of decision would be written all over.

use crate::wide::{Row, WIDTH, ZERO, any, largest, min};

/// What waits at a desk: a table of lanes by weeks of filing, the weeks in a ring.
#[derive(Clone, Default)]
pub struct Calendar {
    /// Lanes under the desk.
    lanes: usize,
    /// Places in the ring.
    room: usize,
    /// Place of the oldest week that is kept: something of it waits, once [`Calendar::close`] has been called.
    first: usize,
    /// Weeks that are kept, from there to the youngest.
    kept: usize,
    /// Per place: files that wait.
    files: Vec<usize>,
    /// Lane × place: when it is decided, and how.
    due: Vec<Marks>,
    /// Lane × place: mass, t; where nothing is due it is no longer there.
    mass: Vec<Row>,
}

/// Per realization: a week of the desk's clock, with `SENT_BACK` if what is decided then comes back; or what else is the matter.
pub type Marks = [u16; WIDTH];

/// Weeks of a clock are counted round and round.
const ROUND: u16 = 1 << 14;
/// Mark of a file that is sent back: the bit above the week.
const SENT_BACK: u16 = ROUND;
/// No file.
const NOTHING: u16 = 1 << 15;
/// A file that waits a round or longer, three centuries: for ever.
const FOREVER: u16 = NOTHING | SENT_BACK;
/// No week: no file is due in it.
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

/// Weeks that a clock passes as it goes from `before` to `after`, one after the other: in each realization a week, or none.
#[inline(always)]
pub fn pass(before: &Row, after: &Row, passing: &mut Vec<Marks>) {
    let (mut first, mut weeks) = (ZERO, ZERO);
    for w in 0..WIDTH {
        first[w] = week(before[w]);
        weeks[w] = week(after[w]) - first[w];
    }
    passing.clear();
    // In a whole round everything is decided that ever will be.
    for step in 1..=min(largest(&weeks), f64::from(ROUND)) as usize {
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

    /// Lanes under the desk.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Weeks for which there is room.
    pub fn room(&self) -> usize {
        self.room
    }

    /// Whether nothing waits, once the weeks of which nothing does are closed.
    pub fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// Forgets what waits, and keeps its memory.
    pub fn clear(&mut self) {
        (self.first, self.kept) = (0, 0);
    }

    /// Opens a week. Every lane must file in it, be it nothing.
    #[inline(always)]
    pub fn open(&mut self) {
        self.close();
        if self.kept == self.room {
            self.grow();
        }
        self.kept += 1;
        let youngest = self.place(self.kept - 1);
        self.files[youngest] = 0;
    }

    /// Files, in the week that was opened last: mass `held` of lane `i`, to be decided once the clock, now at `clock`, has passed so many
    /// whole weeks, one at least, and sent back where `back` is 1. Where nothing is held there is no file.
    #[inline(always)]
    pub fn file(&mut self, i: usize, held: &Row, clock: &Row, weeks: &Row, back: &Row) {
        let place = self.place(self.kept - 1);
        let (mut due, mut files) = ([NOTHING; WIDTH], 0);
        for w in 0..WIDTH {
            let at = whole(week(clock[w]) + min(weeks[w], f64::from(ROUND))) % ROUND;
            let file = held[w] > 0.0;
            due[w] = if file { at | (whole(back[w]) * SENT_BACK) } else { NOTHING };
            files += u16::from(file);
        }
        // What is not a number of weeks is for ever too.
        let endless = |weeks: f64| (weeks >= f64::from(ROUND)) | weeks.is_nan();
        if any(|w| endless(weeks[w])) {
            for w in 0..WIDTH {
                let waits = endless(weeks[w]) & (due[w] != NOTHING);
                due[w] = if waits { FOREVER } else { due[w] };
            }
        }
        self.due[i * self.room + place] = due;
        self.mass[i * self.room + place] = *held;
        self.files[place] += usize::from(files);
    }

    /// Decides what is due of lane `i` in the weeks that the clock passes: what it lets go and what it sends back, t.
    #[inline(always)]
    pub fn decide(&mut self, i: usize, passing: &[Marks], hits: &mut Vec<u32>) -> [Row; 2] {
        let (due, mass) = (&mut self.due[i * self.room..][..self.room], &self.mass[i * self.room..][..self.room]);
        let end = self.first + self.kept;
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
                let (mut left, mass, mut files) = (due[k as usize], mass[k as usize], 0);
                for w in 0..WIDTH {
                    let (file, at, here) = (left[w], today[w], mass[w]);
                    let (goes, comes) = (file == at, file == at | SENT_BACK);
                    go[w] += if goes { here } else { 0.0 };
                    back[w] += if comes { here } else { 0.0 };
                    files += u16::from(goes | comes);
                    left[w] = if goes | comes { NOTHING } else { file };
                }
                due[k as usize] = left;
                self.files[k as usize] -= usize::from(files);
            }
        }
        [go, back]
    }

    /// Gives up the oldest weeks of which nothing waits any more.
    #[inline(always)]
    pub fn close(&mut self) {
        while self.kept > 0 && self.files[self.first] == 0 {
            self.first = if self.first + 1 == self.room { 0 } else { self.first + 1 };
            self.kept -= 1;
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
        let mut next = Calendar { lanes: self.lanes, room, first: 0, kept: self.kept, ..Calendar::default() };
        next.files.resize(room, 0);
        next.due.resize(self.lanes * room, [NOTHING; WIDTH]);
        next.mass.resize(self.lanes * room, ZERO);
        for week in 0..self.kept {
            let place = self.place(week);
            next.files[week] = self.files[place];
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
        (0..self.kept).map(move |week| {
            let at = i * self.room + self.place(week);
            let mut row = self.mass[at];
            for w in 0..WIDTH {
                row[w] = if self.due[at][w] == NOTHING { 0.0 } else { row[w] };
            }
            row
        })
    }
}

/// What waits and when it is decided, by lane and week of filing: places and room, which depend on the past, are left out.
impl std::fmt::Debug for Calendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let due = |i: usize| (0..self.kept).map(move |week| self.due[i * self.room + self.place(week)]);
        f.debug_list().entries((0..self.lanes).map(|i| due(i).zip(self.of_lane(i)).collect::<Vec<_>>())).finish()
    }
}
