//! Pipelines of GitLab.

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
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// A session for each job.
pub(super) fn sessions(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    let tree = Tree::parse(source, Dialect::Strict);
    let Some(root) = tree.root() else { return Vec::new() };
    let mut around = BTreeMap::new();
    variables(root, &mut around);
    let mut sessions = Vec::new();
    for job in root.merged() {
        let name = job.key.text();
        if !job.value.is_mapping() || job.value.get("script").is_none() {
            continue;
        }
        let mut set = around.clone();
        variables(job.value, &mut set);
        let mut hints = Vec::new();
        let target = job.value.get("environment").map(|node| node.get("name").unwrap_or(node));
        if let Some(target) = target.filter(|target| target.is_scalar()) {
            hints.push(Hint {
                what: "the job's `environment`".to_owned(),
                text: target.text().into_owned(),
                span: target.span(),
                explicit: true,
            });
        }
        hints.push(Hint {
            what: "the job's name".to_owned(),
            text: name.to_string(),
            span: job.key.span(),
            explicit: false,
        });
        if let Some(stage) = job.value.get("stage").filter(|stage| stage.is_scalar()) {
            hints.push(Hint {
                what: "the job's stage".to_owned(),
                text: stage.text().into_owned(),
                span: stage.span(),
                explicit: false,
            });
        }
        // All lines run in one shell.
        let mut script = Script::new(job.value.span());
        for key in ["before_script", "script"] {
            if let Some(lines) =
                job.value.get(key).or_else(|| root.get(key).filter(|_| key == "before_script"))
            {
                add(&mut script, source, lines, 0);
            }
        }
        sessions.push(vec![Place {
            script,
            what: format!("the job `{name}`"),
            folder: Some(PathBuf::new()),
            script_folder: folder(path),
            variables: Arc::new(set),
            hints,
            automatic: true,
        }]);
    }
    sessions
}

/// Adds lines: a text, a list of texts, a list of lists.
fn add(script: &mut Script, source: &Source, lines: NodeRef<'_>, depth: u8) {
    if lines.is_scalar() {
        script.append(&Script::scalar(source, lines));
        script.push_for("\n", lines.span().at_end());
    } else if depth < 4 {
        for line in lines.items() {
            add(script, source, line, depth + 1);
        }
    }
}

fn variables(node: NodeRef<'_>, variables: &mut BTreeMap<String, Option<String>>) {
    let Some(set) = node.get("variables") else { return };
    for entry in set.merged() {
        let value = entry.value.get("value").unwrap_or(entry.value);
        let text = value.text();
        let known = value.is_scalar() && !text.contains('$');
        variables.insert(entry.key.text().into_owned(), known.then(|| text.into_owned()));
    }
}
