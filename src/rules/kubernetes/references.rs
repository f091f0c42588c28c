//! Where pods name `ConfigMaps`, Secrets and claims.

use crate::kubernetes::Part;
use crate::kubernetes::Workload;

/// A place that names an object, and perhaps a key in it.
pub(super) struct Reference<'t> {
    /// `ConfigMap`, `Secret`, `PersistentVolumeClaim` or `ServiceAccount`.
    pub(super) kind: &'static str,
    /// The name.
    pub(super) name: Part<'t>,
    /// The key that is read.
    pub(super) key: Option<Part<'t>>,
    /// True where the pod starts without it.
    pub(super) optional: bool,
    /// The path within the object.
    pub(super) path: String,
}

/// Every reference of a workload's pods.
pub(super) fn references<'t>(workload: &Workload<'_, 't>) -> Vec<Reference<'t>> {
    let mut found = Vec::new();
    let mut add = |kind, part: Part<'t>, name: &str, key: Option<Part<'t>>, path: String| {
        if let Some(name) = part.get(name) {
            let optional = part.get("optional").is_some_and(|optional| optional.bool() != Some(false));
            found.push(Reference { kind, name, key, optional, path });
        }
    };
    for container in workload.containers() {
        for variable in container.env() {
            let name = variable.text_at("name").unwrap_or_default();
            for (key, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                if let Some(part) = variable.at(&["valueFrom", key]) {
                    let path = container.path_of(&format!("env[{name}].valueFrom.{key}"));
                    add(kind, part, "name", part.get("key"), path);
                }
            }
        }
        for (index, source) in container.part.list("envFrom").into_iter().enumerate() {
            for (key, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
                if let Some(part) = source.get(key) {
                    add(kind, part, "name", None, container.path_of(&format!("envFrom[{index}].{key}")));
                }
            }
        }
    }
    for volume in workload.volumes() {
        let name = volume.text_at("name").unwrap_or_default();
        let path = |key: &str| format!("{}.volumes[{name}].{key}", workload.pod_path());
        let mut sources = vec![volume];
        sources
            .extend(volume.get("projected").map(|projected| projected.list("sources")).unwrap_or_default());
        for source in sources {
            for (key, field, kind) in [("configMap", "name", "ConfigMap"), ("secret", "secretName", "Secret")]
            {
                let Some(part) = source.get(key) else { continue };
                // A projected Secret is named as a ConfigMap is.
                let field = if part.get(field).is_some() { field } else { "name" };
                let items = part.list("items");
                if items.is_empty() {
                    add(kind, part, field, None, path(key));
                }
                for item in items {
                    add(kind, part, field, item.get("key"), path(key));
                }
            }
        }
        if let Some(part) = volume.get("persistentVolumeClaim") {
            add("PersistentVolumeClaim", part, "claimName", None, path("persistentVolumeClaim"));
        }
    }
    for key in ["serviceAccountName", "serviceAccount"] {
        if workload.pod.get(key).is_some() {
            add("ServiceAccount", workload.pod, key, None, format!("{}.{key}", workload.pod_path()));
            break;
        }
    }
    found
}
