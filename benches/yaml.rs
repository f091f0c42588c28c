//! How fast YAML is read, beside another parser: `cargo bench --bench yaml -- FILE…`
//!
//! With `--once` everything is read once and no speed is told: `benches/yaml.sh` counts the instructions.

use std::hint::black_box;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use granit_parser::Event;
use plimsoll::source::Files;
use plimsoll::source::Source;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Events;
use plimsoll::yaml::Tree;

/// Both parsers allocate as the program does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

#[inline(never)]
fn read_events(source: &Source) {
    black_box(Events::new(source.id, &source.text, Dialect::Helm).count());
}

#[inline(never)]
fn read_tree(source: &Source) {
    black_box(Tree::parse(source, Dialect::Helm));
}

/// The events of the other parser; it stops at the first mistake.
fn others(text: &str) -> impl Iterator<Item = (Event<'_>, granit_parser::Span)> {
    let mut options = granit_parser::Options::default();
    options.max_buffered_comment_events = 100_000;
    options.emit_unresolved_aliases = true;
    granit_parser::Parser::new_from_str_with_options(text, options).map_while(Result::ok)
}

#[inline(never)]
fn read_events_of_the_other(source: &Source) {
    black_box(others(&source.text).count());
}

/// A node over the events of the other parser.
struct Node {
    bytes: Option<std::ops::Range<usize>>,
    text: Option<Box<str>>,
    children: Vec<usize>,
}

#[inline(never)]
fn read_tree_of_the_other(source: &Source) {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (event, place) in others(&source.text) {
        let (collection, text) = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => (true, None),
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                continue;
            }
            // As in our tree, the text is kept where it is not what stands there.
            Event::Scalar(value, ..) => {
                let written = place.byte_range().and_then(|range| source.text.get(range));
                (false, (written != Some(&*value)).then(|| value.into()))
            }
            Event::Alias(_) => (false, None),
            _ => continue,
        };
        let id = nodes.len();
        nodes.push(Node { bytes: place.byte_range(), text, children: Vec::new() });
        if let Some(parent) = open.last().and_then(|&parent| nodes.get_mut(parent)) {
            parent.children.push(id);
        }
        if collection {
            open.push(id);
        }
    }
    let read = nodes.iter().filter(|node| node.bytes.is_some() || node.text.is_some()).count();
    black_box((read, nodes.iter().map(|node| node.children.len()).sum::<usize>()));
}

/// What reads a text, and is timed at it.
type Reader = fn(&Source);

const READERS: [(&str, Reader); 4] = [
    ("events", read_events),
    ("tree", read_tree),
    ("granit-parser, events", read_events_of_the_other),
    ("granit-parser, tree", read_tree_of_the_other),
];

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let once = std::env::args().any(|argument| argument == "--once");
    for file in std::env::args().skip(1).filter(|argument| !argument.starts_with('-')) {
        let sources = SourceMap::new(Files::memory::<&str, &str>([]));
        let source: Arc<Source> = sources.add(&*file, std::fs::read_to_string(&file)?);
        if !once {
            writeln!(out, "{file}: {} bytes", source.text.len())?;
        }
        for (name, read) in READERS {
            if once {
                read(&source);
            } else {
                writeln!(out, "  {name}: {:.0} MB/s", speed(source.text.len(), || read(&source)))?;
            }
        }
    }
    Ok(())
}
