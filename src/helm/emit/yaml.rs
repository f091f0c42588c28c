//! YAML, as go-yaml writes it: version 2 through JSON (`toYaml`), version 3 directly (`toYamlPretty`).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::helm::emit::MAX_DEPTH;
use crate::helm::emit::json;
use crate::helm::emit::scalar;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::go::numbers;
use crate::helm::go::runes;
use crate::helm::record::RecordKind;
use crate::helm::text::Mark;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::value::Data;
use crate::helm::value::Value;
use crate::yaml::escaped;
use crate::yaml::is_break;
use crate::yaml::is_printable;
use crate::yaml::needs_escape;

/// Whose YAML it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    /// go-yaml 2, after a way through JSON.
    Two,
    /// go-yaml 3, on Go values.
    Three,
}

/// `yaml.Marshal` of sigs.k8s.io, with its trailing line break; `None` where it fails.
pub(crate) fn to_yaml(value: &Value) -> Result<Option<Text>, Fault> {
    marshal(value, Flavour::Two)
}

/// go-yaml 3 with an indent of two.
pub(crate) fn to_yaml_pretty(value: &Value) -> Result<Option<Text>, Fault> {
    marshal(value, Flavour::Three)
}

fn marshal(value: &Value, flavour: Flavour) -> Result<Option<Text>, Fault> {
    let mut emitter = Emitter {
        out: TextBuilder::new(),
        mark: Mark::default(),
        flavour,
        column: 0,
        whitespace: true,
        indention: true,
        indent: -1,
        best_width: if flavour == Flavour::Two { 80 } else { usize::MAX },
    };
    match emitter.node(value, Place::Root, 0) {
        Ok(()) => {}
        Err(Failure::Fault(fault)) => return Err(*fault),
        Err(Failure::Unwritable) => return Ok(None),
    }
    emitter.indent = 0;
    emitter.write_indent();
    Ok(Some(emitter.out.finish()))
}

enum Failure {
    /// The value has no YAML: Helm gives an empty text.
    Unwritable,
    Fault(Box<Fault>),
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    /// An item of a block sequence.
    Item,
    /// The value of a key.
    Value,
    /// A key on one line with its value.
    SimpleKey,
    /// A key after `?`.
    Key,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

struct Emitter {
    out: TextBuilder,
    mark: Mark,
    flavour: Flavour,
    column: usize,
    whitespace: bool,
    indention: bool,
    indent: i64,
    best_width: usize,
}

/// A key and its value, ready to be sorted.
struct Pair {
    key: String,
    origins: Origins,
    value: Value,
}

impl Emitter {
    fn put(&mut self, text: &str) {
        self.out.push(text.as_bytes(), &self.mark);
        self.column += text.chars().count();
    }

    fn put_break(&mut self) {
        self.out.push_along(b"\n");
        self.column = 0;
    }

    fn indicator(&mut self, text: &str, need_whitespace: bool, is_whitespace: bool, is_indention: bool) {
        if need_whitespace && !self.whitespace {
            self.out.push_along(b" ");
            self.column += 1;
        }
        self.put(text);
        self.whitespace = is_whitespace;
        self.indention = self.indention && is_indention;
    }

    fn write_indent(&mut self) {
        let indent = usize::try_from(self.indent).unwrap_or(0);
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.put_break();
        }
        if self.column < indent {
            self.out.push_along(&vec![b' '; indent - self.column]);
            self.column = indent;
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn increase_indent(&mut self, indentless: bool) -> i64 {
        let before = self.indent;
        if self.indent < 0 {
            self.indent = 0;
        } else if !indentless {
            self.indent += 2;
        }
        before
    }

    fn set_mark(&mut self, origins: &Origins) {
        self.mark = Mark::value(origins.clone());
    }

    fn node(&mut self, value: &Value, place: Place, depth: usize) -> Result<(), Failure> {
        if depth > MAX_DEPTH {
            return Err(Failure::Fault(Box::new(json::too_deep())));
        }
        if self.out.len() > crate::helm::go::print::MAX_BYTES {
            return Err(Failure::Fault(Box::new(Session::too_large())));
        }
        self.set_mark(&value.origins);
        match &value.data {
            Data::Absent | Data::Nil => self.plain("null", place),
            Data::Bool(truth) => self.plain(if *truth { "true" } else { "false" }, place),
            Data::Int(number) | Data::Int64(number) | Data::Month(number) | Data::Weekday(number) => {
                self.plain(&number.to_string(), place);
            }
            Data::Duration(nanos) if self.flavour == Flavour::Three => {
                self.string(&crate::helm::moment::duration_text(*nanos), place);
            }
            Data::Duration(nanos) => self.plain(&nanos.to_string(), place),
            Data::Uint64(number) => self.plain(&number.to_string(), place),
            Data::Float(number) => {
                let text = self.float(*number)?;
                self.plain(&text, place);
            }
            Data::Complex(_) => return Err(Failure::Unwritable),
            Data::String(text) => self.text(text, place)?,
            Data::Time(moment) => {
                let text = moment.format("2006-01-02T15:04:05.999999999Z07:00");
                if self.flavour == Flavour::Three {
                    self.plain(&text, place);
                } else {
                    self.string(&text, place);
                }
            }
            Data::Version(version) => self.string(&version.to_string(), place),
            Data::Bytes(text) if self.flavour == Flavour::Two => {
                self.set_mark(&text.origins());
                let encoded = crate::helm::functions::base64_encode(text.bytes());
                self.string(&String::from_utf8_lossy(&encoded), place);
            }
            Data::Bytes(text) => {
                let byte = |byte: &u8| Value::new(Data::Uint64((*byte).into()), text.origins());
                let items: Vec<Value> = text.bytes().iter().map(byte).collect();
                self.sequence(&items, place, depth)?;
            }
            Data::List(list) if list.is_nil() && self.flavour == Flavour::Two => self.plain("null", place),
            Data::List(list) => self.sequence(list.items(), place, depth)?,
            Data::Dict(dict) | Data::Values(dict, _) | Data::StringMap(dict) => {
                if dict.is_nil() && self.flavour == Flavour::Two {
                    self.plain("null", place);
                    return Ok(());
                }
                let pairs = dict.members().into_iter().map(|(key, member)| Pair {
                    key: String::from_utf8_lossy(&key).into_owned(),
                    origins: member.key_origins,
                    value: member.value,
                });
                self.mapping(pairs.collect(), depth)?;
            }
            Data::Files(files) => {
                let pairs = files.iter().map(|(path, text)| Pair {
                    key: String::from_utf8_lossy(path).into_owned(),
                    origins: Origins::NONE,
                    value: Value::new(Data::Bytes(text.clone()), Origins::NONE),
                });
                self.mapping(pairs.collect(), depth)?;
            }
            Data::Record(record) => self.record(record, depth)?,
        }
        Ok(())
    }

    fn record(&mut self, record: &crate::helm::record::Record, depth: usize) -> Result<(), Failure> {
        let pair = |key: String, value: &Value| Pair { key, origins: Origins::NONE, value: value.clone() };
        if self.flavour == Flavour::Two {
            let pairs = json::members(record).map(|(field, value)| pair(field.json.to_owned(), value));
            return self.mapping(pairs.collect(), depth);
        }
        let named =
            |(field, value): (&crate::helm::record::Field, &Value)| pair(field.name.to_lowercase(), value);
        if record.kind() == RecordKind::Chart {
            // The embedded metadata stands under a key of its own, in the order of the declaration.
            let before = self.increase_indent(false);
            self.key("metadata", &Origins::NONE);
            let fields: Vec<Pair> =
                record.fields().filter(|(field, _)| field.name != "IsRoot").map(named).collect();
            self.ordered(&fields, depth + 1)?;
            if let Some(root) = record.field(b"IsRoot") {
                self.write_indent();
                self.key("isroot", &Origins::NONE);
                self.node(root, Place::Value, depth + 1)?;
            }
            self.indent = before;
            return Ok(());
        }
        self.ordered(&record.visible().map(named).collect::<Vec<_>>(), depth)
    }

    fn key(&mut self, key: &str, origins: &Origins) {
        self.set_mark(origins);
        self.string(key, Place::SimpleKey);
        self.indicator(":", false, false, false);
    }

    /// Go-yaml's text of a number that went through JSON, or of one that did not.
    fn float(&self, number: f64) -> Result<String, Failure> {
        if self.flavour == Flavour::Three {
            return Ok(match number {
                _ if number.is_nan() => ".nan".to_owned(),
                f64::INFINITY => ".inf".to_owned(),
                f64::NEG_INFINITY => "-.inf".to_owned(),
                _ => numbers::float_text(number),
            });
        }
        if !number.is_finite() {
            return Err(Failure::Unwritable);
        }
        // What reads back as a whole number is written as one.
        let text = json::number_text(number);
        if text == "-0" {
            return Ok("0".to_owned());
        }
        if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
            return Ok(text);
        }
        Ok(numbers::float_text(number))
    }

    fn sequence(&mut self, items: &[Value], place: Place, depth: usize) -> Result<(), Failure> {
        if items.is_empty() {
            self.indicator("[", true, true, false);
            self.indicator("]", false, false, false);
            return Ok(());
        }
        // Version 2 does not indent a sequence below a key.
        let indentless = self.flavour == Flavour::Two && place == Place::Value && !self.indention;
        let before = self.increase_indent(indentless);
        for item in items {
            self.write_indent();
            self.mark = match &item.data {
                Data::String(text) => Mark::value(text.origins()),
                _ => Mark::value(item.origins.clone()),
            };
            self.indicator("-", true, false, true);
            self.node(item, Place::Item, depth + 1)?;
        }
        self.indent = before;
        Ok(())
    }

    fn mapping(&mut self, mut pairs: Vec<Pair>, depth: usize) -> Result<(), Failure> {
        let digits_first = self.flavour == Flavour::Three;
        pairs.sort_by(|one, other| natural_order(&one.key, &other.key, digits_first));
        self.ordered(&pairs, depth)
    }

    fn ordered(&mut self, pairs: &[Pair], depth: usize) -> Result<(), Failure> {
        if pairs.is_empty() {
            self.indicator("{", true, true, false);
            self.indicator("}", false, false, false);
            return Ok(());
        }
        let before = self.increase_indent(false);
        for pair in pairs {
            let key = self.readable(&pair.key)?;
            self.write_indent();
            self.set_mark(&pair.origins);
            if key.len() > 128 || key.contains(is_break) {
                self.indicator("?", true, false, true);
                self.string(&key, Place::Key);
                self.write_indent();
                self.indicator(":", true, false, true);
            } else {
                self.string(&key, Place::SimpleKey);
                self.indicator(":", false, false, false);
            }
            self.node(&pair.value, Place::Value, depth + 1)?;
        }
        self.indent = before;
        Ok(())
    }

    /// What is left of a string after its way through JSON and a YAML parser.
    fn readable<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, Failure> {
        if self.flavour == Flavour::Three || text.is_ascii() && !text.contains('\u{7f}') {
            return Ok(Cow::Borrowed(text));
        }
        let broken =
            |c: char| matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
        if text.contains(broken) {
            return Err(Failure::Unwritable);
        }
        if text.contains('\u{85}') {
            return Ok(Cow::Owned(fold_next_lines(text)));
        }
        Ok(Cow::Borrowed(text))
    }

    fn text(&mut self, text: &Text, place: Place) -> Result<(), Failure> {
        self.set_mark(&text.origins());
        if self.flavour == Flavour::Three && std::str::from_utf8(text.bytes()).is_err() {
            let encoded = crate::helm::functions::base64_encode(text.bytes());
            self.indicator("!!binary", true, false, false);
            self.string(&String::from_utf8_lossy(&encoded), place);
            return Ok(());
        }
        let shown = json::sanitized(text.bytes());
        let readable = self.readable(&shown)?;
        let runs = text.runs().count();
        if runs > 1 && place == Place::Value && readable.contains('\n') && *readable == *text.to_str() {
            // A block of several lines keeps the mark of each of its parts.
            self.literal_or_quoted(text);
            return Ok(());
        }
        self.string(&readable, place);
        Ok(())
    }

    fn literal_or_quoted(&mut self, text: &Text) {
        let shown = text.to_str().into_owned();
        let shape = Shape::of(&shown, self.flavour);
        if !shape.block_allowed {
            self.string(&shown, Place::Value);
            return;
        }
        self.literal(&shown, Some(text));
    }

    fn string(&mut self, text: &str, place: Place) {
        let shape = Shape::of(text, self.flavour);
        let mut style = if text.contains('\n') {
            Style::Literal
        } else if scalar::resolves(text) || scalar::is_base60(text) {
            Style::DoubleQuoted
        } else {
            Style::Plain
        };
        let simple = place == Place::SimpleKey;
        if style == Style::Plain && !shape.block_plain_allowed {
            style = Style::SingleQuoted;
        }
        if style == Style::SingleQuoted && !shape.single_quoted_allowed {
            style = Style::DoubleQuoted;
        }
        if style == Style::Literal && (!shape.block_allowed || simple) {
            style = Style::DoubleQuoted;
        }
        match style {
            Style::Plain => self.plain(text, place),
            Style::SingleQuoted => self.single_quoted(text, !simple),
            Style::DoubleQuoted => self.double_quoted(text, !simple),
            Style::Literal => {
                // A block below nothing is indented by two, too.
                self.literal(text, None);
            }
        }
    }

    fn plain(&mut self, text: &str, place: Place) {
        let breaks = place != Place::SimpleKey;
        if !self.whitespace {
            self.out.push_along(b" ");
            self.column += 1;
        }
        self.folded(text, breaks, |_, _| {});
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes a text that has no line break, breaking it at single spaces beyond the width.
    fn folded(&mut self, text: &str, breaks: bool, escape: impl Fn(&mut Self, char)) {
        if self.column + text.len() <= self.best_width && !text.contains('\'') {
            // Short enough never to be folded.
            self.put(text);
            return;
        }
        let mut spaces = false;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next_space = characters.peek().is_some_and(|(_, next)| *next == ' ');
            if character == ' ' {
                let inner = at > 0 && characters.peek().is_some();
                if breaks && !spaces && self.column > self.best_width && !next_space && inner {
                    self.write_block_indent();
                } else {
                    self.put(" ");
                }
                spaces = true;
            } else {
                escape(self, character);
                let mut room = [0; 4];
                self.put(character.encode_utf8(&mut room));
                self.indention = false;
                spaces = false;
            }
        }
    }

    /// A line break inside a scalar: what follows is indented one level more than the node.
    fn write_block_indent(&mut self) {
        let before = self.indent;
        self.indent = self.scalar_indent();
        self.write_indent();
        self.indent = before;
    }

    /// Scalars stand one level deeper than the collection around them; at the root they begin at two.
    fn scalar_indent(&self) -> i64 {
        if self.indent < 0 { 2 } else { self.indent + 2 }
    }

    fn single_quoted(&mut self, text: &str, breaks: bool) {
        self.indicator("'", true, false, false);
        self.folded(text, breaks, |emitter, character| {
            if character == '\'' {
                emitter.put("'");
            }
        });
        self.indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn double_quoted(&mut self, text: &str, breaks: bool) {
        self.indicator("\"", true, false, false);
        let mut spaces = false;
        // After a byte order mark at its start go-yaml escapes the whole text.
        let marked = text.starts_with('\u{feff}');
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            if marked || needs_escape(character) {
                let escaped = escaped(character);
                self.put(&escaped);
                spaces = false;
            } else if character == ' ' {
                if breaks && !spaces && self.column > self.best_width && at > 0 && next.is_some() {
                    self.write_block_indent();
                    if next == Some(' ') {
                        self.put("\\");
                    }
                } else {
                    self.put(" ");
                }
                spaces = true;
            } else {
                let mut room = [0; 4];
                self.put(character.encode_utf8(&mut room));
                spaces = false;
            }
        }
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// `|`; with a text, each part of it keeps its mark.
    fn literal(&mut self, shown: &str, text: Option<&Text>) {
        self.indicator("|", true, false, false);
        if shown.starts_with([' ', '\n', '\u{85}', '\u{2028}', '\u{2029}']) {
            self.indicator("2", false, false, false);
        }
        let mut from_end = shown.chars().rev();
        match (from_end.next(), from_end.next()) {
            (Some(last), _) if !is_break(last) => self.indicator("-", false, false, false),
            (Some(_), None) => self.indicator("+", false, false, false),
            (Some(_), Some(before)) if is_break(before) => self.indicator("+", false, false, false),
            (None, _) => self.indicator("-", false, false, false),
            _ => {}
        }
        self.put_break();
        self.indention = true;
        self.whitespace = true;
        let mut start = 0;
        while start < shown.len() {
            let rest = shown.get(start..).unwrap_or_default();
            let end = rest.find(is_break).unwrap_or(rest.len());
            if end > 0 {
                self.write_block_indent();
                match text {
                    Some(text) => {
                        self.out.push_part(text, start..start + end);
                        self.column += end;
                    }
                    None => self.put(rest.get(..end).unwrap_or_default()),
                }
                self.indention = false;
            }
            let Some(character) = rest.get(end..).and_then(|rest| rest.chars().next()) else { break };
            if character == '\n' {
                self.put_break();
            } else {
                let mut room = [0; 4];
                self.put(character.encode_utf8(&mut room));
                self.column = 0;
            }
            self.indention = true;
            start += end + character.len_utf8();
        }
    }
}

/// U+0085 is a line break to the YAML parser: inside quotes one folds to a space, more leave breaks.
fn fold_next_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{85}') {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before.trim_end_matches([' ', '\t']));
        let mut breaks = 0;
        let mut after = after;
        loop {
            let trimmed = after.trim_start_matches([' ', '\t']);
            let Some(next) = trimmed.strip_prefix('\u{85}') else {
                after = trimmed;
                break;
            };
            breaks += 1;
            after = next;
        }
        if breaks == 1 {
            out.push(' ');
        } else {
            (1..breaks).for_each(|_| out.push('\n'));
        }
        rest = after;
    }
    out + rest
}

/// Which styles a scalar can be written in.
struct Shape {
    block_plain_allowed: bool,
    single_quoted_allowed: bool,
    block_allowed: bool,
}

impl Shape {
    fn of(text: &str, flavour: Flavour) -> Self {
        if text.is_empty() {
            return Self { block_plain_allowed: true, single_quoted_allowed: true, block_allowed: false };
        }
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut special, mut tabs, mut line_breaks) = (false, false, false);
        let (mut leading, mut trailing_space, mut trailing_break) = (false, false, false);
        let (mut break_space, mut space_break) = (false, false);
        let (mut previous_space, mut previous_break, mut preceded) = (false, false, true);
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            let followed = next.is_none_or(|next| matches!(next, ' ' | '\t'));
            if at == 0 {
                match character {
                    '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
                    | '@' | '`' => indicators = true,
                    '?' | ':' | '-' if followed => indicators = true,
                    _ => {}
                }
            } else if character == ':' && followed || character == '#' && preceded {
                indicators = true;
            }
            if flavour == Flavour::Three && character == '\t' {
                tabs = true;
            } else if !is_printable(character) {
                special = true;
            }
            if character == ' ' {
                leading |= at == 0;
                trailing_space |= next.is_none();
                break_space |= previous_break;
                (previous_space, previous_break) = (true, false);
            } else if is_break(character) {
                line_breaks = true;
                leading |= at == 0;
                trailing_break |= next.is_none();
                space_break |= previous_space;
                (previous_space, previous_break) = (false, true);
            } else {
                (previous_space, previous_break) = (false, false);
            }
            preceded = matches!(character, ' ' | '\t' | '\0') || is_break(character);
        }
        let odd = space_break || special;
        Self {
            block_plain_allowed: !(leading
                || trailing_space
                || trailing_break
                || break_space
                || odd
                || tabs
                || line_breaks
                || indicators),
            single_quoted_allowed: !(break_space || odd || tabs),
            block_allowed: !(trailing_space || odd),
        }
    }
}

/// Go-yaml's order of keys: numbers in them by size, letters after everything else.
pub(crate) fn natural_order(one: &str, other: &str, digits_first: bool) -> Ordering {
    // A common prefix decides nothing; the digits at its end may.
    let mut digits = false;
    let mut number_before = false;
    let (mut ours, mut theirs) = (one.chars(), other.chars());
    loop {
        let (left, right) = (ours.as_str(), theirs.as_str());
        let (a, b) = match (ours.next(), theirs.next()) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
        };
        if a == b {
            digits = runes::is_digit(a);
            number_before = digits && (number_before || a != '0');
            continue;
        }
        match (runes::is_letter(a), runes::is_letter(b)) {
            (true, true) => return a.cmp(&b),
            (false, false) => {}
            (a_letter, _) => {
                let first = if digits_first && digits { a_letter } else { !a_letter };
                return if first { Ordering::Less } else { Ordering::Greater };
            }
        }
        let lead = i64::from((a == '0' || b == '0') && number_before);
        let number = |text: &str| {
            let mut length = 0_usize;
            let value = text.chars().take_while(|c| runes::is_digit(*c)).fold(lead, |value, digit| {
                length += 1;
                value.wrapping_mul(10).wrapping_add(i64::from(u32::from(digit)) - 48)
            });
            (value, length)
        };
        return number(left).cmp(&number(right)).then(a.cmp(&b));
    }
}
