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
use crate::ladder::Ladder;
use crate::report::Masks;
use crate::report::visible;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The environment: `staging`
    #[arg(value_name = "ENV")]
    environment: String,
    /// The value, as a path from the top of its Compose project: `services.api.environment.LOG_LEVEL`
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
        writeln!(
            err,
            "`{}` has no Compose project that can be read, and values of charts and stacks are not explained",
            environment.name
        )?;
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
    let mut rows: Vec<(String, String, &str)> = Vec::new();
    for reason in reasons {
        let Some(source) = sources.get(reason.span.source) else { continue };
        let at = source.line_column(reason.span.start);
        let masked = masks.source(&source);
        let line = usize::try_from(at.line.saturating_sub(1)).unwrap_or(0);
        let line = masked.lines().nth(line).unwrap_or_default().trim();
        let role = match reason.role {
            Role::Overridden => "overridden",
            Role::Through => "goes through",
            Role::Decided if value.implied => "implies it",
            Role::Decided => "decides",
        };
        rows.push((format!("{}:{}:{}", source.path, at.line, at.column), visible(line).into_owned(), role));
    }
    let width = rows.iter().map(|(place, ..)| place.chars().count()).max().unwrap_or(0);
    for (place, line, role) in rows {
        writeln!(out, "  {role:<12}  {place:<width$}  {line}")?;
    }
    Ok(())
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
