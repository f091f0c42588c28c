//! Which environment a command is for, and what says so.

use crate::discover::Why;
use crate::discover::commands::Use;
use crate::discover::evaluate::Argument;
use crate::discover::names;
use crate::discover::names::Named;

/// An environment and what says so.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) named: Named,
    pub(super) why: Why,
}

/// An argument that mentions an environment: `--namespace app-staging`.
pub(super) fn argument(what: &str, argument: Option<&Argument>) -> Option<Evidence> {
    let argument = argument?;
    let text = argument.text()?;
    let named = names::mentioned(text)?;
    let text = format!("{what} `{}` names {}", argument.written(), named.name);
    Some(Evidence { named, why: Why { text, span: Some(argument.span) } })
}

/// What is said around the command: the environment of its job, names of steps, targets, scripts.
pub(super) fn around(command: &Use, container: bool) -> Option<Evidence> {
    let deploys = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["deploy", "release", "promote", "rollout", "ship"].iter().any(|word| text.contains(word))
    };
    // Build servers start containers to test them. Only what reaches out, or calls itself a deployment, deploys.
    let serious = !command.automatic
        || command.remote
        || !container
        || command.hints.iter().any(|hint| deploys(&hint.text));
    for hint in &command.hints {
        let named = names::mentioned(&hint.text);
        let Some(named) = named.filter(|_| serious || hint.explicit) else { continue };
        let text = format!("{} is `{}`", hint.what, hint.text.trim());
        return Some(Evidence { named, why: Why { text, span: Some(hint.span) } });
    }
    None
}
