//! Marks what looks like a credential in every text that was read, so that no snippet around a finding shows it.

use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::credential_shaped;
use crate::source::credential_value;
use crate::source::placeholder;

/// Looks at the lines of every source: `password: …`, `PASSWORD=…`, and the `value:` after a `name: PASSWORD`.
pub(super) fn mark(sources: &SourceMap) {
    for source in sources.all() {
        mark_source(&source, sources);
    }
}

fn mark_source(source: &Source, sources: &SourceMap) {
    let mut start = 0;
    let mut named = false;
    for line in source.text.split_inclusive('\n') {
        let text = line.trim_end();
        let body = text.trim_start_matches([' ', '\t', '-', '"', '\'']);
        let split = body.find([':', '=']);
        if let Some(at) = split {
            let key = body.get(..at).unwrap_or_default().trim_matches(['"', '\'', ' ']);
            let rest = body.get(at + 1..).unwrap_or_default();
            let value = rest.trim_start_matches([' ', '"', '\'']);
            let value = value.split(" #").next().unwrap_or_default().trim_end_matches([' ', '"', '\'', ',']);
            let shaped = credential_shaped(key) || (named && key == "value");
            named = key == "name" && credential_shaped(value);
            let secret = (shaped || credential_value(value))
                && !placeholder(value)
                && !value.starts_with(['{', '[', '|', '>', '&', '*']);
            if secret {
                let offset = text.len() - rest.trim_start_matches([' ', '"', '\'']).len();
                sources.mark_secret(Span::new(source.id, start + offset, start + offset + value.len()));
            }
        }
        start += line.len();
    }
}
