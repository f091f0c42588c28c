//! What Compose adds to the whole project: the default network, implied dependencies, names of resources.

use crate::compose::environment::Environment;
use crate::compose::merge;
use crate::compose::path::Path;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::value::Data;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::compose::volume;

/// Attributes of anything that runs a container, which `pre_start` hooks inherit; volumes are not among them.
const INHERITED: &[&str] = &[
    "annotations",
    "blkio_config",
    "cap_add",
    "cap_drop",
    "cgroup_parent",
    "cgroup",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpus",
    "cpuset",
    "cpu_shares",
    "command",
    "configs",
    "credential_spec",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "environment",
    "env_file",
    "extra_hosts",
    "group_add",
    "gpus",
    "hostname",
    "image",
    "init",
    "ipc",
    "isolation",
    "labels",
    "label_file",
    "logging",
    "mem_limit",
    "mem_reservation",
    "memswap_limit",
    "mem_swappiness",
    "mac_address",
    "models",
    "network_mode",
    "networks",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "privileged",
    "pull_policy",
    "pull_refresh_after",
    "read_only",
    "runtime",
    "secrets",
    "security_opt",
    "shm_size",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "ulimits",
    "umask",
    "use_api_socket",
    "user",
    "userns_mode",
    "uts",
    "volumes_from",
    "working_dir",
];

/// Completes a project of that name.
pub(crate) fn normalize(
    model: &mut Value,
    name: &str,
    environment: &Environment,
    problems: &mut Vec<Problem>,
) {
    default_network(model);
    for section in ["services", "jobs"] {
        let Some(containers) = model.get_mut(section).and_then(Value::as_mapping_mut) else { continue };
        for entry in containers.values_mut() {
            container(&mut entry.value, environment, problems);
        }
    }
    for section in ["networks", "volumes", "configs", "secrets"] {
        let Some(resources) = model.get_mut(section).and_then(Value::as_mapping_mut) else { continue };
        for (key, entry) in resources {
            if entry.value.is_null() {
                entry.value.data = Data::Mapping(Mapping::default());
            }
            let external = entry.value.get("external").is_some_and(|external| match &external.data {
                Data::Bool(value) => *value,
                Data::String(text) => matches!(text.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True"),
                _ => false,
            });
            if entry.value.get("name").is_none_or(Value::is_null) {
                let full = if external { key.clone() } else { format!("{name}_{key}") };
                let implied = Value::implied_text(&full, entry.key);
                entry.value.put("name", entry.key, implied);
            }
        }
    }
}

fn default_network(model: &mut Value) {
    let mut used = None;
    for section in ["services", "jobs"] {
        let Some(containers) = model.get_mut(section).and_then(Value::as_mapping_mut) else { continue };
        for entry in containers.values_mut() {
            let span = entry.key;
            let container = &mut entry.value;
            if !container.is_mapping()
                || container.get("provider").is_some()
                || container.get("network_mode").is_some()
            {
                continue;
            }
            let declared = container.get("networks");
            let own = declared.is_some_and(|networks| {
                networks.is_unknown() || networks.as_mapping().is_some_and(|networks| !networks.is_empty())
            });
            if own {
                if declared.and_then(|networks| networks.get("default")).is_some() {
                    used = used.or(Some(span));
                }
                continue;
            }
            let mut networks = Value::implied(Data::Mapping(Mapping::default()), span);
            networks.put("default", span, Value::implied(Data::Null, span));
            container.put("networks", span, networks);
            used = used.or(Some(span));
        }
    }
    let Some(span) = used else { return };
    if model.get("networks").is_none_or(|networks| !networks.is_mapping()) {
        model.put("networks", span, Value::implied(Data::Mapping(Mapping::default()), span));
    }
    if let Some(networks) = model.get_mut("networks")
        && networks.get("default").is_none()
    {
        networks.put("default", span, Value::implied(Data::Null, span));
    }
}

fn container(container: &mut Value, environment: &Environment, problems: &mut Vec<Problem>) {
    if !container.is_mapping() {
        return;
    }
    if let Some(policy) = container.get_mut("pull_policy")
        && policy.as_str() == Some("if_not_present")
    {
        policy.data = Data::String("missing".to_owned());
    }
    if let Some(build) = container.get_mut("build").filter(|build| build.is_mapping() && !build.is_unknown())
    {
        build.put_default("context", Data::String(".".to_owned()));
        if build.get("dockerfile").is_none() && build.get("dockerfile_inline").is_none() {
            build.put_default("dockerfile", Data::String("Dockerfile".to_owned()));
        }
        if let Some(args) = build.get_mut("args") {
            resolve(args, environment, false);
        }
    }
    if let Some(variables) = container.get_mut("environment") {
        resolve(variables, environment, true);
    }
    depend(container, problems);
    for mount in container.get_mut("volumes").and_then(Value::as_sequence_mut).into_iter().flatten() {
        if let Some(target) = mount.get_mut("target")
            && let Data::String(text) = &target.data
        {
            target.data = Data::String(volume::clean(text));
        }
    }
    inherit(container, problems);
}

/// Gives names without a value the value they have outside. What stays without is dropped unless `keep`.
fn resolve(value: &mut Value, environment: &Environment, keep: bool) {
    match &mut value.data {
        Data::Mapping(mapping) => {
            for (name, entry) in mapping.iter_mut().filter(|(_, entry)| entry.value.is_null()) {
                let Some(variable) = environment.get(name) else { continue };
                entry.value.data = Data::String(variable.value.clone());
                entry.value.origin.through.push(entry.key);
                if let Some(span) = variable.span {
                    entry.value.origin.span = span;
                }
            }
            if !keep {
                mapping.retain(|_, entry| !entry.value.is_null() || entry.value.is_unknown());
            }
        }
        Data::Sequence(items) => {
            items.retain_mut(|item| {
                let Data::String(text) = &item.data else { return true };
                if text.contains('=') {
                    return true;
                }
                let name = text.clone();
                let Some(variable) = environment.get(&name) else { return keep };
                crate::compose::finish::assign(item, &name, variable);
                true
            });
        }
        _ => {}
    }
}

/// Adds the dependencies that links and shared namespaces imply.
fn depend(container: &mut Value, problems: &mut Vec<Problem>) {
    let mut implied: Vec<(String, crate::source::Span, bool)> = Vec::new();
    let texts = |key: &str| -> Vec<(String, crate::source::Span)> {
        let items = container.get(key).map(Value::items).unwrap_or_default();
        items.iter().filter_map(|item| Some((item.as_str()?.to_owned(), item.span))).collect()
    };
    for (link, span) in texts("links") {
        let service = match link.split(':').collect::<Vec<_>>().as_slice() {
            [service, _] => (*service).to_owned(),
            _ => link,
        };
        implied.push((service, span, true));
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        let Some(value) = container.get(key) else { continue };
        if value.is_null() {
            let at = container.entry(key).map_or(value.span, |entry| entry.key);
            let message = format!("`{key}` is empty, which Docker Compose crashes on");
            problems.push(
                Problem::new(Code::WrongValue, at, key, message)
                    .help(format!("remove `{key}`, or say what it is")),
            );
        }
        if let Some(service) = value.as_str().and_then(|text| text.strip_prefix("service:")) {
            implied.push((service.to_owned(), value.span, true));
        }
    }
    for (from, span) in texts("volumes_from") {
        if !from.starts_with("container:") {
            let service = from.split(':').next().unwrap_or_default().to_owned();
            implied.push((service, span, false));
        }
    }
    if implied.is_empty() {
        return;
    }
    container.put_default("depends_on", Data::Mapping(Mapping::default()));
    let Some(depends_on) = container.get_mut("depends_on") else { return };
    for (service, at, restart) in implied {
        if depends_on.get(&service).is_some() || service.contains('$') {
            continue;
        }
        let mut dependency = Value::implied(Data::Mapping(Mapping::default()), at);
        dependency.put_default("condition", Data::String("service_started".to_owned()));
        dependency.put_default("restart", Data::Bool(restart));
        dependency.put_default("required", Data::Bool(true));
        depends_on.put(&service, at, dependency);
    }
}

/// Completes `pre_start` hooks with what the service says of its container.
fn inherit(service: &mut Value, problems: &mut Vec<Problem>) {
    if service.get("pre_start").is_none_or(|hooks| hooks.items().is_empty()) {
        return;
    }
    let mut base = service.with(Data::Mapping(Mapping::default()));
    for (key, entry) in service.entries() {
        if INHERITED.contains(&key) {
            base.put(key, entry.key, entry.value.clone());
        }
    }
    let path = Path::ROOT;
    let path = path.key("services");
    let path = path.key("hook");
    for hook in service.get_mut("pre_start").and_then(Value::as_sequence_mut).into_iter().flatten() {
        if hook.is_mapping() {
            let own = std::mem::replace(hook, base.clone());
            merge::merge(hook, own, path, problems);
        }
    }
}
