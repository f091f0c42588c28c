//! Writes what the fuzzer begins with to `fuzz/corpus`: the conformance cases, the examples of the rule cards, and the
//! example ladder, in the form of each target.

use std::fs;
use std::io::Error;
use std::path::Path;
use std::path::PathBuf;

use plimsoll::source::Files;
use serde_json::Value;

struct Corpus {
    root: PathBuf,
    count: usize,
}

impl Corpus {
    fn add(&mut self, target: &str, bytes: &[u8]) -> Result<(), Error> {
        let folder = self.root.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        self.count += 1;
        fs::write(folder.join(format!("seed-{:05}", self.count)), bytes)
    }
}

/// Files in the form of an input: a line with the path before each.
fn joined<P: AsRef<str>, T: AsRef<str>>(files: impl IntoIterator<Item = (P, T)>) -> String {
    let mut joined = String::new();
    for (path, text) in files {
        joined.push_str(&format!("#=#{}\n{}", path.as_ref(), text.as_ref()));
        if !joined.ends_with('\n') {
            joined.push('\n');
        }
    }
    joined
}

fn cases(root: &Path, name: &str) -> Result<Vec<Value>, Error> {
    let text = fs::read_to_string(root.join("../fixtures/conformance").join(name))?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn files_of(case: &Value) -> Vec<(String, String)> {
    let files = case["files"].as_object().into_iter().flatten();
    files.filter_map(|(path, text)| Some((path.clone(), text.as_str()?.to_owned()))).collect()
}

fn main() -> Result<(), Error> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut corpus = Corpus { root: root.clone(), count: 0 };
    for (index, case) in cases(&root, "yaml.jsonl")?.into_iter().enumerate() {
        let Some(text) = case["yaml"].as_str().filter(|text| text.len() < 2_000) else { continue };
        corpus.add("yaml", text.as_bytes())?;
        if index % 4 == 0 {
            let line_break = if text.ends_with('\n') { "" } else { "\n" };
            // Every edit, of the root.
            for what in (0..16_u8).step_by(2) {
                let edit = format!("{}{}{text}{line_break}#=#\nnew", char::from(what), '\u{0}');
                corpus.add("yaml-edits", edit.as_bytes())?;
            }
        }
    }
    for case in cases(&root, "compose.jsonl")? {
        corpus.add("compose", joined(files_of(&case)).as_bytes())?;
    }
    for case in cases(&root, "helm.jsonl")? {
        let template = case["template"].as_str().unwrap_or_default();
        corpus.add("helm-template", template.as_bytes())?;
        let values = case["values"].as_str().unwrap_or_default();
        let files = joined(files_of(&case));
        corpus.add("helm-evaluate", format!("{template}\n#=#\n{values}\n{files}").as_bytes())?;
    }
    for (index, case) in cases(&root, "helm-charts.jsonl")?.into_iter().enumerate() {
        let kind = if index % 3 == 0 { 'p' } else { 'd' };
        corpus.add("helm-chart", format!("{kind}{}", joined(files_of(&case))).as_bytes())?;
    }
    for card in plimsoll::rules::all().filter_map(|rule| rule.card().ok()) {
        for example in card.examples() {
            corpus.add("repository", joined(example.files.clone()).as_bytes())?;
            for (path, text) in &example.files {
                let extension = path.rsplit('.').next().unwrap_or_default();
                match extension {
                    "go" => corpus.add("pulumi", format!("g{text}").as_bytes())?,
                    "ts" => corpus.add("pulumi", format!("t{text}").as_bytes())?,
                    "py" => corpus.add("pulumi", format!("p{text}").as_bytes())?,
                    _ if path.ends_with("Pulumi.yaml") => {
                        corpus.add("pulumi", format!("y{text}").as_bytes())?
                    }
                    _ if path.ends_with("plimsoll.yaml") => corpus.add("config", text.as_bytes())?,
                    _ => {}
                }
            }
        }
    }
    for ladder in ["docutag", "docutag-clean"] {
        let folder = root.join("../fixtures").join(ladder);
        let files = Files::below(&folder);
        let mut texts = Vec::new();
        for path in files.walk(Path::new("")) {
            let text = fs::read_to_string(folder.join(&path))?;
            let path = path.display().to_string();
            if path.ends_with(".go") {
                corpus.add("pulumi", format!("g{text}").as_bytes())?;
            } else if path.ends_with("plimsoll.yaml") {
                corpus.add("config", text.as_bytes())?;
            }
            texts.push((path, text));
        }
        corpus.add("repository", joined(texts).as_bytes())?;
    }
    println!("{} inputs", corpus.count);
    Ok(())
}
