//! How fast YAML is read, beside another parser: `cargo bench --bench yaml -- FILE…`

use std::hint::black_box;
use std::io::Write as _;
use std::time::Duration;
use std::time::Instant;

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Events;
use plimsoll::yaml::Tree;

/// Megabytes a second, the best of many runs over about two seconds.
fn speed(bytes: usize, mut run: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut best = Duration::MAX;
    let mut runs = 0;
    while runs < 3 || begin.elapsed() < Duration::from_secs(2) {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed());
        runs += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let megabytes = bytes as f64 / 1e6;
    megabytes / best.as_secs_f64()
}

/// How many events the other parser reads; it stops at the first mistake.
fn other(text: &str) -> usize {
    let mut options = granit_parser::Options::default();
    options.max_buffered_comment_events = 100_000;
    options.emit_unresolved_aliases = true;
    granit_parser::Parser::new_from_str_with_options(text, options).take_while(Result::is_ok).count()
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for file in std::env::args().skip(1).filter(|argument| !argument.starts_with('-')) {
        let text = std::fs::read_to_string(&file)?;
        let sources = SourceMap::new(Files::memory::<&str, &str>([]));
        let source = sources.add(&*file, &*text);
        let events = speed(text.len(), || {
            black_box(Events::new(source.id, &text, Dialect::Helm).count());
        });
        let tree = speed(text.len(), || {
            black_box(Tree::parse(&source, Dialect::Helm));
        });
        let beside = speed(text.len(), || {
            black_box(other(&text));
        });
        writeln!(
            out,
            "{file}: {} bytes; events {events:.0} MB/s, tree {tree:.0} MB/s; granit-parser events {beside:.0} MB/s",
            text.len()
        )?;
    }
    Ok(())
}
