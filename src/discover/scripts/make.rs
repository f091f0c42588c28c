//! Makefiles: variables and recipes.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::discover::scripts::Hint;
use crate::discover::scripts::Place;
use crate::discover::scripts::Session;
use crate::discover::scripts::folder;
use crate::discover::shell::Script;
use crate::source::Source;
use crate::source::Span;

/// A session for each target; every line of a recipe is a shell of its own.
pub(super) fn sessions(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    let mut variables: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut sessions: Vec<(Hint, Vec<Script>)> = Vec::new();
    for (start, line) in logical_lines(&source.text) {
        if let Some(recipe) = line.strip_prefix('\t') {
            let bare = recipe.trim_start_matches([' ', '\t', '@', '-', '+']);
            let at = start + line.len() - bare.len();
            if let Some((_, scripts)) = sessions.last_mut() {
                let mut script = Script::new(Span::new(source.id, at, at + bare.len()));
                script.push(bare, Span::new(source.id, at, at));
                scripts.push(script);
            }
            continue;
        }
        if let Some((name, value)) = assigned(line) {
            let value = expand(value, &variables);
            // Of several assignments the last one is what recipes see; in branches, which one holds is open.
            let same = variables.get(name).is_none_or(|before| *before == value);
            variables.insert(name.to_owned(), if same { value } else { None });
        } else if let Some(target) = target(line) {
            let hint = Hint {
                what: "the target's name".to_owned(),
                text: target.to_owned(),
                span: Span::new(source.id, start, start + target.len()),
                explicit: false,
            };
            sessions.push((hint, Vec::new()));
        }
    }
    let set = Arc::new(make_variables(&variables, path));
    let place = |hint: &Hint, script: &Script| Place {
        script: shell(script, &variables),
        what: format!("the target `{}`", hint.text),
        folder: Some(folder(path)),
        script_folder: folder(path),
        variables: Arc::clone(&set),
        hints: vec![hint.clone()],
        automatic: false,
    };
    let sessions = sessions.iter();
    sessions.map(|(hint, scripts)| scripts.iter().map(|script| place(hint, script)).collect()).collect()
}

/// Lines with their starts; a line that ends with `\` goes on.
fn logical_lines(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        let bare = line.trim_end_matches(['\n', '\r']);
        if bare.ends_with('\\') {
            continue;
        }
        lines.extend(text.get(start..end).map(|line| (start, line.trim_end_matches(['\n', '\r']))));
        start = end;
    }
    lines.extend(text.get(start..end).filter(|line| !line.is_empty()).map(|line| (start, line)));
    lines
}

/// `NAME := value` and its kin.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").or_else(|| line.strip_prefix("override ")).unwrap_or(line);
    let at = line.find('=')?;
    let (name, value) = (line.get(..at)?, line.get(at + 1..)?);
    let name = name.trim_end_matches([':', '?', '+', '!']).trim();
    let plain = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let value = value.split(" #").next().unwrap_or_default().trim();
    // `+=` and `!=` are decided by more than this line.
    let open = line.get(..at).is_some_and(|name| name.ends_with(['+', '!']));
    (plain && !open).then_some((name, value))
}

/// The first target of a rule.
fn target(line: &str) -> Option<&str> {
    if line.starts_with([' ', '#', '.']) {
        return None;
    }
    let at = line.find(':')?;
    let target = line.get(..at)?.split_whitespace().next()?;
    (!target.contains(['$', '%', '='])).then_some(target)
}

/// The value with `$(NAME)` replaced; `None` where one is not known.
fn expand(value: &str, variables: &BTreeMap<String, Option<String>>) -> Option<String> {
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at)?);
        rest = rest.get(at + 1..)?;
        let close = match rest.chars().next()? {
            '(' => ')',
            '{' => '}',
            '$' => {
                out.push('$');
                rest = rest.get(1..)?;
                continue;
            }
            _ => return None,
        };
        let (name, after) = rest.get(1..)?.split_once(close)?;
        out.push_str(variables.get(name)?.as_deref()?);
        if out.len() > 4096 {
            return None;
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// The recipe as the shell gets it: `$(NAME)` as `${make_NAME}`, `$$` as `$`.
fn shell(script: &Script, variables: &BTreeMap<String, Option<String>>) -> Script {
    if !script.text().contains('$') {
        return script.clone();
    }
    let name = |inside: &str| {
        let plain = !inside.is_empty()
            && inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        if !plain {
            return None;
        }
        // A name the Makefile does not set may come from its caller.
        let known = variables.contains_key(inside);
        Some(if known {
            format!("${{make_{}}}", shell_name(inside))
        } else {
            format!("${{{}}}", shell_name(inside))
        })
    };
    // `$$(…)` and `$${…}` belong to the shell: they are set aside first.
    let set_aside = script.replaced("$$", "", |_| Some("\u{2}".to_owned()));
    let replaced = set_aside
        .replaced("$(", ")", name)
        .replaced("${", "}", |inside| if inside.starts_with("make_") { None } else { name(inside) });
    replaced.replaced("\u{2}", "", |_| Some("$".to_owned()))
}

fn shell_name(name: &str) -> String {
    name.replace(['-', '.'], "_")
}

fn make_variables(
    variables: &BTreeMap<String, Option<String>>,
    path: &Path,
) -> BTreeMap<String, Option<String>> {
    let mut out: BTreeMap<String, Option<String>> =
        variables.iter().map(|(name, value)| (format!("make_{}", shell_name(name)), value.clone())).collect();
    let here: PathBuf = folder(path);
    out.insert("CURDIR".to_owned(), Some(format!("\u{1}/{}", here.to_string_lossy())));
    out
}
