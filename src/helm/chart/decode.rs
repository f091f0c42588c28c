//! Reading a YAML mapping into a Go struct, as `sigs.k8s.io/yaml` does: through JSON, keys in any case.

use std::collections::BTreeMap;

use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::metadata::Field;
use crate::helm::go::quote::quote;
use crate::source::Spanned;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// Reads the fields of one Go struct.
#[derive(Clone, Copy)]
pub(crate) struct Decoder {
    /// The name of the struct, for messages.
    pub(crate) structure: &'static str,
}

pub(crate) fn is_null(node: NodeRef<'_>) -> bool {
    node.is_null()
}

/// The JSON word for what a node is.
fn json_kind(node: NodeRef<'_>) -> &'static str {
    if node.is_mapping() {
        return "object";
    }
    if node.is_sequence() {
        return "array";
    }
    match node.scalar() {
        Some(Scalar::Bool(_)) => "bool",
        Some(Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => "number",
        _ => "string",
    }
}

/// The text Helm makes of a scalar for a text field; `None` for null and collections.
pub(crate) fn coerced(node: NodeRef<'_>) -> Option<String> {
    Some(match node.scalar()? {
        Scalar::Null => return None,
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Unsigned(value) => value.to_string(),
        // The one place where Helm prints a float with the digits of a 32-bit one: `1.10` becomes `1.1`.
        #[expect(clippy::cast_possible_truncation, reason = "as in the reference")]
        Scalar::Float(value) => general_float(value as f32),
        Scalar::Timestamp(text) | Scalar::String(text) => text.into_owned(),
        Scalar::Binary(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// As Go's `%v` prints a scalar out of a JSON tree.
pub(crate) fn printed(node: NodeRef<'_>) -> String {
    coerced(node).unwrap_or_else(|| "<nil>".to_owned())
}

/// What go-yaml says of a collection that stands as a key: it shows it in Go's syntax, keys in their order.
pub(crate) fn invalid_key(node: NodeRef<'_>) -> String {
    format!("yaml: invalid map key: {}", go_syntax(node, 0))
}

fn go_syntax(node: NodeRef<'_>, depth: usize) -> String {
    if depth > MAX_SHOWN_DEPTH || node.is_alias() {
        return "…".to_owned();
    }
    let shown = |node| go_syntax(node, depth + 1);
    if node.is_mapping() {
        let entries = node.entries().map(|entry| format!("{}:{}", shown(entry.key), shown(entry.value)));
        let mut entries: Vec<String> = entries.collect();
        entries.sort();
        return format!("map[interface {{}}]interface {{}}{{{}}}", entries.join(", "));
    }
    if node.is_sequence() {
        let items: Vec<String> = node.items().map(shown).collect();
        return format!("[]interface {{}}{{{}}}", items.join(", "));
    }
    match (node.scalar(), coerced(node)) {
        (Some(Scalar::Timestamp(_) | Scalar::String(_) | Scalar::Binary(_)), Some(text)) => {
            String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
        }
        (_, Some(text)) => text,
        (_, None) => "interface {}(nil)".to_owned(),
    }
}

/// Keys nested deeper than this are not shown.
const MAX_SHOWN_DEPTH: usize = 8;

/// Shortest digits; an exponent below 1e-4 and from 1e6 on.
fn general_float(value: f32) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

impl Decoder {
    fn mismatch(self, node: NodeRef<'_>, path: &str, wanted: &str) -> Problem {
        let kind = json_kind(node);
        let place = if path.is_empty() {
            format!("Go value of type chart.{}", self.structure)
        } else {
            format!("Go struct field {}.{path} of type {wanted}", self.structure)
        };
        let message = format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} into {place}"
        );
        let expected = match wanted {
            "string" => "a text",
            "bool" => "`true` or `false`",
            wanted if wanted.starts_with("[]") => "a list",
            _ => "a mapping",
        };
        let shown = if path.is_empty() { "the file" } else { path };
        Problem::new(ProblemCode::Metadata, message)
            .at(node.span())
            .explain(format!("`{shown}` must be {expected}, not {}", article(kind)))
    }

    /// The known fields of a mapping with their keys as written, in the order in which Go sees them.
    pub(crate) fn fields<'t>(
        self,
        node: NodeRef<'t>,
        known: &[&'static str],
    ) -> Result<Vec<(&'static str, &'static str, NodeRef<'t>)>, Problem> {
        if is_null(node) {
            return Ok(Vec::new());
        }
        if !node.is_mapping() {
            return Err(self.mismatch(node, "", ""));
        }
        let mut entries: BTreeMap<String, NodeRef<'t>> = BTreeMap::new();
        for entry in node.merged() {
            entries.insert(coerced(entry.key).unwrap_or_default(), entry.value);
        }
        let field = |key: &str| known.iter().find(|name| name.eq_ignore_ascii_case(key)).copied();
        Ok(entries.iter().filter_map(|(key, value)| field(key).map(|name| (name, name, *value))).collect())
    }

    pub(crate) fn text(self, node: NodeRef<'_>, path: &str, into: &mut Field) -> Result<(), Problem> {
        if is_null(node) {
            return Ok(());
        }
        let value = coerced(node).ok_or_else(|| self.mismatch(node, path, "string"))?;
        *into = Some(Spanned::new(value, node.span()));
        Ok(())
    }

    pub(crate) fn items<'t>(
        self,
        node: NodeRef<'t>,
        path: &str,
        wanted: &str,
    ) -> Result<Vec<NodeRef<'t>>, Problem> {
        if is_null(node) {
            return Ok(Vec::new());
        }
        if !node.is_sequence() {
            return Err(self.mismatch(node, path, wanted));
        }
        Ok(node.items().collect())
    }

    pub(crate) fn texts(
        self,
        node: NodeRef<'_>,
        path: &str,
        into: &mut Vec<Spanned<String>>,
    ) -> Result<(), Problem> {
        let items = self.items(node, path, "[]string")?;
        let read = items.into_iter().map(|item| {
            if is_null(item) {
                return Ok(Spanned::new(String::new(), item.span()));
            }
            let value = coerced(item).ok_or_else(|| self.mismatch(item, path, "string"))?;
            Ok(Spanned::new(value, item.span()))
        });
        *into = read.collect::<Result<_, Problem>>()?;
        Ok(())
    }

    pub(crate) fn text_map(
        self,
        node: NodeRef<'_>,
        path: &str,
    ) -> Result<Option<BTreeMap<String, Spanned<String>>>, Problem> {
        if is_null(node) {
            return Ok(None);
        }
        if !node.is_mapping() {
            return Err(self.mismatch(node, path, "map[string]string"));
        }
        let mut read = BTreeMap::new();
        for entry in node.merged() {
            let key = coerced(entry.key).unwrap_or_default();
            let value = match coerced(entry.value) {
                Some(value) => value,
                None if is_null(entry.value) => String::new(),
                None => return Err(self.mismatch(entry.value, path, "string")),
            };
            read.insert(key, Spanned::new(value, entry.value.span()));
        }
        Ok(Some(read))
    }

    pub(crate) fn bool(self, node: NodeRef<'_>, path: &str) -> Result<Option<bool>, Problem> {
        match node.scalar() {
            Some(Scalar::Null) => Ok(None),
            Some(Scalar::Bool(value)) => Ok(Some(value)),
            _ => Err(self.mismatch(node, path, "bool")),
        }
    }
}

fn article(kind: &str) -> &'static str {
    match kind {
        "object" => "a mapping",
        "array" => "a list",
        "number" => "a number",
        "bool" => "a truth value",
        _ => "a text",
    }
}
