//! `compose/changed-number`: a number that is handed on as another one than the one that is written.

use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;
use crate::source::Span;

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        let name = service.name;
        for path in ["environment", "labels", "build.args"] {
            for (key, entry) in service.at(path).into_iter().flat_map(Value::entries) {
                let Some((written, handed)) = changed(&entry.value, context) else { continue };
                if same_number(&written, handed) && !is_version(key) {
                    continue;
                }
                findings.push(finding(
                    format!("`{key}` gets `{handed}`: without quotes, `{written}` is {}", kind(&written)),
                    entry.value.origin.span,
                    format!("services.{name}.{path}.{key}"),
                    format!("quote it: `\"{written}\"`"),
                ));
            }
        }
        for list in ["secrets", "configs"] {
            for item in service.get(list).map(Value::items).unwrap_or_default() {
                findings.extend(item.get("mode").and_then(|mode| decimal_mode(mode, context)));
            }
        }
        for mount in service.mounts() {
            findings.extend(mount.value.at("tmpfs.mode").and_then(|mode| decimal_mode(mode, context)));
        }
    }
    findings
}

fn finding(message: String, at: Span, subject: String, help: String) -> Finding {
    Finding::new(message, at, subject).help(help)
}

/// What stands in the file, and what is handed on instead.
fn changed<'v>(value: &'v Value, context: &Context<'_>) -> Option<(String, &'v str)> {
    let handed = value.as_str().filter(|_| !value.is_unknown())?;
    let origin = &value.origin;
    let written = context.sources.slice(origin.span);
    let number = written.starts_with(|c: char| c.is_ascii_digit())
        && written.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | ':' | ' '));
    (origin.span == value.span && number && written != handed && !handed.starts_with(&written))
        .then_some((written, handed))
        .filter(|(written, handed)| !written.eq_ignore_ascii_case(handed))
}

/// True where whoever reads both as a number reads the same one.
fn same_number(written: &str, handed: &str) -> bool {
    match (written.parse::<f64>(), handed.parse::<f64>()) {
        (Ok(written), Ok(handed)) => written.to_bits() == handed.to_bits(),
        _ => false,
    }
}

/// True for a key whose value is read as text, although it is made of digits.
fn is_version(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.split(['_', '-', '.']).any(|word| matches!(word, "version" | "tag" | "release" | "ver"))
}

fn kind(written: &str) -> &'static str {
    let digits = written.strip_prefix('0').unwrap_or_default();
    if written.contains('-') && !written.contains(['e', 'E']) {
        "a date"
    } else if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        "an octal number"
    } else if digits.starts_with(['x', 'X', 'o', 'O', 'b', 'B']) {
        "a number of another base"
    } else {
        "a number"
    }
}

/// Permission bits that were meant in octal and are read in decimal: `440` is `0670`.
fn decimal_mode(mode: &Value, context: &Context<'_>) -> Option<Finding> {
    let written = context.sources.slice(mode.origin.span);
    let octal =
        (3..=4).contains(&written.len()) && written.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    let bits: i64 = written.parse().ok().filter(|_| octal && !written.starts_with('0'))?;
    Some(finding(
        format!("this mode is 0{bits:o}: without a zero in front, {written} is a decimal number"),
        mode.origin.span,
        "mode".to_owned(),
        format!("write `0{written}`"),
    ))
}
