//! `plimsoll ladder [PATH]`

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::config::Config;
use crate::diagnostic::Finding;
use crate::discover::Chart;
use crate::discover::ComposeDeployment;
use crate::discover::HelmDeployment;
use crate::discover::Plan;
use crate::discover::PulumiDeployment;
use crate::discover::Text;
use crate::discover::Why;
use crate::ladder::Ladder;
use crate::source::Files;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::repository_root;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The repository [default: the one that the current folder is in]
    path: Option<PathBuf>,
    /// Show what runs in each environment, services as rows and environments as columns
    #[arg(long)]
    workloads: bool,
    /// Show which release reaches which over the network of its cluster, and through which policy
    #[arg(long, conflicts_with = "workloads")]
    reach: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let Some(Repository { sources, plan, mistaken, .. }) = open(arguments.path.as_deref(), err)? else {
        return Ok(Exit::Usage);
    };
    if arguments.workloads {
        crate::cli::workloads::show(&Ladder::load(&sources, plan), out)?;
    } else if arguments.reach {
        crate::cli::reach::show(&sources, &Ladder::load(&sources, plan), out)?;
    } else {
        show(&sources, &plan, out)?;
    }
    Ok(if mistaken { Exit::Usage } else { Exit::Clean })
}

/// What a command looks at: the texts, the configuration, and what was understood.
pub(super) struct Repository {
    pub(super) sources: SourceMap,
    pub(super) config: Config,
    pub(super) plan: Plan,
    /// True where the configuration has mistakes, which were told.
    pub(super) mistaken: bool,
}

/// Opens the repository at a path, or the one that the current folder is in, and tells of mistakes in its
/// configuration; `None` where that cannot be done, which was told as well.
pub(super) fn open(path: Option<&Path>, err: &mut dyn Write) -> std::io::Result<Option<Repository>> {
    let root = match root(path) {
        Ok(root) => root,
        Err(message) => {
            writeln!(err, "{message}")?;
            return Ok(None);
        }
    };
    let sources = SourceMap::new(files(&root));
    let config = match Config::load(&sources) {
        Ok(config) => config,
        Err((path, error)) => {
            writeln!(err, "`{}` cannot be used: {error}", path.display())?;
            return Ok(None);
        }
    };
    let plan = crate::discover::plan(&sources, &config);
    let mistaken = !config.findings.is_empty() || !plan.findings.is_empty();
    for finding in config.findings.iter().chain(&plan.findings) {
        mistake(&sources, finding, err)?;
    }
    Ok(Some(Repository { sources, config, plan, mistaken }))
}

/// The files of a folder, and what they refer to in the repository that it belongs to.
pub(super) fn files(root: &Path) -> Files {
    Files::within(root, repository_root(root))
}

/// The folder whose ladder is meant; a sentence where it is none.
pub(super) fn root(path: Option<&Path>) -> Result<PathBuf, String> {
    match path {
        None => Ok(repository_root(Path::new("."))),
        Some(path) if path.is_dir() => Ok(path.to_path_buf()),
        Some(path) if path.exists() => {
            Err(format!("`{}` is a file; name the folder it is in", path.display()))
        }
        Some(path) => Err(format!("there is no folder `{}`", path.display())),
    }
}

/// One line for a mistake in the configuration: `plimsoll check` shows them in full.
pub(super) fn mistake(sources: &SourceMap, finding: &Finding, err: &mut dyn Write) -> std::io::Result<()> {
    write!(err, "{}: {}", place(sources, finding.primary.span).unwrap_or_default(), finding.message)?;
    match &finding.help {
        Some(help) => writeln!(err, "; {help}"),
        None => writeln!(err),
    }
}

/// `path:line`
pub(super) fn place(sources: &SourceMap, span: Span) -> Option<String> {
    let source = sources.get(span.source)?;
    Some(format!("{}:{}", source.path, source.line_column(span.start).line))
}

/// Writes a plan for people.
pub(super) fn show(sources: &SourceMap, plan: &Plan, out: &mut dyn Write) -> std::io::Result<()> {
    let mut page = Page { sources, out };
    let count = plan.environments.len();
    let plural = if count == 1 { "environment" } else { "environments" };
    let by = if plan.configured { "as the configuration says" } else { "from names and deploy commands" };
    writeln!(page.out, "{count} {plural}, {by}")?;
    for environment in &plan.environments {
        writeln!(page.out, "\n{} ({})", environment.name, environment.stage.name())?;
        page.reasons("  ", &environment.why)?;
        for project in &environment.projects {
            page.project(project)?;
        }
        for release in &environment.releases {
            page.release(release)?;
        }
        for stack in &environment.stacks {
            page.stack(stack)?;
        }
        if let Some(budget) = &environment.budget {
            writeln!(page.out, "  budget   ${} a month", budget.value)?;
        }
    }
    if !(plan.other_projects.is_empty() && plan.other_releases.is_empty() && plan.other_stacks.is_empty()) {
        writeln!(page.out, "\nin no environment (checked as local)")?;
        for project in &plan.other_projects {
            page.project(project)?;
        }
        for release in &plan.other_releases {
            page.release(release)?;
        }
        for stack in &plan.other_stacks {
            page.stack(stack)?;
        }
    }
    if !plan.unchecked.is_empty() {
        writeln!(page.out, "\nnot seen")?;
        for unchecked in &plan.unchecked {
            let place = unchecked.span.and_then(|span| place(sources, span));
            let place = place.map(|place| format!("  [{place}]")).unwrap_or_default();
            writeln!(page.out, "  {}: {}{place}", unchecked.what, unchecked.reason)?;
        }
    }
    Ok(())
}

/// So many reasons are shown; the rest are counted.
const SHOWN_REASONS: usize = 3;

struct Page<'p> {
    sources: &'p SourceMap,
    out: &'p mut dyn Write,
}

impl Page<'_> {
    fn reasons(&mut self, indent: &str, whys: &[Why]) -> std::io::Result<()> {
        for why in whys.iter().take(SHOWN_REASONS) {
            let place = why.span.and_then(|span| place(self.sources, span));
            let place = place.map(|place| format!("  [{place}]")).unwrap_or_default();
            writeln!(self.out, "{indent}because {}{place}", why.text)?;
        }
        match whys.len().saturating_sub(SHOWN_REASONS) {
            0 => Ok(()),
            more => writeln!(self.out, "{indent}and {more} more"),
        }
    }

    fn project(&mut self, project: &ComposeDeployment) -> std::io::Result<()> {
        write!(self.out, "  compose  {}", paths(&project.files))?;
        if let Some(name) = &project.project {
            write!(self.out, ", project {}", known(name))?;
        }
        if !project.profiles.is_empty() {
            write!(self.out, ", profiles {}", project.profiles.join(", "))?;
        }
        if !project.env_files.is_empty() {
            write!(self.out, ", variables from {}", paths(&project.env_files))?;
        }
        writeln!(self.out)?;
        self.reasons("           ", &project.why)
    }

    fn release(&mut self, release: &HelmDeployment) -> std::io::Result<()> {
        match &release.release.value {
            Known::Known(name) => write!(self.out, "  helm     release `{name}`")?,
            Known::Unknown(_) => write!(self.out, "  helm     release without a known name")?,
        }
        match &release.namespace {
            Some(namespace) => write!(self.out, " in namespace {}", known(namespace))?,
            None => write!(self.out, ", namespace not given")?,
        }
        match &release.chart {
            Chart::Folder(folder) => write!(self.out, ": chart {}", path(folder))?,
            Chart::Elsewhere(name) => write!(self.out, ": chart `{name}`, not in the repository")?,
        }
        if !release.values.is_empty() {
            write!(self.out, " with {}", paths(&release.values))?;
        }
        writeln!(self.out)?;
        let indent = "           ";
        self.reasons(indent, &release.why)?;
        for setting in &release.settings {
            // The value may be a password: its path says enough.
            let path = setting.argument.value.split('=').next().unwrap_or_default();
            let place = place(self.sources, setting.argument.span).unwrap_or_default();
            writeln!(self.out, "{indent}sets `{path}`  [{place}]")?;
        }
        for unknown in &release.unknown {
            let place = place(self.sources, unknown.span).unwrap_or_default();
            writeln!(self.out, "{indent}unknown `{}`: supplied at deploy time  [{place}]", unknown.value)?;
        }
        for unseen in &release.unseen {
            let place = unseen.span.and_then(|span| place(self.sources, span)).unwrap_or_default();
            writeln!(self.out, "{indent}unknown: {}  [{place}]", unseen.why)?;
        }
        Ok(())
    }

    fn stack(&mut self, stack: &PulumiDeployment) -> std::io::Result<()> {
        write!(self.out, "  pulumi   project {}", path(&stack.project))?;
        if let Some(name) = &stack.stack {
            write!(self.out, ", stack {}", known(name))?;
        }
        if let Some(file) = &stack.file {
            write!(self.out, " with {}", path(file))?;
        }
        writeln!(self.out)?;
        let indent = "           ";
        self.reasons(indent, &stack.why)?;
        for (key, value) in &stack.config {
            let open = if value.value.known().is_some() { "sets" } else { "unknown" };
            let place = place(self.sources, key.span).unwrap_or_default();
            writeln!(self.out, "{indent}{open} `{}`  [{place}]", key.value)?;
        }
        Ok(())
    }
}

fn known(text: &Text) -> String {
    text.value.known().map_or_else(|| "decided when the command runs".to_owned(), |text| format!("`{text}`"))
}

fn path(path: &Path) -> String {
    let shown = path.display().to_string();
    if shown.is_empty() { ".".to_owned() } else { shown }
}

fn paths(paths: &[PathBuf]) -> String {
    paths.iter().map(|one| path(one)).collect::<Vec<_>>().join(" + ")
}
