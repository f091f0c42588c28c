//! The grammar of `--set` and its kin: `a.b[0]=x,c={1,2}`.

use crate::discover::SettingKind;
use crate::helm::HelmVersion;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;
use crate::helm::values::coalesce::over;
use crate::source::Origin;
use crate::source::SourceMap;
use crate::source::Span;

/// The largest list index.
const MAX_INDEX: usize = 65_536;

/// How many keys may be nested with dots.
const MAX_NESTING: usize = 30;

/// How many indices may follow each other; Helm has no such limit.
const MAX_INDICES: usize = 500;

/// One argument, and how its bytes map to places.
pub(crate) struct Argument<'a> {
    pub(crate) kind: SettingKind,
    pub(crate) text: &'a str,
    /// The whole argument where it is written.
    pub(crate) whole: Span,
    /// True where what is written at `whole` is the argument, byte for byte.
    pub(crate) verbatim: bool,
    pub(crate) sources: &'a SourceMap,
    pub(crate) helm: HelmVersion,
}

/// Why an argument was not read, and the byte it was noticed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) place: Span,
}

impl Argument<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        if self.verbatim {
            let base = self.whole.start as usize;
            Span::new(self.whole.source, base + start, base + end)
        } else {
            self.whole
        }
    }
}

/// Reads an argument into `values`, over what is there.
pub(crate) fn apply(argument: &Argument<'_>, values: &Dict) -> Result<(), Mistake> {
    let chars = argument.text.char_indices().collect();
    let mut parser = Parser { argument, chars, at: 0 };
    loop {
        match parser.key(values, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Mistake(message)) => {
                let at = parser.offset();
                return Err(Mistake { message, place: argument.span(at, at) });
            }
        }
    }
}

/// The object that `--set-json` was given instead of keys with values; `None` where it was not, or that Helm takes none.
pub(crate) fn object(argument: &Argument<'_>) -> Option<Result<Dict, Mistake>> {
    let text = argument.text.trim();
    if argument.kind != SettingKind::Json || !argument.helm.sets_json_objects() || !text.starts_with('{') {
        return None;
    }
    let start = argument.text.len() - argument.text.trim_start().len();
    let place = argument.span(start, start + text.len());
    Some(match serde_json::from_str::<serde_json::Value>(text) {
        Ok(json) => Ok(json_value(&json, &Origins::at(place)).as_dict().cloned().unwrap_or_default()),
        Err(error) => Err(Mistake { message: error.to_string(), place }),
    })
}

/// The end of the argument is no mistake where a key would begin.
enum Stop {
    End,
    Mistake(String),
}

impl Stop {
    fn new(message: impl Into<String>) -> Self {
        Self::Mistake(message.into())
    }
}

struct Parser<'a> {
    argument: &'a Argument<'a>,
    chars: Vec<(usize, char)>,
    at: usize,
}

/// What was read up to a character that stops, or up to the end.
struct Word {
    text: String,
    origins: Origins,
    stop: Option<char>,
}

impl Parser<'_> {
    fn offset(&self) -> usize {
        self.chars.get(self.at).map_or(self.argument.text.len(), |&(offset, _)| offset)
    }

    fn next(&mut self) -> Option<char> {
        let (_, c) = self.chars.get(self.at).copied()?;
        self.at += 1;
        Some(c)
    }

    fn origins(&self, start: usize, end: usize) -> Origins {
        Origins::at(self.argument.span(start, end))
    }

    fn word(&mut self, stops: &[char]) -> Word {
        let start = self.offset();
        let mut text = String::new();
        loop {
            let end = self.offset();
            match self.next() {
                Some(c) if stops.contains(&c) => {
                    return Word { text, origins: self.origins(start, end), stop: Some(c) };
                }
                Some('\\') if self.argument.kind != SettingKind::Literal => match self.next() {
                    Some(c) => text.push(c),
                    None => return Word { text, origins: self.origins(start, end), stop: None },
                },
                Some(c) => text.push(c),
                None => return Word { text, origins: self.origins(start, end), stop: None },
            }
        }
    }

    fn key(&mut self, values: &Dict, depth: usize) -> Result<(), Stop> {
        let stops: &[char] =
            if self.argument.kind == SettingKind::Literal { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let key = self.word(stops);
        match key.stop {
            None if key.text.is_empty() => Err(Stop::End),
            None => Err(Stop::new(format!("key {:?} has no value", key.text))),
            Some('[') => {
                let index = self.index()?;
                let list = match values.get(&key.text) {
                    None => Vec::new(),
                    Some(value) => match value.as_list() {
                        Some(list) => list.items().to_vec(),
                        None => return Err(conversion(&value, "[]interface {}")),
                    },
                };
                let (list, done) = self.item(list, index, depth, 0);
                set(values, &key, Value::from(list));
                done
            }
            Some('=') => {
                if self.argument.kind == SettingKind::Json {
                    let value = self.json()?;
                    set(values, &key, value);
                    return Ok(());
                }
                let (value, done) = self.value()?;
                set(values, &key, value);
                done
            }
            Some('.') => {
                if depth == MAX_NESTING {
                    return Err(Stop::new(format!(
                        "value name nested level is greater than maximum supported nested level of {MAX_NESTING}"
                    )));
                }
                let existing = values.get(&key.text);
                let inner = match &existing {
                    None => Dict::new(),
                    Some(value) => value
                        .as_dict()
                        .cloned()
                        .ok_or_else(|| conversion(value, "map[string]interface {}"))?,
                };
                let done = self.key(&inner, depth + 1);
                if inner.is_empty() {
                    if done.is_ok() {
                        return Err(Stop::new(format!("key map {:?} has no value", key.text)));
                    }
                } else if existing.is_none() {
                    set(values, &key, Value::new(Data::Dict(inner), key.origins.clone()));
                }
                done
            }
            Some(_) => Err(Stop::new(format!("key {:?} has no value (cannot end with ,)", key.text))),
        }
    }

    fn index(&mut self) -> Result<i64, Stop> {
        let word = self.word(&[']']);
        if word.stop.is_none() {
            if self.argument.helm.forgives_open_index() {
                return Err(Stop::End);
            }
            return Err(Stop::new("error parsing index: EOF"));
        }
        word.text.parse::<i64>().map_err(|_| {
            let text = &word.text;
            Stop::new(format!("error parsing index: strconv.Atoi: parsing {text:?}: invalid syntax"))
        })
    }

    /// What follows `]`. The list comes back even where reading stops, as the key is set all the same.
    fn item(
        &mut self,
        list: Vec<Value>,
        index: i64,
        depth: usize,
        indices: usize,
    ) -> (Vec<Value>, Result<(), Stop>) {
        let Ok(position) = usize::try_from(index) else {
            return (list, Err(Stop::new(format!("negative {index} index not allowed"))));
        };
        let word = self.word(&['[', '.', '=']);
        if !word.text.is_empty() {
            let quoted: Vec<String> = word.text.chars().map(|c| format!("{c:?}")).collect();
            let message = format!("unexpected data at end of array index: [{}]", quoted.join(" "));
            return (list, Err(Stop::new(message)));
        }
        match word.stop {
            None => (list, Err(Stop::End)),
            Some('=') => {
                let read = if self.argument.kind == SettingKind::Json {
                    self.json().map(|value| (value, Ok(())))
                } else {
                    self.value()
                };
                match read {
                    // An empty value at the end is no end of the argument here.
                    Ok((value, _)) => put(list, position, value),
                    Err(stop) => (list, Err(stop)),
                }
            }
            Some('[') if indices == MAX_INDICES => {
                let message = format!("lists nested deeper than {MAX_INDICES} levels are not read");
                (list, Err(Stop::new(message)))
            }
            Some('[') => {
                let next = match self.index() {
                    Ok(next) => next,
                    Err(stop) => return (list, Err(stop)),
                };
                let inner = match list.get(position) {
                    None => Vec::new(),
                    Some(value) if value.is_nil() => Vec::new(),
                    Some(value) => {
                        let Some(inner) = value.as_list() else {
                            let stop = conversion(value, "[]interface {}");
                            return (list, Err(stop));
                        };
                        inner.items().to_vec()
                    }
                };
                match self.item(inner, next, depth, indices + 1) {
                    (inner, Ok(())) => put(list, position, Value::from(inner)),
                    (_, Err(stop)) => (list, Err(stop)),
                }
            }
            Some(_) => {
                let inner = list.get(position).and_then(|value| value.as_dict().cloned());
                let inner = inner.unwrap_or_default();
                match self.key(&inner, depth) {
                    Ok(()) => put(list, position, Value::from(inner)),
                    Err(stop) => (list, Err(stop)),
                }
            }
        }
    }

    /// The value after `=`, and whether reading may go on.
    fn value(&mut self) -> Result<(Value, Result<(), Stop>), Stop> {
        let start = self.offset();
        if self.argument.kind == SettingKind::Literal {
            let text = self.argument.text.get(start..).unwrap_or_default();
            self.at = self.chars.len();
            return Ok((Value::string(text, self.origins(start, start + text.len())), Ok(())));
        }
        match self.chars.get(self.at) {
            None => Ok((Value::string("", self.origins(start, start)), Err(Stop::End))),
            Some((_, '{')) => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    let word = self.word(&[',', '}']);
                    let last = match word.stop {
                        None => return Err(Stop::new("list must terminate with '}'")),
                        Some(stop) => stop == '}',
                    };
                    items.push(self.typed(&word)?);
                    if last {
                        break;
                    }
                }
                let end = self.offset();
                if self.chars.get(self.at).is_some_and(|&(_, c)| c == ',') {
                    self.at += 1;
                }
                let list = Value::new(Data::List(List::new(items)), self.origins(start, end));
                Ok((list, Ok(())))
            }
            Some(_) => {
                let word = self.word(&[',']);
                Ok((self.typed(&word)?, Ok(())))
            }
        }
    }

    fn typed(&self, word: &Word) -> Result<Value, Stop> {
        let text = word.text.as_str();
        let origins = word.origins.clone();
        let data = match self.argument.kind {
            SettingKind::File => return self.file(text, &origins),
            SettingKind::Set if text.eq_ignore_ascii_case("true") => Data::Bool(true),
            SettingKind::Set if text.eq_ignore_ascii_case("false") => Data::Bool(false),
            SettingKind::Set if text.eq_ignore_ascii_case("null") => Data::Nil,
            SettingKind::Set if text == "0" || !text.starts_with('0') => match text.parse::<i64>() {
                Ok(number) => Data::Int64(number),
                Err(_) => return Ok(Value::string(text, origins)),
            },
            _ => return Ok(Value::string(text, origins)),
        };
        Ok(Value::new(data, origins))
    }

    /// The content of the file that `--set-file` names.
    fn file(&self, path: &str, named_at: &Origins) -> Result<Value, Stop> {
        let sources = self.argument.sources;
        let open = |error: &crate::source::ReadError| match error {
            crate::source::ReadError::Missing => Stop::new(format!("open {path}: no such file or directory")),
            error => Stop::new(format!("open {path}: {error}")),
        };
        let through = named_at.iter().next().map(|origin| origin.span);
        match sources.read(std::path::Path::new(path)) {
            Ok(source) => {
                let mut origin = Origin::at(source.whole());
                origin.through.extend(through);
                Ok(Value::string(source.text.as_bytes(), Origins::of(origin)))
            }
            Err(crate::source::ReadError::NotUtf8(_)) => {
                let bytes = sources.files().read(std::path::Path::new(path)).map_err(|error| open(&error))?;
                Ok(Value::string(bytes, named_at.clone()))
            }
            Err(error) => Err(open(&error)),
        }
    }

    /// True where nothing is left before the next comma or the end; blanks and the comma are passed over.
    fn is_empty(&mut self) -> bool {
        loop {
            match self.chars.get(self.at) {
                None => return true,
                Some((_, ',')) => {
                    self.at += 1;
                    return true;
                }
                Some((_, c)) if c.is_whitespace() => self.at += 1,
                Some(_) => return false,
            }
        }
    }

    fn json(&mut self) -> Result<Value, Stop> {
        let start = self.offset();
        if self.is_empty() {
            return Ok(Value::new(Data::Nil, self.origins(start, start)));
        }
        let start = self.offset();
        let rest = self.argument.text.get(start..).unwrap_or_default();
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Json>();
        let json = match stream.next() {
            Some(Ok(json)) => json,
            Some(Err(error)) => return Err(Stop::new(error.to_string())),
            None => return Err(Stop::new("EOF")),
        };
        let end = start + stream.byte_offset();
        self.at = self.chars.partition_point(|&(offset, _)| offset < end);
        let value = json.value(&self.origins(start, end));
        self.is_empty();
        Ok(value)
    }
}

fn conversion(value: &Value, wanted: &str) -> Stop {
    let found = if value.is_nil() { "nil" } else { value.type_name() };
    Stop::new(format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"))
}

/// Sets a key, unless it is empty: Helm drops those in silence.
fn set(values: &Dict, key: &Word, value: Value) {
    if key.text.is_empty() {
        return;
    }
    let value = match values.get(&key.text) {
        Some(lower) => over(value, &lower),
        None => value,
    };
    values.insert_member(&key.text, Member { key_origins: key.origins.clone(), value });
}

fn put(mut list: Vec<Value>, index: usize, value: Value) -> (Vec<Value>, Result<(), Stop>) {
    if index > MAX_INDEX {
        let message = format!("index of {index} is greater than maximum supported index of {MAX_INDEX}");
        return (list, Err(Stop::new(message)));
    }
    if list.len() <= index {
        list.resize(index + 1, Value::NIL);
    }
    if let Some(item) = list.get_mut(index) {
        *item = over(value, &item.clone());
    }
    (list, Ok(()))
}

/// A JSON value as Go reads it: every number a float.
struct Json(serde_json::Value);

impl<'de> serde::Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(from).map(Self)
    }
}

impl Json {
    fn value(&self, origins: &Origins) -> Value {
        json_value(&self.0, origins)
    }
}

fn json_value(json: &serde_json::Value, origins: &Origins) -> Value {
    let data = match json {
        serde_json::Value::Null => Data::Nil,
        serde_json::Value::Bool(value) => Data::Bool(*value),
        serde_json::Value::Number(number) => Data::Float(number.as_f64().unwrap_or(0.0)),
        serde_json::Value::String(text) => return Value::string(text.as_bytes(), origins.clone()),
        serde_json::Value::Array(items) => {
            Data::List(List::new(items.iter().map(|item| json_value(item, origins)).collect()))
        }
        serde_json::Value::Object(members) => {
            let dict = Dict::new();
            for (key, value) in members {
                let value = json_value(value, origins);
                dict.insert_member(key, Member { key_origins: origins.clone(), value });
            }
            Data::Dict(dict)
        }
    };
    Value::new(data, origins.clone())
}
