//! What the repository has that can be deployed, by file names and a first look inside.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::discover::evaluate::normal;
use crate::discover::infer::Readings;
use crate::discover::names;
use crate::discover::names::ComposeName;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// The files of a repository and what they are.
#[derive(Debug, Default)]
pub(in crate::discover) struct Inventory {
    /// Every file, sorted.
    pub(in crate::discover) files: Vec<PathBuf>,
    known: BTreeSet<PathBuf>,
    /// Files that are, by their name, Compose files.
    pub(in crate::discover) compose: Vec<ComposeFile>,
    /// Their positions, by folder.
    compose_folders: BTreeMap<PathBuf, Vec<usize>>,
    /// Folders with a `Chart.yaml`, without the subcharts of others.
    pub(in crate::discover) charts: Vec<ChartFolder>,
    /// Folders with a `Pulumi.yaml`.
    pub(in crate::discover) projects: Vec<PathBuf>,
    /// Paths of submodules that are not checked out, and where `.gitmodules` names them.
    pub(in crate::discover) absent: Vec<(PathBuf, Span)>,
}

/// A Compose file by its name.
#[derive(Clone, Debug)]
pub(in crate::discover) struct ComposeFile {
    pub(in crate::discover) path: PathBuf,
    pub(in crate::discover) name: ComposeName,
    /// Services that have neither image nor build and so must come from another file, too.
    pub(in crate::discover) incomplete: Vec<(String, Span)>,
    /// What its services refer to and it does not have.
    lacks: Vec<(Resource, String, Span)>,
    /// What it has.
    has: BTreeSet<(Resource, String)>,
    /// True where another Compose file includes or extends it.
    pub(in crate::discover) included: bool,
    /// True where it lies among examples, tests, templates.
    pub(in crate::discover) example: bool,
    /// The start of the file.
    pub(in crate::discover) span: Option<Span>,
}

/// What services refer to by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Resource {
    Service,
    Network,
}

impl ComposeFile {
    /// One of which nothing but its name is known.
    fn new(path: &Path, name: ComposeName) -> Self {
        Self {
            path: path.to_path_buf(),
            name,
            incomplete: Vec::new(),
            lacks: Vec::new(),
            has: BTreeSet::new(),
            included: false,
            example: names::is_example(path),
            span: None,
        }
    }

    /// Why it goes on top of another file, and not by itself: the line, and what it shows.
    pub(in crate::discover) fn goes_on_top_of(&self, base: &Self) -> Option<(String, Span)> {
        let shown = base.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some((service, span)) = self.incomplete.first() {
            let why =
                format!("its service `{service}` has no image or build, so it goes on top of `{shown}`");
            return Some((why, *span));
        }
        let of_base = self.lacks.iter().find(|(kind, name, _)| base.has.contains(&(*kind, name.clone())));
        let (kind, name, span) = of_base?;
        let kind = match kind {
            Resource::Service => "service",
            Resource::Network => "network",
        };
        Some((format!("the {kind} `{name}` is in `{shown}`, so it goes on top of that"), *span))
    }

    /// True where it refers to what it does not have.
    pub(in crate::discover) fn is_open(&self) -> bool {
        !self.lacks.is_empty()
    }

    /// True where it gives an image or a build to a service that `base` leaves without.
    pub(in crate::discover) fn completes(&self, base: &Self) -> bool {
        let given = |name: &str| {
            self.has.contains(&(Resource::Service, name.to_owned()))
                && !self.incomplete.iter().any(|(open, _)| open == name)
        };
        base.incomplete.iter().any(|(name, _)| given(name))
    }
}

/// A folder with a `Chart.yaml`.
#[derive(Debug)]
pub(in crate::discover) struct ChartFolder {
    pub(in crate::discover) path: PathBuf,
    /// The name in `Chart.yaml`, or that of the folder.
    pub(in crate::discover) name: String,
    /// True for a library, which nobody installs.
    pub(in crate::discover) library: bool,
    /// True where it lies among examples, tests, templates.
    pub(in crate::discover) example: bool,
    /// The start of `Chart.yaml`.
    pub(in crate::discover) span: Option<Span>,
}

impl Inventory {
    pub(in crate::discover) fn take(sources: &SourceMap, readings: &Readings) -> Self {
        let files = sources.files().repository();
        let known = files.iter().cloned().collect();
        let mut inventory = Self { files, known, ..Self::default() };
        let mut included = BTreeSet::new();
        let files = std::mem::take(&mut inventory.files);
        for path in &files {
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(name) = names::compose_file(path) {
                let read = match sources.read(path) {
                    Ok(source) => readings.compose.once(source.id, || compose_file(path, name, &source)),
                    Err(_) => Arc::new((Some(ComposeFile::new(path, name)), Vec::new())),
                };
                inventory.compose.extend(read.0.clone());
                included.extend(read.1.iter().cloned());
            } else if file == "Chart.yaml" {
                inventory.charts.extend(chart(sources, path, &inventory.known));
            } else if matches!(file, "Pulumi.yaml" | "Pulumi.yml") {
                inventory.projects.push(path.parent().unwrap_or(Path::new("")).to_path_buf());
            }
        }
        inventory.files = files;
        for (position, file) in inventory.compose.iter_mut().enumerate() {
            file.included = included.contains(&file.path);
            let folder = file.path.parent().unwrap_or(Path::new("")).to_path_buf();
            inventory.compose_folders.entry(folder).or_default().push(position);
        }
        inventory.absent = absent_submodules(sources, &inventory.files);
        inventory
    }

    /// True for a file of the repository; also one that `.gitignore` hides, where it is there.
    pub(in crate::discover) fn has(&self, sources: &SourceMap, path: &Path) -> bool {
        self.known.contains(path) || sources.files().is_file(path)
    }

    /// True for a listed file of the repository.
    pub(in crate::discover) fn lists(&self, path: &Path) -> bool {
        self.known.contains(path)
    }

    /// The chart in that folder.
    pub(in crate::discover) fn chart(&self, folder: &Path) -> Option<&ChartFolder> {
        self.charts.iter().find(|chart| chart.path == folder)
    }

    /// The submodule that is not checked out and that `path` would lie in.
    pub(in crate::discover) fn absent(&self, path: &Path) -> Option<&(PathBuf, Span)> {
        self.absent.iter().find(|(submodule, _)| path.starts_with(submodule))
    }

    /// The Compose files that lie in a folder itself, in their order.
    pub(in crate::discover) fn compose_in(&self, folder: &Path) -> impl Iterator<Item = &ComposeFile> {
        let positions = self.compose_folders.get(folder);
        positions.into_iter().flatten().filter_map(|&position| self.compose.get(position))
    }

    /// The Compose file at a path.
    pub(in crate::discover) fn compose_at(&self, path: &Path) -> Option<&ComposeFile> {
        self.compose_in(path.parent().unwrap_or(Path::new(""))).find(|file| file.path == path)
    }

    /// The default Compose file of a folder and its override, in the order Compose looks for them.
    pub(in crate::discover) fn default_compose(&self, folder: &Path) -> Vec<PathBuf> {
        let names = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
        let Some(name) = names.into_iter().find(|name| self.known.contains(&folder.join(name))) else {
            return Vec::new();
        };
        let mut files = vec![folder.join(name)];
        // As Compose does: any of the four names with `.override` before its ending.
        for name in names {
            let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "yml"));
            let path = folder.join(format!("{stem}.override.{ending}"));
            if self.known.contains(&path) {
                files.push(path);
                break;
            }
        }
        files
    }
}

/// A Compose file, where it is one, and the files that it includes or extends.
fn compose_file(path: &Path, name: ComposeName, source: &Source) -> (Option<ComposeFile>, Vec<PathBuf>) {
    let mut file = ComposeFile::new(path, name);
    let mut included = Vec::new();
    file.span = Some(source.whole().at_start());
    let tree = Tree::parse(source, Dialect::Compose);
    let root = tree.root();
    let services = root.and_then(|root| root.get("services"));
    // Everything in it is commented out.
    if root.is_none() && tree.problems().is_empty() {
        return (None, included);
    }
    let composed = services.is_some() || root.is_some_and(|root| root.get("include").is_some());
    if file.name == ComposeName::Other && !composed {
        return (None, included);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut include = |node: NodeRef<'_>| included.extend(normal(&folder.join(&*node.text())));
    for item in root.and_then(|root| root.get("include")).iter().flat_map(|list| list.items()) {
        let paths = item.get("path").unwrap_or(item);
        if paths.is_sequence() {
            paths.items().for_each(&mut include);
        } else {
            include(paths);
        }
    }
    let mut asked = Vec::new();
    for name in root.and_then(|root| root.get("networks")).map(NodeRef::merged).unwrap_or_default() {
        file.has.insert((Resource::Network, name.key.text().into_owned()));
    }
    for service in services.map(NodeRef::merged).unwrap_or_default() {
        file.has.insert((Resource::Service, service.key.text().into_owned()));
        let names = [("depends_on", Resource::Service), ("networks", Resource::Network)];
        for (key, kind) in names {
            let Some(value) = service.value.get(key) else { continue };
            let keys = value.merged().into_iter().map(|entry| entry.key);
            asked.extend(value.items().chain(keys).map(|name| (kind, name.text().into_owned(), name.span())));
        }
        if let Some(extended) = service.value.at(&["extends", "file"]) {
            include(extended);
        }
        let from = ["image", "build", "extends", "provider"];
        // `<<` is looked through, and a service under `!reset` is none.
        let keys: Vec<_> = service.value.merged().into_iter().map(|entry| entry.key.text()).collect();
        let complete = from.iter().any(|key| keys.iter().any(|other| other == key));
        if !complete && service.value.tag().is_none() {
            file.incomplete.push((service.key.text().into_owned(), service.key.span()));
        }
    }
    // What is included may bring more.
    if root.is_none_or(|root| root.get("include").is_none()) {
        let here = |kind: Resource, name: &str| {
            name == "default" || name.contains('$') || file.has.contains(&(kind, name.to_owned()))
        };
        file.lacks = asked.into_iter().filter(|(kind, name, _)| !here(*kind, name)).collect();
    }
    (Some(file), included)
}

fn chart(sources: &SourceMap, path: &Path, known: &BTreeSet<PathBuf>) -> Option<ChartFolder> {
    let folder = path.parent().unwrap_or(Path::new(""));
    // `<chart>/charts/<subchart>` belongs to its parent.
    let sub = folder.ancestors().skip(1).any(|above| {
        above.file_name().is_some_and(|name| name == "charts")
            && above.parent().is_some_and(|parent| known.contains(&parent.join("Chart.yaml")))
    });
    if sub {
        return None;
    }
    let fallback = folder.file_name().and_then(|name| name.to_str()).unwrap_or("chart");
    let mut chart = ChartFolder {
        path: folder.to_path_buf(),
        name: fallback.to_owned(),
        library: false,
        example: names::is_example(&folder.join("Chart.yaml")),
        span: None,
    };
    if let Ok(source) = sources.read(path) {
        chart.span = Some(source.whole().at_start());
        let tree = Tree::parse(&source, Dialect::Helm);
        if let Some(root) = tree.root() {
            if let Some(name) = root.get("name").and_then(NodeRef::as_str).filter(|name| !name.is_empty()) {
                chart.name = name.into_owned();
            }
            chart.library = root.get("type").is_some_and(|kind| kind.text() == "library");
        }
    }
    Some(chart)
}

/// Submodules of which no file is there.
fn absent_submodules(sources: &SourceMap, files: &[PathBuf]) -> Vec<(PathBuf, Span)> {
    let Ok(source) = sources.read(Path::new(".gitmodules")) else { return Vec::new() };
    let mut absent = Vec::new();
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let Some((key, path)) = line.split_once('=') else { continue };
        if key.trim() != "path" {
            continue;
        }
        let Some(path) = normal(Path::new(path.trim())) else { continue };
        let first = files.partition_point(|file| *file < path);
        let there = files.get(first..).unwrap_or_default().iter().take_while(|file| file.starts_with(&path));
        if there.count() == 0 {
            absent.push((path, Span::new(source.id, at, at + line.trim_end().len())));
        }
    }
    absent
}
