//! JSON, as Go writes it.

#![expect(
    clippy::format_push_string,
    reason = "short pieces; `write!` would bring an error that cannot happen"
)]

use std::borrow::Cow;

use crate::helm::emit::MAX_DEPTH;
use crate::helm::functions::Fault;
use crate::helm::functions::FaultKind;
use crate::helm::functions::Session;
use crate::helm::functions::empty;
use crate::helm::go::numbers;
use crate::helm::record::Field;
use crate::helm::record::Record;
use crate::helm::text::Mark;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::value::Data;
use crate::helm::value::Value;

/// How to write.
#[derive(Clone, Copy, Default)]
pub(crate) struct Options {
    /// Members on lines of their own, indented by two.
    pub(crate) pretty: bool,
    /// `<`, `>` and `&` as they are.
    pub(crate) raw: bool,
}

/// `json.Marshal`; the inner error is Go's text.
pub(crate) fn to_json(value: &Value, options: Options) -> Result<Result<Text, String>, Fault> {
    let mut writer = Writer { out: TextBuilder::new(), options };
    match writer.value(value, 0) {
        Ok(()) => Ok(Ok(writer.out.finish())),
        Err(Failure::Unsupported(message)) => Ok(Err(message)),
        Err(Failure::Fault(fault)) => Err(*fault),
    }
}

pub(crate) fn too_deep() -> Fault {
    Fault::of(FaultKind::Limit, format!("values nested deeper than {MAX_DEPTH} levels are not written"))
}

/// Text as JSON has it: what is not UTF-8 becomes U+FFFD, byte by byte.
pub(crate) fn sanitized(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(crate::helm::go::runes::all(bytes).map(|(_, character, _)| character).collect()),
    }
}

/// The members of a struct that JSON shows.
pub(crate) fn members(record: &Record) -> impl Iterator<Item = (&'static Field, &Value)> {
    record.visible().filter(|(field, value)| {
        let structure = matches!(value.data, Data::Record(_));
        !field.omit_empty || structure || !empty(value)
    })
}

enum Failure {
    Unsupported(String),
    Fault(Box<Fault>),
}

struct Writer {
    out: TextBuilder,
    options: Options,
}

impl Writer {
    fn line(&mut self, depth: usize) {
        if self.options.pretty {
            self.out.push_along(b"\n");
            self.out.push_along(&vec![b' '; 2 * depth]);
        }
    }

    fn put(&mut self, text: &str, origins: &Origins) {
        self.out.push(text.as_bytes(), &Mark::value(origins.clone()));
    }

    fn string(&mut self, text: &str, origins: &Origins) {
        self.put(&quoted(text, self.options.raw), origins);
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Failure> {
        if depth > MAX_DEPTH {
            return Err(Failure::Fault(Box::new(too_deep())));
        }
        if self.out.len() > crate::helm::go::print::MAX_BYTES {
            return Err(Failure::Fault(Box::new(Session::too_large())));
        }
        let origins = &value.origins;
        match &value.data {
            Data::Absent | Data::Nil => self.put("null", origins),
            Data::Bool(truth) => self.put(if *truth { "true" } else { "false" }, origins),
            Data::Int(number)
            | Data::Int64(number)
            | Data::Duration(number)
            | Data::Month(number)
            | Data::Weekday(number) => self.put(&number.to_string(), origins),
            Data::Uint64(number) => self.put(&number.to_string(), origins),
            Data::Float(number) => {
                if !number.is_finite() {
                    let shown = numbers::float_text(*number);
                    return Err(Failure::Unsupported(format!("json: unsupported value: {shown}")));
                }
                self.put(&number_text(*number), origins);
            }
            Data::Complex(_) => {
                return Err(Failure::Unsupported("json: unsupported type: complex128".to_owned()));
            }
            Data::String(text) => self.string(&sanitized(text.bytes()), &text.origins()),
            Data::Bytes(text) => {
                let encoded = crate::helm::functions::base64_encode(text.bytes());
                self.string(&String::from_utf8_lossy(&encoded), &text.origins());
            }
            Data::Time(moment) => {
                self.string(&moment.format("2006-01-02T15:04:05.999999999Z07:00"), origins);
            }
            Data::Version(version) => self.string(&version.to_string(), origins),
            Data::List(list) if list.is_nil() => self.put("null", origins),
            Data::List(list) => {
                self.put("[", origins);
                for (at, item) in list.items().iter().enumerate() {
                    if at > 0 {
                        self.out.push_along(b",");
                    }
                    self.line(depth + 1);
                    self.value(item, depth + 1)?;
                }
                if !list.is_empty() {
                    self.line(depth);
                }
                self.out.push_along(b"]");
            }
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => {
                if dict.is_nil() {
                    self.put("null", origins);
                    return Ok(());
                }
                let members = dict.members();
                let members = members
                    .iter()
                    .map(|(key, member)| (sanitized(key), &member.key_origins, Cow::Borrowed(&member.value)));
                self.object(members, origins, depth)?;
            }
            Data::Files(files) => {
                let members = files.iter().map(|(path, text)| {
                    let content = Value::new(Data::Bytes(text.clone()), Origins::NONE);
                    (sanitized(path), &Origins::NONE, Cow::Owned(content))
                });
                self.object(members, origins, depth)?;
            }
            Data::Record(record) => {
                let members = members(record)
                    .map(|(field, value)| (Cow::Borrowed(field.json), &Origins::NONE, Cow::Borrowed(value)));
                self.object(members, origins, depth)?;
            }
        }
        Ok(())
    }

    fn object<'m>(
        &mut self,
        members: impl Iterator<Item = (Cow<'m, str>, &'m Origins, Cow<'m, Value>)>,
        origins: &Origins,
        depth: usize,
    ) -> Result<(), Failure> {
        self.put("{", origins);
        let mut any = false;
        for (key, key_origins, value) in members {
            if any {
                self.out.push_along(b",");
            }
            any = true;
            self.line(depth + 1);
            self.string(&key, key_origins);
            self.out.push_along(if self.options.pretty { b": " } else { b":" });
            self.value(&value, depth + 1)?;
        }
        if any {
            self.line(depth);
        }
        self.out.push_along(b"}");
        Ok(())
    }
}

/// A number as `encoding/json` writes it.
pub(crate) fn number_text(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = numbers::format_float(number, b'e', None);
        // An exponent of one digit loses its zero.
        return match text.split_once("e-0") {
            Some((mantissa, digit)) => format!("{mantissa}e-{digit}"),
            None => text,
        };
    }
    numbers::format_float(number, b'f', None)
}

fn quoted(text: &str, raw: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' if !raw => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ if character < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            // U+FFFD that stands for a broken byte is written as an escape; one that was there is not told apart.
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}
