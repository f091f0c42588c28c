//! Workflows of GitHub Actions, and of those who run the same files.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::discover::evaluate::normal;
use crate::discover::scripts::Hint;
use crate::discover::scripts::Place;
use crate::discover::scripts::Session;
use crate::discover::scripts::folder;
use crate::discover::shell::Script;
use crate::source::Source;
use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

type Variables = BTreeMap<String, Option<String>>;

/// A session for each job.
pub(super) fn sessions(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    let tree = Tree::parse(source, Dialect::Strict);
    let Some(root) = tree.root() else { return Vec::new() };
    let mut variables = Variables::new();
    environment(root, &mut variables);
    let mut outer = Vec::new();
    if let Some(name) = root.get("name") {
        outer.push(hint("the workflow's name", name));
    }
    outer.push(Hint {
        what: "the workflow's file name".to_owned(),
        text: path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned(),
        span: source.whole().at_start(),
        explicit: false,
    });
    let whole = Around { source, path, variables, folder: working_directory(root), hints: outer };
    let mut sessions = Vec::new();
    if let Some(jobs) = root.get("jobs") {
        for job in jobs.entries() {
            sessions.push(whole.job(&job.key.text(), job.key.span(), job.value));
        }
    }
    if let Some(steps) = root.at(&["runs", "steps"]) {
        sessions.push(whole.steps(steps));
    }
    sessions.retain(|session| !session.is_empty());
    sessions
}

/// What holds around a step.
struct Around<'s> {
    source: &'s Arc<Source>,
    path: &'s Path,
    variables: Variables,
    folder: Option<String>,
    hints: Vec<Hint>,
}

impl Around<'_> {
    fn job(&self, id: &str, span: Span, job: NodeRef<'_>) -> Session {
        let mut variables = self.variables.clone();
        environment(job, &mut variables);
        let mut hints = Vec::new();
        let target = job.get("environment").map(|node| node.get("name").unwrap_or(node));
        if let Some(target) = target.filter(|target| target.is_scalar()) {
            hints.push(Hint { explicit: true, ..hint("the job's `environment`", target) });
        }
        if let Some(name) = job.get("name") {
            hints.push(hint("the job's name", name));
        }
        let text = id.to_owned();
        hints.push(Hint { what: "the job's name".to_owned(), text, span, explicit: false });
        hints.extend(self.hints.iter().cloned());
        let folder = working_directory(job).or_else(|| self.folder.clone());
        let inner = Around { source: self.source, path: self.path, variables, folder, hints };
        job.get("steps").map(|steps| inner.steps(steps)).unwrap_or_default()
    }

    fn steps(&self, steps: NodeRef<'_>) -> Session {
        steps.items().filter_map(|step| self.step(step)).collect()
    }

    fn step(&self, step: NodeRef<'_>) -> Option<Place> {
        let mut variables = self.variables.clone();
        environment(step, &mut variables);
        let mut hints = Vec::new();
        let name = step.get("name").filter(|name| name.is_scalar());
        if let Some(name) = name {
            hints.push(hint("the step's name", name));
        }
        hints.extend(self.hints.iter().cloned());
        let what = match name {
            Some(name) => format!("the step `{}`", name.text().trim()),
            None => "a step".to_owned(),
        };
        let action = step.get("uses").map(NodeRef::text).unwrap_or_default();
        let here = step.get("working-directory").map(|node| node.text().into_owned());
        let mut folder_of_step = here.or_else(|| self.folder.clone()).unwrap_or_default();
        if folder_of_step.contains("${{") {
            folder_of_step = expand(&folder_of_step, &variables)?;
        }
        let mut folder_of_step = normal(Path::new(&folder_of_step));
        let script = if let Some(run) = step.get("run") {
            Script::scalar(self.source, run)
        } else if action.contains("ssh")
            && let Some(script) = step.at(&["with", "script"])
        {
            folder_of_step = None;
            Script::scalar(self.source, script)
        } else if action.starts_with("pulumi/actions") {
            folder_of_step = Some(PathBuf::new());
            self.pulumi(step.get("with")?)?
        } else {
            return None;
        };
        Some(Place {
            script,
            what,
            folder: folder_of_step,
            script_folder: folder(self.path),
            variables: Arc::new(variables),
            hints,
            automatic: true,
        })
    }

    /// `pulumi/actions` as the command it runs.
    fn pulumi(&self, with: NodeRef<'_>) -> Option<Script> {
        let command = with.get("command")?;
        let mut script = Script::new(with.span());
        script.push_for("pulumi ", with.span());
        script.append(&Script::scalar(self.source, command));
        for (key, flag) in [("stack-name", " --stack \""), ("work-dir", " --cwd \"")] {
            if let Some(value) = with.get(key) {
                script.push_for(flag, value.span());
                script.append(&Script::scalar(self.source, value));
                script.push_for("\"", value.span());
            }
        }
        Some(script)
    }
}

/// Replaces `${{ env.X }}` by its value; `None` where a value is not known.
fn expand(text: &str, variables: &Variables) -> Option<String> {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("${{") {
        let (name, after) = after.split_once("}}")?;
        let value = variables.get(&format!("{{{{{}}}}}", name.trim()))?;
        out.push_str(before);
        out.push_str(value.as_deref()?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn hint(what: &str, node: NodeRef<'_>) -> Hint {
    Hint { what: what.to_owned(), text: node.text().into_owned(), span: node.span(), explicit: false }
}

fn working_directory(node: NodeRef<'_>) -> Option<String> {
    Some(node.at(&["defaults", "run", "working-directory"])?.text().into_owned())
}

/// Adds what `env:` sets: as `$NAME` and as `${{ env.NAME }}`.
fn environment(node: NodeRef<'_>, variables: &mut Variables) {
    let Some(set) = node.get("env") else { return };
    for entry in set.entries() {
        let text = entry.value.text();
        let value = if entry.value.is_scalar() && !text.contains("${{") {
            Some(text.into_owned())
        } else {
            // `${{ env.OTHER }}` alone passes a value on.
            let inner = text.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
            inner.and_then(|name| variables.get(&format!("{{{{{}}}}}", name.trim())).cloned().flatten())
        };
        let name = entry.key.text();
        variables.insert(format!("{{{{env.{name}}}}}"), value.clone());
        variables.insert(name.into_owned(), value);
    }
}
