//! Taskfiles.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::discover::evaluate::normal;
use crate::discover::scripts::Hint;
use crate::discover::scripts::Place;
use crate::discover::scripts::Session;
use crate::discover::scripts::folder;
use crate::discover::shell::Script;
use crate::source::Source;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// A session for each task; every command is a shell of its own.
pub(super) fn sessions(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    let tree = Tree::parse(source, Dialect::Strict);
    let Some(root) = tree.root() else { return Vec::new() };
    let mut around = BTreeMap::new();
    variables(root, &mut around);
    let mut sessions = Vec::new();
    for task in root.get("tasks").iter().flat_map(|tasks| tasks.entries()) {
        let name = task.key.text().into_owned();
        let mut set = around.clone();
        variables(task.value, &mut set);
        let here = match task.value.get("dir") {
            Some(dir) => normal(&folder(path).join(&*dir.text())),
            None => Some(folder(path)),
        };
        let hint = Hint {
            what: "the task's name".to_owned(),
            text: name.clone(),
            span: task.key.span(),
            explicit: false,
        };
        let commands = task.value.get("cmds").or_else(|| task.value.get("cmd")).unwrap_or(task.value);
        let lines: Vec<NodeRef<'_>> =
            if commands.is_sequence() { commands.items().collect() } else { vec![commands] };
        let set = Arc::new(set);
        let mut session = Vec::new();
        for line in lines {
            let line = line.get("cmd").unwrap_or(line);
            if !line.is_scalar() {
                continue;
            }
            let script = Script::scalar(source, line).replaced("{{", "}}", |inside| {
                let name = inside.trim().strip_prefix('.')?;
                let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                plain.then(|| format!("${{{name}}}"))
            });
            session.push(Place {
                script,
                what: format!("the task `{name}`"),
                folder: here.clone(),
                script_folder: folder(path),
                variables: Arc::clone(&set),
                hints: vec![hint.clone()],
                automatic: false,
            });
        }
        sessions.push(session);
    }
    sessions
}

fn variables(node: NodeRef<'_>, variables: &mut BTreeMap<String, Option<String>>) {
    for key in ["vars", "env"] {
        let Some(set) = node.get(key) else { continue };
        for entry in set.entries() {
            let text = entry.value.text();
            let known = entry.value.is_scalar() && !text.contains(['$', '{']);
            variables.insert(entry.key.text().into_owned(), known.then(|| text.into_owned()));
        }
    }
}
