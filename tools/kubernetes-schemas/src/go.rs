//! What the Go modules say and the published schemas leave out: closed enumerations and the API lifecycle.
//!
//! The sources are `gofmt`ted and regular, so lines are enough; what is not understood is left out.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The modules whose lifecycles are read, oldest first: a type that went away is still in an older minor.
pub const LIFECYCLES: &[(&str, u32)] = &[
    ("k8s.io/api", 20),
    ("k8s.io/api", 22),
    ("k8s.io/api", 25),
    ("k8s.io/api", 28),
    ("k8s.io/api", 31),
    ("k8s.io/api", 34),
    ("k8s.io/api", 37),
    ("k8s.io/apiextensions-apiserver", 24),
    ("k8s.io/apiextensions-apiserver", 37),
    ("k8s.io/kube-aggregator", 29),
    ("k8s.io/kube-aggregator", 37),
];

/// Downloads the newest patch release of a module and returns its folder.
pub fn module(path: &str, minor: u32) -> PathBuf {
    let output = Command::new("go")
        .args(["mod", "download", "-json", &format!("{path}@v0.{minor}")])
        .env("GOFLAGS", "-mod=mod")
        .current_dir(std::env::temp_dir())
        .output()
        .expect("go runs");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("go answers in JSON");
    let folder = answer["Dir"].as_str().unwrap_or_else(|| panic!("{path}@v0.{minor}: {answer}"));
    PathBuf::from(folder)
}

/// The structs of one Go package: for each, its fields by JSON name with their closed set of values, if they have one.
pub type Package = BTreeMap<String, BTreeMap<String, Vec<String>>>;

#[derive(Default)]
struct Raw {
    /// Types declared `+enum`, and the constants of every string type.
    enums: BTreeSet<String>,
    constants: BTreeMap<String, Vec<String>>,
    /// Struct to (JSON name or `<` and the name of an inlined type, Go type).
    structs: BTreeMap<String, Vec<(String, String)>>,
}

/// Every package of a module, by its group and version: `core.v1`.
pub fn packages(folder: &Path) -> BTreeMap<String, Package> {
    let mut raws = BTreeMap::new();
    for group in folders(folder) {
        for version in folders(&group) {
            let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
            raws.insert(format!("{}.{}", name(&group), name(&version)), read(&version));
        }
    }
    raws.iter().map(|(name, raw)| (name.clone(), resolve(raw, &raws))).collect()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn go_files(folder: &Path) -> Vec<String> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".go") && !name.ends_with("_test.go") && name != "generated.pb.go"
    };
    paths.into_iter().filter(wanted).map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn read(folder: &Path) -> Raw {
    let mut raw = Raw::default();
    for text in go_files(folder) {
        let mut closed = false;
        let mut open: Option<String> = None;
        for line in text.lines() {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix("//") {
                closed |= comment.trim() == "+enum";
                continue;
            }
            if let Some(rest) = line.strip_prefix("type ") {
                let mut words = rest.split_whitespace();
                let (name, what) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                if what == "struct" && !line.ends_with('}') {
                    open = Some(name.to_owned());
                    raw.structs.insert(name.to_owned(), Vec::new());
                } else if what == "string" && closed {
                    raw.enums.insert(name.to_owned());
                }
            } else if line == "}" {
                open = None;
            } else if let Some(name) = &open {
                if let Some(field) = field(line) {
                    raw.structs.get_mut(name).expect("it was inserted").push(field);
                }
            } else if let Some((kind, value)) = constant(line) {
                raw.constants.entry(kind).or_default().push(value);
            }
            if !line.is_empty() {
                closed = false;
            }
        }
    }
    raw
}

/// `Name Type `json:"name,omitempty"`` or an embedded `Type `json:",inline"``.
fn field(line: &str) -> Option<(String, String)> {
    let (declaration, tag) = line.split_once('`')?;
    let json = tag.split("json:\"").nth(1)?.split('"').next()?;
    let name = json.split(',').next().unwrap_or_default();
    let words: Vec<&str> = declaration.split_whitespace().collect();
    match words.as_slice() {
        [embedded] if name.is_empty() => Some((format!("<{embedded}"), (*embedded).to_owned())),
        [_, kind] if !name.is_empty() && name != "-" => Some((name.to_owned(), (*kind).to_owned())),
        _ => None,
    }
}

/// `Name Type = "value"`, with or without `const`.
fn constant(line: &str) -> Option<(String, String)> {
    let (declaration, value) = line.strip_prefix("const ").unwrap_or(line).split_once(" = ")?;
    let words: Vec<&str> = declaration.split_whitespace().collect();
    let [_, kind] = words.as_slice() else { return None };
    let value = value.strip_prefix('"')?.split('"').next()?;
    Some(((*kind).to_owned(), value.to_owned()))
}

fn resolve(raw: &Raw, all: &BTreeMap<String, Raw>) -> Package {
    let mut package = Package::new();
    for name in raw.structs.keys() {
        let mut fields = BTreeMap::new();
        collect(name, raw, all, &mut fields);
        package.insert(name.clone(), fields);
    }
    package
}

fn collect(name: &str, raw: &Raw, all: &BTreeMap<String, Raw>, fields: &mut BTreeMap<String, Vec<String>>) {
    for (field, kind) in raw.structs.get(name).into_iter().flatten() {
        if let Some(embedded) = field.strip_prefix('<') {
            collect(embedded.trim_start_matches('*'), raw, all, fields);
            continue;
        }
        let base = kind.rsplit([']', '*']).next().unwrap_or(kind);
        // A type of another package is one of core/v1 wherever it is a closed set of strings.
        let (home, base) = match base.split_once('.') {
            Some((_, base)) => (all.get("core.v1"), base),
            None => (Some(raw), base),
        };
        let Some(home) = home.filter(|home| home.enums.contains(base)) else { continue };
        let mut values = home.constants.get(base).cloned().unwrap_or_default();
        values.sort();
        values.dedup();
        if !values.is_empty() {
            fields.insert(field.clone(), values);
        }
    }
}

/// What the Go sources say of one kind. Minors of Kubernetes 1.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    pub introduced: Option<u32>,
    pub deprecated: Option<u32>,
    pub removed: Option<u32>,
    /// `policy/v1 PodDisruptionBudget`
    pub replacement: Option<String>,
}

/// The lifecycle of every kind of a module, by `apiVersion kind`.
pub fn lifecycles(folder: &Path) -> BTreeMap<String, Lifecycle> {
    let mut lifecycles = BTreeMap::new();
    let mut pending = folders(folder);
    while let Some(folder) = pending.pop() {
        pending.extend(folders(&folder).into_iter().filter(|folder| !folder.ends_with("testdata")));
        let texts = go_files(&folder);
        let Some(group) = texts.iter().find_map(|text| group_name(text)) else { continue };
        let version = folder.file_name().unwrap().to_string_lossy();
        let group_version = if group.is_empty() { version.into_owned() } else { format!("{group}/{version}") };
        for text in texts.iter().filter(|text| text.contains("APILifecycle")) {
            let mut lines = text.lines();
            while let Some(line) = lines.next() {
                let Some((kind, method)) = method(line) else { continue };
                if kind.ends_with("List") {
                    continue;
                }
                let body = lines.next().unwrap_or_default().trim();
                let entry: &mut Lifecycle = lifecycles.entry(format!("{group_version} {kind}")).or_default();
                match method {
                    "Introduced" => entry.introduced = minor(body),
                    "Deprecated" => entry.deprecated = minor(body),
                    "Removed" => entry.removed = minor(body),
                    "Replacement" => entry.replacement = replacement(body),
                    _ => {}
                }
            }
        }
    }
    lifecycles
}

/// `const GroupName = "policy"`.
fn group_name(text: &str) -> Option<String> {
    let rest = text.lines().find_map(|line| line.strip_prefix("const GroupName = \""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// `func (in *Kind) APILifecycleRemoved() …` to the kind and `Removed`.
fn method(line: &str) -> Option<(&str, &str)> {
    let (kind, rest) = line.strip_prefix("func (in *")?.split_once(") APILifecycle")?;
    Some((kind, rest.split('(').next()?))
}

/// `return 1, 25`.
fn minor(body: &str) -> Option<u32> {
    body.strip_prefix("return 1, ")?.parse().ok()
}

fn replacement(body: &str) -> Option<String> {
    let word = |key: &str| body.split(&format!("{key}: \"")).nth(1)?.split('"').next();
    let (group, version, kind) = (word("Group")?, word("Version")?, word("Kind")?);
    Some(if group.is_empty() { format!("{version} {kind}") } else { format!("{group}/{version} {kind}") })
}
