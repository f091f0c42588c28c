//! Measures how often a rendered scalar knows the values line behind it, and whether that line is right.
//!
//! `cargo bench --bench origins -- [--samples N] [--show] CHART…`
//!
//! Every chart is rendered with its defaults and with each other values file that lies beside it (`*values*.yaml`,
//! `ci/*.yaml`). First the scalars that differ between the two renderings are counted by what they claim. Then scalars
//! that claim a line are drawn by chance, the text of that line is changed, and the chart is rendered again.

#![expect(clippy::print_stdout, reason = "this program prints what it measures")]

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use plimsoll::helm::Chart;
use plimsoll::helm::Layers;
use plimsoll::helm::Release;
use plimsoll::helm::Rendered;
use plimsoll::helm::RenderedOrigin;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::yaml::NodeRef;
use rayon::prelude::*;

/// A chart and one values file to render it with, or none.
#[derive(Clone)]
struct Case {
    chart: PathBuf,
    values: Option<PathBuf>,
}

/// A rendered scalar: its text, and what is said to be behind it.
struct Scalar {
    text: String,
    origin: RenderedOrigin,
}

type Scalars = BTreeMap<String, Scalar>;

/// What the scalars that differ claim.
#[derive(Default)]
struct Claims {
    value: usize,
    decided: usize,
    action: usize,
    literal: usize,
}

/// What changing a line did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Changed,
    Refused,
    Same,
}

/// A line to change, and the scalar that is to change with it.
struct Sample {
    case: Case,
    key: String,
    text: String,
    place: (String, Span),
    decides: bool,
}

fn main() {
    let mut samples = 2_000;
    let mut show = false;
    let mut charts = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--samples" => samples = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(samples),
            "--show" => show = true,
            chart => charts.push(PathBuf::from(chart)),
        }
    }
    let measured: Vec<(Claims, Vec<String>, Vec<Sample>)> =
        charts.par_iter().map(|chart| measure(chart)).collect();
    let mut claims = Claims::default();
    let mut pool = Vec::new();
    for (found, lost, drawn) in measured {
        claims.value += found.value;
        claims.decided += found.decided;
        claims.action += found.action;
        claims.literal += found.literal;
        pool.extend(drawn);
        if show {
            for line in &lost {
                println!("{line}");
            }
        }
    }
    let all = claims.value + claims.decided + claims.action + claims.literal;
    println!("scalars that differ: {all}");
    println!("  claim a value: {} ({})", claims.value, percent(claims.value, all));
    println!("  claim only what decided: {} ({})", claims.decided, percent(claims.decided, all));
    println!("  claim nothing, printed by an action: {} ({})", claims.action, percent(claims.action, all));
    println!("  claim nothing, template text: {} ({})", claims.literal, percent(claims.literal, all));
    for (decides, what) in [(false, "a value"), (true, "what decided")] {
        let mut drawn: Vec<&Sample> = pool.iter().filter(|sample| sample.decides == decides).collect();
        let mut random = Random(42);
        while drawn.len() > samples {
            let at = random.below(drawn.len());
            drawn.swap_remove(at);
        }
        let outcomes: Vec<Outcome> = drawn.par_iter().map(|sample| sample.outcome()).collect();
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let (changed, refused, same) =
            (count(Outcome::Changed), count(Outcome::Refused), count(Outcome::Same));
        println!("drawn of those that claim {what}: {}", drawn.len());
        println!("  changed: {changed}; refused by the chart: {refused}; the same: {same}");
        println!("  hit: {}", percent(changed, changed + same));
        if show {
            for (sample, outcome) in
                drawn.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Outcome::Same)
            {
                let Outcome::Same = outcome else { continue };
                let (path, span) = &sample.place;
                let values = sample.case.values.as_deref().unwrap_or(Path::new(""));
                let text = sample.text.chars().take(60).collect::<String>().replace('\n', "⏎");
                println!(
                    "same: {} {} {} = {text} <- {path}:{span:?}",
                    sample.case.chart.display(),
                    values.display(),
                    sample.key
                );
            }
        }
    }
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "none".to_owned();
    }
    let permille = part * 10_000 / whole;
    format!("{}.{:02} %", permille / 100, permille % 100)
}

/// The other values files beside a chart.
fn values_files(chart: &Path) -> Vec<PathBuf> {
    let listed = |folder: PathBuf| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
        files
    };
    let yaml =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = listed(chart.to_path_buf()).into_iter();
    let beside = beside.filter(|path| name(path).contains("values") && name(path) != "values.yaml");
    beside.chain(listed(chart.join("ci"))).filter(yaml).take(12).collect()
}

impl Case {
    fn render(&self, changed: Option<(&Path, Vec<u8>)>) -> Option<(SourceMap, Rendered)> {
        let mut files = Files::anywhere("/");
        if let Some((path, bytes)) = changed {
            files.lay_over(path, bytes);
        }
        let sources = SourceMap::new(files);
        let chart = Chart::load(&sources, &self.chart).ok()?;
        let mut release = Release::new("rel", "default", chart);
        if let Some(values) = &self.values {
            release.layers = Layers::read(&sources, &[values]).ok()?;
        }
        let rendered = release.render(&sources).ok()?;
        Some((sources, rendered))
    }
}

/// Every scalar by object and path: items of lists by what names them, else by position.
fn scalars(rendered: &Rendered) -> Scalars {
    let mut found = Scalars::new();
    for manifest in rendered.all() {
        let Some(root) = manifest.tree.root() else { continue };
        let mut pending = vec![(format!("{} ", manifest.reference()), root)];
        while let Some((path, node)) = pending.pop() {
            for entry in node.entries() {
                pending.push((format!("{path}.{}", entry.key.text()), entry.value));
            }
            for (at, item) in node.items().enumerate() {
                pending.push((format!("{path}[{}]", named(item).unwrap_or_else(|| at.to_string())), item));
            }
            if node.is_scalar() {
                let span = node.span();
                let text = manifest.source.slice(span).to_owned();
                found.insert(path, Scalar { text, origin: manifest.origin(span) });
            }
        }
    }
    found
}

/// What names an item of a list: a key of its own, or what a rule is about.
fn named(item: NodeRef<'_>) -> Option<String> {
    let text = |key: &str| item.tree().text().get(item.get(key)?.span().range());
    if let Some(resources) = text("resources").or_else(|| text("nonResourceURLs")) {
        return Some(format!("{} {resources}", text("apiGroups").unwrap_or_default()));
    }
    let keys: &[&str] = &["name", "key", "mountPath", "containerPort", "host", "path", "topologyKey", "ip"];
    keys.iter()
        .find_map(|key| Some(format!("{key}={}", item.get(key).filter(|value| value.is_scalar())?.text())))
}

/// True for an item of a plain list that stands at another place of the other list.
fn moved(before: &Scalars, key: &str, scalar: &Scalar) -> bool {
    let Some((list, _)) = key.strip_suffix(']').and_then(|key| key.rsplit_once('[')) else { return false };
    let items = before.range(format!("{list}[")..).take_while(|(key, _)| key.starts_with(list));
    items.into_iter().any(|(_, other)| other.text == scalar.text)
}

fn measure(chart: &Path) -> (Claims, Vec<String>, Vec<Sample>) {
    let mut claims = Claims::default();
    let mut lost = Vec::new();
    let mut samples = Vec::new();
    let chart = std::fs::canonicalize(chart).unwrap_or_else(|_| chart.to_path_buf());
    let base = Case { chart: chart.clone(), values: None };
    let Some((sources, rendered)) = base.render(None) else { return (claims, lost, samples) };
    let before = scalars(&rendered);
    let mut random = Random(u64::try_from(before.len()).unwrap_or(0) + 7);
    draw(&base, &sources, &before, &mut random, &mut samples);
    for values in values_files(&chart) {
        let case = Case { chart: chart.clone(), values: Some(values.clone()) };
        let Some((sources, rendered)) = case.render(None) else { continue };
        let after = scalars(&rendered);
        draw(&case, &sources, &after, &mut random, &mut samples);
        for (key, scalar) in &after {
            let Some(other) = before.get(key).filter(|other| other.text != scalar.text) else { continue };
            if scalar.origin.unknown.is_some()
                || other.origin.unknown.is_some()
                || moved(&before, key, scalar)
            {
                continue;
            }
            let any =
                |claimed: fn(&RenderedOrigin) -> bool| claimed(&scalar.origin) || claimed(&other.origin);
            if any(|origin| !origin.values.is_empty()) {
                claims.value += 1;
            } else {
                let template = scalar.origin.template.map(|span| sources.slice(span)).unwrap_or_default();
                let decided = any(|origin| !origin.decided.is_empty());
                let claim = match (decided, template.starts_with("{{")) {
                    (true, _) => &mut claims.decided,
                    (false, true) => &mut claims.action,
                    (false, false) => &mut claims.literal,
                };
                *claim += 1;
                let line = |text: &str| text.chars().take(50).collect::<String>().replace('\n', "⏎");
                lost.push(format!(
                    "{}: {} {key}: {} / {} <- {}",
                    if decided { "decided" } else { "lost" },
                    values.display(),
                    line(&other.text),
                    line(&scalar.text),
                    line(&template)
                ));
            }
        }
    }
    (claims, lost, samples)
}

/// Draws scalars of one rendering: so many of every chart that large ones do not crowd out the others.
fn draw(case: &Case, sources: &SourceMap, scalars: &Scalars, random: &mut Random, samples: &mut Vec<Sample>) {
    for decides in [false, true] {
        let claimed = |scalar: &Scalar| {
            let origin = &scalar.origin;
            if origin.unknown.is_some() || (decides && !origin.values.is_empty()) {
                return 0;
            }
            if decides { origin.decided.len().min(1) } else { origin.values.len() }
        };
        let candidates: Vec<_> = scalars.iter().filter(|(_, scalar)| claimed(scalar) > 0).collect();
        for _ in 0..candidates.len().min(12) {
            let Some((key, scalar)) = candidates.get(random.below(candidates.len())) else { continue };
            let claims = if decides { &scalar.origin.decided } else { &scalar.origin.values };
            let Some(origin) = claims.get(random.below(claimed(scalar))) else { continue };
            let Some(source) = sources.get(origin.span.source) else { continue };
            samples.push(Sample {
                case: case.clone(),
                key: (*key).clone(),
                text: scalar.text.clone(),
                place: (source.path.clone(), origin.span),
                decides,
            });
        }
    }
}

impl Sample {
    fn outcome(&self) -> Outcome {
        let (path, span) = &self.place;
        let path = Path::new("/").join(path);
        let Ok(mut text) = std::fs::read_to_string(&path) else { return Outcome::Refused };
        let Some(written) = text.get(span.range()) else { return Outcome::Refused };
        let new = if self.decides { negated(written) } else { changed(written) };
        text.replace_range(span.range(), &new);
        let Some((_, rendered)) = self.case.render(Some((&path, text.into_bytes()))) else {
            return Outcome::Refused;
        };
        match scalars(&rendered).get(&self.key) {
            Some(after) if after.text == self.text => Outcome::Same,
            _ => Outcome::Changed,
        }
    }
}

/// Another value of the same kind.
fn changed(text: &str) -> String {
    let quote = text.chars().next_back().filter(|quote| matches!(quote, '"' | '\'') && text.len() > 1);
    if let Some(quote) = quote {
        return format!("{}9{quote}", text.strip_suffix(quote).unwrap_or(text));
    }
    match text {
        "true" => "false".to_owned(),
        "false" => "true".to_owned(),
        "" | "null" | "~" => " \"x9\"".to_owned(),
        "{}" => "{x9: x9}".to_owned(),
        "[]" => "[x9]".to_owned(),
        _ => match text.parse::<i64>() {
            Ok(number) => (number + 1).to_string(),
            // The last word of a block, so that its header and indentation stay.
            Err(_) => match text.rfind(|c: char| c.is_ascii_alphanumeric()) {
                Some(at) => {
                    let (before, after) = text.split_at(at + 1);
                    format!("{before}x9{after}")
                }
                None => format!("{text}9"),
            },
        },
    }
}

/// A value that a condition takes the other way.
fn negated(text: &str) -> String {
    match text.trim() {
        "" | "null" | "~" | "\"\"" | "''" | "false" | "0" | "{}" | "[]" => " true".to_owned(),
        "true" => "false".to_owned(),
        _ if text.ends_with('\n') => "null\n".to_owned(),
        _ => "null".to_owned(),
    }
}

/// A small generator, the same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}
