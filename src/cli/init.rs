//! `plimsoll init [PATH]`

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::ladder;
use crate::cli::ladder::place;
use crate::config::Config;
use crate::config::FILE_NAMES;
use crate::discover::Chart;
use crate::discover::ComposeDeployment;
use crate::discover::HelmDeployment;
use crate::discover::Plan;
use crate::discover::PlannedEnvironment;
use crate::discover::PulumiDeployment;
use crate::discover::SettingKind;
use crate::discover::Why;
use crate::source::SourceMap;
use crate::source::credential_shaped;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The repository [default: the one that the current folder is in]
    path: Option<PathBuf>,
    /// Print the configuration instead of writing `plimsoll.yaml`
    #[arg(long)]
    print: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let root = match ladder::root(arguments.path.as_deref()) {
        Ok(root) => root,
        Err(message) => {
            writeln!(err, "{message}")?;
            return Ok(Exit::Usage);
        }
    };
    if !arguments.print
        && let Some(there) = FILE_NAMES.iter().map(|name| root.join(name)).find(|path| path.exists())
    {
        writeln!(
            err,
            "`{}` is there already and stays as it is; see with `--print` what would be written",
            there.display()
        )?;
        return Ok(Exit::Usage);
    }
    let sources = SourceMap::new(ladder::files(&root));
    let plan = crate::discover::plan(&sources, &Config::default());
    let text = configuration(&sources, &plan);
    if arguments.print {
        out.write_all(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let path = root.join("plimsoll.yaml");
    // `create_new`: a file that appeared meanwhile is not overwritten either.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    match file.and_then(|mut file| file.write_all(text.as_bytes())) {
        Ok(()) => writeln!(out, "wrote `{}`", path.display()).map(|()| Exit::Clean),
        Err(error) => writeln!(err, "`{}` cannot be written: {error}", path.display()).map(|()| Exit::Usage),
    }
}

/// The configuration that says what was inferred, with the reasons as comments.
pub(super) fn configuration(sources: &SourceMap, plan: &Plan) -> String {
    let mut page = Page { sources, text: String::new() };
    page.line(0, "# What this repository deploys, first rung of the ladder to last.");
    page.line(0, "# Inferred from file names and deploy commands: correct what is wrong, and keep the rest.");
    if plan.environments.is_empty() {
        page.line(0, "#");
        page.line(0, "# No environment was found. An entry looks like this:");
        page.line(0, "# ladder:");
        page.line(0, "#   - name: local");
        page.line(0, "#     compose: [docker-compose.yml]");
        page.line(0, "ladder: []");
    } else {
        page.line(0, "ladder:");
    }
    for environment in &plan.environments {
        page.environment(environment);
    }
    page.others(plan);
    page.line(0, "");
    page.line(0, "# What all environments together may cost, in US dollars a month:");
    page.line(0, "# budget: 100");
    page.line(0, "# The Kubernetes release that manifests are checked against:");
    page.line(0, "# kubernetes: \"1.34\"");
    page.line(0, "# Severities of rules: off, info, warning or error.");
    page.line(0, "# rules:");
    page.line(0, "#   compose/hardening: off");
    page.text
}

struct Page<'p> {
    sources: &'p SourceMap,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let _never_fails = writeln!(self.text, "{}{text}", if text.is_empty() { "" } else { blanks(indent) });
    }

    /// The first reasons, as comments.
    fn reasons(&mut self, indent: usize, whys: &[Why]) {
        for why in whys.iter().take(2) {
            let place = why.span.and_then(|span| place(self.sources, span));
            let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
            self.comment(indent, &format!("{}{place}", why.text));
        }
    }

    fn comment(&mut self, indent: usize, text: &str) {
        self.line(indent, &format!("# {}", text.replace(['\n', '\r'], " ")));
    }

    fn environment(&mut self, environment: &PlannedEnvironment) {
        self.line(2, &format!("- name: {}", scalar(&environment.name)));
        // Written out, so that it does not hang on the position.
        self.line(4, &format!("stage: {}", environment.stage.name()));
        match environment.projects.as_slice() {
            [] => {}
            [one] if is_plain(one) => {
                self.reasons(4, &one.why);
                self.line(4, &format!("compose: {}", paths(&one.files)));
            }
            several => {
                self.line(4, "compose:");
                for project in several {
                    self.project(project);
                }
            }
        }
        if !environment.releases.is_empty() {
            let (here, elsewhere): (Vec<_>, Vec<_>) =
                environment.releases.iter().partition(|release| matches!(release.chart, Chart::Folder(_)));
            if !here.is_empty() {
                self.line(4, "helm:");
            }
            for release in here {
                self.release(release);
            }
            for release in elsewhere {
                if let Chart::Elsewhere(chart) = &release.chart {
                    self.comment(4, &format!("installs `{chart}` too, which is not in the repository"));
                }
            }
        }
        let known: Vec<(&PulumiDeployment, &String)> = environment
            .stacks
            .iter()
            .filter_map(|stack| Some((stack, stack.stack.as_ref()?.value.known()?)))
            .collect();
        if !known.is_empty() {
            self.line(4, "pulumi:");
        }
        for (stack, name) in known {
            self.reasons(6, &stack.why);
            let project = path(&stack.project);
            self.line(6, &format!("- {{project: {project}, stack: {}}}", scalar(name)));
        }
        if !environment.projects.is_empty() && environment.stage != crate::config::Stage::Local {
            self.line(4, "# What the Compose host costs: a size of a price book, or `monthly: 24`.");
            self.line(4, "# host: digitalocean/s-2vcpu-4gb");
        }
        if environment.stage != crate::config::Stage::Local {
            self.line(4, "# budget: 50   # US dollars a month");
        }
    }

    fn project(&mut self, project: &ComposeDeployment) {
        self.reasons(6, &project.why);
        self.line(6, &format!("- files: {}", paths(&project.files)));
        if !project.env_files.is_empty() {
            self.line(8, &format!("env-files: {}", paths(&project.env_files)));
        }
        if !project.profiles.is_empty() {
            let profiles: Vec<String> = project.profiles.iter().map(|profile| scalar(profile)).collect();
            self.line(8, &format!("profiles: [{}]", profiles.join(", ")));
        }
        if let Some(name) = project.project.as_ref().and_then(|name| name.value.known()) {
            self.line(8, &format!("project: {}", scalar(name)));
        }
        if moved(project) {
            self.line(8, &format!("directory: {}", path(&project.directory)));
        }
    }

    fn release(&mut self, release: &HelmDeployment) {
        let Chart::Folder(folder) = &release.chart else { return };
        self.reasons(6, &release.why);
        if let Some(name) = release.release.value.known() {
            self.line(6, &format!("- release: {}", scalar(name)));
        } else {
            let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("app");
            self.line(6, &format!("- release: {}   # no command gives its name: correct this", scalar(name)));
        }
        if let Some(namespace) = &release.namespace {
            match namespace.value.known() {
                Some(namespace) => self.line(8, &format!("namespace: {}", scalar(namespace))),
                None => self.line(8, "# namespace: it is decided when the command runs"),
            }
        }
        self.line(8, &format!("chart: {}", path(folder)));
        if !release.values.is_empty() {
            self.line(8, &format!("values: {}", paths(&release.values)));
        }
        let mut unknown: Vec<String> = Vec::new();
        let mut set: Vec<String> = Vec::new();
        for setting in &release.settings {
            let Some((path, value)) = setting.argument.value.split_once('=') else { continue };
            let string = setting.kind == SettingKind::String;
            let plain = matches!(setting.kind, SettingKind::Set | SettingKind::String)
                && !value.starts_with('{')
                && !value.contains('\\');
            let last = path.rsplit('.').next().unwrap_or(path);
            if plain && !credential_shaped(last) {
                let value = if string { quoted(value) } else { set_value(value) };
                set.push(format!("{}: {value}", scalar(path)));
            } else {
                unknown.push(path.to_owned());
            }
        }
        if !set.is_empty() {
            self.line(8, "set:");
            for line in &set {
                self.line(10, line);
            }
        }
        unknown.extend(release.unknown.iter().map(|path| path.value.clone()));
        if !unknown.is_empty() {
            self.line(8, "unknown:   # supplied at deploy time");
            for path in &unknown {
                self.line(10, &format!("- {}", scalar(path)));
            }
        }
        for unseen in &release.unseen {
            self.comment(8, &unseen.why);
        }
    }

    /// What belongs to no environment, as comments.
    fn others(&mut self, plan: &Plan) {
        let mut lines = Vec::new();
        lines.extend(plan.other_projects.iter().map(|project| paths(&project.files)));
        for release in &plan.other_releases {
            if let Chart::Folder(folder) = &release.chart {
                let name = release.release.value.known().map(|name| format!(", release {name}"));
                let values = if release.values.is_empty() {
                    String::new()
                } else {
                    format!(" with {}", paths(&release.values))
                };
                lines.push(format!("chart {}{}{values}", path(folder), name.unwrap_or_default()));
            }
        }
        lines
            .extend(plan.other_stacks.iter().map(|stack| format!("Pulumi project {}", path(&stack.project))));
        if lines.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "# In no environment, and checked by themselves:");
        for line in lines {
            self.comment(0, &format!("  {line}"));
        }
    }
}

fn blanks(count: usize) -> &'static str {
    "          ".get(..count.min(10)).unwrap_or_default()
}

/// True where the list of files says all there is to say.
fn is_plain(project: &ComposeDeployment) -> bool {
    let named = project.project.as_ref().is_some_and(|name| name.value.known().is_some());
    project.env_files.is_empty() && project.profiles.is_empty() && !named && !moved(project)
}

fn moved(project: &ComposeDeployment) -> bool {
    project.files.first().and_then(|file| file.parent()) != Some(project.directory.as_path())
}

fn path(path: &Path) -> String {
    let shown = path.to_string_lossy();
    if shown.is_empty() { ".".to_owned() } else { scalar(&shown) }
}

fn paths(all: &[PathBuf]) -> String {
    let all: Vec<String> = all.iter().map(|one| path(one)).collect();
    format!("[{}]", all.join(", "))
}

/// A text as YAML: plain where that is safe, quoted otherwise.
fn scalar(text: &str) -> String {
    let starts = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '/' || c == '_');
    let rest =
        text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '[' | ']'));
    let brackets = text.contains(['[', ']']);
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if starts && rest && !word && !brackets { text.to_owned() } else { quoted(text) }
}

/// The value of `--set`, whose type its look decides: a plain scalar keeps that.
fn set_value(value: &str) -> String {
    let typed = matches!(value, "true" | "false" | "null") || value.parse::<i64>().is_ok();
    // A quoted text would become a string whatever it looks like; such a value needs none.
    if typed { value.to_owned() } else { scalar(value) }
}

/// A text between double quotes, as YAML takes it back.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _never_fails = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
