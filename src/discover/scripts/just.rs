//! Justfiles: variables and recipes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::discover::scripts::Hint;
use crate::discover::scripts::Place;
use crate::discover::scripts::Session;
use crate::discover::scripts::folder;
use crate::discover::shell::Script;
use crate::source::Source;
use crate::source::Span;

/// A session for each recipe. Lines run in shells of their own, unless the recipe starts with `#!`.
pub(super) fn sessions(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    let mut variables: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut recipes: Vec<(Hint, Vec<(usize, &str)>)> = Vec::new();
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let bare = line.trim_end_matches(['\n', '\r']);
        if bare.starts_with([' ', '\t']) {
            if let Some((_, lines)) = recipes.last_mut() {
                lines.push((at, line));
            }
        } else if let Some((name, value)) = bare.split_once(":=") {
            let name = name.trim().trim_start_matches("export ").trim();
            let value = value.trim();
            let quoted = ['"', '\''].into_iter().find_map(|quote| {
                let inside = value.strip_prefix(quote)?.strip_suffix(quote)?;
                (!inside.contains(quote)).then(|| inside.to_owned())
            });
            variables.insert(name.to_owned(), quoted);
        } else if let Some(name) = recipe(bare) {
            let hint = Hint {
                what: "the recipe's name".to_owned(),
                text: name.to_owned(),
                span: Span::new(source.id, at, at + bare.len()),
                explicit: false,
            };
            recipes.push((hint, Vec::new()));
        }
    }
    let set = variables.iter().map(|(name, value)| (name.replace('-', "_"), value.clone()));
    let set = Arc::new(set.collect::<BTreeMap<_, _>>());
    let place = |hint: &Hint, script: Script| Place {
        script: script.replaced("{{", "}}", |inside| {
            let name = inside.trim();
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
            (plain && !name.is_empty()).then(|| format!("${{{}}}", name.replace('-', "_")))
        }),
        what: format!("the recipe `{}`", hint.text),
        folder: Some(folder(path)),
        script_folder: folder(path),
        variables: Arc::clone(&set),
        hints: vec![hint.clone()],
        automatic: false,
    };
    let session = |(hint, lines): &(Hint, Vec<(usize, &str)>)| {
        let whole = lines.first().is_some_and(|(_, line)| line.trim_start().starts_with("#!"));
        let mut scripts: Vec<Script> = Vec::new();
        let mut goes_on = false;
        for &(at, line) in lines {
            let bare = line.trim_start_matches([' ', '\t']);
            let bare = if goes_on || whole { bare } else { bare.trim_start_matches(['@', '-']) };
            let from = at + line.len() - bare.len();
            let position = Span::new(source.id, from, from);
            match scripts.last_mut() {
                Some(script) if goes_on || whole => script.push(bare, position),
                _ => {
                    let mut script = Script::new(position);
                    script.push(bare, position);
                    scripts.push(script);
                }
            }
            goes_on = bare.trim_end().ends_with('\\');
        }
        scripts.into_iter().map(|script| place(hint, script)).collect()
    };
    recipes.iter().map(session).collect()
}

/// The name of the recipe that a line starts.
fn recipe(line: &str) -> Option<&str> {
    let line = line.strip_prefix('@').unwrap_or(line);
    if line.starts_with(['#', '[']) || !line.contains(':') {
        return None;
    }
    let name = line.split([' ', ':']).next()?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let keyword = matches!(name, "set" | "alias" | "import" | "mod" | "export");
    (plain && !keyword && !name.is_empty()).then_some(name)
}
