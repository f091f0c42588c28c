//! The values that templates work on: Go's types as far as they show, each with its origins.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::RwLock;

use crate::helm::HelmVersion;
use crate::helm::moment::Moment;
use crate::helm::record::Record;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::version::Version;

/// One value: what it is, and the places it came from.
///
/// A string carries its origins in its [`Text`], byte run by byte run; everything else in `origins`.
/// [`Value::origins`] answers for both.
#[derive(Clone)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it came from, unless it is a string: see [`Value::origins`].
    pub origins: Origins,
}

/// What a value is, by its Go type.
#[derive(Clone)]
pub enum Data {
    /// No value at all (an invalid `reflect.Value`): prints `<no value>`, and fields of it are absent, too.
    Absent,
    /// A nil `interface{}`: a YAML null, a missing key of a map. Fields of it are an error.
    Nil,
    /// `bool`
    Bool(bool),
    /// `int`: literals, lengths, indices.
    Int(i64),
    /// `int64`: arithmetic of Sprig, whole numbers of `--set`.
    Int64(i64),
    /// `uint64`: parts of a version.
    Uint64(u64),
    /// `float64`: every number of a values file.
    Float(f64),
    /// `complex128`: imaginary literals.
    Complex(Arc<(f64, f64)>),
    /// `string`
    String(Text),
    /// `[]byte`
    Bytes(Text),
    /// A slice.
    List(List),
    /// `map[string]interface{}`
    Dict(Dict),
    /// `chartutil.Values`: the same kind of map under another type name, that of this Helm.
    Values(Dict, HelmVersion),
    /// `map[string]string`
    StringMap(Dict),
    /// `.Files`: `engine.files`
    Files(Arc<FileSet>),
    /// A struct or a pointer to one.
    Record(Record),
    /// `time.Time`
    Time(Arc<Moment>),
    /// `time.Duration`, in nanoseconds.
    Duration(i64),
    /// `time.Month`, from 1.
    Month(i64),
    /// `time.Weekday`, from 0 for Sunday.
    Weekday(i64),
    /// `*semver.Version`
    Version(Arc<Version>),
}

impl Value {
    /// No value at all.
    pub const ABSENT: Self = Self { data: Data::Absent, origins: Origins::NONE };
    /// A nil of no known origin.
    pub const NIL: Self = Self { data: Data::Nil, origins: Origins::NONE };

    /// A value of known origin. A string's runs are left as they are.
    pub fn new(data: Data, origins: Origins) -> Self {
        Self { data, origins }
    }

    /// A string from one place.
    pub fn string(text: impl Into<Vec<u8>>, origins: Origins) -> Self {
        Text::of_value(text, origins).into()
    }

    /// The places behind the value itself (not behind the members of a collection).
    pub fn origins(&self) -> Origins {
        match &self.data {
            Data::String(text) | Data::Bytes(text) => text.origins(),
            _ => self.origins.clone(),
        }
    }

    /// The same value with `more` places behind it.
    #[must_use]
    pub fn with_origins(mut self, more: &Origins) -> Self {
        if more.is_none() {
            return self;
        }
        match &mut self.data {
            Data::String(text) | Data::Bytes(text) => *text = text.with_origins(more),
            _ => self.origins = self.origins.union(more),
        }
        self
    }

    /// The same value of a higher layer, put in place of `lower`.
    #[must_use]
    pub fn over(mut self, lower: &Self) -> Self {
        let below = lower.origins();
        match &mut self.data {
            Data::String(text) => {
                let mut mark = text.mark();
                mark.values = mark.values.over(&below);
                *text = text.remarked(mark);
            }
            _ => self.origins = self.origins.over(&below),
        }
        self
    }

    /// True for a nil and for no value at all.
    pub fn is_nil(&self) -> bool {
        matches!(self.data, Data::Absent | Data::Nil)
    }

    /// The map behind `map[string]interface{}` or `chartutil.Values`.
    pub fn as_dict(&self) -> Option<&Dict> {
        match &self.data {
            Data::Dict(dict) | Data::Values(dict, _) => Some(dict),
            _ => None,
        }
    }

    /// The slice.
    pub fn as_list(&self) -> Option<&List> {
        match &self.data {
            Data::List(list) => Some(list),
            _ => None,
        }
    }

    /// The string.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Go's name of the type, as `typeOf` prints it.
    pub fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Absent | Data::Nil => "<nil>",
            Data::Bool(_) => "bool",
            Data::Int(_) => "int",
            Data::Int64(_) => "int64",
            Data::Uint64(_) => "uint64",
            Data::Float(_) => "float64",
            Data::Complex(_) => "complex128",
            Data::String(_) => "string",
            Data::Bytes(_) => "[]uint8",
            Data::List(list) => list.element().list_type_name(),
            Data::Dict(_) => "map[string]interface {}",
            Data::Values(_, helm) => helm.values_type(),
            Data::StringMap(_) => "map[string]string",
            Data::Files(_) => "engine.files",
            Data::Record(record) => record.kind().type_name(),
            Data::Time(_) => "time.Time",
            Data::Duration(_) => "time.Duration",
            Data::Month(_) => "time.Month",
            Data::Weekday(_) => "time.Weekday",
            Data::Version(_) => "*semver.Version",
        }
    }

    /// Go's name of the kind, as `kindOf` prints it.
    pub fn kind_name(&self) -> &'static str {
        match &self.data {
            Data::Absent | Data::Nil => "invalid",
            Data::Bool(_) => "bool",
            Data::Int(_) | Data::Month(_) | Data::Weekday(_) => "int",
            Data::Int64(_) | Data::Duration(_) => "int64",
            Data::Uint64(_) => "uint64",
            Data::Float(_) => "float64",
            Data::Complex(_) => "complex128",
            Data::String(_) => "string",
            Data::Bytes(_) | Data::List(_) => "slice",
            Data::Dict(_) | Data::Values(..) | Data::StringMap(_) | Data::Files(_) => "map",
            Data::Record(record) if record.kind().is_pointer() => "ptr",
            Data::Record(_) | Data::Time(_) => "struct",
            Data::Version(_) => "ptr",
        }
    }

    /// A copy that shares no map with the original. Maps nested deeper than `depth` stay shared.
    #[must_use]
    pub fn deep_copy(&self, depth: usize) -> Self {
        let Some(depth) = depth.checked_sub(1) else { return self.clone() };
        let data = match &self.data {
            Data::Dict(dict) => Data::Dict(dict.deep_copy(depth)),
            Data::Values(dict, helm) => Data::Values(dict.deep_copy(depth), *helm),
            Data::StringMap(dict) => Data::StringMap(dict.deep_copy(depth)),
            Data::List(list) if list.items().iter().any(|item| !item.is_leaf()) => {
                let items = list.items().iter().map(|item| item.deep_copy(depth)).collect();
                Data::List(List::of(list.element(), items))
            }
            other => other.clone(),
        };
        Self { data, origins: self.origins.clone() }
    }

    fn is_leaf(&self) -> bool {
        !matches!(
            self.data,
            Data::Dict(_) | Data::Values(..) | Data::StringMap(_) | Data::List(_) | Data::Record(_)
        )
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::new(Data::String(text), Origins::NONE)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Text::from(text).into()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Text::from(text).into()
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::new(Data::Bool(value), Origins::NONE)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::new(Data::Float(value), Origins::NONE)
    }
}

impl From<Dict> for Value {
    fn from(dict: Dict) -> Self {
        Self::new(Data::Dict(dict), Origins::NONE)
    }
}

impl From<List> for Value {
    fn from(list: List) -> Self {
        Self::new(Data::List(list), Origins::NONE)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        List::new(items).into()
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.data {
            Data::Absent => write!(formatter, "absent"),
            Data::Nil => write!(formatter, "nil"),
            Data::Bool(value) => write!(formatter, "{value}"),
            Data::Int(value) | Data::Int64(value) => write!(formatter, "{value}"),
            Data::Uint64(value) => write!(formatter, "{value}"),
            Data::Float(value) => write!(formatter, "{value:?}"),
            Data::String(text) => write!(formatter, "{text:?}"),
            Data::List(list) => formatter.debug_list().entries(list.items()).finish(),
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => {
                let mut map = formatter.debug_map();
                for (key, member) in dict.members() {
                    map.entry(&String::from_utf8_lossy(&key), &member.value);
                }
                map.finish()
            }
            _ => write!(formatter, "({})", self.type_name()),
        }
    }
}

/// What the elements of a slice are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `[]interface{}`
    Any,
    /// `[]string`
    String,
    /// `[]int`
    Int,
    /// `[][]interface{}`
    List,
    /// `chartutil.VersionSet`: `[]string` with a method `Has`; the type has the name that this Helm gives it.
    ApiVersion(HelmVersion),
    /// `[]*chart.Maintainer`
    Maintainer,
    /// `[]*chart.Dependency`
    Dependency,
}

impl Element {
    fn list_type_name(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::String => "[]string",
            Self::Int => "[]int",
            Self::List => "[][]interface {}",
            Self::ApiVersion(helm) => helm.version_set_type(),
            Self::Maintainer => "[]*chart.Maintainer",
            Self::Dependency => "[]*chart.Dependency",
        }
    }
}

/// A slice. Cheap to clone; its items never change, save that `sortAlpha` sorts a `[]string` in place.
#[derive(Clone)]
pub struct List(Arc<ListInner>);

struct ListInner {
    element: Element,
    nil: bool,
    items: Vec<Value>,
    sorted: OnceLock<Vec<Value>>,
}

impl List {
    /// A `[]interface{}`.
    pub fn new(items: Vec<Value>) -> Self {
        Self::of(Element::Any, items)
    }

    /// A slice of other elements. No value at all becomes nil, as in Go's interfaces.
    pub fn of(element: Element, mut items: Vec<Value>) -> Self {
        for item in &mut items {
            if matches!(item.data, Data::Absent) {
                item.data = Data::Nil;
            }
        }
        Self(Arc::new(ListInner { element, nil: false, items, sorted: OnceLock::new() }))
    }

    /// A nil slice: prints as an empty one, but is `null` in JSON.
    pub fn nil(element: Element) -> Self {
        Self(Arc::new(ListInner { element, nil: true, items: Vec::new(), sorted: OnceLock::new() }))
    }

    /// A `[]string`.
    pub fn of_texts(items: impl IntoIterator<Item = Text>) -> Self {
        Self::of(Element::String, items.into_iter().map(Value::from).collect())
    }

    /// What the elements are.
    pub fn element(&self) -> Element {
        self.0.element
    }

    /// True for a nil slice.
    pub fn is_nil(&self) -> bool {
        self.0.nil
    }

    /// The items.
    pub fn items(&self) -> &[Value] {
        self.0.sorted.get().unwrap_or(&self.0.items)
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.0.items.len()
    }

    /// True where there is no item.
    pub fn is_empty(&self) -> bool {
        self.0.items.is_empty()
    }

    /// Puts the items of a `[]string` in another order, for all who share it.
    pub(crate) fn reorder(&self, items: Vec<Value>) {
        let _sorted_before = self.0.sorted.set(items);
    }
}

/// The key of a map: bytes, mostly UTF-8.
pub type Key = Arc<[u8]>;

/// A member of a map.
#[derive(Clone, Debug)]
pub struct Member {
    /// Where the key is written.
    pub key_origins: Origins,
    /// The value.
    pub value: Value,
}

/// A map with sorted keys. A clone is the *same* map, as in Go: who sets a key sets it for all.
#[derive(Clone)]
pub struct Dict(Arc<DictInner>);

struct DictInner {
    members: RwLock<BTreeMap<Key, Member>>,
    nil: bool,
}

impl Dict {
    /// A new, empty map.
    pub fn new() -> Self {
        Self::of(BTreeMap::new())
    }

    /// A nil map: empty, `null` in JSON, and nothing can be set in it.
    pub fn nil() -> Self {
        Self(Arc::new(DictInner { members: RwLock::default(), nil: true }))
    }

    /// A new map of these members.
    pub fn of(members: BTreeMap<Key, Member>) -> Self {
        Self(Arc::new(DictInner { members: RwLock::new(members), nil: false }))
    }

    /// True for a nil map.
    pub fn is_nil(&self) -> bool {
        self.0.nil
    }

    fn read<R>(&self, look: impl FnOnce(&BTreeMap<Key, Member>) -> R) -> R {
        look(&self.0.members.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<R>(&self, change: impl FnOnce(&mut BTreeMap<Key, Member>) -> R) -> R {
        change(&mut self.0.members.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The value of a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.read(|members| members.get(key.as_ref()).map(|member| member.value.clone()))
    }

    /// The member of a key.
    pub fn member(&self, key: impl AsRef<[u8]>) -> Option<Member> {
        self.read(|members| members.get(key.as_ref()).cloned())
    }

    /// True where the key is there, if only with a nil.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.read(|members| members.contains_key(key.as_ref()))
    }

    /// Sets a key. The place of a key that was there before stays.
    pub fn insert(&self, key: impl AsRef<[u8]>, value: impl Into<Value>) {
        let mut value = value.into();
        if matches!(value.data, Data::Absent) {
            value.data = Data::Nil;
        }
        let old = self.write(|members| {
            if let Some(member) = members.get_mut(key.as_ref()) {
                return Some(std::mem::replace(&mut member.value, value));
            }
            let member = Member { key_origins: Origins::NONE, value };
            members.insert(key.as_ref().into(), member).map(|member| member.value)
        });
        // Dropped outside the lock.
        drop(old);
    }

    /// Sets a key and the place it is written at.
    pub fn insert_member(&self, key: impl AsRef<[u8]>, mut member: Member) {
        if matches!(member.value.data, Data::Absent) {
            member.value.data = Data::Nil;
        }
        let old = self.write(|members| members.insert(key.as_ref().into(), member));
        drop(old);
    }

    /// Removes a key.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Member> {
        self.write(|members| members.remove(key.as_ref()))
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.read(BTreeMap::len)
    }

    /// True where there is no member.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All keys, sorted by their bytes.
    pub fn keys(&self) -> Vec<Key> {
        self.read(|members| members.keys().cloned().collect())
    }

    /// All members as they are now, sorted by the bytes of their keys.
    pub fn members(&self) -> Vec<(Key, Member)> {
        self.read(|members| members.iter().map(|(key, member)| (Arc::clone(key), member.clone())).collect())
    }

    /// True where both are the same map, not only equal ones.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A new map with the same members.
    #[must_use]
    pub fn shallow_copy(&self) -> Self {
        Self::of(self.read(Clone::clone))
    }

    /// A copy that shares no map with the original, down to `depth` levels.
    #[must_use]
    pub fn deep_copy(&self, depth: usize) -> Self {
        if self.is_nil() {
            return self.clone();
        }
        let mut members = self.read(Clone::clone);
        for member in members.values_mut() {
            if !member.value.is_leaf() {
                member.value = member.value.deep_copy(depth);
            }
        }
        Self::of(members)
    }
}

impl Default for Dict {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: AsRef<[u8]>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let dict = Self::new();
        for (key, value) in members {
            dict.insert(key, value);
        }
        dict
    }
}

/// The files of a chart that are neither templates nor metadata, by path.
#[derive(Clone, Debug, Default)]
pub struct FileSet(BTreeMap<Key, Text>);

impl FileSet {
    /// No file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file: its path relative to the chart, `/` between the parts, and its bytes.
    pub fn insert(&mut self, path: impl AsRef<[u8]>, content: Text) {
        self.0.insert(path.as_ref().into(), content);
    }

    /// The content of a file.
    pub fn get(&self, path: impl AsRef<[u8]>) -> Option<&Text> {
        self.0.get(path.as_ref())
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Text)> {
        self.0.iter()
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Collections may be nested far deeper than a call stack is: they are taken apart with a list of what is left.
fn take_apart(mut left: Vec<Value>) {
    while let Some(value) = left.pop() {
        match value.data {
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => {
                if let Some(mut inner) = Arc::into_inner(dict.0) {
                    let members = inner.members.get_mut().unwrap_or_else(PoisonError::into_inner);
                    left.extend(std::mem::take(members).into_values().map(|member| member.value));
                }
            }
            Data::List(list) => {
                if let Some(mut inner) = Arc::into_inner(list.0) {
                    left.append(&mut inner.items);
                    left.extend(inner.sorted.take().unwrap_or_default());
                }
            }
            _ => {}
        }
    }
}

impl Drop for DictInner {
    fn drop(&mut self) {
        let members = self.members.get_mut().unwrap_or_else(PoisonError::into_inner);
        if members.values().any(|member| !member.value.is_leaf()) {
            take_apart(std::mem::take(members).into_values().map(|member| member.value).collect());
        }
    }
}

impl Drop for ListInner {
    fn drop(&mut self) {
        if self.items.iter().any(|item| !item.is_leaf()) {
            take_apart(std::mem::take(&mut self.items));
        }
    }
}
