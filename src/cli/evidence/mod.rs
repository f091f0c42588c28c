//! `plimsoll evidence`: what passed its tests where.

mod junit;

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::init::quoted;
use crate::cli::ladder::Repository;
use crate::cli::ladder::open;
use crate::cli::ladder::root;
use crate::ladder::EVIDENCE_FILE;
use crate::ladder::Environment;
use crate::ladder::Evidence;
use crate::ladder::Ladder;
use crate::ladder::Recorded;
use crate::ladder::history::is_version;
use crate::report::visible;
use crate::source::Files;
use crate::source::SourceMap;
use crate::source::git::Id;
use crate::source::repository_root;

/// What stands above the entries.
const HEADER: &str =
    "# What passed its tests, one line for each image and suite. Written by `plimsoll evidence add`.\n";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show what was recorded (what `plimsoll evidence` alone does)
    List {
        /// The repository [default: the one that the current folder is in]
        path: Option<PathBuf>,
    },
    /// Record that the images of an environment passed their tests
    Add(Add),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The environment that was tested
    #[arg(short, long, value_name = "ENV")]
    environment: String,
    /// The results of the tests, as `JUnit` writes them
    #[arg(long, value_name = "FILE")]
    junit: PathBuf,
    /// The commit that was tested: 40 digits [default: the one that is checked out]
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    commit: String,
    /// An image that was tested (may be given several times) [default: every image of a version that the environment
    /// runs]
    #[arg(long = "image", value_name = "IMAGE")]
    images: Vec<String>,
    /// The name of the tests [default: as the results say]
    #[arg(long, value_name = "NAME")]
    suite: Option<String>,
    /// The repository [default: the one that the current folder is in]
    #[arg(long = "in", value_name = "FOLDER")]
    repository: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let done = match &arguments.action {
        None => list(None, out, err)?,
        Some(Action::List { path }) => list(path.as_deref(), out, err)?,
        Some(Action::Add(add)) => record(add, out, err)?,
    };
    match done {
        Ok(()) => Ok(Exit::Clean),
        Err((exit, message)) => {
            writeln!(err, "{message}")?;
            Ok(exit)
        }
    }
}

type Done = Result<(), (Exit, String)>;

fn list(path: Option<&Path>, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Done> {
    let root = match root(path) {
        Ok(root) => root,
        Err(message) => return Ok(Err((Exit::Usage, message))),
    };
    let sources = SourceMap::new(Files::below(root));
    let evidence = Evidence::load(&sources);
    for finding in &evidence.findings {
        crate::cli::ladder::mistake(&sources, finding, err)?;
    }
    if evidence.entries.is_empty() {
        writeln!(out, "nothing was recorded; `plimsoll evidence add` does")?;
    }
    for entry in &evidence.entries {
        let commit = entry.commit.get(..8).unwrap_or(&entry.commit);
        let line = format!(
            "{}  {}  {} of `{}` passed at {commit}",
            entry.environment,
            entry.image,
            if entry.tests == 1 { "1 test".to_owned() } else { format!("{} tests", entry.tests) },
            entry.suite
        );
        writeln!(out, "{}", visible(&line))?;
    }
    Ok(if evidence.findings.is_empty() { Ok(()) } else { Err((Exit::Usage, String::new())) })
}

fn record(add: &Add, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Done> {
    let usage = |message: String| Ok(Err((Exit::Usage, message)));
    let Some(Repository { sources, plan, .. }) = open(add.repository.as_deref(), err)? else {
        return usage("nothing was recorded".to_owned());
    };
    let results = match results(&add.junit) {
        Ok(results) => results,
        Err(message) => return usage(message),
    };
    let shown = add.junit.display();
    if results.has_failed() {
        let names: Vec<String> =
            results.failed.iter().take(5).map(|name| format!("`{}`", visible(name))).collect();
        let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        let message = format!("tests failed in `{shown}`{names}; nothing was recorded");
        return Ok(Err((Exit::Findings, message)));
    }
    if results.passed() == 0 {
        return Ok(Err((Exit::Findings, format!("no test was run in `{shown}`; nothing was recorded"))));
    }
    let ladder = Ladder::load(&sources, plan);
    let Some(environment) = ladder.environment(&add.environment) else {
        let names: Vec<&str> = ladder.environments.iter().map(|rung| rung.name.as_str()).collect();
        return usage(format!(
            "there is no environment `{}`; this ladder has {}",
            visible(&add.environment),
            names.join(", ")
        ));
    };
    let commit = match commit(&add.commit, sources.files().root()) {
        Ok(commit) => commit,
        Err(message) => return usage(message),
    };
    let images = if add.images.is_empty() { running(environment) } else { add.images.clone() };
    if images.is_empty() {
        return usage(format!(
            "`{}` runs no image whose version is known; name what was tested with `--image`",
            environment.name
        ));
    }
    let mut evidence = Evidence::load(&sources);
    if let Some(finding) = evidence.findings.first() {
        return usage(format!("`{EVIDENCE_FILE}` is not as it was written: {}", finding.message));
    }
    let suite = add.suite.clone().or_else(|| results.name.clone());
    let suite = suite.unwrap_or_else(|| {
        add.junit.file_stem().map_or_else(|| "tests".to_owned(), |stem| stem.to_string_lossy().into_owned())
    });
    for image in images {
        evidence.entries.retain(|entry| {
            entry.environment != environment.name || entry.image != image || entry.suite != suite
        });
        let (environment, suite) = (environment.name.clone(), suite.clone());
        let commit = commit.clone();
        evidence.entries.push(Recorded { environment, image, suite, tests: results.passed(), commit });
    }
    evidence.entries.sort();
    let path = sources.files().root().join(EVIDENCE_FILE);
    if let Err(error) = write(&path, &text(&evidence.entries)) {
        return usage(format!("`{}` cannot be written: {error}", path.display()));
    }
    let count = results.passed();
    let tests = if count == 1 { "1 test".to_owned() } else { format!("{count} tests") };
    writeln!(
        out,
        "recorded in `{EVIDENCE_FILE}`: {tests} of `{}` in `{}`",
        visible(&suite),
        environment.name
    )?;
    Ok(Ok(()))
}

/// The images of a version that an environment runs.
fn running(environment: &Environment) -> Vec<String> {
    let containers = environment.workloads.iter().flat_map(|workload| &workload.containers);
    let images = containers.filter_map(|container| container.image.as_ref());
    let fixed = images.filter(|image| {
        let tag = image.tag.known().and_then(Option::as_deref);
        image.digest.is_some() || tag.is_some_and(is_version)
    });
    let mut texts: Vec<String> = fixed.filter_map(|image| image.text.known().cloned()).collect();
    texts.sort();
    texts.dedup();
    texts
}

fn results(path: &Path) -> Result<junit::Results, String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    // Test results are made by a build, wherever that writes them.
    let sources = SourceMap::new(Files::anywhere(folder));
    let name = path.file_name().map_or(path, Path::new);
    let source = sources.read(name).map_err(|error| format!("`{}`: {error}", path.display()))?;
    junit::read(source.text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("`{}` holds no test results: {error}", path.display()))
}

/// The commit that is meant.
fn commit(revision: &str, root: &Path) -> Result<String, String> {
    if let Some(id) = Id::from_hex(revision) {
        return Ok(id.to_string());
    }
    if revision != "HEAD" {
        return Err(format!(
            "`{}` is no commit: give all of its 40 digits, or leave `--commit` out for the one that is checked out",
            visible(revision)
        ));
    }
    let repository = crate::source::git::Repository::open(&repository_root(root));
    let head = repository.and_then(|found| found.map_or(Ok(None), |found| found.head()));
    match head {
        Ok(Some(head)) => Ok(head.to_string()),
        Ok(None) => {
            Err("no commit is checked out here; name the one that was tested with `--commit`".to_owned())
        }
        Err(error) => {
            Err(format!("the commit that is checked out is not known: {error}; name it with `--commit`"))
        }
    }
}

/// The file: one line for each entry, so that two branches that record something merge.
fn text(entries: &[Recorded]) -> String {
    let mut text = HEADER.to_owned();
    for entry in entries {
        text.push_str(&format!(
            "- {{environment: {}, image: {}, suite: {}, tests: {}, commit: {}}}\n",
            quoted(&entry.environment),
            quoted(&entry.image),
            quoted(&entry.suite),
            entry.tests,
            quoted(&entry.commit)
        ));
    }
    text
}

/// Writes the file whole, or not at all. A link in its place is not followed.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if std::fs::symlink_metadata(folder).is_ok_and(|about| !about.is_dir()) {
        return Err(std::io::Error::other("`.plimsoll` is not a folder"));
    }
    std::fs::create_dir_all(folder)?;
    let beside = folder.join(".evidence.yaml.new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}
