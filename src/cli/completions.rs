//! `plimsoll completions SHELL`

use std::io::Write;

use clap::CommandFactory as _;

use crate::cli::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell to complete for
    shell: clap_complete::Shell,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> std::io::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "plimsoll", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Clean)
}
