//! The shape of the source: rooms know only the rooms before them, and nothing else creeps in.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The rooms, in the order of `lib.rs`.
fn rooms() -> Vec<String> {
    let text = fs::read_to_string(source().join("lib.rs")).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

#[test]
fn rooms_know_only_the_rooms_before_them() {
    let rooms = rooms();
    let rank = |name: &str| rooms.iter().position(|room| room == name);
    let mut wrong = Vec::new();
    for path in rust_files(&source()) {
        let inside = path.strip_prefix(source()).unwrap();
        let Some(here) = inside.components().next().and_then(|part| part.as_os_str().to_str()) else {
            continue;
        };
        let Some(here_rank) = rank(here) else { continue };
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for there in line.split("crate::").skip(1) {
                let there = there.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                if rank(there).is_none_or(|there_rank| there_rank > here_rank) {
                    wrong.push(format!("{}:{}: `{here}` names `{there}`", inside.display(), index + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_file_says_what_it_is() {
    let silent: Vec<_> = rust_files(&source())
        .into_iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "no `//!` at the top of {silent:?}");
}

#[test]
fn tests_live_in_one_program() {
    let inside: Vec<_> = rust_files(&source())
        .into_iter()
        .filter(|path| fs::read_to_string(path).unwrap().lines().any(|line| line.trim() == "#[test]"))
        .collect();
    assert!(inside.is_empty(), "tests in src are never run: {inside:?}");
}

#[test]
fn nothing_is_called_after_what_it_happens_to_hold() {
    let vague = ["utils.rs", "util.rs", "helpers.rs", "helper.rs", "misc.rs", "manager.rs", "common.rs"];
    let found: Vec<_> = rust_files(&source())
        .into_iter()
        .filter(|path| vague.contains(&path.file_name().unwrap().to_str().unwrap()))
        .collect();
    assert!(found.is_empty(), "say what it is: {found:?}");
}

#[test]
fn the_toolchain_is_said_once() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let line = manifest.lines().find(|line| line.starts_with("rust-version")).unwrap();
    let version = line.split('"').nth(1).unwrap();
    assert!(readme.contains(&format!("Rust {version}")), "README.md does not say Rust {version}");
}
