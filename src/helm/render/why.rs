//! Which lines decide a value of a rendered object.

use crate::helm::render::Manifest;
use crate::helm::render::Rendered;
use crate::helm::render::RenderedOrigin;
use crate::source::Span;
use crate::yaml::NodeRef;

/// A value in a rendered object, and the lines behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The object: `Deployment/web`.
    pub object: String,
    /// The template as Helm names it: `chart/templates/x.yaml`.
    pub path: String,
    /// The value as it is rendered.
    pub text: String,
    /// Where it stands in the rendered text.
    pub place: Span,
    /// The lines behind it.
    pub origin: RenderedOrigin,
}

/// Finds a value by object and path: `Deployment/web spec.replicas`, `Service/web spec.ports[0].port`.
///
/// A list item may be named by its `name`: `spec.template.spec.containers[app].image`. A key with dots is
/// written in quotes: `metadata.labels."app.kubernetes.io/name"`. Without a path the whole object is meant.
pub fn why(rendered: &Rendered, wanted: &str) -> Vec<Reason> {
    let (object, path) = wanted.trim().split_once(char::is_whitespace).unwrap_or((wanted.trim(), ""));
    let steps = steps(path.trim());
    let matching = rendered.all().filter(|manifest| manifest.reference().eq_ignore_ascii_case(object));
    matching
        .filter_map(|manifest| {
            let node = steps.iter().try_fold(manifest.tree.root()?, |at, step| follow(at, step))?;
            Some(reason(manifest, node))
        })
        .collect()
}

fn reason(manifest: &Manifest, node: NodeRef<'_>) -> Reason {
    let place = node.span();
    Reason {
        object: manifest.reference(),
        path: manifest.path.clone(),
        text: manifest.source.slice(place).to_owned(),
        place,
        origin: manifest.origin(place),
    }
}

fn follow<'t>(at: NodeRef<'t>, step: &Step) -> Option<NodeRef<'t>> {
    match step {
        Step::Key(key) => at.get(key),
        Step::Item(item) => match item.parse::<usize>() {
            Ok(index) => at.items().nth(index),
            Err(_) => at.items().find(|node| node.get("name").is_some_and(|name| name.text() == *item)),
        },
    }
}

enum Step {
    Key(String),
    Item(String),
}

fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut item = false;
    for c in path.chars() {
        match c {
            '"' => quoted = !quoted,
            ']' if item => {
                steps.push(Step::Item(std::mem::take(&mut word)));
                item = false;
            }
            '.' | '[' if !quoted && !item => {
                if !word.is_empty() {
                    steps.push(Step::Key(std::mem::take(&mut word)));
                }
                item = c == '[';
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        steps.push(Step::Key(word));
    }
    steps
}
