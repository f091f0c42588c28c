//! The short form of a service's volume: `source:target:options`.

use std::ops::Range;

use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::value::Value;

/// A short form, taken apart. Texts come with their places in the short form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShortVolume {
    pub(crate) source: Option<(String, Range<usize>)>,
    pub(crate) target: Option<(String, Range<usize>)>,
    pub(crate) bind: bool,
    pub(crate) read_only: Option<(bool, Range<usize>)>,
    pub(crate) no_copy: Option<Range<usize>>,
    pub(crate) propagation: Option<(String, Range<usize>)>,
    pub(crate) selinux: Option<(String, Range<usize>)>,
    /// False for a target of one or two characters, which has no options of its kind.
    pub(crate) kinded: bool,
}

/// What is wrong with a short form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VolumeError {
    #[error("this volume is empty")]
    Empty,
    #[error("this volume has nothing between two colons")]
    EmptyPart,
    #[error("this volume has more than three parts between colons")]
    TooManyColons,
}

impl VolumeError {
    pub(crate) fn problem(self, value: &Value, path: &str) -> Problem {
        Problem::new(Code::WrongValue, value.span, path, self.to_string()).help(
            "write `source:/target` or `source:/target:ro`, or use the long form with `type` and `target`",
        )
    }
}

/// Takes a short form apart, for no platform in particular.
pub(crate) fn parse(spec: &str) -> Result<ShortVolume, VolumeError> {
    let mut volume = ShortVolume::default();
    if spec.is_empty() {
        return Err(VolumeError::Empty);
    }
    if spec.len() <= 2 {
        volume.target = Some((spec.to_owned(), 0..spec.len()));
        return Ok(volume);
    }
    volume.kinded = true;
    let mut start = 0;
    let mut braces = 0_usize;
    let characters = spec.char_indices();
    for (at, character) in characters {
        if character == '$' && spec.as_bytes().get(at + 1) == Some(&b'{') {
            braces += 1;
            continue;
        }
        if character == '}' && braces > 0 {
            braces -= 1;
            continue;
        }
        if character != ':' || braces > 0 {
            continue;
        }
        let part = spec.get(start..at).unwrap_or_default();
        if is_drive(part) {
            continue;
        }
        volume.part(part, start..at, false)?;
        start = at + 1;
    }
    if braces == 0 {
        let part = spec.get(start..).unwrap_or_default();
        volume.part(part, start..spec.len(), true)?;
    }
    volume.bind = volume.source.as_ref().is_some_and(|(source, _)| is_file_path(source));
    Ok(volume)
}

/// One letter: the drive of a Windows path, if a colon follows.
fn is_drive(part: &str) -> bool {
    let mut characters = part.chars();
    characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
}

fn is_file_path(source: &str) -> bool {
    let mut characters = source.chars();
    let Some(first) = characters.next() else { return false };
    matches!(first, '.' | '/' | '~')
        || source.starts_with("\\\\")
        || (first.is_alphabetic() && characters.next() == Some(':'))
}

impl ShortVolume {
    fn part(&mut self, text: &str, range: Range<usize>, last: bool) -> Result<(), VolumeError> {
        if text.is_empty() {
            return Err(VolumeError::EmptyPart);
        }
        match (&self.source, &self.target) {
            (None, _) if last => self.target = Some((text.to_owned(), range)),
            (None, _) => self.source = Some((text.to_owned(), range)),
            (Some(_), None) => self.target = Some((text.to_owned(), range)),
            (Some(_), Some(_)) if !last => return Err(VolumeError::TooManyColons),
            (Some(_), Some(_)) => {
                let mut at = range.start;
                for option in text.split(',') {
                    self.option(option, at..at + option.len());
                    at += option.len() + 1;
                }
            }
        }
        Ok(())
    }

    fn option(&mut self, option: &str, range: Range<usize>) {
        match option {
            "ro" => self.read_only = Some((true, range)),
            "rw" => self.read_only = Some((false, range)),
            "nocopy" => self.no_copy = Some(range),
            "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
                self.propagation = Some((option.to_owned(), range));
            }
            "z" | "Z" => self.selinux = Some((option.to_owned(), range)),
            // Compose ignores every other option.
            _ => {}
        }
    }
}

/// A path as Go's `path.Clean` makes it: no `.`, no `//`, `..` taken back.
pub(crate) fn clean(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
