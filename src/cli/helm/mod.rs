//! `plimsoll helm …`: the chart loader and renderer alone, flags and output as Helm's own.

mod eval;
mod flags;
mod lint;
mod template;

pub(in crate::cli) use flags::Values;

use std::io::Write;
use std::path::Path;

use crate::cli::Exit;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::report::Format;
use crate::report::Report;
use crate::report::Terminal;
use crate::source::Files;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Render a chart and print the manifests, byte for byte as Helm does
    Template(Box<template::Arguments>),
    /// Check a chart, with Helm's own verdicts
    Lint(Box<lint::Arguments>),
    /// Render templates given as JSON, one a line, and answer line by line
    #[command(hide = true)]
    Eval,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    run_on(arguments, &sources(), out, err)
}

fn run_on(
    arguments: &Arguments,
    sources: &SourceMap,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<Exit> {
    match &arguments.command {
        Command::Template(arguments) => template::run(arguments, sources, out, err),
        Command::Lint(arguments) => lint::run(arguments, sources, out, err),
        Command::Eval => eval::run(&mut std::io::stdin().lock(), out),
    }
}

/// Runs `helm template …` or `helm lint …` (without the word `helm`) on files of the caller's choice.
pub fn run_helm(arguments: &[&str], sources: &SourceMap, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    #[derive(clap::Parser)]
    #[command(name = "plimsoll helm", no_binary_name = true)]
    struct Whole {
        #[command(flatten)]
        arguments: Arguments,
    }
    match <Whole as clap::Parser>::try_parse_from(arguments) {
        Ok(whole) => run_on(&whole.arguments, sources, out, err).unwrap_or(Exit::Broken),
        Err(error) => {
            let _closed = write!(err, "{error}");
            Exit::Usage
        }
    }
}

/// Any file the user names, from the working directory on, as Helm itself reads.
fn sources() -> SourceMap {
    let here = std::env::current_dir().unwrap_or_else(|_| Path::new(".").to_path_buf());
    SourceMap::new(Files::anywhere(here))
}

/// Says what went wrong: Helm's line first, then the place.
fn complain(problem: &Problem, sources: &SourceMap, err: &mut dyn Write) -> std::io::Result<Exit> {
    let rendering = problem.code >= ProblemCode::KubeVersion;
    let lines: Vec<_> = problem.message.split('\n').map(crate::report::visible).collect();
    writeln!(err, "Error: {}", lines.join("\n"))?;
    if rendering {
        writeln!(err)?;
    }
    if let Some(place) = problem.place {
        let diagnostic = Diagnostic {
            rule: "helm/render".to_owned(),
            severity: Severity::Error,
            finding: problem.finding(place, ""),
            fingerprint: String::new(),
        };
        let report =
            Report { diagnostics: vec![diagnostic], files: sources.files_read(), ..Report::default() };
        writeln!(err)?;
        crate::report::write(Format::Human, &report, sources, &[], &Terminal::plain(), err)?;
    } else if let Some(help) = &problem.help {
        writeln!(err, "help: {help}")?;
    }
    Ok(Exit::Findings)
}
