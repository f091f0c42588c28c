//! Changes of rendered text to changes of the values layer or template text that decides it.

use std::path::Path;

use crate::diagnostic::Above;
use crate::diagnostic::Change;
use crate::diagnostic::Remedy;
use crate::diagnostic::What;
use crate::helm::Rendered;
use crate::helm::RenderedOrigin;
use crate::ladder::Release;
use crate::source::Origin;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Tree;

/// What a remedy of rendered text is to the files it was rendered from, or why there is none.
pub(super) fn translated(
    release: &Release,
    rendered: &Rendered,
    sources: &SourceMap,
    remedy: Remedy,
) -> Result<Remedy, String> {
    let changes = remedy.changes.into_iter().map(|change| {
        let Some(origin) = rendered.origin_in(sources, change.at) else { return Ok(change) };
        if origin.unknown.is_some() {
            return Err("it is decided only at deploy time".to_owned());
        }
        match origin.values.as_slice() {
            [] => in_template(&origin, sources, &change),
            [value] if !origin.cut => in_values(release, value, sources, change),
            _ => Err("several values decide it".to_owned()),
        }
    });
    Ok(Remedy { changes: changes.collect::<Result<_, _>>()?, ..remedy })
}

/// The same in the file that has the value, and in the highest layer of the release.
fn in_values(
    release: &Release,
    value: &Origin,
    sources: &SourceMap,
    change: Change,
) -> Result<Change, String> {
    let source = file(sources, value.span).ok_or("it is not set in a file of this repository")?;
    if !value.through.is_empty() {
        return Err("an alias brings the value in from another place".to_owned());
    }
    let written = source.slice(value.span);
    let shown = sources.slice(change.at);
    let (at, what) = match change.what {
        What::Part(text) => {
            let mut places = written.match_indices(&shown);
            let (Some((from, _)), None) = (places.next(), places.next()) else {
                return Err("a template decides it, not a value alone".to_owned());
            };
            let start = value.span.range().start + from;
            (Span::new(source.id, start, start + shown.len()), What::Part(text))
        }
        What::Set { .. } | What::Append(_) => {
            return Err("a template decides what stands beside it".to_owned());
        }
        what if unquoted(written) == unquoted(&shown) => (value.span, what),
        _ => return Err("a template decides it, not a value alone".to_owned()),
    };
    let above = above(release, &source, value.span, at, &what);
    Ok(Change { at, what, above: above.map(|above| vec![above]) })
}

/// Where the highest layer of a release could say it, where that is another file.
fn above(release: &Release, source: &Source, value_at: Span, at: Span, what: &What) -> Option<Above> {
    let loaded = release.loaded.as_ref()?;
    let highest = loaded.layers.files.last().filter(|layer| layer.id != source.id)?;
    // What the values of a chart below this one are called from here is another matter.
    let own = loaded.chart.values.as_ref().is_some_and(|values| values.source() == source.id);
    if !own && !loaded.layers.files.iter().any(|layer| layer.id == source.id) {
        return None;
    }
    let written = source.slice(value_at);
    let text = match what {
        What::Replace(text) => text.clone(),
        What::Remove { .. } => "null".to_owned(),
        What::Part(text) => unquoted(written).replacen(source.slice(at), text, 1),
        What::Quote if is_word(written) => {
            let value = format!("\"{written}\"");
            let keys = yaml::keys_to(&Tree::parse(source, Dialect::Helm), value_at)?;
            return Some(Above { source: highest.id, keys, value });
        }
        _ => return None,
    };
    let value = if is_word(&text) { text } else { yaml::one_line(&text)? };
    let keys = yaml::keys_to(&Tree::parse(source, Dialect::Helm), value_at)?;
    Some(Above { source: highest.id, keys, value })
}

/// The same in the template text that was copied, where only this text is.
fn in_template(origin: &RenderedOrigin, sources: &SourceMap, change: &Change) -> Result<Change, String> {
    let decides = || "a template decides it".to_owned();
    let at = origin.template.filter(|at| file(sources, *at).is_some()).ok_or_else(decides)?;
    let shown = sources.slice(change.at);
    if !origin.calls.is_empty() || sources.slice(at) != shown {
        return Err(decides());
    }
    let text = match &change.what {
        What::Remove { .. } => {
            let line = sources.get(at.source).and_then(|source| own_line(&source, at)).ok_or_else(decides)?;
            return Ok(Change { at: line, what: What::Text(String::new()), above: None });
        }
        What::Quote if is_word(&shown) => {
            return Ok(Change { at, what: What::Text(format!("\"{shown}\"")), above: None });
        }
        What::Replace(text) | What::Rename(text) | What::Part(text) if is_word(text) => text,
        _ => return Err(decides()),
    };
    let quote = shown.chars().next().filter(|first| matches!(first, '"' | '\''));
    let quote = quote.map(String::from).unwrap_or_default();
    Ok(Change { at, what: What::Text(format!("{quote}{text}{quote}")), above: None })
}

/// The line of a value, where it holds its key and nothing else, and another key of the same mapping stands right
/// above or below, so that the mapping keeps one.
fn own_line(source: &Source, value: Span) -> Option<Span> {
    let text = &source.text;
    let start = text.get(..value.range().start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(start..)?.find('\n').map_or(text.len(), |at| start + at + 1);
    let (key, rest) = text.get(start..end)?.split_once(':')?;
    let comment = rest.trim().strip_prefix(source.slice(value))?.trim_start();
    let column = |line: &str| {
        let (key, _) = line.split_once(':').filter(|_| !line.contains("{{"))?;
        is_word(key.trim_start_matches([' ', '-']))
            .then(|| key.len() - key.trim_start_matches([' ', '-']).len())
    };
    let own = key.len() - key.trim_start_matches(' ').len();
    let above = text.get(..start)?.lines().next_back().and_then(column) == Some(own);
    let below = text.get(end..)?.lines().next().filter(|line| !line.trim_start().starts_with('-'));
    let whole = is_word(key.trim_start()) && (comment.is_empty() || comment.starts_with('#'));
    let keeps = above || below.and_then(column) == Some(own);
    (whole && keeps).then(|| Span::new(source.id, start, end))
}

/// The file that a place is in; `None` for a text that is none.
fn file(sources: &SourceMap, at: Span) -> Option<std::sync::Arc<Source>> {
    let source = sources.get(at.source)?;
    sources.by_path(Path::new(&source.path)).filter(|file| file.id == source.id)
}

/// A text without quotes around it.
fn unquoted(text: &str) -> &str {
    let inside = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

/// True for text that means nothing to YAML or to a template.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "./:_-".contains(letter))
}
