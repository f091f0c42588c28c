//! What happens to the merged model of one load: defaults, structural checks, paths made absolute, environment.

use std::path::Path as FilePath;

use crate::compose::environment::Environment;
use crate::compose::port;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::value::Data;
use crate::compose::value::Value;
use crate::compose::volume;

/// Every service and job of a model.
fn containers(model: &mut Value) -> Vec<(String, &mut Value)> {
    let Some(mapping) = model.as_mapping_mut() else { return Vec::new() };
    let sections = mapping.iter_mut().filter(|(section, _)| matches!(section.as_str(), "services" | "jobs"));
    let mut found = Vec::new();
    for (section, entry) in sections {
        for (name, entry) in entry.value.as_mapping_mut().into_iter().flatten() {
            found.push((format!("{section}.{name}"), &mut entry.value));
        }
    }
    found
}

fn items<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(key).and_then(Value::as_sequence_mut).into_iter().flatten()
}

/// Sets the defaults that Compose writes into the model.
pub(crate) fn defaults(model: &mut Value, problems: &mut Vec<Problem>) {
    for (path, container) in containers(model) {
        if let Some(build) = container.get_mut("build").filter(|build| build.is_mapping()) {
            build.put_default("context", Data::String(".".to_owned()));
        }
        for secret in items(container, "secrets") {
            let source = secret.get("source").map_or_else(|| "<nil>".to_owned(), Value::print);
            secret.put_default("target", Data::String(format!("/run/secrets/{source}")));
        }
        for port in items(container, "ports") {
            port.put_default("protocol", Data::String("tcp".to_owned()));
            port.put_default("mode", Data::String("ingress".to_owned()));
        }
        for request in items(container, "gpus") {
            device_request(request);
        }
        for mount in items(container, "volumes") {
            let Some(bind) = mount.get_mut("bind").filter(|bind| !bind.is_unknown()) else { continue };
            if bind.is_mapping() {
                bind.put_default("create_host_path", Data::Bool(true));
            } else {
                let message = format!("`bind` must be a mapping, and is {}", bind.data.describe());
                problems.push(Problem::new(Code::WrongValue, bind.span, path.clone(), message));
            }
        }
        if path.starts_with("services.")
            && let Some(reservations) = deploy_reservations(container)
        {
            for request in items(reservations, "devices") {
                device_request(request);
            }
        }
    }
}

fn deploy_reservations(container: &mut Value) -> Option<&mut Value> {
    container.get_mut("deploy")?.get_mut("resources")?.get_mut("reservations")
}

fn device_request(request: &mut Value) {
    if request.get("device_ids").is_none() {
        request.put_default("count", Data::String("all".to_owned()));
    }
}

/// Checks what the schema cannot say, in used and unused resources alike.
pub(crate) fn check(model: &mut Value, problems: &mut Vec<Problem>) {
    let resources = |section: &str| -> Vec<(String, &Value)> {
        let section_value = model.get(section);
        let entries = section_value.into_iter().flat_map(Value::entries);
        entries.map(|(name, entry)| (format!("{section}.{name}"), &entry.value)).collect()
    };
    for (path, volume) in resources("volumes") {
        external_volume(volume, &path, problems);
    }
    for (path, config) in resources("configs") {
        file_object(config, &path, &["file", "environment", "content"], problems);
    }
    for (path, secret) in resources("secrets") {
        file_object(secret, &path, &["file", "environment"], problems);
    }
    for (path, service) in resources("services") {
        check_service(service, &path, problems);
    }
}

fn external_volume(volume: &Value, path: &str, problems: &mut Vec<Problem>) {
    let Some(external) = volume.get("external") else { return };
    if external.as_bool() != Some(true) {
        if external.as_bool().is_none() && !external.is_unknown() {
            let message =
                format!("`external` must be `true` or `false`, and is {}", external.data.describe());
            problems.push(Problem::new(Code::WrongValue, external.span, path, message));
        }
        return;
    }
    let other = volume.entries().find(|(key, entry)| {
        !matches!(*key, "name" | "external") && !key.starts_with("x-") && !entry.value.is_unknown()
    });
    if let Some((key, entry)) = other {
        let message = format!("an external volume is made elsewhere, so `{key}` says nothing here");
        let problem = Problem::new(Code::Conflict, entry.key, format!("{path}.{key}"), message)
            .related(external.span, "external here")
            .help(format!("remove `{key}`, or `external`"));
        problems.push(problem);
    }
}

fn file_object(object: &Value, path: &str, keys: &[&str], problems: &mut Vec<Problem>) {
    if !object.is_mapping() || object.is_unknown() {
        return;
    }
    let given: Vec<&str> = keys.iter().copied().filter(|key| object.get(key).is_some()).collect();
    let shown: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match given.as_slice() {
        [] if object.get("driver").is_none() && object.get("external").is_none() => {
            let message =
                format!("this must say where its content comes from: {}", crate::compose::schema::or(&shown));
            problems.push(Problem::new(Code::MissingKey, object.span, path, message));
        }
        [] | [_] => {}
        [first, second, ..] => {
            let message = format!("`{first}` and `{second}` exclude each other");
            let entries = (object.entry(first), object.entry(second));
            if let (Some(first), Some(second)) = entries {
                let problem = Problem::new(Code::Conflict, second.key, path, message)
                    .related(first.key, "the other one");
                problems.push(problem);
            }
        }
    }
}

fn check_service(service: &Value, path: &str, problems: &mut Vec<Problem>) {
    for (at, item) in service.get("ports").map(Value::items).unwrap_or_default().iter().enumerate() {
        let Some(address) = item.get("host_ip").filter(|address| !address.is_unknown()) else { continue };
        let Some(text) = address.as_str() else { continue };
        if !port::is_address(text) {
            let message = format!("`{text}` is not an IP address");
            problems.push(Problem::new(
                Code::WrongValue,
                address.span,
                format!("{path}.ports.{at}.host_ip"),
                message,
            ));
        }
    }
    let watch = service.get("develop").and_then(|develop| develop.get("watch"));
    for (at, trigger) in watch.map(Value::items).unwrap_or_default().iter().enumerate() {
        if let Some(blank) =
            trigger.get("path").filter(|path| path.as_str() == Some("") && !path.is_unknown())
        {
            let path = format!("{path}.develop.watch.{at}.path");
            problems.push(Problem::new(Code::WrongValue, blank.span, path, "the path to watch is empty"));
        }
    }
    let reserved = service.at("deploy.resources.reservations.devices");
    for requests in [service.get("gpus"), reserved].into_iter().flatten() {
        for request in requests.items() {
            if let (Some(count), Some(ids)) = (request.entry("count"), request.entry("device_ids")) {
                let message = "`count` and `device_ids` exclude each other";
                let problem =
                    Problem::new(Code::Conflict, ids.key, path, message).related(count.key, "the other one");
                problems.push(problem);
            }
        }
    }
}

/// Where paths are made absolute from.
pub(crate) struct Folder<'f> {
    /// The project directory, or what stands for it while an included file is loaded.
    pub(crate) base: &'f str,
    /// What `~` stands for.
    pub(crate) home: Option<&'f str>,
    /// Follows symbolic links of a path that is watched.
    pub(crate) follow: &'f dyn Fn(&str) -> String,
}

/// `path` below `base`, cleaned.
pub(crate) fn join(base: &str, path: &str) -> String {
    match (base.is_empty(), path.is_empty()) {
        (true, true) => String::new(),
        (true, false) => volume::clean(path),
        (false, _) => volume::clean(&format!("{base}/{path}")),
    }
}

impl Folder<'_> {
    fn expand(&self, path: &str) -> String {
        match (path.strip_prefix('~'), self.home) {
            (Some(rest), Some(home)) => join(home, rest),
            _ => path.to_owned(),
        }
    }

    /// A path of this machine.
    pub(crate) fn absolute(&self, path: &str) -> String {
        let path = self.expand(path);
        if path.is_empty() || path.starts_with('/') { path } else { join(self.base, &path) }
    }

    /// A path of this machine or of a container host, which may be Windows.
    fn host(&self, path: &str) -> String {
        let path = self.expand(path);
        if path.starts_with('/') || is_windows_absolute(&path) { path } else { join(self.base, &path) }
    }

    fn context(&self, context: &str) -> String {
        let remote = context.contains("://")
            || ["service:", "https://", "http://", "git://", "ssh://", "github.com/", "git@"]
                .iter()
                .any(|prefix| context.starts_with(prefix));
        if remote { context.to_owned() } else { self.absolute(context) }
    }
}

/// `C:\x`, `C:/x`, `\\server\share`, `\\.\pipe\name`.
fn is_windows_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    let is_slash = |byte: Option<&u8>| matches!(byte, Some(b'\\' | b'/'));
    if bytes.get(1) == Some(&b':') {
        return is_slash(bytes.get(2));
    }
    is_slash(bytes.first()) && is_slash(bytes.get(1))
}

fn rewrite(value: Option<&mut Value>, change: impl Fn(&str) -> String) {
    let Some(value) = value else { return };
    // What begins with a variable that is not set may be absolute.
    let open = value.is_unknown() && value.as_str().is_some_and(|text| text.starts_with('$'));
    if let Data::String(text) = &value.data
        && !open
    {
        value.data = Data::String(change(text));
    }
}

/// Makes relative paths absolute.
pub(crate) fn paths(model: &mut Value, folder: &Folder<'_>, problems: &mut Vec<Problem>) {
    for (path, container) in containers(model) {
        if let Some(build) = container.get_mut("build") {
            rewrite(build.get_mut("context"), |text| folder.context(text));
            for entry in entries(build, "additional_contexts") {
                rewrite(Some(entry), |text| folder.context(text));
            }
            for entry in entries(build, "ssh") {
                rewrite(Some(entry), |text| folder.host(text));
            }
        }
        container_paths(container, folder, &path, problems);
        if let Some(extends) = container.get_mut("extends") {
            rewrite(extends.get_mut("file"), |text| folder.absolute(text));
        }
        if path.starts_with("services.") {
            for trigger in
                container.get_mut("develop").into_iter().flat_map(|develop| items(develop, "watch"))
            {
                rewrite(trigger.get_mut("path"), |text| (folder.follow)(&folder.absolute(text)));
            }
            for hook in items(container, "pre_start") {
                container_paths(hook, folder, &path, problems);
            }
        }
    }
    for section in ["configs", "secrets"] {
        for object in entries(model, section) {
            rewrite(object.get_mut("file"), |text| folder.host(text));
        }
    }
    for volume in entries(model, "volumes") {
        if volume.text("driver") == Some("local")
            && let Some(options) = volume.get_mut("driver_opts")
            && options.text("o") == Some("bind")
        {
            rewrite(options.get_mut("device"), |text| folder.host(text));
        }
    }
}

fn entries<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    let mapping = value.get_mut(key).and_then(Value::as_mapping_mut);
    mapping.into_iter().flatten().map(|(_, entry)| &mut entry.value)
}

fn container_paths(container: &mut Value, folder: &Folder<'_>, path: &str, problems: &mut Vec<Problem>) {
    for file in items(container, "env_file") {
        rewrite(file.get_mut("path"), |text| folder.absolute(text));
    }
    for file in items(container, "label_file") {
        rewrite(Some(file), |text| folder.absolute(text));
    }
    for (at, mount) in items(container, "volumes").enumerate() {
        if mount.text("type") != Some("bind") {
            continue;
        }
        if mount.get("source").is_none() {
            let message = "a bind mount needs a `source`";
            problems.push(Problem::new(
                Code::MissingKey,
                mount.span,
                format!("{path}.volumes.{at}"),
                message,
            ));
            continue;
        }
        rewrite(mount.get_mut("source"), |text| folder.host(text));
    }
}

/// Gives `environment` items without a value the value they have outside, and reads what configs and secrets take
/// from the environment.
pub(crate) fn environment(model: &mut Value, environment: &Environment) {
    for (_, container) in containers(model) {
        let Some(Data::Sequence(list)) = container.get_mut("environment").map(|value| &mut value.data) else {
            continue;
        };
        list.retain(|item| matches!(item.data, Data::String(_)));
        for item in list {
            let Some(variable) = item.as_str().and_then(|name| environment.get(name)) else { continue };
            let name = item.as_str().unwrap_or_default().to_owned();
            assign(item, &name, variable);
        }
    }
    for config in entries(model, "configs") {
        let variable = config.text("environment").and_then(|name| environment.get(name)).cloned();
        if let Some(variable) = variable {
            let mut value = Value::implied_text(&variable.value, config.span);
            if let Some(span) = variable.span {
                value.origin.span = span;
            }
            let at = config.span;
            config.put("content", at, value);
        }
    }
}

/// `NAME` becomes `NAME=value`, decided where the variable is defined.
pub(crate) fn assign(item: &mut Value, name: &str, variable: &crate::compose::environment::Variable) {
    let span = item.span;
    item.key = Some(item.key.unwrap_or(span));
    item.data = Data::String(format!("{name}={}", variable.value));
    item.origin.through.push(span);
    if let Some(defined) = variable.span {
        item.origin.span = defined;
    }
}

/// The part of `target` seen from `base`, both cleaned, as Go's `filepath.Rel` has it.
pub(crate) fn relative(base: &str, target: &str) -> String {
    let base = FilePath::new(base);
    let target = FilePath::new(target);
    if base.is_absolute() != target.is_absolute() {
        return target.to_string_lossy().into_owned();
    }
    let normal = |path: &FilePath| -> Vec<String> {
        let parts = path.components().filter(|part| *part != std::path::Component::CurDir);
        parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
    };
    let (base, target) = (normal(base), normal(target));
    let shared = base.iter().zip(&target).take_while(|(one, two)| one == two).count();
    let mut parts: Vec<String> = base.iter().skip(shared).map(|_| "..".to_owned()).collect();
    parts.extend(target.into_iter().skip(shared));
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}
