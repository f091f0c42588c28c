//! Writes `schemas/kubernetes/`: definitions and kinds of Kubernetes 1.33 to 1.37, in the compact form that plimsoll reads.
//!
//! Run `cargo run --manifest-path tools/kubernetes-schemas/Cargo.toml` from the repository; it needs `go` beside
//! `cargo`, both with access to their registries. The program builds itself once for each minor (the crate
//! `k8s-openapi` carries one at a time) and reads enumerations and the API lifecycle from the Go modules `k8s.io/*`.

mod go;
mod merge;

#[cfg(any(feature = "v1_33", feature = "v1_34", feature = "v1_35", feature = "v1_36", feature = "v1_37"))]
mod dump;

use std::path::Path;
use std::process::Command;

/// The minors that are written.
const MINORS: std::ops::RangeInclusive<u32> = 33..=37;

fn main() {
    #[cfg(any(feature = "v1_33", feature = "v1_34", feature = "v1_35", feature = "v1_36", feature = "v1_37"))]
    return println!("{}", dump::dump());
    #[cfg(not(any(feature = "v1_33", feature = "v1_34", feature = "v1_35", feature = "v1_36", feature = "v1_37")))]
    write();
}

#[allow(dead_code, reason = "unused in the builds that only dump one minor")]
fn write() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut merged = merge::Merged::default();
    for minor in MINORS {
        eprintln!("Kubernetes 1.{minor}: types");
        let output = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--manifest-path"])
            .arg(here.join("Cargo.toml"))
            .args(["--features", &format!("v1_{minor}")])
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let dump: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a dump is JSON");
        eprintln!("Kubernetes 1.{minor}: enumerations");
        let packages = go::packages(&go::module("k8s.io/api", minor));
        merged.add(minor, &dump, &packages);
    }
    for (module, minor) in go::LIFECYCLES {
        eprintln!("{module} of 1.{minor}: lifecycle");
        merged.lifecycles(go::lifecycles(&go::module(module, *minor)));
    }
    let folder = here.join("../../schemas/kubernetes");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join("definitions.txt"), merged.definitions()).expect("the file can be written");
    std::fs::write(folder.join("kinds.txt"), merged.kinds()).expect("the file can be written");
}
