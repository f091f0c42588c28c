//! What it takes to read a text that is made to take long: `hostile` lists the texts, `hostile NUMBER SIZE` reads one in every
//! dialect, with what each tool does with the tree. `benches/hostile.sh` counts the instructions.

use std::hint::black_box;
use std::io::Write as _;

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Tree;

#[path = "../tests/it/yaml_hostile.rs"]
mod yaml_hostile;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |at: usize| arguments.get(at).and_then(|argument| argument.parse::<usize>().ok());
    let Some(size) = number(1) else {
        let mut out = std::io::stdout().lock();
        for (at, (name, _)) in yaml_hostile::texts(100).iter().enumerate() {
            writeln!(out, "{at} {name}")?;
        }
        return Ok(());
    };
    let texts = yaml_hostile::texts(size);
    // Without a number the texts are only made: what that takes is subtracted.
    let Some((_, text)) = number(0).and_then(|at| texts.into_iter().nth(at)) else { return Ok(()) };
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("hostile.yaml", text);
    for dialect in [Dialect::Helm, Dialect::Compose, Dialect::Strict] {
        black_box(Tree::parse(&source, dialect));
    }
    drop(black_box(yaml::load_for_helm(&source)));
    drop(black_box(yaml::load_for_compose(&source)));
    drop(black_box(yaml::load_strictly(&source)));
    Ok(())
}
