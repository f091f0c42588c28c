//! `plimsoll yaml FILE`, `plimsoll yaml eval`

use std::io::BufRead;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;

use crate::cli::Exit;
use crate::source::Files;
use crate::source::Source;
use crate::source::SourceMap;
use crate::yaml;
use crate::yaml::LoadError;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Whose reading counts
    #[arg(long, value_enum, default_value = "compose")]
    dialect: Reading,
    /// The file to read, `-` for the standard input
    #[arg(required = true)]
    file: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Answer cases from the standard input, one JSON object a line
    Eval,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Reading {
    /// As Helm reads values and charts: only the first document; `on` is true
    Helm,
    /// As Docker Compose reads its files; `on` is a text
    Compose,
    /// YAML 1.2
    Strict,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    match (&arguments.command, &arguments.file) {
        (Some(Command::Eval), _) => evaluate(&mut std::io::stdin().lock(), out),
        (None, Some(file)) => print(file, arguments.dialect, out, err),
        (None, None) => Ok(Exit::Usage),
    }
}

/// Prints what the tool sees, as JSON, a document a paragraph.
fn print(file: &Path, reading: Reading, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<Exit> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)?;
        bytes
    } else {
        match Files::anywhere(".").read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                writeln!(err, "{}: {error}", file.display())?;
                return Ok(Exit::Usage);
            }
        }
    };
    let Some(text) = yaml::decode_text(&bytes) else {
        writeln!(err, "{}: not in UTF-8 or UTF-16", file.display())?;
        return Ok(Exit::Findings);
    };
    let sources = SourceMap::new(Files::memory([("", "")]));
    let source = sources.add(file.display().to_string(), &*text);
    let loaded = match reading {
        Reading::Helm => yaml::load_for_helm(&source).map(|json| vec![json]),
        Reading::Compose => yaml::load_for_compose(&source),
        Reading::Strict => yaml::load_strictly(&source),
    };
    match loaded {
        Ok(documents) => {
            for document in documents {
                // What is nested too deep for pretty lines is printed as it is.
                match serde_json::from_str::<Value>(&document) {
                    Ok(value) => writeln!(out, "{value:#}")?,
                    Err(_) => writeln!(out, "{document}")?,
                }
            }
            Ok(Exit::Clean)
        }
        Err(error) => {
            complain(&source, &error, err)?;
            Ok(Exit::Findings)
        }
    }
}

fn complain(source: &Source, error: &LoadError, err: &mut dyn Write) -> std::io::Result<()> {
    let place = source.line_column(error.span.start);
    writeln!(err, "{}:{}:{}: {}", source.path, place.line, place.column, error.message)
}

fn evaluate(cases: &mut dyn BufRead, out: &mut dyn Write) -> std::io::Result<Exit> {
    for line in cases.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Value = serde_json::from_str(&line).unwrap_or_default();
        let bytes =
            match (case.get("yaml").and_then(Value::as_str), case.get("yaml_b64").and_then(Value::as_str)) {
                (Some(text), _) => Some(text.as_bytes().to_vec()),
                (None, Some(text)) => yaml::decode_base64(text),
                (None, None) => None,
            };
        let id = case.get("id").cloned().unwrap_or_default();
        let (helm, compose) = answers(bytes.as_deref());
        writeln!(out, "{{\"id\":{id},\"helm\":{helm},\"compose\":{compose}}}")?;
    }
    Ok(Exit::Clean)
}

/// What Helm and Compose make of a text.
fn answers(bytes: Option<&[u8]>) -> (String, String) {
    let refused = || "{\"ok\":false,\"json\":null}".to_owned();
    let accepted = |json: &str| format!("{{\"ok\":true,\"json\":{json}}}");
    let Some(text) = bytes.and_then(yaml::decode_text) else { return (refused(), refused()) };
    let sources = SourceMap::new(Files::memory([("", "")]));
    let source = sources.add("case", &*text);
    let helm = yaml::load_for_helm(&source).map_or_else(|_| refused(), |json| accepted(&json));
    let compose = yaml::load_for_compose(&source).map_or_else(
        |_| refused(),
        |documents| match documents.as_slice() {
            [] => accepted("null"),
            [document] => accepted(document),
            documents => accepted(&format!("[{}]", documents.join(","))),
        },
    );
    (helm, compose)
}
