//! `required` that cannot fail, because what it asks for has a default already.

use crate::helm::Chart;
use crate::helm::engine::Engine;
use crate::helm::engine::deep;
use crate::helm::reads::instances::Instance;
use crate::helm::reads::instances::templates;
use crate::helm::template::ast::Command;
use crate::helm::template::ast::File;
use crate::helm::template::ast::Node;
use crate::helm::template::ast::Pipe;
use crate::helm::template::ast::Word;
use crate::source::Span;

/// The actions of a chart's own templates that hand `required` something with a constant default.
pub fn masked_required(chart: &std::sync::Arc<Chart>) -> Vec<Span> {
    let uses = |file: &crate::helm::chart::ChartFile| {
        file.text().is_some_and(|text| text.contains("required") && text.contains("default"))
    };
    if !chart.templates.iter().any(uses) {
        return Vec::new();
    }
    let Ok(engine) = Engine::new(templates(&[Instance::alone(chart)]), &chart.library, super::FUNCTIONS)
    else {
        return Vec::new();
    };
    let found = deep(|| {
        let mut found = Vec::new();
        let templates: Vec<_> = engine.scope().own.values().collect();
        for template in templates {
            nodes(&template.file, &template.body, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    });
    found.unwrap_or_default()
}

fn nodes(file: &File, all: &[Node], found: &mut Vec<Span>) {
    for node in all {
        match node {
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            Node::Action(action) => note(file, &action.range, &action.pipe, found),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                note(file, &branch.range, &branch.pipe, found);
                nodes(file, &branch.body, found);
                nodes(file, branch.otherwise.as_deref().unwrap_or_default(), found);
            }
            Node::Template(call) => {
                call.pipe.iter().for_each(|pipe| note(file, &call.range, pipe, found));
            }
        }
    }
}

fn note(file: &File, range: &std::ops::Range<usize>, pipe: &Pipe, found: &mut Vec<Span>) {
    if masks(pipe) {
        found.extend(file.span(range.clone()));
    }
}

/// True where `required` is given something with a default, anywhere in a pipeline.
fn masks(pipe: &Pipe) -> bool {
    let mut given = false;
    for command in &pipe.commands {
        if name(command) == Some("required") {
            let argument = command.words.get(2);
            let defaulted = match argument {
                Some(Word::Pipe(inner)) => has_default(inner),
                Some(_) => false,
                None => given,
            };
            if defaulted {
                return true;
            }
        }
        let inner = command.words.iter().any(|word| match word {
            Word::Pipe(inner) => masks(inner),
            _ => false,
        });
        if inner {
            return true;
        }
        given = defaults(command);
    }
    false
}

/// True where the last thing a pipeline does is to put something in place of what is empty.
fn has_default(pipe: &Pipe) -> bool {
    pipe.commands.last().is_some_and(defaults)
}

/// True for `default` with something that is never empty, and for a pipeline in brackets that ends so.
fn defaults(command: &Command) -> bool {
    match command.words.as_slice() {
        [Word::Pipe(inner)] => has_default(inner),
        words => name(command) == Some("default") && is_filled(words.get(1)),
    }
}

fn name(command: &Command) -> Option<&'static str> {
    match command.words.first() {
        Some(Word::Identifier { function, .. }) => Some(function.name()),
        _ => None,
    }
}

/// Functions that make up a text as long as they are told.
const RANDOM: [&str; 5] = ["randAlphaNum", "randAlpha", "randNumeric", "randAscii", "randBytes"];

/// True for a constant that is not empty, and for a random text.
fn is_filled(word: Option<&Word>) -> bool {
    match word {
        Some(Word::String { value, .. }) => value.as_text().is_some_and(|text| !text.is_empty()),
        Some(Word::Bool(_, truth)) => *truth,
        Some(Word::Number(number)) => number.float.is_some_and(|number| number != 0.0),
        Some(Word::Pipe(pipe)) => pipe.commands.last().is_some_and(|command| {
            name(command).is_some_and(|name| RANDOM.contains(&name)) && is_filled(command.words.get(1))
        }),
        _ => false,
    }
}
