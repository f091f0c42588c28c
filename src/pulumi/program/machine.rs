//! Follows a program for one stack: values flow, nothing is executed.
//!
//! Where a condition is not known both branches are followed, and what they leave different becomes unknown.
//! Steps, depth and repetitions are bounded, so that every program is done in linear time.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::pulumi::Configuration;
use crate::pulumi::program::Language;
use crate::pulumi::program::Program;
use crate::pulumi::program::Reading;
use crate::pulumi::program::held::Content;
use crate::pulumi::program::held::Held;
use crate::pulumi::program::held::Object;
use crate::pulumi::program::held::Scope;
use crate::pulumi::program::held::Traced;
use crate::pulumi::program::syntax::Function;
use crate::pulumi::program::syntax::Pattern;
use crate::pulumi::program::syntax::Statement;
use crate::source::Span;
use crate::source::Unknown;

/// Expressions and statements that are followed in one program.
const STEPS: u32 = 200_000;
/// Calls within calls.
const DEPTH: usize = 48;
/// How often one loop is followed.
pub(super) const REPETITIONS: i64 = 1_000;

pub(super) struct Machine<'p> {
    pub(super) program: &'p Program,
    pub(super) configuration: Configuration<'p>,
    pub(super) reading: Reading,
    pub(super) slots: Vec<Traced>,
    pub(super) objects: Vec<Object>,
    trails: Vec<Vec<Written>>,
    /// Conditions that hold here and are not known, and loops that run an unknown number of times.
    pub(super) uncertain: Vec<Rc<Unknown>>,
    pub(super) frames: Vec<Frame>,
    /// The scope of each module, or of each package in Go, once it was entered.
    pub(super) scopes: Vec<Option<Rc<Scope>>>,
    /// Package variables that are being worked out, against definitions in a circle.
    pub(super) working: Vec<usize>,
    /// Package variables that nobody asked for yet, with their package.
    pub(super) pending: BTreeMap<usize, (usize, &'p Statement)>,
    /// Methods of Go's types, by package and type.
    pub(super) methods: BTreeMap<(usize, Box<str>), Vec<Arc<Function>>>,
    /// The module, or package, of each call that is being followed.
    pub(super) modules: Vec<usize>,
    steps: u32,
}

/// A call that is being followed.
#[derive(Default)]
pub(super) struct Frame {
    /// Values returned under conditions that are not known.
    pub(super) returned: Vec<Traced>,
    /// How many conditions it has added to `uncertain`.
    pub(super) conditions: usize,
    /// Named results.
    pub(super) results: Vec<usize>,
}

#[derive(Clone)]
enum Place {
    Slot(usize),
    Object(usize),
}

enum Written {
    Slot(usize, Traced),
    Object(usize, Object),
}

/// What was written while a branch was followed.
pub(super) struct Writes(Vec<Written>);

/// How a statement ended.
#[derive(Debug)]
pub(super) enum Flow {
    Next,
    Return(Traced),
    Break,
    Continue,
    /// It fails: an exception, an error that is returned, a panic.
    Throw,
}

impl<'p> Machine<'p> {
    pub(super) fn new(program: &'p Program, configuration: Configuration<'p>) -> Self {
        Self {
            program,
            configuration,
            reading: Reading::default(),
            slots: Vec::new(),
            objects: Vec::new(),
            trails: Vec::new(),
            uncertain: Vec::new(),
            frames: vec![Frame::default()],
            scopes: vec![None; program.modules.len().max(program.packages.len())],
            working: Vec::new(),
            pending: BTreeMap::new(),
            methods: BTreeMap::new(),
            modules: Vec::new(),
            steps: STEPS,
        }
    }

    pub(super) fn language(&self) -> Language {
        self.program.language
    }

    /// The module, or package, that is being followed.
    pub(super) fn module(&self) -> usize {
        self.modules.last().copied().unwrap_or(0)
    }

    /// Counts a step; false when the program is too long to follow.
    pub(super) fn step(&mut self, span: Span) -> bool {
        if self.steps == 0 {
            return false;
        }
        self.steps -= 1;
        if self.steps == 0 {
            self.reading.note("the program takes more steps than are followed", span);
        }
        true
    }

    /// True where no further call may be followed.
    pub(super) fn too_deep(&self) -> bool {
        self.frames.len() > DEPTH
    }

    // Variables.

    pub(super) fn declare(&mut self, scope: &Rc<Scope>, name: &str, value: Traced) -> usize {
        let value = self.copied(value);
        let slot = self.slots.len();
        let unset = Traced::new(Held::Unset, value.span);
        self.slots.push(unset);
        scope.names.borrow_mut().insert(name.into(), slot);
        self.set_slot(slot, value);
        slot
    }

    pub(super) fn set_slot(&mut self, slot: usize, value: Traced) {
        let Some(place) = self.slots.get_mut(slot) else { return };
        let old = std::mem::replace(place, value);
        if let Some(trail) = self.trails.last_mut() {
            trail.push(Written::Slot(slot, old));
        }
    }

    pub(super) fn slot(&self, slot: usize) -> Option<&Traced> {
        self.slots.get(slot)
    }

    /// The value of a variable in the scope, without library names.
    pub(super) fn variable(&self, scope: &Scope, name: &str) -> Option<Traced> {
        self.slots.get(scope.find(name)?).cloned()
    }

    // Objects.

    pub(super) fn object(
        &mut self,
        content: Content,
        kind: Option<Traced>,
        by_value: bool,
        span: Span,
    ) -> Traced {
        self.objects.push(Object { content, kind, by_value });
        Traced::new(Held::Object(self.objects.len() - 1), span)
    }

    pub(super) fn list(&mut self, items: Vec<Traced>, span: Span) -> Traced {
        self.object(Content::List(items), None, false, span)
    }

    pub(super) fn map(&mut self, entries: IndexMap<Arc<str>, Traced>, span: Span) -> Traced {
        self.object(Content::Map(entries), None, false, span)
    }

    pub(super) fn content(&self, value: &Traced) -> Option<&Content> {
        match value.held {
            Held::Object(id) => self.objects.get(id).map(|object| &object.content),
            _ => None,
        }
    }

    pub(super) fn kind(&self, value: &Traced) -> Option<&Traced> {
        match value.held {
            Held::Object(id) => self.objects.get(id)?.kind.as_ref(),
            _ => None,
        }
    }

    pub(super) fn change(&mut self, id: usize, change: impl FnOnce(&mut Object)) {
        let Some(object) = self.objects.get_mut(id) else { return };
        if let Some(trail) = self.trails.last_mut() {
            trail.push(Written::Object(id, object.clone()));
        }
        change(object);
    }

    /// The value as it is assigned: structures of Go are copied.
    pub(super) fn copied(&mut self, value: Traced) -> Traced {
        let Held::Object(id) = value.held else { return value };
        match self.objects.get(id) {
            Some(object) if object.by_value => {
                let copy = object.clone();
                self.objects.push(copy);
                Traced { held: Held::Object(self.objects.len() - 1), ..value }
            }
            _ => value,
        }
    }

    // Branches.

    /// From here on, writes are remembered, until [`Machine::take_back`].
    pub(super) fn remember(&mut self) {
        self.trails.push(Vec::new());
    }

    /// Undoes what was written since [`Machine::remember`], and gives it.
    pub(super) fn take_back(&mut self) -> Writes {
        let mut trail = self.trails.pop().unwrap_or_default();
        let mut written = Vec::new();
        for entry in trail.drain(..).rev() {
            match entry {
                Written::Slot(slot, old) => {
                    if let Some(place) = self.slots.get_mut(slot) {
                        written.push(Written::Slot(slot, std::mem::replace(place, old)));
                    }
                }
                Written::Object(id, old) => {
                    if let Some(place) = self.objects.get_mut(id) {
                        written.push(Written::Object(id, std::mem::replace(place, old)));
                    }
                }
            }
        }
        // The first value taken of a place is what the branch left there.
        let mut last: Vec<Written> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for entry in written {
            let place = match &entry {
                Written::Slot(slot, _) => (0, *slot),
                Written::Object(id, _) => (1, *id),
            };
            if seen.insert(place) {
                last.push(entry);
            }
        }
        Writes(last)
    }

    /// Writes again what a branch wrote.
    pub(super) fn write(&mut self, writes: Writes) {
        for entry in writes.0 {
            match entry {
                Written::Slot(slot, value) => self.set_slot(slot, value),
                Written::Object(id, object) => self.change(id, |place| *place = object),
            }
        }
    }

    /// Leaves what both branches agree on, and makes the rest unknown.
    pub(super) fn merge_writes(&mut self, one: Writes, two: Writes, why: &Rc<Unknown>) {
        let mut places: IndexMap<(u8, usize), (Option<Written>, Option<Written>)> = IndexMap::new();
        let key = |entry: &Written| match entry {
            Written::Slot(slot, _) => (0, *slot),
            Written::Object(id, _) => (1, *id),
        };
        for entry in one.0 {
            let place = key(&entry);
            places.entry(place).or_default().0 = Some(entry);
        }
        for entry in two.0 {
            let place = key(&entry);
            places.entry(place).or_default().1 = Some(entry);
        }
        for ((_, at), (one, two)) in places {
            let place = match (&one, &two) {
                (Some(Written::Slot(..)), _) | (_, Some(Written::Slot(..))) => Place::Slot(at),
                _ => Place::Object(at),
            };
            match place {
                Place::Slot(slot) => {
                    let Some(before) = self.slots.get(slot).cloned() else { continue };
                    let value = |entry: Option<Written>| match entry {
                        Some(Written::Slot(_, value)) => value,
                        _ => before.clone(),
                    };
                    let merged = self.merge(&value(one), &value(two), why);
                    self.set_slot(slot, merged);
                }
                Place::Object(id) => {
                    let Some(before) = self.objects.get(id).cloned() else { continue };
                    let value = |entry: Option<Written>| match entry {
                        Some(Written::Object(_, object)) => object,
                        _ => before.clone(),
                    };
                    let (one, two) = (value(one), value(two));
                    let content = self.merge_content(&one.content, &two.content, why, 0);
                    self.change(id, |object| object.content = content);
                }
            }
        }
    }

    /// What holds when it is not known which of two values does.
    pub(super) fn merge(&mut self, one: &Traced, two: &Traced, why: &Rc<Unknown>) -> Traced {
        self.merge_at(one, two, why, 0)
    }

    fn merge_at(&mut self, one: &Traced, two: &Traced, why: &Rc<Unknown>, depth: u32) -> Traced {
        if self.same(one, two, depth) {
            return one.clone();
        }
        if let (Held::Object(a), Held::Object(b)) = (&one.held, &two.held)
            && depth < 8
            && let (Some(a), Some(b)) = (self.objects.get(*a).cloned(), self.objects.get(*b).cloned())
        {
            let content = self.merge_content(&a.content, &b.content, why, depth + 1);
            return self.object(content, a.kind, a.by_value, one.span);
        }
        let mut merged = Traced::new(Held::Unknown(Rc::clone(why)), one.span);
        merged.secret = one.secret || two.secret;
        merged
    }

    fn merge_content(&mut self, one: &Content, two: &Content, why: &Rc<Unknown>, depth: u32) -> Content {
        match (one, two) {
            (Content::List(one), Content::List(two)) if one.len() == two.len() => {
                let pairs = one.iter().zip(two);
                Content::List(pairs.map(|(one, two)| self.merge_at(one, two, why, depth + 1)).collect())
            }
            (Content::Map(one), Content::Map(two)) => {
                let mut merged = IndexMap::new();
                let absent = |span| Traced::new(Held::Unknown(Rc::clone(why)), span);
                for (key, value) in one {
                    let other = two.get(key).cloned().unwrap_or_else(|| absent(value.span));
                    merged.insert(Arc::clone(key), self.merge_at(value, &other, why, depth + 1));
                }
                for (key, value) in two.iter().filter(|(key, _)| !one.contains_key(*key)) {
                    merged.insert(Arc::clone(key), absent(value.span));
                }
                Content::Map(merged)
            }
            // Lists of different length: what was added under the condition may be there.
            (Content::List(one), Content::List(two)) => {
                let longer = if one.len() > two.len() { one } else { two };
                let unknown = |item: &Traced| Traced::new(Held::Unknown(Rc::clone(why)), item.span);
                Content::List(longer.iter().map(unknown).collect())
            }
            _ => one.clone(),
        }
    }

    /// True where two values cannot be told apart.
    pub(super) fn same(&self, one: &Traced, two: &Traced, depth: u32) -> bool {
        match (&one.held, &two.held) {
            (Held::Null, Held::Null) | (Held::Unset, Held::Unset) | (Held::Context, Held::Context) => true,
            (Held::Bool(a), Held::Bool(b)) => a == b,
            (Held::Int(a), Held::Int(b)) => a == b,
            (Held::Float(a), Held::Float(b)) => a.total_cmp(b).is_eq(),
            (Held::Text(a), Held::Text(b)) | (Held::Foreign(a), Held::Foreign(b)) => a == b,
            (Held::Resource(a), Held::Resource(b)) | (Held::Module(a), Held::Module(b)) => a == b,
            (Held::Object(a), Held::Object(b)) if a == b => true,
            (Held::Object(_), Held::Object(_)) if depth < 8 => match (self.content(one), self.content(two)) {
                (Some(Content::List(a)), Some(Content::List(b))) => {
                    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(a, b, depth + 1))
                }
                (Some(Content::Map(a)), Some(Content::Map(b))) => {
                    a.len() == b.len()
                        && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| self.same(a, b, depth + 1)))
                }
                _ => false,
            },
            (Held::Closure(a), Held::Closure(b)) => Rc::ptr_eq(a, b),
            (Held::Unknown(a), Held::Unknown(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    // Patterns.

    /// Binds the names of a pattern to the parts of a value.
    pub(super) fn bind(&mut self, scope: &Rc<Scope>, pattern: &Pattern, value: Traced) {
        match pattern {
            Pattern::Ignore => {}
            Pattern::Name(name) => {
                self.declare(scope, name, value);
            }
            Pattern::Record(fields) => {
                for (key, pattern, default) in fields {
                    let mut part = self.member(&value, key, value.span);
                    if matches!(part.held, Held::Null)
                        && let Some(default) = default
                    {
                        part = self.evaluate(default, scope);
                    }
                    self.bind(scope, pattern, part);
                }
            }
            Pattern::List(patterns) => {
                let parts = self.parts(value, patterns.len(), patterns);
                for (pattern, part) in patterns.iter().zip(parts) {
                    self.bind(scope, pattern, part);
                }
            }
        }
    }

    /// Takes a value apart for several targets.
    pub(super) fn parts(&mut self, value: Traced, count: usize, patterns: &[Pattern]) -> Vec<Traced> {
        let items: Vec<Traced> = match (&value.held, self.content(&value)) {
            (Held::Tuple(items), _) => items.to_vec(),
            (_, Some(Content::List(items))) => items.clone(),
            (Held::Unknown(_), _) => {
                // An error that accompanies an unknown result is taken to be absent.
                let is_error = |at: usize| {
                    at + 1 == count
                        && self.language() == Language::Go
                        && matches!(patterns.get(at), Some(Pattern::Name(name)) if name.to_ascii_lowercase().contains("err"))
                };
                let null = Traced::new(Held::Null, value.span);
                return (0..count)
                    .map(|at| if is_error(at) { null.clone() } else { value.clone() })
                    .collect();
            }
            _ => vec![value.clone()],
        };
        let null = Traced::new(Held::Null, value.span);
        (0..count).map(|at| items.get(at).cloned().unwrap_or_else(|| null.clone())).collect()
    }
}
