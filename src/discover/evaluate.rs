//! What the words of a command are, as far as that can be told without running anything.

use std::collections::BTreeMap;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::discover::shell::Piece;
use crate::discover::shell::Word;
use crate::source::Span;

/// Stands in a text for the root of the repository.
pub(super) const ROOT: char = '\u{1}';

/// A part of an evaluated word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text that is known.
    Text(String),
    /// What is decided when the script runs, by its name where it has one.
    Unknown(Option<String>),
}

/// An evaluated word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// Its parts; neighbouring texts are joined.
    pub(super) parts: Vec<Part>,
    /// The variable whose fallback was taken for its value.
    pub(super) fallback_of: Option<String>,
    /// Its place.
    pub(super) span: Span,
}

impl Argument {
    /// The text, where all of it is known.
    pub(super) fn text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The known text it starts with.
    pub(super) fn start(&self) -> &str {
        match self.parts.first() {
            Some(Part::Text(text)) => text,
            _ => "",
        }
    }

    /// The names of the variables it depends on, for a message: `` `$VERSION` ``.
    pub(super) fn unknown(&self) -> String {
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Unknown(Some(name)) => Some(shown(name)),
            Part::Unknown(None) => Some("a command's output".to_owned()),
        });
        let mut names: Vec<String> = names.collect();
        names.dedup();
        names.join(" and ")
    }

    /// As it would be written, with `$NAME` for what is unknown.
    pub(super) fn written(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.replace(ROOT, "."),
            Part::Unknown(Some(name)) if name.starts_with('{') => format!("${name}"),
            Part::Unknown(Some(name)) => format!("${{{name}}}"),
            Part::Unknown(None) => "…".to_owned(),
        });
        parts.collect()
    }

    /// The one variable that all unknown parts are.
    pub(super) fn only_unknown(&self) -> Option<&str> {
        let mut only = None;
        for part in &self.parts {
            match part {
                Part::Text(_) => {}
                Part::Unknown(Some(name)) if only.is_none_or(|only| only == name.as_str()) => {
                    only = Some(name.as_str());
                }
                Part::Unknown(_) => return None,
            }
        }
        only
    }

    /// The argument behind the first `length` bytes of its known start.
    pub(super) fn behind(&self, length: usize) -> Self {
        let mut rest = self.clone();
        if let Some(Part::Text(text)) = rest.parts.first_mut() {
            *text = text.get(length..).unwrap_or_default().to_owned();
            if text.is_empty() {
                rest.parts.remove(0);
            }
        }
        rest
    }

    /// The argument cut at every `separator` in its known text, except inside braces and behind a backslash.
    pub(super) fn split(&self, separator: char) -> Vec<Self> {
        let empty = || Self { parts: Vec::new(), fallback_of: self.fallback_of.clone(), span: self.span };
        let mut pieces = vec![empty()];
        let mut depth = 0_usize;
        for part in &self.parts {
            let Part::Text(text) = part else {
                if let Some(piece) = pieces.last_mut() {
                    piece.parts.push(part.clone());
                }
                continue;
            };
            let mut current = String::new();
            let mut escaped = false;
            for letter in text.chars() {
                match letter {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ if letter == separator && depth == 0 => {
                        let text = std::mem::take(&mut current);
                        if let Some(piece) = pieces.last_mut().filter(|_| !text.is_empty()) {
                            piece.parts.push(Part::Text(text));
                        }
                        pieces.push(empty());
                        continue;
                    }
                    _ => {}
                }
                current.push(letter);
            }
            if let Some(piece) = pieces.last_mut().filter(|_| !current.is_empty()) {
                piece.parts.push(Part::Text(current));
            }
        }
        pieces
    }
}

/// A variable as people write it: `` `$NAME` ``, `` `${{ secrets.KEY }}` ``.
pub(super) fn shown(name: &str) -> String {
    match name.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
        Some(expression) => format!("`${{{{ {expression} }}}}`"),
        None => format!("`${name}`"),
    }
}

/// Variables by name; `None` for one that is set to something unknown. Many places of a script share them.
pub(super) type SharedVariables = Arc<BTreeMap<String, Option<String>>>;

/// The variables and the folder at one point of a script.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Known values; `None` for a variable that is set to something unknown, or to different values.
    pub(super) variables: SharedVariables,
    /// The working folder relative to the root; `None` where it is not known or not in the repository.
    pub(super) folder: Option<PathBuf>,
    /// The folder of the script itself.
    pub(super) script_folder: PathBuf,
}

impl Scope {
    /// Evaluates a word. Text with blanks that a variable brought in makes several words, unless it is quoted.
    pub(super) fn arguments(&self, word: &Word, span: Span) -> Vec<Argument> {
        let argument = self.argument(word, span);
        let several = !word.quoted
            && word.pieces.iter().any(|piece| matches!(piece, Piece::Variable { .. }))
            && argument.parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(' ')));
        if !several {
            return vec![argument];
        }
        argument.split(' ').into_iter().filter(|argument| !argument.parts.is_empty()).collect()
    }

    /// Evaluates a word.
    pub(super) fn argument(&self, word: &Word, span: Span) -> Argument {
        let mut argument = Argument { parts: Vec::new(), fallback_of: None, span };
        self.pieces(&word.pieces, &mut argument);
        argument
    }

    fn pieces(&self, pieces: &[Piece], argument: &mut Argument) {
        for piece in pieces {
            let part = match piece {
                Piece::Text(text) => Part::Text(text.clone()),
                Piece::Open => Part::Unknown(None),
                Piece::Output(command) => match self.output(command) {
                    Some(text) => Part::Text(text),
                    None => Part::Unknown(None),
                },
                Piece::Variable { name, fallback } => match (self.variable(name), fallback) {
                    (Some(text), _) => Part::Text(text),
                    (None, Some(fallback)) => {
                        argument.fallback_of.get_or_insert_with(|| name.clone());
                        self.pieces(fallback, argument);
                        continue;
                    }
                    (None, None) => Part::Unknown(Some(name.clone())),
                },
            };
            match (argument.parts.last_mut(), part) {
                (Some(Part::Text(text)), Part::Text(more)) => text.push_str(&more),
                (_, part) => argument.parts.push(part),
            }
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        match name {
            "PWD" | "CURDIR" => self.folder.as_deref().map(from_root),
            "GITHUB_WORKSPACE" | "CI_PROJECT_DIR" | "{{github.workspace}}" => Some(ROOT.to_string()),
            _ => None,
        }
    }

    /// The output of the few commands that scripts use to find their own folder.
    fn output(&self, command: &str) -> Option<String> {
        let command = command.trim();
        if command == "pwd" {
            return self.folder.as_deref().map(from_root);
        }
        if command.contains("git rev-parse --show-toplevel") {
            return Some(ROOT.to_string());
        }
        let own = command.contains("$0") || command.contains("BASH_SOURCE") || command.contains("${0}");
        if own && command.contains("dirname") {
            let tail = command.rsplit_once(')').map_or("", |(_, tail)| tail);
            let tail = tail.split(['"', '\'', ' ', ';', '&']).next().unwrap_or_default();
            let folder = self.script_folder.join(tail.trim_start_matches('/'));
            return normal(&folder).map(|folder| from_root(&folder));
        }
        // `dirname "$SCRIPT_DIR"`, `cd "$SCRIPT_DIR/.." && pwd`
        let parent = command.strip_prefix("dirname ");
        let moved = command.strip_prefix("cd ").and_then(|rest| rest.split_once("&&")).map(|(to, _)| to);
        let inside = parent.or(moved)?.trim().trim_matches('"');
        let rest = inside.strip_prefix('$')?;
        let (name, tail) = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}')?,
            None => rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?,
        };
        let base = self.variable(name)?;
        let folder =
            Path::new(base.strip_prefix(ROOT)?.trim_start_matches('/')).join(tail.trim_start_matches('/'));
        let folder = if parent.is_some() { folder.join("..") } else { folder };
        normal(&folder).map(|folder| from_root(&folder))
    }

    /// Sets a variable. One that gets two different values is not known: which holds is decided at run time.
    pub(super) fn assign(&mut self, name: &str, value: &Argument) {
        let value = value.text().map(str::to_owned);
        let known = self.variables.get(name);
        let value = match known {
            Some(before) if *before != value => None,
            _ => value,
        };
        Arc::make_mut(&mut self.variables).insert(name.to_owned(), value);
    }

    /// The path that an argument names, relative to the root; `None` where it leads out of the repository or is not
    /// known.
    pub(super) fn path(&self, text: &str) -> Option<PathBuf> {
        if let Some(rest) = text.strip_prefix(ROOT) {
            return normal(Path::new(rest.trim_start_matches('/')));
        }
        if Path::new(text).is_absolute() || text.starts_with('~') {
            return None;
        }
        normal(&self.folder.as_ref()?.join(text))
    }

    /// Follows `cd`.
    pub(super) fn enter(&mut self, to: Option<&Argument>) {
        self.folder = match to.and_then(Argument::text) {
            Some("-") | None => None,
            Some(text) => self.path(text),
        };
    }
}

fn from_root(folder: &Path) -> String {
    let shown: Vec<_> = folder.iter().map(|part| part.to_string_lossy()).collect();
    if shown.is_empty() { ROOT.to_string() } else { format!("{ROOT}/{}", shown.join("/")) }
}

/// The path without `.` and `..`; `None` where it leads out of the folder it starts in.
pub(super) fn normal(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            Component::Normal(part) => out.push(part),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(out)
}
