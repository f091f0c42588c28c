//! `values.schema.json`: what a chart wants its values to look like.

mod plain;

use std::fmt::Write as _;

use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::ChartFile;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Value;
use crate::helm::values::DEPTH;
use crate::helm::values::Node;
use crate::source::SourceMap;
use crate::source::Span;

/// How the error of a reference ends that leads out of the file.
const NOT_FETCHED: &str = "and nothing is fetched";

/// One place where values break a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The path as a JSON pointer, from the chart's own values: `/image/tag`.
    pub pointer: String,
    /// What is wrong: `got string, want integer`.
    pub message: String,
    /// The value that is wrong, where one stands in a file.
    pub place: Option<Span>,
}

/// Why a schema was not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The file is not JSON.
    #[error("{0}")]
    Json(String),
    /// The schema is not one, or refers to something that is not here.
    #[error("{0}")]
    Schema(String),
    /// It refers to another one that is not in the chart.
    #[error("{0}")]
    Elsewhere(String),
}

/// Validates the values of a chart and of all that take part below it.
pub(crate) fn validate(root: &Node, values: &Dict, _sources: &SourceMap) -> Result<(), Problem> {
    let mut report = String::new();
    let mut found = Vec::new();
    let mut elsewhere = None;
    chart(root, values, &mut report, &mut found, &mut elsewhere);
    if report.is_empty() {
        return Ok(());
    }
    let message =
        format!("values don't meet the specifications of the schema(s) in the following chart(s):\n{report}");
    if let (Some(place), true) = (elsewhere, found.is_empty()) {
        return Err(Problem::new(ProblemCode::SchemaElsewhere, message).at(place));
    }
    let mut problem = Problem::new(ProblemCode::Schema, message);
    let mut first = true;
    for (name, violation) in found {
        let path = shown(&violation.pointer);
        let text = format!("{path}: {}", violation.message);
        match violation.place {
            Some(place) if first => {
                problem =
                    problem.at(place).explain(format!("the values break the schema of `{name}`: {text}"));
                first = false;
            }
            Some(place) => problem = problem.related(place, text),
            None if first => {
                problem = problem.explain(format!("the values break the schema of `{name}`: {text}"));
                first = false;
            }
            None => {}
        }
    }
    Err(problem)
}

/// The violations as Helm lists them, one a line.
pub(crate) fn lines(violations: &[Violation]) -> String {
    let mut lines = String::new();
    for violation in violations {
        let _ = writeln!(lines, "- at '{}': {}", violation.pointer, violation.message);
    }
    lines
}

fn shown(pointer: &str) -> String {
    let path = pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
    if path.is_empty() { "the values".to_owned() } else { format!("`{path}`") }
}

fn chart(
    node: &Node,
    values: &Dict,
    report: &mut String,
    found: &mut Vec<(String, Violation)>,
    elsewhere: &mut Option<Span>,
) {
    let name = node.name();
    if let Some(schema) = &node.chart.schema {
        match check(schema, values) {
            Ok(violations) if violations.is_empty() => {}
            Ok(violations) => {
                let _ = write!(report, "{name}:\n{}", lines(&violations));
                found.extend(violations.into_iter().map(|violation| (name.clone(), violation)));
            }
            Err(error @ SchemaError::Elsewhere(_)) => {
                let _ = write!(report, "{name}:\n{error}");
                *elsewhere = elsewhere.or(schema.span().map(Span::at_start));
            }
            Err(error) => {
                let _ = write!(report, "{name}:\n{error}");
                let violation = Violation {
                    pointer: String::new(),
                    message: error.to_string(),
                    place: schema.span().map(Span::at_start),
                };
                found.push((name.clone(), violation));
            }
        }
    }
    for dependency in node.dependencies() {
        let below = dependency.name();
        match values.get(&below) {
            None => {}
            Some(value) if value.is_nil() => {}
            Some(value) => {
                if let Some(values) = value.as_dict() {
                    chart(&dependency, values, report, found, elsewhere);
                } else {
                    let found = value.type_name();
                    let _ = writeln!(
                        report,
                        "{below}:\ninvalid type for values: expected object (map), got {found}"
                    );
                }
            }
        }
    }
}

/// Validates values against one schema, offline: a reference that leads out of the file is an error.
pub(crate) fn check(schema: &ChartFile, values: &Dict) -> Result<Vec<Violation>, SchemaError> {
    check_text(schema.text().unwrap_or_default(), values)
}

/// Validates values against the text of a schema.
pub(crate) fn check_text(text: &str, values: &Dict) -> Result<Vec<Violation>, SchemaError> {
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|error| SchemaError::Json(error.to_string()))?;
    if json.get("$schema").is_some_and(|draft| draft == "") {
        return Err(SchemaError::Schema("`$schema` is empty".to_owned()));
    }
    if plain::satisfied(&json, values) {
        return Ok(Vec::new());
    }
    // As the validator that Helm uses: patterns of RE2, a few more formats, and contents left alone.
    let validator = jsonschema::options()
        .with_retriever(Permissive)
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .with_format("uuid", is_uuid)
        .with_format("duration", is_duration)
        .without_content_encoding_support("base64")
        .without_content_media_type_support("application/json")
        .build(&json)
        .map_err(|error| {
            let message = error.to_string();
            if message.contains(NOT_FETCHED) {
                SchemaError::Elsewhere(outside(&json).unwrap_or(message))
            } else {
                SchemaError::Schema(message)
            }
        })?;
    let instance = to_json(&Value::from(values.clone()), 0);
    let mut violations: Vec<Violation> = validator
        .iter_errors(&instance)
        .map(|error| {
            let pointer = error.instance_path().to_string();
            Violation { place: place(values, &pointer), message: describe(&error), pointer }
        })
        .collect();
    // What is of another type is not looked at further.
    let mistyped: Vec<String> = violations
        .iter()
        .filter(|violation| violation.message.starts_with("got "))
        .map(|violation| violation.pointer.clone())
        .collect();
    violations
        .retain(|violation| violation.message.starts_with("got ") || !mistyped.contains(&violation.pointer));
    violations.sort_by(|a, b| (&a.pointer, &a.message).cmp(&(&b.pointer, &b.message)));
    violations.dedup();
    Ok(violations)
}

/// The first reference in the text of a schema that leads out of it: of several, the validator names any.
fn outside(schema: &serde_json::Value) -> Option<String> {
    let mut pending = vec![schema];
    while let Some(node) = pending.pop() {
        match node {
            serde_json::Value::Object(entries) => {
                let to = entries.get("$ref").and_then(serde_json::Value::as_str);
                if let Some(to) = to.filter(|to| !to.starts_with('#') && !to.starts_with("urn:")) {
                    return Some(format!("the schema refers to {to}, and nothing is fetched"));
                }
                pending.extend(entries.values().rev());
            }
            serde_json::Value::Array(items) => pending.extend(items.iter().rev()),
            _ => {}
        }
    }
    None
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    text.split('-').count() == lengths.len()
        && text
            .split('-')
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// ISO 8601: `P3D`, `PT1H30M`, `P2W`.
fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else { return false };
    let units = |text: &str, known: &str| {
        let mut left = known;
        let mut digits = 0;
        for c in text.chars() {
            if c.is_ascii_digit() {
                digits += 1;
                continue;
            }
            let Some(at) = left.find(c).filter(|_| digits > 0) else { return false };
            left = left.get(at + 1..).unwrap_or_default();
            digits = 0;
        }
        digits == 0
    };
    if let Some(weeks) = rest.strip_suffix('W') {
        return !weeks.is_empty() && weeks.bytes().all(|b| b.is_ascii_digit());
    }
    match rest.split_once('T') {
        Some((date, time)) => units(date, "YMD") && !time.is_empty() && units(time, "HMS"),
        None => !rest.is_empty() && units(rest, "YMD"),
    }
}

/// Answers `urn:` references with a schema that everything satisfies, as Helm does; fetches nothing.
struct Permissive;

impl jsonschema::Retrieve for Permissive {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<serde_json::Value, Box<dyn std::error::Error + Send + Sync>> {
        if uri.as_str().starts_with("urn:") {
            return Ok(serde_json::Value::Bool(true));
        }
        Err(format!("the schema refers to {uri}, {NOT_FETCHED}").into())
    }
}

fn place(values: &Dict, pointer: &str) -> Option<Span> {
    let mut at = Value::from(values.clone());
    let mut last = None;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        let next = match &at.data {
            Data::Dict(dict) | Data::Values(dict, _) => dict.member(&part).map(|member| {
                last = member.key_origins.iter().next().map(|origin| origin.span).or(last);
                member.value
            }),
            Data::List(list) => part.parse::<usize>().ok().and_then(|at| list.items().get(at).cloned()),
            _ => None,
        };
        let Some(next) = next else { return last };
        at = next;
    }
    let own = at.origins().iter().next().map(|origin| origin.span);
    // A whole mapping is too much to underline; its key says which one is meant.
    if at.as_dict().is_some() { last.or(own) } else { own.or(last) }
}

/// Values as JSON: whole numbers as such, whatever their Go type.
pub(crate) fn to_json(value: &Value, depth: usize) -> serde_json::Value {
    if depth > DEPTH {
        return serde_json::Value::Null;
    }
    match &value.data {
        Data::Bool(value) => serde_json::Value::Bool(*value),
        Data::Int(value) | Data::Int64(value) => (*value).into(),
        #[expect(clippy::cast_possible_truncation, reason = "only whole numbers that fit are converted")]
        Data::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => (*value as i64).into(),
        Data::Float(value) => (*value).into(),
        Data::String(text) => text.to_str().into_owned().into(),
        Data::List(list) => list.items().iter().map(|item| to_json(item, depth + 1)).collect(),
        Data::Dict(dict) | Data::Values(dict, _) => serde_json::Value::Object(
            dict.members()
                .into_iter()
                .map(|(key, member)| {
                    (String::from_utf8_lossy(&key).into_owned(), to_json(&member.value, depth + 1))
                })
                .collect(),
        ),
        _ => serde_json::Value::Null,
    }
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn describe(error: &jsonschema::ValidationError<'_>) -> String {
    use jsonschema::error::TypeKind;
    use jsonschema::error::ValidationErrorKind as Kind;
    let instance = error.instance();
    match error.kind() {
        Kind::Type { kind: wanted } => {
            let wanted = match wanted {
                TypeKind::Single(single) => single.to_string(),
                TypeKind::Multiple(several) => {
                    several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or ")
                }
            };
            format!("got {}, want {wanted}", kind(instance))
        }
        Kind::AdditionalProperties { unexpected } => {
            format!("additional properties {} not allowed", quoted(unexpected))
        }
        Kind::UnevaluatedProperties { unexpected } => {
            format!("unevaluated properties {} not allowed", quoted(unexpected))
        }
        Kind::Required { property } => format!("missing property {}", plain(property)),
        Kind::Enum { options } => match options.as_array() {
            Some(options) => {
                let options: Vec<_> = options.iter().map(plain).collect();
                if options.len() == 1 {
                    format!("value must be {}", options.join(""))
                } else {
                    format!("value must be one of {}", options.join(", "))
                }
            }
            None => error.to_string(),
        },
        Kind::Constant { expected_value } => format!("value must be {}", plain(expected_value)),
        Kind::Minimum { limit } => format!("minimum: got {instance}, want {limit}"),
        Kind::Maximum { limit } => format!("maximum: got {instance}, want {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("exclusiveMinimum: got {instance}, want {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("exclusiveMaximum: got {instance}, want {limit}"),
        Kind::MinLength { limit } => {
            format!("minLength: got {}, want {limit}", instance.as_str().unwrap_or_default().chars().count())
        }
        Kind::MaxLength { limit } => {
            format!("maxLength: got {}, want {limit}", instance.as_str().unwrap_or_default().chars().count())
        }
        Kind::MinItems { limit } => {
            format!("minItems: got {}, want {limit}", instance.as_array().map_or(0, Vec::len))
        }
        Kind::MaxItems { limit } => {
            format!("maxItems: got {}, want {limit}", instance.as_array().map_or(0, Vec::len))
        }
        Kind::MinProperties { limit } => format!(
            "minProperties: got {}, want {limit}",
            instance.as_object().map_or(0, serde_json::Map::len)
        ),
        Kind::MaxProperties { limit } => format!(
            "maxProperties: got {}, want {limit}",
            instance.as_object().map_or(0, serde_json::Map::len)
        ),
        Kind::Pattern { pattern } => format!("{} does not match pattern '{pattern}'", plain(instance)),
        Kind::Format { format } => format!("{} is not valid {format}", plain(instance)),
        Kind::FalseSchema => "false schema".to_owned(),
        Kind::UniqueItems => "items are not unique".to_owned(),
        Kind::Not { .. } => "'not' failed".to_owned(),
        Kind::AnyOf { .. } => "'anyOf' failed".to_owned(),
        Kind::OneOfNotValid { .. } => "'oneOf' failed, none matched".to_owned(),
        Kind::OneOfMultipleValid { .. } => "'oneOf' failed, subschemas matched".to_owned(),
        _ => error.to_string(),
    }
}
