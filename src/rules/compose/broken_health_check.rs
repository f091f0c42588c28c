//! `compose/broken-health-check`: a health check that does not run what it says.

use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

/// Words that mean something to a shell alone.
const OPERATORS: [&str; 8] = ["||", "&&", "|", ";", ">", ">>", "<", "2>&1"];

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        let Some(test) = service.at("healthcheck.test") else { continue };
        let items = test.items();
        if items.iter().any(Value::is_unknown) {
            continue;
        }
        let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
        let Some((place, message, help)) = broken(&words) else { continue };
        let at = items.get(place).unwrap_or(test);
        let at = if at.implied { test.origin.span } else { at.origin.span };
        findings.push(
            Finding::new(message, at, format!("services.{}.healthcheck.test", service.name)).help(help),
        );
    }
    findings
}

/// The item that is wrong, what is wrong with it, and what to do.
fn broken(words: &[&str]) -> Option<(usize, String, String)> {
    let shell = "write it as one text, which a shell runs: `test: curl -f … || exit 1`";
    match *words {
        ["CMD-SHELL", "NONE"] => Some((
            1,
            "this runs a program called `NONE`".to_owned(),
            "write `test: [NONE]` or `disable: true` to switch the check off".to_owned(),
        )),
        ["CMD-SHELL", first, second, ..] => Some((
            2,
            format!("the shell runs `{first}` alone: it does not get `{second}`"),
            "put the whole line into one text after `CMD-SHELL`, or use `CMD`".to_owned(),
        )),
        ["CMD", only] if only.contains(' ') => Some((
            1,
            format!("there is no program called `{only}`"),
            "make each word an item of its own, or write `CMD-SHELL`".to_owned(),
        )),
        ["CMD", program, ref rest @ ..] if !is_shell(program) => {
            let at = rest.iter().position(|word| OPERATORS.contains(word))?;
            let operator = rest.get(at)?;
            Some((
                at + 2,
                format!("`{program}` gets `{operator}` as an argument: no shell runs this check"),
                shell.to_owned(),
            ))
        }
        _ => None,
    }
}

fn is_shell(program: &str) -> bool {
    matches!(program.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash" | "zsh" | "busybox" | "env"))
}
