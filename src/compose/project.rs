//! A loaded project, and what rules ask of it.

use std::collections::BTreeMap;

use crate::compose::decode;
use crate::compose::environment::Environment;
use crate::compose::template;
use crate::compose::template::Asked;
use crate::compose::value::Value;
use crate::source::Known;
use crate::source::Origin;
use crate::source::SourceId;
use crate::source::Span;

/// A Compose project: everything merged, short forms made long, each value with its origin.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Where the name was written; `None` for the name of the folder or of the command line.
    pub name_span: Option<Span>,
    /// The folder that relative paths start at, as it stands in paths of the project.
    pub directory: String,
    /// The active profiles.
    pub profiles: Vec<String>,
    /// The Compose files that were read, in order: the main files, and what they include and extend.
    pub files: Vec<SourceId>,
    /// The variables that `${…}` was replaced by: those of the process and of `.env` files.
    pub environment: Environment,
    /// The whole model: `services`, `networks`, `volumes`, `secrets`, `configs`, `models`, `jobs`, `x-…`. Services
    /// of inactive profiles are not in it.
    pub root: Value,
    /// Services and jobs of inactive profiles, as they would be: `services` and `jobs`.
    pub disabled: Value,
}

/// A named part of a project: a service, network, volume, secret, config or job.
#[derive(Clone, Copy, Debug)]
pub struct Part<'p> {
    /// Its key.
    pub name: &'p str,
    /// Where the key was written.
    pub key: Span,
    /// What is said about it; null for an empty network or volume.
    pub value: &'p Value,
}

/// A service of a project.
#[derive(Clone, Copy, Debug)]
pub struct Service<'p> {
    /// Its key.
    pub name: &'p str,
    /// Where the key was written.
    pub key: Span,
    /// Everything that is said about it.
    pub value: &'p Value,
}

impl Project {
    /// The value at a path: `services.api.ports.0.published`.
    pub fn at(&self, path: &str) -> Option<&Value> {
        self.root.at(path)
    }

    /// The enabled services, in the order of the files.
    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        self.parts("services").map(Service::from)
    }

    /// An enabled service.
    pub fn service(&self, name: &str) -> Option<Service<'_>> {
        let (name, entry) = self.root.get("services")?.as_mapping()?.get_key_value(name)?;
        Some(Service { name, key: entry.key, value: &entry.value })
    }

    /// Services that no active profile enables.
    pub fn disabled_services(&self) -> impl Iterator<Item = Service<'_>> {
        entries(self.disabled.get("services")).map(Service::from)
    }

    /// Top-level networks, the implicit `default` included.
    pub fn networks(&self) -> impl Iterator<Item = Part<'_>> {
        self.parts("networks")
    }

    /// Top-level volumes.
    pub fn volumes(&self) -> impl Iterator<Item = Part<'_>> {
        self.parts("volumes")
    }

    /// Top-level secrets.
    pub fn secrets(&self) -> impl Iterator<Item = Part<'_>> {
        self.parts("secrets")
    }

    /// Top-level configs.
    pub fn configs(&self) -> impl Iterator<Item = Part<'_>> {
        self.parts("configs")
    }

    /// Enabled jobs.
    pub fn jobs(&self) -> impl Iterator<Item = Part<'_>> {
        self.parts("jobs")
    }

    /// The parts of any section: `services`, `networks`, `models`, …
    pub fn parts(&self, section: &str) -> impl Iterator<Item = Part<'_>> {
        entries(self.root.get(section))
    }
}

fn entries(section: Option<&Value>) -> impl Iterator<Item = Part<'_>> {
    let entries = section.into_iter().flat_map(Value::entries);
    entries.map(|(name, entry)| Part { name, key: entry.key, value: &entry.value })
}

impl<'p> From<Part<'p>> for Service<'p> {
    fn from(part: Part<'p>) -> Self {
        Self { name: part.name, key: part.key, value: part.value }
    }
}

/// An image reference, taken apart: `registry.io:5000/team/app:1.2@sha256:…`.
#[derive(Clone, Debug, PartialEq)]
pub struct Image<'p> {
    /// All of it, as it resolved; variables that are not set stay as they were written.
    pub text: &'p str,
    /// Registry and repository: `registry.io:5000/team/app`.
    pub name: &'p str,
    /// The tag, if one is given.
    pub tag: Option<&'p str>,
    /// The digest after `@`, if one is given.
    pub digest: Option<&'p str>,
    /// The image's value, for its place.
    pub value: &'p Value,
}

impl<'p> Image<'p> {
    /// Takes a reference apart. Colons and slashes inside `${…}` belong to the variable.
    pub fn parse(value: &'p Value) -> Option<Self> {
        let text = value.as_str()?;
        let outside = |wanted: char| -> Option<usize> {
            let mut depth = 0_usize;
            let mut last = None;
            let mut before = ' ';
            for (at, character) in text.char_indices() {
                match character {
                    '{' if before == '$' => depth += 1,
                    '}' if depth > 0 => depth -= 1,
                    _ if character == wanted && depth == 0 => last = Some(at),
                    _ => {}
                }
                before = character;
            }
            last
        };
        let at = outside('@');
        let (rest, digest) = match at {
            Some(at) => (text.get(..at)?, text.get(at + 1..)),
            None => (text, None),
        };
        let slash = outside('/').filter(|slash| *slash < rest.len());
        let colon = if at.is_some() { rest.rfind(':') } else { outside(':') };
        let colon = colon.filter(|colon| slash.is_none_or(|slash| *colon > slash));
        let (name, tag) = match colon {
            Some(colon) => (rest.get(..colon)?, rest.get(colon + 1..)),
            None => (rest, None),
        };
        Some(Self { text, name, tag, digest, value })
    }

    /// The registry, where the first part of the name is one; `None` for Docker Hub.
    pub fn registry(&self) -> Option<&'p str> {
        let (first, _) = self.name.split_once('/')?;
        (first.contains(['.', ':']) || first == "localhost").then_some(first)
    }

    /// The repository without the registry, and without `library/`: `team/app`.
    pub fn repository(&self) -> &'p str {
        let rest = match self.registry() {
            Some(registry) => self.name.get(registry.len() + 1..).unwrap_or_default(),
            None => self.name,
        };
        rest.strip_prefix("library/").unwrap_or(rest)
    }

    /// The tag, or why it is not known; `Known(None)` where none is given.
    pub fn known_tag(&self) -> Known<Option<&'p str>> {
        let open = |text: &str| text.contains('$');
        match self.tag {
            // `app${TAG}` may end in a tag or not.
            Some(tag) if open(tag) && self.value.is_unknown() => self.value.known().map(|_| None),
            None if open(self.name) && self.value.is_unknown() => self.value.known().map(|_| None),
            tag => Known::Known(tag),
        }
    }

    /// The name, or why it is not known.
    pub fn known_name(&self) -> Known<&'p str> {
        if self.name.contains('$') && self.value.is_unknown() {
            return self.value.known().map(|_| "");
        }
        Known::Known(self.name)
    }
}

/// One environment variable of a service.
#[derive(Clone, Debug)]
pub struct EnvironmentVariable<'p> {
    /// Its name.
    pub name: &'p str,
    /// Where the name was written, or the file that brought it.
    pub key: Span,
    /// Its value: a string, or null where it is handed through from outside and not set there.
    pub value: &'p Value,
}

/// One port of a service.
#[derive(Clone, Copy, Debug)]
pub struct Port<'p> {
    /// The whole entry.
    pub value: &'p Value,
    /// The address on the host; `None` for all addresses.
    pub host_ip: Option<&'p Value>,
    /// The port or range on the host, as text; `None` where Docker chooses one.
    pub published: Option<&'p Value>,
    /// The port in the container.
    pub target: Option<&'p Value>,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: &'p str,
}

impl Port<'_> {
    /// The ports on the host, first and last, where they are known numbers.
    pub fn published_range(&self) -> Option<(u16, u16)> {
        let published = self.published.filter(|published| !published.is_unknown())?;
        let text = published.as_str()?;
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        Some((first.parse().ok()?, last.parse().ok()?))
    }

    /// The port in the container, where it is known.
    pub fn target_port(&self) -> Option<u16> {
        u16::try_from(self.target?.as_i64()?).ok()
    }
}

/// One volume mount of a service.
#[derive(Clone, Copy, Debug)]
pub struct Mount<'p> {
    /// The whole entry.
    pub value: &'p Value,
    /// `bind`, `volume`, `tmpfs`, `npipe`, `cluster`, `image`; not known where the source is a variable.
    pub kind: &'p Value,
    /// The path on the host, or the name of the volume; `None` for an anonymous one.
    pub source: Option<&'p Value>,
    /// The path in the container.
    pub target: Option<&'p Value>,
    /// True where it is mounted read-only.
    pub read_only: bool,
}

/// One dependency of a service.
#[derive(Clone, Copy, Debug)]
pub struct Dependency<'p> {
    /// The service it waits for.
    pub service: &'p str,
    /// Where that is written.
    pub key: Span,
    /// `service_started`, `service_healthy` or `service_completed_successfully`.
    pub condition: &'p str,
    /// Where the condition is written, or what stands for it.
    pub condition_span: Span,
    /// False where the service may be missing.
    pub required: bool,
    /// True where nobody wrote it: links and shared namespaces imply it.
    pub implied: bool,
}

impl<'p> Service<'p> {
    /// The value at a path below the service: `deploy.resources.limits.memory`.
    pub fn at(self, path: &str) -> Option<&'p Value> {
        self.value.at(path)
    }

    /// The value of an attribute.
    pub fn get(self, key: &str) -> Option<&'p Value> {
        self.value.get(key)
    }

    /// Where an attribute's key is written; the service's key where it is not there.
    pub fn key_span(self, key: &str) -> Span {
        self.value.entry(key).map_or(self.key, |entry| entry.key)
    }

    /// The image, taken apart.
    pub fn image(self) -> Option<Image<'p>> {
        Image::parse(self.get("image")?)
    }

    /// What it is built from.
    pub fn build(self) -> Option<&'p Value> {
        self.get("build")
    }

    /// Its variables, those of `env_file` included.
    pub fn environment(self) -> impl Iterator<Item = EnvironmentVariable<'p>> {
        let entries = self.get("environment").into_iter().flat_map(Value::entries);
        entries.map(|(name, entry)| EnvironmentVariable { name, key: entry.key, value: &entry.value })
    }

    /// Its ports in long form. Ports that cannot be read are left out.
    pub fn ports(self) -> impl Iterator<Item = Port<'p>> {
        let items = self.get("ports").map(Value::items).unwrap_or_default();
        items.iter().filter(|item| item.is_mapping()).map(|value| Port {
            value,
            host_ip: value.get("host_ip"),
            published: value.get("published"),
            target: value.get("target"),
            protocol: value.text("protocol").unwrap_or("tcp"),
        })
    }

    /// Its mounts in long form. Mounts that cannot be read are left out.
    pub fn mounts(self) -> impl Iterator<Item = Mount<'p>> {
        let items = self.get("volumes").map(Value::items).unwrap_or_default();
        items.iter().filter_map(|value| {
            Some(Mount {
                value,
                kind: value.get("type")?,
                source: value.get("source"),
                target: value.get("target"),
                read_only: value.get("read_only").and_then(Value::as_bool).unwrap_or(false),
            })
        })
    }

    /// What it waits for, implied dependencies included.
    pub fn dependencies(self) -> impl Iterator<Item = Dependency<'p>> {
        let entries = self.get("depends_on").into_iter().flat_map(Value::entries);
        entries.map(|(service, entry)| Dependency {
            service,
            key: entry.key,
            condition: entry.value.text("condition").unwrap_or("service_started"),
            condition_span: entry.value.get("condition").map_or(entry.key, |condition| condition.span),
            required: entry.value.get("required").and_then(Value::as_bool).unwrap_or(true),
            implied: entry.value.implied,
        })
    }

    /// Its health check; `None` where it declares none. One that is switched off is given, too.
    pub fn healthcheck(self) -> Option<&'p Value> {
        self.get("healthcheck")
    }

    /// True where a health check is declared here and not switched off.
    pub fn checks_health(self) -> bool {
        let Some(check) = self.healthcheck() else { return false };
        let disabled = check.get("disable").and_then(Value::as_bool) == Some(true);
        let none = check.at("test.0").and_then(Value::as_str) == Some("NONE");
        !disabled && !none && check.at("test.0").is_some()
    }

    /// `deploy.resources`.
    pub fn resources(self) -> Option<&'p Value> {
        self.at("deploy.resources")
    }

    /// Its restart policy.
    pub fn restart(self) -> Option<&'p Value> {
        self.get("restart")
    }

    /// Seconds that it has to end after it was told to, rounded up; `None` where it does not say.
    pub fn grace_seconds(self) -> Option<u64> {
        let nanoseconds = decode::duration(self.get("stop_grace_period")?.as_str()?).ok()?;
        Some(u64::try_from(nanoseconds).ok()?.div_ceil(1_000_000_000))
    }

    /// The profiles it belongs to.
    pub fn profiles(self) -> impl Iterator<Item = &'p str> {
        self.get("profiles").map(Value::items).unwrap_or_default().iter().filter_map(Value::as_str)
    }

    /// The networks it is on, by key; null for one without options.
    pub fn networks(self) -> impl Iterator<Item = Part<'p>> {
        entries(self.get("networks"))
    }
}

/// The variables that a project asks for, by name, the last use of each. Only a project that was loaded without
/// replacing them still asks.
pub fn variables(project: &Project) -> BTreeMap<String, Asked> {
    let mut all = BTreeMap::new();
    let mut pending = vec![&project.root, &project.disabled];
    while let Some(value) = pending.pop() {
        all.extend(value.as_str().map(template::asked).unwrap_or_default());
        pending.extend(value.items().iter().rev());
        pending.extend(
            value
                .as_mapping()
                .into_iter()
                .flat_map(|mapping| mapping.values().rev())
                .map(|entry| &entry.value),
        );
    }
    all
}

/// One line of the story of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The place.
    pub span: Span,
    /// What it did.
    pub role: Role,
}

/// What a place did to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It said something that a later place overrode.
    Overridden,
    /// The value went through it: a variable, an alias, `extends`.
    Through,
    /// It decided the value.
    Decided,
}

/// The places that decided a value, winner last.
pub fn reasons(origin: &Origin) -> Vec<Reason> {
    let overridden = origin.overridden.iter().map(|span| Reason { span: *span, role: Role::Overridden });
    let through = origin.through.iter().map(|span| Reason { span: *span, role: Role::Through });
    let mut reasons: Vec<Reason> = Vec::new();
    for reason in overridden.chain(through).filter(|reason| reason.span != origin.span) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.push(Reason { span: origin.span, role: Role::Decided });
    reasons
}

/// Why a value is what it is: the value at a path, and the places that decided it, winner last.
pub fn why<'p>(project: &'p Project, path: &str) -> Option<(&'p Value, Vec<Reason>)> {
    let value = project.at(path)?;
    Some((value, reasons(&value.origin)))
}
