//! `Chart.yaml`: what a chart says about itself, field by field with its place.

use std::collections::BTreeMap;

use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::decode;
use crate::helm::chart::decode::Decoder;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::NodeRef;

/// A text field and where it stands; `None` where the file has no such key.
pub type Field = Option<Spanned<String>>;

/// The fields of `Chart.yaml`, as Helm keeps them: numbers and truth values in text fields are text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// `name`: the chart's identity, whatever its folder is called.
    pub name: Field,
    /// `home`
    pub home: Field,
    /// `sources`
    pub sources: Vec<Spanned<String>>,
    /// `version`
    pub version: Field,
    /// `description`
    pub description: Field,
    /// `keywords`
    pub keywords: Vec<Spanned<String>>,
    /// `maintainers`
    pub maintainers: Vec<Option<Maintainer>>,
    /// `icon`
    pub icon: Field,
    /// `apiVersion`; a chart without one counts as `v1`.
    pub api_version: Field,
    /// `condition`: only in old `requirements.yaml` charts.
    pub condition: Field,
    /// `tags`: only in old `requirements.yaml` charts.
    pub tags: Field,
    /// `appVersion`
    pub app_version: Field,
    /// `deprecated`
    pub deprecated: Option<Spanned<bool>>,
    /// `annotations`; `None` where there is no such key or it is null.
    pub annotations: Option<BTreeMap<String, Spanned<String>>>,
    /// `kubeVersion`: a version constraint.
    pub kube_version: Field,
    /// `dependencies`; `None` where there is no such key, which Helm treats differently from an empty list.
    pub dependencies: Option<Vec<Option<Dependency>>>,
    /// `type`: `application` or `library`.
    pub kind: Field,
}

/// An entry of `maintainers`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Maintainer {
    /// `name`
    pub name: Field,
    /// `email`
    pub email: Field,
    /// `url`
    pub url: Field,
}

/// An entry of `dependencies` (in `Chart.yaml`, `requirements.yaml` or a lock file).
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// `name`: must be the name in the dependency's own `Chart.yaml`.
    pub name: Field,
    /// `version`: a constraint; in a lock file a version.
    pub version: Field,
    /// `repository`
    pub repository: Field,
    /// `condition`: paths in the values, separated by commas; the first that is a truth value decides.
    pub condition: Field,
    /// `tags`
    pub tags: Vec<Spanned<String>>,
    /// `enabled`: Helm reads it and never looks at it.
    pub enabled: bool,
    /// `import-values`
    pub import_values: Vec<Import>,
    /// `alias`
    pub alias: Field,
    /// The whole entry.
    pub span: Span,
}

impl Dependency {
    /// The key of its values in the parent: the alias, or the name.
    pub fn key(&self) -> &str {
        match text(&self.alias) {
            "" => text(&self.name),
            alias => alias,
        }
    }
}

/// An entry of `import-values`.
#[derive(Clone, Debug, PartialEq)]
pub enum Import {
    /// A key below the dependency's `exports`.
    Exports(Spanned<String>),
    /// A path in the dependency and a path here (`.` for the top).
    Table {
        /// `child`; Go prints an absent one as `<nil>`.
        child: String,
        /// `parent`
        parent: String,
        /// The whole entry.
        span: Span,
    },
    /// Neither a text nor a mapping: Helm passes over it in silence.
    Ignored(Span),
}

/// A lock file: `Chart.lock` or `requirements.lock`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// `generated`
    pub generated: Field,
    /// `digest`
    pub digest: Field,
    /// `dependencies`
    pub dependencies: Vec<Option<Dependency>>,
}

/// The text of a field; empty where it is not there.
pub fn text(field: &Field) -> &str {
    field.as_ref().map_or("", |field| field.value.as_str())
}

impl Metadata {
    /// Reads a mapping of `Chart.yaml` (or `requirements.yaml`) over what is there already.
    ///
    /// Keys count in any case, as Go's JSON reader has it; unknown ones are passed over.
    pub(crate) fn read(&mut self, node: NodeRef<'_>) -> Result<(), Problem> {
        let decoder = Decoder { structure: "Metadata" };
        for (field, key, value) in decoder.fields(node, FIELDS)? {
            let path = key;
            match field {
                "name" => decoder.text(value, path, &mut self.name)?,
                "home" => decoder.text(value, path, &mut self.home)?,
                "sources" => decoder.texts(value, path, &mut self.sources)?,
                "version" => decoder.text(value, path, &mut self.version)?,
                "description" => decoder.text(value, path, &mut self.description)?,
                "keywords" => decoder.texts(value, path, &mut self.keywords)?,
                "maintainers" => {
                    let items = decoder.items(value, path, "[]*chart.Maintainer")?;
                    self.maintainers = items.into_iter().map(maintainer).collect::<Result<_, _>>()?;
                }
                "icon" => decoder.text(value, path, &mut self.icon)?,
                "apiVersion" => decoder.text(value, path, &mut self.api_version)?,
                "condition" => decoder.text(value, path, &mut self.condition)?,
                "tags" => decoder.text(value, path, &mut self.tags)?,
                "appVersion" => decoder.text(value, path, &mut self.app_version)?,
                "deprecated" => {
                    if let Some(deprecated) = decoder.bool(value, path)? {
                        self.deprecated = Some(Spanned::new(deprecated, value.span()));
                    }
                }
                "annotations" => {
                    if let Some(annotations) = decoder.text_map(value, path)? {
                        self.annotations.get_or_insert_default().extend(annotations);
                    }
                }
                "kubeVersion" => decoder.text(value, path, &mut self.kube_version)?,
                "dependencies" => {
                    self.dependencies = if decode::is_null(value) {
                        None
                    } else {
                        let items = decoder.items(value, path, "[]*chart.Dependency")?;
                        Some(items.into_iter().map(dependency).collect::<Result<_, _>>()?)
                    };
                }
                "type" => decoder.text(value, path, &mut self.kind)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Cleans the texts and says what Helm refuses, first things first.
    pub(crate) fn validate(&mut self, file: Span) -> Result<(), Problem> {
        for field in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            sanitize_field(field);
        }
        self.sources.iter_mut().chain(&mut self.keywords).for_each(|text| sanitize(&mut text.value));
        let at = |field: &Field| field.as_ref().map_or(file, |field| field.span);
        let wrong = |message: String, place: Span| {
            Problem::new(ProblemCode::Metadata, format!("validation: {message}")).at(place)
        };
        let name = text(&self.name);
        if name.is_empty() {
            return Err(wrong("chart.metadata.name is required".to_owned(), at(&self.name)));
        }
        if name == "." || name == ".." {
            return Err(wrong(format!("chart.metadata.name {name:?} is not allowed"), at(&self.name)));
        }
        if name.contains('/') {
            return Err(wrong(format!("chart.metadata.name {name:?} is invalid"), at(&self.name))
                .help("name the chart without a slash"));
        }
        let version = text(&self.version);
        if version.is_empty() {
            return Err(wrong("chart.metadata.version is required".to_owned(), at(&self.version)));
        }
        if !super::version::is_version(version) {
            return Err(wrong(format!("chart.metadata.version {version:?} is invalid"), at(&self.version))
                .help("write a semantic version: `1.2.3`"));
        }
        if !matches!(text(&self.kind), "" | "application" | "library") {
            return Err(wrong(
                "chart.metadata.type must be application or library".to_owned(),
                at(&self.kind),
            ));
        }
        for maintainer in &mut self.maintainers {
            let Some(maintainer) = maintainer else {
                return Err(wrong("maintainers must not contain empty or null nodes".to_owned(), file));
            };
            sanitize_field(&mut maintainer.name);
            sanitize_field(&mut maintainer.email);
            sanitize_field(&mut maintainer.url);
        }
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            let Some(dependency) = dependency else {
                return Err(wrong("dependencies must not contain empty or null nodes".to_owned(), file));
            };
            sanitize_field(&mut dependency.name);
            sanitize_field(&mut dependency.version);
            sanitize_field(&mut dependency.repository);
            sanitize_field(&mut dependency.condition);
            dependency.tags.iter_mut().for_each(|tag| sanitize(&mut tag.value));
            let alias = text(&dependency.alias);
            if !alias.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
                let name = text(&dependency.name);
                let place = dependency.alias.as_ref().map_or(dependency.span, |alias| alias.span);
                return Err(wrong(
                    format!("dependency {name:?} has disallowed characters in the alias"),
                    place,
                )
                .help("use letters, digits, `_` and `-` in the alias"));
            }
            let key = dependency.key().to_owned();
            if let Some(&first) = seen.get(&key) {
                return Err(wrong(
                    format!("more than one dependency with name or alias {key:?}"),
                    dependency.span,
                )
                .related(first, "the first one")
                .help("give one of them an `alias`"));
            }
            seen.insert(key, dependency.span);
        }
        Ok(())
    }
}

/// The keys of `Chart.yaml`.
pub(in crate::helm) const FIELDS: &[&str] = &[
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
];

/// The keys of a maintainer.
pub(in crate::helm) const MAINTAINER_FIELDS: &[&str] = &["name", "email", "url"];

/// The keys of a dependency.
pub(in crate::helm) const DEPENDENCY_FIELDS: &[&str] =
    &["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"];

fn maintainer(node: NodeRef<'_>) -> Result<Option<Maintainer>, Problem> {
    if decode::is_null(node) {
        return Ok(None);
    }
    let decoder = Decoder { structure: "Maintainer" };
    let mut read = Maintainer::default();
    for (field, key, value) in decoder.fields(node, MAINTAINER_FIELDS)? {
        let into = match field {
            "name" => &mut read.name,
            "email" => &mut read.email,
            _ => &mut read.url,
        };
        decoder.text(value, key, into)?;
    }
    Ok(Some(read))
}

fn dependency(node: NodeRef<'_>) -> Result<Option<Dependency>, Problem> {
    if decode::is_null(node) {
        return Ok(None);
    }
    let decoder = Decoder { structure: "Dependency" };
    let mut read = Dependency {
        name: None,
        version: None,
        repository: None,
        condition: None,
        tags: Vec::new(),
        enabled: false,
        import_values: Vec::new(),
        alias: None,
        span: node.span(),
    };
    for (field, key, value) in decoder.fields(node, DEPENDENCY_FIELDS)? {
        match field {
            "name" => decoder.text(value, key, &mut read.name)?,
            "version" => decoder.text(value, key, &mut read.version)?,
            "repository" => decoder.text(value, key, &mut read.repository)?,
            "condition" => decoder.text(value, key, &mut read.condition)?,
            "tags" => decoder.texts(value, key, &mut read.tags)?,
            "enabled" => read.enabled = decoder.bool(value, key)?.unwrap_or(false),
            "alias" => decoder.text(value, key, &mut read.alias)?,
            _ => {
                let items = decoder.items(value, key, "[]interface {}")?;
                read.import_values = items.into_iter().map(import).collect();
            }
        }
    }
    Ok(Some(read))
}

fn import(node: NodeRef<'_>) -> Import {
    if let Some(exports) = node.as_str() {
        return Import::Exports(Spanned::new(exports.into_owned(), node.span()));
    }
    if node.is_mapping() {
        let part = |key: &str| node.get(key).map_or_else(|| "<nil>".to_owned(), decode::printed);
        return Import::Table { child: part("child"), parent: part("parent"), span: node.span() };
    }
    Import::Ignored(node.span())
}

impl Lock {
    pub(crate) fn read(node: NodeRef<'_>) -> Result<Self, Problem> {
        let decoder = Decoder { structure: "Lock" };
        let mut lock = Self::default();
        for (field, key, value) in decoder.fields(node, &["generated", "digest", "dependencies"])? {
            match field {
                "generated" => {
                    decoder.text(value, key, &mut lock.generated)?;
                    if let Some(generated) = &lock.generated
                        && !is_time(&generated.value)
                    {
                        let message = format!(
                            "error unmarshaling JSON: while decoding JSON: parsing time {:?} as \
                             \"2006-01-02T15:04:05Z07:00\": cannot parse",
                            generated.value
                        );
                        return Err(Problem::new(ProblemCode::Chart, message).at(generated.span));
                    }
                }
                "digest" => decoder.text(value, key, &mut lock.digest)?,
                _ => {
                    let items = decoder.items(value, key, "[]*chart.Dependency")?;
                    lock.dependencies = items.into_iter().map(dependency).collect::<Result<_, _>>()?;
                }
            }
        }
        Ok(lock)
    }
}

/// RFC 3339, by its shape: `2006-01-02T15:04:05.999Z` or with an offset.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches('0'),
        None => rest,
    };
    matches!(rest, "Z" | "+00:00" | "-00:00")
}

fn sanitize_field(field: &mut Field) {
    if let Some(field) = field {
        sanitize(&mut field.value);
    }
}

/// Every kind of blank becomes a space, and what cannot be printed is dropped.
fn sanitize(text: &mut String) {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return;
    }
    *text = text
        .chars()
        .filter_map(|c| {
            if c.is_whitespace() {
                return Some(' ');
            }
            printable(c).then_some(c)
        })
        .collect();
}

fn printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..)
}
