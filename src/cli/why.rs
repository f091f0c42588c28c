//! `plimsoll why ENV PATH`

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::ladder::Repository;
use crate::cli::ladder::open;
use crate::compose::Project;
use crate::compose::Reason;
use crate::compose::Role;
use crate::compose::Value;
use crate::helm::Manifest;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Release;
use crate::report::Masks;
use crate::report::visible;
use crate::source::SourceMap;
use crate::source::Span;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The environment: `staging`
    #[arg(value_name = "ENV")]
    environment: String,
    /// The value: a path from the top of its Compose project (`services.api.environment.LOG_LEVEL`), or an object of a
    /// release and a path in it ('Deployment/web spec.replicas')
    path: String,
    /// The repository [default: the one that the current folder is in]
    #[arg(long = "in", value_name = "FOLDER")]
    repository: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let Some(Repository { sources, plan, .. }) = open(arguments.repository.as_deref(), err)? else {
        return Ok(Exit::Usage);
    };
    let known: Vec<String> =
        plan.environments.iter().map(|environment| format!("`{}`", environment.name)).collect();
    let ladder = Ladder::load(&sources, plan);
    let Some(environment) = ladder.environments.iter().find(|known| known.name == arguments.environment)
    else {
        let listed = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        writeln!(err, "there is no environment `{}`; there is {listed}", visible(&arguments.environment))?;
        return Ok(Exit::Usage);
    };
    let masks = Masks::new(&sources);
    if is_object(&arguments.path) {
        return tell_of_releases(environment, &arguments.path, &sources, &masks, out, err);
    }
    let projects: Vec<&Project> = environment.projects.iter().filter_map(|project| project.model()).collect();
    let mut found = false;
    for project in &projects {
        let Some((value, reasons)) = crate::compose::why(project, &arguments.path) else { continue };
        if found {
            writeln!(out)?;
        }
        found = true;
        tell(&arguments.path, value, &reasons, &sources, &masks, out)?;
    }
    if found {
        return Ok(Exit::Clean);
    }
    if projects.is_empty() {
        writeln!(err, "`{}` has no Compose project that can be read", environment.name)?;
        if let Some(object) = objects(environment).next() {
            writeln!(err, "help: name an object of a release and a path in it: '{} spec'", visible(&object))?;
        }
        return Ok(Exit::Usage);
    }
    writeln!(err, "`{}` has no value `{}`", environment.name, visible(&arguments.path))?;
    for project in projects {
        let (part, keys) = nearest(project, &arguments.path);
        if !keys.is_empty() {
            let place = if part.is_empty() { "at the top".to_owned() } else { format!("below `{part}`") };
            writeln!(err, "help: {place} there is {}", keys.join(", "))?;
        }
    }
    Ok(Exit::Usage)
}

/// The value, and the lines that decided it, winner last.
fn tell(
    path: &str,
    value: &Value,
    reasons: &[Reason],
    sources: &SourceMap,
    masks: &Masks,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let text = crate::compose::tree(value).to_string();
    match &value.unknown {
        Some(unknown) => writeln!(out, "{path} is not known: {}", visible(&masks.text(&unknown.why)))?,
        None => writeln!(out, "{path} = {}", visible(&masks.text(&text)))?,
    }
    let lines = reasons.iter().map(|reason| {
        let role = match reason.role {
            Role::Overridden => "overridden",
            Role::Through => "goes through",
            Role::Decided if value.implied => "implies it",
            Role::Decided => "decides",
        };
        (role, reason.span)
    });
    tell_lines(lines, sources, masks, out)
}

/// A table of roles, places and the lines there.
fn tell_lines(
    lines: impl Iterator<Item = (&'static str, Span)>,
    sources: &SourceMap,
    masks: &Masks,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut rows: Vec<(String, String, &str)> = Vec::new();
    for (role, span) in lines {
        let Some(source) = sources.get(span.source) else { continue };
        let at = source.line_column(span.start);
        let masked = masks.source(&source);
        let line = usize::try_from(at.line.saturating_sub(1)).unwrap_or(0);
        let line = masked.lines().nth(line).unwrap_or_default().trim();
        rows.push((format!("{}:{}:{}", source.path, at.line, at.column), visible(line).into_owned(), role));
    }
    let width = rows.iter().map(|(place, ..)| place.chars().count()).max().unwrap_or(0);
    for (place, line, role) in rows {
        writeln!(out, "  {role:<12}  {place:<width$}  {line}")?;
    }
    Ok(())
}

/// True for `Deployment/web spec.replicas`: a kind and a name before the path.
fn is_object(wanted: &str) -> bool {
    let object = wanted.trim().split_once(char::is_whitespace).map_or(wanted, |(object, _)| object);
    object
        .split_once('/')
        .is_some_and(|(kind, name)| !name.is_empty() && kind.chars().all(char::is_alphanumeric))
}

/// All objects that the releases of an environment install: `Deployment/web`.
fn objects(environment: &Environment) -> impl Iterator<Item = String> {
    let rendered = environment.releases.iter().filter_map(Release::manifests);
    rendered.flat_map(|rendered| rendered.all().map(Manifest::reference))
}

/// The lines behind a value of a rendered object, in every release that has it.
fn tell_of_releases(
    environment: &Environment,
    wanted: &str,
    sources: &SourceMap,
    masks: &Masks,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<Exit> {
    let mut found = false;
    for release in &environment.releases {
        let Some(rendered) = release.manifests() else { continue };
        for reason in crate::helm::why(rendered, wanted) {
            if found {
                writeln!(out)?;
            }
            found = true;
            let text = reason.text.trim_end().replace('\n', "\n    ");
            let text = visible(&masks.text(&text)).into_owned();
            writeln!(out, "{} of release {} = {text}", visible(wanted), visible(release.name()))?;
            if let Some(unknown) = &reason.origin.unknown {
                writeln!(out, "  it is not known: {}", visible(&masks.text(&unknown.why)))?;
            }
            let origin = rendered.origin_in(sources, reason.place).unwrap_or(reason.origin);
            let decided = origin.decided.iter().rev().map(|decided| ("on condition", decided.span));
            let calls = origin.calls.iter().rev().map(|call| ("called by", *call));
            let template = origin.template.iter().map(|template| ("printed by", *template));
            let values = origin.values.iter().flat_map(|value| {
                let overridden = value.overridden.iter().map(|span| ("overridden", *span));
                let through = value.through.iter().map(|span| ("goes through", *span));
                overridden.chain(through).chain([("decides", value.span)])
            });
            let lines = decided.chain(calls).chain(template).chain(values);
            tell_lines(lines, sources, masks, out)?;
        }
    }
    if found {
        return Ok(Exit::Clean);
    }
    writeln!(err, "no release of `{}` has a value `{}`", environment.name, visible(wanted))?;
    let kind = wanted.trim().split('/').next().unwrap_or_default().to_ascii_lowercase();
    let (alike, others): (Vec<_>, Vec<_>) =
        objects(environment).partition(|object| object.to_ascii_lowercase().starts_with(&format!("{kind}/")));
    let mut shown = if alike.is_empty() { others } else { alike };
    shown.sort();
    shown.dedup();
    let shown: Vec<_> = shown.iter().take(20).map(|object| format!("`{}`", visible(object))).collect();
    if !shown.is_empty() {
        writeln!(err, "help: there is {}", shown.join(", "))?;
    }
    Ok(Exit::Usage)
}

/// The part of a path that there is, and the keys below it.
fn nearest<'p>(project: &'p Project, path: &str) -> (String, Vec<&'p str>) {
    let mut part = path;
    loop {
        part = part.rsplit_once('.').map_or("", |(before, _)| before);
        if let Some(value) = project.at(part) {
            return (part.to_owned(), value.entries().map(|(key, _)| key).take(20).collect());
        }
        if part.is_empty() {
            return (String::new(), Vec::new());
        }
    }
}
