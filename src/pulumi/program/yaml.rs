//! Pulumi YAML programs: resources, variables and interpolation, without any control flow.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use indexmap::IndexMap;

use crate::pulumi::ConfigType;
use crate::pulumi::Configuration;
use crate::pulumi::Data;
use crate::pulumi::Key;
use crate::pulumi::Project;
use crate::pulumi::Value;
use crate::pulumi::configuration::Lookup;
use crate::pulumi::program::Language;
use crate::pulumi::program::ProgramError;
use crate::pulumi::program::Reading;
use crate::pulumi::program::Resource;
use crate::pulumi::program::Use;
use crate::pulumi::program::entry;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Unknown;
use crate::yaml::Dialect;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// A program that is a file of YAML.
#[derive(Debug)]
pub(super) struct Program {
    tree: Tree,
}

/// Reads `Main.yaml`, or the project file itself.
pub(super) fn load(sources: &SourceMap, project: &Project) -> Result<super::Program, ProgramError> {
    let (folder, file) = entry(sources, project);
    let names = ["Main.json", "Main.yaml", "Pulumi.yaml", "Pulumi.yml"];
    let mut paths = file.into_iter().chain(names.iter().map(|name| folder.join(name)));
    let path = paths.find(|path| sources.files().is_file(path));
    let path = path.unwrap_or_else(|| Path::new(&project.source.path).to_path_buf());
    let source =
        sources.read(&path).map_err(|error| ProgramError::Unreadable(path.display().to_string(), error))?;
    let tree = Tree::parse(&source, Dialect::Compose);
    let mut program = super::Program::new(Language::Yaml, source.whole().at_start());
    let mut strings = BTreeSet::new();
    if let Some(root) = tree.root() {
        for section in ["variables", "resources", "outputs"] {
            root.get(section).into_iter().for_each(|node| mentioned(node, &mut strings, 0));
        }
    }
    program.strings = strings;
    program.yaml = Some(Program { tree });
    Ok(program)
}

/// The names that interpolations begin with.
fn mentioned(node: NodeRef<'_>, strings: &mut BTreeSet<Box<str>>, depth: usize) {
    if depth > 32 {
        return;
    }
    if node.is_scalar() {
        for piece in pieces(&node.text()) {
            if let Piece::Path(path) = piece {
                strings.insert(first(&path).into());
            }
        }
    }
    node.items().for_each(|item| mentioned(item, strings, depth + 1));
    node.entries().for_each(|entry| mentioned(entry.value, strings, depth + 1));
}

impl Program {
    pub(super) fn read(&self, configuration: Configuration<'_>) -> Reading {
        let mut reader = Reader {
            program: self,
            configuration,
            reading: Reading::default(),
            working: Vec::new(),
            known: BTreeMap::new(),
        };
        let resources = self.tree.root().and_then(|root| root.get("resources"));
        for entry in resources.map(NodeRef::merged).unwrap_or_default() {
            reader.resource(&entry.key.text(), entry.key.span(), entry.value);
        }
        reader.reading
    }
}

struct Reader<'p> {
    program: &'p Program,
    configuration: Configuration<'p>,
    reading: Reading,
    /// Names that are being worked out, against circles.
    working: Vec<String>,
    known: BTreeMap<String, Value>,
}

enum Piece {
    Text(String),
    Path(String),
}

/// A text as pieces: `a-${b.c}` is a text and a path. `$$` stands for `$`.
fn pieces(text: &str) -> Vec<Piece> {
    let mut made = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        plain.push_str(before);
        if let Some(escaped) = after.strip_prefix('$') {
            plain.push('$');
            rest = escaped;
        } else if let Some((path, after)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            if !plain.is_empty() {
                made.push(Piece::Text(std::mem::take(&mut plain)));
            }
            made.push(Piece::Path(path.trim().to_owned()));
            rest = after;
        } else {
            plain.push('$');
            rest = after;
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        made.push(Piece::Text(plain));
    }
    made
}

fn first(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

impl Reader<'_> {
    fn resource(&mut self, name: &str, name_span: Span, node: NodeRef<'_>) {
        let Some(kind) = node.get("type") else { return };
        let written = node
            .get("name")
            .map_or_else(|| Value::known(Data::Text(name.to_owned()), name_span), |node| self.value(node, 0));
        let properties = node.get("properties").map(|node| self.value(node, 0));
        let (properties, rest) = match properties.map(|value| value.data) {
            Some(Known::Known(Data::Map(entries))) => (entries, None),
            Some(Known::Unknown(why)) => (IndexMap::new(), Some(why)),
            _ => (IndexMap::new(), None),
        };
        let options = node.get("options").map(|node| self.value(node, 0));
        let options = options.and_then(|value| value.map().cloned()).unwrap_or_default();
        self.reading.resources.push(Resource {
            token: token(&kind.text()),
            name: written,
            properties,
            rest,
            options,
            span: name_span,
            existing: node.get("get").is_some(),
            condition: None,
        });
    }

    fn value(&mut self, node: NodeRef<'_>, depth: usize) -> Value {
        let span = node.span();
        if depth > 32 {
            return Value::unknown("the value is nested too deep", span);
        }
        if node.is_sequence() {
            let items = node.items().map(|item| self.value(item, depth + 1)).collect();
            return Value::known(Data::List(items), span);
        }
        if node.is_mapping() {
            let mut entries = node.entries();
            if let Some(only) = entries.next().filter(|_| entries.next().is_none())
                && only.key.text().to_ascii_lowercase().starts_with("fn::")
            {
                return self.function(&only.key.text(), only.value, span, depth);
            }
            let entries = node.merged().into_iter();
            let entries =
                entries.map(|entry| (entry.key.text().into_owned(), self.value(entry.value, depth + 1)));
            return Value::known(Data::Map(entries.collect()), span);
        }
        let Some(text) = node.as_str().filter(|text| text.contains('$')) else {
            return plain(node);
        };
        let pieces = pieces(&text);
        if let [Piece::Path(path)] = pieces.as_slice() {
            return self.path(path, span, depth);
        }
        let mut made = String::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => made.push_str(text),
                Piece::Path(path) => {
                    let value = self.path(path, span, depth);
                    match value.data.known() {
                        Some(Data::Text(text)) => made.push_str(text),
                        Some(Data::Int(number)) => made.push_str(&number.to_string()),
                        Some(Data::Bool(truth)) => made.push_str(&truth.to_string()),
                        _ => {
                            let why = value.why_unknown().map_or("it has no text", |unknown| &unknown.why);
                            return Value::unknown(why, span);
                        }
                    }
                }
            }
        }
        Value::known(Data::Text(made), span)
    }

    fn function(&mut self, name: &str, argument: NodeRef<'_>, span: Span, depth: usize) -> Value {
        match name.to_ascii_lowercase().as_str() {
            "fn::secret" | "fn::unsecret" => {
                let mut value = self.value(argument, depth + 1);
                value.secret = name.eq_ignore_ascii_case("fn::secret");
                value
            }
            "fn::join" => {
                let arguments = self.value(argument, depth + 1);
                let [by, items] = arguments.items() else {
                    return Value::unknown("it is joined of unknown parts", span);
                };
                let texts: Option<Vec<&str>> = items.items().iter().map(Value::text).collect();
                match (by.text(), texts) {
                    (Some(by), Some(texts)) => Value::known(Data::Text(texts.join(by)), span),
                    _ => Value::unknown("it is joined of unknown parts", span),
                }
            }
            _ => Value::unknown(format!("what `{name}` gives is known only at run time"), span),
        }
    }

    /// What `${path}` stands for.
    fn path(&mut self, path: &str, span: Span, depth: usize) -> Value {
        let name = first(path);
        let stack = &self.configuration.stack.name;
        match path {
            "pulumi.stack" if !stack.is_empty() => return Value::known(Data::Text(stack.clone()), span),
            "pulumi.project" => {
                let project = self.configuration.project.namespace().to_owned();
                return Value::known(Data::Text(project), span);
            }
            _ if name == "pulumi" => {
                return Value::unknown(format!("`{path}` is known only at run time"), span);
            }
            _ => {}
        }
        let root = self.program.tree.root();
        let within = |section: &str| root.and_then(|root| root.get(section)?.get(name));
        let rest = path.get(name.len()..).unwrap_or_default();
        if let Some(resource) = within("resources") {
            let property = rest.trim_start_matches('.');
            if let Some(node) = resource.at(&["properties", property]).filter(|_| !property.is_empty()) {
                return self.guarded(path, node, span, depth);
            }
            return Value::unknown(format!("`{property}` is an output of `{name}`"), span);
        }
        let base = if let Some(node) = within("variables") {
            self.guarded(name, node, span, depth)
        } else {
            self.config(name, span)
        };
        rest.split(['.', '[']).map(|part| part.trim_matches([']', '"'])).filter(|part| !part.is_empty()).fold(
            base,
            |value, part| {
                let found = match part.parse::<usize>() {
                    Ok(at) => value.items().get(at),
                    Err(_) => value.get(part),
                };
                match (found, value.why_unknown()) {
                    (Some(found), _) => found.clone(),
                    (None, Some(_)) => value,
                    (None, None) => Value::unknown(format!("it has no `{part}`"), span),
                }
            },
        )
    }

    /// The value of a node that may lead back to itself.
    fn guarded(&mut self, name: &str, node: NodeRef<'_>, span: Span, depth: usize) -> Value {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if self.working.iter().any(|working| working == name) || depth > 32 {
            return Value::unknown(format!("`{name}` is defined by itself"), span);
        }
        self.working.push(name.to_owned());
        let value = self.value(node, depth + 1);
        self.working.pop();
        self.known.insert(name.to_owned(), value.clone());
        value
    }

    fn config(&mut self, name: &str, span: Span) -> Value {
        let key = Key::parse(name, self.configuration.project.namespace());
        let declared = self.configuration.project.declaration(&key);
        let secret = declared.and_then(|declared| declared.secret).is_some_and(|secret| secret.value);
        let kind =
            declared.and_then(|declared| declared.kind).map_or(ConfigType::Structure, |kind| kind.value);
        let encrypted =
            matches!(self.configuration.lookup(&key), Lookup::Set(setting) if setting.value.secret);
        if !self.reading.uses.iter().any(|asked| asked.key == key) {
            self.reading.uses.push(Use {
                key: key.clone(),
                kind: if kind == ConfigType::Structure { ConfigType::String } else { kind },
                required: true,
                // A YAML program keeps what is encrypted a secret by itself.
                secret: secret || encrypted,
                span,
                key_span: span,
                separated: false,
                condition: Some(Unknown { why: "YAML programs read by name".to_owned(), span: Some(span) }),
            });
        }
        let mut value = match self.configuration.lookup(&key) {
            Lookup::Set(setting) => setting.value.clone(),
            Lookup::Fallback(value) => value.clone(),
            Lookup::Imported(_) => {
                Value::unknown(format!("`{key}` may come from an environment that the stack imports"), span)
            }
            Lookup::Missing => {
                let stack = &self.configuration.stack.name;
                Value::unknown(format!("`{key}` is not set for stack `{stack}`"), span)
            }
        };
        value.secret |= secret;
        value
    }
}

fn plain(node: NodeRef<'_>) -> Value {
    let data = match (node.as_i64(), node.as_bool(), node.as_f64()) {
        (Some(number), ..) => Data::Int(number),
        (None, Some(truth), _) => Data::Bool(truth),
        (None, None, Some(number)) => Data::Float(number),
        _ if node.is_null() => Data::Null,
        _ => Data::Text(node.text().into_owned()),
    };
    Value::known(data, node.span())
}

/// `digitalocean:Droplet` and `aws:ec2/instance:Instance` in the form all languages share.
fn token(written: &str) -> String {
    let parts: Vec<&str> = written.split(':').collect();
    match parts.as_slice() {
        [package, name] => format!("{package}:index:{name}"),
        [package, module, name] => {
            let lower = |name: &str| name.to_ascii_lowercase();
            let module = match module.rsplit_once('/') {
                Some((before, last)) if lower(last) == lower(name) => before,
                _ => module,
            };
            let module = if module.is_empty() { "index" } else { module };
            format!("{package}:{module}:{name}")
        }
        _ => written.to_owned(),
    }
}
