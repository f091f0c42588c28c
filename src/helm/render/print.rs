//! What `helm template` prints.

use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::pattern;
use crate::helm::render::Rendered;
use crate::helm::render::manifest;

/// Which parts of a rendered release are printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printing {
    /// `--helm-version`: which Helm prints it.
    pub helm: HelmVersion,
    /// `--include-crds`
    pub crds: bool,
    /// `--no-hooks`
    pub no_hooks: bool,
    /// `--skip-tests`
    pub skip_tests: bool,
    /// `--show-only`, in order.
    pub show_only: Vec<String>,
}

fn document(out: &mut Vec<u8>, path: &str, text: &[u8]) {
    out.extend_from_slice(b"---\n# Source: ");
    out.extend_from_slice(path.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(text);
    out.push(b'\n');
}

/// The bytes that `helm template` writes to stdout.
pub fn print(rendered: &Rendered, printing: &Printing) -> Result<Vec<u8>, Problem> {
    let mut all = Vec::new();
    if printing.crds {
        for (path, file) in &rendered.crds {
            document(&mut all, path, file.bytes());
        }
    }
    for manifest in &rendered.manifests {
        document(&mut all, &manifest.path, manifest.text.bytes());
    }
    let mut out = match std::str::from_utf8(&all) {
        Ok(text) => text.trim().as_bytes().to_vec(),
        Err(_) => all.trim_ascii().to_vec(),
    };
    out.push(b'\n');
    if !printing.no_hooks {
        for hook in &rendered.hooks {
            if !(printing.skip_tests && hook.hook.as_ref().is_some_and(manifest::Hook::is_test)) {
                document(&mut out, &hook.path, hook.text.bytes());
            }
        }
    }
    if printing.show_only.is_empty() {
        return Ok(out);
    }
    show_only(&out, printing)
}

/// The documents whose `# Source:` line names a template that matches, pattern by pattern.
fn show_only(all: &[u8], printing: &Printing) -> Result<Vec<u8>, Problem> {
    let pieces = manifest::split(all, printing.helm);
    let mut out = Vec::new();
    for wanted in &printing.show_only {
        let mut missing = true;
        for piece in &pieces {
            let text = all.get(piece.clone()).unwrap_or_default();
            let Some(path) = source_path(text) else { continue };
            if pattern::matches(wanted, &path).unwrap_or(false) {
                out.extend_from_slice(b"---\n");
                out.extend_from_slice(text);
                out.push(b'\n');
                missing = false;
            }
        }
        if missing {
            let message = format!("could not find template {wanted} in chart");
            return Err(Problem::new(ProblemCode::Use, message)
                .help("give a path from the chart's folder, of a template that renders something: `templates/x.yaml`"));
        }
    }
    Ok(out)
}

/// The path after the first folder in the first `# Source: chart/…` of a document.
fn source_path(text: &[u8]) -> Option<String> {
    let marker = b"# Source: ";
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(text.get(from..)?, marker) {
        let start = from + found + marker.len();
        let line = text.get(start..)?.split(|&b| b == b'\n').next()?;
        let slash = line.iter().position(|&b| b == b'/');
        if let Some(slash) = slash.filter(|&slash| slash > 0)
            && line.len() > slash + 1
        {
            return Some(String::from_utf8_lossy(line.get(slash + 1..)?).into_owned());
        }
        from = start;
    }
    None
}
