//! `helm/repeated-default`, `helm/type-change` and `helm/replaced-list`: what a values file says beside what is below
//! it.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::Entry;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;
use crate::yaml::Tree;

/// A key of a values file and what stands at the same path below it.
struct Pair<'a> {
    upper: Entry<'a>,
    lower: Entry<'a>,
    path: Vec<String>,
}

/// What a rule has to say about a pair; with a deeper look where it says nothing.
type Rule = fn(&Pair<'_>) -> Said;

enum Said {
    Nothing,
    Deeper,
    Finding(Box<Finding>),
}

/// Compares each values file with the layers below it. Said is only what holds in every release that the file is for.
fn compare(ladder: &Ladder, rule: Rule) -> Vec<Finding> {
    let mut uses: BTreeMap<u32, usize> = BTreeMap::new();
    let mut found: BTreeMap<(Span, Span), (Finding, usize)> = BTreeMap::new();
    for (environment, release) in ladder.releases() {
        let Some(loaded) = &release.loaded else { continue };
        let files = loaded.layers.files.iter();
        let own = loaded.chart.values.as_ref();
        let trees: Vec<Tree> = files
            .filter(|source| own.is_none_or(|own| own.source() != source.id))
            .map(|source| Tree::parse(source, Dialect::Helm))
            .collect();
        for (at, tree) in trees.iter().enumerate() {
            *uses.entry(tree.source().0).or_default() += 1;
            if !release.deployment.unseen.is_empty() {
                continue;
            }
            // The nearest layer below decides.
            let below: Vec<NodeRef<'_>> =
                trees.iter().take(at).rev().chain(own).filter_map(Tree::root).collect();
            for finding in layer(tree, &below, rule) {
                let lower = finding.related.first().map_or(finding.primary.span, |label| label.span);
                let name = environment.map(|environment| environment.name.clone());
                let known = found.entry((finding.primary.span, lower)).or_insert((finding, 0));
                known.1 += 1;
                known.0.environments.extend(name.filter(|name| !known.0.environments.contains(name)));
            }
        }
    }
    let everywhere = |finding: &Finding, count: usize| {
        uses.get(&finding.primary.span.source.0).is_some_and(|uses| *uses == count)
    };
    found
        .into_values()
        .filter(|(finding, count)| everywhere(finding, *count))
        .map(|(finding, _)| finding)
        .collect()
}

fn layer(tree: &Tree, below: &[NodeRef<'_>], rule: Rule) -> Vec<Finding> {
    let Some(root) = tree.root() else { return Vec::new() };
    let mut findings = Vec::new();
    let mut left = vec![(root, below.to_vec(), Vec::new())];
    while let Some((node, below, path)) = left.pop() {
        if path.len() > 64 {
            continue;
        }
        for upper in node.merged() {
            let name = upper.name();
            let lower: Vec<Entry<'_>> = below.iter().filter_map(|node| node.entry(&name)).collect();
            let mut path = path.clone();
            path.push(name.into_owned());
            let Some(nearest) = lower.first().copied() else { continue };
            // A key that is written once and merged in elsewhere is not this layer's word on this path.
            if upper.value.is_alias() || upper.key.span().source != tree.source() {
                continue;
            }
            let pair = Pair { upper, lower: nearest, path };
            match rule(&pair) {
                Said::Nothing => {}
                Said::Finding(finding) => findings.push(*finding),
                Said::Deeper => {
                    // Maps are merged down to the first layer that has none.
                    let maps = lower.iter().map(|entry| entry.value).take_while(|value| value.is_mapping());
                    left.push((upper.value, maps.collect(), pair.path));
                }
            }
        }
    }
    findings
}

/// What stands at a place, as Helm tells values apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mapping,
    List,
    Text,
    Number,
    Bool,
    Null,
}

fn kind(node: NodeRef<'_>) -> Kind {
    match node.scalar() {
        None if node.is_sequence() => Kind::List,
        None => Kind::Mapping,
        Some(Scalar::Null) => Kind::Null,
        Some(Scalar::Bool(_)) => Kind::Bool,
        Some(Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => Kind::Number,
        Some(Scalar::String(_) | Scalar::Timestamp(_) | Scalar::Binary(_)) => Kind::Text,
    }
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Mapping => "a mapping",
            Self::List => "a list",
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Bool => "a truth value",
            Self::Null => "null",
        }
    }
}

fn shown(path: &[String]) -> String {
    path.join(".")
}

fn is_empty(node: NodeRef<'_>) -> bool {
    match kind(node) {
        Kind::Mapping => node.entries().len() == 0,
        Kind::List => node.items().len() == 0,
        Kind::Text => node.text().is_empty(),
        Kind::Null => true,
        Kind::Number | Kind::Bool => false,
    }
}

/// True where the lower layers give all of this.
fn repeats(upper: NodeRef<'_>, lower: NodeRef<'_>, depth: usize) -> bool {
    let same = kind(upper) == kind(lower) && depth < 64;
    same && match kind(upper) {
        Kind::Mapping => upper.merged().iter().all(|entry| {
            lower.get(&entry.name()).is_some_and(|below| repeats(entry.value, below, depth + 1))
        }),
        Kind::List => {
            upper.items().len() == lower.items().len()
                && upper.items().zip(lower.items()).all(|(one, other)| equal(one, other, depth + 1))
        }
        // Over a null there is nothing, and a null over it does nothing.
        Kind::Null => false,
        Kind::Text | Kind::Number | Kind::Bool => upper.text() == lower.text(),
    }
}

fn equal(one: NodeRef<'_>, other: NodeRef<'_>, depth: usize) -> bool {
    one.merged().len() == other.merged().len() && repeats(one, other, depth)
        || (kind(one) == Kind::Null && kind(other) == Kind::Null)
}

/// `helm/repeated-default`
pub(super) fn repeated_default(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    compare(ladder, |pair| {
        let (upper, lower) = (pair.upper.value, pair.lower.value);
        if is_empty(upper) && upper.is_mapping() {
            return Said::Nothing;
        }
        // A mapping may be spread over several layers below: only its leaves are compared.
        if repeats(upper, lower, 0) {
            let path = shown(&pair.path);
            let finding = Finding::new(
                format!("`{path}` says what holds without it"),
                pair.upper.key.span(),
                format!("values.{path}"),
            );
            let finding = finding.related(pair.lower.key.span(), "already said here");
            return Said::Finding(Box::new(finding.help("remove it: a values file says what differs")));
        }
        if upper.is_mapping() && lower.is_mapping() { Said::Deeper } else { Said::Nothing }
    })
}

/// `helm/type-change`
pub(super) fn type_change(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    compare(ladder, |pair| {
        let (upper, lower) = (pair.upper.value, pair.lower.value);
        let (now, before) = (kind(upper), kind(lower));
        if now == Kind::Mapping && before == Kind::Mapping {
            return Said::Deeper;
        }
        // What is empty stands for anything.
        if now == before || is_empty(upper) || is_empty(lower) {
            return Said::Nothing;
        }
        let says = |text: &str, kind: Kind| match kind {
            Kind::Number => text.parse::<f64>().is_ok(),
            Kind::Bool => matches!(text, "true" | "false" | "yes" | "no" | "on" | "off"),
            _ => false,
        };
        let consequence = match (before, now) {
            (Kind::Bool, Kind::Text) if says(&upper.text(), Kind::Bool) => {
                "a text that is not empty counts as true, whatever it says"
            }
            (Kind::Text, Kind::Bool) if says(&lower.text(), Kind::Bool) => {
                "templates that compare it with a text fail"
            }
            (Kind::Text, Kind::Number) if says(&lower.text(), Kind::Number) => {
                "a number loses its zeros and, from a million on, its digits"
            }
            (Kind::Number, Kind::Text) if says(&upper.text(), Kind::Number) => {
                "where the template writes it as YAML, it is a text"
            }
            (Kind::Mapping | Kind::List, _) | (_, Kind::Mapping | Kind::List) => "Helm merges only mappings",
            _ => return Said::Nothing,
        };
        let path = shown(&pair.path);
        let finding = Finding::new(
            format!("`{path}` is {} here and {} below: {consequence}", now.words(), before.words()),
            upper.span(),
            format!("values.{path}"),
        );
        let finding = finding.related(lower.span(), format!("{} here", before.words()));
        Said::Finding(Box::new(finding.help(format!("write {}, as the layer below has it", before.words()))))
    })
}

/// `helm/replaced-list`
pub(super) fn replaced_list(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    compare(ladder, |pair| {
        let (upper, lower) = (pair.upper.value, pair.lower.value);
        if upper.is_mapping() && lower.is_mapping() {
            return Said::Deeper;
        }
        let names = |list: NodeRef<'_>| -> Vec<String> {
            list.items().filter_map(|item| Some(item.get("name")?.as_str()?.into_owned())).collect()
        };
        let (now, before) = (names(upper), names(lower));
        let lost: Vec<&String> = before.iter().filter(|name| !now.contains(name)).collect();
        let kept = before.len() - lost.len();
        // Who repeats some of the entries means the list to go on.
        if lost.is_empty() || kept == 0 || now.len() < upper.items().len() {
            return Said::Nothing;
        }
        let path = shown(&pair.path);
        let shown: Vec<String> = lost.iter().take(5).map(|name| format!("`{name}`")).collect();
        let more = if lost.len() > 5 { format!(" and {} more", lost.len() - 5) } else { String::new() };
        let finding = Finding::new(
            format!("`{path}` replaces the whole list below it and loses {}{more}", shown.join(", ")),
            pair.upper.key.span(),
            format!("values.{path}"),
        );
        let finding = finding.related(pair.lower.key.span(), "the list that is replaced");
        Said::Finding(Box::new(
            finding.help("Helm does not merge lists: repeat what is to stay, or use a mapping"),
        ))
    })
}
