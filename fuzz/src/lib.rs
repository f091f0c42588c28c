//! What the fuzz targets share: how bytes become files, and what must hold for every place that is told.

use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;

#[path = "../../tests/it/yaml_law.rs"]
mod yaml_law;

/// Holds a text to the laws of YAML trees.
pub fn check_yaml(text: &str) {
    yaml_law::check(text);
}

/// A line that begins with this begins another part of the input; in inputs of several files its path follows.
const MARK: &str = "#=#";

/// The parts of an input: what stands behind the mark on its line, and the text below it. The first has no mark.
pub fn parts(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut parts = vec![(String::new(), Vec::new())];
    for line in data.split_inclusive(|&byte| byte == b'\n') {
        if let Some(name) = line.strip_prefix(MARK.as_bytes()) {
            parts.push((String::from_utf8_lossy(name).trim().to_owned(), Vec::new()));
        } else if let Some((_, text)) = parts.last_mut() {
            text.extend_from_slice(line);
        }
    }
    parts
}

/// The named parts of an input, as files.
pub fn files(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = parts(data);
    files.retain(|(path, _)| !path.is_empty() && path.len() < 100);
    files.truncate(24);
    files
}

/// The text of a part; bytes that are no UTF-8 become U+FFFD.
pub fn text(parts: &[(String, Vec<u8>)], index: usize) -> String {
    parts.get(index).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

/// Files in memory.
pub fn sources(files: &[(String, Vec<u8>)]) -> SourceMap {
    SourceMap::new(Files::memory(files.to_vec()))
}

/// A place lies in the text that it names, on character boundaries.
pub fn assert_inside(sources: &SourceMap, span: Span) {
    let source = sources.get(span.source).expect("a span names a source that is there");
    assert!(source.text.get(span.range()).is_some(), "{span:?} is outside of `{}`", source.path);
}
