//! Lists the resource types of the minor that is built for: the crate has no such list at run time.

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(minor) = (33..=37).find(|minor| std::env::var(format!("CARGO_FEATURE_V1_{minor}")).is_ok()) else {
        return;
    };
    let root = crate_folder().join("src").join(format!("v1_{minor}"));
    let mut types = Vec::new();
    for room in ["api", "apiextensions_apiserver", "kube_aggregator"] {
        find(&root.join(room), room, &mut types);
    }
    types.sort();
    let mut code = String::from("fn each_resource(dump: &mut Dump) {\n");
    for path in types {
        writeln!(code, "    dump.add::<k8s_openapi::{path}>();").unwrap();
    }
    code.push_str("}\n");
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap()).join("resources.rs");
    std::fs::write(out, code).unwrap();
}

/// The folder of the k8s-openapi crate, as cargo has unpacked it.
fn crate_folder() -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap();
    let output = Command::new(cargo).args(["metadata", "--format-version=1", "--all-features"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let metadata: serde_json::Value = serde_json::from_str(&text).expect("`cargo metadata` prints JSON");
    let packages = metadata["packages"].as_array().expect("`cargo metadata` lists packages");
    let package = packages.iter().find(|package| package["name"] == "k8s-openapi").expect("it is a dependency");
    let manifest = package["manifest_path"].as_str().expect("a package has a manifest");
    Path::new(manifest).parent().expect("a manifest is in a folder").to_owned()
}

fn find(folder: &Path, module: &str, types: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            find(&path, &format!("{module}::{name}"), types);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for rest in text.split("impl crate::Resource for ").skip(1) {
            let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            types.push(format!("{module}::{name}"));
        }
    }
}
