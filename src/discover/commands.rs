//! Deploy commands: `helm upgrade`, `docker compose up`, `pulumi up` and what goes with them.

use std::path::PathBuf;
use std::sync::Arc;

use crate::discover::evaluate::Argument;
use crate::discover::evaluate::Part;
use crate::discover::evaluate::Scope;
use crate::discover::plan::SettingKind;
use crate::discover::scripts::Hint;
use crate::discover::scripts::Place;
use crate::discover::scripts::Session;
use crate::discover::shell::Item;
use crate::discover::shell::Script;
use crate::discover::shell::read;
use crate::source::Span;

/// A command that deploys, with the point of the script it stands at.
#[derive(Clone, Debug)]
pub(super) struct Use {
    /// What it deploys.
    pub(super) what: Deploys,
    /// The whole command.
    pub(super) span: Span,
    /// What its script is: "the step `Deploy`".
    pub(super) place: String,
    /// Variables and folder at this point.
    pub(super) scope: Scope,
    /// What may say which environment it is for, nearest first.
    pub(super) hints: Vec<Hint>,
    /// True where a build server runs it.
    pub(super) automatic: bool,
    /// True where it reaches another machine.
    pub(super) remote: bool,
}

/// What a command deploys.
#[derive(Clone, Debug)]
pub(super) enum Deploys {
    /// `helm upgrade`, `helm install`
    Helm(HelmCommand),
    /// `docker compose …`, `docker stack deploy`
    Compose(ComposeCommand),
    /// `pulumi up`, `pulumi config set`, …
    Pulumi(PulumiCommand),
}

#[derive(Clone, Debug)]
pub(super) struct HelmCommand {
    /// `upgrade` or `install`
    pub(super) verb: String,
    pub(super) release: Option<Argument>,
    pub(super) chart: Argument,
    pub(super) namespace: Option<Argument>,
    pub(super) context: Option<Argument>,
    pub(super) values: Vec<Argument>,
    pub(super) settings: Vec<(SettingKind, Argument)>,
}

#[derive(Clone, Debug)]
pub(super) struct ComposeCommand {
    pub(super) files: Vec<Argument>,
    pub(super) env_files: Vec<Argument>,
    pub(super) profiles: Vec<Argument>,
    pub(super) project: Option<Argument>,
    pub(super) directory: Option<Argument>,
    pub(super) context: Option<Argument>,
    /// True where it starts containers, false for `build`, `pull`, …
    pub(super) starts: bool,
    /// True for `docker stack deploy`.
    pub(super) swarm: bool,
    /// The subcommand: `up`.
    pub(super) verb: String,
}

impl ComposeCommand {
    /// The command in short, for a reason.
    pub(super) fn shown(&self) -> String {
        let files = |flag: &str| {
            let files = self.files.iter().map(|file| format!(" {flag} {}", file.written()));
            files.collect::<String>()
        };
        if self.swarm {
            format!("docker stack deploy{}", files("-c"))
        } else {
            format!("docker compose{} {}", files("-f"), self.verb)
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct PulumiCommand {
    /// The stack that is named, or was selected before.
    pub(super) stack: Option<Argument>,
    /// The folder given by `--cwd`.
    pub(super) directory: Option<Argument>,
    /// What `config set` sets: key and value.
    pub(super) set: Option<(Argument, Argument)>,
    /// True for `config set --secret`.
    pub(super) secret: bool,
    /// The subcommand: `up`, `preview`, `select`, `config set`, …
    pub(super) verb: String,
}

/// The deploy commands of a session, in order.
pub(super) fn uses(session: &Session) -> Vec<Use> {
    let mut uses = Vec::new();
    let mut selected = None;
    for place in session {
        let mut scope = Scope {
            variables: place.variables.clone(),
            folder: place.folder.clone(),
            script_folder: place.script_folder.clone(),
        };
        let remote = place.folder.is_none();
        let mut reader = Reader { place, uses: &mut uses, selected: &mut selected, remote };
        reader.script(&place.script, &mut scope, 0);
    }
    uses
}

struct Reader<'r> {
    place: &'r Place,
    uses: &'r mut Vec<Use>,
    /// The stack that `pulumi stack select` chose, and the folder it was chosen in.
    selected: &'r mut Option<(Option<PathBuf>, Argument)>,
    remote: bool,
}

/// Programs that run the command behind them.
const WRAPPERS: [&str; 14] = [
    "sudo",
    "exec",
    "command",
    "nohup",
    "time",
    "timeout",
    "retry",
    "run",
    "env",
    "doppler",
    "dotenv",
    "op",
    "infisical",
    "eval",
];

impl Reader<'_> {
    fn script(&mut self, script: &Script, scope: &mut Scope, depth: u8) {
        let mut outside: Vec<Scope> = Vec::new();
        for item in read(script.text()) {
            match item {
                // Nesting is bounded: a script that opens more folds into its parent.
                Item::Enter if outside.len() < 64 => outside.push(scope.clone()),
                Item::Enter => {}
                Item::Leave => {
                    if let Some(before) = outside.pop() {
                        *scope = before;
                    }
                }
                Item::Command(command) => {
                    let mut inner = None;
                    for (name, value) in &command.assignments {
                        let value = scope.argument(value, script.span(value.range.clone()));
                        if command.words.is_empty() {
                            scope.assign(name, &value);
                        } else {
                            let inner = inner.get_or_insert_with(|| scope.clone());
                            let value = value.text().map(str::to_owned);
                            Arc::make_mut(&mut inner.variables).insert(name.clone(), value);
                        }
                    }
                    let now = inner.as_ref().unwrap_or(scope);
                    let words = command.words.iter();
                    let arguments: Vec<Argument> =
                        words.flat_map(|word| now.arguments(word, script.span(word.range.clone()))).collect();
                    let Some(first) = arguments.first() else { continue };
                    match first.text().unwrap_or_default() {
                        "cd" | "pushd" => scope.enter(arguments.get(1)),
                        "export" | "local" | "declare" | "readonly" => {
                            for argument in arguments.iter().skip(1) {
                                if let Some((name, _)) = argument.start().split_once('=') {
                                    let name = name.to_owned();
                                    scope.assign(&name, &argument.behind(name.len() + 1));
                                }
                            }
                        }
                        "read" => {
                            for name in arguments.iter().skip(1).filter_map(Argument::text) {
                                Arc::make_mut(&mut scope.variables).insert(name.to_owned(), None);
                            }
                        }
                        "ssh" | "bash" | "sh" | "zsh" if depth < 3 => {
                            let far = first.text() == Some("ssh");
                            let mut inside = Vec::new();
                            if let Some(document) = &command.document {
                                inside.push(script.part(document.clone()));
                            }
                            // `ssh host "commands"`, `bash -c "commands"`: the quoted text with blanks in it.
                            for word in command.words.iter().skip(1).filter(|word| word.quoted) {
                                let range = word.range.start + 1..word.range.end.saturating_sub(1);
                                let text = script.text().get(range.clone()).unwrap_or_default();
                                if text.contains(' ') {
                                    inside.push(script.part(range));
                                }
                            }
                            let was_remote = self.remote;
                            self.remote |= far;
                            for part in inside {
                                let mut there = now.clone();
                                if far {
                                    there.folder = None;
                                }
                                self.script(&part, &mut there, depth + 1);
                            }
                            self.remote = was_remote;
                        }
                        _ => {
                            let span = script.span(command.range.clone());
                            self.command(&arguments, span, now);
                        }
                    }
                }
            }
        }
    }

    fn command(&mut self, arguments: &[Argument], span: Span, scope: &Scope) {
        let first = arguments.first().and_then(Argument::text).unwrap_or_default();
        let mut rest = arguments;
        if WRAPPERS.contains(&first) {
            let programs = ["helm", "docker", "docker-compose", "pulumi", "podman", "podman-compose"];
            let at = rest.iter().position(|word| word.text().is_some_and(|text| programs.contains(&text)));
            rest = at.and_then(|at| rest.get(at..)).unwrap_or_default();
        }
        let Some((program, rest)) = rest.split_first() else { return };
        let name = match program.parts.as_slice() {
            [Part::Text(name)] => name.rsplit('/').next().unwrap_or_default().to_owned(),
            // `$(HELM)`, `$DOCKER_COMPOSE`: the variable is named after what it runs.
            [Part::Unknown(Some(name))] => name.to_ascii_lowercase().replace('_', "-"),
            _ => return,
        };
        let what = match name.as_str() {
            "helm" | "helm3" => helm(rest).map(Deploys::Helm),
            "docker" | "podman" => docker(rest, scope).map(Deploys::Compose),
            "docker-compose" | "podman-compose" | "compose" => {
                compose(rest, None, scope).map(Deploys::Compose)
            }
            "pulumi" => self.pulumi(rest, scope).map(Deploys::Pulumi),
            _ => None,
        };
        let Some(what) = what else { return };
        let context = match &what {
            Deploys::Compose(compose) => compose.context.is_some(),
            Deploys::Helm(_) | Deploys::Pulumi(_) => false,
        };
        self.uses.push(Use {
            what,
            span,
            place: self.place.what.clone(),
            scope: scope.clone(),
            hints: self.place.hints.clone(),
            automatic: self.place.automatic,
            remote: self.remote || context,
        });
    }

    fn pulumi(&mut self, arguments: &[Argument], scope: &Scope) -> Option<PulumiCommand> {
        let flags = Flags::read(
            arguments,
            &[
                "-s",
                "--stack",
                "-C",
                "--cwd",
                "-c",
                "--config",
                "-m",
                "--message",
                "-p",
                "--parallel",
                "--color",
                "--target",
                "-t",
                "--config-file",
                "--secrets-provider",
            ],
        );
        let directory = flags.last(&["-C", "--cwd"]).cloned();
        let verbs: Vec<&str> = flags.positional.iter().filter_map(Argument::text).collect();
        let mut stack = flags.last(&["-s", "--stack"]).cloned();
        let mut set = None;
        let verb = match verbs.as_slice() {
            [
                verb @ ("up" | "update" | "preview" | "pre" | "refresh" | "destroy" | "watch" | "import"),
                ..,
            ] => *verb,
            ["stack", verb @ ("select" | "init"), ..] => {
                stack = flags.positional.get(2).cloned().or(stack);
                let stack = stack.clone()?;
                *self.selected = Some((scope.folder.clone(), stack));
                if *verb == "init" { "stack init" } else { "stack select" }
            }
            ["stack", "output", ..] => "stack output",
            ["config", "set", ..] => {
                let key = flags.positional.get(2)?.clone();
                let value = flags.positional.get(3).cloned();
                // Without a value it is read from the terminal or a pipe.
                let value = value.unwrap_or_else(|| Argument {
                    parts: vec![Part::Unknown(None)],
                    fallback_of: None,
                    span: key.span,
                });
                set = Some((key, value));
                "config set"
            }
            _ => return None,
        };
        let selected = self.selected.as_ref().filter(|(folder, _)| *folder == scope.folder);
        let stack = stack.or_else(|| selected.map(|(_, stack)| stack.clone()));
        let secret = flags.has(&["--secret"]);
        Some(PulumiCommand { stack, directory, set, secret, verb: verb.to_owned() })
    }
}

/// The flags and the other arguments of a command.
struct Flags {
    flags: Vec<(String, Option<Argument>)>,
    positional: Vec<Argument>,
}

impl Flags {
    /// Reads arguments; `with_value` are the flags that take the next argument as their value.
    fn read(arguments: &[Argument], with_value: &[&str]) -> Self {
        let mut read = Self { flags: Vec::new(), positional: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let start = argument.start();
            if start == "--" {
                read.positional.extend(rest.by_ref().cloned());
            } else if start.starts_with('-') && start.len() > 1 {
                if let Some(at) = start.find('=') {
                    let name = start.get(..at).unwrap_or_default().to_owned();
                    read.flags.push((name, Some(argument.behind(at + 1))));
                } else {
                    let value = if with_value.contains(&start) { rest.next().cloned() } else { None };
                    read.flags.push((start.to_owned(), value));
                }
            } else {
                read.positional.push(argument.clone());
            }
        }
        read
    }

    fn has(&self, names: &[&str]) -> bool {
        self.flags.iter().any(|(name, _)| names.contains(&name.as_str()))
    }

    fn all<'f>(&'f self, names: &'f [&str]) -> impl Iterator<Item = &'f Argument> {
        self.flags
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()))
            .filter_map(|(_, value)| value.as_ref())
    }

    fn last<'f>(&'f self, names: &'f [&str]) -> Option<&'f Argument> {
        self.all(names).last()
    }
}

const HELM_FLAGS: [&str; 40] = [
    "-n",
    "--namespace",
    "-f",
    "--values",
    "--set",
    "--set-string",
    "--set-file",
    "--set-json",
    "--set-literal",
    "--timeout",
    "--version",
    "--repo",
    "--kube-context",
    "--kubeconfig",
    "--history-max",
    "--description",
    "--post-renderer",
    "--post-renderer-args",
    "--username",
    "--password",
    "--ca-file",
    "--cert-file",
    "--key-file",
    "--keyring",
    "-o",
    "--output",
    "-l",
    "--labels",
    "--kube-apiserver",
    "--kube-as-user",
    "--kube-as-group",
    "--kube-ca-file",
    "--kube-token",
    "--kube-tls-server-name",
    "--burst-limit",
    "--qps",
    "--registry-config",
    "--repository-cache",
    "--repository-config",
    "--name-template",
];

fn helm(arguments: &[Argument]) -> Option<HelmCommand> {
    let flags = Flags::read(arguments, &HELM_FLAGS);
    let (verb, rest) = flags.positional.split_first()?;
    if !matches!(verb.text(), Some("upgrade" | "install")) || flags.has(&["--dry-run"]) {
        return None;
    }
    // `$FLAGS` among the others is neither name nor chart.
    let bare = |argument: &&Argument| matches!(argument.parts.as_slice(), [Part::Unknown(_)]);
    let mut rest: Vec<&Argument> = rest.iter().collect();
    if rest.len() > 2 {
        let known: Vec<&Argument> = rest.iter().copied().filter(|argument| !bare(argument)).collect();
        if known.len() >= 2 {
            rest = known;
        }
    }
    let generated = flags.has(&["-g", "--generate-name", "--name-template"]);
    let (release, chart) = match rest.as_slice() {
        [chart] if generated => (None, *chart),
        [release, chart, ..] => (Some(*release), *chart),
        _ => return None,
    };
    let values = flags.all(&["-f", "--values"]).flat_map(|files| files.split(',')).collect();
    let kind = |name: &str| match name {
        "--set" => Some(SettingKind::Set),
        "--set-string" => Some(SettingKind::String),
        "--set-json" => Some(SettingKind::Json),
        "--set-file" => Some(SettingKind::File),
        "--set-literal" => Some(SettingKind::Literal),
        _ => None,
    };
    let mut settings = Vec::new();
    for (name, value) in &flags.flags {
        let (Some(kind), Some(value)) = (kind(name), value) else { continue };
        if matches!(kind, SettingKind::Set | SettingKind::String | SettingKind::File) {
            settings.extend(value.split(',').into_iter().map(|part| (kind, part)));
        } else {
            settings.push((kind, value.clone()));
        }
    }
    Some(HelmCommand {
        verb: verb.text().unwrap_or_default().to_owned(),
        release: release.cloned(),
        chart: chart.clone(),
        namespace: flags.last(&["-n", "--namespace"]).cloned(),
        context: flags.last(&["--kube-context"]).cloned(),
        values,
        settings,
    })
}

/// `docker [flags] compose …`, `docker stack deploy -c FILE NAME`
fn docker(arguments: &[Argument], scope: &Scope) -> Option<ComposeCommand> {
    let with_value = ["-H", "--host", "-c", "--context", "--config", "-l", "--log-level"];
    let mut at = 0;
    let mut context = None;
    while let Some(argument) = arguments.get(at).filter(|argument| argument.start().starts_with('-')) {
        at += 1;
        if with_value.contains(&argument.start()) {
            if !matches!(argument.start(), "--config" | "-l" | "--log-level") {
                context = arguments.get(at).cloned();
            }
            at += 1;
        }
    }
    let rest = arguments.get(at + 1..)?;
    match arguments.get(at)?.text()? {
        "compose" => compose(rest, context, scope),
        "stack" => {
            let flags = Flags::read(rest, &["-c", "--compose-file", "--orchestrator", "--resolve-image"]);
            let (verb, names) = flags.positional.split_first()?;
            if !matches!(verb.text(), Some("deploy" | "up")) {
                return None;
            }
            Some(ComposeCommand {
                files: flags.all(&["-c", "--compose-file"]).cloned().collect(),
                env_files: Vec::new(),
                profiles: Vec::new(),
                project: names.first().cloned(),
                directory: None,
                context,
                starts: true,
                swarm: true,
                verb: "deploy".to_owned(),
            })
        }
        _ => None,
    }
}

fn compose(arguments: &[Argument], context: Option<Argument>, scope: &Scope) -> Option<ComposeCommand> {
    let with_value = [
        "-f",
        "--file",
        "-p",
        "--project-name",
        "--profile",
        "--env-file",
        "--project-directory",
        "--ansi",
        "--progress",
        "--parallel",
        "-H",
        "--host",
        "-c",
        "--context",
    ];
    // Flags of `compose` itself stand in front of the subcommand.
    let mut at = 0;
    while let Some(argument) = arguments.get(at).filter(|argument| argument.start().starts_with('-')) {
        at += if with_value.contains(&argument.start()) { 2 } else { 1 };
    }
    let flags = Flags::read(arguments.get(..at.min(arguments.len()))?, &with_value);
    let verb = arguments.get(at)?.text()?.to_owned();
    let mut files: Vec<Argument> = flags.all(&["-f", "--file"]).cloned().collect();
    let set = |name: &str| scope.variables.get(name).cloned().flatten();
    let span = arguments.first()?.span;
    let from_text =
        |text: &str| Argument { parts: vec![Part::Text(text.to_owned())], fallback_of: None, span };
    if files.is_empty()
        && let Some(list) = set("COMPOSE_FILE")
    {
        files.extend(list.split([':', ';']).filter(|file| !file.is_empty()).map(from_text));
    }
    let mut profiles: Vec<Argument> = flags.all(&["--profile"]).cloned().collect();
    if profiles.is_empty()
        && let Some(list) = set("COMPOSE_PROFILES")
    {
        profiles.extend(list.split(',').filter(|profile| !profile.is_empty()).map(from_text));
    }
    Some(ComposeCommand {
        files,
        env_files: flags.all(&["--env-file"]).cloned().collect(),
        profiles,
        project: flags.last(&["-p", "--project-name"]).cloned(),
        directory: flags.last(&["--project-directory"]).cloned(),
        context: context.or_else(|| flags.last(&["-H", "--host", "-c", "--context"]).cloned()),
        swarm: false,
        starts: matches!(verb.as_str(), "up" | "start" | "create" | "watch"),
        verb,
    })
}
