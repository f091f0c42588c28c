//! `kubernetes/invalid-name`: a name that the server refuses.

use crate::diagnostic::Finding;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Workload;
use crate::kubernetes::names;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for object in &set.objects {
        let mut judge = Judge { object, found: &mut found };
        let metadata = object.root.get("metadata");
        if let Some(name) = metadata.and_then(|metadata| metadata.get("name")) {
            judge.name(name, "metadata.name", "the name", rule_for(object));
        }
        if let Some(namespace) = metadata.and_then(|metadata| metadata.get("namespace")) {
            judge.name(namespace, "metadata.namespace", "the namespace", names::label);
        }
        judge.labels(object.labels(), "metadata.labels");
        judge.keys(object.annotations(), "metadata.annotations", "the annotation");
        let Some(workload) = Workload::of(object) else { continue };
        judge.labels(workload.template.at(&["metadata", "labels"]), "spec.template.metadata.labels");
        for container in workload.containers() {
            if let Some(name) = container.part.get("name") {
                judge.name(name, &container.path_of("name"), "the container name", names::label);
            }
            for port in container.ports() {
                if let Some(name) = port.part.get("name") {
                    judge.name(name, &container.path_of("ports"), "the port name", names::port);
                }
            }
            for variable in container.env() {
                if let Some(name) = variable.get("name") {
                    let path = container.path_of("env");
                    judge.name(name, &path, "the environment variable", names::environment_variable);
                }
            }
        }
        for volume in workload.volumes() {
            if let Some(name) = volume.get("name") {
                let path = format!("{}.volumes", workload.pod_path());
                judge.name(name, &path, "the volume name", names::label);
            }
        }
    }
    found
}

type Check = fn(&str) -> Result<(), &'static str>;

/// What the names of a kind have to look like. RBAC names may be anything that is one step of a path.
fn rule_for(object: &Object<'_>) -> Check {
    match (object.group(), &*object.kind.value) {
        ("rbac.authorization.k8s.io", _) => |name: &str| {
            let bad = name.is_empty() || matches!(name, "." | "..") || name.contains(['/', '%']);
            if bad {
                Err("must be one step of a path: neither empty, `.` nor `..`, without `/` and `%`")
            } else {
                Ok(())
            }
        },
        ("", "Service") => names::service,
        ("", "Namespace") => names::label,
        _ => names::subdomain,
    }
}

struct Judge<'o, 't, 'f> {
    object: &'o Object<'t>,
    found: &'f mut Vec<Finding>,
}

impl Judge<'_, '_, '_> {
    fn name(&mut self, part: Part<'_>, path: &str, what: &str, rule: Check) {
        let Some(name) = part.text() else { return };
        let Err(why) = rule(&name) else { return };
        let why = if name.is_empty() { "is empty" } else { why };
        let message = format!("{what} `{name}` of `{}` {why}", self.object.label());
        self.found.push(Finding::new(message, part.span(), self.object.subject(path)));
    }

    fn keys(&mut self, part: Option<Part<'_>>, path: &str, what: &str) {
        for (key, _) in part.map(Part::entries).unwrap_or_default() {
            self.name(key, path, what, names::qualified);
        }
    }

    fn labels(&mut self, part: Option<Part<'_>>, path: &str) {
        self.keys(part, path, "the label");
        for (key, value) in part.map(Part::entries).unwrap_or_default() {
            // Numbers and truth values are mistakes of type, not of form.
            let text = value.node().as_str().filter(|_| !value.is_unknown());
            let Some(Err(why)) = text.as_deref().map(names::label_value) else { continue };
            let name = key.text().unwrap_or_default();
            let message = format!("the label `{name}` of `{}` {why}", self.object.label());
            self.found.push(Finding::new(
                message,
                value.span(),
                self.object.subject(&format!("{path}[{name}]")),
            ));
        }
    }
}
