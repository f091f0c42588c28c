//! All texts of a run, and lines and columns in them.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::RwLock;

use crate::source::Files;
use crate::source::ReadError;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::git::Id;

/// One text: a file, or a text made on the way (a rendered manifest, a `--set` argument).
#[derive(Debug)]
pub struct Source {
    /// Its name in spans.
    pub id: SourceId,
    /// The path as people see it: relative to the root, `/` between the parts.
    pub path: String,
    /// The whole text, byte order mark included.
    pub text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
}

/// A place as people count: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Source {
    /// The same source with a part of its text only. What stands before the part is blank but for its line ends, so
    /// that all places stay what they are; what stands after it is gone.
    #[must_use]
    pub fn only(&self, part: Range<usize>) -> Self {
        let before = self.text.get(..part.start).unwrap_or_default();
        let mut text: String = before.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        text.push_str(self.text.get(part).unwrap_or_default());
        Self { id: self.id, path: self.path.clone(), text: text.into(), lines: OnceLock::new() }
    }

    /// A text outside of every [`SourceMap`]: only for reading it; spans in it name no source.
    pub fn loose(text: impl Into<Arc<str>>) -> Self {
        Self { id: SourceId(u32::MAX), path: String::new(), text: text.into(), lines: OnceLock::new() }
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', self.text.as_bytes());
            let after = newlines.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(after).collect()
        })
    }

    /// Line and column of a byte offset; an offset past the end counts as the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let (line, before) = self.line_and_text_before(offset);
        let column = u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX);
        LineColumn { line, column }
    }

    /// The line of a byte offset, from 1: what [`Source::line_column`] says, without counting columns.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_and_text_before(offset).0
    }

    /// Line (from 0) and column in UTF-16 units (from 0), as editors count.
    pub fn line_utf16(&self, offset: u32) -> (u32, u32) {
        let (line, before) = self.line_and_text_before(offset);
        (line - 1, u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX))
    }

    /// The byte offset of a line (from 0) and a column in UTF-16 units (from 0).
    pub fn offset_utf16(&self, line: u32, column: u32) -> u32 {
        let Some(range) = self.line_range(line as usize) else {
            return u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        };
        let start = u32::try_from(range.start).unwrap_or(u32::MAX);
        let rest = self.text.get(range).unwrap_or_default();
        let mut units = 0;
        for (at, character) in rest.char_indices() {
            if units >= column as usize {
                return start + u32::try_from(at).unwrap_or(0);
            }
            units += character.len_utf16();
        }
        start + u32::try_from(rest.len()).unwrap_or(0)
    }

    /// The text of one line, from 1, without its line break and without a byte order mark.
    pub fn line_text(&self, line: u32) -> &str {
        let range = line.checked_sub(1).and_then(|index| self.line_range(index as usize));
        let text = range.and_then(|range| self.text.get(range)).unwrap_or_default();
        text.trim_end_matches('\r')
    }

    /// The bytes of a line, from 0, without its line feed; of the first one without a byte order mark, which nobody
    /// counts as a column.
    fn line_range(&self, index: usize) -> Option<Range<usize>> {
        let lines = self.lines();
        let mark = if index == 0 && self.text.starts_with('\u{feff}') { 3 } else { 0 };
        let start = *lines.get(index)? as usize + mark;
        let end = lines.get(index + 1).map_or(self.text.len(), |&next| (next as usize).saturating_sub(1));
        Some(start..end)
    }

    /// The text of a span; empty where the span is not of this source.
    pub fn slice(&self, span: Span) -> &str {
        if span.source == self.id { self.text.get(span.range()).unwrap_or_default() } else { "" }
    }

    /// A span over the whole text.
    pub fn whole(&self) -> Span {
        Span::new(self.id, 0, self.text.len())
    }

    fn line_and_text_before(&self, offset: u32) -> (u32, &str) {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let lines = self.lines();
        let count = lines.partition_point(|&start| start as usize <= offset).max(1);
        let start = self.line_range(count - 1).map_or(0, |line| line.start);
        let before = self.text.get(start..offset).unwrap_or_default();
        (u32::try_from(count).unwrap_or(u32::MAX), before)
    }
}

/// Every text of a run. Shared between threads; texts are only ever added.
#[derive(Debug)]
pub struct SourceMap {
    files: Files,
    inner: Arc<RwLock<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    sources: Vec<Arc<Source>>,
    /// By path, and by object where it is read from a commit.
    by_path: HashMap<(PathBuf, Option<Id>), SourceId>,
    secrets: Vec<Span>,
}

impl SourceMap {
    /// An empty map that reads from `files`.
    pub fn new(files: Files) -> Self {
        Self { files, inner: Arc::default() }
    }

    /// The same map over the files of another commit: what is the same there is the same source.
    #[must_use]
    pub fn of_other_files(&self, files: Files) -> Self {
        Self { files, inner: Arc::clone(&self.inner) }
    }

    /// What it reads from.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Reads a text file, once: a second call gives the same source.
    pub fn read(&self, path: &Path) -> Result<Arc<Source>, ReadError> {
        let key = self.key(path);
        if let Some(source) = self.known(&key) {
            return Ok(source);
        }
        let bytes = self.files.read(path)?;
        let text =
            String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8(error.utf8_error().valid_up_to()))?;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let known = inner.by_path.get(&key).and_then(|id| inner.sources.get(id.0 as usize));
        if let Some(source) = known {
            return Ok(Arc::clone(source));
        }
        let source = inner.push(shown(&key.0), text.into());
        inner.by_path.insert(key, source.id);
        Ok(source)
    }

    /// Adds a text that is no file: a rendered manifest, a command line argument.
    pub fn add(&self, path: impl Into<String>, text: impl Into<Arc<str>>) -> Arc<Source> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner).push(path.into(), text.into())
    }

    /// The source of that name. Every [`SourceId`] of this map has one.
    pub fn get(&self, id: SourceId) -> Option<Arc<Source>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).sources.get(id.0 as usize).map(Arc::clone)
    }

    /// The file of that path, where it was read already.
    pub fn by_path(&self, path: &Path) -> Option<Arc<Source>> {
        self.known(&self.key(path))
    }

    fn key(&self, path: &Path) -> (PathBuf, Option<Id>) {
        let relative = self.files.relative(path);
        let object = self.files.object(&relative);
        (relative, object)
    }

    fn known(&self, key: &(PathBuf, Option<Id>)) -> Option<Arc<Source>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let id = inner.by_path.get(key)?;
        inner.sources.get(id.0 as usize).map(Arc::clone)
    }

    /// Every source so far, in the order they were added.
    pub fn all(&self) -> Vec<Arc<Source>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).sources.clone()
    }

    /// The files that were read so far, by path from the root. Those of commits are not among them.
    pub fn read_files(&self) -> Vec<(PathBuf, Arc<Source>)> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let files = inner.by_path.iter().filter(|((_, object), _)| object.is_none());
        let source = |id: &SourceId| inner.sources.get(id.0 as usize).map(Arc::clone);
        files.filter_map(|((path, _), id)| Some((path.clone(), source(id)?))).collect()
    }

    /// How many files were read so far. Rendered manifests and arguments are none.
    pub fn files_read(&self) -> usize {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).by_path.len()
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> String {
        self.get(span.source).map(|source| source.slice(span).to_owned()).unwrap_or_default()
    }

    /// Marks a place as a secret: whatever is printed of it is masked from now on.
    pub fn mark_secret(&self, span: Span) {
        if !span.is_empty() {
            self.inner.write().unwrap_or_else(PoisonError::into_inner).secrets.push(span);
        }
    }

    /// Every place marked as a secret, sorted.
    pub fn secrets(&self) -> Vec<Span> {
        let mut secrets = self.inner.read().unwrap_or_else(PoisonError::into_inner).secrets.clone();
        secrets.sort_unstable();
        secrets.dedup();
        secrets
    }
}

impl Inner {
    fn push(&mut self, path: String, text: Arc<str>) -> Arc<Source> {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        let source = Arc::new(Source { id, path, text, lines: OnceLock::new() });
        self.sources.push(Arc::clone(&source));
        source
    }
}

fn shown(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let text = parts.join("/");
    if path.is_absolute() { text.replacen("//", "/", 1) } else { text }
}
