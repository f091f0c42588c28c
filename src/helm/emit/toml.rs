//! TOML, as `BurntSushi/toml` writes it.

#![expect(
    clippy::format_push_string,
    reason = "short pieces; `write!` would bring an error that cannot happen"
)]

use crate::helm::emit::MAX_DEPTH;
use crate::helm::emit::json::sanitized;
use crate::helm::functions::Fault;
use crate::helm::functions::FaultKind;
use crate::helm::functions::Session;
use crate::helm::go::numbers;
use crate::helm::text::Mark;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::value::Data;
use crate::helm::value::Value;

/// The text of a value; the inner error is the library's text.
pub(crate) fn to_toml(value: &Value) -> Result<Result<Text, String>, Fault> {
    if matches!(&value.data, Data::List(list) if list.is_nil()) {
        return Ok(Ok("[]".into()));
    }
    let mut writer = Writer { out: TextBuilder::new() };
    match writer.encode(&[], value, 0) {
        Ok(()) => Ok(Ok(writer.out.finish())),
        Err(Failure::Unsupported(message)) => Ok(Err(message)),
        Err(Failure::Fault(fault)) => Err(*fault),
    }
}

enum Failure {
    Unsupported(String),
    Fault(Box<Fault>),
}

type Written<T> = Result<T, Failure>;

/// What a value is in TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Plain,
    Array,
    Table,
    Tables,
}

struct Writer {
    out: TextBuilder,
}

fn unsupported<T>(message: impl Into<String>) -> Written<T> {
    Err(Failure::Unsupported(message.into()))
}

fn kind(value: &Value) -> Written<Kind> {
    Ok(match &value.data {
        Data::Absent | Data::Nil => Kind::Nothing,
        Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) if dict.is_nil() => Kind::Nothing,
        Data::Dict(_) | Data::Values(..) | Data::StringMap(_) | Data::Files(_) | Data::Record(_) => {
            Kind::Table
        }
        Data::List(list) if list.is_nil() => Kind::Nothing,
        Data::List(list) => {
            let mut tables = !list.is_empty();
            for item in list.items() {
                match kind(item)? {
                    Kind::Nothing => return unsupported("toml: cannot encode array with nil element"),
                    Kind::Table => {}
                    _ => tables = false,
                }
            }
            if tables { Kind::Tables } else { Kind::Array }
        }
        Data::Bytes(_) => Kind::Array,
        Data::Complex(_) => return unsupported("unsupported type: complex128"),
        _ => Kind::Plain,
    })
}

fn members(value: &Value) -> Vec<(String, Origins, Value)> {
    match &value.data {
        Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => dict
            .members()
            .into_iter()
            .map(|(key, member)| (sanitized(&key).into_owned(), member.key_origins, member.value))
            .collect(),
        Data::Files(files) => files
            .iter()
            .map(|(path, text)| {
                let content = Value::new(Data::Bytes(text.clone()), Origins::NONE);
                (sanitized(path).into_owned(), Origins::NONE, content)
            })
            .collect(),
        Data::Record(record) => record
            .visible()
            .map(|(field, value)| (field.name.to_owned(), Origins::NONE, value.clone()))
            .collect(),
        _ => Vec::new(),
    }
}

fn bare_or_quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            _ if character < ' ' || character == '\u{7f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

impl Writer {
    fn put(&mut self, text: &str, origins: &Origins) {
        self.out.push(text.as_bytes(), &Mark::value(origins.clone()));
    }

    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push_along(b"\n");
        }
    }

    fn check(&self, depth: usize) -> Written<()> {
        if depth > MAX_DEPTH {
            return Err(Failure::Fault(Box::new(Fault::of(
                FaultKind::Limit,
                format!("values nested deeper than {MAX_DEPTH} levels are not written"),
            ))));
        }
        if self.out.len() > crate::helm::go::print::MAX_BYTES {
            return Err(Failure::Fault(Box::new(Session::too_large())));
        }
        Ok(())
    }

    fn indent(&mut self, path: &[(String, Origins)]) {
        let spaces = " ".repeat(2 * path.len().saturating_sub(1));
        self.put(&spaces, &Origins::NONE);
    }

    fn header(&mut self, path: &[(String, Origins)], open: &str, close: &str) {
        self.indent(path);
        let name: Vec<String> = path.iter().map(|(key, _)| bare_or_quoted(key)).collect();
        let origins = path.last().map(|(_, origins)| origins.clone()).unwrap_or_default();
        self.put(&format!("{open}{}{close}", name.join(".")), &origins);
        self.newline();
    }

    fn encode(&mut self, path: &[(String, Origins)], value: &Value, depth: usize) -> Written<()> {
        self.check(depth)?;
        match kind(value)? {
            Kind::Nothing => Ok(()),
            Kind::Plain | Kind::Array => self.pair(path, value, depth, false),
            Kind::Tables => {
                if path.is_empty() {
                    return unsupported("toml: top-level values must be Go maps or structs");
                }
                for item in value.as_list().map(crate::helm::value::List::items).unwrap_or_default() {
                    self.newline();
                    self.header(path, "[[", "]]");
                    self.table(path, item, depth + 1)?;
                }
                Ok(())
            }
            Kind::Table => {
                if path.len() == 1 {
                    self.newline();
                }
                if !path.is_empty() {
                    self.header(path, "[", "]");
                }
                self.table(path, value, depth + 1)
            }
        }
    }

    /// The members of a table: plain ones first, tables after them.
    fn table(&mut self, path: &[(String, Origins)], value: &Value, depth: usize) -> Written<()> {
        let mut later = Vec::new();
        for (key, origins, member) in members(value) {
            match kind(&member)? {
                Kind::Nothing => {}
                Kind::Table | Kind::Tables => later.push((key, origins, member)),
                Kind::Plain | Kind::Array => {
                    let path = [path, &[(key, origins)]].concat();
                    self.encode(&path, &member, depth + 1)?;
                }
            }
        }
        for (key, origins, member) in later {
            let path = [path, &[(key, origins)]].concat();
            self.encode(&path, &member, depth + 1)?;
        }
        Ok(())
    }

    fn pair(&mut self, path: &[(String, Origins)], value: &Value, depth: usize, inline: bool) -> Written<()> {
        let Some((key, origins)) = path.last() else { return self.element(value, depth) };
        self.indent(path);
        self.put(&format!("{} = ", bare_or_quoted(key)), origins);
        self.element(value, depth + 1)?;
        if !inline {
            self.newline();
        }
        Ok(())
    }

    fn element(&mut self, value: &Value, depth: usize) -> Written<()> {
        self.check(depth)?;
        let origins = &value.origins;
        match &value.data {
            Data::String(text) => self.put(&quoted(&sanitized(text.bytes())), &text.origins()),
            Data::Bool(truth) => self.put(if *truth { "true" } else { "false" }, origins),
            Data::Int(number) | Data::Int64(number) | Data::Month(number) | Data::Weekday(number) => {
                self.put(&number.to_string(), origins);
            }
            Data::Uint64(number) => self.put(&number.to_string(), origins),
            Data::Duration(nanos) => {
                self.put(&quoted(&crate::helm::moment::duration_text(*nanos)), origins);
            }
            Data::Float(number) => {
                let text = match *number {
                    number if number.is_nan() => "nan".to_owned(),
                    f64::INFINITY => "inf".to_owned(),
                    f64::NEG_INFINITY => "-inf".to_owned(),
                    number => {
                        let text = numbers::float_text(number);
                        if text.contains(['e', '.']) { text } else { text + ".0" }
                    }
                };
                self.put(&text, origins);
            }
            Data::Time(moment) => {
                self.put(&moment.format("2006-01-02T15:04:05.999999999Z07:00"), origins);
            }
            Data::Version(version) => self.put(&quoted(&version.to_string()), origins),
            Data::List(_) | Data::Bytes(_) => {
                let items = match &value.data {
                    Data::List(list) => list.items().to_vec(),
                    Data::Bytes(text) => {
                        let byte = |byte: &u8| Value::new(Data::Uint64((*byte).into()), Origins::NONE);
                        text.bytes().iter().map(byte).collect()
                    }
                    _ => Vec::new(),
                };
                self.put("[", origins);
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.out.push_along(b", ");
                    }
                    self.element(item, depth + 1)?;
                }
                self.out.push_along(b"]");
            }
            Data::Dict(_) | Data::Values(..) | Data::StringMap(_) | Data::Files(_) | Data::Record(_) => {
                let (mut plain, mut tables) = (Vec::new(), Vec::new());
                for member in members(value) {
                    match kind(&member.2)? {
                        Kind::Nothing => {}
                        Kind::Table | Kind::Tables => tables.push(member),
                        Kind::Plain | Kind::Array => plain.push(member),
                    }
                }
                self.put("{", origins);
                for (at, (key, origins, member)) in plain.into_iter().chain(tables).enumerate() {
                    if at > 0 {
                        self.out.push_along(b", ");
                    }
                    self.pair(&[(key, origins)], &member, depth + 1, true)?;
                }
                self.out.push_along(b"}");
            }
            Data::Absent | Data::Nil | Data::Complex(_) => {
                return unsupported(format!("unexpected type: {}", value.type_name()));
            }
        }
        Ok(())
    }
}
