//! The Pod Security Standards, as the admission controller of each minor enforces them.

use std::borrow::Cow;

use crate::kubernetes::Container;
use crate::kubernetes::Minor;
use crate::kubernetes::Part;
use crate::kubernetes::Workload;
use crate::source::Span;

/// How strict a namespace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodSecurityLevel {
    /// Everything goes.
    Privileged,
    /// No known ways to the host.
    Baseline,
    /// Hardened.
    Restricted,
}

impl PodSecurityLevel {
    /// Reads `privileged`, `baseline` or `restricted`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "privileged" => Self::Privileged,
            "baseline" => Self::Baseline,
            "restricted" => Self::Restricted,
            _ => return None,
        })
    }
}

/// The controls of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "named as in the standard")]
pub enum Control {
    HostNamespaces,
    Privileged,
    HostProcess,
    Capabilities,
    HostPath,
    HostPorts,
    HostProbes,
    AppArmor,
    SeLinux,
    ProcMount,
    Seccomp,
    Sysctls,
    VolumeTypes,
    PrivilegeEscalation,
    RunAsNonRoot,
    RunAsUser,
    SeccompRestricted,
    CapabilitiesRestricted,
    ProcMountRestricted,
}

/// One thing that a level forbids.
#[derive(Clone, Debug)]
pub struct Breach {
    /// Which control.
    pub control: Control,
    /// Where.
    pub span: Span,
    /// The path within the object.
    pub path: String,
    /// What is there, as the end of a sentence about the container or pod: "adds `NET_ADMIN`".
    pub what: String,
    /// The container, where it is about one.
    pub container: Option<String>,
    /// True for something that stands there, false for something that is missing.
    pub written: bool,
}

/// Capabilities that the baseline lets a container add.
const BASELINE_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Kernel settings that the baseline lets a pod change, with the minor that let them first.
const SAFE_SYSCTLS: [(&str, u32); 14] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

/// Kinds of volumes that the restricted level allows.
const RESTRICTED_VOLUMES: [&str; 9] = [
    "configMap",
    "downwardAPI",
    "emptyDir",
    "projected",
    "secret",
    "csi",
    "persistentVolumeClaim",
    "ephemeral",
    "image",
];

/// What a level forbids of a workload's pods in a minor, in the order of the controls. Nothing unknown is a breach.
pub fn breaches(workload: &Workload<'_, '_>, level: PodSecurityLevel, minor: Minor) -> Vec<Breach> {
    let mut found = Breaches { workload, minor, found: Vec::new() };
    if level >= PodSecurityLevel::Baseline {
        found.baseline();
    }
    if level >= PodSecurityLevel::Restricted {
        found.restricted();
    }
    found.found
}

struct Breaches<'w, 'o, 't> {
    workload: &'w Workload<'o, 't>,
    minor: Minor,
    found: Vec<Breach>,
}

impl<'t> Breaches<'_, '_, 't> {
    fn of_pod(&mut self, control: Control, at: Part<'_>, path: &str, what: impl Into<String>) {
        let path = format!("{}.{path}", self.workload.pod_path());
        let what = what.into();
        self.found.push(Breach { control, span: at.span(), path, what, container: None, written: true });
    }

    fn of_container(
        &mut self,
        control: Control,
        container: &Container<'_>,
        at: Option<Part<'_>>,
        path: &str,
        what: impl Into<String>,
    ) {
        self.found.push(Breach {
            control,
            span: at.map_or_else(|| container.span(), Part::span),
            path: container.path_of(path),
            what: what.into(),
            container: Some(container.name.to_string()),
            written: at.is_some(),
        });
    }

    /// Settings that a container has itself or inherits from its pod.
    fn everywhere(&self, key: &str) -> Vec<(Option<Container<'t>>, Part<'t>)> {
        let mut settings = Vec::new();
        settings.extend(self.workload.pod.at(&["securityContext", key]).map(|part| (None, part)));
        for container in self.workload.containers() {
            settings.extend(container.security(key).map(|part| (Some(container), part)));
        }
        settings
    }

    fn each(&mut self, control: Control, key: &str, wrong: impl Fn(Part<'t>) -> Option<(Part<'t>, String)>) {
        for (container, setting) in self.everywhere(key) {
            let Some((at, what)) = wrong(setting) else { continue };
            let path = format!("securityContext.{key}");
            match container {
                Some(container) => self.of_container(control, &container, Some(at), &path, what),
                None => self.of_pod(control, at, &path, what),
            }
        }
    }

    fn has_user_namespace(&self) -> bool {
        self.workload.pod.bool_at("hostUsers") == Some(false)
    }

    fn baseline(&mut self) {
        let pod = self.workload.pod;
        let containers = self.workload.containers();
        for (key, what) in [
            ("hostNetwork", "uses the network of its node"),
            ("hostPID", "sees the processes of its node"),
            ("hostIPC", "shares memory with the processes of its node"),
        ] {
            if let Some(at) = pod.get(key).filter(|part| part.bool() == Some(true)) {
                self.of_pod(Control::HostNamespaces, at, key, what);
            }
        }
        for container in &containers {
            if let Some(at) = container.security("privileged").filter(|part| part.bool() == Some(true)) {
                let path = "securityContext.privileged";
                self.of_container(Control::Privileged, container, Some(at), path, "runs privileged");
            }
            for added in container.security("capabilities").map(|part| part.list("add")).unwrap_or_default() {
                if let Some(name) = added.text().filter(|name| !BASELINE_CAPABILITIES.contains(&&**name)) {
                    let path = "securityContext.capabilities.add";
                    let what = format!("adds the capability `{name}`");
                    self.of_container(Control::Capabilities, container, Some(added), path, what);
                }
            }
            for port in container.ports() {
                if let Some(at) =
                    port.part.get("hostPort").filter(|at| at.int().is_some_and(|port| port != 0))
                {
                    let what = format!("takes port {} of its node", at.int().unwrap_or_default());
                    self.of_container(Control::HostPorts, container, Some(at), "ports", what);
                }
            }
            if self.minor.0 >= 34 {
                self.host_probes(container);
            }
        }
        self.each(Control::HostProcess, "windowsOptions", |part| {
            let at = part.get("hostProcess").filter(|at| at.bool() == Some(true))?;
            Some((at, "runs as a process of its node".to_owned()))
        });
        for volume in self.workload.volumes() {
            if let Some(at) = volume.get("hostPath") {
                let shown = at.text_at("path").unwrap_or(Cow::Borrowed("a folder"));
                let name = volume.text_at("name").unwrap_or_default();
                let what = format!("mounts `{shown}` of its node");
                let place = at.get("path").unwrap_or(at);
                self.of_pod(Control::HostPath, place, &format!("volumes[{name}].hostPath"), what);
            }
        }
        self.each(Control::AppArmor, "appArmorProfile", |part| {
            let at = part.get("type")?;
            let kind = at.text().filter(|kind| !matches!(&**kind, "RuntimeDefault" | "Localhost"))?;
            Some((at, format!("has the AppArmor profile `{kind}`")))
        });
        self.app_armor_annotations();
        let engine = self.minor.0 >= 31;
        self.each(Control::SeLinux, "seLinuxOptions", |part| {
            let wrong = |at: &Part<'t>| {
                at.text().is_some_and(|kind| {
                    let known = matches!(&*kind, "" | "container_t" | "container_init_t" | "container_kvm_t");
                    !known && (!engine || kind != "container_engine_t")
                })
            };
            let named = |at: &Part<'t>| at.text().is_some_and(|text| !text.is_empty());
            let at = part
                .get("type")
                .filter(wrong)
                .or_else(|| part.get("user").filter(named))
                .or_else(|| part.get("role").filter(named))?;
            Some((at, format!("has the SELinux option `{}`", at.text().unwrap_or_default())))
        });
        if !(self.minor.0 >= 35 && self.has_user_namespace()) {
            self.proc_mount(Control::ProcMount);
        }
        // Before, annotations said it, which no server reads any more.
        if self.minor.0 >= 19 {
            self.each(Control::Seccomp, "seccompProfile", |part| {
                let at = part.get("type")?;
                at.text().filter(|kind| kind == "Unconfined")?;
                Some((at, "may make any system call (seccomp is `Unconfined`)".to_owned()))
            });
        }
        for setting in pod.get("securityContext").map(|part| part.list("sysctls")).unwrap_or_default() {
            let Some(name) = setting.text_at("name") else { continue };
            let normal = name.replace('/', ".");
            let safe = SAFE_SYSCTLS.iter().any(|(safe, since)| *safe == normal && *since <= self.minor.0);
            if !safe {
                let at = setting.get("name").unwrap_or(setting);
                let what = format!("changes the kernel setting `{name}`");
                self.of_pod(Control::Sysctls, at, "securityContext.sysctls", what);
            }
        }
    }

    /// Since 1.34: a probe or hook that names a host is sent from the node to wherever the pod wishes.
    fn host_probes(&mut self, container: &Container<'t>) {
        let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|key| container.part.get(key));
        let hooks = ["postStart", "preStop"].map(|key| container.part.at(&["lifecycle", key]));
        for handler in probes.into_iter().chain(hooks).flatten() {
            for kind in ["httpGet", "tcpSocket"] {
                let Some(host) = handler.at(&[kind, "host"]) else { continue };
                if let Some(text) = host.text().filter(|text| !text.is_empty()) {
                    let what = format!("has its node call the host `{text}`");
                    self.of_container(
                        Control::HostProbes,
                        container,
                        Some(host),
                        &format!("{kind}.host"),
                        what,
                    );
                }
            }
        }
    }

    fn app_armor_annotations(&mut self) {
        let Some(annotations) = self.workload.template.at(&["metadata", "annotations"]) else { return };
        for (key, value) in annotations.entries() {
            let ours = key
                .text()
                .is_some_and(|key| key.starts_with("container.apparmor.security.beta.kubernetes.io/"));
            let allowed = |profile: &str| {
                profile.is_empty() || profile == "runtime/default" || profile.starts_with("localhost/")
            };
            if let Some(profile) = value.text().filter(|profile| ours && !allowed(profile)) {
                let what = format!("has the AppArmor profile `{profile}`");
                self.found.push(Breach {
                    control: Control::AppArmor,
                    span: value.span(),
                    path: "metadata.annotations".to_owned(),
                    what,
                    container: None,
                    written: true,
                });
            }
        }
    }

    fn proc_mount(&mut self, control: Control) {
        for container in self.workload.containers() {
            let Some(at) = container.security("procMount") else { continue };
            if at.text().is_some_and(|mount| !matches!(&*mount, "" | "Default")) {
                let path = "securityContext.procMount";
                self.of_container(control, &container, Some(at), path, "sees all of `/proc`");
            }
        }
    }

    fn restricted(&mut self) {
        for volume in self.workload.volumes() {
            let kind =
                volume.entries().into_iter().find_map(|(key, _)| key.text().filter(|key| key != "name"));
            if let Some(kind) = kind.filter(|kind| !RESTRICTED_VOLUMES.contains(&&**kind)) {
                let name = volume.text_at("name").unwrap_or_default();
                let at = volume.get(&kind).unwrap_or(volume);
                let what = format!("mounts a `{kind}` volume");
                self.of_pod(Control::VolumeTypes, at, &format!("volumes[{name}]"), what);
            }
        }
        // Each control of this level holds from the minor on that brought what it asks for.
        let since = |minor: u32| self.minor.0 >= minor;
        let windows = since(25) && self.workload.is_windows();
        let (escalation, seccomp, capabilities, users) = (since(8), since(19), since(22), since(23));
        let pod = self.workload.pod;
        let of_pod = |path: &[&str]| pod.get("securityContext").and_then(|context| context.at(path));
        let own_users = self.minor.0 >= 35 && self.has_user_namespace();
        for container in self.workload.containers() {
            if !windows && escalation {
                self.escalation(&container);
            }
            if !windows && capabilities {
                self.dropped(&container);
            }
            if !windows && seccomp {
                let profile = container.part.at(&["securityContext", "seccompProfile", "type"]);
                if profile.or_else(|| of_pod(&["seccompProfile", "type"])).is_none() {
                    let path = "securityContext.seccompProfile";
                    let what = "has no seccomp profile";
                    self.of_container(Control::SeccompRestricted, &container, None, path, what);
                }
            }
            if !own_users {
                let own = container.security("runAsNonRoot");
                let setting = own.or_else(|| of_pod(&["runAsNonRoot"]));
                let holds = setting.is_some_and(|part| part.is_unknown() || part.bool() == Some(true));
                if !holds {
                    let path = "securityContext.runAsNonRoot";
                    self.of_container(Control::RunAsNonRoot, &container, setting, path, "may run as root");
                }
            }
        }
        if !own_users && users {
            self.each(Control::RunAsUser, "runAsUser", |part| {
                (part.int() == Some(0)).then(|| (part, "runs as root".to_owned()))
            });
        }
        if self.minor.0 >= 35 && self.has_user_namespace() {
            self.proc_mount(Control::ProcMountRestricted);
        }
    }

    fn escalation(&mut self, container: &Container<'t>) {
        let setting = container.security("allowPrivilegeEscalation");
        let holds = setting.is_some_and(|part| part.is_unknown() || part.bool() == Some(false));
        if !holds {
            let path = "securityContext.allowPrivilegeEscalation";
            let what = "may gain more privileges than it was started with";
            self.of_container(Control::PrivilegeEscalation, container, setting, path, what);
        }
    }

    fn dropped(&mut self, container: &Container<'t>) {
        let capabilities = container.security("capabilities");
        let dropped = capabilities.map(|part| part.list("drop")).unwrap_or_default();
        let all =
            dropped.iter().any(|part| part.is_unknown() || part.text().is_some_and(|name| name == "ALL"));
        let list_unknown = capabilities.and_then(|part| part.get("drop")).is_some_and(Part::is_unknown);
        if !all && !list_unknown {
            let path = "securityContext.capabilities.drop";
            let control = Control::CapabilitiesRestricted;
            self.of_container(control, container, None, path, "keeps capabilities it could drop");
        }
        for added in capabilities.map(|part| part.list("add")).unwrap_or_default() {
            let harmless = |name: &str| name == "NET_BIND_SERVICE" || !BASELINE_CAPABILITIES.contains(&name);
            // What the baseline forbids was said there.
            if let Some(name) = added.text().filter(|name| !harmless(name)) {
                let path = "securityContext.capabilities.add";
                let what = format!("adds the capability `{name}`");
                self.of_container(Control::CapabilitiesRestricted, container, Some(added), path, what);
            }
        }
    }
}
