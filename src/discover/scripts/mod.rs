//! Where deploy commands stand: workflows, Makefiles, scripts. Each gives sessions of scripts with what is known
//! around them.

mod github;
mod gitlab;
mod just;
mod make;
mod npm;
mod task;

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::discover::evaluate::SharedVariables;
use crate::discover::shell::Script;
use crate::source::Source;
use crate::source::Span;

/// Something beside a command that may say which environment it is for.
#[derive(Clone, Debug)]
pub(super) struct Hint {
    /// What it is: "the job's `environment`".
    pub(super) what: String,
    /// Its text.
    pub(super) text: String,
    /// Its place.
    pub(super) span: Span,
    /// True where it names an environment by contract; false for a name that only mentions one.
    pub(super) explicit: bool,
}

/// A script and what is known around it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The script.
    pub(super) script: Script,
    /// What it is, in words: "the step `Deploy with Helm`".
    pub(super) what: String,
    /// The folder it runs in, relative to the root; `None` where it runs on another machine.
    pub(super) folder: Option<PathBuf>,
    /// The folder of the file it stands in.
    pub(super) script_folder: PathBuf,
    /// Variables that are set around it; `None`: set, and not known.
    pub(super) variables: SharedVariables,
    /// What may say which environment it is for, nearest first.
    pub(super) hints: Vec<Hint>,
    /// True where a build server runs it.
    pub(super) automatic: bool,
}

/// Scripts that follow each other: what one selects, the next works on.
pub(super) type Session = Vec<Place>;

/// The reader of one kind of file.
type Reader = fn(&Arc<Source>, &Path) -> Vec<Session>;

/// The sessions of a file; none where it is no file of ours or mentions nothing that deploys.
pub(super) fn sessions(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    let Some(reader) = reader(path) else { return Vec::new() };
    let text = source.text.as_bytes();
    let telling: [&[u8]; 4] = [b"helm", b"compose", b"pulumi", b"docker stack"];
    if telling.iter().all(|word| memchr::memmem::find(text, word).is_none()) {
        return Vec::new();
    }
    reader(source, path)
}

/// True where sessions may stand in a file of that name.
pub(super) fn may_deploy(path: &Path) -> bool {
    reader(path).is_some()
}

fn reader(path: &Path) -> Option<Reader> {
    let name = path.file_name()?.to_str()?;
    let extension = path.extension().and_then(|extension| extension.to_str());
    let yaml = matches!(extension, Some("yml" | "yaml"));
    let within = |folder: &str| path.parent().is_some_and(|parent| parent.ends_with(folder));
    if yaml && (within(".github/workflows") || within(".gitea/workflows") || within(".forgejo/workflows")) {
        return Some(github::sessions);
    }
    // An action of the repository's own.
    if yaml && path.starts_with(".github") && matches!(name, "action.yml" | "action.yaml") {
        return Some(github::sessions);
    }
    if yaml && (name.starts_with(".gitlab-ci") || within(".gitlab/ci") || within(".gitlab")) {
        return Some(gitlab::sessions);
    }
    if matches!(name, "Makefile" | "makefile" | "GNUmakefile") || extension == Some("mk") {
        return Some(make::sessions);
    }
    if matches!(name.to_ascii_lowercase().as_str(), "justfile" | ".justfile") || extension == Some("just") {
        return Some(just::sessions);
    }
    if name == "package.json" {
        return Some(npm::sessions);
    }
    if yaml && name.to_ascii_lowercase().starts_with("taskfile") {
        return Some(task::sessions);
    }
    let bare = extension.is_none() && name.starts_with("deploy");
    (matches!(extension, Some("sh" | "bash")) || bare).then_some(shell)
}

/// A shell script is one session.
fn shell(source: &Arc<Source>, path: &Path) -> Vec<Session> {
    if path.extension().is_none() && !source.text.starts_with("#!") {
        return Vec::new();
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    vec![vec![Place {
        script: Script::file(source),
        what: format!("the script `{name}`"),
        folder: Some(PathBuf::new()),
        script_folder: folder(path),
        variables: SharedVariables::default(),
        hints: vec![Hint {
            what: "the script's name".to_owned(),
            text: path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned(),
            span: source.whole().at_start(),
            explicit: false,
        }],
        automatic: false,
    }]]
}

/// The folder of a file, relative to the root.
fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_path_buf()
}
