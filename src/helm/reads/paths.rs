//! The places in values that templates go to.

use std::collections::BTreeMap;

use crate::helm::reads::Place;
use crate::helm::reads::Step;

/// A place in the values of the chart that is installed. The same place has the same number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Path(usize);

/// A place that templates were seen to go to.
#[derive(Default)]
struct Spot {
    /// The place around it, and the step from there; the values themselves have none.
    from: Option<(Path, Step)>,
    /// How many steps it is from the values.
    length: usize,
    below: BTreeMap<Step, Path>,
    whole: bool,
    looked_at: bool,
    consumed: bool,
}

/// All places that templates were seen to go to, and how they are read.
pub(super) struct Paths(Vec<Spot>);

impl Paths {
    pub(super) fn new() -> Self {
        Self(vec![Spot::default()])
    }

    fn spot(&self, path: Path) -> Option<&Spot> {
        self.0.get(path.0)
    }

    /// How many steps it is from the values to the place.
    pub(super) fn length(&self, path: Path) -> usize {
        self.spot(path).map_or(0, |spot| spot.length)
    }

    /// One step further.
    pub(super) fn step(&mut self, path: Path, step: Step) -> Path {
        let next = Path(self.0.len());
        let Some(spot) = self.0.get_mut(path.0) else { return path };
        let length = spot.length + 1;
        let below = *spot.below.entry(step.clone()).or_insert(next);
        if below == next {
            self.0.push(Spot { from: Some((path, step)), length, ..Spot::default() });
        }
        below
    }

    /// The place so many steps from `path`.
    pub(super) fn walk(&mut self, path: Path, steps: &[Step]) -> Path {
        steps.iter().fold(path, |path, step| self.step(path, step.clone()))
    }

    /// The place and those around it, the values last.
    fn around(&self, path: Path) -> impl Iterator<Item = Path> {
        let outer = |path: &Path| self.spot(*path)?.from.as_ref().map(|(outer, _)| *outer);
        std::iter::successors(Some(path), outer)
    }

    /// True for the place itself and for what stands in it.
    pub(super) fn is_inside(&self, path: Path, outer: Path) -> bool {
        self.around(path).any(|path| path == outer)
    }

    /// The steps from the values to the place.
    pub(super) fn steps(&self, path: Path) -> Vec<Step> {
        let steps = self.around(path).filter_map(|path| self.spot(path)?.from.as_ref());
        let mut steps: Vec<Step> = steps.map(|(_, step)| step.clone()).collect();
        steps.reverse();
        steps
    }

    /// Notes how the place is read; false where it was known.
    pub(super) fn mark(&mut self, path: Path, whole: bool) -> bool {
        let Some(spot) = self.0.get_mut(path.0) else { return false };
        let mark = if whole { &mut spot.whole } else { &mut spot.looked_at };
        !std::mem::replace(mark, true)
    }

    /// Notes that everything in the place is read, whatever templates put there; false where it was known, of the place
    /// or of one around it.
    pub(super) fn consume(&mut self, path: Path) -> bool {
        if self.is_consumed(path) {
            return false;
        }
        self.0.get_mut(path.0).is_some_and(|spot| !std::mem::replace(&mut spot.consumed, true))
    }

    pub(super) fn is_consumed(&self, path: Path) -> bool {
        self.around(path).any(|path| self.spot(path).is_some_and(|spot| spot.consumed))
    }

    /// The places that are read, as a tree.
    pub(super) fn read(&self) -> Place {
        let mut root = Place::default();
        for (at, spot) in self.0.iter().enumerate().filter(|(_, spot)| spot.whole || spot.looked_at) {
            let place = root.at(&self.steps(Path(at)));
            place.whole = spot.whole;
            place.looked_at = spot.looked_at;
        }
        root
    }
}
