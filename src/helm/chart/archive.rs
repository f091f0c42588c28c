//! Packaged charts: a gzipped tar file, unpacked in memory within limits.

use std::io::Read as _;

/// The largest file of a chart, in bytes (5 MiB), as in Helm.
pub const MAX_CHART_FILE_BYTES: u64 = 5 * 1024 * 1024;

/// The largest unpacked chart, in bytes (100 MiB), as in Helm.
pub const MAX_CHART_BYTES: u64 = 100 * 1024 * 1024;

/// The most files one archive may hold; Helm has no such limit, real charts stay below a few thousand.
pub const MAX_ARCHIVE_ENTRIES: usize = 50_000;

/// Why an archive was not unpacked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// No gzip header.
    #[error("the file is not a gzipped archive")]
    NotGzip,
    /// The stream breaks off or holds no tar file.
    #[error("the archive cannot be unpacked: {0}")]
    Broken(String),
    /// An entry begins with `/` below its first folder.
    #[error("chart illegally contains absolute paths")]
    AbsolutePath,
    /// An entry outside the one folder every chart archive holds.
    #[error("chart illegally contains content outside the base directory: {0:?}")]
    OutsideBase(String),
    /// `..` in the path of an entry.
    #[error("chart illegally references parent directory")]
    ParentFolder,
    /// A drive letter in the path of an entry.
    #[error("chart contains illegally named files")]
    DriveLetter,
    /// `Chart.yaml` at the top of the archive instead of in its folder.
    #[error("chart yaml not in base directory")]
    NoBaseFolder,
    /// More than [`MAX_CHART_BYTES`] unpacked.
    #[error("decompressed chart is larger than the maximum file size {MAX_CHART_BYTES}")]
    ChartTooLarge,
    /// A file above [`MAX_CHART_FILE_BYTES`].
    #[error("decompressed chart file {0:?} is larger than the maximum file size {MAX_CHART_FILE_BYTES}")]
    FileTooLarge(String),
    /// More than [`MAX_ARCHIVE_ENTRIES`] entries.
    #[error("the archive has more than {MAX_ARCHIVE_ENTRIES} entries")]
    TooManyEntries,
    /// Nothing in it.
    #[error("no files in chart archive")]
    Empty,
}

/// The files of an archive by path, without the folder that holds them, in the order of the archive.
///
/// `budget` is how many bytes may still be unpacked; what is unpacked is taken off it, so that archives in
/// archives share one limit.
pub(crate) fn unpack(bytes: &[u8], budget: &mut u64) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(ArchiveError::NotGzip);
    }
    let broken = |error: std::io::Error| ArchiveError::Broken(error.to_string());
    // Directory entries and headers count, too: a stream of them may be as long as it likes.
    let limited = flate2::read::MultiGzDecoder::new(bytes).take(budget.saturating_mul(2));
    let mut archive = tar::Archive::new(limited);
    let mut files = Vec::new();
    for (count, entry) in archive.entries().map_err(broken)?.enumerate() {
        if count >= MAX_ARCHIVE_ENTRIES {
            return Err(ArchiveError::TooManyEntries);
        }
        let mut entry = entry.map_err(broken)?;
        let raw = entry.path_bytes();
        let raw = String::from_utf8_lossy(&raw).into_owned();
        let kind = entry.header().entry_type();
        if kind.is_dir() || raw.ends_with('/') || kind.is_pax_global_extensions() {
            continue;
        }
        let name = entry_name(&raw)?;
        let size = entry.size();
        if size > *budget {
            return Err(ArchiveError::ChartTooLarge);
        }
        if size > MAX_CHART_FILE_BYTES {
            return Err(ArchiveError::FileTooLarge(raw));
        }
        let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(0).min(1 << 16));
        entry.by_ref().take(*budget).read_to_end(&mut data).map_err(broken)?;
        *budget = budget.saturating_sub(u64::try_from(data.len()).unwrap_or(u64::MAX));
        if *budget == 0 {
            return Err(ArchiveError::ChartTooLarge);
        }
        files.push((name, data));
    }
    if files.is_empty() { Err(ArchiveError::Empty) } else { Ok(files) }
}

fn entry_name(raw: &str) -> Result<String, ArchiveError> {
    let delimiter = if raw.contains('\\') { '\\' } else { '/' };
    let (base, rest) = raw.split_once(delimiter).unwrap_or((raw, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err(ArchiveError::AbsolutePath);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(ArchiveError::ParentFolder);
                }
            }
            part => parts.push(part),
        }
    }
    let name = parts.join("/");
    if name.is_empty() {
        return Err(ArchiveError::OutsideBase(raw.to_owned()));
    }
    if name.starts_with("..") {
        return Err(ArchiveError::ParentFolder);
    }
    let mut start = name.chars();
    if start.next().is_some_and(|c| c.is_ascii_alphabetic())
        && start.next() == Some(':')
        && start.next() == Some('/')
    {
        return Err(ArchiveError::DriveLetter);
    }
    if base == "Chart.yaml" {
        return Err(ArchiveError::NoBaseFolder);
    }
    Ok(name)
}
