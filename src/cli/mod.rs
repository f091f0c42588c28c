//! The command line: one file per command.

mod check;
mod completions;
mod compose;
mod cost;
mod evidence;
mod explain;
mod rules;
mod reach;
mod workloads;
mod helm;
mod init;
mod ladder;
mod yaml;

pub use helm::run_helm;
mod why;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::Subcommand;

/// Reads a repository's whole delivery ladder (Compose, Helm, Pulumi) and says, at the exact line, what would go
/// wrong in production.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a repository's whole delivery ladder
    Check(check::Arguments),
    /// Show what a rule finds, why it matters and how to fix it
    Explain(explain::Arguments),
    /// List every rule
    Rules(rules::Arguments),
    /// Write down what is inferred as `plimsoll.yaml`, to be corrected and kept
    Init(init::Arguments),
    /// Show the environments, what each of them runs, and why it was understood so
    Ladder(ladder::Arguments),
    /// Record which images passed their tests where, and show what was recorded
    Evidence(evidence::Arguments),
    /// Show what each environment costs a month, against its budget
    Cost(cost::Arguments),
    /// Render and lint charts as Helm does
    Helm(helm::Arguments),
    /// Show which lines decided a value of an environment
    Why(why::Arguments),
    /// Resolve Compose files as Docker Compose does
    Compose(compose::Arguments),
    /// Print what Helm or Compose sees in a YAML file, as JSON
    Yaml(yaml::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the threshold.
    Clean,
    /// Something was found, or what was asked for cannot be done (a chart that does not render).
    Findings,
    /// Wrong use, or the configuration itself is broken.
    Usage,
    /// A bug in plimsoll.
    Broken,
}

impl Exit {
    /// The exit code of the process: 0, 1, 2 or 3.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Broken => 3,
        }
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let exit = run(std::env::args_os(), &mut out, &mut std::io::stderr());
    // A reader that went away (`plimsoll … | head`) is no failure of ours.
    let _closed = out.flush();
    ExitCode::from(exit.code())
}

/// Runs one command line: results go to `out`, progress and complaints about use to `err`.
pub fn run<A: Into<OsString> + Clone>(
    arguments: impl IntoIterator<Item = A>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Clean };
            let _closed = match exit {
                Exit::Usage => write!(err, "{}", error.render()),
                _ => write!(out, "{}", error.render()),
            };
            return exit;
        }
    };
    let done = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, out, err),
        Command::Explain(arguments) => explain::run(&arguments, out, err),
        Command::Rules(arguments) => rules::run(&arguments, out),
        Command::Evidence(arguments) => evidence::run(&arguments, out, err),
        Command::Cost(arguments) => cost::run(&arguments, out, err),
        Command::Helm(arguments) => helm::run(&arguments, out, err),
        Command::Init(arguments) => init::run(&arguments, out, err),
        Command::Ladder(arguments) => ladder::run(&arguments, out, err),
        Command::Why(arguments) => why::run(&arguments, out, err),
        Command::Compose(arguments) => compose::run(&arguments, out, err),
        Command::Yaml(arguments) => yaml::run(&arguments, out, err),
        Command::Completions(arguments) => completions::run(&arguments, out),
    };
    // Only writing can fail here: a command reports everything else itself.
    done.unwrap_or(Exit::Clean)
}
