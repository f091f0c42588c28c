//! `Pulumi.<stack>.yaml`: the configuration of one stack.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::pulumi::Key;
use crate::pulumi::Project;
use crate::pulumi::Value;
use crate::source::Listed;
use crate::source::ReadError;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// The configuration of one stack.
#[derive(Debug)]
pub struct Stack {
    /// The name of the stack, as the file name has it.
    pub name: String,
    /// The text of the stack file; `None` for a stack that is only set up by commands.
    pub source: Option<Arc<Source>>,
    /// The stack file as a tree.
    pub tree: Option<Tree>,
    /// What it sets, in order; later commands win.
    pub settings: Vec<Setting>,
    /// `secretsprovider:`.
    pub secrets_provider: Option<Spanned<String>>,
    /// `encryptedkey:`, only its place.
    pub encrypted_key: Option<Span>,
    /// `encryptionsalt:`, only its place.
    pub encryption_salt: Option<Span>,
    /// The environments it imports from Pulumi ESC. What they set cannot be known from the repository.
    pub environments: Vec<Spanned<String>>,
}

/// One configuration value of a stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key.
    pub key: Key,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

impl Stack {
    /// A stack without a file, such as one that a workflow sets up.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            source: None,
            tree: None,
            settings: Vec::new(),
            secrets_provider: None,
            encrypted_key: None,
            encryption_salt: None,
            environments: Vec::new(),
        }
    }

    /// Reads a stack file of `project`.
    pub fn load(sources: &SourceMap, project: &Project, path: &Path) -> Result<Self, ReadError> {
        let source = sources.read(path)?;
        let tree = Tree::parse(&source, Dialect::Compose);
        let mut stack = Self::named(stack_name(path).unwrap_or_default());
        if let Some(root) = tree.root() {
            let entries = root.get("config").map(NodeRef::merged).unwrap_or_default();
            stack.settings = entries
                .into_iter()
                .map(|entry| Setting {
                    key: Key::parse(&entry.key.text(), project.namespace()),
                    key_span: entry.key.span(),
                    value: Value::from_yaml(entry.value, sources),
                })
                .collect();
            let provider = root.get("secretsprovider").filter(|node| node.is_scalar() && !node.is_null());
            stack.secrets_provider = provider.map(|node| Spanned::new(node.text().into_owned(), node.span()));
            let place = |key: &str| {
                let node = root.get(key)?;
                sources.mark_secret(node.span());
                Some(node.span())
            };
            stack.encrypted_key = place("encryptedkey");
            stack.encryption_salt = place("encryptionsalt");
            let environment = root.get("environment");
            let imports =
                environment.map(|node| if node.is_mapping() { node.get("imports") } else { Some(node) });
            let imports = imports.flatten().map(NodeRef::items).into_iter().flatten();
            stack.environments =
                imports.map(|node| Spanned::new(node.text().into_owned(), node.span())).collect();
        }
        stack.source = Some(source);
        stack.tree = Some(tree);
        Ok(stack)
    }

    /// What the stack itself sets for a key; the last one counts.
    pub fn setting(&self, key: &Key) -> Option<&Setting> {
        self.settings.iter().rev().find(|setting| setting.key == *key)
    }
}

/// The stack of a file name `Pulumi.<stack>.yaml`.
pub fn stack_name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_prefix("Pulumi.")?;
    let (stack, extension) = name.rsplit_once('.')?;
    matches!(extension, "yaml" | "yml" | "json").then_some(stack)
}

/// The stack files of a project, sorted. Files whose extension differs from the project file's are left out, as
/// Pulumi does not find them.
pub fn stack_files(sources: &SourceMap, project: &Project) -> Vec<PathBuf> {
    let folder = project.stacks_in();
    let extension = Path::new(&project.source.path).extension().map(ToOwned::to_owned);
    let listed = sources.files().list(&folder).unwrap_or_default();
    let files = listed.into_iter().filter(|(_, listed)| matches!(listed, Listed::File(_)));
    let files = files.map(|(name, _)| folder.join(name));
    files.filter(|file| stack_name(file).is_some() && file.extension() == extension.as_deref()).collect()
}
