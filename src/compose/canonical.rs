//! Short forms to long ones. Each field of a long form keeps the place of its part of the short form.

use crate::compose::merge;
use crate::compose::port;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::value::Data;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::compose::volume;

/// Brings a model into canonical form. `lenient` leaves short forms that cannot be read as they are.
pub(crate) fn canonical(model: &mut Value, lenient: bool, problems: &mut Vec<Problem>) {
    let mut canonical = Canonical { lenient, problems };
    for section in ["services", "jobs"] {
        let Some(containers) = model.get_mut(section).and_then(Value::as_mapping_mut) else { continue };
        for (name, entry) in containers {
            let path = format!("{section}.{name}");
            canonical.workload(&mut entry.value, &path);
            if section == "services" {
                canonical.service(&mut entry.value, &path);
            } else {
                canonical.job(&mut entry.value, &path);
            }
        }
    }
    for section in ["volumes", "networks", "secrets", "configs"] {
        let Some(resources) = model.get_mut(section).and_then(Value::as_mapping_mut) else { continue };
        for (name, entry) in resources {
            canonical.external(&mut entry.value, &format!("{section}.{name}"));
        }
    }
}

/// A service with more ports than there are is refused.
const MAX_PORTS: usize = 200_000;

struct Canonical<'c> {
    lenient: bool,
    problems: &'c mut Vec<Problem>,
}

impl Canonical<'_> {
    fn wrong(&mut self, value: &mut Value, path: &str, expected: &str) {
        if value.is_unknown() {
            return;
        }
        let name = path.rsplit('.').find(|key| key.parse::<usize>().is_err()).unwrap_or(path);
        let message = format!("`{name}` must be {expected}, and is {}", value.data.describe());
        self.problems.push(Problem::new(Code::WrongValue, value.span, path, message));
        value.mark_unknown("it is not a value that Compose takes", Some(value.span));
    }

    fn workload(&mut self, workload: &mut Value, path: &str) {
        self.container(workload, path);
        if let Some(build) = workload.get_mut("build") {
            self.build(build, &format!("{path}.build"));
        }
        if let Some(depends_on) = workload.get_mut("depends_on") {
            self.depends_on(depends_on, &format!("{path}.depends_on"));
        }
        if let Some(ports) = workload.get_mut("ports") {
            self.ports(ports, &format!("{path}.ports"));
        }
    }

    fn service(&mut self, service: &mut Value, path: &str) {
        if let Some(hooks) = service.get_mut("pre_start").and_then(Value::as_sequence_mut) {
            for (at, hook) in hooks.iter_mut().enumerate() {
                self.container(hook, &format!("{path}.pre_start.{at}"));
            }
        }
        let watch = service.get_mut("develop").and_then(|develop| develop.get_mut("watch"));
        for trigger in watch.and_then(Value::as_sequence_mut).into_iter().flatten() {
            for key in ["ignore", "include"] {
                if let Some(value) = trigger.get_mut(key) {
                    string_to_list(value);
                }
            }
        }
    }

    fn job(&mut self, job: &mut Value, path: &str) {
        let schedule = job.get_mut("triggers").and_then(|triggers| triggers.get_mut("schedule"));
        for item in schedule.and_then(Value::as_sequence_mut).into_iter().flatten() {
            match item.data {
                Data::String(_) => *item = named(item, "cron"),
                Data::Mapping(_) => {}
                _ => self.wrong(item, &format!("{path}.triggers.schedule"), "a cron expression or a mapping"),
            }
        }
    }

    fn container(&mut self, container: &mut Value, path: &str) {
        if let Some(files) = container.get_mut("env_file") {
            self.env_files(files, &format!("{path}.env_file"));
        }
        for key in ["label_file", "dns"] {
            if let Some(value) = container.get_mut(key) {
                string_to_list(value);
            }
        }
        if let Some(gpus) = container.get_mut("gpus") {
            match gpus.data {
                Data::String(_) if !gpus.is_unknown() => {
                    let mut request = gpus.with(Data::Mapping(Mapping::default()));
                    request.put("count", gpus.span, gpus.with(Data::String("all".to_owned())));
                    *gpus = gpus.with(Data::Sequence(vec![request]));
                }
                Data::Sequence(_) | Data::String(_) => {}
                _ => self.wrong(gpus, &format!("{path}.gpus"), "`all` or a list"),
            }
        }
        for key in ["networks", "models"] {
            let Some(value) = container.get_mut(key) else { continue };
            if value.is_sequence() && !value.is_unknown() {
                match merge::names(value, false, &format!("{path}.{key}")) {
                    Ok(names) => *value = names,
                    Err(problem) => self.fail(value, *problem),
                }
            }
        }
        self.each(container, "volumes", path, Self::volume);
        self.each(container, "devices", path, Self::device);
        self.each(container, "secrets", path, Self::mount);
        self.each(container, "configs", path, Self::mount);
        self.each(container, "ulimits", path, Self::ulimit);
    }

    /// Runs a step on every item or entry below a key.
    fn each(&mut self, owner: &mut Value, key: &str, path: &str, step: fn(&mut Self, &mut Value, &str)) {
        let Some(value) = owner.get_mut(key) else { return };
        match &mut value.data {
            Data::Sequence(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    step(self, item, &format!("{path}.{key}.{at}"));
                }
            }
            Data::Mapping(mapping) => {
                for (name, entry) in mapping {
                    step(self, &mut entry.value, &format!("{path}.{key}.{name}"));
                }
            }
            _ => {}
        }
    }

    fn fail(&mut self, value: &mut Value, problem: Problem) {
        self.problems.push(problem);
        value.mark_unknown("it cannot be read", Some(value.span));
    }

    fn build(&mut self, build: &mut Value, path: &str) {
        match build.data {
            Data::String(_) => *build = named(build, "context"),
            Data::Mapping(_) => {
                self.each(build, "secrets", path, Self::mount);
                self.each(build, "ulimits", path, Self::ulimit);
                for key in ["provenance", "sbom"] {
                    if let Some(value) = build.get_mut(key)
                        && value.as_str().is_none()
                    {
                        *value = value.with(Data::String(value.print()));
                    }
                }
                if let Some(contexts) = build.get_mut("additional_contexts") {
                    self.pairs(contexts, &format!("{path}.additional_contexts"), "a context as `name=where`");
                }
                if let Some(ssh) = build.get_mut("ssh") {
                    self.pairs(ssh, &format!("{path}.ssh"), "`default` or a key as `id=path`");
                }
            }
            _ => self.wrong(build, path, "a path or a mapping"),
        }
    }

    /// A list of `key=value` as a mapping; `default` alone is a key of `ssh`.
    fn pairs(&mut self, value: &mut Value, path: &str, expected: &str) {
        if let Data::Mapping(mapping) = &mut value.data {
            let contexts = path.ends_with(".additional_contexts");
            for (name, entry) in
                mapping.iter_mut().filter(|(_, entry)| contexts && entry.value.as_str().is_none())
            {
                self.wrong(&mut entry.value, &format!("{path}.{name}"), "a path or an address");
            }
            return;
        }
        let Data::Sequence(items) = &value.data else {
            self.wrong(value, path, "a list or a mapping");
            return;
        };
        let mut mapping = value.with(Data::Mapping(Mapping::default()));
        for item in items {
            let text = item.as_str().unwrap_or_default();
            if let Some((name, rest)) = text.split_once('=') {
                let at = item.key.unwrap_or_else(|| item.part_span(0..name.len()));
                let mut part = item.part(rest, name.len() + 1..text.len());
                part.unknown.clone_from(&item.unknown);
                mapping.put(name, at, part);
            } else if path.rsplit('.').next() == Some("ssh") && text == "default" {
                mapping.put(text, item.span, item.with(Data::Null));
            } else if self.lenient || item.is_unknown() {
                return;
            } else {
                let message = format!("this must be {expected}, and is `{}`", item.print());
                let problem = Problem::new(Code::WrongValue, item.span, path, message);
                self.fail(value, problem);
                return;
            }
        }
        *value = mapping;
    }

    fn depends_on(&mut self, value: &mut Value, path: &str) {
        match &mut value.data {
            Data::Mapping(mapping) => {
                for (name, entry) in mapping {
                    if entry.value.is_unknown() {
                        continue;
                    }
                    if !entry.value.is_mapping() {
                        self.wrong(
                            &mut entry.value,
                            &format!("{path}.{name}"),
                            "a mapping with a `condition`",
                        );
                        continue;
                    }
                    entry.value.put_default("condition", Data::String("service_started".to_owned()));
                    entry.value.put_default("required", Data::Bool(true));
                }
            }
            Data::Sequence(_) => match merge::names(value, true, path) {
                Ok(names) => *value = names,
                Err(problem) => self.fail(value, *problem),
            },
            _ => self.wrong(value, path, "a list or a mapping"),
        }
    }

    fn ports(&mut self, value: &mut Value, path: &str) {
        if !value.is_sequence() {
            self.wrong(value, path, "a list");
            return;
        }
        let Data::Sequence(items) = &mut value.data else { return };
        let mut ports = Vec::with_capacity(items.len());
        let written = if self.lenient { items.clone() } else { Vec::new() };
        let mut as_written = false;
        for (at, mut item) in std::mem::take(items).into_iter().enumerate() {
            if item.is_unknown() || item.is_mapping() {
                ports.push(item);
                continue;
            }
            let text = match &item.data {
                Data::Int(port) => port.to_string(),
                Data::String(text) => text.clone(),
                _ => {
                    self.wrong(&mut item, &format!("{path}.{at}"), "a port");
                    ports.push(item);
                    continue;
                }
            };
            match port::parse(&text) {
                Ok(parsed) if ports.len() + parsed.len() > MAX_PORTS => {
                    let message = format!("this service has more than {MAX_PORTS} ports");
                    let problem = Problem::new(Code::WrongValue, item.span, format!("{path}.{at}"), message);
                    self.fail(value, problem);
                    return;
                }
                Ok(parsed) => ports.extend(parsed.iter().map(|port| long_port(&item, &text, port))),
                Err(_) if self.lenient => {
                    as_written = true;
                    break;
                }
                Err(error) => {
                    let problem =
                        Problem::new(Code::WrongValue, item.span, format!("{path}.{at}"), error.to_string())
                            .help(
                                "write a port as `\"8080:80\"`, `\"127.0.0.1:8080:80\"` or `\"53:53/udp\"`",
                            );
                    self.fail(&mut item, problem);
                    ports.push(item);
                }
            }
        }
        value.data = Data::Sequence(if as_written { written } else { ports });
    }

    fn volume(&mut self, item: &mut Value, path: &str) {
        let Data::String(spec) = &item.data else {
            if !item.is_mapping() {
                self.wrong(item, path, "a volume");
            }
            return;
        };
        match volume::parse(spec) {
            Ok(short) => *item = long_volume(item, &short),
            Err(_) if self.lenient || item.is_unknown() => {}
            Err(error) => {
                let problem = error.problem(item, path);
                self.fail(item, problem);
            }
        }
    }

    fn device(&mut self, item: &mut Value, path: &str) {
        let Data::String(text) = &item.data else {
            if !item.is_mapping() {
                self.wrong(item, path, "a device");
            }
            return;
        };
        if item.is_unknown() {
            return;
        }
        let parts: Vec<&str> = text.split(':').collect();
        let (source, target, permissions) = match parts.as_slice() {
            [source] => (*source, *source, "rwm"),
            [source, target] => (*source, *target, "rwm"),
            [source, target, permissions] => (*source, *target, *permissions),
            _ => {
                if self.lenient {
                    ("", "", "rwm")
                } else {
                    let message = format!("`{text}` has more than three parts between colons");
                    let problem = Problem::new(Code::WrongValue, item.span, path, message)
                        .help("write the long form with `source`, `target` and `permissions`");
                    self.fail(item, problem);
                    return;
                }
            }
        };
        let target_part = if target.is_empty() { source } else { target };
        let mut long = item.with(Data::Mapping(Mapping::default()));
        let first = source.len();
        long.put("source", item.span, item.part(source, 0..first));
        let range = if parts.len() > 1 && !target.is_empty() {
            first + 1..first + 1 + target.len()
        } else {
            0..first
        };
        long.put("target", item.span, item.part(target_part, range));
        let permissions = if parts.len() > 2 {
            let start = first + target.len() + 2;
            item.part(permissions, start..start + permissions.len())
        } else {
            Value::implied_text(permissions, item.span)
        };
        long.put("permissions", item.span, permissions);
        *item = long;
    }

    fn mount(&mut self, item: &mut Value, path: &str) {
        match item.data {
            Data::String(_) => *item = named(item, "source"),
            Data::Mapping(_) => {}
            _ => self.wrong(item, path, "a name or a mapping"),
        }
    }

    fn ulimit(&mut self, item: &mut Value, path: &str) {
        let fits = matches!(item.data, Data::Mapping(_) | Data::Int(_));
        let text = self.lenient && matches!(item.data, Data::String(_));
        if !fits && !text {
            self.wrong(item, path, "a whole number, or a mapping of `soft` and `hard`");
        }
    }

    fn env_files(&mut self, value: &mut Value, path: &str) {
        match &mut value.data {
            Data::String(_) => {
                let item = env_file(value);
                *value = value.with(Data::Sequence(vec![item]));
                value.unknown = None;
            }
            Data::Sequence(items) => {
                for item in items {
                    match item.data {
                        Data::String(_) => *item = env_file(item),
                        Data::Mapping(_) => item.put_default("required", Data::Bool(true)),
                        _ => *item = item.with(Data::Null),
                    }
                }
            }
            _ => self.wrong(value, path, "a path or a list"),
        }
    }

    fn external(&mut self, resource: &mut Value, path: &str) {
        if resource.is_null() || resource.is_unknown() {
            return;
        }
        if !resource.is_mapping() {
            self.wrong(resource, path, "a mapping");
            return;
        }
        let Some(external) = resource.get_mut("external").filter(|external| external.is_mapping()) else {
            return;
        };
        let name = external.entry("name").cloned();
        let span = external.span;
        external.data = Data::Bool(true);
        let Some(name) = name else { return };
        self.problems.push(
            Problem::new(Code::Deprecated, span, path, "`external.name` is the old form of `name`")
                .warning()
                .help("write `external: true`, and `name` beside it"),
        );
        match resource.get("name") {
            None => resource.put("name", name.key, name.value),
            Some(own) if own.same(&name.value) => {}
            Some(own) => {
                let own = own.span;
                let message = "`name` and `external.name` say different things";
                let problem = Problem::new(Code::Conflict, own, path, message)
                    .related(name.value.span, "the other name")
                    .help("keep `name`");
                self.problems.push(problem);
            }
        }
    }
}

/// A text as the one field of a mapping.
fn named(value: &Value, key: &str) -> Value {
    let mut mapping = value.with(Data::Mapping(Mapping::default()));
    mapping.unknown = None;
    mapping.put(key, value.span, value.clone());
    mapping
}

fn string_to_list(value: &mut Value) {
    if let Data::String(_) = value.data {
        let item = value.clone();
        *value = value.with(Data::Sequence(vec![item]));
        value.unknown = None;
    }
}

fn env_file(value: &Value) -> Value {
    let mut file = named(value, "path");
    file.put_default("required", Data::Bool(true));
    file
}

fn long_port(item: &Value, text: &str, port: &port::ShortPort) -> Value {
    let mut long = item.with(Data::Mapping(Mapping::default()));
    let protocol_at = text.find('/').unwrap_or(text.len());
    let container_at = text.get(..protocol_at).and_then(|text| text.rfind(':')).map_or(0, |at| at + 1);
    let host_end = container_at.saturating_sub(1);
    let host_at = text.get(..host_end).and_then(|text| text.rfind(':')).map_or(0, |at| at + 1);
    long.put("mode", item.span, Value::implied_text("ingress", item.span));
    if !port.host_ip.is_empty() {
        let range = 0..host_at.saturating_sub(1);
        long.put("host_ip", item.span, item.part(&port.host_ip, range));
    }
    if port.target != 0 {
        let mut target = item.part("", container_at..protocol_at);
        target.data = Data::Int(port.target);
        long.put("target", item.span, target);
    }
    if !port.published.is_empty() {
        long.put("published", item.span, item.part(&port.published, host_at..host_end));
    }
    let protocol = if protocol_at < text.len() {
        item.part(&port.protocol, protocol_at + 1..text.len())
    } else {
        Value::implied_text(&port.protocol, item.span)
    };
    long.put("protocol", item.span, protocol);
    long
}

fn long_volume(item: &Value, short: &volume::ShortVolume) -> Value {
    let mut long = item.with(Data::Mapping(Mapping::default()));
    let empty = || Value::implied(Data::Mapping(Mapping::default()), item.span);
    let kind = if short.bind { "bind" } else { "volume" };
    // What is left as `${…}` is not known; the parts beside it are.
    let part = |text: &str, range: &std::ops::Range<usize>| {
        let mut part = item.part(text, range.clone());
        if !text.contains('$') {
            part.unknown = None;
        }
        part
    };
    let source_unknown =
        item.is_unknown() && short.source.as_ref().is_some_and(|(source, _)| source.starts_with('$'));
    long.unknown = None;
    let mut kind = Value::implied_text(kind, item.span);
    if source_unknown {
        kind.unknown.clone_from(&item.unknown);
    }
    long.put("type", item.span, kind);
    if let Some((source, range)) = &short.source {
        long.put("source", item.span, part(source, range));
    }
    if let Some((target, range)) = &short.target {
        long.put("target", item.span, part(&volume::clean(target), range));
    }
    if let Some((true, range)) = &short.read_only {
        let mut flag = part("", range);
        flag.data = Data::Bool(true);
        long.put("read_only", item.span, flag);
    }
    let mut bind = empty();
    if let Some((selinux, range)) = &short.selinux {
        bind.put("selinux", item.span, part(selinux, range));
    }
    if let Some((propagation, range)) = &short.propagation {
        bind.put("propagation", item.span, part(propagation, range));
    }
    let options = short.selinux.is_some() || short.propagation.is_some();
    if short.bind {
        bind.put("create_host_path", item.span, Value::implied(Data::Bool(true), item.span));
    }
    if short.bind || options {
        long.put("bind", item.span, bind);
    }
    let mut volume = empty();
    if let Some(range) = &short.no_copy {
        let mut flag = part("", range);
        flag.data = Data::Bool(true);
        volume.put("nocopy", item.span, flag);
    }
    if (short.kinded && !short.bind) || short.no_copy.is_some() {
        long.put("volume", item.span, volume);
    }
    long
}

/// Removes what is empty in `dns`.
pub(crate) fn omit_empty(model: &mut Value) {
    for section in ["services", "jobs"] {
        let Some(containers) = model.get_mut(section).and_then(Value::as_mapping_mut) else { continue };
        for entry in containers.values_mut() {
            if let Some(dns) = entry.value.get_mut("dns").and_then(Value::as_sequence_mut) {
                dns.retain(|item| !item.is_null() && item.as_str() != Some(""));
            }
        }
    }
}
