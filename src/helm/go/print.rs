//! Go's `fmt`: `print`, `printf`, `%v`, on values with origins.

#![expect(
    clippy::format_push_string,
    reason = "short pieces; `write!` would bring an error that cannot happen"
)]

use std::sync::LazyLock;

use crate::helm::go::numbers;
use crate::helm::go::quote;
use crate::helm::go::runes;
use crate::helm::moment::Moment;
use crate::helm::text::Mark;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::value::Data;
use crate::helm::value::Key;
use crate::helm::value::Value;

/// Collections nested deeper than this print as `…`.
const MAX_DEPTH: usize = 2_000;
/// What is printed of one call; the rest is cut, and the limit on texts reports it.
pub(crate) const MAX_BYTES: usize = 17 << 20;
/// Widths and precisions above this count as malformed, as in Go.
const TOO_LARGE: i64 = 1_000_000;

/// The text of `{{ value }}`: what `%v` prints, save that no value at all is `<no value>`.
pub(crate) fn action_text(value: &Value) -> Text {
    match &value.data {
        Data::String(text) => text.clone(),
        Data::Absent => Text::of_value("<no value>", value.origins.clone()),
        // This one is reached through a pointer, so that its method counts.
        Data::Record(record) if matches!(record.kind(), crate::helm::record::RecordKind::KubeVersion(_)) => {
            record.constraint_version().and_then(Value::as_text).cloned().unwrap_or_default()
        }
        // A pointer is followed before it is printed.
        _ => value_text(value, true),
    }
}

/// `fmt.Sprintf("%v", value)`
pub(crate) fn sprint_one(value: &Value) -> Text {
    match &value.data {
        Data::String(text) => text.clone(),
        _ => value_text(value, false),
    }
}

fn value_text(value: &Value, followed: bool) -> Text {
    let mut printer = Printer { followed, ..Printer::default() };
    printer.argument(value, 'v');
    printer.out.finish()
}

/// `fmt.Sprint`: blanks between two operands of which neither is a string.
pub(crate) fn sprint(arguments: &[Value]) -> Text {
    if let [only] = arguments {
        return sprint_one(only);
    }
    let mut printer = Printer::default();
    let mut string_before = true;
    for (at, argument) in arguments.iter().enumerate() {
        let string = matches!(argument.data, Data::String(_));
        if at > 0 && !string && !string_before {
            printer.out.push_along(b" ");
        }
        printer.argument(argument, 'v');
        string_before = string;
    }
    printer.out.finish()
}

/// `fmt.Sprintln`
pub(crate) fn sprintln(arguments: &[Value]) -> Text {
    let mut printer = Printer::default();
    for (at, argument) in arguments.iter().enumerate() {
        if at > 0 {
            printer.out.push_along(b" ");
        }
        printer.argument(argument, 'v');
    }
    printer.out.push_along(b"\n");
    printer.out.finish()
}

/// `fmt.Sprintf`
pub(crate) fn sprintf(format: &Text, arguments: &[Value]) -> Text {
    Printer::default().format(format, arguments)
}

#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a format are independent of each other")]
struct Flags {
    sharp: bool,
    zero: bool,
    plus: bool,
    minus: bool,
    space: bool,
    sharp_v: bool,
    plus_v: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

impl Flags {
    /// True where no flag changes how a whole number is printed.
    fn is_bare(self) -> bool {
        let shape = self.sharp || self.zero || self.plus || self.minus || self.space;
        !shape && self.width.is_none() && self.precision.is_none()
    }
}

/// Every byte in decimal: a file that is printed as `[]byte` has many.
static DECIMAL: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..=u8::MAX).map(|byte| byte.to_string()).collect());

#[derive(Default)]
struct Printer {
    out: TextBuilder,
    mark: Mark,
    flags: Flags,
    erroring: bool,
    followed: bool,
}

impl Printer {
    fn write(&mut self, bytes: &[u8]) {
        if self.out.len() < MAX_BYTES {
            self.out.push(bytes, &self.mark);
        }
    }

    fn padding(&mut self, count: usize) {
        let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        self.write(&vec![byte; count]);
    }

    fn pad(&mut self, bytes: &[u8]) {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(runes::count(bytes));
        if self.flags.minus {
            self.write(bytes);
            self.padding(missing);
        } else {
            self.padding(missing);
            self.write(bytes);
        }
    }

    fn pad_without_zeros(&mut self, bytes: &[u8]) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(bytes);
        self.flags.zero = zero;
    }

    fn bad_verb(&mut self, verb: char, value: &Value) {
        self.erroring = true;
        self.write(b"%!");
        self.write(verb.to_string().as_bytes());
        self.write(b"(");
        if matches!(value.data, Data::Nil | Data::Absent) {
            self.write(b"<nil>");
        } else {
            self.write(value.type_name().as_bytes());
            self.write(b"=");
            self.value(value, 'v', 0);
        }
        self.write(b")");
        self.erroring = false;
    }

    fn argument(&mut self, value: &Value, verb: char) {
        self.mark = Mark::value(match &value.data {
            Data::String(_) | Data::Bytes(_) => crate::helm::text::Origins::NONE,
            _ => value.origins.clone(),
        });
        match &value.data {
            Data::Nil | Data::Absent => match verb {
                'T' | 'v' => self.pad(b"<nil>"),
                _ => self.bad_verb(verb, value),
            },
            _ if verb == 'T' => self.string_bytes(value.type_name().as_bytes(), 's', value),
            _ if verb == 'p' => match &value.data {
                Data::Dict(_)
                | Data::Values(..)
                | Data::StringMap(_)
                | Data::List(_)
                | Data::Bytes(_)
                | Data::Files(_) => {
                    // An address differs from run to run: any fixed one will do.
                    self.integer(0xc000_0000_0000, false, 16, 'v', value);
                }
                _ => self.bad_verb(verb, value),
            },
            _ => self.value(value, verb, 0),
        }
    }

    /// A value below an argument, or the argument itself.
    fn value(&mut self, value: &Value, verb: char, depth: usize) {
        if depth > MAX_DEPTH || self.out.len() > MAX_BYTES {
            self.write("…".as_bytes());
            return;
        }
        if depth > 0 && !value.origins.is_none() {
            self.mark = Mark::value(value.origins.clone());
        }
        if !self.erroring
            && !self.flags.sharp_v
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = stringer(value)
        {
            self.string_bytes(text.as_bytes(), verb, value);
            return;
        }
        match &value.data {
            Data::Absent | Data::Nil => {
                if self.flags.sharp_v {
                    self.write(b"interface {}(nil)");
                } else {
                    self.write(b"<nil>");
                }
            }
            Data::Bool(truth) => match verb {
                't' | 'v' => self.pad(if *truth { b"true" } else { b"false" }),
                _ => self.bad_verb(verb, value),
            },
            Data::Int(number)
            | Data::Int64(number)
            | Data::Duration(number)
            | Data::Month(number)
            | Data::Weekday(number) => self.number(number.unsigned_abs(), *number < 0, true, verb, value),
            Data::Uint64(number) => self.number(*number, false, false, verb, value),
            Data::Float(number) => self.float_verb(*number, verb, value),
            Data::Complex(parts) => match verb {
                'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E' => {
                    let plus = self.flags.plus;
                    self.write(b"(");
                    self.float_verb(parts.0, verb, value);
                    self.flags.plus = true;
                    self.float_verb(parts.1, verb, value);
                    self.write(b"i)");
                    self.flags.plus = plus;
                }
                _ => self.bad_verb(verb, value),
            },
            Data::String(text) => self.string(text, verb, value),
            Data::Bytes(text) => self.bytes(text.bytes(), verb, value),
            Data::List(list) => {
                let (open, between, close) = self.brackets(value, b"[", b"]");
                self.write(&open);
                if !(self.flags.sharp_v && list.is_nil()) {
                    for (at, item) in list.items().iter().enumerate() {
                        if at > 0 {
                            self.out.push_along(between);
                        }
                        self.value(item, verb, depth + 1);
                    }
                }
                self.write(close);
            }
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => {
                let members = dict.members();
                let members: Vec<_> = members
                    .iter()
                    .map(|(key, member)| (key, &member.key_origins, member.value.clone()))
                    .collect();
                self.map(value, &members, verb, depth);
            }
            Data::Files(files) => {
                let members: Vec<_> = files
                    .iter()
                    .map(|(path, text)| {
                        let content = Value::new(Data::Bytes(text.clone()), crate::helm::text::Origins::NONE);
                        (path, &crate::helm::text::Origins::NONE, content)
                    })
                    .collect();
                self.map(value, &members, verb, depth);
            }
            Data::Record(record) => {
                let pointer = record.kind().is_pointer();
                if pointer && depth > 0 {
                    self.write(b"0xc000000000");
                    return;
                }
                if pointer && !self.followed {
                    self.write(b"&");
                }
                if self.flags.sharp_v {
                    let name = record.kind().type_name().trim_start_matches('*');
                    self.write(name.as_bytes());
                }
                self.write(b"{");
                // `.Chart` embeds the metadata as its first field.
                let embedded = record.kind() == crate::helm::record::RecordKind::Chart;
                if embedded {
                    self.write(if self.flags.plus_v { b"Metadata:{" } else { b"{" });
                }
                for (at, (field, member)) in record.fields().enumerate() {
                    if at > 0 {
                        if embedded && field.name == "IsRoot" {
                            self.write(b"}");
                        }
                        self.write(if self.flags.sharp_v { b", " } else { b" " });
                    }
                    if self.flags.plus_v || self.flags.sharp_v {
                        self.write(field.name.as_bytes());
                        self.write(b":");
                    }
                    self.value(member, verb, depth + 1);
                }
                self.write(b"}");
            }
            Data::Time(_) | Data::Version(_) => {
                let text = stringer(value).unwrap_or_default();
                self.string_bytes(text.as_bytes(), 's', value);
            }
        }
    }

    fn brackets(
        &self,
        value: &Value,
        open: &'static [u8],
        close: &'static [u8],
    ) -> (Vec<u8>, &'static [u8], &'static [u8]) {
        if self.flags.sharp_v {
            let nil = match &value.data {
                Data::List(list) => list.is_nil(),
                Data::Dict(dict) => dict.is_nil(),
                _ => false,
            };
            let end = if nil { "(nil)" } else { "{" };
            (format!("{}{end}", value.type_name()).into_bytes(), b", ", if nil { b"" } else { b"}" })
        } else {
            (open.to_vec(), b" ", close)
        }
    }

    fn map(
        &mut self,
        value: &Value,
        members: &[(&Key, &crate::helm::text::Origins, Value)],
        verb: char,
        depth: usize,
    ) {
        let (open, between, close) = self.brackets(value, b"map[", b"]");
        self.write(&open);
        for (at, (key, origins, member)) in members.iter().enumerate() {
            if at > 0 {
                self.out.push_along(between);
            }
            let key = Value::string(&***key, (*origins).clone());
            self.value(&key, verb, depth + 1);
            self.out.push_along(b":");
            self.value(member, verb, depth + 1);
        }
        self.write(close);
    }

    fn string(&mut self, text: &Text, verb: char, value: &Value) {
        let simple = self.flags.width.is_none() && self.flags.precision.is_none() && !self.flags.sharp_v;
        if simple && matches!(verb, 'v' | 's') {
            if self.out.len() < MAX_BYTES {
                self.out.push_text(text);
            }
            return;
        }
        self.mark = Mark { template: self.mark.template, ..text.mark() };
        self.string_bytes(text.bytes(), verb, value);
    }

    fn string_bytes(&mut self, text: &[u8], verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => {
                let text = self.cut(text).to_vec();
                self.pad(&text);
            }
            'x' | 'X' => self.hexadecimal(text, verb == 'X'),
            'q' => self.quoted(text),
            _ => self.bad_verb(verb, value),
        }
    }

    fn cut<'b>(&self, text: &'b [u8]) -> &'b [u8] {
        let Some(precision) = self.flags.precision else { return text };
        match runes::all(text).nth(precision) {
            Some((end, ..)) => text.get(..end).unwrap_or(text),
            None => text,
        }
    }

    fn quoted(&mut self, text: &[u8]) {
        let text = self.cut(text);
        let quoted = if self.flags.sharp && quote::can_backquote(text) {
            [b"`", text, b"`"].concat()
        } else if self.flags.plus {
            quote::quote_ascii(text)
        } else {
            quote::quote(text)
        };
        self.pad(&quoted);
    }

    fn hexadecimal(&mut self, text: &[u8], upper: bool) {
        let length = self.flags.precision.map_or(text.len(), |precision| precision.min(text.len()));
        let prefix = if upper { "0X" } else { "0x" };
        let mut out = String::new();
        for (at, byte) in text.iter().take(length).enumerate() {
            if self.flags.space && at > 0 {
                out.push(' ');
            }
            if self.flags.sharp && (self.flags.space || at == 0) {
                out.push_str(prefix);
            }
            out.push_str(&if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(out.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8], verb: char, value: &Value) {
        match verb {
            'v' | 'd' => {
                if self.flags.sharp_v {
                    let items: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:x}")).collect();
                    self.write(format!("[]byte{{{}}}", items.join(", ")).as_bytes());
                    return;
                }
                if self.flags.is_bare() {
                    let mut digits = String::with_capacity(2 + bytes.len() * 4);
                    for byte in bytes {
                        digits.push(if digits.is_empty() { '[' } else { ' ' });
                        digits.push_str(DECIMAL.get(usize::from(*byte)).map_or("", String::as_str));
                    }
                    digits.push_str(if bytes.is_empty() { "[]" } else { "]" });
                    self.write(digits.as_bytes());
                    return;
                }
                self.write(b"[");
                for (at, byte) in bytes.iter().enumerate() {
                    if at > 0 {
                        self.write(b" ");
                    }
                    self.number(u64::from(*byte), false, false, verb, value);
                }
                self.write(b"]");
            }
            's' | 'x' | 'X' | 'q' => self.string_bytes(bytes, verb, value),
            _ => {
                self.write(b"[");
                for (at, byte) in bytes.iter().enumerate() {
                    if at > 0 {
                        self.write(b" ");
                    }
                    let item = Value::new(Data::Uint64(u64::from(*byte)), value.origins());
                    self.number(u64::from(*byte), false, false, verb, &item);
                }
                self.write(b"]");
            }
        }
    }

    fn number(&mut self, size: u64, negative: bool, signed: bool, verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v && !signed => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.integer(size, negative, 16, 'v', value);
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.integer(size, negative, 10, verb, value),
            'b' => self.integer(size, negative, 2, verb, value),
            'o' | 'O' => self.integer(size, negative, 8, verb, value),
            'x' | 'X' => self.integer(size, negative, 16, verb, value),
            'c' | 'q' | 'U' => {
                let code = if negative { size.wrapping_neg() } else { size };
                let character = u32::try_from(code).ok().and_then(char::from_u32);
                let shown = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                match verb {
                    'c' => self.pad(shown.to_string().as_bytes()),
                    'q' => self.pad(&quote::quote_rune(shown, self.flags.plus)),
                    _ => {
                        let digits = self.flags.precision.unwrap_or(4).max(4);
                        let mut text = format!("U+{code:0digits$X}");
                        if let Some(character) = character.filter(|c| self.flags.sharp && runes::is_print(*c))
                        {
                            text.push_str(&format!(" '{character}'"));
                        }
                        self.pad_without_zeros(text.as_bytes());
                    }
                }
            }
            _ => self.bad_verb(verb, value),
        }
    }

    fn integer(&mut self, size: u64, negative: bool, radix: u8, verb: char, _value: &Value) {
        let flags = self.flags;
        let mut least = 0;
        if let Some(precision) = flags.precision {
            least = precision;
            if precision == 0 && size == 0 {
                let zero = std::mem::take(&mut self.flags.zero);
                self.padding(flags.width.unwrap_or(0));
                self.flags.zero = zero;
                return;
            }
        } else if flags.zero && !flags.minus && flags.width.is_some() {
            least = flags.width.unwrap_or(0);
            if negative || flags.plus || flags.space {
                least = least.saturating_sub(1);
            }
        }
        let digits = match radix {
            2 => format!("{size:b}"),
            8 => format!("{size:o}"),
            16 if verb == 'X' => format!("{size:X}"),
            16 => format!("{size:x}"),
            _ => size.to_string(),
        };
        let mut text = "0".repeat(least.saturating_sub(digits.len()));
        text.push_str(&digits);
        if flags.sharp {
            match radix {
                2 => text.insert_str(0, "0b"),
                8 if !text.starts_with('0') => text.insert(0, '0'),
                16 => text.insert_str(0, if verb == 'X' { "0X" } else { "0x" }),
                _ => {}
            }
        }
        if verb == 'O' {
            text.insert_str(0, "0o");
        }
        if negative {
            text.insert(0, '-');
        } else if flags.plus {
            text.insert(0, '+');
        } else if flags.space {
            text.insert(0, ' ');
        }
        self.pad_without_zeros(text.as_bytes());
    }

    fn float_verb(&mut self, number: f64, verb: char, value: &Value) {
        match verb {
            'v' | 'g' => self.float(number, b'g', None),
            'b' => self.float(number, b'b', None),
            'G' => self.float(number, b'G', None),
            'x' => self.float(number, b'x', None),
            'X' => self.float(number, b'X', None),
            'f' | 'F' => self.float(number, b'f', Some(6)),
            'e' => self.float(number, b'e', Some(6)),
            'E' => self.float(number, b'E', Some(6)),
            _ => self.bad_verb(verb, value),
        }
    }

    fn float(&mut self, number: f64, verb: u8, precision: Option<usize>) {
        let flags = self.flags;
        let precision = flags.precision.or(precision);
        let mut text = numbers::format_float(number, verb, precision);
        if !text.starts_with(['+', '-']) {
            text.insert(0, '+');
        }
        if flags.space && text.starts_with('+') && !flags.plus {
            text.replace_range(..1, " ");
        }
        if !number.is_finite() {
            if number.is_nan() && !flags.space && !flags.plus {
                text.remove(0);
            } else if !flags.plus && text.starts_with('+') {
                text.remove(0);
                text.insert(0, '+');
            }
            self.pad_without_zeros(text.as_bytes());
            return;
        }
        if flags.sharp && verb != b'b' {
            text = with_point(&text, verb, precision);
        }
        let signed = flags.plus || !text.starts_with('+');
        if !signed {
            text.remove(0);
            self.pad(text.as_bytes());
            return;
        }
        let width = flags.width.unwrap_or(0);
        if flags.zero && !flags.minus && width > text.len() {
            let sign: String = text.drain(..1).collect();
            self.write(sign.as_bytes());
            self.padding(width - text.len() - 1);
            self.write(text.as_bytes());
            return;
        }
        self.pad(text.as_bytes());
    }

    fn format(mut self, format: &Text, arguments: &[Value]) -> Text {
        let bytes = format.bytes();
        let end = bytes.len();
        let byte = |at: usize| bytes.get(at).copied();
        let mut next = 0;
        let mut reordered = false;
        let mut at = 0;
        while at < end {
            let start = at;
            while at < end && byte(at) != Some(b'%') {
                at += 1;
            }
            if at > start {
                self.out.push_part(format, start..at);
            }
            if at >= end {
                break;
            }
            at += 1;
            self.flags = Flags::default();
            self.mark = format.mark_of(at - 1..at);
            while let Some(flag) = byte(at) {
                match flag {
                    b'#' => self.flags.sharp = true,
                    b'0' => self.flags.zero = true,
                    b'+' => self.flags.plus = true,
                    b'-' => self.flags.minus = true,
                    b' ' => self.flags.space = true,
                    _ => break,
                }
                at += 1;
            }
            let mut good = true;
            let mut after_index =
                argument_index(bytes, &mut at, &mut next, arguments.len(), &mut reordered, &mut good);
            if byte(at) == Some(b'*') {
                at += 1;
                match integer_argument(arguments, &mut next) {
                    Some(width) => {
                        if width < 0 {
                            self.flags.minus = true;
                            self.flags.zero = false;
                        }
                        self.flags.width = usize::try_from(width.unsigned_abs()).ok();
                    }
                    None => self.write(b"%!(BADWIDTH)"),
                }
                after_index = false;
            } else {
                self.flags.width = parse_number(bytes, &mut at);
                if after_index && self.flags.width.is_some() {
                    good = false;
                }
            }
            if byte(at) == Some(b'.') && at + 1 < end {
                at += 1;
                if after_index {
                    good = false;
                }
                after_index =
                    argument_index(bytes, &mut at, &mut next, arguments.len(), &mut reordered, &mut good);
                if byte(at) == Some(b'*') {
                    at += 1;
                    match integer_argument(arguments, &mut next) {
                        Some(precision) if precision >= 0 => {
                            self.flags.precision = usize::try_from(precision).ok();
                        }
                        _ => self.write(b"%!(BADPREC)"),
                    }
                    after_index = false;
                } else {
                    self.flags.precision = Some(parse_number(bytes, &mut at).unwrap_or(0));
                }
            }
            if !after_index {
                argument_index(bytes, &mut at, &mut next, arguments.len(), &mut reordered, &mut good);
            }
            let Some((verb, width)) = bytes.get(at..).and_then(runes::first) else {
                self.write(b"%!(NOVERB)");
                break;
            };
            at += width;
            if verb == '%' {
                self.write(b"%");
            } else if !good {
                self.write(format!("%!{verb}(BADINDEX)").as_bytes());
            } else if let Some(argument) = arguments.get(next) {
                if matches!(verb, 'v' | 'w') {
                    self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
                    self.flags.plus_v = std::mem::take(&mut self.flags.plus);
                }
                self.argument(argument, verb);
                next += 1;
            } else {
                self.write(format!("%!{verb}(MISSING)").as_bytes());
            }
        }
        if !reordered && next < arguments.len() {
            self.flags = Flags::default();
            self.mark = Mark::default();
            self.write(b"%!(EXTRA ");
            for (at, argument) in arguments.iter().skip(next).enumerate() {
                if at > 0 {
                    self.write(b", ");
                }
                if !argument.is_nil() {
                    self.write(argument.type_name().as_bytes());
                    self.write(b"=");
                }
                self.argument(argument, 'v');
            }
            self.write(b")");
        }
        self.out.finish()
    }
}

/// `%#g` keeps the point and trailing zeros.
fn with_point(text: &str, verb: u8, precision: Option<usize>) -> String {
    let mut digits = match verb {
        b'v' | b'g' | b'G' | b'x' => precision.map_or(6, numbers::int),
        _ => 0,
    };
    let split = text
        .char_indices()
        .skip(1)
        .find(|(_, c)| matches!(c, 'p' | 'P') || matches!(c, 'e' | 'E') && !matches!(verb, b'x' | b'X'));
    let (number, tail) = text.split_at(split.map_or(text.len(), |(at, _)| at));
    let mut number = number.to_owned();
    let mut seen = false;
    for character in number.chars().skip(1) {
        if character == '.' {
            continue;
        }
        seen |= character != '0';
        if seen {
            digits -= 1;
        }
    }
    if !number.contains('.') {
        if number.len() == 2 && number.ends_with('0') {
            digits -= 1;
        }
        number.push('.');
    }
    for _ in 0..digits.max(0) {
        number.push('0');
    }
    number + tail
}

fn parse_number(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let start = *at;
    let mut value: i64 = 0;
    while let Some(digit) = bytes.get(*at).filter(|byte| byte.is_ascii_digit()) {
        if value > TOO_LARGE {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
        *at += 1;
    }
    if *at == start { None } else { usize::try_from(value).ok() }
}

fn integer_argument(arguments: &[Value], next: &mut usize) -> Option<i64> {
    let argument = arguments.get(*next)?;
    *next += 1;
    let number = match argument.data {
        Data::Int(number) | Data::Int64(number) | Data::Duration(number) => number,
        Data::Uint64(number) => i64::try_from(number).ok()?,
        _ => return None,
    };
    (number.abs() <= TOO_LARGE).then_some(number)
}

/// Reads `[n]` where it stands; true where it named an argument.
fn argument_index(
    bytes: &[u8],
    at: &mut usize,
    next: &mut usize,
    count: usize,
    reordered: &mut bool,
    good: &mut bool,
) -> bool {
    if bytes.get(*at) != Some(&b'[') {
        return false;
    }
    *reordered = true;
    let rest = bytes.get(*at..).unwrap_or_default();
    let Some(close) = rest.iter().position(|byte| *byte == b']').filter(|_| rest.len() >= 3) else {
        *good = false;
        *at += 1;
        return false;
    };
    let mut inside = 1;
    let number = parse_number(rest, &mut inside);
    *at += close + 1;
    match number.filter(|_| inside == close) {
        Some(number) if (1..=count).contains(&number) => {
            *next = number - 1;
            true
        }
        Some(_) => {
            *good = false;
            true
        }
        None => {
            *good = false;
            false
        }
    }
}

/// What a value with a method `String` or `Error` says.
fn stringer(value: &Value) -> Option<String> {
    match &value.data {
        Data::Time(moment) => Some(moment.to_string()),
        Data::Version(version) => Some(version.to_string()),
        Data::Duration(nanos) => Some(crate::helm::moment::duration_text(*nanos)),
        Data::Month(number) => Some(month_name(*number)),
        Data::Weekday(number) => Some(weekday_name(*number)),
        _ => None,
    }
}

fn month_name(number: i64) -> String {
    let name = usize::try_from(number - 1).ok().and_then(|at| Moment::MONTHS.get(at));
    name.map_or_else(|| format!("%!Month({number})"), |name| (*name).to_owned())
}

fn weekday_name(number: i64) -> String {
    let name = usize::try_from(number).ok().and_then(|at| Moment::WEEKDAYS.get(at));
    name.map_or_else(|| format!("%!Weekday({number})"), |name| (*name).to_owned())
}

/// The first so many characters.
pub(crate) fn first_characters(text: &[u8], count: usize) -> &[u8] {
    match runes::all(text).nth(count) {
        Some((end, ..)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}
