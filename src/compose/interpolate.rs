//! Variables in a document, and the types that their texts become.

use std::collections::BTreeSet;

use crate::compose::environment::Environment;
use crate::compose::environment::Variable;
use crate::compose::path::Path;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::template::Stand;
use crate::compose::template::Template;
use crate::compose::template::TemplateError;
use crate::compose::template::Unset;
use crate::compose::template::Use;
use crate::compose::value::Data;
use crate::compose::value::Value;
use crate::diagnostic::Safety;
use crate::diagnostic::What;

/// Interpolates every text of a document, and casts those at typed paths. The variables that have to be set (`:?`) and
/// are not are added to `required`, where the document is read without them.
pub(crate) fn interpolate(
    document: &mut Value,
    environment: &Environment,
    unset: Unset,
    problems: &mut Vec<Problem>,
    required: &mut BTreeSet<String>,
) {
    let lookup = |name: &str| environment.get(name).cloned();
    Interpolator { lookup: &lookup, unset, problems, required, uses: Vec::new() }.value(document, Path::ROOT);
}

/// What is said of a variable that nothing sets.
pub(crate) fn not_set(name: &str) -> String {
    format!("the variable `{name}` is not set and has no default")
}

/// Interpolates one text that stands alone, such as the project name.
pub(crate) fn text(
    value: &mut Value,
    path: &str,
    environment: &Environment,
    unset: Unset,
    problems: &mut Vec<Problem>,
) {
    let lookup = |name: &str| environment.get(name).cloned();
    let path = Path::ROOT.key(path);
    let required = &mut BTreeSet::new();
    Interpolator { lookup: &lookup, unset, problems, required, uses: Vec::new() }.value(value, path);
}

struct Interpolator<'i> {
    lookup: &'i dyn Fn(&str) -> Option<Variable>,
    unset: Unset,
    problems: &'i mut Vec<Problem>,
    required: &'i mut BTreeSet<String>,
    uses: Vec<Use>,
}

impl Interpolator<'_> {
    fn value(&mut self, value: &mut Value, path: Path<'_>) {
        match &mut value.data {
            Data::Mapping(mapping) => {
                for (key, entry) in mapping {
                    self.value(&mut entry.value, path.key(key));
                }
            }
            Data::Sequence(items) => {
                for item in items {
                    self.value(item, path.item());
                }
            }
            Data::String(_) => self.scalar(value, path),
            _ => {}
        }
    }

    fn scalar(&mut self, value: &mut Value, path: Path<'_>) {
        let Data::String(text) = &value.data else { return };
        if text.contains('$') {
            self.uses.clear();
            let template = Template { lookup: self.lookup, unset: self.unset };
            match template.substitute(text, &mut self.uses) {
                Ok(replaced) => {
                    self.record(value, path);
                    value.data = Data::String(replaced);
                }
                Err(error) => {
                    self.problems.push(problem(value, path, error));
                    value.mark_unknown("its variables cannot be read", Some(value.span));
                    return;
                }
            }
        }
        if value.is_unknown() {
            return;
        }
        let Some(cast) = cast_at(&path.keys()) else { return };
        let Data::String(text) = &value.data else { return };
        match cast.apply(text) {
            Ok((data, old)) => {
                if old {
                    let message = format!("`{text}` is a word for a boolean in YAML 1.1 only");
                    let word = if data == Data::Bool(true) { "true" } else { "false" };
                    let problem =
                        Problem::new(Code::Deprecated, value.span, path.to_string(), message).warning();
                    let boolean = What::Replace(word.to_owned());
                    // A word that a variable brought is not written here.
                    let problem = if value.written_at().is_ok() {
                        problem.remedy(format!("write `{word}`"), Safety::Safe, boolean)
                    } else {
                        problem
                    };
                    self.problems.push(problem.help(format!("write `{word}`")));
                }
                value.data = data;
            }
            Err(expected) => {
                let key = path.keys().last().copied().unwrap_or_default().to_owned();
                let shown = if text.is_empty() { "an empty text" } else { text };
                let shown = if text.is_empty() { shown.to_owned() } else { format!("`{shown}`") };
                let message = format!("`{key}` takes {expected}, and this is {shown}");
                let mut problem = Problem::new(Code::WrongValue, value.span, path.to_string(), message);
                for through in &value.origin.through {
                    if *through != value.span {
                        problem = problem.related(*through, "the value comes from here");
                    }
                }
                self.problems.push(problem);
                value.mark_unknown("it is not of the type that is needed", Some(value.span));
            }
        }
    }

    /// Notes where the text of a value comes from.
    fn record(&mut self, value: &mut Value, path: Path<'_>) {
        let Data::String(text) = &value.data else { return };
        let whole = text.len();
        for used in &self.uses {
            let at = used.at.clone().map_or(value.span, |range| value.part_span(range));
            let source = match &used.stand {
                Stand::Variable(span) => *span,
                Stand::Text(range) => {
                    let range = range.clone();
                    range.map(|range| value.part_span(range)).filter(|span| *span != value.span)
                }
                Stand::Required => {
                    self.required.insert(used.name.clone());
                    value.mark_unknown(
                        format!("`${}` has to be set by whoever starts it", used.name),
                        Some(at),
                    );
                    None
                }
                Stand::Unset => {
                    let name = &used.name;
                    let problem =
                        Problem::new(Code::UnsetVariable, at, path.to_string(), not_set(name)).warning();
                    self.problems.push(
                        problem
                            .label("counts as an empty text")
                            .help(format!("set it in `.env`, or give it a default: `${{{name}:-…}}`")),
                    );
                    if self.unset == Unset::Keep {
                        value.mark_unknown(format!("`${name}` is not set"), Some(at));
                    }
                    None
                }
            };
            // A text that is one variable and nothing else was decided where the variable was.
            let alone = used.at.as_ref().is_some_and(|range| *range == (0..whole));
            match source {
                Some(source) if alone => {
                    value.origin.through.push(value.span);
                    value.origin.span = source;
                }
                Some(source) => value.origin.through.push(source),
                None => value.origin.through.push(at),
            }
        }
        if self.uses.is_empty() {
            // `$$` was all there was to replace; the text no longer has its length in the file.
            value.origin.through.push(value.span);
        }
    }
}

fn problem(value: &Value, path: Path<'_>, error: TemplateError) -> Problem {
    let path = path.to_string();
    match error {
        TemplateError::Invalid(text) => {
            let at = value.as_str().and_then(|whole| {
                let start = whole.find(&text)? + text.find("${")?;
                Some(value.part_span(start..start + 2))
            });
            // `${name%%.*}` is meant for a shell; what is never closed is meant for Compose and misspelt.
            let closed = at.is_some_and(|at| at.len() == 2) && text.contains('}');
            let problem = Problem::new(
                Code::Interpolation,
                at.unwrap_or(value.span),
                path,
                "this `${` does not begin a variable that Compose can read",
            )
            .help("write `${NAME}` or `${NAME:-default}`, or `$$` for a dollar sign");
            if closed {
                problem.remedy("write `$$`, a dollar sign", Safety::Unsafe, What::Part("$${".to_owned()))
            } else {
                problem
            }
        }
        TemplateError::Required { name, reason } => {
            let message = if reason.is_empty() {
                format!("the variable `{name}` is required and is not set")
            } else {
                format!("the variable `{name}` is required and is not set: {reason}")
            };
            Problem::new(Code::RequiredVariable, value.span, path, message)
                .help(format!("set `{name}` in `.env` or in the environment"))
        }
    }
}

/// Which type a text becomes before the schema is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    Integer,
    Float,
    Single,
    Boolean,
    /// Permission bits: octal with a leading zero, else decimal.
    Umask,
}

impl Cast {
    /// The value of a text; the flag says that it is a word of YAML 1.1. The error is what would be taken.
    pub(crate) fn apply(self, text: &str) -> Result<(Data, bool), &'static str> {
        match self {
            Self::Integer => integer(text).map(|value| (Data::Int(value), false)).ok_or("a whole number"),
            Self::Float => float(text).map(|value| (Data::Float(value), false)).ok_or("a number"),
            Self::Single => {
                let single = float(text).map(|value| single(text, value));
                single
                    .filter(|value| value.is_finite())
                    .map(|value| (Data::Single(value), false))
                    .ok_or("a number")
            }
            Self::Umask => {
                let bits = umask(text);
                bits.map(|bits| (Data::Int(bits), false)).ok_or("permission bits such as `022`")
            }
            Self::Boolean => match boolean(text) {
                Some((value, old)) => Ok((Data::Bool(value), old)),
                None => Err("`true` or `false`"),
            },
        }
    }
}

fn single(text: &str, value: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "Compose keeps this number in single precision")]
    let rounded = value as f32;
    text.parse::<f32>().unwrap_or(rounded)
}

/// A whole number: a sign and decimal digits, nothing else.
pub(crate) fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// A number as Go reads it: also hexadecimal with an exponent, underscores refused.
pub(crate) fn float(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['+', '-']);
    let hexadecimal = digits.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("0x"));
    if hexadecimal {
        return hexadecimal_float(text);
    }
    let value: f64 = text.parse().ok()?;
    let written = digits.bytes().any(|byte| byte.is_ascii_digit());
    // An overflow is an error, an infinity that was asked for is not.
    (value.is_finite() || !written).then_some(value)
}

fn hexadecimal_float(text: &str) -> Option<f64> {
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['+', '-']).get(2..)?.to_ascii_lowercase();
    let (mantissa, exponent) = digits.split_once('p')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0_f64;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let shift = exponent - 4 * i32::try_from(fraction.len()).ok()?;
    value *= 2.0_f64.powi(shift);
    Some(if negative { -value } else { value })
}

/// Permission bits as Go reads a number of any base: `022` and `0o22` are octal, `18` is decimal.
pub(crate) fn umask(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let (digits, base) = match lower.as_bytes() {
        [b'0', b'x', ..] => (lower.get(2..)?, 16),
        [b'0', b'b', ..] => (lower.get(2..)?, 2),
        [b'0', b'o', ..] => (lower.get(2..)?, 8),
        [b'0', _, ..] => (lower.get(1..)?, 8),
        _ => (lower.as_str(), 10),
    };
    if digits.starts_with(['+', '-']) || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    u32::from_str_radix(&digits.replace('_', ""), base).ok().map(i64::from)
}

/// A truth value; the flag says that the word is one of YAML 1.1.
pub(crate) fn boolean(text: &str) -> Option<(bool, bool)> {
    match text.to_lowercase().as_str() {
        "true" => Some((true, false)),
        "false" => Some((false, false)),
        "y" | "yes" | "on" => Some((true, true)),
        "n" | "no" | "off" => Some((false, true)),
        _ => None,
    }
}

/// The cast of a path, if it has one.
pub(crate) fn cast_at(keys: &[&str]) -> Option<Cast> {
    match keys {
        ["networks", _, "external" | "internal" | "attachable" | "enable_ipv4" | "enable_ipv6"]
        | ["volumes" | "secrets" | "configs", _, "external"] => Some(Cast::Boolean),
        ["services", _, "pre_start", _, rest @ ..] => container(rest),
        ["services", _, rest @ ..] => container(rest).or_else(|| workload(rest)).or_else(|| service(rest)),
        ["jobs", _, rest @ ..] => container(rest).or_else(|| workload(rest)),
        _ => None,
    }
}

fn container(keys: &[&str]) -> Option<Cast> {
    match keys {
        [
            "cpu_count" | "cpu_period" | "cpu_quota" | "cpu_rt_period" | "cpu_rt_runtime" | "cpu_shares"
            | "oom_score_adj" | "pids_limit",
        ]
        | ["ulimits", _]
        | ["ulimits", _, "hard" | "soft"] => Some(Cast::Integer),
        ["cpu_percent"] => Some(Cast::Float),
        ["cpus"] => Some(Cast::Single),
        ["umask"] => Some(Cast::Umask),
        ["init" | "oom_kill_disable" | "privileged" | "read_only"]
        | ["volumes", "[]", "read_only"]
        | ["volumes", "[]", "volume", "nocopy"]
        | ["networks", _, "use_service_name_alias"] => Some(Cast::Boolean),
        _ => None,
    }
}

fn workload(keys: &[&str]) -> Option<Cast> {
    match keys {
        ["depends_on", _, "required" | "restart"] | ["healthcheck", "disable"] | ["stdin_open" | "tty"] => {
            Some(Cast::Boolean)
        }
        ["healthcheck", "retries"] | ["ports", "[]", "target"] => Some(Cast::Integer),
        _ => None,
    }
}

fn service(keys: &[&str]) -> Option<Cast> {
    match keys {
        ["scale"]
        | ["deploy", "replicas"]
        | ["deploy", "update_config" | "rollback_config", "parallelism"]
        | ["deploy", "restart_policy", "max_attempts"]
        | ["deploy", "placement", "max_replicas_per_node"] => Some(Cast::Integer),
        ["deploy", "update_config" | "rollback_config", "max_failure_ratio"] => Some(Cast::Float),
        _ => None,
    }
}
