//! What the reader's screen can do.

use std::io::IsTerminal as _;
use std::path::PathBuf;

/// How a report for people looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// The width in columns.
    pub width: usize,
    /// Whether colours are shown.
    pub colour: bool,
    /// Whether lines are drawn with more than ASCII.
    pub unicode: bool,
    /// The folder that paths start at, where file names can be clicked on.
    pub links_below: Option<PathBuf>,
}

/// The width where there is no terminal to ask.
const WIDTH: usize = 100;

impl Default for Terminal {
    fn default() -> Self {
        Self::plain()
    }
}

impl Terminal {
    /// No terminal: a file, a pipe, a log.
    pub fn plain() -> Self {
        Self { width: WIDTH, colour: false, unicode: false, links_below: None }
    }

    /// The terminal behind the standard output of this process, and plain text where there is none.
    ///
    /// `root` is the folder that the paths of a report start at.
    pub fn of_stdout(root: &std::path::Path) -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let kind = set("TERM");
        if !std::io::stdout().is_terminal() || kind.as_deref() == Some("dumb") {
            return Self::plain();
        }
        let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        let utf8 = cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8");
        let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
        let links = supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        Self {
            width: width.clamp(40, 160),
            colour: set("NO_COLOR").is_none(),
            unicode: utf8 && kind.as_deref() != Some("linux"),
            links_below: if links { root.canonicalize().ok() } else { None },
        }
    }
}
