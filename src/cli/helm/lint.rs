//! `plimsoll helm lint PATH…`

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::helm::complain;
use crate::cli::helm::flags;
use crate::helm::HelmVersion;
use crate::helm::lint;
use crate::helm::lint::Level;
use crate::kubernetes::BuiltIn;
use crate::kubernetes::Minor;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are Helm's flags")]
pub(super) struct Arguments {
    /// The charts: folders or .tgz archives
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    values: flags::Values,
    /// The namespace of the release
    #[arg(short = 'n', long, default_value = "default")]
    namespace: String,
    /// Fail on warnings, too
    #[arg(long)]
    strict: bool,
    /// Print warnings and errors only
    #[arg(long)]
    quiet: bool,
    /// Lint the charts in charts/, too
    #[arg(long)]
    with_subcharts: bool,
    /// Do not check the values against the chart's schema
    #[arg(long)]
    skip_schema_validation: bool,
    /// The Kubernetes version that templates see
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    /// Which Helm to be like
    #[arg(long, value_name = "MAJOR", default_value_t)]
    helm_version: HelmVersion,
    #[command(flatten)]
    shared: flags::Cluster,
    #[arg(long, hide = true)]
    debug: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    sources: &SourceMap,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<Exit> {
    let ready = flags::kube_version(arguments.kube_version.as_deref()).and_then(|version| {
        let layers = arguments.values.layers(sources)?;
        layers.merged(sources, arguments.helm_version)?;
        Ok((version, layers))
    });
    let (kube_version, layers) = match ready {
        Ok(ready) => ready,
        Err(problem) => return complain(&problem, sources, err),
    };
    let mut paths = arguments.paths.clone();
    if arguments.with_subcharts {
        for path in &arguments.paths {
            paths.extend(lint::subcharts(sources, path));
        }
    }
    let options = lint::Options {
        helm: arguments.helm_version,
        namespace: arguments.namespace.clone(),
        kube_version,
        validate: !arguments.skip_schema_validation,
        deprecation: |version, kind, minor| {
            BuiltIn::find(version, kind)?.warning(version, kind, Minor(minor))
        },
    };
    let tolerated = if arguments.strict { Level::Info } else { Level::Warning };
    let mut failed = 0;
    let mut noticed = false;
    for path in &paths {
        let result = lint::lint(sources, path, &layers, &options);
        for line in &result.log {
            writeln!(err, "{line}")?;
        }
        let errors =
            result.error.is_some() || result.messages.iter().any(|message| message.level > tolerated);
        let loud = errors || result.messages.iter().any(|message| message.level > Level::Info);
        noticed |= loud;
        if errors {
            failed += 1;
        }
        if arguments.quiet && !loud {
            continue;
        }
        writeln!(out, "==> Linting {}", path.display())?;
        if let Some(error) = &result.error {
            writeln!(out, "Error {error}")?;
        }
        for message in &result.messages {
            if !arguments.quiet || message.level > Level::Info {
                writeln!(out, "{message}")?;
            }
        }
        writeln!(out)?;
    }
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", paths.len());
    if failed > 0 {
        writeln!(err, "Error: {summary}")?;
        return Ok(Exit::Findings);
    }
    if !arguments.quiet || noticed {
        writeln!(out, "{summary}")?;
    }
    Ok(Exit::Clean)
}
