//! What it takes to read texts that are made to take long: `hostile` lists them, `hostile SIZE` reads each, of that many bytes,
//! in every dialect, and does what each tool does with it. `benches/hostile.sh` counts the instructions.

use std::hint::black_box;
use std::io::Write as _;

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Tree;

#[path = "../tests/it/yaml_hostile.rs"]
mod yaml_hostile;

/// One text. Its name is what the instructions are counted by.
#[inline(never)]
fn read_hostile_text(text: String) {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("hostile.yaml", text);
    for dialect in [Dialect::Helm, Dialect::Compose, Dialect::Strict] {
        black_box(Tree::parse(&source, dialect));
    }
    drop(black_box(yaml::load_for_helm(&source)));
    drop(black_box(yaml::load_for_compose(&source)));
    drop(black_box(yaml::load_strictly(&source)));
}

fn main() -> std::io::Result<()> {
    let size = std::env::args().skip(1).find_map(|argument| argument.parse::<usize>().ok());
    let mut out = std::io::stdout().lock();
    for (name, text) in yaml_hostile::texts(size.unwrap_or(100)) {
        match size {
            Some(_) => read_hostile_text(text),
            None => writeln!(out, "{name}")?,
        }
    }
    Ok(())
}
