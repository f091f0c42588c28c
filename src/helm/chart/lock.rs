//! The digest of a lock file.

use sha2::Digest;

use crate::helm::chart::Dependency;
use crate::helm::chart::Import;
use crate::helm::chart::text;

/// The digest that `helm dependency` writes into a lock file: SHA-256 of what `Chart.yaml` asks for and what was locked,
/// as Go writes it in JSON. `None` where the declarations hold something that is not kept as it was written.
pub fn digest(asked: &[&Dependency], locked: &[&Dependency]) -> Option<String> {
    let list = |dependencies: &[&Dependency]| -> Option<String> {
        let all: Option<Vec<String>> = dependencies.iter().map(|dependency| json(dependency)).collect();
        // Go's nil slice is no list.
        all.map(|all| if all.is_empty() { "null".to_owned() } else { format!("[{}]", all.join(",")) })
    };
    let both = format!("[{},{}]", list(asked)?, list(locked)?);
    let hash = sha2::Sha256::digest(both.as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("sha256:{hex}"))
}

fn json(dependency: &Dependency) -> Option<String> {
    let mut members = vec![format!("\"name\":{}", string(text(&dependency.name)))];
    let mut filled = |key: &str, value: &str| {
        if !value.is_empty() {
            members.push(format!("\"{key}\":{}", string(value)));
        }
    };
    filled("version", text(&dependency.version));
    members.push(format!("\"repository\":{}", string(text(&dependency.repository))));
    let mut filled = |key: &str, value: &str| {
        if !value.is_empty() {
            members.push(format!("\"{key}\":{}", string(value)));
        }
    };
    filled("condition", text(&dependency.condition));
    if !dependency.tags.is_empty() {
        let tags: Vec<String> = dependency.tags.iter().map(|tag| string(&tag.value)).collect();
        members.push(format!("\"tags\":[{}]", tags.join(",")));
    }
    if dependency.enabled {
        members.push("\"enabled\":true".to_owned());
    }
    if !dependency.import_values.is_empty() {
        let imports: Option<Vec<String>> = dependency.import_values.iter().map(import).collect();
        members.push(format!("\"import-values\":[{}]", imports?.join(",")));
    }
    if !text(&dependency.alias).is_empty() {
        members.push(format!("\"alias\":{}", string(text(&dependency.alias))));
    }
    Some(format!("{{{}}}", members.join(",")))
}

fn import(import: &Import) -> Option<String> {
    match import {
        Import::Exports(key) => Some(string(&key.value)),
        Import::Table { child, parent, .. } if child != "<nil>" && parent != "<nil>" => {
            Some(format!("{{\"child\":{},\"parent\":{}}}", string(child), string(parent)))
        }
        Import::Table { .. } | Import::Ignored(_) => None,
    }
}

/// A string as Go's `json.Marshal` writes it.
fn string(text: &str) -> String {
    let plain = serde_json::Value::from(text).to_string();
    let escaped =
        [("<", "u003c"), (">", "u003e"), ("&", "u0026"), ("\u{2028}", "u2028"), ("\u{2029}", "u2029")];
    escaped.iter().fold(plain, |text, (from, to)| text.replace(from, &format!("\\{to}")))
}
