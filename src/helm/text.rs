//! Text that remembers, byte run by byte run, where it came from.

use std::ops::Range;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::source::Origin;
use crate::source::Span;
use crate::source::Unknown;

/// More places than this are not kept for one value; [`Origins::cut`] says so.
const MAX_ORIGINS: usize = 64;

/// More places than this are not kept of those that only decided, the nearest first.
const MAX_DECIDED: usize = 16;

/// The places behind a value or a piece of text. Cheap to clone; none at all costs nothing.
#[derive(Clone, Default)]
pub struct Origins(Option<Arc<Set>>);

#[derive(Default)]
struct Set {
    places: Vec<Arc<Origin>>,
    /// What the value was chosen by and is not made of.
    decided: Vec<Arc<Origin>>,
    unknown: Option<Arc<Unknown>>,
    cut: bool,
}

impl Origins {
    /// No place outside the templates.
    pub const NONE: Self = Self(None);

    /// A value written at one place.
    pub fn at(span: Span) -> Self {
        Self::of(Origin::at(span))
    }

    /// A value with one origin.
    pub fn of(origin: Origin) -> Self {
        Self(Some(Arc::new(Set { places: vec![Arc::new(origin)], ..Set::default() })))
    }

    /// A value that cannot be known without running something.
    pub fn unknown(unknown: Unknown) -> Self {
        Self(Some(Arc::new(Set { unknown: Some(Arc::new(unknown)), ..Set::default() })))
    }

    /// True where no place and no reason of unknowing is kept.
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The origins, in the order they were met.
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter().flat_map(|set| set.places.iter().map(AsRef::as_ref))
    }

    /// The places that decided which value it is, and are no part of it: the condition of a choice, a value that was
    /// empty and gave way to a default. The nearest first.
    pub fn decided(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter().flat_map(|set| set.decided.iter().map(AsRef::as_ref))
    }

    /// The same places as such that only decide.
    #[must_use]
    pub fn deciding(&self) -> Self {
        let Some(set) = &self.0 else { return Self::NONE };
        if set.places.is_empty() && set.unknown.is_none() && !set.cut {
            return self.clone();
        }
        let mut decided = set.places.clone();
        extend_new(&mut decided, &set.decided);
        decided.truncate(MAX_DECIDED);
        if decided.is_empty() {
            return Self::NONE;
        }
        Self(Some(Arc::new(Set { decided, ..Set::default() })))
    }

    /// The one origin, where there is exactly one and nothing is unknown.
    pub fn single(&self) -> Option<&Origin> {
        match self.0.as_deref() {
            Some(Set { places, unknown: None, cut: false, .. }) if places.len() == 1 => {
                places.first().map(AsRef::as_ref)
            }
            _ => None,
        }
    }

    /// Why the value is not known, if it is not.
    pub fn why_unknown(&self) -> Option<&Unknown> {
        self.0.as_deref()?.unknown.as_deref()
    }

    /// True where more places were behind the value than are kept.
    pub fn cut(&self) -> bool {
        self.0.as_deref().is_some_and(|set| set.cut)
    }

    /// Everything behind either. Of two reasons of unknowing the first stays.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let (Some(mine), Some(theirs)) = (&self.0, &other.0) else {
            return if self.0.is_some() { self.clone() } else { other.clone() };
        };
        if Arc::ptr_eq(mine, theirs) {
            return self.clone();
        }
        let all =
            |mine: &[Arc<Origin>], theirs: &[Arc<Origin>]| theirs.iter().all(|place| is_among(mine, place));
        if all(&mine.places, &theirs.places)
            && all(&mine.decided, &theirs.decided)
            && (mine.unknown.is_some() || theirs.unknown.is_none())
            && (mine.cut || !theirs.cut)
        {
            return self.clone();
        }
        let mut places = mine.places.clone();
        extend_new(&mut places, &theirs.places);
        let mut decided = mine.decided.clone();
        extend_new(&mut decided, &theirs.decided);
        let cut = mine.cut || theirs.cut || places.len() > MAX_ORIGINS;
        places.truncate(MAX_ORIGINS);
        decided.truncate(MAX_DECIDED);
        let unknown = mine.unknown.clone().or_else(|| theirs.unknown.clone());
        Self(Some(Arc::new(Set { places, decided, unknown, cut })))
    }

    /// The origin of a value of a higher layer that replaced a `lower` one.
    #[must_use]
    pub fn over(&self, lower: &Self) -> Self {
        let (Some(mine), Some(below)) = (&self.0, lower.iter().next()) else { return self.clone() };
        let places = mine.places.iter().map(|place| Arc::new(Origin::clone(place).over(below))).collect();
        let (decided, unknown) = (mine.decided.clone(), mine.unknown.clone());
        Self(Some(Arc::new(Set { places, decided, unknown, cut: mine.cut })))
    }

    fn same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
            _ => false,
        }
    }
}

impl std::fmt::Debug for Origins {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut set = formatter.debug_set();
        set.entries(self.iter().map(|origin| origin.span));
        if let Some(unknown) = self.why_unknown() {
            set.entry(&unknown.why);
        }
        set.finish()
    }
}

fn is_among(places: &[Arc<Origin>], place: &Arc<Origin>) -> bool {
    places.iter().any(|at| Arc::ptr_eq(at, place) || at == place)
}

fn extend_new(places: &mut Vec<Arc<Origin>>, more: &[Arc<Origin>]) {
    for place in more {
        if !is_among(places, place) {
            places.push(Arc::clone(place));
        }
    }
}

/// How a piece of a template came to be printed: the calls (`include`, `template`, `tpl`) and the branches of
/// conditions and loops that it stands in, innermost first. Kept once for all that is printed there.
#[derive(Clone, Default)]
pub struct Trail(Option<Arc<Step>>);

struct Step {
    way: Way,
    outer: Trail,
    decided: OnceLock<Origins>,
}

enum Way {
    /// The action that called.
    Call(Span),
    /// What the branch was taken for.
    Branch(Origins),
}

impl Trail {
    /// The top of the template that is rendered itself.
    pub const TOP: Self = Self(None);

    /// One call deeper: the action at `at` called.
    #[must_use]
    pub fn enter(&self, at: Span) -> Self {
        self.step(Way::Call(at))
    }

    /// In a branch that is taken, or a round that is made, for a value with these places. None are no step.
    #[must_use]
    pub fn branch(&self, decided: &Origins) -> Self {
        let decided = decided.deciding();
        if decided.is_none() { self.clone() } else { self.step(Way::Branch(decided)) }
    }

    fn step(&self, way: Way) -> Self {
        Self(Some(Arc::new(Step { way, outer: self.clone(), decided: OnceLock::new() })))
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.0.as_deref(), |step| step.outer.0.as_deref())
    }

    /// The places of the calling actions, innermost first.
    pub fn calls(&self) -> impl Iterator<Item = Span> {
        self.steps().filter_map(|step| match step.way {
            Way::Call(at) => Some(at),
            Way::Branch(_) => None,
        })
    }

    /// The places behind the innermost branch.
    pub fn last_branch(&self) -> Origins {
        let branch = self.steps().find_map(|step| match &step.way {
            Way::Branch(decided) => Some(decided.clone()),
            Way::Call(_) => None,
        });
        branch.unwrap_or(Origins::NONE)
    }

    /// The places behind all branches on the way, innermost first, as such that decide.
    pub fn decided(&self) -> Origins {
        let Some(innermost) = &self.0 else { return Origins::NONE };
        // Without recursion, as templates may call each other very deep.
        let mut open: Vec<&Step> = self.steps().take_while(|step| step.decided.get().is_none()).collect();
        let mut outer = self.steps().find_map(|step| step.decided.get().cloned()).unwrap_or(Origins::NONE);
        while let Some(step) = open.pop() {
            if let Way::Branch(decided) = &step.way {
                outer = decided.union(&outer);
            }
            let _was_set = step.decided.set(outer.clone());
        }
        innermost.decided.get().cloned().unwrap_or(outer)
    }

    /// True where both are the very same.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
            _ => false,
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        let mut outer = std::mem::take(&mut self.outer);
        while let Some(mut step) = outer.0.take().and_then(Arc::into_inner) {
            outer = std::mem::take(&mut step.outer);
        }
    }
}

impl std::fmt::Debug for Trail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.calls()).finish()
    }
}

/// Where a run of bytes came from.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// The template text or action that wrote it; `None` in a value that no template has touched yet.
    pub template: Option<Span>,
    /// How that template came to be printed.
    pub trail: Trail,
    /// The values behind it. Empty for plain template text.
    pub values: Origins,
}

impl Mark {
    /// Bytes of a value.
    pub fn value(values: Origins) -> Self {
        Self { values, ..Self::default() }
    }

    /// The values behind the bytes, and what decided that they are there.
    pub fn behind(&self) -> Origins {
        self.values.union(&self.trail.decided())
    }

    /// True where nothing is known about the bytes.
    pub fn is_blank(&self) -> bool {
        self.template.is_none() && self.values.is_none()
    }

    fn same(&self, other: &Self) -> bool {
        self.template == other.template && self.values.same(&other.values) && self.trail.is_same(&other.trail)
    }

    fn over(&self, other: &Self) -> Self {
        Self {
            template: self.template.or(other.template),
            trail: if self.template.is_some() { self.trail.clone() } else { other.trail.clone() },
            values: self.values.union(&other.values),
        }
    }
}

/// A string as Go has it (bytes, mostly UTF-8), with a mark on every byte. Cheap to clone, never changed.
#[derive(Clone)]
pub struct Text(Arc<Inner>);

struct Inner {
    bytes: Vec<u8>,
    runs: Runs,
}

enum Runs {
    Whole(Mark),
    /// Where each run ends, ascending; the last ends with the text.
    Pieces(Vec<(u32, Mark)>),
}

impl Text {
    /// The empty text.
    pub fn empty() -> Self {
        Self::plain(Vec::new())
    }

    /// A text of which nothing is known.
    pub fn plain(bytes: impl Into<Vec<u8>>) -> Self {
        Self::marked(bytes, Mark::default())
    }

    /// A text with one mark on all of it.
    pub fn marked(bytes: impl Into<Vec<u8>>, mark: Mark) -> Self {
        Self(Arc::new(Inner { bytes: bytes.into(), runs: Runs::Whole(mark) }))
    }

    /// A text that comes from a value.
    pub fn of_value(bytes: impl Into<Vec<u8>>, values: Origins) -> Self {
        Self::marked(bytes, Mark::value(values))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.0.bytes.len()
    }

    /// True for `""`.
    pub fn is_empty(&self) -> bool {
        self.0.bytes.is_empty()
    }

    /// The text; what is not UTF-8 is replaced by U+FFFD.
    pub fn to_str(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0.bytes)
    }

    /// The runs, in order, without gaps.
    pub fn runs(&self) -> impl Iterator<Item = (Range<usize>, &Mark)> {
        self.runs_in(0..self.len())
    }

    /// The runs that touch a range, cut to it. An empty range has none.
    pub fn runs_in(&self, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, &Mark)> {
        let end = range.end.min(self.len());
        let mut at = range.start;
        let mut next = match &self.0.runs {
            Runs::Whole(_) => 0,
            Runs::Pieces(pieces) => pieces.partition_point(|(end, _)| *end as usize <= at),
        };
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (stop, mark) = match &self.0.runs {
                Runs::Whole(mark) => (end, mark),
                Runs::Pieces(pieces) => {
                    let (stop, mark) = pieces.get(next)?;
                    (end.min(*stop as usize), mark)
                }
            };
            next += 1;
            let run = at..stop;
            at = stop;
            Some((run, mark))
        })
    }

    /// The mark on one byte.
    pub fn mark_at(&self, at: usize) -> Option<&Mark> {
        self.runs_in(at..at.saturating_add(1)).next().map(|(_, mark)| mark)
    }

    /// One mark for a whole range: the first template place, the union of all values.
    pub fn mark_of(&self, range: Range<usize>) -> Mark {
        if let Runs::Whole(mark) = &self.0.runs {
            return mark.clone();
        }
        let mut runs = self.runs_in(range);
        let first = runs.next().map(|(_, mark)| mark.clone()).unwrap_or_default();
        runs.fold(first, |sum, (_, mark)| if sum.same(mark) { sum } else { sum.over(mark) })
    }

    /// The values behind a range, and what decided that it is there.
    pub fn origins_in(&self, range: Range<usize>) -> Origins {
        let mut last: Option<&Trail> = None;
        self.runs_in(range).fold(Origins::NONE, |sum, (_, mark)| {
            let sum = sum.union(&mark.values);
            if last.replace(&mark.trail).is_some_and(|last| last.is_same(&mark.trail)) {
                return sum;
            }
            sum.union(&mark.trail.decided())
        })
    }

    /// The values behind the whole text, of an empty text too, and what decided that it is there.
    pub fn origins(&self) -> Origins {
        match &self.0.runs {
            Runs::Whole(mark) => mark.behind(),
            Runs::Pieces(_) => self.origins_in(0..self.len()),
        }
    }

    /// True where nothing is known about any byte.
    pub fn is_unmarked(&self) -> bool {
        matches!(&self.0.runs, Runs::Whole(Mark { trail: Trail(None), values: Origins(None), .. }))
    }

    /// One mark for the whole text.
    pub fn mark(&self) -> Mark {
        self.mark_of(0..self.len())
    }

    /// A part of the text with its marks. Bounds outside the text are cut to it.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        if range.start == 0 && range.end >= self.len() {
            return self.clone();
        }
        let bytes = part(self.bytes(), range.clone());
        match &self.0.runs {
            Runs::Whole(mark) => Self::marked(bytes, mark.clone()),
            Runs::Pieces(_) => {
                let mut builder = TextBuilder::with_capacity(bytes.len());
                builder.push_part(self, range);
                builder.finish()
            }
        }
    }

    /// The same bytes with one mark.
    #[must_use]
    pub fn remarked(&self, mark: Mark) -> Self {
        Self::marked(self.bytes(), mark)
    }

    /// The same text, its values joined by `more` everywhere.
    #[must_use]
    pub fn with_origins(&self, more: &Origins) -> Self {
        if more.is_none() {
            return self.clone();
        }
        let join = |mark: &Mark| Mark { values: mark.values.union(more), ..mark.clone() };
        let runs = match &self.0.runs {
            Runs::Whole(mark) => Runs::Whole(join(mark)),
            Runs::Pieces(pieces) => {
                Runs::Pieces(pieces.iter().map(|(end, mark)| (*end, join(mark))).collect())
            }
        };
        Self(Arc::new(Inner { bytes: self.bytes().to_vec(), runs }))
    }

    /// The same marks on other bytes, byte for byte; a change of length loses the runs, not the union.
    #[must_use]
    pub fn map_bytes(&self, bytes: Vec<u8>) -> Self {
        match &self.0.runs {
            Runs::Pieces(pieces) if bytes.len() == self.len() => {
                Self(Arc::new(Inner { bytes, runs: Runs::Pieces(pieces.clone()) }))
            }
            _ => Self::marked(bytes, self.mark()),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::empty()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Text {}

impl std::fmt::Debug for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}", self.to_str())
    }
}

/// The bytes of a range, cut to what there is.
pub(crate) fn part(bytes: &[u8], range: Range<usize>) -> &[u8] {
    let end = range.end.min(bytes.len());
    bytes.get(range.start.min(end)..end).unwrap_or_default()
}

/// Puts a [`Text`] together.
#[derive(Default)]
pub struct TextBuilder {
    bytes: Vec<u8>,
    pieces: Vec<(u32, Mark)>,
}

impl TextBuilder {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty text with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), pieces: Vec::new() }
    }

    /// The length so far, in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// True where nothing was pushed yet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends bytes with a mark.
    pub fn push(&mut self, bytes: &[u8], mark: &Mark) {
        if !bytes.is_empty() {
            self.bytes.extend_from_slice(bytes);
            self.extend_marked(mark);
        }
    }

    /// Appends bytes that belong to what stands before them (a line break, indentation): they share its mark.
    pub fn push_along(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.bytes.extend_from_slice(bytes);
        let end = clip(self.bytes.len());
        match self.pieces.last_mut() {
            Some((last, _)) => *last = end,
            None => self.pieces.push((end, Mark::default())),
        }
    }

    /// Appends a text with its marks.
    pub fn push_text(&mut self, text: &Text) {
        self.push_part(text, 0..text.len());
    }

    /// Appends a part of a text with its marks.
    pub fn push_part(&mut self, text: &Text, range: Range<usize>) {
        for (run, mark) in text.runs_in(range) {
            self.bytes.extend_from_slice(part(text.bytes(), run));
            self.extend_marked(mark);
        }
    }

    /// Appends a text as an action at `template` prints it: bytes that no template wrote get that place.
    pub fn push_printed(&mut self, text: &Text, template: Option<Span>, trail: &Trail) {
        for (run, mark) in text.runs() {
            self.bytes.extend_from_slice(part(text.bytes(), run));
            if mark.template.is_some() {
                self.extend_marked(mark);
            } else {
                let mark = Mark { template, trail: trail.clone(), values: mark.values.clone() };
                self.extend_marked(&mark);
            }
        }
    }

    fn extend_marked(&mut self, mark: &Mark) {
        let end = clip(self.bytes.len());
        match self.pieces.last_mut() {
            Some((last, before)) if before.same(mark) => *last = end,
            _ => self.pieces.push((end, mark.clone())),
        }
    }

    /// The text.
    pub fn finish(mut self) -> Text {
        let runs = match self.pieces.len() {
            0 => Runs::Whole(Mark::default()),
            1 => Runs::Whole(self.pieces.pop().map(|(_, mark)| mark).unwrap_or_default()),
            _ => Runs::Pieces(self.pieces),
        };
        Text(Arc::new(Inner { bytes: self.bytes, runs }))
    }
}

/// Texts are bounded far below 4 GiB by the limits of a rendering.
fn clip(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
