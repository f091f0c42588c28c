//! The functions of templates: Go's built-in ones, Sprig's, Helm's.

#![expect(clippy::unnecessary_wraps, reason = "all functions of templates have one signature")]

mod arguments;
mod builtins;
mod conversion;
mod crypto;
mod dates;
mod defaults;
mod dicts;
mod durations;
mod encoding;
mod equality;
mod lists;
mod math;
pub(crate) mod methods;
mod paths;
mod placeholders;
mod regexes;
mod strings;
mod urls;
mod versions;

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::sync::LazyLock;

use crate::helm::HelmVersion;
use crate::helm::engine::LeftOut;
use crate::helm::engine::RenderOptions;
use crate::helm::engine::Trace;
use crate::helm::engine::Undefined;
use crate::helm::engine::UnknownCondition;
use crate::helm::template::ast::File;
use crate::helm::template::parser;
use crate::helm::template::parser::ParseError;
use crate::helm::template::parser::Unnamed;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Value;
use crate::source::Span;

pub(crate) use crypto::base64_encode;
pub(crate) use defaults::SHOWN_FROM;
pub(crate) use defaults::SHOWN_TO;
pub(crate) use defaults::empty;
pub(crate) use equality::deep_equal;

/// What a function takes at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// `interface{}`
    Any,
    /// `reflect.Value`: only Go's built-in functions take it.
    Reflect,
    String,
    Int,
    Uint32,
    Bool,
    Float,
    /// `map[string]interface{}`
    Dict,
    /// `[]interface{}`
    List,
    Time,
    Duration,
    Version,
    Certificate,
    /// `io.Writer`
    Writer,
}

impl Type {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Reflect => "reflect.Value",
            Self::String => "string",
            Self::Int => "int",
            Self::Uint32 => "uint32",
            Self::Bool => "bool",
            Self::Float => "float64",
            Self::Dict => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Time => "time.Time",
            Self::Duration => "time.Duration",
            Self::Version => "*semver.Version",
            Self::Certificate => "sprig.certificate",
            Self::Writer => "io.Writer",
        }
    }
}

/// Who says where a result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// The function itself.
    Keep,
    /// All arguments together.
    Mix,
}

/// Which failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Go,
    Required,
    Fail,
    Limit,
}

/// Why a template fails.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) message: String,
    /// What went wrong, without places.
    pub(crate) cause: String,
    pub(crate) span: Option<Span>,
    pub(crate) calls: Vec<Span>,
    pub(crate) values: Origins,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::of(FaultKind::Go, message)
    }

    pub(crate) fn of(kind: FaultKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, cause: message.clone(), message, span: None, calls: Vec::new(), values: Origins::NONE }
    }
}

/// What a function returns.
pub(crate) type Answer = Result<Value, Fault>;

/// What a function does.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    Plain(fn(&mut Session<'_>, &[Value]) -> Answer),
    And,
    Or,
    Call,
    Include,
    Tpl,
}

/// A function with its signature.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [Type],
    /// The type of any further arguments.
    pub(crate) rest: Option<Type>,
    pub(crate) flow: Flow,
    pub(crate) body: Body,
}

type Plain = fn(&mut Session<'_>, &[Value]) -> Answer;

/// A function whose result comes from all its arguments.
const fn mix(name: &'static str, parameters: &'static [Type], body: Plain) -> Entry {
    Entry { name, parameters, rest: None, flow: Flow::Mix, body: Body::Plain(body) }
}

/// A function that says itself where its result comes from.
const fn keep(name: &'static str, parameters: &'static [Type], body: Plain) -> Entry {
    Entry { name, parameters, rest: None, flow: Flow::Keep, body: Body::Plain(body) }
}

impl Entry {
    /// The same function with any number of further arguments.
    const fn and(mut self, rest: Type) -> Self {
        self.rest = Some(rest);
        self
    }
}

/// A function that is there: what a name in a template was found to mean.
#[derive(Clone, Copy)]
pub(crate) struct Function(&'static Entry);

impl Function {
    pub(crate) fn name(self) -> &'static str {
        self.0.name
    }

    pub(crate) fn entry(self) -> &'static Entry {
        self.0
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0.name)
    }
}

/// FNV-1a: the table is fixed, and every name in a template is looked up in it.
#[derive(Default)]
struct Fnv(u64);

impl std::hash::Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

type Table = HashMap<&'static [u8], &'static Entry, BuildHasherDefault<Fnv>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let all = [
        builtins::ENTRIES,
        strings::ENTRIES,
        math::ENTRIES,
        lists::ENTRIES,
        dicts::ENTRIES,
        defaults::ENTRIES,
        conversion::ENTRIES,
        encoding::ENTRIES,
        crypto::ENTRIES,
        placeholders::ENTRIES,
        dates::ENTRIES,
        paths::ENTRIES,
        regexes::ENTRIES,
        urls::ENTRIES,
        versions::ENTRIES,
    ];
    all.into_iter().flatten().map(|entry| (entry.name.as_bytes(), entry)).collect()
});

/// The function of a name, if that Helm has it.
pub(crate) fn find(name: &[u8], helm: HelmVersion) -> Option<Function> {
    let since_four = || durations::ENTRIES.iter().find(|entry| entry.name.as_bytes() == name);
    let known = TABLE.get(name).copied();
    known.or_else(|| if helm.has_durations() { since_four() } else { None }).map(Function)
}

/// The names of all functions of Helm 3, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = TABLE.values().map(|entry| entry.name).collect();
    names.sort_unstable();
    names
}

/// The most calls, branches and pipelines inside each other.
const MAX_DEPTH: usize = 12_000;
/// The most calls and rounds of one rendering.
const MAX_STEPS: usize = 2_000_000;
/// The most bytes that all texts of one rendering have together.
const MAX_TOTAL: usize = 512 << 20;
/// The most bytes of one text.
const MAX_TEXT: usize = 16 << 20;
/// The most texts given to `tpl` that are kept.
const MAX_READ: usize = 1_000;
/// The most items of one list.
pub(crate) const MAX_ITEMS: usize = 1 << 20;

/// What lasts for one rendering.
pub(crate) struct Session<'o> {
    pub(crate) options: &'o RenderOptions,
    pub(crate) trace: &'o mut Trace,
    /// How often `include` is nested, by name.
    pub(crate) includes: BTreeMap<Vec<u8>, usize>,
    pub(crate) regexes: BTreeMap<Vec<u8>, Result<Arc<regex::bytes::Regex>, String>>,
    /// Texts that `tpl` was given before.
    read: BTreeMap<Vec<u8>, Arc<Unnamed>>,
    /// How many placeholders were made.
    pub(crate) placeholders: u64,
    depth: usize,
    steps: usize,
    total: usize,
}

impl<'o> Session<'o> {
    pub(crate) fn new(options: &'o RenderOptions, trace: &'o mut Trace) -> Self {
        Self {
            options,
            trace,
            includes: BTreeMap::new(),
            regexes: BTreeMap::new(),
            read: BTreeMap::new(),
            placeholders: 0,
            depth: 0,
            steps: 0,
            total: 0,
        }
    }

    /// Reads a text that `tpl` was given, once.
    pub(crate) fn read(&mut self, file: &Arc<File>) -> Result<Arc<Unnamed>, ParseError> {
        if let Some(known) = self.read.get(file.bytes()) {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(parser::parse(file, self.options.helm)?);
        if self.read.len() < MAX_READ {
            self.read.insert(file.bytes().to_vec(), Arc::clone(&read));
        }
        Ok(read)
    }

    /// One level deeper.
    pub(crate) fn enter(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::of(
                FaultKind::Limit,
                format!(
                    "exceeded maximum template depth: more than {MAX_DEPTH} calls, branches and pipelines inside each other"
                ),
            ));
        }
        Ok(())
    }

    /// Back up one level.
    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// One call or one round of a loop.
    pub(crate) fn step(&mut self) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Fault::of(
                FaultKind::Limit,
                format!("the rendering takes more than {MAX_STEPS} calls and rounds of loops"),
            ));
        }
        Ok(())
    }

    /// Work that is counted like so many steps.
    pub(crate) fn steps(&mut self, count: usize) -> Result<(), Fault> {
        self.steps = self.steps.saturating_add(count);
        self.step()
    }

    /// So many more bytes of text.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        self.total = self.total.saturating_add(bytes);
        if bytes > MAX_TEXT || self.total > MAX_TOTAL {
            return Err(Self::too_large());
        }
        Ok(())
    }

    /// So many items of a list.
    pub(crate) fn charge_items(&mut self, items: usize) -> Result<(), Fault> {
        self.total = self.total.saturating_add(items.saturating_mul(32));
        if items > MAX_ITEMS || self.total > MAX_TOTAL {
            return Err(Fault::of(
                FaultKind::Limit,
                format!("lists of more than {MAX_ITEMS} items, and too many of them, are not made"),
            ));
        }
        Ok(())
    }

    pub(crate) fn max_text() -> usize {
        MAX_TEXT
    }

    #[cold]
    pub(crate) fn too_large() -> Fault {
        Fault::of(
            FaultKind::Limit,
            format!(
                "the rendering makes texts of more than {MAX_TEXT} bytes, or more than {MAX_TOTAL} bytes in all"
            ),
        )
    }

    /// Counts what a function made.
    pub(crate) fn checked(&mut self, value: Value) -> Answer {
        match &value.data {
            Data::String(text) | Data::Bytes(text) => self.charge(text.len())?,
            Data::List(list) => self.charge_items(list.len())?,
            _ => {}
        }
        Ok(value)
    }

    /// Remembers a value that was printed and is not there.
    pub(crate) fn undefined(&mut self, at: Option<Span>, path: Vec<String>, null: bool) {
        let known = &mut self.trace.undefined;
        if let Some(place) = at
            && !known.iter().any(|one| one.place == place)
        {
            known.push(Undefined { place, path, null });
        }
    }

    /// Remembers a condition that hangs on something unknown.
    pub(crate) fn condition(&mut self, at: Option<Span>, value: &Value, held: bool, reversible: bool) {
        if self.options.text_only {
            return;
        }
        let text = matches!(&value.data, Data::String(text) if !text.is_empty());
        let why = match &value.data {
            // An empty text has no runs, and is unknown all the same.
            Data::String(text) | Data::Bytes(text) if !text.is_empty() => {
                text.runs().find_map(|(_, mark)| mark.values.why_unknown().cloned())
            }
            _ => value.origins().why_unknown().cloned(),
        };
        if let (Some(place), Some(unknown)) = (at, why)
            && !self.trace.unknown_conditions.iter().any(|known| known.place == place)
        {
            self.trace.unknown_conditions.push(UnknownCondition { place, unknown, held, reversible, text });
        }
    }

    /// Remembers a block that a condition kept from being written, by the key that it begins with.
    pub(crate) fn left_out(&mut self, at: Option<Span>, block: &[u8], values: Origins) {
        let block = block.trim_ascii_start();
        let letters = block.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (key, rest) = block.split_at(letters);
        let Some(at) = at.filter(|_| !key.is_empty() && rest.starts_with(b":") && !values.is_none()) else {
            return;
        };
        match self.trace.left_out.get_mut(&at) {
            Some(known) if !known.values.iter().eq(values.iter()) => known.values = Origins::NONE,
            Some(_) => {}
            None => {
                let key = String::from_utf8_lossy(key).into_owned();
                self.trace.left_out.insert(at, LeftOut { key, values });
            }
        }
    }

    /// True for a condition that is to be taken the other way than its value says.
    pub(crate) fn is_flipped(&self, at: Option<Span>) -> bool {
        at.is_some_and(|at| self.options.flipped.contains(&at))
    }
}

/// What counts as true in a condition.
pub(crate) fn truth(value: &Value) -> bool {
    match &value.data {
        Data::Absent | Data::Nil => false,
        Data::Bool(truth) => *truth,
        Data::Int(number)
        | Data::Int64(number)
        | Data::Duration(number)
        | Data::Month(number)
        | Data::Weekday(number) => *number != 0,
        Data::Uint64(number) => *number != 0,
        Data::Float(number) => *number != 0.0,
        Data::Complex(parts) => parts.0 != 0.0 || parts.1 != 0.0,
        Data::String(text) | Data::Bytes(text) => !text.is_empty(),
        Data::List(list) => !list.is_empty(),
        Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => !dict.is_empty(),
        Data::Files(files) => !files.is_empty(),
        Data::Record(_) | Data::Time(_) | Data::Version(_) => true,
    }
}
