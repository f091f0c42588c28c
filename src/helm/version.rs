//! Semantic versions and constraints as Helm and Sprig have them: Masterminds' loose reading.

use std::cmp::Ordering;

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    /// What stands after `-`.
    pub prerelease: String,
    /// What stands after `+`.
    pub metadata: String,
    /// The text it was read from.
    pub original: String,
}

/// Why a text is no version or no constraint, in the words of the original.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VersionError(pub String);

fn error<T>(message: impl Into<String>) -> Result<T, VersionError> {
    Err(VersionError(message.into()))
}

/// The longest text that is read as a version, in bytes.
const MAX_VERSION: usize = 256;
/// The longest text that is read as a constraint, in bytes.
const MAX_CONSTRAINT: usize = 512;
/// The most groups (`a || b`) of a constraint.
const MAX_GROUPS: usize = 32;

/// Cuts `.`-separated identifiers off the front; `None` where there is none.
fn identifiers(text: &str) -> Option<(&str, &str)> {
    let part = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    let mut end = part(text);
    if end == 0 {
        return None;
    }
    while let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix('.')) {
        let length = part(rest);
        if length == 0 {
            break;
        }
        end += 1 + length;
    }
    text.split_at_checked(end)
}

impl Version {
    /// Reads a version: one to three numbers, `v` before, `-prerelease` and `+metadata` after them if need be.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        const INVALID: &str = "invalid semantic version";
        if text.len() > MAX_VERSION {
            return error(format!("version string is too long (max {MAX_VERSION} bytes)"));
        }
        let mut rest = text.strip_prefix('v').unwrap_or(text);
        let mut numbers = Vec::new();
        loop {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let Some((digits, after)) = rest.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())
            else {
                return error(INVALID);
            };
            numbers.push(digits);
            rest = after;
            match rest.strip_prefix('.') {
                Some(more) if numbers.len() < 3 => rest = more,
                _ => break,
            }
        }
        let (mut prerelease, mut metadata) = ("", "");
        if let Some((found, after)) = rest.strip_prefix('-').and_then(identifiers) {
            (prerelease, rest) = (found, after);
        }
        if let Some((found, after)) = rest.strip_prefix('+').and_then(identifiers) {
            (metadata, rest) = (found, after);
        }
        if !rest.is_empty() {
            return error(INVALID);
        }
        let number = |at: usize| {
            match numbers.get(at) {
            None => Ok(0),
            Some(digits) => digits.parse().or_else(|_| {
                error(format!(
                    "error parsing version segment: strconv.ParseUint: parsing \"{digits}\": value out of range"
                ))
            }),
        }
        };
        let (major, minor, patch) = (number(0)?, number(1)?, number(2)?);
        for part in prerelease.split('.') {
            if part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()) {
                return error("version segment starts with 0");
            }
        }
        Ok(Self {
            major,
            minor,
            patch,
            prerelease: prerelease.to_owned(),
            metadata: metadata.to_owned(),
            original: text.to_owned(),
        })
    }

    /// The order of precedence: metadata does not count.
    pub fn precedence(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch).cmp(&(other.major, other.minor, other.patch)).then_with(
            || match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
            },
        )
    }

    /// The next version, counted up at the first, second or third number.
    #[must_use]
    pub fn next(&self, part: usize) -> Self {
        let mut next = Self { prerelease: String::new(), metadata: String::new(), ..self.clone() };
        match part {
            0 => (next.major, next.minor, next.patch) = (self.major.saturating_add(1), 0, 0),
            1 => (next.minor, next.patch) = (self.minor.saturating_add(1), 0),
            _ if self.prerelease.is_empty() => next.patch = self.patch.saturating_add(1),
            _ => {}
        }
        let prefix = if self.original.starts_with('v') { "v" } else { "" };
        next.original = format!("{prefix}{next}");
        next
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(formatter, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(formatter, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn compare_prereleases(one: &str, other: &str) -> Ordering {
    let (mut ours, mut theirs) = (one.split('.'), other.split('.'));
    loop {
        let (one, other) = match (ours.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => (one.unwrap_or(""), other.unwrap_or("")),
        };
        if one == other {
            continue;
        }
        if one.is_empty() {
            return Ordering::Less;
        }
        if other.is_empty() {
            return Ordering::Greater;
        }
        return match (one.parse::<u64>(), other.parse::<u64>()) {
            (Ok(one), Ok(other)) if one > other => Ordering::Greater,
            (Ok(_), _) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => one.cmp(other),
        };
    }
}

/// What a version must be like: groups of comparisons, one group of which must hold as a whole.
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Vec<Comparison>>,
}

#[derive(Clone, Debug)]
struct Comparison {
    operator: &'static str,
    version: Version,
    /// A part is missing or written as `x`.
    dirty: bool,
    minor_dirty: bool,
    patch_dirty: bool,
}

/// What a comparison can begin with.
const OPERATORS: [&str; 12] = ["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"];

/// A version with gaps, as it stands in a constraint. What is not written is empty.
struct Written<'t> {
    whole: &'t str,
    major: &'t str,
    minor: &'t str,
    patch: &'t str,
    prerelease: &'t str,
}

/// Parts a text where its first characters of a kind end.
fn cut(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What stands after the blanks at the front.
fn skip_blanks(text: &str) -> &str {
    cut(text, |c| matches!(c, '\t' | '\n' | '\x0C' | '\r' | ' ')).1
}

/// The same, where there is a blank at least.
fn skip_gap(text: &str) -> Option<&str> {
    Some(skip_blanks(text)).filter(|rest| rest.len() < text.len())
}

impl<'t> Written<'t> {
    /// Cuts a version off the front.
    fn cut(text: &'t str) -> Option<(Self, &'t str)> {
        let number = |text: &'t str| {
            let (number, rest) = cut(text, |c| c.is_ascii_digit() || matches!(c, '|' | 'x' | 'X' | '*'));
            Some((number, rest)).filter(|(number, _)| !number.is_empty())
        };
        let (major, rest) = number(text.strip_prefix('v').unwrap_or(text))?;
        let (minor, rest) = rest.strip_prefix('.').and_then(number).unwrap_or(("", rest));
        let (patch, rest) = rest.strip_prefix('.').and_then(number).unwrap_or(("", rest));
        let (prerelease, rest) = rest.strip_prefix('-').and_then(identifiers).unwrap_or(("", rest));
        let (_, rest) = rest.strip_prefix('+').and_then(identifiers).unwrap_or(("", rest));
        let whole = text.strip_suffix(rest)?;
        Some((Self { whole, major, minor, patch, prerelease }, rest))
    }

    /// Cuts a comparison off the front: operator and version.
    fn cut_compared(text: &'t str) -> Option<(&'static str, Self, &'t str)> {
        let (operator, rest) = cut(text, |c| matches!(c, '=' | '!' | '>' | '<' | '~' | '^'));
        let operator = OPERATORS.into_iter().find(|known| *known == operator)?;
        let (version, rest) = Self::cut(skip_blanks(rest))?;
        Some((operator, version, rest))
    }

    /// The comparisons of a group, with commas or blanks between them.
    fn all_compared(group: &'t str) -> Option<Vec<(&'static str, Self)>> {
        let mut found = Vec::new();
        let mut rest = skip_blanks(group);
        loop {
            let (operator, version, after) = Self::cut_compared(rest)?;
            found.push((operator, version));
            rest = skip_blanks(after);
            if rest.is_empty() {
                return Some(found);
            }
            rest = match rest.strip_prefix(',') {
                Some(more) => skip_blanks(more),
                None => skip_gap(after)?,
            };
        }
    }
}

impl Constraint {
    /// Reads a constraint such as `>=1.19-0 <1.25.0 || ~2.1`.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        if text.len() > MAX_CONSTRAINT {
            return error(format!("constraint string is too long (max {MAX_CONSTRAINT} bytes)"));
        }
        let text = rewrite_ranges(text);
        let groups: Vec<&str> = text.split("||").collect();
        if groups.len() > MAX_GROUPS {
            return error(format!("too many constraint groups (max {MAX_GROUPS})"));
        }
        let mut read = Vec::with_capacity(groups.len());
        for group in groups {
            let Some(compared) = Written::all_compared(group) else {
                let quoted = crate::helm::go::quote::quote(group.as_bytes());
                return error(format!("improper constraint: {}", String::from_utf8_lossy(&quoted)));
            };
            let all = compared.into_iter().map(|(operator, version)| Comparison::of(operator, &version));
            read.push(all.collect::<Result<_, _>>()?);
        }
        Ok(Self { groups: read })
    }

    /// True where the version fits. A prerelease fits only a group that names a prerelease itself.
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            let prereleases = group.iter().any(|comparison| !comparison.version.prerelease.is_empty());
            (prereleases || version.prerelease.is_empty())
                && group.iter().all(|comparison| comparison.check(version))
        })
    }
}

/// Writes `1.2 - 1.4` as `>= 1.2, <= 1.4`.
fn rewrite_ranges(text: &str) -> String {
    let mut out = text.to_owned();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((from, to, after)) = cut_range(rest) {
            let range = rest.strip_suffix(after).unwrap_or(rest);
            out = out.replacen(range, &format!(">= {from}, <= {to} "), 1);
            rest = after;
        } else {
            let mut characters = rest.chars();
            characters.next();
            rest = characters.as_str();
        }
    }
    out
}

/// Cuts a range off the front, with the blanks around it.
fn cut_range(text: &str) -> Option<(&str, &str, &str)> {
    let (from, rest) = Written::cut(skip_blanks(text))?;
    let rest = skip_gap(rest)?.strip_prefix('-')?;
    let (to, rest) = Written::cut(skip_gap(rest)?)?;
    Some((from.whole, to.whole, skip_blanks(rest)))
}

fn is_gap(part: &str) -> bool {
    matches!(part, "" | "x" | "X" | "*")
}

impl Comparison {
    fn of(operator: &'static str, written: &Written<'_>) -> Result<Self, VersionError> {
        let Written { whole, major, minor, patch, prerelease } = *written;
        let dash = if prerelease.is_empty() { "" } else { "-" };
        let (mut dirty, mut minor_dirty, mut patch_dirty) = (true, false, false);
        let full = if is_gap(major) {
            format!("0.0.0{dash}{prerelease}")
        } else if is_gap(minor) {
            minor_dirty = true;
            format!("{major}.0.0{dash}{prerelease}")
        } else if is_gap(patch) {
            patch_dirty = true;
            format!("{major}.{minor}.0{dash}{prerelease}")
        } else {
            dirty = false;
            whole.to_owned()
        };
        match Version::parse(&full) {
            Ok(version) => Ok(Self { operator, version, dirty, minor_dirty, patch_dirty }),
            Err(_) => error("constraint parser error"),
        }
    }

    fn check(&self, version: &Version) -> bool {
        let wanted = &self.version;
        let order = version.precedence(wanted);
        match self.operator {
            "" | "=" if !self.dirty => order.is_eq(),
            "" | "=" | "~" | "~>" => {
                if order.is_lt() {
                    return false;
                }
                let zero = (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0);
                zero && !self.minor_dirty && !self.patch_dirty
                    || version.major == wanted.major && (version.minor == wanted.minor || self.minor_dirty)
            }
            "!=" => {
                if !self.dirty {
                    return order.is_ne();
                }
                if version.major != wanted.major {
                    return true;
                }
                if self.minor_dirty {
                    return false;
                }
                if version.minor != wanted.minor {
                    return true;
                }
                if self.patch_dirty {
                    return compare_prereleases(&version.prerelease, &wanted.prerelease).is_ne();
                }
                version.patch != wanted.patch || order.is_ne()
            }
            ">" => {
                if !self.dirty || version.major != wanted.major {
                    return if self.dirty { version.major > wanted.major } else { order.is_gt() };
                }
                if self.minor_dirty {
                    false
                } else if self.patch_dirty {
                    version.minor > wanted.minor
                } else {
                    order.is_gt()
                }
            }
            "<" => order.is_lt(),
            ">=" | "=>" => order.is_ge(),
            "<=" | "=<" => {
                if !self.dirty {
                    return order.is_le();
                }
                version.major < wanted.major
                    || version.major == wanted.major && (version.minor <= wanted.minor || self.minor_dirty)
            }
            // `^`
            _ => {
                if order.is_lt() {
                    return false;
                }
                if wanted.major > 0 || self.minor_dirty {
                    return version.major == wanted.major;
                }
                if version.major > 0 {
                    return false;
                }
                if wanted.minor > 0 || self.patch_dirty {
                    return version.minor == wanted.minor;
                }
                version.minor == 0 && version.patch == wanted.patch
            }
        }
    }
}
