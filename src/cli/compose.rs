//! `plimsoll compose … config`: the Compose loader alone, flags and output as Docker's own.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::io::Write;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::compose::Asked;
use crate::compose::Environment;
use crate::compose::Loaded;
use crate::compose::Options;
use crate::compose::Problem;
use crate::compose::Project;
use crate::compose::Value;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::report::Format;
use crate::report::Report;
use crate::report::Terminal;
use crate::source::Files;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A Compose file; several are laid over each other (`-` reads standard input)
    #[arg(short = 'f', long = "file", value_name = "FILE", global = true, action = clap::ArgAction::Append)]
    files: Vec<String>,
    /// A profile to enable (`*` for all)
    #[arg(long = "profile", value_name = "NAME", global = true, action = clap::ArgAction::Append)]
    profiles: Vec<String>,
    /// A file with variables, instead of `.env`
    #[arg(long = "env-file", value_name = "FILE", global = true, action = clap::ArgAction::Append)]
    env_files: Vec<String>,
    /// The name of the project
    #[arg(short = 'p', long, value_name = "NAME", global = true)]
    project_name: Option<String>,
    /// The folder that relative paths start at (default: that of the first Compose file)
    #[arg(long, value_name = "FOLDER", global = true)]
    project_directory: Option<String>,
    /// Keep networks, volumes, secrets and configs that no service uses
    #[arg(long, global = true)]
    all_resources: bool,
    /// As Compose 1 did: implies `--no-normalize`
    #[arg(long, global = true)]
    compatibility: bool,
    /// Taken and without effect: nothing is changed by `config`
    #[arg(long, global = true)]
    dry_run: bool,
    /// Taken and without effect: nothing is coloured
    #[arg(long, value_name = "WHEN", global = true, hide = true)]
    ansi: Option<String>,
    /// Taken and without effect
    #[arg(long, value_name = "KIND", global = true, hide = true)]
    progress: Option<String>,
    /// Taken and without effect
    #[arg(long, value_name = "NUMBER", global = true, hide = true, allow_negative_numbers = true)]
    parallel: Option<i64>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the project as it would run
    Config(Box<Config>),
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of Docker's")]
struct Config {
    /// Services to print, with what they depend on (default: all)
    services: Vec<String>,
    /// The form of the output [default: yaml]
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// Say only whether the project is accepted
    #[arg(short, long)]
    quiet: bool,
    /// Write to this file instead
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave variables as they are written
    #[arg(long)]
    no_interpolate: bool,
    /// Add no default network, names or implied dependencies
    #[arg(long)]
    no_normalize: bool,
    /// Leave relative paths as they are written
    #[arg(long)]
    no_path_resolution: bool,
    /// Do not check that what is referred to exists
    #[arg(long)]
    no_consistency: bool,
    /// Do not read `env_file`
    #[arg(long)]
    no_env_resolution: bool,
    /// Print the names of the services
    #[arg(long = "services")]
    list_services: bool,
    /// Print the names of the volumes
    #[arg(long)]
    volumes: bool,
    /// Print the names of the networks
    #[arg(long)]
    networks: bool,
    /// Print the models
    #[arg(long)]
    models: bool,
    /// Print the names of the profiles
    #[arg(long = "profiles")]
    list_profiles: bool,
    /// Print the images
    #[arg(long)]
    images: bool,
    /// Print the variables that hold
    #[arg(long)]
    environment: bool,
    /// Print the variables that the project asks for, with their defaults
    #[arg(long)]
    variables: bool,
    /// Refused: these hashes belong to one version of Docker Compose
    #[arg(long, value_name = "SERVICE")]
    hash: Option<String>,
    /// Refused: digests are known to a registry, and nothing is read over the network
    #[arg(long)]
    resolve_image_digests: bool,
    /// Refused, as `--resolve-image-digests`
    #[arg(long)]
    lock_image_digests: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Yaml,
    Json,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let Command::Config(config) = &arguments.command;
    if let Some(reason) = refusal(config) {
        writeln!(err, "error: {reason}")?;
        return Ok(Exit::Usage);
    }
    let directory = directory();
    let sources = SourceMap::new(Files::anywhere(&directory));
    let options = options(arguments, config, directory);
    let loaded = crate::compose::load(&sources, &options);
    complain(&loaded, &sources, err)?;
    let Some(project) = &loaded.project else { return Ok(Exit::Findings) };
    let text = match () {
        () if config.quiet => return Ok(Exit::Clean),
        () if config.list_services => match services(project, config) {
            Ok(names) => names,
            Err(missing) => {
                writeln!(err, "error: there is no service `{missing}` to start before the others")?;
                return Ok(Exit::Findings);
            }
        },
        () if config.volumes => names(project, "volumes"),
        () if config.networks => names(project, "networks"),
        () if config.models => lines(project.parts("models").filter_map(|model| model.value.text("model"))),
        () if config.list_profiles => profiles(project),
        () if config.images => images(project),
        () if config.variables => asked(project, config.format),
        () if config.environment => variables(project),
        () => match config.format.unwrap_or(Form::Yaml) {
            Form::Json => {
                let mut text =
                    serde_json::to_string_pretty(&crate::compose::json(project)).unwrap_or_default();
                text.push('\n');
                text
            }
            Form::Yaml if config.no_interpolate => crate::compose::yaml_by_name(project),
            Form::Yaml => crate::compose::yaml(project).replace('$', "$$"),
        },
    };
    if let Some(file) = &config.output {
        if let Err(error) = std::fs::write(file, &text) {
            writeln!(err, "error: `{}` cannot be written: {error}", file.display())?;
            return Ok(Exit::Usage);
        }
        return Ok(Exit::Clean);
    }
    out.write_all(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// Why a flag of Docker's cannot be served, where one cannot.
fn refusal(config: &Config) -> Option<&'static str> {
    if config.hash.is_some() {
        return Some(
            "`--hash` prints what one version of Docker Compose makes of its own data; compare the output of `config` instead",
        );
    }
    (config.resolve_image_digests || config.lock_image_digests).then_some(
        "digests of images are known to their registry, and plimsoll reads nothing over the network",
    )
}

/// Where the command stands: as the shell says, where that is true.
fn directory() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let said = std::env::var_os("PWD").map(PathBuf::from).filter(|said| said.is_absolute());
    match said {
        Some(said)
            if said.canonicalize().is_ok_and(|real| here.canonicalize().is_ok_and(|here| here == real)) =>
        {
            said
        }
        _ => here,
    }
}

fn options(arguments: &Arguments, config: &Config, directory: PathBuf) -> Options {
    let environment: Environment = std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .collect();
    let home = environment.value("HOME").filter(|home| !home.is_empty()).map(str::to_owned);
    let listed = environment.value("COMPOSE_FILE").unwrap_or_default();
    let separator =
        environment.value("COMPOSE_PATH_SEPARATOR").filter(|text| !text.is_empty()).unwrap_or(":");
    let from_input = arguments.files.iter().any(|file| file == "-")
        || (arguments.files.is_empty() && listed.split(separator).any(|file| file == "-"));
    let stdin = from_input.then(|| {
        let mut bytes = Vec::new();
        let limit = crate::source::MAX_FILE_BYTES;
        let _unreadable = std::io::stdin().take(limit).read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    // These lists are of the whole project, whatever services are named, and need no environment files.
    let whole = config.list_services || config.volumes || config.networks || config.models;
    let interpolate = !(config.no_interpolate || config.variables);
    Options {
        files: arguments.files.clone(),
        profiles: arguments.profiles.clone(),
        env_files: arguments.env_files.clone(),
        project_name: arguments.project_name.clone(),
        project_directory: arguments.project_directory.clone(),
        environment,
        directory,
        home,
        stdin,
        services: if whole || !interpolate { Vec::new() } else { config.services.clone() },
        interpolate,
        normalize: !(config.no_normalize || arguments.compatibility),
        validate: !config.variables,
        consistency: !config.no_consistency,
        resolve_paths: !config.no_path_resolution,
        resolve_environment: !(config.no_env_resolution || config.variables || whole),
        all_resources: arguments.all_resources,
        ..Options::default()
    }
}

fn lines<'l>(texts: impl Iterator<Item = &'l str>) -> String {
    let mut texts: Vec<&str> = texts.collect();
    texts.sort_unstable();
    let mut page = texts.join("\n");
    if !page.is_empty() {
        page.push('\n');
    }
    page
}

fn names(project: &Project, section: &str) -> String {
    lines(project.parts(section).map(|part| part.name))
}

/// The services in the order in which they start: what a service waits for stands before it. Fails with the name of one
/// that has to be there and is not.
fn services(project: &Project, config: &Config) -> Result<String, String> {
    let mut order: Vec<&str> = Vec::new();
    if config.no_interpolate {
        return Ok(names(project, "services"));
    }
    let mut names: Vec<&str> = project.services().map(|service| service.name).collect();
    names.sort_unstable();
    // What is still to be done, last first: enter a service, or leave it after what it waits for.
    let mut pending: Vec<(&str, bool)> = names.into_iter().rev().map(|name| (name, false)).collect();
    let mut entered: BTreeSet<&str> = BTreeSet::new();
    while let Some((name, leave)) = pending.pop() {
        if leave {
            order.push(name);
            continue;
        }
        if !entered.insert(name) {
            continue;
        }
        pending.push((name, true));
        let Some(service) = project.service(name) else { continue };
        let mut before: Vec<&str> = Vec::new();
        for dependency in service.dependencies() {
            match project.service(dependency.service) {
                Some(_) => before.push(dependency.service),
                None if dependency.required => return Err(dependency.service.to_owned()),
                None => {}
            }
        }
        before.sort_unstable();
        pending.extend(before.into_iter().rev().map(|name| (name, false)));
    }
    Ok(order.iter().map(|name| format!("{name}\n")).collect())
}

/// The variables that a project asks for: as a table, as JSON, or as YAML.
fn asked(project: &Project, form: Option<Form>) -> String {
    let all = crate::compose::variables(project);
    match form {
        None => {
            let width = |cell: fn(&str, &Asked) -> usize| {
                all.iter().map(|(name, asked)| cell(name, asked) + 3).max().unwrap_or(0).max(20)
            };
            let name_width = width(|name, _| name.chars().count());
            let default_width = width(|_, asked| asked.default.chars().count());
            let row = |name: &str, required: &str, default: &str, alternate: &str| {
                format!("{name:<name_width$}{required:<20}{default:<default_width$}{alternate}\n")
            };
            let mut table = row("NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE");
            for (name, asked) in &all {
                let required = if asked.required { "true" } else { "false" };
                table += &row(name, required, &asked.default, &asked.alternate);
            }
            table
        }
        Some(Form::Json) => {
            let rows = all.into_iter().map(|(name, Asked { default, alternate, required })| {
                let row = serde_json::json!({
                    "Name": name, "DefaultValue": default, "PresenceValue": alternate, "Required": required,
                });
                (name, row)
            });
            let mut out = Vec::new();
            let indented = serde_json::ser::PrettyFormatter::with_indent(b"    ");
            let mut serializer = serde_json::Serializer::with_formatter(&mut out, indented);
            let rows: serde_json::Map<String, serde_json::Value> = rows.collect();
            let _infallible = serde::Serialize::serialize(&rows, &mut serializer);
            String::from_utf8_lossy(&out).into_owned() + "\n\n"
        }
        Some(Form::Yaml) => {
            let mut page = String::new();
            for (name, Asked { default, alternate, required }) in all {
                let text = crate::compose::yaml_text;
                page += &format!(
                    "{0}:\n    name: {0}\n    defaultvalue: {1}\n    presencevalue: {2}\n    required: {required}\n",
                    text(&name),
                    text(&default),
                    text(&alternate),
                );
            }
            if page.is_empty() { "{}\n".to_owned() } else { page }
        }
    }
}

fn profiles(project: &Project) -> String {
    let services = project.services().chain(project.disabled_services());
    let mut names: Vec<&str> = services.flat_map(|service| service.profiles().collect::<Vec<_>>()).collect();
    names.sort_unstable();
    names.dedup();
    lines(names.into_iter())
}

fn images(project: &Project) -> String {
    let mut images: Vec<String> = Vec::new();
    let parts = project.parts("services").chain(project.parts("jobs"));
    for part in parts {
        let image = part.value.text("image").filter(|image| !image.is_empty()).map(str::to_owned);
        images.push(image.unwrap_or_else(|| format!("{}-{}", project.name, part.name)));
        for hook in part.value.get("pre_start").map(Value::items).unwrap_or_default() {
            images.extend(hook.text("image").map(str::to_owned));
        }
        for mount in part.value.get("volumes").map(Value::items).unwrap_or_default() {
            if mount.text("type") == Some("image") {
                images.extend(mount.text("source").map(str::to_owned));
            }
        }
    }
    lines(images.iter().map(String::as_str))
}

fn variables(project: &Project) -> String {
    let rows: Vec<String> =
        project.environment.iter().map(|(name, variable)| format!("{name}={}", variable.value)).collect();
    lines(rows.iter().map(String::as_str))
}

/// Says what is wrong, each at its place.
fn complain(loaded: &Loaded, sources: &SourceMap, err: &mut dyn Write) -> std::io::Result<()> {
    let (placed, loose): (Vec<&Problem>, Vec<&Problem>) =
        loaded.problems.iter().partition(|problem| problem.span.is_some());
    for problem in loose {
        writeln!(err, "{}: {}", problem.severity.name(), crate::report::visible(&problem.message))?;
        if let Some(help) = &problem.help {
            writeln!(err, "help: {help}")?;
        }
    }
    if placed.is_empty() {
        return Ok(());
    }
    let diagnostics = placed.iter().filter_map(|problem| {
        Some(Diagnostic {
            rule: format!("compose/{}", problem.code.name()),
            severity: problem.severity,
            finding: problem.finding()?,
            fingerprint: String::new(),
        })
    });
    let report =
        Report { diagnostics: diagnostics.collect(), files: sources.files_read(), ..Report::default() };
    let terminal = Terminal::plain();
    crate::report::write(Format::Human, &report, sources, &[], &terminal, err)?;
    let errors = placed.iter().filter(|problem| problem.severity == Severity::Error).count();
    if errors > 0 {
        let plural = if errors == 1 { "" } else { "s" };
        writeln!(err, "Docker Compose refuses this project: {errors} error{plural}")?;
    }
    Ok(())
}
