//! `.helmignore`: which files of a chart folder are no part of the chart.

use crate::helm::chart::pattern;
use crate::helm::chart::pattern::Pattern;

/// The rules of a `.helmignore` file, in order.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    /// `None` where cutting a `!` or `/` off made it unreadable: then it matches nothing.
    pattern: Option<Pattern>,
    negated: bool,
    folders_only: bool,
    whole_path: bool,
}

/// Why a rule is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadRule {
    #[error("double-star (**) syntax is not supported")]
    DoubleStar,
    #[error(transparent)]
    Pattern(#[from] pattern::BadPattern),
}

impl Rules {
    /// Reads the rules; a mistake comes with the byte range of its line.
    pub(crate) fn parse(text: &str) -> Result<Self, (BadRule, std::ops::Range<usize>)> {
        let mut rules = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.trim_end_matches(['\n', '\r']).len();
            let line_text = line.trim_start_matches('\u{feff}').trim();
            rules.extend(Rule::parse(line_text).map_err(|bad| (bad, start..end))?);
            start += line.len();
        }
        rules.extend(Rule::parse("templates/.?*").ok().flatten());
        Ok(Self { rules })
    }

    /// True where a path (relative to the chart, `/` between the parts) is no part of the chart.
    ///
    /// The first rule that decides wins. A negated rule ignores whatever it does *not* match: `!keep.txt` alone
    /// hides every other file. That is what Helm does, whatever was meant.
    pub(crate) fn ignores(&self, path: &str, folder: bool) -> bool {
        for rule in &self.rules {
            let matched = rule.matches(path);
            if rule.negated {
                if (rule.folders_only && !folder) || !matched {
                    return true;
                }
            } else if matched && (folder || !rule.folders_only) {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Option<Self>, BadRule> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err(BadRule::DoubleStar);
        }
        Pattern::new(line)?;
        let (negated, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (folders_only, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
        let (rooted, line) = (line.starts_with('/'), line.trim_start_matches('/'));
        let whole_path = rooted || line.contains('/');
        Ok(Some(Self { pattern: Pattern::new(line).ok(), negated, folders_only, whole_path }))
    }

    fn matches(&self, path: &str) -> bool {
        let name = if self.whole_path { path } else { path.rsplit('/').next().unwrap_or(path) };
        self.pattern.as_ref().is_some_and(|pattern| pattern.matches(name))
    }
}
