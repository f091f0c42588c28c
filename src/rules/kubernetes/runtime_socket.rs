//! `kubernetes/runtime-socket`: the socket of the container runtime in a pod.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "build images with a rootless builder, and read metrics from the kubelet's endpoints";
    standard::findings(set, Control::HostPath, Pods::NoAgents, help, |breach| {
        ["docker.sock`", "containerd.sock`", "crio.sock`", "podman.sock`"]
            .iter()
            .any(|socket| breach.what.contains(socket))
    })
}
