//! JSON, as Go reads it into an `interface{}`.

use std::collections::BTreeMap;

use crate::helm::go::quote;
use crate::helm::go::runes;
use crate::helm::text::Text;
use crate::helm::text::part;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Key;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;

/// Go's limit, lowered to what a call stack bears.
const MAX_DEPTH: usize = 2_000;

/// `json.Unmarshal`; the error is Go's text.
pub(crate) fn parse(text: &Text) -> Result<Value, String> {
    let mut reader = Reader { text, bytes: text.bytes(), at: 0 };
    reader.blanks();
    let value = reader.value(0)?;
    reader.blanks();
    if reader.at < reader.bytes.len() {
        return reader.fail("after top-level value");
    }
    Ok(value)
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

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn fail<T>(&self, context: &str) -> Result<T, String> {
        let Some(byte) = self.peek() else { return Err("unexpected end of JSON input".to_owned()) };
        let shown = match byte {
            b'\'' => "'\\''".to_owned(),
            b'"' => "'\"'".to_owned(),
            _ => String::from_utf8_lossy(&quote::quote_rune(char::from(byte), false)).into_owned(),
        };
        Err(format!("invalid character {shown} {context}"))
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err("exceeded max depth".to_owned());
        }
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                let bytes = self.string()?;
                Ok(Value::string(bytes, self.text.origins_in(start..self.at)))
            }
            Some(b't') => self.word("true", Data::Bool(true)),
            Some(b'f') => self.word("false", Data::Bool(false)),
            Some(b'n') => self.word("null", Data::Nil),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.fail("looking for beginning of value"),
        }
    }

    fn word(&mut self, word: &str, data: Data) -> Result<Value, String> {
        let start = self.at;
        for (at, byte) in word.bytes().enumerate() {
            if self.peek() != Some(byte) {
                let wanted = char::from(byte);
                let _ = at;
                return self.fail(&format!("in literal {word} (expecting '{wanted}')"));
            }
            self.at += 1;
        }
        Ok(Value::new(data, self.text.origins_in(start..self.at)))
    }

    fn digits(&mut self, context: &str) -> Result<(), String> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.fail(context);
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = part(self.bytes, start..self.at);
        let number = crate::helm::go::numbers::parse_float(text).map_err(|_| {
            let text = String::from_utf8_lossy(text);
            format!("json: cannot unmarshal number {text} into Go value of type float64")
        })?;
        Ok(Value::new(Data::Float(number), self.text.origins_in(start..self.at)))
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                self.blanks();
                items.push(self.value(depth + 1)?);
                self.blanks();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => {
                        self.at += 1;
                        break;
                    }
                    _ => return self.fail("after array element"),
                }
            }
        }
        Ok(Value::new(Data::List(List::new(items)), self.text.origins_in(start..start + 1)))
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let start = self.at;
        self.at += 1;
        let mut members: BTreeMap<Key, Member> = BTreeMap::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                self.blanks();
                let key_start = self.at;
                if self.peek() != Some(b'"') {
                    return self.fail("looking for beginning of object key string");
                }
                let key = self.string()?;
                let key_origins = self.text.origins_in(key_start..self.at);
                self.blanks();
                if self.peek() != Some(b':') {
                    return self.fail("after object key");
                }
                self.at += 1;
                self.blanks();
                let value = self.value(depth + 1)?;
                members.insert(key.into(), Member { key_origins, value });
                self.blanks();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => {
                        self.at += 1;
                        break;
                    }
                    _ => return self.fail("after object key:value pair"),
                }
            }
        }
        Ok(Value::new(Data::Dict(Dict::of(members)), self.text.origins_in(start..start + 1)))
    }

    fn hex(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return self.fail("in \\u hexadecimal character escape");
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn string(&mut self) -> Result<Vec<u8>, String> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let Some(byte) = self.peek() else { return self.fail("") };
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => {
                    self.at += 1;
                    let Some(escape) = self.peek() else { return self.fail("") };
                    let plain = match escape {
                        b'"' | b'\\' | b'/' => escape,
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'u' => {
                            self.at += 1;
                            let code = self.hex()?;
                            self.push_code(code, &mut out)?;
                            continue;
                        }
                        _ => return self.fail("in string escape code"),
                    };
                    out.push(plain);
                    self.at += 1;
                }
                0..=0x1f => return self.fail("in string literal"),
                0x20..=0x7f => {
                    out.push(byte);
                    self.at += 1;
                }
                _ => {
                    let rest = part(self.bytes, self.at..self.bytes.len());
                    let Some((character, width)) = runes::first(rest) else { return self.fail("") };
                    runes::push(&mut out, character);
                    self.at += width;
                }
            }
        }
    }

    /// A code of `\u`: the halves of a pair belong together, a lone one becomes U+FFFD.
    fn push_code(&mut self, code: u32, out: &mut Vec<u8>) -> Result<(), String> {
        if (0xd800..0xdc00).contains(&code) && part(self.bytes, self.at..self.at + 2) == b"\\u" {
            let back = self.at;
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let pair = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                runes::push(out, char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(());
            }
            self.at = back;
        }
        runes::push(out, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(())
    }
}
