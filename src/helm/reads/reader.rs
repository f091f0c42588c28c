//! Follows values through templates.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashSet;
use std::sync::Arc;

use crate::helm::chart::Import;
use crate::helm::chart::text;
use crate::helm::reads::Step;
use crate::helm::reads::instances::Instance;
use crate::helm::reads::known::Known;
use crate::helm::reads::known::Shape;
use crate::helm::reads::paths::Path;
use crate::helm::reads::paths::Paths;
use crate::helm::template::ast::Branch;
use crate::helm::template::ast::Command;
use crate::helm::template::ast::Content;
use crate::helm::template::ast::Fields;
use crate::helm::template::ast::File;
use crate::helm::template::ast::Node;
use crate::helm::template::ast::Pipe;
use crate::helm::template::ast::Template;
use crate::helm::template::ast::Word;
use crate::helm::template::exec::Scope;
use crate::helm::template::parser;
use crate::helm::text::Text;
use crate::helm::value::Key;
use crate::helm::values::coalesce::GLOBAL;

/// Paths longer than this, and maps of templates nested deeper, count as read in whole.
const MAX_PATH: usize = 24;
const MAX_NESTING: usize = 10;
/// So does what may be more things than this.
const MAX_SIZE: usize = 2_000;
/// More nodes than this are not followed.
const MAX_STEPS: usize = 2_000_000;
/// More texts for `tpl`, each in all contexts, are not followed.
const MAX_RUNS: usize = 100_000;
/// How often all is read again, because a template was seen to change values that others read.
const MAX_ROUNDS: usize = 6;

/// The methods of `.Values`: they give more than one key.
const METHODS: [&[u8]; 5] = [b"AsMap", b"YAML", b"Table", b"PathValue", b"Encode"];

/// The name under which a frame keeps `.`.
const DOT: &[u8] = b".";

/// The variables of a template, innermost last; `.` is among them, since functions can change what it holds.
pub(super) struct Frame {
    variables: Vec<(Key, Known)>,
}

impl Frame {
    fn new(root: &Known) -> Self {
        Self { variables: vec![(b"$".as_slice().into(), root.clone()), (DOT.into(), root.clone())] }
    }

    fn get(&self, name: &[u8]) -> Known {
        let found = self.variables.iter().rev().find(|(known, _)| **known == *name);
        found.map_or_else(Known::other, |(_, value)| value.clone())
    }

    fn declare(&mut self, name: &[u8], value: Known) {
        self.variables.push((name.into(), value));
    }

    /// What a variable may hold besides what it held before: which of both is not looked into.
    pub(super) fn add(&mut self, name: &[u8], value: &Known) {
        if let Some((_, known)) = self.variables.iter_mut().rev().find(|(known, _)| **known == *name) {
            *known = known.or(value);
        }
    }
}

/// Follows the values of one chart through its templates.
pub(super) struct Reader<'r> {
    instances: &'r [Instance],
    scope: &'r Scope<'r>,
    /// What was found to be read.
    pub(super) paths: Paths,
    /// Where the values of each instance are.
    prefixes: Vec<Path>,
    /// The instances of which everything that templates put into `.` is read.
    consumed: BTreeSet<usize>,
    /// What templates were seen to put into values, or into `.` of a chart.
    added: BTreeMap<Shape, Known>,
    /// What `tpl` was given as `.`.
    contexts: BTreeSet<Known>,
    /// The texts that `tpl` may be given.
    texts: Vec<Templated>,
    pending: Vec<(Arc<Template>, Known)>,
    done: HashSet<(usize, Known)>,
    steps: usize,
}

/// A text that is a template.
enum Templated {
    Parsed(Vec<Arc<Template>>),
    /// One that is no template by itself: the paths below `.Values` that are written in it.
    Pieces(Vec<Vec<Key>>),
}

impl Templated {
    fn read(text: &str) -> Self {
        let content = Content::Value { text: Text::plain(text), at: None };
        let file = Arc::new(File { name: "gotpl".to_owned(), content });
        match parser::parse(&file, super::FUNCTIONS).and_then(|read| read.named(&file, b"gotpl")) {
            Ok(templates) => Self::Parsed(templates.into_iter().map(Arc::new).collect()),
            Err(_) => Self::Pieces(pieces(text)),
        }
    }
}

/// Every `.Values.a.b` in a text, as keys.
fn pieces(text: &str) -> Vec<Vec<Key>> {
    let part = |rest: &str| -> Vec<Key> {
        let path = rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).next();
        let keys = path.unwrap_or_default().split('.').filter(|key| !key.is_empty());
        keys.map(|key| key.as_bytes().into()).collect()
    };
    text.split(".Values").skip(1).map(part).collect()
}

impl<'r> Reader<'r> {
    pub(super) fn new(instances: &'r [Instance], scope: &'r Scope<'r>, texts: &[&str]) -> Self {
        let mut paths = Paths::new();
        let prefix = |instance: &Instance| paths.walk(Path::default(), &instance.prefix);
        let prefixes = instances.iter().map(prefix).collect();
        let mut reader = Self {
            instances,
            scope,
            paths,
            prefixes,
            consumed: BTreeSet::new(),
            added: BTreeMap::new(),
            contexts: BTreeSet::new(),
            texts: texts.iter().map(|text| Templated::read(text)).collect(),
            pending: Vec::new(),
            done: HashSet::new(),
            steps: 0,
        };
        // What `tpl` may be given besides values: files of the chart.
        for file in instances.iter().flat_map(|instance| &instance.chart.files) {
            let bytes = file.bytes();
            if bytes.len() < 256 * 1024 && memchr::memmem::find(bytes, b"{{").is_some() {
                reader.texts.push(Templated::read(&String::from_utf8_lossy(bytes)));
            }
        }
        reader.texts.retain(|text| !matches!(text, Templated::Pieces(paths) if paths.is_empty()));
        reader
    }

    /// Reads all templates; false where there is too much to follow.
    pub(super) fn run(&mut self) -> bool {
        for _ in 0..MAX_ROUNDS {
            let before = self.added.clone();
            self.done.clear();
            self.declarations();
            for at in 0..self.instances.len() {
                self.files(at);
            }
            if !self.drain() {
                return false;
            }
            self.uncalled();
            if !self.drain() {
                return false;
            }
            if self.added == before {
                return true;
            }
        }
        false
    }

    /// What `Chart.yaml` reads of the values: conditions, tags, imports, and what a chart that is not there may read.
    fn declarations(&mut self) {
        for at in 0..self.instances.len() {
            let Some(instance) = self.instances.get(at) else { continue };
            let chart = Arc::clone(&instance.chart);
            let prefix = self.prefix(at);
            let steps = |path: &str| -> Vec<Step> {
                path.split('.').map(|key| Some(key.as_bytes().into())).collect()
            };
            for declared in chart.metadata.dependencies.iter().flatten().flatten() {
                for condition in text(&declared.condition).split(',') {
                    self.mark_below(prefix, &steps(condition.trim()));
                }
                for tag in &declared.tags {
                    let tag = [Some(b"tags".as_slice().into()), Some(tag.value.as_bytes().into())];
                    self.mark_below(Path::default(), &tag);
                }
                for import in &declared.import_values {
                    let child = match import {
                        Import::Exports(key) => format!("exports.{}", key.value),
                        Import::Table { child, .. } => child.clone(),
                        Import::Ignored(_) => continue,
                    };
                    self.mark_below(prefix, &steps(&format!("{}.{child}", declared.key())));
                }
            }
            for missing in chart.missing_dependencies() {
                self.mark_below(prefix, &steps(missing.key()));
                self.mark_below(prefix, &steps(GLOBAL));
            }
        }
    }

    fn files(&mut self, at: usize) {
        let Some(instance) = self.instances.get(at) else { return };
        for file in &instance.chart.templates {
            let base = file.name.rsplit('/').next().unwrap_or(&file.name);
            if base.starts_with('_') {
                continue;
            }
            let name = format!("{}/{}", instance.full_path, file.name);
            if let Some(template) = self.scope.find(name.as_bytes()) {
                self.call(template, Known::of(Shape::Root(at)));
            }
        }
    }

    /// Templates that nothing was seen to include: they may be meant for charts around this one.
    fn uncalled(&mut self) {
        let called: HashSet<usize> = self.done.iter().map(|(identity, _)| *identity).collect();
        let templates: Vec<Arc<Template>> = self.scope.own.values().cloned().collect();
        for template in templates {
            let file = template.file.name.as_str();
            let inside =
                |instance: &Instance| file.starts_with(&format!("{}/templates/", instance.full_path));
            let Some(at) = self.instances.iter().position(inside) else { continue };
            if !called.contains(&(Arc::as_ptr(&template) as usize)) {
                self.call(template, Known::of(Shape::Root(at)));
            }
        }
    }

    /// Reads what is left to be read, and what `tpl` may run.
    fn drain(&mut self) -> bool {
        loop {
            while let Some((template, root)) = self.pending.pop() {
                let mut frame = Frame::new(&root);
                self.nodes(&mut frame, &template.body);
                if self.steps > MAX_STEPS {
                    return false;
                }
            }
            let contexts = self.contexts.clone();
            if contexts.len() * self.texts.len() > MAX_RUNS {
                return false;
            }
            let texts = std::mem::take(&mut self.texts);
            for context in &contexts {
                for text in &texts {
                    match text {
                        Templated::Parsed(templates) => {
                            for template in templates {
                                self.call(Arc::clone(template), context.clone());
                            }
                        }
                        Templated::Pieces(paths) => {
                            for path in paths {
                                let values = self.field(context, b"Values");
                                let read = path.iter().fold(values, |at, key| self.field(&at, key));
                                self.consume(&read);
                            }
                        }
                    }
                }
            }
            self.texts = texts;
            if self.pending.is_empty() && self.contexts == contexts {
                return true;
            }
        }
    }

    /// A template that is run with such a `.`.
    pub(super) fn call(&mut self, template: Arc<Template>, root: Known) {
        let identity = Arc::as_ptr(&template) as usize;
        self.steps += root.size() / 8;
        if self.done.insert((identity, root.clone())) {
            self.pending.push((template, root));
        }
    }

    /// The templates that a name may mean, with what they are given.
    pub(super) fn include(&mut self, name: &Known, root: &Known) {
        let mut found = Vec::new();
        for shape in name.shapes() {
            match shape {
                Shape::Text(name) => found.extend(self.scope.find(name)),
                Shape::Between(start, end) => {
                    let named = self.scope.own.iter().filter(|(name, _)| {
                        name.starts_with(start)
                            && name.ends_with(end)
                            && name.len() >= start.len() + end.len()
                    });
                    found.extend(named.map(|(_, template)| Arc::clone(template)));
                }
                _ => found.extend(self.scope.own.values().cloned()),
            }
        }
        if found.is_empty() {
            // Defined in a chart that is not here.
            self.consume(root);
        }
        for template in found {
            self.call(template, root.clone());
        }
    }

    /// `tpl`: the text is one of the values, or a file.
    pub(super) fn template_text(&mut self, text: &Known, root: &Known) {
        for shape in text.shapes() {
            match shape {
                Shape::Text(text) => match Templated::read(&String::from_utf8_lossy(text)) {
                    Templated::Parsed(templates) => {
                        // Not kept alive by anything else: its address must not be given away twice.
                        self.texts.push(Templated::Parsed(templates.clone()));
                        for template in templates {
                            self.call(template, root.clone());
                        }
                    }
                    Templated::Pieces(_) => self.consume(root),
                },
                Shape::Between(start, end) if [start, end].iter().any(|part| part.contains(&b'{')) => {
                    self.consume(root);
                }
                _ => {}
            }
        }
        self.contexts.insert(root.clone());
    }

    // Places in the values.

    /// Notes that everything so many steps below a place is read.
    fn mark_below(&mut self, path: Path, steps: &[Step]) {
        let path = self.paths.walk(path, steps);
        self.mark(path, true);
    }

    /// Notes that a place is read; `whole` with everything below it.
    fn mark(&mut self, path: Path, whole: bool) {
        if !self.paths.mark(path, whole) {
            return;
        }
        // A chart's globals are those of the chart above.
        let steps = self.paths.steps(path);
        for instance in self.instances {
            let Some(parent) = instance.parent else { continue };
            let Some(inside) = steps.strip_prefix(instance.prefix.as_slice()) else { continue };
            let above = match inside.split_first() {
                Some((Some(key), _)) if **key == *GLOBAL.as_bytes() => inside,
                None if whole => &[Some(GLOBAL.as_bytes().into())],
                _ => continue,
            };
            let above = self.paths.walk(self.prefix(parent), above);
            self.mark(above, whole);
        }
    }

    /// Notes that a value is read with everything in it.
    pub(super) fn consume(&mut self, known: &Known) {
        self.steps += known.size() / 8;
        let mut left = vec![known.clone()];
        while let Some(known) = left.pop() {
            for shape in known.shapes() {
                let path = match shape {
                    Shape::Path(path) => *path,
                    Shape::Root(at) => {
                        if self.consumed.insert(*at) {
                            left.extend(self.added.get(shape).cloned());
                        }
                        self.prefix(*at)
                    }
                    Shape::Dict { members, other } => {
                        left.extend(members.values().chain([other]).cloned());
                        continue;
                    }
                    Shape::List(items) => {
                        left.push(items.clone());
                        continue;
                    }
                    Shape::Subcharts(at) => {
                        left.extend(self.children(*at).map(|(at, _)| Known::of(Shape::Root(at))));
                        continue;
                    }
                    _ => continue,
                };
                self.mark(path, true);
                if self.paths.consume(path) {
                    let inside = self.added.iter().filter(|(into, _)| match into {
                        Shape::Path(into) => self.paths.is_inside(*into, path),
                        _ => false,
                    });
                    left.extend(inside.map(|(_, known)| known.clone()));
                }
            }
        }
    }

    pub(super) fn consume_all(&mut self, all: &[Known]) {
        for known in all {
            self.consume(known);
        }
    }

    pub(super) fn look_at_all(&mut self, all: &[Known]) {
        for known in all {
            self.look_at(known);
        }
    }

    /// Notes that a value is looked at, for its truth or its type.
    pub(super) fn look_at(&mut self, known: &Known) {
        for shape in known.shapes() {
            if let Shape::Path(path) = shape {
                self.mark(*path, false);
            }
        }
    }

    fn prefix(&self, at: usize) -> Path {
        self.prefixes.get(at).copied().unwrap_or_default()
    }

    fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Instance)> {
        self.instances.iter().enumerate().filter(move |(_, instance)| instance.parent == Some(parent))
    }

    /// All that a value may be, with what templates put into it.
    fn with_added(&self, known: &Known) -> Known {
        let mut all = known.clone();
        let mut left: Vec<Shape> =
            known.shapes().filter(|shape| self.added.contains_key(*shape)).cloned().collect();
        while let Some(shape) = left.pop() {
            let Some(added) = self.added.get(&shape) else { continue };
            left.extend(added.shapes().filter(|shape| !all.includes(shape)).cloned());
            all = all.or(added);
        }
        all
    }

    /// The member of that name.
    pub(super) fn field(&mut self, known: &Known, key: &[u8]) -> Known {
        self.steps += known.size() / 8;
        let found = self.with_added(known).shapes().map(|shape| self.field_of(shape, key)).collect();
        self.bounded(found)
    }

    fn field_of(&mut self, shape: &Shape, key: &[u8]) -> Known {
        match shape {
            Shape::Root(at) => match key {
                b"Values" => Known::of(Shape::Path(self.prefix(*at))),
                b"Chart" => Known::of(Shape::Chart(*at)),
                b"Template" => Known::of(Shape::Template(*at)),
                b"Subcharts" => Known::of(Shape::Subcharts(*at)),
                _ => Known::other(),
            },
            Shape::Chart(at) => match (key, self.instances.get(*at)) {
                (b"Name", Some(instance)) => Known::text(instance.name.as_bytes()),
                _ => Known::other(),
            },
            Shape::Template(at) => match (key, self.instances.get(*at)) {
                (b"BasePath", Some(instance)) => {
                    Known::text(format!("{}/templates", instance.full_path).as_bytes())
                }
                _ => Known::other(),
            },
            Shape::Subcharts(at) => {
                let named = self.children(*at).filter(|(_, child)| child.name.as_bytes() == key);
                named.map(|(at, _)| Known::of(Shape::Root(at))).collect()
            }
            Shape::Path(path) => {
                if self.prefixes.contains(path) && METHODS.contains(&key) {
                    self.consume(&Known::of(shape.clone()));
                }
                self.step(*path, Some(key.into()))
            }
            Shape::Dict { members, other } => {
                members.get(key).map_or_else(|| other.clone(), |own| own.or(other))
            }
            Shape::Read => Known::of(Shape::Read),
            Shape::List(_) | Shape::Text(_) | Shape::Between(..) | Shape::Other => Known::other(),
        }
    }

    /// Any member, any item.
    pub(super) fn each(&mut self, known: &Known) -> Known {
        self.steps += known.size() / 8;
        let found = self.with_added(known).shapes().map(|shape| self.each_of(shape)).collect();
        self.bounded(found)
    }

    fn each_of(&mut self, shape: &Shape) -> Known {
        match shape {
            Shape::Path(path) => self.step(*path, None),
            Shape::Dict { members, other } => members.values().chain([other]).cloned().collect(),
            Shape::List(items) => items.clone(),
            Shape::Subcharts(at) => self.children(*at).map(|(at, _)| Known::of(Shape::Root(at))).collect(),
            Shape::Read => Known::of(Shape::Read),
            Shape::Root(_) => {
                self.consume(&Known::of(shape.clone()));
                Known::other()
            }
            _ => Known::other(),
        }
    }

    fn step(&mut self, path: Path, step: Step) -> Known {
        if self.paths.length(path) >= MAX_PATH {
            self.consume(&Known::of(Shape::Path(path)));
            return Known::of(Shape::Read);
        }
        let path = self.paths.step(path, step);
        Known::of(if self.paths.is_consumed(path) { Shape::Read } else { Shape::Path(path) })
    }

    /// What is too deep or too much to be followed counts as read.
    pub(super) fn bounded(&mut self, known: Known) -> Known {
        if known.depth() > MAX_NESTING || known.size() > MAX_SIZE {
            self.consume(&known);
            return Known::of(Shape::Read);
        }
        known
    }

    /// Notes that a template puts members into a map. `word` is how the template names the map.
    pub(super) fn put(&mut self, frame: &mut Frame, word: Option<&Word>, into: &Known, more: &Known) {
        let mut made_here = false;
        for shape in into.shapes() {
            match shape {
                Shape::Root(_) | Shape::Path(_) => {
                    let known = self.added.entry(shape.clone()).or_default();
                    *known = known.or(more);
                    let consumed = match shape {
                        Shape::Path(path) => self.paths.is_consumed(*path),
                        Shape::Root(at) => self.consumed.contains(at),
                        _ => false,
                    };
                    if consumed {
                        self.consume(more);
                    }
                }
                Shape::Read => self.consume(more),
                Shape::Dict { .. } => made_here = true,
                _ => {}
            }
        }
        if !made_here {
            return;
        }
        match word {
            Some(Word::Variable { name, fields, .. }) if fields.is_empty() => frame.add(name, more),
            Some(Word::Dot(_)) => {
                frame.add(DOT, more);
                frame.add(b"$", more);
            }
            Some(Word::Identifier { .. }) | None => {}
            Some(Word::Pipe(pipe)) if makes_a_map(pipe) => {}
            _ => self.consume(more),
        }
    }

    // Templates.

    fn nodes(&mut self, frame: &mut Frame, nodes: &[Node]) {
        for node in nodes {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return;
            }
            match node {
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
                Node::Action(action) => {
                    let value = self.pipe(frame, &action.pipe);
                    if action.pipe.declared.is_empty() {
                        self.consume(&value);
                    }
                }
                Node::If(branch) => self.branch(frame, branch, false),
                Node::With(branch) => self.branch(frame, branch, true),
                Node::Range(branch) => self.range(frame, branch),
                Node::Template(call) => {
                    let root = match &call.pipe {
                        Some(pipe) => self.pipe(frame, pipe),
                        None => Known::default(),
                    };
                    self.include(&Known::text(&call.name), &root);
                }
            }
        }
    }

    fn branch(&mut self, frame: &mut Frame, branch: &Branch, with: bool) {
        let mark = frame.variables.len();
        let value = self.pipe(frame, &branch.pipe);
        self.look_at(&value);
        let inner = frame.variables.len();
        if with {
            frame.declare(DOT, value);
        }
        self.nodes(frame, &branch.body);
        frame.variables.truncate(inner);
        if let Some(nodes) = &branch.otherwise {
            self.nodes(frame, nodes);
        }
        frame.variables.truncate(mark);
    }

    fn range(&mut self, frame: &mut Frame, branch: &Branch) {
        let outer = frame.variables.len();
        let value = self.commands(frame, &branch.pipe);
        self.look_at(&value);
        let item = self.each(&value);
        self.look_at(&item);
        // The item is the last of `$key, $item`.
        let values = [item.clone(), Known::other()];
        for (name, value) in branch.pipe.declared.iter().rev().zip(values) {
            if branch.pipe.assigns {
                frame.add(name, &value);
            } else {
                frame.declare(name, value);
            }
        }
        let mark = frame.variables.len();
        // What one round assigns the next one reads.
        for _ in 0..MAX_ROUNDS {
            let before = frame.variables.clone();
            frame.declare(DOT, item.clone());
            self.nodes(frame, &branch.body);
            frame.variables.truncate(mark);
            if frame.variables == before {
                break;
            }
        }
        if let Some(nodes) = &branch.otherwise {
            self.nodes(frame, nodes);
        }
        frame.variables.truncate(outer);
    }

    pub(super) fn pipe(&mut self, frame: &mut Frame, pipe: &Pipe) -> Known {
        let value = self.commands(frame, pipe);
        for name in &pipe.declared {
            if pipe.assigns {
                frame.add(name, &value);
            } else {
                frame.declare(name, value.clone());
            }
        }
        value
    }

    fn commands(&mut self, frame: &mut Frame, pipe: &Pipe) -> Known {
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(frame, command, value));
        }
        value.unwrap_or_default()
    }

    fn command(&mut self, frame: &mut Frame, command: &Command, last: Option<Known>) -> Known {
        self.steps += 1 + last.as_ref().map_or(0, |last| last.size() / 8);
        let Some((first, arguments)) = command.words.split_first() else { return Known::default() };
        if let Word::Identifier { function, .. } = first {
            return self.function(frame, function.name(), arguments, last);
        }
        let value = self.word(frame, first);
        if arguments.is_empty() && last.is_none() {
            return value;
        }
        // A method with arguments.
        for word in arguments {
            let argument = self.word(frame, word);
            self.consume(&argument);
        }
        self.consume_all(last.as_slice());
        self.consume(&value);
        Known::other()
    }

    pub(super) fn word(&mut self, frame: &mut Frame, word: &Word) -> Known {
        match word {
            Word::Identifier { function, .. } => self.function(frame, function.name(), &[], None),
            Word::Dot(_) => frame.get(DOT),
            Word::Nil(_) => Known::default(),
            Word::Bool(..) | Word::Number(_) => Known::other(),
            Word::String { value, .. } => match value.as_text() {
                Some(text) => Known::text(text.bytes()),
                None => Known::other(),
            },
            Word::Variable { name, fields, .. } => {
                let value = frame.get(name);
                self.fields(value, fields)
            }
            Word::Field { fields, .. } => {
                let value = frame.get(DOT);
                self.fields(value, fields)
            }
            Word::Pipe(pipe) => self.pipe(frame, pipe),
            Word::Chain(chain) => {
                let value = self.word(frame, &chain.word);
                self.fields(value, &chain.fields)
            }
        }
    }

    fn fields(&mut self, value: Known, fields: &Fields) -> Known {
        fields.names().fold(value, |at, key| self.field(&at, key))
    }
}

/// True for a call that gives a map of its own, which nobody else can see.
fn makes_a_map(pipe: &Pipe) -> bool {
    let last = pipe.commands.last().and_then(|command| command.words.first());
    let Some(Word::Identifier { function, .. }) = last else { return false };
    ["dict", "deepCopy", "mustDeepCopy", "pick", "omit", "fromYaml", "fromJson", "tuple", "list"]
        .contains(&function.name())
}
