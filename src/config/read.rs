//! From the tree of `plimsoll.yaml` to a [`Config`], with one finding for each mistake.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Cluster;
use crate::config::Compose;
use crate::config::Config;
use crate::config::Environment;
use crate::config::Helm;
use crate::config::Ignore;
use crate::config::Level;
use crate::config::NodePool;
use crate::config::Pulumi;
use crate::config::RuleSetting;
use crate::config::SameAs;
use crate::config::SetValue;
use crate::config::Stage;
use crate::config::fields::Fields;
use crate::config::fields::Reader;
use crate::config::fields::one_or_more;
use crate::diagnostic::Finding;
use crate::diagnostic::Severity;
use crate::diagnostic::nearest;
use crate::source::ReadError;
use crate::source::SourceMap;
use crate::source::Spanned;
use crate::yaml::Dialect;
use crate::yaml::Kind;
use crate::yaml::NodeRef;
use crate::yaml::Style;
use crate::yaml::Tree;

/// The names the configuration may have, at the root of the repository.
pub const FILE_NAMES: [&str; 2] = ["plimsoll.yaml", "plimsoll.yml"];

impl Config {
    /// Reads the configuration at the root of what `sources` reads from. Without one, everything is inferred.
    ///
    /// A file that is there and cannot be read is an error: whatever it says would be ignored otherwise.
    pub fn load(sources: &SourceMap) -> Result<Self, (PathBuf, ReadError)> {
        let there: Vec<&str> =
            FILE_NAMES.into_iter().filter(|name| sources.files().is_file(Path::new(name))).collect();
        let Some(name) = there.first() else { return Ok(Self::default()) };
        let mut config = Self::read(sources, Path::new(name))?;
        if let ([first, second], Some(source)) = (there.as_slice(), &config.source) {
            let finding = Finding::new(
                format!("`{second}` is not read: `{first}` stands beside it"),
                source.whole().at_start(),
                "",
            );
            config.findings.push(finding.help(format!("move what it says to `{first}` and delete it")));
        }
        Ok(config)
    }

    /// Reads a configuration of any name.
    pub fn read(sources: &SourceMap, path: &Path) -> Result<Self, (PathBuf, ReadError)> {
        let source = sources.read(path).map_err(|error| (path.to_path_buf(), error))?;
        let tree = Arc::new(Tree::parse(&source, Dialect::Strict));
        let mut reader = Reader::default();
        for problem in tree.problems() {
            let finding = Finding::new(problem.message.clone(), problem.span, "");
            reader.findings.push(match &problem.related {
                Some((span, text)) => finding.related(*span, text.clone()),
                None => finding,
            });
        }
        let mut config = Self { source: Some(source), tree: Some(Arc::clone(&tree)), ..Self::default() };
        if let Some(root) = tree.root() {
            fill(&mut config, &mut reader, root);
        }
        if let Some(second) = tree.documents().nth(1) {
            reader.say("the configuration is one document, and this is a second one", second.span(), "");
        }
        config.findings = reader.findings;
        config.findings.sort_by_key(|finding| finding.primary.span);
        Ok(config)
    }
}

fn fill(config: &mut Config, reader: &mut Reader, root: NodeRef<'_>) {
    if root.is_null() {
        return;
    }
    let keys = ["ladder", "budget", "kubernetes", "helm-version", "rules", "ignore", "same-as"];
    let Some(fields) = reader.fields(root, "", "the configuration", &keys) else { return };
    if let Some(node) = fields.get("ladder") {
        for (index, item) in reader.items(node, "ladder", "environments").into_iter().enumerate() {
            if let Some(environment) = environment(reader, item, &format!("ladder[{index}]")) {
                let first = config.ladder.iter().find(|other| other.name.value == environment.name.value);
                if let Some(first) = first {
                    let message = format!("there is a second environment `{}`", environment.name.value);
                    let finding =
                        Finding::new(message, environment.name.span, format!("ladder[{index}].name"));
                    let finding = finding.related(first.name.span, "the first one");
                    reader.findings.push(finding.help("give each environment a name of its own"));
                } else {
                    config.ladder.push(environment);
                }
            }
        }
    }
    config.budget = fields.get("budget").and_then(|node| reader.amount(node, "budget"));
    config.kubernetes = fields.get("kubernetes").and_then(|node| kubernetes(reader, node));
    config.helm_version = fields.get("helm-version").and_then(|node| helm_version(reader, node));
    if let Some(node) = fields.get("rules") {
        config.rules = rules(reader, node);
    }
    if let Some(node) = fields.get("ignore") {
        for (index, item) in reader.items(node, "ignore", "accepted findings").into_iter().enumerate() {
            config.ignore.extend(ignore(reader, item, &format!("ignore[{index}]")));
        }
    }
    if let Some(node) = fields.get("same-as") {
        for (index, item) in reader.items(node, "same-as", "groups of workloads").into_iter().enumerate() {
            config.same_as.extend(same_as(reader, item, &format!("same-as[{index}]"), &config.ladder));
        }
    }
}

fn environment(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Environment> {
    let keys =
        ["name", "stage", "compose", "helm", "pulumi", "host", "monthly", "cluster", "unknown", "budget"];
    let fields = reader.fields(node, at, "an environment", &keys)?;
    let name = reader.required(&fields, "name").and_then(|node| reader.text(node, &fields.at("name")))?;
    if !name.value.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
        let message =
            format!("`{}` cannot name an environment: a name has letters, digits, `-` and `_`", name.value);
        reader.say(&message, name.span, &fields.at("name"));
    }
    let stage = fields.get("stage").and_then(|node| {
        let words = [Stage::Local.name(), Stage::Integration.name(), Stage::Production.name()];
        let word = reader.word(node, &fields.at("stage"), "a stage", &words)?;
        Some(Spanned::new(Stage::from_name(&word.value)?, word.span))
    });
    let compose = match fields.get("compose") {
        Some(node) => compose(reader, node, &fields.at("compose")),
        None => Vec::new(),
    };
    let mut releases = Vec::new();
    for (item, at) in one_or_more(fields.get("helm"), &fields.at("helm")) {
        releases.extend(helm(reader, item, &at));
    }
    let mut stacks = Vec::new();
    for (item, at) in one_or_more(fields.get("pulumi"), &fields.at("pulumi")) {
        stacks.extend(pulumi(reader, item, &at));
    }
    let host = fields.get("host").and_then(|node| size(reader, node, &fields.at("host")));
    let monthly = fields.get("monthly").and_then(|node| reader.amount(node, &fields.at("monthly")));
    if let (Some(host), Some(monthly)) = (&host, &monthly) {
        let finding = Finding::new(
            "`host` and `monthly` both say what the Compose host costs",
            monthly.span,
            fields.at("monthly"),
        );
        let finding = finding.related(host.span, "the price book has this size");
        reader.findings.push(finding.help("keep one of them"));
    }
    let cluster = fields.get("cluster").and_then(|node| cluster(reader, node, &fields.at("cluster")));
    let unknown = match fields.get("unknown") {
        Some(node) => reader.texts(node, &fields.at("unknown")),
        None => Vec::new(),
    };
    let budget = fields.get("budget").and_then(|node| reader.amount(node, &fields.at("budget")));
    Some(Environment {
        name,
        stage,
        compose,
        helm: releases,
        pulumi: stacks,
        host,
        monthly,
        cluster,
        unknown,
        budget,
        span: node.span(),
    })
}

/// A file, a list of files (one project), a mapping, or a list of mappings (several projects).
fn compose(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Vec<Compose> {
    let several = node.is_sequence() && node.items().next().is_some_and(NodeRef::is_mapping);
    if several {
        let items: Vec<_> = node.items().collect();
        return items
            .into_iter()
            .enumerate()
            .filter_map(|(index, item)| project(reader, item, &format!("{at}[{index}]")))
            .collect();
    }
    if node.is_mapping() {
        return project(reader, node, at).into_iter().collect();
    }
    let files = reader.paths(node, at);
    if files.is_empty() {
        return Vec::new();
    }
    vec![Compose {
        files,
        env_files: Vec::new(),
        profiles: Vec::new(),
        project: None,
        directory: None,
        span: node.span(),
    }]
}

fn project(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Compose> {
    let keys = ["files", "env-files", "profiles", "project", "directory"];
    let fields = reader.fields(node, at, "a Compose project", &keys)?;
    let files = match reader.required(&fields, "files") {
        Some(node) => reader.paths(node, &fields.at("files")),
        None => Vec::new(),
    };
    let env_files = match fields.get("env-files") {
        Some(node) => reader.paths(node, &fields.at("env-files")),
        None => Vec::new(),
    };
    let profiles = match fields.get("profiles") {
        Some(node) => reader.texts(node, &fields.at("profiles")),
        None => Vec::new(),
    };
    let project = fields.get("project").and_then(|node| reader.text(node, &fields.at("project")));
    let directory = fields.get("directory").and_then(|node| reader.path(node, &fields.at("directory")));
    (!files.is_empty()).then(|| Compose { files, env_files, profiles, project, directory, span: node.span() })
}

fn helm(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Helm> {
    let keys = ["release", "namespace", "chart", "values", "set", "unknown"];
    let fields = reader.fields(node, at, "a Helm release", &keys)?;
    let release =
        reader.required(&fields, "release").and_then(|node| reader.text(node, &fields.at("release")));
    let chart = reader.required(&fields, "chart").and_then(|node| reader.path(node, &fields.at("chart")));
    let namespace = fields.get("namespace").and_then(|node| reader.text(node, &fields.at("namespace")));
    let values = match fields.get("values") {
        Some(node) => reader.paths(node, &fields.at("values")),
        None => Vec::new(),
    };
    let mut set = Vec::new();
    if let Some(node) = fields.get("set")
        && let Some(entries) = reader.entries(node, &fields.at("set"), "paths and values")
    {
        for entry in entries {
            let path = entry.key.text().into_owned();
            if entry.value.is_scalar() {
                set.push(SetValue {
                    path: Spanned::new(path, entry.key.span()),
                    value: Spanned::new(entry.value.text().into_owned(), entry.value.span()),
                    string: entry.value.kind() != Kind::Scalar(Style::Plain),
                });
            } else {
                let message = format!("`{path}` is set to a mapping or list: one value is set at a time");
                let help = format!("write the whole path as the key: `{path}.…: value`");
                reader.say_help(&message, entry.value.span(), &fields.at("set"), &help);
            }
        }
    }
    let unknown = match fields.get("unknown") {
        Some(node) => reader.texts(node, &fields.at("unknown")),
        None => Vec::new(),
    };
    Some(Helm { release: release?, namespace, chart: chart?, values, set, unknown, span: node.span() })
}

fn pulumi(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Pulumi> {
    let fields = reader.fields(node, at, "a Pulumi stack", &["project", "stack"])?;
    let project =
        reader.required(&fields, "project").and_then(|node| reader.path(node, &fields.at("project")));
    let stack = reader.required(&fields, "stack").and_then(|node| reader.text(node, &fields.at("stack")));
    Some(Pulumi { project: project?, stack: stack?, span: node.span() })
}

fn cluster(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Cluster> {
    let keys = ["nodes", "load-balancers", "registry", "high-availability"];
    let fields = reader.fields(node, at, "a cluster", &keys)?;
    let mut nodes = Vec::new();
    if let Some(list) = reader.required(&fields, "nodes") {
        for (index, item) in reader.items(list, &fields.at("nodes"), "node pools").into_iter().enumerate() {
            nodes.extend(node_pool(reader, item, &format!("{at}.nodes[{index}]")));
        }
    }
    let load_balancers =
        fields.get("load-balancers").and_then(|node| reader.count(node, &fields.at("load-balancers")));
    let registry = fields.get("registry").and_then(|node| reader.text(node, &fields.at("registry")));
    let high_availability =
        fields.get("high-availability").and_then(|node| reader.flag(node, &fields.at("high-availability")));
    Some(Cluster { nodes, load_balancers, registry, high_availability, span: node.span() })
}

fn node_pool(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<NodePool> {
    let fields = reader.fields(node, at, "a node pool", &["size", "count"])?;
    let size = reader.required(&fields, "size").and_then(|node| size(reader, node, &fields.at("size")));
    let count = reader.required(&fields, "count").and_then(|node| {
        let at = fields.at("count");
        if !node.is_mapping() {
            return reader.count(node, &at).map(|count| count.map(|count| (count, count)));
        }
        let range = reader.fields(node, &at, "a range of counts", &["min", "max"])?;
        let least = reader.required(&range, "min").and_then(|node| reader.count(node, &range.at("min")))?;
        let most = reader.required(&range, "max").and_then(|node| reader.count(node, &range.at("max")))?;
        if least.value > most.value {
            let finding = Finding::new(
                format!("`min` is {} and `max` is {}: the range is empty", least.value, most.value),
                least.span,
                at,
            );
            reader.findings.push(finding.related(most.span, "smaller than `min`"));
            return None;
        }
        Some(Spanned::new((least.value, most.value), node.span()))
    });
    Some(NodePool { size: size?, count: count?, span: node.span() })
}

/// `<provider>/<size>`; whether there is such a size is for the price book to say.
fn size(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Spanned<String>> {
    let size = reader.text(node, at)?;
    let complete = size
        .value
        .split_once('/')
        .is_some_and(|(provider, name)| !provider.is_empty() && !name.is_empty() && !name.contains('/'));
    if complete {
        return Some(size);
    }
    let message = format!("`{}` is not `<provider>/<size>`", size.value);
    reader.say_help(&message, size.span, at, "write it as in `digitalocean/s-1vcpu-2gb`");
    None
}

fn kubernetes(reader: &mut Reader, node: NodeRef<'_>) -> Option<Spanned<String>> {
    let text = node.text().into_owned();
    let minor = text
        .split_once('.')
        .filter(|(major, minor)| *major == "1" && minor.parse::<u8>().is_ok() && !minor.starts_with('+'));
    if !node.is_scalar() || minor.is_none() {
        let help = "write it in quotes, as in `\"1.34\"`";
        reader.say_help("`kubernetes` is a minor release", node.span(), "kubernetes", help);
        return None;
    }
    // Plain 1.30 is the number 1.3.
    if node.as_str().is_none() {
        let message = format!("`{text}` is a number here, and 1.30 as a number is 1.3");
        reader.say_help(&message, node.span(), "kubernetes", &format!("write `\"{text}\"`"));
    }
    Some(Spanned::new(text, node.span()))
}

fn helm_version(reader: &mut Reader, node: NodeRef<'_>) -> Option<Spanned<u8>> {
    let major = node.is_scalar().then(|| node.text().parse::<u8>().ok()).flatten();
    let Some(major) = major.filter(|major| matches!(major, 3 | 4)) else {
        let message = "`helm-version` is the major version of Helm";
        reader.say_help(message, node.span(), "helm-version", "write `3` or `4`");
        return None;
    };
    Some(Spanned::new(major, node.span()))
}

const LEVELS: [&str; 4] = ["off", "info", "warning", "error"];

fn rules(reader: &mut Reader, node: NodeRef<'_>) -> Vec<RuleSetting> {
    let mut settings = Vec::new();
    let Some(entries) = reader.entries(node, "rules", "rules and severities") else { return settings };
    for entry in entries {
        let name = entry.key.text().into_owned();
        let at = format!("rules.{name}");
        let rule = Spanned::new(name, entry.key.span());
        if !rule.value.contains('/') {
            let help = "write it as in `compose/privileged`, or `compose/*` for a whole family";
            reader.say_help(&format!("`{}` is not `<family>/<rule>`", rule.value), rule.span, &at, help);
            continue;
        }
        let mut setting = RuleSetting { rule, level: None, options: Vec::new() };
        if entry.value.is_mapping() {
            for option in entry.value.merged() {
                let key = option.key.text().into_owned();
                if key == "severity" {
                    setting.level = level(reader, option.value, &format!("{at}.severity"));
                } else {
                    setting.options.push((Spanned::new(key, option.key.span()), option.value.id()));
                }
            }
        } else {
            setting.level = level(reader, entry.value, &at);
            if setting.level.is_none() {
                continue;
            }
        }
        settings.push(setting);
    }
    settings
}

fn level(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Spanned<Level>> {
    // As a boolean, `false` says the same.
    if node.as_bool() == Some(false) {
        return Some(Spanned::new(Level::Off, node.span()));
    }
    let word = reader.word(node, at, "a severity", &LEVELS)?;
    let level = match word.value.as_str() {
        "off" => Level::Off,
        "info" => Level::At(Severity::Info),
        "warning" => Level::At(Severity::Warning),
        _ => Level::At(Severity::Error),
    };
    Some(Spanned::new(level, word.span))
}

fn ignore(reader: &mut Reader, node: NodeRef<'_>, at: &str) -> Option<Ignore> {
    let keys = ["rule", "at", "reason", "owner", "until"];
    let fields = reader.fields(node, at, "an accepted finding", &keys)?;
    let text = |reader: &mut Reader, fields: &Fields<'_>, key: &str| {
        fields.get(key).and_then(|node| reader.text(node, &fields.at(key)))
    };
    let rule = reader.required(&fields, "rule").and_then(|node| reader.text(node, &fields.at("rule")));
    let reason = reader.required(&fields, "reason").and_then(|node| reader.text(node, &fields.at("reason")));
    let place = text(reader, &fields, "at");
    let owner = text(reader, &fields, "owner");
    let until = match fields.get("until") {
        Some(node) => {
            let date = date(&node.text());
            if date.is_none() {
                let help = "write it as year-month-day: `2027-03-01`";
                let message = format!("`{}` is not a day", node.text());
                reader.say_help(&message, node.span(), &fields.at("until"), help);
                // An end that cannot be read must not become "for ever".
                return None;
            }
            date.map(|date| Spanned::new(date, node.span()))
        }
        None => None,
    };
    let (rule, reason) = (rule?, reason?);
    if reason.value.trim().is_empty() {
        reader.say_help("the reason is empty", reason.span, &fields.at("reason"), "say why this is accepted");
    }
    Some(Ignore { rule, at: place, reason, owner, until, span: node.span() })
}

/// A day of the Gregorian calendar, as `(year, month, day)`.
fn date(text: &str) -> Option<(u16, u8, u8)> {
    let mut parts = text.trim().split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let (year, month, day): (u16, u8, u8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some((year, month, day))
}

fn same_as(reader: &mut Reader, node: NodeRef<'_>, at: &str, ladder: &[Environment]) -> Option<SameAs> {
    let mut members = Vec::new();
    for (index, item) in reader.items(node, at, "workloads").into_iter().enumerate() {
        let at = format!("{at}[{index}]");
        let Some(text) = reader.text(item, &at) else { continue };
        let Some((environment, workload)) = text.value.split_once('.').filter(|(_, name)| !name.is_empty())
        else {
            let message = format!("`{}` does not name a workload of an environment", text.value);
            reader.say_help(&message, text.span, &at, "write it as in `staging.api`");
            continue;
        };
        let names = ladder.iter().map(|environment| environment.name.value.as_str());
        if !ladder.is_empty() && !names.clone().any(|name| name == environment) {
            let message = format!("there is no environment `{environment}` on the ladder");
            let help = match nearest(environment, names.clone()) {
                Some(name) => format!("write `{name}.{workload}`"),
                None => format!("name one of {}", list(names)),
            };
            reader.say_help(&message, text.span, &at, &help);
            continue;
        }
        let member = (environment.to_owned(), workload.to_owned());
        members.push(Spanned::new(member, text.span));
    }
    (members.len() > 1).then(|| SameAs { members, span: node.span() })
}

/// `` `a`, `b`, `c` ``
pub(super) fn list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
