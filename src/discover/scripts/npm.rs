//! The scripts of a `package.json`.

use std::path::Path;
use std::sync::Arc;

use crate::discover::evaluate::SharedVariables;
use crate::discover::scripts::Hint;
use crate::discover::scripts::Place;
use crate::discover::scripts::Session;
use crate::discover::scripts::folder;
use crate::discover::shell::Script;
use crate::source::Source;
use crate::yaml::Dialect;
use crate::yaml::Tree;

/// A session for each script.
pub(super) fn sessions(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    // JSON is YAML where it matters here.
    let tree = Tree::parse(source, Dialect::Strict);
    let Some(scripts) = tree.root().and_then(|root| root.get("scripts")) else { return Vec::new() };
    let sessions = scripts.entries().map(|entry| {
        let name = entry.key.text().into_owned();
        vec![Place {
            script: Script::scalar(source, entry.value),
            what: format!("the script `{name}`"),
            folder: Some(folder(path)),
            script_folder: folder(path),
            variables: SharedVariables::default(),
            hints: vec![Hint {
                what: "the script's name".to_owned(),
                text: name,
                span: entry.key.span(),
                explicit: false,
            }],
            automatic: false,
        }]
    });
    sessions.collect()
}
