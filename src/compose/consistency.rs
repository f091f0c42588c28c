//! Checks of the whole project: what is referred to exists, and attributes do not contradict each other.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::schema::similar;
use crate::compose::value::Entry;
use crate::compose::value::Value;
use crate::source::Span;

/// Checks the enabled part of a project. `disabled` holds what no active profile enables.
pub(crate) fn check(root: &Value, disabled: &Value, problems: &mut Vec<Problem>) {
    let checker = Checker { root, disabled };
    for (name, entry) in entries(root, "services") {
        checker.service(name, entry, problems);
    }
    checker.jobs(problems);
    for (name, entry) in entries(root, "secrets") {
        let secret = &entry.value;
        let external = secret
            .get("external")
            .is_some_and(|external| external.is_unknown() || external.as_bool() == Some(true));
        let says =
            |key: &str| secret.get(key).is_some_and(|value| value.is_unknown() || value.as_str() != Some(""));
        if !external && !says("file") && !says("environment") && !secret.is_unknown() {
            let message = format!(
                "the secret `{name}` does not say where its content comes from: `file` or `environment`"
            );
            problems.push(Problem::new(Code::MissingKey, entry.key, format!("secrets.{name}"), message));
        }
    }
    cycles(root, problems);
}

fn entries<'v>(root: &'v Value, section: &str) -> impl Iterator<Item = (&'v str, &'v Entry)> {
    root.get(section).into_iter().flat_map(Value::entries)
}

struct Checker<'c> {
    root: &'c Value,
    disabled: &'c Value,
}

/// A value that is not empty, or that may not be.
fn filled<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get(key).filter(|value| value.is_unknown() || value.as_str().is_none_or(|text| !text.is_empty()))
}

impl Checker<'_> {
    fn declared(&self, section: &str, name: &str) -> bool {
        self.root.get(section).and_then(|section| section.get(name)).is_some()
    }

    fn is_disabled(&self, section: &str, name: &str) -> bool {
        self.disabled.get(section).and_then(|section| section.get(name)).is_some()
    }

    fn undefined(&self, section: &str, kind: &str, name: &str, at: Span, path: String) -> Problem {
        let names = entries(self.root, section).map(|(name, _)| name);
        let message = format!("there is no {kind} `{name}`");
        let problem = Problem::new(Code::Undefined, at, path, message);
        match similar(name, names) {
            Some(similar) => problem.help(format!("did you mean `{similar}`?")),
            None => problem.help(format!("declare it under `{section}`")),
        }
    }

    fn service(&self, name: &str, entry: &Entry, problems: &mut Vec<Problem>) {
        let service = &entry.value;
        if service.is_unknown() {
            return;
        }
        let path = format!("services.{name}");
        let build = service.get("build");
        if filled(service, "image").is_none() && build.is_none() && service.get("provider").is_none() {
            let message = format!("the service `{name}` has neither `image` nor `build`");
            problems.push(
                Problem::new(Code::NoImage, entry.key, &*path, message)
                    .help("name an image, or a folder to build"),
            );
        }
        if let Some(build) = build {
            self.build(build, service, &format!("{path}.build"), problems);
        }
        self.network(service, &path, problems);
        if let Some(first) = service.at("healthcheck.test.0").filter(|first| !first.is_unknown()) {
            let text = first.as_str().unwrap_or_default();
            if !matches!(text, "CMD" | "CMD-SHELL" | "NONE") {
                let message =
                    format!("a health check begins with `CMD`, `CMD-SHELL` or `NONE`, and not with `{text}`");
                let problem =
                    Problem::new(Code::WrongValue, first.span, format!("{path}.healthcheck.test"), message);
                problems.push(problem.help("write `[\"CMD\", …]`, or the command as one text"));
            }
        }
        self.dependencies(name, service, &path, problems);
        for (at, mount) in service.get("volumes").map(Value::items).unwrap_or_default().iter().enumerate() {
            let named = mount.text("type") == Some("volume")
                && mount.get("type").is_some_and(|kind| !kind.is_unknown());
            let Some(source) = mount.get("source").filter(|source| named && !source.is_unknown()) else {
                continue;
            };
            let Some(text) = source.as_str().filter(|text| !text.is_empty()) else { continue };
            if !self.declared("volumes", text) {
                let mut problem =
                    self.undefined("volumes", "volume", text, source.span, format!("{path}.volumes.{at}"));
                if text.contains('/') {
                    problem.help = Some(format!("write `./{text}` for a folder of the host"));
                }
                problems.push(problem);
            }
        }
        for (key, kind) in [("secrets", "secret"), ("configs", "config")] {
            self.mounts(service, key, kind, &path, problems);
        }
        for (model, entry) in service.get("models").into_iter().flat_map(Value::entries) {
            if !self.declared("models", model) {
                problems.push(self.undefined(
                    "models",
                    "model",
                    model,
                    entry.key,
                    format!("{path}.models.{model}"),
                ));
            }
        }
        resources(name, entry, &path, problems);
        for (at, watch) in
            service.at("develop.watch").map(Value::items).unwrap_or_default().iter().enumerate()
        {
            let Some(action) = watch.get("action").filter(|action| !action.is_unknown()) else { continue };
            let alone = matches!(action.as_str(), Some("rebuild" | "restart"));
            if !alone && filled(watch, "target").is_none() {
                let message =
                    format!("`{}` needs a `target` to copy to", action.as_str().unwrap_or_default());
                problems.push(Problem::new(
                    Code::MissingKey,
                    action.span,
                    format!("{path}.develop.watch.{at}"),
                    message,
                ));
            }
        }
        same_target(service, &path, problems);
    }

    fn mounts(&self, owner: &Value, key: &str, kind: &str, path: &str, problems: &mut Vec<Problem>) {
        for (at, item) in owner.get(key).map(Value::items).unwrap_or_default().iter().enumerate() {
            if item.is_unknown() {
                continue;
            }
            let source = item.get("source");
            if source.is_some_and(Value::is_unknown) {
                continue;
            }
            let name = source.and_then(Value::as_str).unwrap_or_default();
            if !self.declared(key, name) {
                let span = source.map_or(item.span, |source| source.span);
                problems.push(self.undefined(key, kind, name, span, format!("{path}.{key}.{at}")));
            }
        }
    }

    fn build(&self, build: &Value, service: &Value, path: &str, problems: &mut Vec<Problem>) {
        if let (Some(inline), Some(_)) = (filled(build, "dockerfile_inline"), filled(build, "dockerfile"))
            && let (Some(first), Some(second)) = (build.entry("dockerfile"), build.entry("dockerfile_inline"))
            && !inline.is_unknown()
        {
            let message = "`dockerfile` and `dockerfile_inline` exclude each other";
            problems.push(
                Problem::new(Code::Conflict, second.key, path, message).related(first.key, "the other one"),
            );
        }
        for (_, entry) in build.get("additional_contexts").into_iter().flat_map(Value::entries) {
            let Some(target) = entry.value.as_str().and_then(|text| text.strip_prefix("service:")) else {
                continue;
            };
            if entry.value.is_unknown() {
                continue;
            }
            let found = [self.root, self.disabled].iter().find_map(|root| root.get("services")?.get(target));
            match found {
                None => {
                    let path = format!("{path}.additional_contexts");
                    problems.push(self.undefined("services", "service", target, entry.value.span, path));
                }
                Some(service) if service.get("build").is_none() => {
                    let message = format!("the service `{target}` is not built here, so it is no context");
                    problems.push(Problem::new(Code::Undefined, entry.value.span, path, message));
                }
                Some(_) => {}
            }
        }
        let platforms = build.get("platforms").map(Value::items).unwrap_or_default();
        if let Some(platform) = filled(service, "platform").filter(|platform| !platform.is_unknown())
            && !platforms.is_empty()
            && !platforms.iter().any(|other| other.is_unknown() || other.same(platform))
        {
            let message = format!(
                "the image is not built for the platform it runs on, `{}`",
                platform.as_str().unwrap_or_default()
            );
            let at = build.entry("platforms").map_or(platform.span, |entry| entry.key);
            problems
                .push(Problem::new(Code::Conflict, at, path, message).related(platform.span, "it runs here"));
        }
        self.mounts(build, "secrets", "secret", path, problems);
    }

    fn network(&self, service: &Value, path: &str, problems: &mut Vec<Problem>) {
        let networks = service
            .get("networks")
            .filter(|networks| networks.as_mapping().is_some_and(|map| !map.is_empty()));
        if let (Some(mode), Some(networks)) = (filled(service, "network_mode"), networks)
            && !mode.is_unknown()
        {
            let at = service.entry("network_mode").map_or(mode.span, |entry| entry.key);
            let message = "`network_mode` and `networks` exclude each other";
            problems
                .push(Problem::new(Code::Conflict, at, path, message).related(networks.span, "the networks"));
        }
        for (network, entry) in networks.into_iter().flat_map(Value::entries) {
            if !self.declared("networks", network) && !network.contains('$') {
                problems.push(self.undefined(
                    "networks",
                    "network",
                    network,
                    entry.key,
                    format!("{path}.networks.{network}"),
                ));
            }
        }
    }

    fn dependencies(&self, name: &str, service: &Value, path: &str, problems: &mut Vec<Problem>) {
        for (other, entry) in service.get("depends_on").into_iter().flat_map(Value::entries) {
            if self.declared("services", other) || entry.value.is_unknown() || other.contains('$') {
                continue;
            }
            let path = format!("{path}.depends_on.{other}");
            let required = entry.value.get("required").and_then(Value::as_bool).unwrap_or(false);
            if self.is_disabled("services", other) {
                if required {
                    let message =
                        format!("`{name}` needs the service `{other}`, which no active profile enables");
                    let help = "give both the same profile, or write `required: false`";
                    problems.push(Problem::new(Code::Undefined, entry.key, path, message).help(help));
                }
            } else if self.declared("jobs", other) {
                let message = format!("`{other}` is a job, and a service can only wait for services");
                problems.push(Problem::new(Code::Undefined, entry.key, path, message));
            } else {
                problems.push(self.undefined("services", "service", other, entry.key, path));
            }
        }
    }

    fn jobs(&self, problems: &mut Vec<Problem>) {
        for jobs in [self.root, self.disabled] {
            for (name, entry) in entries(jobs, "jobs") {
                let service =
                    [self.root, self.disabled].iter().find_map(|root| root.get("services")?.entry(name));
                if let Some(service) = service {
                    let message = format!("`{name}` is a service and a job");
                    let problem = Problem::new(Code::Conflict, entry.key, format!("jobs.{name}"), message);
                    problems.push(problem.related(service.key, "the service"));
                }
            }
        }
        for (name, entry) in entries(self.root, "jobs") {
            for (other, dependency) in entry.value.get("depends_on").into_iter().flat_map(Value::entries) {
                if self.declared("jobs", other) || self.declared("services", other) {
                    continue;
                }
                let required = dependency.value.get("required").and_then(Value::as_bool).unwrap_or(false);
                if self.is_disabled("services", other) && !required {
                    continue;
                }
                let path = format!("jobs.{name}.depends_on.{other}");
                problems.push(self.undefined("services", "service or job", other, dependency.key, path));
            }
        }
    }
}

fn resources(name: &str, entry: &Entry, path: &str, problems: &mut Vec<Problem>) {
    let service = &entry.value;
    let number = |at: &str| service.at(at).filter(|value| !value.is_unknown()).and_then(Value::as_i64);
    let (scale, replicas) = (number("scale"), number("deploy.replicas"));
    let mut conflict = |one: &str, two: &str| {
        let (Some(first), Some(second)) =
            (service.at(one), service.at(two).or_else(|| service.get("deploy")))
        else {
            return;
        };
        let message = format!("`{one}` and `{two}` say different things");
        let problem = Problem::new(Code::Conflict, first.span, format!("{path}.{one}"), message);
        problems.push(problem.related(second.span, "the other one").help("keep one of them"));
    };
    if let (Some(scale), Some(replicas)) = (scale, replicas)
        && scale != replicas
    {
        conflict("scale", "deploy.replicas");
    }
    // A limit that is set must be repeated wherever the other form is there at all.
    let pairs = [
        ("cpus", "deploy.resources.limits", "cpus"),
        ("mem_limit", "deploy.resources.limits", "memory"),
        ("mem_reservation", "deploy.resources.reservations", "memory"),
        ("pids_limit", "deploy.resources.limits", "pids"),
    ];
    for (key, group, other) in pairs {
        let Some(own) = service.get(key).filter(|own| !own.is_unknown()) else { continue };
        let zero = own.as_f64() == Some(0.0) || own.as_str() == Some("0");
        let Some(group_value) = service.at(group).filter(|group| !group.is_unknown() && !zero) else {
            continue;
        };
        let same = match group_value.get(other) {
            Some(other) if other.is_unknown() => true,
            Some(other) => other.same(own),
            None => false,
        };
        if !same {
            conflict(key, &format!("{group}.{other}"));
        }
    }
    for key in ["scale", "deploy.replicas"] {
        if let Some(value) = service.at(key).filter(|value| value.as_i64().is_some_and(|count| count < 0)) {
            let message = format!("`{key}` must be at least 0, and is {}", value.print());
            problems.push(Problem::new(Code::WrongValue, value.span, format!("{path}.{key}"), message));
        }
    }
    let count = scale.or(replicas).unwrap_or(1);
    if let Some(container) = filled(service, "container_name").filter(|_| count > 1) {
        let message =
            format!("`{name}` runs {count} times, and only one container can have a `container_name`");
        let at = if scale.is_some() { "scale" } else { "deploy.replicas" };
        let mut problem =
            Problem::new(Code::Conflict, container.span, format!("{path}.container_name"), message);
        if let Some(count) = service.at(at) {
            problem = problem.related(count.span, "the number of containers");
        }
        problems.push(problem.help("remove `container_name`"));
    }
}

/// Two mounts at one place; of two volumes the last has won already.
fn same_target(service: &Value, path: &str, problems: &mut Vec<Problem>) {
    let mut mounts: BTreeMap<String, Span> = BTreeMap::new();
    let tmpfs = service.get("tmpfs").map(Value::items).unwrap_or_default().iter();
    let tmpfs = tmpfs.filter_map(|item| {
        let text = item.as_str()?;
        Some((text.split(':').next().unwrap_or_default().to_owned(), item))
    });
    let volumes = service.get("volumes").map(Value::items).unwrap_or_default().iter();
    let volumes = volumes.filter(|item| item.is_mapping());
    let volumes = volumes.map(|item| (item.text("target").unwrap_or_default().to_owned(), item));
    for (target, item) in tmpfs.chain(volumes).filter(|(_, item)| !item.is_unknown()) {
        if let Some(first) = mounts.get(&target) {
            let message = format!("something is mounted at `{target}` already");
            let problem = Problem::new(Code::Conflict, item.span, path, message);
            problems.push(problem.related(*first, "mounted here first"));
        } else {
            mounts.insert(target, item.span);
        }
    }
}

/// Services that wait for each other.
fn cycles(root: &Value, problems: &mut Vec<Problem>) {
    let mut services: Vec<(&str, &Value)> =
        entries(root, "services").map(|(name, entry)| (name, &entry.value)).collect();
    services.sort_by_key(|(name, _)| *name);
    let dependencies: BTreeMap<&str, Vec<(&str, Span)>> = services
        .iter()
        .map(|(name, service)| {
            let mut others: Vec<(&str, Span)> = service
                .get("depends_on")
                .into_iter()
                .flat_map(Value::entries)
                .map(|(other, entry)| (other, entry.key))
                .collect();
            others.sort_by_key(|(other, _)| *other);
            (*name, others)
        })
        .collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for (start, _) in &services {
        if done.contains(start) {
            continue;
        }
        // A way through the dependencies: each step with how many of its dependencies were followed.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_way: BTreeMap<&str, usize> = BTreeMap::from([(*start, 0)]);
        while let Some((name, next)) = way.last_mut() {
            let name = *name;
            let followed = dependencies.get(name).and_then(|others| others.get(*next)).copied();
            *next += 1;
            let Some((other, span)) = followed else {
                done.insert(name);
                on_way.remove(name);
                way.pop();
                continue;
            };
            if let Some(first) = on_way.get(other) {
                let mut names: Vec<String> =
                    way.iter().skip(*first).map(|(name, _)| format!("`{name}`")).collect();
                names.push(format!("`{other}`"));
                let message = format!("services wait for each other in a circle: {}", names.join(" → "));
                let path = format!("services.{name}.depends_on.{other}");
                problems.push(Problem::new(Code::Cycle, span, path, message));
                continue;
            }
            if !done.contains(other) && dependencies.contains_key(other) {
                on_way.insert(other, way.len());
                way.push((other, 0));
            }
        }
    }
}

/// Container names that two services have.
pub(crate) fn container_names(root: &Value, problems: &mut Vec<Problem>) {
    let mut names: BTreeMap<&str, Span> = BTreeMap::new();
    for (service, entry) in entries(root, "services") {
        let Some(value) = filled(&entry.value, "container_name").filter(|value| !value.is_unknown()) else {
            continue;
        };
        let Some(name) = value.as_str() else { continue };
        if let Some(first) = names.get(name) {
            let message = format!("another service has the container name `{name}`");
            let problem = Problem::new(
                Code::Conflict,
                value.span,
                format!("services.{service}.container_name"),
                message,
            );
            problems.push(problem.related(*first, "taken here"));
        } else {
            names.insert(name, value.span);
        }
    }
}
