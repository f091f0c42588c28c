//! TOML, as `fromToml` reads it.

use crate::helm::go::numbers;
use crate::helm::go::quote::quote_rune;
use crate::helm::moment::Moment;
use crate::helm::text::Text;
use crate::helm::text::part;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;
use std::sync::Arc;

const MAX_DEPTH: usize = 500;

/// The table of a document; the error is a text.
pub(crate) fn parse(text: &Text) -> Result<Value, String> {
    let mut reader = Reader { text, bytes: text.bytes(), at: 0 };
    let root = Dict::new();
    let mut table = root.clone();
    loop {
        reader.skip_lines();
        let Some(byte) = reader.peek() else { break };
        if byte == b'[' {
            let array = reader.bytes.get(reader.at + 1) == Some(&b'[');
            reader.at += if array { 2 } else { 1 };
            let path = reader.path(true)?;
            if reader.peek() != Some(b']') {
                return reader.unexpected(NAME_ENDS);
            }
            reader.expect(b']')?;
            if array && reader.peek() == Some(b']') {
                reader.at += 1;
            } else if array {
                return reader.unexpected("end of table array name delimiter ']',");
            }
            table = open(&root, &path, array)?;
        } else {
            reader.pair(&table, 0)?;
        }
        reader.end_of_line()?;
    }
    Ok(root.into())
}

/// What may follow a part of a key, and of the name of a table.
const KEY_ENDS: &str = "'.' or '=',";
const NAME_ENDS: &str = "'.' or ']' to end table name,";

/// A key and the place of its text.
type Name = (Vec<u8>, std::ops::Range<usize>);

/// The table of a header, made where it is missing.
fn open(root: &Dict, path: &[Name], array: bool) -> Result<Dict, String> {
    let mut table = root.clone();
    for (at, (key, _)) in path.iter().enumerate() {
        let last = at + 1 == path.len();
        let shown = || String::from_utf8_lossy(key).into_owned();
        let known = table.get(key);
        let next = match known.as_ref().map(|value| &value.data) {
            None => {
                let inner = Dict::new();
                let value: Value = inner.clone().into();
                table.insert(key, if last && array { vec![value].into() } else { value });
                inner
            }
            Some(Data::Dict(dict)) if !(last && array) => dict.clone(),
            Some(Data::List(list)) if last && array => {
                let inner = Dict::new();
                let mut items = list.items().to_vec();
                items.push(inner.clone().into());
                table.insert(key, items);
                inner
            }
            Some(Data::List(list)) => match list.items().last().and_then(Value::as_dict) {
                Some(dict) => dict.clone(),
                None => return Err(format!("toml: key {} is not a table", shown())),
            },
            Some(_) => return Err(format!("toml: key {} was already created as a value", shown())),
        };
        table = next;
    }
    Ok(table)
}

struct Reader<'t> {
    text: &'t Text,
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        part(self.bytes, self.at..self.bytes.len())
    }

    fn fail<T>(&self, what: &str) -> Result<T, String> {
        let line = 1 + memchr::memchr_iter(b'\n', part(self.bytes, 0..self.at)).count();
        Err(format!("toml: line {line}: {what}"))
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn skip_lines(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'#') => self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len()),
                _ => return,
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        self.blanks();
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        self.fail(&format!("expected '{}'", char::from(byte)))
    }

    fn end_of_line(&mut self) -> Result<(), String> {
        self.blanks();
        match self.peek() {
            None | Some(b'\n' | b'#') => Ok(()),
            Some(b'\r') if self.bytes.get(self.at + 1) == Some(&b'\n') => Ok(()),
            Some(byte) => {
                let shown = char::from(byte);
                self.fail(&format!("expected a top-level item to end with a newline, comment, or EOF, but got '{shown}' instead"))
            }
        }
    }

    /// A key of one name or several, of a table's header or of a value.
    fn path(&mut self, header: bool) -> Result<Vec<Name>, String> {
        let mut path = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            match (self.peek(), header) {
                (None | Some(b']'), true) => {
                    return self.fail("unexpected end of table name (table names cannot be empty)");
                }
                (Some(b'.'), true) => {
                    return self.fail("unexpected table separator (table names cannot be empty)");
                }
                (None | Some(b'='), false) if path.is_empty() => {
                    return self.fail("unexpected '=': key name appears blank");
                }
                (Some(b'.'), false) if path.is_empty() => {
                    return self.fail("unexpected '.': keys cannot start with a '.'");
                }
                (None | Some(b'='), false) => return self.fail("unexpected '='"),
                (Some(b'.'), false) => return self.fail("unexpected '.'"),
                _ => {}
            }
            let key = if let Some(b'"' | b'\'') = self.peek() {
                self.string(false)?
            } else {
                while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
                    self.at += 1;
                }
                if self.at == start {
                    return self.unexpected(if header { NAME_ENDS } else { KEY_ENDS });
                }
                part(self.bytes, start..self.at).to_vec()
            };
            path.push((key, start..self.at));
            self.blanks();
            if self.peek() != Some(b'.') {
                return Ok(path);
            }
            self.at += 1;
        }
    }

    /// What stands where a key should go on.
    fn unexpected<T>(&self, wanted: &str) -> Result<T, String> {
        let rest = String::from_utf8_lossy(self.rest());
        let character = rest.chars().next().unwrap_or_default();
        let shown = quote_rune(character, false);
        let shown = String::from_utf8_lossy(&shown);
        self.fail(&format!("expected {wanted} but got {shown} instead"))
    }

    fn pair(&mut self, table: &Dict, depth: usize) -> Result<(), String> {
        let path = self.path(false)?;
        self.blanks();
        match self.peek() {
            Some(b'=') => self.at += 1,
            None => return self.fail("unexpected EOF; expected key separator '='"),
            Some(_) => return self.unexpected(KEY_ENDS),
        }
        self.blanks();
        let Some(((key, range), above)) = path.split_last() else { return self.unexpected(KEY_ENDS) };
        let table = open(table, above, false)?;
        if table.contains(key) {
            let shown = String::from_utf8_lossy(key).into_owned();
            return self.fail(&format!("Key '{shown}' has already been defined."));
        }
        let value = self.value(depth + 1)?;
        table.insert_member(key, Member { key_origins: self.text.origins_in(range.clone()), value });
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return self.fail("nested too deeply");
        }
        let start = self.at;
        match self.peek() {
            Some(b'"' | b'\'') => {
                let text = self.string(true)?;
                Ok(Value::string(text, self.text.origins_in(start..self.at)))
            }
            Some(b'[') => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.skip_lines();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                        break;
                    }
                    items.push(self.value(depth + 1)?);
                    self.skip_lines();
                    match self.peek() {
                        Some(b',') => self.at += 1,
                        Some(b']') => {}
                        _ => return self.fail("expected a comma (',') or array terminator (']')"),
                    }
                }
                Ok(Value::new(Data::List(List::new(items)), self.text.origins_in(start..self.at)))
            }
            Some(b'{') => {
                self.at += 1;
                let table = Dict::new();
                self.blanks();
                if self.peek() == Some(b'}') {
                    self.at += 1;
                    return Ok(table.into());
                }
                loop {
                    self.pair(&table, depth + 1)?;
                    self.blanks();
                    match self.peek() {
                        Some(b',') => self.at += 1,
                        Some(b'}') => {
                            self.at += 1;
                            break;
                        }
                        _ => return self.fail("expected a comma or an inline table terminator '}'"),
                    }
                }
                Ok(Value::new(Data::Dict(table), self.text.origins_in(start..start + 1)))
            }
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value, String> {
        let start = self.at;
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b'#' | b' ' | b'\t' | b'\r' | b'\n');
        self.at += self.rest().iter().position(ends).unwrap_or(self.rest().len());
        // A date and a time may have a blank between them.
        if self.peek() == Some(b' ')
            && self.at - start == 10
            && part(self.bytes, start..self.at).get(4) == Some(&b'-')
            && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit)
        {
            self.at += 1;
            self.at += self.rest().iter().position(ends).unwrap_or(self.rest().len());
        }
        let origins = self.text.origins_in(start..self.at);
        let word = String::from_utf8_lossy(part(self.bytes, start..self.at)).into_owned();
        let data = match word.as_str() {
            "true" => Data::Bool(true),
            "false" => Data::Bool(false),
            "inf" | "+inf" => Data::Float(f64::INFINITY),
            "-inf" => Data::Float(f64::NEG_INFINITY),
            "nan" | "+nan" | "-nan" => Data::Float(f64::NAN),
            _ => match number(&word).or_else(|| time(&word)) {
                Some(data) => data,
                None => return self.fail(&format!("expected value but found {word:?} instead")),
            },
        };
        Ok(Value::new(data, origins))
    }

    fn string(&mut self, lines: bool) -> Result<Vec<u8>, String> {
        let delimiter = self.peek().unwrap_or(b'"');
        let triple = [delimiter; 3];
        let long = lines && self.rest().starts_with(&triple);
        self.at += if long { 3 } else { 1 };
        if long {
            if self.peek() == Some(b'\r') {
                self.at += 1;
            }
            if self.peek() == Some(b'\n') {
                self.at += 1;
            }
        }
        let mut out = Vec::new();
        loop {
            let Some(byte) = self.peek() else { return self.fail("unexpected EOF; expected '\"'") };
            if long && self.rest().starts_with(&triple) {
                self.at += 3;
                // Up to two more delimiters belong to the text.
                while out.len() < usize::MAX && self.peek() == Some(delimiter) {
                    out.push(delimiter);
                    self.at += 1;
                }
                return Ok(out);
            }
            if !long && byte == delimiter {
                self.at += 1;
                return Ok(out);
            }
            if !long && byte == b'\n' {
                return self.fail("strings cannot contain newlines");
            }
            self.at += 1;
            if byte != b'\\' || delimiter == b'\'' {
                out.push(byte);
                continue;
            }
            let Some(escape) = self.peek() else { return self.fail("unexpected EOF") };
            self.at += 1;
            match escape {
                b'b' => out.push(8),
                b't' => out.push(b'\t'),
                b'n' => out.push(b'\n'),
                b'f' => out.push(12),
                b'r' => out.push(b'\r'),
                b'e' => out.push(27),
                b'"' | b'\\' => out.push(escape),
                b'x' | b'u' | b'U' => {
                    let count = match escape {
                        b'x' => 2,
                        b'u' => 4,
                        _ => 8,
                    };
                    let digits = part(self.bytes, self.at..self.at + count);
                    let code = std::str::from_utf8(digits).ok().and_then(|d| u32::from_str_radix(d, 16).ok());
                    let Some(character) = code.and_then(char::from_u32).filter(|_| digits.len() == count)
                    else {
                        return self.fail("invalid escape character");
                    };
                    crate::helm::go::runes::push(&mut out, character);
                    self.at += count;
                }
                b' ' | b'\t' | b'\r' | b'\n' if long => {
                    while self.peek().is_some_and(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')) {
                        self.at += 1;
                    }
                }
                _ => return self.fail(&format!("invalid escape character '{}'", char::from(escape))),
            }
        }
    }
}

fn number(word: &str) -> Option<Data> {
    let underscores = word.starts_with('_') || word.ends_with('_') || word.contains("__");
    if underscores || !word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')) {
        return None;
    }
    let plain: String = word.chars().filter(|c| *c != '_').collect();
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let prefixed = ["0x", "0o", "0b"].iter().any(|prefix| unsigned.starts_with(prefix));
    let leading = unsigned.len() > 1 && unsigned.starts_with('0') && !prefixed;
    if prefixed || unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        if leading {
            return None;
        }
        return numbers::parse_int(plain.as_bytes()).ok().map(Data::Int64);
    }
    let float = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let point_ok = !unsigned.starts_with('.') && !unsigned.ends_with('.') && !unsigned.contains(".e");
    let dashes = unsigned.matches('-').count() > 1;
    (float && point_ok && !dashes).then(|| numbers::parse_float(plain.as_bytes()).ok().map(Data::Float))?
}

fn time(word: &str) -> Option<Data> {
    let zoned = ["2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00"];
    let local = [
        "2006-01-02T15:04:05.999999999",
        "2006-01-02 15:04:05.999999999",
        "2006-01-02",
        "15:04:05.999999999",
    ];
    let utc = jiff::tz::TimeZone::UTC;
    let word = word.replace('t', "T").replace('z', "Z");
    let moment =
        zoned.iter().chain(&local).find_map(|layout| crate::helm::moment::parse(layout, &word, &utc).ok())?;
    Some(Data::Time(Arc::new(Moment::clone(&moment))))
}
