//! `Pulumi.yaml`: the project, its runtime, and the configuration it declares.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::pulumi::Key;
use crate::pulumi::Value;
use crate::pulumi::value;
use crate::source::ReadError;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// A Pulumi project.
#[derive(Debug)]
pub struct Project {
    /// The text of the project file.
    pub source: Arc<Source>,
    /// The project file as a tree; its problems are in it.
    pub tree: Tree,
    /// The folder the project file lies in, relative to the root.
    pub folder: PathBuf,
    /// The name; also the namespace of the project's own configuration.
    pub name: Option<Spanned<String>>,
    /// What runs the program: `go`, `nodejs`, `python`, `yaml`, ….
    pub runtime: Option<Spanned<String>>,
    /// `main:`, the folder (or the file) of the program, relative to the project file.
    pub main: Option<Spanned<String>>,
    /// `stackConfigDir:`, the folder of the stack files, relative to the project file.
    pub stack_folder: Option<Spanned<String>>,
    /// The configuration it declares, in order.
    pub declarations: Vec<Declaration>,
}

/// One entry of `config:` in a project file.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The key, with its namespace.
    pub key: Key,
    /// Where the key is written.
    pub key_span: Span,
    /// The declared type.
    pub kind: Option<Spanned<ConfigType>>,
    /// `secret: true`: a stack must set it with `secure:`.
    pub secret: Option<Spanned<bool>>,
    /// What holds where a stack says nothing.
    pub default: Option<Value>,
    /// A value that holds for every stack that does not override it.
    pub value: Option<Value>,
    /// False for a bare value (`region: fra1`), which declares no type.
    pub declared: bool,
}

impl Declaration {
    /// The value that holds where a stack says nothing.
    pub fn fallback(&self) -> Option<&Value> {
        self.value.as_ref().or(self.default.as_ref())
    }

    /// True where every stack has to set the key: it is declared, and nothing is there to fall back to.
    pub fn required(&self) -> bool {
        self.declared && self.fallback().is_none()
    }
}

/// The type of a configuration value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConfigType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number; only programs ask for it, project files cannot declare it.
    Number,
    /// A truth value.
    Boolean,
    /// A list.
    Array,
    /// A mapping.
    Object,
    /// A list or a mapping; what programs ask for with `requireObject`.
    Structure,
}

impl ConfigType {
    /// The type of that name in a project file.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// Its name, with an article, for messages.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "`true` or `false`",
            Self::Array => "a list",
            Self::Object => "a mapping",
            Self::Structure => "a list or a mapping",
        }
    }

    /// True where Pulumi takes `value` for this type. Stack files store everything as strings, so `"3"` is an
    /// integer and `"true"` a boolean. What is not known is taken.
    pub fn takes(self, value: &Value) -> bool {
        use crate::pulumi::Data;
        let Some(data) = value.data.known() else { return true };
        match (self, data) {
            (_, Data::Null) | (Self::Array | Self::Structure, Data::List(_)) => true,
            (Self::Object | Self::Structure, Data::Map(_)) => true,
            // Objects may be given as JSON text, too.
            (Self::Structure | Self::Object | Self::Array, Data::Text(text)) => {
                serde_json::from_str::<serde_json::Value>(text).is_ok()
            }
            (Self::String, data) => !matches!(data, Data::List(_) | Data::Map(_)),
            (Self::Integer, _) => value.int().is_some(),
            (Self::Number, _) => value.float().is_some(),
            (Self::Boolean, _) => value.bool().is_some(),
            (Self::Array | Self::Object | Self::Structure, _) => false,
        }
    }
}

/// The names a project file may have, in the order in which Pulumi looks for them.
pub const PROJECT_FILES: [&str; 3] = ["Pulumi.json", "Pulumi.yaml", "Pulumi.yml"];

impl Project {
    /// Reads a project file.
    pub fn load(sources: &SourceMap, path: &Path) -> Result<Self, ReadError> {
        let source = sources.read(path)?;
        let tree = Tree::parse(&source, Dialect::Compose);
        let mut project = Self {
            folder: path.parent().unwrap_or(Path::new("")).to_path_buf(),
            name: None,
            runtime: None,
            main: None,
            stack_folder: None,
            declarations: Vec::new(),
            source,
            tree,
        };
        if let Some(root) = project.tree.root() {
            let text = |node: Option<NodeRef<'_>>| {
                let node = node.filter(|node| node.is_scalar() && !node.is_null())?;
                Some(Spanned::new(node.text().into_owned(), node.span()))
            };
            let name = text(root.get("name"));
            let runtime = text(
                root.get("runtime")
                    .and_then(|node| if node.is_mapping() { node.get("name") } else { Some(node) }),
            );
            let main = text(root.get("main"));
            let stack_folder = text(root.get("stackConfigDir"))
                // The old spelling of the same key.
                .or_else(|| text(root.get("config").filter(|node| node.is_scalar())));
            let namespace = name.as_ref().map_or("", |name| name.value.as_str()).to_owned();
            let entries = root.get("config").map(NodeRef::merged).unwrap_or_default();
            let declarations =
                entries.into_iter().map(|entry| declaration(entry.key, entry.value, &namespace, sources));
            let declarations = declarations.collect();
            project.name = name;
            project.runtime = runtime;
            project.main = main;
            project.stack_folder = stack_folder;
            project.declarations = declarations;
        }
        Ok(project)
    }

    /// The namespace of the project's own configuration: its name.
    pub fn namespace(&self) -> &str {
        self.name.as_ref().map_or("", |name| name.value.as_str())
    }

    /// The folder of the stack files.
    pub fn stacks_in(&self) -> PathBuf {
        match &self.stack_folder {
            Some(folder) => self.folder.join(&folder.value),
            None => self.folder.clone(),
        }
    }

    /// The folder, or the file, of the program.
    pub fn program(&self) -> PathBuf {
        match &self.main {
            Some(main) => self.folder.join(&main.value),
            None => self.folder.clone(),
        }
    }

    /// The declaration of a key.
    pub fn declaration(&self, key: &Key) -> Option<&Declaration> {
        self.declarations.iter().find(|declaration| declaration.key == *key)
    }
}

fn declaration(key: NodeRef<'_>, node: NodeRef<'_>, project: &str, sources: &SourceMap) -> Declaration {
    let name = Key::parse(&key.text(), project);
    let own = name.namespace == project;
    let known = |entry: &crate::yaml::Entry<'_>| {
        matches!(&*entry.key.text(), "type" | "items" | "description" | "secret" | "default" | "value")
    };
    let mut made = Declaration {
        key: name,
        key_span: key.span(),
        kind: None,
        secret: None,
        default: None,
        value: None,
        declared: false,
    };
    let declared = node.is_mapping() && value::secure(node).is_none() && node.entries().all(|e| known(&e));
    if declared {
        made.declared = true;
        made.kind = node
            .get("type")
            .and_then(|kind| Some(Spanned::new(ConfigType::named(&kind.text())?, kind.span())));
        made.secret = node.get("secret").and_then(|node| Some(Spanned::new(node.as_bool()?, node.span())));
        made.default = node.get("default").map(|node| Value::from_yaml(node, sources));
        made.value = node.get("value").map(|node| Value::from_yaml(node, sources));
    } else {
        let value = Value::from_yaml(node, sources);
        // A bare value is a default under the project's own name, and a value under another namespace.
        if own {
            made.default = Some(value);
        } else {
            made.value = Some(value);
        }
    }
    made
}

/// A path of a program, from the folder of its project; `None` for one that leaves the repository.
pub fn beside(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut joined = folder.to_path_buf();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if !joined.pop() {
                    return None;
                }
            }
            part => joined.push(part),
        }
    }
    (!path.starts_with('/')).then_some(joined)
}
