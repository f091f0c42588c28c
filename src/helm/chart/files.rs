//! The files of a chart, from a folder or out of an archive.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::archive;
use crate::helm::chart::ignore::Rules;
use crate::source::Listed;
use crate::source::ReadError;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;

/// A file of a chart: a text with a place among the sources, or bytes.
#[derive(Clone, Debug)]
pub struct ChartFile {
    /// The path from the chart's folder, `/` between the parts.
    pub name: String,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Text(Arc<Source>),
    Bytes(Arc<[u8]>),
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl ChartFile {
    /// The source, for templates, `crds/` and the schema; `None` for files that are not read as text.
    pub fn source(&self) -> Option<&Arc<Source>> {
        match &self.content {
            Content::Text(source) => Some(source),
            Content::Bytes(_) => None,
        }
    }

    /// The content without a byte order mark.
    pub fn bytes(&self) -> &[u8] {
        let bytes = match &self.content {
            Content::Text(source) => source.text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        };
        bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(bytes)
    }

    /// How many bytes of the source stand before the content: three for a byte order mark.
    pub fn offset(&self) -> usize {
        match &self.content {
            Content::Text(source) if source.text.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
            _ => 0,
        }
    }

    /// The text without a byte order mark; `None` for files that are not read as text.
    pub fn text(&self) -> Option<&str> {
        self.source().map(|source| source.text.trim_start_matches(BYTE_ORDER_MARK))
    }

    /// The whole content as a place.
    pub fn span(&self) -> Option<Span> {
        self.source().map(|source| source.whole())
    }
}

/// A file that was found and not yet read.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) name: String,
    from: From,
}

#[derive(Debug)]
enum From {
    Disk(PathBuf),
    Archive { shown: String, bytes: Vec<u8> },
}

fn unreadable(name: &str, error: &ReadError) -> Problem {
    Problem::new(ProblemCode::Chart, format!("error reading {name}: {error}"))
}

impl Pending {
    /// Reads it as a text. What is not UTF-8 is read with replacement characters, as templates and values that
    /// are not UTF-8 cannot be rendered as they are meant anyway.
    pub(crate) fn source(&self, sources: &SourceMap) -> Result<Arc<Source>, Problem> {
        match &self.from {
            From::Disk(path) => match sources.read(path) {
                Ok(source) => Ok(source),
                Err(ReadError::NotUtf8(_)) => {
                    let bytes = sources.files().read(path).map_err(|error| unreadable(&self.name, &error))?;
                    Ok(sources.add(path.to_string_lossy(), String::from_utf8_lossy(&bytes).into_owned()))
                }
                Err(error) => Err(unreadable(&self.name, &error)),
            },
            From::Archive { shown, bytes } => {
                Ok(sources.add(shown.clone(), String::from_utf8_lossy(bytes).into_owned()))
            }
        }
    }

    /// Reads it: as a text with a place among the sources, or as bytes.
    pub(crate) fn resolve(self, sources: &SourceMap, text: bool) -> Result<ChartFile, Problem> {
        if text {
            let source = self.source(sources)?;
            return Ok(ChartFile { name: self.name, content: Content::Text(source) });
        }
        let bytes = match self.from {
            From::Disk(path) => {
                sources.files().read(&path).map_err(|error| unreadable(&self.name, &error))?
            }
            From::Archive { bytes, .. } => bytes,
        };
        Ok(ChartFile { name: self.name, content: Content::Bytes(bytes.into()) })
    }

    /// The same file one folder further in; `None` for a file that lies in no folder.
    pub(crate) fn descend(mut self) -> Option<Self> {
        self.name = self.name.split_once('/')?.1.to_owned();
        Some(self)
    }

    /// The files of an archive that this file is.
    pub(crate) fn unpack(
        self,
        sources: &SourceMap,
        shown: &str,
        budget: &mut u64,
    ) -> Result<Vec<Self>, Problem> {
        let bytes = match self.from {
            From::Disk(path) => {
                sources.files().read(&path).map_err(|error| unreadable(&self.name, &error))?
            }
            From::Archive { bytes, .. } => bytes,
        };
        unpack(&bytes, shown, budget)
    }
}

fn unpack(bytes: &[u8], shown: &str, budget: &mut u64) -> Result<Vec<Pending>, Problem> {
    let files = archive::unpack(bytes, budget)
        .map_err(|error| Problem::new(ProblemCode::Chart, error.to_string()))?;
    let pending = files.into_iter().map(|(name, bytes)| {
        let from = From::Archive { shown: format!("{shown}/{name}"), bytes };
        Pending { name, from }
    });
    Ok(pending.collect())
}

/// The files of a chart folder or archive.
pub(crate) fn read(sources: &SourceMap, path: &Path) -> Result<Vec<Pending>, Problem> {
    let files = sources.files();
    if files.is_folder(path) {
        return folder(sources, path);
    }
    let shown = path.to_string_lossy();
    let bytes = files.read(path).map_err(|error| match error {
        ReadError::Missing => Problem::new(ProblemCode::Chart, format!("path {shown:?} not found")).help(
            "give the path of a chart folder or of a .tgz archive; nothing is fetched from a repository",
        ),
        error => Problem::new(ProblemCode::Chart, format!("file '{shown}' cannot be read: {error}")),
    })?;
    if !bytes.starts_with(&[0x1f, 0x8b, 0x08]) {
        let yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        let message = if yaml {
            format!("file '{shown}' seems to be a YAML file, but expected a gzipped archive")
        } else {
            format!("file '{shown}' does not appear to be a gzipped archive")
        };
        return Err(Problem::new(ProblemCode::Chart, message));
    }
    unpack(&bytes, &shown, &mut archive::MAX_CHART_BYTES.clone())
}

/// More files than this in one chart folder are not read: a chart in the root of a large repository without a
/// `.helmignore`.
const MAX_FILES: usize = 100_000;

/// Folders nested deeper than this are not read: links that lead back up.
const MAX_DEPTH: usize = 64;

fn folder(sources: &SourceMap, path: &Path) -> Result<Vec<Pending>, Problem> {
    let rules = match sources.read(&path.join(".helmignore")) {
        Ok(source) => Rules::parse(&source.text).map_err(|(bad, range)| {
            Problem::new(ProblemCode::Chart, bad.to_string())
                .at(Span::new(source.id, range.start, range.end))
                .help("write a pattern for one level: `*` and `?` do not cross a `/`")
        })?,
        Err(_) => Rules::parse("").map_err(|(bad, _)| Problem::new(ProblemCode::Chart, bad.to_string()))?,
    };
    let mut found = Vec::new();
    // A folder is walked where its name stands in the order of names, so that files come as Helm lists them.
    let mut open = vec![(String::new(), list(sources, path)?.into_iter())];
    while let Some((prefix, entries)) = open.last_mut() {
        let Some((name, listed)) = entries.next() else {
            open.pop();
            continue;
        };
        // No template reads the history of a chart that is the root of its repository.
        if prefix.is_empty() && name == ".git" {
            continue;
        }
        let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if rules.ignores(&name, listed == Listed::Folder) {
            continue;
        }
        match listed {
            Listed::Folder if open.len() < MAX_DEPTH => {
                let inside = list(sources, &path.join(&name))?;
                open.push((name, inside.into_iter()));
            }
            Listed::Folder => {
                let message = format!("folders nested deeper than {MAX_DEPTH} levels are not read: {name}");
                return Err(Problem::new(ProblemCode::Chart, message));
            }
            Listed::File(length) if length > archive::MAX_CHART_FILE_BYTES => {
                let base = name.rsplit('/').next().unwrap_or(&name);
                let limit = archive::MAX_CHART_FILE_BYTES;
                let message = format!("chart file {base:?} is larger than the maximum file size {limit}");
                return Err(Problem::new(ProblemCode::Chart, message)
                    .help("name the file in .helmignore, or move it out of the chart"));
            }
            Listed::File(_) => {
                if found.len() == MAX_FILES {
                    let message = format!("a chart of more than {MAX_FILES} files is not read");
                    return Err(Problem::new(ProblemCode::Chart, message)
                        .help("name what is no part of the chart in .helmignore"));
                }
                found.push(Pending { from: From::Disk(path.join(&name)), name });
            }
            Listed::Other => {
                let message = format!("cannot load irregular file {name} as it has file mode type bits set");
                return Err(Problem::new(ProblemCode::Chart, message)
                    .explain(format!("`{name}` is no regular file, or a link that leads nowhere or out"))
                    .help("name it in .helmignore, or put a regular file in its place"));
            }
        }
    }
    Ok(found)
}

fn list(sources: &SourceMap, folder: &Path) -> Result<Vec<(String, Listed)>, Problem> {
    sources.files().list(folder).map_err(|error| unreadable(&folder.to_string_lossy(), &error))
}
