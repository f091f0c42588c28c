//! What it takes to read a text that is made to take long: `hostile` lists the texts, `hostile NUMBER SIZE DIALECT` reads one.

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
    let (Some(which), Some(size)) = (number(0), number(1)) else {
        let mut out = std::io::stdout().lock();
        for (at, (name, _)) in yaml_hostile::texts(100).iter().enumerate() {
            writeln!(out, "{at} {name}")?;
        }
        return Ok(());
    };
    let Some((_, text)) = yaml_hostile::texts(size).into_iter().nth(which) else { return Ok(()) };
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    let source = sources.add("hostile.yaml", text);
    // Without a dialect only the text is made: what that takes is subtracted.
    let dialect = match arguments.get(2).map(String::as_str) {
        Some("helm") => Dialect::Helm,
        Some("compose") => Dialect::Compose,
        Some("strict") => Dialect::Strict,
        _ => return Ok(()),
    };
    black_box(Tree::parse(&source, dialect));
    match dialect {
        Dialect::Helm => drop(black_box(yaml::load_for_helm(&source))),
        Dialect::Compose => drop(black_box(yaml::load_for_compose(&source))),
        Dialect::Strict => drop(black_box(yaml::load_strictly(&source))),
    }
    Ok(())
}
