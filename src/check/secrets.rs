//! Marks what looks like a credential in every text that was read, so that no snippet around a finding shows it.

use rayon::prelude::*;

use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::credential_shaped;
use crate::source::credential_start;
use crate::source::credential_value;
use crate::source::placeholder;

/// Looks at the lines of every source: `password: …`, `PASSWORD=…`, and the `value:` after a `name: PASSWORD`.
pub(super) fn mark(sources: &SourceMap) {
    let found: Vec<Span> = sources.all().par_iter().flat_map_iter(|source| in_source(source)).collect();
    for span in found {
        sources.mark_secret(span);
    }
}

fn in_source(source: &Source) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut named = false;
    // Nearly no text has one: not looked for line by line.
    let holds_key = source.text.contains("-----BEGIN");
    for line in source.text.split_inclusive('\n') {
        let text = line.trim_end();
        let body = text.trim_start_matches([' ', '\t', '-', '"', '\'']);
        if let Some(at) = memchr::memchr2(b':', b'=', body.as_bytes()) {
            let key = body.get(..at).unwrap_or_default().trim_matches(['"', '\'', ' ']);
            let rest = body.get(at + 1..).unwrap_or_default();
            let value = rest.trim_start_matches([' ', '"', '\'']);
            let shaped = credential_shaped(key) || (named && key == "value");
            let names = key == "name";
            if !shaped && !names && !holds_key && !credential_start(value) {
                named = false;
                start += line.len();
                continue;
            }
            let value = value.split(" #").next().unwrap_or_default().trim_end_matches([' ', '"', '\'', ',']);
            named = names && credential_shaped(value);
            let secret = (shaped || credential_value(value))
                && !placeholder(value)
                && !value.starts_with(['{', '[', '|', '>', '&', '*']);
            if secret {
                let offset = text.len() - rest.trim_start_matches([' ', '"', '\'']).len();
                found.push(Span::new(source.id, start + offset, start + offset + value.len()));
            }
        }
        start += line.len();
    }
    found
}
