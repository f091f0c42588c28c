//! What Compose takes without a word and understands otherwise than it reads. Said by a check, never by a run.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::compose::decode;
use crate::compose::port;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::read::Reset;
use crate::compose::read::Tagged;
use crate::compose::value::Data;
use crate::compose::value::Entry;
use crate::compose::value::Value;
use crate::compose::volume;
use crate::diagnostic::nearest;
use crate::source::Span;

/// Looks at one document, its variables replaced, before anything is laid over it.
pub(crate) fn document(document: &Value, problems: &mut Vec<Problem>) {
    for (name, entry) in services(document) {
        let path = format!("services.{name}");
        let mut pitfalls = Pitfalls { path: &path, problems };
        pitfalls.service(&entry.value);
    }
}

/// Looks at an override file and at the model it is about to be laid over.
pub(crate) fn overrides(base: &Value, over: &Value, problems: &mut Vec<Problem>) {
    for (name, entry) in services(over) {
        if let Some(below) = base.get("services").and_then(|services| services.get(name)) {
            lay_over(below, &entry.value, &format!("services.{name}"), problems);
        }
    }
}

/// Looks at a service and at the one it is about to be laid over, be it by an override or by `extends`.
pub(crate) fn lay_over(base: &Value, over: &Value, path: &str, problems: &mut Vec<Problem>) {
    let mut pitfalls = Pitfalls { path, problems };
    pitfalls.lost_arguments(base, over, "command");
    pitfalls.lost_arguments(base, over, "entrypoint");
    pitfalls.added_ports(base, over);
    pitfalls.added_hosts(base, over);
    pitfalls.lost_conditions(base, over);
}

/// Looks at what a document resets in the model before it; `None` for the first document.
pub(crate) fn resets(model: Option<&Value>, document: &Value, resets: &[Reset], problems: &mut Vec<Problem>) {
    for reset in resets {
        let path = reset.path.join(".");
        let mut say = |message: &str, help: &str| {
            problems.push(Problem::new(Code::MisusedReset, reset.span, &*path, message).warning().help(help));
        };
        match reset.on {
            Tagged::Content => say(
                "`!reset` throws away what stands behind it",
                "write `!override` to replace what the files before say, or `!reset null` to clear it",
            ),
            Tagged::Item => say(
                "`!reset` on an item takes nothing out of the list of the files before",
                "replace the whole list with `!override`",
            ),
            Tagged::Nothing => {
                let Some(model) = model else { continue };
                // The base of `extends` is cleared, too, and it is not in the model.
                let extends = reset.path.first().is_some_and(|section| section == "services")
                    && reset.path.get(1).is_some_and(|name| {
                        let service = document.get("services").and_then(|services| services.get(name));
                        service.is_none_or(|service| service.get("extends").is_some())
                    });
                if extends && reset.path.len() > 2 {
                    continue;
                }
                match missing(model, &reset.path) {
                    Some(Missing::Key) => say(
                        "`!reset` clears nothing: no file before says anything here",
                        "correct the name, or remove it",
                    ),
                    Some(Missing::List) => say(
                        "`!reset` clears nothing: the files before have a list here, and no keys",
                        "replace the whole list with `!override`",
                    ),
                    None => {}
                }
            }
            Tagged::Replacement => {}
        }
    }
}

/// Why there is nothing at a path.
enum Missing {
    Key,
    List,
}

fn missing(model: &Value, path: &[String]) -> Option<Missing> {
    let mut at = model;
    for key in path {
        match &at.data {
            Data::Mapping(mapping) => match mapping.get(key) {
                Some(entry) => at = &entry.value,
                None => return Some(Missing::Key),
            },
            Data::Sequence(_) => return Some(Missing::List),
            _ => return Some(Missing::Key),
        }
    }
    None
}

fn services(document: &Value) -> impl Iterator<Item = (&str, &Entry)> {
    let services = document.get("services").into_iter().flat_map(Value::entries);
    services.filter(|(_, entry)| entry.value.is_mapping())
}

/// What is found in one service.
struct Pitfalls<'p> {
    path: &'p str,
    problems: &'p mut Vec<Problem>,
}

impl Pitfalls<'_> {
    fn problem(&self, code: Code, span: Span, key: &str, message: impl Into<String>) -> Problem {
        Problem::new(code, span, format!("{}.{key}", self.path), message).warning()
    }

    fn service(&mut self, service: &Value) {
        for key in ["command", "entrypoint"] {
            self.truncated(service, key);
        }
        self.volumes(service);
        self.repeated(service, "environment");
        self.repeated(service, "labels");
        self.known_keys(service.get("extends"), "extends", &["service", "file"]);
        for request in service.get("gpus").map(Value::items).unwrap_or_default() {
            let known = ["capabilities", "count", "device_ids", "driver", "options"];
            self.known_keys(Some(request), "gpus", &known);
        }
        self.sizes(service);
        for key in
            ["environment", "labels", "annotations", "sysctls", "build.args", "build.labels", "deploy.labels"]
        {
            self.extensions(service, key);
        }
    }

    /// A command line that goes on after what Compose takes for its end.
    fn truncated(&mut self, service: &Value, key: &str) {
        let Some(command) = service.get(key).filter(|command| !command.is_unknown()) else { return };
        let Some(text) = command.as_str() else { return };
        let Some((_, Some(rest))) = decode::line_of_words(text) else { return };
        let tail = text.get(rest..).unwrap_or_default();
        let double = ["&&", "||", ">>", "<<"].into_iter().find(|operator| tail.starts_with(operator));
        let operator = double.or_else(|| tail.get(..1)).unwrap_or_default();
        let span = command.part_span(rest..text.len());
        let message =
            format!("Compose throws away everything from `{operator}` on: no shell reads this line");
        let problem = self
            .problem(Code::TruncatedCommand, span, key, message)
            .help("hand the line to a shell: `[sh, -c, \"…\"]`");
        self.problems.push(problem);
    }

    fn volumes(&mut self, service: &Value) {
        let items = service.get("volumes").map(Value::items).unwrap_or_default();
        let mut targets: BTreeMap<String, &Value> = BTreeMap::new();
        for item in items.iter().filter(|item| !item.is_unknown()) {
            let target = if let Some(spec) = item.as_str() {
                let Ok(short) = volume::parse(spec) else { continue };
                if self.misread(item, spec, &short) {
                    continue;
                }
                self.options(item, spec);
                short.target.map(|(target, _)| target)
            } else {
                let target = item.get("target").filter(|target| !target.is_unknown());
                target.and_then(Value::as_str).map(str::to_owned)
            };
            let Some(target) = target.filter(|target| !target.contains('$')) else { continue };
            let target = volume::clean(&target);
            let Some(first) = targets.get(&target) else {
                targets.insert(target, item);
                continue;
            };
            if !first.same(item) {
                let message = format!("`{target}` is mounted twice, and only the last mount counts");
                self.twice(item, first, "volumes", message);
            }
        }
    }

    fn twice(&mut self, item: &Value, first: &Value, key: &str, message: String) {
        let problem = self
            .problem(Code::DuplicateEntry, item.span, key, message)
            .related(first.span, "goes unseen")
            .help("remove one of them");
        self.problems.push(problem);
    }

    /// `v:/data` is no volume `v`: one letter before a colon is the drive of a Windows path.
    fn misread(&mut self, item: &Value, spec: &str, short: &volume::ShortVolume) -> bool {
        let drive = |text: &str| {
            let mut characters = text.chars();
            characters.next().is_some_and(char::is_alphabetic) && text.get(1..3) == Some(":/")
        };
        let target = short.target.as_ref().map_or("", |(target, _)| target);
        let whole = short.source.is_none() && drive(target) && !target.contains('\\');
        let source = short.source.as_ref().is_some_and(|(source, _)| drive(source));
        let option = source && target.split(',').all(|part| OPTIONS.contains(&part));
        if !(whole || option) {
            return false;
        }
        let name = spec.get(..1).unwrap_or_default();
        let message =
            format!("Compose reads `{name}:` as the drive of a Windows path, and not as a volume `{name}`");
        let problem = self
            .problem(Code::MisreadVolume, item.span, "volumes", message)
            .help("give the volume a name of two letters or more");
        self.problems.push(problem);
        true
    }

    /// Options after the second colon that nobody knows.
    fn options(&mut self, item: &Value, spec: &str) {
        let Some((rest, options)) = spec.rsplit_once(':') else { return };
        if !rest.contains(':') || options.contains(['/', '$', '}']) {
            return;
        }
        let mut at = rest.len() + 1;
        for option in options.split(',') {
            let range: Range<usize> = at..at + option.len();
            at = range.end + 1;
            if OPTIONS.contains(&option) {
                continue;
            }
            let span = item.part_span(range);
            let message = format!("Compose does not know the mount option `{option}`, and ignores it");
            let help = match nearest(option, OPTIONS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "remove it; the options are `ro`, `rw`, `nocopy`, `z`, `Z` and those of propagation"
                    .to_owned(),
            };
            let problem = self.problem(Code::IgnoredSetting, span, "volumes", message).help(help);
            self.problems.push(problem);
        }
    }

    /// The same name twice in one list of `NAME=value`.
    fn repeated(&mut self, service: &Value, key: &str) {
        let mut names: BTreeMap<&str, &Value> = BTreeMap::new();
        for item in service.get(key).map(Value::items).unwrap_or_default() {
            let Some(text) = item.as_str() else { continue };
            let name = text.split_once('=').map_or(text, |(name, _)| name);
            match names.get(name) {
                Some(first) if !first.same(item) => {
                    let message = format!("`{name}` is set twice, and only the last one counts");
                    self.twice(item, first, key, message);
                }
                Some(_) => {}
                None => {
                    names.insert(name, item);
                }
            }
        }
    }

    /// Keys that Compose neither knows nor complains about.
    fn known_keys(&mut self, value: Option<&Value>, owner: &str, known: &[&'static str]) {
        for (key, entry) in value.into_iter().flat_map(Value::entries) {
            if known.contains(&key) || key.starts_with("x-") {
                continue;
            }
            let message = format!("Compose does not know `{key}` in `{owner}`, and ignores it");
            let help = match nearest(key, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => {
                    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
                    format!("remove it; the keys are {}", known.join(", "))
                }
            };
            let problem = self.problem(Code::IgnoredSetting, entry.key, owner, message).help(help);
            self.problems.push(problem);
        }
    }

    /// Sizes that are numbers with a fraction.
    fn sizes(&mut self, service: &Value) {
        for path in ["mem_limit", "memswap_limit", "mem_reservation", "shm_size", "build.shm_size"] {
            let size = service.at(path).filter(|size| matches!(size.data, Data::Float(_)));
            let Some(size) = size else { continue };
            let message = format!("Compose drops `{path}`: a number of bytes has no fraction");
            let problem = self
                .problem(Code::IgnoredSetting, size.span, path, message)
                .help("write it with a unit: `1536m`");
            self.problems.push(problem);
        }
    }

    /// Keys of data that begin as an extension does.
    fn extensions(&mut self, service: &Value, path: &str) {
        let Some(data) = service.at(path) else { return };
        for (key, entry) in data.entries().filter(|(key, _)| key.starts_with("x-")) {
            let message =
                format!("Compose takes `{key}` for an extension, and hands on `#extensions` instead");
            let problem = self
                .problem(Code::MisreadKey, entry.key, path, message)
                .help("write the entries as a list: `- x-name=value`");
            self.problems.push(problem);
        }
    }

    /// Arguments alone in an override, where the base has others: the list is replaced as a whole.
    fn lost_arguments(&mut self, base: &Value, over: &Value, key: &str) {
        let (Some(below), Some(above)) = (base.get(key), over.get(key)) else { return };
        if below.is_unknown() || above.is_unknown() {
            return;
        }
        let (Some(old), Some(new)) = (arguments(below), arguments(above)) else { return };
        let flags_alone = new.first().is_some_and(|first| first.starts_with('-'));
        let flag = |argument: &String| {
            let name = argument.split(['=', ' ']).next().unwrap_or_default();
            name.starts_with('-').then(|| name.to_owned())
        };
        let flags: BTreeSet<String> = new.iter().filter_map(flag).collect();
        // Who repeats an argument of before knows that it has to be repeated.
        let repeats = old.iter().filter_map(flag).any(|flag| flags.contains(&flag));
        if !flags_alone || repeats {
            return;
        }
        let kept: BTreeSet<&String> = new.iter().collect();
        let lost = old.iter().filter(|argument| !kept.contains(argument));
        let lost: Vec<String> = lost.map(|argument| format!("`{argument}`")).collect();
        let verb = match lost.len() {
            0 => return,
            1 => "is",
            _ => "are",
        };
        let shown = lost.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
        let more = lost.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("this replaces the whole `{key}` of before: {shown}{more} {verb} lost");
        let problem = self
            .problem(Code::LostArguments, above.span, key, message)
            .related(below.span, "replaced, not added to")
            .help("repeat the arguments that are still needed");
        self.problems.push(problem);
    }

    /// The same container port on another port of the host: both are published.
    fn added_ports(&mut self, base: &Value, over: &Value) {
        let ports = |service: &Value| -> Vec<(Published, Span)> {
            let items = service.get("ports").map(Value::items).unwrap_or_default();
            items.iter().flat_map(|item| published(item).into_iter().map(|port| (port, item.span))).collect()
        };
        let above = ports(over);
        let kept: BTreeSet<String> = above.iter().map(|(port, _)| port.host.clone()).collect();
        let mut below: BTreeMap<(i64, String), (String, Span)> = BTreeMap::new();
        for (port, span) in ports(base) {
            if !kept.contains(&port.host) {
                below.entry((port.target, port.protocol)).or_insert((port.host, span));
            }
        }
        for (port, at) in above {
            let Some((host, before)) = below.get(&(port.target, port.protocol)) else { continue };
            let message = format!(
                "port {} is now published on {host} and on {}: ports are added to those of before",
                port.target, port.host
            );
            let problem = self
                .problem(Code::AppendedList, at, "ports", message)
                .related(*before, "still published")
                .help("replace the list with `ports: !override`, or take the port from a variable");
            self.problems.push(problem);
        }
    }

    /// The same host with another address: it has both.
    fn added_hosts(&mut self, base: &Value, over: &Value) {
        let below: BTreeMap<String, (String, Span)> =
            hosts(base).into_iter().map(|(host, address, span)| (host, (address, span))).collect();
        for (host, address, at) in hosts(over) {
            let Some((_, before)) = below.get(&host).filter(|(old, _)| *old != address) else { continue };
            let message = format!("`{host}` has two addresses now: hosts are added to those of before");
            let problem = self
                .problem(Code::AppendedList, at, "extra_hosts", message)
                .related(*before, "still there")
                .help("replace the list with `extra_hosts: !override`");
            self.problems.push(problem);
        }
    }

    /// A list of names sets the conditions of before back.
    fn lost_conditions(&mut self, base: &Value, over: &Value) {
        for item in over.get("depends_on").map(Value::items).unwrap_or_default() {
            let Some(name) = item.as_str() else { continue };
            let below = base.get("depends_on").and_then(|below| below.get(name)?.get("condition"));
            let Some(condition) = below.filter(|below| !below.is_unknown()) else { continue };
            let Some(text) = condition.as_str().filter(|text| *text != "service_started") else { continue };
            let message = format!("this sets `{name}` back from `{text}` to `service_started`");
            let problem = self
                .problem(Code::LostCondition, item.span, "depends_on", message)
                .related(condition.span, "no longer holds")
                .help(format!(
                    "repeat the condition: `{name}: {{condition: {text}}}`; or leave the name out, which keeps it"
                ));
            self.problems.push(problem);
        }
    }
}

/// How many arguments a message lists.
const LISTED: usize = 4;

/// The options of a mount in short form, those that once meant something on a Mac and those of Podman among them.
const OPTIONS: [&str; 17] = [
    "ro",
    "rw",
    "nocopy",
    "z",
    "Z",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "private",
    "rprivate",
    "cached",
    "delegated",
    "consistent",
    "default",
    "U",
    "O",
];

/// The words of a command; `None` where it is none.
fn arguments(command: &Value) -> Option<Vec<String>> {
    match &command.data {
        Data::String(text) => decode::words(text),
        Data::Sequence(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// A port that is published on a fixed port of the host.
struct Published {
    target: i64,
    protocol: String,
    host: String,
}

/// The fixed ports of an entry, in short or long form.
fn published(item: &Value) -> Vec<Published> {
    if item.is_unknown() {
        return Vec::new();
    }
    if let Some(spec) = item.as_str() {
        let short = port::parse(spec).unwrap_or_default().into_iter();
        let fixed = short.filter(|port| !port.published.is_empty() && !port.published.contains('-'));
        return fixed
            .map(|port| Published { target: port.target, protocol: port.protocol, host: port.published })
            .collect();
    }
    let known = |key: &str| item.get(key).filter(|value| !value.is_unknown());
    let target = known("target").and_then(Value::as_i64);
    let host = known("published").map(Value::print).filter(|host| !host.is_empty() && !host.contains('-'));
    let protocol = known("protocol").and_then(Value::as_str).unwrap_or("tcp").to_owned();
    match (target, host) {
        (Some(target), Some(host)) => vec![Published { target, protocol, host }],
        _ => Vec::new(),
    }
}

/// Hosts and their addresses, in any form.
fn hosts(service: &Value) -> Vec<(String, String, Span)> {
    let Some(hosts) = service.get("extra_hosts").filter(|hosts| !hosts.is_unknown()) else {
        return Vec::new();
    };
    let pair = |item: &Value| {
        let text = item.as_str().filter(|_| !item.is_unknown())?;
        let (host, address) = text.split_once('=').or_else(|| text.split_once(':'))?;
        Some((host.to_owned(), address.to_owned(), item.span))
    };
    match &hosts.data {
        Data::Sequence(items) => items.iter().filter_map(pair).collect(),
        Data::Mapping(mapping) => {
            let single = mapping.iter().filter_map(|(host, entry)| {
                Some((host.clone(), entry.value.as_str()?.to_owned(), entry.value.span))
            });
            single.collect()
        }
        _ => Vec::new(),
    }
}
