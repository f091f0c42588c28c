//! What the templates of a chart can read of its values.
//!
//! Found by following values through the templates without running them, so that a branch no environment takes counts
//! as well: every field, `index`, `with`, `range`, `include` and dictionary is followed as far as it is certain, and
//! where it is not, everything below the value in question counts as read. What is never read here is read by no
//! rendering whatever.

mod calls;
mod instances;
mod known;
mod paths;
mod reader;
mod required;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use required::masked_required;

use crate::helm::Chart;
use crate::helm::HelmVersion;
use crate::helm::engine::Engine;
use crate::helm::engine::deep;
use crate::helm::reads::instances::Instance;
use crate::helm::reads::reader::Reader;
use crate::helm::value::Key;

/// Templates are followed and not run here: the Helm that knows the most functions reads them all.
const FUNCTIONS: HelmVersion = HelmVersion::Four;

/// A step of a path into values: a key, or any item of a list and any key of a map.
pub(crate) type Step = Option<Key>;

/// How templates read a place in the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of it, whatever stands below.
    Whole,
    /// Some of the keys below it.
    Part,
    /// Not at all.
    Never,
}

/// What the templates of a chart and its subcharts can read of the chart's values, on any way through them.
#[derive(Debug, Default)]
pub struct Reads {
    root: Place,
}

/// What is read at one place in the values, and below it.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// Everything below is read.
    whole: bool,
    /// It is looked at, for its truth or its type: alone this says nothing of what stands below.
    looked_at: bool,
    keys: BTreeMap<Key, Place>,
    /// What is read of every key, or of every item.
    each: Option<Box<Place>>,
}

impl Place {
    /// True where what stands below can matter in ways that are not written out.
    fn is_end(&self) -> bool {
        self.whole || (self.looked_at && self.keys.is_empty() && self.each.is_none())
    }

    fn at(&mut self, path: &[Step]) -> &mut Self {
        path.iter().fold(self, |place, step| match step {
            Some(key) => place.keys.entry(Arc::clone(key)).or_default(),
            None => place.each.get_or_insert_default(),
        })
    }
}

impl Reads {
    /// Reads the templates of a chart. `texts` are the strings of all layers of values: those that are templates are
    /// what `tpl` may run.
    pub fn of<'t>(chart: &Arc<Chart>, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts: Vec<&str> = texts.into_iter().filter(|text| text.contains("{{")).collect();
        let everything = || Self { root: Place { whole: true, ..Place::default() } };
        let Some(instances) = Instance::all(chart) else { return everything() };
        let Ok(engine) = Engine::new(instances::templates(&instances), &chart.library, FUNCTIONS) else {
            return everything();
        };
        let scope = engine.scope();
        let read = deep(|| {
            let mut reader = Reader::new(&instances, scope, &texts);
            reader.run().then(|| reader.paths.read())
        });
        match read {
            Ok(Some(root)) => Self { root },
            _ => everything(),
        }
    }

    /// How templates read the place at a path: keys, and `None` for an item of a list.
    pub fn reach(&self, path: &[Option<&str>]) -> Reach {
        let mut here = vec![&self.root];
        for step in path {
            if here.iter().any(|place| place.is_end()) {
                return Reach::Whole;
            }
            here = below(&here, *step);
        }
        if here.is_empty() {
            Reach::Never
        } else if here.iter().any(|place| place.is_end()) {
            Reach::Whole
        } else {
            Reach::Part
        }
    }

    /// The keys that templates read by name directly below a path, sorted.
    pub fn names(&self, path: &[Option<&str>]) -> Vec<String> {
        let here = path.iter().fold(vec![&self.root], |here, step| below(&here, *step));
        let mut names: Vec<String> = here
            .iter()
            .flat_map(|place| place.keys.keys())
            .map(|key| String::from_utf8_lossy(key).into_owned())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn below<'p>(here: &[&'p Place], step: Option<&str>) -> Vec<&'p Place> {
    let mut next = Vec::new();
    for place in here {
        match step {
            Some(key) => next.extend(place.keys.get(key.as_bytes())),
            None => next.extend(place.keys.values()),
        }
        next.extend(place.each.as_deref());
    }
    next
}
