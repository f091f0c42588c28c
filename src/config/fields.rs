//! Reading typed values from nodes; each mistake becomes one finding, and reading goes on.

use std::path::PathBuf;

use crate::config::read::list;
use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Entry;
use crate::yaml::NodeRef;

/// Collects findings while values are read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) findings: Vec<Finding>,
}

/// The keys of one mapping.
pub(super) struct Fields<'t> {
    entries: Vec<Entry<'t>>,
    path: String,
    what: &'static str,
    span: Span,
}

impl<'t> Fields<'t> {
    /// The value of a key; a null counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<NodeRef<'t>> {
        let entry = self.entries.iter().find(|entry| entry.key.text() == key)?;
        (!entry.value.is_null()).then_some(entry.value)
    }

    /// The path of a key of this mapping, from the root of the file.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl Reader {
    pub(super) fn say(&mut self, message: &str, span: Span, at: &str) {
        self.findings.push(Finding::new(message, span, at));
    }

    pub(super) fn say_help(&mut self, message: &str, span: Span, at: &str, help: &str) {
        self.findings.push(Finding::new(message, span, at).help(help));
    }

    /// Offers the word that was most likely meant, in the last finding.
    fn offer(&mut self, near: &str, what: What) {
        if let Some(finding) = self.findings.last_mut() {
            let at = finding.primary.span;
            finding.remedy = Some(Ok(Remedy::new(format!("write `{near}`"), Safety::Unsafe, at, what)));
        }
    }

    /// The keys of a mapping of a known kind; unknown keys are findings.
    pub(super) fn fields<'t>(
        &mut self,
        node: NodeRef<'t>,
        at: &str,
        what: &'static str,
        keys: &[&str],
    ) -> Option<Fields<'t>> {
        if !node.is_mapping() {
            let help = format!("give it keys and values: {}", list(keys.iter().copied()));
            self.say_help(
                &format!("{what} is a mapping, and this is {}", kind(node)),
                node.span(),
                at,
                &help,
            );
            return None;
        }
        let entries = node.merged();
        for entry in &entries {
            let key = entry.key.text();
            if keys.contains(&&*key) {
                continue;
            }
            let path = if at.is_empty() { key.to_string() } else { format!("{at}.{key}") };
            let message = format!("`{key}` is no key of {what}");
            let help = match nearest(&key, keys.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("use one of {}", list(keys.iter().copied())),
            };
            self.say_help(&message, entry.key.span(), &path, &help);
            if let Some(near) = nearest(&key, keys.iter().copied()) {
                self.offer(near, What::Rename(near.to_owned()));
            }
        }
        Some(Fields { entries, path: at.to_owned(), what, span: node.span() })
    }

    /// The value of a key that must be there.
    pub(super) fn required<'t>(&mut self, fields: &Fields<'t>, key: &str) -> Option<NodeRef<'t>> {
        let value = fields.get(key);
        if value.is_none() {
            let null = fields.entries.iter().find(|entry| entry.key.text() == key);
            let span = null.map_or_else(
                || fields.entries.first().map_or(fields.span, |entry| entry.key.span()),
                |entry| entry.key.span(),
            );
            self.say_help(
                &format!("{} has no `{key}`", fields.what),
                span,
                &fields.at(key),
                &format!("add `{key}: …`"),
            );
        }
        value
    }

    /// The entries of a mapping with free keys.
    pub(super) fn entries<'t>(&mut self, node: NodeRef<'t>, at: &str, what: &str) -> Option<Vec<Entry<'t>>> {
        if node.is_mapping() {
            return Some(node.merged());
        }
        let name = last(at);
        self.say(&format!("`{name}` is a mapping of {what}, and this is {}", kind(node)), node.span(), at);
        None
    }

    /// The items of a list.
    pub(super) fn items<'t>(&mut self, node: NodeRef<'t>, at: &str, what: &str) -> Vec<NodeRef<'t>> {
        if !node.is_sequence() {
            let name = last(at);
            let message = format!("`{name}` is a list of {what}, and this is {}", kind(node));
            self.say_help(&message, node.span(), at, "put `- ` in front of each");
            return Vec::new();
        }
        node.items().collect()
    }

    /// A text; a number or a truth value in its place is a finding.
    pub(super) fn text(&mut self, node: NodeRef<'_>, at: &str) -> Option<Spanned<String>> {
        if let Some(text) = node.as_str() {
            if text.is_empty() {
                self.say("this text is empty", node.span(), at);
                return None;
            }
            return Some(Spanned::new(text.into_owned(), node.span()));
        }
        let name = last(at);
        let message = format!("`{name}` is text, and this is {}", kind(node));
        if node.is_scalar() && !node.is_null() {
            self.say_help(&message, node.span(), at, &format!("write it in quotes: `\"{}\"`", node.text()));
            if let Some(finding) = self.findings.last_mut() {
                let quotes = Remedy::new("write it in quotes", Safety::Safe, node.span(), What::Quote);
                finding.remedy = Some(Ok(quotes));
            }
        } else {
            self.say(&message, node.span(), at);
        }
        None
    }

    /// A text, or a list of texts.
    pub(super) fn texts(&mut self, node: NodeRef<'_>, at: &str) -> Vec<Spanned<String>> {
        if node.is_sequence() {
            let items: Vec<_> = node.items().collect();
            let texts = items.into_iter().enumerate();
            return texts.filter_map(|(index, item)| self.text(item, &format!("{at}[{index}]"))).collect();
        }
        self.text(node, at).into_iter().collect()
    }

    pub(super) fn path(&mut self, node: NodeRef<'_>, at: &str) -> Option<Spanned<PathBuf>> {
        Some(self.text(node, at)?.map(PathBuf::from))
    }

    /// A path, or a list of paths.
    pub(super) fn paths(&mut self, node: NodeRef<'_>, at: &str) -> Vec<Spanned<PathBuf>> {
        self.texts(node, at).into_iter().map(|text| text.map(PathBuf::from)).collect()
    }

    /// One of a few words.
    pub(super) fn word(
        &mut self,
        node: NodeRef<'_>,
        at: &str,
        what: &str,
        words: &[&str],
    ) -> Option<Spanned<String>> {
        let text = node.text();
        if node.is_scalar() && words.contains(&&*text) {
            return Some(Spanned::new(text.into_owned(), node.span()));
        }
        let message = if node.is_scalar() {
            format!("`{text}` is not {what}")
        } else {
            format!("this is {}, not {what}", kind(node))
        };
        let help = match nearest(&text, words.iter().copied()).filter(|_| node.is_scalar()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of {}", list(words.iter().copied())),
        };
        self.say_help(&message, node.span(), at, &help);
        if let Some(near) = nearest(&text, words.iter().copied()).filter(|_| node.is_scalar()) {
            self.offer(near, What::Replace(near.to_owned()));
        }
        None
    }

    /// An amount of money: a number that is not negative.
    pub(super) fn amount(&mut self, node: NodeRef<'_>, at: &str) -> Option<Spanned<f64>> {
        let amount = node.as_f64().filter(|amount| amount.is_finite() && *amount >= 0.0);
        if amount.is_none() {
            let what = "an amount in US dollars a month";
            let message = format!("`{}` is {what}, and this is {}", last(at), kind(node));
            self.say_help(&message, node.span(), at, "write a number without a currency sign: `60`");
        }
        amount.map(|amount| Spanned::new(amount, node.span()))
    }

    /// A whole number that is not negative.
    pub(super) fn count(&mut self, node: NodeRef<'_>, at: &str) -> Option<Spanned<u32>> {
        let count = node.as_i64().and_then(|count| u32::try_from(count).ok());
        if count.is_none() {
            let message = format!("`{}` is a whole number from 0, and this is {}", last(at), kind(node));
            self.say(&message, node.span(), at);
        }
        count.map(|count| Spanned::new(count, node.span()))
    }

    /// A truth value.
    pub(super) fn flag(&mut self, node: NodeRef<'_>, at: &str) -> Option<Spanned<bool>> {
        let flag = node.as_bool();
        if flag.is_none() {
            let message = format!("`{}` is `true` or `false`, and this is {}", last(at), kind(node));
            self.say(&message, node.span(), at);
        }
        flag.map(|flag| Spanned::new(flag, node.span()))
    }
}

/// The last key of a path.
fn last(at: &str) -> &str {
    at.rsplit('.').next().unwrap_or(at)
}

/// One mapping, or a list of them, each with its path.
pub(super) fn one_or_more<'t>(node: Option<NodeRef<'t>>, at: &str) -> Vec<(NodeRef<'t>, String)> {
    match node {
        None => Vec::new(),
        Some(node) if node.is_sequence() => {
            node.items().enumerate().map(|(index, item)| (item, format!("{at}[{index}]"))).collect()
        }
        Some(node) => vec![(node, at.to_owned())],
    }
}

/// What a node is, in words that fit after "this is".
fn kind(node: NodeRef<'_>) -> String {
    if node.is_mapping() {
        return "a mapping".to_owned();
    }
    if node.is_sequence() {
        return "a list".to_owned();
    }
    if node.is_null() {
        return "nothing".to_owned();
    }
    let text = node.text();
    if node.as_str().is_some() {
        return format!("the text `{text}`");
    }
    if node.as_bool().is_some() {
        return format!("the truth value `{text}`");
    }
    format!("the number `{text}`")
}
