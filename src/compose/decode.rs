//! The model with every value in the type that Compose gives it: durations, sizes, commands, hosts, modes.

use crate::compose::interpolate;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::types::Field;
use crate::compose::types::PROJECT;
use crate::compose::types::Struct;
use crate::compose::types::Type;
use crate::compose::value::Data;
use crate::compose::value::Entry;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::source::Span;
use crate::yaml::truncated;

/// Types a whole project. `faithful` leaves out what says nothing (`false`, `0`, an empty list), and keeps the way
/// in which Compose misreads `x-` keys in maps.
pub(crate) fn decode(model: &mut Value, faithful: bool, problems: &mut Vec<Problem>) -> Value {
    if faithful {
        set_extensions_apart(model, &mut Vec::new());
    }
    let mut decoder = Decoder { faithful, problems, path: Vec::new() };
    let decoded = decoder.structure(model, &PROJECT);
    decoded.unwrap_or_else(|| model.with(Data::Mapping(Mapping::default())))
}

/// The key under which extensions are kept apart.
const EXTENSIONS: &str = "#extensions";

/// Compose takes every key that begins with `x-` for an extension, also where it is a name that the user chose.
fn set_extensions_apart(value: &mut Value, path: &mut Vec<String>) {
    let user_defined = match path.as_slice() {
        [section] => matches!(section.as_str(), "services" | "volumes" | "networks" | "secrets" | "configs"),
        [section, _, key] => section == "services" && key == "depends_on",
        _ => false,
    };
    match &mut value.data {
        Data::Mapping(mapping) => {
            let mut extensions = Mapping::default();
            if !user_defined {
                let names: Vec<String> =
                    mapping.keys().filter(|key| key.starts_with("x-")).cloned().collect();
                for name in names {
                    if let Some(entry) = mapping.shift_remove(&name) {
                        extensions.insert(name, entry);
                    }
                }
            }
            for (key, entry) in mapping.iter_mut() {
                path.push(key.clone());
                set_extensions_apart(&mut entry.value, path);
                path.pop();
            }
            if let Some((_, first)) = extensions.first() {
                let key = first.key;
                let span = first.value.span;
                let value = Value::new(Data::Mapping(extensions), span);
                mapping.insert(EXTENSIONS.to_owned(), Entry { key, value });
            }
        }
        Data::Sequence(items) => {
            for (at, item) in items.iter_mut().enumerate().filter(|(_, item)| item.is_mapping()) {
                path.push(at.to_string());
                set_extensions_apart(item, path);
                path.pop();
            }
        }
        _ => {}
    }
}

struct Decoder<'d> {
    faithful: bool,
    problems: &'d mut Vec<Problem>,
    path: Vec<String>,
}

/// Why a value does not fit, in words that fit after "and".
type Misfit = String;

impl Decoder<'_> {
    fn subject(&self) -> String {
        let name = self.path.iter().rev().find(|key| key.parse::<usize>().is_err());
        name.map_or_else(|| "this".to_owned(), |name| format!("`{name}`"))
    }

    fn report(&mut self, value: &Value, message: String, help: Option<&str>) {
        let mut problem = Problem::new(Code::WrongValue, value.span, self.path.join("."), message);
        problem.help = help.map(str::to_owned);
        self.problems.push(problem);
    }

    #[expect(clippy::unnecessary_wraps, reason = "stands where a value or nothing is given")]
    fn unfit(&mut self, value: &Value, expected: &str) -> Option<Value> {
        let found = match &value.data {
            Data::String(text) if !text.is_empty() => format!("`{text}`"),
            Data::Int(_) | Data::Float(_) | Data::Bool(_) => format!("`{}`", value.print()),
            Data::String(_) => "empty".to_owned(),
            other => other.describe().to_owned(),
        };
        let message = format!("{} must be {expected}, and is {found}", self.subject());
        self.report(value, message, None);
        let mut unknown = value.clone();
        unknown.mark_unknown("it is not a value that Compose takes", Some(value.span));
        Some(unknown)
    }

    /// A typed value, or nothing where it says nothing.
    fn some(&self, value: Value, empty: bool) -> Option<Value> {
        (!empty || !self.faithful).then_some(value)
    }

    fn value(&mut self, value: &Value, wanted: &Type) -> Option<Value> {
        if value.is_unknown() {
            return Some(value.clone());
        }
        if value.is_null() {
            return None;
        }
        match wanted {
            Type::Text => match text_of(value) {
                Some(text) => {
                    let empty = text.is_empty();
                    self.some(value.with(Data::String(text)), empty)
                }
                None => self.unfit(value, "a string"),
            },
            Type::Flag => match flag_of(value) {
                Some(flag) => self.some(value.with(Data::Bool(flag)), !flag),
                None => self.unfit(value, "`true` or `false`"),
            },
            Type::FlagPointer => match flag_of(value) {
                Some(flag) => Some(value.with(Data::Bool(flag))),
                None => self.unfit(value, "`true` or `false`"),
            },
            // True is the default, and not said.
            Type::OptOut => match flag_of(value) {
                Some(flag) => self.some(value.with(Data::Bool(flag)), flag),
                None => self.unfit(value, "`true` or `false`"),
            },
            Type::Int => match int_of(value) {
                Some(number) => self.some(value.with(Data::Int(number)), number == 0),
                None => self.unfit(value, "a whole number"),
            },
            Type::IntPointer => match int_of(value) {
                Some(number) => Some(value.with(Data::Int(number))),
                None => self.unfit(value, "a whole number"),
            },
            Type::Unsigned | Type::UnsignedPointer => match unsigned_of(value) {
                Some(data) => {
                    let empty = data == Data::Int(0) && matches!(wanted, Type::Unsigned);
                    self.some(value.with(data), empty)
                }
                None => self.unfit(value, "a whole number that is not negative"),
            },
            Type::Single => match single_of(value) {
                Some(number) => self.some(value.with(Data::Single(number)), number == 0.0),
                None => self.unfit(value, "a number"),
            },
            Type::Bytes => self.bytes(value),
            Type::Duration | Type::DurationPointer => {
                let pointer = matches!(wanted, Type::DurationPointer);
                match duration(&value.print()) {
                    Ok(nanoseconds) => {
                        let text = Data::String(print_duration(nanoseconds));
                        self.some(value.with(text), nanoseconds == 0 && !pointer)
                    }
                    Err(misfit) => {
                        let message = format!("{} is not a duration: {misfit}", self.subject());
                        self.report(
                            value,
                            message,
                            Some("write a number and a unit: `500ms`, `30s`, `1m30s`, `2h`"),
                        );
                        let text = value.print();
                        let bare = text.parse::<u32>().is_ok() && value.written_at().is_ok();
                        if let Some(problem) = self.problems.last_mut().filter(|_| bare) {
                            problem.remedy = Some(in_seconds(&text, value.span));
                        }
                        broken(value)
                    }
                }
            }
            Type::Command => self.command(value),
            Type::HealthTest => {
                if let Data::String(text) = &value.data {
                    let shell = Value::implied_text("CMD-SHELL", value.span);
                    let test = value.with(Data::String(text.clone()));
                    return Some(value.with(Data::Sequence(vec![shell, test])));
                }
                self.texts(value, true)
            }
            Type::Texts => self.texts(value, false),
            Type::StringList => match &value.data {
                Data::String(_) => Some(value.with(Data::Sequence(vec![value.clone()]))),
                _ => self.texts(value, true),
            },
            Type::NumberList => {
                let mut list = value.clone();
                for item in list.as_sequence_mut().into_iter().flatten().filter(|item| !item.is_unknown()) {
                    item.data = Data::String(item.print());
                }
                let empty = list.items().is_empty();
                self.some(list, empty)
            }
            Type::Pairs => self.pairs(value, true),
            Type::Labels => self.pairs(value, false),
            Type::Variables => self.variables(value),
            Type::Options => self.options(value),
            Type::TextMap => {
                let mut map = value.with(Data::Mapping(Mapping::default()));
                for (key, entry) in value.entries() {
                    self.path.push(key.to_owned());
                    let text = match text_of(&entry.value) {
                        Some(text) => Some(entry.value.with(Data::String(text))),
                        None if entry.value.is_null() => Some(entry.value.with(Data::String(String::new()))),
                        None => self.unfit(&entry.value, "a string"),
                    };
                    self.path.pop();
                    if let Some(text) = text {
                        map.put(key, entry.key, text);
                    }
                }
                let empty = is_empty(&map);
                self.some(map, empty)
            }
            Type::MultiOptions => {
                let mut map = value.with(Data::Mapping(Mapping::default()));
                for (key, entry) in value.entries() {
                    let single = std::slice::from_ref(&entry.value);
                    let values = if entry.value.is_sequence() { entry.value.items() } else { single };
                    let texts = values.iter().map(|item| item.with(Data::String(item.print()))).collect();
                    map.put(key, entry.key, entry.value.with(Data::Sequence(texts)));
                }
                let empty = is_empty(&map);
                self.some(map, empty)
            }
            Type::Hosts => self.hosts(value),
            Type::Ssh => {
                let mut keys = Vec::new();
                for (id, entry) in value.entries() {
                    let text = match &entry.value.data {
                        Data::Null => id.to_owned(),
                        _ if entry.value.as_str() == Some("") => id.to_owned(),
                        _ => format!("{id}: {}", entry.value.print()),
                    };
                    let key = if entry.value.is_null() {
                        Value::new(Data::String(text), entry.key)
                    } else {
                        entry.value.with(Data::String(text))
                    };
                    keys.push(key);
                }
                keys.sort_by(|one, two| one.as_str().cmp(&two.as_str()));
                let empty = keys.is_empty();
                self.some(value.with(Data::Sequence(keys)), empty)
            }
            Type::Mode => match &value.data {
                Data::Int(bits) => Some(value.with(Data::String(print_mode(*bits)))),
                Data::String(text) => match i64::from_str_radix(text, 8) {
                    Ok(bits) => Some(value.with(Data::String(print_mode(bits)))),
                    Err(_) => self.unfit(value, "permission bits in octal, such as `0440`"),
                },
                _ => self.unfit(value, "permission bits in octal, such as `0440`"),
            },
            Type::Ulimit => self.ulimit(value),
            Type::DeviceCount => match &value.data {
                Data::Int(count) => self.some(value.clone(), *count == 0),
                Data::String(text) if text.to_lowercase() == "all" => Some(value.with(Data::Int(-1))),
                Data::String(text) => match interpolate::integer(text) {
                    Some(count) => self.some(value.with(Data::Int(count)), count == 0),
                    None => self.unfit(value, "`all` or a whole number"),
                },
                _ => self.unfit(value, "`all` or a whole number"),
            },
            Type::Struct(fields) => self.structure(value, fields),
            Type::Inline(fields) => {
                let decoded = self.structure(value, fields)?;
                let empty = is_empty(&decoded);
                self.some(decoded, empty)
            }
            Type::List(item) => {
                if !value.is_sequence() {
                    return self.unfit(value, "a list");
                }
                let mut items = Vec::with_capacity(value.items().len());
                for (at, element) in value.items().iter().enumerate() {
                    self.path.push(at.to_string());
                    let decoded = self.value(element, item);
                    // An item that says nothing still takes its place.
                    items.push(decoded.unwrap_or_else(|| element.with(Data::Mapping(Mapping::default()))));
                    self.path.pop();
                }
                let empty = items.is_empty();
                self.some(value.with(Data::Sequence(items)), empty)
            }
            Type::Map(item) => self.map(value, item, false),
            Type::PointerMap(item) => self.map(value, item, true),
        }
    }

    fn map(&mut self, value: &Value, item: &Type, pointers: bool) -> Option<Value> {
        if !value.is_mapping() {
            return self.unfit(value, "a mapping");
        }
        let mut map = value.with(Data::Mapping(Mapping::default()));
        for (key, entry) in value.entries() {
            self.path.push(key.to_owned());
            let decoded = if pointers && entry.value.is_null() {
                Some(entry.value.clone())
            } else {
                let decoded = self.value(&entry.value, item);
                Some(decoded.unwrap_or_else(|| entry.value.with(Data::Mapping(Mapping::default()))))
            };
            self.path.pop();
            if let Some(decoded) = decoded {
                map.put(key, entry.key, decoded);
            }
        }
        let empty = is_empty(&map);
        self.some(map, empty)
    }

    fn structure(&mut self, value: &Value, wanted: &Struct) -> Option<Value> {
        if !value.is_mapping() {
            return self.unfit(value, "a mapping");
        }
        let mut out = value.with(Data::Mapping(Mapping::default()));
        let mut extensions = Vec::new();
        for (key, entry) in value.entries() {
            if key == EXTENSIONS {
                if wanted.extensions {
                    extensions
                        .extend(entry.value.entries().map(|(key, entry)| (key.to_owned(), entry.clone())));
                }
                continue;
            }
            if key.starts_with("x-") {
                // In a faithful run they stand apart already; one that still stands here is a name.
                if wanted.extensions && !self.faithful {
                    extensions.push((key.to_owned(), entry.clone()));
                }
                continue;
            }
            let Some(field) = wanted.field(key) else { continue };
            self.path.push(key.to_owned());
            let decoded = self.value(&entry.value, &field.kind);
            self.path.pop();
            if let Some(decoded) = decoded {
                out.put(key, entry.key, decoded);
            }
        }
        for field in wanted.always {
            let Field { name, .. } = field;
            if out.get(name).is_none() {
                let default = match field.kind {
                    Type::Text => Data::String(String::new()),
                    Type::Bytes => Data::String("0".to_owned()),
                    Type::Int | Type::Unsigned => Data::Int(0),
                    _ => Data::Bool(false),
                };
                out.put_default(name, default);
            }
        }
        for (key, entry) in extensions {
            out.put(&key, entry.key, entry.value);
        }
        Some(out)
    }

    fn texts(&mut self, value: &Value, strict: bool) -> Option<Value> {
        if !value.is_sequence() {
            return self.unfit(value, "a list");
        }
        let mut items = Vec::with_capacity(value.items().len());
        for (at, item) in value.items().iter().enumerate() {
            if item.is_unknown() {
                items.push(item.clone());
                continue;
            }
            let text = match &item.data {
                Data::String(text) => Some(text.clone()),
                Data::Int(number) if !strict => Some(number.to_string()),
                Data::Null if !strict => Some(String::new()),
                _ => None,
            };
            if let Some(text) = text {
                items.push(item.with(Data::String(text)));
            } else {
                self.path.push(at.to_string());
                items.extend(self.unfit(item, "a string"));
                self.path.pop();
            }
        }
        let empty = items.is_empty();
        self.some(value.with(Data::Sequence(items)), empty)
    }

    fn bytes(&mut self, value: &Value) -> Option<Value> {
        let size = match &value.data {
            Data::Int(size) => *size,
            Data::String(text) => match bytes(text) {
                Ok(size) => size,
                Err(misfit) => {
                    let message = format!("{} is not a size: {misfit}", self.subject());
                    self.report(value, message, Some("write a number and a unit: `512m`, `1g`, `64k`"));
                    return broken(value);
                }
            },
            // Compose drops every other number without a word.
            _ => 0,
        };
        self.some(value.with(Data::String(size.to_string())), size == 0)
    }

    fn command(&mut self, value: &Value) -> Option<Value> {
        let words = match &value.data {
            Data::String(text) => {
                if let Some(words) = words(text) {
                    words
                } else {
                    let message = format!("{} cannot be taken apart as a shell would", self.subject());
                    let help = "close every quote, and quote parentheses, or write the words as a list";
                    self.report(value, message, Some(help));
                    return broken(value);
                }
            }
            Data::Sequence(_) => {
                let texts = self.texts(value, true);
                return texts.or_else(|| Some(value.with(Data::Sequence(Vec::new()))));
            }
            _ => return None,
        };
        let items = words.into_iter().map(|word| value.with(Data::String(word))).collect();
        Some(value.with(Data::Sequence(items)))
    }

    /// `KEY=VALUE` in either form; what has no value is empty.
    fn pairs(&mut self, value: &Value, _plain: bool) -> Option<Value> {
        let mut map = value.with(Data::Mapping(Mapping::default()));
        match &value.data {
            Data::Mapping(mapping) => {
                for (key, entry) in mapping {
                    let text = if entry.value.is_null() { String::new() } else { entry.value.print() };
                    map.put(key, entry.key, entry.value.with(Data::String(text)));
                }
            }
            Data::Sequence(items) => {
                for item in items {
                    let (key, at, mut rest) = split(item);
                    if rest.is_null() {
                        rest.data = Data::String(String::new());
                    }
                    map.put(&key, at, rest);
                }
            }
            _ => return self.unfit(value, "a list or a mapping"),
        }
        let empty = is_empty(&map);
        self.some(map, empty)
    }

    fn variables(&mut self, value: &Value) -> Option<Value> {
        let mut map = value.with(Data::Mapping(Mapping::default()));
        match &value.data {
            Data::Mapping(mapping) => {
                for (key, entry) in mapping {
                    let data =
                        if entry.value.is_null() { Data::Null } else { Data::String(entry.value.print()) };
                    map.put(key, entry.key, entry.value.with(data));
                }
            }
            Data::Sequence(items) => {
                for item in items {
                    let (key, at, rest) = split(item);
                    // The last byte of the name counts, read as a character.
                    let last = key.as_bytes().last().copied().map(char::from);
                    if last.is_some_and(char::is_whitespace) {
                        let message = format!("the variable `{}` has a blank before its `=`", key.trim_end());
                        self.report(item, message, Some("remove the blank"));
                        continue;
                    }
                    map.put(&key, at, rest);
                }
            }
            _ => return self.unfit(value, "a list or a mapping"),
        }
        let empty = is_empty(&map);
        self.some(map, empty)
    }

    fn options(&mut self, value: &Value) -> Option<Value> {
        if !value.is_mapping() {
            return self.unfit(value, "a mapping");
        }
        self.pairs(value, true)
    }

    fn hosts(&mut self, value: &Value) -> Option<Value> {
        let mut hosts: Vec<(String, String, Value)> = Vec::new();
        match &value.data {
            Data::Mapping(mapping) => {
                for (host, entry) in mapping {
                    match &entry.value.data {
                        Data::Null => hosts.push((host.clone(), String::new(), entry.value.clone())),
                        Data::String(address) => {
                            hosts.push((host.clone(), address.clone(), entry.value.clone()));
                        }
                        Data::Sequence(items) => {
                            hosts.extend(items.iter().map(|item| (host.clone(), item.print(), item.clone())));
                        }
                        _ => return self.unfit(&entry.value, "an address or a list of addresses"),
                    }
                }
            }
            Data::Sequence(items) => {
                for item in items {
                    let text = item.print();
                    let Some((host, addresses)) = text.split_once('=').or_else(|| text.split_once(':'))
                    else {
                        if item.is_unknown() {
                            continue;
                        }
                        let message = format!("`{text}` names a host and no address");
                        self.report(item, message, Some("write `host=address`"));
                        continue;
                    };
                    for address in addresses.split(',') {
                        hosts.push((host.to_owned(), address.to_owned(), item.clone()));
                    }
                }
            }
            _ => return self.unfit(value, "a list or a mapping"),
        }
        let mut list = Vec::new();
        for (host, address, item) in hosts {
            if !item.is_unknown() && (host.is_empty() || host.contains([':', '='])) {
                let message = format!("`{host}` is not the name of a host");
                self.report(&item, message, None);
                continue;
            }
            let inner = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let address = inner.filter(|inner| !inner.is_empty()).unwrap_or(&address);
            list.push(item.with(Data::String(format!("{host}={address}"))));
        }
        list.sort_by(|one, two| one.as_str().cmp(&two.as_str()));
        let empty = list.is_empty();
        self.some(value.with(Data::Sequence(list)), empty)
    }

    fn ulimit(&mut self, value: &Value) -> Option<Value> {
        let mut both = value.with(Data::Mapping(Mapping::default()));
        match &value.data {
            Data::Int(limit) if *limit != 0 => return Some(value.clone()),
            Data::Int(_) => {}
            Data::Mapping(_) => {
                for key in ["soft", "hard"] {
                    let Some(entry) = value.entry(key) else { continue };
                    match entry.value.data {
                        Data::Int(_) => both.put(key, entry.key, entry.value.clone()),
                        _ if entry.value.is_unknown() => both.put(key, entry.key, entry.value.clone()),
                        _ => return self.unfit(&entry.value, "a whole number"),
                    }
                }
            }
            _ => return self.unfit(value, "a whole number, or a mapping of `soft` and `hard`"),
        }
        both.put_default("soft", Data::Int(0));
        both.put_default("hard", Data::Int(0));
        Some(both)
    }
}

/// The value, and that it means nothing.
#[expect(clippy::unnecessary_wraps, reason = "stands where a value or nothing is given")]
fn broken(value: &Value) -> Option<Value> {
    let mut unknown = value.clone();
    unknown.mark_unknown("it is not a value that Compose takes", Some(value.span));
    Some(unknown)
}

fn is_empty(value: &Value) -> bool {
    value.as_mapping().is_some_and(indexmap::IndexMap::is_empty)
}

/// Key, its place, and value of `KEY=VALUE`; null where there is no `=`.
fn split(item: &Value) -> (String, Span, Value) {
    let text = item.print();
    if let Some((key, rest)) = text.split_once('=') {
        let at = item.key.unwrap_or_else(|| item.part_span(0..key.len()));
        let mut value = item.part(rest, key.len() + 1..text.len());
        if !rest.contains('$') {
            value.unknown = None;
        }
        (key.to_owned(), at, value)
    } else {
        let at = item.key.unwrap_or(item.span);
        (text, at, item.with(Data::Null))
    }
}

fn text_of(value: &Value) -> Option<String> {
    match &value.data {
        Data::String(text) => Some(text.clone()),
        Data::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

fn flag_of(value: &Value) -> Option<bool> {
    match &value.data {
        Data::Bool(flag) => Some(*flag),
        Data::String(text) => interpolate::boolean(text).map(|(flag, _)| flag),
        _ => None,
    }
}

fn int_of(value: &Value) -> Option<i64> {
    match &value.data {
        Data::Int(number) => Some(*number),
        Data::Unsigned(number) => Some(number.cast_signed()),
        Data::Float(number) => Some(truncated(*number)),
        Data::Single(number) => Some(truncated(f64::from(*number))),
        Data::String(text) => interpolate::integer(text),
        _ => None,
    }
}

fn unsigned_of(value: &Value) -> Option<Data> {
    match &value.data {
        Data::Int(number) if *number >= 0 => Some(Data::Int(*number)),
        Data::Unsigned(number) => Some(Data::Unsigned(*number)),
        Data::Float(number) if *number >= 0.0 => int_of(value).map(Data::Int),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "Compose keeps this number in single precision")]
fn single_of(value: &Value) -> Option<f32> {
    match &value.data {
        Data::Single(number) => Some(*number),
        Data::String(text) => {
            let number = interpolate::float(text)?;
            Some(text.parse::<f32>().unwrap_or(number as f32))
        }
        _ => value.as_f64().map(|number| number as f32),
    }
}

fn print_mode(bits: i64) -> String {
    if bits < 0 { format!("0-{:o}", bits.unsigned_abs()) } else { format!("0{bits:o}") }
}

/// A number where a duration belongs: most tools that take one mean seconds.
pub(crate) fn in_seconds(number: &str, at: Span) -> Remedy {
    let text = format!("{number}s");
    Remedy::new(format!("write `{text}`"), Safety::Unsafe, at, What::Replace(text))
}

/// A duration in nanoseconds.
pub(crate) fn duration(text: &str) -> Result<i64, Misfit> {
    let invalid = || format!("`{text}` does not begin with a number");
    let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    let overflow = || format!("`{text}` is too long");
    let mut total: i64 = 0;
    while !rest.is_empty() {
        if !rest.starts_with(|first: char| first == '.' || first.is_ascii_digit()) {
            return Err(invalid());
        }
        let digits =
            |text: &str| text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let whole_end = digits(rest);
        let whole = rest.get(..whole_end).unwrap_or_default();
        let mut value: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| overflow())? };
        rest = rest.get(whole_end..).unwrap_or_default();
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            let end = digits(after);
            fraction = after.get(..end).unwrap_or_default();
            rest = after.get(end..).unwrap_or_default();
        }
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_end =
            rest.find(|character: char| character == '.' || character.is_ascii_digit()).unwrap_or(rest.len());
        let unit_name = rest.get(..unit_end).unwrap_or_default();
        rest = rest.get(unit_end..).unwrap_or_default();
        let unit: i64 = match unit_name {
            "" => return Err(format!("`{text}` has no unit")),
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60 * 1_000_000_000,
            "h" => 3_600 * 1_000_000_000,
            "d" => 24 * 3_600 * 1_000_000_000,
            "w" => 7 * 24 * 3_600 * 1_000_000_000,
            other => return Err(format!("`{other}` is not a unit of time")),
        };
        value = value.checked_mul(unit).ok_or_else(overflow)?;
        if !fraction.is_empty() {
            value = value.checked_add(share(fraction, unit)).ok_or_else(overflow)?;
        }
        total = total.checked_add(value).ok_or_else(overflow)?;
    }
    Ok(if negative { -total } else { total })
}

/// The part of a unit that the digits after a point stand for.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "floating point, as in Go")]
fn share(fraction: &str, unit: i64) -> i64 {
    let mut value: i64 = 0;
    let mut scale = 1.0_f64;
    for digit in fraction.chars().filter_map(|digit| digit.to_digit(10)) {
        let Some(next) = value.checked_mul(10).and_then(|value| value.checked_add(i64::from(digit))) else {
            break;
        };
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as i64
}

/// A duration as Go prints it: `1h30m0s`, `1.5s`, `100ms`.
pub(crate) fn print_duration(nanoseconds: i64) -> String {
    if nanoseconds == 0 {
        return "0s".to_owned();
    }
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let decimal = |value: u64, unit: u64| -> String {
        let (whole, rest) = (value / unit, value % unit);
        if rest == 0 {
            return whole.to_string();
        }
        let width = unit.ilog10() as usize;
        let digits = format!("{rest:0width$}");
        format!("{whole}.{}", digits.trim_end_matches('0'))
    };
    let text = match total {
        0..1_000 => format!("{total}ns"),
        1_000..1_000_000 => format!("{}\u{b5}s", decimal(total, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", decimal(total, 1_000_000)),
        _ => {
            let seconds = total / 1_000_000_000;
            let rest = total % 60_000_000_000;
            let seconds_text = decimal(rest, 1_000_000_000);
            let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
            match (hours, minutes) {
                (0, 0) => format!("{seconds_text}s"),
                (0, _) => format!("{minutes}m{seconds_text}s"),
                _ => format!("{hours}h{minutes}m{seconds_text}s"),
            }
        }
    };
    format!("{sign}{text}")
}

/// A size in bytes.
#[expect(clippy::cast_possible_truncation, reason = "sizes above the largest integer do not occur")]
pub(crate) fn bytes(text: &str) -> Result<i64, Misfit> {
    if let Ok(number) = text.parse::<i64>() {
        return Ok(number);
    }
    let misfit = || {
        if text.is_empty() {
            "it is empty".to_owned()
        } else {
            format!("`{text}` is not a number with a unit")
        }
    };
    let last = text.rfind(|character: char| character.is_ascii_digit() || matches!(character, '.' | ' '));
    let last = last.ok_or_else(misfit)?;
    let blank = text.get(last..).is_some_and(|rest| rest.starts_with(' '));
    let number = text.get(..if blank { last } else { last + 1 }).unwrap_or_default();
    let suffix = text.get(last + 1..).unwrap_or_default();
    let size = interpolate::float(number).filter(|size| *size >= 0.0).ok_or_else(misfit)?;
    let unknown = || format!("`{suffix}` is not a unit of size");
    if suffix.len() > 3 {
        return Err(unknown());
    }
    let factor = match suffix.to_lowercase().as_str() {
        "" | "b" => 1_u64,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        "p" | "pb" | "pib" => 1 << 50,
        _ => return Err(unknown()),
    };
    #[expect(clippy::cast_precision_loss, reason = "powers of two are exact")]
    let size = size * factor as f64;
    Ok(size as i64)
}

/// The words of a command line as a shell would split it, without expansion. An unquoted `;`, `&`, `|`, `<` or `>`
/// ends it, as in Compose. `None` where a quote or a parenthesis is left open.
pub(crate) fn words(line: &str) -> Option<Vec<String>> {
    line_of_words(line).map(|(words, _)| words)
}

/// The words of a command line, and where the part begins that Compose throws away.
pub(crate) fn line_of_words(line: &str) -> Option<(Vec<String>, Option<usize>)> {
    let mut words = Vec::new();
    let mut rest = None;
    let mut word = String::new();
    let (mut started, mut quoted) = (false, false);
    let (mut escaped, mut double, mut single, mut back, mut dollar) = (false, false, false, false, false);
    for (at, character) in line.char_indices() {
        if escaped {
            escaped = false;
            if back || dollar {
                word.push('\\');
                word.push(character);
            } else {
                word.push(match character {
                    't' => '\t',
                    'n' => '\n',
                    other => other,
                });
            }
            started = true;
            continue;
        }
        if character == '\\' {
            if single {
                word.push('\\');
            } else {
                escaped = true;
            }
            continue;
        }
        if matches!(character, ' ' | '\t' | '\r' | '\n') {
            if single || double || back || dollar {
                word.push(character);
            } else {
                if quoted || (started && !word.is_empty()) {
                    words.push(std::mem::take(&mut word));
                }
                word.clear();
                (started, quoted) = (false, false);
            }
            continue;
        }
        match character {
            '`' if !single && !double && !dollar => back = !back,
            ')' if !single && !double && !back => {
                if !dollar {
                    return None;
                }
                dollar = false;
            }
            '(' if !single && !double && !back => {
                let before = word.strip_suffix('$');
                let opens = !dollar && before.is_some_and(|before| !before.ends_with('\\'));
                if !opens {
                    return None;
                }
                dollar = true;
                word.push('(');
                continue;
            }
            '"' if !single && !dollar && !back => {
                if double {
                    (started, quoted) = (false, true);
                }
                double = !double;
                continue;
            }
            '\'' if !double && !dollar && !back => {
                if single {
                    (started, quoted) = (false, true);
                }
                single = !single;
                continue;
            }
            ';' | '&' | '|' | '<' | '>' if !(single || double || back || dollar) => {
                // The number of a file that is redirected goes with it.
                if character == '>' && !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
                    (started, quoted) = (false, false);
                }
                rest = Some(at);
                break;
            }
            _ => {}
        }
        (started, quoted) = (true, false);
        word.push(character);
    }
    if quoted || (started && !word.is_empty()) {
        words.push(word);
    }
    (!(escaped || single || double || back || dollar)).then_some((words, rest))
}
