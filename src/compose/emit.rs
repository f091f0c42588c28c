//! A project as YAML, in the order and with the quotes of Docker Compose.

use std::cmp::Ordering;

use crate::compose::number;
use crate::compose::project::Project;
use crate::compose::types::PROJECT;
use crate::compose::types::Struct;
use crate::compose::types::Type;
use crate::compose::types::ULIMIT;
use crate::compose::value::Data;
use crate::compose::value::Entry;
use crate::compose::value::Value;
use crate::yaml::escaped;
use crate::yaml::is_break;
use crate::yaml::is_old_boolean;
use crate::yaml::is_printable;
use crate::yaml::needs_escape;

/// The canonical model as YAML, attributes in Docker's order, dollar signs as they are.
pub fn yaml(project: &Project) -> String {
    print(project, Some(&PROJECT_TYPE))
}

/// The model as YAML, every key in the order of its name: as Docker prints a model without variables.
pub fn yaml_by_name(project: &Project) -> String {
    print(project, None)
}

/// A text as a YAML scalar, with quotes where it would be read as something else.
pub fn yaml_text(text: &str) -> String {
    let mut emitter = Emitter { out: String::new(), column: 0 };
    emitter.scalar(text, 0, false);
    emitter.out
}

fn print(project: &Project, kind: Option<&'static Type>) -> String {
    let mut root = project.root.clone();
    let name = Value::implied_text(&project.name, root.span);
    root.put("name", name.span, name);
    if root.get("services").is_none() {
        root.put(
            "services",
            root.span,
            Value::implied(Data::Mapping(crate::compose::Mapping::default()), root.span),
        );
    }
    let mut emitter = Emitter { out: String::new(), column: 0 };
    emitter.mapping(&root, kind, 0);
    emitter.out
}

/// The type of the whole.
static PROJECT_TYPE: Type = Type::Struct(&PROJECT);

/// The longest key, in bytes, that is written without a question mark.
const SIMPLE_KEY: usize = 128;

/// Lines longer than this are folded at a blank.
const WIDTH: usize = 80;

struct Emitter {
    out: String,
    column: usize,
}

impl Emitter {
    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.push_str(&" ".repeat(indent));
        self.column = indent;
    }

    fn mapping(&mut self, value: &Value, kind: Option<&'static Type>, indent: usize) {
        for (at, (key, entry, kind)) in ordered(value, kind).into_iter().enumerate() {
            if at > 0 {
                self.line(indent);
            }
            let simple = key.len() <= SIMPLE_KEY && !key.contains(is_break);
            if simple {
                self.scalar(key, indent, true);
            } else {
                self.write("? ");
                self.scalar(key, indent, false);
                self.line(indent);
            }
            self.write(":");
            let value = &entry.value;
            let below =
                |emitter: &mut Self| if simple { emitter.line(indent + 2) } else { emitter.write(" ") };
            match &value.data {
                Data::Mapping(mapping) if !mapping.is_empty() => {
                    below(self);
                    self.mapping(value, kind, indent + 2);
                }
                Data::Sequence(items) if !items.is_empty() => {
                    below(self);
                    self.sequence(items, kind, indent + 2);
                }
                _ => {
                    self.write(" ");
                    self.leaf(value, indent);
                }
            }
        }
        if indent == 0 {
            self.out.push('\n');
        }
    }

    fn sequence(&mut self, items: &[Value], kind: Option<&'static Type>, indent: usize) {
        let kind = match kind {
            Some(Type::List(item)) => Some(*item),
            _ => None,
        };
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.line(indent);
            }
            self.write("- ");
            match &item.data {
                Data::Mapping(mapping) if !mapping.is_empty() => self.mapping(item, kind, indent + 2),
                Data::Sequence(items) if !items.is_empty() => self.sequence(items, kind, indent + 2),
                _ => self.leaf(item, indent),
            }
        }
    }

    fn leaf(&mut self, value: &Value, indent: usize) {
        let text = match &value.data {
            Data::Null => "null".to_owned(),
            Data::Bool(flag) => flag.to_string(),
            Data::Int(number) => number.to_string(),
            Data::Unsigned(number) => number.to_string(),
            Data::Float(number) => number::general(*number),
            Data::Single(number) => number::general_single(*number),
            Data::Time(text) => number::rfc3339(text),
            Data::Sequence(_) => "[]".to_owned(),
            Data::Mapping(_) => "{}".to_owned(),
            Data::String(text) => return self.scalar(text, indent, false),
        };
        self.write(&text);
    }

    fn scalar(&mut self, text: &str, indent: usize, key: bool) {
        let shape = Shape::of(text);
        let blocks =
            text.contains('\n') && text.len() > 1 && text.chars().any(|character| !character.is_whitespace());
        let old = is_old_boolean(text) || is_sexagesimal(text) || text == "<<";
        let mut style = if text.contains('\n') {
            if blocks { '|' } else { '"' }
        } else if old {
            '\''
        } else if !reads_as_text(text) {
            '"'
        } else {
            ' '
        };
        if style == ' ' && (!shape.plain || (text.is_empty() && key)) {
            style = '\'';
        }
        if style == '\'' && !shape.single {
            style = '"';
        }
        if style == '|' && (!shape.block || key) {
            style = '"';
        }
        match style {
            ' ' => self.folded(text, indent, key),
            '\'' => {
                self.write("'");
                self.folded(&text.replace('\'', "''"), indent, key);
                self.write("'");
            }
            '|' => self.literal(text, indent),
            _ => self.double(text, indent, key),
        }
    }

    /// Text as it is, folded at single blanks where the line is full.
    fn folded(&mut self, text: &str, indent: usize, key: bool) {
        let characters: Vec<char> = text.chars().collect();
        let mut spaces = false;
        for (at, &character) in characters.iter().enumerate() {
            let next = characters.get(at + 1);
            let inside = at > 0 && next.is_some();
            if character == ' ' {
                if !key && !spaces && self.column > WIDTH && inside && next != Some(&' ') {
                    self.line(indent + 2);
                } else {
                    self.write(" ");
                }
                spaces = true;
            } else {
                self.out.push(character);
                self.column += 1;
                spaces = false;
            }
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.write("|");
        if text.starts_with(' ') {
            self.write("2");
        }
        if !text.ends_with('\n') {
            self.write("-");
        } else if text == "\n" || text.ends_with("\n\n") {
            self.write("+");
        }
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if line.is_empty() {
                self.out.push('\n');
                self.column = 0;
            } else {
                self.line(indent + 2);
                self.write(line);
            }
        }
    }

    fn double(&mut self, text: &str, indent: usize, key: bool) {
        self.write("\"");
        let characters: Vec<char> = text.chars().collect();
        let mut spaces = false;
        for (at, &character) in characters.iter().enumerate() {
            let next = characters.get(at + 1);
            let inside = at > 0 && next.is_some();
            if character == ' ' {
                if !key && !spaces && self.column > WIDTH && inside {
                    self.line(indent + 2);
                    if next == Some(&' ') {
                        self.write("\\");
                    }
                } else {
                    self.write(" ");
                }
                spaces = true;
                continue;
            }
            spaces = false;
            if needs_escape(character) {
                self.write(&escaped(character));
            } else {
                self.write(character.encode_utf8(&mut [0; 4]));
            }
        }
        self.write("\"");
    }
}

/// Entries in the order of their attributes; what has none, by name.
fn ordered<'v>(
    value: &'v Value,
    kind: Option<&'static Type>,
) -> Vec<(&'v str, &'v Entry, Option<&'static Type>)> {
    let fields: Option<&'static Struct> = match kind {
        Some(Type::Struct(fields) | Type::Inline(fields)) => Some(fields),
        Some(Type::Ulimit) => Some(&ULIMIT),
        _ => None,
    };
    let mut entries: Vec<(usize, &str, &Entry, Option<&'static Type>)> = value
        .entries()
        .map(|(key, entry)| {
            let all =
                fields.into_iter().flat_map(|fields| fields.groups.iter().flat_map(|group| group.iter()));
            let found = all.enumerate().find(|(_, field)| field.name == key);
            let kind = match (found, kind) {
                (Some((_, field)), _) => Some(&field.kind),
                (None, Some(Type::Map(item) | Type::PointerMap(item))) => Some(*item),
                _ => None,
            };
            (found.map_or(usize::MAX, |(at, _)| at), key, entry, kind)
        })
        .collect();
    entries.sort_by(|one, two| one.0.cmp(&two.0).then_with(|| natural(one.1, two.1)));
    entries.into_iter().map(|(_, key, entry, kind)| (key, entry, kind)).collect()
}

/// Numbers in names by value, letters after everything else.
fn natural(one: &str, two: &str) -> Ordering {
    let (first, second): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    let Some(at) = first.iter().zip(&second).position(|(first, second)| first != second) else {
        return first.len().cmp(&second.len());
    };
    let (Some(&here), Some(&there)) = (first.get(at), second.get(at)) else { return Ordering::Equal };
    let after_digit =
        at.checked_sub(1).and_then(|at| first.get(at)).is_some_and(|before| before.is_numeric());
    match (here.is_alphabetic(), there.is_alphabetic()) {
        (true, true) => here.cmp(&there),
        (true, false) => {
            if after_digit {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (false, true) => {
            if after_digit {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (false, false) => {
            let significant = (here == '0' || there == '0')
                && first
                    .iter()
                    .take(at)
                    .rev()
                    .take_while(|digit| digit.is_ascii_digit())
                    .any(|digit| *digit != '0');
            let number = |characters: &[char]| -> (i64, usize) {
                let digits = characters.iter().skip(at).take_while(|digit| digit.is_ascii_digit());
                let start = i64::from(significant);
                digits.fold((start, 0), |(number, count), digit| {
                    let digit = i64::from(digit.to_digit(10).unwrap_or(0));
                    (number.wrapping_mul(10).wrapping_add(digit), count + 1)
                })
            };
            number(&first).cmp(&number(&second)).then(here.cmp(&there))
        }
    }
}

/// Which styles can carry a text outside brackets.
struct Shape {
    plain: bool,
    single: bool,
    block: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let blank = |character: Option<&char>| {
            character.is_none_or(|character| {
                matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
            })
        };
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut special, mut tab, mut breaks, mut break_space, mut space_break) =
            (false, false, false, false, false);
        let (mut after_space, mut after_break) = (false, false);
        for (at, &character) in characters.iter().enumerate() {
            let ends = blank(characters.get(at + 1));
            let begins = at == 0 || blank(characters.get(at - 1));
            indicators |= match character {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
                | '`'
                    if at == 0 =>
                {
                    true
                }
                '?' | '-' if at == 0 => ends,
                ':' => ends,
                '#' => begins,
                _ => false,
            };
            tab |= character == '\t';
            special |= character != '\t' && !is_printable(character) && character != '\n';
            let is_break = matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
            break_space |= character == ' ' && after_break;
            space_break |= is_break && after_space;
            breaks |= is_break;
            after_space = character == ' ';
            after_break = is_break;
        }
        let edge = |character: Option<&char>| {
            character.is_some_and(|character| {
                matches!(character, ' ' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
            })
        };
        let edges = edge(characters.first()) || edge(characters.last());
        let quoted_only = break_space || space_break || tab || special;
        Self {
            plain: !(edges || quoted_only || breaks || indicators),
            single: !quoted_only,
            block: !text.is_empty() && !text.ends_with(' ') && !space_break && !special,
        }
    }
}

/// `12:30` and `1:02:03.5`, which YAML 1.1 reads as numbers of base sixty.
fn is_sexagesimal(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let starts = first.starts_with(|digit: char| digit.is_ascii_digit());
    if !starts || !first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return false;
    }
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else { return false };
    let sixty = |text: &str| match text.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => matches!(tens, b'0'..=b'5') && digit.is_ascii_digit(),
        _ => false,
    };
    let (whole, fraction) = last.split_once('.').unwrap_or((last, ""));
    middle.iter().all(|part| sixty(part))
        && sixty(whole)
        && fraction.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}

/// True for a text that would be read back as text when it stood without quotes.
fn reads_as_text(text: &str) -> bool {
    if matches!(
        text,
        "" | "~" | "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE"
    ) {
        return false;
    }
    if matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF")
        || matches!(text, ".nan" | ".NaN" | ".NAN")
    {
        return false;
    }
    let Some(first) = text.chars().next() else { return false };
    if !(first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return true;
    }
    !(is_number(text) || is_timestamp(text))
}

fn is_number(text: &str) -> bool {
    let plain = text.replace('_', "");
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let lower = digits.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] {
        if let Some(rest) = lower.strip_prefix(prefix) {
            return !rest.is_empty() && rest.chars().all(|digit| digit.is_digit(radix));
        }
    }
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (lower.as_str(), None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all(digits)
    });
    all(whole) && all(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent
}

/// A date, or a date and a time, in the forms that go-yaml reads as a point in time.
fn is_timestamp(text: &str) -> bool {
    let (date, clock) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at..)),
        None => (text, None),
    };
    let mut fields = date.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return false;
    };
    let small = |text: &str| -> Option<u32> {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let (Some(month), Some(day)) = (small(month), small(day)) else { return false };
    let four = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let (true, Ok(year)) = (four, year.parse::<u32>()) else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    if !(1..=days).contains(&day) {
        return false;
    }
    let Some(clock) = clock else { return true };
    let (zoned, clock) = (!clock.starts_with(' '), clock.get(1..).unwrap_or_default());
    let clock = match (zoned, clock.strip_suffix('Z')) {
        (false, _) => clock,
        (true, Some(clock)) => clock,
        (true, None) => {
            // `+02:00`
            let at = clock.len().checked_sub(6);
            let Some((clock, zone)) = at.and_then(|at| clock.split_at_checked(at)) else { return false };
            let bytes = zone.as_bytes();
            let signed = matches!(bytes.first(), Some(b'+' | b'-')) && bytes.get(3) == Some(&b':');
            if !(signed && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() == 4) {
                return false;
            }
            clock
        }
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut fields = clock.split(':');
    let (Some(hour), Some(minute), Some(second), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return false;
    };
    let below = |text: &str, limit: u32| small(text).is_some_and(|number| number < limit);
    let fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    below(hour, 24) && below(minute, 60) && below(second, 60) && fraction
}
