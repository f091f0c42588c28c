//! Lists whose entries have a key: the last entry of a key counts, at the place of the first.

use std::collections::BTreeMap;

use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::value::Data;
use crate::compose::value::Value;
use crate::compose::volume;

/// What makes the entries of a list the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Index {
    /// The text before the first `=`.
    Key,
    Port,
    Volume,
    Device,
    /// The target, or the folder and the source.
    Mount(&'static str),
    Expose,
    EnvFile,
}

/// Removes entries that a later one of the same key replaces, all over a model.
pub(crate) fn enforce(model: &mut Value, problems: &mut Vec<Problem>) {
    if let Some(services) = model.get_mut("services").and_then(Value::as_mapping_mut) {
        for (name, entry) in services {
            let prefix = format!("services.{name}");
            service(&mut entry.value, &prefix, problems);
        }
    }
    if let Some(networks) = model.get_mut("networks").and_then(Value::as_mapping_mut) {
        for (name, entry) in networks {
            let prefix = format!("networks.{name}");
            list(&mut entry.value, "labels", Index::Key, &prefix, problems);
            if let Some(ipam) = entry.value.get_mut("ipam") {
                list(ipam, "options", Index::Key, &format!("{prefix}.ipam"), problems);
            }
        }
    }
}

fn service(service: &mut Value, prefix: &str, problems: &mut Vec<Problem>) {
    for key in [
        "annotations",
        "cap_add",
        "cap_drop",
        "dns",
        "dns_opt",
        "dns_search",
        "environment",
        "labels",
        "links",
        "profiles",
        "sysctls",
        "tmpfs",
    ] {
        list(service, key, Index::Key, prefix, problems);
    }
    list(service, "configs", Index::Mount(""), prefix, problems);
    list(service, "secrets", Index::Mount("/run/secrets"), prefix, problems);
    list(service, "devices", Index::Device, prefix, problems);
    list(service, "env_file", Index::EnvFile, prefix, problems);
    list(service, "expose", Index::Expose, prefix, problems);
    list(service, "ports", Index::Port, prefix, problems);
    list(service, "volumes", Index::Volume, prefix, problems);
    if let Some(build) = service.get_mut("build") {
        for key in ["args", "additional_contexts", "platform", "tags", "labels"] {
            list(build, key, Index::Key, &format!("{prefix}.build"), problems);
        }
    }
    if let Some(deploy) = service.get_mut("deploy") {
        list(deploy, "labels", Index::Key, &format!("{prefix}.deploy"), problems);
    }
    if let Some(networks) = service.get_mut("networks").and_then(Value::as_mapping_mut) {
        for (name, entry) in networks {
            let prefix = format!("{prefix}.networks.{name}");
            list(&mut entry.value, "aliases", Index::Key, &prefix, problems);
            list(&mut entry.value, "link_local_ips", Index::Key, &prefix, problems);
        }
    }
}

fn list(owner: &mut Value, key: &str, index: Index, prefix: &str, problems: &mut Vec<Problem>) {
    let Some(value) = owner.get_mut(key) else { return };
    let Data::Sequence(items) = &mut value.data else { return };
    let path = format!("{prefix}.{key}");
    match entries(std::mem::take(items), index, &path) {
        Ok(unique) => *items = unique,
        Err(problem) => {
            problems.push(*problem);
            value.mark_unknown("an entry cannot be read", Some(value.span));
        }
    }
}

/// `KEY=VALUE` entries, unique by key.
pub(crate) fn by_key(items: Vec<Value>, path: &str) -> Result<Vec<Value>, Box<Problem>> {
    entries(items, Index::Key, path)
}

fn entries(items: Vec<Value>, index: Index, path: &str) -> Result<Vec<Value>, Box<Problem>> {
    let mut unique: Vec<Value> = Vec::with_capacity(items.len());
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for (at, mut item) in items.into_iter().enumerate() {
        let key = if item.is_unknown() {
            // What is not known is not the same as anything.
            format!("\0{at}")
        } else {
            let path = format!("{path}.{at}");
            index.key(&item, &path)?
        };
        let position = *positions.entry(key).or_insert(unique.len());
        if let Some(known) = unique.get_mut(position) {
            item.lay_over(known);
            *known = item;
        } else {
            unique.push(item);
        }
    }
    Ok(unique)
}

impl Index {
    fn key(self, item: &Value, path: &str) -> Result<String, Box<Problem>> {
        let wrong = |expected: &str| {
            let message = format!("this entry must be {expected}, and is {}", item.data.describe());
            Err(Box::new(Problem::new(Code::WrongValue, item.span, path, message)))
        };
        let missing = |what: &str, help: &str| {
            Err(Box::new(Problem::new(Code::MissingKey, item.span, path, format!("this {what}")).help(help)))
        };
        match (self, &item.data) {
            (Self::Key, Data::String(text)) => {
                Ok(text.split_once('=').map_or(text.as_str(), |(key, _)| key).to_owned())
            }
            (Self::Key, _) => wrong("a string"),
            (Self::Port | Self::Expose, Data::Int(port)) => Ok(port.to_string()),
            (Self::Port | Self::EnvFile | Self::Expose, Data::String(text)) => Ok(text.clone()),
            (Self::Port, Data::Mapping(_)) => {
                let Some(target) = item.get("target") else {
                    return missing(
                        "port has no container port above 0",
                        "name the container port as `target`",
                    );
                };
                let text = |key: &str, default: &str| match item.get(key) {
                    // A number is told apart from the same number in quotes.
                    Some(value) if value.as_i64().is_some() => format!("#{}", value.print()),
                    Some(value) => value.print(),
                    None => default.to_owned(),
                };
                Ok(format!(
                    "{}:{}:{}/{}",
                    text("host_ip", "0.0.0.0"),
                    text("published", ""),
                    target.print(),
                    text("protocol", "tcp")
                ))
            }
            (Self::Volume, Data::Mapping(_)) => match item.text("target") {
                Some(target) => Ok(target.to_owned()),
                None => missing("mount has no target", "say with `target` where it is mounted"),
            },
            (Self::Volume, Data::String(spec)) => match volume::parse(spec) {
                Ok(volume) => Ok(volume.target.map(|(target, _)| target).unwrap_or_default()),
                Err(error) => Err(Box::new(error.problem(item, path))),
            },
            (Self::Device, Data::Mapping(_)) => match item.text("target") {
                Some(target) => Ok(target.to_owned()),
                None => missing("device has no target", "say with `target` where the container sees it"),
            },
            (Self::Device, Data::String(spec)) => {
                let mut parts = spec.split(':');
                let first = parts.next().unwrap_or_default();
                Ok(parts.next().unwrap_or(first).to_owned())
            }
            (Self::Mount(folder), Data::String(source)) => Ok(format!("{folder}/{source}")),
            (Self::Mount(folder), Data::Mapping(_)) => match item.get("target") {
                Some(Value { data: Data::String(target), .. }) => Ok(target.clone()),
                Some(target) => {
                    let message = format!("`target` must be a string, and is {}", target.data.describe());
                    Err(Box::new(Problem::new(Code::WrongValue, target.span, path, message)))
                }
                None => {
                    let source = item.get("source").map(Value::print).unwrap_or_default();
                    Ok(format!("{folder}/{source}"))
                }
            },
            (Self::Mount(_), _) => wrong("a name or a mapping"),
            (Self::Expose, _) => wrong("a port, or a range of ports in quotes"),
            (Self::EnvFile, Data::Mapping(_)) => match item.get("path") {
                Some(Value { data: Data::String(path), .. }) => Ok(path.clone()),
                Some(value) => {
                    let message = format!("`path` must be a string, and is {}", value.data.describe());
                    Err(Box::new(Problem::new(Code::WrongValue, value.span, path, message)))
                }
                None => missing("entry names no file", "say with `path` which file to read"),
            },
            (Self::Port | Self::Volume | Self::Device | Self::EnvFile, _) => Ok(String::new()),
        }
    }
}
