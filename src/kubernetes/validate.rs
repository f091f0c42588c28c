//! An object against the definitions of one minor: one mistake, one finding, at the key or value that is wrong.

use std::borrow::Cow;

use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::diagnostic::nearest;
use crate::kubernetes::Minor;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::kubernetes::Violation;
use crate::kubernetes::ViolationSort;
use crate::kubernetes::definitions::Definition;
use crate::kubernetes::definitions::Field;
use crate::kubernetes::definitions::Type;
use crate::source::Span;
use crate::yaml::Entry;
use crate::yaml::Kind;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// Objects nested deeper than this are not looked at: no definition but that of JSON Schemas is that deep.
const MAX_DEPTH: usize = 64;

/// Validates an object of a built-in kind.
pub(super) fn built_in(object: &Object<'_>, definition: &'static str, minor: Minor) -> Vec<Violation> {
    let mut validation = Validation::new(object, minor);
    validation.object(object.root, definition);
    if let Some(metadata) = object.root.get("metadata").filter(|metadata| metadata.node().is_mapping()) {
        let named = metadata.get("name").or_else(|| metadata.get("generateName")).is_some();
        if !named && definition.rsplit('.').next() != Some("PodTemplate") && !is_request(definition) {
            let at = object.root.key_span("metadata").unwrap_or(object.kind.span);
            validation.missing(&["metadata", "name"], at);
        }
    } else if object.root.get("metadata").is_none() && !is_request(definition) {
        validation.missing(&["metadata"], object.kind.span);
    }
    validation.done()
}

/// Reviews and the like are requests: they have no name.
fn is_request(definition: &str) -> bool {
    definition.starts_with("authentication.")
        || definition.starts_with("authorization.")
        || definition.ends_with("Eviction")
}

/// Validates the metadata of an object whose schema leaves it out.
pub(super) fn metadata(validation: &mut Validation<'_, '_>, metadata: Part<'_>) {
    validation.path.push("metadata".to_owned());
    validation.object(metadata, "meta.v1.ObjectMeta");
    validation.path.pop();
}

/// A validation under way: where it stands, and what it found.
pub(super) struct Validation<'o, 't> {
    object: &'o Object<'t>,
    minor: Minor,
    /// Keys and `[name]`s on the way to the value that is looked at.
    pub(super) path: Vec<String>,
    /// The definitions on the way, with the length of the path at each.
    above: Vec<(&'static str, usize)>,
    /// The key whose value is looked at; none for the items of a list.
    pub(super) key: Option<Span>,
    violations: Vec<Violation>,
}

impl<'o, 't> Validation<'o, 't> {
    pub(super) fn new(object: &'o Object<'t>, minor: Minor) -> Self {
        Self { object, minor, path: Vec::new(), above: Vec::new(), key: None, violations: Vec::new() }
    }

    /// What was found, in the order of the text.
    pub(super) fn done(mut self) -> Vec<Violation> {
        self.violations.sort_by_key(|violation| violation.finding.primary.span);
        self.violations
    }

    /// The path so far, as people write it: `spec.containers[web].image`.
    pub(super) fn path(&self) -> String {
        join(&self.path)
    }

    pub(super) fn say(&mut self, sort: ViolationSort, message: String, at: Span, help: Option<String>) {
        let mut finding = Finding::new(message, at, self.object.subject(&self.path()));
        if let Some(help) = help {
            finding = finding.help(help);
        }
        self.violations.push(Violation { sort, finding });
    }

    fn wrong(&mut self, message: String, at: Span, help: Option<String>) {
        self.say(ViolationSort::Schema, message, at, help);
    }

    pub(super) fn missing(&mut self, names: &[&str], at: Span) {
        let length = self.path.len();
        self.path.extend(names.iter().map(|name| (*name).to_owned()));
        let whole = self.path();
        self.wrong(format!("`{whole}` is missing"), at, None);
        self.path.truncate(length);
    }

    /// A mapping whose fields are known.
    pub(super) fn object(&mut self, part: Part<'_>, name: &'static str) {
        let node = part.node();
        if !node.is_mapping() {
            return self.mismatch(part, "a mapping");
        }
        let Some(definition) = Definition::find(name).filter(|_| self.above.len() < MAX_DEPTH) else {
            return;
        };
        let fields: Vec<Field> = definition.fields(self.minor).collect();
        self.above.push((name, self.path.len()));
        let mut seen: Vec<&str> = Vec::with_capacity(node.entries().len());
        each_entry(node, |entry| {
            let key = entry.key.text();
            let Some(field) = fields.iter().find(|field| field.name == key) else {
                if !part.unknown_key(entry.key) {
                    self.unknown(&key, entry, definition, &fields, node);
                }
                return;
            };
            let value = part.of(entry.value);
            if entry.value.is_null() && !value.is_unknown() {
                return;
            }
            seen.push(field.name);
            self.path.push(field.name.to_owned());
            let above = self.key.replace(entry.key.span());
            self.value(value, field.kind);
            self.key = above;
            self.path.pop();
        });
        for field in fields.iter().filter(|field| field.required && !seen.contains(&field.name)) {
            let at = self.anchor(node);
            self.missing(&[field.name], at);
        }
        self.above.pop();
    }

    /// Where something that is missing from a mapping is missed: at the key of the mapping, at the first key of an item.
    pub(super) fn anchor(&self, node: NodeRef<'_>) -> Span {
        if self.path.is_empty() {
            return self.object.kind.span;
        }
        self.key.unwrap_or_else(|| head(node))
    }

    /// A value of some type.
    pub(super) fn value(&mut self, part: Part<'_>, kind: Type) {
        if part.is_unknown() {
            return;
        }
        match kind {
            Type::Any => {}
            Type::Definition(name) => self.object(part, name),
            Type::Object => {
                if !part.node().is_mapping() {
                    self.mismatch(part, "a mapping");
                }
            }
            Type::List(items) => self.list(part, Type::parse(items)),
            Type::Map(values) => self.map(part, Type::parse(values)),
            _ => self.scalar(part, kind),
        }
    }

    fn list(&mut self, part: Part<'_>, kind: Type) {
        if !part.node().is_sequence() {
            return self.mismatch(part, "a list");
        }
        for (index, item) in part.items().enumerate() {
            if item.node().is_null() && !item.is_unknown() {
                // Kubernetes reads a null in a list as an empty value, which no field means.
                if matches!(kind, Type::Definition(_)) {
                    self.path.push(format!("[{index}]"));
                    self.mismatch(item, "a mapping");
                    self.path.pop();
                }
                continue;
            }
            self.path.push(item_name(item, index));
            let above = self.key.take();
            self.value(item, kind);
            self.key = above;
            self.path.pop();
        }
    }

    fn map(&mut self, part: Part<'_>, kind: Type) {
        if !part.node().is_mapping() {
            return self.mismatch(part, "a mapping");
        }
        each_entry(part.node(), |entry| {
            let value = part.of(entry.value);
            if entry.value.is_null() && !value.is_unknown() {
                return;
            }
            self.path.push(format!("[{}]", entry.key.text()));
            let above = self.key.replace(entry.key.span());
            self.value(value, kind);
            self.key = above;
            self.path.pop();
        });
    }

    fn scalar(&mut self, part: Part<'_>, kind: Type) {
        let node = part.node();
        let Some(scalar) = node.scalar() else { return self.mismatch(part, wanted(kind)) };
        match (kind, &scalar) {
            (Type::String, Scalar::String(_))
            | (Type::Bool, Scalar::Bool(_))
            | (Type::Number, Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_))
            | (Type::Int64, Scalar::Int(_))
            | (Type::IntOrString, Scalar::Int(_) | Scalar::String(_)) => {}
            (Type::Int32, Scalar::Int(number)) => {
                if i32::try_from(*number).is_err() {
                    self.refuse(part, "does not fit into 32 bits", None);
                }
            }
            (Type::Int32 | Type::Int64, Scalar::Float(number))
                if number.fract() == 0.0 && number.abs() < 2e9 => {}
            (Type::Enumeration(values), Scalar::String(text)) => {
                let known = || values.split('|');
                let plain = |value: &str| value.replace('_', " ");
                if !text.is_empty() && !known().any(|value| plain(value) == *text) {
                    let near = nearest(text, known());
                    let all: Vec<String> = known()
                        .filter(|value| !value.is_empty())
                        .map(|value| format!("`{}`", plain(value)))
                        .collect();
                    let help = match near {
                        Some(value) => format!("write `{}`", plain(value)),
                        None => format!("write one of {}", all.join(", ")),
                    };
                    self.refuse(part, "is none of the values it can have", Some(help));
                }
            }
            (Type::Quantity, Scalar::String(_) | Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => {
                if let Err(error) = Quantity::parse(&amount(node, &scalar)) {
                    let help = "write a quantity such as `500m`, `128Mi` or `2`".to_owned();
                    self.refuse(part, &error.to_string(), Some(help));
                }
            }
            (Type::Bytes, Scalar::String(text)) => {
                if !is_base64(text) {
                    let help = "encode it, or give it in plain text under `stringData`".to_owned();
                    let whole = self.path();
                    self.wrong(format!("`{whole}` is not base64"), node.span(), Some(help));
                }
            }
            (Type::Time, Scalar::String(text) | Scalar::Timestamp(text)) => {
                if !is_time(text) {
                    self.refuse(part, "is no time such as `2026-01-31T12:00:00Z`", None);
                }
            }
            _ => self.mismatch(part, wanted(kind)),
        }
    }

    /// What the fields that are looked at belong to.
    pub(super) fn owner(&self) -> String {
        if self.path.is_empty() { self.object.kind.value.to_string() } else { self.path() }
    }

    /// A collection that has too many or too few of something.
    pub(super) fn limit(&mut self, part: Part<'_>, what: &str) {
        let whole = self.path();
        self.wrong(format!("`{whole}` {what}"), head(part.node()), None);
    }

    /// A value that has the right type and is wrong all the same.
    pub(super) fn refuse(&mut self, part: Part<'_>, why: &str, help: Option<String>) {
        let whole = self.path();
        let shown = shorten(&part.node().text());
        self.wrong(format!("`{whole}` is `{shown}`, which {why}"), part.span(), help);
    }

    /// A value of another type than it has to be.
    pub(super) fn mismatch(&mut self, part: Part<'_>, wanted: &str) {
        let whole = self.path();
        let whole = if whole.is_empty() { self.object.label() } else { whole };
        let node = part.node();
        let scalar = node.scalar();
        let quotable =
            matches!(scalar, Some(Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_) | Scalar::Bool(_)));
        let help = match scalar {
            _ if quotable && wanted == "a string" => Some("put it in quotes".to_owned()),
            Some(Scalar::String(text)) if unquoted_fits(&text, wanted) => {
                Some("remove the quotes".to_owned())
            }
            _ => None,
        };
        let at = if node.is_scalar() { node.span() } else { head(node) };
        self.wrong(format!("`{whole}` is {} and has to be {wanted}", found(node)), at, help);
        if quotable
            && wanted == "a string"
            && let Some(last) = self.violations.last_mut()
        {
            let quotes = Remedy::new("put it in quotes", Safety::Safe, at, What::Quote);
            last.finding.remedy = Some(Ok(quotes));
        }
    }

    fn unknown(
        &mut self,
        key: &str,
        entry: Entry<'_>,
        definition: Definition,
        fields: &[Field],
        node: NodeRef<'_>,
    ) {
        let free: Vec<&str> =
            fields.iter().map(|field| field.name).filter(|name| node.get(name).is_none()).collect();
        let mut remedy = None;
        let elsewhen = definition.every_field().find(|field| field.name == key);
        let (message, help) = if let Some(field) = elsewhen {
            let when = if field.from() > self.minor {
                format!("is new in Kubernetes {}", field.from())
            } else {
                format!("is gone since Kubernetes {}", Minor(field.to().0 + 1))
            };
            (format!("`{}` {when}; the target is {}", self.with(key), self.minor), None)
        } else {
            let near = nearest(key, free.iter().copied());
            remedy = near.map(|name| {
                let rename = What::Rename(name.to_owned());
                Remedy::new(format!("rename it to `{name}`"), Safety::Unsafe, entry.key.span(), rename)
            });
            let help = match near {
                Some(name) => Some(format!("write `{name}`")),
                None => self.home_of(key, fields).map(|home| format!("move it to `{home}`")),
            };
            let owner = self.owner();
            (format!("`{owner}` has no field `{key}`"), help)
        };
        self.path.push(key.to_owned());
        self.say(ViolationSort::UnknownField, message, entry.key.span(), help);
        if let (Some(last), Some(remedy)) = (self.violations.last_mut(), remedy) {
            last.finding.remedy = Some(Ok(remedy));
        }
        self.path.pop();
    }

    fn with(&self, key: &str) -> String {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        join(&path)
    }

    /// The nearest place that has the field: one of the objects around, or a field of this one.
    fn home_of(&self, key: &str, fields: &[Field]) -> Option<String> {
        let has = |name: &str| {
            Definition::find(name)
                .is_some_and(|known| known.fields(self.minor).any(|field| field.name == key))
        };
        for field in fields {
            let (inner, brackets) = match field.kind {
                Type::Definition(name) => (name, ""),
                Type::List(items) => (items, "[]"),
                _ => continue,
            };
            if has(inner) {
                return Some(format!("{}{brackets}.{key}", self.with(field.name)));
            }
        }
        let mut around = self.above.iter().rev().skip(1);
        let (_, length) = around.find(|(name, _)| has(name))?;
        let mut path: Vec<String> = self.path.iter().take(*length).cloned().collect();
        path.push(key.to_owned());
        Some(join(&path))
    }
}

/// Every entry of a mapping that counts.
fn each_entry<'t>(node: NodeRef<'t>, mut visit: impl FnMut(Entry<'t>)) {
    if node.entries().any(|entry| entry.key.is_merge_key()) {
        node.merged().into_iter().for_each(visit);
    } else {
        node.entries().for_each(&mut visit);
    }
}

/// An item's name in a path: by its `name` where it has one, for that survives reordering.
pub(super) fn item_name(item: Part<'_>, index: usize) -> String {
    match item.text_at("name") {
        Some(name) if item.node().is_mapping() => format!("[{}]", shorten(&name)),
        _ => format!("[{index}]"),
    }
}

fn join(path: &[String]) -> String {
    let mut joined = String::new();
    for step in path {
        if !joined.is_empty() && !step.starts_with('[') {
            joined.push('.');
        }
        joined.push_str(step);
    }
    joined
}

/// The first line of a collection: a finding about all of it would underline half a file.
fn head(node: NodeRef<'_>) -> Span {
    match node.entries().next() {
        Some(entry) => entry.key.span(),
        None => node
            .items()
            .next()
            .map_or(node.span(), |item| if item.is_scalar() { item.span() } else { node.span().at_start() }),
    }
}

fn found(node: NodeRef<'_>) -> &'static str {
    match node.kind() {
        Kind::Mapping(_) => "a mapping",
        Kind::Sequence(_) => "a list",
        Kind::Scalar(_) => match node.scalar() {
            Some(Scalar::Null) | None => "empty",
            Some(Scalar::Bool(_)) => "a boolean",
            Some(Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => "a number",
            Some(_) => "a string",
        },
    }
}

fn wanted(kind: Type) -> &'static str {
    match kind {
        Type::String | Type::Enumeration(_) | Type::Bytes | Type::Time => "a string",
        Type::Bool => "a boolean",
        Type::Int32 | Type::Int64 => "a whole number",
        Type::Number => "a number",
        Type::Quantity => "a quantity",
        Type::IntOrString => "a whole number or a string",
        Type::List(_) => "a list",
        Type::Any | Type::Object | Type::Map(_) | Type::Definition(_) => "a mapping",
    }
}

fn unquoted_fits(text: &str, wanted: &str) -> bool {
    match wanted {
        "a boolean" => matches!(text, "true" | "false"),
        "a whole number" => text.parse::<i64>().is_ok(),
        "a number" => text.parse::<f64>().is_ok(),
        _ => false,
    }
}

/// A number as JSON writes it, a text as it is.
fn amount<'t>(node: NodeRef<'t>, scalar: &Scalar<'t>) -> Cow<'t, str> {
    match scalar {
        Scalar::Int(number) => Cow::Owned(number.to_string()),
        Scalar::Unsigned(number) => Cow::Owned(number.to_string()),
        Scalar::Float(number) => Cow::Owned(format!("{number}")),
        _ => node.text(),
    }
}

/// Standard base64 with padding; line breaks count for nothing, as in Go.
fn is_base64(text: &str) -> bool {
    let significant = || text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r'));
    let padding = significant().rev().take_while(|byte| *byte == b'=').count();
    let length = significant().count();
    length % 4 == 0
        && padding <= 2
        && significant()
            .take(length - padding)
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// RFC 3339: `2026-01-31T12:00:00Z`, with a fraction or an offset.
fn is_time(text: &str) -> bool {
    let shape = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, want)| match want {
                b'0' => byte.is_ascii_digit(),
                _ => byte == want,
            })
    };
    let Some((moment, zone)) = text.split_at_checked(19) else { return false };
    let digits =
        zone.strip_prefix('.').map_or("", |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = if zone.starts_with('.') { digits } else { zone };
    let offset = zone.strip_prefix(['+', '-']).is_some_and(|offset| shape(offset, "00:00"));
    shape(moment, "0000-00-00T00:00:00") && (zone == "Z" || offset)
}

/// At most forty characters of a value: messages are no place for whole files.
pub(super) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
