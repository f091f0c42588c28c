//! A Pulumi program in any of its languages, its stack file (the second part), and further files (named parts).
//!
//! The first byte names the language: `g`, `t`, `p`; anything else is YAML.

#![no_main]

use std::path::Path;

use plimsoll::pulumi::Configuration;
use plimsoll::pulumi::Program;
use plimsoll::pulumi::Project;
use plimsoll::pulumi::Stack;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((language, rest)) = data.split_first() else { return };
    let mut parts = plimsoll_fuzz::parts(rest);
    let program = std::mem::take(&mut parts[0].1);
    let (runtime, path) = match language {
        b'g' => ("go", "main.go"),
        b't' => ("nodejs", "index.ts"),
        b'p' => ("python", "__main__.py"),
        _ => ("yaml", "Pulumi.yaml"),
    };
    let mut project = format!("name: p\nruntime: {runtime}\n").into_bytes();
    let mut files = Vec::new();
    if path == "Pulumi.yaml" {
        project.extend_from_slice(&program);
    } else {
        files.push((path.to_owned(), program));
    }
    files.push(("Pulumi.yaml".to_owned(), project));
    if parts.len() > 1 {
        files.push(("Pulumi.dev.yaml".to_owned(), parts.remove(1).1));
    }
    files.extend(parts.into_iter().filter(|(path, _)| !path.is_empty() && path.len() < 100));
    let sources = plimsoll_fuzz::sources(&files);
    let Ok(project) = Project::load(&sources, Path::new("Pulumi.yaml")) else { return };
    let stack =
        Stack::load(&sources, &project, Path::new("Pulumi.dev.yaml")).unwrap_or_else(|_| Stack::named("dev"));
    let Ok(program) = Program::load(&sources, &project) else { return };
    let reading = program.read(Configuration { project: &project, stack: &stack });
    let resources = reading.resources.iter().map(|resource| resource.span);
    resources.chain(reading.stops).for_each(|span| plimsoll_fuzz::assert_inside(&sources, span));
});
